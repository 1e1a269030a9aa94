"""Paired comparison: which algorithm does better on the same data and the same random numbers, and how surely.

Algorithms of one result share their data, and replicate r of all of them the stream of random numbers r; so the
differences of their quantities, replicate by replicate, vary less than the quantities do.

Two statements are made of every pair. One is about the mean difference, by Student's interval and t test, and assumes
normal differences: where these are skewed, or a rare one is far from the rest, 95 % are not reached (no interval of a
mean from so few numbers could, without a known range). The other assumes nothing: the exact sign test says whether one
algorithm is the better one in more runs than not. A difference is called decided where both say so.

Two corrections for multiple comparisons, over all pairs of a table: Bonferroni's for the intervals, which hold
together, and Holm's for the p values. Algorithms that are one and the same here, bit for bit in every replicate, count
as one.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from scipy import special

from regretlab.errors import InputError, shown, unknown_name
from regretlab.scaling import CONFIDENCE, t_quantile

#: The column of :func:`table` for every field of a difference but the mean's, which is named after the quantity.
COLUMNS = {
    "low": "interval low (normal law, Bonferroni)", "high": "interval high (normal law, Bonferroni)",
    "effect": "effect size d_z", "p": "p (paired t, normal law)", "corrected": "p (paired t, Holm)", "replicates": "R",
    "less": "less in", "more": "more in", "sign": "p (sign test, any law)", "sign_corrected": "p (sign test, Holm)",
}  # fmt: skip


class Difference(NamedTuple):
    r"""``first`` minus ``second``, for lower-is-better quantities: negative when ``first`` is better.

    ``low`` and ``high`` are Student's interval of the mean difference, for normal differences and for all pairs of a
    table together (Bonferroni); ``effect`` is Cohen's :math:`d_z`, the mean difference over its standard deviation;
    ``p`` is the paired t test's, ``corrected`` Holm's over all pairs of the table. One replicate, and replicates that
    all differ by one number, have none of these (nan): that they agree excludes no rare other one. ``less`` and
    ``more`` count the replicates in which ``first`` has less and more; ``sign`` is the exact sign test's p, whatever
    the law, ``sign_corrected`` Holm's.
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
    less: int = 0
    more: int = 0
    sign: float = math.nan
    sign_corrected: float = math.nan

    @property
    def decided_by(self) -> int:
        """Replicates at which the interval, narrowing like 1/sqrt(R), would leave out zero if the mean is right.

        And for which the sign test could decide this pair alone, if it said the same in all of them.
        """
        if math.isnan(self.low) or self.mean == 0:
            raise ValueError("one replicate, replicates that agree, or no difference, do not say how many would decide")
        least = 1 + math.ceil(-math.log2(1 - CONFIDENCE))
        return max(least, math.ceil(self.replicates * ((self.high - self.low) / 2 / self.mean) ** 2))

    @property
    def agreed(self) -> bool:
        """Whether the sign test, which assumes no law and holds for all pairs together, tells the smaller quantity."""
        return self.sign_corrected <= 1 - CONFIDENCE

    @property
    def better(self) -> str | None:
        """The better one, if the data decide it at 95 % for all pairs together.

        It is less in more runs than not (sign test, any law), and its mean is less (Student's interval, normal law).
        """
        if self.high < 0 and (self.agreed and self.less > self.more):
            return self.first
        return self.second if self.low > 0 and (self.agreed and self.more > self.less) else None


