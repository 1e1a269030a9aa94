"""Search for numbers with which the hypotheses of a theorem about sequences hold, so that it is not true of nothing."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import product
from typing import Any

from regretlab.claims.checkers import instances
from regretlab.claims.language.binding import indices, replaced
from regretlab.claims.language.terms import Term
from regretlab.claims.language.trees import conjuncts
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import live
from regretlab.claims.statements import Inequality
from regretlab.claims.statements.theorem import Theorem

#: Values that all indices have, one after the other.
HORIZONS = (1, 2, 3)


def find(statement: Theorem) -> dict[str, Any] | None:
    """Find what ``instances.check`` accepts, if need be such that no sequence changes."""
    for constant, horizon in product((False, True), HORIZONS):
        at = {n.args[0]: horizon for n in indices(*statement.said)}
        instance = _Open(statement, {"indices": at, "symbols": {}, "entries": {}})
        try:
            given = [part for h in statement.given for part in conjuncts(instance.concrete(h))]
            show = instance.concrete(statement.show)
        except Rejected:
            continue
        same = _same(instance.point, constant)
        found = live.find(Inequality(tuple(replaced(h, same) for h in given), replaced(show, same)))
        if found is None or not all(isinstance(value, str) for value in found.values()):
            continue
        values = {symbol.args[0]: found[one.args[0]] for symbol, one in same.items()}
        entries = {name: value for name, value in values.items() if "[" in name}
        others = {name: value for name, value in values.items() if "[" not in name}
        body = {"indices": at, "symbols": others, "entries": entries}
        try:
            instances.check(statement, body)
        except Rejected:
            continue
        return body
    return None


def _same(symbols: Iterable[Term], constant: bool) -> dict[Term, Term]:
    """Map each symbol to the one whose number it has: itself, or the first entry of its sequence."""
    first: dict[str, Term] = {}
    return {s: first.setdefault("".join(s.args[0].partition("[")[: 2 if constant else 3]), s) for s in symbols}


class _Open(instances.Instance):
    """A theorem at some indices, whose symbols and entries have no values yet."""

    def __init__(self, statement: Theorem, body: Any) -> None:
        super().__init__(statement, body)
        self.values, self.entries = _Any(), _Any()


class _Any(dict[str, Fraction]):
    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Fraction:
        return Fraction(0)
