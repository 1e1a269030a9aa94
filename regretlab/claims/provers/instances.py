"""A theorem about sequences written out at small indices: an inequality, which the searches for points may refute."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from regretlab.claims.checkers.instances import Instance
from regretlab.claims.language.binding import indices
from regretlab.claims.language.terms import walk
from regretlab.claims.language.trees import conjuncts, symbols
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import points
from regretlab.claims.statements import Inequality
from regretlab.claims.statements.theorem import Theorem

#: Largest index, and choices of indices that are tried, simplest first.
HIGHEST, MOST = 3, 20
#: Nodes of terms that are evaluated before a proof is looked for, and when none was found; a tree with a root, a
#: logarithm or an exponential, which intervals decide, takes about as long as one that is so many times as large.
SOON, LATE, INTERVALS = 20_000, 400_000, 20
#: Choices of indices for which z3 is asked, and its seconds for each question.
ASKED, LIMIT = 3, 0.5
Found = tuple[str, dict[str, Any]]


def find_quick(statement: Theorem) -> Found | None:
    """Find a certificate ``instance`` in a fraction of a second."""
    return _find(statement, SOON, 0)


def find(statement: Theorem) -> Found | None:
    """Find a certificate ``instance``, by small rationals and by z3's models."""
    return _find(statement, LATE, ASKED)


def _find(statement: Theorem, work: int, asked: int) -> Found | None:
    if any(n.op == "forall" and n.args[2] is None for n in walk(*statement.given)):
        return None
    names = [n.args[0] for n in indices(*statement.said)]
    every = itertools.product(range(1, HIGHEST + 1), repeat=len(names))
    simplest = sorted(itertools.islice(every, HIGHEST**6), key=sum)[:MOST]
    for number, chosen in enumerate(simplest):
        own = dict(zip(names, chosen, strict=True))
        if (written_out := at(statement, own)) is None:
            continue
        ops = [n.op for n in walk(*written_out.given, written_out.show)]
        cost = len(ops) * (INTERVALS if {"root", "log", "exp"} & set(ops) else 1)
        found = points.find(written_out, work // len(simplest) // cost, number < asked, LIMIT)
        if found is None and number < asked:
            found = points.find_undefined(written_out, LIMIT)
        if found is not None:
            zero = {s.args[0]: "0" for s in symbols(*statement.said)}  # for those which do not matter
            return "instance", named(own, zero | found[1]["point"])
    return None


def at(statement: Theorem, chosen: Mapping[str, int]) -> Inequality | None:
    """Write a theorem out at some indices, entries as symbols; None where it speaks of too many."""
    instance = _Open(statement, {"indices": chosen, "symbols": {}, "entries": {}})
    try:
        given = [part for h in statement.given for part in conjuncts(instance.concrete(h))]
        return Inequality(tuple(given), instance.concrete(statement.show))
    except Rejected:
        return None


def named(chosen: Mapping[str, int], point: Mapping[str, str]) -> dict[str, Any]:
    """Write indices and the values of symbols and entries as certificates do."""
    entries = {name: value for name, value in point.items() if "[" in name}
    others = {name: value for name, value in point.items() if "[" not in name}
    return {"indices": dict(chosen), "symbols": others, "entries": entries}


class _Open(Instance):
    """A theorem at some indices, whose symbols and entries have no values yet."""

    def __init__(self, statement: Theorem, body: Any) -> None:
        super().__init__(statement, body)
        self.values, self.entries = _Any(), _Any()


class _Any(dict[str, Fraction]):
    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Fraction:
        return Fraction(0)
