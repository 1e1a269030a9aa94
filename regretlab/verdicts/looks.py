"""The horizons at which a bound was compared with a regret, and the findings there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from regretlab.parameters import ROUND_OFF
from regretlab.runs.round_off import SMALLEST_SQUARED

if TYPE_CHECKING:  # whoever opens a record need not load sympy
    from regretlab.bounds import Bound


class Look(NamedTuple):
    """The findings at the horizons at which a bound was compared with a regret.

    ``where`` says at which horizons, such as ``"at every T"``; ``first`` is the first of them at which it is violated,
    with the ends of that regret's interval and the bound there (nan without one); ``below`` whether the whole interval
    of every run lies below the bound at all of them. ``lost`` is the first of them at which regret is above a bound
    that rests on squares too small for floats, which is no violation.
    """

    where: str
    first: int | None
    low: float
    high: float
    bound: float
    below: bool
    lost: int | None = None


def at(every: int, t: np.ndarray) -> str:
    """Say horizons in words: every T up to ``every``, and the increasing ones in ``t``.

    Examples
    --------
    >>> at(42, np.array([1, 42])), at(3, np.array([1, 2, 3, 7, 9])), at(0, np.array([5])), at(0, np.array([1, 2]))
    ('at every T', 'at every T to 3 and at 2 later checkpoints', 'at T = 5', 'at every T')
    """
    every = max(every, int(np.argmin(np.append(t == np.arange(1, t.size + 1), False))))
    later = int((t > every).sum())
    if not later:
        return "at every T"
    if t.size == 1 and not every:
        return f"at T = {t[0]}"
    then = f"{later} later checkpoint{'s' * (later > 1)}"
    return f"at every T to {every} and at {then}" if every > 1 else f"at {t.size} checkpoints"


def seen(
    t: np.ndarray, low: np.ndarray, high: np.ndarray, curve: np.ndarray, only_last: bool = False,
    squares: np.ndarray | float = np.inf,
) -> Look:  # fmt: skip
    """Compare regrets in ``[low, high]`` (m, t) with a bound's curve (m, t) or (1, t).

    Comparisons are made up to :data:`ROUND_OFF`. A bound with parameters tied to the horizon is ``only`` about the
    last. ``squares`` is the sum of all squared gradients so far, for a bound that is made of such squares.
    """
    curve, squares = np.broadcast_to(curve, low.shape), np.broadcast_to(squares, low.shape)
    if only_last:
        t, low, high, curve, squares = t[-1:], low[:, -1:], high[:, -1:], curve[:, -1:], squares[:, -1:]
    slack = ROUND_OFF * np.abs(curve)
    with np.errstate(invalid="ignore"):
        over, below = low > curve + slack, bool((high <= curve + slack).all())
    doubtful = over & (squares < SMALLEST_SQUARED**2)
    lost = int(t[np.argmax(doubtful.any(axis=0))]) if doubtful.any() else None
    over &= ~doubtful
    if not over.any():
        return Look(at(0, t), None, np.nan, np.nan, np.nan, below, lost)
    first = int(np.argmax(over.any(axis=0)))
    run = int(np.argmax(low[:, first] - curve[:, first]))
    here = run, first
    return Look(at(0, t), int(t[first]), float(low[here]), float(high[here]), float(curve[here]), below, lost)


def joined_looks(looks: list[Look], where: str) -> Look:
    """Join the looks at several horizons to one."""
    first = min(looks, key=lambda one: np.inf if one.first is None else one.first)
    lost = min((one.lost for one in looks if one.lost is not None), default=None)
    return first._replace(where=where, below=all(one.below for one in looks), lost=lost)


class Looks:
    """The findings for all runs of a record, by algorithm, mode and bound.

    It travels with the record as text, for who opens the file and has no problem to make the run again with.
    """

    def __init__(self, text: str | None = None) -> None:
        self._found: dict[str, dict[str, dict[str, Any]]] = json.loads(text or "{}")

    @classmethod
    def joined(cls, parts: Iterable[tuple[Looks, str]]) -> Looks:
        """Join the findings on the named algorithms of several records."""
        joined = cls()
        joined._found = {name: looks._found[name] for looks, name in parts if name in looks._found}
        return joined

    @staticmethod
    def over_replicates(parts: Sequence[Mapping[str, Mapping[str, Any]]]) -> dict[str, Look]:
        """Join looks at the same bounds of the same run, by bound, each part of which saw other replicates."""
        looks = {bound: [Look(**part[bound]) for part in parts] for bound in parts[0]}
        for of in looks.values():  # of those that are first, the run that is farthest above the bound
            of.sort(key=lambda one: (np.inf if one.first is None else one.first, one.bound - one.low))
        return {bound: joined_looks(of, of[0].where) for bound, of in looks.items()}

    def known(self, bound: Bound, name: str, mode: str) -> Look | None:
        """Return the findings on a bound on one algorithm's run; None if it was not looked at."""
        found = self._found.setdefault(name, {}).setdefault(mode, {})
        return Look(**found[bound.id]) if bound.id in found else None

    def add(self, name: str, mode: str, looks: dict[str, Look]) -> None:
        """Add the findings on bounds, given by their ids, on one algorithm's run."""
        self._found.setdefault(name, {}).setdefault(mode, {}).update({b: one._asdict() for b, one in looks.items()})

    def to_text(self) -> str:
        """Return everything that is known as text."""
        return json.dumps(self._found)
