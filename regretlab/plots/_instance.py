"""The figure of one instance, round by round: losses, iterates and regret."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from regretlab.plots import _draw as draw
from regretlab.plots._draw import COLOURS, COLUMN, DASHES, GREY, MARKERS, _Axes, _Figure, style

#: Periods of the losses and iterates that are shown, and rounds at least and at most.
PERIODS, FEWEST, MOST = 8, 24, 100
#: Height of the figure in inches, and the shares of its panels.
HEIGHT, RATIOS = 4.2, (0.5, 1.0, 1.4)


def instance_data(record: xr.Dataset) -> pd.DataFrame:
    """Tabulate the data of :func:`instance`: one line per curve and round.

    Columns ``panel`` (loss, iterate, regret), ``role`` (``left`` and ``right``: the slopes on either side of a loss's
    kink, equal where it has none; ``x``, ``regret``, ``average regret``, ``bound``, ``limit``), ``algorithm``, ``t``,
    ``value``. A record with a finite ``limit`` is about average regret, R(t)/t,
    which does not vanish; another one is about regret that exceeds a bound. ``record`` is that of a
    :class:`regretlab.falsifier.Falsification`.
    """
    t, average = record.t.values, math.isfinite(record.attrs["limit"])
    parts = [
        pd.DataFrame({"panel": "loss", "role": side, "algorithm": "", "t": t, "value": record[side].values})
        for side in ("left", "right")
    ]
    for name in record.algorithm.values.tolist():
        own = record.sel(algorithm=name)
        regret = own.regret.values / t if average else own.regret.values
        role = "average regret" if average else "regret"
        parts.append(pd.DataFrame({"panel": "iterate", "role": "x", "algorithm": name, "t": t, "value": own.x.values}))
        parts.append(pd.DataFrame({"panel": "regret", "role": role, "algorithm": name, "t": t, "value": regret}))
    subject = record.algorithm.values.tolist()[0]
    line = np.full(t.size, record.attrs["limit"]) if average else record.bound.values[0]
    role = "limit" if average else "bound"
    parts.append(pd.DataFrame({"panel": "regret", "role": role, "algorithm": subject, "t": t, "value": line}))
    data = pd.concat(parts, ignore_index=True)
    data.attrs = dict(record.attrs)
    return data


@style()
def instance(record: xr.Dataset) -> list[Axes]:
    """Draw losses and iterates of the first periods and the regret of all rounds: three Axes above one another.

    The subject is drawn with the negative controls; its regret with the bound that it exceeds, or its average regret
    with the limit that is not zero.
    """
    data, period, t = instance_data(record), record.attrs["period"], record.t
    shown = int(min(t.max(), max(FEWEST, min(MOST, PERIODS * period))))
    figure = _Figure(figsize=(COLUMN, HEIGHT), layout="constrained")
    panels = {"height_ratios": RATIOS}
    loss, iterate, regret = figure.subplots(3, 1, gridspec_kw=panels, subplot_kw={"axes_class": _Axes})
    iterate.sharex(loss)
    early = data[data.t <= shown]
    apart = 0.14 if (record.left != record.right).any() else 0.0
    for side, sign in (("left", -1), ("right", 1)):
        slopes = early[early.role == side]
        loss.vlines(slopes.t + sign * apart, 0, slopes.value, color="black", lw=1.2 if shown <= 40 else 0.7)
    loss.axhline(0, color=GREY, lw=0.6)
    for first in range(1, shown + 1, 2 * period):  # every other period
        for ax in (loss, iterate):
            ax.axvspan(first - 0.5, min(first + period, shown + 1) - 0.5, color="0.94", lw=0, zorder=0)
    loss.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    loss.tick_params(labelbottom=False)
    loss.set(ylabel="slope of $f_t$", xlim=(0.5, shown + 0.5))
    iterate.axhline(record.attrs["best"], color=GREY, lw=0.8, ls=(0, (1, 1.5)), label="best fixed point")
    for i, curve in enumerate(_curves(early, "iterate")):
        iterate.plot(curve.t, curve.value, **_line(i), marker=MARKERS[i], ms=2, label=curve.algorithm.iloc[0])
    iterate.set(xlabel="round $t$", ylabel="iterate $x_t$", ylim=(-1.15, 1.15), yticks=(-1, 0, 1))
    iterate.xaxis.set_major_locator(MaxNLocator(integer=True))
    for i, curve in enumerate(_curves(data, "regret")):
        regret.plot(curve.t, curve.value, **_line(i))
    if math.isfinite(record.attrs["limit"]):
        _limit(regret, data, record)
    else:
        _bound(regret, data, record)
    (best_point, *own), (best_label, *names) = iterate.get_legend_handles_labels()
    (line,), (words,) = regret.get_legend_handles_labels()
    figure.legend(
        [*own, best_point, line], [*names, best_label, words], loc="outside upper left", ncols=2,
        title=textwrap.fill(record.attrs["title"], 56), alignment="left",
    )  # fmt: skip
    figure.align_ylabels()
    return [loss, iterate, regret]


def _curves(data: pd.DataFrame, panel: str) -> list[pd.DataFrame]:
    """Return the curves of the subject and the controls in a panel."""
    own = data[(data.panel == panel) & data.role.isin(["x", "regret", "average regret"])]
    return [curve for _, curve in own.groupby("algorithm", sort=False)]


def _line(i: int) -> dict[str, Any]:
    return {"color": COLOURS[i], "ls": DASHES[i], "lw": 1.2 if i == 0 else 0.9, "zorder": 3 - 0.1 * i}


def _limit(ax: Axes, data: pd.DataFrame, record: xr.Dataset) -> None:
    """Draw the limit of the average regret, on a logarithmic axis of rounds that begins where a period ends."""
    limit, period, last = record.attrs["limit"], record.attrs["period"], int(record.t.max())
    ax.axhline(limit, color=COLOURS[0], lw=0.8, ls=(0, (1, 1.5)), label=f"limit of $R(t)/t$: {limit:.4g}")
    ax.set(xscale="log", xlabel="round $t$", ylabel="average regret $R(t)/t$", xlim=(period, last))
    ax.set_ylim(0, 1.05 * data[(data.panel == "regret") & (data.t >= period)].value.max())
    ax.xaxis.set_major_formatter(draw.decade)


def _bound(ax: Axes, data: pd.DataFrame, record: xr.Dataset) -> None:
    """Draw the bound and the round of the first violation, and hatch the regret above the bound."""
    subject = data[data.role == "bound"].algorithm.iloc[0]
    own = data[(data.panel == "regret") & (data.algorithm == subject)]
    regret, bound = (own[own.role == role].value.to_numpy() for role in ("regret", "bound"))
    t, first = record.t.values, record.attrs["violated"]
    ax.plot(t, bound, color="black", lw=0.8, label=record.attrs["bound"])
    over: dict[str, Any] = {"facecolor": "none", "edgecolor": COLOURS[0], "hatch": "/////", "lw": 0, "zorder": 1.5}
    ax.fill_between(t, bound, regret, where=regret > bound, gid="excess", **over)
    ax.plot(first, regret[first - 1], marker="X", ms=6, color="black", mec="white", zorder=5, gid="violation")
    ax.annotate(
        f"first violated at $t = {first}$", (first, regret[first - 1]), (0.03, 0.95), textcoords="axes fraction",
        va="top", arrowprops={"arrowstyle": "-", "lw": 0.6, "shrinkB": 4, "relpos": (0.8, 0)},
    )  # fmt: skip
    ax.set(xlabel="round $t$", ylabel="regret $R(t)$", xlim=(0.5, t[-1] + 0.5))
    ax.set_ylim(bottom=min(0.0, float(regret.min())), top=1.15 * max(regret.max(), bound[np.isfinite(bound)].max()))
