"""Blocks: replicates of a line up to a horizon, each a sealed record that can be gone on from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Self

import numpy as np
import xarray as xr

from regretlab.runs.dataset import FORMAT, one_record, over_replicates
from regretlab.runs.description import Description
from regretlab.runs.netcdf import NotARecord, from_bytes, to_bytes
from regretlab.runs.provenance import Part
from regretlab.store._lines import Line

_NAME = re.compile(r"T(\d+)-r(\d+)-(\d+)-([0-9a-f]{12})\.nc")


class Block(NamedTuple):
    """What a block holds: replicates ``first, ..., last`` up to a horizon, and the digest of its checkpoints."""

    horizon: int
    first: int
    last: int
    checkpoints: str

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"T{self.horizon}-r{self.first}-{self.last}-{self.checkpoints}.nc"

    @classmethod
    def of(cls, record: xr.Dataset) -> Self:
        """Return the block of a record with consecutive replicates."""
        numbers, t = record.replicate.values, record.t.values
        return cls(int(t[-1]), int(numbers[0]), int(numbers[-1]), digest(t))

    @classmethod
    def named(cls, name: str) -> Self | None:
        """Read the name of a block's file; None for that of another file."""
        found = _NAME.fullmatch(name)
        return cls(int(found[1]), int(found[2]), int(found[3]), found[4]) if found else None

    @property
    def replicates(self) -> int:
        """The number of its replicates."""
        return self.last - self.first + 1


def digest(t: np.ndarray) -> str:
    """Return the digest of checkpoints."""
    return hashlib.sha256(np.asarray(t, dtype="<i8").tobytes()).hexdigest()[:12]


def prefixes(t: np.ndarray) -> dict[int, str]:
    """Return the digests of all beginnings of checkpoints by where they end: from these a run can go on."""
    bytes_, h, found = np.asarray(t, dtype="<i8").tobytes(), hashlib.sha256(), {}
    for i, step in enumerate(t.tolist()):
        h.update(bytes_[8 * i : 8 * i + 8])
        found[step] = h.copy().hexdigest()[:12]
    return found


def consecutive(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Split numbers, sorted, into runs of consecutive ones.

    Examples
    --------
    >>> list(consecutive([7, 0, 1]))
    [[0, 1], [7]]
    """
    run: list[int] = []
    for number in sorted(numbers):
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def content_of(record: xr.Dataset, description: Description, line: Line) -> bytes:
    """Return the record of one algorithm as the content of a block."""
    whole = one_record([record], [description])
    return to_bytes(whole.assign_attrs(line=line.key, processor=line.processor))


def part_of(content: bytes, block: Block, line: Line) -> Part:
    """Read the record in the content of a block and its description; :class:`NotARecord` says what is wrong with it."""
    whole = from_bytes(content, FORMAT)
    if whole.attrs.get("line") != line.key or Block.of(whole) != block or whole.sizes["algorithm"] != 1:
        raise NotARecord("is the record of another run than its name says")
    record = whole.isel(algorithm=0, drop=True).drop_encoding()
    (engine, reason), *_ = json.loads(whole.attrs["engines"])
    seconds, *_ = json.loads(whole.attrs["seconds"])
    record.attrs = {"engine": engine, "engine_reason": reason, "seconds": seconds}
    return record, Description.from_data(json.loads(whole.attrs["descriptions"])[0])


def side_by_side(records: Sequence[xr.Dataset]) -> xr.Dataset:
    """Join records of different replicates of one run."""
    if len(records) == 1:
        return records[0]
    return over_replicates(records).assign_attrs(seconds=round(sum(record.attrs["seconds"] for record in records), 3))
