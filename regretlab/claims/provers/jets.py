"""Taylor coefficients in Arb (python-flint), for searches only: the checkers have intervals of their own."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint

from regretlab.claims.language.terms import Node, Term, walk

PRECISION = 128


def ball(low: Fraction, high: Fraction) -> Any:
    """Return the ball around [low, high]."""
    ends = [flint.arb(flint.fmpq(e.numerator, e.denominator)) for e in (low, high)]
    return ends[0].union(ends[1]) if low != high else ends[0]


def jet(f: Term, x: Term, low: Fraction, high: Fraction, order: int) -> list[Any] | None:
    """Enclose the Taylor coefficients 0..order of f for all centres in [low, high]; None where f may be undefined."""
    before = flint.ctx.prec, flint.ctx.cap
    flint.ctx.prec, flint.ctx.cap = PRECISION, order + 1
    try:
        known: dict[int, Any] = {id(x): flint.arb_series([ball(low, high), 1], prec=order + 1)}
        for node in walk(f):
            if id(node) not in known:
                known[id(node)] = _apply(node, [known[id(c)] for c in node.children], order + 1)
        found = [known[id(f)][k] for k in range(order + 1)]
    except (ArithmeticError, ValueError, KeyError):
        return None
    finally:
        flint.ctx.prec, flint.ctx.cap = before
    return found if all(c.is_finite() for c in found) else None


def _apply(node: Node, a: list[Any], size: int) -> Any:
    match node.op:
        case "num":
            return flint.arb_series([ball(node.args[0], node.args[0])], prec=size)
        case "+":
            return a[0] + a[1]
        case "-":
            return a[0] - a[1]
        case "neg":
            return -a[0]
        case "*":
            return a[0] * a[1]
        case "/":
            return _divide(a[0], a[1])
        case "pow":
            n = node.args[1]
            product = flint.arb_series([1], prec=size)
            for _ in range(abs(n)):
                product = product * a[0]
            return product if n > 0 else _divide(flint.arb_series([1], prec=size), product)
        case "root":
            _positive(a[0])
            return a[0].sqrt() if node.args[1] == 2 else (a[0].log() / node.args[1]).exp()
        case "exp":
            return a[0].exp()
        case "log":
            _positive(a[0])
            return a[0].log()
        case "max" | "min" | "abs":
            other = a[1] if len(a) > 1 else -a[0]
            above = a[0][0] > other[0]
            if not above and not other[0] > a[0][0]:
                raise ArithmeticError("a tie")
            return a[0] if above == (node.op != "min") else other
    raise ArithmeticError(f"no rule for {node.op}")


def _positive(u: Any) -> None:
    if not u[0] > 0:
        raise ArithmeticError("outside the domain")


def _divide(u: Any, v: Any) -> Any:
    if not (v[0] > 0 or v[0] < 0):
        raise ArithmeticError("division by zero")
    return u / v
