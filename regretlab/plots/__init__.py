"""Every figure: a pure function of a result that returns Axes, and a twin that returns the data it is drawn from.

Figures are made for a column of 3.4 inches, without pyplot: they work headless and leave no global state. A wider one
is drawn on ``plots.axes(7)``, or on any Axes of yours; ``ax.figure`` shows it in a notebook.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from regretlab.bounds import Bound
from regretlab.plots import _draw
from regretlab.plots._data import (
    FIT,
    average_regret_data,
    bound_versus_regret_data,
    common_kind,
    learning,
    regret_overview_data,
    sampling_probabilities_data,
)
from regretlab.plots._draw import (
    BAND,
    COLOURS,
    COLUMN,
    DASHES,
    GREY,
    MARKERS,
    NEGLIGIBLE,
    axes,
    name_curves,
    save,
    style,
)
from regretlab.plots._exponents import exponents, exponents_data
from regretlab.plots._grids import ratio_map, ratio_map_data, regret_over, regret_over_data
from regretlab.plots._instance import instance, instance_data
from regretlab.plots._losses import loss_curves, loss_curves_data
from regretlab.plots._ratios import bound_ratio, bound_ratio_data
from regretlab.plots._sweep import sweep, sweep_data
from regretlab.plots._terms import bound_terms, bound_terms_data
from regretlab.plots._variance import variance, variance_data
from regretlab.plots._worst import worst_case, worst_case_data

if TYPE_CHECKING:
    from regretlab.record import Record

__all__ = [
    "COLOURS", "COLUMN", "average_regret", "average_regret_data", "axes", "bound_ratio", "bound_ratio_data",
    "bound_terms", "bound_terms_data", "bound_versus_regret", "bound_versus_regret_data", "common_kind", "exponents",
    "exponents_data", "instance", "instance_data", "learning", "loss_curves", "loss_curves_data", "name_curves",
    "ratio_map", "ratio_map_data", "regret_over", "regret_over_data", "regret_overview", "regret_overview_data",
    "sampling_probabilities", "sampling_probabilities_data", "save", "style", "sweep", "sweep_data", "variance",
    "variance_data", "worst_case", "worst_case_data",
]  # fmt: skip


@style()
def bound_versus_regret(
    result: Record, algorithm: str | None = None, *, kind: str | None = None,
    bounds: Sequence[str | Bound] | None = None, mode: str = "stated", ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Regret with its band, the bounds that apply, the terms of the first one, and where a bound is violated.

    ``algorithm`` is needed when the result has several; ``kind`` is the regret to draw, by default the one that the
    bounds speak of, online first; ``bounds`` are ids or bounds, by default all that apply; ``mode`` says how their
    constants are read ("stated", "measured" or "a priori"); ``ax`` is where to draw, by default in a new figure.
    """
    data = bound_versus_regret_data(result, algorithm, kind=kind, bounds=bounds, mode=mode)
    ax = ax or axes()
    regret, *others = (curve for _, curve in data.groupby(["role", "id"], sort=False))
    lines, terms, trivial = ([c for c in others if c.role.iloc[0] == r] for r in ("bound", "term", "trivial"))
    violated = [(i, line, _draw.remark(line)) for i, line in enumerate(lines, start=1) if line["first"].notna().any()]

    sizes = _draw.sizes([c.value for c in (regret, *lines, *trivial)])
    peaks = [peak for c in terms if NEGLIGIBLE * sizes.min() < (peak := c.value.max()) < math.inf]
    rooms = [1 + remark.count("\n") for _, _, remark in violated]
    notes = sum(rooms) + (regret.value < sizes.min()).any()
    bottom = _draw.logarithmic(ax, regret.t, min(*sizes, *peaks), max(*sizes, *peaks), notes)
    _draw.guides(ax, regret)
    _draw.bands(ax, [regret], [regret.label.iloc[0]], bottom)
    ax.fill_between([], [], color=COLOURS[0], alpha=BAND, lw=0, label=data.attrs["band"])
    for i, line in enumerate(lines, start=1):
        ax.plot(line.t, line.value.where(line.value > 0), label=line.label.iloc[0], **_draw.look(i) | _draw.alone(line))
    for i, term in enumerate(terms, start=1):
        note = " (= 0)" if term.value.max() <= 0 else " (below the axis)" if term.value.max() < bottom else ""
        look: dict[str, Any] = {"color": COLOURS[1], "lw": 0.7, "ls": DASHES[i % len(DASHES)], "zorder": 2}
        look |= _draw.alone(term) and {
            "ls": "",
            "marker": MARKERS[i % len(MARKERS)],
            "ms": 2,
            "mfc": "white",
            "mew": 0.5,
        }
        ax.plot(term.t, term.value.where(term.value > 0), label=term.label.iloc[0] + note, **look)
    for line in trivial:
        ax.plot(line.t, line.value, color=GREY, ls=(0, (1, 1.5)), zorder=1.8, label=line.label.iloc[0])
    for k, (i, line, remark) in enumerate(violated):
        _draw.mark_violation(ax, line, COLOURS[i % len(COLOURS)], remark, sum(rooms[:k]))
    _draw.below(ax, [regret], bottom, sum(rooms))
    ax.set(xlabel=data.attrs["steps"], ylabel=f"{data.attrs['kind']} regret $R(t)$")
    return _draw.legend(ax, data.attrs["title"])


