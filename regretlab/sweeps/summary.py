"""What a sweep keeps of a cell: regret at the horizon, bounds with their verdicts, and what made them; no state."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from regretlab.result import Result
from regretlab.runs.dataset import one_record, over_replicates
from regretlab.runs.round_off import underflow
from regretlab.store.running import Work
from regretlab.verdicts.looks import Looks

#: What is kept of every bound.
OF_BOUND = ("id", "title", "speaks_of", "value", "ratio", "trivial", "verdict", "looked", "first_violation")


class Summary(NamedTuple):
    """A cell in numbers.

    Attributes
    ----------
    regret : dict of str to array (3, R) or Path
        By kind, that of every replicate at the horizon: value, low, high; or the file that has it.
    mean : dict of str to tuple
        By kind, the mean over replicates with its interval: mean, low, high.
    exponent : tuple
        That of t in the online regret, with its interval: value, low, high.
    bounds : list of dict
        By :data:`OF_BOUND`; ratio is regret over bound at the horizon, the largest of a run (of the mean in
        expectation).
    seconds : float
        That the steps took.
    engine, processor : str
        What made them.
    n, d, K : int
    lost : str
        What floats did not hold of it, if anything.
    work : Work
        Steps of replicates that were computed, and read from a store.
    """

    regret: Mapping[str, np.ndarray | Path]
    mean: dict[str, tuple[float, float, float]]
    exponent: tuple[float, float, float]
    bounds: list[dict[str, Any]]
    seconds: float
    engine: str
    processor: str
    n: int
    d: int
    K: int
    lost: str
    work: Work


def summarised(result: Result) -> Summary:
    """Return what is kept of a result of one algorithm."""
    (row,) = result.summary()
    part, run = result.of(), result.description()
    e = row["exponent"]
    last = {kind: result.regret(kind).isel(t=-1) for kind in row["regret"]}
    return Summary(
        {kind: np.stack([of[end].values for end in ("value", "low", "high")]) for kind, of in last.items()},
        {kind: (of["mean"], of["lo"], of["hi"]) for kind, of in row["regret"].items()},
        (e["value"], e["lo"], e["hi"]),
        [{key: bound[key] for key in OF_BOUND} for bound in row["bounds"]],
        float(part.attrs["seconds"]), str(part.attrs["engine"]), str(result.record.attrs["processor"]),
        run.problem.n, run.problem.d, run.K, underflow(run, part), result.work,
    )  # fmt: skip


def joined(parts: Sequence[Result]) -> Result:
    """Join results of one algorithm's run that differ in their replicates alone."""
    first, names = parts[0], parts[0].algorithms
    records = [result.of().drop_attrs(deep=False) for result in parts]
    record = over_replicates(records)
    numbers = tuple(r for result in parts for r in result.description().replicates)
    attributes = first.of().attrs | {"seconds": round(sum(result.of().attrs["seconds"] for result in parts), 3)}
    whole = one_record([record.assign_attrs(attributes)], [replace(first.description(), replicates=numbers)])
    whole.attrs["processor"] = " and ".join(sorted({result.record.attrs["processor"] for result in parts}))
    of_parts = [json.loads(result.record.attrs["looks"]).get(names[0], {}) for result in parts]
    looks = Looks()
    for mode in of_parts[0]:
        looks.add(names[0], mode, Looks.over_replicates([of[mode] for of in of_parts]))
    whole.attrs["looks"] = looks.to_text()
    made = Result(whole)
    made.work = reduce(Work.plus, (result.work for result in parts))
    return made
