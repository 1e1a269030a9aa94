"""The built-in problems by name, and problems written as text: ``"logistic(data='digits:3-8', radius=2)"``."""

from __future__ import annotations

import inspect
from pathlib import Path

from regretlab import spelling
from regretlab.errors import InputError, unknown_name, unknown_parameter
from regretlab.problems._base import Problem
from regretlab.problems.data import is_bundled
from regretlab.problems.hinge import Hinge
from regretlab.problems.least_squares import LeastSquares
from regretlab.problems.logistic import Logistic
from regretlab.problems.mlp import MLP
from regretlab.problems.neuron import HeavyTailedLogistic, OneNeuron
from regretlab.problems.reddi import Reddi, StochasticReddi
from regretlab.problems.rows import Linear
from regretlab.problems.softmax import Softmax

#: Every built-in problem by its name in strings and study files.
PROBLEMS: dict[str, type[Problem]] = {
    "linear": Linear,
    "reddi": Reddi,
    "stochastic_reddi": StochasticReddi,
    "logistic": Logistic,
    "softmax": Softmax,
    "least_squares": LeastSquares,
    "hinge": Hinge,
    "mlp": MLP,
    "one_neuron": OneNeuron,
    "heavy_tailed_logistic": HeavyTailedLogistic,
}


def known() -> dict[str, type[Problem]]:
    """Return the built-in problems and those of the user, by name: a class is known as soon as it is defined."""
    return {**Problem.known, **PROBLEMS}


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
    if name not in known():
        raise unknown_name("problem", name, known())
    parameters = declared(name)
    for key in arguments:
        if key not in parameters:
            raise unknown_parameter(name, key, parameters)
    return known()[name](**arguments)


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
    """Return the arguments of a built-in problem that can be written as text."""
    return {
        key: value for key, value in inspect.signature(known()[name]).parameters.items() if key not in ("X", "y", "Z")
    }
