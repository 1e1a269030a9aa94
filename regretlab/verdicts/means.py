r"""The mean regret over replicates: Student's interval, which assumes normal replicates, and one for any law.

What is known of every run, whatever its law, is the range of its regret,

=============  ======================================================================================================
online         :math:`|R(t)| \le t\,w\,\text{span}`, w the largest sum of a mini-batch's weights
cumulative     :math:`0 \le R(t) \le t\,\text{span}`, where it is measured and not estimated from mini-batches
sampler        :math:`-t\,n^2 L^2/\text{total} \le R(t) \le t\,n L^2/p_{\min}`
=============  ======================================================================================================

and limits by betting (:mod:`regretlab.verdicts.betting`) follow from it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import scipy
import xarray as xr

from regretlab.errors import unknown_name
from regretlab.runs.description import Description
from regretlab.verdicts.betting import lower_limit, upper_limit

#: The share of intervals that cover the mean.
CONFIDENCE = 0.95
#: The share of data sets in which an end of the interval may be wrong.
MISS = (1 - CONFIDENCE) / 2
#: The kinds of intervals, in words for tables and figures.
STUDENT, CERTIFIED = "95 % if replicates are normal", "certified"


def t_quantile(freedom: float, intervals: int = 1, confidence: float = CONFIDENCE) -> float:
    """Return the quantile of Student's t for two-sided intervals that all hold together (Bonferroni)."""
    return float(scipy.special.stdtrit(freedom, 1 - (1 - confidence) / (2 * intervals)))


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


class Range(NamedTuple):
    """The range of a regret at every checkpoint; infinite where it is unknown, for the reason ``why``."""

    floor: np.ndarray
    ceiling: np.ndarray
    why: str = ""


def mean_interval(regret: xr.Dataset, random: bool = True) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean over replicates (axis 0) of a regret (variables value, low, high), with an interval.

    The interval is Student's, widened by the certified ones; that of one run, or of runs that are not random, is
    certified.
    """
    value, low, high = (regret[name].values for name in ("value", "low", "high"))
    if len(low) == 1 or not random:
        return value.mean(axis=0), low.min(axis=0), high.max(axis=0)
    return value.mean(axis=0), *student_interval(low, high)


def known_range(description: Description, kind: str, record: xr.Dataset) -> Range:
    """Return the range of a run's regret at every checkpoint, from the problem's declared constants."""
    t, law, problem = record.t.values.astype(float), description.law, description.problem
    n, span, L = problem.n, problem.constant("span", math.inf), problem.constant("L", math.inf)
    nothing = Range(np.full(t.size, -math.inf), np.full(t.size, math.inf))
    if kind == "sampler":
        if not (math.isfinite(L) and law.floor > 0):
            return nothing._replace(why="the problem declares no bound L of its gradients, or the sampler no least p")
        return Range(-t * n**2 * L**2 / law.total, t * n * L**2 / law.floor)
    if kind == "stationarity":
        return Range(np.zeros(t.size), np.full(t.size, L**2))
    if not math.isfinite(span):
        return nothing._replace(why="the problem declares no finite span of its losses, the range of one over X")
    if kind == "cumulative":
        if kind not in description.measure:
            return nothing._replace(
                why="this regret is estimated from mini-batches, in a range that is not known; measure=('cumulative',) "
                "measures it"
            )
        return Range(np.zeros(t.size), t * span)
    if not (law.floor > 0 and math.isfinite(law.max_weight)):
        return nothing._replace(why="the weights of its mini-batches have no known bound")
    return Range(-t * span * law.max_weight, t * span * law.max_weight)


def regret_of(record: xr.Dataset, kind: str) -> xr.Dataset:
    """Return the regret of every replicate at every checkpoint: value, and the ends of its certified interval.

    The value is the regret against the best point that was found; a sampler's best law is exact.
    """
    low, high = record[f"{kind}_low"], record[f"{kind}_high"]
    return xr.Dataset({"value": record.get(kind, low), "low": low, "high": high})


class Interval(NamedTuple):
    """A mean with the ends of its interval."""

    mean: float
    low: float
    high: float


def interval(description: Description, kind: str, record: xr.Dataset, law: str) -> Interval:
    """Return the mean regret at the horizon with an interval (:meth:`regretlab.Result.interval`)."""
    if law not in ("normal", "any"):
        raise unknown_name("law of an interval", law, ("normal", "any"))
    regret, random = regret_of(record, kind).isel(t=-1), description.random
    low, high = regret.low.values, regret.high.values
    mean, below, above = (float(end) for end in mean_interval(regret, random))
    if law == "any" and random:
        known = known_range(description, kind, record)
        floor, ceiling = float(known.floor[-1]), float(known.ceiling[-1])
        below = lower_limit(low.clip(floor), floor, MISS)
        above = upper_limit(high.clip(max=ceiling), ceiling, MISS)
    elif random and len(low) > 1 and (low == low[0]).all():
        below = above = math.nan  # that they agree says nothing of what is rare
    return Interval(mean, below, above)
