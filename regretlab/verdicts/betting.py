r"""Limits for the mean of numbers in a known range, valid for every number of them and whatever their law, by betting.

Who claims that the mean is at most m loses money to whoever bets on larger numbers. With a stake of a share
:math:`\theta` of all one has, on independent numbers :math:`X_r \ge a`, wealth multiplies by numbers that are never
negative, and under the claim have a mean of at most 1:

.. math:: W(m) = \frac1N \sum_{k=1}^N \prod_{r=1}^R \Big(1 - \theta_k + \theta_k \frac{X_r - a}{m - a}\Big), \qquad
    \theta_k = \sin^2 \frac{\pi (2k-1)}{4N} .

So :math:`P(W(m) \ge 1/\delta) \le \delta` (Ville), at all R together, and the m that are refuted so lie below the mean
with probability 1 - :math:`\delta`. Only the lower end of the range is needed for a lower limit. Nothing is assumed of
the law: numbers that all agree give a limit that is as far below them as rare, small ones might be. The stakes are a
fixed mixture (the arcsine law's, as in Cover's universal portfolio), so that the limit does not depend on the order.

References
----------
Waudby-Smith & Ramdas (2024), Estimating means of bounded random variables by betting, JRSS B 86, Propositions 2 and 3,
and appendix B (mixtures of constant bets). Orabona & Jun (2024), Tight concentrations and confidence sequences from the
regret of universal portfolio, IEEE Trans. Inf. Theory 70. Their library, confseq 0.0.11, needs a C++ compiler and calls
itself unstable; its bets depend on the order.
"""

from __future__ import annotations

import math

import numpy as np
import scipy

#: The number of stakes that are mixed. The smallest is 4e-5 of the capital, for a difference far below the deviation.
STAKES = 128
#: Round-off of a sum or a difference of two numbers, in units of their size: limits give way by this much.
SLACK = 8 * np.finfo(float).eps
#: No more replicates than this are ever asked for; up to so few, all stakes are computed at once.
MOST, FEW = 10**12, 1000

_THETA = np.sin(np.pi * (2 * np.arange(1, STAKES + 1) - 1) / (4 * STAKES)) ** 2


def lower_limit(values: np.ndarray, floor: float, miss: float) -> float:
    """Return a number that the mean of the law of ``values`` is below with probability at most ``miss``.

    Parameters
    ----------
    values : array (R,)
        Independent, of one law.
    floor : float
        What none of them can be below; minus infinity gives no limit but that.
    miss : float in (0, 1)

    Examples
    --------
    >>> round(lower_limit(np.full(20, 1.0), floor=0.0, miss=0.025), 3), lower_limit(np.ones(2), -np.inf, 0.025)
    (0.781, -inf)
    """
    if not math.isfinite(floor):
        return float(floor)
    above = np.maximum(np.asarray(values, dtype=float) - floor, 0.0)
    mean = float(above.mean())
    if not 0 < mean < math.inf:
        return float(floor)
    above, needed = above / mean, -math.log(miss)
    refuted = 0.5
    while _log_wealth(above / refuted) < needed:
        refuted /= 2
        if refuted < SLACK:
            return float(floor)
    # Brent's root may lie on either side; a share of it that is surely refuted is what may be said.
    root = scipy.optimize.brentq(lambda m: _log_wealth(above / m) - needed, refuted, 1.0, xtol=1e-10, rtol=1e-10)
    return float(floor + root * (1 - 1e-9) * mean - SLACK * (abs(floor) + mean))


def upper_limit(values: np.ndarray, ceiling: float, miss: float) -> float:
    """Return a number that the mean of the law of ``values`` is above with probability at most ``miss``.

    Examples
    --------
    >>> round(upper_limit(np.full(20, 1.0), ceiling=5.0, miss=0.025), 3)
    1.876
    """
    return -lower_limit(-np.asarray(values, dtype=float), -ceiling, miss)


def replicates_needed(values: np.ndarray, floor: float, mean: float, miss: float) -> float:
    """Return how many replicates like these would refute that their mean is at most ``mean``; infinity if none would.

    Examples
    --------
    >>> replicates_needed(np.array([1.0, 2.0]), floor=0.0, mean=1.0, miss=0.025)
    15.0
    """
    values = np.asarray(values, dtype=float)
    if not math.isfinite(floor) or not floor < mean < values.mean():
        return math.inf
    growth = _log_growth((values - floor) / (mean - floor)) / len(values)
    needed = -math.log(miss)

    def ruined(R: float) -> bool:
        return float(np.logaddexp.reduce(R * growth)) - math.log(STAKES) >= needed

    if not ruined(MOST):
        return math.inf
    low, high = 0, MOST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if ruined(middle) else (middle, high)
    return float(high)


def _log_wealth(ratios: np.ndarray) -> float:
    return float(np.logaddexp.reduce(_log_growth(ratios))) - math.log(STAKES)


def _log_growth(ratios: np.ndarray) -> np.ndarray:
    """Return the logarithm of the product over replicates, for every stake; one by one where a table would be large."""
    if ratios.size <= FEW:
        return np.asarray(np.log1p(np.multiply.outer(_THETA, ratios - 1)).sum(axis=1))
    return np.array([np.log1p(theta * (ratios - 1)).sum() for theta in _THETA])
