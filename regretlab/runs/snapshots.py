"""Snapshots of a run: a file from which a run that was stopped goes on, bit for bit as if nothing had happened."""

from __future__ import annotations

import hashlib
import json
import time
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from regretlab.engines import array
from regretlab.engines.array import State
from regretlab.errors import InputError, StoreWarning
from regretlab.runs.dataset import curves
from regretlab.runs.description import describe
from regretlab.runs.netcdf import NotARecord, read, to_bytes
from regretlab.runs.plan import Plan
from regretlab.runs.state import pack, unpack
from regretlab.system.files import atomically, sealed, unsealed

#: Seconds between two snapshots, and the most that saving them may take, as a share of the time.
EVERY, SHARE = 120.0, 0.01
#: Bytes that are saved in a second, where no snapshot has been saved yet that would tell.
BYTES_PER_SECOND = 5e7


class Reached(NamedTuple):
    """What a run has come to.

    Attributes
    ----------
    state : State
        After the last step that was made.
    words : array (R, 4)
        Of the streams at that step.
    columns : list of dict
        What was recorded at the checkpoints, at least at those that were passed.
    passed : int
        The number of checkpoints that were passed.
    kept : dict
        What the observers keep, (dims, array) by name, at the last checkpoint that was passed.
    seconds : float
        That the steps took.
    """

    state: State
    words: np.ndarray
    columns: list[dict[str, np.ndarray]]
    passed: int
    kept: dict[str, tuple[tuple[str, ...], np.ndarray]]
    seconds: float


class Snapshots:
    """The file in which a run keeps what it has come to, every few minutes and when it is interrupted.

    The file appears whole or not at all. Whoever made the run takes it away by :meth:`clear` when the record is safe.

    Parameters
    ----------
    path : path-like
    key : str
        What else determines the bits of the run, such as versions and the kind of processor; a snapshot with another
        key is not used.
    every : float
        Seconds between two snapshots; 0 saves one after every block of steps. The interval is longer where saving
        takes long.
    share : float in (0, 1]
        The most that saving may take of the time.
    """

    def __init__(self, path: str | Path, key: str = "", every: float = EVERY, share: float = SHARE) -> None:
        self._path, self._key, self._every, self._share = Path(path), key, every, share
        self._cost: float | None = None
        self._rested = time.monotonic()
        #: Snapshots that were saved, and the seconds that this took.
        self.saved, self.seconds = 0, 0.0

    def due(self, reached: Reached) -> bool:
        """Whether so much time has passed since the last snapshot that another one costs little of it."""
        if self._cost is None:
            size = sum(a.nbytes for a in (*reached.state.moments, *reached.state.totals.values()))
            self._cost = size / BYTES_PER_SECOND
        return time.monotonic() - self._rested >= max(self._every, self._cost * (1 / self._share - 1))

    def save(self, run: str, reached: Reached) -> None:
        """Save what a run has come to; where that is not possible, a :class:`StoreWarning` says why.

        Parameters
        ----------
        run : str
            From :func:`identified`.
        reached : Reached
        """
        began = time.monotonic()
        columns = curves(reached.columns[: reached.passed]) if reached.passed else {}
        state = reached.state.mapped(array.host)
        snapshot = xr.Dataset(pack(state, reached.words) | reached.kept | columns)
        snapshot.attrs = {"run": run, "key": self._key, "step": state.t, "seconds": reached.seconds}
        try:
            self.write(sealed(to_bytes(snapshot)))
            self.saved += 1
        except (OSError, InputError) as error:
            why = getattr(error, "strerror", None) or error
            self._warn(f"cannot save the state of a run in {self.place!r}: {why}; the run goes on")
        self._rested = time.monotonic()
        self._cost = self._rested - began
        self.seconds += self._cost

    def load(self, run: str, fresh: State, xp: Any) -> Reached | None:
        """Return what the run had come to; None where there is no snapshot of it, and one that is damaged is named.

        Parameters
        ----------
        run : str
            From :func:`identified`.
        fresh : State
            The state of the run before its first step.
        xp : namespace
            Where the arrays go.
        """
        try:
            written = self.read()
            if written is None:
                return None
            snapshot = read(unsealed(written, self.place))
            if (snapshot.attrs["run"], snapshot.attrs["key"]) != (run, self._key):
                self._warn(
                    f"the snapshot {self.place!r} was made by another run, engine, version or processor, so that "
                    "this run begins at its first step"
                )
                return None
            state = unpack(snapshot, int(snapshot.attrs["step"]), fresh, xp)
        except (OSError, InputError, NotARecord, LookupError) as error:
            self._warn(f"the snapshot {self.place!r} is not used, and the run begins at its first step: {error}")
            return None
        words, seconds = snapshot["state_words"].values, float(snapshot.attrs["seconds"])
        over_time = {str(name): v.values for name, v in snapshot.items() if "t" in v.dims}
        columns = [{name: a[:, i] for name, a in over_time.items()} for i in range(snapshot.sizes.get("t", 0))]
        known = {*over_time, *pack(state.mapped(array.host), words)}
        kept = {str(name): (v.dims, v.values) for name, v in snapshot.items() if name not in known}
        return Reached(state, words, columns, len(columns), kept, seconds)  # type: ignore[arg-type]

    @property
    def place(self) -> str:
        """Where the snapshot is, in words."""
        return str(self._path)

    def read(self) -> bytes | None:
        """Return the file's content; None where there is none."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None

    def write(self, content: bytes) -> None:
        """Write the file, whole or not at all, and wait until it is on the disk."""
        with atomically(self._path, durable=True) as partial:
            partial.write_bytes(content)

    def clear(self) -> None:
        """Take the file away."""
        self._path.unlink(missing_ok=True)

    @staticmethod
    def _warn(said: str) -> None:
        warnings.warn(f"{said.rstrip('.')}.", StoreWarning, stacklevel=4)


def identified(plan: Plan, engine: str, start: xr.Dataset | None) -> str:
    """Return a digest of all that a plan, an engine and a start from an earlier record say of a run."""
    text = json.dumps([describe(plan).to_data(), engine], default=str, sort_keys=True)
    digest = hashlib.sha256(text.encode() + np.asarray(plan.checkpoints, dtype=np.int64).tobytes())
    for name in ("t", "x", "state_words", "comparator") if start is not None else ():
        digest.update(np.ascontiguousarray(start[name].values).data)  # type: ignore[index]
    return digest.hexdigest()
