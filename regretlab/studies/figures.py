"""The figures of a study's page: as SVG, with their data, and with what says which data are under the pointer."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from regretlab import plots
from regretlab.result import Result

#: Of each overview: what draws it, what tabulates its data, and the columns of the two axes.
OVERVIEWS: dict[str, tuple[Callable[..., Axes], Callable[..., pd.DataFrame], str, str]] = {
    "regret": (plots.regret_overview, plots.regret_overview_data, "t", "value"),
    "average": (plots.average_regret, plots.average_regret_data, "t", "value"),
    "tightness": (plots.bound_ratio, plots.bound_ratio_data, "t", "ratio"),
    "probabilities": (plots.sampling_probabilities, plots.sampling_probabilities_data, "rank", "value"),
    "loss over epochs": (plots.loss_curves, plots.loss_curves_data, "x", "value"),
    "loss over seconds": (
        partial(plots.loss_curves, over="seconds"), partial(plots.loss_curves_data, over="seconds"), "x", "value",
    ),
}  # fmt: skip


class Drawn(NamedTuple):
    """A figure as text.

    ``name`` is that of its files, and ``csv`` are the data it is drawn from. ``frame`` is JSON for the page's script:
    the columns of both axes; the scale of the first, and its limits; where that axis begins and ends, as shares of
    the figure's width; and what its legend names (:func:`~regretlab.plots.name_curves`).
    """

    name: str
    svg: str
    csv: str
    frame: str


def titles(result: Result) -> list[str]:
    """List the titles of one problem's figures: overviews, then bound versus regret of every algorithm with a bound."""
    bounded = [result.label(name) for name in result.algorithms if result.applicable(name)]
    online = any(bound.speaks_of == "online" for name in result.algorithms for bound in result.applicable(name))
    return [
        *(["loss over epochs"] if "train_loss" in result.record else []),
        *(["loss over seconds"] if "train_loss" in result.record and "," not in result.record.attrs["engine"] else []),
        "regret",
        "average",
        *(["tightness"] if online else []),
        *(["probabilities"] if plots.learning(result) else []),
        *(f"bound {label}" for label in bounded),
    ]


def figure(result: Result, title: str) -> tuple[Axes, pd.DataFrame, str, str]:
    """Return the figure with one of the :func:`titles`, its data, and the columns of its axes."""
    if title in OVERVIEWS:
        draw, tabulate, *axes = OVERVIEWS[title]
        return draw(result), tabulate(result), axes[0], axes[1]
    name = {f"bound {result.label(name)}": name for name in result.algorithms}[title]
    return plots.bound_versus_regret(result, name), plots.bound_versus_regret_data(result, name), "t", "value"


def drawn(result: Result, title: str, name: str) -> Drawn:
    """Return the figure with one of the :func:`titles` as text, and the name of its files."""
    axes, data, x, y = figure(result, title)
    named = [label.split("\n")[0].replace("$", "") for label in plots.name_curves(axes)]
    svg = as_svg(axes)  # which lays it out
    place = axes.get_position()
    frame: list[Any] = [x, y, axes.get_xscale(), *axes.get_xlim(), place.x0, place.x1, named]
    table = data.dropna(axis="columns", how="all").to_csv(index=False, float_format="%.7g")
    return Drawn(name, svg, table, json.dumps([f"{v:.6g}" if isinstance(v, float) else v for v in frame]))


def as_svg(axes: Axes) -> str:
    """Return a figure as SVG text."""
    plots.save(axes, buffer := io.BytesIO(), suffix=".svg")
    return buffer.getvalue().decode()
