"""Unknowns that equations eliminate before a search: values are put in, denominators of known sign are cleared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from regretlab.claims.arithmetic.polynomials import NotPolynomial, Polynomial, add, degree, power, times
from regretlab.claims.checkers.question import Formula
from regretlab.claims.provers.cases import Sum, Term

#: Monomials and degree of what is put in for an unknown; monomials and degree of what comes out; and the highest power
#: of a denominator that is multiplied by.
MOST, HIGHEST, LARGEST, STEEPEST, FACTORS = 8, 2, 60, 8, 3


class Way(NamedTuple):
    """How an equation eliminates an unknown.

    ``without`` says what a polynomial is without it, once multiplied by ``by`` (the number of a formula, if any) as
    often as it has powers of the unknown, and ``over`` what a multiple of the equation is, divided by it.
    """

    by: int | None
    without: Callable[[Polynomial], Polynomial]
    over: Callable[[Polynomial], Polynomial | None]


class Stage(NamedTuple):
    """Formulas and equations, of what products the next ones are, and the equation ``used``."""

    above: list[Polynomial]
    zero: list[Polynomial]
    whence: list[tuple[int, ...]]
    kept: list[tuple[int, Polynomial]]
    used: int
    way: Way


class Reduced:
    """Formulas without the unknowns that equations eliminate; ``helpers`` only tell signs of denominators."""

    def __init__(
        self, above: Sequence[Formula], helpers: Sequence[Formula], zero: Sequence[Formula], size: int
    ) -> None:
        self.size, self.one = size, {(0,) * size: Fraction(1)}
        self._given = [*above, *helpers], zero
        self._strict = [f.kind == ">" for f in self._given[0]]
        self.stages: list[Stage] = []
        now, left = [f.polynomial for f in self._given[0]], [f.polynomial for f in zero]
        while (found := self._next(now, left)) is not None:
            stage, now, left = found
            self.stages.append(stage)
        self.above = [Formula(f.kind, p) for f, p in zip(above, now, strict=False)]
        self.equations = [Formula("==", p) for p in left]

    def _next(
        self, now: list[Polynomial], left: list[Polynomial]
    ) -> tuple[Stage, list[Polynomial], list[Polynomial]] | None:
        """Eliminate an unknown, if values alone do it, else if a denominator does."""
        for make in (self._value, self._denominator):
            for used, p in enumerate(left):
                for at in (i for i in reversed(range(self.size)) if max(e[i] for e in p) == 1):
                    try:
                        way = make(p, at, now)
                        found = None if way is None else self._stage(now, left, used, at, way)
                    except NotPolynomial:
                        continue
                    if found is not None:
                        return found
        return None

    def _stage(
        self, now: list[Polynomial], left: list[Polynomial], used: int, at: int, way: Way
    ) -> tuple[Stage, list[Polynomial], list[Polynomial]] | None:
        powers = [0 if way.by is None else max((e[at] for e in p), default=0) for p in (*now, *left)]
        if max(powers) > FACTORS:
            return None
        new, rest = [way.without(p) for p in now], [way.without(p) for p in left]
        if any(len(p) > LARGEST or degree(p) > STEEPEST for p in (*new, *rest)):
            return None
        by = () if way.by is None else (way.by,)
        whence = [(k, *by * d) for k, d in enumerate(powers[: len(now)])]
        stays = [k for k, p in enumerate(rest) if k != used and p]
        scale = self.one if way.by is None else now[way.by]
        kept = [(k, power(scale, powers[len(now) + k], self.size)) for k in stays]
        return Stage(now, left, whence, kept, used, way), new, [rest[k] for k in stays]

    def _value(self, p: Polynomial, at: int, now: list[Polynomial]) -> Way | None:
        """Put in for an unknown what an equation says it is."""
        rest, a = self._split(p, at)
        if set(a) != set(self.one) or len(p) > MOST or degree(rest) > HIGHEST:
            return None
        c = next(iter(a.values()))
        value = {e: -v / c for e, v in rest.items()}

        def horner(q: Polynomial) -> list[Polynomial]:
            out: list[Polynomial] = [{}]
            for part in reversed(self._split(q, at)):
                out.append(add(part, times(value, out[-1])))
            return out[1:]

        def over(q: Polynomial) -> Polynomial | None:
            *parts, left = horner(q)
            return None if left else self._joined(reversed(parts), at, 1 / c)

        return Way(None, lambda q: horner(q)[-1], over)

    def _denominator(self, p: Polynomial, at: int, now: list[Polynomial]) -> Way | None:
        """Multiply by the denominator of which an unknown is the inverse, if it is a positive formula or minus one."""
        rest, a = self._split(p, at)
        if set(rest) != set(self.one):
            return None
        b = next(iter(rest.values()))
        signs = ((k, c) for k, q in enumerate(now) if self._strict[k] and (c := _ratio(q, a)) is not None)
        k, c = next(signs, (None, Fraction(0)))
        if k is None:
            return None
        by, product = now[k], -b * c  # of the formula, c times a, and the unknown

        def without(q: Polynomial) -> Polynomial:
            parts, out = self._split(q, at), dict[tuple[int, ...], Fraction]()
            for n, part in enumerate(parts):
                out = add(out, times(part, power(by, len(parts) - 1 - n, self.size)), product**n)
            return out

        def over(q: Polynomial) -> Polynomial | None:
            out: list[Polynomial] = [{}]
            for part in self._split(q, at):
                out.append(add({}, add(part, times(a, out[-1]), Fraction(-1)), 1 / b))
            return None if out[-1] else self._joined(out[1:-1], at, Fraction(1))

        return Way(k, without, over)

    def _split(self, p: Polynomial, at: int) -> list[Polynomial]:
        """List the coefficients of the powers of an unknown, lowest first."""
        parts: list[Polynomial] = [{} for _ in range(1 + max((e[at] for e in p), default=0))]
        for e, c in p.items():
            parts[e[at]][(*e[:at], 0, *e[at + 1 :])] = c
        return parts

    def _joined(self, parts: Iterable[Polynomial], at: int, scale: Fraction) -> Polynomial:
        return {(*e[:at], n, *e[at + 1 :]): c * scale for n, part in enumerate(parts) for e, c in part.items()}

    def lifted(self, found: Sum) -> Sum | None:
        """Return a sum of the formulas as they were given, from one of what they became."""
        place = {id(f): k for k, f in enumerate((*self.above, *self.equations))}
        count = len(self.above)
        terms = [(tuple(place[id(f)] for f in t.which), t) for t in found.terms]
        multipliers = {place[id(f)] - count: m for f, m in found.equations}
        for stage in reversed(self.stages):
            terms = [(tuple(n for k in which for n in stage.whence[k]), t) for which, t in terms]
            multipliers = {stage.kept[k][0]: times(m, stage.kept[k][1]) for k, m in multipliers.items()}
            total: Polynomial = {}
            for which, t in terms:
                product = times({(0,) * self.size: t.weight}, times(t.square or self.one, t.square or self.one))
                for k in which:
                    product = times(product, stage.above[k])
                total = add(total, product)
            for k, m in multipliers.items():
                total = add(total, times(m, stage.zero[k]))
            over = stage.way.over(total)
            if over is None:
                return None
            multipliers[stage.used] = add({}, over, Fraction(-1))
        above, zero = self._given
        return Sum(
            [Term(tuple(above[k] for k in which), t.weight, t.square) for which, t in terms],
            [(zero[k], m) for k, m in multipliers.items() if m],
        )


def _ratio(p: Polynomial, q: Polynomial) -> Fraction | None:
    """Return c with p = c q, if there is one."""
    if not p or set(p) != set(q):
        return None
    e = next(iter(p))
    c = p[e] / q[e]
    return c if all(v == c * q[k] for k, v in p.items()) else None
