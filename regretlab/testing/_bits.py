"""The comparison of two records, bit for bit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr

from regretlab.result import Result
from regretlab.testing._subjects import a_result


def assert_same_bits(a: Result, b: Result) -> None:
    """Assert that two results recorded the same numbers, bit for bit (a nan equals the same nan, 0.0 is not -0.0).

    Compares coordinates and variables, not provenance (engine, seconds, versions). It is a comparison, not a test: no
    false alarms.

    Raises
    ------
    AssertionError
        With the first difference in time: variable, algorithm, replicate, t, and both values.
    InputError
        For what is no result.

    Examples
    --------
    >>> import regretlab as rl
    >>> def run(seed):
    ...     return rl.simulate(rl.problems.StochasticReddi(), "adam", horizon=100, replicates=2, seed=seed)
    >>> assert_same_bits(run(0), run(0))
    >>> assert_same_bits(run(0), run(1))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: ... variables differ, first ... at algorithm=adam, replicate=0, t=...
    """
    left, right = a_result(a).record, a_result(b).record
    names = sorted(map(str, {*left.variables, *right.variables}), key=lambda name: (name not in left.coords, name))
    for name in names:
        if name not in left.variables or name not in right.variables:
            raise AssertionError(f"only the {'first' if name in left.variables else 'second'} result has {name}.")
        if left[name].shape != right[name].shape or left[name].dtype != right[name].dtype:
            raise AssertionError(
                f"{name} is {left[name].dtype} {dict(left[name].sizes)} in the first result, "
                f"{right[name].dtype} {dict(right[name].sizes)} in the second."
            )
        if name in left.coords and (left[name].values != right[name].values).any():
            raise AssertionError(f"the results differ in {name}: {left[name].values} against {right[name].values}.")
    found = [d for name in left.data_vars if (d := _first(left[name], right[name]))]
    if found:
        d = min(found, key=lambda d: d.t)
        raise AssertionError(
            f"{len(found)} of {len(left.data_vars)} variables differ, first {d.name} at {d.where}: {d.values}."
        )


class _Difference(NamedTuple):
    t: float
    name: str
    where: str
    values: str


def _first(a: xr.DataArray, b: xr.DataArray) -> _Difference | None:
    """Find the earliest difference of two variables of one shape; what has no t comes after all that has."""
    x, y = np.ascontiguousarray(a.values), np.ascontiguousarray(b.values)
    bits = [v.view(f"u{v.dtype.itemsize}") if v.dtype.kind == "f" else v for v in (x, y)]
    places = np.argwhere(np.atleast_1d(bits[0] != bits[1]))
    if not len(places):
        return None
    if "t" in a.dims:
        places = places[np.argsort(places[:, a.dims.index("t")], kind="stable")]
    place = dict(zip(a.dims, places[0].tolist(), strict=False))
    where = ", ".join(f"{dim}={a[dim].values[i] if dim in a.coords else i}" for dim, i in place.items())
    at = tuple(place.values())
    t = float(a["t"].values[place["t"]]) if "t" in place else np.inf
    return _Difference(t, str(a.name), where, f"{x[at]!r} against {y[at]!r}")
