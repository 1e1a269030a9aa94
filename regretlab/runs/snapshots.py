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
#: How long the first snapshot is taken to need, and what it needs for its bytes beside that.
FIRST_SECONDS, BYTES_PER_SECOND = 0.5, 5e7


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
        Seconds between two snapshots. The interval is longer where saving takes long.
    share : float in (0, 1]
        The most that saving may take of the time, where it takes as long as the last two times. One slow write, on a
        disk that was busy, does not put the next one off.
    """

    def __init__(self, path: str | Path, key: str = "", every: float = EVERY, share: float = SHARE) -> None:
        self._path, self._key, self._every, self._share = Path(path), key, every, share
        self._run, self._costs = "", (FIRST_SECONDS, FIRST_SECONDS)  # of the last two snapshots
        # Of the checkpoints, the first belong to the record from which the run goes on, whose steps took some seconds.
        self._times, self._before, self._seconds = np.zeros(0, np.int64), 0, 0.0
        self._rested = time.monotonic()
        #: Whether there is a file, how many snapshots were saved, and the seconds that this took.
        self.there, self.saved, self.seconds = False, 0, 0.0

    def begin(self, plan: Plan, engine: str, start: xr.Dataset | None, fresh: State, xp: Any) -> Reached | None:
        """Return what a run has come to; None where there is no snapshot of it, and one that is damaged is named.

        Parameters
        ----------
        plan : Plan
        engine : str
            Its name.
        start : xarray.Dataset, optional
            The record from which the run goes on. A snapshot of the run may have begun at an earlier one.
        fresh : State
            The state of the run before its first step.
        xp : namespace
            Where the arrays go.
        """
        self._before, self._seconds = (0, 0.0) if start is None else (start.sizes["t"], start.attrs["seconds"])
        self._times = plan.checkpoints if start is None else np.concatenate([start.t.values, plan.checkpoints])
        told = {name: value for name, value in describe(plan).to_data().items() if name != "ends"}
        self._run = hashlib.sha256(json.dumps([told, engine], default=str, sort_keys=True).encode()).hexdigest()
        size = sum(a.nbytes for a in (*fresh.moments, *fresh.totals.values()))
        self._costs = (FIRST_SECONDS + size / BYTES_PER_SECOND,) * 2
        self._rested = time.monotonic()
        try:
            written = self.read()
            self.there = written is not None
            return None if written is None else self._known(read(unsealed(written, self.place)), fresh, xp)
        except (OSError, InputError, NotARecord, LookupError) as error:
            self._warn(f"the snapshot {self.place!r} is not used, and the run begins without it: {error}")
            return None

    def _known(self, snapshot: xr.Dataset, fresh: State, xp: Any) -> Reached | None:
        """Return what the snapshot says of this run, if it is one of it and goes beyond its start."""
        step, times = int(snapshot.attrs["step"]), snapshot["times"].values
        same = (snapshot.attrs["run"], snapshot.attrs["key"]) == (self._run, self._key)
        if not same or times.tolist() != self._times[: len(times)].tolist():
            raise InputError("it was made by another run, engine, version or processor")
        passed, there = len(times) - self._before, snapshot.sizes.get("t", 0)
        if passed > there or (self._before and step <= self._times[self._before - 1]):
            return None
        state, words = unpack(snapshot, step, fresh, xp), snapshot["state_words"].values
        over_time = {str(name): v.values for name, v in snapshot.items() if "t" in v.dims}
        columns = [{name: a[:, i] for name, a in over_time.items()} for i in range(there - passed, there)]
        known = {*over_time, *pack(state.mapped(array.host), words), "times"}
        kept = {str(name): (tuple(map(str, v.dims)), v.values) for name, v in snapshot.items() if name not in known}
        seconds = snapshot.attrs["seconds"] - (self._seconds if there > passed else 0.0)
        return Reached(state, words, columns, passed, kept, max(0.0, float(seconds)))

    def due(self) -> bool:
        """Whether so much time has passed since the last snapshot that another one costs little of it."""
        return time.monotonic() - self._rested >= max(self._every, min(self._costs) * (1 / self._share - 1))

    def save(self, reached: Reached) -> None:
        """Save what the run has come to; where that is not possible, a :class:`StoreWarning` says why."""
        began = time.monotonic()
        columns = curves(reached.columns[: reached.passed]) if reached.passed else {}
        state = reached.state.mapped(array.host)
        times = {"times": ("checkpoint", self._times[: self._before + reached.passed])}
        snapshot = xr.Dataset(pack(state, reached.words) | reached.kept | columns | times)
        snapshot.attrs = {"run": self._run, "key": self._key, "step": state.t, "seconds": reached.seconds}
        try:
            self.write(sealed(to_bytes(snapshot)))
            self.there, self.saved = True, self.saved + 1
        except (OSError, InputError) as error:
            why = getattr(error, "strerror", None) or error
            self._warn(f"cannot save the state of a run in {self.place!r}: {why}; the run goes on")
        self._rested = time.monotonic()
        self._costs = (self._costs[1], self._rested - began)
        self.seconds += self._costs[1]

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
