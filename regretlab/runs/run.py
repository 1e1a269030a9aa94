"""The run: the only owner of the loop over steps. Blocks of steps on an engine give a record at the checkpoints."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import xarray as xr

from regretlab.engines import array
from regretlab.engines.array import State
from regretlab.engines.choice import Choice, choose
from regretlab.engines.streams import Streams
from regretlab.runs.dataset import recorded, statistics
from regretlab.runs.plan import Plan
from regretlab.runs.schedule import Schedule
from regretlab.runs.snapshots import Reached, Snapshots
from regretlab.runs.state import pack, unpack
from regretlab.system import blas
from regretlab.system.progress import progress_bar


class Observer(Protocol):
    """A measurement of a run from outside: columns (replicates,) at every checkpoint, and arrays kept at the end.

    ``resume`` is given what ``final`` returned at some checkpoint, the arrays by name; the observer goes on from there.
    """

    def __call__(self, plan: Plan, state: State) -> dict[str, np.ndarray]: ...

    def final(self) -> dict[str, tuple[tuple[str, ...], np.ndarray]]: ...

    def resume(self, kept: Mapping[str, Any]) -> None: ...


def run(
    plan: Plan,
    *,
    engine: str = "auto",
    observers: Sequence[Observer] = (),
    progress: bool = False,
    start: xr.Dataset | None = None,
    snapshots: Snapshots | None = None,
) -> xr.Dataset:
    """Simulate and record.

    Parameters
    ----------
    plan : Plan
        From :func:`plan`.
    engine : {"auto", "compiled", "cuda", "array", "cupy"}
        ``"auto"`` chooses the compiled engine where every part of the run has a compiled form, else the array engine
        on NumPy; the record says which, and why.
    observers : sequence of Observer
        This is how regret is measured without the run knowing what regret is.
    progress : bool
        Show a progress bar over the steps.
    start : xarray.Dataset, optional
        The record of the same run to an earlier step (see :func:`regretlab.runs.continuation.continued`).
    snapshots : Snapshots, optional
        Where the run saves its state every few minutes and when it is interrupted, and goes on from what it saved
        there before. The record is the same to the last bit.

    Returns
    -------
    xarray.Dataset
        Dimensions ``replicate``, ``t``, and for what is kept at the end ``coordinate`` and ``example``.
    """
    chosen = choose(engine, plan.algorithm.method, plan.problem, plan.sampler, plan.measure, len(plan.replicates))
    with blas.one_thread():
        return _run(plan, chosen, observers, progress, start, snapshots)


def _run(
    plan: Plan, chosen: Choice, observers: Sequence[Observer], progress: bool, start: xr.Dataset | None,
    snapshots: Snapshots | None,
) -> xr.Dataset:  # fmt: skip
    engine = chosen.engine
    streams = Streams(plan.seed, "sampler", plan.replicates)
    # What the run has come to, and what it had at the last checkpoint. An interruption may come between any two lines,
    # so that each is replaced as a whole.
    reached = _begun(plan, chosen, streams, observers, start, snapshots)
    state, columns, seconds, first = reached.state, reached.columns, reached.seconds, reached.state.t
    checkpoint = reached if columns and state.t == plan.checkpoints[reached.passed - 1] else None
    coefficients, offsets = Schedule(plan.algorithm, plan.horizon), plan.problem.offsets()
    bar = progress_bar(plan.algorithm.name, plan.horizon, progress, initial=state.t, unit="step")

    def record(plan: Plan, at: Reached) -> xr.Dataset:
        state = at.state.mapped(array.host)
        kept = pack(state, at.words) | at.kept
        return recorded(plan, state, at.columns[: at.passed], kept, chosen, at.seconds)

    try:
        with bar:
            for until in plan.checkpoints[reached.passed :]:
                while state.t < until:
                    began = time.perf_counter()
                    steps = min(engine.steps, int(until) - state.t)
                    state = engine.advance(state, coefficients.steps(state.t + 1, steps), streams)
                    seconds += time.perf_counter() - began  # of the steps alone: comparators may take far longer
                    bar.update(steps)
                    if snapshots is not None:
                        reached = reached._replace(state=state, words=streams.state, seconds=seconds)
                        if snapshots.due():
                            snapshots.save(reached)
                at = state.mapped(array.host)
                last = coefficients.steps(state.t, 1).at(-1)
                columns.append(statistics(at, last, offsets) | _merged(o(plan, at) for o in observers))
                kept = _merged(o.final() for o in observers)
                reached = checkpoint = Reached(at, streams.state, columns, len(columns), kept, seconds)
                if snapshots is not None and snapshots.due():
                    snapshots.save(reached)
    except KeyboardInterrupt:
        if snapshots is not None and reached.state.t > first:
            snapshots.save(reached)
        if checkpoint is None:
            raise
        part = plan._replace(horizon=checkpoint.state.t, checkpoints=plan.checkpoints[: checkpoint.passed])
        raise Interrupted(part, record(part, checkpoint)) from None
    assert checkpoint is not None
    return record(plan, checkpoint)


def _begun(
    plan: Plan, chosen: Choice, streams: Streams, observers: Sequence[Observer], start: xr.Dataset | None,
    snapshots: Snapshots | None,
) -> Reached:  # fmt: skip
    """Return where a run begins: at its own snapshot, at the end of an earlier record, or before its first step."""
    method = plan.algorithm.method
    fresh = array.initial(plan.problem, plan.sampler, len(plan.replicates), plan.measure, chosen.xp, method)
    begun = Reached(fresh, streams.state, [], 0, {}, 0.0)
    if start is not None:
        begun = begun._replace(state=unpack(start, int(start.t[-1]), fresh, chosen.xp), words=start.state_words.values)
    kept: Any = start
    saved = None if snapshots is None else snapshots.begin(plan, chosen.name, start, fresh, chosen.xp)
    if saved is not None:
        begun = saved
        kept = {name: values for name, (_, values) in saved.kept.items()} if saved.passed else start
    for observer in observers if kept is not None else ():
        observer.resume(kept)
    streams.state = begun.words
    return begun


class Interrupted(KeyboardInterrupt):
    """A run that was interrupted: the plan of the steps up to its last checkpoint, and their record."""

    def __init__(self, plan: Plan, record: xr.Dataset) -> None:
        super().__init__(f"interrupted after step {plan.horizon}")
        self.plan, self.record = plan, record


def _merged(parts: Any) -> dict[str, Any]:
    return {name: column for part in parts for name, column in part.items()}
