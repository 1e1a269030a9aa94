"""Polynomials and quotients of polynomials in fractions: the arithmetic of algebraic certificates."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar

from regretlab.claims.language.terms import Node, Term

#: Exponents of the symbols -> coefficient; zero coefficients are not kept.
Polynomial = dict[tuple[int, ...], Fraction]
#: A polynomial as a dictionary key, with leading coefficient 1 or -1.
Factor = tuple[tuple[tuple[int, ...], Fraction], ...]

Key = TypeVar("Key", bound=Hashable)

#: Largest number of monomials that is still worked with.
LARGEST = 4000
#: Highest power that is expanded.
HIGHEST = 400


class NotPolynomial(ArithmeticError):
    """The term is not a quotient of polynomials in its symbols, or far too large a one."""


def add(a: dict[Key, Fraction], b: dict[Key, Fraction], scale: Fraction = Fraction(1)) -> dict[Key, Fraction]:
    """Compute ``a + scale * b``, of polynomials or of any sums of multiples."""
    out = dict(a)
    for key, c in b.items():
        out[key] = out.get(key, Fraction(0)) + scale * c
    return {e: c for e, c in out.items() if c}


def times(a: Polynomial, b: Polynomial) -> Polynomial:
    """Multiply two polynomials."""
    if len(a) * len(b) > 20 * LARGEST:
        raise NotPolynomial("the expanded product is too large")
    out: Polynomial = {}
    for e1, c1 in a.items():
        plain = c1 == 1  # most factors are monomials, and fractions are dear to multiply
        for e2, c2 in b.items():
            e, c = tuple(map(int.__add__, e1, e2)), c2 if plain else c1 * c2
            out[e] = out[e] + c if e in out else c
    if len(out) > LARGEST:
        raise NotPolynomial(f"more than {LARGEST} monomials")
    return {e: c for e, c in out.items() if c}


def power(a: Polynomial, n: int, size: int) -> Polynomial:
    """Compute ``a**n`` in ``size`` symbols."""
    if n > HIGHEST:
        raise NotPolynomial(f"the power {n} is too high to be expanded")
    out = {(0,) * size: Fraction(1)}
    for _ in range(n):
        out = times(out, a)
    return out


def degree(a: Polynomial) -> int:
    """Return the total degree, 0 for the zero polynomial."""
    return max(map(sum, a), default=0)


def monic(a: Polynomial) -> tuple[Fraction, Factor]:
    """Return ``(c, f)`` with ``a = c * f``, c > 0 and leading coefficient of f 1 or -1."""
    lead = max(a)
    c = abs(a[lead])
    return c, tuple(sorted((e, v / c) for e, v in a.items()))


class Quotients:
    """Terms as ``numerator / product of factors``; ``divisors`` collects every factor that was divided by.

    Products are kept apart in the denominator, so that common factors are not multiplied up.
    """

    def __init__(self, symbols: Sequence[Term]) -> None:
        self.size = len(symbols)
        self.index = {id(s): i for i, s in enumerate(symbols)}
        self.divisors: set[Factor] = set()
        self._known: dict[int, tuple[Polynomial, dict[Factor, int]]] = {}

    def constant(self, c: Fraction) -> Polynomial:
        """Make a constant polynomial."""
        return {(0,) * self.size: c} if c else {}

    def of(self, node: Node) -> tuple[Polynomial, dict[Factor, int]]:
        """Return ``(numerator, {factor: power})`` of a term.

        Raises
        ------
        NotPolynomial
            For a root, a case distinction, a division by zero, any exponential but exp(0) and logarithm but log(1).
        """
        if id(node) not in self._known:
            self._known[id(node)] = self._symbol(node) if id(node) in self.index else self._quotient(node)
        return self._known[id(node)]

    def _symbol(self, node: Any) -> tuple[Polynomial, dict[Factor, int]]:
        return {tuple(int(i == self.index[id(node)]) for i in range(self.size)): Fraction(1)}, {}

    def _quotient(self, node: Any) -> tuple[Polynomial, dict[Factor, int]]:
        a = node.args
        match node.op:
            case "num":
                return self.constant(a[0]), {}
            case "neg":
                top, below = self.of(a[0])
                return add({}, top, Fraction(-1)), below
            case "+" | "-":
                return self._sum(self.of(a[0]), self.of(a[1]), Fraction(1 if node.op == "+" else -1))
            case "*":
                return self._product(self.of(a[0]), self.of(a[1]))
            case "/":
                return self._product(self.of(a[0]), self._inverse(a[1]))
            case "pow":
                top, below = self.of(a[0]) if a[1] > 0 else self._inverse(a[0])
                return power(top, abs(a[1]), self.size), {f: k * abs(a[1]) for f, k in below.items() if a[1]}
            case "exp" if not self.of(a[0])[0]:
                return self.constant(Fraction(1)), {}
            case "log" if self._one(a[0]):
                return {}, {}
        raise NotPolynomial(f"{node.op} is no operation of polynomials")

    def _one(self, node: Any) -> bool:
        """Tell whether a term is 1 wherever it is defined."""
        top, below = self.of(node)
        return top == self._lift(self.constant(Fraction(1)), {}, below)

    def _sum(self, x: Any, y: Any, sign: Fraction) -> tuple[Polynomial, dict[Factor, int]]:
        (top1, below1), (top2, below2) = x, y
        below = {f: max(below1.get(f, 0), below2.get(f, 0)) for f in {**below1, **below2}}
        return add(self._lift(top1, below1, below), self._lift(top2, below2, below), sign), below

    def _lift(self, top: Polynomial, has: Mapping[Factor, int], needs: Mapping[Factor, int]) -> Polynomial:
        for f, k in needs.items():
            top = times(top, power(dict(f), k - has.get(f, 0), self.size))
        return top

    def _product(self, x: Any, y: Any) -> tuple[Polynomial, dict[Factor, int]]:
        (top1, below1), (top2, below2) = x, y
        return times(top1, top2), {f: below1.get(f, 0) + below2.get(f, 0) for f in {**below1, **below2}}

    def _inverse(self, node: Any) -> tuple[Polynomial, dict[Factor, int]]:
        """Invert a term; a product of divisors is inverted factor by factor."""
        if node.op == "*":
            return self._product(self._inverse(node.args[0]), self._inverse(node.args[1]))
        if node.op == "pow" and node.args[1] > 0:
            top, below = self._inverse(node.args[0])
            return power(top, node.args[1], self.size), {f: k * node.args[1] for f, k in below.items()}
        top, below = self.of(node)
        if not top:
            raise NotPolynomial(f"{node}: division by zero")
        c, factor = monic(top)
        factors = self._monomials(top) if len(top) == 1 else {factor: 1}
        if len(top) == 1:
            c = next(iter(top.values()))
        self.divisors |= set(factors)
        up = {(0,) * self.size: 1 / c}
        for f, k in below.items():
            up = times(up, power(dict(f), k, self.size))
        return up, factors

    def _monomials(self, top: Polynomial) -> dict[Factor, int]:
        exponents = next(iter(top))
        unit = [tuple(int(i == j) for j in range(self.size)) for i in range(self.size)]
        return {((unit[i], Fraction(1)),): k for i, k in enumerate(exponents) if k}


def shifted(a: Polynomial, by: Fraction) -> list[Fraction]:
    """Return the coefficients of ``a(by + y)`` in y, lowest first, of a polynomial in one symbol."""
    out = [Fraction(0)] * (degree(a) + 1)
    for (n,), c in a.items():
        term = [c]
        for _ in range(n):
            term = [by * low + high for low, high in zip([*term, Fraction(0)], [Fraction(0), *term], strict=True)]
        out = [u + (term[i] if i < len(term) else 0) for i, u in enumerate(out)]
    return out
