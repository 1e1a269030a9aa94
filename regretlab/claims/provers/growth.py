"""Degrees and exponents, and a point of the other symbols at which every term is defined and its size is known."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.checkers import growth
from regretlab.claims.language.terms import Term
from regretlab.claims.language.trees import symbols
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import trail
from regretlab.claims.statements import Order, Units

#: Values tried for the other symbols, for reals and for integers.
REALS = tuple(Fraction(v) for v in ("1/2", "1", "2", "1/4", "3"))
INTEGERS = tuple(Fraction(v) for v in (1, 2, 3, 4, 5))
TRIES = 3000


def find_degrees(statement: Units) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``degrees``."""
    found: dict[str, str | None] = {}
    for name, term in statement.terms.items():
        try:
            found[name] = str(growth.degree(term, statement.weights))
        except growth.Unbalanced:
            found[name] = None
    return "degrees", {"terms": found}


def find_exponents(statement: Order) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``exponents`` at the first point that the checker accepts, in order of the largest value."""
    others = [s for s in symbols(*statement.terms.values()) if s is not statement.T]
    for point in itertools.islice(_points(others), TRIES):
        try:
            found = {
                name: growth.growth(term, statement.T, lambda node, at=point: growth.sign_at(node, at)[0], strict=True)  # type: ignore[misc]
                for name, term in statement.terms.items()
            }
            body = {
                "terms": {name: [str(g.power), str(g.logs)] for name, g in found.items()},
                "point": {s.args[0]: str(v) for s, v in point.items()},
            }
            growth.check_exponents(statement, body)
        except (Rejected, Undecided) as error:
            trail.missed(str(error))
            continue
        return "exponents", body
    return None


def _points(others: list[Term]) -> Iterator[dict[Term, Fraction]]:
    """Yield points of the values; points that use only the first few values come first."""
    for most in range(len(REALS) if others else 1):
        for indices in itertools.product(range(most + 1), repeat=len(others)):
            if most in indices or not others:
                pairs = zip(others, indices, strict=True)
                yield {s: (INTEGERS if s.op == "integer" else REALS)[k] for s, k in pairs}
