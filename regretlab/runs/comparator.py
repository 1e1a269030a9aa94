r"""The best fixed point: minima of weighted losses over a domain, each in an interval that is certified.

The upper end is attained. The lower end is the Frank-Wolfe certificate, for which a domain minimises linear functions:

.. math:: f(x) - \min f \le \langle \nabla f(x), x \rangle - \min_{z \in X} \langle \nabla f(x), z \rangle .

Both ends are moved outwards by what round-off may have done to them. The solver stops when the gap is :data:`GAP` times
the problem's span (the largest range of one loss over X), or where that is unknown, times the gap at the problem's
start: so nothing depends on the unit in which losses are measured.

Every domain is treated alike, through its own ``project`` and ``linear_minimum``; the solvers
(:mod:`regretlab.runs.solvers`) are chosen by what is fast. Where losses have kinks the solver descends on ever closer
smooth relatives, and their tangents, lowered until they lie below the losses, are the certificates.

For a non-convex problem, or without a domain, only the upper end is certified that way; the lower one is then the sum
of each loss's own minimum.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from regretlab.domains import Box
from regretlab.problems import Problem
from regretlab.runs.solvers import FEW, GAP, by_newton, by_projections, by_quasi_newton, frank_wolfe_gap

#: How often the solver is started afresh where it has stopped before the gap was met.
RESTARTS = 3
#: The least curvature of a coordinate, as a share of the greatest, that the solver still evens out.
FLATTEST = 1e-4
#: The smooth relatives of losses with kinks, each started where the one before ended.
WIDTHS = (1e-1, 1e-2, 1e-3, 1e-4)
#: In units that are a smaller share of it than this, a loss may overflow, and is far from known to one of them.
LEAST = 2.0**-900
#: Half the distance from 1 to the next double: what a rounding may change, as a share. NumPy adds 128 numbers in eight
#: columns, and such sums in pairs; a loss, its slope or its weight is itself some roundings away from the truth.
UNIT = 2.0**-53
COLUMN, OWN = 24, 8
#: How far down the slope of linear losses without a domain a point is taken, in units of the gradient.
FAR = 1e12


class Minimum(NamedTuple):
    """A minimum in ``[low, high]``; ``x`` attains ``high``, up to the round-off that is part of the interval."""

    low: float
    high: float
    x: np.ndarray


def minimum(problem: Problem, weights: np.ndarray, start: np.ndarray) -> Minimum:
    r"""Return the minimum over X of :math:`\sum_j weights_j f_j(x)`, in an interval.

    Parameters
    ----------
    weights : array (n,)
        Non-negative.
    start : array (d,)
        Where the solver begins: Newton's method where the problem gives second derivatives; then, as long as the gap is
        not met, L-BFGS-B on a box or without a domain and projected gradients elsewhere, in coordinates scaled by the
        losses' curvature.

    Examples
    --------
    >>> from regretlab.problems import Reddi
    >>> low, high, x = minimum(Reddi(C=4), np.array([2.0, 1.0, 1.0]), np.zeros(1))
    >>> low <= -6 <= high, high - low < 1e-13, x
    (True, True, array([-1.]))
    """
    total = float(weights.sum())
    if total == 0:
        return Minimum(0.0, 0.0, start)
    problem, weights = problem.received(weights)
    objective = _Objective(problem, weights / total)
    if not problem.convex:
        starts = [start, *(_inside(problem, share) for share in problem.solver_starts)]
        found = min((_descend(objective, s) for s in starts), key=lambda x: objective(x)[0])
        return _interval(problem, weights, found, np.inf)
    if problem.kinks:
        x, gap = _rounded_off(objective, start)
        return _interval(problem, weights, x, total * gap)
    x, gap = start, np.inf
    if problem.linear and problem.domain is None:  # there is no minimum, unless the losses cancel
        return _interval(problem, weights, start - FAR * objective.gradient(start), np.inf)
    if problem.linear and type(problem.domain) is Box:
        g, low, high = objective.gradient(start), problem.domain.low, problem.domain.high
        return _interval(problem, weights, np.where(g > 0, low, np.where(g < 0, high, start)), 0.0)
    if objective.curved:
        x, gap = by_newton(objective, start)
    for _ in range(1 + RESTARTS):  # L-BFGS-B may stop early on a flat line search; afresh it goes on
        if gap <= GAP:
            break
        x = _descend(objective, x)
        gap = objective.gap(x)
        if gap == np.inf:
            break
    return _interval(problem, weights, x, total * (gap * objective.scale))


class _Objective:
    """The mean loss with these shares, in units of ``scale``: value and gradient at a point."""

    def __init__(self, problem: Problem, shares: np.ndarray, scale: float | None = None) -> None:
        self.problem, self.domain, self.shares, self.steps = problem, problem.domain, shares, problem.solver_steps
        self.scale = _scale(problem, shares) if scale is None else scale

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = self.problem.weighted(x, self.shares)
        return value / self.scale, gradient / self.scale

    @property
    def curved(self) -> bool:
        """Whether Newton's method is worth trying."""
        domain, d = self.domain, self.problem.d
        return domain is not None and d <= FEW and self.problem.curved and domain.diameters(d)[1] < np.inf

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return self.problem.gradient(x, self.shares) / self.scale

    def hessian(self, x: np.ndarray) -> np.ndarray:
        return self.problem.hessian(x, self.shares) / self.scale

    def gap(self, x: np.ndarray) -> float:
        return frank_wolfe_gap(self.domain, self.gradient(x), x)


