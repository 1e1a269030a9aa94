"""Blocks in a tar file, in which they travel from one store to another."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path

from regretlab.errors import InputError
from regretlab.store import Kept, Store
from regretlab.system.files import atomically


def write(store: Store, kept: Iterable[Kept], file: Path) -> None:
    """Write blocks of a store, and what their lines are, to a tar file, whole or not at all.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    try:
        with atomically(file) as partial, tarfile.open(partial, "w") as tar:
            for name, content in store.contents(kept):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    except OSError as error:
        raise InputError(f"cannot write {str(file)!r}: {error.strerror}; choose a writable path with room.") from None


def read(file: Path) -> Store:
    """Return the store, in memory, of the blocks in a tar file.

    Raises
    ------
    InputError
        If it is none.
    """
    store = Store()
    try:
        with tarfile.open(file) as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is not None:
                    store.put(member.name, content.read())
    except (OSError, tarfile.TarError) as error:
        raise InputError(f"cannot read {str(file)!r} as a tar file of blocks: {error}.") from None
    return store
