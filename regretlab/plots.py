"""Every figure: a pure function of a result that returns Axes, and beside it the data that the figure is drawn from.

Figures are made for a column of 3.4 inches, without pyplot: they work headless and leave no global state. A wider one
is drawn on ``plots.axes(7)``, or on any Axes of yours.
"""

from __future__ import annotations

import io
import math
import os
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from regretlab import algorithms as named_algorithms
from regretlab import spelling
from regretlab.bounds import Bound
from regretlab.comparison import CONFIDENCE, Comparison, mean_interval, trivial_bound
from regretlab.errors import InputError
from regretlab.samplers import Cyclic, Uniform

if TYPE_CHECKING:
    from regretlab.simulation import Result

#: Width of one column in inches, and the height of the plotting area in it.
COLUMN, HEIGHT = 3.4, 2.1
#: The colours of Okabe & Ito that are dark enough for lines; never alone: each comes with a dash pattern and a marker.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", (0, (5, 1.5)), (0, (5, 1.5, 1, 1.5)), (0, (2, 1)), (0, (8, 2)), (0, (5, 1, 1, 1, 1, 1)), (0, (3, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
GREY, GUIDE = "0.45", "0.75"
#: A term this much smaller than everything else is left below the axis rather than squeezing the figure.
NEGLIGIBLE = 1e-3
#: A certified gap of this share of the regret is named in the legend.
WIDE = 0.01
#: Height of a line of notes, as a share of the axes.
LINE = 0.075
#: Samplers that learn nothing.
FIXED = (Cyclic.name, Uniform.name)

_STYLE = {
    "font.size": 7, "axes.labelsize": 8, "xtick.labelsize": 7, "ytick.labelsize": 7, "legend.fontsize": 7,
    "legend.title_fontsize": 8, "legend.frameon": False, "legend.handlelength": 2.6, "legend.columnspacing": 1.2,
    "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.6, "axes.axisbelow": True,
    "lines.linewidth": 1.2, "lines.markersize": 3.5, "patch.linewidth": 0, "hatch.linewidth": 0.4,
    "pdf.fonttype": 42, "svg.fonttype": "path", "svg.hashsalt": "regretlab", "savefig.dpi": 300,
}  # fmt: skip
_METADATA: dict[str, dict[str, Any]] = {
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".svg": {"Date": None, "Creator": None},
    ".png": {"Software": None},
}


@contextmanager
def style() -> Iterator[None]:
    """The look of the figures, as a context: fonts of 7 to 8 points, thin axes, no frame, reproducible files."""
    with mpl.rc_context(_STYLE):
        yield


