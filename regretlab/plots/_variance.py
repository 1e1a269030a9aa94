"""V_t over time: the cost of a sampler's law, and of the uniform, the best fixed and the full-information law."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from regretlab.errors import InputError
from regretlab.plots import _draw as draw
from regretlab.plots._draw import BAND, GREY, axes, style
from regretlab.plots._periods import axis, drawn

if TYPE_CHECKING:
    from regretlab.record import Record

#: The laws, and the record's variable of the sum of their V_t over the steps.
LAWS = {
    "sampler": "variance",
    "best": "best_variance",
    "oracle": "oracle_variance",
}
#: The laws drawn together with the sampler's own: dashes, and their names in the legend.
BESIDE: dict[str, tuple[Any, str]] = {
    "best": ((0, (4, 1.5)), "best fixed law"),
    "oracle": ((0, (1, 1.5)), "full information"),
}


def variance_data(result: Record, *, algorithms: Sequence[str] | None = None) -> pd.DataFrame:
    r"""Tabulate the data of :func:`variance`, from a result that was simulated with ``measure=["sampler"]``.

    Columns ``algorithm``, ``label``, ``law`` (sampler, best, oracle), ``t`` (a checkpoint), ``value``, ``low``,
    ``high``: the mean over the runs, the smallest and the largest, of

    .. math:: \frac{\sum_{s = t' + 1}^{t} V_s(p_s)}{\sum_{s = t' + 1}^{t} V_s(\text{uniform})}

    between the checkpoint t' before and t, on the gradients of the algorithm's own run. For ``best`` the numerator is
    what :math:`\min_p \sum_{s \le t} V_s(p)` has grown by. In a cyclic order t' and t are ends of whole periods.
    """
    names = [n for n in algorithms or result.algorithms if algorithms or "variance" in result.of(n)]
    parts, steps = [], []
    for name in names:
        record = result.of(name)
        if "variance" not in record:
            raise InputError(f"V_t was not measured for {name}; simulate with measure=('sampler',).")
        steps.append(of := drawn(result.description(name), record.t.values))
        record = record.sel(t=of.shown)
        uniform = _steps(record["uniform_variance"].values)
        for law, variable in LAWS.items():
            with np.errstate(invalid="ignore"):  # no gradient at all between two checkpoints: nothing to compare
                share = _steps(record[variable].values) / uniform
            parts.append(pd.DataFrame({
                "algorithm": name, "label": result.label(name), "law": law, "t": record.t.values,
                "value": share.mean(0), "low": share.min(0), "high": share.max(0), "joined": of.joined,
            }))  # fmt: skip
    if not parts:
        raise InputError("V_t was not measured; simulate with measure=('sampler',).")
    data = pd.concat(parts, ignore_index=True)
    data.attrs = {"steps": axis("step $t$", steps)}
    return data


def _steps(sums: np.ndarray) -> np.ndarray:
    return np.diff(sums, axis=-1, prepend=0.0)


@style()
def variance(result: Record, *, algorithms: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """V_t of every algorithm's law as a share of the uniform law's on the same gradients, between checkpoints.

    Below 1 the law is better than uniform. Dashed is the best fixed law in hindsight, which a sampler's regret is
    measured against, dotted the law of full information, which no sampler can go below.

    Learning takes a while. On heavy-tailed logistic regression (n = 40, d = 10, K = 4, gamma = 0.4, means of 8 runs)
    the last law's V_T is above the uniform law's at T = 300 (1.03 times for AdamBS, 1.18 for AdamCB, ours), about there
    at T = 1000 (0.98, 1.05), and below it at T = 4000 (0.69, 0.73) and T = 40000 (0.52, 0.56). AdamCB as printed stays
    above it: 1.40, 1.31, 1.41, 1.72.
    """
    data = variance_data(result, algorithms=algorithms)
    ax = ax or axes()
    for name, curves in data.groupby("algorithm", sort=False):
        look = draw.look(result.algorithms.index(name))
        of = dict(iter(curves.groupby("law")))
        own = of["sampler"]
        of_own = draw.OF + own.label.iloc[0]
        draw.fill(ax, own, own.low, own.high, color=look["color"], alpha=BAND, label=of_own)
        ax.plot(own.t, own.value, label=own.label.iloc[0], **look | {"ls": "-"} | draw.alone(own))
        for law, (dashes, _) in BESIDE.items():
            thin: dict[str, Any] = {"color": look["color"], "lw": 0.8, "ls": dashes, "zorder": 2}
            thin |= draw.alone(own) and {"ls": "", "marker": "_" if law == "best" else "."}
            ax.plot(of[law].t, of[law].value, label=f"_{law} {name}", **thin)
    ax.set(xscale="log", yscale="log", xlabel=data.attrs["steps"], ylabel="$V_t(p_t)\\,/\\,V_t$(uniform)")
    ax.xaxis.set_major_formatter(draw.decade)
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(lambda x, _: f"{x:g}" if f"{x:.0e}"[0] in "25" else "")
    ax.axhline(1, color=GREY, lw=0.8, zorder=1.5, label="uniform law")
    for dashes, words in BESIDE.values():
        ax.add_line(Line2D([], [], color=GREY, lw=0.8, ls=dashes, label=words))
    return draw.legend(ax, result.problem.name, f"range over R = {result.replicates} runs" * (result.replicates > 1))
