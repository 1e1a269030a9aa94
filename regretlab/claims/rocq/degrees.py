"""Scaling degrees: every term is multiplied by a power of the scale, or one is not, at a point."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.arithmetic.exact import Undefined
from regretlab.claims.checkers import point
from regretlab.claims.language.terms import Relation, Term
from regretlab.claims.language.trees import obligations, substitute, symbols
from regretlab.claims.language.verdict import fields
from regretlab.claims.rocq import inequalities, points
from regretlab.claims.rocq.goals import ALWAYS, Theorem
from regretlab.claims.rocq.writing import Names, NotTranslated
from regretlab.claims.statements import Inequality, Units

#: Values of the symbols at which terms of another degree are told apart.
TRIED = (Fraction(1, 2), Fraction(1, 3), Fraction(2))


def theorem(statement: Units, form: str, body: Any) -> Theorem:
    """Write the theorem that all terms have their degree, or that one has not, as the certificate says.

    With every symbol s replaced by k^w s, k > 0, a term of degree d is multiplied by k^d wherever it has a value.
    """
    (written,) = fields(body, "terms")
    taken = [str(s.args[0]) for s in symbols(*statement.terms.values())]
    scale = Term("symbol", Names(taken)("k"))
    wrong = [name for name, d in written.items() if d is None or Fraction(d) != statement.degree]
    asked = [_scaled(statement, scale, name) for name in wrong or statement.terms]
    if not wrong:
        given = tuple(dict.fromkeys(relation for one in asked for relation in one.given))
        show = asked[0].show
        for one in asked[1:]:
            show = show & one.show
        return inequalities.theorem(Inequality(given, show), "smt", {})
    for at in _points(asked[0]):
        return points.refuted(asked[0], form, {"point": at})
    raise NotTranslated("no point is found at which the degree is another")


def _scaled(statement: Units, scale: Term, name: str) -> Inequality:
    """State that a term is multiplied by the power of the scale."""
    term = statement.terms[name]
    new = {s: scale ** _whole(w) * s for s, w in statement.weights.items()}
    needs = [need if path is ALWAYS else ~path | need for path, need in obligations(term)]
    show = Relation("==", substitute(term, new), scale ** _whole(statement.degree) * term)
    return Inequality((scale > 0, *needs), show)


def _whole(power: Fraction) -> int:
    if power.denominator != 1:
        raise NotTranslated("a degree that is no integer")
    return int(power)


def _points(asked: Inequality) -> Iterator[dict[str, str]]:
    """Yield points at which a relation has a meaning and is false."""
    for values in product(TRIED, repeat=2):
        at = {s: values[k % 2] if k else Fraction(2) for k, s in enumerate(asked.symbols)}
        try:
            held = all(point.decide(r, at)[0] for r in asked.given)
            if held and not point.decide(asked.show, at)[0]:
                yield {str(s.args[0]): str(value) for s, value in at.items()}
        except (Undecided, Undefined):
            continue
