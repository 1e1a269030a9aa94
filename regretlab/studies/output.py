"""A study on disk: results, figures, a report and a summary of one run together, or those of the run before.

One process writes to a folder at a time. Everything is made in the folder :data:`STAGE` inside it, and takes the place
of what was there when it is whole: ``summary.json`` goes first and comes last, so that its presence says that the
folder is whole. Every algorithm is kept in a store when it is finished: one of the user's, or one in the stage, which
goes when all are. A result file carries a digest of what made it; ``resume`` keeps those that fit, and what is in the
stage's store.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from regretlab import plots
from regretlab.algorithms import parse_all
from regretlab.errors import InputError, InterruptedWarning, StoreWarning, UnderflowWarning
from regretlab.problems import Problem
from regretlab.result import Result, simulate
from regretlab.runs.plan import plan
from regretlab.store import Store
from regretlab.store.running import line_of
from regretlab.studies import Cell, Study, conclusions, figures, report
from regretlab.studies.figures import Drawn, as_svg
from regretlab.studies.formats import formats
from regretlab.studies.looks import looked
from regretlab.system.files import NO_ROOM, PARTIAL, atomically, is_sealed, one_writer
from regretlab.system.processes import refuse_without_guard, unordered
from regretlab.system.progress import progress_bar
from regretlab.system.version import __version__

SCHEMA = 1
#: Where a run is made until it is whole, and the store in there.
STAGE, STORE = ".unfinished", "store"
SUMMARY = "summary.json"
#: Studies of fewer steps than this are over before a second process has started.
FEW_STEPS = 10_000


class OutputFolder:
    """A folder that can be written to; anything else is an :class:`InputError` before any work is done."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        try:
            str(path).encode()
        except UnicodeEncodeError:
            raise InputError(
                f"the name of the folder {str(path)!r} is no UTF-8, so that records in it could not be opened; "
                "choose another name."
            ) from None
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(f"cannot write to --out {str(path)!r}: {reason}; choose a writable folder.") from None

    @property
    def stage(self) -> Path:
        """The folder in which the run that is going on is written."""
        return self.path / STAGE

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Keep other processes out, and say in a sentence if there is no room for what is written."""
        try:
            with one_writer(self.path):
                yield
        except OSError as error:
            if error.errno not in NO_ROOM and not str(error.filename).startswith(str(self.path)):
                raise
            raise InputError(f"cannot write to --out {str(self.path)!r}: {error.strerror}; make room there.") from None

    def begin(self, resume: bool) -> None:
        """Take away what an earlier run left unfinished: all of it, or what was half-written."""
        strays = [stray for place in (self.path, self.path / "results") for stray in place.glob(f"**/{PARTIAL}*")]
        for left in strays if resume else [*strays, self.stage]:
            shutil.rmtree(left, ignore_errors=True)

    def write(self, name: str, text: str) -> None:
        """Write a text file of the run that is going on."""
        with atomically(self.stage / name) as path:
            path.write_text(text, encoding="utf-8")

    def publish(self) -> None:
        """Let the run that is whole take the place of the one before; files that are not a run's stay."""
        for name in (SUMMARY, "report.html"):
            (self.path / name).unlink(missing_ok=True)
        for earlier in (self.path / "results").glob("*.nc"):
            if is_sealed(earlier):
                earlier.unlink()
        made = sorted(path.relative_to(self.stage) for path in self.stage.rglob("*") if path.is_file())
        for file in sorted(made, key=lambda file: str(file) == SUMMARY):
            (self.path / file).parent.mkdir(exist_ok=True)
            os.replace(self.stage / file, self.path / file)
        shutil.rmtree(self.stage)


class Written(NamedTuple):
    """The outcome of a study: the results of its cells, and the sentences of its conclusion."""

    results: list[Result]
    conclusion: list[str]


def write_study(
    study: Study, made: list[Problem], folder: OutputFolder, *, resume: bool = False, store: Store | None = None,
    workers: int = 1, progress: bool = False, command: str = "",
) -> Written:  # fmt: skip
    """Simulate every cell of a study, and write everything.

    Parameters
    ----------
    study : Study
    made : list of Problem
        Its problems, from :meth:`Study.check`.
    folder : OutputFolder
    resume : bool
        Keep result files in the folder that were made by the same cell and the same version; a folder that has results
        but none of those is refused.
    store : Store, optional
        Where the runs are kept for good, and looked for.
    workers : int
        Number of processes; the results do not depend on it.
    progress : bool
        Show progress bars.
    command : str
        What the page says it can be made again with.
    """
    refuse_without_guard()
    with folder.in_use():
        return _write(study, made, folder, resume, store, workers, progress, command)


