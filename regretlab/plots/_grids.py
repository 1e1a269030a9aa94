"""Figures over a grid of simulations: how tight a bound is over two parameters, and regret over one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import NullLocator

from regretlab.bounds import Bound
from regretlab.bounds.symbols import LATEX, MEANING
from regretlab.errors import InputError
from regretlab.plots import _draw as draw
from regretlab.plots._data import against, first_bound, ratios
from regretlab.plots._draw import COLOURS, GREY, axes, style
from regretlab.plots._periods import last_end
from regretlab.verdicts.means import CERTIFIED, STUDENT, Interval, interval

if TYPE_CHECKING:
    from regretlab.record import Record

Grid = Mapping[Hashable, "Record"]
#: From nearly white to a dark form of the first colour: its order survives in grey.
SHADE = LinearSegmentedColormap.from_list("shade", ["#EAF3F9", "#6FB1D8", COLOURS[0], "#00263D"])
#: Above this luminance a cell's number is black.
BRIGHT = 0.55


def ratio_map_data(
    grid: Grid | pd.DataFrame, names: Sequence[str] = ("n", "K"), *, algorithm: str | None = None,
    bound: str | Bound | None = None, mode: str = "stated",
) -> pd.DataFrame:  # fmt: skip
    """Tabulate the data of :func:`ratio_map`: one line per simulation.

    Columns: the two parameters; ``id`` of the bound, by default the first that is about the algorithm; ``regret`` and
    ``bound`` at the horizon and their ``ratio``, in the run whose ratio is largest (for a bound in expectation: of the
    mean); ``vacuous``, whether the bound is no better than the trivial one; ``verdict``. A table needs both parameters
    and ``ratio``; ``vacuous`` and ``verdict`` are filled in if they are missing.
    """
    if isinstance(grid, pd.DataFrame):
        if missing := [name for name in (*names, "ratio") if name not in grid]:
            raise InputError(f"the table has no column {', '.join(missing)}; it has {', '.join(map(str, grid))}.")
        return grid.assign(**{k: v for k, v in (("vacuous", False), ("verdict", "")) if k not in grid})
    lines = []
    for place, result in _cells(grid, names):
        c = result.bound(first_bound(result, algorithm) if bound is None else bound, algorithm, mode)
        last = ratios(c).iloc[-1]
        lines.append(place | {name: last[name] for name in ("id", "regret", "bound", "ratio", "vacuous", "verdict")})
    data = pd.DataFrame(lines)
    data.attrs = {"title": against(result, result.description(algorithm).algorithm, c.bound)}
    return data


@style()
def ratio_map(
    grid: Grid | pd.DataFrame, names: Sequence[str] = ("n", "K"), *, algorithm: str | None = None,
    bound: str | Bound | None = None, mode: str = "stated", ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Regret over bound at the horizon, as a heat map over two parameters of a grid of simulations.

    ``grid`` maps pairs, such as ``(n, K)`` or ``(alpha, gamma)``, to results, or is a table with columns ``names`` and
    ``ratio``; ``names`` are the meanings of the pairs, the first one along the horizontal axis. Violated cells have a
    thick frame, vacuous ones (the bound is no better than the trivial one) are hatched, and where an assumption fails
    the number is in brackets.
    """
    data = ratio_map_data(grid, names, algorithm=algorithm, bound=bound, mode=mode)
    title = data.attrs.get("title", "")
    ax = ax or axes()
    table = data.pivot(index=names[1], columns=names[0], values="ratio").astype(float)
    positive = draw.sizes([data.ratio])
    low, high = positive.min() / 1.05, positive.max() * 1.05
    norm = LogNorm(low, high)
    mesh = ax.pcolormesh(table.where(table > 0), cmap=SHADE, norm=norm, edgecolors="white", lw=1)
    for cell in data.to_dict("records"):
        x, y = table.columns.get_loc(cell[names[0]]), table.index.get_loc(cell[names[1]])
        _cell(ax, x, y, cell, SHADE(norm(cell["ratio"])) if cell["ratio"] > 0 else (1.0, 1.0, 1.0, 1.0))
    for setter, values in ((ax.set_xticks, table.columns), (ax.set_yticks, table.index)):
        setter(np.arange(len(values)) + 0.5, [f"{value:g}" if np.isreal(value) else str(value) for value in values])
    ax.spines[:].set_visible(False)
    ax.set(xlabel=_meaning(names[0]), ylabel=_meaning(names[1]))
    verdicts = data.verdict.astype(str)
    for occurs, words, look in (
        ((verdicts == "violated").any(), "bound violated", {"ec": COLOURS[1], "lw": 1.8}),
        (data.vacuous.any(), "bound vacuous", {"ec": GREY, "lw": 0.4, "hatch": "////"}),
        (verdicts.str.startswith("not applicable").any(), "( ) an assumption fails", {"ec": "none"}),
    ):
        if occurs:
            ax.fill_between([], [], label=words, fc="none", **look)
    draw.legend(ax, title)
    ax.tick_params(length=0, which="both")
    bar = ax.figure.colorbar(mesh, ax=ax, pad=0.02, aspect=25, label="regret / bound at the horizon")
    few = high < 30 * low
    bar.ax.yaxis.set_major_formatter("{x:g}" if few else draw.decade)
    bar.ax.yaxis.set_minor_formatter(lambda v, _: _short(v) if few and f"{v:.0e}"[0] in "25" else "")
    bar.ax.tick_params(labelsize=7, which="both")
    bar.outline.set_visible(False)
    if low < 1 < high:
        bar.ax.axhline(1, color=COLOURS[1], lw=1.8)
    return ax


