"""Search for numbers with which the hypotheses of a theorem about sequences hold, so that it is not true of nothing."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

from regretlab.claims.checkers import instances
from regretlab.claims.language.binding import indices, replaced
from regretlab.claims.language.terms import Term
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import live
from regretlab.claims.provers.instances import at, named
from regretlab.claims.statements import Inequality
from regretlab.claims.statements.theorem import Theorem

#: Values that all indices have, one after the other.
HORIZONS = (1, 2, 3)


def find(statement: Theorem) -> dict[str, Any] | None:
    """Find what ``instances.check`` accepts, if need be such that no sequence changes."""
    for constant, horizon in product((False, True), HORIZONS):
        chosen = {n.args[0]: horizon for n in indices(*statement.said)}
        if (written_out := at(statement, chosen)) is None:
            continue
        same = _same(written_out.symbols, constant)
        given, show = (replaced(h, same) for h in written_out.given), replaced(written_out.show, same)
        found = live.find(Inequality(tuple(given), show))
        if found is None or not all(isinstance(value, str) for value in found.values()):
            continue
        body = named(chosen, {symbol.args[0]: found[one.args[0]] for symbol, one in same.items()})
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
