"""The state of a run inside its record, so that a saved run can be continued bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from regretlab.engines.array import State
from regretlab.methods import Moments

PER_COORDINATE = ("squared_gradient", "smallest_x", "largest_x")
PER_EXAMPLE = ("received", "squared_norms")


def pack(state: State, words: np.ndarray) -> dict[str, Any]:
    """Pack a state into variables: iterate, moments, totals, the sampler's arrays, the words of the streams."""
    moments = state.moments._asdict()
    data: dict[str, Any] = {_name(name): (("replicate", "coordinate"), values) for name, values in moments.items()}
    data |= {_name(name): (("replicate", *_dims(name)), values) for name, values in state.totals.items()}
    n = state.totals["received"].shape[1]
    for i, values in enumerate(state.sampler):
        flat = np.asarray(values, dtype=float).reshape(len(values), -1)
        data[f"state_sampler_{i}"] = (("replicate", "example"), np.pad(flat, ((0, 0), (0, n - flat.shape[1]))))
    data["state_words"] = (("replicate", "word"), words)
    return data


def unpack(record: xr.Dataset, t: int, fresh: State, xp: Any) -> State:
    """Return the state that :func:`pack` put into one algorithm's record or snapshot.

    Parameters
    ----------
    t : int
        The step after which the state was packed.
    fresh : State
        The state of such a run before its first step, for the shapes and types of its arrays.
    xp : namespace
        Where the arrays go.
    """

    def read(name: str) -> Any:
        return xp.asarray(record[_name(name)].values)

    moments = Moments(*(read(name) for name in Moments._fields))
    totals = {name: read(name) for name in fresh.totals}
    sampler = []
    for i, empty in enumerate(fresh.sampler):
        width = int(np.prod(empty.shape[1:]))
        flat = record[f"state_sampler_{i}"].values[:, :width]
        sampler.append(xp.astype(xp.asarray(flat.reshape(empty.shape)), empty.dtype))
    return State(t, moments, tuple(sampler), totals)


def _name(name: str) -> str:
    """Return the variable of a part of the state; parts that readers look for have names of their own."""
    return name if name in ("x", "received") else f"state_{name}"


def _dims(name: str) -> tuple[str, ...]:
    return ("coordinate",) if name in PER_COORDINATE else ("example",) if name in PER_EXAMPLE else ()
