"""True facts about the logarithms and exponentials of a question, for proofs that know polynomials only.

All facts are about points ``(a, log a)`` of one curve: a logarithm ``log(u)`` is the point (u, log u), an exponential
``exp(v)`` the point (exp v, v), and (1, 0) lies on it too. The logarithm increases and is concave: ``a <= b`` if and
only if ``log a <= log b``, and ``b (log a - log b) <= a - b``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import permutations
from math import ceil, floor, lcm
from typing import Any, NamedTuple

from mpmath.libmp import to_rational

from regretlab.claims.arithmetic import balls
from regretlab.claims.language.terms import ONE, ZERO, Node, Relation, Term, exp, log, text, walk

#: Logarithms and exponentials that facts are about, that are compared in pairs, and that are compared by tangents.
MOST, MOST_COMPARED, MOST_TANGENTS = 24, 8, 4
#: Powers in one fact, and summands of one exponent.
MOST_POWERS, MOST_SUMMANDS = 12, 8
#: Numbers up to this one have their logarithms and exponentials enclosed, by fractions of this denominator.
LARGEST, DENOMINATOR = 100, 10**6
#: A product of terms, sorted by their texts.
Monomial = tuple[Term, ...]


class Fact(NamedTuple):
    """``show`` holds where the terms ``positive`` are positive and ``premise``, if there is one, holds."""

    positive: tuple[Term, ...]
    show: Relation
    premise: Relation | None = None

    def relation(self) -> Relation:
        """Write the fact as one relation."""
        written = self.show if self.premise is None else ~self.premise | self.show
        for needed in self.positive:
            written = (needed <= 0) | written
        return written


class Point(NamedTuple):
    """A point of the curve, which exists where the terms ``positive`` are positive."""

    argument: Term
    logarithm: Term
    positive: tuple[Term, ...] = ()


def facts(nodes: Iterable[Node]) -> list[Fact]:
    """List facts about the logarithms and exponentials among the nodes, and about those that they are made of."""
    terms: dict[int, Any] = {id(n): n for n in nodes if n.op in ("log", "exp")}
    found: list[Fact] = []
    asked, waiting = len(terms), list(terms.values())
    while waiting and len(terms) <= MOST:
        node = waiting.pop(0)
        fact = _product(node) if node.op == "log" else _sum(node)
        if fact is not None:
            found.append(fact)
            new = [n for n in walk(fact.show) if n.op in ("log", "exp") and id(n) not in terms]
            waiting += new
            terms |= {id(n): n for n in new}
    points = [_point(n) for n in terms.values()]
    one = Point(ONE, ZERO)
    for p in points:
        found += [*_tangents(one, p), *_tangents(p, one), *_enclosed(p)]
        found += [] if p.positive else [Fact((), p.argument > 0)]
    for p, q in permutations([one, *points[: min(asked, MOST_COMPARED)]], 2):
        positive, less, image = (*p.positive, *q.positive), p.argument <= q.argument, p.logarithm <= q.logarithm
        found += [Fact(positive, image, less), Fact(positive, less, image)]
    if asked <= MOST_TANGENTS:
        for p, q in permutations(points[:asked], 2):
            found += _tangents(p, q)
    return found


def _point(node: Any) -> Point:
    (below,) = node.args
    return Point(below, node, (below,)) if node.op == "log" else Point(node, below)


def _tangents(p: Point, q: Point) -> Iterator[Fact]:
    """Say that p lies below the tangent at q."""
    rise = q.argument * (p.logarithm - q.logarithm)
    yield Fact((*p.positive, *q.positive), rise <= p.argument - q.argument)


def _enclosed(p: Point) -> Iterator[Fact]:
    """Enclose the logarithm or exponential of a number."""
    number, unknown = (p.argument, p.logarithm) if p.positive else (p.logarithm, p.argument)
    if number.op != "num" or abs(number.args[0]) > LARGEST or (p.positive and number.args[0] <= 0):
        return
    value = balls.value(unknown, {})
    low, high = (Fraction(*to_rational(end._mpf_)) * DENOMINATOR for end in (value.a, value.b))
    yield Fact((), unknown >= Fraction(floor(low), DENOMINATOR))
    yield Fact((), unknown <= Fraction(ceil(high), DENOMINATOR))


def _product(node: Any) -> Fact | None:
    """Write the logarithm of products, quotients, powers, roots and exponentials as a sum."""
    parts = _powers(node.args[0])
    if len(parts) == 1 and next(iter(parts)) is node.args[0] and node.args[0].op != "exp":
        return None
    total: Term = ZERO
    for base, power in parts.items():
        if base.op == "num" and base.args[0] <= 0:
            return None
        total = power * (base.args[0] if base.op == "exp" else log(base)) + total
    return Fact(tuple(base for base in parts if base.op not in ("exp", "num")), Relation("==", node, total))


def _powers(u: Any) -> dict[Term, Fraction]:
    """Return the bases of a product and their exponents."""
    a = u.args
    match u.op:
        case "*" | "/":
            return _added(_powers(a[0]), _powers(a[1]), Fraction(1 if u.op == "*" else -1))
        case "pow" | "root":
            scale = Fraction(a[1]) if u.op == "pow" else Fraction(1, a[1])
            return _added({}, _powers(a[0]), scale)
        case "num" if a[0] == 1:
            return {}
    return {u: Fraction(1)}


def _sum(node: Any) -> Fact | None:
    """Write the exponential of sums, differences and rational multiples as a product of powers."""
    parts = _linear(node.args[0])
    if parts is None:
        return None
    bases: dict[Term, Fraction] = {}
    for monomial, c in parts.items():
        bases = _added(bases, {_base(monomial): c})
    if len(bases) == 1 and next(iter(bases)) is node:
        return None
    q = lcm(*(c.denominator for c in bases.values()))
    if q + sum(abs(c * q) for c in bases.values()) > MOST_POWERS:
        return None
    left, right = node**q, ONE
    for base, c in bases.items():
        if c < 0:
            left = left * base ** (-c * q)
        else:
            right = right * base ** (c * q)
    return Fact(tuple(base for base in bases if base.op != "exp"), Relation("==", left, right))


def _base(monomial: Monomial) -> Term:
    """Return the exponential of a product of terms."""
    if len(monomial) == 1 and monomial[0].op == "log":
        base: Term = monomial[0].args[0]
        return base
    product = ONE
    for factor in monomial:
        product = product * factor
    return exp(product)


def _linear(v: Any) -> dict[Monomial, Fraction] | None:
    """Return the products in a sum and their coefficients; None if they are too many."""
    a = v.args
    match v.op:
        case "num":
            return {(): a[0]} if a[0] else {}
        case "neg":
            below = _linear(a[0])
            return None if below is None else _added({}, below, Fraction(-1))
        case "+" | "-" | "*":
            left, right = _linear(a[0]), _linear(a[1])
            if left is None or right is None:
                return None
            if v.op != "*":
                return _few(_added(left, right, Fraction(1 if v.op == "+" else -1)))
            total: dict[Monomial, Fraction] = {}
            for x, c in left.items():
                total = _added(total, {tuple(sorted((*x, *y), key=text)): c * d for y, d in right.items()})
            return _few(total)
        case "/" if a[1].op == "num" and a[1].args[0]:
            below = _linear(a[0])
            return None if below is None else _added({}, below, 1 / a[1].args[0])
    return {(v,): Fraction(1)}


def _few(found: dict[Monomial, Fraction]) -> dict[Monomial, Fraction] | None:
    return found if len(found) <= MOST_SUMMANDS else None


def _added(a: dict[Any, Fraction], b: dict[Any, Fraction], scale: Fraction = Fraction(1)) -> dict[Any, Fraction]:
    out = dict(a)
    for key, c in b.items():
        out[key] = out.get(key, Fraction(0)) + scale * c
    return {key: c for key, c in out.items() if c}
