"""A run with a store: what is there is read, what is missing is made and kept."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import xarray as xr

from regretlab.engines.choice import Choice, choose
from regretlab.errors import InputError, StoreWarning
from regretlab.runs.continuation import gone_on
from regretlab.runs.description import Description, describe
from regretlab.runs.held_out import observers_of
from regretlab.runs.plan import Plan
from regretlab.runs.run import Interrupted, run
from regretlab.store import Store
from regretlab.store._blocks import consecutive, prefixes, side_by_side
from regretlab.store._lines import Line, line
from regretlab.system.code import of_library


class Work(NamedTuple):
    """How many steps of replicates were computed, and how many were read from a store in their place."""

    computed: int
    read: int

    def plus(self, other: Work) -> Work:
        """Return the sum of both."""
        return Work(self.computed + other.computed, self.read + other.read)


class _Known(NamedTuple):
    """What a store knows of a run: records of some replicates, all up to one horizon, and what is missing."""

    parts: dict[int, list[xr.Dataset]]
    missing: list[int]


def stored_run(plan: Plan, store: Store, *, engine: str = "auto", progress: bool = False) -> tuple[xr.Dataset, Work]:
    """Run as :func:`regretlab.runs.run.run` does, with the same bits, by means of what a store has.

    A run that cannot be kept says so in a :class:`StoreWarning`, and is returned. What was reached when it was
    interrupted is kept.
    """
    chosen, described = _chosen(plan, engine), describe(plan)
    try:
        of = line(plan, described, chosen)
    except InputError as error:
        warnings.warn(str(error), StoreWarning, stacklevel=3)
        record = run(plan, engine=engine, observers=observers_of(plan.problem), progress=progress)
        return record, Work(len(plan.replicates) * plan.horizon, 0)
    known = look_up(store, of, plan)
    pieces, work = [], Work(0, 0)
    tasks: list[tuple[int, xr.Dataset | None]] = [(0, None)] if known.missing else []
    tasks += [(reached, side_by_side(parts)) for reached, parts in sorted(known.parts.items())]
    for reached, before in tasks:
        numbers = known.missing if before is None else before.replicate.values.tolist()
        read, made = len(numbers) * reached, len(numbers) * (plan.horizon - reached)
        if before is not None and reached == plan.horizon:
            piece = before
        else:
            piece = _made(plan, numbers, before, store, of, described, chosen.name, progress, alone=len(tasks) == 1)
        pieces.append(piece)
        work = work.plus(Work(made, read))
    record = side_by_side(pieces)
    there = {r: i for i, r in enumerate(record.replicate.values.tolist())}
    if list(there) != list(plan.replicates):
        record = record.isel(replicate=[there[r] for r in plan.replicates])
    seconds = round(sum(piece.attrs["seconds"] for piece in pieces), 3)
    record.attrs = {"engine": chosen.name, "engine_reason": chosen.reason, "seconds": seconds}
    return record, work


def line_of(plan: Plan, engine: str = "auto") -> Line:
    """Return the line of a plan on an engine; an :class:`InputError` says why it cannot be kept in a store."""
    return line(plan, describe(plan), _chosen(plan, engine))


def judged_by() -> str:
    """Return the digest of the library's bounds and of the code that holds runs against them: a key of notes."""
    return of_library(("bounds", "runs", "verdicts"))


def _chosen(plan: Plan, engine: str) -> Choice:
    return choose(engine, plan.algorithm.method, plan.problem, plan.sampler, plan.measure, len(plan.replicates))


def look_up(store: Store, of: Line, plan: Plan) -> _Known:
    """Read, for each replicate of a plan, the block of its line that goes farthest without going beyond it."""
    fitting = prefixes(plan.checkpoints)
    usable = [block for block in store.blocks(of) if fitting.get(block.horizon) == block.checkpoints]
    missing = np.sort(plan.replicates)
    parts: dict[int, list[xr.Dataset]] = {}
    for block in sorted(usable, key=lambda b: (b.horizon, b.replicates), reverse=True):
        inside = (block.first <= missing) & (missing <= block.last)
        part = store.read(of, block) if inside.any() else None
        if part is not None:
            rows = missing[inside] - block.first
            record = part[0] if len(rows) == block.replicates else _rows(part[0], rows)
            parts.setdefault(block.horizon, []).append(record)
            missing = missing[~inside]
    return _Known(parts, missing.tolist())


def _made(
    plan: Plan, numbers: list[int], before: xr.Dataset | None, store: Store, of: Line, described: Description,
    engine: str, progress: bool, alone: bool,
) -> xr.Dataset:  # fmt: skip
    """Make the steps of some replicates from where their record ends, and keep them; on the way, what was reached."""
    part = plan._replace(replicates=tuple(numbers))
    snapshots = store.snapshots(of, part.horizon, part.replicates)
    try:
        if before is None:
            observers = observers_of(plan.problem)
            record = run(part, engine=engine, observers=observers, progress=progress, snapshots=snapshots)
        else:
            reached = int(before.t.values[-1])
            later, ends = (times[times > reached] for times in (plan.checkpoints, plan.ends))
            record = gone_on(before, part._replace(checkpoints=later, ends=ends), progress, snapshots)
    except Interrupted as stop:
        times = stop.record.t.values
        part = part._replace(horizon=int(times[-1]), checkpoints=times)
        _keep(store, of, stop.record, part, described)
        if not alone:
            raise KeyboardInterrupt from None
        raise Interrupted(part, stop.record) from None
    if _keep(store, of, record, part, described):
        snapshots.clear()
    return record


def _keep(store: Store, of: Line, record: xr.Dataset, part: Plan, described: Description) -> bool:
    """Write the blocks of a record; where that cannot be, say so, go on and return False."""
    there = {r: i for i, r in enumerate(record.replicate.values.tolist())}
    try:
        for numbers in consecutive(there):
            block = record if numbers == list(there) else _rows(record, np.array([there[r] for r in numbers]))
            ends = tuple(part.ends[part.ends <= part.horizon].tolist())
            told = replace(described, horizon=part.horizon, replicates=tuple(numbers), ends=ends)
            store.write(of, block, told)
    except InputError as error:
        sentence = str(error).rstrip(".")
        warnings.warn(f"{sentence}. The run itself is whole; it is not kept there.", StoreWarning, stacklevel=2)
        return False
    return True


def _rows(record: xr.Dataset, rows: np.ndarray) -> xr.Dataset:
    return record.isel(replicate=rows)
