r"""The regret of a run at as many horizons as can be afforded.

A bound that speaks of every T of a run is violated if it is at one of them. On linear losses over a domain the
comparator has a closed form, the domain's linear minimum at :math:`G_T = \sum_{t \le T} g_t`,

.. math:: R_{on}(T) = \sum_{t \le T} \langle g_t, x_t \rangle - \min_{x \in X} \langle G_T, x \rangle,

so the run is made once more, a block at a time, and the regret at every T is known in memory that does not depend on T.
On other losses every T has a comparator of its own to be found: the regret is found at every step up to :data:`DENSE`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import xarray as xr

from regretlab.algorithms import Algorithm
from regretlab.domains import linear_minima
from regretlab.methods import power
from regretlab.problems import Problem
from regretlab.runs.continuation import as_described
from regretlab.runs.description import Description
from regretlab.runs.plan import Plan
from regretlab.runs.regret import Regrets
from regretlab.runs.round_off import farthest, summation_error
from regretlab.runs.run import run
from regretlab.runs.trace import TRACING, traced

#: Every step up to here is looked at, whatever its comparator costs.
DENSE = 64
#: The most numbers (replicates, steps, coordinates) that are looked at step by step: some ten seconds.
MOST = 1 << 25
#: Numbers of a block.
BLOCK = 1 << 16


class Replay(NamedTuple):
    """A run made once more: ``parts`` are records of the steps 1, ..., ``until``; none where these are checkpoints."""

    until: int
    parts: Iterable[xr.Dataset]


def replay(
    problem: Problem, algorithm: Algorithm, description: Description, record: xr.Dataset, places: bool = False
) -> Replay:
    """Make one algorithm's run once more, to have its regret at every step of its beginning.

    Parameters
    ----------
    record : xarray.Dataset
        The run's record, dims replicate and t.
    places : bool
        Whether the parts must say how far apart iterates and comparators are, which the closed form does not give.
    """
    T, t, engine = description.horizon, record.t.values, record.attrs["engine"]
    closed = problem.linear and (description.problem.D2 or np.inf) < np.inf and not places and engine in TRACING
    until = min(T, max(DENSE, MOST // (record.sizes["replicate"] * problem.d))) if closed else min(T, DENSE)
    if t.size >= until and t[until - 1] == until:
        return Replay(until, ())
    again = as_described(problem, algorithm, description)._replace(horizon=until)
    if closed:
        return Replay(until, every_step(again, engine))
    dense = again._replace(checkpoints=np.arange(1, until + 1))
    return Replay(until, [run(dense, engine=engine, observers=[Regrets()])])


def every_step(plan: Plan, engine: str) -> Iterator[xr.Dataset]:
    """Yield the regret at every step on linear losses, and the statistics that bounds speak of, a block at a time."""
    domain, d = plan.problem.domain, plan.problem.d
    assert domain is not None
    R = len(plan.replicates)
    slopes, squares = np.zeros((R, 1, d)), np.zeros((R, 1, d))
    loss, weighted = np.zeros((R, 1)), np.zeros((R, 1))
    reach, last = farthest(plan.problem), 0.0
    for trace, k in traced(plan, engine, max(1, BLOCK // (R * d))):
        with np.errstate(over="ignore", invalid="ignore"):  # of squares
            t = np.arange(last + 1, last + 1 + len(k.eta))
            last = t[-1]
            slopes, squares = running_sums(slopes, trace.g), running_sums(squares, trace.g**2)
            loss = running_sums(loss, (trace.g * trace.x).sum(-1))
            weighted = running_sums(weighted, trace.weighted)
            v_hat = k.c[:, None] * trace.v_hat
            regret = loss - linear_minima(domain, slopes)
            error = summation_error(t + plan.sampler.run.K + d, 2 * reach * weighted)
            columns = {
                "online_low": regret - error,
                "online_high": regret + error,
                "sum_sqrt_v_hat": np.sqrt(v_hat).sum(-1),
                "sum_v_hat_p": power(v_hat, k.p, np).sum(-1),
                "sum_gradient_norms": np.sqrt(squares).sum(-1),
                "sum_squared_gradients": squares.sum(-1),
            }
        yield xr.Dataset({name: (("replicate", "t"), a) for name, a in columns.items()}, {"t": t})


def running_sums(before: np.ndarray, terms: np.ndarray) -> np.ndarray:
    """Return the running sums of the terms along axis 1, from the last of the sums ``before``."""
    terms = terms.copy()
    terms[:, 0] += before[:, -1]
    return np.cumsum(terms, axis=1, out=terms)