def _cell(ax: Axes, x: int, y: int, cell: dict[Hashable, Any], colour: tuple[float, ...]) -> None:
    """Draw the number and the marks of one cell."""
    ink = "black" if _luminance(colour) > BRIGHT else "white"
    verdict, words = str(cell["verdict"]), _short(cell["ratio"])
    if cell["vacuous"]:
        ax.add_patch(Rectangle((x, y), 1, 1, fill=False, ec=(ink, 0.45), hatch="////", lw=0, gid="vacuous"))
    if verdict == "violated":
        frame = Rectangle((x + 0.06, y + 0.06), 0.88, 0.88, fill=False, ec=COLOURS[1], lw=1.6, gid="violated")
        frame.set_path_effects([withStroke(linewidth=3.6, foreground="white")])
        ax.add_patch(frame)
    box = {"boxstyle": "round,pad=0.15", "fc": colour, "ec": "none"}
    words = f"({words})" if verdict.startswith("not applicable") else words
    ax.text(x + 0.5, y + 0.5, words, ha="center", va="center", color=ink, fontsize=6.5, bbox=box)


def regret_over_data(grid: Grid, name: str = "n", *, kind: str = "online") -> pd.DataFrame:
    """Tabulate the data of :func:`regret_over`: one line per algorithm and simulation.

    Columns ``algorithm`` (its short name, by which the simulations' algorithms are matched), the parameter, and the
    mean regret at the horizon with its interval: ``value``, ``low``, ``high``. In a cyclic order it is that at the end
    of the last whole period, if the record has it. ``attrs`` names the interval, and ``where`` the regret is.
    """
    cells = sorted(_cells(grid, [name]), key=lambda cell: cell[0][name])
    lines = [
        (result.label(a), place[name], *_last(result, kind, a))
        for place, result in cells
        for a in result.algorithms
        if kind in result.kinds(a)
    ]
    if not lines:
        raise InputError(f"{kind} regret was not measured in this grid; simulate with measure=('{kind}',).")
    data = pd.DataFrame(lines, columns=["algorithm", name, "value", "low", "high"])
    runs = min(result.replicates for _, result in cells)
    drawn = runs > 1 and any(result.random(a) for _, result in cells for a in result.algorithms)
    band = f"band: {STUDENT}" if drawn else f"{CERTIFIED} interval"
    whole = all(last_end(r.description(a), r.record.t.values) == r.horizon for _, r in cells for a in r.algorithms)
    data.attrs = {
        "band": f"{band} (R = {runs})",
        "where": "at the horizon" if whole else "at the horizon\n(cyclic: at the last end of a period)",
    }
    return data


def _last(result: Record, kind: str, name: str) -> Interval:
    """Return the mean regret and its interval at the horizon; in a cyclic order at the end of the last whole period."""
    record, run = result.of(name), result.description(name)
    return interval(run, kind, record.sel(t=slice(last_end(run, record.t.values))), "normal")


@style()
def regret_over(grid: Grid, name: str = "n", *, kind: str = "online", ax: Axes | None = None) -> Axes:
    """Draw the regret at the horizon over one parameter of a grid of simulations, for every algorithm.

    ``grid`` maps the parameter's values to results; ``name`` is its meaning. Slopes 1/2 and 1 are drawn too.
    """
    data = regret_over_data(grid, name, kind=kind)
    ax = ax or axes()
    curves = [curve.assign(t=curve[name]) for _, curve in data.groupby("algorithm", sort=False)]
    sizes, values = draw.sizes([data.value]), data[name]
    bottom = draw.logarithmic(ax, values, sizes.min(), sizes.max(), (data.value < sizes.min()).any())
    draw.guides(ax, max(curves, key=lambda curve: curve.value.iloc[-1]), _letter(name))
    draw.bands(ax, curves, [curve.algorithm.iloc[0] for curve in curves], bottom)
    for line in ax.lines:
        line.set_markevery(1)
    places = sorted(set(values))
    ax.set_xticks(places, [f"{place:g}" for place in places])
    ax.xaxis.set_minor_locator(NullLocator())
    draw.below(ax, curves, bottom, 0, f"${_letter(name)}$")
    ax.set(xlabel=_meaning(name), ylabel=f"{kind} regret {data.attrs['where']}")
    return draw.legend(ax, "", data.attrs["band"])


def _letter(name: str) -> str:
    """Return a parameter as mathematics: its symbol in the bounds, else its own name."""
    return {symbol.name: latex for symbol, latex in LATEX.items()}.get(name, name)


def _meaning(name: str) -> str:
    """Return a parameter as the label of an axis: its letter, and its meaning in the bounds."""
    words = {symbol.name: f"{text} ${_letter(symbol.name)}$" for symbol, text in MEANING.items()}
    return words.get(name, name)


def _luminance(colour: tuple[float, ...]) -> float:
    """Return the brightness of a colour, from 0 to 1 (Rec. 601)."""
    return float(np.dot(colour[:3], (0.299, 0.587, 0.114)))


def _short(ratio: float) -> str:
    """Two digits: 0.013, 1.4, 3.0e-5."""
    return f"{ratio:.2g}" if abs(ratio) >= 1e-3 else f"{ratio:.1e}".replace("e-0", "e-")


def _cells(grid: Grid, names: Sequence[str]) -> list[tuple[dict[str, Any], Record]]:
    """Return the results of a grid with the values of their parameters by name."""
    if not grid:
        raise InputError(f"the grid is empty; give at least one result, by its {' and '.join(names)}.")
    cells = []
    for key, result in grid.items():
        values = key if isinstance(key, tuple) else (key,)
        if len(values) != len(names):
            raise InputError(f"the key {key!r} of the grid does not hold one value each of {', '.join(names)}.")
        cells.append((dict(zip(names, values, strict=True)), result))
    return cells
