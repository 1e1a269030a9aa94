"""The coefficients of a run's steps, made ahead of the steps."""

from __future__ import annotations

import numpy as np

from regretlab.algorithms import Algorithm
from regretlab.methods import Coefficients

#: Steps whose schedule is made at once: few calls, little memory.
SCHEDULE_STEPS = 1 << 14


def coefficients(algorithm: Algorithm, first: int, steps: int) -> Coefficients:
    """Return the method's coefficients over the steps ``first, first + 1, ...``."""
    return algorithm.method.schedule_over(np.arange(first, first + steps, dtype=float))


class Schedule:
    """The coefficients of a run's steps, made for many blocks of steps at once."""

    def __init__(self, algorithm: Algorithm, horizon: int) -> None:
        self._algorithm, self._horizon = algorithm, horizon
        self._first, self._known = 1, coefficients(algorithm, 1, 0)

    def steps(self, first: int, count: int) -> Coefficients:
        """Return the coefficients of the steps ``first, first + 1, ...``."""
        begin = first - self._first
        if not 0 <= begin <= begin + count <= len(self._known.eta):
            self._first, begin = first, 0
            made = max(count, min(SCHEDULE_STEPS, self._horizon - first + 1))
            self._known = coefficients(self._algorithm, first, made)
        return self._known.part(begin, begin + count)
