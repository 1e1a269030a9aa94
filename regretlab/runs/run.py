"""The run: the only owner of the loop over steps. Blocks of steps on an engine give a record at the checkpoints."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import xarray as xr
from tqdm import tqdm

from regretlab.engines import array
from regretlab.engines.array import State
from regretlab.engines.choice import Choice, choose
from regretlab.engines.streams import Streams
from regretlab.runs.plan import Plan
from regretlab.runs.record import recorded, statistics
from regretlab.runs.schedule import Schedule
from regretlab.runs.state import pack, unpack
from regretlab.system import blas


class Observer(Protocol):
    """What measures a run from outside: columns (replicates,) at every checkpoint, and arrays kept at the end."""

    def __call__(self, plan: Plan, state: State) -> dict[str, np.ndarray]: ...

    def final(self) -> dict[str, tuple[tuple[str, ...], np.ndarray]]: ...


def run(
    plan: Plan,
    *,
    engine: str = "auto",
    observers: Sequence[Observer] = (),
    progress: bool = False,
    start: xr.Dataset | None = None,
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

    Returns
    -------
    xarray.Dataset
        Dimensions ``replicate``, ``t``, and for what is kept at the end ``coordinate`` and ``example``.
    """
    chosen = choose(engine, plan.algorithm.method, plan.problem, plan.sampler, plan.measure, len(plan.replicates))
    with blas.one_thread():
        return _run(plan, chosen, observers, progress, start)


def _run(
    plan: Plan, chosen: Choice, observers: Sequence[Observer], progress: bool, start: xr.Dataset | None
) -> xr.Dataset:
    engine, xp = chosen.engine, chosen.xp
    state = array.initial(plan.problem, plan.sampler, len(plan.replicates), plan.measure, xp)
    streams = Streams(plan.seed, "sampler", plan.replicates)
    if start is not None:
        state = unpack(start, state, xp)
        streams.state = start["state_words"].values

    coefficients = Schedule(plan.algorithm, plan.horizon)
    columns: list[dict[str, np.ndarray]] = []
    reached: tuple[State, np.ndarray, list[dict[str, Any]]] | None = None
    seconds, offsets = 0.0, plan.problem.offsets()
    bar = tqdm(
        total=plan.horizon, initial=state.t, desc=plan.algorithm.name, unit="step", disable=not progress, leave=False
    )

    def record(plan: Plan) -> xr.Dataset:
        assert reached is not None
        last, words, final = reached
        kept = pack(last, words) | _merged(final)
        return recorded(plan, last, columns, kept, chosen, seconds)

    try:
        with bar:
            for until in plan.checkpoints:
                began = time.perf_counter()
                while state.t < until:
                    steps = min(engine.steps, int(until) - state.t)
                    schedule = coefficients.steps(state.t + 1, steps)
                    state = engine.advance(state, schedule, streams)
                    bar.update(steps)
                seconds += time.perf_counter() - began  # of the steps alone: comparators may take far longer
                at = state.mapped(array.host)
                column = statistics(at, schedule.at(-1), offsets) | _merged(o(plan, at) for o in observers)
                reached = at, streams.state, [o.final() for o in observers]
                columns.append(column)
    except KeyboardInterrupt:
        if reached is None:
            raise
        part = plan._replace(horizon=reached[0].t, checkpoints=plan.checkpoints[: len(columns)])
        raise Interrupted(part, record(part)) from None
    return record(plan)


class Interrupted(KeyboardInterrupt):
    """A run that was interrupted: the plan of the steps up to its last checkpoint, and their record."""

    def __init__(self, plan: Plan, record: xr.Dataset) -> None:
        super().__init__(f"interrupted after step {plan.horizon}")
        self.plan, self.record = plan, record


def _merged(parts: Any) -> dict[str, Any]:
    return {name: column for part in parts for name, column in part.items()}
