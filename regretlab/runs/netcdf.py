"""The content of a file of a result: a file with other content is refused before anything rests on it."""

from __future__ import annotations

import json
import math
import threading
from typing import Any

import netCDF4
import numpy as np
import xarray as xr

from regretlab.runs.description import Description

#: The variables of every record, along (algorithm, replicate, t), and those of its end.
CURVES = ("loss", "online_low", "online_high")
#: Regrets whose computed value is recorded inside their interval.
COMPUTED = ("online", "cumulative")
ENDS = ("x", "comparator", "state_words")
TEXTS = ("regretlab", "versions", "engine", "engine_reason", "engines", "seconds", "descriptions")
#: The keys of a run's description, and their types.
DESCRIPTION: dict[str, Any] = {
    "problem": {"name": str, "n": int, "d": int, "convex": bool, "constants": dict, "digest": str},
    "algorithm": str, "method": str, "method_parameters": dict, "sampler": str, "sampler_parameters": dict, "law": dict,
    "K": int, "horizon": int, "replicates": list, "seed": int, "measure": list,
}  # fmt: skip
#: Numbers take no less room in a file than in memory; a file that claims more is no record.
LARGEST_GROWTH = 2
SPARE_BYTES = 1 << 20


#: The library beneath serves one thread at a time.
_LOCK = threading.Lock()


class NotARecord(ValueError):
    """Content that is not that of a record; the message is a clause."""


def to_bytes(record: xr.Dataset) -> bytes:
    """Return a record as the bytes of a netCDF-4 file."""
    with _LOCK:
        file = netCDF4.Dataset("record", mode="w", memory=0)
        record.dump_to_store(xr.backends.NetCDF4DataStore(file))
        return bytes(file.close())


def from_bytes(content: bytes, form: int) -> xr.Dataset:
    """Read the record in the bytes of a netCDF-4 file, of the given format; all else raises :class:`NotARecord`."""
    record = read(content)
    found = record.attrs.get("format")
    if not isinstance(found, int | np.integer) or found != form:
        raise NotARecord(f"is not a regretlab result of format {form}")
    try:
        check(record)
    except NotARecord:
        raise
    except Exception as error:
        raise NotARecord(f"is no record ({type(error).__name__}: {error})") from None
    # Earlier versions recorded the ends of the regret's interval alone: the lower one was the computed regret.
    earlier = {kind: record[f"{kind}_low"] for kind in COMPUTED if kind not in record and f"{kind}_low" in record}
    return record.assign(earlier)


def read(content: bytes) -> xr.Dataset:
    """Read the data set in the bytes of a netCDF-4 file, whatever it holds; other bytes raise :class:`NotARecord`."""
    try:
        with _LOCK, netCDF4.Dataset("record", memory=content) as file:
            record = xr.open_dataset(xr.backends.NetCDF4DataStore(file), decode_times=False, decode_timedelta=False)
            if record.nbytes > LARGEST_GROWTH * len(content) + SPARE_BYTES:
                raise NotARecord("claims more numbers than it has room for")
            return record.load()
    except NotARecord:
        raise
    except Exception as error:  # whatever the libraries raise for other bytes than were written
        raise NotARecord(f"is not readable as netCDF-4 ({type(error).__name__})") from None


def check(record: xr.Dataset) -> None:
    """Refuse a dataset that is no record: other names, dimensions, types, descriptions or numbers."""
    for name in TEXTS:
        _need(isinstance(record.attrs.get(name), str), f"has no text {name!r} among its attributes")
    names = _axis(record, "algorithm", "OUT").tolist()
    _need(all(isinstance(name, str) for name in names), "names its algorithms by something else than words")
    _axis(record, "replicate", "iu")
    times = _axis(record, "t", "iu")
    _need(bool((np.diff(times) > 0).all()) and times[0] > 0, "has times that do not rise")
    described = [_json(record, name, list) for name in ("descriptions", "engines", "seconds")]
    _need(all(len(of) == len(names) for of in described), "does not describe every algorithm once")
    for name, data, engine, seconds in zip(names, *described, strict=True):
        _matches(data, DESCRIPTION, "its description")
        description = Description.from_data(data)
        _need(description.algorithm == name, f"describes {description.algorithm!r} where {name!r} was run")
        there = tuple(record.replicate.values.tolist())
        _need(description.replicates == there, f"describes other replicates of {name!r}")
        _need(description.horizon == times[-1], f"describes another horizon of {name!r}")
        _need(set(description.ends) <= set(times.tolist()), f"names other ends of periods of {name!r}")
        _need(
            isinstance(engine, list) and len(engine) == 2 and all(isinstance(word, str) for word in engine),
            f"does not say which engine ran {name!r}",
        )
        _need(type(seconds) in (int, float) and math.isfinite(seconds), f"does not say how long {name!r} took")
    for needed in (*CURVES, *ENDS):
        _need(needed in record, f"lacks {needed!r}")
    for variable, values in record.data_vars.items():
        name = str(variable)
        wanted = ("algorithm", "replicate", "t") if name in CURVES or "t" in values.dims else ("algorithm", "replicate")
        _need(values.dims[: len(wanted)] == wanted, f"has {name!r} along {', '.join(map(str, values.dims))}")
        _need(values.dtype.kind in "fiub", f"has {name!r} of type {values.dtype}")
        if values.dtype.kind == "f" and "t" in values.dims:
            missing = np.isnan(values.values).reshape(len(names), -1)
            partly = missing.any(axis=1) & ~missing.all(axis=1) if name not in CURVES else missing.any(axis=1)
            _need(not partly.any(), f"has {name!r} that is not a number in places")


def _need(held: bool, clause: str) -> None:
    if not held:
        raise NotARecord(clause)


def _axis(record: xr.Dataset, name: str, kinds: str) -> np.ndarray:
    """Return the values along a dimension: at least one, each once, of the right type."""
    _need(name in record.coords and record[name].dims == (name,), f"has no dimension {name!r}")
    values = record[name].values
    _need(
        len(values) > 0 and values.dtype.kind in kinds, f"has {name!r} of type {values.dtype} and length {len(values)}"
    )
    _need(len(set(values.tolist())) == len(values), f"names one {name} twice")
    return values


def _json(record: xr.Dataset, name: str, of: type) -> Any:
    try:
        found = json.loads(record.attrs[name])
    except (ValueError, RecursionError):
        raise NotARecord(f"has {name!r} that is not JSON") from None
    _need(isinstance(found, of), f"has {name!r} that is not a {of.__name__}")
    return found


def _matches(found: Any, wanted: Any, place: str) -> None:
    """Tell whether plain data have the keys and types of a template."""
    if isinstance(wanted, dict):
        _need(isinstance(found, dict), f"has {place} that is not a table")
        for key, of in wanted.items():
            _need(key in found, f"lacks {key!r} in {place}")
            _matches(found[key], of, f"{key!r} of {place}")
    else:
        _need(type(found) is wanted, f"has {place} that is not of type {wanted.__name__}")
