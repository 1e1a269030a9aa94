"""The exponents of a quantity over the grid of a study, and those that were claimed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from regretlab import paired, scaling
from regretlab.errors import InputError
from regretlab.paired import Difference
from regretlab.result import Result
from regretlab.studies.conclusions._words import WORDS, measured

#: Fewer points of a grid than this have no exponent.
FEWEST = 3
#: The symbols of a grid and where a run's description has them.
AXES: dict[str, Callable[[Result, str], float]] = {
    "T": lambda result, name: result.horizon,
    "n": lambda result, name: result.problem.n,
    "d": lambda result, name: result.problem.d,
    "K": lambda result, name: result.description(name).K,
}
#: By algorithm and axis, what was observed at every value.
Lines = dict[str, dict[str, dict[float, np.ndarray]]]


def exponents(options: Mapping[str, Any], results: list[Result]) -> list[str]:
    """Return the exponent along every axis with the claimed one, and at how many points the algorithms differ."""
    by, claimed = options.get("by", "online"), options.get("claimed", {})
    sentences, lines = [], observed(by, results)
    if not lines:
        return [f"The evidence is not enough for an exponent: no axis of the grid has {FEWEST} values."]
    for name, along in lines.items():
        found = [_exponent(axis, scaling.across(line, name=axis), claimed.get(axis)) for axis, line in along.items()]
        sentences.append(f"The {WORDS[by]} of {name} at the horizon goes like {'; like '.join(found)}.")
    if len(lines) > 1:
        sentences.append(_throughout(lines, WORDS[by]))
    draws = len(results) // len({tuple(r(x, x.algorithms[0]) for r in AXES.values()) for x in results})
    of = f"the R = {draws} draws of the data" if draws > 1 else f"the R = {results[0].replicates} replicates"
    return [*sentences, f"Brackets are 95 % intervals over {of}, if these show what carries the mean."]


def _exponent(axis: str, e: scaling.Exponent, claimed: float | None) -> str:
    """One exponent in words; a claim is that of an upper bound."""
    if math.isnan(e.value):
        return f"no power of {axis} ({e.how})"
    text = f"{axis}^{e.value:.2f} [{e.low:.2f}, {e.high:.2f}]"
    if claimed is None or math.isnan(e.low):
        return text
    said = "faster than" if e.low > claimed else "within" if e.high <= claimed else "which leaves open"
    return f"{text}, {said} the claimed {axis}^{claimed:g}"


def points(lines: Lines) -> tuple[dict[str, np.ndarray], list[Difference]]:
    """Return the logarithms at every point of the grid, and the last algorithm's there minus the first one's."""
    (first, own), *_, (last, other) = lines.items()
    values: dict[str, np.ndarray] = {}
    pairs: list[tuple[str, str]] = []
    for axis, line in own.items():
        for x in line:
            a, b = np.log(other[axis][x]), np.log(line[x])
            if not any(np.array_equal(b, values[second]) for _, second in pairs):  # the lines cross in one point
                pairs.append((f"{last} at {axis} = {x:g}", f"{first} at {axis} = {x:g}"))
                values |= dict(zip(pairs[-1], (a, b), strict=True))
    return values, paired.differences(values, pairs=pairs)


def positive(lines: Lines) -> bool:
    """Tell whether there are ratios to compare: two algorithms, and positive regrets only."""
    return len(lines) > 1 and all((x > 0).all() for of in lines.values() for line in of.values() for x in line.values())


def _throughout(lines: Lines, words: str) -> str:
    """At how many points of the grid the last algorithm has less than the first, or more, as a ratio."""
    first, *_, last = lines
    if not positive(lines):
        return f"{last} and {first} cannot be compared, as there are regrets that are not positive."
    _, found = points(lines)
    ratios, effects = [math.exp(d.mean) for d in found], [d.effect for d in found]
    less, more = sum(d.better == d.first for d in found), sum(d.better == d.second for d in found)
    return (
        f"{last} has decidedly less {words} than {first} at {less} of the {len(found)} points of the grid and "
        f"decidedly more at {more} (paired Student intervals of the logarithm of their ratio, Bonferroni over the "
        f"points, and the sign test, which assumes no law); the ratio's geometric mean lies between "
        f"{min(ratios):.2f} and {max(ratios):.2f}, the effect size d_z of its logarithm between "
        f"{min(effects):.2g} and {max(effects):.2g}."
    )


def observed(by: str, results: list[Result]) -> Lines:
    """By algorithm and axis, the observations along that axis, the others at their most frequent value.

    Where several cells share a point they are draws of the data, and each one's mean is an observation.
    """
    lines: Lines = {}
    if len({len(result.algorithms) for result in results}) > 1:
        raise InputError("the cells of a grid have different numbers of algorithms; give each the same, in one order.")
    for i, first in enumerate(results[0].algorithms):
        at: dict[tuple[float, ...], list[np.ndarray]] = {}
        for result in results:
            name = result.algorithms[i]
            at.setdefault(tuple(read(result, name) for read in AXES.values()), []).append(measured(result, name, by))
        usual: list[float] = [Counter(values).most_common(1)[0][0] for values in zip(*at, strict=True)]
        for a, axis in enumerate(AXES):
            line = {
                point[a]: cells[0] if len(cells) == 1 else np.array([c.mean() for c in cells])
                for point, cells in at.items()
                if all(point[b] == usual[b] for b in range(len(usual)) if b != a)
            }
            if len(line) >= FEWEST:
                lines.setdefault(results[0].label(first), {})[axis] = line
    return lines


def fixed(results: list[Result], axis: str) -> str:
    """Return the values that a line of the grid holds fixed."""
    at = [{a: read(r, r.algorithms[0]) for a, read in AXES.items()} for r in results]
    return ", ".join(f"{a} = {Counter(p[a] for p in at).most_common(1)[0][0]}" for a in AXES if a != axis)
