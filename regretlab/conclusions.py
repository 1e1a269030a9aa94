"""The last paragraph of a study: what its numbers say about its question, in words that follow from them.

A study asks one kind of question, in its table ``[conclude]``::

    [conclude]
    what = "ranking"        # which algorithm has the least of a quantity, and how surely
    by = "cumulative"       # a kind of regret, train_loss or test_loss

    [conclude]
    what = "scaling"        # the exponents of the regret over the grid of the study, beside those that were claimed
    by = "cumulative"
    claimed = { T = 0.5, n = 0, K = 0, d = 1 }

    [conclude]
    what = "parameter"      # where the regret is least over a parameter of the algorithms, and where a bound is
    by = "cumulative"
    name = "gamma"
    bound = "adamcb.ours"
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from regretlab import paired, scaling
from regretlab.bounds import Bound
from regretlab.errors import InputError, closest
from regretlab.paired import Difference
from regretlab.plots import label
from regretlab.regret import KINDS
from regretlab.result import Result

LOSSES = ("train_loss", "test_loss")
#: Fewer points of a grid than this have no exponent.
FEWEST = 3
#: The words for a quantity.
WORDS = {kind: f"{kind} regret" for kind in KINDS} | {"train_loss": "training loss", "test_loss": "test loss"}
#: The symbols of a grid and where a run's description has them.
AXES: dict[str, Callable[[Result, str], float]] = {
    "T": lambda result, name: result.horizon,
    "n": lambda result, name: result.problem["n"],
    "d": lambda result, name: result.problem["d"],
    "K": lambda result, name: result.facts(name)["K"],
}


def conclude(options: Mapping[str, Any], results: list[Result]) -> list[str]:
    """The paragraphs, none for a study without a question.

    Parameters
    ----------
    options : mapping
        The table ``[conclude]`` of a study.
    results : list of Result
        Of its cells.

    Raises
    ------
    InputError
        For an unknown kind of conclusion, or a quantity that was not measured.
    """
    if not options:
        return []
    check(options)
    return CONCLUSIONS[options["what"]](options, results)


def check(options: Mapping[str, Any]) -> None:
    """Refuse a table that :func:`conclude` could not follow, before anything is simulated."""
    what = options.get("what", "")
    if what not in CONCLUSIONS:
        raise closest("conclusion", what, CONCLUSIONS)
    if options.get("by", "online") not in WORDS:
        raise closest("quantity to conclude by", options["by"], WORDS)
    for axis in options.get("claimed", {}):
        if axis not in AXES:
            raise closest("axis of a claimed exponent", axis, AXES)
    if what == "parameter" and "name" not in options:
        raise InputError('a conclusion about a parameter needs its name: write name = "gamma" in [conclude].')
    if options.get("bound", "adam.printed") not in Bound.known:
        raise closest("bound", options["bound"], Bound.known)


def measured(result: Result, name: str, by: str) -> np.ndarray:
    """A quantity of an algorithm at the horizon, one number per replicate."""
    if by in LOSSES:
        part = result.of(name)
        if by not in part:
            raise InputError(f"{by} was not measured for {name}: the problem holds out no examples; set test=.")
        return np.asarray(part[by].values[:, -1])
    return np.asarray(result.regret(by, name).low.values[:, -1])


def _ranking(options: Mapping[str, Any], results: list[Result]) -> list[str]:
    """Who is better, by how much, and how surely."""
    by = options.get("by", "online")
    paragraphs, winners = [], Counter[str]()
    for result in results:
        values = {label(result, name): measured(result, name, by) for name in result.algorithms}
        best = min(values, key=lambda name: float(values[name].mean()))
        winners[best] += 1
        paragraphs.append(f"On {_where(result)} {_best(best, values, WORDS[by])}")
    if len(results) > 1:
        counted = ", ".join(f"{name} on {count}" for name, count in winners.most_common())
        paragraphs.append(f"Of {len(results)} problems the least {WORDS[by]} is had by {counted}.")
    paragraphs.append(
        "Differences are paired by replicate; within a problem their intervals hold together at 95 % (Bonferroni), "
        f"and p is corrected over all pairs ({paired.CORRECTION})."
    )
    return paragraphs


def _best(best: str, values: dict[str, np.ndarray], words: str) -> str:
    """What the pairs with the best one say."""
    found = [_turned(d, best) for d in paired.differences(values) if best in d[:2]]
    text = f"{best} has the least {words}, {float(values[best].mean()):.4g} on average"
    if beaten := [_says(d) for d in found if d.better]:
        text += f": less than {'; than '.join(beaten)}"
    if unsure := [_doubts(d) for d in found if not d.better]:
        text += f". The evidence is not enough to place it before {'; or '.join(unsure)}"
    return f"{text}."


def _turned(d: Difference, best: str) -> Difference:
    """How much less the best one has."""
    if d.second == best:
        return d
    return d._replace(first=d.second, second=best, mean=-d.mean, low=-d.high, high=-d.low, effect=-d.effect)


def _says(d: Difference) -> str:
    if math.isinf(d.effect):
        return f"{d.first} by {d.mean:.3g} in every replicate"
    return f"{d.first} by {d.mean:.3g} [{d.low:.3g}, {d.high:.3g}] (d_z = {d.effect:.2g}, p = {d.corrected:.2g})"


def _doubts(d: Difference) -> str:
    if d.replicates == 1:
        return f"{d.first} (one replicate)"
    if d.mean == 0:
        return f"{d.first} (no difference)"
    return f"{d.first} ({d.mean:.3g} [{d.low:.3g}, {d.high:.3g}]; if that is right, {d.decided_by} replicates would do)"


def _scaling(options: Mapping[str, Any], results: list[Result]) -> list[str]:
    """The exponent along every axis of the grid, the others at their most frequent value, beside the claimed one."""
    by, claimed = options.get("by", "online"), options.get("claimed", {})
    paragraphs = []
    for name in results[0].algorithms:
        points = [{axis: read(result, name) for axis, read in AXES.items()} for result in results]
        usual = {axis: Counter(point[axis] for point in points).most_common(1)[0][0] for axis in AXES}
        sentences = []
        for axis in AXES:
            line = {
                point[axis]: measured(result, name, by)
                for point, result in zip(points, results, strict=True)
                if all(point[other] == usual[other] for other in AXES if other != axis)
            }
            if len(line) >= FEWEST:
                sentences.append(_exponent(axis, scaling.across(line, name=axis), claimed.get(axis)))
        paragraphs.append(f"{label(results[0], name)}: the {WORDS[by]} at the horizon {'; '.join(sentences)}.")
    return paragraphs


def _exponent(axis: str, e: scaling.Exponent, claimed: float | None) -> str:
    """One exponent in words."""
    if math.isnan(e.value):
        return f"has no exponent in {axis} ({e.how})"
    text = f"grows like {axis}^{e.value:.2f} [{e.low:.2f}, {e.high:.2f}]"
    if claimed is None or math.isnan(e.low):
        return text
    said = "faster than" if e.low > claimed else "slower than" if e.high < claimed else "and that may be"
    return f"{text}, {said} the claimed {axis}^{claimed:g}"


def _parameter(options: Mapping[str, Any], results: list[Result]) -> list[str]:
    """Where the quantity is least over a parameter, beside where the bound is."""
    by, parameter = options.get("by", "online"), options["name"]
    paragraphs = []
    for result in results:
        values = {_value(result, name, parameter): measured(result, name, by) for name in result.algorithms}
        named = {f"{parameter} = {value:g}": numbers for value, numbers in sorted(values.items())}
        best = min(named, key=lambda name: float(named[name].mean()))
        text = f"On {_where(result)} {_best(best, named, WORDS[by])}"
        if "bound" in options:
            at = {
                _value(result, name, parameter): result.bound(options["bound"], name).value
                for name in result.algorithms
            }
            least = min(at, key=lambda value: at[value])
            text += (
                f" The bound {options['bound']} is least at {parameter} = {least:g} ({at[least]:.4g}) among them, and "
                f"{at[max(at)]:.4g} at {parameter} = {max(at):g}."
            )
        paragraphs.append(text)
    return paragraphs


def _value(result: Result, name: str, parameter: str) -> float:
    """A hyper-parameter of an algorithm, of its sampler or its method."""
    facts = result.facts(name)
    known = facts["method_parameters"] | facts["sampler_parameters"]
    if parameter not in known:
        raise closest(f"parameter of {name}", parameter, known)
    return float(known[parameter])


def _where(result: Result) -> str:
    replicates = "one replicate" if result.replicates == 1 else f"{result.replicates} replicates"
    return f"{result.problem['name']} (T = {result.horizon}, {replicates})"


CONCLUSIONS: dict[str, Callable[[Mapping[str, Any], list[Result]], list[str]]] = {
    "ranking": _ranking, "scaling": _scaling, "parameter": _parameter,
}  # fmt: skip
