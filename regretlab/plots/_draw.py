"""The look of the figures, their files, and the helpers that draw them."""

from __future__ import annotations

import io
import math
import os
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, NullLocator
from matplotlib.transforms import ScaledTranslation

from regretlab.errors import InputError
from regretlab.scaling import WINDOW
from regretlab.spelling.numerals import SUPERSCRIPTS

#: Width of one column in inches, and the height of the axes in it.
COLUMN, HEIGHT = 3.4, 2.2
#: The colours of Okabe & Ito that show on white; never alone, each has its dashes and its marker.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", (0, (5, 1.5)), (0, (5, 1.5, 1, 1.5)), (0, (2, 1)), (0, (8, 2)), (0, (5, 1, 1, 1, 1, 1)), (0, (3, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
HATCHES = ("", "....", "++++", "oo")
GREY, PALE, BAND = "0.45", "0.72", 0.2
#: How the labels of bands and marks begin that belong to the curve with the rest as its label; no legend has them.
OF = "_of "
#: Left below the axis rather than squeezing the figure: terms this much smaller than all else, regrets of round-off.
NEGLIGIBLE, ROUND_OFF = 1e-3, 1e-12
#: Height of a line of notes as a share of the axes; inches and characters in a column of the legend, points left of it.
LINE, LEGEND, WORDS, MARGIN = 0.075, 1.45, 25, 32

_STYLE = {
    "font.size": 7, "axes.labelsize": 8, "xtick.labelsize": 7, "ytick.labelsize": 7, "legend.fontsize": 7,
    "legend.title_fontsize": 8, "legend.frameon": False, "legend.handlelength": 2.5, "legend.columnspacing": 1,
    "legend.handletextpad": 0.5, "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.6,
    "lines.linewidth": 1.2, "lines.markersize": 3.5, "hatch.linewidth": 0.4, "pdf.fonttype": 42,
    "svg.fonttype": "path", "svg.hashsalt": "regretlab", "savefig.dpi": 300,
}  # fmt: skip
_NO_DATE: dict[str, dict[str, Any]] = {
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".svg": {"Date": None, "Creator": None},
    ".png": {"Software": None},
}


@contextmanager
def style() -> Iterator[None]:
    """Enter a context with the figures' look: fonts of 7 to 8 points, thin axes, no frame, reproducible files."""
    with mpl.rc_context(_STYLE):
        yield


class _Figure(Figure):
    """A figure that a notebook can show although pyplot was never imported."""

    def _repr_png_(self) -> bytes:
        save(self, buffer := io.BytesIO(), suffix=".png")
        return buffer.getvalue()


class _Axes(Axes):
    """Axes that a notebook shows as their figure."""

    def _repr_png_(self) -> bytes:
        save(self, buffer := io.BytesIO(), suffix=".png")
        return buffer.getvalue()


@style()
def axes(width: float = COLUMN, height: float = HEIGHT) -> Axes:
    """Empty Axes in a figure of their own, sizes in inches; a legend above them adds to the height."""
    return _Figure(figsize=(width, height), layout="constrained").add_subplot(axes_class=_Axes)


def save(figure: Figure | Axes, path: str | os.PathLike[str] | IO[bytes], *, suffix: str | None = None) -> None:
    """Write a figure (or that of Axes) as .pdf, .svg or .png: the suffix of ``path`` or, for an open file, ``suffix``.

    No date and no version is in the file, so that the same figure gives the same bytes. Another suffix, or a path that
    cannot be written, is an :class:`InputError`.
    """
    target = Path(path) if isinstance(path, (str, os.PathLike)) else path
    suffix = suffix or (target.suffix.lower() if isinstance(target, Path) else "")
    if suffix not in _NO_DATE:
        raise InputError(f"cannot save a figure with the suffix {suffix!r} ({path}); use one of {', '.join(_NO_DATE)}.")
    try:
        if isinstance(target, Path):
            target.parent.mkdir(parents=True, exist_ok=True)
        whole: Any = figure.figure
        with style(), _laid_out(whole) if suffix == ".svg" else nullcontext():
            whole.savefig(target, format=suffix[1:], metadata=_NO_DATE[suffix])
    except OSError as error:
        raise InputError(f"cannot write {str(path)!r}: {error.strerror or error}; choose a writable path.") from None


@contextmanager
def _laid_out(figure: Any) -> Iterator[None]:
    """Lay a figure out as SVG has its text, and keep Matplotlib from drawing all of it once more to that end."""
    engine, before = figure.get_layout_engine(), figure.canvas
    if engine is None:
        yield
        return
    FigureCanvasSVG(figure)
    try:
        engine.execute(figure)
        figure.set_layout_engine(None)
        yield
    finally:
        figure.set_layout_engine(engine)
        figure.set_canvas(before)


def look(i: int) -> dict[str, Any]:
    """Colour, dashes and marker of the i-th line, in new pairs once colours repeat; neighbours' markers are apart."""
    turn, n = i // len(COLOURS), len(COLOURS)
    look = {"color": COLOURS[i % n], "ls": DASHES[(i + turn) % n], "marker": MARKERS[(i + 2 * turn) % n]}
    return {**look, "markevery": (i % 5, 5), "zorder": 3 - 0.01 * i}


