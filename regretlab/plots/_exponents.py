"""The exponents of t of several algorithms side by side: a forest plot."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from regretlab.errors import InputError
from regretlab.plots import _draw as draw
from regretlab.plots._draw import COLOURS, PALE, axes, style

if TYPE_CHECKING:
    from regretlab.record import Record

#: Height of a row, and of what is around the rows, in inches.
ROW, FRAME = 0.2, 0.5
#: Characters in a line of an algorithm's name.
WIDE = 20


def exponents_data(*results: Record, kind: str = "online") -> pd.DataFrame:
    """Tabulate the data of :func:`exponents`: one line per problem and algorithm.

    Columns ``problem``, ``algorithm``, ``label``; ``exponent`` of t in the regret with its 95 % interval ``low`` and
    ``high`` (nan where there is none) and ``how`` it was found or why not
    (:meth:`regretlab.record.Record.exponent`); ``claimed``, the smallest exponent of T that a bound about it has (nan
    without a bound), and that bound's ``id``.
    """
    lines = []
    for result in results:
        for name in [a for a in result.algorithms if kind in result.kinds(a)]:
            claims = [(float(max(order.T for order in c.orders.values())), c.bound.id)
                      for c in result.comparisons(name) if c.bound.speaks_of == kind]  # fmt: skip
            claimed, bound = min(claims, default=(math.nan, ""))
            value, low, high, how = result.exponent(kind, name)[:4]
            lines.append({
                "problem": result.problem.name, "algorithm": name, "label": result.label(name), "exponent": value,
                "low": low, "high": high, "how": how, "claimed": claimed, "id": bound,
            })  # fmt: skip
    if not lines:
        raise InputError(f"none of these results has {kind} regret; simulate with measure=('{kind}',).")
    return pd.DataFrame(lines)


@style()
def exponents(*results: Record, kind: str = "online", ax: Axes | None = None) -> Axes:
    """Draw a forest plot of the exponents of t with their intervals (:func:`regretlab.scaling.exponent`) and bounds.

    A triangle is the smallest exponent of T that a bound about the algorithm has. Where a whole interval lies to its
    right the marker is a cross: the regret grew faster over the window than the bound does.
    """
    data = exponents_data(*results, kind=kind)
    data["label"] = [textwrap.fill(words, WIDE) for words in data.label]
    first = data.problem != data.problem.shift()
    several = first.sum() > 1
    # A row for every algorithm, and one for the name of every problem where there are several.
    data["row"] = np.arange(len(data)) + 1.25 * several * first.cumsum()
    rows = data.row.max() + 1
    ax = ax or axes(height=FRAME + ROW * rows)
    for power in (0.5, 1.0):
        ax.axvline(power, color=PALE, lw=0.9, zorder=0)
    for _, fit in data.iterrows():
        y = fit.row
        fast = fit.low > fit.claimed
        color = COLOURS[1] if fast else COLOURS[0]
        ax.plot([fit.low, fit.high], [y, y], color=color, lw=1.2, solid_capstyle="butt", zorder=2)
        ax.plot(fit.exponent, y, "X" if fast else "o", color=color, ms=5 if fast else 4, mec="white", mew=0.4, zorder=3)
        ax.plot(fit.claimed, y, "v", color="black", mfc="none", ms=4, mew=0.7, zorder=4)
        words = f"{fit.exponent:.2f} [{fit.low:.2f}, {fit.high:.2f}]" if np.isfinite(fit.exponent) else "no exponent"
        ax.annotate(words, (1, y), (4, 0), xycoords=ax.get_yaxis_transform(), textcoords="offset points", va="center")
    ax.set(ylim=(rows - 0.4, -0.6), yticks=data.row, yticklabels=data.label)
    ax.tick_params(axis="y", length=0, pad=4)
    margin = 4 + max(text.get_window_extent().width for text in ax.get_yticklabels()) * 72 / ax.figure.dpi
    for _, fit in data[first].iterrows() if several else ():
        ax.annotate(fit.problem, (0, fit.row - 1), (-margin, 0), xycoords=ax.get_yaxis_transform(), va="center",
                    textcoords="offset points", weight="bold")  # fmt: skip
    _keys(ax, data)
    ax.set_xlabel(f"exponent of $t$ in the {kind} regret")
    ax.spines["left"].set_visible(False)
    low, high = ax.get_xlim()
    ax.set_xlim(min(low, 0.4), max(high, 1.1))
    draw.legend(ax, "" if several else str(data.problem.iloc[0]), margin=margin)
    ax.tick_params(axis="y", width=0)
    return ax


def _keys(ax: Axes, data: pd.DataFrame) -> None:
    """Explain the marks that occur."""
    fast = data.low > data.claimed
    if (np.isfinite(data.exponent) & ~fast).any():
        ax.plot([], [], "-o", color=COLOURS[0], ms=4, label="fit, with interval")
    if fast.any():
        ax.plot([], [], "-X", color=COLOURS[1], ms=5, label="faster than its bound")
    if data.claimed.notna().any():
        ax.plot([], [], "v", color="black", mfc="none", ms=4, mew=0.7, label="exponent of its bound")
