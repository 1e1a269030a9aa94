"""The base of the engines with kernels: the parts they know, the pace of their blocks, and the check of each block."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from array_api_compat import array_namespace
from scipy import sparse

from regretlab.domains import Box, Domain
from regretlab.engines import array
from regretlab.engines.array import State
from regretlab.engines.compiled.layout import BANDIT, CYCLIC, FLOYD, UNIFORM
from regretlab.engines.compiled.values import Features, Schedule
from regretlab.engines.phi import Loss, Untraceable
from regretlab.engines.streams import Streams
from regretlab.methods import SEQUENCES, Coefficients, Method
from regretlab.problems import Problem
from regretlab.samplers import Bandit, Cyclic, Sampler, Uniform

FIRST_BLOCK, LARGEST_BLOCK = 64, 1 << 18
#: Below this many steps a run that stopped being finite is repeated on the array engine, which says where and why.
DIAGNOSIS_STEPS = 512


def unsupported(
    method: Method, problem: Problem, sampler: Sampler, measure: tuple[str, ...], engine: type[Blocks]
) -> str | None:
    """Name the part of a run that has no compiled form in an engine; None when every part has one."""
    if type(method).step is not Method.step:
        return f"the method {method.name!r} has a step of its own, outside the generic one"
    if type(problem) not in engine.problems:
        try:
            Loss(problem.measured)
        except Untraceable as why:
            kind = type(problem).__name__
            return f"the problem {problem.name!r} is of the class {kind}, which has no compiled form: {why}"
    if problem.domain is not None and type(problem.domain) not in engine.domains:
        return f"the domain {problem.domain!r} has no compiled form"
    ruled = isinstance(sampler, Bandit) and sampler.is_its_rule()
    if not ruled and type(sampler) not in (Cyclic, Uniform):
        return f"the sampler {sampler.name!r} has no compiled form"
    if beyond := [name for name in measure if name not in engine.measures]:
        return f"measure={', '.join(beyond)} needs all examples at every step"
    return None


class Blocks(ABC):
    """An engine that makes a block of steps at a time, each about as long as a user waits for a sign of life.

    Parameters
    ----------
    problem, sampler
        Parts with a compiled form (see :func:`unsupported`), the sampler fitted.
    """

    #: The parts that the kernels know: problems other than linear models, measurements beyond the totals, and domains.
    problems: tuple[type[Problem], ...] = ()
    measures: tuple[str, ...] = ()
    domains: tuple[type[Domain], ...] = (Box,)

    def __init__(self, problem: Any, sampler: Any) -> None:
        self._problem, self._sampler = problem, sampler
        self._rule, law = sampler.rule, sampler.law
        self._code = (
            BANDIT if self._rule else CYCLIC if type(sampler) is Cyclic
            else UNIFORM if sampler.replacement else FLOYD
        )  # fmt: skip
        self._per_draw = 1.0 if law.total > 1 else 1 / sampler.run.K
        self._everyone = float(law.floor)
        # Every block builds the trees and copies what has an entry per example: O(n), so short ones do not pay.
        self.steps = min(LARGEST_BLOCK, max(FIRST_BLOCK, problem.n // 100))
        self._warm = False

    def advance(self, state: State, schedule: Coefficients, streams: Streams) -> State:
        """Return the state after the steps of ``schedule``; the streams move on with it.

        Raises
        ------
        NonFiniteError
            With the step, the replicate and the cause, as the array engine has it.
        """
        words = streams.state
        if not self._warm:
            self._warm = True
            self._warm_up(state, schedule, words)
        began = time.perf_counter()
        state, streams.state = self._checked(state, schedule, words)
        seconds = time.perf_counter() - began
        self.steps = array.paced(len(schedule.eta), seconds, LARGEST_BLOCK)
        return state

    def _checked(self, state: State, schedule: Coefficients, words: np.ndarray) -> tuple[State, np.ndarray]:
        """Make the block, or if it stops being finite, its halves, until few enough steps are left to look at each."""
        after, moved = self._made(state, schedule, words)
        xp = array_namespace(after.moments.x)
        # A number that is not finite stays so: in the iterate, in its second moment or in the sum of the losses.
        if all(bool(xp.all(xp.isfinite(a))) for a in (after.moments.x, after.moments.v, after.totals["loss"])):
            return after, moved
        steps = len(schedule.eta)
        if steps > DIAGNOSIS_STEPS:
            state, words = self._checked(state, schedule.part(0, steps // 2), words)
            return self._checked(state, schedule.part(steps // 2, steps), words)
        streams = Streams(0, "sampler", range(len(words)))
        streams.state = words
        uniforms = streams.uniforms(steps, self._sampler.uniforms)
        seen = array.advance(self._problem.measured, self._sampler, schedule, state.mapped(array.host), uniforms)
        return seen.mapped(xp.asarray), streams.state

    def _warm_up(self, state: State, schedule: Coefficients, words: np.ndarray) -> None:
        """No step, so that loading or compiling the kernels does not count as the time of one."""
        self._made(state, schedule.part(0, 0), words)

    @abstractmethod
    def _made(self, state: State, schedule: Coefficients, words: np.ndarray) -> tuple[State, np.ndarray]:
        """Return the state and the words after the block; those before it stay as they are."""


def features(problem: Any) -> tuple[np.ndarray, Features]:
    """Return dense rows, or none, and the other arrays of a problem's examples that kernels take."""
    Z, model, none = problem.Z, problem.measured, np.empty(0, np.int64)
    own = (getattr(model, name) for name in getattr(model, "columns", ()))
    y = np.ascontiguousarray([problem.y, *own], dtype=float)
    if not sparse.issparse(Z):
        return Z, Features(np.empty(0), none, none, y, problem.norms)
    starts, columns = (a.astype(np.int64, copy=False) for a in (Z.indptr, Z.indices))
    return np.empty((0, 0)), Features(Z.data, starts, columns, y, problem.norms)


def table(schedule: Coefficients, domain: Domain | None) -> Schedule:
    """Return a schedule's arrays for kernels; a coefficient broadcast from one number is known by its stride."""
    box = (domain.low, domain.high) if isinstance(domain, Box) else (-np.inf, np.inf)
    columns = [np.asarray(getattr(schedule, name)) for name in SEQUENCES]
    steps = len(columns[0])
    moving = [i for i, a in enumerate(columns) if a.strides[0]]
    rows = np.empty((len(moving), steps))
    for row, i in zip(rows, moving, strict=True):
        row[:] = columns[i]
    constant = np.array([[*(a[0] if steps else 0.0 for a in columns), schedule.p, schedule.eps, *box]])
    return Schedule(constant, np.array(moving, np.int64), rows)
