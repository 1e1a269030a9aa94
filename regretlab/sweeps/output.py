"""A sweep on disk: its dataset, figures, a page and a summary, those of one sweep together; and its table."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from typing import Any

import numpy as np
from rich.table import Table

from regretlab.errors import InputError
from regretlab.studies.figures import as_svg
from regretlab.studies.output import SCHEMA, SUMMARY, OutputFolder, finite
from regretlab.studies.report import inline, template
from regretlab.studies.table import COLOURS
from regretlab.sweeps.figures import MOST_FACETS, MOST_LINES
from regretlab.sweeps.result import Sweep
from regretlab.system.version import __version__

#: Rows of the page's table of cells, and lines of a table of exponents; the files have them all.
MOST_ROWS, MOST_EXPONENTS = 400, 60
#: Axes of which every pair has a heat map.
MOST_MAPPED = 3


def write(sweep: Sweep, folder: OutputFolder) -> None:
    """Write sweep.nc, the figures, summary.json and report.html, which take the place of what was there together."""
    with folder.in_use():
        folder.begin(resume=False)
        folder.stage.mkdir(exist_ok=True)
        sweep.to_netcdf(folder.stage / "sweep.nc")
        drawn = figures(sweep)
        for i, svg in enumerate((svg for of in drawn.values() for svg in of), start=1):
            folder.write(f"figures/sweep-{i}.svg", svg)
        folder.write("report.html", page(sweep, drawn))
        folder.write(SUMMARY, json.dumps(summary(sweep), indent=1, allow_nan=False) + "\n")
        folder.publish()


def summary(sweep: Sweep) -> dict[str, Any]:
    """Return what summary.json holds; numbers that are not finite become null."""
    made: dict[str, Any] = finite({
        "schema": SCHEMA, "study": sweep.study.name, "regretlab": __version__, "axes": sweep.axes,
        "verdicts": {name: dict(count) for name, count in sweep.verdicts().items()},
        "cells": [_cell(sweep, i, where) for i, where in _places(sweep)],
    })  # fmt: skip
    return made


def _places(sweep: Sweep) -> list[tuple[int, dict[str, Any]]]:
    """List the runs' numbers and the values along the axes, place by place in the order of the axes."""
    places = sorted((place, i) for i, of in enumerate(sweep.grid.places) for place in of)
    return [
        (i, {name: values[k] for (name, values), k in zip(sweep.axes.items(), place, strict=True)})
        for place, i in places
    ]


def _cell(sweep: Sweep, i: int, where: dict[str, Any]) -> dict[str, Any]:
    run, made = sweep.grid.runs[i], sweep.summaries[i]
    return {
        **where, "where": where, "spelled": run.algorithm, "horizon": run.horizon, "replicates": run.replicates,
        "seed": run.seed, "n": made.n, "d": made.d, "K": made.K,
        "regret": {kind: dict(zip(("mean", "lo", "hi"), of, strict=True)) for kind, of in made.mean.items()},
        "exponent": dict(zip(("value", "lo", "hi"), made.exponent, strict=True)), "bounds": made.bounds,
        "seconds": made.seconds, "engine": made.engine, "processor": made.processor,
    }  # fmt: skip


