"""Snapshots of a run that are kept in a store, beside the blocks of its line."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from regretlab.errors import InputError
from regretlab.runs.snapshots import Snapshots
from regretlab.store._lines import Line


class StoredSnapshots(Snapshots):
    """Snapshots of a run of a line in a store (:class:`regretlab.Store`), by the name of their file."""

    def __init__(self, store: Any, line: Line, name: str) -> None:
        super().__init__(name, line.key)
        self._store, self._line, self._name = store, line, f"{line.folder}/{name}"

    @property
    def place(self) -> str:
        return f"{self._name} of the store {self._store.place}"

    def read(self) -> bytes | None:
        try:
            return bytes(self._store.content(self._name))
        except FileNotFoundError:
            return None

    def write(self, content: bytes) -> None:
        self._store.tell(self._line)
        self._store.put(self._name, content)

    def clear(self) -> None:
        if self.there:
            with suppress(InputError):  # another process that made the same run has taken it away
                self._store.drop(self._name)
