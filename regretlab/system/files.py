"""Files that appear whole or not at all, say whether they were changed, and have one writer at a time."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regretlab.errors import InputError

try:
    import fcntl
except ImportError:  # not on Windows, where files are written without locks
    fcntl = None  # type: ignore[assignment]

#: The system's errors when a file cannot grow.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
PARTIAL = ".partial-"
#: The file in a folder that its writer holds.
LOCK = ".lock"
#: Seconds after which nobody is writing a file any more.
ABANDONED = 24 * 3600.0
#: The separator between the content of a sealed file and the digest of the content.
SEAL = b"\nregretlab sha256 "
_SEAL_BYTES = len(SEAL) + 64 + 1


@contextmanager
def atomically(target: Path, room: Path | None = None, durable: bool = False, first: bool = False) -> Iterator[Path]:
    """Give a path to write to; when the block is left without an error, the file is moved to ``target`` in one step.

    What a killed process left of such a write in the same folder is taken away.

    Parameters
    ----------
    room : Path, optional
        The folder in which the file is written until it is whole; by default that of the target. Writers of many
        folders that share one take away what any of them left.
    durable : bool
        Whether the file has to be on the disk, also after a power cut, when the block is left.
    first : bool
        Leave a target that is there already as it is; where there are no links, the last of several writers decides.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    room = room or target.parent
    for stray in room.glob(f"{PARTIAL}*"):
        with _held(stray) as ours:
            if ours:
                shutil.rmtree(stray, ignore_errors=True)
    with _partial_folder(room) as folder:
        partial = folder / target.name
        yield partial
        if durable:
            _to_disk(partial)
        if first:
            try:
                os.link(partial, target)
            except FileExistsError:
                return
            except OSError:
                os.replace(partial, target)
        else:
            os.replace(partial, target)
        if durable:
            _to_disk(target.parent)


def _to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk; some systems cannot say that of a folder."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    except OSError:
        if not path.is_dir():
            raise
    finally:
        os.close(number)


@contextmanager
def _partial_folder(parent: Path) -> Iterator[Path]:
    """Make a folder of this process; another that cleans up sees by its lock that it is in use."""
    while True:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=PARTIAL))
        with _held(folder) as ours:
            if ours and folder.exists():  # else another one has cleaned up between the two lines before
                try:
                    yield folder
                    return
                finally:
                    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _held(path: Path) -> Iterator[bool]:
    """Tell whether a file or folder is now this process's; the system frees it when the process ends, however it does.

    Where the file system has no locks, a file is held by nobody, and a folder by another for :data:`ABANDONED` seconds.
    """
    try:
        folder = path.is_dir()  # which cannot be opened for writing, as network file systems want it of a lock
        number = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    except OSError:
        yield False
        return
    try:
        try:
            if fcntl is not None:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:
            yield not folder or time.time() - os.fstat(number).st_mtime > ABANDONED
            return
        yield True
    finally:
        os.close(number)


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Hold a folder while the block runs; an :class:`InputError` names the process that holds it already."""
    lock = folder / LOCK
    while True:
        lock.touch()
        with _held(lock) as ours:
            if not ours and lock.exists():
                raise InputError(f"{str(folder)!r} is being written by {_writer(lock)}; wait for it, or name another.")
            if not ours or not lock.exists():
                continue  # the other one has just finished, and taken its file away
            try:
                who = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
                lock.write_text(json.dumps(who), encoding="utf-8")
                yield
                return
            finally:
                lock.unlink(missing_ok=True)


def _writer(lock: Path) -> str:
    try:
        who = json.loads(lock.read_text(encoding="utf-8"))
        return f"process {who['pid']} on {who['host']} since {who['since']}"
    except (OSError, ValueError, LookupError, TypeError):
        return "another process"


def sealed(content: bytes) -> bytes:
    """Return content with its seal, the digest that :func:`unsealed` checks."""
    return content + SEAL + hashlib.sha256(content).hexdigest().encode() + b"\n"


def unsealed(written: bytes, name: str) -> bytes:
    """Return sealed content without its seal, if no bit of it has changed; an :class:`InputError` names the file."""
    content, end = written[:-_SEAL_BYTES], written[-_SEAL_BYTES:]
    if not end.startswith(SEAL):
        raise InputError(
            f"{name!r} does not end in a checksum, so that it is cut off, not a result of regretlab, changed by "
            f"another program, or older than checksums; simulate again, or if you trust it, call "
            f"regretlab.files.seal({name!r}) once."
        )
    if end != SEAL + hashlib.sha256(content).hexdigest().encode() + b"\n":
        raise InputError(
            f"{name!r} has another checksum than its content, so that it is damaged; fetch it or simulate again."
        )
    return content


def write_sealed(target: Path, content: bytes) -> None:
    """Write a file, whole or not at all, that ends with a digest of its content (see :func:`sealed_content`)."""
    with atomically(target) as partial:
        partial.write_bytes(sealed(content))


def sealed_content(path: Path) -> bytes:
    """Return the content of a sealed file, if no bit of it has changed.

    Raises
    ------
    InputError
        If the file cannot be read, ends in no digest, or in that of other content.
    """
    try:
        written = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {str(path)!r}: {error.strerror}; choose a readable file.") from None
    return unsealed(written, str(path))


def is_sealed(path: Path) -> bool:
    """Tell whether a file ends in a digest, right or wrong: only files of regretlab do."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _SEAL_BYTES))
        return file.read().startswith(SEAL)


def seal(path: str | os.PathLike[str]) -> None:
    """Add the checksum to a result that has none, such as one of an earlier version, which whoever calls this trusts.

    Raises
    ------
    InputError
        If it has one already.
    """
    content = Path(path).read_bytes()
    if content[-_SEAL_BYTES:].startswith(SEAL):
        raise InputError(f"{str(path)!r} has a checksum; a damaged file is not mended by another.")
    write_sealed(Path(path), content)
