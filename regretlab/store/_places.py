"""Where a store keeps its files: a folder, any URL that fsspec knows, or the memory of this process.

A file appears whole or not at all in a folder: it is written in another name, brought to the disk and moved. Where a
URL names objects (S3, GCS), one put does the same; elsewhere a file is moved as well. The seal at the end of each file
tells what neither could.
"""

from __future__ import annotations

import math
import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from regretlab.errors import InputError
from regretlab.parameters import path_of
from regretlab.system.files import PARTIAL, atomically

#: Protocols of file systems, in which half a file could be seen; all others have objects, which appear whole.
WITH_FILES = ("sftp", "ssh", "ftp", "smb", "hdfs", "arrow_hdfs", "webhdfs")


class Info(NamedTuple):
    """Bytes of a file, and when it was written, in seconds since 1970; nan where that is unknown."""

    size: int
    time: float


def reason(error: Exception) -> str:
    """Say what a file system's error says, in one line."""
    said = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
    return str(said).strip().partition("\n")[0]


class Place(Protocol):
    """Files by names with slashes. A file that is not there raises a FileNotFoundError."""

    text: str

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder; none if it is not there."""
        ...

    def read(self, name: str) -> bytes: ...

    def write(self, name: str, content: bytes, first: bool = False) -> None:
        """Write a file whole; with ``first`` leave one that is there as it is."""
        ...

    def remove(self, name: str) -> None: ...

    def info(self, name: str) -> Info: ...


def place_of(given: str | os.PathLike[str]) -> Place:
    """Return the place that a path or a URL names."""
    text = str(given) if isinstance(given, str | os.PathLike) else ""
    if text.startswith("file://"):
        text = text.removeprefix("file://")
    if "://" in text or "::" in text:
        return Remote(text)
    return Folder(path_of("store", text or given))


class Folder:
    """A folder of this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self.text = str(self.path)

    def names(self, folder: str) -> list[str]:
        try:
            return sorted(name for name in os.listdir(self.path / folder) if not name.startswith("."))
        except (FileNotFoundError, NotADirectoryError):
            if self.path.exists() and not self.path.is_dir():
                raise
            return []

    def read(self, name: str) -> bytes:
        return (self.path / name).read_bytes()

    def write(self, name: str, content: bytes, first: bool = False) -> None:
        with atomically(self.path / name, room=self.path, durable=True, first=first) as partial:
            partial.write_bytes(content)

    def remove(self, name: str) -> None:
        (self.path / name).unlink()
        with suppress(OSError):  # other files are in the folder
            (self.path / name).parent.rmdir()

    def info(self, name: str) -> Info:
        found = (self.path / name).stat()
        return Info(found.st_size, found.st_mtime)


class Remote:
    """What a URL names, through fsspec."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            import fsspec

            self._files, self._root = fsspec.core.url_to_fs(text)
        except ImportError as error:
            raise InputError(
                f"the store {text!r} needs a package that is not installed ({error}): pip install "
                f"'regretlab[cluster]', and what fsspec names for this protocol."
            ) from None
        except ValueError as error:
            raise InputError(f"the store {text!r} is no URL that fsspec knows: {error}.") from None
        except Exception as error:  # many file systems connect at once, and raise what their library does
            raise InputError(
                f"cannot reach the store {text!r}: {reason(error)}; see whether address, network and credentials are "
                f"right, or name another."
            ) from None
        protocol = self._files.protocol
        self._moves = not {protocol, *protocol}.isdisjoint(WITH_FILES)

    def names(self, folder: str) -> list[str]:
        self._files.invalidate_cache()  # others write there
        try:
            found = self._files.ls(self._path(folder), detail=False)
        except FileNotFoundError:
            return []
        last = (str(path).rstrip("/").rpartition("/")[2] for path in found)
        return sorted(name for name in last if name and not name.startswith("."))

    def read(self, name: str) -> bytes:
        return bytes(self._files.cat_file(self._path(name)))

    def write(self, name: str, content: bytes, first: bool = False) -> None:
        target = self._path(name)
        if first and self._files.exists(target):
            return
        self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
        if not self._moves:
            self._files.pipe_file(target, content)
            return
        partial = self._path(f"{PARTIAL}{uuid.uuid4().hex}")
        try:
            self._files.pipe_file(partial, content)
            self._files.mv(partial, target)
        except BaseException:
            with suppress(Exception):
                self._files.rm_file(partial)
            raise

    def remove(self, name: str) -> None:
        self._files.rm_file(self._path(name))

    def info(self, name: str) -> Info:
        found = self._files.info(self._path(name))
        written = found.get("mtime", found.get("created", found.get("LastModified")))
        stamp = written.timestamp() if hasattr(written, "timestamp") else written
        return Info(int(found["size"] or 0), float(stamp) if isinstance(stamp, int | float) else math.nan)

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"


class Memory:
    """Files in this process, which travel with what holds them: what a worker made that does not reach the store."""

    text = "memory of this process"

    def __init__(self) -> None:
        self.files: dict[str, tuple[bytes, float]] = {}

    def names(self, folder: str) -> list[str]:
        inside = (name.removeprefix(f"{folder}/") for name in self.files if name.startswith(f"{folder}/"))
        return sorted({name.split("/")[0] for name in inside})

    def read(self, name: str) -> bytes:
        if name not in self.files:
            raise FileNotFoundError(name)
        return self.files[name][0]

    def write(self, name: str, content: bytes, first: bool = False) -> None:
        if not (first and name in self.files):
            self.files[name] = content, time.time()

    def remove(self, name: str) -> None:
        del self.files[name]

    def info(self, name: str) -> Info:
        content, written = self.files[name]
        return Info(len(content), written)
