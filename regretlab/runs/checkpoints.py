"""The steps at which a run is recorded.

Where mini-batches come in a cyclic order, regret and bounds go up and down within a period. Log-spaced steps fall on
its phases by chance, and a curve through them shows that chance; so ends of periods are recorded too. Figures
show these ends alone. Fits take the other checkpoints, at several phases, as what a phase changes is part of their
error: on ends alone a curve is smooth from the first, and a fit does not know how little a short run says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from regretlab.errors import InputError
from regretlab.parameters import number

CHECKPOINTS = 30
#: Leading digits of decimal checkpoints.
DIGITS = (1, 2, 3, 5, 7)
#: Every checkpoint is a comparator to solve and a column of the record.
MOST_CHECKPOINTS = 100_000


def checkpoint_times(checkpoints: str | Sequence[int], horizon: int) -> np.ndarray:
    """Increasing steps at which the record is written, the horizon last; ``"log"`` gives about 30, log-spaced.

    ``"decimal"`` gives 1, 2, 3, 5 and 7 times the powers of ten. They do not depend on the horizon: a longer run begins
    with the very record of a shorter one, whose comparators start from the same ones before, so that a store
    (:class:`regretlab.Store`) goes on from there. A list is a set: its order and repetitions change nothing, and an
    empty one records the horizon alone.

    Examples
    --------
    >>> checkpoint_times([5, 1, 5], horizon=10), checkpoint_times([], horizon=10)
    (array([ 1,  5, 10]), array([10]))
    >>> checkpoint_times("decimal", horizon=25)
    array([ 1,  2,  3,  5,  7, 10, 20, 25])
    """
    if isinstance(checkpoints, str) or not isinstance(checkpoints, Iterable):
        if checkpoints == "log":
            times = np.unique(np.geomspace(1, horizon, CHECKPOINTS).round().astype(np.int64))
        elif checkpoints == "decimal":
            powers = 10 ** np.arange(len(str(horizon)), dtype=np.int64)
            times = np.outer(powers, DIGITS).ravel()
            times = times[times <= horizon]
        else:
            raise InputError(
                f"checkpoints={checkpoints!r} is not 'log', 'decimal' or a list of steps between 1 and {horizon}."
            )
    else:
        checkpoints = list(checkpoints)
        if len(checkpoints) > MOST_CHECKPOINTS:
            raise InputError(f"checkpoints lists {len(checkpoints)} steps; choose at most {MOST_CHECKPOINTS} of them.")
        steps = [int(number("checkpoint", t, f"[1, {horizon}]", integer=True)) for t in checkpoints]
        times = np.unique(np.array(steps, dtype=np.int64))
    return np.union1d(times, [horizon])


def ends_of_periods(t: np.ndarray, after: int) -> np.ndarray:
    """Return the last ends of periods, ``after`` so many steps each, at or before the steps ``t``.

    Examples
    --------
    >>> ends_of_periods(np.array([1, 2, 4, 9, 19, 40]), after=5)
    array([ 5, 15, 40])
    """
    return np.unique(t[t >= after] // after * after)
