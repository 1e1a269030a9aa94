"""What there is to do with a store as a whole: what is damaged, what was stopped, what is known of a line."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from regretlab.errors import InputError
from regretlab.runs.netcdf import NotARecord
from regretlab.runs.provenance import Part
from regretlab.store import SNAPSHOT, Kept, Line, Store
from regretlab.store._blocks import side_by_side
from regretlab.store._lines import LINE, LINES
from regretlab.store._places import Info


class Held(NamedTuple):
    """What a store holds, as it was listed once.

    ``stopped`` are snapshots of runs that go on, or were stopped: line, name of the file, its size and time.
    ``unknown`` are the names of descriptions of lines that are missing or damaged.
    """

    kept: list[Kept]
    stopped: list[tuple[Line, str, Info]]
    unknown: list[str]


def held(store: Store) -> Held:
    """List what a store holds."""
    found = Held([], [], [])
    for key in store.names(LINES):
        line = store.line(key)
        names = store.names(f"{LINES}/{key}")
        if line is None:
            found.unknown.extend([f"{LINES}/{key}/{LINE}"] if names else [])  # nothing could be written on a full disk
            continue
        found.kept.extend(store.kept_of(line, names))
        for name in (f"{line.folder}/{name}" for name in names if name.endswith(SNAPSHOT)):
            with suppress(FileNotFoundError):  # its run has come to its end meanwhile
                found.stopped.append((line, name, store.info(name)))
    return found


def damaged(store: Store, of: Held) -> dict[str, str]:
    """Return what is wrong with the damaged files of what a store holds, by their names."""
    found = dict.fromkeys(of.unknown, "is missing or damaged")
    for kept in of.kept:
        try:
            store.checked(kept.line, kept.block)
        except FileNotFoundError:  # taken away meanwhile
            continue
        except NotARecord as error:
            found[kept.name] = str(error)
    return found


def remove(store: Store, kept: Kept) -> None:
    """Take a block away with its notes, and its line if nothing else is left of it."""
    for name in store.names(kept.line.folder):
        if name.startswith(f"{kept.block.name}."):
            store.drop(f"{kept.line.folder}/{name}")
    store.drop(kept.name)


def whole(store: Store, line: Line) -> Part:
    """Return what a store knows of a line at its largest horizon: the record of all replicates, and its description.

    Raises
    ------
    InputError
        If no block can be read.
    """
    known = sorted(store.blocks(line), key=lambda block: (block.horizon, block.replicates), reverse=True)
    parts: list[Part] = []
    numbers: list[int] = []
    for block in known:
        if (block.horizon, block.checkpoints) != (known[0].horizon, known[0].checkpoints):
            continue
        part = store.read(line, block)
        if part is not None:
            new = [r for r in range(block.first, block.last + 1) if r not in numbers]
            parts.append((part[0].sel(replicate=new), part[1]))
            numbers += new
    if not parts:
        where = f"the line {line.key} of the store {store.place!r}"
        raise InputError(f"{where} has no block that can be read; regretlab store verify says why.")
    record = side_by_side([record for record, _ in parts]).sortby("replicate")
    return record, replace(parts[0][1], replicates=tuple(sorted(numbers)))
