"""Student's intervals of means, which assume normal replicates."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

#: How often an interval covers what it is an interval of.
CONFIDENCE = 0.95


def t_quantile(freedom: float, intervals: int = 1, confidence: float = CONFIDENCE) -> float:
    """Return the quantile of Student's t for two-sided intervals that all hold together (Bonferroni)."""
    return float(special.stdtrit(freedom, 1 - (1 - confidence) / (2 * intervals)))


def student_interval(low: np.ndarray, high: np.ndarray, intervals: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return Student's interval of the mean over replicates (axis 0), widened by the certified intervals.

    Its 95 % are those of normal replicates, and for so many ``intervals`` together; replicates with rare, large values
    have it far less often. One replicate has no such interval: nan.
    """
    runs = len(low)
    if runs == 1:
        return np.full(low.shape[1:], math.nan), np.full(low.shape[1:], math.nan)
    quantile = t_quantile(runs - 1, intervals) / math.sqrt(runs)
    with np.errstate(invalid="ignore"):
        below = low.mean(axis=0) - quantile * low.std(axis=0, ddof=1)
        above = np.where(np.isfinite(high).all(axis=0), high.mean(axis=0) + quantile * high.std(axis=0, ddof=1), np.inf)
    return below, above