@style()
def average_regret(result: Record, *, kind: str | None = None, ax: Axes | None = None) -> Axes:
    """R(t) / t of every algorithm: does it tend to zero? Logarithmic if all is positive, else linear around zero.

    By default the regret is the kind in which all can be compared, :func:`common_kind`.
    """
    data = average_regret_data(result, kind=kind)
    ax = ax or axes()
    ends, sizes = data[["value", "low", "high"]].to_numpy(), _draw.sizes([data.value.abs()])
    if (ends > 0).all():
        ax.set_yscale("log")
    elif sizes.max(initial=0) > 30 * np.median(sizes):
        ax.set_yscale("symlog", linthresh=10 ** math.floor(math.log10(np.median(sizes))))
    ax.set_xscale("log")
    _draw.decades(ax.xaxis, data.t.min(), data.t.max())
    curves = [curve for _, curve in data.groupby("algorithm", sort=False)]
    _draw.bands(ax, curves, [curve.label.iloc[0] for curve in curves])
    if (ends <= 0).any():
        ax.axhline(0, color=GREY, lw=0.6, zorder=1)
    ax.set(xlabel=data.attrs["steps"], ylabel=f"average {data.attrs['kind']} regret $R(t)/t$")
    return _draw.legend(ax, result.problem.name, data.attrs["band"])


@style()
def regret_overview(result: Record, *, kind: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the regret of every algorithm, with the exponents of t and their 95 % intervals in the legend.

    By default it is the kind in which all can be compared, :func:`common_kind`; an estimate that is biased says so.
    """
    data = regret_overview_data(result, kind=kind)
    ax = ax or axes()
    curves = [curve for _, curve in data.groupby("algorithm", sort=False)]
    sizes = _draw.sizes([data.value])
    bottom = _draw.logarithmic(ax, data.t, sizes.min(), sizes.max(), (data.value < sizes.min()).any())
    _draw.guides(ax, max(curves, key=lambda curve: curve.value.iloc[-1]))
    _draw.bands(ax, curves, [f"{c.label.iloc[0]}\n{_power(*c[FIT].iloc[0])}" for c in curves], bottom)
    _draw.below(ax, curves, bottom, 0)
    ax.set(xlabel=data.attrs["steps"], ylabel=f"{data.attrs['kind']} regret $R(t)$")
    return _draw.legend(ax, result.problem.name, data.attrs["band"])


def _power(exponent: float, low: float, high: float) -> str:
    interval = "no interval" if math.isnan(low) else f"[{low:.2f}, {high:.2f}]"
    return "no exponent" if math.isnan(exponent) else f"$t^{{{exponent:.2f}}}$ {interval}"


@style()
def sampling_probabilities(result: Record, *, algorithms: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw what the samplers have learned at the horizon: probabilities in decreasing order, and the uniform law.

    Algorithms whose law is fixed are left out unless named. Inclusion probabilities, which sum to K, are divided by K.
    """
    data = sampling_probabilities_data(result, algorithms=algorithms)
    ax, n = ax or axes(), data["rank"].max()
    ax.set(xscale="log" if n > 20 else "linear", yscale="log", xlabel="example, by decreasing probability")
    ax.set_ylabel("sampling probability" + ("\n(inclusion probability / $K$)" if (data.total > 1).any() else ""))
    if n <= 20:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    few = data.high.max() < 100 * data.low.min()
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(lambda x, _: f"{x:g}" if few and f"{x:.0e}"[0] in "25" else "")
    marks = np.unique(np.geomspace(1, n, 8).astype(int) - 1).tolist()
    for name, curve in data.groupby("algorithm", sort=False):
        look = _draw.look(result.algorithms.index(name))
        band = _draw.OF + curve.label.iloc[0]
        ax.fill_between(curve["rank"], curve.low, curve.high, color=look["color"], alpha=BAND, lw=0, label=band)
        ax.plot(curve["rank"], curve.value, label=curve.label.iloc[0], **look | {"markevery": marks})
    ax.axhline(1 / n, color=GREY, lw=0.8, ls=(0, (4, 2)), zorder=1.5, label=f"uniform: 1/{n}")
    return _draw.legend(ax, result.problem.name, f"range over R = {result.replicates} runs" * (result.replicates > 1))
