"""The search: differential evolution over slopes, start and parameters, for one period and horizon after another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import differential_evolution

from regretlab.claims.statements import Kink
from regretlab.falsifier._conjectures import ENOUGH, BoundHolds, Conjecture
from regretlab.falsifier._instance import Instance, Loss

#: Periods whose slopes are all free, and periods of one spike among equal slopes.
FREE, SPIKED = (3, 2, 4, 1, 5, 6), (8, 12, 24, 96, 192)
#: Periods whose losses have a kink each, where a bound is to be violated.
KINKED = (1, 2, 3)
#: Candidates in a generation at least, and generations of a family's first turn; each later turn doubles them.
POPULATION, GENERATIONS = 48, 8
#: The largest slope is between 1 and 10 to this power. Smaller losses are left out: a bound whose terms do not all
#: scale like the losses fails on tiny ones, which its units say without a search.
DECADES = 2.0
#: Slopes that are all smaller than this before they are scaled count as such.
TINY = 1e-9


class Family(NamedTuple):
    """Candidates that share a period, a horizon and a shape.

    The shape is "free" (slopes), "spiked" (one slope among equal ones) or "kinked" (two slopes and a kink each).
    """

    period: int
    shape: str
    rounds: int

    @property
    def numbers(self) -> int:
        """The number of numbers that make the losses of a period."""
        return {"free": self.period, "spiked": 1, "kinked": 3 * self.period}[self.shape]


@dataclass
class Spent:
    """Return the share of the budget that is spent: of seconds, or of candidates where their number is given."""

    seconds: float
    candidates: int | None = None
    report: Callable[[float], Any] = lambda share: None
    tried: int = 0
    began: float = field(default_factory=time.perf_counter)

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self.share >= 1

    @property
    def share(self) -> float:
        """The share that is spent."""
        if self.candidates is not None:
            return self.tried / self.candidates
        return (time.perf_counter() - self.began) / self.seconds

    def add(self, tried: int) -> None:
        """Count these candidates."""
        self.tried += tried
        self.report(min(self.share, 1.0))


@dataclass
class Best:
    """The best candidate so far."""

    score: float = -np.inf
    instance: Instance | None = None


def search(conjecture: Conjecture, seed: int, spent: Spent, best: Best) -> Iterator[tuple[Instance, int]]:
    """Candidates worth a closer look, with the horizon that they were scored at, until the budget is spent."""
    shapes = {"free": FREE, "spiked": SPIKED} | ({"kinked": KINKED} if isinstance(conjecture, BoundHolds) else {})
    families = [
        Family(m, shape, rounds)
        for rounds in conjecture.horizons
        for shape, periods in shapes.items()
        for m in periods
        if m <= rounds
    ]
    for turn in count():
        for i, family in enumerate(families):
            found = _evolve(conjecture, family, GENERATIONS << turn, [seed, turn, i], spent, best)
            if found is not None:
                yield found, family.rounds
            if spent.over:
                return


def _evolve(
    conjecture: Conjecture, family: Family, generations: int, seed: list[int], spent: Spent, best: Best
) -> Instance | None:
    """Search a family for its best candidate; return it if its score is enough."""
    ends = _ends(conjecture, family)

    def costs(vectors: np.ndarray) -> np.ndarray:
        instances = [_decoded(conjecture, family, vector) for vector in vectors.T]
        scores = conjecture.scores(instances, family.rounds)
        spent.add(len(instances))
        k = int(np.argmax(scores))
        if scores[k] > best.score:
            best.score, best.instance = float(scores[k]), instances[k]
        return -scores

    def stop(intermediate_result: Any) -> bool:
        return spent.over or intermediate_result.fun < -ENOUGH

    found = differential_evolution(
        costs, ends, maxiter=generations, popsize=-(-POPULATION // len(ends)), tol=0, polish=False, vectorized=True,
        updating="deferred", callback=stop, seed=np.random.default_rng(seed),
    )  # fmt: skip
    return _decoded(conjecture, family, found.x) if found.fun < -ENOUGH else None


def _ends(conjecture: Conjecture, family: Family) -> list[tuple[float, float]]:
    """Return the range of each coordinate of a candidate: its losses, their size, the start, the free parameters."""
    size = (0.0, DECADES if isinstance(conjecture, BoundHolds) else 0.0)
    free = [np.log10(ends) if name == "alpha" else ends for name, ends in conjecture.subject.free.items()]
    numbers = [(-1.0, 1.0)] * family.numbers
    return [*numbers, size, (-1.0, 1.0), *((float(low), float(high)) for low, high in free)]


def _decoded(conjecture: Conjecture, family: Family, vector: np.ndarray) -> Instance:
    own, (size, start, *values) = vector[: family.numbers], vector[family.numbers :].tolist()
    free = zip(conjecture.subject.free, values, strict=True)
    parameters = tuple((name, 10**value if name == "alpha" else value) for name, value in free)
    return Instance(_losses(family, own, 10**size), start, parameters)


def _losses(family: Family, own: np.ndarray, largest: float) -> tuple[Loss, ...]:
    """Make the losses of one period; slopes are scaled so that the largest slope is ``largest``."""
    if family.shape == "kinked":
        first, second, at = own.reshape(3, -1)
        slopes = np.sort([first, second], axis=0) * largest / max(np.abs(own[: 2 * family.period]).max(), TINY)
        return tuple(Kink(*numbers) for numbers in zip(*slopes.tolist(), at.tolist(), strict=True))
    if family.shape == "free":
        return tuple((own * largest / max(np.abs(own).max(), TINY)).tolist())
    # Near -1 / (m - 1), where the slopes of a period sum to 0, the best point is about to change sides.
    return (largest, *[2 * float(own[0]) * largest / (family.period - 1)] * (family.period - 1))
