"""Studies: which problems are run with which algorithms, read from TOML; the built-in ones lie beside this file.

A study has the keys of :func:`regretlab.simulate`, and any number of ``[[run]]`` tables that override them::

    horizon = 2000
    replicates = 8
    algorithm = ["adam(alpha=0.1)", "adamx(alpha=0.1)"]

    [[run]]
    problem = "reddi(C=8)"

    [[run]]
    problem = "logistic(data='my.csv')"  # beside this file, wherever the study is run
    horizon = 5000

Above these it may name a ``store`` beside the file, or at a URL, where finished runs are kept and looked for. It may
have a ``question`` and a table ``[conclude]``, which says how its numbers answer it
(:mod:`regretlab.studies.conclusions`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from regretlab import algorithms, spelling
from regretlab.algorithms import Algorithm
from regretlab.bounds import Bound
from regretlab.bounds.assumptions import ETA, GAMMA_KB
from regretlab.errors import InputError, shown, unknown_name
from regretlab.parameters import number, path_of
from regretlab.problems import Problem, names
from regretlab.runs.description import Description, describe
from regretlab.runs.plan import NUMBERS, Plan, plan
from regretlab.spelling import numerals
from regretlab.studies import conclusions

FOLDER = Path(__file__).parent
BUILT_IN = sorted(path.stem for path in FOLDER.glob("*.toml"))


@dataclass(frozen=True)
class Cell:
    """One call of simulate: a problem, algorithms and the rest, as text and numbers."""

    problem: str | Problem  # an object in sweeps alone
    algorithm: tuple[str, ...]
    horizon: int = 1000
    replicates: int = 1
    seed: int = 0
    checkpoints: Any = "log"
    engine: str = "auto"
    measure: tuple[str, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of simulate, without the problem and the algorithms."""
        names = ("horizon", "replicates", "seed", "checkpoints", "engine", "measure")
        return {name: getattr(self, name) for name in names}

    def check(self, conclude: Mapping[str, Any]) -> Problem:
        """Build every part and fit it to the run and to the conclusion: the problem, or the error of what cannot be."""
        problem = names.parse(self.problem)
        for parsed in algorithms.parse_all(self.algorithm):
            check_run(problem, parsed, self.arguments(), conclude)
        return problem


@dataclass(frozen=True)
class Study:
    """A name, its cells, its question, and the way to answer it by numbers (:mod:`regretlab.studies.conclusions`).

    Where ``store`` names one, finished runs are kept there (:class:`regretlab.Store`).
    """

    name: str
    cells: tuple[Cell, ...]
    question: str = ""
    conclude: dict[str, Any] = field(default_factory=dict)
    store: str = ""

    def check(self) -> list[Problem]:
        """Return the problems of the cells, once all is checked, so that bad input is found before the first step."""
        return [cell.check(self.conclude) for cell in self.cells]


def check_run(
    problem: Problem, algorithm: Algorithm, arguments: Mapping[str, Any], conclude: Mapping[str, Any]
) -> Plan:
    """Fit an algorithm to its run and to the conclusion: the plan, or the error of what cannot be.

    Parameters
    ----------
    arguments : mapping
        Those of simulate, without the problem and the algorithm.
    conclude : mapping
        The table ``[conclude]`` of the study.
    """
    planned = plan(problem, algorithm, **{k: v for k, v in arguments.items() if k != "engine"})
    described = describe(planned)
    _check_ratios(algorithm.name, described)
    conclusions.check_run(conclude, problem, described)
    return planned


KEYS = tuple(Cell.__dataclass_fields__)
#: Bytes of the largest study file.
LARGEST_FILE = 64 << 20


def load(name: str) -> Study:
    """Return a built-in study by name, or one from a TOML file by path.

    Examples
    --------
    >>> len(load("seeds").cells)
    3
    """
    path = FOLDER / f"{name}.toml" if isinstance(name, str) and name in BUILT_IN else path_of("study", name)
    table = _table(name, path)
    question, options, store = table.pop("question", ""), table.pop("conclude", None), table.pop("store", "")
    for key, given in (("question", question), ("store", store)):
        if not isinstance(given, str):
            raise InputError(f"{key}={given!r} in the study is not text; write it in quotes.")
    if options is not None:
        conclusions.check(options)
    cells = [replace(cell, problem=names.located(str(cell.problem), path.parent)) for cell in _cells(table)]
    if store and "://" not in store:
        store = str(path.parent / store)
    return Study(path.stem, tuple(cells), question, options or {}, store)


