"""Paired comparison: which algorithm does better on the same data and the same random numbers, and how surely.

Algorithms of one result share their data, and replicate r of all of them the stream of random numbers r; so the
differences of their quantities, replicate by replicate, vary less than the quantities do.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

CONFIDENCE = 0.95
CORRECTION = "Holm-Bonferroni"


class Difference(NamedTuple):
    r"""``first`` minus ``second``, for lower-is-better quantities: negative when ``first`` is better.

    ``low`` and ``high`` hold for all pairs of a table together (Bonferroni); ``effect`` is Cohen's :math:`d_z`, the
    mean difference over its standard deviation; ``p`` is the paired t test's, ``corrected`` Holm's over all pairs of
    the table. With one replicate there is no interval (nan); where all replicates differ by one number, it is exact.
    """

    first: str
    second: str
    mean: float
    low: float
    high: float
    effect: float
    p: float
    corrected: float
    replicates: int

    @property
    def decided_by(self) -> int:
        """Replicates at which the interval, narrowing like 1/sqrt(R), would leave out zero if the mean is right."""
        if self.replicates == 1 or self.mean == 0:
            raise ValueError("one replicate, or no difference, says nothing about how many would decide")
        return max(2, math.ceil(self.replicates * ((self.high - self.low) / 2 / self.mean) ** 2))

    @property
    def better(self) -> str | None:
        """The better one, if the data decide it at 95 % for all pairs together."""
        if not self.corrected < 1 - CONFIDENCE:
            return None
        return self.first if self.mean < 0 else self.second


def differences(values: dict[str, np.ndarray], against: str | None = None) -> list[Difference]:
    r"""Every pair of algorithms, or every other one with ``against``, compared replicate by replicate.

    .. math:: \bar D \pm t_{R-1,\,1-(1-0.95)/(2m)}\, s_D/\sqrt R, \qquad D_r = a_r - b_r,

    with R replicates and m pairs.

    Parameters
    ----------
    values : dict of str to array (R,)
        By algorithm, a quantity of which less is better (a regret, a loss), replicates in the same order.
    against : str, optional
        The one to compare with, where it is known beforehand: fewer pairs, narrower intervals.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure.

    Examples
    --------
    >>> a = np.array([1.0, 2.0, 3.0, 4.0])
    >>> (d,) = differences({"slow": a + [5.0, 5.1, 4.9, 5.0], "fast": a})
    >>> d.better, round(d.mean, 6)
    ('fast', 5.0)
    """
    pairs = list(combinations(values, 2)) if against is None else [(v, against) for v in values if v != against]
    found = [_compare(first, second, values[first] - values[second], len(pairs)) for first, second in pairs]
    corrected = _holm([d.p for d in found])
    return [d._replace(corrected=p) for d, p in zip(found, corrected, strict=True)]


def table(values: dict[str, np.ndarray]) -> pd.DataFrame:
    """:func:`differences` as a table, with a column that names the better one where the data decide it."""
    rows = differences(values)
    return pd.DataFrame([{**d._asdict(), "better": d.better or "undecided"} for d in rows])


def _compare(first: str, second: str, d: np.ndarray, pairs: int) -> Difference:
    mean, R = float(d.mean()), len(d)
    if R == 1:
        low = high = effect = p = math.nan
        return Difference(first, second, mean, low, high, effect, p, p, R)
    spread = float(d.std(ddof=1))
    if spread <= 1e-12 * abs(mean) or spread == 0:
        p = 0.0 if mean else 1.0
        return Difference(first, second, mean, mean, mean, math.copysign(math.inf, mean) if mean else 0.0, p, p, R)
    error = spread / math.sqrt(R)
    half = float(stats.t.ppf(1 - (1 - CONFIDENCE) / (2 * pairs), R - 1)) * error
    p = float(2 * stats.t.sf(abs(mean) / error, R - 1))
    return Difference(first, second, mean, mean - half, mean + half, mean / spread, p, p, R)


def _holm(p: list[float]) -> list[float]:
    """Holm's step-down adjustment; nan stays nan."""
    order = sorted((i for i in range(len(p)) if not math.isnan(p[i])), key=lambda i: p[i])
    adjusted, largest = list(p), 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p[i]))
        adjusted[i] = largest
    return adjusted
