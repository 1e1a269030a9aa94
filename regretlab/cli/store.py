"""``regretlab store``: what is in a store, whether it is whole, and what of it may go or travel."""

from __future__ import annotations

import json
import re
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from regretlab.cli.terminal import GROUP, console, warnings_as_sentences
from regretlab.errors import InputError
from regretlab.parameters import number

if TYPE_CHECKING:
    from regretlab.store import Kept, Store

commands = typer.Typer(help="List, verify, prune, export and import what a store of finished runs holds.", **GROUP)
DAY = 24 * 3600.0
#: Digits of a key that are shown.
SHOWN = 8
#: Decimals that a table has no room for, and the largest denominator of a fraction that says them as well.
LONG_DECIMAL, LARGEST_DENOMINATOR = re.compile(r"\d+\.\d{6,}(?:e[+-]?\d+)?"), 1000

PlaceArgument = Annotated[str, typer.Argument(help="Folder or URL of the store.")]
SelectOption = Annotated[
    list[str] | None,
    typer.Option(
        help="Only lines with this text in their problem's or algorithm's name, or as the start of their key."
    ),
]


@commands.command()
def ls(
    place: PlaceArgument,
    select: SelectOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON instead of a table.")] = False,
) -> None:
    """List the lines of a store: what was run, how far, how often, where, and whether this version would use it."""
    rows = [_row(kept) for kept in _chosen(_opened(place), select or ()).values()]
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    kinds = list(dict.fromkeys(row["processor"] for row in rows))
    several, others = len(kinds) > 1, not all(row["current"] for row in rows)
    table = Table(box=None, pad_edge=False)
    for title in ("line", "problem", "algorithm", "T", "R", "MiB", "written"):
        long = title in ("problem", "algorithm")
        table.add_column(title, no_wrap=not long, overflow="fold")
    for title in ["processor"] * several + ["code"] * others:
        table.add_column(title, no_wrap=True)
    for row in rows:
        written = time.strftime("%Y-%m-%d", time.localtime(row["written"])) if row["written"] else ""
        more = [str(1 + kinds.index(row["processor"]))] * several + ["this" if row["current"] else "other"] * others
        table.add_row(
            row["line"][:SHOWN], _rounded(row["problem"]), _rounded(row["algorithm"]), f"{row['horizon']}",
            f"{row['replicates']}", f"{row['bytes'] / 2**20:.2f}", written, *more,
        )  # fmt: skip
    terminal = console(markup=False)
    terminal.print(table)
    for number_of_kind, kind in enumerate(kinds, start=1):
        terminal.print(f"Processor {number_of_kind}: {kind}." if several else f"Processor: {kind}.")
    terminal.print(f"{len(rows)} lines, {sum(row['bytes'] for row in rows) / 2**20:.2f} MiB; --json has all of each.")


@commands.command()
def verify(place: PlaceArgument) -> None:
    """Check the checksum of every block; exit status 1 if one is damaged."""
    from regretlab.store import upkeep

    store = _opened(place)
    held = upkeep.held(store)
    damaged = upkeep.damaged(store, held)
    for name, why in damaged.items():
        print(f"{name} {why}.")
    print(f"{len(held.kept)} blocks, {len(damaged)} damaged files.")
    if damaged:
        raise typer.Exit(1)


