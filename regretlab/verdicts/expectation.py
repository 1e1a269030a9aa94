r"""Bounds in expectation: intervals of a mean regret that assume nothing of the law of replicates but their range.

A mean of replicates says nothing certain of an expectation by itself: where one run in ten has a huge loss, eight
replicates agree in four data sets of ten. The intervals here assume nothing of the law of a run's regret but its known
range (:mod:`regretlab.verdicts.means`). Each end is wrong in at most 2.5 % of data sets, for every number of
replicates, however it came about, and for all horizons looked at together. These are few, as each costs width: the
horizon T, which has half of the 2.5 %, and the last checkpoints up to T/2, T/4, ..., which share the rest.

Where the bound is itself known from the runs only, the interval is widened by what is not known of it. Student's
interval is kept too, for figures and sentences: it assumes normal replicates.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from regretlab.bounds import Bound
from regretlab.runs.description import Description
from regretlab.verdicts.betting import lower_limit, replicates_needed, upper_limit
from regretlab.verdicts.means import MISS, Range, known_range, regret_of, student_interval
from regretlab.verdicts.substitution import values

#: Statistics of a theorem that are expectations, and the columns whose means estimate them.
EXPECTED = {"S": "second_moment", "M": "best_variance", "M_star": "best_variance"}


class Expected(NamedTuple):
    """A mean regret at every checkpoint: ``mean``, interval and Student's interval, each (t,).

    ``low`` and ``high`` are the interval for any law; ``at`` are the places that were looked at, where it is more than
    the known range. ``needed_above`` and ``needed_below`` are the replicates that would place the mean above the bound
    somewhere, and below it at all of these.
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    student_low: np.ndarray
    student_high: np.ndarray
    at: np.ndarray
    known: Range
    random: bool
    needed_above: float = math.inf
    needed_below: float = math.inf

    @property
    def needed(self) -> float:
        """The replicates that would place the mean on the side of the bound where it seems to be."""
        return min(self.needed_above, self.needed_below)

    def within(self, i: int) -> tuple[float, float]:
        """Return the known range at one place."""
        return float(self.known.floor[i]), float(self.known.ceiling[i])


def expected(
    bound: Bound, description: Description, record: xr.Dataset, mode: str, curve: np.ndarray, anytime: bool
) -> Expected:
    """Return the mean regret that a bound in expectation speaks of.

    Parameters
    ----------
    record : xarray.Dataset
        Dims replicate, t.
    mode : {"stated", "measured", "a priori"}
    curve : array (R, t)
        The bound, evaluated on every replicate.
    anytime : bool
        Whether the bound is about every t, or the last only.
    """
    kind, t = bound.speaks_of, record.t.values
    value, low, high = (part.values for part in regret_of(record, kind).data_vars.values())
    known, at = known_range(description, kind, record), looks(t) if anytime else np.array([t.size - 1])
    if not description.random:
        low, high = low.max(axis=0), high.min(axis=0)  # one and the same run: both certify it
        return Expected(value.mean(axis=0), low, high, low, high, np.arange(t.size), known, False)
    mean, student = value.mean(axis=0), student_interval(low, high, at.size)
    # The regret lies in both ranges: the certified one of its run, and the one known for all runs.
    low, high = np.maximum(low, known.floor), np.minimum(high, known.ceiling)
    if kind == "sampler":  # the lemmas' comparator is the best law in expectation, which beats no more than a fixed one
        low = np.maximum(record["variance"].values - record["uniform_variance"].values, known.floor)
    limits = _Limits(bound, description, record, mode, curve)
    least, most, above, below = known.floor.copy(), known.ceiling.copy(), math.inf, 0.0
    for i, miss in zip(at, _misses(at.size), strict=True):
        if not np.isfinite(curve[:, i]).all():
            continue  # a bound that says nothing
        worst, top, best, bottom, left = limits(i, miss)
        over, under = low[:, i] - worst, best - high[:, i]
        floor, ceiling = known.floor[i] - top, bottom - known.ceiling[i]
        least[i] = max(least[i], lower_limit(over, floor, left) + curve[:, i].mean())
        most[i] = min(most[i], curve[:, i].mean() - lower_limit(under, ceiling, left))
        above = min(above, replicates_needed(over, floor, 0.0, left))
        if most[i] > curve[:, i].mean():
            below = max(below, replicates_needed(under, ceiling, 0.0, left))
    return Expected(mean, least, most, *student, at, known, True, above, below or math.inf)


def looks(t: np.ndarray) -> np.ndarray:
    """Return the places of the last checkpoints up to T, T/2, T/4, ..., in increasing order.

    Examples
    --------
    >>> looks(np.array([1, 2, 3, 5, 9, 10]))
    array([0, 1, 3, 5])
    """
    halves = t[-1] / 2.0 ** np.arange(1 + int(math.log2(t[-1])))
    places = np.unique(np.searchsorted(t, halves, side="right") - 1)
    return places[places >= 0]


def _misses(count: int) -> list[float]:
    """Return how often each lower limit, and each upper limit, may be wrong."""
    return [MISS] if count == 1 else [MISS / 2 / (count - 1)] * (count - 1) + [MISS / 2]


