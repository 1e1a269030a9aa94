r"""Regret: its definitions, and comparators whose minimum comes with a certified gap.

.. math::
    R_{on}(T) &= \sum_t f_t(x_t) - \min_{x\in X} \sum_t f_t(x), \qquad
    R(T) = \sum_t f(x_t) - T \min_{x\in X} f(x), \\
    R_{sampler}(T) &= \sum_t V_t(p_t) - \min_{p\in P} \sum_t V_t(p), \qquad V_t(p) = \sum_j \|g_{tj}\|^2 / p_j .

f_t is the weighted mini-batch loss, f the mean of all examples' losses. The first comparator minimises a finite sum
again (each example with the weight it has received), so a checkpoint needs O(n) memory and no history. Every minimum
lies in an interval (see :mod:`regretlab.runs.comparator`), so that a regret is an interval too, with what round-off may
have done to its sums (:mod:`regretlab.runs.round_off`): it contains the exact regret of the iterates as they were
recorded. For a non-convex problem, or without a domain, a regret is bounded from below as always, and from above only
crudely.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from regretlab.engines.array import State
from regretlab.errors import DefectError
from regretlab.methods import Method
from regretlab.parameters import ROUND_OFF
from regretlab.runs.comparator import Minimum, minimum
from regretlab.runs.plan import Plan
from regretlab.runs.round_off import round_off, summation_error
from regretlab.samplers import Law, kl_projection

#: The kinds of regret, and where each is measured unless it is always.
MEASURED_BY = {
    "online": "",
    "cumulative": "simulate with measure=('cumulative',)",
    "sampler": "simulate with measure=('sampler',)",
    "stationarity": "simulate with measure=('stationarity',)",
    "dynamic": "measure it by Result.with_dynamic_regret(path=...)",
    "interval": "measure it by Result.with_interval_regret()",
}
KINDS = tuple(MEASURED_BY)


class Regrets:
    r"""The observer of a run: adds ``<kind>_low`` and ``<kind>_high`` for every kind of regret it can measure.

    ``online`` and ``cumulative`` are the regret against the best point that was found, as computed.

    ``extent`` and ``extent2`` measure the set that holds the iterates and the comparator: its largest side, and the
    diagonal of its bounding box. Where the sampler is measured, ``variance`` is :math:`\sum_t V_t(p_t)`, and what
    the best fixed law (``best_variance``), the uniform one and full information would have paid on the same run.

    The observer keeps the last comparator of each replicate: the next solve starts there.
    """

    def __init__(self) -> None:
        self._last: dict[int, np.ndarray] = {}
        self._of_the_mean: Minimum | None = None
        self._gap: float | None = None

    def final(self) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
        """Return the online comparators at the last checkpoint."""
        return {"comparator": (("replicate", "coordinate"), np.stack([self._last[r] for r in sorted(self._last)]))}

    def resume(self, kept: Mapping[str, Any]) -> None:
        """Start the next solves at the comparators that :meth:`final` returned."""
        self._last = dict(enumerate(np.asarray(kept["comparator"])))

    def __call__(self, plan: Plan, state: State) -> dict[str, np.ndarray]:
        totals = state.totals
        solved: dict[tuple[bytes, bytes], Minimum] = {}  # in a fixed order all replicates have the same comparator
        best = [self._online(plan, r, weights, solved) for r, weights in enumerate(totals["received"])]
        low, high = np.array([b.low for b in best]), np.array([b.high for b in best])
        weight = totals["received"].sum(-1)
        size = np.abs(totals["loss"]) + np.abs(high)
        stars = np.stack([b.x for b in best])
        error = round_off(
            plan.problem.measured, state, plan.sampler.run.K, size, weight, np.linalg.norm(stars, axis=-1)
        )
        value = totals["loss"] - high
        columns = {"online": value, "online_low": value - error, "online_high": totals["loss"] - low + error}
        checked(plan, columns["online_low"], columns["online_high"], weight)
        extent = np.maximum(totals["largest_x"], stars) - np.minimum(totals["smallest_x"], stars)
        columns["extent"], columns["extent2"] = extent.max(-1), np.sqrt((extent**2).sum(-1))
        if "slope_value" in totals:
            columns |= self._stationarity(plan, state)
        cumulative = self._cumulative(plan, state)
        if cumulative is not None:
            columns["cumulative"], columns["cumulative_low"], columns["cumulative_high"] = cumulative
        if "variance" in totals:
            optimum = np.array([best_variance(*plan.sampler.choices(s)) for s in totals["squared_norms"]])
            columns["sampler_low"] = columns["sampler_high"] = totals["variance"] - optimum
            columns["best_variance"] = optimum
            columns |= {name: totals[name] for name in ("variance", "oracle_variance", "uniform_variance")}
        return columns

    def _stationarity(self, plan: Plan, state: State) -> dict[str, np.ndarray]:
        """Return the mean and the least squared norm of the gradient of the mean loss, and f(x_1) - inf f at most."""
        totals, problem, t = state.totals, plan.problem, state.t
        columns = {}
        for name, end, sign in (("", "value", 0), ("_low", "low", -1), ("_high", "high", 1)):
            mean = totals[f"slope_{end}"] / t
            columns[f"stationarity{name}"] = mean + sign * summation_error(t, mean)
            columns[f"least_stationarity{name}"] = totals[f"least_slope_{end}"]
        if self._gap is None:
            losses, floors = problem.all_losses(problem.start[None])[0], problem.floors()
            rounded = summation_error(problem.n + problem.d + problem.roundings, float(np.abs(losses).mean()))
            self._gap = float(losses.mean() - floors.mean() + rounded)
        return columns | {"initial_gap": np.full(totals["slope_value"].shape, self._gap)}

    def _online(self, plan: Plan, r: int, weights: np.ndarray, solved: dict[tuple[bytes, bytes], Minimum]) -> Minimum:
        start = self._last.get(r, plan.problem.start)
        key = hashlib.sha256(np.ascontiguousarray(weights).data).digest(), start.tobytes()
        if key not in solved:
            solved[key] = minimum(plan.problem.measured, weights, start)
        self._last[r] = solved[key].x
        return solved[key]

    def _cumulative(self, plan: Plan, state: State) -> tuple[np.ndarray, ...] | None:
        """Return the exact sum of f(x_t) when measured; else its unbiased estimate, when the sampler gives one."""
        problem, n = plan.problem, plan.problem.n
        estimate = _estimate(plan, state)
        if estimate is None:
            return None
        total, weight, drawn = estimate
        if self._of_the_mean is None:
            self._of_the_mean = minimum(problem.measured, np.full(n, 1 / n), problem.start)
        low, high = state.t * self._of_the_mean.low, state.t * self._of_the_mean.high
        length = float(np.linalg.norm(self._of_the_mean.x))
        error = round_off(problem.measured, state, n, np.abs(total) + abs(high) + drawn, weight, length)
        return total - high, total - high - error, total - low + error


def _estimate(plan: Plan, state: State) -> tuple[np.ndarray, np.ndarray, np.ndarray | float] | None:
    """Return the sum of f(x_t), the weight of the losses in it, and the size of the offsets that were drawn for it."""
    problem, factor, n = plan.problem, plan.sampler.law.factor, plan.problem.n
    if "full_loss" in state.totals:
        return state.totals["full_loss"], np.full(len(state.sampler[0]), float(state.t)), 0.0
    if factor is None:
        return None
    received = state.totals["received"] / factor
    # The distance of the draws' offsets from their mean is part of the estimate.
    total = state.totals["loss"] / factor + (received - state.t / n) @ problem.offsets()
    return total, received.sum(-1), (received + state.t / n) @ np.abs(problem.offsets())


def checked(plan: Plan, low: np.ndarray, high: np.ndarray, weight: np.ndarray) -> None:
    """Stop where a regret exceeds the span of the losses on the domain, which no run can."""
    problem = plan.problem
    inside = problem.domain is not None and type(plan.algorithm.method).step is Method.step
    span = problem.constants()["span"].value if "span" in problem.constants() else np.inf
    beyond = np.flatnonzero(np.maximum(low, -high) > weight * span * (1 + ROUND_OFF))
    if inside and len(beyond):
        r = beyond[0]
        raise DefectError(
            f"the regret of {plan.algorithm.name} on {problem.name} lies in [{low[r]:.6g}, {high[r]:.6g}], but weights "
            f"of {weight[r]:.6g} times the span {span:.6g} allow no more. Either the span that the problem declares is "
            f"no bound on its losses' range over the domain, or regretlab is wrong: then please report this sentence "
            f"with the problem {problem!r}, seed {plan.seed}, replicate {plan.replicates[r]}, and 'regretlab doctor'."
        )


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
