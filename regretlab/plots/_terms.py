"""A bound decomposed: its terms stacked up to the bound, above the regret they are to cover."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from regretlab.bounds import Bound
from regretlab.plots import _draw as draw
from regretlab.plots._data import bound_versus_regret_data, first_bound
from regretlab.plots._draw import COLOURS, GREY, HATCHES, axes, style

if TYPE_CHECKING:
    from regretlab.record import Record

#: Shades of a bound's terms, from the largest to the smallest; each has its hatch as well.
SHADES = (0.55, 0.3, 0.16, 0.08)


def bound_terms_data(
    result: Record, algorithm: str | None = None, *, bound: str | Bound | None = None, mode: str = "stated"
) -> pd.DataFrame:
    """Tabulate the data of :func:`bound_terms`: those of :func:`bound_versus_regret` for one bound, terms stacked.

    The terms come in decreasing order of their values at the last step drawn, the horizon or the end of a period.
    Columns ``role``, ``id``, ``label``, ``t``, ``value``, ``low``, ``high``, ``above``, ``intervals``, ``worst``,
    ``verdict``, ``first``, ``there`` as there, and for a term ``base`` and ``top`` (the ends of its layer; the last
    ``top`` is the bound), ``share`` (of the bound at that step; of an infinite one 0, and nan for what makes it so) and
    ``growth`` (its exponent of T as T grows, with statistics of the run at their worst, as text). ``attrs`` as there.
    """
    chosen = first_bound(result, algorithm) if bound is None else bound
    orders = result.bound(chosen, algorithm, mode).orders
    data = bound_versus_regret_data(result, algorithm, bounds=[chosen], mode=mode)
    parts = dict(iter(data.groupby("role", sort=False)))
    terms = parts["term"].pivot(index="t", columns="id", values="value").astype(float)
    order = terms.iloc[-1].sort_values(ascending=False, kind="stable").index
    tops = terms[order].cumsum(axis=1)
    shares = terms.iloc[-1] / tops.iloc[-1, -1]
    layers = [
        parts["term"][parts["term"].id == name].assign(
            base=(tops[name] - terms[name]).to_numpy(),
            top=tops[name].to_numpy(),
            share=shares[name],
            growth=str(orders[name].T),
        )
        for name in order
    ]
    rest = [parts[role] for role in ("regret", "bound", "trivial") if role in parts]
    stacked = pd.concat([*layers, *rest], ignore_index=True)
    stacked.attrs = data.attrs
    return stacked


@style()
def bound_terms(
    result: Record, algorithm: str | None = None, *, bound: str | Bound | None = None, mode: str = "stated",
    ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """One bound as a stack of its terms, largest at the bottom, with the regret and its band.

    Both axes are logarithmic: the height of a layer is the *factor* by which its term raises what lies below it; the
    shares of the bound at the horizon are in the legend. ``bound`` is an id or a bound, by default the first that
    applies; where the trivial bound is no larger than the stack, the bound is vacuous.
    """
    data = bound_terms_data(result, algorithm, bound=bound, mode=mode)
    ax = ax or axes()
    regret, line = (data[data.role == role] for role in ("regret", "bound"))
    trivial = data[data.role == "trivial"]
    remark = draw.remark(line) if line["first"].notna().any() else ""
    sizes = draw.sizes([regret.value, line.value, trivial.value])
    room = (1 + remark.count("\n")) * bool(remark)
    bottom = draw.logarithmic(ax, regret.t, sizes.min(), sizes.max(), room + (regret.value < sizes.min()).any())
    for i, (_, layer) in enumerate(data[data.role == "term"].groupby("id", sort=False)):
        look: dict[str, Any] = {"facecolor": (COLOURS[1], SHADES[i % len(SHADES)]), "edgecolor": COLOURS[1], "lw": 0.4}
        base, top = (layer[end].astype(float).clip(lower=bottom) for end in ("base", "top"))
        if draw.alone(layer):
            ax.vlines(layer.t, base, top, color=look["facecolor"], lw=4, label=_words(layer), zorder=1)
        else:
            ax.fill_between(layer.t, base, top, hatch=HATCHES[i % len(HATCHES)], label=_words(layer), zorder=1, **look)
    own = {"marker": "_", **draw.alone(line)} if draw.alone(line) else {}
    ax.plot(line.t, line.value, color=COLOURS[1], lw=1.4, zorder=2.5, label=line.label.iloc[0], **own)
    draw.bands(ax, [regret], [regret.label.iloc[0]], bottom)
    ax.lines[-1].set_path_effects([withStroke(linewidth=2.6, foreground="white")])
    if len(trivial):
        ax.plot(trivial.t, trivial.value, color=GREY, ls=(0, (1, 1.5)), lw=1, zorder=2.6, label="trivial bound")
    if remark:
        draw.mark_violation(ax, line, "black", remark, 0)
    draw.below(ax, [regret], bottom, room)
    for note in ax.texts:
        note.set_color("black")  # they stand on the colour of the terms
    ax.set(xlabel=data.attrs["steps"], ylabel=f"{data.attrs['kind']} regret $R(t)$")
    return draw.legend(ax, data.attrs["title"], data.attrs["band"])


def _words(layer: pd.DataFrame) -> str:
    """Write a term's entry in the legend: its name, its share of the bound at the horizon and its growth."""
    share, power = layer.share.iloc[0], layer.growth.iloc[0]
    if layer.value.max() <= 0:
        return f"{layer.label.iloc[0]} (= 0)"
    if layer.value.iloc[-1] == math.inf:
        return f"{layer.label.iloc[0]} (infinite)"
    part = "< 1 %" if share < 0.01 else f"{100 * share:.0f} %"
    growth = "is constant" if power == "0" else "grows as $t$" if power == "1" else f"grows as $t^{{{power}}}$"
    return f"{layer.label.iloc[0]}: {part},\n{growth}"
