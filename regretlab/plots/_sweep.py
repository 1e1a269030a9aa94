"""A quantity at the horizon over one parameter: the points from which a study concludes, with their intervals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullLocator

from regretlab.plots import _draw as draw
from regretlab.plots._draw import axes, style
from regretlab.plots._grids import _meaning
from regretlab.scaling import CONFIDENCE, mean_estimate
from regretlab.verdicts.means import STUDENT

#: The measurements at every value of a parameter, by curve.
Points = Mapping[str, Mapping[float, np.ndarray]]


def sweep_data(points: Points) -> pd.DataFrame:
    """Tabulate the data of :func:`sweep`: columns ``label``, ``x``, ``value`` (the mean), ``low``, ``high``.

    The interval is Student's, 95 % if what was observed is normal; nan where all of it agrees.
    """
    lines = []
    for words, curve in points.items():
        for x in sorted(curve):
            observed = np.atleast_1d(curve[x])
            mean = mean_estimate(observed, observed.size > 1, CONFIDENCE)
            lines.append((words, x, mean.value, mean.low, mean.high))
    return pd.DataFrame(lines, columns=["label", "x", "value", "low", "high"])


@style()
def sweep(
    points: Points, name: str, quantity: str, *, title: str = "", guides: bool = True, ax: Axes | None = None
) -> Axes:
    """Draw a quantity over one parameter, on logarithmic axes.

    ``points`` holds by curve and by the parameter's value what was observed there (replicates, or draws of the data);
    one number, such as a bound's, has no interval. ``guides`` are the slopes 1/2 and 1.
    """
    data = sweep_data(points)
    ax = ax or axes()
    curves = [curve.assign(t=curve.x) for _, curve in data.groupby("label", sort=False)]
    sizes = draw.sizes([data.value, data.low.where(data.low > data.value / 10), data.high])
    bottom = draw.logarithmic(ax, data.x, sizes.min(), sizes.max(), 0)
    if guides:
        draw.guides(ax, curves[0], name)
    draw.bands(ax, curves, [curve.label.iloc[0] for curve in curves], bottom)
    for line in ax.lines:
        line.set_markevery(1)
    places = sorted(set(data.x))
    ax.set_xticks(places, [f"{place:g}" for place in places])
    ax.xaxis.set_minor_locator(NullLocator())
    few = sizes.max() < 30 * sizes.min()
    ax.yaxis.set_major_formatter("{x:g}" if few else draw.decade)
    ax.yaxis.set_minor_formatter(lambda v, _: f"{v:g}" if few and f"{v:.0e}"[0] in "25" else "")
    if sizes.max() < 2 * sizes.min():  # too narrow for the ticks of a decade
        ax.yaxis.set_major_locator(MaxNLocator(4))
        ax.yaxis.set_minor_locator(NullLocator())
    ax.set(xlabel=_meaning(name), ylabel=quantity)
    several = any(np.size(v) > 1 for curve in points.values() for v in curve.values())
    return draw.legend(ax, title, f"interval of the mean: {STUDENT}" * several)
