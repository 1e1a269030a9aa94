"""The cells of a sweep: every run of a study at every point of the grid, checked before any work.

A **cell** is one algorithm on one problem at one point of the grid. What an axis sets is found by its name:

==========================  ==========================================================================================
``T``, ``R``, ``K``         the horizon, the number of replicates, the batch size
``seed``                    that of the run's random streams
``problem``, ``algorithm``  the problems and algorithms themselves, as ``--problems`` and ``--algorithms`` name them
``sampler``                 the sampler of every algorithm, such as ``uniform`` or ``adambs(p_min=1e-4)``
any other                   a parameter of the problem (``n``, ``d``, ``C``, ...) or of the algorithm (``alpha``, ...)
==========================  ==========================================================================================

A name that is several of these is written ``run.seed``, ``problem.seed``, ``algorithm.gamma``. An algorithm or a
problem without the parameter is the same run along its axis, and is made once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from regretlab import spelling, studies
from regretlab.algorithms import Algorithm, named, parse
from regretlab.engines.choice import choose
from regretlab.errors import InputError, shown, unknown_name
from regretlab.parameters import number
from regretlab.problems import Problem, names
from regretlab.runs.plan import NUMBERS
from regretlab.samplers import Sampler
from regretlab.studies import Study
from regretlab.sweeps.grid import MOST_CELLS, Axis

#: The letters of what belongs to a run or to its algorithm.
LETTERS = {"T": "horizon", "R": "replicates", "K": "batch_size"}
#: Axes that take the place of the study's own parts.
PARTS = ("problem", "algorithm")
PLACES = ("run", "problem", "algorithm")


class Run(NamedTuple):
    """One algorithm on one problem, as simulate takes it; the replicates are the first so many."""

    problem: str | Problem
    algorithm: str
    horizon: int
    replicates: int
    seed: int
    checkpoints: Any
    engine: str
    measure: tuple[str, ...]

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of simulate, without the problem and the algorithm."""
        return {k: v for k, v in self._asdict().items() if k not in PARTS}


@dataclass(frozen=True)
class Grid:
    """The cells of a sweep and where they are.

    Attributes
    ----------
    axes : list of Axis
        The dimensions: ``problem``, ``algorithm``, then those of the sweep in their order.
    runs : list of Run
        Those that differ, in the order of their first places.
    places : list of list of tuple
        For every run the indices along the axes at which it stands.
    """

    axes: list[Axis]
    runs: list[Run]
    places: list[list[tuple[int, ...]]]


def grid_of(study: Study, axes: Sequence[Axis], checkpoints: Any) -> Grid:
    """Return the cells of a study over axes; ``checkpoints`` are those of runs whose study does not list its own.

    Examples
    --------
    >>> from regretlab import studies
    >>> found = grid_of(studies.load("reddi"), [Axis("C", (4, 8)), Axis("T", (10, 100, 1000))], "log")
    >>> len(found.runs), found.axes[0].values, [axis.name for axis in found.axes[2:]]
    (42, ('reddi', 'stochastic_reddi(delta=0.1)'), ['C', 'T'])
    """
    given = {axis.name: axis.values for axis in axes}
    problems, chosen = _texts(given, "problem"), _texts(given, "algorithm")
    if problems and any(isinstance(cell.problem, Problem) for cell in study.cells):
        raise InputError("the study has its problem as an object; list all problems there, or name them as text.")
    study = studies.select(study, problems, chosen)
    swept = [axis for axis in axes if axis.name not in PARTS]
    samplers = next((axis.values for axis in swept if axis.name == "sampler"), ())
    bases = [(cell, cell.problem, text) for cell in study.cells for text in cell.algorithm]
    spelled = [_with_sampler(text, s) for _, _, text in bases for s in samplers] or [text for *_, text in bases]
    target = {axis.name: _target(axis.name, [p for _, p, _ in bases], spelled) for axis in swept}
    if len(set(target.values())) < len(target):
        raise InputError(f"two of {', '.join(target)} are the same parameter; sweep over it once.")
    kept = {place: {key for where, key in target.values() if where == place} for place in PLACES}
    labels = [
        (_without(problem, kept["problem"]), _without(_method_of(text) if samplers else text, kept["algorithm"]))
        for _, problem, text in bases
    ]
    own = [Axis(name, tuple(dict.fromkeys(label[i] for label in labels))) for i, name in enumerate(PARTS)]
    points = list(itertools.product(*(range(len(axis.values)) for axis in swept)))
    if len(points) * len(bases) > MOST_CELLS:
        raise InputError(f"the sweep has {len(points) * len(bases)} cells, and {MOST_CELLS} are the most; take fewer.")
    placed: dict[tuple[int, ...], Run] = {}
    for (cell, problem, text), label in zip(bases, labels, strict=True):
        at = tuple(axis.values.index(part) for axis, part in zip(own, label, strict=True))
        for point in points:
            values = [(axis, axis.values[i]) for axis, i in zip(swept, point, strict=True)]
            run = _set(cell, problem, text, [(*target[axis.name], value) for axis, value in values], checkpoints)
            if placed.setdefault((*at, *point), run) != run:
                raise InputError(
                    f"two runs of the study are the same cell of the sweep, {label[1]} on {label[0]}, and differ in "
                    f"{_difference(placed[(*at, *point)], run)}; sweep over that too, or leave one of them out."
                )
    found: dict[Any, list[tuple[int, ...]]] = {}
    runs: dict[Any, Run] = {}
    for place, run in placed.items():
        key = (id(run.problem) if isinstance(run.problem, Problem) else run.problem, repr(run[1:]))
        runs.setdefault(key, run)
        found.setdefault(key, []).append(place)
    return Grid([*own, *swept], list(runs.values()), list(found.values()))


