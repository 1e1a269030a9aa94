"""Alternating measurements: every round times each tool once, so that ratios compare neighbours in time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from tests.benchmarks.tools import Run
from tests.benchmarks.workloads import Workload

#: Steps of the first, untimed call, which compiles.
FIRST_STEPS = 64
REFERENCE = "regretlab"


@dataclass
class Timings:
    """Of one workload: by tool the steps of a measurement, its replicates, and the seconds of every round."""

    workload: Workload
    steps: dict[str, int] = field(default_factory=dict)
    replicates: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def cost(self, tool: str) -> np.ndarray:
        """Nanoseconds per step and replicate, by round."""
        return np.array(self.seconds[tool]) / (self.steps[tool] * self.replicates[tool]) * 1e9

    def ratio(self, tool: str, to: str = REFERENCE) -> np.ndarray:
        """The tool's cost relative to another's in the same round."""
        return self.cost(tool) / self.cost(to)

    def as_json(self) -> dict[str, Any]:
        w = self.workload
        return {
            "workload": w.name, "title": w.title, "algorithm": w.algorithm, "problem": w.problem.name,
            "replicates": w.replicates, "horizon": w.horizon, "failures": self.failures,
            "tools": {
                tool: {
                    "steps": self.steps[tool],
                    "replicates": self.replicates[tool],
                    "seconds": self.seconds[tool],
                    "ns_per_step_and_replicate": float(np.median(self.cost(tool))),
                }
                for tool in self.seconds
            },
        }  # fmt: skip


def measure(
    workload: Workload,
    tools: dict[str, ModuleType],
    rounds: int,
    seconds: float,
    report: Callable[[str], None] = lambda text: None,
) -> Timings:
    """Warm up every tool, choose its steps so that a measurement takes about ``seconds``, then go round and round."""
    timings = Timings(workload)
    runs: dict[str, Run] = {}
    for tool, module in tools.items():
        report(f"{workload.name}: {tool}, warming up")
        try:
            run = module.prepare(workload)
            steps = enough(run, workload.horizon, seconds)
            timings.steps[tool], timings.replicates[tool] = steps, len(run(steps)[0])
        except Exception as error:  # a peer that cannot make a workload must not cost the others their timings
            timings.failures[tool] = f"{type(error).__name__}: {error}"
            continue
        runs[tool], timings.seconds[tool] = run, []
    for number in range(rounds):
        for tool, run in runs.items():
            report(f"{workload.name}: round {number + 1} of {rounds}, {tool}")
            timings.seconds[tool].append(timed(run, timings.steps[tool]))
    return timings


def timed(run: Run, steps: int) -> float:
    began = time.perf_counter()
    run(steps)
    return time.perf_counter() - began


def enough(run: Run, horizon: int, seconds: float) -> int:
    """Steps that take at least ``seconds`` more than the first few, at most the horizon.

    What a run costs however short it is may be most of that at first, so the steps are not extrapolated but grown
    until they fit, and what the first few take does not count.
    """
    steps, short = min(FIRST_STEPS, horizon), 0.0
    while True:
        run(steps)  # some tools compile anew for every number of steps
        taken = timed(run, steps)
        short = short or taken
        if taken - short >= seconds or steps == horizon:
            return steps
        steps = min(horizon, int(steps * min(16.0, max(4.0, seconds / taken))))
