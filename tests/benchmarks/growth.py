"""How the cost of a step grows with the number of examples, for the samplers that a tree makes O(K log n).

A run also costs something per checkpoint, in proportion to n; so a step's cost is the difference of a long run and a
short one with as many checkpoints, divided by the steps between them.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np

from tests.benchmarks.measure import enough, timed
from tests.benchmarks.tables import number
from tests.benchmarks.workloads import logistic

SIZES = (10_000, 100_000, 1_000_000)
ALGORITHMS = {"AdamBS": "adamx+adambs", "AdamCB": "adamcb(gamma=0.4)"}
#: One replicate: a million examples of 50 features take 400 MB, and every replicate its own tree.
REPLICATES = 1
#: The long run makes this many times the steps of the short one.
LONGER = 4

#: By algorithm and tool, for every size the nanoseconds per step of every round.
Growth = dict[str, dict[str, list[list[float]]]]


def growth(
    tools: dict[str, ModuleType], rounds: int, seconds: float, sizes: tuple[int, ...], report: Callable[[str], None]
) -> Growth:
    """Measure all sizes, one after the other, the tools in alternation."""
    found: Growth = {name: {tool: [] for tool in tools} for name in ALGORITHMS}
    for name, algorithm in ALGORITHMS.items():
        for n in sizes:
            workload = logistic(f"{name}, n={n}", algorithm, n, REPLICATES)
            report(f"{workload.name}, warming up")
            runs = {tool: module.prepare(workload) for tool, module in tools.items()}
            steps = {tool: enough(run, workload.horizon // LONGER, seconds) for tool, run in runs.items()}
            for tool, run in runs.items():
                run(LONGER * steps[tool])
                found[name][tool].append([])
            for _ in range(rounds):
                for tool, run in runs.items():
                    report(f"{workload.name}, {tool}")
                    more = timed(run, LONGER * steps[tool]) - timed(run, steps[tool])
                    found[name][tool][-1].append(more / ((LONGER - 1) * steps[tool] * REPLICATES) * 1e9)
    return found


def rows(found: Growth, sizes: tuple[int, ...]) -> tuple[list[str], list[list[str]]]:
    """Median cost at every size, and the last relative to the first."""
    header = ["algorithm, tool", *(f"n = {n}" for n in sizes), "growth"]
    lines = []
    for name, tools in found.items():
        for tool, by_size in tools.items():
            cost = [float(np.median(costs)) for costs in by_size]
            lines.append([f"{name}, {tool}", *map(number, cost), f"{number(cost[-1] / cost[0])}x"])
    return header, lines
