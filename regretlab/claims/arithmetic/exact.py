"""Evaluation of formal statements in fractions: the arbiter of every counterexample."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import flint

from regretlab.claims.language.terms import Node, Term

RELATIONS = {
    "<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
#: The operators on numbers of any exact kind, sympy's among them.
ARITHMETIC: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "neg": operator.neg,
}  # fmt: skip
#: And to fractions.
OPERATORS: dict[str, Callable[..., Any]] = {**ARITHMETIC, "abs": abs, "max": max, "min": min}
#: Bits of a fraction that is written out; intervals decide what is larger.
LARGEST = 20_000


class Undefined(ArithmeticError):
    """The expression means nothing at this point; the message names the division, root or logarithm at fault."""


class Irrational(ArithmeticError):
    """The value is a real number, but not a fraction."""


def evaluate(root: Node, point: Mapping[Term, Fraction]) -> Any:
    """Return the value of a term (a Fraction) or the truth of a relation at a rational point.

    Only what is needed is evaluated: in ``where`` the branch taken, in ``and`` and ``or`` up to the first that decides.

    Raises
    ------
    Undefined
        At a division by zero, an even root of a negative number, a logarithm of a number <= 0.
    Irrational
        Where the exact value is not a fraction; intervals must decide (:mod:`regretlab.claims.arithmetic.balls`).
    """
    known: dict[int, Any] = {id(symbol): value for symbol, value in point.items()}

    def value(node: Any) -> Any:
        if id(node) not in known:
            known[id(node)] = compute(node)
        return known[id(node)]

    def compute(node: Any) -> Any:
        op, a = node.op, node.args
        if op == "where":
            return value(a[1] if value(a[0]) else a[2])
        if op == "and":
            return value(a[0]) and value(a[1])
        if op == "or":
            return value(a[0]) or value(a[1])
        if op == "num":
            return a[0]
        if op in ("symbol", "integer"):
            raise KeyError(a[0])
        x = value(a[0])
        y = value(a[1]) if len(a) > 1 and isinstance(a[1], Node) else None
        found = _apply(node, op, x, y)
        if isinstance(found, Fraction) and found.numerator.bit_length() + found.denominator.bit_length() > LARGEST:
            raise Irrational(f"{op}: a fraction of more than {LARGEST} bits, which is not written out")
        return found

    return value(root)


def _apply(node: Any, op: str, x: Any, y: Any) -> Any:
    if op == "/" and y == 0:
        raise Undefined(f"{node}: division by zero")
    if op in OPERATORS:
        return OPERATORS[op](x) if y is None else OPERATORS[op](x, y)
    match op:
        case "pow":
            if x == 0 and node.args[1] <= 0:
                raise Undefined(f"{node}: division by zero")
            size = max(x.numerator.bit_length(), x.denominator.bit_length())
            if size * abs(node.args[1]) > LARGEST and abs(x) not in (0, 1):
                raise Irrational(f"a power of more than {LARGEST} bits, which is not written out")
            return x ** node.args[1]
        case "root":
            if x < 0:
                raise Undefined(f"{node}: root of a negative number")
            return root(x, node.args[1])
        case "exp":
            if x == 0:
                return Fraction(1)
            raise Irrational(str(node))
        case "log":
            if x <= 0:
                raise Undefined(f"{node}: logarithm of a number that is not positive")
            if x == 1:
                return Fraction(0)
            raise Irrational(str(node))
        case "not":
            return not x
    return RELATIONS[op](x, y)


def root(x: Fraction, q: int) -> Fraction:
    """Return the q-th root of a number that is not negative; raise :class:`Irrational` where it is not a fraction."""
    if x < 0:
        raise Undefined(f"a root of {x}")
    near = [int(flint.fmpz(part).root(q)) for part in (x.numerator, x.denominator)]
    found = Fraction(*near)
    if found**q != x:
        raise Irrational("a root that is not a fraction")
    return found
