"""The compiled engine: built-in parts, a block of steps at a time, replicates spread over threads.

It makes the same run as the array engine: the same random words, the same state, the same totals. Where nothing has
to be summed (d = 1, one example per step, linear losses) it is the same to the last bit; elsewhere sums may come in
another order.
"""

from __future__ import annotations

import math
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from joblib import cpu_count
from scipy import sparse

from regretlab.engines import _kernels as kernels
from regretlab.engines import array
from regretlab.engines.array import State
from regretlab.methods import Coefficients, Moments
from regretlab.problems import Box, HeavyTailedLogistic, Logistic, OneNeuron, Problem, Reddi, StochasticReddi
from regretlab.rng import Streams
from regretlab.samplers import Cyclic, Rule, Sampler, Uniform
from regretlab.samplers._trees import leaves
from regretlab.vectors import DEPTH, INDICES, NUMBERS

LOSSES: dict[type[Problem], int] = {
    Reddi: kernels.IDENTITY,
    StochasticReddi: kernels.IDENTITY,
    Logistic: kernels.LOGISTIC,
    HeavyTailedLogistic: kernels.LOGISTIC,
    OneNeuron: kernels.NEURON,
}
#: For samplers that learn nothing: no weights, and no numbers of a rule.
NO_RULE = Rule(False, False, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
#: The totals in the order of the kernels' arguments.
TOTALS = (
    "loss", "received", "squared_gradient", "second_moment", "largest_coordinate", "largest_gradient",
    "largest_example_gradient", "smallest_x", "largest_x",
)  # fmt: skip
#: Bytes of a line of the cache.
LINE = 64
#: A block takes about this long, so that the progress bar moves and Ctrl-C is heard.
BLOCK_SECONDS = 0.2
FIRST_BLOCK, LARGEST_BLOCK = 64, 1 << 16
#: Below this many steps a run that stopped being finite is repeated on the array engine, which says where and why.
DIAGNOSIS_STEPS = 512
#: A kernel in the cache loads faster than this; one that is not takes seconds.
LOADING_SECONDS = 1.5
COMPILE_SECONDS = 15


def unsupported(problem: Problem, sampler: Sampler, measure: tuple[str, ...]) -> str | None:
    """The part of a run that has no compiled form, in words; None when every part has one."""
    if type(problem) not in LOSSES:
        return f"the problem {problem.name!r} is not one of the built-in ones"
    if problem.domain is not None and type(problem.domain) is not Box:
        return f"the domain {problem.domain!r} is not a box"
    if sampler.rule is None and type(sampler) not in (Cyclic, Uniform):
        return f"the sampler {sampler.name!r} has no compiled form"
    if measure:
        return f"measure={', '.join(measure)} needs all examples at every step"
    return None


class Compiled:
    """The compiled engine on one problem and sampler.

    Parameters
    ----------
    problem, sampler
        Built-in parts (see :func:`unsupported`), the sampler fitted.
    threads : int, optional
        All cores by default; the numbers do not depend on it.
    """

    def __init__(self, problem: Any, sampler: Any, threads: int | None = None) -> None:
        self._problem, self._sampler = problem, sampler
        self._threads = threads or cpu_count()
        self._features, self._lengths = _features(problem.Z), np.sqrt(problem.squared_norms)
        self._rule, law, K = sampler.rule, sampler.law, sampler.run.K
        self._code = (
            kernels.BANDIT if self._rule else kernels.CYCLIC if type(sampler) is Cyclic
            else kernels.UNIFORM if sampler.replacement else kernels.FLOYD
        )  # fmt: skip
        self._per_draw = 1.0 if law.total > 1 else 1 / K
        self._everyone = float(law.floor)
        self._pool = ThreadPoolExecutor(self._threads)
        # Every block plants the trees and copies what has an entry per example: O(n), so short ones do not pay.
        self.steps = min(LARGEST_BLOCK, max(FIRST_BLOCK, problem.n // 100))
        self._warm = False

    def advance(self, state: State, schedule: Coefficients, streams: Streams) -> State:
        """The state after the steps of ``schedule``; the streams move on with it.

        Raises
        ------
        NonFiniteError
            With the step, the replicate and the cause, as the array engine has it.
        """
        words = streams.state
        if not self._warm:
            self._warm = True
            with _Notice():
                self._made(state, _part(schedule, 0, 0), words.copy())
        began = time.perf_counter()
        state, streams.state = self._checked(state, schedule, words)
        seconds = time.perf_counter() - began
        self.steps = int(min(LARGEST_BLOCK, max(1, len(schedule.eta) * min(4.0, BLOCK_SECONDS / max(seconds, 1e-9)))))
        return state

    def _checked(self, state: State, schedule: Coefficients, words: np.ndarray) -> tuple[State, np.ndarray]:
        """The block, or if it stops being finite, its halves, until few enough steps are left to look at each."""
        moved = words.copy()
        after = self._made(state, schedule, moved)
        # What is not finite stays so: in the iterate, in its second moment or in the sum of the losses.
        if all(np.isfinite(a).all() for a in (after.moments.x, after.moments.v, after.totals["loss"])):
            return after, moved
        steps = len(schedule.eta)
        if steps > DIAGNOSIS_STEPS:
            state, words = self._checked(state, _part(schedule, 0, steps // 2), words)
            return self._checked(state, _part(schedule, steps // 2, steps), words)
        streams = Streams(0, "sampler", range(len(words)))
        streams.state = words
        uniforms = streams.uniforms(steps, self._sampler.uniforms)
        return array.advance(self._problem, self._sampler, schedule, state, uniforms), streams.state

    def _made(self, state: State, schedule: Coefficients, words: np.ndarray) -> State:
        """The block on the kernels; ``words`` are advanced in place."""
        problem, sampler, R = self._problem, self._sampler, len(words)
        moments = [np.array(a, order="C") for a in state.moments]
        totals = {name: np.array(a, order="C") for name, a in state.totals.items()}
        own = np.array(state.sampler[0], order="C")
        bandit = self._rule is not None
        position = own if self._code == kernels.CYCLIC else np.zeros(R, np.int64)
        weights = own if bandit else np.zeros((R, 1))
        table = _table(schedule, problem.domain)
        loss = LOSSES[type(problem)]
        plain = loss == kernels.IDENTITY and not bandit and problem.d == sampler.run.K == 1 and schedule.p in (0, 0.5)
        summed = [totals[name] for name in TOTALS]

        def work(begin: int, end: int) -> None:
            constant, moving, rows = table
            carried = (constant.copy(), moving, rows, *moments, words, position)
            law = (self._code, self._per_draw, self._everyone)
            if plain and end == begin + 1:
                kernels.advance_alone(begin, *law, self._features[0], *carried, *summed)
            elif plain:
                kernels.advance_lanes(begin, end, *law, *carried, *summed, *self._lanes())
            else:
                kernels.advance(
                    begin, end, sampler.run.K, loss, *law, self._rule or NO_RULE, *self._features, problem.y,
                    self._lengths, *carried, weights, *summed, *self._room(),
                )  # fmt: skip

        threads = min(self._threads, R)
        if threads == 1:
            work(0, R)
        else:
            edges = [R * i // threads for i in range(threads + 1)]
            list(self._pool.map(work, edges[:-1], edges[1:]))
        return State(state.t + len(schedule.eta), Moments(*moments), (own,), totals)

    def _room(self) -> tuple[np.ndarray, ...]:
        """Working memory of :func:`kernels.advance`."""
        n, d, width = self._problem.n, self._problem.d, max(2 * self._sampler.run.K, DEPTH)
        chunks = -(-d // kernels.LANES)
        return (
            zeros((NUMBERS, width)), zeros((INDICES, width), np.int64), zeros((d,)), zeros((d,)),
            zeros((chunks, kernels.ROWS * kernels.LANES)), zeros((2 * leaves(n) if self._rule else 0,)),
            np.full(n if self._code == kernels.FLOYD else 0, -1),
        )  # fmt: skip

    def _lanes(self) -> tuple[np.ndarray, ...]:
        """Working memory of :func:`kernels.advance_lanes`, with the slopes and what each adds to the second moment."""
        n, lanes, slopes = self._problem.n, kernels.LANES, self._problem.Z[:, 0].copy()
        moments = self._per_draw * (slopes * slopes / (self._everyone * self._everyone))
        counts = 0 if self._code == kernels.CYCLIC else n * lanes
        return (
            zeros((1, kernels.ROWS * lanes)), zeros((4 * lanes,), np.uint64), zeros((lanes,)),
            zeros((lanes,), np.uint64), slopes, moments, zeros((n,), np.int64), zeros((counts,), np.int32),
        )  # fmt: skip


def zeros(shape: tuple[int, ...], kind: Any = np.float64) -> np.ndarray:
    """Zeros that begin on a line of the cache: vectors that straddle two cost up to half as much again."""
    size = math.prod(shape) * np.dtype(kind).itemsize
    raw = np.zeros(size + LINE, np.uint8)
    begin = -raw.ctypes.data % LINE
    return raw[begin : begin + size].view(kind).reshape(shape)


def _part(schedule: Coefficients, begin: int, end: int) -> Coefficients:
    return schedule._replace(**{name: getattr(schedule, name)[begin:end] for name in schedule._fields[:9]})


def _features(Z: Any) -> tuple[np.ndarray, ...]:
    """Dense rows, or no rows but the values, row starts and columns of sparse ones."""
    if sparse.issparse(Z):
        return np.empty((0, 0)), Z.data, Z.indptr.astype(np.int64), Z.indices.astype(np.int64)
    return Z, np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64)


def _table(schedule: Coefficients, domain: Box | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The schedule as the kernels take it: constants, the coefficients that move, and their rows (moving, steps).

    A coefficient broadcast from one number is known by its stride.
    """
    box = (domain.low, domain.high) if domain is not None else (-np.inf, np.inf)
    columns = [np.asarray(a) for a in schedule[:9]]
    steps = len(columns[0])
    moving = [i for i, a in enumerate(columns) if a.strides[0]]
    rows = np.empty((len(moving), steps))
    for row, i in zip(rows, moving, strict=True):
        row[:] = columns[i]
    constant = np.array([*(a[0] if steps else 0.0 for a in columns), schedule.p, schedule.eps, *box])
    return constant, np.array(moving, np.int64), rows


class _Notice:
    """One line on a terminal when the kernels have to be compiled, which happens once per user and version."""

    def __enter__(self) -> None:
        text = f"compiling the engine, once per user: ~{COMPILE_SECONDS} s"
        self._timer = threading.Timer(LOADING_SECONDS, lambda: print(text, file=sys.stderr, flush=True))
        self._timer.daemon = True
        if sys.stderr.isatty():
            self._timer.start()

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()
