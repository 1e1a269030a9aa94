r"""Regret against comparators that move, and on intervals, from the trace of every step of a run.

.. math:: R_{dyn}(t) = \sum_{s \le t} f_s(x_s) - \min\Big\{\sum_{s \le t} f_s(u_s) : u_s \in X,\
    \sum_s \|u_s - u_{s-1}\|_2 \le P\Big\}, \qquad
    R_{int}(t) = \max_{a \le b \le t} \Big(\sum_{s=a}^b f_s(x_s) - \min_{u \in X} \sum_{s=a}^b f_s(u)\Big),

the second over intervals of all lengths, or of one (up to that many steps, the interval [1, t]). On linear losses both
are those of the gradients alone, :math:`\langle g_s, x_s\rangle`. Other convex losses lie above their tangents at
:math:`x_s`, so that the regret of the tangents, which is the value given, is the upper end; the lower one is the
regret against the best fixed point, a comparator whose path is 0, on the interval [1, t] (on shorter ones only what the
span of the losses says).

>>> import regretlab as rl
>>> run = rl.simulate(rl.problems.Reddi(C=4), "sgd(alpha=0.1, schedule='constant')", horizon=90)
>>> run.with_dynamic_regret(path=20).bound("sgd.dynamic").verdict
'holds'

References
----------
Zinkevich (2003), Online convex programming and generalized infinitesimal gradient ascent, section 2.2. Hazan &
Seshadhri (2009), Efficient learning algorithms for changing environments. Daniely, Gonen & Shalev-Shwartz (2015),
Strongly adaptive online learning.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from regretlab.algorithms import Algorithm
from regretlab.domains import Domain, linear_minima
from regretlab.errors import InputError
from regretlab.parameters import number
from regretlab.problems import Problem
from regretlab.runs.continuation import as_described
from regretlab.runs.description import Description
from regretlab.runs.round_off import farthest, summation_error
from regretlab.runs.sequences import best_sequence
from regretlab.runs.trace import TRACING, traced
from regretlab.system import memory

#: Steps of a block of the trace, and the most numbers that intervals of all lengths are made of: some ten seconds.
BLOCK, MOST = 1 << 12, 1 << 30

Array = np.ndarray
#: What a record of such a measurement has more.
COLUMNS = (
    "dynamic", "dynamic_low", "dynamic_high", "path",
    "interval", "interval_low", "interval_high", "interval_first", "interval_last", "length",
)  # fmt: skip


def with_columns(record: xr.Dataset, columns: Mapping[str, Mapping[str, Array]]) -> xr.Dataset:
    """Return a record of several algorithms with more columns (replicates, t), by algorithm and name."""
    record = record.copy()
    for name in dict.fromkeys(name for of in columns.values() for name in of):
        before = record.get(name, xr.full_like(record.loss, np.nan)).copy()
        for algorithm, of in columns.items():
            before.loc[{"algorithm": algorithm}] = of[name]
        record[name] = before
    return record


def without_columns(record: xr.Dataset) -> xr.Dataset:
    """Return a record as it was before such regrets were measured: a run that goes on has others."""
    return record.drop_vars(COLUMNS, errors="ignore")


def dynamic_regret(
    problem: Problem, algorithm: Algorithm, run: Description, record: xr.Dataset, path: float
) -> dict[str, Array]:
    """Measure the regret against the best sequence of path at most ``path``, at every checkpoint.

    Returns
    -------
    dict of str to array (replicates, t)
        ``dynamic`` against the best sequence that was found, with ``dynamic_low`` and ``dynamic_high``; and ``path``.
    """
    path = number("path", path, "[0, inf)")
    domain, t = _bounded(problem), record.t.values
    x, g, weighted = _trace(problem, algorithm, run, record)
    losses = (g * x).sum(-1).cumsum(-1)[:, t - 1]
    best = [[best_sequence(domain, of[:until], path) for until in t] for of in g]
    low, high = (np.array([[getattr(b, end) for b in row] for row in best]) for end in ("low", "high"))
    error = _error(problem, run, weighted.cumsum(-1)[:, t - 1], t)
    columns = {"dynamic": losses - high, "dynamic_low": losses - high - error, "dynamic_high": losses - low + error}
    if not problem.linear:
        columns["dynamic_low"] = record.online_low.values
    return columns | {"path": np.full(low.shape, float(path))}


def interval_regret(
    problem: Problem, algorithm: Algorithm, run: Description, record: xr.Dataset, length: int | None
) -> dict[str, Array]:
    """Measure the largest regret on an interval of ``length`` steps, or of any length, up to every checkpoint.

    Returns
    -------
    dict of str to array (replicates, t)
        ``interval`` with ``interval_low`` and ``interval_high``; the ``length`` of the longest intervals looked at; and
        on linear losses ``interval_first`` and ``interval_last``, the ends of the worst one.
    """
    length = None if length is None else int(number("length", length, "[1, 1e12]", integer=True))
    domain, t = _bounded(problem), record.t.values
    x, g, weighted = _trace(problem, algorithm, run, record)
    if length is None and problem.d > 1 and len(g) * run.horizon**2 * problem.d > MOST:
        raise InputError(
            f"the intervals of all lengths of {run.horizon} steps in {problem.d} dimensions are too many; give a "
            "length, or run to a shorter horizon."
        )
    each = [worst(domain, *of, length) for of in zip(g, x, strict=True)]
    value, first, last = (np.stack(part) for part in zip(*each, strict=True))
    error = _error(problem, run, weighted.cumsum(-1)[:, t - 1], t)
    value, longest = value[:, t - 1], np.minimum(t, t if length is None else length)
    columns = {"interval": value, "interval_low": value - error, "interval_high": value + error}
    if problem.linear:
        columns |= {"interval_first": first[:, t - 1], "interval_last": last[:, t - 1]}
    else:
        span = problem.constants()["span"].value if "span" in problem.constants() else np.inf
        trivial = -longest * span * run.law.max_weight
        columns["interval_low"] = np.where(longest == t, record.online_low.values, trivial)
    return columns | {"length": np.broadcast_to(longest.astype(float), value.shape)}


def worst(domain: Domain, g: Array, x: Array, length: int | None) -> tuple[Array, Array, Array]:
    """Return the largest regret of linear losses on an interval in [1, t], for every t, and its first and last step.

    Parameters
    ----------
    g, x : array (T, d)
        The gradients and the iterates.
    length : int or None
        Of the intervals; [1, t] as long as t is less. None is all lengths.

    Examples
    --------
    >>> from regretlab.domains import Box
    >>> g, x = np.array([[1.0], [-1.0], [-1.0]]), np.zeros((3, 1))
    >>> [part.tolist() for part in worst(Box(-1, 1), g, x, None)]
    [[1.0, 1.0, 2.0], [1, 1, 2], [1, 1, 3]]
    """
    T, d = g.shape
    losses = np.concatenate([[0.0], (g * x).sum(1).cumsum()])
    slopes = np.concatenate([np.zeros((1, d)), g.cumsum(0)])
    ending = np.arange(1, T + 1)
    value, first = np.full(T, -np.inf), np.ones(T, dtype=int)
    if length is not None:
        first = np.maximum(ending - length, 0) + 1
        value = losses[1:] - losses[first - 1] - linear_minima(domain, slopes[1:] - slopes[first - 1])
    elif d == 1:  # the comparator is one of two points, and for each the best start is where its sum was least
        for u in (float(domain.linear_minimum(np.ones(1))), -float(domain.linear_minimum(-np.ones(1)))):
            sums = losses - slopes[:, 0] * u
            least, since = _largest_so_far(-sums[:-1])
            of = sums[1:] + least
            value, first = np.maximum(value, of), np.where(of > value, since + 1, first)
    else:
        for end in ending:
            of = losses[end] - losses[:end] - linear_minima(domain, slopes[end] - slopes[:end])
            first[end - 1] = np.argmax(of) + 1
            value[end - 1] = of.max()
    short = 0 if length is None else min(length, T) - 1  # steps before the first interval of that length
    largest, last = value.copy(), ending - 1
    largest[short:], last[short:] = _largest_so_far(value[short:])
    last[short:] += short
    return largest, first[last], last + 1


def _largest_so_far(values: Array) -> tuple[Array, Array]:
    """Return the running maximum, and the index at which it was first reached."""
    largest = np.maximum.accumulate(values)
    new = np.append(True, values[1:] > largest[:-1])
    return largest, np.maximum.accumulate(np.where(new, np.arange(len(values)), 0))


def _bounded(problem: Problem) -> Domain:
    """Return the domain of a problem on which such regrets are certified."""
    if not problem.convex:
        raise InputError(f"{problem.name} is not convex: regret against comparators that move is not certified there.")
    if problem.domain is None or not problem.domain.diameters(problem.d)[1] < np.inf:
        raise InputError(
            f"{problem.name} has no bounded domain, without which there is no best comparator; give it one."
        )
    return problem.domain


def _trace(problem: Problem, algorithm: Algorithm, run: Description, record: xr.Dataset) -> tuple[Array, Array, Array]:
    """Make a run once more, and return its judged points and gradients (R, T, d), and sums of gradient norms (R, T)."""
    engine, judged = record.attrs["engine"], algorithm.method.judged
    if engine not in TRACING:
        raise InputError(f"the engine {engine!r} does not show its steps; simulate with engine='compiled' or 'array'.")
    if judged != "x" and not problem.linear:
        raise InputError(f"{algorithm.name} is judged at {judged}, where its gradients are not; take linear losses.")
    memory.need("the gradients of every step", 8.0 * 4 * len(run.replicates) * run.horizon * problem.d)
    parts = [trace for trace, _ in traced(as_described(problem, algorithm, run), engine, BLOCK)]
    return tuple(np.concatenate([getattr(p, name) for p in parts], axis=1) for name in ("x", "g", "weighted"))  # type: ignore[return-value]


def _error(problem: Problem, run: Description, weighted: Array, t: Array) -> Array:
    """Bound the round-off of sums of <g, x - u>: of two prefixes, and of gradients at rounded scores."""
    return np.asarray(summation_error(t + run.K + problem.d + problem.roundings, 8 * farthest(problem) * weighted))
