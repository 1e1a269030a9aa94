r"""The blocks of a sweep: which runs are one task, what each costs, and in which order they are done.

A block is some replicates of a run. The runs that differ in the horizon alone are one **line**: their blocks are one
task, the shorter ones first, so that with a store a longer one continues a shorter one. A run that takes long is split
over its replicates, and short ones share a task. None of this depends on how many workers there are, nor do any bits.

The cost of a run is an estimate in seconds of one core,

.. math::

    0.03 + T R \,(3\cdot10^{-7} + 1.4\cdot10^{-8} K d + 1.3\cdot10^{-9} n d\, m) + R\, C\, c
    + R \max(64\, c,\; 2.6\cdot10^{-7}\, T\, [\text{linear}]),

with m what is measured over all examples, C the number of checkpoints and c what one comparator takes:
:math:`10^{-3} + 2\cdot10^{-8} n d`, or :math:`2\cdot10^{-5} + 4\cdot10^{-6} n` where losses are linear. The last part
is that of looking at a bound at more horizons. On one dimension a step takes a tenth; on the array engine it takes
:math:`6\cdot10^{-4}` more. The numbers were read off runs on one machine: only their order matters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from regretlab.problems import Problem
from regretlab.sweeps.cells import Facts, Run

#: Seconds from which a run is split over its replicates; those of eight lanes of the processor stay together.
SPLIT_SECONDS, LANES = 20.0, 8
#: Seconds up to which short tasks are joined to one: sending one takes milliseconds.
JOIN_SECONDS = 0.2


class Block(NamedTuple):
    """Some replicates of a run: the run's number, the numbers of the replicates, which part of how many it is."""

    run: int
    replicates: tuple[int, ...]
    part: int
    parts: int


class Task(NamedTuple):
    """Blocks that one worker makes one after the other, and the seconds they are expected to take."""

    blocks: tuple[Block, ...]
    cost: float


def cost(run: Run, facts: Facts) -> float:
    """Estimate the seconds of a run on one core, by the formula above."""
    T, R, n, d = run.horizon, run.replicates, facts.n, facts.d
    step = (3e-7 + 1.4e-8 * facts.K * d) * (0.1 if facts.one_dimensional else 1.0)
    step += 1.3e-9 * n * d * len(run.measure)
    array = 6e-4 * T if facts.engine in ("array", "cupy") else 0.0
    comparator = 2e-5 + 4e-6 * n if facts.linear else 1e-3 + 2e-8 * n * d
    look = max(64 * comparator, 2.6e-7 * T if facts.linear else 0.0)
    return 0.03 + T * R * step + array + R * (facts.checkpoints * comparator + look)


def tasks(runs: Sequence[Run], facts: Sequence[Facts]) -> list[Task]:
    """Return the tasks of a sweep, those that take long first."""
    lines: dict[object, list[int]] = {}
    for i, run in enumerate(runs):
        problem = id(run.problem) if isinstance(run.problem, Problem) else run.problem
        lines.setdefault((problem, repr(run._replace(problem="", horizon=0))), []).append(i)
    made: list[tuple[object, Task]] = []
    for (problem, _), members in lines.items():  # type: ignore[misc]
        members = sorted(members, key=lambda i: runs[i].horizon)
        costs = [cost(runs[i], facts[i]) for i in members]
        groups = _groups(runs[members[0]].replicates, max(costs))
        for part, replicates in enumerate(groups):
            blocks = tuple(Block(i, replicates, part, len(groups)) for i in members)
            made.append((problem, Task(blocks, sum(costs) / len(groups))))
    made.sort(key=lambda one: (-one[1].cost, one[1].blocks))
    return _joined(made)


def _groups(replicates: int, seconds: float) -> list[tuple[int, ...]]:
    """Split the first so many replicates into groups of whole lanes, each of which takes about SPLIT_SECONDS.

    Examples
    --------
    >>> [len(group) for group in _groups(20, 50.0)], len(_groups(64, 19.0))
    ([8, 8, 4], 1)
    """
    wanted = math.ceil(seconds / SPLIT_SECONDS)
    lanes = -(-replicates // LANES)
    size = LANES * -(-lanes // wanted)
    return [tuple(range(first, min(first + size, replicates))) for first in range(0, replicates, size)]


def _joined(made: Sequence[tuple[object, Task]]) -> list[Task]:
    """Join short tasks on one problem, which come last, to tasks that are worth sending."""
    found: list[Task] = []
    waiting: dict[object, Task] = {}
    for problem, task in made:
        before = waiting.get(problem)
        if before is not None and before.cost + task.cost <= JOIN_SECONDS:
            task = Task(before.blocks + task.blocks, before.cost + task.cost)
        elif before is not None:
            found.append(before)
        waiting[problem] = task
    return sorted([*found, *waiting.values()], key=lambda task: (-task.cost, task.blocks))