class _Limits:
    """Return the largest and the least value that a bound can have, as far as the runs alone tell.

    A statistic of every run (the sum over v_hat, say) makes the bound a number of that run: what counts is the mean of
    regret less bound, in the range that the statistic's worst value gives. An expectation inside the theorem (S) is
    replaced by its limits, and the minimum of an expectation, M, which the mean of minima is below, by its worst value.
    """

    def __init__(
        self, bound: Bound, description: Description, record: xr.Dataset, mode: str, curve: np.ndarray
    ) -> None:
        self._bound, self._record, self._curve = bound, record, curve
        with np.errstate(invalid="ignore"):  # infinite constants, where nothing is known
            worst = values(description, record, "a priori", bound.symbols)
        self._most = np.broadcast_to(sum(bound.on_run(worst).values()), curve.shape[1:])
        self._numbers = values(description, record, mode, bound.symbols)
        names = {symbol.name for symbol in bound.symbols}
        own = {name for name in names if np.ndim(self._numbers[name]) == 2}
        self._own = bool(own)
        self._expected = {} if mode == "a priori" else {n: c for n, c in EXPECTED.items() if n in names and c in record}
        self._worst = {name: np.broadcast_to(worst[name], curve.shape[1:]) for name in self._expected}
        law, L = description.law, worst["L"]
        with np.errstate(divide="ignore", invalid="ignore"):  # the largest of its unbiased estimates from the draws
            self._largest = record.t.values * np.divide(L**2 * law.total, law.floor**2)

    def __call__(self, i: int, miss: float) -> tuple[np.ndarray, float, np.ndarray, float, float]:
        """At one place: the bound at most, what that cannot exceed; at least, what that cannot fall below; the rest.

        The rest of ``miss`` is left for the regret.
        """
        curve = self._curve[:, i]
        if not (self._own or self._expected):
            return curve, float(curve[0]), curve, float(curve[0]), miss
        upper, lower, left = dict(self._numbers), dict(self._numbers), miss
        if self._expected:
            left = miss / 2
        for name, column in self._expected.items():
            seen, worst = self._record[column].values[:, i], float(self._worst[name][i])
            upper[name] = min(worst, upper_limit(seen, self._largest[i], left)) if name == "S" else worst
            lower[name] = max(lower_limit(seen, 0.0, left / len(self._expected)), 0.0)
        most, least = (self._at(numbers, i) for numbers in (upper, lower))
        if not self._own:
            return most, float(most[0]), least, float(least[0]), left
        top = float(self._most[i])
        return most, math.inf if math.isnan(top) else max(top, float(most.max())), least, 0.0, left

    def _at(self, numbers: dict[str, Any], i: int) -> np.ndarray:
        """Return the bound on every replicate at one place."""
        there = {name: x[..., i] if np.ndim(x) else x for name, x in numbers.items()}
        return np.broadcast_to(np.asarray(sum(self._bound.on_run(there).values())), len(self._curve)).copy()


def count(number: float) -> str:
    """Return a number of replicates to two digits: 1,200,000.

    Examples
    --------
    >>> count(1234567), count(17.0), count(3e13)
    ('1,200,000', '17', '3e+13')
    """
    return f"{float(f'{number:.2g}'):,.0f}" if number < 1e9 else f"{number:.2g}"


def explained(found: Expected, curve: np.ndarray, t: np.ndarray, runs: int, verdict: str) -> str:
    """Return what a verdict on a bound in expectation rests on, in a sentence; for an open one, what would decide it.

    Parameters
    ----------
    curve : array (t,)
        The bound.
    t : array (t,)
    runs : int
        The number of replicates.
    """
    if not found.random:
        return "Nothing is random here: the mean is that of every run, with its certified interval."
    law = (
        f"whatever the law of its regret within [{{:.4g}}, {{:.4g}}] (R = {runs}, wrong in at most 2.5 % of data sets)"
    )
    if verdict == "violated":
        i = found.at[np.argmax(found.low[found.at] > curve[found.at])]
        where = f"at t = {t[i]}" + f", one of {found.at.size} horizons looked at together" * (found.at.size > 1)
        return f"The mean regret is at least {found.low[i]:.4g} {where}, {law.format(*found.within(i))}."
    if verdict == "holds":
        return f"The mean regret is at most {found.high[-1]:.4g} at T = {t[-1]}, {law.format(*found.within(-1))}."
    above = [i for i in found.at if found.student_low[i] > curve[i]]
    i = above[-1] if above else t.size - 1
    low, high = found.student_low[i], found.student_high[i]
    side = "above" if low > curve[i] else "below" if high <= curve[i] else "on both sides of"
    said = (
        f"Student's interval of the mean, [{low:.4g}, {high:.4g}] at t = {t[i]}, lies {side} the bound {curve[i]:.4g}"
    )
    if runs == 1:
        said = "One run of a random algorithm says little of an expectation"
    elif math.isclose(low, high, rel_tol=1e-9):  # up to their certified gaps
        said = f"All {runs} replicates have the regret {low:.4g}, which excludes no rare other one"
    else:
        said += ", but assumes normal replicates" * (side != "on both sides of")
    if found.known.why:
        return f"{said}; without that, no number of replicates decides: {found.known.why}."
    more = f"about R = {count(found.needed)} replicates like these would decide"
    if not math.isfinite(found.needed):
        more = "no number of replicates like these would decide"
    floor, ceiling = found.within(i)
    return (
        f"{said}; whatever the law within the possible [{floor:.4g}, {ceiling:.4g}], the mean is in "
        f"[{found.low[i]:.4g}, {found.high[i]:.4g}]: {more}."
    )
