"""Certificates of closed forms of recursions: induction with symbolic sums, and exact unrolling.

The induction step is shown by writing every sum and product over the same range and comparing summands, which is all
that is needed and, unlike a general simplifier, cannot overlook a term.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from regretlab.claims.statements import Recursion
from regretlab.claims.verdict import Outcome, Rejected, fields, rational, whole

#: Random rational points at which a proved closed form is also unrolled.
REPLAYS = 3
_T = sp.Symbol("t", integer=True)
_I = sp.Dummy("i", integer=True)
_J = sp.Dummy("j", integer=True)
_S = sp.Dummy("s")


def value(expr: Any, at: Mapping[Any, Fraction], entry: Any) -> Fraction:
    """A sympy expression in fractions: ``at`` gives bound symbols, ``entry(name)`` free ones and ``"g[2]"``."""
    if isinstance(expr, sp.Rational):
        return Fraction(int(expr.p), int(expr.q))
    if expr in at:
        return at[expr]
    if isinstance(expr, (sp.Sum, sp.Product)):
        return _range(expr, at, entry)
    if isinstance(expr, sp.Indexed):
        return entry(f"{expr.base.label}[{_indices(expr.indices, at, entry)}]")
    if isinstance(expr, sp.core.function.AppliedUndef):
        return entry(f"{expr.func.__name__}({_indices(expr.args, at, entry)})")
    if isinstance(expr, sp.Symbol):
        return entry(expr.name)
    below = [value(a, at, entry) for a in expr.args]
    if isinstance(expr, sp.Add):
        return sum(below, start=Fraction(0))
    if isinstance(expr, sp.Mul):
        total = Fraction(1)
        for factor in below:
            total *= factor
        return total
    if isinstance(expr, sp.Pow):
        base, power = below
        if power.denominator != 1 or (base == 0 and power < 0):
            raise Rejected(f"{expr} has no rational value")
        return base ** int(power)
    if isinstance(expr, (sp.Max, sp.Min)):
        return max(below) if isinstance(expr, sp.Max) else min(below)
    raise Rejected(f"{type(expr).__name__} in {expr} is not evaluated exactly")


def _indices(found: Any, at: Mapping[Any, Fraction], entry: Any) -> str:
    return ", ".join(str(value(i, at, entry)) for i in found)


def _range(expr: Any, at: Mapping[Any, Fraction], entry: Any) -> Fraction:
    *inner, (index, low, high) = expr.limits
    body = type(expr)(expr.function, *inner) if inner else expr.function
    first, last = value(low, at, entry), value(high, at, entry)
    if first.denominator != 1 or last.denominator != 1 or last < first - 1:
        raise Rejected(f"the range {first}..{last} of {expr} means nothing")
    total = Fraction(isinstance(expr, sp.Product))
    for k in range(int(first), int(last) + 1):
        one = value(body, {**at, index: Fraction(k)}, entry)
        total = total * one if isinstance(expr, sp.Product) else total + one
    return total


def unroll(statement: Recursion, t: int, entry: Any) -> tuple[Fraction, Fraction]:
    """``(what the recursion gives, what the closed form says)`` at t."""
    s = value(sp.sympify(statement.start), {}, entry)
    for k in range(statement.first + 1, t + 1):
        s = value(sp.sympify(statement.rec(_S, sp.Integer(k))), {_S: s}, entry)
    return s, value(sp.sympify(statement.closed(sp.Integer(t))), {}, entry)


def check_unrolled(statement: Recursion, body: Any) -> Outcome:
    """``{"t", "point"}``: with the numbers of the point, recursion and closed form differ at t."""
    t, point = fields(body, "t", "point")
    if not isinstance(point, Mapping):
        raise Rejected("the point must give names their values")
    known = {name: rational(text) for name, text in point.items()}
    used: set[str] = set()

    def entry(name: str) -> Fraction:
        if name not in known:
            raise Rejected(f"the point does not give {name}")
        used.add(name)
        return known[name]

    goes, says = unroll(statement, whole(t, statement.first), entry)
    if used != set(known):
        raise Rejected(f"the statement has no {', '.join(sorted(set(known) - used))}")
    if goes == says:
        raise Rejected(f"the closed form is right at t = {t}")
    where = ", ".join(f"{name} = {text}" for name, text in point.items())
    return Outcome("refuted", "exact", f"at t = {t}, {where}: the recursion gives {goes}, the closed form {says}")


def check(statement: Recursion, body: Any) -> Outcome:
    """``{"unrolled"}``: base and step hold identically, and the closed form is exact up to first + unrolled steps."""
    (depth,) = fields(body, "unrolled")
    if not 8 <= whole(depth) <= 12:
        raise Rejected(f"the closed form must be unrolled 8 to 12 steps, not {depth}")
    first = statement.first
    closed, rec = statement.closed, statement.rec
    _vanishes(_Ranges(first, 0).explicit(sp.sympify(closed(sp.Integer(first)) - statement.start)), "base")
    step = sp.sympify(closed(_T)) - sp.sympify(rec(_S, _T)).subs(_S, closed(_T - 1))
    sums, rest = _Ranges(first, _lowest(step)).separate(step)
    _vanishes(sums, "summand of the step")
    _vanishes(rest, "step")
    _replay(statement, depth)
    divisors = _divisors(closed(_T), rec(_S, _T))
    where = f", where {', '.join(divisors)} do not vanish" if divisors else ""
    return Outcome("proved", "cas", f"induction on t, unrolled exactly for t <= {first + depth}{where}")


def _replay(statement: Recursion, depth: int) -> None:
    random_ = random.Random(depth)
    replayed = 0
    for _ in range(20 * REPLAYS):
        drawn: dict[str, Fraction] = {}

        def entry(name: str, drawn: dict[str, Fraction] = drawn) -> Fraction:
            return drawn.setdefault(name, Fraction(random_.randint(-9, 9), random_.randint(1, 9)))

        try:
            for t in range(statement.first, statement.first + depth + 1):
                goes, says = unroll(statement, t, entry)
                if goes != says:
                    raise Rejected(f"the closed form fails at t = {t}: {goes} is not {says}")
        except ZeroDivisionError:
            continue
        except Rejected as error:
            if "has no rational value" in str(error):
                continue
            raise
        replayed += 1
        if replayed == REPLAYS:
            return
    raise Rejected("the closed form could not be unrolled at random points")


class _Ranges:
    """Sums and products written over one range: from ``start`` to ``t + top``, with what lies outside spelt out."""

    def __init__(self, first: int, top: int) -> None:
        self.top = top
        self.least = first + 1 + top  # the smallest t + top, as t > first
        self.start = self.least + 1
        self.opaque: dict[Any, Any] = {}

    def separate(self, expr: Any) -> tuple[Any, Any]:
        """``(f, r)`` with ``expr = sum_{i=start}^{t+top} f(i) + r``."""
        sums, rest = sp.Integer(0), sp.Integer(0)
        for part in sp.Add.make_args(sp.expand(expr)):
            found = [f for f in sp.Mul.make_args(part) if f.has(sp.Sum)]
            if not found:
                rest += self.explicit(part)
            elif len(found) > 1 or not isinstance(found[0], sp.Sum):
                raise Rejected(f"{part} is not linear in its sums")
            else:
                body, outside = self._sum(found[0])
                factor = self.explicit(part / found[0])
                sums, rest = sums + factor * body, rest + factor * outside
        return sums, rest

    def explicit(self, expr: Any) -> Any:
        """The expression with sums and products of fixed length multiplied out, other products as opaque symbols."""
        if isinstance(expr, sp.Sum):
            terms = self._fixed(expr)
            if terms is None:
                raise Rejected(f"{expr} is a sum of variable length inside another expression")
            return sp.Add(*map(self.explicit, terms))
        if isinstance(expr, sp.Product):
            return self._product(expr)
        if not expr.has(sp.Sum, sp.Product):
            return expr
        return expr.func(*map(self.explicit, expr.args))

    def _sum(self, expr: Any) -> tuple[Any, Any]:
        terms = self._fixed(expr)
        if terms is not None:
            return sp.Integer(0), sp.Add(*map(self.explicit, terms))
        index, low, high = _limits(expr)
        early, late = self._outside(expr, low, high)
        outside = [self.explicit(expr.function.subs(index, k)) for k in (*early, *late)]
        return self.explicit(expr.function.subs(index, _I)), sp.Add(*outside)

    def _product(self, expr: Any) -> Any:
        terms = self._fixed(expr)
        if terms is not None:
            return sp.Mul(*map(self.explicit, terms))
        index, low, high = _limits(expr)
        own = sp.expand(low - _I)
        if own.is_Integer and own <= 1:  # from i + c to t + top, for a summand i <= t + top
            begin: Any = _I + 1
            early = [_I + k for k in range(int(own), 1)]
            late = self._late(expr, high)
        else:
            begin = self.start
            early, late = self._outside(expr, low, high)
        factors = [self.explicit(expr.function.subs(index, k)) for k in (*early, *late)]
        body = self.explicit(expr.function.subs(index, _J))
        opaque = self.opaque.setdefault((body, begin), sp.Dummy(f"product{len(self.opaque)}"))
        return sp.Mul(opaque, *factors)

    def _fixed(self, expr: Any) -> list[Any] | None:
        """The terms of a sum or product whose length does not vary."""
        index, low, high = _limits(expr)
        length = sp.expand(high - low + 1)
        if not length.is_Integer:
            return None
        if length < 0:
            raise Rejected(f"the range of {expr} means nothing")
        return [expr.function.subs(index, low + k) for k in range(int(length))]

    def _late(self, expr: Any, high: Any) -> list[Any]:
        beyond = sp.expand(high - _T - self.top)
        if not (beyond.is_Integer and beyond >= 0):
            raise Rejected(f"the upper limit of {expr} is not t or just below")
        return [_T + self.top + k for k in range(1, int(beyond) + 1)]

    def _outside(self, expr: Any, low: Any, high: Any) -> tuple[list[Any], list[Any]]:
        if not (low.is_Integer and low <= self.start):
            raise Rejected(f"the lower limit of {expr} must be an integer <= {self.start}")
        return list(map(sp.Integer, range(int(low), self.start))), self._late(expr, high)


def _lowest(expr: Any) -> int:
    """The smallest integer c of an upper limit t + c."""
    beyond = [sp.expand(high - _T) for e in expr.atoms(sp.Sum, sp.Product) for _, _, high in e.limits]
    return min((int(c) for c in beyond if c.is_Integer), default=-1)


def _limits(expr: Any) -> Any:
    if len(expr.limits) != 1:
        raise Rejected(f"{expr} has more than one index")
    return expr.limits[0]


def _vanishes(expr: Any, what: str) -> None:
    """Raises unless the expression is identically zero as a rational function of its atoms and their powers."""
    left = sp.cancel(sp.together(_algebraic(expr)))
    if left != 0:
        raise Rejected(f"the {what} leaves {sp.factor(sp.simplify(expr))}")


def _algebraic(expr: Any) -> Any:
    """Symbolic powers and entries of sequences as independent symbols: ``b**(t-i+1) = b**t * b**-i * b``."""
    names: dict[Any, Any] = {}

    def name(key: Any) -> Any:
        return names.setdefault(key, sp.Dummy(f"a{len(names)}"))

    def rewrite(e: Any) -> Any:
        if isinstance(e, (sp.Indexed, sp.core.function.AppliedUndef)):
            return name(e.func(*map(sp.expand, e.args)))
        if isinstance(e, sp.Pow) and not e.exp.is_Rational:
            base, total = rewrite(e.base), sp.Integer(1)
            for part in sp.Add.make_args(sp.expand(e.exp)):
                number, symbol = part.as_coeff_Mul()
                if symbol == 1:
                    total *= base**number
                elif number.is_Integer:
                    total *= name((base, symbol)) ** number
                else:
                    total *= name((base, part))
            return total
        return e.func(*map(rewrite, e.args)) if e.args else e

    return rewrite(expr)


def _divisors(*found: Any) -> list[str]:
    bases = {p.base for e in found for p in sp.sympify(e).atoms(sp.Pow) if p.exp.is_number and p.exp.is_negative}
    return sorted(str(b) for b in bases if b.free_symbols)
