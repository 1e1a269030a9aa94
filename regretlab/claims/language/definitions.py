"""Sequences that equations determine one entry after another.

Whatever the other sequences are, such entries exist: a definition adds no hypothesis to a statement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from regretlab.claims.language.binding import Fresh, forall, opened, written
from regretlab.claims.language.sequences import Sequence as Entries
from regretlab.claims.language.terms import Node, Relation, Term, term, text, walk
from regretlab.errors import InputError


class Defined(NamedTuple):
    """What an equation says: ``name[..., running + ahead]`` is ``value`` for every running index from ``low`` on.

    Of a first entry, ``name[..., ahead]``, running and low are None.
    """

    name: str
    running: Term | None
    low: int | None
    ahead: int
    value: Term


@dataclass(frozen=True)
class Definition:
    """Equations for the entries of one or several sequences.

    A recursion gives ``x[..., t + c]`` for every t from some number on, by entries of the sequences that come earlier:
    those at ``t + b`` with b below the c of their own recursion.
    """

    equations: tuple[Relation, ...]

    def __post_init__(self) -> None:
        found = [read(equation) for equation in self.equations]
        ends = [
            node for e in self.equations for r in opened(e, Fresh(e))[0] if r.high is not None for node in walk(r.high)
        ]
        if any(node.op == "entry" for node in ends):
            raise InputError("a definition ends at an entry of a sequence; let it end at an index.")
        recursions = {d.name: d for d in found if d.low is not None}
        firsts = {(d.name, d.ahead) for d in found if d.low is None}
        if len(recursions) + len(firsts) < len(found):
            raise InputError("an entry of a sequence is defined twice; give each sequence one recursion.")
        for d in found:
            if d.name not in recursions:
                raise InputError(
                    f"the sequence {d.name} has a first entry and no recursion; define it with recursive()."
                )
            if d.low is None and d.ahead >= _low(recursions[d.name]) + recursions[d.name].ahead:
                raise InputError(f"the entry {d.name}[{d.ahead}] is defined twice; its recursion begins before it.")
            for entry in walk(d.value):
                if entry.op == "entry" and entry.args[0] in recursions and not _earlier(entry, d, recursions):
                    raise InputError(f"{d.name} is defined by {text(entry)}, which does not come earlier.")

    @cached_property
    def names(self) -> list[str]:
        """The sequences that are defined."""
        return list(dict.fromkeys(read(equation).name for equation in self.equations))

    def __contains__(self, name: str) -> bool:
        return name in self.names


def read(equation: Relation) -> Defined:
    """Read an equation of a definition.

    Raises
    ------
    InputError
        If it is none.
    """
    ranges, body = opened(equation, Fresh(equation))
    left = body.args[0] if body.op == "==" else None
    if left is None or left.op != "entry" or len(left.args) == 1:
        raise InputError(f"{text(equation)} defines no sequence; write it with recursive() or steps().")
    *coordinates, last = left.args[1:]
    free = [r.free for r in ranges]
    if any(not any(c is f for f in free) for c in coordinates) or len({id(c) for c in coordinates}) < len(coordinates):
        raise InputError(f"{text(equation)} defines only some coordinates; give one index for each.")
    name = left.args[0]
    if last.op == "num" and last.args[0].denominator == 1 and len(ranges) == len(coordinates):
        return Defined(name, None, None, int(last.args[0]), body.args[1])
    at = offset(last, ranges[-1].free) if ranges else None
    running = ranges[-1] if ranges else None
    if at is None or running is None or running.low.op != "num":
        raise InputError(f"{text(equation)} is no recursion that runs from a number on.")
    if len(ranges) != len(coordinates) + 1 or any(running.free is c for c in coordinates):
        raise InputError(f"{text(equation)} is no recursion in its last index.")
    return Defined(name, running.free, int(running.low.args[0]), at, body.args[1])


def offset(place: Term, index: Term) -> int | None:
    """Return c of a place ``index + c``, or None for any other."""
    if place is index:
        return 0
    if place.op in "+-" and place.args[0] is index and place.args[1].op == "num":
        value = place.args[1].args[0]
        return None if value.denominator != 1 else int(value) if place.op == "+" else -int(value)
    return None


def _low(recursion: Defined) -> int:
    return recursion.low if recursion.low is not None else 0


def _earlier(entry: Node, d: Defined, recursions: dict[str, Defined]) -> bool:
    """Tell whether an entry that a value is made of comes before what it defines.

    Entries are made in rounds: ``name[..., t + c]`` in round t, where c is the ``ahead`` of the recursion of its name.
    """
    place, ahead = entry.args[-1], recursions[entry.args[0]].ahead
    if place.op == "num" and place.args[0].denominator == 1:
        return bool(place.args[0] - ahead < (d.ahead - recursions[d.name].ahead if d.low is None else d.low))
    at = offset(place, d.running) if d.running is not None else None
    return at is not None and at < ahead


class Recursive(Entries):
    """A sequence with its definition."""

    def __init__(self, name: str, definition: Definition) -> None:
        super().__init__(name)
        self.definition = definition


def recursive(
    name: str, first: Any, step: Callable[[Term, Term], Any], start: int = 0, stop: Any = None, over: Any = ()
) -> Recursive:
    """Define a sequence by its entry at ``start`` and ``step(before, t)``, the entry at t from the one before.

    It ends with the entry at ``stop``, if that is given; later ones are any numbers. With ``over``, an index or
    several, there is such a sequence for each, and its entries have them in front.

    Examples
    --------
    >>> g, i = Entries("g"), Term("index", "i")
    >>> recursive("S", 0, lambda before, t: before + g[t] ** 2).definition.equations
    (S[0] == 0, (S[t + 1] == S[t] + g[t + 1]^2 for t = 0..))
    >>> recursive("S", 0, lambda before, t: before + g[i, t], over=i).definition.equations[0]
    (S[i, 0] == 0 for i = 1..)
    """
    front, own = _indices(over), Entries(name)
    (t,), value = written(lambda t: step(own[(*front, t)], t + 1), "t")
    begin = own[(*front, start)] == term(first)
    later = own[(*front, t + 1)] == value
    end = None if stop is None else term(stop) - 1
    return Recursive(name, Definition((_each(front, begin), _each(front, forall(t, start, end, later)))))


def define(name: str, value: Callable[[Term], Any], start: int = 1, stop: Any = None, over: Any = ()) -> Recursive:
    """Define a sequence by its entry at every t from ``start`` to ``stop``, or without end; others are any numbers.

    With ``over``, an index or several, there is such a sequence for each, and its entries have them in front.

    Examples
    --------
    >>> x, i = Entries("x"), Term("index", "i")
    >>> define("d", lambda t: x[t] ** 2).definition.equations
    ((d[t] == x[t]^2 for t = 1..),)
    >>> define("d", lambda t: x[i, t] ** 2, over=i).definition.equations
    (((d[i, t] == x[i, t]^2 for t = 1..) for i = 1..),)
    """
    front, own = _indices(over), Entries(name)
    (t,), made = written(value, "t")
    equation = forall(t, start, stop, own[(*front, t)] == made)
    return Recursive(name, Definition((_each(front, equation),)))


def _indices(over: Any) -> tuple[Any, ...]:
    return over if isinstance(over, tuple) else (over,)


def _each(front: tuple[Any, ...], equation: Relation) -> Relation:
    """Say an equation for all values of the indices in front."""
    for index in reversed(front):
        equation = forall(index, 1, None, equation)
    return equation
