"""How the cost of a step grows with the number of examples, for the samplers that a tree makes O(K log n)."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from tests.benchmarks.measure import Timings, measure
from tests.benchmarks.tables import number
from tests.benchmarks.workloads import Workload, logistic

SIZES = (10_000, 100_000, 1_000_000)
ALGORITHMS = {"AdamBS": "adamx+adambs", "AdamCB": "adamcb(gamma=0.4)"}
#: One replicate: a million examples of 50 features take 400 MB, and every replicate its own tree.
REPLICATES = 1


def workloads(algorithm: str, sizes: tuple[int, ...]) -> list[Workload]:
    return [logistic(f"{algorithm}, n={n}", ALGORITHMS[algorithm], n, REPLICATES) for n in sizes]


def growth(
    tools: dict[str, ModuleType], rounds: int, seconds: float, sizes: tuple[int, ...]
) -> dict[str, list[Timings]]:
    """By algorithm, the timings at every size; the sizes one after the other."""
    return {name: [measure(w, tools, rounds, seconds) for w in workloads(name, sizes)] for name in ALGORITHMS}


def rows(found: dict[str, list[Timings]], tools: list[str]) -> tuple[list[str], list[list[str]]]:
    """Median cost at every size, and the last relative to the first."""
    sizes = [t.workload.problem.n for t in next(iter(found.values()))]
    header = ["algorithm, tool", *(f"n = {n}" for n in sizes), "growth"]
    lines = []
    for name, timings in found.items():
        for tool in tools:
            if all(tool in t.seconds for t in timings):
                cost = [float(np.median(t.cost(tool))) for t in timings]
                lines.append([f"{name}, {tool}", *map(number, cost), f"{number(cost[-1] / cost[0])}x"])
    return header, lines
