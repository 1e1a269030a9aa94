"""Certificates about size: scaling degrees of terms, and their exponents as one symbol grows.

Both follow the structure of the term as it was written and give up (:class:`Rejected`) where that does not decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from regretlab.claims.arithmetic import balls, exact
from regretlab.claims.language.terms import Node, Term, text
from regretlab.claims.language.trees import symbols
from regretlab.claims.language.verdict import Outcome, Rejected, fields, rational, weakest
from regretlab.claims.statements import Order, Units


class Unbalanced(Exception):
    """A term adds or compares parts of different degree; the message names them."""


def degree(root: Node, weights: Mapping[Term, Fraction]) -> Fraction | None:
    """Return the d with ``term(k**w s) = k**d term(s)``, None for a zero; symbols without a weight have weight 0."""
    known: dict[int, Fraction | None] = {id(s): w for s, w in weights.items()}

    def same(node: Node) -> Fraction | None:
        found = [d for d in map(at, node.children) if d is not None]
        if len(set(found)) > 1:
            raise Unbalanced(f"{text(node)} joins the degrees {' and '.join(map(str, dict.fromkeys(found)))}")
        return found[0] if found else None

    def free(node: Node) -> Fraction:
        if same(node) not in (None, 0):
            raise Unbalanced(f"{text(node)} is taken of something of degree {same(node)}")
        return Fraction(0)

    def at(node: Any) -> Fraction | None:
        if id(node) not in known:
            known[id(node)] = compute(node)
        return known[id(node)]

    def compute(node: Any) -> Fraction | None:
        a = node.args
        match node.op:
            case "num":
                return None if a[0] == 0 else Fraction(0)
            case "symbol" | "integer":
                return Fraction(0)
            case "*":
                left, right = at(a[0]), at(a[1])
                return None if left is None or right is None else left + right
            case "/":
                left, right = at(a[0]), at(a[1])
                return None if left is None or right is None else left - right
            case "pow" | "root":
                below = at(a[0])
                return None if below is None else below * a[1] if node.op == "pow" else below / a[1]
            case "exp" | "log":
                return free(node)
            case "where":
                at(a[0])
                found = {at(a[1]), at(a[2])} - {None}
                if len(found) > 1:
                    raise Unbalanced(f"{text(node)} chooses between different degrees")
                return found.pop() if found else None
            case "and" | "or" | "not":
                for child in node.children:
                    at(child)
                return None
        return same(node)

    return at(root)


def check_degrees(statement: Units, body: Any) -> Outcome:
    """Check ``{"terms": {name: degree}}``: every term's degree, null where it adds parts of different degree."""
    (written,) = fields(body, "terms")
    if not isinstance(written, Mapping) or set(written) != set(statement.terms):
        raise Rejected(f"expected the degrees of {', '.join(statement.terms)}")
    degrees, balanced = [], True
    for name, term in statement.terms.items():
        try:
            found = degree(term, statement.weights)
        except Unbalanced as error:
            if written[name] is not None:
                raise Rejected(f"{name} has no degree: {error}") from None
            degrees.append(f"{name} none, as {error}")
            balanced = False
            continue
        if found is None:
            raise Rejected(f"{name} vanishes")
        if rational(written[name]) != found:
            raise Rejected(f"{name} has degree {found}, not {written[name]}")
        degrees.append(f"{name} {found}")
        balanced &= found == statement.degree
    verdict = "proved" if balanced else "ill-posed"
    return Outcome(verdict, "exact", f"degrees: {'; '.join(degrees)} (stated {statement.degree})")


class Growth(NamedTuple):
    """The size ``T**power * log(T)**logs``: attained up to constants, with this sign, if ``sure``; else not exceeded.

    ``sign`` 0 is unknown.
    """

    power: Fraction
    logs: Fraction
    sign: int
    sure: bool


#: The sign of a term that does not contain T, None if unknown.
Sign = Callable[[Term], int | None]
_CONSTANT = (Fraction(0), Fraction(0))


