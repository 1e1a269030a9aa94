"""The choice of the engine of a run, and its reason: compiled where every part of the run has a compiled form."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from regretlab.engines import array, blocks
from regretlab.engines.array import State
from regretlab.engines.compiled.compilation import switched_off
from regretlab.engines.compiled.engine import Compiled
from regretlab.engines.cuda.engine import Cuda
from regretlab.engines.streams import Streams
from regretlab.errors import InputError
from regretlab.methods import Coefficients, Method
from regretlab.parameters import one_of
from regretlab.problems import Problem
from regretlab.samplers import Sampler

ENGINES = ("auto", "compiled", "cuda", "array", "cupy")


class Engine(Protocol):
    """The contract of an engine: it makes at most ``steps`` steps at a time, of which only the last is seen."""

    steps: int

    def advance(self, state: State, schedule: Coefficients, streams: Streams) -> State: ...


class Choice(NamedTuple):
    """An engine with its name, the reason it was chosen and the namespace of its arrays."""

    engine: Engine
    name: str
    reason: str
    xp: Any


def choose(
    engine: str, method: Method, problem: Problem, sampler: Sampler, measure: tuple[str, ...], replicates: int
) -> Choice:
    """Choose the engine for a run.

    Parameters
    ----------
    engine : {"auto", "compiled", "cuda", "array", "cupy"}
        ``"auto"`` is the compiled engine where it can make the run, and else the array engine. It is never one on a
        GPU: those pay off only for many replicates or examples, and their exponentials round differently, so the same
        study would give other digits on another machine. They are asked for.
    method, problem, sampler
        The sampler fitted.
    measure : tuple of str
        What the run measures beyond its totals.

    Raises
    ------
    InputError
        For an unknown engine, for ``"compiled"`` and ``"cuda"`` with a part that has no compiled form, and for
        ``"cuda"`` and ``"cupy"`` where they cannot run.
    """
    one_of("engine", engine, ENGINES)
    reason = "asked for"
    if engine in ("auto", "compiled", "cuda"):
        kind = Cuda if engine == "cuda" else Compiled
        missing = blocks.unsupported(method, problem, sampler, measure, kind)
        if kind is Compiled and switched_off():
            missing = "NUMBA_DISABLE_JIT=1 forbids compiling its kernels"
        if engine != "auto" and missing:
            raise InputError(f"engine={engine!r} cannot make this run: {missing}; use engine='auto' or 'array'.")
        if engine == "auto":
            reason = missing or "every part of the run has a compiled form"
            engine = "array" if missing else "compiled"
    if engine == "compiled":
        return Choice(Compiled(problem, sampler), engine, reason, array.namespace("array"))
    if engine == "cuda":
        on_device = Cuda(problem, sampler)
        return Choice(on_device, engine, reason, on_device.xp)
    xp = array.namespace(engine)
    return Choice(array.Arrays(problem.measured.on(xp), sampler, replicates, xp, method), engine, reason, xp)
