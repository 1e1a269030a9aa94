"""Identities with sums and products over ranges that grow with t, by computer algebra.

The step of an induction is shown by writing every sum and product over the same range and comparing summands, which is
all that is needed and, unlike a general simplifier, cannot overlook a term. What is divided by is no concern of this
module: an identity of rational functions holds wherever both sides are defined, which
:mod:`regretlab.claims.statements.definedness` looks at on the terms as they were written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from regretlab.claims.arithmetic.exact import ARITHMETIC
from regretlab.claims.language.terms import Term
from regretlab.claims.language.verdict import Rejected

_T = sp.Dummy("t", integer=True)
_I = sp.Dummy("i", integer=True)
_J = sp.Dummy("j", integer=True)


class Names:
    """Sympy's symbols for the symbols of terms: dummies, so that no name of a file is taken for another."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def expression(self, root: Term) -> Any:
        """Write a term as a sympy expression in which nothing is evaluated but what sympy always evaluates."""
        return self._of(root, {})

    def _of(self, node: Any, bound: Mapping[str, Any]) -> Any:
        a = node.args
        match node.op:
            case "num":
                return sp.Rational(a[0].numerator, a[0].denominator)
            case "index":
                return _T
            case "bound":
                return bound[a[0]]
            case "symbol" | "integer":
                return self.known.setdefault(f"symbol {a[0]}", sp.Dummy(a[0]))
            case "entry":
                name = self.known.setdefault(f"entry {a[0]}", sp.Function(a[0]))
                return name(*(self._of(i, bound) for i in a[1:]))
            case "sum" | "product":
                index = sp.Dummy(a[0].args[0], integer=True)
                low, high = (self._of(end, bound) for end in a[1:3])
                body = self._of(a[3], {**bound, a[0].args[0]: index})
                return (sp.Sum if node.op == "sum" else sp.Product)(body, (index, low, high))
            case "pow":
                return self._of(a[0], bound) ** a[1]
        parts = [self._of(child, bound) for child in node.children]
        if node.op == "power":
            return parts[0] ** parts[1]
        if node.op not in ARITHMETIC:
            raise Rejected(f"{node.op} is not shown by induction")
        return ARITHMETIC[node.op](*parts)


def step_vanishes(closed: Any, after: Any, first: int) -> None:
    """Raise :class:`Rejected` unless the recursion takes ``closed`` at t - 1 to ``closed`` at t, for t > first."""
    names = Names()
    step = names.expression(closed) - names.expression(after)
    sums, rest = Ranges(first, lowest(step)).separate(step)
    vanishes(sums, "summand of the step")
    vanishes(rest, "step")


def base_vanishes(closed: Any, start: Any, first: int) -> None:
    """Raise :class:`Rejected` unless the closed form at ``first`` is the start."""
    names = Names()
    vanishes(Ranges(first, 0).explicit(names.expression(closed) - names.expression(start)), "base")


class Ranges:
    """Sums and products written over one range, from ``start`` to ``t + top``, with the terms outside spelt out."""

    def __init__(self, first: int, top: int) -> None:
        self.top = top
        self.least = first + 1 + top  # the smallest t + top, as t > first
        self.start = self.least + 1
        self.opaque: dict[Any, Any] = {}

    def separate(self, expr: Any) -> tuple[Any, Any]:
        """Return ``(f, r)`` with ``expr = sum_{i=start}^{t+top} f(i) + r``."""
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
        """Multiply out sums and products of fixed length; other products become opaque symbols."""
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
        """List the terms of a sum or product whose length does not vary; return None for any other."""
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


def lowest(expr: Any) -> int:
    """Return the smallest integer c of an upper limit t + c."""
    beyond = [sp.expand(high - _T) for e in expr.atoms(sp.Sum, sp.Product) for _, _, high in e.limits]
    return min((int(c) for c in beyond if c.is_Integer), default=-1)


def _limits(expr: Any) -> Any:
    if len(expr.limits) != 1:
        raise Rejected(f"{expr} has more than one index")
    return expr.limits[0]


def vanishes(expr: Any, what: str) -> None:
    """Raise unless the expression is identically zero as a rational function of its atoms and their powers."""
    if sp.cancel(sp.together(_algebraic(expr))) != 0:
        short = sp.simplify(expr) if expr.count_ops() < 100 else expr
        dummies = sorted(short.atoms(sp.Dummy), key=lambda d: (d.name, d is not _T))
        again = [sum(e.name == d.name for e in dummies[:k]) for k, d in enumerate(dummies)]
        shown = {d: sp.Symbol(d.name + "'" * n) for d, n in zip(dummies, again, strict=True)}
        raise Rejected(f"the {what} leaves {sp.factor(short.xreplace(shown))}")


def _algebraic(expr: Any) -> Any:
    """Replace symbolic powers and entries of sequences by symbols: ``b**(t-i+1) = b**t * b**-i * b``."""
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
