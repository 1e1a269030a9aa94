"""``regretlab sweep``: a study at every point of a grid of its parameters, here or on a cluster."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from regretlab.cli.terminal import console, warnings_as_sentences
from regretlab.parameters import number_of_processes


def sweep(
    study: Annotated[str, typer.Argument(help="A built-in study (see 'regretlab list') or a TOML file.")],
    over: Annotated[
        list[str],
        typer.Option(help="NAME=VALUES, repeated: alpha=0.01,1/10, K=8:128:x2, T=1e3:1e6:x10, problem.seed=0:4:+1."),
    ],
    jobs: Annotated[str | None, typer.Option(help="Number of processes; default one per core.")] = None,
    dask: Annotated[
        str | None, typer.Option(help="Carry it out on the Dask cluster with this scheduler: its address, or its file.")
    ] = None,
    store: Annotated[
        str | None, typer.Option(help="Folder or URL that keeps finished blocks: what is there is not made again.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for sweep.nc, figures, summary.json and report.html; default none.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON instead of a table.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the place of the report, and errors.")] = False,
) -> None:
    """Run a study at every point of a grid of its parameters, and say what holds where.

    Names are T, R, K, seed, problem, algorithm, sampler, and every parameter of these. Ctrl-C ends it; with --store
    what is finished stays, and the same command goes on from there.
    """
    workers = None if jobs is None else number_of_processes(jobs)
    from regretlab import sweeps
    from regretlab.studies.output import OutputFolder
    from regretlab.sweeps import executors, grid, output

    plan = sweeps.planned(study, grid.read(over), store, workers)
    folder = None if out is None else OutputFolder(out)
    try:
        with warnings_as_sentences(), nullcontext() if dask is None else executors.dask(dask) as cluster:
            found = sweeps.carry_out(plan, cluster, progress=not quiet)
    except KeyboardInterrupt as stop:
        print(f"regretlab: {str(stop) or 'interrupted'}.", file=sys.stderr)
        raise typer.Exit(130) from None
    if folder is not None:
        output.write(found, folder)
    if as_json:
        print(json.dumps(output.summary(found), indent=1, allow_nan=False))
        return
    terminal = console()
    if not quiet:
        work = found.work
        terminal.print(output.table(found))
        terminal.print(f"{work.computed:,} steps of replicates were computed, {work.read:,} read from a store.")
    if folder is not None:
        terminal.print(f"Report: {folder.path / 'report.html'}")