def figures(sweep: Sweep) -> dict[str, list[str]]:
    """Draw regret over every axis of numbers, and regret over bound over every two of them: SVG texts by caption."""
    found: dict[str, list[str]] = {}
    sizes = {name: len(values) for name, values in sweep.axes.items()}
    for x in [name for name in sweep.numeric() if sizes[name] > 1 and sweep.axes[name][0] > 0]:
        others = sorted((n for n in sizes if n != x and sizes[n] > 1), key=lambda n: -sizes[n])
        lines = math.prod(sizes[name] for name in others)
        facet = next((n for n in reversed(others) if lines // sizes[n] <= MOST_LINES), None)
        if lines <= MOST_LINES or (facet and sizes[facet] <= MOST_FACETS):
            found[f"Regret at the horizon over {x}"] = _drawn(sweep, x, facet if lines > MOST_LINES else None)
    long = [name for name in sweep.numeric() if sizes[name] > 1][:MOST_MAPPED]
    bounded = any(made.bounds for made in sweep.summaries)
    for x, y in itertools.combinations(long, 2) if bounded else ():
        if math.prod(sizes.values()) // (sizes[x] * sizes[y]) <= MOST_FACETS:
            found[f"Regret over bound at the horizon, over {x} and {y}"] = _drawn(sweep, (x, y), None)
    return found


def _drawn(sweep: Sweep, x: str | tuple[str, str], facet: str | None) -> list[str]:
    drawn = sweep.plot(x, facet=facet)
    return [as_svg(axes) for axes in (drawn if isinstance(drawn, list) else [drawn])]


def page(sweep: Sweep, drawn: dict[str, list[str]]) -> str:
    """Return the page as a string."""
    exponents, left_out = _exponents(sweep)
    processors = sorted({made.processor for made in sweep.summaries} - {""})
    rows = [
        {"where": where, "mean": sweep.summaries[i].mean["online"], "bounds": sweep.summaries[i].bounds}
        for i, where in _places(sweep)[:MOST_ROWS]
    ]
    return template("sweeps/page.html.j2").render(
        study=sweep.study.name, version=__version__, question=sweep.study.question, axes=sweep.axes, rows=rows,
        swept=", ".join(name for name, values in sweep.axes.items() if len(values) > 1) or "one point",
        cells=len(_places(sweep)), seconds=sum(made.seconds for made in sweep.summaries),
        mixed=", ".join(processors) if len(processors) > 1 else "", conclusion=sweep.concluded(),
        verdicts=_verdicts(sweep), exponents=exponents, left_out=left_out,
        figures={
            caption: [inline(svg, f"s{i}f{j}") for j, svg in enumerate(of)]
            for i, (caption, of) in enumerate(drawn.items())
        },
        engines=", ".join(sorted({made.engine for made in sweep.summaries})), processors=", ".join(processors),
    )  # fmt: skip


def _verdicts(sweep: Sweep) -> list[dict[str, Any]]:
    """Count the verdicts of every algorithm's bounds over its cells, with the smallest and the largest ratio."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for i, where in _places(sweep):
        for bound in sweep.summaries[i].bounds:
            new = {
                "algorithm": where["algorithm"], "id": bound["id"], "title": bound["title"], "cells": 0,
                "verdicts": Counter(), "least": math.nan, "most": math.nan, "where": "",
            }  # fmt: skip
            line = found.setdefault((where["algorithm"], bound["id"]), new)
            line["cells"] += 1
            line["verdicts"][bound["verdict"].split(" because")[0]] += 1
            line["least"] = float(np.fmin(bound["ratio"], line["least"]))
            if bound["ratio"] > np.fmax(line["most"], -np.inf):
                line["most"], line["where"] = bound["ratio"], said(sweep, where)
    return list(found.values())


def said(sweep: Sweep, where: dict[str, Any]) -> str:
    """Say where a cell is: the axes of several values, without the algorithm."""
    several = [n for n, values in sweep.axes.items() if len(values) > 1 and n != "algorithm"]
    return ", ".join(f"{n} = {where[n]:g}" if isinstance(where[n], int | float) else f"{where[n]}" for n in several)


def _exponents(sweep: Sweep) -> tuple[dict[str, list[dict[str, Any]]], str]:
    """Return the lines of the tables of exponents by axis, and a sentence about those that are left out."""
    found, left_out = {}, []
    for along in sweep.numeric():
        if len(sweep.axes[along]) < 3 or sweep.axes[along][0] <= 0:
            continue
        try:
            table = sweep.exponents(along)
        except InputError:  # regrets that are not positive have none
            left_out.append(along)
            continue
        shown = [name for name in sweep.axes if name != along and len(sweep.axes[name]) > 1]
        lines = [
            {"where": {name: row[name] for name in shown}, **{k: row[k] for k in ("value", "low", "high", "how")}}
            for row in table.to_dict("records")
        ]
        found[along] = lines[:MOST_EXPONENTS]
    return found, f"No exponent along {', '.join(left_out)}: some line has too few cells." if left_out else ""


def table(sweep: Sweep) -> Table:
    """Tabulate the verdicts of a sweep for a terminal."""
    title = f"{sweep.study.name} over {', '.join(f'{n} ({len(v)})' for n, v in sweep.axes.items() if len(v) > 1)}"
    cells = len(_places(sweep))
    shown = Table(title=f"{title}: {cells} cells", title_justify="left", pad_edge=False)
    for heading in ("algorithm", "bound", "verdicts", "smallest ratio", "largest ratio", "at"):
        shown.add_column(heading, justify="right" if heading.endswith("ratio") else "left")
    for line in _verdicts(sweep):
        verdicts = ", ".join(f"[{COLOURS.get(v, 'magenta')}]{v}[/] {count}" for v, count in line["verdicts"].items())
        shown.add_row(
            line["algorithm"], line["id"], verdicts, f"{line['least']:.3g}", f"{line['most']:.3g}", line["where"]
        )
    return shown
