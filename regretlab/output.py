"""A study on disk: results, figures, a report and a summary, written so that nothing half-written can pass as whole.

Every file appears under its name only when it is complete. ``summary.json`` is removed first and written last, so its
presence says that the folder is whole. A result file carries a digest of what made it; ``resume`` keeps those that fit.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from regretlab import plots, report
from regretlab._version import __version__
from regretlab.errors import InputError
from regretlab.problems import Problem
from regretlab.simulation import Result, simulate
from regretlab.studies import Cell, Study

SCHEMA = 1
FIGURE_SUFFIXES = (".svg", ".pdf")


class OutputFolder:
    """A folder that can be written to; anything else is an :class:`InputError` before any work is done."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(f"cannot write to --out {str(path)!r}: {reason}; choose a writable folder.") from None

    @contextmanager
    def whole(self, name: str) -> Iterator[Path]:
        """A path to write to; on leaving the block the file is moved to ``name`` in one step."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.path, prefix=".partial-") as folder:
            partial = Path(folder) / target.name
            yield partial
            os.replace(partial, target)

    def write(self, name: str, text: str) -> None:
        """Write a text file, whole or not at all."""
        with self.whole(name) as path:
            path.write_text(text, encoding="utf-8")


def write_study(study: Study, folder: OutputFolder, *, resume: bool = False, progress: bool = False) -> list[Result]:
    """Check a study, simulate every cell, and write everything.

    Parameters
    ----------
    study : Study
    folder : OutputFolder
    resume : bool
        Keep result files in the folder that were made by the same cell and the same version.
    progress : bool
        Show progress bars.
    """
    made = [cell.check() for cell in study.cells]
    (folder.path / "summary.json").unlink(missing_ok=True)
    names = file_names(made)
    results = [
        _result(cell, problem, folder.path / "results" / f"{name}.nc", resume, progress)
        for cell, problem, name in zip(study.cells, made, names, strict=True)
    ]
    for result, name in zip(results, names, strict=True):
        for title, figure in figures(result).items():
            for suffix in FIGURE_SUFFIXES:
                with folder.whole(f"figures/{name}-{title}{suffix}") as path:
                    plots.save(figure, path)
    folder.write("report.html", report.page(study.name, results))
    folder.write("summary.json", json.dumps(summary(study.name, results), indent=1, allow_nan=False) + "\n")
    return results


def file_names(problems: list[Problem]) -> list[str]:
    """A file name for every problem, numbered where two would be the same."""
    plain = ["".join(c if c.isalnum() else "-" for c in p.name.split("(")[0]) for p in problems]
    return [f"{name}-{i + 1}" if plain.count(name) > 1 else name for i, name in enumerate(plain)]


def figures(result: Result) -> dict[str, Any]:
    """The figures of one problem by file title: an overview, and one per algorithm that has a bound."""
    drawn = {"regret": plots.regret_overview(result).figure, "average": plots.average_regret(result).figure}
    if any(result.facts(a)["sampler"] not in ("cyclic", "uniform") for a in result.algorithms):
        drawn["probabilities"] = plots.sampling_probabilities(result).figure
    for name in result.algorithms:
        if result.applicable(name):
            title = "bound-" + "".join(c if c.isalnum() else "-" for c in plots.label(result, name).lower())
            drawn[title] = plots.bound_versus_regret(result, name).figure
    return drawn


def summary(study: str, results: list[Result]) -> dict[str, Any]:
    """What summary.json holds; numbers that are not finite become null."""
    rows = [row for result in results for row in result.summary()]
    return {"schema": SCHEMA, "study": study, "regretlab": __version__, "rows": _finite(rows)}


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and value - value != 0 else value


def _result(cell: Cell, problem: Problem, path: Path, resume: bool, progress: bool) -> Result:
    """The cell's result: the saved one when it may be kept, else a new one, saved as soon as it is finished."""
    made_by = json.dumps([__version__, problem.digest(), cell.algorithm, cell.arguments()], default=str)
    digest = hashlib.sha256(made_by.encode()).hexdigest()
    if resume and path.is_file():
        kept = Result.open(path)
        if kept.record.attrs.get("cell") == digest:
            return kept
    result = simulate(problem, list(cell.algorithm), **cell.arguments(), progress=progress)
    result.record.attrs["cell"] = digest
    result.to_netcdf(path)
    return result