def _texts(given: Mapping[str, Any], part: str) -> list[Any]:
    values = list(given.get(part, ()))
    if wrong := [v for v in values if not isinstance(v, str)]:
        raise InputError(
            f"over gives {part} the value {shown(wrong[0])}; write it as text, or put objects in the study."
        )
    return values


def _target(name: str, problems: Sequence[str | Problem], texts: Sequence[str]) -> tuple[str, str]:
    """Return what a name sets: a place (run, problem, algorithm) and the name there."""
    prefix, _, rest = name.rpartition(".")
    if name == "sampler":
        return "algorithm", "sampler"
    key = LETTERS.get(rest, rest)
    known = {
        "run": {"horizon", "replicates", "seed"},
        "problem": {k for p in set(map(_key, problems)) if isinstance(p, str) for k in _problem_names(p)},
        "algorithm": {k for text in set(texts) for k in _algorithm_names(text)},
    }
    if prefix and prefix not in PLACES:
        raise unknown_name("part of a run", prefix, PLACES)
    places = [place for place in PLACES if key in known[place] and prefix in ("", place)]
    if len(places) > 1:
        ways = " or ".join(f"{place}.{key}" for place in places)
        raise InputError(f"{name} is a parameter of the {' and of the '.join(places)}; say which: {ways}.")
    if not places:
        every = {*PARTS, "sampler", *LETTERS, *set().union(*known.values())} if not prefix else known[prefix]
        raise unknown_name("parameter to sweep over", name, every)
    return places[0], key


def _key(problem: str | Problem) -> str | int:
    return problem if isinstance(problem, str) else id(problem)


def _set(cell: studies.Cell, problem: Any, text: str, settings: list[tuple[str, str, Any]], checkpoints: Any) -> Run:
    """Return the run of a study's cell with settings (place, name, value) put in."""
    of: dict[str, dict[str, Any]] = {place: {} for place in PLACES}
    for place, key, value in settings:
        of[place][key] = value
    sampler = of["algorithm"].pop("sampler", None)
    text = text if sampler is None else _with_sampler(text, sampler)
    arguments = cell.arguments()
    arguments |= {k: int(number(k, v, NUMBERS[k], integer=True)) for k, v in of["run"].items()}
    times = arguments["checkpoints"]
    arguments["checkpoints"] = checkpoints if isinstance(times, str) else studies.within(times, arguments["horizon"])
    return Run(
        _respelled(problem, _items(of["problem"]), _problem_names) if isinstance(problem, str) else problem,
        _respelled(text, _items(of["algorithm"]), _algorithm_names),
        **arguments,
    )


