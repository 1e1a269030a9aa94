"""Contrasts of the logarithm of a mean curve, with intervals that resample whole replicates."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from regretlab.parameters import number
from regretlab.verdicts.means import t_quantile

#: Resamples of the studentised bootstrap, and their seed: the same record gives the same interval.
RESAMPLES, SEED = 999, 0

#: Fewer effective curves than this say nothing of their spread: one carries the mean.
FEW = 1.5
#: An error this much smaller than that of the sample is round-off.
NONE = 1e-9


class Estimate(NamedTuple):
    """A number, its standard error, and how many of these the interval has on each side (all nan if unknown)."""

    value: float
    error: float
    critical: float

    @property
    def low(self) -> float:
        """The lower end."""
        return self.value - self.critical * self.error

    @property
    def high(self) -> float:
        """The upper end."""
        return self.value + self.critical * self.error

    def __repr__(self) -> str:
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]"


def level(confidence: float) -> float:
    """Read a confidence in (0, 1), or raise the error that says so."""
    return float(number("confidence", confidence, "(0, 1)", "; 0.95 stands for 95 %"))


def mean_estimate(values: np.ndarray, random: bool, confidence: float) -> Estimate:
    """Estimate the mean over replicates with Student's interval, for normal replicates; exact if nothing is random.

    Unknown (nan) from one value, and from values that all agree: that they do says nothing of what is rare.
    """
    R = len(values)
    if not random:
        return Estimate(float(values.mean()), 0.0, 0.0)
    if (values == values[0]).all():
        return Estimate(float(values.mean()), math.nan, math.nan)
    return Estimate(float(values.mean()), float(values.std(ddof=1)) / math.sqrt(R), t_quantile(R - 1, 1, confidence))


def slope_weights(u: np.ndarray) -> np.ndarray:
    """Weights w with ``w @ y`` the least-squares slope of y against ``u``."""
    centred = u - u.mean()
    return np.asarray(centred / (centred @ centred))


def half_weights(u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the slope weights of the two halves of the range of ``u``, which share the point nearest to its middle."""
    middle = int(np.clip(np.argmin(abs(u - (u[0] + u[-1]) / 2)), 1, u.size - 2))
    early, late = np.zeros(u.size), np.zeros(u.size)
    early[: middle + 1], late[middle:] = slope_weights(u[: middle + 1]), slope_weights(u[middle:])
    return early, late


def log_contrast(weights: np.ndarray, curves: np.ndarray, confidence: float) -> Estimate:
    r"""Estimate :math:`\sum_k w_k \log E X_k` from R independent curves, by a symmetric studentised bootstrap.

    .. math:: \hat s = \sum_k w_k \log \bar X_k, \qquad \psi_r = \sum_k w_k X_{rk} / \bar X_k, \qquad
        \widehat{\mathrm{se}}^2 = \frac{1}{R(R-1)} \sum_r (\psi_r - \bar\psi)^2

    (the delta method; single curves may be negative, only their mean is not). The critical value is the quantile of
    :math:`|\hat s^* - \hat s| / \widehat{\mathrm{se}}^*` over resamples of whole curves, so that any dependence along
    a curve is respected, but not less than Student's with :math:`R_e - 1` degrees of freedom, where

    .. math:: R_e = \min_k \Big(\sum_r |X_{rk}|\Big)^2 \Big/ \sum_r X_{rk}^2 \le R

    is how many curves carry the mean: of curves of very different size only the large ones say something of it. The
    larger of the two is taken :math:`1 + 1/R_e` times, for what skewed curves still took from coverage. One
    curve, curves that all agree, and curves of which one carries the mean (:math:`R_e < 1.5`) have no interval (nan).
    Measured coverage: ``tests/scaling/test_coverage.py``.

    Parameters
    ----------
    weights : array (k,)
        They sum to zero.
    curves : array (R, k)
        With positive means and R at least 2.
    confidence : float in (0, 1)

    References
    ----------
    Hall (1992), The Bootstrap and Edgeworth Expansion, section 3.6 (symmetric percentile-t intervals).
    """
    R, carried = len(curves), effective(curves)
    value, error = _delta(weights, curves, np.ones((1, R)))
    if carried < FEW or (curves == curves[0]).all():
        return Estimate(float(value[0]), math.nan, math.nan)
    if not error[0]:  # multiples of one curve
        return Estimate(float(value[0]), 0.0, 0.0)
    again, errors = _delta(weights, curves, _resamples(R))
    kept = errors > NONE * error[0]  # one curve R times over says nothing
    distances = abs(again - value)[kept] / errors[kept]
    distances[np.isnan(distances)] = np.inf  # a mean that is not positive: as far off as can be
    critical = float(np.quantile(distances, confidence, method="higher"))
    critical = max(critical, t_quantile(carried - 1, 1, confidence)) * (1 + 1 / carried)
    return Estimate(float(value[0]), float(error[0]), critical)


def effective(curves: np.ndarray) -> float:
    """Return how many of the curves (R, k) carry their mean, where these are fewest.

    Examples
    --------
    >>> effective(np.ones((4, 2))), effective(np.array([[100.0], [1.0]])).__round__(2)
    (4.0, 1.02)
    """
    shares = np.abs(curves) / np.abs(curves).max(axis=0)
    return float((shares.sum(axis=0) ** 2 / (shares**2).sum(axis=0)).min())


@lru_cache(maxsize=8)
def _resamples(R: int) -> np.ndarray:
    """Draw how often each of R curves is in every resample, shape (RESAMPLES, R)."""
    return np.random.default_rng(SEED).multinomial(R, np.full(R, 1 / R), size=RESAMPLES).astype(float)


def _delta(weights: np.ndarray, curves: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compute the contrast and its delta-method error on every resample; ``counts`` (B, R) counts each curve."""
    R = len(curves)
    mean = counts @ curves / R
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.log(mean) @ weights
        psi = (weights / mean) @ curves.T
        centred = psi - (counts * psi).sum(axis=1, keepdims=True) / R
        return values, np.sqrt((counts * centred**2).sum(axis=1) / (R * (R - 1)))


def smooth_contrast(weights: np.ndarray, u: np.ndarray, y: np.ndarray, confidence: float) -> Estimate:
    """Estimate ``weights @ y`` on one curve y(u) without sampling error; what scatters about a parabola is noise.

    Not a confidence interval: nothing was drawn. It keeps jitter (checkpoints at other phases of a period) from passing
    for knowledge. Nan ends with fewer than four points.
    """
    freedom = u.size - 3
    value = float(weights @ y)
    if freedom < 1:
        return Estimate(value, math.nan, math.nan)
    parabola = np.polynomial.Polynomial.fit(u, y, 2)
    scatter = math.sqrt(((y - parabola(u)) ** 2).sum() / freedom)
    return Estimate(value, scatter * float(np.linalg.norm(weights)), t_quantile(freedom, 1, confidence))
