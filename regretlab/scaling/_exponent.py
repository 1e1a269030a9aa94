"""The exponent of regret in T along a run, with an interval."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from regretlab.errors import InputError
from regretlab.parameters import number
from regretlab.scaling._estimate import (
    Estimate,
    half_weights,
    level,
    log_contrast,
    mean_estimate,
    slope_weights,
    smooth_contrast,
)
from regretlab.verdicts.means import CONFIDENCE

#: The slope is fitted over the last part of the horizon, t >= T / WINDOW, so that early steps do not decide it.
WINDOW = 16
FEWEST = 4
#: Exponents that a run should be able to tell apart: 0.5 from 0.6.
RESOLUTION = 0.1
#: A change of slope this small is none, whatever its error.
NEGLIGIBLE = 0.01
#: The logarithm of a horizon beyond which none is computed.
HUGE = 700.0
UNKNOWN = Estimate(math.nan, math.nan, math.nan)


class Exponent(NamedTuple):
    r"""The slope of log regret against log t, an interval for the exponent, and where they come from.

    ``low`` and ``high`` are nan where there is no interval; ``value`` too where there is no slope. ``how`` says why.
    ``early`` and ``late`` are the slopes of the two halves of the window; ``slope`` and ``drift`` (late - early) are
    estimates with their errors; ``beyond`` is the exponent b of :math:`A + B t^b` where the slope rises, else nan.
    ``last`` is the end of the grid (the horizon T), ``sampled`` whether the errors are those of a sample of
    ``replicates``, ``confidence`` that of the interval; ``name`` is what varies. ``nonpositive`` says that there is no
    exponent because the mean is at most zero over the last half of the grid, with its interval. Where ``log_power`` b
    is not zero, the regret was divided by :math:`(\log t)^b`: the exponent is a in :math:`t^a (\log t)^b`.
    """

    value: float
    low: float
    high: float
    how: str
    early: float = math.nan
    late: float = math.nan
    slope: Estimate = UNKNOWN
    drift: Estimate = UNKNOWN
    beyond: float = math.nan
    last: float = math.nan
    replicates: int = 0
    sampled: bool = True
    confidence: float = CONFIDENCE
    name: str = "T"
    nonpositive: bool = False
    log_power: float = 0.0

    def __repr__(self) -> str:
        if math.isnan(self.low):
            return f"no exponent ({self.how})" if math.isnan(self.value) else f"{self.value:.2f} ({self.how})"
        more = f"; {self.wanted}" if self.wanted else ""
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}] ({100 * self.confidence:g} %{more})"

    @property
    def wanted(self) -> str:
        """From where on the bend would leave ``RESOLUTION`` apart, in words; empty where it does."""
        if not (self.bend > NEGLIGIBLE and self.high - self.low > RESOLUTION):
            return ""
        return f"telling {RESOLUTION:g} apart takes {self.name} >= {float(f'{self.horizon_needed():.2g}'):.10g}"

    @property
    def bends(self) -> bool:
        """Whether the slope changes within the window by more than its error: no power law at this horizon."""
        return abs(self.drift.value) > NEGLIGIBLE and (self.drift.low > 0 or self.drift.high < 0)

    @property
    def bend(self) -> float:
        """The size of the change that is allowed for: the drift where it is beyond its error, else none.

        On a curve without sampling error it is the largest that the scatter leaves possible: there, a curve too rough
        to show its drift is no evidence of a power law.
        """
        if self.sampled:
            return abs(self.drift.value) if self.bends else 0.0
        return max(abs(self.drift.low), abs(self.drift.high))

    def tells(self, a: float, b: float) -> bool:
        """Whether the interval excludes one of two exponents."""
        return not (self.low <= a <= self.high and self.low <= b <= self.high) and not math.isnan(self.low)

    def replicates_needed(self, gap: float) -> float:
        """Return how many replicates make the sampling interval reach no further than ``gap`` on each side.

        Errors fall like 1/sqrt(R), so it is R (half-width / gap)^2; nan without replicates.
        """
        half = self.slope.critical * self.slope.error
        if self.replicates < 2 or not math.isfinite(half):
            return math.nan
        return max(2, math.ceil(self.replicates * (half / gap) ** 2)) if gap > 0 else math.inf

    def horizon_needed(self, resolution: float = RESOLUTION) -> float:
        r"""Estimate the horizon from which the change of slope still to come hides no more than ``resolution``.

        If the regret is :math:`A t^a + B t^{a-1/2}` (a second term smaller by :math:`\sqrt t`), the slope's distance
        from a falls like :math:`t^{-1/2}`, hence halves from one half of the window to the next, a factor 4 of t: what
        is left to come after the late slope is once more the bend. :func:`exponent` allows for twice that, so the bend
        makes the interval :math:`2\,\text{bend}` wide, and at a later horizon T' this is
        :math:`2\,\text{bend}\,\sqrt{T/T'}`. It equals ``resolution`` at
        :math:`T' = T\,(2\,\text{bend}/\text{resolution})^2`.

        Where the slope s rises as that of :math:`A + B t^b` does, :math:`s/(b-s)` grows like :math:`t^b`, and
        :math:`2\,(b-s)` comes down to the resolution at
        :math:`T' = T\,\big((2b/\text{resolution} - 1)\,(b-s)/s\big)^{1/b}`; the later of the two is returned.
        """
        needed = max(self.last, self.last * (2 * self.bend / resolution) ** 2)
        b, s = self.beyond, self.late
        if b > s > 0 and (factor := (2 * b / resolution - 1) * (b - s) / s) > 1:
            needed = max(needed, math.exp(min(math.log(self.last) + math.log(factor) / b, HUGE)))
        return math.ceil(needed) if math.isfinite(needed) else needed


def exponent(
    t: np.ndarray, regret: np.ndarray, *, random: bool = True, confidence: float = CONFIDENCE, log_power: float = 0.0
) -> Exponent:
    r"""Fit :math:`E R(t) \propto t^{\text{value}}` over the last part of the horizon, t >= T/16.

    The value is the least-squares slope of :math:`\log \bar R(t)` against :math:`\log t`. Its interval resamples whole
    replicates (:func:`~regretlab.scaling._estimate.log_contrast`): checkpoints of one run depend on each other, and an
    interval that treats them as independent covers far less than it says. Where the slopes of the window's two halves
    differ beyond their error, the regret is not a power law yet, and the interval reaches to where the slope may still
    go: twice the change so far beyond the late slope (:meth:`Exponent.horizon_needed`); and, where the slope s rises,
    to :math:`s + (ds/d\log t)/s`, the exponent b of :math:`A + B t^b`. (Over a larger term it could be larger still:
    see :func:`linear_growth`.)

    Parameters
    ----------
    t : array (T,)
        Increasing checkpoints, positive.
    regret : array (R, T)
        One curve per replicate. Single values may be negative or zero; the mean has to be positive in the window.
    random : bool
        Whether the curves are random. If not, one curve is all there is, and only what scatters about a smooth curve
        counts as error. One random curve has no interval, nor have curves that agree, or of which one carries the mean.
    confidence : float in (0, 1)
    log_power : float
        b, to fit :math:`E R(t) \propto t^{\text{value}} (\log t)^b` instead: 1/2 for a regret of order
        :math:`\sqrt{T \log T}`.

    Returns
    -------
    Exponent
        Its interval assumes that replicates show what carries the mean: a kind of run that none of R is like is rarer
        than :math:`1 - 0.05^{1/R}` (at 95 %: 31 % of all runs at R = 8, 10 % at R = 30), which ``how`` says, and may
        grow otherwise. As far as that goes, the 95 % interval covers the exponent in at least 95 % of data sets, up to
        a percent, at R = 2, 3, 8 and 30: for normal and for right- and left-skewed walks, lognormal levels (sigma 1.5),
        replicates that are fifty times the others one time in ten, and walks of the logarithm
        (``tests/scaling/test_coverage.py``).

    Raises
    ------
    InputError
        For shapes that do not fit, checkpoints that do not increase, values that are not finite, a ``confidence``
        outside (0, 1), or a ``log_power`` where the window does not begin after t = 1.

    Examples
    --------
    >>> t = np.geomspace(1, 1000, 30)
    >>> round(exponent(t, 3 * np.sqrt(t)[None]).value, 12)
    0.5
    >>> round(exponent(t, np.sqrt(t * np.log(t))[None], log_power=1 / 2).value, 12)
    0.5
    >>> walks = np.random.default_rng(0).normal(size=(20, 1000)).cumsum(axis=1)
    >>> e = exponent(np.arange(1.0, 1001), 3 * np.arange(1.0, 1001) ** 0.75 + walks)
    >>> bool(e.low < 0.75 < e.high), e.tells(0.5, 0.75)
    (True, True)
    """
    (t, regret), confidence = checked_curves(t, regret), level(confidence)
    late = t >= t[-1] / WINDOW
    if late.sum() < FEWEST:
        return _unknown(f"fewer than {FEWEST} checkpoints with t >= T/{WINDOW}; record more of them", t[-1], confidence)
    curves, where = without_logarithm(t[late], regret[:, late], f"t >= T/{WINDOW}", log_power)
    return fit(t[late], curves, where, "T", random, confidence, ceiling=1.0)._replace(log_power=log_power)


def without_logarithm(x: np.ndarray, curves: np.ndarray, where: str, log_power: float) -> tuple[np.ndarray, str]:
    """Curves divided by a power of log x, and where that is, in words."""
    power = number("log_power", log_power, "(-inf, inf)")
    if power == 0:
        return curves, where
    if not x[0] > 1:
        raise InputError(
            f"log_power={power:g} needs values beyond 1, where log is positive; the fit begins at {x[0]:g}."
        )
    return curves / np.log(x) ** power, f"{where}, divided by log^{power:g}"


def fit(
    x: np.ndarray, curves: np.ndarray, where: str, name: str, random: bool, confidence: float,
    ceiling: float = math.inf,
) -> Exponent:  # fmt: skip
    """Fit the slope, its interval and its drift on a grid, from R curves (R, k).

    A rising slope is not expected to rise above ``ceiling``: where losses are bounded, regret is at most linear in T.
    """
    R, mean, u = len(curves), curves.mean(axis=0), np.log(x)
    sampled = random
    if not (mean > 0).all():
        return _not_positive(x, curves, where, name, sampled, confidence)
    first, second = half_weights(u)
    weights = (slope_weights(u), second - first, 3 * second - 2 * first)
    if not sampled:
        slope, drift, reach = (smooth_contrast(w, u, np.log(mean), confidence) for w in weights)
        how = f"slope over {where} of a curve without sampling error"
    elif R > 1:
        slope, drift, reach = (log_contrast(w, curves, confidence) for w in weights)
        how = f"slope over {where}, {_from(R, confidence)}"
        if math.isnan(slope.error):
            how = f"slope over {where}; {R} replicates that agree, or one of which carries the mean, have no interval"
    else:
        slope, drift, reach = (Estimate(float(w @ np.log(mean)), math.nan, math.nan) for w in weights)
        how = f"slope over {where}; one replicate has no sampling interval, simulate with replicates=10 or more"
    early, late, step = float(first @ np.log(mean)), float(second @ np.log(mean)), float(u[-1] - u[0]) / 2
    e = Exponent(
        slope.value, slope.low, slope.high, how, early, late, slope, drift,
        last=float(x[-1]), replicates=R, sampled=sampled, confidence=confidence, name=name,
    )  # fmt: skip
    if e.bends and drift.value > 0 and e.value > 0:
        e = e._replace(beyond=max(late, min(e.value + drift.high / (step * e.value), ceiling)))
    return _widened(e, reach)


def _from(R: int, confidence: float) -> str:
    """State the assumption of an interval from R replicates: kinds of runs this rare may be missing among them."""
    unseen = 1 - (1 - confidence) ** (1 / R)
    kind = f"no kind of run rarer than {100 * unseen:.2g} % carries the mean"
    return f"{100 * confidence:g} % interval from {R} replicates if {kind}"


def _widened(fit: Exponent, reach: Estimate) -> Exponent:
    """Widen a fit by the change of slope still to come; ``reach`` estimates late + 2 drift."""
    if not fit.bend > NEGLIGIBLE:
        hidden = fit.drift.critical * fit.drift.error
        if not (fit.sampled and RESOLUTION < hidden < math.inf):
            return fit
        needed = math.ceil(fit.replicates * (hidden / RESOLUTION) ** 2)
        words = f"a change of slope by {hidden:.2f} within it would not show, by {RESOLUTION:g} with R >= {needed}"
        return fit._replace(how=f"{fit.how}; {words}")
    low, high, words = fit.low, fit.high, f"the slope may bend by {fit.bend:.2f}"
    if fit.drift.value < 0 or not fit.bends:
        low = min(low, reach.low)
    if fit.drift.value > 0 or not fit.bends:
        high = max(high, reach.high)
    if fit.bends:
        words = f"the slope {'falls' if fit.drift.value < 0 else 'rises'} from {fit.early:.2f} to {fit.late:.2f}"
        high = max(high, fit.beyond) if fit.beyond == fit.beyond else high
    how = f"{fit.how}; {words}: exponents from {low:.2f} to {high:.2f} cannot be told apart"
    fit = fit._replace(low=low, high=high)
    return fit._replace(how=f"{how}; {fit.wanted}" if fit.wanted else how)


def _not_positive(
    x: np.ndarray, curves: np.ndarray, where: str, name: str, sampled: bool, confidence: float
) -> Exponent:
    """No exponent; whether the mean is at most zero over the last half of the grid, by its interval at every point."""
    late, R = x >= x[-1] / 2, len(curves)
    nonpositive = all(mean_estimate(column, sampled, confidence).high <= 0 for column in curves[:, late].T)
    how = f"the mean regret is not positive for all {where}, and "
    if nonpositive:
        how += f"at most zero for {name} >= {x[-1] / 2:g}: below any power there"
    elif sampled:
        how += f"may be above zero for {name} >= {x[-1] / 2:g}; take more replicates than {R} or a larger {name}"
    else:
        how += f"above zero for some {name} >= {x[-1] / 2:g}; take a larger {name}"
    return Exponent(
        math.nan, math.nan, math.nan, how, last=float(x[-1]), replicates=R, sampled=sampled, confidence=confidence,
        name=name, nonpositive=nonpositive,
    )  # fmt: skip


def _unknown(how: str, last: float, confidence: float) -> Exponent:
    return Exponent(math.nan, math.nan, math.nan, how, last=float(last), confidence=confidence)


def checked_curves(t: np.ndarray, regret: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return floats of shapes (T,) and (R, T), or raise the error for other data."""
    try:
        t, regret = np.asarray(t, dtype=float), np.asarray(regret, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise InputError(
            "an exponent needs t of shape (T,) and regret of shape (R, T), arrays of numbers; give such arrays."
        ) from None
    if t.ndim != 1 or regret.ndim != 2 or regret.shape[1] != t.size or not regret.size:
        raise InputError(
            f"an exponent needs t of shape (T,) and regret of shape (R, T), got {t.shape} and {regret.shape}; "
            f"write a single curve as regret[None]."
        )
    if not (t > 0).all() or not (np.diff(t) > 0).all():
        raise InputError("an exponent needs positive, increasing grid values; sort them and drop the others.")
    if not np.isfinite(regret).all():
        raise InputError(
            f"{(~np.isfinite(regret)).sum()} regret values are not finite; drop those runs or checkpoints."
        )
    return t, regret