def alone(curve: pd.DataFrame) -> dict[str, Any]:
    """Give the look that takes the line from a curve whose checkpoints no line may join."""
    return {"ls": "", "markevery": 1} if "joined" in curve and not curve.joined.all() else {}


def fill(ax: Axes, curve: pd.DataFrame, low: pd.Series, high: pd.Series, **look: Any) -> None:
    """Fill the area between two curves; where no line may join the checkpoints, at each of them.

    Its label should be :data:`OF` and that of its curve, which :func:`name_curves` finds it by.
    """
    if alone(curve):
        ax.vlines(curve.t, low, high, lw=3, **look)
    else:
        ax.fill_between(curve.t, low, high, lw=0, **look)


def sizes(values: Sequence[Any]) -> np.ndarray:
    """Keep the positive values above the round-off of the largest; 1 if there is none, so that axes have limits."""
    joined = np.concatenate([np.asarray(v, dtype=float) for v in values])
    positive = joined[np.isfinite(joined) & (joined > 0)]
    return positive[positive > ROUND_OFF * positive.max()] if positive.size else np.ones(1)


def bands(ax: Axes, curves: list[pd.DataFrame], labels: list[str], floor: float = -math.inf) -> None:
    """Draw means with their bands; values below ``floor`` are not drawn, and an open band ends at the axes."""
    top = ax.get_ylim()[1] if floor > 0 else math.inf
    for i, (curve, words) in enumerate(zip(curves, labels, strict=True)):
        low, high = (end.clip(floor, top) for end in (curve.low, curve.high))
        fill(ax, curve, low, high, color=COLOURS[i % len(COLOURS)], alpha=BAND, label=OF + words)
        broken = np.count_nonzero(np.diff(curve.value >= floor)) > 1
        own = look(i) | ({"markevery": 1} if broken else {}) | alone(curve)
        ax.plot(curve.t, curve.value.where(curve.value >= floor), label=words, **own)


def below(ax: Axes, curves: list[pd.DataFrame], bottom: float, room: int, letter: str = "t") -> None:
    """Say which values a logarithmic axis cannot show."""
    hidden = [curve[curve.value < bottom] for curve in curves]
    for i, gone in ((i, gone) for i, gone in enumerate(hidden) if len(gone)):
        marks = {**look(i), "marker": "v", "mfc": "white", "ls": "", "markevery": 1}
        ax.plot(gone.t, np.full(len(gone), bottom), clip_on=False, gid="below the axis", **marks)
    most = max(range(len(curves)), key=lambda i: len(hidden[i]))
    steps, gone = curves[most].t.tolist(), hidden[most].t.tolist()
    if gone:
        first = steps[: len(gone)] == gone
        where = f"until {letter} = {gone[-1]}" if first else f"at {len(gone)} of {len(steps)} {letter}"
        what = "≤ 0" if all((curve.value <= 0).all() for curve in hidden) else "below the axis"
        note(ax, steps[0], f"▽ regret {what} {where}", room, GREY)


def decade(value: float, position: float) -> str:
    """Label a tick by a power of ten in plain text: the same look as mathtext's at a third of its time."""
    power = round(math.log10(value))
    return f"10{str(power).translate(SUPERSCRIPTS)}" if math.isclose(value, 10.0**power) else f"{value:g}"


def decades(axis: Axis, low: float, high: float) -> None:
    """Powers of ten with small ticks at 2 and 5: eight in every decade are half of the time that a figure takes."""
    axis.set_major_formatter(decade)
    if high >= 10 * low:
        axis.set_minor_locator(LogLocator(subs=(2, 5)))


def logarithmic(ax: Axes, t: pd.Series, low: float, high: float, notes: int) -> float:
    """Two logarithmic axes, with room for notes below ``low``; returns the bottom."""
    low, high = low / 1.5, high * 1.5
    bottom = low / (high / low) ** (notes * LINE / (1 - notes * LINE))
    ax.set(xscale="log", yscale="log", ylim=(bottom, high), xlim=(t.min() / 1.1, t.max() * 1.1))
    decades(ax.xaxis, t.min(), t.max())
    decades(ax.yaxis, bottom, high)
    if t.max() < 2 * t.min():  # so narrow that the ticks of a decade would run into each other
        ends = sorted({t.min(), t.max()})
        ax.set_xticks(ends, [f"{end:g}" for end in ends])
        ax.xaxis.set_minor_locator(NullLocator())
    return float(bottom)


