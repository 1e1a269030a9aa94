"""The checkpoints at which a curve of a cyclic run is drawn: the ends of whole periods.

In a cyclic order the mini-batches of a period come over and over, and within a period regret and bounds go up and down.
Log-spaced steps fall on its phases by chance; a curve through them shows that chance and not the growth.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from regretlab.runs.description import Description
from regretlab.samplers import period

#: From so many ends of periods on, they alone are the curve; before, the first period belongs to it.
FEWEST = 4
WHOLE = "at the ends of whole periods"
FIRST = "one period, then ends of periods"
POINTS = "at several phases of a period"


class Drawn(NamedTuple):
    """The checkpoints that are ``shown``, whether a line may join them, and a remark on that ("" if there is none)."""

    shown: np.ndarray
    joined: bool
    words: str


def drawn(run: Description, t: np.ndarray) -> Drawn:
    """Choose the steps that are drawn of a run that was recorded at the increasing steps ``t``.

    The ends of whole periods, and before them the first period where the record has few of them. Where these are no
    curve that goes beyond half of the run, as with checkpoints at any steps, every checkpoint is a point of its own.

    Examples
    --------
    >>> import regretlab as rl
    >>> run = rl.simulate("reddi", "sgd", horizon=15).description()
    >>> t = np.array([1, 2, 3, 4, 6, 10, 12, 15])
    >>> t[drawn(run, t).shown], drawn(run, np.array([10, 20, 40])).joined
    (array([ 3,  6, 12, 15]), False)
    """
    p, T = _period(run), t[-1]
    everything, ends = ~np.isin(t, run.ends), t % p == 0
    if p == 1 or p > T:
        return Drawn(everything, True, "")
    if ends.sum() < min(2, T // p) or t[ends][-1] <= T / 2:
        return Drawn(everything, False, POINTS)
    return Drawn(ends, True, WHOLE) if ends.sum() >= FEWEST else Drawn(ends | (t < p), True, FIRST)


def last_end(run: Description, t: np.ndarray) -> int:
    """Return the end of the last whole period of a run that was recorded at the steps ``t``; else its horizon."""
    T = int(t[-1])
    end = T - T % _period(run)
    return end if end in t else T


def _period(run: Description) -> int:
    return period(run.sampler, run.problem.n, run.K)


def axis(name: str, parts: Iterable[Drawn]) -> str:
    """Label an axis of steps by its name and the remark on the curves over it."""
    said = list(dict.fromkeys(part.words for part in parts))
    if len(said) > 1:  # only some of the algorithms take the examples in their order
        said = [f"cyclic: {words}" for words in said if words]
    return name + "".join(f", {words}" for words in said if words)
