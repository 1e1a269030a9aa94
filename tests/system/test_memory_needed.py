"""What cannot fit in memory, or would take hours, is one sentence before the work begins."""

import time

import pytest

import regretlab as rl
from regretlab.cli import app
from regretlab.system import memory


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: rl.problems.Reddi(period=10**12), "a period of 1000000000000 losses would take"),
        (lambda: rl.problems.OneNeuron(n=10**9, d=10**9), "are 1e\\+18 draws; use at most 1e\\+10"),
        (lambda: rl.problems.HeavyTailedLogistic(n=10**12), "draws; use at most"),
    ],
)
def test_what_is_too_large_is_said_at_once(make, says):
    began = time.perf_counter()
    with pytest.raises(rl.InputError, match=says):
        make()
    assert time.perf_counter() - began < 5


def test_the_limit_is_the_machines_or_the_one_that_was_set(monkeypatch):
    memory.need("half of it", memory.available() / 2)
    monkeypatch.setattr(memory, "available", lambda: 1000.0)
    memory.need("a thousand bytes", 1000)
    with pytest.raises(rl.InputError, match=r"a period of 20 losses would take 1\.49e-06 GiB"):
        rl.problems.Reddi(period=20)
    assert rl.problems.Reddi(period=12).n == 12


def test_memory_that_runs_out_is_one_sentence(call, monkeypatch):
    def run_out(*given, **named):
        raise MemoryError("Unable to allocate 7.28 TiB")

    monkeypatch.setattr(app, "app", run_out)
    status, out, err = call("run")
    assert (status, out) == (2, "")
    assert (
        err
        == "regretlab: there is not enough memory (Unable to allocate 7.28 TiB); make the problem or the run smaller.\n"
    )