def _write(
    study: Study, made: list[Problem], folder: OutputFolder, resume: bool, store: Store | None, workers: int,
    progress: bool, command: str,
) -> Written:  # fmt: skip
    names = file_names(made)
    results = _simulate(study.cells, made, folder, names, resume, store, workers, progress)
    drawn: dict[str, dict[str, Drawn]] = {name: {} for name in names}
    # The points of a grid are too many to look at one by one: the figures over its axes stand for them.
    shown = [] if study.conclude.get("what") == "scaling" else zip(names, results, strict=True)
    tasks = [(name, r, t) for name, r in shown for t in figures.titles(r)]
    for name, title, one in _watched(unordered(_draw, tasks, workers), len(tasks), "figures", progress):
        drawn[name][title] = one
        folder.write(f"{one.name}.svg", one.svg)
        folder.write(f"{one.name}.csv", one.csv)
    concluded = conclusions.conclude(study.conclude, results)
    overviews = [as_svg(plots.sweep(**sweep._asdict())) for sweep in conclusions.sweeps(study.conclude, results)]
    for i, svg in enumerate(overviews, start=1):
        folder.write(f"figures/conclusion-{i}.svg", svg)
    differences = conclusions.tables(study.conclude, results)
    for name, result in zip(names, results, strict=True):
        for suffix, text in formats(result).items():
            folder.write(f"tables/{name}.{suffix}", text)
    page = report.page(
        study.name, results, list(drawn.values()), study.question, concluded, overviews, differences, command
    )
    folder.write("report.html", page)
    document = {**summary(study.name, results), "question": study.question, "conclusion": concluded}
    folder.write(SUMMARY, json.dumps(document, indent=1, allow_nan=False) + "\n")
    folder.publish()
    return Written(results, concluded)


def _simulate(
    cells: Sequence[Cell], made: list[Problem], folder: OutputFolder, names: list[str], resume: bool,
    store: Store | None, workers: int, progress: bool,
) -> list[Result]:  # fmt: skip
    """Simulate every cell whose result is not there yet. Every algorithm is kept in the store when it is finished, and
    joined with the others of its cell when they all are, so that an interruption loses nothing but what was running.
    """
    paths = [folder.stage / "results" / f"{name}.nc" for name in names]
    lines = [_lines(problem, cell) for cell, problem in zip(cells, made, strict=True)]
    digests = [_digest(keys, cell.arguments()) for cell, keys in zip(cells, lines, strict=True)]
    if resume:
        _check_kept(folder.path, set(digests), {key for keys in lines for key in keys.values()})
    folder.begin(resume)
    if resume:
        for path, digest in zip(paths, digests, strict=True):
            earlier = folder.path / "results" / path.name
            if _made_by(path) != digest and _made_by(earlier) == digest:
                with atomically(path) as copy:
                    shutil.copy2(earlier, copy)
    todo = [i for i, path in enumerate(paths) if not (resume and _made_by(path) == digests[i])]
    unfinished = folder.stage / STORE
    kept = store or (Store(unfinished) if todo else None)
    tasks = [(i, made[i], text, cells[i].arguments(), kept) for i in todo for text in cells[i].algorithm]
    if sum(cells[i].horizon for i, *_ in tasks) < FEW_STEPS:
        workers = 1
    finished: dict[int, dict[str, Result]] = {i: {} for i in todo}
    joined: dict[int, Result] = {}
    said: dict[str, None] = {}
    for i, text, result, warned in _watched(unordered(_run, tasks, workers), len(tasks), "simulations", progress):
        finished[i][text] = result
        said |= dict.fromkeys(warned)
        if len(finished[i]) == len(cells[i].algorithm):
            joined[i] = Result.join([finished[i].pop(text) for text in cells[i].algorithm])
            joined[i].record.attrs["cell"] = digests[i]
            joined[i].to_netcdf(paths[i])
    shutil.rmtree(unfinished, ignore_errors=True)
    for sentence in said:
        warnings.warn(sentence, StoreWarning, stacklevel=2)
    return [joined.get(i) or Result.open(path) for i, path in enumerate(paths)]