@commands.command()
def prune(
    place: PlaceArgument,
    damaged: Annotated[bool, typer.Option("--damaged", help="Take away damaged blocks.")] = False,
    older_than: Annotated[str | None, typer.Option(help="Take away blocks written more than so many days ago.")] = None,
    stale: Annotated[
        bool,
        typer.Option(
            "--stale", help="Take away what other code or other versions made; the default without the others."
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Take away what this version of regretlab, NumPy, SciPy and Numba cannot use any more; or what you say."""
    from regretlab.store import upkeep

    store = _opened(place)
    stale = stale or not (damaged or older_than)
    before = time.time() - DAY * number("older-than", older_than, "[0, inf)") if older_than else 0.0
    held = upkeep.held(store)
    broken = upkeep.damaged(store, held) if damaged else {}
    going = [k for k in held.kept if k.name in broken or k.time < before or (stale and not k.line.current)]
    stopped = [(name, i.size) for line, name, i in held.stopped if i.time < before or (stale and not line.current)]
    for k in going:
        print(k.name)
        if not dry_run:
            upkeep.remove(store, k)
    for name, _ in stopped:
        print(name)
        if not dry_run:
            store.drop(name)
    done = "would be taken away" if dry_run else "taken away"
    size = sum(k.size for k in going) + sum(size for _, size in stopped)
    more = f" and {len(stopped)} snapshots of stopped runs" if stopped else ""
    print(f"{len(going)} of {len(held.kept)} blocks{more} {done}, {size / 2**20:.2f} MiB.")


@commands.command()
def export(
    place: PlaceArgument,
    out: Annotated[Path, typer.Argument(help="FILE.nc for one result of all algorithms, or FILE.tar to be imported.")],
    select: SelectOption = None,
) -> None:
    """Write chosen lines to one netCDF record, as Result.open reads it, or all their blocks to a tar file."""
    from regretlab.result import Result
    from regretlab.runs.dataset import one_record
    from regretlab.store import archive, upkeep

    store = _opened(place)
    chosen = _chosen(store, select or ())
    if not chosen:
        nothing = f"none of its lines has {' and '.join(map(repr, select))}" if select else "it has no blocks"
        raise InputError(f"there is nothing to export from the store {store.place!r}: {nothing}; see store ls.")
    if out.suffix == ".tar":
        blocks = [kept for of in chosen.values() for kept in of]
        archive.write(store, blocks, out)
        print(f"{len(blocks)} blocks: {out}")
    elif out.suffix == ".nc":
        parts = [upkeep.whole(store, of[0].line) for of in chosen.values()]
        Result.join([Result(one_record([record], [told])) for record, told in parts]).to_netcdf(out)
        print(f"{len(parts)} algorithms: {out}")
    else:
        raise InputError(f"{str(out)!r} ends neither in .nc nor in .tar, which say what is written; name it so.")


@commands.command(name="import")
def import_(place: PlaceArgument, file: Annotated[Path, typer.Argument(help="A tar file that export wrote.")]) -> None:
    """Copy the blocks of a tar file that are not in a store into it."""
    from regretlab.store import archive

    blocks = archive.read(file)
    store = _opened(place, new=True)
    with warnings_as_sentences():
        print(f"{store.take(blocks)} blocks are new in {store.place}.")


def _opened(place: str, new: bool = False) -> Store:
    """Open a store; one that is not there is made only if it may be new."""
    from regretlab.store import Store

    return Store(place, new=new)


def _chosen(store: Store, select: Any) -> dict[str, list[Kept]]:
    """Return the blocks of the chosen lines by their keys; of several texts all must be found."""
    chosen: dict[str, list[Kept]] = {}
    for kept in store.kept():
        line = kept.line
        names = f"{line.data['problem']['name']}\n{line.data['algorithm']}"
        if all(text in names or line.key.startswith(text) for text in select):
            chosen.setdefault(line.key, []).append(kept)
    return chosen


def _rounded(text: str) -> str:
    """Return a part's spelling for a table: its long decimals as short fractions, or rounded.

    Examples
    --------
    >>> _rounded("adam(alpha=0.35, beta2=0.015384615384615385, lam=0.123456789)")
    'adam(alpha=0.35, beta2=1/65, lam=0.1235)'
    """
    return LONG_DECIMAL.sub(_short, text)


def _short(found: re.Match[str]) -> str:
    value = float(found[0])
    near = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
    return str(near) if float(near) == value else f"{value:.4g}"


def _row(kept: list[Kept]) -> dict[str, Any]:
    line = kept[0].line
    return {
        "line": line.key, "problem": line.data["problem"]["name"], "algorithm": line.data["algorithm"],
        "seed": line.data["seed"], "engine": line.data["engine"], "horizon": max(k.block.horizon for k in kept),
        "replicates": len({r for k in kept for r in range(k.block.first, k.block.last + 1)}), "blocks": len(kept),
        "bytes": sum(k.size for k in kept), "written": max((k.time for k in kept if k.time == k.time), default=None),
        "processor": line.processor, "current": line.current,
    }  # fmt: skip