def growth(root: Term, T: Term, sign: Sign, strict: bool) -> Growth:
    """Bound a term as T tends to infinity, by rules for products, quotients, powers, roots, sums and logarithms.

    Where ``sign`` does not know, a divisor counts as nonzero and a root or logarithm as defined, unless ``strict``.
    """
    known: dict[tuple[int, bool], Growth] = {}
    inside: dict[int, bool] = {}

    def has(node: Any) -> bool:
        if id(node) not in inside:
            inside[id(node)] = node is T or any(map(has, node.children))
        return inside[id(node)]

    def at(node: Any, divisor: bool = False) -> Growth:
        key = (id(node), divisor)
        if key not in known:
            known[key] = compute(node, divisor)
        return known[key]

    def compute(node: Any, divisor: bool) -> Growth:
        a = node.args
        if node is T:
            return Growth(Fraction(1), Fraction(0), 1, True)
        if not has(node):
            s = sign(node)
            if s == 0 and divisor:
                raise Rejected(f"{text(node)} is zero, and divides")
            return Growth(*_CONSTANT, s or 0, bool(s) or divisor)
        match node.op:
            case "neg":
                x = at(a[0], divisor)
                return x._replace(sign=-x.sign)
            case "abs":
                x = at(a[0], divisor)
                return x._replace(sign=1 if x.sure else 0)
            case "*":
                return _times(at(a[0], divisor), at(a[1], divisor))
            case "/":
                return _times(at(a[0], divisor), _inverse(at(a[1], True), node))
            case "pow":
                x = at(a[0], divisor or a[1] < 0)
                x = _inverse(x, node) if a[1] < 0 else x
                n = abs(a[1])
                return Growth(x.power * n, x.logs * n, 1 if n % 2 == 0 and x.sure else x.sign, x.sure)
            case "root":
                x = at(a[0], divisor)
                if x.sign < 0 or (strict and x.sign == 0):
                    raise Rejected(f"the argument of {text(node)} is not known to stay positive")
                return Growth(x.power / a[1], x.logs / a[1], 1 if x.sure else 0, x.sure)
            case "log":
                x = at(a[0])
                if not x.sure or x.sign < 0 or (strict and x.sign == 0):
                    raise Rejected(f"the argument of {text(node)} is not known to stay positive")
                return _log(x)
            case "exp":
                return _exp(at(a[0]), node)
            case "+":
                return _plus(at(a[0]), at(a[1]))
            case "-":
                y = at(a[1])
                return _plus(at(a[0]), y._replace(sign=-y.sign))
            case "max" | "min":
                return _extreme(node.op, at(a[0]), at(a[1]))
        raise Rejected(f"no rule for the growth of {text(node)}")

    return at(root)


def _times(x: Growth, y: Growth) -> Growth:
    return Growth(x.power + y.power, x.logs + y.logs, x.sign * y.sign, x.sure and y.sure)


def _inverse(x: Growth, node: Node) -> Growth:
    if not x.sure:
        raise Rejected(f"the size of a divisor in {text(node)} is not known from below")
    return x._replace(power=-x.power, logs=-x.logs)


def _plus(x: Growth, y: Growth) -> Growth:
    big, small = (x, y) if x[:2] >= y[:2] else (y, x)
    if big[:2] > small[:2] or (x.sure and x.sign == y.sign != 0):
        return big
    if y.sure and x.sign == y.sign != 0:
        return y
    return Growth(big.power, big.logs, 0, False)


def _extreme(op: str, x: Growth, y: Growth) -> Growth:
    if x.sure and y.sure and x.sign > 0 and y.sign > 0:
        return max(x, y) if op == "max" else min(x, y)
    big = max(x, y)
    return Growth(big.power, big.logs, 0, False)


def _log(x: Growth) -> Growth:
    if x.power:
        return Growth(Fraction(0), Fraction(1), 1 if x.power > 0 else -1, True)
    return Growth(Fraction(0), Fraction(1 if x.logs else 0), 0, False)


