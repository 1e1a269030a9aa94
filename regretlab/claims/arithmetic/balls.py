"""Evaluation of formal statements in interval arithmetic: values, truths and Taylor coefficients.

Every result encloses the exact real value, in two libraries (:mod:`regretlab.claims.arithmetic.enclosures`); a
relation is decided only where the intervals of both decide it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeVar

from mpmath import mp as _mp
from mpmath import mpf

from regretlab.claims.arithmetic import enclosures
from regretlab.claims.arithmetic.enclosures import INFINITY, ONE, PRECISION, ZERO, Enclosure, enclosure
from regretlab.claims.language.terms import Node, Term

#: Bits tried in turn where a number is compared at a point.
BITS = (PRECISION, 4 * PRECISION, 16 * PRECISION)
Found = TypeVar("Found")


class Undecided(ArithmeticError):
    """The intervals are too wide to decide, or an operation left its domain somewhere in the interval."""


def interval(low: Fraction | None, high: Any = ...) -> Enclosure:
    """Enclose the numbers from ``low`` to ``high``, by default the point ``low``; None below is -oo, None above +oo."""
    return enclosures.between(low, low if high is ... else high)


def sign(x: Enclosure) -> int:
    """Return 1 if the interval is > 0, -1 if < 0, 0 if it is exactly zero; raise :class:`Undecided` otherwise."""
    if x.a > 0:
        return 1
    if x.b < 0:
        return -1
    if x.is_zero():
        return 0
    raise Undecided(f"sign of {x}")


def refined(decide: Callable[[], Found]) -> Found:
    """Run ``decide`` with as many bits as it needs; raise :class:`Undecided` if not even the most are enough."""
    for bits in BITS:
        try:
            with enclosures.precision(bits):
                return decide()
        except Undecided as error:
            last = error
    raise last


def sign_at(root: Term, point: Mapping[Term, Fraction]) -> int:
    """Return the sign of a term at a rational point; raise :class:`Undecided` where the intervals do not tell."""
    return refined(lambda: sign(value(root, point)))


def series(root: Term, order: int, jets: Mapping[Term, list[Any]]) -> list[Any]:
    """Enclose the Taylor coefficients 0..order of a term, from the coefficients of its symbols.

    ``jets[x] = [X, 1, 0, ...]`` with an interval X encloses f^(k)(X)/k! for all points of X: the remainder term of
    Taylor's theorem. Roots and logarithms need a positive argument, divisors must exclude zero; derivatives of a
    maximum, minimum or absolute value need a strict decision, because at a tie the two branches differ.
    """
    size = order + 1
    known: dict[int, list[Any]] = {}
    for symbol, given in jets.items():
        known[id(symbol)] = [*map(enclosure, given), *[ZERO] * size][:size]

    def jet(node: Any) -> list[Any]:
        if id(node) not in known:
            a = node.args
            if node.op == "num":
                known[id(node)] = [interval(a[0]), *[ZERO] * order]
            elif node.op == "where":
                known[id(node)] = jet(a[1] if holds(a[0], jet) else a[2])
            elif node.op in ("symbol", "integer"):
                raise KeyError(a[0])
            else:
                below = [jet(c) for c in node.children]
                known[id(node)] = _jet(node, below, size)
        return known[id(node)]

    return jet(root)


def value(root: Term, point: Mapping[Term, Any]) -> Any:
    """Enclose the value of a term at a point or box; coordinates are Fractions or intervals."""
    return series(root, 0, {s: [v] for s, v in point.items()})[0]


def truth(root: Node, point: Mapping[Term, Any]) -> bool:
    """Decide whether a relation holds at a point; raise :class:`Undecided` where intervals cannot tell."""

    def decide() -> bool:
        return holds(root, lambda node: [value(node, point)])

    return decide() if any(isinstance(v, Enclosure) for v in point.values()) else refined(decide)


def holds(root: Node, jet: Any) -> bool:
    """Decide a relation whose terms have the jets ``jet(term)``."""
    a = root.args
    match root.op:
        case "and":
            return holds(a[0], jet) and holds(a[1], jet)
        case "or":
            return holds(a[0], jet) or holds(a[1], jet)
        case "not":
            return not holds(a[0], jet)
    difference = jet(a[0])[0] - jet(a[1])[0]
    if a[0] is a[1]:
        s = 0
    elif root.op in ("<=", ">") and difference.b <= 0:
        return root.op == "<="
    elif root.op in (">=", "<") and difference.a >= 0:
        return root.op == ">="
    else:
        s = sign(difference)
    return {"<=": s <= 0, "<": s < 0, ">=": s >= 0, ">": s > 0, "==": s == 0, "!=": s != 0}[root.op]


def _jet(node: Any, below: list[list[Any]], size: int) -> list[Any]:
    x = below[0]
    y = below[1] if len(below) > 1 else x
    match node.op:
        case "+":
            return [a + b for a, b in zip(x, y, strict=True)]
        case "-":
            return [a - b for a, b in zip(x, y, strict=True)]
        case "neg":
            return [-a for a in x]
        case "*":
            if x is y:
                return _power(x, 2, size)
            return [_dot(x, y, k) for k in range(size)]
        case "/":
            return _divide(x, y, size)
        case "pow":
            return _power(x, node.args[1], size)
        case "root":
            return _root(x, node.args[1], size)
        case "exp":
            return _exp(x, size)
        case "log":
            if not x[0].a > 0:
                raise Undecided(f"logarithm of {x[0]}")
            out = [x[0].log()]
            for k in range(1, size):
                rest = sum((j * out[j] * x[k - j] for j in range(1, k)), ZERO)
                out.append((x[k] - rest / k) / x[0])
            return out
        case "max" | "min" | "abs":
            return _piecewise(node.op, x, y, size)
    raise Undecided(f"no interval rule for {node.op}")


def _dot(x: list[Any], y: list[Any], k: int) -> Any:
    return sum((x[j] * y[k - j] for j in range(k + 1)), ZERO)


def _divide(x: list[Any], y: list[Any], size: int) -> list[Any]:
    if not (y[0].a > 0 or y[0].b < 0):
        raise Undecided(f"division by {y[0]}")
    out: list[Any] = []
    for k in range(size):
        rest = sum((out[j] * y[k - j] for j in range(k)), ZERO)
        out.append((x[k] - rest) / y[0])
    return out


def _power(x: list[Any], n: int, size: int) -> list[Any]:
    """Raise a jet to the power n; the interval power of its leading coefficient knows that squares are not negative."""
    if n < 0:
        return _divide([ONE, *[ZERO] * (size - 1)], _power(x, -n, size), size)
    out = [ONE, *[ZERO] * (size - 1)]
    square, left = x, n if size > 1 or not _finite(x[0]) else 0
    while left:
        if left % 2:
            out = [_dot(out, square, k) for k in range(size)]
        left //= 2
        square = [_dot(square, square, k) for k in range(size)] if left else square
    if n and _finite(x[0]):
        out[0] = x[0] ** n
    if n == 2 and size > 2 and all(c.is_zero() for c in x[2:]):
        out[2] = x[1] ** 2
    return out


def _finite(x: Any) -> bool:
    return bool(x.a != -INFINITY and x.b != INFINITY)


def _root(x: list[Any], q: int, size: int) -> list[Any]:
    if not (x[0].a > 0 or (size == 1 and x[0].a >= 0)):
        raise Undecided(f"root of {x[0]}")
    out = [x[0].root(q)]
    power = ONE / q
    for k in range(1, size):  # x * out' = power * x' * out
        rest = sum(((power * j - (k - j)) * x[j] * out[k - j] for j in range(1, k + 1)), ZERO)
        out.append(rest / (x[0] * k))
    return out


def _exp(x: list[Any], size: int) -> list[Any]:
    out = [x[0].exp()]
    for k in range(1, size):
        out.append(sum((x[j] * out[k - j] * j for j in range(1, k + 1)), ZERO) / k)
    return out


def _piecewise(op: str, x: list[Any], y: list[Any], size: int) -> list[Any]:
    if op == "abs":
        if x[0].a > 0 or (size == 1 and x[0].a == 0):
            return x
        if x[0].b < 0 or (size == 1 and x[0].b == 0):
            return [-c for c in x]
        if size == 1:
            return [x[0].maximum(-x[0]).maximum(ZERO)]
        raise Undecided("derivative of |.| at 0")
    if x[0].a > y[0].b:
        return x if op == "max" else y
    if y[0].a > x[0].b:
        return y if op == "max" else x
    if size == 1:
        return [x[0].maximum(y[0]) if op == "max" else -(-x[0]).maximum(-y[0])]
    raise Undecided(f"derivative of {op} where its arguments cross")


def lower(x: Any, digits: int = 12) -> str:
    """Write the lower end of an interval, for a message."""
    return str(_mp.nstr(mpf(x.a), digits))