def _scale(problem: Problem, shares: np.ndarray) -> float:
    """Return the span of the losses, or where it is unknown, the possible fall of the mean loss from the start."""
    span = problem.constants().get("span")
    if span is not None and LEAST <= span.value < np.inf:
        return span.value
    value, gradient = problem.weighted(problem.start, shares)
    least = LEAST * abs(value)
    if span is not None and 0 < span.value < np.inf:
        return max(span.value, least)
    gap = frank_wolfe_gap(problem.domain, gradient, problem.start)
    measured = gap if 0 < gap < np.inf else float(np.abs(gradient).max())
    return max(measured, least) if 0 < measured < np.inf else 1.0


def _interval(problem: Problem, weights: np.ndarray, x: np.ndarray, gap: float) -> Minimum:
    """Return the interval of a minimum that is at most ``gap`` below the value at x, with round-off."""
    received = weights > 0
    w = weights[received]

    def summed(of: np.ndarray) -> tuple[float, float]:
        of = of[received]
        return float((w * of).sum()), float((w * abs(of)).sum())

    losses, norms = problem.losses_and_norms(x)
    (value, size), (_, slope) = summed(losses), summed(norms)
    lowest, depth = summed(problem.floors())
    at, across = float(np.linalg.norm(x)), np.inf
    if problem.domain is not None:
        across = float(problem.domain.diameters(problem.d)[1])
    sums = UNIT * (min(len(w), COLUMN + math.log2(len(w))) + OWN)
    # A score is a sum of d products, the gradient one of as many as there are examples.
    error = sums * size + UNIT * (problem.d + OWN) * slope * at
    certificate = UNIT * (len(w) + problem.d + OWN) * slope * (at + across) if gap < np.inf else 0.0
    floor = lowest - sums * depth
    return Minimum(max(value - error - gap - certificate, min(floor, value - error)), value + error, x)


def _rounded_off(objective: _Objective, start: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the minimum of losses with kinks: where it is attained, and the mean loss's gap there."""
    low, high, best, x = -np.inf, np.inf, start, start
    for width in WIDTHS:
        smooth = _Objective(objective.problem.smoothed(width), objective.shares, objective.scale)
        x = _descend(smooth, x)
        excess = smooth.problem.excess(x, smooth.shares) / smooth.scale
        low = max(low, smooth(x)[0] - excess - smooth.gap(x))
        attained = objective(x)[0]
        if attained < high:
            high, best = attained, x
        if high - low <= GAP:
            break
    return best, max(0.0, high - low) * objective.scale


def _descend(objective: _Objective, start: np.ndarray) -> np.ndarray:
    """Return the best point found from ``start``."""
    curvature = objective.problem.curvature(objective.shares)
    most = curvature.max()
    known = 0 < most < np.inf
    uneven = np.maximum(curvature / most, FLATTEST) if known else np.ones_like(start)
    if objective.domain is None or type(objective.domain) is Box:
        return by_quasi_newton(objective, start, uneven**-0.25)
    return by_projections(objective, start, uneven**0.5)


def _inside(problem: Problem, share: float) -> np.ndarray:
    """Find the domain's point nearest to that with all coordinates ``share`` of a number beyond the domain."""
    one = np.ones(problem.d)
    if problem.domain is None:
        return share * one / math.sqrt(problem.d)
    beyond = problem.domain.diameters(problem.d)[0] + abs(problem.domain.project(0 * one, one)).max()
    return np.asarray(problem.domain.project(share * (beyond if beyond < np.inf else 1.0) * one, one))
