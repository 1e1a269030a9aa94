"""Longer horizons and more replicates for a run that was made, bit for bit as if they had been asked for at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xarray as xr

from regretlab.algorithms import Algorithm
from regretlab.errors import InputError
from regretlab.losses import losses
from regretlab.parameters import number
from regretlab.problems import Problem
from regretlab.provenance import Part, check_problem
from regretlab.regret import Regrets
from regretlab.run import NUMBERS, Observer, Plan, continued, describe, plan, run


def extended(
    problem: Problem,
    chosen: Sequence[Algorithm],
    parts: Sequence[Part],
    horizon: int | None,
    replicates: int | None,
    checkpoints: str | Sequence[int],
    progress: bool,
) -> list[Part]:
    """The records and descriptions of all algorithms, with more replicates and to a later horizon, where asked for."""
    if horizon is None and replicates is None:
        raise InputError("nothing to extend: give a later horizon, or more replicates.")
    check_problem(problem, parts[0][1])
    parts = list(parts)
    if replicates is not None:
        R = int(number("replicates", replicates, NUMBERS["replicates"], integer=True))
        parts = [more(problem, a, *part, R, progress) for a, part in zip(chosen, parts, strict=True)]
    if horizon is not None:
        T = int(number("horizon", horizon, NUMBERS["horizon"], integer=True))
        described = [facts for _, facts in parts]
        plans = [continued(problem, a, d, T, checkpoints) for a, d in zip(chosen, described, strict=True)]
        parts = [later(*part, onward, progress) for part, onward in zip(parts, plans, strict=True)]
    return parts


def later(record: xr.Dataset, facts: dict[str, Any], onward: Plan, progress: bool) -> Part:
    """One algorithm's record and description, to the later horizon of a plan."""
    observers: list[Observer] = [Regrets(record["comparator"].values), *losses(onward.problem)]
    new = run(onward, engine=record.attrs["engine"], observers=observers, progress=progress, start=record)
    curves = [name for name in new.data_vars if "t" in new[name].dims]
    joined = new.drop_dims("t").merge(xr.concat([record[curves], new[curves]], dim="t"))
    made = describe(onward)
    if ends := [*facts.get("ends", ()), *made.get("ends", ())]:
        made["ends"] = ends
    return joined.assign_attrs(new.attrs | {"engine_reason": record.attrs["engine_reason"]}), made


def more(
    problem: Problem, algorithm: Algorithm, record: xr.Dataset, facts: dict[str, Any], replicates: int, progress: bool
) -> Part:
    """One algorithm's record and description, with more replicates."""
    present = facts["replicates"]
    if replicates <= len(present):
        raise InputError(f"replicates={replicates} is not more than the {len(present)} that were made; ask for more.")
    numbers = [r for r in range(replicates + len(present)) if r not in present][: replicates - len(present)]
    fresh = plan(
        problem, algorithm, horizon=facts["horizon"], replicates=numbers, seed=facts["seed"],
        checkpoints=record.t.values.tolist(), measure=facts["measure"],
    )  # fmt: skip
    new = run(fresh, engine=record.attrs["engine"], observers=[Regrets(), *losses(problem)], progress=progress)
    joined = xr.concat([record, new], dim="replicate", combine_attrs="override", coords="minimal", compat="override")
    return joined, {**facts, "replicates": [*present, *numbers]}