def _watched(items: Iterator[Any], total: int, what: str, shown: bool) -> Iterator[Any]:
    with progress_bar(what, total, shown) as bar:
        for item in items:
            bar.update()
            yield item


def _run(
    i: int, problem: Problem, text: str, arguments: dict[str, Any], store: Store
) -> tuple[int, str, Result, list[str]]:
    """One algorithm of cell i, by means of a store, and what was said of that; runs in a process of its own."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", StoreWarning)
        warnings.simplefilter("ignore", InterruptedWarning)
        warnings.simplefilter("ignore", UnderflowWarning)  # tables and the page say so
        result = simulate(problem, text, store=store, **arguments)
    if "interrupted" in result.record.attrs:
        raise KeyboardInterrupt
    said = [str(w.message) for w in caught if issubclass(w.category, StoreWarning)]
    return i, text, looked(result, problem, store, text, arguments), said


def _draw(name: str, result: Result, title: str) -> tuple[str, str, Drawn]:
    """One figure of one result, as text; runs in a process of its own."""
    return name, title, figures.drawn(result, title, f"figures/{name}-{_plain(title)}")


def _lines(problem: Problem, cell: Cell) -> dict[str, str]:
    """Return the keys of the lines of a cell's algorithms, by what they are written."""
    given = {name: value for name, value in cell.arguments().items() if name != "engine"}
    keys = {}
    for text, algorithm in zip(cell.algorithm, parse_all(cell.algorithm), strict=True):
        try:
            keys[text] = line_of(plan(problem, algorithm, **given), cell.engine).key
        except InputError:  # a class of the user's that is never known again
            keys[text] = uuid.uuid4().hex
    return keys


def _digest(keys: dict[str, str], arguments: dict[str, Any]) -> str:
    """Return what a result depends on, as a digest."""
    return hashlib.sha256(json.dumps([keys, arguments], default=str).encode()).hexdigest()


def _check_kept(folder: Path, digests: set[str], keys: set[str]) -> None:
    """Refuse to resume where there are results but none of this study, which would replace them."""
    found = [path for name in ("results", STAGE) for path in sorted((folder / name).rglob("*.nc"))]
    there = [path for path in found if PARTIAL not in str(path)]
    readable = [path for path in there if _made_by(path) is not None]
    if not there or any(path.parent.name in keys or _made_by(path) in digests for path in readable):
        return
    other = Result.open((readable or there)[0])
    raise InputError(
        f"--resume finds nothing of this study as it is now in {str(folder)!r}, which holds {other.problem.name} "
        f"(T = {other.horizon}, R = {other.replicates}, seed = {other.description(other.algorithms[0]).seed}: "
        f"{', '.join(other.label(name) for name in other.algorithms)}), made by regretlab "
        f"{other.record.attrs['regretlab']}; name another --out, or leave out --resume to replace it."
    )


def _made_by(path: Path) -> str | None:
    """Read the digest of the cell that made a result file ("" for one of a store); None if there is no such file."""
    try:
        return str(Result.open(path).record.attrs.get("cell", ""))
    except InputError:
        return None


def file_names(problems: list[Problem]) -> list[str]:
    """Return a file name for every problem, numbered where two would be the same."""
    plain = [_plain(p.name.split("(")[0]) for p in problems]
    return [f"{name}-{i + 1}" if plain.count(name) > 1 else name for i, name in enumerate(plain)]


def _plain(text: str) -> str:
    """Return the text with everything but letters and digits made a hyphen, for file names."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))


def summary(study: str, results: list[Result]) -> dict[str, Any]:
    """Return what summary.json holds; numbers that are not finite become null."""
    rows = [row for result in results for row in result.summary()]
    return {"schema": SCHEMA, "study": study, "regretlab": __version__, "rows": finite(rows)}


def finite(value: Any) -> Any:
    """Return plain data with null for every number that is not finite."""
    if isinstance(value, dict):
        return {key: finite(v) for key, v in value.items()}
    if isinstance(value, list):
        return [finite(v) for v in value]
    return None if isinstance(value, float) and value - value != 0 else value
