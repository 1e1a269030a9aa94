"""Problems written as text: ``"logistic(data='digits:3-8', radius=2)"``."""

from __future__ import annotations

import inspect
from pathlib import Path

from regretlab import spelling
from regretlab.errors import InputError, unknown_name, unknown_parameter
from regretlab.problems._base import Problem
from regretlab.problems.data import is_bundled


def parse(text: str | Problem) -> Problem:
    """Read a problem written as ``NAME(key=value, ...)``; objects pass through.

    Examples
    --------
    >>> parse("reddi(C=8)").name
    'reddi(C=8, c=1, period=3)'
    """
    if isinstance(text, Problem):
        return text
    if not isinstance(text, str):
        raise InputError(f"{text!r} is not a problem; use a name such as 'reddi(C=8)' or a Problem object.")
    (name, arguments), *more = spelling.parse(text)
    if more:
        raise InputError(f"cannot read the problem {text!r}; write one name with arguments, as in 'reddi(C=8)'.")
    if name not in Problem.known:
        raise unknown_name("problem", name, Problem.known)
    parameters = declared(name)
    for key in arguments:
        if key not in parameters:
            raise unknown_parameter(name, key, parameters)
    return Problem.known[name](**arguments)


def located(text: str, folder: Path) -> str:
    """Look for the data file that a problem names in a folder; a text that cannot be read stays as it is.

    Examples
    --------
    >>> located("logistic(data='my.csv')", Path("/studies"))
    "logistic(data='/studies/my.csv')"
    >>> located("logistic(data='digits:3-8')", Path("/studies"))
    "logistic(data='digits:3-8')"
    """
    try:
        ((name, arguments), *more) = spelling.parse(text)
    except InputError:
        return text
    file = arguments.get("data")
    if more or not isinstance(file, str) or is_bundled(file):
        return text
    return spelling.spell(name, {**arguments, "data": str(folder / file)})


def declared(name: str) -> dict[str, inspect.Parameter]:
    """Return the arguments of a problem that can be written as text."""
    given = inspect.signature(Problem.known[name]).parameters
    return {key: value for key, value in given.items() if key not in ("X", "y", "Z")}
