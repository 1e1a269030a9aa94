"""Figures of a sweep: regret over an axis, and regret over bound as a heat map over two."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes

from regretlab import plots
from regretlab.errors import InputError, shown, unknown_name

#: Lines of one figure, and figures of one plot, beyond which nothing can be read.
MOST_LINES, MOST_FACETS = 10, 24
#: Axes of a sweep that are counted or sized like data, so that slopes say something.
SCALES = ("T", "horizon", "n", "d", "K", "batch_size", "R")


def drawn(
    data: xr.Dataset, numeric: Sequence[str], x: str | Sequence[str] | None, kind: str, facet: str | None,
    bound: str | None, where: Mapping[str, Any],
) -> Axes | list[Axes]:  # fmt: skip
    """Draw what :meth:`Sweep.plot` was asked for."""
    axes = [str(name) for name in data["seconds"].dims]
    for name in (*where, *([facet] if facet else []), *([x] if isinstance(x, str) else x or [])):
        if name not in axes:
            raise unknown_name("axis of the sweep", name, axes)
    for name, value in where.items():
        if value not in data[name].values.tolist():
            raise InputError(f"{name}={shown(value)} is not in the sweep; it has {_words(data[name].values)}.")
        data = data.sel({name: [value]})
    if x is None:
        if not numeric:
            raise InputError("no axis of the sweep has numbers; name the axis to draw over as x=... in another sweep.")
        x = numeric[0]
    pair = (x,) if isinstance(x, str) else tuple(x)
    if len(pair) not in (1, 2) or len(set(pair)) < len(pair):
        raise InputError(f"x={shown(x)} is neither one axis of the sweep nor two; name one for lines, two for a map.")
    if len(pair) == 1 and pair[0] not in numeric:
        raise InputError(f"{pair[0]} has values that are no numbers; draw over one of {', '.join(numeric) or 'none'}.")
    others = [name for name in axes if name not in pair and data.sizes[name] > 1]
    apart = others if len(pair) == 2 else [facet] if facet else []
    parts = list(itertools.product(*(data[name].values.tolist() for name in apart)))
    if len(pair) == 2:
        parts = [part for part in parts if bounds(data.sel(dict(zip(apart, part, strict=True))))]
        if not parts:
            raise InputError(
                "no bound in the library is about these cells; 'regretlab list' has what bounds are about."
            )
    if len(parts) > MOST_FACETS:
        raise InputError(
            f"{len(parts)} figures of {', '.join(apart)} are too many; hold one of them, as in {apart[0]}=..."
        )
    made = []
    for part in parts:
        at = dict(zip(apart, part, strict=True))
        of = data.sel({name: [value] for name, value in at.items()})
        title = ", ".join(_said(name, value) for name, value in at.items())
        if len(pair) == 2:
            table = ratios(of, pair, bound)
            table.attrs["title"] = f"{title}: {table.attrs['title']}" if title else table.attrs["title"]
            made.append(plots.ratio_map(table, pair))
        else:
            made.append(_lines(of, pair[0], kind, [name for name in others if name not in apart], title))
    return made[0] if len(made) == 1 else made


def ratios(data: xr.Dataset, names: Sequence[str], bound: str | None = None) -> pd.DataFrame:
    """Tabulate regret over bound over two axes of a part of the dataset whose other axes have one value.

    Columns: the axes, ``ratio``, ``verdict``, ``vacuous``, as :func:`regretlab.plots.ratio_map` takes them.
    """
    there = bounds(data)
    if bound is not None and bound not in there:
        raise unknown_name("bound of these cells", bound, there)
    chosen = bound or there[0]
    part = data[["ratio", "verdict"]].sel(bound=chosen)
    part = part.isel({name: 0 for name in part.dims if name not in names})
    table = part.to_dataframe().reset_index()[[*names, "ratio", "verdict"]]
    table["vacuous"] = table.verdict == "vacuous"
    table.attrs = {"title": chosen}
    return table


def bounds(data: xr.Dataset) -> list[str]:
    """Return the ids of the bounds of which the regret is a positive share somewhere in a part of the dataset."""
    return [b for b in data["bound"].values.tolist() if bool((data["ratio"].sel(bound=b) > 0).any())]


def _lines(data: xr.Dataset, x: str, kind: str, others: Sequence[str], title: str) -> Axes:
    if kind not in data:
        raise InputError(f"{kind} regret was not measured in this sweep; put measure=['{kind}'] into the study.")
    curves: dict[str, dict[float, np.ndarray]] = {}
    for values in itertools.product(*(data[name].values.tolist() for name in others)):
        of = data[kind].sel(dict(zip(others, values, strict=True)))
        of = of.isel({name: 0 for name in of.dims if name not in (x, "replicate")}).transpose(x, "replicate")
        words = ", ".join(_said(name, value) for name, value in zip(others, values, strict=True)) or f"{kind} regret"
        points = {at: row[~np.isnan(row)] for at, row in zip(of[x].values.tolist(), of.values, strict=True)}
        points = {at: row for at, row in points.items() if row.size and at > 0}
        if points:
            curves[words] = points
    if len(curves) > MOST_LINES:
        raise InputError(
            f"{len(curves)} lines are too many for one figure; give facet=, or hold one of {', '.join(others)}."
        )
    if not curves:
        raise InputError(f"the sweep has no {kind} regret at a positive {x}; draw over another axis.")
    return plots.sweep(curves, x, f"{kind} regret at the horizon", title=title, guides=x in SCALES)


def _said(name: str, value: Any) -> str:
    return str(value) if name in ("problem", "algorithm", "sampler") else f"{name} = {_plain(value)}"


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _words(values: np.ndarray) -> str:
    return ", ".join(_plain(value) for value in values.tolist())
