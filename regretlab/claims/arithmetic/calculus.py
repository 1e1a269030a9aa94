"""Derivatives of formal statements."""

from __future__ import annotations

from typing import Any

from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.language.terms import ONE, ZERO, Term, exp, term, walk


def derivative(root: Term, x: Term, order: int = 1) -> Term:
    r"""Return the derivative :math:`\partial^k f / \partial x^k`, defined wherever every part of f is differentiable.

    Raises
    ------
    Undecided
        Where a maximum, minimum, absolute value or case distinction depends on x.
    """
    for _ in range(order):
        root = _once(root, x)
    return root


def _once(root: Term, x: Term) -> Term:
    slope: dict[int, Term] = {id(x): ONE}
    for node in walk(root):
        if id(node) not in slope:
            below = [slope[id(c)] for c in node.children]
            if node.op == "log" and node.args[0].op in ("*", "/"):  # log(u v)' = u'/u + v'/v, without the product
                u, v = node.args[0].children
                parts = [ZERO if slope[id(w)] is ZERO else slope[id(w)] / w for w in (u, v)]
                slope[id(node)] = _rule(Term("+" if node.args[0].op == "*" else "-", u, v), *parts)
            else:
                slope[id(node)] = ZERO if all(d is ZERO for d in below) else _rule(node, *below)
    return slope[id(root)]


def _rule(node: Any, du: Term, dv: Term = ZERO) -> Term:
    u: Term = node.args[0]
    v: Term = node.args[-1]
    k: int = node.args[-1]  # a power's exponent or a root's degree
    match node.op:
        case "+":
            return dv if du is ZERO else du + dv
        case "-":
            return -dv if du is ZERO else du - dv
        case "neg":
            return -du
        case "*":
            return dv * u if du is ZERO else _product(du, v) + _product(u, dv)
        case "/":
            if dv is ZERO:
                return du / v
            change = _product(du, v)
            return (-_product(u, dv) if change is ZERO else change - _product(u, dv)) / v**2
        case "pow":
            return k * u ** (k - 1) * du
        case "root":
            return du / term(k * node ** (k - 1))
        case "exp":
            return exp(u) * du
        case "log":
            return du / u
    raise Undecided(f"the derivative of {node.op} in {node}")


def _product(a: Term, b: Term) -> Term:
    return ZERO if a is ZERO or b is ZERO else a * b
