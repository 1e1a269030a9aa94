"""A store keeps what was simulated, so that nothing is simulated twice and nothing that was finished is lost.

What determines the bits of one algorithm's run, except how far it goes and how many replicates it has, is its *line*:
the problem's data, the method and the sampler with all their parameters as they were fitted, the batch size, the seed,
the measures, the engine, the code that computes (the library's, and that of a user's own classes), the versions of the
libraries beneath and the kind of processor. A *block* of a line is some of its replicates up to a horizon: their record
with their state, in one file that is there whole or not at all and ends in a checksum::

    store.json                          the form of the store, and a random id that tells it from others
    lines/<key>/line.json               what the line is, for people
    lines/<key>/T1000-r0-7-<digest>.nc  replicates 0 to 7 up to T = 1000, at checkpoints with this digest
    lines/<key>/T1000-r...nc.<key>.txt  what was derived from a block, such as where its run was looked at

A run with a store reads the blocks of its line whose checkpoints are the first of its own, goes on from where they end,
makes what is missing and keeps it; the result is the same to the last bit as without a store. Another processor kind,
another version, changed code or a parameter that is tied to another horizon is another line, so that nothing is joined
that was not computed alike. Comparators start from the checkpoint before: with the checkpoints ``"log"``, which depend
on T, a run is read again and gets more replicates, but goes on to a later T only with ``"decimal"`` ones or a list.

A store at a URL wants fsspec (``pip install 'regretlab[cluster]'``) and what fsspec uses for the protocol: s3fs for
``s3://``, gcsfs for ``gs://``, adlfs for ``abfs://``, sshfs for ``ssh://``; credentials are what these find. S3,
Google's and Azure's stores show an object whole or not at all. Over ssh, FTP and SMB a file is written by another name
and moved; what a killed process left of it stays there as ``.partial-...``, which nobody reads. Whether a file is on
the disk when a write returns is the server's promise. Where the connection is lost a run says so and is whole, but not
kept; the next one makes it again. A store that is not there yet is best made by one process, as two at once may name
it differently.

Any number of processes and machines use one store at once. They take no locks that outlive them: the same block written
twice holds the same numbers, and what a killed process left of a write is taken away by the next writer.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import xarray as xr

from regretlab.errors import InputError, StoreWarning
from regretlab.runs.description import Description
from regretlab.runs.netcdf import NotARecord
from regretlab.runs.provenance import Part
from regretlab.runs.snapshots import Snapshots
from regretlab.store._blocks import Block, content_of, part_of
from regretlab.store._lines import LINE, LINES, Line
from regretlab.store._places import Info, Memory, Place, place_of, reason
from regretlab.store._snapshots import StoredSnapshots
from regretlab.system.files import sealed, unsealed

__all__ = ["Block", "Kept", "Line", "Store"]

#: The version of the form of a store; one of another is not used.
FORMAT = 1
HEAD = "store.json"
#: The end of the name of a file with the state of a run that goes on, or was stopped.
SNAPSHOT = ".snapshot"
T = TypeVar("T")


class Kept(NamedTuple):
    """A block that is in a store: its line, what it holds, the bytes of its file and when that was written."""

    line: Line
    block: Block
    size: int
    time: float

    @property
    def name(self) -> str:
        """The name of its file in the store."""
        return f"{self.line.folder}/{self.block.name}"


class Store:
    """A store in a folder, at a URL, or in the memory of this process.

    Parameters
    ----------
    place : str or path, optional
        A folder, which is made if it is not there, or any URL that fsspec knows (``"s3://bucket/store"``, ``"gs://..."``,
        ``"ssh://..."``: ``pip install 'regretlab[cluster]'``). Without one, the store is in the memory of this process
        and travels with the object (:meth:`take` puts its blocks into another).
    new : bool
        Whether a store that is not there is made.

    Attributes
    ----------
    place : str
        Where it is.
    id : str
        Of 32 random digits: two places with one id are the same store.

    Raises
    ------
    InputError
        If the place cannot be read, or holds something else.

    Examples
    --------
    >>> import regretlab as rl
    >>> store = rl.Store()
    >>> few = rl.simulate("reddi", "adam", horizon=100, checkpoints="decimal", store=store)
    >>> more = rl.simulate("reddi", "adam", horizon=200, replicates=2, checkpoints="decimal", store=store)
    >>> few.work.computed, more.work.computed, more.work.read
    (100, 300, 100)
    """

    def __init__(self, place: str | os.PathLike[str] | None = None, *, new: bool = True) -> None:
        self._place = Memory() if place is None else place_of(place)
        self.place = self._place.text
        self.id = self._identify(new)

    def __repr__(self) -> str:
        return f"Store({self.place!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {"place": self.place, "id": self.id} | ({"_place": self._place} if self.alone else {})

    @cached_property
    def _place(self) -> Place:
        """Where its files are; another process connects when it first asks for one, if it can."""
        return place_of(self.place)

    @property
    def alone(self) -> bool:
        """Whether it is in the memory of this process, so that no other one reaches it."""
        return isinstance(self._place, Memory)

    def is_here(self) -> bool:
        """Whether this process reaches the store that the object was made for, which may have come from another one."""
        try:
            return self._head().get("id") == self.id
        except (InputError, FileNotFoundError):
            return False

    def lines(self) -> Iterator[Line]:
        """Yield the lines of the store; what is in it and is no line is left out."""
        yield from filter(None, map(self.line, self.names(LINES)))

    def line(self, key: str) -> Line | None:
        """Return the line of this key; None if it is not there, or what is said of it is damaged."""
        try:
            line = Line(dict(json.loads(self.content(f"{LINES}/{key}/{LINE}"))))
        except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
            return None
        return line if line.key == key else None

    def blocks(self, line: Line) -> list[Block]:
        """Return the blocks of a line."""
        return [block for block in map(Block.named, self.names(line.folder)) if block is not None]

    def kept(self) -> Iterator[Kept]:
        """Yield all blocks of the store, line by line."""
        for line in self.lines():
            yield from self.kept_of(line, self.names(line.folder))

    def kept_of(self, line: Line, names: Iterable[str]) -> Iterator[Kept]:
        """Yield the blocks of a line among the names in its folder."""
        for block in filter(None, map(Block.named, names)):
            with suppress(FileNotFoundError):  # taken away meanwhile
                yield Kept(line, block, *self.info(f"{line.folder}/{block.name}"))

    def read(self, line: Line, block: Block) -> Part | None:
        """Return the record in a block and its description; None if it is not there, or damaged: a warning says so."""
        name = f"{line.folder}/{block.name}"
        try:
            return self.checked(line, block)
        except FileNotFoundError:
            return None
        except NotARecord as error:
            said = f"the block {name} of the store {self.place!r} {error}"
            warnings.warn(f"{said}; it is left unused, and made again.", StoreWarning, stacklevel=2)
            return None

    def checked(self, line: Line, block: Block) -> Part:
        """Return the record in a block and its description; a :class:`NotARecord` says what is wrong with it."""
        written = self.content(f"{line.folder}/{block.name}")
        try:
            return part_of(unsealed(written, block.name), block, line)
        except InputError:
            raise NotARecord("is damaged: its checksum is another than that of its content") from None

    def write(self, line: Line, record: xr.Dataset, description: Description) -> Block:
        """Keep the record of one algorithm, whose replicates are consecutive, as a block.

        Raises
        ------
        InputError
            If there is no room, or the store cannot be written.
        """
        block = Block.of(record)
        self.tell(line)
        self.put(f"{line.folder}/{block.name}", sealed(content_of(record, description, line)))
        return block

    def tell(self, line: Line) -> None:
        """Write what a line is, for people, unless it is there."""
        if self.line(line.key) is None:
            self.put(f"{line.folder}/{LINE}", line.text().encode())

    def note(self, line: Line, block: Block, key: str, text: str) -> None:
        """Keep a text about a block, such as what its run was looked at for, by a key of letters and digits."""
        self.put(_note(line, block, key), sealed(text.encode()))

    def noted(self, line: Line, block: Block, key: str) -> str | None:
        """Return a text that was kept about a block; None if there is none, or only a damaged one."""
        name = _note(line, block, key)
        try:
            return unsealed(self.content(name), name).decode()
        except (FileNotFoundError, InputError):
            return None

    def snapshots(self, line: Line, horizon: int, replicates: tuple[int, ...]) -> Snapshots:
        """Return where a run of these replicates of a line to this horizon keeps what it has come to."""
        numbers = hashlib.sha256(repr(replicates).encode()).hexdigest()[:12]
        return StoredSnapshots(self, line, f"T{horizon}-{numbers}{SNAPSHOT}")

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder of the store; none if it is not there."""
        return self._asked("read", self._place.names, folder)

    def content(self, name: str) -> bytes:
        """Return the content of a file of the store, which may have been taken away: a FileNotFoundError."""
        return self._asked("read", self._place.read, name)

    def info(self, name: str) -> Info:
        """Return the size and the time of a file of the store."""
        return self._asked("read", self._place.info, name)

    def put(self, name: str, content: bytes, first: bool = False) -> None:
        """Write a file of the store as it is; with ``first`` leave one that is there."""
        self._asked("write to", self._place.write, name, content, first)

    def contents(self, kept: Iterable[Kept]) -> Iterator[tuple[str, bytes]]:
        """Yield names and contents of the files of blocks, with their notes; those of their lines come first."""
        names: dict[str, list[str]] = {}
        for k in kept:
            folder = k.line.folder
            if folder not in names:
                names[folder] = self.names(folder)
                yield f"{folder}/{LINE}", k.line.text().encode()
            for name in names[folder]:
                if name == k.block.name or name.startswith(f"{k.block.name}."):
                    yield f"{folder}/{name}", self.content(f"{folder}/{name}")

    def take(self, other: Store) -> int:
        """Copy the blocks of another store that are not in this one, as they are; return their number.

        A damaged one is left where it is, which a warning says.
        """
        there: dict[str, set[Block]] = {}
        new = []
        for k in other.kept():
            if k.line.key not in there:
                there[k.line.key] = set(self.blocks(k.line))
            if k.block not in there[k.line.key] and other.read(k.line, k.block) is not None:
                new.append(k)
        for name, content in other.contents(new):
            self.put(name, content, first=True)
        return len(new)

    def drop(self, name: str) -> None:
        """Take a file away, and the description of its line if it was the last one beside it."""
        self._asked("write to", self._place.remove, name)
        folder = name.rpartition("/")[0]
        if self.names(folder) == [LINE]:
            self._asked("write to", self._place.remove, f"{folder}/{LINE}")

    def _identify(self, new: bool) -> str:
        """Return the id of the store, which is made if there is none."""
        try:
            return str(self._head()["id"])
        except FileNotFoundError:
            pass
        if not new:
            raise InputError(f"there is no store at {self.place!r}; see where runs were kept.")
        there = self.names(".")
        if there and HEAD not in there:  # which another process may have written just now
            raise InputError(f"{self.place!r} holds something else than a store; name an empty or a new folder.")
        head = {"format": FORMAT, "id": uuid.uuid4().hex}
        self.put(HEAD, (json.dumps(head, indent=1) + "\n").encode(), first=True)
        return str(self._head()["id"])  # another process may have been first

    def _head(self) -> dict[str, Any]:
        try:
            head = json.loads(self.content(HEAD))
            if head["format"] == FORMAT and isinstance(head["id"], str):
                return dict(head)
            told = f"is of the form {head['format']}, and this version of regretlab reads {FORMAT}"
        except InputError:
            raise
        except (ValueError, LookupError, TypeError):
            told = f"has a {HEAD} that is damaged"
        raise InputError(f"the store {self.place!r} {told}; name another place.")

    def _asked(self, what: str, ask: Callable[..., T], *given: Any) -> T:
        """Ask the place for something; what a file system raises is a sentence, but for a file that is not there."""
        try:
            return ask(*given)
        except InputError:
            raise
        except Exception as error:
            if isinstance(error, FileNotFoundError) and what == "read":
                raise
            advice = "make room there" if what != "read" else "see whether it can be reached"
            raise InputError(
                f"cannot {what} the store {self.place!r}: {reason(error)}; {advice}, or name another."
            ) from None


def _note(line: Line, block: Block, key: str) -> str:
    return f"{line.folder}/{block.name}.{key}.txt"
