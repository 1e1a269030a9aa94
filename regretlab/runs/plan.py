"""The plan of a run: its arguments checked, its sampler fitted, its checkpoints chosen. No step is made."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from regretlab.algorithms import Algorithm
from regretlab.domains import spelled
from regretlab.engines.array import MEASURES
from regretlab.errors import InputError, shown
from regretlab.parameters import number, one_of
from regretlab.problems import Problem
from regretlab.runs.checkpoints import checkpoint_times, ends_of_periods
from regretlab.samplers import Cyclic, Sampler, Setting, Uniform
from regretlab.system import memory

#: The numbers of a run, and where they may lie.
NUMBERS = {"horizon": "[1, 1e12]", "replicates": "[1, 1e6]", "seed": "[0, inf)"}
MOST_REPLICATES = 1_000_000
#: Numbers that a replicate keeps: of every coordinate and example, and in every column of the record.
STATE_PER_COORDINATE, STATE_PER_EXAMPLE, CURVES = 8, 2, 12
#: How often the arrays of a method's own are there at once: before and after a step, and what makes it.
COPIES_OF_OWN = 3


class Plan(NamedTuple):
    """One algorithm on one problem, with everything that is tied to the run made a number."""

    problem: Problem
    algorithm: Algorithm
    sampler: Sampler
    horizon: int
    replicates: tuple[int, ...]
    seed: int
    checkpoints: np.ndarray
    measure: tuple[str, ...]
    #: Checkpoints that are there for figures alone (:func:`~regretlab.runs.checkpoints.ends_of_periods`).
    ends: np.ndarray


def plan(
    problem: Problem,
    algorithm: Algorithm,
    *,
    horizon: int,
    replicates: int | Iterable[int] = 1,
    seed: int = 0,
    checkpoints: str | Sequence[int] = "log",
    measure: Sequence[str] = (),
) -> Plan:
    """Check the arguments of a run and fit the sampler to it; no step is made."""
    if algorithm.method.entropic and not getattr(problem.domain, "entropic", False):
        raise InputError(
            f"{algorithm.name} moves on a simplex, and the domain of {problem.name} is {spelled(problem.domain)}; give "
            "the problem domain='simplex', or take sgd."
        )
    if algorithm.method.entropic and np.ptp(problem.start) > 1e-12 * np.abs(problem.start).max():
        raise InputError(
            f"{algorithm.name} starts at the centre of the simplex; leave out the start of {problem.name}."
        )
    horizon = int(number("horizon", horizon, NUMBERS["horizon"], integer=True))
    if not isinstance(measure, Iterable):
        raise InputError(f"measure={shown(measure)} is not one of {', '.join(map(repr, MEASURES))}, or a list of them.")
    measure = (measure,) if isinstance(measure, str) else tuple(measure)
    chosen = replicate_numbers(replicates)
    seed = int(number("seed", seed, NUMBERS["seed"], integer=True))
    for name in measure:
        one_of("measure", name, MEASURES)
    declared = problem.constants()
    L = declared["L"].value if "L" in declared else np.inf
    sampler = algorithm.sampler or (Cyclic() if problem.order == "cyclic" else Uniform())
    K = algorithm.batch_size or problem.batch_size
    fitted = sampler.fit(Setting(problem.n, K, L, horizon))
    times = checkpoint_times(checkpoints, horizon)
    # The same for every algorithm on the problem, as their records are joined; with K > 1 some periods are shorter.
    repeats = problem.order == "cyclic" and isinstance(checkpoints, str)
    ends = np.setdiff1d(ends_of_periods(times, problem.n), times) if repeats else times[:0]
    times = np.union1d(times, ends)
    own = sum(map(np.size, () if (m := algorithm.method).generic_state else m.declared_state(problem.d).values()))
    numbers = len(chosen) * (
        STATE_PER_COORDINATE * problem.d + STATE_PER_EXAMPLE * problem.n + CURVES * len(times) + COPIES_OF_OWN * own
    )
    memory.need(f"a run of {len(chosen)} replicates, each with its {problem.n} examples,", 8.0 * numbers)
    return Plan(problem, algorithm, fitted, horizon, chosen, seed, times, measure, ends)


def replicate_numbers(replicates: int | Iterable[int]) -> tuple[int, ...]:
    """List the numbers of the replicates: the first R of them for an integer R, also written as text, else those given.

    Raises
    ------
    InputError
        For an empty list, a number below 0 or not whole, and for a number that is listed twice: a run that is counted
        twice would make intervals narrower without another run.

    Examples
    --------
    >>> replicate_numbers(3), replicate_numbers("3"), replicate_numbers([7, 2])
    ((0, 1, 2), (0, 1, 2), (7, 2))
    """
    if isinstance(replicates, (Mapping, bytes, bytearray)):
        raise InputError(f"replicates={replicates!r} is neither a number of runs nor a list of their numbers.")
    if isinstance(replicates, str) or not isinstance(replicates, Iterable) or not getattr(replicates, "shape", True):
        return tuple(range(int(number("replicates", replicates, NUMBERS["replicates"], integer=True))))
    listed = list(itertools.islice(replicates, MOST_REPLICATES + 1))
    if not 1 <= len(listed) <= MOST_REPLICATES:
        many = f"more than {MOST_REPLICATES}" if listed else "no"
        raise InputError(f"replicates names {many} runs; give a number of runs, or a list of numbers, each once.")
    numbers = [int(number("replicate", r, "[0, 1e18]", integer=True)) for r in listed]
    if twice := [r for r, count in Counter(numbers).items() if count > 1]:
        raise InputError(
            f"replicates names replicate {twice[0]} more than once; give a number of runs, or a list, each number once."
        )
    return tuple(numbers)
