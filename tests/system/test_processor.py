"""Runs of two kinds of processors are never joined, and a setting makes the kinds agree."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

import regretlab as rl
from regretlab.system import processor

ROOT = Path(rl.__file__).parent.parent
CODE = """
import sys, regretlab as rl
import numpy as np
from regretlab.system import processor
store, engine = sys.argv[1:]
problem = rl.problems.Logistic(np.random.default_rng(0).normal(size=(357, 64)), np.arange(357) % 2)
result = rl.simulate(problem, "adamx(lam=0.99)", horizon=20, store=store, engine=engine)
import hashlib
bits = b"".join(result.record[name].values.tobytes() for name in sorted(result.record.data_vars))
print(processor.kind(), hashlib.sha256(bits).hexdigest(), result.work.read, sep="|")
"""
pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="a setting for x86-64")


def told(store, engine, **environment):
    """The kind of processor, the digest of a run, and what was read from a store, in a process with an environment."""
    asked = {name: value for name, value in os.environ.items() if name not in processor.settings()}
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", CODE, store, engine], env=asked | environment,
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return done.stdout.strip().split("|")


@pytest.mark.parametrize("engine", ["array", pytest.param("compiled", marks=pytest.mark.slow)])  # which it compiles
def test_the_setting_makes_kinds_agree_and_other_kinds_are_other_lines(engine, tmp_path):
    kind, bits, _ = told(tmp_path / "store", engine, **{processor.PORTABLE: "1"})
    assert "blas Haswell, fma" in kind
    assert "V4" not in kind
    assert "AVX512" not in kind
    assert told(tmp_path / "store", engine, **processor.settings()) == [kind, bits, "20"], "as others set it"
    other, _, read = told(tmp_path / "store", engine)
    assert (read == "20") == (other == kind)


def test_a_setting_that_comes_too_late_is_a_sentence_with_what_to_set(monkeypatch):
    monkeypatch.setenv(processor.PORTABLE, "1")
    for name in processor.settings():
        monkeypatch.delenv(name, raising=False)
    sentence = processor.make_portable()
    assert "came too late" in sentence
    assert 'OPENBLAS_CORETYPE="Haswell"' in sentence
    for name, value in processor.settings().items():
        monkeypatch.setenv(name, value)
    assert processor.make_portable() == ""
    monkeypatch.setattr(processor.platform, "machine", lambda: "aarch64")
    assert "is for x86-64" in processor.make_portable()
    monkeypatch.setenv(processor.PORTABLE, "0")
    assert processor.make_portable() == ""
