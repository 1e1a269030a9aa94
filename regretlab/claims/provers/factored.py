"""Factors of polynomials that a proof may need the signs of: of formulas, with denominators of known sign cleared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import flint

from regretlab.claims.arithmetic.polynomials import NotPolynomial, Polynomial
from regretlab.claims.checkers.question import Formula
from regretlab.claims.provers.reduction import Reduced

#: Monomials of a polynomial that is factored.
MOST = 60


def of(formulas: Sequence[Formula], size: int) -> Iterator[Polynomial]:
    """Yield the factors of formulas that have some, the last formula's first."""
    above, zero = [f for f in formulas if f.kind != "=="], [f for f in formulas if f.kind == "=="]
    try:
        reduced = Reduced(above, [], zero, size)
        formulas = [*reduced.equations, *formulas, *reduced.above]
    except NotPolynomial:
        pass
    for formula in reversed(formulas):
        yield from factors(formula.polynomial)


def factors(p: Polynomial) -> list[Polynomial]:
    """List the irreducible factors of a polynomial, none if it is one, or has too many monomials.

    Examples
    --------
    >>> factors({(2, 0): Fraction(1), (0, 2): Fraction(-1)})  # x^2 - y^2
    [{(1, 0): Fraction(1, 1), (0, 1): Fraction(-1, 1)}, {(1, 0): Fraction(1, 1), (0, 1): Fraction(1, 1)}]
    """
    if not 1 < len(p) <= MOST:
        return []
    size = len(next(iter(p)))
    context = flint.fmpq_mpoly_ctx.get([f"x{i}" for i in range(size)], "lex")
    written = {e: flint.fmpq(c.numerator, c.denominator) for e, c in p.items()}
    _, found = context.from_dict(written).factor()
    if sum(k for _, k in found) < 2:
        return []
    return [{tuple(map(int, e)): Fraction(int(c.p), int(c.q)) for e, c in f.to_dict().items()} for f, _ in found]
