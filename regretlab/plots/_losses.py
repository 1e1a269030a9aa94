"""Training and test loss over epochs or over seconds, as papers show them: mean and one sigma over the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from regretlab.errors import InputError, unknown_name
from regretlab.plots import _draw as draw
from regretlab.plots._draw import BAND, GREY, axes, style
from regretlab.plots._periods import axis, drawn

if TYPE_CHECKING:
    from regretlab.record import Record

#: The axes that a loss may be drawn over, and their labels.
OVER = {"epoch": "epoch $tK/n$", "seconds": "wall-clock seconds of all runs together"}
#: The columns of training and test losses, and their dashes: training solid, test dashed.
SETS = {"train": "-", "test": (0, (4, 1.5))}


def loss_curves_data(result: Record, *, over: str = "epoch") -> pd.DataFrame:
    r"""Tabulate the data of :func:`loss_curves`, from a problem that holds out examples (``test=0.2``).

    Columns ``algorithm``, ``label``, ``set`` (train, test), ``x``, ``value`` (the mean over the runs), ``low``,
    ``high``, one sigma below and above, ``engine``, and ``joined`` (whether a line may join the points). After t steps
    x is the epoch, :math:`tK/n`, or

    .. math:: \text{seconds}(t) = \text{seconds}(T)\; t / T

    of wall-clock time, all runs of the algorithm together, without regret and its comparators: the record holds only
    the seconds of the whole simulation. They compare samplers only on one engine.
    """
    if over not in OVER:
        raise unknown_name("axis of a loss", over, OVER)
    parts, steps = [], []
    for name in result.algorithms:
        steps.append(of := drawn(result.description(name), result.record.t.values))
        record, K, T = result.of(name), result.description(name).K, result.horizon
        if "train_loss" not in record:
            raise InputError(f"the losses of {name} were not measured: the problem holds out no examples; set test=.")
        per_step = K / result.problem.n if over == "epoch" else record.attrs["seconds"] / T
        for which in SETS:
            losses = record[f"{which}_loss"].values
            mean, sigma = losses.mean(0), losses.std(0, ddof=1) if len(losses) > 1 else 0.0
            part = pd.DataFrame({
                "algorithm": name, "label": result.label(name), "set": which, "x": record.t.values * per_step,
                "value": mean, "low": mean - sigma, "high": mean + sigma, "engine": record.attrs["engine"],
                "joined": of.joined,
            })  # fmt: skip
            parts.append(part[of.shown])
    data = pd.concat(parts, ignore_index=True)
    data.attrs = {"steps": axis(OVER[over], steps)}
    return data


@style()
def loss_curves(result: Record, *, over: str = "epoch", ax: Axes | None = None) -> Axes:
    """Training loss (solid) and test loss (dashed) of every algorithm over epochs or over seconds, with one sigma.

    Where the runs were made by several engines, the legend names each one's: their seconds do not compare samplers.
    """
    data = loss_curves_data(result, over=over)
    ax, mixed = ax or axes(), over == "seconds" and data.engine.nunique() > 1
    for name, curves in data.groupby("algorithm", sort=False):
        look = draw.look(result.algorithms.index(name))
        for which, curve in curves.groupby("set", sort=False):
            words = curve.label.iloc[0] + (f" ({curve.engine.iloc[0]})" if mixed else "")
            lines = look | {"ls": SETS[which], "markevery": 1} | ({"marker": "", "lw": 0.8} if which == "test" else {})
            of = draw.OF + words
            draw.fill(ax, curve.assign(t=curve.x), curve.low, curve.high, color=look["color"], alpha=BAND, label=of)
            lines |= draw.alone(curve) and {
                "ls": "",
                "marker": look["marker"],
                "mfc": "white" if which == "test" else None,
            }
            ax.plot(curve.x, curve.value, label=words if which == "train" else of, **lines)
    for which, dashes in SETS.items():
        ax.add_line(Line2D([], [], color=GREY, lw=0.8, ls=dashes, label=f"{which} loss"))
    ax.set(xscale="log", yscale="log", xlabel=data.attrs["steps"], ylabel="mean loss")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(lambda x, _: f"{x:g}" if f"{x:.0e}"[0] in "2357" else "")
    ax.autoscale_view()
    return draw.legend(
        ax, result.problem.name, f"one sigma over R = {result.replicates} runs" * (result.replicates > 1)
    )
