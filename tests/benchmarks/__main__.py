"""``python -m tests.benchmarks``: regretlab and what else one could use, side by side."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from tests.benchmarks import machine

machine.pin()  # before anything that starts a pool of threads is imported

from tests.benchmarks import growth as growing  # noqa: E402
from tests.benchmarks import start as starting  # noqa: E402
from tests.benchmarks import tables  # noqa: E402
from tests.benchmarks.measure import Timings, measure  # noqa: E402
from tests.benchmarks.tools.catalogue import TOOLS, load  # noqa: E402
from tests.benchmarks.workloads import WORKLOADS  # noqa: E402

WIDTH = 170
QUICK = (3, 0.05)
#: Left out unless asked for: 400 MB of features, and minutes with the O(n) tools.
LARGE = ("W5-1e5", "W5-1e6")


def main(
    workload: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(WORKLOADS)}, or a beginning such as W5; repeatable.")
    ] = None,
    tool: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(TOOLS)}; repeatable.")] = None,
    rounds: Annotated[int, typer.Option(help="Measurements of every tool, in alternation.", min=1)] = 11,
    seconds: Annotated[float, typer.Option(help="Aimed length of one measurement.", min=0.001)] = 0.3,
    quick: Annotated[bool, typer.Option("--quick", help="Three rounds of 0.05 s: do all tools run?")] = False,
    large: Annotated[bool, typer.Option("--large", help=f"Also {' and '.join(LARGE)}.")] = False,
    growth: Annotated[bool, typer.Option("--growth", help="Cost per step over n = 1e4, 1e5, 1e6 instead.")] = False,
    start: Annotated[bool, typer.Option("--start", help="First calls, cold and warm, and the default study.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the README's table.")] = False,
    file: Annotated[Path | None, typer.Option("--json", help="Write all raw times to this file.")] = None,
) -> None:
    """Time the workloads and print nanoseconds per step and replicate, with paired ratios to regretlab."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False, soft_wrap=markdown)
    names = _chosen(tool, TOOLS, "tool") or (["regretlab"] if growth else list(TOOLS))
    rounds, seconds = QUICK if quick else (rounds, seconds)
    found, missing = load(names)
    facts = machine.describe()
    document: dict[str, Any] = {"schema": 1, "machine": facts, "missing": missing, "rounds": rounds}
    if start:
        shorter = tuple(name for name in _chosen(workload, WORKLOADS, "workload") or starting.NAMES)
        document["first_calls"] = calls = starting.first_calls(shorter)
        document["default_study"] = study = {} if workload else starting.default_study()
        _show(console, "Seconds to the first result", *starting.rows(calls, study), markdown)
    elif growth:
        sizes = growing.SIZES[:2] if quick else growing.SIZES
        with Console(stderr=True).status("") as status:
            document["growth"] = grown = growing.growth(found, rounds, sizes, status.update)
        _show(
            console, "ns per step, R = 1, without what a run costs at its start", *growing.rows(grown, sizes), markdown
        )
    else:
        every = [name for name in WORKLOADS if large or name not in LARGE]
        results: list[Timings] = []
        with Console(stderr=True).status("") as status:
            for name in _chosen(workload, WORKLOADS, "workload") or every:
                results.append(measure(WORKLOADS[name], found, rounds, seconds, status.update))
                if not markdown:
                    console.print(tables.ratios(results[-1]))
        document["workloads"] = [t.as_json() for t in results]
        title = "ns per step and replicate (x: paired ratio to regretlab)"
        _show(console, title, *tables.costs(results), markdown)
    console.print(tables.machine(facts))
    for name, reason in missing.items():
        console.print(f"{name}: {reason}", markup=False)
    if file is not None:
        file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _show(console: Console, title: str, header: list[str], rows: list[list[str]], markdown: bool) -> None:
    if markdown:
        console.print(tables.markdown(header, rows) + "\n", markup=False)
    else:
        console.print(tables.plain(title, header, rows))


def _chosen(given: list[str] | None, known: dict[str, Any], what: str) -> list[str]:
    """The known names that a given one is, or is the beginning of."""
    chosen = []
    for text in given or []:
        hits = [text] if text in known else [name for name in known if name.startswith(f"{text}-")]
        if not hits:
            raise typer.BadParameter(f"no {what} {text!r}; known are {', '.join(known)}.")
        chosen += hits
    return chosen


if __name__ == "__main__":
    typer.run(main)
