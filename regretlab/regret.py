r"""Regret: its definitions, and comparators whose minimum comes with a certified gap.

.. math::
    R_{on}(T) &= \sum_t f_t(x_t) - \min_{x\in X} \sum_t f_t(x), \qquad
    R(T) = \sum_t f(x_t) - T \min_{x\in X} f(x), \\
    R_{sampler}(T) &= \sum_t V_t(p_t) - \min_{p\in P} \sum_t V_t(p), \qquad V_t(p) = \sum_j \|g_{tj}\|^2 / p_j .

f_t is the weighted mini-batch loss, f the mean of all examples' losses. The first comparator minimises a finite sum
again (each example with the weight it has received), so a checkpoint needs O(n) memory and no history. Every minimum
lies in an interval: its upper end is attained, its lower end is the Frank-Wolfe certificate

.. math:: f(x) - \min f \le \langle \nabla f(x), x \rangle - \min_{z \in X} \langle \nabla f(x), z \rangle .

Where losses have kinks the solver descends on ever closer smooth relatives, and their tangents, lowered until they lie
below the losses, are the certificates.

For a non-convex problem, or without a domain, only the upper end is certified that way; the lower one is then the sum
of each loss's own minimum, so a regret is bounded from below as always, and from above only crudely.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import optimize

from regretlab.engines.array import State
from regretlab.problems import Box, L2Ball, Problem
from regretlab.run import Plan
from regretlab.samplers import Law, kl_projection

KINDS = ("online", "cumulative", "sampler")
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


class Regrets:
    r"""The observer of a run: adds ``<kind>_low`` and ``<kind>_high`` for every kind of regret it can measure.

    ``extent`` and ``extent2`` measure the set that holds the iterates and the comparator: its largest side, and the
    diagonal of its bounding box. Where the sampler is measured, ``variance`` is :math:`\sum_t V_t(p_t)`, beside what
    the best fixed law (``best_variance``), the uniform one and full information would have paid on the same run.

    The observer keeps the last comparator of each replicate: the next solve starts there.
    """

    def __init__(self, last: np.ndarray | None = None) -> None:
        self._last: dict[int, np.ndarray] = {} if last is None else dict(enumerate(last))
        self._whole: Minimum | None = None

    def final(self) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
        """The online comparators at the last checkpoint."""
        return {"comparator": (("replicate", "coordinate"), np.stack([self._last[r] for r in sorted(self._last)]))}

    def __call__(self, plan: Plan, state: State) -> dict[str, np.ndarray]:
        totals = state.totals
        best = [self._online(plan, r, weights) for r, weights in enumerate(totals["received"])]
        columns = {
            "online_low": totals["loss"] - [b.high for b in best],
            "online_high": totals["loss"] - [b.low for b in best],
        }
        stars = np.stack([b.x for b in best])
        extent = np.maximum(totals["largest_x"], stars) - np.minimum(totals["smallest_x"], stars)
        columns["extent"], columns["extent2"] = extent.max(-1), np.sqrt((extent**2).sum(-1))
        whole = self._cumulative(plan, state)
        if whole is not None:
            columns["cumulative_low"], columns["cumulative_high"] = whole
        if "variance" in totals:
            optimum = np.array([best_variance(*plan.sampler.choices(s)) for s in totals["squared_norms"]])
            columns["sampler_low"] = columns["sampler_high"] = totals["variance"] - optimum
            columns["best_variance"] = optimum
            columns |= {name: totals[name] for name in ("variance", "oracle_variance", "uniform_variance")}
        return columns

    def _online(self, plan: Plan, r: int, weights: np.ndarray) -> Minimum:
        found = minimum(plan.problem, weights, self._last.get(r, plan.problem.start))
        self._last[r] = found.x
        return found

    def _cumulative(self, plan: Plan, state: State) -> tuple[np.ndarray, np.ndarray] | None:
        """The exact sum of f(x_t) when measured; else its unbiased estimate, when the sampler gives one."""
        if "full_loss" in state.totals:
            total = state.totals["full_loss"]
        elif plan.sampler.law.factor is not None:
            total = state.totals["loss"] / plan.sampler.law.factor
        else:
            return None
        if self._whole is None:
            n = plan.problem.n
            self._whole = minimum(plan.problem, np.full(n, 1 / n), plan.problem.start)
        return total - state.t * self._whole.high, total - state.t * self._whole.low


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


def best_variance(squared_norms: np.ndarray, law: Law) -> float:
    r"""``min over p in P of sum_j squared_norms[j] / p[j]``, exactly.

    .. math:: p_j = \min(\text{cap}, \max(\text{floor}, c \sqrt{s_j})), \qquad \textstyle\sum_j p_j = \text{total}.

    Examples
    --------
    >>> round(best_variance(np.array([1.0, 0.0]), Law(1.0, 0.25, 1.0, 1.0, 1.0)), 12)
    1.333333333333
    """
    if not squared_norms.any():
        return 0.0
    with np.errstate(divide="ignore"):
        log_norms = np.log(squared_norms[None]) / 2
    p = kl_projection(log_norms, total=law.total, floor=law.floor, cap=law.cap)[0]
    return float(np.divide(squared_norms, p, out=np.zeros_like(p), where=squared_norms > 0).sum())