def _table(name: str, path: Path) -> dict[str, Any]:
    """Read a TOML file; its numbers with a point are read as everywhere (:mod:`regretlab.spelling.numerals`)."""
    try:
        if not path.is_file():
            if path.suffix == ".toml" or len(path.parts) > 1:
                raise InputError(f"no study file at {name!r}; give a TOML file or one of {', '.join(BUILT_IN)}.")
            raise unknown_name("study", name, BUILT_IN)
        if not path.stem.strip("."):
            raise InputError(f"the study file {name!r} has no name that its results could have; rename it.")
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(
                f"{name!r} has more than {LARGEST_FILE >> 20} MiB, too much for a study; give a TOML file."
            )
        text = path.read_bytes().decode("utf-8-sig")  # some editors mark UTF-8 by a first character that TOML has not
        return tomllib.loads(text, parse_float=_float)
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"cannot read {name!r}: {error.strerror}.") from None
    except RecursionError:
        raise InputError(f"{name!r} nests its values too deeply; a study needs lists of numbers and words.") from None
    except ValueError as error:  # of TOML, of UTF-8, or of a number
        raise InputError(f"{name!r} is not a TOML file in UTF-8: {str(error).rstrip('.')}.") from None


def _float(text: str) -> float:
    plain = text.replace("_", "")  # TOML's own grammar has placed them between digits
    if plain.lstrip("+-") in ("inf", "nan"):
        return float(plain)
    try:
        return numerals.floating(plain)
    except numerals.NumeralError as error:
        raise ValueError(f"the number {text} {error}") from None


def _cells(table: dict[str, Any]) -> list[Cell]:
    runs = table.pop("run", [{}])
    if not isinstance(runs, list) or not runs or not all(isinstance(r, dict) for r in runs):
        raise InputError("'run' must be a list of tables; write [[run]] with two pairs of brackets, once or more.")
    cells = []
    for given in ({**table, **run} for run in runs):
        for key in given:
            if key not in KEYS:
                raise unknown_name("key of a study", key, (*KEYS, "run"))
        for key in ("problem", "algorithm"):
            if key not in given:
                raise InputError(f"the study has a run without '{key}'; set it in its [[run]] table or above them all.")
        problems = _texts(given, "problem")
        cells += [Cell(**{**given, **_read(given), "problem": problem}) for problem in problems]
    return cells


def _read(given: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a run, each of its type."""
    if isinstance(runs := given.get("replicates"), list):
        raise InputError(
            f"replicates={shown(runs)} in the study is a list; give the number of runs, at least one: replicates = 10."
        )
    read: dict[str, Any] = {
        key: int(number(key, given[key], NUMBERS[key], integer=True)) for key in NUMBERS & given.keys()
    }
    read["algorithm"] = _texts(given, "algorithm")
    read["measure"] = _texts(given, "measure") if given.get("measure", []) != [] else ()
    times = given.get("checkpoints", "log")
    if not isinstance(times, str | list):
        raise InputError(f'checkpoints={times!r} in the study is neither "log", "decimal" nor a list of steps.')
    if not isinstance(given.get("engine", ""), str):
        raise InputError(f"engine={given['engine']!r} in the study is not a word; write it in quotes.")
    return read


def _texts(given: dict[str, Any], key: str) -> tuple[str, ...]:
    """One string or a list of strings, as a tuple."""
    value = given[key]
    texts = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else None
    if not texts or not all(isinstance(text, str) for text in texts):
        raise InputError(f"{key}={value!r} in the study is not a string or a list of strings.")
    return texts


def select(study: Study, problems: list[str], chosen: list[str]) -> Study:
    """Return the study with other problems or algorithms.

    A bare name picks what the study has under that name, with the study's parameters; anything else is taken as it is
    written. New problems run with the first cell's settings.
    """
    cells = list(study.cells)
    if problems:
        cells = [c for text in problems for c in _matching(cells, text)]
    if chosen:
        cells = [
            replace(cell, algorithm=tuple(a for text in chosen for a in _named(cell.algorithm, text))) for cell in cells
        ]
    return replace(study, cells=tuple(cells))


def override(study: Study, settings: dict[str, Any]) -> Study:
    """Set horizon, replicates or seed in every cell of a study; later checkpoints are left out."""
    cells = [replace(cell, **settings) for cell in study.cells]
    return replace(study, cells=tuple(replace(c, checkpoints=within(c.checkpoints, c.horizon)) for c in cells))


def within(checkpoints: Any, horizon: int) -> Any:
    """Return the checkpoints up to a horizon."""
    if not isinstance(checkpoints, list):
        return checkpoints
    return [t for t in checkpoints if not isinstance(t, int) or t <= horizon] or [horizon]


def _matching(cells: list[Cell], text: str) -> list[Cell]:
    return [c for c in cells if spelling.stem(str(c.problem)) == text] or [replace(cells[0], problem=text)]


def _named(known: tuple[str, ...], text: str) -> list[str]:
    return [a for a in known if spelling.stem(a) == text] or [text]


def _check_ratios(text: str, run: Description) -> None:
    """Refuse hyper-parameters for which a bound of the algorithm is undefined (its constant divides by 1 - ratio)."""
    for bound in Bound.known.values():
        if not bound.about(run.method, run.sampler):
            continue
        for assumption in [a for a in bound.assumes if a in (ETA, GAMMA_KB)]:
            found = assumption.of_method(run.method_parameters)
            if found is not None and not found.passed:
                raise InputError(
                    f"{text!r} has {found.measured} where the bound {bound.id} needs {assumption.text} "
                    f"({bound.source}); lower beta1 or raise beta2."
                )
