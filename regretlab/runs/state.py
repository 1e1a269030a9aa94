"""The state of a run inside its record, so that a saved run can be continued bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from regretlab.engines.array import State
from regretlab.methods import Moments

#: What the names of a method's own arrays, and of the dimensions of their entries, begin with.
OWN, ENTRY = "state_own_", "entry_of_"
PER_COORDINATE = ("squared_gradient", "smallest_x", "largest_x")
PER_EXAMPLE = ("received", "squared_norms")


def pack(state: State, words: np.ndarray) -> dict[str, Any]:
    """Pack a state into variables: iterate, moments, totals, the sampler's arrays, the words of the streams.

    An array of a method's own is a row of numbers for every replicate, along a dimension of its name: in a record of
    several algorithms it has the length of the longest (:func:`with_one_room`).
    """
    moments = state.moments._asdict()
    data: dict[str, Any] = {"x": (("replicate", "coordinate"), moments.pop("x"))}
    for name, values in moments.items():
        if isinstance(state.moments, Moments):
            data[_name(name)] = (("replicate", "coordinate"), values)
        else:
            rows = _wide(np.asarray(values).reshape(len(values), -1))
            data[f"{OWN}{name}"] = (("replicate", f"{ENTRY}{name}"), rows)
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

    def own(name: str, begun: Any) -> Any:
        rows = record[f"{OWN}{name}"].values[:, : int(np.prod(begun.shape[1:]))]
        return xp.astype(xp.asarray(rows.reshape(begun.shape)), begun.dtype)

    moments = fresh.moments._replace(
        **{
            name: read(name) if name == "x" or isinstance(fresh.moments, Moments) else own(name, begun)
            for name, begun in fresh.moments._asdict().items()
        }
    )
    totals = {name: read(name) for name in fresh.totals}
    sampler = []
    for i, empty in enumerate(fresh.sampler):
        width = int(np.prod(empty.shape[1:]))
        flat = record[f"state_sampler_{i}"].values[:, :width]
        sampler.append(xp.astype(xp.asarray(flat.reshape(empty.shape)), empty.dtype))
    return State(t, moments, tuple(sampler), totals)


def _wide(rows: np.ndarray) -> np.ndarray:
    """Return numbers in a type that a file holds, from which they come back as they were."""
    return rows if rows.dtype.kind in "iu" else rows.astype(float)


def with_one_room(records: Sequence[xr.Dataset]) -> list[xr.Dataset]:
    """Return records whose arrays of methods' own are as long as the longest, with nan at their ends."""
    sizes = [{dim: size for dim, size in record.sizes.items() if str(dim).startswith(ENTRY)} for record in records]
    most = {dim: max(of.get(dim, 0) for of in sizes) for of in sizes for dim in of}
    return [
        record.pad({dim: (0, most[dim] - size) for dim, size in of.items() if most[dim] > size})
        for record, of in zip(records, sizes, strict=True)
    ]


def _name(name: str) -> str:
    """Return the variable of a part of the state; parts that readers look for have names of their own."""
    return name if name in ("x", "received") else f"state_{name}"


def _dims(name: str) -> tuple[str, ...]:
    return ("coordinate",) if name in PER_COORDINATE else ("example",) if name in PER_EXAMPLE else ()