def differences(
    values: dict[str, np.ndarray], against: str | None = None, *, pairs: Sequence[tuple[str, str]] | None = None,
    random: bool = True,
) -> list[Difference]:  # fmt: skip
    r"""Every pair of algorithms, or every other one with ``against``, compared replicate by replicate.

    .. math:: \bar D \pm t_{R-1,\,1-(1-0.95)/(2m)}\, s_D/\sqrt R, \qquad D_r = a_r - b_r, \qquad d_z = \bar D/s_D,

    with R replicates and m pairs, of which those that are equal to another pair in every number count once, and those
    of an algorithm with its like not at all.

    Parameters
    ----------
    values : dict of str to array (R,)
        By algorithm, a quantity of which less is better (a regret, a loss), replicates in the same order.
    against : str, optional
        The one to compare with, where it is known beforehand: fewer pairs, narrower intervals.
    pairs : sequence of (str, str), optional
        The pairs to compare, where these are known beforehand.
    random : bool
        Whether anything is random. If not, one replicate is all there is, and its differences are exact.

    Raises
    ------
    InputError
        Unless there are two algorithms or more, each with R finite numbers; for a name that is none of theirs.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure. Cohen (1988), Statistical power analysis,
    section 2.3.5 (d_z). Dixon & Mood (1946), The statistical sign test.

    Examples
    --------
    >>> a = np.arange(8.0)
    >>> (d,) = differences({"slow": a + [5.0, 5.1, 4.9, 5.0, 5.0, 5.2, 4.8, 5.0], "fast": a})
    >>> d.better, round(d.mean, 6), round(d.effect, 1), d.more, d.sign
    ('fast', 5.0, 41.8, 8, 0.0078125)
    """
    if against is not None and not isinstance(against, str):
        raise unknown_name("algorithm of the comparison", against, map(str, values))
    if pairs is not None and not _are_pairs(pairs):
        raise InputError(f"pairs={shown(pairs)} is not a list of pairs of names; give one, as [('a', 'b')].")
    values = _checked(values, [*([against] if against is not None else []), *itertools.chain(*(pairs or []))])
    if pairs is None:
        every = list(itertools.combinations(values, 2))
        pairs = every if against is None else [(name, against) for name in values if name != against]
    like = alike(values)
    kinds = [frozenset((like[first], like[second])) for first, second in pairs]
    count = max(1, len({kind for kind in kinds if len(kind) == 2}))
    found = [_compare(first, second, values[first] - values[second], count, random) for first, second in pairs]
    corrected, signs = (
        _holm({kind: getattr(d, p) for kind, d in zip(kinds, found, strict=True) if len(kind) == 2})
        for p in ("p", "sign")
    )
    return [
        d._replace(corrected=corrected.get(kind, d.p), sign_corrected=signs.get(kind, d.sign))
        for kind, d in zip(kinds, found, strict=True)
    ]


def alike(values: dict[str, np.ndarray]) -> dict[str, str]:
    """By algorithm, the first one with the very same number in every replicate: mostly itself.

    Examples
    --------
    >>> alike({"adamcb": np.ones(2), "adambs_corrected": np.ones(2), "adam": np.zeros(2)})
    {'adamcb': 'adamcb', 'adambs_corrected': 'adamcb', 'adam': 'adam'}
    """
    first: dict[bytes, str] = {}
    return {name: first.setdefault(np.asarray(of, dtype=float).tobytes(), name) for name, of in values.items()}


def table(found: Sequence[Difference], quantity: str) -> pd.DataFrame:
    """Differences as a table; the column of the mean is named after the quantity, and the corrections are named.

    Parameters
    ----------
    found : sequence of Difference
        From :func:`differences`.
    quantity : str
        What was compared, such as ``"cumulative regret"``.

    Examples
    --------
    >>> found = differences({"slow": np.arange(8.0) + [4, 4.1] * 4, "fast": np.arange(8.0)})
    >>> shown = table(found, "cumulative regret")
    >>> shown["difference of cumulative regret"].round(2).tolist(), shown.better.tolist()
    ([4.05], ['fast'])
    """
    if not isinstance(found, Sequence) or not all(isinstance(d, Difference) for d in found):
        raise InputError(f"found={shown(found)} is not what differences(...) returns; give that.")
    rows = [d._asdict() | {"better": d.better or "undecided"} for d in found]
    return pd.DataFrame(rows).rename(columns={"mean": f"difference of {quantity}", **COLUMNS})


