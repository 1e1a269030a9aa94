"""Zinkevich's bound, the exact worst case and a run in one figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from regretlab import bounds
from regretlab.errors import InputError
from regretlab.methods import Method
from regretlab.parameters import number
from regretlab.plots import _draw as draw
from regretlab.plots._draw import COLOURS, GREY, axes, style
from regretlab.verdicts.substitution import values
from regretlab.worst_case import LONGEST, on_a_line, regret

if TYPE_CHECKING:
    from regretlab.record import Record

#: The last step that is drawn unless asked otherwise: about three seconds.
FIRST_STEPS = 8


def worst_case_data(result: Record, algorithm: str | None = None, *, until: int = FIRST_STEPS) -> pd.DataFrame:
    """Tabulate the data of :func:`worst_case`: one line per checkpoint t up to ``until``.

    Columns ``t``; ``bound``, Zinkevich's; ``worst``, the largest regret of all instances with the run's ``D2`` and
    ``G2`` (:func:`regretlab.worst_case.regret`, which needs PEPit); ``line``, the largest one found in one dimension
    (:func:`regretlab.worst_case.on_a_line`); ``empirical``, the run's own online regret, the largest over replicates;
    ``trivial``, t D2 G2.
    """
    c = result.bound(bounds.sgd.zinkevich, algorithm)
    run = result.description(algorithm)
    given = values(run, result.of(algorithm))
    D2, G2 = float(given["D2"]), float(given["G2"])
    method = Method.known[run.method](**run.method_parameters)
    first = c.t <= number("until", until, f"[1, {LONGEST}]", " (the steps of an exact worst case)", integer=True)
    if not first.any():
        raise InputError(
            f"this result has no checkpoint up to t = {until}; simulate with checkpoints=range(1, {until + 1})."
        )
    steps = [int(t) for t in c.t[first]]
    data = pd.DataFrame({
        "t": steps, "bound": c.curve[:, first].mean(axis=0),
        "worst": [regret(method, t, D2=D2, G2=G2) for t in steps],
        "line": [on_a_line(method, t, D2=D2, G2=G2).regret for t in steps],
        "empirical": c.regret[:, first].max(axis=0), "trivial": D2 * G2 * np.array(steps),
    })  # fmt: skip
    data.attrs = {"title": f"{result.label(run.algorithm)} on {run.problem.name}", "D2": D2, "G2": G2}
    return data


@style()
def worst_case(
    result: Record, algorithm: str | None = None, *, until: int = FIRST_STEPS, ax: Axes | None = None
) -> Axes:
    """Draw the first steps of projected gradient descent under the exact worst case and Zinkevich's bound.

    What lies between the bound and the worst case is what the proof gives away; what lies between the worst case and
    the run is the run's good fortune.
    """
    data = worst_case_data(result, algorithm, until=until)
    ax = ax or axes()
    ax.fill_between(data.t, data.worst, data.bound, facecolor=(COLOURS[1], 0.15), edgecolor=(COLOURS[1], 0.5),
                    hatch="////", lw=0, zorder=1, label="slack of the bound")  # fmt: skip
    ax.plot(data.t, data.trivial, color=GREY, ls=(0, (1, 1.5)), zorder=1.8, label=r"trivial: $t\,D_2G_2$")
    names = {"bound": (1, "Zinkevich's bound"), "worst": (6, "worst case (exact)"),
             "line": (2, "worst found on a line"), "empirical": (0, "this run")}  # fmt: skip
    for column, (i, words) in names.items():
        ax.plot(data.t, data[column], label=words, **draw.look(i) | {"markevery": 1})
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(
        xlabel="step $t$", ylabel="online regret $R(t)$", ylim=(min(0, data.empirical.min()), 1.15 * data.bound.max())
    )
    return draw.legend(ax, data.attrs["title"])