def _items(table: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(table.items())


@lru_cache(maxsize=4096)
def _problem_names(text: str) -> tuple[str, ...]:
    """Return the parameters of a problem that can be written as text."""
    stem = spelling.stem(text)
    if stem not in Problem.known:
        raise unknown_name("problem", stem, Problem.known)
    return tuple(names.declared(stem))


@lru_cache(maxsize=4096)
def _algorithm_names(text: str) -> tuple[str, ...]:
    """Return the parameters of an algorithm, of both its parts where it is a pair."""
    (name, _), *others = spelling.parse(text)
    own = named(name).parameters()
    return (*own, *(key for other, _ in others for key in _sampler_named(other).declared()))


def _sampler_named(name: str) -> type[Sampler]:
    if name not in Sampler.known:
        raise unknown_name("sampler", name, Sampler.known)
    return Sampler.known[name]


@lru_cache(maxsize=4096)
def _respelled(text: str, settings: tuple[tuple[str, Any], ...], known: Callable[[str], tuple[str, ...]]) -> str:
    """Return a spelling with those of the settings put in that it has a parameter for."""
    present = [(key, value) for key, value in settings if key in known(text)]
    if not present:
        return text
    (name, arguments), *others = spelling.parse(text)
    first = [(key, value) for key, value in present if not any(key in _of_part(other) for other, _ in others)]
    parts = [(name, arguments | dict(first))]
    parts += [(o, a | {k: v for k, v in present if k in _of_part(o)}) for o, a in others]
    return "+".join(spelling.spell(*part) for part in parts)


def _of_part(sampler: str) -> tuple[str, ...]:
    return tuple(_sampler_named(sampler).declared())


@lru_cache(maxsize=4096)
def _with_sampler(text: str, sampler: str) -> str:
    """Return an algorithm's spelling with another sampler."""
    if not isinstance(sampler, str):
        raise InputError(f"over gives sampler the value {shown(sampler)}; write it as text, such as 'uniform'.")
    (name, _), *others = spelling.parse(sampler)
    if others:
        raise InputError(f"over gives sampler the value {sampler!r}; write one sampler, such as 'adambs(p_min=1e-4)'.")
    _sampler_named(name)
    return f"{_method_of(text)}+{sampler.strip()}"


@lru_cache(maxsize=4096)
def _method_of(text: str) -> str:
    """Return an algorithm's spelling without its sampler.

    Examples
    --------
    >>> _method_of("adamcb(alpha=0.1, gamma=0.4)"), _method_of("adam(alpha=0.1)+uniform")
    ('adamx(alpha=0.1)', 'adam(alpha=0.1)')
    """
    arguments = spelling.parse(text)[0][1]
    method = parse(text).method
    kept = {key: value for key, value in arguments.items() if key in method.declared() or key == "batch_size"}
    return spelling.spell(method.name, kept)


def _without(part: str | Problem, keys: set[str]) -> str:
    """Return the label of a problem or an algorithm: its spelling without the parameters that are swept."""
    if not isinstance(part, str):
        return part.name
    parts = [(name, {k: v for k, v in given.items() if k not in keys}) for name, given in spelling.parse(part)]
    return "+".join(spelling.spell(*one) for one in parts) if parts != spelling.parse(part) else part


def _difference(one: Run, other: Run) -> str:
    return " and ".join(name for name, a, b in zip(Run._fields, one, other, strict=True) if a != b)


class Facts(NamedTuple):
    """What is known of a run once it is checked: sizes, engine, and the digest of the problem's data."""

    n: int
    d: int
    K: int
    linear: bool
    one_dimensional: bool
    engine: str
    checkpoints: int
    digest: str


def check(grid: Grid, conclude: Mapping[str, Any], problem_of: Callable[[str | Problem], Problem]) -> list[Facts]:
    """Build every part and fit it to its run: the facts of each, or the error of what cannot be.

    Runs on one problem are checked one after the other, so that ``problem_of`` need not keep many problems.
    """
    found: dict[int, Facts] = {}
    digests: dict[str | int, str] = {}
    for i in sorted(range(len(grid.runs)), key=lambda i: str(_key(grid.runs[i].problem))):
        run = grid.runs[i]
        problem, algorithm = problem_of(run.problem), parsed(run.algorithm)
        fitted = studies.check_run(problem, algorithm, run.arguments(), conclude)
        chosen = choose(run.engine, algorithm.method, problem, fitted.sampler, fitted.measure, run.replicates)
        if (key := _key(run.problem)) not in digests:
            digests[key] = problem.digest()
        found[i] = Facts(
            problem.n, problem.d, fitted.sampler.run.K, problem.linear, problem.linear and problem.d == 1, chosen.name,
            len(fitted.checkpoints), digests[key],
        )  # fmt: skip
    return [found[i] for i in range(len(grid.runs))]


@lru_cache(maxsize=4096)
def parsed(text: str) -> Algorithm:
    """Return the algorithm of a spelling; the cells of a grid share most of theirs."""
    return parse(text)