def _are_pairs(pairs: Any) -> bool:
    return isinstance(pairs, Sequence) and all(
        isinstance(pair, (tuple, list)) and len(pair) == 2 and all(isinstance(name, str) for name in pair)
        for pair in pairs
    )


def _checked(values: dict[str, Any], named: list[str]) -> dict[str, np.ndarray]:
    wanted = "give each algorithm R finite numbers, such as result.regret(algorithm=name).value.values[:, -1]"
    if not isinstance(values, Mapping):
        raise InputError(f"values is {type(values).__name__}, not a dict from names to arrays; {wanted}.")
    if len(values) < 2:
        raise InputError(f"there is nothing to compare {', '.join(map(str, values)) or 'nothing'} with; {wanted}.")
    for name in named:
        if name not in values:
            raise unknown_name("algorithm of the comparison", str(name), map(str, values))
    arrays: dict[str, np.ndarray] = {}
    for name, of in values.items():
        arrays[name] = _numbers(name, of, wanted)
        first = next(iter(arrays))
        if arrays[name].ndim != 1 or not arrays[name].size or arrays[name].shape != arrays[first].shape:
            shapes = f"{name} has shape {arrays[name].shape}, {first} {arrays[first].shape}"
            raise InputError(f"{shapes}; {wanted}, the same R and the same replicates for all.")
        if not np.isfinite(arrays[name]).all():
            bad = int(np.flatnonzero(~np.isfinite(arrays[name]))[0])
            raise InputError(f"{name} is {arrays[name][bad]} in replicate {bad}; {wanted}.")
        runs, others = _replicates(of), _replicates(values[first])
        if runs is not None and others is not None and not np.array_equal(runs, others):
            raise InputError(
                f"the replicates of {name} are {runs.tolist()}, those of {first} {others.tolist()}; only runs of the "
                f"same number share their random numbers: {wanted}, the same replicates in the same order for all."
            )
    return arrays


def _numbers(name: str, of: Any, wanted: str) -> np.ndarray:
    """Convert numbers to floats; a number that no float is equal to is refused."""
    try:
        given = np.asanyarray(of.values if isinstance(of, (xr.DataArray, pd.Series)) else of)
        if given.dtype.kind not in "iufO" or isinstance(given, np.ma.MaskedArray):
            raise TypeError
        return np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"{name} ({type(of).__name__}) is no array of numbers; {wanted}.") from None


def _replicates(of: Any) -> np.ndarray | None:
    """Return the numbers of the replicates that a labelled array carries."""
    return of.replicate.values if isinstance(of, xr.DataArray) and "replicate" in of.coords else None


def _compare(first: str, second: str, d: np.ndarray, count: int, random: bool) -> Difference:
    mean, R = float(d.mean()), len(d)
    less, more = int((d < 0).sum()), int((d > 0).sum())
    if not random:
        p, effect = (0.0, math.copysign(math.inf, mean)) if mean else (1.0, 0.0)
        return Difference(first, second, mean, mean, mean, effect, p, p, R, less, more, p, p)
    sign = min(1.0, 2 * float(special.bdtr(min(less, more), less + more, 0.5))) if less + more else 1.0
    spread = float(d.std(ddof=1)) if R > 1 else 0.0
    if spread <= 1e-12 * abs(mean):
        low = high = effect = p = math.nan
        return Difference(first, second, mean, low, high, effect, p, p, R, less, more, sign)
    error = spread / math.sqrt(R)
    half = t_quantile(R - 1, count, CONFIDENCE) * error
    p = float(2 * special.stdtr(R - 1, -abs(mean) / error))
    return Difference(first, second, mean, mean - half, mean + half, mean / spread, p, p, R, less, more, sign)


def _holm(p: dict[frozenset[str], float]) -> dict[frozenset[str], float]:
    """Holm's step-down adjustment; nan stays nan."""
    order = sorted((key for key in p if not math.isnan(p[key])), key=lambda key: p[key])
    adjusted, largest = dict(p), 0.0
    for rank, key in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p[key]))
        adjusted[key] = largest
    return adjusted
