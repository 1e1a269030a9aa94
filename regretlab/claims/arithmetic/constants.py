"""Exact values of terms at rational points as polynomials in constants like ``e**q``, ``log 2`` and ``sqrt 3``.

Two expressions with the same normal form are equal, so that an exact zero such as 2 + (e - 2) - e is recognised, which
no interval can do. Different normal forms say nothing: they may still be equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic import balls
from regretlab.claims.arithmetic.exact import Irrational, Undefined
from regretlab.claims.arithmetic.polynomials import add
from regretlab.claims.language.terms import Term

#: A positive constant that is raised to rational powers: ``("e", 1)``, ``("p", prime)``, ``("log", atom)`` or
#: ``("sum", form)`` for a sum of several monomials.
Atom = tuple[str, Any]
#: A product of atoms with non-zero exponents.
Monomial = frozenset[tuple[Atom, Fraction]]
#: A sum: monomial -> coefficient, none of them zero.
Form = dict[Monomial, Fraction]

_ONE: Monomial = frozenset()
_E: Atom = ("e", 1)
#: Trial division stops here; what is left is treated like a prime, which loses equalities, never makes a false one.
_LARGEST_FACTOR = 10_000
_LARGEST_POWER = 10_000


def sign(root: Term, point: Mapping[Term, Fraction]) -> int:
    """Return the sign of a term at a rational point: exactly if its normal form is rational, else by intervals.

    Raises
    ------
    Undefined, balls.Undecided
        Where the term means nothing, or the intervals cannot tell it from zero.
    """
    try:
        form = normal(root, point)
        if set(form) <= {_ONE}:
            value = form.get(_ONE, Fraction(0))
            return (value > 0) - (value < 0)
    except Irrational:
        pass
    return balls.sign_at(root, point)


def normal(root: Term, point: Mapping[Term, Fraction]) -> Form:
    """Return the normal form of a term at a rational point; it is empty if the term is exactly zero.

    Raises
    ------
    Undefined, Irrational, balls.Undecided
        Where the term means nothing, or its value is not such a sum.
    """
    known: dict[int, Form] = {id(symbol): _rational(value) for symbol, value in point.items()}

    def form(node: Any) -> Form:
        if id(node) not in known:
            if node.op == "num":
                known[id(node)] = _rational(node.args[0])
            elif node.op in ("symbol", "integer"):
                raise KeyError(node.args[0])
            elif node.op in ("where", "max", "min", "abs"):
                raise Irrational(f"{node}: no normal form of {node.op}")
            else:
                below = [form(c) for c in node.children]
                direction = 1
                if node.op in ("/", "pow", "root", "log") and len(below[-1]) > 1:
                    direction = balls.sign_at(node.children[-1], point)
                known[id(node)] = _apply(node, direction, *below)
        return known[id(node)]

    found = form(root)
    return found if _cleared(found) else {}


def _cleared(form: Form) -> Form:
    """Multiply a form by every sum that it is divided by: the product is zero exactly if the form is."""
    for monomial in form:
        for atom, exponent in monomial:
            if atom[0] == "sum" and exponent < 0 and exponent.denominator == 1:
                multiplied = _times(form, {frozenset({(atom, -exponent)}): Fraction(1)})
                return _cleared(_expanded(multiplied, atom))
    return form


def _expanded(form: Form, atom: Atom) -> Form:
    """Multiply out the positive whole powers of a sum."""
    out: Form = {}
    for monomial, c in form.items():
        exponent = dict(monomial).get(atom, Fraction(0))
        part = {monomial: c}
        if exponent > 0 and exponent.denominator == 1:
            part = {monomial - {(atom, exponent)}: c}
            for _ in range(int(exponent)):
                part = _times(part, dict(atom[1]))
        out = add(out, part)
    return out


def _rational(value: Fraction) -> Form:
    return {_ONE: value} if value else {}


def _apply(node: Any, direction: int, x: Form, y: Form | None = None) -> Form:
    """Apply one operation; ``direction`` is the sign of its last operand if that is a sum of several monomials."""
    match node.op:
        case "+":
            return add(x, y or {})
        case "-":
            return add(x, y or {}, Fraction(-1))
        case "neg":
            return add({}, x, Fraction(-1))
        case "*":
            return _times(x, y or {})
        case "/":
            return _times(x, _power(node, direction, y or {}, Fraction(-1)))
        case "pow":
            if abs(node.args[1]) > _LARGEST_POWER or (len(x) > 1 and abs(node.args[1]) > 60):
                raise Irrational(f"{node}: too large to be written out")
            base = x if node.args[1] > 0 else _power(node, direction, x, Fraction(-1))
            out = _rational(Fraction(1))
            for _ in range(abs(node.args[1])):
                out = _times(out, base)
            return out
        case "root":
            return _power(node, direction, x, Fraction(1, node.args[1])) if x else {}
        case "exp":
            return _exp(node, x)
    return _log(node, direction, x)


def _times(x: Form, y: Form) -> Form:
    out: Form = {}
    for m1, c1 in x.items():
        for m2, c2 in y.items():
            exponents = dict(m1)
            for atom, r in m2:
                exponents[atom] = exponents.get(atom, Fraction(0)) + r
            c, monomial = _product(exponents)
            out = add(out, {monomial: c * c1 * c2})
    return out


def _product(exponents: Mapping[Atom, Fraction]) -> tuple[Fraction, Monomial]:
    """Multiply powers; whole powers of primes go into the rational factor."""
    c, left = Fraction(1), dict(exponents)
    for atom, r in exponents.items():
        if atom[0] == "p":
            count = r.numerator // r.denominator
            if abs(count) > _LARGEST_POWER:
                raise Irrational(f"{atom[1]}**{count} is too large to be written out")
            c *= Fraction(atom[1]) ** count
            left[atom] = r - count
    return c, frozenset((a, r) for a, r in left.items() if r)


def _atoms(node: Term, direction: int, x: Form) -> tuple[Fraction, dict[Atom, Fraction]]:
    """Write a non-zero value as a rational times powers of positive atoms; several monomials become one atom."""
    if not x:
        raise Undefined(f"{node}: undefined at zero")
    if len(x) == 1:
        ((monomial, c),) = x.items()
        if any(atom[0] == "log" for atom, _ in monomial):
            raise Irrational(f"{node}: powers of logarithms")
        return c, dict(monomial)
    scale = direction * abs(x[min(x, key=lambda m: sorted(map(str, m)))])
    return scale, {("sum", frozenset(add({}, x, 1 / scale).items())): Fraction(1)}


def _power(node: Term, direction: int, x: Form, r: Fraction) -> Form:
    c, exponents = _atoms(node, direction, x)
    if r == -1:
        factor, monomial = _product({a: -k for a, k in exponents.items()})
        return {monomial: factor / c}
    for atom, k in _primes(node, c).items():
        exponents[atom] = exponents.get(atom, Fraction(0)) + k
    factor, monomial = _product({a: k * r for a, k in exponents.items()})
    return {monomial: factor}


def _exp(node: Term, x: Form) -> Form:
    exponents: dict[Atom, Fraction] = {}
    for monomial, c in x.items():
        if monomial == _ONE:
            exponents[_E] = c
            continue
        ((atom, k),) = monomial if len(monomial) == 1 else ((_E, Fraction(1)),)
        if atom[0] != "log" or k != 1:
            raise Irrational(f"{node}: the exponent is not a sum of rationals and logarithms")
        exponents[atom[1]] = c
    factor, product = _product(exponents)
    return {product: factor}


def _log(node: Term, direction: int, x: Form) -> Form:
    c, exponents = _atoms(node, direction, x)
    for atom, k in _primes(node, c).items():
        exponents[atom] = exponents.get(atom, Fraction(0)) + k
    out: Form = {}
    for atom, r in exponents.items():
        one = _ONE if atom == _E else frozenset({(("log", atom), Fraction(1))})
        out = add(out, {one: r} if r else {})
    return out


def _primes(node: Term, value: Fraction) -> dict[Atom, Fraction]:
    """Factorise a positive rational, with negative exponents for its denominator."""
    if value < 0:
        raise Undefined(f"{node}: undefined at a negative number")
    found: dict[Atom, Fraction] = {}
    for part, direction in ((value.numerator, 1), (value.denominator, -1)):
        rest, p = part, 2
        while rest > 1:
            p = rest if p > _LARGEST_FACTOR or p * p > rest else p
            while rest % p == 0:
                rest //= p
                found["p", p] = found.get(("p", p), Fraction(0)) + direction
            p += 1
    return found
