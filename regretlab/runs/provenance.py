"""Records that belong together: those of one result differ in the algorithm alone, and a run goes on as it began."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import xarray as xr

from regretlab.algorithms import Algorithm, parse
from regretlab.errors import InputError
from regretlab.problems import Problem
from regretlab.runs.description import Description

#: One algorithm's record and the description of its run.
Part = tuple[xr.Dataset, Description]

#: The properties that the parts of one result share, each as it is compared and as it is shown.
SHARED: dict[str, tuple[Callable[[Part], Any], Callable[[Part], Any]]] = {
    "problem": (
        lambda part: json.dumps(part[1].to_data()["problem"], sort_keys=True),
        lambda part: f"{part[1].problem.name} (digest {part[1].problem.digest})",
    ),
    "horizon": (lambda part: part[1].horizon, lambda part: part[1].horizon),
    "seed": (lambda part: part[1].seed, lambda part: part[1].seed),
    "measures": (lambda part: sorted(part[1].measure), lambda part: ", ".join(part[1].measure) or "none"),
    "replicates": (lambda part: part[0].replicate.values.tolist(), lambda part: _few(part[0].replicate.values)),
    "checkpoints": (lambda part: part[0].t.values.tolist(), lambda part: _few(part[0].t.values)),
}


def check_together(parts: Sequence[Part]) -> None:
    """Refuse parts that are not of one comparison: replicate r of all algorithms shares its data and random numbers.

    Raises
    ------
    InputError
        With the first thing that differs, and for an algorithm that is there twice.
    """
    if not parts:
        raise InputError("there is nothing to join; give at least one result.")
    names = [description.algorithm for _, description in parts]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"the algorithm {name!r} is there twice; join results of different algorithms.")
    for what, (key, shown) in SHARED.items():
        for name, part in zip(names, parts, strict=True):
            if key(part) != key(parts[0]):
                same = f"{', '.join(list(SHARED)[:-1])} and {list(SHARED)[-1]}"
                raise InputError(
                    f"the results do not belong together: they differ in the {what}, {shown(parts[0])} of {names[0]} "
                    f"and {shown(part)} of {name}; join results with the same {same}."
                )


def check_problem(problem: Problem, description: Description) -> None:
    """Refuse another problem than the one that was run."""
    if problem.digest() != description.problem.digest:
        raise InputError(
            f"the problem {problem.name!r} is not the one that was run ({description.problem.name!r}, digest "
            f"{description.problem.digest}); give the same problem to go on."
        )


def algorithm_of(description: Description, chosen: Sequence[Algorithm]) -> Algorithm:
    """Return the algorithm that was run: the one chosen, else one made from its name.

    Raises
    ------
    InputError
        If an algorithm of the same name has another method, other parameters, another sampler or batch size.
    """
    name = description.algorithm
    try:
        algorithm = parse(next((a for a in chosen if a.name == name), name))
    except InputError as error:
        raise InputError(f"{error} Or give the algorithm {name!r} that was run as extend(algorithm=...).") from None
    method, run = algorithm.method, description
    there = {"method": run.method, **run.method_parameters, "sampler": run.sampler, "K": run.K}
    here = {"method": method.name, **method.parameters()}
    if algorithm.sampler is not None:
        here["sampler"] = algorithm.sampler.name
    if algorithm.batch_size is not None:
        here["K"] = algorithm.batch_size
    for name, value in json.loads(json.dumps(here)).items():
        if name not in there or there[name] != value:
            raise InputError(
                f"the algorithm {algorithm.name!r} is not the one that was run: its {name} is {value!r}, and was "
                f"{there.get(name)!r}; simulate again, or name algorithms by what makes them, as 'adam(alpha=0.1)'."
            )
    return algorithm


def _few(numbers: np.ndarray) -> str:
    """Return a list of numbers, or the first and last of many."""
    if len(numbers) <= 5:
        return str(numbers.tolist())
    return f"[{numbers[0]}, {numbers[1]}, ..., {numbers[-1]}] ({len(numbers)})"
