"""Sums, products and sequences for recursions, kept as they are written.

``t`` of a recursion and the indices of sums are integers of their own kind, which no symbol of a file is, whatever its
name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from regretlab.claims.language.binding import closed
from regretlab.claims.language.terms import Term, term
from regretlab.claims.language.trees import substitute
from regretlab.errors import InputError


class Sequence:
    """A sequence of real numbers: ``g[t]`` or ``g(t)`` is an entry.

    Examples
    --------
    >>> Sequence("g")[3]
    g[3]
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def entry(self, *indices: Any) -> Term:
        """Return the entry at the indices."""
        return Term("entry", self.name, *map(term, indices))

    def __getitem__(self, indices: Any) -> Term:
        return self.entry(*(indices if isinstance(indices, tuple) else (indices,)))

    __call__ = entry

    def __repr__(self) -> str:
        return self.name

    def __iter__(self) -> Iterator[Term]:
        raise InputError(f"the sequence {self.name} has no end; write Sum({self.name}[t], (t, 1, T)) for a sum.")


def sequence(name: str) -> Sequence:
    """Name a sequence of arbitrary real numbers."""
    return Sequence(name)


def Sum(body: Any, *limits: tuple[Any, Any, Any]) -> Term:
    r"""Write :math:`\sum_{i=a}^b f(i)` as ``Sum(f, (i, a, b))``, with a limit per index, the innermost first.

    Examples
    --------
    >>> from regretlab.claims import real
    >>> i, g = real("i"), Sequence("g")
    >>> Sum(g[i] / i, (i, 1, 3))
    sum(g[i]/i, i = 1..3)
    """
    return _ranged("sum", body, limits)


def Product(body: Any, *limits: tuple[Any, Any, Any]) -> Term:
    r"""Write :math:`\prod_{i=a}^b f(i)` as ``Product(f, (i, a, b))``."""
    return _ranged("product", body, limits)


def _ranged(op: str, body: Any, limits: tuple[tuple[Any, Any, Any], ...]) -> Term:
    found = term(body)
    for limit in limits:
        if not isinstance(limit, tuple) or len(limit) != 3:
            raise InputError(f"the range {limit!r} of a {op} is not (index, first, last); write it like (i, 1, t).")
        index, low, high = limit
        bound, body = closed(found, index)
        found = Term(op, bound, term(low), term(high), body)
    if not limits:
        raise InputError(f"a {op} has no range; write it like (i, 1, t).")
    return found


class Formula(NamedTuple):
    """A recursion as terms in the index ``t``; ``rec`` is also one in ``before``, the value at t - 1."""

    t: Term
    before: Term
    closed: Term
    rec: Term
    start: Term

    def step(self) -> Term:
        """Return the recursion's value at t, from the closed form at t - 1."""
        return substitute(self.rec, {self.before: substitute(self.closed, {self.t: self.t - 1})})
