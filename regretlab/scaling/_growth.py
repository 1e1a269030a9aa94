"""Does regret grow linearly in T, and is there a factor log T?"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from regretlab.scaling._estimate import (
    Estimate,
    half_weights,
    level,
    mean_estimate,
    slope_weights,
    smooth_contrast,
)
from regretlab.scaling._exponent import FEWEST, NEGLIGIBLE, UNKNOWN, WINDOW, Exponent, checked_curves, exponent, fit
from regretlab.verdicts.means import CONFIDENCE


class Growth(NamedTuple):
    """The growth of a regret: ``"linear"``, ``"sublinear"`` or ``"cannot tell"``, with its evidence.

    ``rate`` is the regret per step that would be left for T to infinity if the rest were of order sqrt(T). The exponent
    is that of the increments where the mean regret is not positive.
    """

    verdict: str
    rate: Estimate
    exponent: Exponent


def linear_growth(t: np.ndarray, regret: np.ndarray, *, random: bool = True, confidence: float = CONFIDENCE) -> Growth:
    r"""Test for regret that grows linearly in T; regret may be negative or zero.

    The average regret is regressed on :math:`1/\sqrt t` over t >= T/16, replicate by replicate,

    .. math:: R(t)/t = c + B\, t^{-1/2},

    so that :math:`c` is zero for a regret of order :math:`\sqrt T` and the linear rate of :math:`c\,t + B\sqrt t`.
    Where nothing is random, the error of c is what scatters about a parabola, as at several phases of a period.
    Linear: the intervals of c and of the last increment :math:`R(T) - R(T/2)` lie above 0, and that of the exponent
    lies above 1/2 and reaches 0.99. Sublinear: no rate (c's interval is not above 0 at its upper end), or the
    exponent's interval stays below 0.99 and the slope does not rise with c > 0 (as it does while a linear term takes
    over). Else the data cannot tell.

    Where the mean regret is not positive throughout, the exponent is that of the increments :math:`R(t) - R(t/2)` over
    t >= T/8 (a power law has the same, whatever constant is added to it). There it is sublinear too if the last
    increment is at most 0, with its interval, or if the regret is (:attr:`Exponent.nonpositive`) and not linear.

    A positive regret with linear growth is called sublinear with probability at most 1 - ``confidence``, one of order
    :math:`\sqrt T` is called linear with at most half of that: as far as the two models describe it, for no finite run
    can exclude a rate too small to be seen at its horizon; and as far as rates and increments are normal over
    replicates, as their intervals are Student's (a linear rate that only rare runs have is not seen where none is).
    Replicates that agree have none: where they are random, that cannot tell.

    Parameters
    ----------
    t, regret, random, confidence
        As in :func:`exponent`, with the same errors.

    Examples
    --------
    >>> t = np.arange(1.0, 2001)
    >>> curves = (0.1 * t + np.sqrt(t), 5 * np.sqrt(t), -t, -100 * t**0.2)
    >>> [linear_growth(t, r[None], random=False).verdict for r in curves]
    ['linear', 'sublinear', 'sublinear', 'sublinear']
    """
    (t, regret), confidence = checked_curves(t, regret), level(confidence)
    e = whole = exponent(t, regret, random=random, confidence=confidence)
    ends, increments = _increments(t, regret)
    last = mean_estimate(increments[:, -1], random, confidence) if ends.size else UNKNOWN
    if math.isnan(whole.value) and ends.size >= FEWEST:
        e = fit(ends, increments, "t >= T/8 of the increments R(t) - R(t/2)", "T", random, confidence, ceiling=1.0)
    window = t >= t[-1] / WINDOW
    s, averages = t[window] ** -0.5, regret[:, window] / t[window]
    rate = UNKNOWN
    if s.size > 1:
        # The intercept of a regression is the mean of y less its slope times the mean of s.
        weights = 1 / s.size - s.mean() * slope_weights(s)
        if random:
            rate = mean_estimate(averages @ weights, random, confidence)
        else:
            rate = smooth_contrast(weights, s, averages.mean(axis=0), confidence)
    rises = e.bends and e.drift.value > 0 and not last.high <= 0
    falls = math.isnan(whole.value) and last.high <= 0
    if rate.high <= 0 or falls:
        verdict = "sublinear"
    elif rate.low > 0 and last.low > 0 and e.low > 1 / 2 and e.high > 1 - NEGLIGIBLE:
        verdict = "linear"
    elif (e.high <= 1 - NEGLIGIBLE and not rises) or whole.nonpositive:
        verdict = "sublinear"
    else:
        verdict = "cannot tell"
    return Growth(verdict, rate, e)


def _increments(t: np.ndarray, regret: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the checkpoints t >= T/8 whose half lies on the grid, (k,), and R(t) - R(t/2) there, (R, k)."""
    ends = t[(t >= 2 * t[-1] / WINDOW) & (t >= 2 * t[0])]
    halves = np.stack([np.interp(ends / 2, t, r) for r in regret])
    return ends, regret[:, np.searchsorted(t, ends)] - halves


class LogPower(NamedTuple):
    """The power b in T^a (log T)^b: ``verdict`` is "T^a", "T^a log T", "neither" or "cannot tell".

    ``exponent`` is a if b = 0, ``exponent_with_log`` is a if b = 1; ``replicates_needed`` would decide (nan: no
    replicates, or more would not).
    """

    verdict: str
    value: float
    low: float
    high: float
    exponent: float
    exponent_with_log: float
    replicates_needed: float


def log_power(t: np.ndarray, regret: np.ndarray, *, random: bool = True, confidence: float = CONFIDENCE) -> LogPower:
    r"""Compare T^a with T^a log T over t >= T/16.

    If :math:`E R(t) = c\,t^a (\log t)^b`, the slope in log-log changes between the halves of the window by b times the
    change that log log t shows there; so b is the drift over that change, with the drift's interval (which assumes what
    that of :func:`exponent` does). The change is
    small (-0.026 at T = 6000) and shrinks with T, so that it takes many replicates to see a logarithm.

    Parameters
    ----------
    t, regret, random, confidence
        As in :func:`exponent`, with the same errors.

    Examples
    --------
    >>> t = np.geomspace(1, 10**5, 60)
    >>> log_power(t, (np.sqrt(t) * np.log(2 * t) ** 0)[None], random=False).verdict
    'T^a'
    >>> log_power(t, (np.sqrt(t) * np.log(t))[None], random=False).verdict
    'T^a log T'
    """
    e = exponent(t, regret, random=random, confidence=confidence)
    t = np.asarray(t, dtype=float)
    t = t[t >= t[-1] / WINDOW]
    if math.isnan(e.value) or t[0] <= 1 or math.isnan(e.drift.error):
        return LogPower("cannot tell", *[math.nan] * 6)
    u = np.log(t)
    first, second = half_weights(u)
    change, slope = float((second - first) @ np.log(u)), float(slope_weights(u) @ np.log(u))
    b, reach = e.drift.value / change, abs(e.drift.error * e.drift.critical / change)
    with_none, with_one = (abs(b - power) <= reach + NEGLIGIBLE for power in (0, 1))
    verdict = {(True, False): "T^a", (False, True): "T^a log T", (True, True): "cannot tell"}.get(
        (with_none, with_one), "neither"
    )
    needed = math.ceil(e.replicates * (reach / 0.5) ** 2) if random and verdict == "cannot tell" else math.nan
    return LogPower(verdict, b, b - reach, b + reach, e.value, e.value - slope, needed)
