"""Signs that follow from hypotheses in polynomials: of divisors, of radicands, and of sides that are squared."""

from __future__ import annotations

from fractions import Fraction

from regretlab.claims.arithmetic.polynomials import Factor, NotPolynomial, Polynomial, Quotients, add, monic
from regretlab.claims.language.terms import Relation, Term
from regretlab.claims.language.verdict import Rejected

#: The larger side of a comparison, by its sign.
LARGER = {"<=": (1, 0), "<": (1, 0), ">=": (0, 1), ">": (0, 1), "==": (0, 1), "!=": (0, 1)}


def difference(r: Relation) -> Term:
    """Subtract the smaller side from the larger; the second from the first of an equation."""
    sides: list[Term] = [r.args[i] for i in LARGER[r.op]]
    return sides[0] - sides[1]


def cleared(quotients: Quotients, node: Term) -> tuple[Polynomial, dict[Factor, int]]:
    """Write a term as a quotient of polynomials; any other term is :class:`Rejected`."""
    try:
        return quotients.of(node)
    except NotPolynomial as error:
        raise Rejected(str(error)) from None


class Signs:
    """The sign of a factor, as far as polynomial hypotheses tell it."""

    def __init__(self, quotients: Quotients, given: list[Relation]) -> None:
        self.quotients = quotients
        tops = [(r.op, *cleared(quotients, difference(r))) for r in given]
        equal = [(top, under) for op, top, under in tops if op == "=="]
        tops += [("<=", add({}, top, Fraction(side)), under) for top, under in equal for side in (1, -1)]
        hypotheses = [(op, monic(top)[1]) for op, top, under in tops if not under and top]
        self.strict = {p for op, p in hypotheses if op in ("<", ">")}
        self.weak = {p for op, p in hypotheses if op in ("<", ">", "<=", ">=")}
        self.nonzero = {p for op, p in hypotheses if op == "!="}
        self.above: set[int] = set()
        self.over: set[int] = set()
        for index in range(quotients.size):
            unit = tuple(int(index == j) for j in range(quotients.size))
            self._learn(index, self.sign(((unit, Fraction(1)),)))

    def learn(self, symbol: Term, sign: int | None) -> None:
        """Note that a symbol is positive (1), not negative (0) or unknown (None)."""
        self._learn(self.quotients.index[id(symbol)], sign)

    def _learn(self, index: int, sign: int | None) -> None:
        self.above |= {index} if sign is not None else set()
        self.over |= {index} if sign else set()

    def known(self, u: Term) -> int | None:
        """Return 1 if a term is positive, 0 if it is only known not to be negative, None if nothing is known."""
        parts = [self.known(part) for part in u.children if isinstance(part, Term)] if u.op in ("+", "*", "/") else []
        if parts and None not in parts and (u.op != "/" or parts[1] == 1):
            return int(any(parts) if u.op == "+" else all(parts))
        if u.op == "pow" and u.args[1] > 0 and (u.args[1] % 2 == 0 or self.known(u.args[0]) is not None):
            return int(self.known(u.args[0]) == 1)
        top, below = cleared(self.quotients, u)
        direction = self.product(below)
        if direction is None:
            return None
        if not top:
            return 0
        return self.sign(monic(add({}, top, Fraction(direction)))[1])

    def of(self, factor: Factor) -> int | None:
        """Return 1 or -1 for a factor of that sign, 0 if it is only known not to vanish, None if unknown."""
        opposite = tuple((e, -c) for e, c in factor)
        if self.sign(factor) or self.sign(opposite):
            return 1 if self.sign(factor) else -1
        return 0 if factor in self.nonzero or opposite in self.nonzero else None

    def product(self, factors: dict[Factor, int]) -> int | None:
        """Return the sign of a product of powers; None if it is not known."""
        sign = 1
        for factor, k in factors.items():
            if k % 2:
                sign *= self.of(factor) or 0
        return sign or None

    def sign(self, factor: Factor) -> int | None:
        """Return 1 or 0 for a sum of terms > 0 or >= 0, perhaps less a multiple of one hypothesis; else None."""
        best = self._sum(dict(factor))
        for h in self.weak:
            for exponents, c in h:
                scale = dict(factor).get(exponents, Fraction(0)) / c
                if best != 1 and scale > 0:
                    rest = self._sum(add(dict(factor), dict(h), -scale))
                    best = best if rest is None else max(best or 0, rest, int(h in self.strict))
        return best

    def _sum(self, terms: Polynomial) -> int | None:
        """Return 0 if no term is negative, 1 if moreover a term is positive, else None."""
        positive = 0
        for exponents, c in terms.items():
            if c < 0 or not {i for i, e in enumerate(exponents) if e % 2} <= self.above:
                return None
            positive |= {i for i, e in enumerate(exponents) if e} <= self.over
        return int(positive)
