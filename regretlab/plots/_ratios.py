"""The tightness of bounds: the regret as a share of its bound, over the steps of a run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from regretlab.errors import InputError
from regretlab.plots import _draw as draw
from regretlab.plots._data import against, ratios
from regretlab.plots._draw import BAND, COLOURS, GREY, axes, style
from regretlab.plots._periods import axis, drawn
from regretlab.verdicts.means import STUDENT

if TYPE_CHECKING:
    from regretlab.record import Record

#: Up to this many violations have a note each.
FEW = 3


def bound_ratio_data(
    result: Record, algorithms: str | Sequence[str] | None = None, *, kind: str = "online",
    bounds: str | Sequence[str] | None = None, mode: str = "stated",
) -> pd.DataFrame:  # fmt: skip
    """Tabulate the data of :func:`bound_ratio`: one line per algorithm, bound and checkpoint that is drawn.

    ``bounds`` are ids; by default every algorithm has its tightest bound, that with the smallest value at the horizon.

    Columns ``algorithm``, ``id``, ``label``, ``t``; ``regret``, ``bound`` and their ``ratio`` in the run whose ratio is
    largest (for a bound in expectation: of the mean); ``low`` and ``high``, the ends of the intervals of all runs
    (Student's of the mean) over the bound; ``above`` and ``intervals``, how many of how many lie above it once it is
    violated; ``first`` and ``there``, the first horizon that was looked at and violates it, and the ratio at that;
    ``trivial``, the trivial bound over the bound; ``vacuous``, whether that is at most 1; ``verdict``;
    ``joined`` as in :func:`bound_versus_regret_data`.
    """
    named, bounds = _listed(algorithms) or result.algorithms, _listed(bounds)
    parts, steps = [], []
    for name in [result.description(a).algorithm for a in named]:
        chosen = [c for c in result.comparisons(name, mode) if c.bound.speaks_of == kind]
        if not bounds:
            chosen = sorted(chosen, key=lambda c: (math.isnan(c.value), c.value))[:1]
        else:
            chosen = [c for c in chosen if c.bound.id in bounds]
        steps.append(of := drawn(result.description(name), result.record.t.values))
        for c in chosen:
            words = against(result, name, c.bound)
            parts.append(ratios(c)[of.shown].assign(algorithm=name, label=words, joined=of.joined))
    if not parts:
        raise InputError(
            f"none of {', '.join(bounds or ['the bounds'])} speaks of the {kind} regret of {', '.join(named)}; "
            f"'regretlab list' shows what bounds are about."
        )
    data = pd.concat(parts, ignore_index=True)
    data = data[["algorithm", "id", "label", *(c for c in data.columns if c not in ("algorithm", "id", "label"))]]
    data.attrs = {"steps": axis("step $t$", steps)}
    return data


def _listed(names: str | Sequence[str] | None) -> list[str]:
    return [names] if isinstance(names, str) else list(names or ())


@style()
def bound_ratio(
    result: Record, algorithms: str | Sequence[str] | None = None, *, kind: str = "online",
    bounds: str | Sequence[str] | None = None, mode: str = "stated", ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Regret over bound: 1 is the bound, and where a curve is flat the bound has the right rate.

    Every algorithm is shown with its tightest bound, or with those of ``bounds`` (ids) that are about it; of several
    runs, the one with the largest ratio, or their mean for a bound in expectation. Markers are hollow where a bound is
    vacuous (no better than the trivial one, which is a line of its own when there is one bound alone); a cross marks
    the first violation, and where there are many one note speaks of them all.
    """
    data = bound_ratio_data(result, algorithms, kind=kind, bounds=bounds, mode=mode)
    ax = ax or axes()
    curves = [c.assign(value=c.ratio) for _, c in data.groupby(["algorithm", "id"], sort=False)]
    violated = [(i, c, draw.remark(c)) for i, c in enumerate(curves) if c["first"].notna().any()]
    if len(violated) > FEW:
        steps = [int(c["first"].iloc[0]) for _, c, _ in violated]
        remarks = [
            (min(steps), f"{len(violated)} bounds first seen above\nat t = {min(steps)} to {max(steps)}", "black")
        ]
    else:
        remarks = [(c["first"].iloc[0], remark, COLOURS[i % len(COLOURS)]) for i, c, remark in violated]
    rooms = [1 + remark.count("\n") for _, remark, _ in remarks]
    alone = len(curves) == 1 and np.isfinite(curves[0].trivial).all()
    sizes = draw.sizes([data.ratio, [1.0], *([data.trivial] if alone else [])])
    bottom = draw.logarithmic(ax, data.t, sizes.min(), sizes.max(), sum(rooms) + (data.ratio < sizes.min()).any())
    top = ax.get_ylim()[1]
    ax.axhspan(1, top, facecolor="none", edgecolor="0.85", hatch="////", lw=0, zorder=0, gid="above the bound")
    ax.axhline(1, color="black", lw=0.8, zorder=1.5)
    ax.annotate("the bound", (1, 1), (-2, -2), xycoords=ax.get_yaxis_transform(), textcoords="offset points",
                ha="right", va="top", fontsize=6.5)  # fmt: skip
    for i, curve in enumerate(curves):
        look, shown, of = draw.look(i), curve.value.where(curve.value >= bottom), draw.OF + curve.label.iloc[0]
        if np.isfinite(curve[["low", "high"]]).to_numpy().all():
            low, high = curve.low.clip(bottom, top), curve.high.clip(bottom, top)
            draw.fill(ax, curve, low, high, color=look["color"], alpha=BAND, label=of)
        look |= draw.alone(curve)
        ax.plot(curve.t, shown, label=curve.label.iloc[0], **look)
        hollow = look | {"ls": "", "mfc": "white", "zorder": look["zorder"] + 0.001}
        ax.plot(curve.t, shown.where(curve.vacuous), **hollow, label=of, gid=f"vacuous {curve.id.iloc[0]}")
    if alone:
        dots = {"ls": (0, (1, 1.5))} if not draw.alone(data) else {"ls": "", "marker": "_"}
        ax.plot(data.t, data.trivial, color=GREY, zorder=1.8, label="trivial bound / bound", **dots)
    if data.vacuous.any():
        ax.plot([], [], color=GREY, marker="o", mfc="white", ls="", label="hollow: bound vacuous")
    for i, curve, _ in violated:
        first, color = curve.iloc[0], COLOURS[i % len(COLOURS)]
        ax.plot(first["first"], first.there, marker="X", ms=7, color=color, mec="white", zorder=5,
                gid=f"violation {first.id}")  # fmt: skip
    for k, (t, remark, color) in enumerate(remarks):
        draw.note(ax, t, remark, sum(rooms[:k]), color)
    draw.below(ax, curves, bottom, sum(rooms))
    ax.set(xlabel=data.attrs["steps"], ylabel=f"{kind} regret / bound")
    of_means = result.replicates > 1 and bool((data.intervals == 1).any())
    return draw.legend(ax, f"{result.problem.name}, R = {result.replicates}", f"band of means: {STUDENT}" * of_means)
