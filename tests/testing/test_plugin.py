"""Checks of optimisers in other people's suites: one test per sequence, expected failures, a table, and no cost."""

import re
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

import regretlab as rl
from regretlab.testing import Candidate, parametrize_with_checks
from regretlab.testing._gradients import NAMES
from tests.helpers.programs import adam

SUITE = """
import numpy as np
import regretlab as rl

def step(denominator):
    def adam(x, g, state):
        t, m, v = state or (0, 0 * x, 0 * x)
        t, m, v = t + 1, 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        return x - 0.1 * m / (1 - 0.9**t) / denominator(v / (1 - 0.999**t)), (t, m, v)
    return adam

good, inside = step(lambda v: np.sqrt(v) + 1e-8), step(lambda v: np.sqrt(v + 1e-8))

@rl.testing.parametrize_with_checks(
    [
        rl.testing.Candidate(good, "adam(alpha=0.1)", name="good"),
        rl.testing.Candidate(inside, "adam(alpha=0.1)", allow=["eps inside the root"], name="inside, allowed"),
        rl.testing.Candidate(inside, "adam(alpha=0.1)", name="inside"),
        rl.testing.Candidate("ons", "ons", name="ons"),
    ],
    expected_failed_checks=lambda candidate: (
        {f"check_{name}_gradients": "eps is inside" for name in "random fading growing".split()}
        if candidate.name == "inside" else {}
    ),
)
def test_conforms(optimizer, check):
    check(optimizer)

def test_by_fixture(check_optimizer):
    check_optimizer(good, "amsgrad(alpha=0.1)", name="good for amsgrad")
"""


def run(folder, *options):
    """Run pytest in a folder, with the plugin, which an installed regretlab has by itself."""
    installed = any(point.value == "regretlab.testing.plugin" for point in entry_points(group="pytest11"))
    plugin = () if installed else ("-p", "regretlab.testing.plugin")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *plugin, *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout


def test_a_suite_has_a_test_for_each_sequence_and_a_table(tmp_path):
    (tmp_path / "test_mine.py").write_text(SUITE)
    said = run(tmp_path, "--strict-markers", "-rs", "-q")
    table = said[said.index("algorithms of their papers") :]
    head, *lines = (re.split(r"\s{2,}", line) for line in table.splitlines()[1:7])
    rows = {name: row for name, *row in lines}
    assert head[:3] == ["optimiser", "paper's method", "verdict"]
    assert {name: row[1] for name, row in rows.items()} == {
        "good": "same", "good for amsgrad": "different", "inside": "different", "inside, allowed": "allowed",
        "ons": "same",
    }  # fmt: skip
    assert rows["good for amsgrad"][-1] == "eps = 1e-08 and it is adam"
    assert "Explained by eps inside the root: sqrt(v_hat_t + eps), where the paper has x_{t+1}" in said
    assert "ons itself cannot play huge gradients" in said
    counts = dict(reversed(part.split()[:2]) for part in said.strip().splitlines()[-1].split(", "))
    assert (counts["xfailed"], counts["skipped"], int(counts["passed"]) > 30) == ("3", "1", True)


def test_one_marker_chooses_them(tmp_path):
    (tmp_path / "test_mine.py").write_text(SUITE)
    assert f"{4 * len(NAMES)}/{4 * len(NAMES) + 1} tests collected" in run(
        tmp_path, "--collect-only", "-q", "-m", "conformance"
    )


def test_the_plugin_loads_nothing_that_a_suite_does_not_use(tmp_path):
    (tmp_path / "test_other.py").write_text(
        "import sys\n\ndef test_nothing():\n"
        "    heavy = {'numpy', 'sympy', 'numba', 'xarray', 'pandas', 'regretlab.methods', 'regretlab.result'}\n"
        "    assert not heavy & set(sys.modules)\n"
    )
    said = run(tmp_path, "-q")
    assert "1 passed" in said
    assert "algorithms of their papers" not in said


def test_what_is_no_candidate_or_no_check_is_one_sentence():
    with pytest.raises(rl.InputError, match=r"3 is no candidate; give rl\.testing\.Candidate"):
        parametrize_with_checks([3])
    with pytest.raises(rl.InputError, match="no check is named 'check_all'; there are check_random_gradients"):
        parametrize_with_checks([(adam(), "adam")], expected_failed_checks=lambda candidate: {"check_all": "why"})
    assert Candidate(adam(), "adam").name == "adam.<locals>.step"


def test_without_pytest_the_sentence_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pytest", None)
    with pytest.raises(
        rl.InputError, match="parametrize_with_checks needs pytest, which is not installed: pip install"
    ):
        parametrize_with_checks([(adam(), "adam")])
