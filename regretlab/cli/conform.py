"""``regretlab conform``: which implementations of optimisers are the algorithms of the papers that they cite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from regretlab.cli.terminal import console
from regretlab.errors import InputError

#: The width of the table, where the terminal is not narrower.
WIDTH = 100


def conform(
    packages: Annotated[
        list[str] | None,
        typer.Argument(help="torch, optax, pytorch_optimizer, schedulefree; default those that are installed."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="File for the page in Markdown, with the lines that differ.")
    ] = None,
) -> None:
    """Judge public implementations of optimisers: the paper's algorithm, or which of its lines is another.

    Nothing is simulated: each is fed the same gradients as the paper's method. For an optimiser of yours,
    rl.testing.check_optimizer does the same.
    """
    from rich.table import Table

    from regretlab.claims.ledger import destination
    from regretlab.system.progress import progress_bar
    from regretlab.testing import implementations

    if out is not None:
        destination.refuse_unwritable(out, "--out")

    def shown(known: list[Any]) -> Iterator[Any]:
        with progress_bar("judged", len(known), shown=bool(known)) as bar:
            for one in known:
                yield one
                bar.update()

    page = implementations.judge_all(packages or (), shown)
    if not page.reports:
        raise InputError(f"none of {', '.join(page.missing)} is installed; install one, such as pip install optax.")
    terminal = console(markup=False)
    table = Table(*implementations.HEAD, box=None, pad_edge=False, width=min(WIDTH, terminal.width))
    for column in table.columns:
        column.overflow, column.no_wrap = "fold", column.header in ("verdict", "largest")
    last = ""
    for known, report in page.reports:
        if known.package != last:
            last = known.package
            table.add_row(f"{last} {page.versions[last]}", style="bold")
        call, *others = implementations.cells(known, report)
        table.add_row(f"  {call.removeprefix(f'{last}.').removeprefix('optim.')}", *others)
    terminal.print(table)
    terminal.print(implementations.summary(page), width=min(WIDTH, terminal.width))
    if page.missing:
        terminal.print(f"Not installed: {', '.join(page.missing)}.")
    if out is not None:
        destination.write(out, implementations.markdown(page))
        terminal.print(f"Written: {out}")
