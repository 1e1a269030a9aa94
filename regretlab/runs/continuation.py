"""A run goes on: to a later horizon, or with more replicates, bit for bit as if that had been asked for at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from regretlab.algorithms import Algorithm
from regretlab.errors import InputError
from regretlab.parameters import number
from regretlab.problems import Problem
from regretlab.runs.dataset import over_replicates
from regretlab.runs.description import Description, describe
from regretlab.runs.held_out import observers_of
from regretlab.runs.plan import NUMBERS, Plan, plan
from regretlab.runs.provenance import Part, check_problem
from regretlab.runs.run import Interrupted, run
from regretlab.runs.snapshots import Snapshots
from regretlab.samplers import Setting


def as_described(
    problem: Problem,
    algorithm: Algorithm,
    description: Description,
    horizon: int | None = None,
    checkpoints: Any = "log",
) -> Plan:
    """Return the plan of a described run, or of one to another horizon, with the sampler exactly as it was fitted."""
    again = plan(
        problem,
        algorithm,
        horizon=horizon or description.horizon,
        replicates=description.replicates,
        seed=description.seed,
        checkpoints=checkpoints,
        measure=description.measure,
    )
    L = problem.constants()["L"].value if "L" in problem.constants() else np.inf
    setting = Setting(problem.n, description.K, L, description.horizon)
    sampler = type(again.sampler)(**description.sampler_parameters)
    return again._replace(sampler=replace(sampler, setting=setting))


def continued(problem: Problem, algorithm: Algorithm, description: Description, horizon: int, checkpoints: Any) -> Plan:
    """Return the plan that goes on from a described run to a later horizon, with the sampler as it was fitted."""
    if horizon <= description.horizon:
        raise InputError(
            f"horizon={horizon} is not beyond the {description.horizon} steps that were made; ask for more."
        )
    again = as_described(problem, algorithm, description, horizon, checkpoints)
    later, ends = (times[times > description.horizon] for times in (again.checkpoints, again.ends))
    return again._replace(checkpoints=later, ends=ends)


def extended(
    problem: Problem,
    algorithms: Sequence[Algorithm],
    parts: Sequence[Part],
    horizon: int | None,
    replicates: int | None,
    checkpoints: str | Sequence[int],
    progress: bool,
) -> list[Part]:
    """Add replicates to all algorithms, and go on to a later horizon, where these are asked for.

    Parameters
    ----------
    algorithms : sequence of Algorithm
    parts : sequence of (xarray.Dataset, Description)
        One for every algorithm.
    horizon, replicates : int or None
    checkpoints : "log", "decimal" or sequence of int

    Raises
    ------
    InputError
        For neither of the two, a problem that is not the one that was run, and numbers not beyond the present ones.
    """
    if horizon is None and replicates is None:
        raise InputError("nothing to extend: give a later horizon, or more replicates.")
    check_problem(problem, parts[0][1])
    parts = list(parts)
    if replicates is not None:
        R = int(number("replicates", replicates, NUMBERS["replicates"], integer=True))
        parts = [
            with_more_replicates(problem, a, *part, R, progress) for a, part in zip(algorithms, parts, strict=True)
        ]
    if horizon is not None:
        T = int(number("horizon", horizon, NUMBERS["horizon"], integer=True))
        described = [description for _, description in parts]
        onward = [continued(problem, a, d, T, checkpoints) for a, d in zip(algorithms, described, strict=True)]
        parts = [to_a_later_horizon(*part, of, progress) for part, of in zip(parts, onward, strict=True)]
    return parts


def to_a_later_horizon(record: xr.Dataset, description: Description, onward: Plan, progress: bool) -> Part:
    """Go on with one algorithm's run from its last step, to the horizon of a plan, and describe all of it."""
    made = describe(onward)
    return gone_on(record, onward, progress), replace(made, ends=(*description.ends, *made.ends))


def gone_on(record: xr.Dataset, onward: Plan, progress: bool, snapshots: Snapshots | None = None) -> xr.Dataset:
    """Go on with one algorithm's run from the last step of its record, to the horizon of a plan.

    An interruption carries the whole record up to its last checkpoint.
    """
    engine, observers = record.attrs["engine"], observers_of(onward.problem)
    try:
        new = run(
            onward, engine=engine, observers=observers, progress=progress, start=record, snapshots=snapshots
        )  # fmt: skip
    except Interrupted as stop:
        raise Interrupted(stop.plan, _joined(record, stop.record)) from None
    return _joined(record, new)


def _joined(record: xr.Dataset, new: xr.Dataset) -> xr.Dataset:
    """Join the record before a step to the record after it."""
    curves = [name for name in new.data_vars if "t" in new[name].dims]
    joined = new.drop_dims("t").merge(xr.concat([record[curves], new[curves]], dim="t"))
    seconds = round(record.attrs["seconds"] + new.attrs["seconds"], 3)
    return joined.assign_attrs(new.attrs | {"engine_reason": record.attrs["engine_reason"], "seconds": seconds})


def with_more_replicates(
    problem: Problem,
    algorithm: Algorithm,
    record: xr.Dataset,
    description: Description,
    replicates: int,
    progress: bool,
) -> Part:
    """Add replicates to one algorithm's run; their numbers are the first that are free."""
    present = description.replicates
    if replicates <= len(present):
        raise InputError(f"replicates={replicates} is not more than the {len(present)} that were made; ask for more.")
    numbers = [r for r in range(replicates + len(present)) if r not in present][: replicates - len(present)]
    fresh = plan(
        problem,
        algorithm,
        horizon=description.horizon,
        replicates=numbers,
        seed=description.seed,
        checkpoints=record.t.values.tolist(),
        measure=description.measure,
    )
    new = run(fresh, engine=record.attrs["engine"], observers=observers_of(problem), progress=progress)
    return over_replicates([record, new]), replace(description, replicates=(*present, *numbers))
