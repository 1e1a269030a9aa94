"""The exponent of T in a regret curve, with an interval."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy import special

#: The slope is fitted over the last part of the horizon, t >= T / WINDOW, so that early steps do not decide it.
WINDOW = 16
FEWEST = 4
CONFIDENCE = 0.95


class Exponent(NamedTuple):
    """The slope of log regret against log t, a 95 % interval, and where it comes from (or why there is none)."""

    value: float
    low: float
    high: float
    how: str


def t_quantile(freedom: int, intervals: int = 1) -> float:
    """The quantile of Student's t for two-sided intervals that all hold together at 95 % (Bonferroni)."""
    return float(special.stdtrit(freedom, 1 - (1 - CONFIDENCE) / (2 * intervals)))


def exponent(t: np.ndarray, regret: np.ndarray) -> Exponent:
    """Fit ``regret ~ t**value`` over the last part of the horizon.

    Parameters
    ----------
    t : array (T,)
        Checkpoints.
    regret : array (R, T)
        One curve per replicate.

    Returns
    -------
    Exponent
        The interval covers two sources of error: the replicates' (a t interval over their own slopes, so that the
        dependence along a curve does not matter) and the curve's departure from a power law (the regression's).
        It is their union. Values are nan, with the reason, when the mean regret is not positive in the window or the
        window holds fewer than four checkpoints.

    Examples
    --------
    >>> t = np.geomspace(1, 1000, 30)
    >>> round(exponent(t, 3 * np.sqrt(t)[None]).value, 12)
    0.5
    """
    late = t >= t[-1] / WINDOW
    logs, curves = np.log(t[late]), regret[:, late]
    mean = curves.mean(axis=0)
    if late.sum() < FEWEST:
        return Exponent(math.nan, math.nan, math.nan, f"fewer than {FEWEST} checkpoints with t >= T/{WINDOW}")
    if (mean <= 0).any():
        return Exponent(math.nan, math.nan, math.nan, "the mean regret is not positive throughout the window")
    (slope, _), covariance = np.polyfit(logs, np.log(mean), 1, cov=True)
    half = t_quantile(int(late.sum()) - 2) * math.sqrt(covariance[0, 0])
    low, high = slope - half, slope + half
    how = f"regression over t >= T/{WINDOW}"
    if len(curves) > 1 and (curves > 0).all():
        slopes = np.polyfit(logs, np.log(curves).T, 1)[0]
        spread = t_quantile(len(slopes) - 1) * slopes.std(ddof=1) / math.sqrt(len(slopes))
        low, high = min(low, slopes.mean() - spread), max(high, slopes.mean() + spread)
        how += f", and {len(slopes)} replicates' slopes"
    return Exponent(float(slope), float(low), float(high), how)
