"""The best value of a parameter of the algorithms: for a quantity, and for a bound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from regretlab import paired
from regretlab.bounds import Bound
from regretlab.result import Result
from regretlab.studies.conclusions import _words as say
from regretlab.studies.conclusions._words import INTERVALS, WORDS, Match, compared, least, measured, parameter_of


def optimum(options: Mapping[str, Any], results: list[Result]) -> list[str]:
    """Say at which value of a parameter the quantity is least, and at which the bound is."""
    by, name = options.get("by", "online"), options["name"]
    sentences = []
    for result in results:
        best = _chosen(result, name, by)
        sentences.append(f"On {say.problem(result)}, {_least(match(options, result), WORDS[by], name)}.")
        if "bound" in options:
            bounds = {value: result.bound(options["bound"], algorithm).value for value, algorithm in best.items()}
            sentences.append(_of_bound(options["bound"], bounds, name))
    several = len(results[0].algorithms) // len(_chosen(results[0], name, by))
    tuned = [f"Every {name} is shown at the best of {several} settings of the rest."] if several > 1 else []
    return [*sentences, *tuned, INTERVALS]


def match(options: Mapping[str, Any], result: Result) -> Match:
    """Compare every value of the parameter with the best one."""
    by = options.get("by", "online")
    values = {
        f"{value:g}": measured(result, algorithm, by)
        for value, algorithm in _chosen(result, options["name"], by).items()
    }
    random = any(result.random(name) for name in result.algorithms)
    return compared(values, least(values), paired.differences(values, random=random))


def points(options: Mapping[str, Any], result: Result) -> dict[str, dict[float, np.ndarray]]:
    """Return the observations at every value of the parameter, and the bound there."""
    by, bound = options.get("by", "online"), options.get("bound")
    best = _chosen(result, options["name"], by)
    curves = {WORDS[by]: {value: measured(result, algorithm, by) for value, algorithm in best.items()}}
    if bound is not None:
        title = f"bound: {Bound.known[bound].title}"
        curves[title] = {value: np.array([result.bound(bound, algorithm).value]) for value, algorithm in best.items()}
    return curves


def _of_bound(bound: str, at: dict[float, float], name: str) -> str:
    """Say at which value of the parameter a bound is least."""
    least, first, last = min(at, key=lambda value: at[value]), min(at), max(at)
    ends = f"{say.plain(at[first])} at {name} = {first:g} and {say.plain(at[last])} at {last:g}"
    if least in (first, last):
        return f"The bound {bound} is least at that end of the grid where {name} = {least:g}: it is {ends}."
    return f"The bound {bound} is least at {name} = {least:g}, {say.plain(at[least])}; it is {ends}."


def _least(match: Match, words: str, parameter: str) -> str:
    """At which value of a parameter a quantity is least, where it is decidedly more, and where that is open."""
    best, found, values = match.base, match.distinct, match.values
    more = sorted((d for d in found if d.better == d.second), key=lambda d: d.mean)
    unsure = [d for d in found if d.better != d.second]
    text = f"the {words} is least at {parameter} = {best}, {say.level(values[best])}"
    if more:
        at = f"{parameter} = {', '.join(d.first for d in found if d in more)}"
        text += f"; it is decidedly more at {at}: by {say.gap(more[0], values[best])} at {more[0].first}"
        text += f" up to {say.gap(more[-1], values[best])} at {more[-1].first}" if len(more) > 1 else ""
    if unsure:
        text += f"; not decided at {' and at '.join(f'{d.first} ({say.doubt(d)})' for d in unsure)}"
    return text + say.copies(match, {value: f"{parameter} = {value}" for value in values})


def _chosen(result: Result, parameter: str, by: str) -> dict[float, str]:
    """Return the best algorithm with every value of the parameter."""
    groups: dict[float, list[str]] = {}
    for name in result.algorithms:
        groups.setdefault(parameter_of(result, name, parameter), []).append(name)
    return {v: min(groups[v], key=lambda name: float(measured(result, name, by).mean())) for v in sorted(groups)}
