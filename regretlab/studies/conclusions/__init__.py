"""The last words of a study: what its numbers say about its question, in words that follow from them.

A study asks one kind of question, in its table ``[conclude]``::

    [conclude]
    what = "ranking"        # which algorithm has the least of a quantity, and how surely
    by = "cumulative"       # a kind of regret, or train_loss or test_loss, at the horizon
    against = "adam"        # optional: compare with this one, by its short name, instead of with the best
    each = "alpha"          # optional: compare only algorithms that share the value of this parameter
    clock = true            # optional: say how long the runs took, and on which engine
    scope = "..."           # optional, for any kind of conclusion: what it does not speak of, and why

    [conclude]
    what = "scaling"        # the exponents of the regret over the grid of the study, and those that were claimed
    by = "cumulative"       # the i-th algorithms of all cells belong together
    claimed = { T = 0.5, n = 0, K = 0, d = 1 }      # of an upper bound

    [conclude]
    what = "parameter"      # where the quantity is least over a parameter of the algorithms, and where a bound is
    by = "cumulative"
    name = "gamma"
    bound = "adamcb.ours"
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from regretlab import paired
from regretlab.bounds import Bound
from regretlab.errors import InputError, unknown_name
from regretlab.problems import Problem
from regretlab.result import Result
from regretlab.runs.description import Description
from regretlab.studies.conclusions import _grid, _parameter
from regretlab.studies.conclusions._grid import AXES, exponents, fixed, observed
from regretlab.studies.conclusions._parameter import optimum
from regretlab.studies.conclusions._ranking import matches, ranking
from regretlab.studies.conclusions._words import LOSSES, WORDS, parameter_in


class Sweep(NamedTuple):
    """The observations of a study's figure over a parameter, by curve and value (``plots.sweep``)."""

    name: str
    points: dict[str, dict[float, np.ndarray]]
    quantity: str
    title: str
    guides: bool


def conclude(options: Mapping[str, Any], results: list[Result]) -> list[str]:
    """Return the sentences, none for a study without a question.

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
    scope = [options["scope"]] if "scope" in options else []
    return [*CONCLUSIONS[options["what"]](options, results), *scope]


def check(options: Any) -> None:
    """Refuse a table that :func:`conclude` could not follow, before anything is simulated."""
    if not isinstance(options, Mapping) or not options:
        said = "is not a table" if options != {} else "says nothing"
        raise InputError(f'conclude={options!r} {said}; write [conclude] and what = "ranking", or neither.')
    for key, value in options.items():
        if key in TYPES and type(value) is not TYPES[key]:
            raise InputError(f"{key}={value!r} in [conclude] is not {WRITTEN[TYPES[key]]}; write it so.")
    what = options.get("what", "")
    if what not in CONCLUSIONS:
        raise unknown_name("conclusion", what, CONCLUSIONS)
    for key in options:
        if key not in KEYS[what]:
            raise unknown_name(f"key of a {what} in [conclude]", key, KEYS[what])
    if options.get("by", "online") not in WORDS:
        raise unknown_name("quantity to conclude by", options["by"], WORDS)
    for axis, power in options.get("claimed", {}).items():
        if axis not in AXES:
            raise unknown_name("axis of a claimed exponent", axis, AXES)
        if type(power) not in (int, float) or not abs(power) < math.inf:
            raise InputError(f"the claimed exponent {axis}={power!r} in [conclude] is not a number; write it as 0.5.")
    if what == "parameter" and "name" not in options:
        raise InputError('a conclusion about a parameter needs its name: write name = "gamma" in [conclude].')
    if options.get("bound", "adam.printed") not in Bound.known:
        raise unknown_name("bound", options["bound"], Bound.known)


def check_run(options: Mapping[str, Any], problem: Problem, run: Description) -> None:
    """Refuse, before it is made, a run that will not record the quantities of the conclusion.

    Parameters
    ----------
    options : mapping
        The table ``[conclude]`` of a study.
    """
    if not options:
        return
    by, name, factor = options.get("by", "online"), run.algorithm, run.law.factor
    if by in LOSSES and problem.held_out is None:
        raise InputError(
            f"the study concludes by {by}, but {problem.name} holds out no examples; give it test=0.2, say."
        )
    if by == "sampler" and by not in run.measure:
        raise InputError(f'the study concludes by sampler regret, but does not measure it; write measure = ["{by}"].')
    if by == "cumulative" and by not in run.measure and factor is None:
        raise InputError(
            f"the study concludes by cumulative regret, of which {name} on {problem.name} allows no unbiased estimate; "
            f'write measure = ["{by}"].'
        )
    parameter = options.get("name", options.get("each"))
    if parameter is not None:
        parameter_in(run, name, parameter)


def sweeps(options: Mapping[str, Any], results: list[Result]) -> list[Sweep]:
    """Return the figures over parameters that a conclusion rests on."""
    what, quantity = options.get("what"), f"{WORDS[options.get('by', 'online')]} at the horizon"
    if what == "scaling":
        lines = observed(options.get("by", "online"), results)
        axes = [axis for axis in AXES if any(axis in of for of in lines.values())]
        curves = {axis: {name: of[axis] for name, of in lines.items()} for axis in axes}
        return [Sweep(axis, curves[axis], quantity, fixed(results, axis), guides=True) for axis in axes]
    if what == "parameter":
        return [
            Sweep(options["name"], _parameter.points(options, result), quantity, result.problem.name, guides=False)
            for result in results
        ]
    return []


def tables(options: Mapping[str, Any], results: list[Result]) -> dict[str, pd.DataFrame]:
    """By problem, the paired differences that a conclusion speaks of, with effect sizes and corrected p values."""
    what, by = options.get("what"), options.get("by", "online")
    found: dict[str, list[paired.Difference]] = {}
    for result in results if what in ("ranking", "parameter") else []:
        found.setdefault(result.problem.name, []).extend(_pairs(options, result))
    if found:
        return {name: paired.table(list(dict.fromkeys(of)), WORDS[by]) for name, of in found.items()}
    if what == "scaling" and _grid.positive(lines := observed(by, results)):
        return {"the points of the grid": paired.table(_grid.points(lines)[1], f"log {WORDS[by]}")}
    return {}


def _pairs(options: Mapping[str, Any], result: Result) -> list[paired.Difference]:
    """Return the differences of a ranking or an optimum on one problem; values of a parameter with its name."""
    if options["what"] == "ranking":
        return [d for *_, match in matches(options, result) for d in match.distinct]
    name = options["name"]
    of = _parameter.match(options, result).distinct
    return [d._replace(first=f"{name} = {d.first}", second=f"{name} = {d.second}") for d in of]


CONCLUSIONS: dict[str, Callable[[Mapping[str, Any], list[Result]], list[str]]] = {
    "ranking": ranking,
    "scaling": exponents,
    "parameter": optimum,
}
#: The quantities of the table, and their formats.
TYPES: dict[str, type] = {
    **dict.fromkeys(("what", "by", "against", "each", "scope", "name", "bound"), str),
    "clock": bool,
    "claimed": dict,
}
WRITTEN = {str: "text in quotes", bool: "true or false", dict: "a table such as { T = 0.5 }"}
KEYS = {
    "ranking": ("what", "by", "against", "each", "clock", "scope"),
    "scaling": ("what", "by", "claimed", "scope"),
    "parameter": ("what", "by", "name", "bound", "scope"),
}
