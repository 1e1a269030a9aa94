"""The domain of definition of a recursion's terms: divisors that must not be zero, and whether they can be.

Divisors are looked at on the terms as they were written. One that consists of indices alone must not vanish at any of
their values, else the statement is ill-posed; one with parameters becomes a condition of the statement, unless it
vanishes for all their values at some t.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import flint

from regretlab.claims.arithmetic.polynomials import NotPolynomial, Polynomial, Quotients, add, power, times
from regretlab.claims.arithmetic.unrolling import value
from regretlab.claims.language.sequences import Formula
from regretlab.claims.language.terms import Term, text, walk
from regretlab.claims.language.trees import substitute
from regretlab.claims.language.verdict import Rejected

#: More values of t at which divisors are evaluated.
LOOKED_AT = 40
#: An index and its first and last value; the last is None for t, which has none.
Range = tuple[Term, Term, Term | None]
#: A linear form: coefficients of indices by name, and the constant under "".
Linear = dict[str, Fraction]


class Definedness(NamedTuple):
    """Conditions on the parameters, in words, and a t at which something divides by zero whatever they are."""

    conditions: tuple[str, ...]
    undefined: tuple[int, str] | None

    def says(self) -> str:
        """Join the conditions in one phrase."""
        return " and ".join(self.conditions)


def definedness(f: Formula, first: int) -> Definedness:
    """List the conditions of the recursion and its closed form, for every t from ``first`` on.

    Raises
    ------
    Rejected
        Where it cannot be seen whether a divisor vanishes.
    """
    found: dict[str, None] = {}
    begin = Term("num", Fraction(first))
    later = Term("num", Fraction(first + 1))
    past = substitute(f.closed, {f.t: f.t - 1})
    needs = [
        *_needs(f.start, []),
        *_needs(f.closed, [(f.t, begin, None)]),
        *((substitute(d, {f.before: past}), scope) for d, scope in _needs(f.rec, [(f.t, later, None)])),
    ]
    for divisor, scope in needs:
        condition, undefined = _look(divisor, scope)
        if undefined is not None:
            return Definedness((), (undefined, text(divisor)))
        if condition:
            found[condition] = None
    return Definedness(tuple(found), None)


def _needs(node: Any, scope: list[Range]) -> Iterator[tuple[Term, list[Range]]]:
    """Yield everything that must not be zero, with the ranges of its indices."""
    if node.op in ("sum", "product"):
        index, low, high, body = node.args
        linear(low), linear(high)
        yield from itertools.chain(_needs(low, scope), _needs(high, scope))
        yield from _needs(body, [*scope, (index, low, high)])
        return
    if node.op == "/":
        yield node.args[1], scope
    elif (node.op == "pow" and node.args[1] <= 0) or (node.op == "power" and not _never_negative(node.args[1], scope)):
        yield node.args[0], scope
    if node.op == "power":
        _base(node, scope)
    for child in node.children:
        yield from _needs(child, scope)


def _base(node: Any, scope: list[Range]) -> None:
    """Refuse a power of a base that may be zero for all parameters, which is not continuous in them."""
    base = node.args[0]
    top, names, _ = _polynomial(base, scope)
    if any(n.op == "before" for n in walk(base)):
        raise Rejected(f"{node} is a power of the value before, whose exponent changes")
    if not top:
        raise Rejected(f"{node} is a power of zero")
    moving = [names[k] for k in range(len(names)) if any(e[k] for e in top) and _ranged(names[k], scope)]
    if moving and len(top) > 1:
        raise Rejected(f"{node} is a power of a sum that changes with {', '.join(map(text, moving))}")


def linear(e: Any) -> Linear:
    """Read an exponent or a limit as a linear form of indices with integer coefficients."""
    match e.op:
        case "num" if e.args[0].denominator == 1:
            return {"": e.args[0]}
        case "index" | "bound":
            return {e.args[0]: Fraction(1)}
        case "neg":
            return add({}, linear(e.args[0]), Fraction(-1))
        case "+" | "-":
            return add(linear(e.args[0]), linear(e.args[1]), Fraction(1 if e.op == "+" else -1))
        case "*":
            a, b = linear(e.args[0]), linear(e.args[1])
            if set(a) <= {""} or set(b) <= {""}:
                number, other = (a, b) if set(a) <= {""} else (b, a)
                return add({}, other, number.get("", Fraction(0)))
    raise Rejected(f"{e} is not a sum of indices and integers")


def _never_negative(e: Any, scope: list[Range]) -> bool:
    """Tell whether a linear form is >= 0 for all values of its indices, from the innermost outwards."""
    form = linear(e)
    if e.op == "num":
        return bool(e.args[0] >= 0)
    for index, low, high in reversed(scope):
        c = form.pop(index.args[0], Fraction(0))
        if c < 0 and high is None:
            return False
        if c:
            form = add(form, linear(low if c > 0 else high), c)
    return set(form) <= {""} and form.get("", Fraction(0)) >= 0


def _polynomial(divisor: Term, scope: list[Range]) -> tuple[Polynomial, list[Term], list[Term]]:
    """Return the numerator of a divisor, the symbols of its polynomial, and last the parts that are no symbols."""
    plain = [n for n in walk(divisor) if n.op in ("symbol", "integer", "before", "entry", "power")]
    plain += [r[0] for r in scope]
    odd = [n for n in walk(divisor) if n.op in ("sum", "product", "max", "min", "abs")]
    names: list[Any] = [*plain, *odd]
    try:
        top, _ = Quotients(names).of(divisor)
    except NotPolynomial as error:
        raise Rejected(f"it is not seen whether {divisor} vanishes: {error}") from None
    return top, names, odd  # type: ignore[return-value]


def _look(divisor: Term, scope: list[Range]) -> tuple[str, int | None]:
    """Return ``(condition, None)`` of a divisor, empty if it never vanishes; ``("", t)`` if it vanishes at t."""
    top, names, odd = _polynomial(divisor, scope)
    first = int(scope[0][1].args[0]) if scope else 0
    if not top:
        return "", first
    used = [k for k in range(len(names)) if any(e[k] for e in top)]
    if any(names[k] is other for k in used for other in odd):
        raise Rejected(f"it is not seen whether {divisor} vanishes; divide by no sum, product, maximum or minimum")
    free = [k for k in used if not (_ranged(names[k], scope) or _is_number_power(names[k]))]
    for t, values in _evaluated(divisor, scope):
        if not any(values):
            return "", t
    if not free:
        return "", _index_zero(top, names, divisor, scope)
    _stay_apart(top, names, free, divisor, scope)
    _not_all_zero(top, names, free, divisor, scope)
    moving = sorted({n.args[0] for n in walk(divisor) if n.op in ("index", "bound")})
    return f"{text(divisor)} != 0" + f" at every {', '.join(moving)}" * bool(moving), None


def _is_number_power(node: Term) -> bool:
    return node.op == "power" and not any(n.op in ("symbol", "integer", "entry") for n in walk(node.args[0]))


def _evaluated(divisor: Term, scope: list[Range]) -> Iterator[tuple[int, list[Fraction]]]:
    """Evaluate the divisor at the first t, at random parameters, for every value of the inner indices."""
    random_ = random.Random(1)
    points: list[dict[str, Fraction]] = [{}, {}, {}]

    def entry(drawn: dict[str, Fraction], name: str) -> Fraction:
        return drawn.setdefault(name, Fraction(random_.randint(2, 99), random_.randint(2, 99)))

    def inner(at: dict[str, Fraction], left: list[Range]) -> Iterator[dict[str, Fraction]]:
        if not left:
            yield at
            return
        (index, low, high), *rest = left
        ends = [value(end, at, lambda name: Fraction(0)) for end in (low, high)]
        for k in range(int(ends[0]), min(int(ends[1]), int(ends[0]) + LOOKED_AT) + 1):
            yield from inner({**at, index.args[0]: Fraction(k)}, rest)

    begin = int(scope[0][1].args[0]) if scope else 0
    for t in range(begin, begin + (LOOKED_AT if scope else 1)):
        outer = {scope[0][0].args[0]: Fraction(t)} if scope else {}
        for at in inner(outer, scope[1:]):
            values = []
            for drawn in points:
                try:
                    values.append(value(divisor, at, lambda name, d=drawn: entry(d, name)))  # type: ignore[misc]
                except ZeroDivisionError:
                    values.append(Fraction(1))  # another divisor, looked at on its own
            yield t, values


def _ranged(node: Term, scope: list[Range]) -> bool:
    return any(node is r[0] for r in scope)


def _stay_apart(top: Polynomial, names: list[Term], free: list[int], divisor: Term, scope: list[Range]) -> None:
    """Raise :class:`Rejected` unless different monomials of the parameters differ at every t not looked at.

    Powers such as ``q**t`` and ``q**5`` are one monomial at t = 5. The degree of a monomial is ``A t + C``, so that two
    of them differ beyond t = 2 max C, if no two powers have sums for their bases.
    """
    powers = [k for k in free if names[k].op == "power"]
    if not powers or len({tuple(e[k] for k in free) for e in top}) == 1:
        return
    forms = {k: linear(names[k].args[1]) for k in powers}
    sizes, sums = {}, 0
    for k in powers:
        base, _, _ = _polynomial(names[k].args[0], scope)
        sizes[k] = max(sum(e) for e in base)
        sums += len(base) > 1 or any(n.op == "/" for n in walk(names[k].args[0]))
    moving = {name for form in forms.values() for name in form} - {""}
    most = max(
        sum(e[k] * (abs(forms[k].get("", Fraction(0))) * sizes[k] if k in forms else 1) for k in free) for e in top
    )
    begin = int(scope[0][1].args[0]) if scope else 0
    if len(moving) > 1 or sums > 1 or (sums and len(powers) > 1) or 2 * most + 1 >= min(begin, 0) + LOOKED_AT:
        raise Rejected(f"it is not seen whether {divisor} vanishes at some t for all parameters")


def _not_all_zero(top: Polynomial, names: list[Term], free: list[int], divisor: Term, scope: list[Range]) -> None:
    """Raise :class:`Rejected` unless, at all values of the indices, some coefficient of the parameters is not 0."""
    parts: dict[tuple[int, ...], Polynomial] = {}
    for exponents, c in top.items():
        key = tuple(exponents[k] for k in free)
        rest = tuple(0 if k in free else e for k, e in enumerate(exponents))
        parts.setdefault(key, {})[rest] = c
    for part in parts.values():
        try:
            if _index_zero(part, names, divisor, scope) is None:
                return
        except Rejected:
            continue
    raise Rejected(f"it is not seen whether {divisor} vanishes at some t for all parameters")


def _index_zero(top: Polynomial, names: list[Term], divisor: Term, scope: list[Range]) -> int | None:
    """Find a t at which a polynomial in indices vanishes, None if it never does; number powers count if they factor."""
    numbers = [k for k, n in enumerate(names) if _is_number_power(n)]
    if numbers and len({tuple(e[k] for k in numbers) for e in top}) > 1:
        raise Rejected(f"it is not seen whether {divisor} vanishes at some t")
    used = [k for k in range(len(names)) if k not in numbers and any(e[k] for e in top)]
    if not used:
        return None
    if len(used) == 1:
        return _whole_root(top, used[0], names, divisor, scope)
    if _one_sign(top, used, names, scope):
        return None
    raise Rejected(f"it is not seen whether {divisor} vanishes at some values of its indices")


def _whole_root(top: Polynomial, k: int, names: list[Term], divisor: Term, scope: list[Range]) -> int | None:
    index, low, high = next(r for r in scope if r[0] is names[k])
    least = linear(low)
    if set(least) - {""}:
        raise Rejected(f"it is not seen whether {divisor} vanishes, as {text(index)} begins at {low}")
    scale = 1
    for c in top.values():
        scale *= c.denominator
    size = max(e[k] for e in top)
    dense = [0] * (size + 1)
    for e, c in top.items():
        dense[e[k]] = int(c * scale)
    for p, _ in flint.fmpz_poly(dense).factor()[1]:
        if p.degree() == 1 and int(p[0]) % int(p[1]) == 0 and (root := -int(p[0]) // int(p[1])) >= least.get("", 0):
            return _reached(root, high, scope, divisor)
    return None


def _reached(root: int, high: Term | None, scope: list[Range], divisor: Term) -> int:
    """Return the first t at which an index takes the value ``root``."""
    t, begin, _ = scope[0]
    if high is None:
        return root
    form = linear(high)
    slope = form.pop(t.args[0], Fraction(0))
    if set(form) - {""} or slope < 0 or (slope == 0 and form.get("", Fraction(0)) < root):
        raise Rejected(f"it is not seen whether {divisor} vanishes at some t")
    least = int(begin.args[0])
    return least if slope == 0 else max(least, -((form.get("", Fraction(0)) - root) // slope))


def _one_sign(top: Polynomial, used: list[int], names: list[Term], scope: list[Range]) -> bool:
    """Tell whether a polynomial in indices has one sign, from its coefficients in the distances from their ends."""
    inward = [next((k for k in range(len(names)) if names[k] is r[0]), 0) for r in scope]
    for ends in itertools.product(*((1, 2) if r[2] is not None else (1,) for r in scope)):
        found = top
        for k, r, end in reversed(list(zip(inward, scope, ends, strict=True))):  # the ends of an index are outer ones
            found = _shifted(found, k, linear(r[end]), 1 if end == 1 else -1, names)
        signs = {(c > 0) - (c < 0) for c in found.values()}
        if len(signs) == 1 and found.get((0,) * len(names)):
            return True
    return False


def _shifted(top: Polynomial, k: int, end: Linear, way: int, names: list[Term]) -> Polynomial:
    """Write the polynomial with the k-th index as ``end + way * distance``."""
    size = len(names)

    def unit(j: int) -> tuple[int, ...]:
        return tuple(int(i == j) for i in range(size))

    by: Polynomial = {unit(k): Fraction(way)}
    for name, c in end.items():
        at = next((j for j, n in enumerate(names) if n.op in ("index", "bound") and n.args[0] == name), None)
        by = add(by, {unit(at) if at is not None else (0,) * size: c})
    out: Polynomial = {}
    for e, c in top.items():
        rest = tuple(0 if j == k else x for j, x in enumerate(e))
        out = add(out, times({rest: c}, power(by, e[k], size)))
    return out