def _exp(x: Growth, node: Node) -> Growth:
    if x.power < 0 or (x.power == 0 and x.logs <= 0):
        return Growth(*_CONSTANT, 1, True)
    if x.sure and x.sign < 0:
        return Growth(*_CONSTANT, 0, False)
    raise Rejected(f"{text(node)} may grow faster than every power")


def structural_sign(node: Term) -> int | None:
    """Return the sign of a term all of whose symbols are positive, as far as its structure shows it."""
    if not symbols(node):
        return sign_at(node, {})[0]
    below = [structural_sign(c) for c in node.children if isinstance(c, Term)]
    match node.op:
        case "symbol" | "integer" | "exp":
            return 1
        case "*":
            return None if None in below else below[0] * below[1]  # type: ignore[operator]
        case "/":
            return below[0] * below[1] if below[0] is not None and below[1] else None
        case "+" | "max" | "min":
            return below[0] if below[0] == below[1] else None
        case "neg":
            return -below[0] if below[0] is not None else None
        case "pow" | "root":
            return 1 if below[0] == 1 else None
    return None


def sign_at(node: Term, point: Mapping[Term, Fraction]) -> tuple[int, str]:
    """Return the sign of a term at a point where it is defined, and the level of the decision."""
    try:
        found = exact.evaluate(node, point)
        return (found > 0) - (found < 0), "exact"
    except exact.Irrational:
        return balls.sign_at(node, point), "balls"
    except exact.Undefined as error:
        raise Rejected(str(error)) from None


def check_exponents(statement: Order, body: Any) -> Outcome:
    """Check ``{"terms": {name: [power, logs]}, "point"}``: sizes at a point of the other symbols, all positive.

    A size too large at one point refutes the order. Otherwise no term may exceed it whatever the other (positive)
    symbols are.
    """
    written, coordinates = fields(body, "terms", "point")
    others = [s for s in symbols(*statement.terms.values()) if s is not statement.T]
    if not isinstance(coordinates, Mapping) or set(coordinates) != {s.args[0] for s in others}:
        raise Rejected(f"the point must give exactly {', '.join(s.args[0] for s in others)}")
    point = {s: rational(coordinates[s.args[0]]) for s in others}
    if any(v <= 0 or (s.op == "integer" and v.denominator != 1) for s, v in point.items()):
        raise Rejected("the symbols must be positive at the point, and those of integers integers")
    if not isinstance(written, Mapping) or set(written) != set(statement.terms):
        raise Rejected(f"expected the exponents of {', '.join(statement.terms)}")
    levels = {"exact"}
    sizes: list[str] = []
    exceeded = False

    def sign(node: Term) -> int:
        found, level = sign_at(node, point)
        levels.add(level)
        return found

    for name, term in statement.terms.items():
        found = growth(term, statement.T, sign, strict=True)
        if not found.sure:
            raise Rejected(f"the exponent of {name} is not exact at the point")
        size = written[name]
        if not isinstance(size, list) or [rational(e) for e in size] != [found.power, found.logs]:
            raise Rejected(
                f"{name} grows with the exponents {found.power} and {found.logs} of the logarithm, not {size}"
            )
        sizes.append(f"{name} {found.power}" + (f" and {found.logs} of the logarithm" if found.logs else ""))
        exceeded |= statement.exceeded_by(found.power, found.logs)
    at = ", ".join(f"{text(s)} = {v}" for s, v in point.items())
    exponents = f"exponents of {text(statement.T)}{f' at {at}' if at and exceeded else ''}: {', '.join(sizes)}"
    if exceeded:
        return Outcome("refuted", weakest(levels), f"{exponents}; more than {statement.limit}")
    for name, term in statement.terms.items():
        bound = growth(term, statement.T, structural_sign, strict=False)
        if statement.exceeded_by(bound.power, bound.logs):
            raise Rejected(f"{name} may exceed the order for other values of the parameters")
    words = f"{exponents}; at most {statement.limit} wherever the terms are defined"
    return Outcome("proved", weakest(levels), f"{words} for positive parameters")
