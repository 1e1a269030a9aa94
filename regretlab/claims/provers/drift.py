"""Search for a small periodic linear loss on which Adam drifts away from the best point."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from regretlab.claims.statements import NoRegret

#: Periods up to this length are enumerated in full, longer ones have one spike.
SHORT = 4
LARGEST = 12
CLEAR = 1e-6


def find(statement: NoRegret) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``drift``: the pattern with the smallest integers, and the first beta2 that it defeats."""
    for pattern in patterns(statement.m):
        for beta2 in statement.beta2:
            if sum(pattern) * drift(np.array(pattern, dtype=float), float(statement.beta1), float(beta2)) < -CLEAR:
                return "drift", {"pattern": [str(c) for c in pattern], "beta2": str(beta2)}
    return None


def patterns(m: int) -> Iterator[tuple[int, ...]]:
    """Yield integer slopes of one period, smallest first, beginning with a spike: turning, negating change nothing."""
    if m > SHORT:
        yield from ((P, *[-1] * (m - 1)) for P in range(m, 8 * m))
        return
    for top in range(1, LARGEST + 1):
        rest = sorted(product(range(-top, top + 1), repeat=m - 1), key=lambda c: (sum(map(abs, c)), c))
        yield from ((top, *c) for c in rest)


def drift(c: np.ndarray, beta1: float, beta2: float) -> float:
    """Sum m*/sqrt(v*) over a period."""
    return float(np.sum(_limit(c, beta1) / np.sqrt(_limit(c * c, beta2))))


def _limit(c: np.ndarray, beta: float) -> np.ndarray:
    ages = beta ** np.arange(c.size)
    return (1 - beta) * np.convolve(np.tile(c, 2), ages)[c.size : 2 * c.size] / (1 - beta**c.size)
