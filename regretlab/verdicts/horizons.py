r"""A run looked at at as many horizons as can be afforded.

A bound that speaks of every T of a run is violated if it is at one of them. On linear losses over a domain the
comparator has a closed form, the domain's linear minimum at :math:`G_T = \sum_{t \le T} g_t`,

.. math:: R_{on}(T) = \sum_{t \le T} \langle g_t, x_t \rangle - \min_{x \in X} \langle G_T, x \rangle,

so the run is made once more, a block at a time, and every T is looked at in memory that does not depend on T. On
other losses every T has a comparator of its own to be found: every step up to :data:`DENSE` is looked at, and then the
record's checkpoints.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from regretlab.algorithms import Algorithm
from regretlab.bounds import Bound
from regretlab.bounds.sums import weights_sum
from regretlab.methods import power
from regretlab.problems import Problem
from regretlab.problems.domains import linear_minima
from regretlab.runs.regret import Regrets
from regretlab.runs.round_off import farthest, summation_error
from regretlab.runs.run import Plan, as_described, run
from regretlab.runs.trace import TRACING, traced
from regretlab.verdicts.comparison import every_run, of_squares
from regretlab.verdicts.looks import Look, at, seen
from regretlab.verdicts.values import values

if TYPE_CHECKING:
    from regretlab.result import Result

#: Every step up to here is looked at, whatever its comparator costs.
DENSE = 64
#: The most numbers (replicates, steps, coordinates) that are looked at step by step: some ten seconds.
MOST = 1 << 25
#: Numbers of a block.
BLOCK = 1 << 16


class Looks:
    """What was found where the runs of a result were looked at, by algorithm, mode and bound.

    It travels with the record as text, for who opens the file and has no problem to make the run again with.
    """

    def __init__(self, text: str | None = None) -> None:
        self._found: dict[str, dict[str, dict[str, Any]]] = json.loads(text or "{}")

    @classmethod
    def joined(cls, parts: Iterable[tuple[Looks, str]]) -> Looks:
        """What is known of the named algorithms of several results."""
        whole = cls()
        whole._found = {name: looks._found[name] for looks, name in parts if name in looks._found}
        return whole

    def find(self, result: Result, bound: Bound, name: str, mode: str) -> Look | None:
        """What is found of one algorithm's run beyond its checkpoints; None where that is no more than these.

        All bounds that are about every T of every run are looked at at once, if one of them was not before.
        """
        if not every_run(bound):
            return None
        found = self._found.setdefault(name, {}).setdefault(mode, {})
        if bound.id not in found and (source := result.source(name)) is not None:
            bounds = list({b.id: b for b in (*filter(every_run, result.applicable(name, every=True)), bound)}.values())
            looks = look(*source, result.facts(name), result.of(name), bounds, mode)
            found |= {b: one._asdict() for b, one in looks.items()}
        return Look(**found[bound.id]) if bound.id in found else None

    def of_all(self, result: Result) -> str:
        """What is found of all runs, for all bounds about them, and all else that is known, as text."""
        for name in result.algorithms:
            for bound in result.applicable(name, every=True):
                self.find(result, bound, name, "stated")
        return json.dumps(self._found)


def look(
    problem: Problem, algorithm: Algorithm, facts: dict[str, Any], record: xr.Dataset, bounds: Sequence[Bound],
    mode: str,
) -> dict[str, Look]:  # fmt: skip
    """What is found where one algorithm's run, given with its description and record, can be looked at, by bound.

    Parameters
    ----------
    bounds : sequence of Bound
        Of online regret on every run, each about every T (:func:`regretlab.verdicts.comparison.anytime`).
    """
    T, t, engine = facts["horizon"], record.t.values, record.attrs["engine"]
    # Measured constants take the comparator's place into account, which the closed form does not give.
    closed = problem.linear and (facts["problem"]["D2"] or np.inf) < np.inf and mode != "measured" and engine in TRACING
    until = min(T, max(DENSE, MOST // (record.sizes["replicate"] * problem.d))) if closed else min(T, DENSE)
    parts: Iterable[xr.Dataset] = ()
    if not (t.size >= until and t[until - 1] == until):  # else they are checkpoints anyway
        again = as_described(problem, algorithm, facts)._replace(horizon=until)
        if closed:
            parts = _steps(again, engine)
        else:
            parts = [run(again._replace(checkpoints=np.arange(1, until + 1)), engine=engine, observers=[Regrets()])]
    found: dict[str, list[Look]] = {b.id: [] for b in bounds}
    for part in (*parts, record):
        numbers = values(facts, part, mode)
        for b in bounds:
            curve = sum(b.on_run(numbers).values(), np.zeros(part.online_low.shape))
            squares = part.sum_squared_gradients.values if of_squares(b, mode) else np.inf
            found[b.id].append(
                seen(part.t.values, part.online_low.values, part.online_high.values, curve, squares=squares)
            )
    where = at(until, t)
    return {name: _joined(looks, where) for name, looks in found.items()}


def _joined(looks: list[Look], where: str) -> Look:
    """What looks at several horizons come to."""
    first = min(looks, key=lambda one: np.inf if one.first is None else one.first)
    lost = min((one.lost for one in looks if one.lost is not None), default=None)
    return first._replace(where=where, below=all(one.below for one in looks), lost=lost)


def _steps(again: Plan, engine: str) -> Iterator[xr.Dataset]:
    """The regret at every step on linear losses, and the statistics that bounds speak of, a block at a time."""
    domain, d = again.problem.domain, again.problem.d
    assert domain is not None
    method = again.algorithm.method.parameters()
    R = len(again.replicates)
    slopes, squares = np.zeros((R, 1, d)), np.zeros((R, 1, d))
    loss, weighted, momentum = np.zeros((R, 1)), np.zeros((R, 1)), np.zeros((R, 1))
    reach = farthest(again.problem)
    t = np.zeros(1)
    for trace, k in traced(again, engine, max(1, BLOCK // (R * d))):
        with np.errstate(over="ignore", invalid="ignore"):  # of squares
            before, t = t, np.arange(t[-1] + 1, t[-1] + 1 + len(k.eta))
            slopes, squares = _summed(slopes, trace.g), _summed(squares, trace.g**2)
            loss, weighted = _summed(loss, (trace.g * trace.x).sum(-1)), _summed(weighted, trace.weighted)
            v_hat = k.c[:, None] * trace.v_hat
            sums = np.sqrt(v_hat).sum(-1)
            shares = np.diff(weights_sum(method.get("beta1", 0.0), method.get("lam", 1.0), np.append(before[-1:], t)))
            momentum = _summed(momentum, shares * sums)
            regret = loss - linear_minima(domain, slopes)
            error = summation_error(t + again.sampler.run.K + d, 2 * reach * weighted)
            columns = {
                "online_low": regret - error, "online_high": regret + error, "sum_sqrt_v_hat": sums,
                "sum_v_hat_p": power(v_hat, k.p, np).sum(-1), "sum_gradient_norms": np.sqrt(squares).sum(-1),
                "sum_squared_gradients": squares.sum(-1), "momentum_weighted": momentum,
            }  # fmt: skip
        yield xr.Dataset({name: (("replicate", "t"), a) for name, a in columns.items()}, {"t": t})


def _summed(before: np.ndarray, terms: np.ndarray) -> np.ndarray:
    """The running sums of the terms along axis 1, from the last of those before."""
    terms = terms.copy()
    terms[:, 0] += before[:, -1]
    return np.cumsum(terms, axis=1, out=terms)
