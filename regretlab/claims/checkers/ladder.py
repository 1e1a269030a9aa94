"""``f >= 0`` in several symbols, with logarithms and exponentials: Taylor's theorem along one of them."""

from __future__ import annotations

from typing import Any

from regretlab.claims.arithmetic.calculus import derivative
from regretlab.claims.checkers import point, proofs
from regretlab.claims.language.terms import Relation, Term, all_of
from regretlab.claims.language.trees import obligations, substitute, symbols
from regretlab.claims.language.verdict import Outcome, Rejected, fields, natural, weakest
from regretlab.claims.statements import Inequality, Ladder

HIGHEST = 4


def rungs(statement: Ladder, k: int) -> list[Inequality]:
    r"""List the inequalities that must hold for a ladder of height k.

    With s = start and z between s and x,

    .. math::
        f(x) = \sum_{j<k} \frac{f^{(j)}(s)}{j!} (x-s)^j + \frac{f^{(k)}(z)}{k!} (x-s)^k,

    so f >= 0 if no :math:`f^{(j)}(s) (x-s)^j` is negative, nor any :math:`f^{(k)}(z) (z-s)^k`, and f exists at every z.
    """
    f, x, s, given = statement.f, statement.x, statement.start, statement.given
    if any(symbol is x for symbol in symbols(s)):
        raise Rejected(f"the start {s} moves with {x}")
    found = []
    for j in range(k):
        slope = substitute(derivative(f, x, j), {x: s})
        found.append(Inequality(given, slope * (x - s) ** j >= 0 if j else slope >= 0))
    z = _fresh(statement)
    between = ((s <= z) & (z <= x)) | ((x <= z) & (z <= s))
    along = (*given, between, *(substitute(r, {x: z}) for r in given if _holds_between(r, statement)))
    found.append(Inequality(along, substitute(derivative(f, x, k), {x: z}) * (z - s) ** k >= 0))
    for path, need in obligations(substitute(f, {x: z})):
        found.append(Inequality(along, need if path is all_of(()) else ~path | need))
    return found


def _holds_between(r: Relation, statement: Ladder) -> bool:
    """Tell whether a hypothesis holds between start and x because it is linear in x and holds at both."""
    x = statement.x
    if r.op not in ("<=", "<", ">=", ">", "==") or not any(symbol is x for symbol in symbols(r)):
        return False
    slope = derivative(r.args[0] - r.args[1], x)
    at_start = substitute(r, {x: statement.start})
    return not any(symbol is x for symbol in symbols(slope)) and any(at_start is other for other in statement.given)


def _fresh(statement: Ladder) -> Term:
    names = {symbol.args[0] for symbol in symbols(statement.f, *statement.given)}
    name = f"{statement.x.args[0]}_"
    while name in names:
        name += "_"
    return Term("symbol", name)


def check(statement: Ladder, body: Any) -> Outcome:
    """Check ``{"height", "rungs": [{"form", "body"}, ...]}``: every rung of the ladder of that height is proved."""
    height, written = fields(body, "height", "rungs")
    if natural(height, 1) > HIGHEST:
        raise Rejected(f"a ladder has at most {HIGHEST} rungs")
    asked = rungs(statement, height)
    if not isinstance(written, list) or len(written) != len(asked):
        raise Rejected(f"expected proofs of {len(asked)} rungs")
    levels = [proofs.proved(rung, proof).level for rung, proof in zip(asked, written, strict=True)]
    words = f"Taylor's theorem in {statement.x} from {statement.start}, order {height}"
    return Outcome("proved", weakest(levels), words)


def as_inequality(statement: Ladder) -> Inequality:
    """Return the same statement without the direction along which it is shown."""
    return Inequality(statement.given, statement.f >= 0)


def check_point(statement: Ladder, body: Any) -> Outcome:
    """Check ``{"point"}``: the hypotheses hold there and f is negative."""
    return point.check(as_inequality(statement), body)
