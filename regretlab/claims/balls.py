"""Evaluation of formal statements in interval arithmetic (``mpmath.iv``): values, truths and Taylor coefficients.

Every result encloses the exact real value; a relation is decided only where the intervals decide it. Searches use
Arb, so that a certificate found there is re-checked by an independent implementation.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from mpmath import iv, mpf
from mpmath import mp as _mp

from regretlab.claims.terms import Node, Term

#: Bits of the intervals: far more than any certificate needs, cheap for short expressions.
PRECISION = 160
INFINITY = mpf("inf")


class Undecided(ArithmeticError):
    """The intervals are too wide to decide, or an operation left its domain somewhere in the interval."""


def interval(low: Fraction | None, high: Any = ...) -> Any:
    """The interval from ``low`` to ``high``, by default the point ``low``; None below is -oo, None above +oo."""
    iv.prec = PRECISION
    ends = [iv.mpf(e.numerator) / e.denominator if e is not None else None for e in (low, low if high is ... else high)]
    a = ends[0].a if ends[0] is not None else -INFINITY
    b = ends[1].b if ends[1] is not None else INFINITY
    return iv.mpf([a, b])


def sign(x: Any) -> int:
    """1 if the interval is > 0, -1 if < 0, 0 if it is exactly zero; raises :class:`Undecided` otherwise."""
    if x.a > 0:
        return 1
    if x.b < 0:
        return -1
    if x.a == 0 and x.b == 0:
        return 0
    raise Undecided(f"sign of {x}")


def series(root: Term, order: int, jets: Mapping[Term, list[Any]]) -> list[Any]:
    """Taylor coefficients 0..order of a term, from those of its symbols.

    ``jets[x] = [X, 1, 0, ...]`` with an interval X encloses f^(k)(X)/k! for all points of X: the remainder term of
    Taylor's theorem. Roots and logarithms need a positive argument, divisors must exclude zero; derivatives of a
    maximum, minimum or absolute value need a strict decision, because at a tie the two branches differ.
    """
    iv.prec = PRECISION
    size = order + 1
    known: dict[int, list[Any]] = {}
    for symbol, given in jets.items():
        known[id(symbol)] = [*(c if hasattr(c, "a") else iv.mpf(c) for c in given), *[iv.zero] * size][:size]

    def jet(node: Any) -> list[Any]:
        if id(node) not in known:
            a = node.args
            if node.op == "num":
                known[id(node)] = [interval(a[0]), *[iv.zero] * order]
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
    """The interval of a term at a point or box; coordinates are Fractions or intervals."""
    return series(root, 0, {s: [v if hasattr(v, "a") else interval(v)] for s, v in point.items()})[0]


def truth(root: Node, point: Mapping[Term, Any]) -> bool:
    """Whether a relation holds at a point, if intervals can tell; otherwise :class:`Undecided`."""
    return holds(root, lambda node: [value(node, point)])


def holds(root: Any, jet: Any) -> bool:
    """The truth of a relation whose terms have the jets ``jet(term)``."""
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
            out = [iv.log(x[0])]
            for k in range(1, size):
                rest = sum((j * out[j] * x[k - j] for j in range(1, k)), iv.zero)
                out.append((x[k] - rest / k) / x[0])
            return out
        case "max" | "min" | "abs":
            return _piecewise(node.op, x, y, size)
    raise Undecided(f"no interval rule for {node.op}")


def _dot(x: list[Any], y: list[Any], k: int) -> Any:
    return sum((_times(x[j], y[k - j]) for j in range(k + 1)), iv.zero)


def _times(a: Any, b: Any) -> Any:
    """A product in which an exact zero wins over an unbounded interval."""
    if (a.a == 0 and a.b == 0) or (b.a == 0 and b.b == 0):
        return iv.zero
    return a * b


def _divide(x: list[Any], y: list[Any], size: int) -> list[Any]:
    if not (y[0].a > 0 or y[0].b < 0):
        raise Undecided(f"division by {y[0]}")
    out: list[Any] = []
    for k in range(size):
        rest = sum((_times(out[j], y[k - j]) for j in range(k)), iv.zero)
        out.append((x[k] - rest) / y[0])
    return out


def _power(x: list[Any], n: int, size: int) -> list[Any]:
    """``x**n``; the leading coefficient by the interval power, which knows that squares are not negative."""
    if n < 0:
        return _divide([iv.one, *[iv.zero] * (size - 1)], _power(x, -n, size), size)
    out = [iv.one, *[iv.zero] * (size - 1)]
    for _ in range(n):
        out = [_dot(out, x, k) for k in range(size)]
    if n and _finite(x[0]):
        out[0] = x[0] ** n
    if n == 2 and size > 2 and all(c.a == 0 and c.b == 0 for c in x[2:]):
        out[2] = x[1] ** 2
    return out


def _finite(x: Any) -> bool:
    return bool(x.a != -INFINITY and x.b != INFINITY)


def _root(x: list[Any], q: int, size: int) -> list[Any]:
    if size == 1 and x[0].a >= 0:
        return [_scalar_root(x[0], q)]
    if not x[0].a > 0:
        raise Undecided(f"root of {x[0]}")
    out = [_scalar_root(x[0], q)]
    power = iv.mpf(1) / q
    for k in range(1, size):  # x * out' = power * x' * out
        rest = sum(((power * j - (k - j)) * x[j] * out[k - j] for j in range(1, k + 1)), iv.zero)
        out.append(rest / (k * x[0]))
    return out


def _scalar_root(x: Any, q: int) -> Any:
    if x.b == 0:
        return iv.zero
    if q == 2:
        return iv.sqrt(x)
    low = iv.exp(iv.log(iv.mpf(x.a)) / q).a if x.a > 0 else iv.zero.a
    return iv.mpf([low, iv.exp(iv.log(iv.mpf(x.b)) / q).b if x.b != INFINITY else INFINITY])


def _exp(x: list[Any], size: int) -> list[Any]:
    if x[0].a == -INFINITY:
        top = iv.exp(iv.mpf(x[0].b)).b
        out = [iv.mpf([0, top])]
    else:
        out = [iv.exp(x[0])]
    for k in range(1, size):
        out.append(sum((j * _times(x[j], out[k - j]) for j in range(1, k + 1)), iv.zero) / k)
    return out


def _piecewise(op: str, x: list[Any], y: list[Any], size: int) -> list[Any]:
    if op == "abs":
        if x[0].a > 0 or (size == 1 and x[0].a == 0):
            return x
        if x[0].b < 0 or (size == 1 and x[0].b == 0):
            return [-c for c in x]
        if size == 1:
            return [iv.mpf([0, max(-x[0].a, x[0].b)])]
        raise Undecided("derivative of |.| at 0")
    if x[0].a > y[0].b:
        return x if op == "max" else y
    if y[0].a > x[0].b:
        return y if op == "max" else x
    if size == 1:
        pick = max if op == "max" else min
        return [iv.mpf([pick(x[0].a, y[0].a), pick(x[0].b, y[0].b)])]
    raise Undecided(f"derivative of {op} where its arguments cross")


def lower(x: Any, digits: int = 12) -> str:
    """The lower end of an interval, for a message."""
    return str(_mp.nstr(mpf(x.a), digits))
