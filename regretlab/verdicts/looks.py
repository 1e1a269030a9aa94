"""Where a bound was looked at, and what was found there."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from regretlab.runs.round_off import ROUND_OFF

#: Squares of smaller numbers lose digits, or are 0.
SMALLEST_SQUARED = math.sqrt(np.finfo(float).tiny / np.finfo(float).eps)


class Look(NamedTuple):
    """What was found where a bound was looked at.

    ``where`` says at which horizons, such as ``"at every T"``; ``first`` is the first of them at which it is violated,
    with the ends of that regret's interval and the bound there (nan without one); ``below`` whether the whole interval
    of every run lies below the bound at all of them. ``lost`` is the first of them at which regret is above a bound
    that rests on squares too small for floats, which is no violation.
    """

    where: str
    first: int | None
    low: float
    high: float
    bound: float
    below: bool
    lost: int | None = None


def at(every: int, t: np.ndarray) -> str:
    """Horizons in words: every T up to ``every``, and the increasing ones in ``t``.

    Examples
    --------
    >>> at(42, np.array([1, 42])), at(3, np.array([1, 2, 3, 7, 9])), at(0, np.array([5])), at(0, np.array([1, 2]))
    ('at every T', 'at every T to 3 and at 2 later checkpoints', 'at T = 5', 'at every T')
    """
    every = max(every, int(np.argmin(np.append(t == np.arange(1, t.size + 1), False))))
    later = int((t > every).sum())
    if not later:
        return "at every T"
    if t.size == 1 and not every:
        return f"at T = {t[0]}"
    then = f"{later} later checkpoint{'s' * (later > 1)}"
    return f"at every T to {every} and at {then}" if every > 1 else f"at {t.size} checkpoints"


def seen(
    t: np.ndarray, low: np.ndarray, high: np.ndarray, curve: np.ndarray, only_last: bool = False,
    squares: np.ndarray | float = np.inf,
) -> Look:  # fmt: skip
    """What regrets in ``[low, high]`` (m, t) say of a bound's curve (m, t) or (1, t).

    Comparisons are made up to :data:`ROUND_OFF`. A bound with parameters tied to the horizon is ``only`` about the
    last. ``squares`` is the sum of all squared gradients so far, for a bound that is made of such squares.
    """
    curve, squares = np.broadcast_to(curve, low.shape), np.broadcast_to(squares, low.shape)
    if only_last:
        t, low, high, curve, squares = t[-1:], low[:, -1:], high[:, -1:], curve[:, -1:], squares[:, -1:]
    slack = ROUND_OFF * np.abs(curve)
    with np.errstate(invalid="ignore"):
        over, below = low > curve + slack, bool((high <= curve + slack).all())
    doubtful = over & (squares < SMALLEST_SQUARED**2)
    lost = int(t[np.argmax(doubtful.any(axis=0))]) if doubtful.any() else None
    over &= ~doubtful
    if not over.any():
        return Look(at(0, t), None, np.nan, np.nan, np.nan, below, lost)
    first = int(np.argmax(over.any(axis=0)))
    run = int(np.argmax(low[:, first] - curve[:, first]))
    here = run, first
    return Look(at(0, t), int(t[first]), float(low[here]), float(high[here]), float(curve[here]), below, lost)
