"""The compiled engine: built-in parts, a block of steps at a time, replicates spread over threads.

It makes the same run as the array engine: the same random words, the same state, the same totals. Where nothing has
to be summed (d = 1, one example per step, linear losses) it is the same to the last bit; elsewhere sums may come in
another order.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import numpy as np

from regretlab.domains import Box, L2Ball
from regretlab.engines import array
from regretlab.engines.array import State
from regretlab.engines.blocks import Blocks, features, table
from regretlab.engines.compiled import general, one_dimensional
from regretlab.engines.compiled.compilation import callback
from regretlab.engines.compiled.layout import CYCLIC, DEPTH, FLOYD, INDICES, NUMBERS
from regretlab.engines.compiled.losses import Looks
from regretlab.engines.compiled.memory import Pool, round_up, zeros
from regretlab.engines.compiled.simd import WIDTH
from regretlab.engines.compiled.step import ROWS
from regretlab.engines.compiled.trees import SIDE_BY_SIDE, leaves
from regretlab.engines.compiled.values import Draws, Room, Totals
from regretlab.engines.phi import Loss
from regretlab.engines.streams import Streams
from regretlab.methods import SEQUENCES, Coefficients, Moments
from regretlab.problems.softmax import Softmax

#: Bytes of trees that may be kept between blocks.
MOST_FOR_TREES = 1 << 28
#: A kernel in the cache loads faster than this; one that is not takes seconds.
LOADING_SECONDS = 1.5
COMPILE_SECONDS = 8


class Compiled(Blocks):
    """The compiled engine on one problem and sampler.

    Parameters
    ----------
    problem, sampler
        Built-in parts (see :func:`regretlab.engines.blocks.unsupported`), the sampler fitted.
    threads : int, optional
        All cores by default; the numbers do not depend on it.
    """

    measures, domains = ("cumulative", "sampler"), (Box, L2Ball)
    problems = (Softmax,)

    def __init__(self, problem: Any, sampler: Any, threads: int | None = None) -> None:
        super().__init__(problem, sampler)
        self._asked = threads
        Z, self._features = features(problem)
        self._rows = Z if Z.size else None
        self._memory = Pool()
        #: The replicates' trees, and the state that they stand for; where they would be too large, one by thread.
        self._trees, self._tree_state = zeros((0, 0)), np.zeros(0)
        self._tree = functools.cache(lambda thread: zeros((1, 2 * leaves(problem.n))))
        self._classes = problem.c if isinstance(problem, Softmax) else 1
        #: Working memory, by what makes it and by thread.
        self._working: dict[tuple[str, int], Any] = {}

    def _warm_up(self, state: State, schedule: Coefficients, words: np.ndarray) -> None:
        with _Notice():
            super()._warm_up(state, schedule, words)

    def traced(self, state: State, schedule: Coefficients, streams: Streams) -> tuple[State, array.Trace]:
        """As :meth:`advance`, with what every step saw: by the general kernel, whatever made the run."""
        R, steps, d = len(streams.state), len(schedule.eta), self._problem.d
        shapes = [(R, steps, d)] * 3 + [(R, steps)] * 2
        seen = array.Trace(*map(np.empty, shapes))
        with _Notice():
            state, streams.state = self._made(state, schedule, streams.state, seen)
        return state, seen

    def _made(
        self, state: State, schedule: Coefficients, words: np.ndarray, seen: array.Trace | None = None
    ) -> tuple[State, np.ndarray]:
        problem, sampler, R = self._problem, self._sampler, len(words)
        words = words.copy()
        moments = Moments(*map(self._memory.copy, state.moments))
        totals = {name: self._memory.copy(a) for name, a in state.totals.items()}
        own = self._memory.copy(state.sampler[0])
        bandit = self._rule is not None
        position = own if self._code == CYCLIC else np.zeros(R, np.int64)
        draws = Draws(self._code, self._everyone, self._per_draw, words, position)
        weights = own if bandit else np.zeros((R, 1))
        pace = table(schedule, problem.domain)
        summed = Totals(*(totals[name] for name in Totals._fields))
        looks = [totals.get(name) for name in Looks._fields[:-1]]
        measured = any(a is not None for a in looks)
        radius = problem.domain.radius if isinstance(problem.domain, L2Ball) else None
        plain = problem.linear and problem.d == sampler.run.K == 1 and schedule.p in (0, 0.5)
        plain = plain and not bandit and not measured and radius is None and seen is None
        grow = 2 * leaves(problem.n) if bandit else 0
        everyones = 8 * grow * R <= MOST_FOR_TREES
        if everyones and len(self._trees) != R:
            self._trees = zeros((R, grow))
        built = everyones and state.sampler[0] is self._tree_state

        phi = 0 if plain or self._classes > 1 else self._loss.address

        def work(thread: int, begin: int, end: int) -> None:
            own_pace = pace._replace(constant=pace.constant.copy())  # kernels write the step's coefficients there
            if plain and end == begin + 1:
                one_dimensional.advance_alone(
                    begin, draws, own_pace, moments, summed, *self._room(self._alone_room, thread)
                )
            elif plain:
                room = self._room(self._lanes_room, thread)
                one_dimensional.advance_lanes(begin, end, draws, own_pace, moments, summed, *room)
            else:
                general.advance(
                    begin, end, sampler.run.K, phi, self._rule, draws, self._rows, self._features, own_pace, moments,
                    weights, summed, self._looks(looks, R) if measured else None, sampler.law.total, radius,
                    self._trees if everyones else self._tree(thread), built, self._classes,
                    *self._room(self._general_room, thread), seen,
                )  # fmt: skip

        threads = min(self._threads, R) if R > 1 else 1
        if threads == 1:
            work(0, 0, R)
        else:
            edges = [R * i // threads for i in range(threads + 1)]
            list(self._pool.map(work, range(threads), edges[:-1], edges[1:]))
        self._tree_state = own
        return State(state.t + len(schedule.eta), moments, (own,), totals), words

    @cached_property
    def _threads(self) -> int:
        from joblib import cpu_count  # loaded by those who have work for more than one

        return self._asked or cpu_count()

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads)

    @cached_property
    def _loss(self) -> Any:
        """Compile the loss of a linear model."""
        return callback(Loss(self._problem.measured).numba(), "loss")

    def _looks(self, measured: list[np.ndarray | None], R: int) -> Looks:
        """Make the arrays that measurements add to, empty ones for what is not measured."""
        shapes = [(R,)] * 4 + [(0, 0)]
        given = [np.zeros(shape) if a is None else a for a, shape in zip(measured, shapes, strict=True)]
        return Looks._make([*given, np.zeros(self._problem.n)])

    def _room(self, make: Callable[[int], Any], thread: int) -> Any:
        """Return the working memory of a thread, made once.

        The engine holds it, but nothing in it the engine: what has an entry per example goes as soon as the run ends.
        """
        key = make.__name__, thread
        if key not in self._working:
            self._working[key] = make(thread)
        return self._working[key]

    def _general_room(self, thread: int) -> tuple[np.ndarray | None, Room]:
        """Working memory of ``general.advance``."""
        n, d, width = self._problem.n, self._problem.d, round_up(max(2 * self._sampler.run.K, DEPTH), SIDE_BY_SIDE)
        # A row of classes may end in the one after the last.
        numbers = round_up(d) + (WIDTH if self._classes > 1 else 0)
        marks = zeros((n if self._code == FLOYD else 0,), np.int64)
        room = Room(zeros((NUMBERS, width)), zeros((INDICES, width), np.int64), zeros((ROWS, numbers)), marks)
        return zeros((width, round_up(self._classes))) if self._classes > 1 else None, room

    def _lanes_room(self, thread: int) -> tuple[np.ndarray, ...]:
        """Working memory of ``one_dimensional.advance_lanes``."""
        n, L, S = self._problem.n, one_dimensional.LANES, one_dimensional.SHORT_CHUNK
        counts = zeros((n * (1 if self._code == CYCLIC else L),), np.int32)
        rows, words = zeros((one_dimensional.ROWS, L)), zeros((4, L), np.uint64)
        drawn, visited = zeros((S, L), np.uint64), zeros((S,), np.uint64)
        return zeros((S, len(SEQUENCES))), rows, words, drawn, visited, *self._slopes(), counts

    def _alone_room(self, thread: int) -> tuple[np.ndarray, ...]:
        """Working memory of ``one_dimensional.advance_alone``."""
        C = one_dimensional.CHUNK
        return zeros((C, len(SEQUENCES))), zeros((NUMBERS, C)), zeros((C,), np.uint64), *self._slopes()

    def _slopes(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the slopes of one-dimensional linear losses, and the addition of each to the second moment."""
        slopes = self._problem.Z[:, 0].copy()
        with np.errstate(over="ignore"):  # the run says where it stops being finite
            return slopes, self._per_draw * (slopes * slopes / (self._everyone * self._everyone))


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
