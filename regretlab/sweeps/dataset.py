"""The dataset of a sweep: regret, bounds and what made them, over the dimensions of its grid.

Its dimensions are ``problem``, ``algorithm``, the axes of the sweep, ``replicate`` and ``bound``:

======================================  ==============================================================================
``online``, ``_low``, ``_high``         by kind of regret, that of every replicate at the horizon with its certified
                                        interval (grid, replicate)
``online_mean``, ``_low``, ``_high``    the mean over replicates with its interval (grid)
``exponent``, ``_low``, ``_high``       of t in the online regret of a cell (grid)
``value``, ``ratio``, ``verdict``       a bound at the horizon, regret over it, and what it comes to (grid, bound)
``trivial``, ``first_violation``        T times the largest regret of a step; the first violated horizon (grid, bound)
``seconds``, ``engine``, ``processor``  what made a cell, and how long its steps took (grid)
======================================  ==============================================================================

Where the regrets of all replicates take much memory (:mod:`regretlab.sweeps.spool`) they are Dask's, and read from the
disk when they are asked for. A cell that the study does not have, or that a bound is not about, is nan, or an empty
text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from regretlab.sweeps.cells import Grid
from regretlab.sweeps.grid import Axis
from regretlab.sweeps.spool import Files
from regretlab.sweeps.summary import Summary
from regretlab.system.version import __version__

ENDS = ("", "_low", "_high")
NUMBERS = ("value", "ratio", "trivial", "first_violation")


def dataset(grid: Grid, summaries: Sequence[Summary]) -> xr.Dataset:
    """Return the dataset of the grid's runs, each at all the places where it stands."""
    names, shape = [axis.name for axis in grid.axes], tuple(len(axis.values) for axis in grid.axes)
    data: dict[str, tuple[list[str], np.ndarray]] = {}
    on_disk: dict[str, Files] = {}
    R = max(run.replicates for run in grid.runs)
    bounds = list(dict.fromkeys(bound["id"] for s in summaries for bound in s.bounds))

    def put(
        name: str, index: tuple[Any, ...], value: Any, dims: Sequence[str] = (), size: tuple[int, ...] = ()
    ) -> None:
        if name not in data:
            empty = np.full(shape + size, "", object) if isinstance(value, str) else np.full(shape + size, np.nan)
            data[name] = [*names, *dims], empty
        data[name][1][index] = value

    for places, summary in zip(grid.places, summaries, strict=True):
        for at in places:
            for kind, regret in summary.regret.items():
                for i, end in enumerate(ENDS):
                    if isinstance(regret, Path):
                        on_disk.setdefault(f"{kind}{end}", Files((*shape, R), i)).files[at] = regret
                    else:
                        put(f"{kind}{end}", (*at, slice(regret.shape[1])), regret[i], ["replicate"], (R,))
                    put(f"{kind}_mean{end}", at, summary.mean[kind][i])
            for end, number in zip(ENDS, summary.exponent, strict=True):
                put(f"exponent{end}", at, number)
            for bound in summary.bounds:
                where = (*at, bounds.index(bound["id"]))
                for name in NUMBERS:
                    put(name, where, np.nan if bound[name] is None else bound[name], ["bound"], (len(bounds),))
                put("verdict", where, bound["verdict"], ["bound"], (len(bounds),))
            for name in ("seconds", "engine", "processor", "n", "d", "K"):
                if name not in names:
                    put(name, at, getattr(summary, name))
    variables: dict[str, Any] = {
        name: (dims, a.astype(str) if a.dtype == object else a) for name, (dims, a) in data.items()
    }
    variables |= {name: ([*names, "replicate"], files.lazy()) for name, files in on_disk.items()}
    coordinates = {axis.name: coordinate(axis) for axis in grid.axes} | {"replicate": np.arange(R), "bound": bounds}
    return xr.Dataset(variables, coordinates, {"regretlab": __version__})


def coordinate(axis: Axis) -> np.ndarray:
    """Return the values of an axis: numbers as they are, everything else as text.

    Examples
    --------
    >>> coordinate(Axis("alpha", (1, 0.5))), coordinate(Axis("schedule", ("sqrt", None)))
    (array([1. , 0.5]), array(['sqrt', 'None'], dtype='<U4'))
    """
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in axis.values):
        return np.array(axis.values)
    return np.array([str(value) for value in axis.values])
