"""What belongs together: the parts of one result share everything but the algorithm, and a run goes on as it began."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import xarray as xr

from regretlab._version import __version__
from regretlab.algorithms import Algorithm, parse
from regretlab.errors import InputError
from regretlab.problems import Problem

FORMAT = 3
#: One algorithm's record and the description of its run.
Part = tuple[xr.Dataset, dict[str, Any]]

#: What the parts of one result share, each as it is compared and as it is shown.
SHARED: dict[str, tuple[Callable[[Part], Any], Callable[[Part], Any]]] = {
    "problem": (
        lambda part: json.dumps(part[1]["problem"], sort_keys=True),
        lambda part: f"{part[1]['problem']['name']} (digest {part[1]['problem']['digest']})",
    ),
    "horizon": (lambda part: part[1]["horizon"], lambda part: part[1]["horizon"]),
    "seed": (lambda part: part[1]["seed"], lambda part: part[1]["seed"]),
    "measures": (lambda part: sorted(part[1]["measure"]), lambda part: ", ".join(part[1]["measure"]) or "none"),
    "replicates": (lambda part: part[0].replicate.values.tolist(), lambda part: _few(part[0].replicate.values)),
    "checkpoints": (lambda part: part[0].t.values.tolist(), lambda part: _few(part[0].t.values)),
}


def one_record(records: Sequence[xr.Dataset], descriptions: Sequence[dict[str, Any]]) -> xr.Dataset:
    """The records of several algorithms as one; a quantity that one of them lacks shows as nan."""
    names = xr.DataArray([d["algorithm"] for d in descriptions], dims="algorithm", name="algorithm")
    record = xr.concat(records, dim=names, join="exact", combine_attrs="drop", data_vars="all")
    record.attrs = {
        "format": FORMAT,
        "regretlab": ", ".join(dict.fromkeys(r.attrs.get("regretlab", __version__) for r in records)),
        "versions": json.dumps({m.__name__: m.__version__ for m in (np, xr)}),
        "engine": ", ".join(dict.fromkeys(r.attrs["engine"] for r in records)),
        "engine_reason": "; ".join(dict.fromkeys(r.attrs["engine_reason"] for r in records)),
        "engines": json.dumps([[r.attrs["engine"], r.attrs["engine_reason"]] for r in records]),
        "seconds": json.dumps([r.attrs["seconds"] for r in records]),
        "descriptions": json.dumps(descriptions),
    }
    return record


def check_together(parts: Sequence[Part]) -> None:
    """Refuse parts that are not of one comparison: replicate r of all algorithms shares its data and random numbers.

    Raises
    ------
    InputError
        With the first thing that differs, and for an algorithm that is there twice.
    """
    if not parts:
        raise InputError("there is nothing to join; give at least one result.")
    names = [facts["algorithm"] for _, facts in parts]
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


def check_problem(problem: Problem, facts: dict[str, Any]) -> None:
    """Refuse another problem than the one that was run."""
    if problem.digest() != facts["problem"]["digest"]:
        raise InputError(
            f"the problem {problem.name!r} is not the one that was run ({facts['problem']['name']!r}, digest "
            f"{facts['problem']['digest']}); give the same problem to go on."
        )


def again(chosen: Sequence[Algorithm], name: str, facts: dict[str, Any]) -> Algorithm:
    """The algorithm that was run: the one chosen, or made anew from its name; refused if only the name is the same."""
    algorithm = parse(next((a for a in chosen if a.name == name), name))
    method = algorithm.method
    there = {"method": facts["method"], **facts["method_parameters"], "sampler": facts["sampler"], "K": facts["K"]}
    here = {"method": type(method).__name__.lower(), **method.parameters()}
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
    """A list of numbers, or the first and last of many."""
    if len(numbers) <= 5:
        return str(numbers.tolist())
    return f"[{numbers[0]}, {numbers[1]}, ..., {numbers[-1]}] ({len(numbers)})"
