"""How the cost of a step grows with the number of examples, for the samplers that a tree makes O(K log n).

A run also costs something in proportion to n, at its start and per checkpoint; so there is one checkpoint, and a step's
cost is the difference of a long run and a short one, divided by the steps between them.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np

from tests.benchmarks.measure import timed
from tests.benchmarks.tables import number
from tests.benchmarks.workloads import logistic

SIZES = (10_000, 100_000, 1_000_000)
ALGORITHMS = {"AdamBS": "adamx+adambs", "AdamCB": "adamcb(gamma=0.4)"}
#: One replicate: a million examples of 50 features take 400 MB, and every replicate its own tree.
REPLICATES = 1
#: Steps of the short run and of the long one.
SHORT, LONG = 10_000, 40_000

#: By algorithm and tool, for every size the nanoseconds per step of every round.
Growth = dict[str, dict[str, list[list[float]]]]


def growth(tools: dict[str, ModuleType], rounds: int, sizes: tuple[int, ...], report: Callable[[str], None]) -> Growth:
    """Measure all sizes, one after the other, the tools in alternation."""
    found: Growth = {name: {tool: [] for tool in tools} for name in ALGORITHMS}
    for name, algorithm in ALGORITHMS.items():
        for n in sizes:
            workload = logistic(f"{name}, n={n}", algorithm, n, REPLICATES).shortened(horizon=LONG, marks=1)
            report(f"{workload.name}, warming up")
            runs = {tool: module.prepare(workload) for tool, module in tools.items()}
            for tool, run in runs.items():
                run(SHORT)
                found[name][tool].append([])
            for _ in range(rounds):
                for tool, run in runs.items():
                    report(f"{workload.name}, {tool}")
                    more = timed(run, LONG) - timed(run, SHORT)
                    found[name][tool][-1].append(more / ((LONG - SHORT) * REPLICATES) * 1e9)
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
