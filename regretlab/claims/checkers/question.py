"""Questions to a solver as formulas about polynomials, with what defines every operation that is none of them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from regretlab.claims.arithmetic.polynomials import Factor, NotPolynomial, Polynomial, add, monic, power, times
from regretlab.claims.checkers.logarithms import facts
from regretlab.claims.language.terms import Relation, all_of, walk
from regretlab.claims.language.verdict import Rejected

#: Unknowns of one question, and operations whose values are unknowns of their own.
MOST_UNKNOWNS = 120
OPAQUE = ("symbol", "integer", "root", "exp", "log", "max", "min", "abs", "where")


class Formula(NamedTuple):
    """``kind`` is ``>=``, ``>`` or ``==``, of a polynomial and 0; or ``all`` or ``any`` of parts."""

    kind: str
    polynomial: Polynomial
    parts: tuple[Formula, ...] = ()


class Reading:
    """The relations of a question as formulas about polynomials in its unknowns.

    Raises
    ------
    Rejected
        For an operation that is none of real arithmetic, and for what is too large.
    """

    def __init__(self, question: Iterable[Relation]) -> None:
        asked = list(question)
        asked += [fact.relation() for fact in facts(walk(all_of(asked)))]
        nodes = [node for node in walk(*asked) if not isinstance(node, Relation)]
        unknown = [n for n in nodes if n.op in OPAQUE]
        divisors = {id(f): f for n in nodes if (d := divisor(n)) is not None for f, _ in factors(d)}
        self.size = len(unknown) + len(divisors)
        if self.size > MOST_UNKNOWNS:
            raise Rejected(f"a question has more than {MOST_UNKNOWNS} unknowns")
        self.nodes, self.divisors = nodes, divisors
        self.unknown: dict[int, Any] = {id(node): node for node in unknown}
        self.index = {id(node): i for i, node in enumerate(unknown)}
        self._inverse = {key: len(unknown) + i for i, key in enumerate(divisors)}
        self._slots: dict[Factor, int] = {}
        self._known: dict[int, Polynomial] = {}
        try:
            self.formulas = [self.formula(r) for r in asked]
            self.definitions = {id(node): self._definition(node) for node in unknown}
            for key, factor in divisors.items():
                self.definitions[key] = [*self.definitions.get(key, ()), *self._inverts(factor)]
            self.formulas += [f for defined in self.definitions.values() for f in defined]
        except NotPolynomial as error:
            raise Rejected(str(error)) from None

    def number(self, value: Any) -> Polynomial:
        """Return a constant."""
        return {(0,) * self.size: Fraction(value)} if value else {}

    def of(self, node: Any) -> Polynomial:
        """Return a term as a polynomial in the unknowns."""
        if id(node) not in self._known:
            self._known[id(node)] = self._polynomial(node)
        return self._known[id(node)]

    def _polynomial(self, node: Any) -> Polynomial:
        if (i := self.index.get(id(node))) is not None:
            return self.unit(i)
        a = node.args
        match node.op:
            case "num":
                return self.number(a[0])
            case "neg":
                return add({}, self.of(a[0]), Fraction(-1))
            case "+" | "-":
                return add(self.of(a[0]), self.of(a[1]), Fraction(1 if node.op == "+" else -1))
            case "*":
                return times(self.of(a[0]), self.of(a[1]))
            case "/":
                return times(self.of(a[0]), self._divided(a[1]))
            case "pow":
                base = self.of(a[0]) if a[1] >= 0 else self._divided(a[0])
                return power(base, abs(a[1]), self.size)
        raise Rejected(f"{node.op} is no operation of real arithmetic")

    def unit(self, i: int) -> Polynomial:
        """Return an unknown."""
        return {tuple(int(i == j) for j in range(self.size)): Fraction(1)}

    def _divided(self, node: Any) -> Polynomial:
        """Return one over a term: the product of the unknowns that are one over its factors."""
        product = self.number(1)
        for factor, k in factors(node):
            product = times(product, power(self.inverse(factor), k, self.size))
        return product

    def inverse(self, node: Any) -> Polynomial:
        """Return one over a factor: an unknown, the same for all its multiples by a number, or a number."""
        p = self.of(node)
        if not p:
            raise Rejected("a question divides by zero")
        if set(p) == {(0,) * self.size}:
            return self.number(1 / next(iter(p.values())))
        c, factor = monic(p)
        i = self._slots.setdefault(factor, self._inverse[id(node)])
        return add({}, self.unit(i), 1 / c)

    def meanings(self) -> list[tuple[Any, Fraction | None] | None]:
        """Say what unknowns are: terms, or numbers over what is divided by; None of one that is not met."""
        found: dict[int, tuple[Any, Fraction | None]] = {self.index[key]: (n, None) for key, n in self.unknown.items()}
        for node in self.divisors.values():
            for exponents, c in self.inverse(node).items():
                if any(exponents):
                    found.setdefault(exponents.index(1), (node, 1 / c))
        return [found.get(i) for i in range(self.size)]

    def _inverts(self, node: Any) -> list[Formula]:
        p, q = self.of(node), self.inverse(node)
        one = Formula("==", add(times(p, q), self.number(1), Fraction(-1)))
        return [Formula("any", {}, (Formula("==", p), one))] if one.polynomial else []  # of a number, it is 0 == 0

    def formula(self, r: Relation, holds: bool = True) -> Formula:
        """Return a relation, or its denial, as a formula."""
        if r.op == "not":
            return self.formula(r.args[0], not holds)
        if r.op in ("and", "or"):
            parts = tuple(self.formula(part, holds) for part in r.args)
            return Formula("all" if (r.op == "and") == holds else "any", {}, parts)
        if not holds:
            r = ~r
        left, right = map(self.of, r.args)
        more, less = add(left, right, Fraction(-1)), add(right, left, Fraction(-1))
        match r.op:
            case ">=" | ">" | "==":
                return Formula(r.op, more)
            case "<=" | "<":
                return Formula(">" + "=" * (r.op == "<="), less)
            case "!=":
                return Formula("any", {}, (Formula(">", more), Formula(">", less)))
        raise Rejected(f"{r.op} is no comparison")

    def _definition(self, node: Any) -> list[Formula]:
        """Say what defines an unknown, wherever the operation has a value."""
        x, a = self.of(node), node.args

        def equal(p: Polynomial, q: Polynomial) -> Formula:
            return Formula("==", add(p, q, Fraction(-1)))

        match node.op:
            case "root":
                u = self.of(a[0])
                defined = Formula("all", {}, (Formula(">=", x), equal(power(x, a[1], self.size), u)))
                return [Formula("any", {}, (Formula(">", add({}, u, Fraction(-1))), defined))]
            case "max" | "min" | "abs":
                u = self.of(a[0])
                v = add({}, u, Fraction(-1)) if node.op == "abs" else self.of(a[1])
                side = Fraction(1 if node.op == "min" else -1)
                beyond = [Formula(">=", add(add({}, w, side), x, -side)) for w in (u, v)]
                return [*beyond, Formula("any", {}, (equal(x, u), equal(x, v)))]
            case "where":
                test, u, v = a[0], self.of(a[1]), self.of(a[2])
                true = Formula("all", {}, (self.formula(test), equal(x, u)))
                false = Formula("all", {}, (self.formula(test, False), equal(x, v)))
                return [Formula("any", {}, (true, false))]
        return []


def divisor(node: Any) -> Any:
    """Return what an operation divides by, if it does."""
    return node.args[1] if node.op == "/" else node.args[0] if node.op == "pow" and node.args[1] < 0 else None


def factors(node: Any) -> list[tuple[Any, int]]:
    """List the factors of a term as it is written, with their powers."""
    if node.op == "*":
        return [*factors(node.args[0]), *factors(node.args[1])]
    if node.op == "pow" and node.args[1] > 0:
        return [(f, k * node.args[1]) for f, k in factors(node.args[0])]
    return [(node, 1)]
