"""Every tool of the benchmarks computes what regretlab does: the same uniforms give the same losses and iterates."""

from __future__ import annotations

from functools import cache
from types import ModuleType

import numpy as np
import pytest

from regretlab.engines.streams import Streams
from tests.benchmarks import growth, machine, start, tables
from tests.benchmarks.measure import measure
from tests.benchmarks.tools import Sampling
from tests.benchmarks.tools.catalogue import INSTALL, TOOLS, load
from tests.benchmarks.workloads import SEED, WORKLOADS, Workload, synthetic

#: Round-off of sums in another order, over steps that feed back into the sampler's law.
SAME = 1e-10
STEPS = 60
#: A prime, so that no sum of equal inclusion probabilities is an integer: there, round-off would choose the example.
EXAMPLES = 997


def small(name: str) -> Workload:
    workload = WORKLOADS[name]
    if workload.family == "linear":
        return workload
    problem = workload.make if name == "W6" else lambda: synthetic(EXAMPLES, 50)
    return workload.shortened(make=problem, replicates=2)


@cache
def uniforms(name: str) -> np.ndarray:
    workload = small(name)
    per_step = Sampling.of(workload).uniforms[workload.sampler["name"]]
    return Streams(SEED, "sampler", range(workload.replicates)).uniforms(STEPS, per_step)


@cache
def expected(name: str) -> tuple[np.ndarray, np.ndarray]:
    return load(["regretlab"])[0]["regretlab"].prepare(small(name))(STEPS)


def tool_named(name: str) -> ModuleType:
    found, missing = load([name])
    if missing:
        pytest.skip(missing[name])
    return found[name]


def pairs():
    """Workload and tool; to compile the larger fused kernels takes ten seconds each."""
    for workload in ("W1-1", "W1-64", "W2", "W3", "W4", "W5-1e4", "W6"):
        for tool in TOOLS:
            if tool != "regretlab":
                slow = tool == "fused" and WORKLOADS[workload].family != "linear"
                yield pytest.param(workload, tool, marks=[pytest.mark.slow] if slow else [])


@pytest.mark.parametrize(("workload", "tool"), list(pairs()))
def test_a_tool_computes_what_regretlab_computes(workload, tool):
    run = tool_named(tool).prepare(small(workload), uniforms(workload))
    losses, x = run(STEPS)
    R = len(losses)
    assert R in (1, small(workload).replicates)
    for mine, theirs in zip(expected(workload), (losses, x), strict=True):
        assert theirs.shape == mine[:R].shape
        np.testing.assert_allclose(theirs, mine[:R], rtol=SAME, atol=SAME)


@pytest.mark.parametrize("workload", ["W2", "W3", "W4", "W5-1e4"])
def test_other_random_numbers_are_told_apart(workload):
    run = tool_named("numpy-rows").prepare(small(workload), uniforms(workload)[::-1].copy())
    assert np.abs(run(STEPS)[0] - expected(workload)[0]).max() > 1e4 * SAME


def test_a_missing_peer_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setitem(TOOLS, "torch", ("no_such_tool", "PyTorch"))
    found, missing = load(["fused", "torch"])
    assert list(found) == ["fused"]
    assert INSTALL in missing["torch"]


def test_a_failing_tool_leaves_the_others_their_timings():
    broken = ModuleType("broken")
    broken.prepare = lambda workload: lambda steps: 1 / 0
    timings = measure(small("W1-1"), {"regretlab": tool_named("regretlab"), "torch": broken}, rounds=2, seconds=0.001)
    assert len(timings.seconds["regretlab"]) == 2
    assert (timings.ratio("regretlab") == 1).all()
    assert "ZeroDivisionError" in timings.failures["torch"]
    header, rows = tables.costs([timings])
    assert header == ["tool", "W1-1"]
    assert rows[1][1] == "failed"
    assert tables.markdown(header, rows).count("\n") == 3


def test_the_machine_is_described():
    facts = machine.describe()
    assert facts["versions"]["numpy"] == np.__version__
    assert "one thread" in tables.machine(facts)


def test_growth_is_the_last_median_over_the_first():
    header, rows = growth.rows({"AdamCB": {"fused": [[10.0, 30.0, 20.0], [60.0, 50.0, 40.0]]}}, (10, 100))
    assert header == ["algorithm, tool", "n = 10", "n = 100", "growth"]
    assert rows == [["AdamCB, fused", "20", "50", "2.5x"]]


def test_a_first_call_is_told_from_a_later_one():
    header, rows = start.rows({"W3": {"cold": 9.5, "warm": 0.25}}, {"cold": 30.0, "warm": 12.0})
    assert header[1:] == ["cold cache", "warm cache"]
    assert [row[1:] for row in rows] == [["9.50", "0.25"], ["30", "12"]]