def guides(ax: Axes, curve: pd.DataFrame, letter: str = "t") -> None:
    """Draw the slopes 1/2 and 1 from the curve over the window of the fitted exponents; labelled where they end."""
    window = curve[(curve.value > 0) & (curve.t >= curve.t.max() / WINDOW)]
    if window.empty:
        return
    t, y = window.t.to_numpy(), window.value.iloc[0]
    for power, words, side in ((0.5, rf"$\propto\sqrt{{{letter}}}$", "top"), (1.0, rf"$\propto {letter}$", "bottom")):
        guide = y * (t / t[0]) ** power
        ax.plot(t, guide, color=PALE, lw=0.9, zorder=1, label=f"_slope {power:g}")
        ax.annotate(words, (t[-1], guide[-1]), (3, 0), textcoords="offset points", va=side, color=GREY)
    ax.set_ylim(top=max(ax.get_ylim()[1], 1.5 * guide[-1]))


def note(ax: Axes, t: float, words: str, room: int, color: str) -> None:
    """Words at the bottom of the axes, beside the step ``t`` they speak of, above ``room`` other lines."""
    left, right = ax.get_xlim()
    before = t * t > left * right
    ax.annotate(
        words, (t, 0.02 + LINE * room), (-3 if before else 3, 0), xycoords=ax.get_xaxis_transform(), va="bottom",
        textcoords="offset points", ha="right" if before else "left", color=color, fontsize=6.5, linespacing=1.1,
    )  # fmt: skip


def remark(line: pd.DataFrame) -> str:
    """Say of a violated bound the first horizon above it, with its qualification."""
    first, runs = line.iloc[0], line.above.max()
    seen = f"first seen above at t = {first['first']:g}"
    if first.verdict != "violated":
        return f"{seen}\n(an assumption fails)"
    some = f"\n(in {runs:g} of {first.intervals:g} runs)" if 0 < runs < first.intervals else ""
    return f"{seen}{some}"


def mark_violation(ax: Axes, line: pd.DataFrame, color: str, remark: str, room: int) -> None:
    """Mark where a bound is first violated by a cross and its step; hatch the regret above the bound."""
    first, worst = line.iloc[0], np.maximum(line.worst, line.value)
    look: dict[str, Any] = {"facecolor": "none", "edgecolor": color, "hatch": "////", "lw": 0, "zorder": 1.5}
    if not alone(line):
        ax.fill_between(line.t, line.value, worst, where=line.above > 0, gid=f"excess {first.id}", **look)
    t = first["first"]
    ax.vlines(t, ax.get_ylim()[0], first.there, color=color, lw=0.6, ls=":")
    ax.plot(t, first.there, marker="X", ms=7, color=color, mec="white", zorder=5, gid=f"violation {first.id}")
    note(ax, t, remark, room, color)


def legend(ax: Axes, title: str, band: str = "", margin: float = MARGIN) -> Axes:
    """Put the legend above the axes, in as many columns as fit; a figure of :func:`axes` grows by its height.

    It begins ``margin`` points left of the axes, and is wrapped more narrowly where it would not fit the width.
    """
    handles, labels = ax.get_legend_handles_labels()
    if band:
        handles, labels = [*handles, Patch(color=GREY, alpha=0.3, lw=0)], [*labels, band]
    figure: Any = ax.figure
    width = ax.get_position().width * figure.get_figwidth() + MARGIN / 72
    columns = max(1, int(width / LEGEND))
    above = ax.transAxes + ScaledTranslation(-margin / 72, 0, figure.dpi_scale_trans)
    for words in range(WORDS, WORDS // 2, -3):
        legend = ax.legend(
            handles, [_wrapped(label, words) for label in labels], ncols=columns,
            title=_wrapped(title, (WORDS - 3) * columns), alignment="left", loc="lower left", borderaxespad=0,
            bbox_to_anchor=(0, 1.02), bbox_transform=above,
        )  # fmt: skip
        if legend.get_window_extent().width <= figure.dpi * (width + 0.5 * MARGIN / 72):
            break
    ax.tick_params(labelsize=mpl.rcParams["xtick.labelsize"], width=0.6, which="both")
    if isinstance(figure, _Figure):
        figure.set_figheight(figure.get_figheight() + legend.get_window_extent().height / figure.dpi)
    return ax


def name_curves(ax: Axes) -> list[str]:
    """Return the labels in a legend, and name for SVG what the i-th is about: curve-i-0 and so on, key-i and words-i.

    A curve's band and marks are parts of it. Where the legend alone shows something, the label returned is empty.
    """
    found: Any = ax.get_legend()
    handles, labels = ax.get_legend_handles_labels()
    for i, (label, key, words) in enumerate(zip(labels, found.legend_handles, found.get_texts(), strict=False)):
        own = [part for part in ax.get_children() if part.get_label() in (label, OF + label)]
        for j, part in enumerate(own):
            part.set_gid(f"curve-{i}-{j}")
        key.set_gid(f"key-{i}")
        words.set_gid(f"words-{i}")
    shown = [isinstance(handle, Line2D) and np.size(handle.get_xdata()) > 0 for handle in handles]
    return [label if there else "" for label, there in zip(labels, shown, strict=True)]


def _wrapped(words: str, width: int) -> str:
    """Break words into lines; "R = 8" is not torn apart."""
    return "\n".join(textwrap.fill(line.replace(" = ", "\xa0=\xa0"), width) for line in words.split("\n"))