class _Figure(Figure):
    """A figure that a notebook can show although pyplot was never imported."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=200)
        return buffer.getvalue()


@style()
def axes(width: float = COLUMN, height: float = HEIGHT) -> Axes:
    """Empty Axes in a figure of their own, sizes in inches; a legend above them adds to the height."""
    return _Figure(figsize=(width, height), layout="constrained").add_subplot()


def save(figure: Figure | Axes, path: str | os.PathLike[str]) -> Path:
    """Write a figure (or the figure of Axes) as PDF, SVG or PNG; the same figure gives the same bytes.

    Raises
    ------
    InputError
        For another suffix, or a path that cannot be written.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in _METADATA:
        raise InputError(f"cannot save a figure as {target.name!r}; end the name in {', '.join(_METADATA)}.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with style():
            figure.figure.savefig(target, format=suffix[1:], metadata=_METADATA[suffix])
    except OSError as error:
        raise InputError(f"cannot write {str(path)!r}: {error.strerror or error}; choose a writable path.") from None
    return target


def label(result: Result, name: str) -> str:
    """A short name for one of a result's algorithms, unique in the result.

    The title of the paper's algorithm; where two share it, the parameters in which they differ; the whole spelling
    where that is not enough.
    """
    titles = {other: _title(other) for other in result.algorithms}
    alike = [other for other in titles if titles[other] == titles[name]]
    if len(alike) == 1:
        return titles[name]
    spelled = [_parameters(other) for other in alike]
    keys = [k for k in dict.fromkeys(k for p in spelled for k in p) if len({repr(p.get(k)) for p in spelled}) > 1]
    short = [", ".join([titles[name], *(f"{k}={_plain(p[k])}" for k in keys if k in p)]) for p in spelled]
    return short[alike.index(name)] if len(set(short)) == len(short) else name


def _title(name: str) -> str:
    try:
        stems = [stem for stem, _ in spelling.parse(name)]
        return " + ".join(stems) if len(stems) > 1 else named_algorithms.named(stems[0]).title
    except InputError:  # an Algorithm its user named freely
        return name


def _parameters(name: str) -> dict[str, Any]:
    try:
        return {key: value for _, arguments in spelling.parse(name) for key, value in arguments.items()}
    except InputError:
        return {}


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def bound_versus_regret_data(
    result: Result,
    algorithm: str | None = None,
    *,
    kind: str | None = None,
    bounds: Sequence[str | Bound] | None = None,
    mode: str = "stated",
) -> pd.DataFrame:
    """The data of :func:`bound_versus_regret`, one line per curve and checkpoint.

    Returns
    -------
    pandas.DataFrame
        Columns ``role`` (regret, bound, term, trivial), ``id``, ``label``, ``t``, ``value``; for the regret ``low`` and
        ``high``, the ends of its band; for a bound ``above``, the number of certified intervals that lie above it (of
        ``intervals``: one per run, or one of the mean), ``worst``, the largest certified regret, and ``verdict``.
        ``attrs`` has the algorithm, the kind of regret, and what the band is.
    """
    if bounds is None:
        chosen = result.comparisons(algorithm, mode)
        speaking = [c.bound.speaks_of for c in chosen]
        kind = kind or ("online" if "online" in speaking or not speaking else speaking[0])
        chosen = [c for c in chosen if c.bound.speaks_of == kind]
    else:
        chosen = [result.bound(b, algorithm, mode) for b in ([bounds] if isinstance(bounds, (str, Bound)) else bounds)]
        kind = kind or (chosen[0].bound.speaks_of if chosen else "online")
        if other := [c.bound.id for c in chosen if c.bound.speaks_of != kind]:
            raise InputError(f"the bound {other[0]} does not speak of {kind} regret; one figure shows one kind.")
    facts = result.facts(algorithm)
    name = facts["algorithm"]
    regret = _regret(result, kind, name)
    t = regret.t.to_numpy()
    parts = [regret.assign(role="regret", id=kind, label=f"mean {kind} regret" if result.replicates > 1 else f"{kind} regret")]
    for c in chosen:
        parts.append(_bound(c))
    for term, values in chosen[0].terms.items() if chosen else ():
        parts.append(pd.DataFrame({"role": "term", "id": term, "label": f"{term} term", "t": t, "value": values}))
    trivial = trivial_bound(facts, kind, t)
    if np.isfinite(trivial).all():
        parts.append(pd.DataFrame({"role": "trivial", "id": "trivial", "label": "trivial bound", "t": t, "value": trivial}))
    columns = ["role", "id", "label", "t", "value", "low", "high", "above", "intervals", "worst", "verdict"]
    data = pd.concat(parts, ignore_index=True).reindex(columns=columns)
    data.attrs = {"algorithm": name, "title": f"{label(result, name)} on {facts['problem']['name']}", "kind": kind}
    data.attrs["band"] = _band(result, kind, [name])
    return data


def _bound(c: Comparison) -> pd.DataFrame:
    # A bound tied to the horizon claims nothing before it, so nothing before the first violation counts.
    above = ((c.low > c.curve) & (c.t >= (math.inf if c.first_violation is None else c.first_violation))).sum(axis=0)
    title = f"{c.bound.title} ({c.bound.mark})" if c.bound.mark else c.bound.title
    return pd.DataFrame({
        "role": "bound", "id": c.bound.id, "label": title, "t": c.t, "value": c.curve.mean(axis=0), "above": above,
        "intervals": len(c.low), "worst": c.low.max(axis=0), "verdict": c.verdict,
    })  # fmt: skip


@style()
def bound_versus_regret(
    result: Result,
    algorithm: str | None = None,
    *,
    kind: str | None = None,
    bounds: Sequence[str | Bound] | None = None,
    mode: str = "stated",
    ax: Axes | None = None,
) -> Axes:
    """Regret with its band, the bounds that apply, the terms of the first one, and where a bound is violated.

    Parameters
    ----------
    result : Result
    algorithm : str, optional
        One of the result's algorithms; needed when there are several.
    kind : {"online", "cumulative"}, optional
        The regret to draw; by default the one that the bounds speak of, online first.
    bounds : sequence of str or Bound, optional
        Which bounds, the one whose terms are drawn first; by default all that apply.
    mode : {"stated", "measured", "a priori"}
        How the bounds' constants are read.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        ``.figure`` is the figure. What cannot be shown on a logarithmic axis (regret at or below zero) is said in it.
    """
    data = bound_versus_regret_data(result, algorithm, kind=kind, bounds=bounds, mode=mode)
    ax = axes() if ax is None else ax
    rows = {role: data[data.role == role] for role in ("regret", "bound", "term", "trivial")}
    curves = {role: [c for _, c in part.groupby("id", sort=False)] for role, part in rows.items()}
    regret, t = rows["regret"], rows["regret"].t.to_numpy()
    violated = [(i, c[c.above > 0]) for i, c in enumerate(curves["bound"]) if (c.above > 0).any()]
    hidden = regret[regret.value <= 0]

    main = _positive(pd.concat([rows["regret"].value, rows["bound"].value, rows["trivial"].value]))
    peaks = _positive(np.array([c.value.max() for c in curves["term"]]))
    floor = min([main.min(), *(p for p in peaks if p > NEGLIGIBLE * main.min())]) / 1.5
    bottom, top = _limits(ax, t, floor, max(main.max(), *peaks, 0) * 1.5, notes=len(violated) + bool(len(hidden)))
    _guides(ax, t, regret, top)
    for c in curves["trivial"]:
        ax.plot(c.t, c.value, color=GREY, ls=(0, (1, 1.5)), label="trivial bound", zorder=1.8)
    for i, c in enumerate(curves["term"]):
        size = _positive(c.value).max(initial=0)
        note = " (= 0)" if size == 0 else " (below the axis)" if size < bottom else ""
        ax.plot(c.t, c.value.where(c.value > 0), color=COLOURS[1], lw=0.7, ls=DASHES[(i + 1) % 7], zorder=2,
                label=c.label.iloc[0] + note)  # fmt: skip
    for i, c in enumerate(curves["bound"], start=1):
        ax.plot(c.t, c.value.where(c.value > 0), label=c.label.iloc[0], **_look(i))
    _band_and_line(ax, regret, 0, regret.label.iloc[0], bottom, top)
    ax.plot(hidden.t, np.full(len(hidden), bottom), ls="", marker="v", mfc="white", color=COLOURS[0], clip_on=False)
    for slot, (i, over) in enumerate(violated):
        _mark_violation(ax, curves["bound"][i], over, i + 1, slot, bottom, len(curves["bound"]) > 1)
    if len(hidden):
        until = len(hidden) == (regret.t <= hidden.t.max()).sum()
        where = f"up to t = {hidden.t.max()}" if until else f"at {len(hidden)} of {len(regret)} checkpoints"
        _note(ax, t[0], f"regret ≤ 0 {where}, below the axis", len(violated), COLOURS[0], "left")
    ax.set(xlabel="step t", ylabel=f"{data.attrs['kind']} regret R(t)")
    _legend(ax, data.attrs["title"], Patch(color=COLOURS[0], alpha=0.2, label=data.attrs["band"]))
    return ax


def average_regret_data(result: Result, *, kind: str = "online") -> pd.DataFrame:
    """The data of :func:`average_regret`: columns ``algorithm``, ``label``, ``t``, ``value``, ``low``, ``high``."""
    data = _regrets(result, kind)
    data[["value", "low", "high"]] = data[["value", "low", "high"]].div(data.t, axis=0)
    return data


@style()
def average_regret(result: Result, *, kind: str = "online", ax: Axes | None = None) -> Axes:
    """R(t) / t of every algorithm: does it tend to zero?

    The vertical axis is logarithmic where everything is positive, and linear about zero ("symlog") where it is not.
    """
    data = average_regret_data(result, kind=kind)
    ax = axes() if ax is None else ax
    size = _positive(data.value.abs())
    finite = np.concatenate([data.value, data.low[np.isfinite(data.low)], data.high[np.isfinite(data.high)]])
    ax.set_xscale("log")
    if (finite > 0).all():
        ax.set_yscale("log")
    elif size.size and size.max() > 30 * np.median(size):
        ax.set_yscale("symlog", linthresh=10 ** math.floor(math.log10(np.median(size))))
    low, high = min(finite), max(finite)
    for i, (_, curve) in enumerate(data.groupby("algorithm", sort=False)):
        _band_and_line(ax, curve, i, curve.label.iloc[0], low, high)
    if low <= 0:
        ax.axhline(0, color=GREY, lw=0.6, zorder=1)
    ax.set(xlabel="step t", ylabel=f"average {kind} regret R(t) / t")
    _legend(ax, result.problem["name"], Patch(color=GREY, alpha=0.3, label=data.attrs["band"]))
    return ax


def regret_overview_data(result: Result, *, kind: str = "online") -> pd.DataFrame:
    """The data of :func:`regret_overview`.

    Columns ``algorithm``, ``label``, ``t``, ``value``, ``low``, ``high``, and the exponent of t with its interval:
    ``exponent``, ``exponent_low``, ``exponent_high`` (nan where there is none).
    """
    data = _regrets(result, kind)
    fits = {name: result.exponent(kind, name) for name in data.algorithm.unique()}
    for column, field in (("exponent", "value"), ("exponent_low", "low"), ("exponent_high", "high")):
        data[column] = data.algorithm.map({name: getattr(fit, field) for name, fit in fits.items()})
    return data


@style()
def regret_overview(result: Result, *, kind: str = "online", ax: Axes | None = None) -> Axes:
    """The regret of every algorithm, with the exponents of t (and their 95 % intervals) in the legend."""
    data = regret_overview_data(result, kind=kind)
    ax = axes() if ax is None else ax
    t, positive, hidden = data.t.unique(), _positive(data.value), data[data.value <= 0]
    bottom, top = _limits(ax, t, positive.min() / 1.5, positive.max() * 2, notes=bool(len(hidden)))
    highest = data[data.value > 0].sort_values("t").drop_duplicates("t")
    _guides(ax, t, highest, top)
    for i, (_, curve) in enumerate(data.groupby("algorithm", sort=False)):
        first = curve.iloc[0]
        fit = f"$t^{{{first.exponent:.2f}}}$ [{first.exponent_low:.2f}, {first.exponent_high:.2f}]"
        fit = "no exponent" if math.isnan(first.exponent) else fit
        _band_and_line(ax, curve, i, f"{first.label}: {fit}", bottom, top)
        gone = curve[curve.value <= 0]
        ax.plot(gone.t, np.full(len(gone), bottom), ls="", marker="v", mfc="white", color=COLOURS[i % 7], clip_on=False)
    if len(hidden):
        _note(ax, t[0], "▽: regret ≤ 0, below the axis", 0, GREY, "left")
    ax.set(xlabel="step t", ylabel=f"{kind} regret R(t)")
    _legend(ax, result.problem["name"], Patch(color=GREY, alpha=0.3, label=data.attrs["band"]))
    return ax


def sampling_probabilities_data(result: Result, *, algorithms: Sequence[str] | None = None) -> pd.DataFrame:
    """The data of :func:`sampling_probabilities`.

    Columns ``algorithm``, ``label``, ``rank`` (1 is the likeliest example of each run), ``value``, ``low``, ``high``
    (mean, smallest and largest over runs of the probability of that rank), ``uniform`` (1 / n).
    """
    learning = [a for a in result.algorithms if result.facts(a)["sampler"] not in FIXED]
    names = learning if algorithms is None else [result.facts(a)["algorithm"] for a in algorithms]
    if not names:
        raise InputError("no algorithm of this result learns whom to sample; simulate one that does, such as 'adambs'.")
    parts = []
    for name in names:
        p = -np.sort(-result.of(name).probabilities.values / result.facts(name)["law"]["total"], axis=1)
        ranks = np.arange(1, p.shape[1] + 1)
        parts.append(pd.DataFrame({
            "algorithm": name, "label": label(result, name), "rank": ranks, "value": p.mean(axis=0),
            "low": p.min(axis=0), "high": p.max(axis=0), "uniform": 1 / p.shape[1],
        }))  # fmt: skip
    data = pd.concat(parts, ignore_index=True)
    data.attrs["batched"] = any(result.facts(name)["law"]["total"] > 1 for name in names)
    return data


@style()
def sampling_probabilities(
    result: Result, *, algorithms: Sequence[str] | None = None, ax: Axes | None = None
) -> Axes:
    """What the samplers have learnt at the horizon: probabilities in decreasing order, beside the uniform law.

    Algorithms whose law is fixed are left out unless named. Inclusion probabilities, which sum to K, are divided by K.
    """
    data = sampling_probabilities_data(result, algorithms=algorithms)
    ax = axes() if ax is None else ax
    n = int(data["rank"].max())
    ax.set_yscale("log")
    if n > 20:
        ax.set_xscale("log")
    else:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.axhline(1 / n, color=GREY, lw=0.8, ls=(0, (4, 2)), zorder=1.5, label=f"uniform, 1/n = 1/{n}")
    for name, curve in data.groupby("algorithm", sort=False):
        look = _look(result.algorithms.index(str(name)))
        ax.fill_between(curve["rank"], curve.low, curve.high, color=look["color"], alpha=0.2, lw=0)
        ax.plot(curve["rank"], curve.value, label=curve.label.iloc[0], **look | {"markevery": _every(n)})
    ax.set_xlabel("example, by decreasing probability")
    ax.set_ylabel("sampling probability" + ("\n(inclusion probability / K)" if data.attrs["batched"] else ""))
    runs = [Patch(color=GREY, alpha=0.3, label=f"smallest to largest of {result.replicates} runs")]
    _legend(ax, result.problem["name"], *(runs if result.replicates > 1 else ()))
    return ax


def _regret(result: Result, kind: str, name: str) -> pd.DataFrame:
    regret = result.regret(kind, name)
    mean, low, high = mean_interval(regret.low.values, regret.high.values)
    return pd.DataFrame({"t": result.record.t.values, "value": mean, "low": low, "high": high})


def _regrets(result: Result, kind: str) -> pd.DataFrame:
    """The regret of every algorithm that has this kind, one below the other."""
    names = [name for name in result.algorithms if kind in result.kinds(name)]
    if not names:
        result.regret(kind, result.algorithms[0])  # raises the error that says what to do
    parts = [_regret(result, kind, name).assign(algorithm=name, label=label(result, name)) for name in names]
    data = pd.concat(parts, ignore_index=True)[["algorithm", "label", "t", "value", "low", "high"]]
    data.attrs["band"] = _band(result, kind, names)
    return data


def _band(result: Result, kind: str, names: Sequence[str]) -> str:
    """What the band around a mean regret is, in words."""
    if result.replicates == 1:
        return "certified interval (R = 1)"
    words = f"{100 * CONFIDENCE:g} % confidence band (R = {result.replicates})"
    regrets = [result.regret(kind, name) for name in names]
    gapped = any(float((r.high - r.low).max()) > WIDE * float(abs(r.low).max()) for r in regrets)
    return f"{words}, with certified gap" if gapped else words


def _positive(values: Any) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    return values[np.isfinite(values) & (values > 0)]


def _every(points: int) -> int:
    return max(1, points // 8)


def _look(i: int) -> dict[str, Any]:
    """Colour, dashes and marker of the i-th line; markers of neighbours do not cover each other."""
    k = i % len(COLOURS)
    return {"color": COLOURS[k], "ls": DASHES[k], "marker": MARKERS[k], "markevery": (i % 5, 5), "zorder": 3 - 0.01 * i}


def _band_and_line(ax: Axes, curve: pd.DataFrame, i: int, text: str, low: float, high: float) -> None:
    """A mean with its band; a logarithmic axis takes what is positive, and an open band is cut at ``low, high``."""
    log = ax.get_yscale() == "log"
    value = curve.value.where(curve.value > 0) if log else curve.value
    ax.fill_between(
        curve.t, curve.low.clip(low, high), curve.high.clip(low, high), color=COLOURS[i % 7], alpha=0.2, lw=0
    )
    ax.plot(curve.t, value, label=text, **_look(i))


def _limits(ax: Axes, t: np.ndarray, low: float, high: float, notes: int) -> tuple[float, float]:
    """Two logarithmic axes, with room for notes at the bottom."""
    bottom = low / (high / low) ** (notes * LINE / (1 - notes * LINE))
    ax.set(xscale="log", yscale="log", ylim=(bottom, high), xlim=(t[0] / 1.08, t[-1] * 1.08))
    return bottom, high


def _guides(ax: Axes, t: np.ndarray, curve: pd.DataFrame, top: float) -> None:
    """The slopes 1/2 and 1 from a curve's first positive point, labelled where they end."""
    start = curve[curve.value > 0]
    if not len(start):
        return
    t0, y0 = start.t.iloc[0], start.value.iloc[0]
    for power, text in ((0.5, r"$\propto\sqrt{t}$"), (1.0, r"$\propto t$")):
        end = min(t[-1], t0 * (top / y0) ** (1 / power))
        ends = np.array([t0, end])
        ax.plot(ends, y0 * (ends / t0) ** power, color=GUIDE, lw=0.8, zorder=1, label=f"_slope {power:g}")
        inside = end < t[-1]
        ax.annotate(
            text, (end, y0 * (end / t0) ** power), (-3, -1) if inside else (3, 0), textcoords="offset points",
            ha="right" if inside else "left", va="top" if inside else "center", color=GREY, fontsize=7,
        )  # fmt: skip


def _note(ax: Axes, t: float, text: str, slot: int, color: str, side: str) -> None:
    ax.annotate(
        text, (t, 0.02 + LINE * slot), (3 if side == "left" else -3, 0), xycoords=ax.get_xaxis_transform(),
        textcoords="offset points", ha=side, va="bottom", color=color, fontsize=6.5,
    )  # fmt: skip


def _mark_violation(
    ax: Axes, bound: pd.DataFrame, over: pd.DataFrame, i: int, slot: int, bottom: float, several: bool
) -> None:
    """A cross where the bound is first violated, the date below it, and the region above the bound hatched."""
    first, runs, color = over.iloc[0], int(over.above.max()), COLOURS[i % 7]
    reach = np.maximum(bound.worst, bound.value)
    ax.fill_between(
        bound.t, bound.value, reach, where=bound.above > 0, facecolor="none", edgecolor=color, hatch="////", lw=0,
        zorder=1.5, gid=f"excess:{first.id}",
    )  # fmt: skip
    ax.plot([first.t, first.t], [bottom, first.value], color=color, lw=0.6, ls=":", zorder=1.5)
    ax.plot(first.t, first.value, marker="X", ms=7, mfc=color, mec="white", zorder=5, gid=f"violation:{first.id}")
    text = f"{'violated' if first.verdict == 'violated' else 'exceeded'} from t = {first.t}"
    if first.verdict != "violated":
        text += " (assumption fails)"
    elif runs < first.intervals:
        text += f" ({runs} of {first.intervals:g} runs)"
    left, right = ax.get_xlim()
    side = "left" if first.t**2 < left * right else "right"
    _note(ax, first.t, f"{first.label} {text}" if several else text, slot, color, side)


def _legend(ax: Axes, title: str, *extra: Any) -> None:
    """The legend above the axes, in as many columns as fit; a figure made by :func:`axes` grows by its height."""
    handles, _ = ax.get_legend_handles_labels()
    handles += extra
    for handle in handles:
        handle.set_label("\n".join(textwrap.wrap(handle.get_label(), 27)))
    figure = ax.figure
    width = ax.get_position().width * figure.get_figwidth()
    legend = ax.legend(
        handles=handles, title=title, alignment="left", loc="lower left", bbox_to_anchor=(0, 1.01), borderaxespad=0,
        ncols=max(1, int(width / 1.5)),
    )  # fmt: skip
    ax.tick_params(labelsize=mpl.rcParams["xtick.labelsize"], width=0.6, which="both")
    if isinstance(figure, _Figure) and len(figure.axes) == 1:
        figure.set_figheight(figure.get_figheight() + legend.get_window_extent().height / figure.dpi)
