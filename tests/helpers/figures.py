"""What is drawn in a figure, read off its artists."""

from __future__ import annotations

import numpy as np

import regretlab as rl

COMMON = "beta1=0, beta2=1/65, lam=1/1000"
#: Nine checkpoints are enough for curves, exponents (four at least after T/16) and the violation. In Reddi's order all
#: but the first are ends of periods.
TIMES = [1, 3, 9, 30, 60, 81, 99, 126, 150]


def simulate(*names, problem=None, **options):
    settings = {"horizon": 150, "replicates": 3, "checkpoints": TIMES} | options
    return rl.simulate(problem or rl.problems.Reddi(C=8), list(names), **settings)


def legend(ax):
    return [text.get_text().replace("\n", " ").replace("\xa0", " ") for text in ax.get_legend().get_texts()]


def notes(ax):
    return [text.get_text() for text in ax.texts]


def marked(ax, what):
    return [a.get_gid() for a in ax.get_children() if str(a.get_gid()).startswith(what)]


def curve(ax, label):
    (line,) = (line for line in ax.lines if line.get_label() == label)
    return np.asarray(line.get_ydata(), dtype=float)


def overlaps(ax):
    """Pairs of texts in the axes (notes, axis labels, legend) that are drawn over each other."""
    texts = [t for t in [*ax.texts, ax.xaxis.label, ax.yaxis.label, *ax.get_legend().get_texts()] if t.get_text()]
    boxes = [text.get_window_extent() for text in texts]
    pairs = [(a, b) for a in range(len(boxes)) for b in range(a)]
    return [(texts[a].get_text(), texts[b].get_text()) for a, b in pairs if boxes[a].overlaps(boxes[b])]


def outside(ax):
    """Texts that leave the figure."""
    box = ax.figure.bbox
    texts = [*ax.texts, ax.xaxis.label, ax.yaxis.label, *ax.get_legend().get_texts(), ax.get_legend().get_title()]
    extents = [(t.get_text(), t.get_window_extent()) for t in texts if t.get_text()]
    return [text for text, e in extents if e.x0 < box.x0 or e.x1 > box.x1 or e.y0 < box.y0 or e.y1 > box.y1]
