r"""The best fixed point: minima of weighted losses over a domain, each in an interval that is certified.

The upper end is attained, the lower end is the Frank-Wolfe certificate

.. math:: f(x) - \min f \le \langle \nabla f(x), x \rangle - \min_{z \in X} \langle \nabla f(x), z \rangle .

Where losses have kinks the solver descends on ever closer smooth relatives, and their tangents, lowered until they lie
below the losses, are the certificates.

For a non-convex problem, or without a domain, only the upper end is certified that way; the lower one is then the sum
of each loss's own minimum.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import optimize

from regretlab.problems import Box, L2Ball, Problem

#: The relative gap a convex comparator aims at, and how often the solver is started afresh where it stopped.
GAP = 1e-8
RESTARTS = 3
#: Pairs of steps and changes of the gradient that L-BFGS-B remembers.
MEMORY = 30
#: The least curvature of a coordinate, as a share of the greatest, that the solver still evens out.
FLATTEST = 1e-4
#: The smooth relatives of losses with kinks, each started where the one before ended.
WIDTHS = (1e-1, 1e-2, 1e-3, 1e-4)


class Minimum(NamedTuple):
    """A minimum in ``[low, high]``; ``x`` attains ``high``."""

    low: float
    high: float
    x: np.ndarray


def minimum(problem: Problem, weights: np.ndarray, start: np.ndarray) -> Minimum:
    r"""The minimum over X of :math:`\sum_j weights_j f_j(x)`, in an interval.

    Parameters
    ----------
    problem : Problem
    weights : array (n,)
        Non-negative.
    start : array (d,)
        Where the solver begins: L-BFGS-B on a box or without a domain, in coordinates scaled by the losses' curvature;
        SLSQP on a ball.

    Examples
    --------
    >>> from regretlab.problems import Reddi
    >>> minimum(Reddi(C=4), np.array([2.0, 1.0, 1.0]), np.zeros(1))[:2]
    (-6.0, -6.0)
    """
    total = float(weights.sum())
    if total == 0:
        return Minimum(0.0, 0.0, start)
    received = weights > 0
    floor = float(weights[received] @ problem.floors()[received])
    shares = weights / total
    if not problem.convex:
        starts = [start, *(_inside(problem, share) for share in problem.solver_starts)]
        value, x = min((_descend(problem, shares, s) for s in starts), key=lambda found: found[0])
        return Minimum(min(floor, total * value), total * value, x)
    if problem.kinks:
        low, high, x = _rounded_off(problem, shares, start)
        return Minimum(max(total * low, min(floor, total * high)), total * high, x)
    value, x = _descend(problem, shares, start)
    gap = frank_wolfe_gap(problem, shares, x)
    for _ in range(RESTARTS):  # L-BFGS-B may stop early on a flat line search; afresh it goes on
        if not GAP < gap < np.inf:
            break
        value, x = _descend(problem, shares, x)
        gap = frank_wolfe_gap(problem, shares, x)
    return Minimum(max(total * (value - gap), min(floor, total * value)), total * value, x)


def frank_wolfe_gap(problem: Problem, weights: np.ndarray, x: np.ndarray) -> float:
    """An upper bound on how far the weighted loss at x is above its minimum over the domain (convex problems)."""
    gradient = problem.weighted(x, weights)[1]
    if problem.domain is None:
        return 0.0 if not gradient.any() else np.inf
    return max(0.0, float(gradient @ x) - problem.domain.linear_minimum(gradient))


def _rounded_off(problem: Problem, weights: np.ndarray, start: np.ndarray) -> tuple[float, float, np.ndarray]:
    """The minimum of losses with kinks: its lower end, its upper end, and where that is attained."""
    low, high, best, x = -np.inf, np.inf, start, start
    for width in WIDTHS:
        smooth = problem.smoothed(width)
        value, x = _descend(smooth, weights, x)
        low = max(low, value - smooth.excess(x, weights) - frank_wolfe_gap(smooth, weights, x))
        attained = problem.weighted(x, weights)[0]
        if attained < high:
            high, best = attained, x
        if high - low <= GAP:
            break
    return low, high, best


def _descend(problem: Problem, weights: np.ndarray, start: np.ndarray) -> tuple[float, np.ndarray]:
    """The best value found from ``start``, and where."""

    def objective(x: np.ndarray) -> tuple[float, np.ndarray]:
        return problem.weighted(x, weights)

    domain = problem.domain
    if isinstance(domain, L2Ball):
        r2 = domain.radius**2
        ball = {"type": "ineq", "fun": lambda x: r2 - x @ x, "jac": lambda x: -2 * x}
        options = {"ftol": 1e-15, "maxiter": min(500, problem.solver_steps)}
        found = optimize.minimize(objective, start, jac=True, method="SLSQP", constraints=ball, options=options)
        x = domain.project(found.x, np.ones_like(found.x))
    else:
        x = _in_scaled_coordinates(problem, weights, start)
    return objective(x)[0], x


def _in_scaled_coordinates(problem: Problem, weights: np.ndarray, start: np.ndarray) -> np.ndarray:
    """L-BFGS-B in the coordinates x / unit, where the loss bends more evenly, until the Frank-Wolfe gap is met."""
    curvature, domain = problem.curvature(weights), problem.domain
    most = curvature.max() or 1.0
    unit = (most / np.maximum(curvature, FLATTEST * most)) ** 0.25
    x, gradient = start, np.zeros_like(start)

    def objective(scaled: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal x, gradient
        x = scaled * unit
        value, gradient = problem.weighted(x, weights)
        return value, gradient * unit

    def stop(intermediate_result: optimize.OptimizeResult) -> None:  # the name by which SciPy knows what to pass
        if domain is not None and gradient @ x - domain.linear_minimum(gradient) <= GAP:
            raise StopIteration

    bounds = optimize.Bounds(domain.low / unit, domain.high / unit) if isinstance(domain, Box) else None
    options = {"ftol": 0.0, "gtol": 1e-9 if domain is None else 0.0, "maxiter": problem.solver_steps, "maxcor": MEMORY}
    found = optimize.minimize(
        objective, start / unit, jac=True, method="L-BFGS-B", bounds=bounds, callback=stop, options=options
    )
    x = found.x * unit
    return np.clip(x, domain.low, domain.high) if isinstance(domain, Box) else x


def _inside(problem: Problem, share: float) -> np.ndarray:
    """The point whose coordinates are all ``share`` of the way from the domain's centre to its border."""
    if isinstance(problem.domain, Box):
        low, high = problem.domain.low, problem.domain.high
        return np.full(problem.d, (low + high) / 2 + share * (high - low) / 2)
    radius = problem.domain.radius if isinstance(problem.domain, L2Ball) else 1.0
    return np.full(problem.d, share * radius / np.sqrt(problem.d))
