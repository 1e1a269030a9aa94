"""The main job where a newcomer may have no compiler, no home, or a home that cannot be written."""

import json
import os
import subprocess
import sys

import pytest

ADAM = "adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)"
STUDY = ["run", "--problems", "reddi(C=8)", "--algorithms", ADAM, "--horizon", "42"]
UNSET = None

ENVIRONMENTS = {
    "numba may not compile": {"NUMBA_DISABLE_JIT": "1"},
    "no home": {"HOME": UNSET, "XDG_CACHE_HOME": UNSET, "XDG_CONFIG_HOME": UNSET},
    "a file in place of the home": {"HOME": os.devnull, "XDG_CACHE_HOME": UNSET, "MPLCONFIGDIR": UNSET},
}


@pytest.mark.parametrize("changes", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_the_main_job_gives_the_same_verdict(changes, tmp_path):
    env = {name: value for name, value in (os.environ | changes).items() if value is not UNSET}
    command = [sys.executable, "-m", "regretlab", *STUDY, "--jobs", "1", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    first, *_ = json.loads((tmp_path / "out" / "summary.json").read_text())["rows"]
    verdicts = {bound["id"]: bound["verdict"] for bound in first["bounds"]}
    assert verdicts["adam.printed"] == "violated"


def test_without_a_compiler_the_compiled_engine_is_refused_and_the_others_say_why():
    code = """
import regretlab as rl
print(rl.simulate("reddi", "adam", horizon=5).record.attrs["engine_reason"])
try:
    rl.simulate("reddi", "adam", horizon=5, engine="compiled")
except rl.errors.InputError as error:
    print(error)
"""
    env = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    why, refusal = done.stdout.splitlines()
    assert "NUMBA_DISABLE_JIT" in why
    assert refusal.startswith("engine='compiled' cannot make this run: NUMBA_DISABLE_JIT=1")
