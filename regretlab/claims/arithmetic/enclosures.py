"""Intervals computed by two libraries at once, mpmath and Arb, which must overlap.

One library alone is one programmer's word: mpmath's ``iv.exp`` need not enclose exp (its issue 1181). Every operation
is done by both, the ends of an :class:`Enclosure` are the outer ones of the two, so that a sign is decided only where
both decide it, and two answers that have no number in common are an error that nothing catches as "undecided".
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import flint
from mpmath import iv, mpf
from mpmath import mp as _mp
from mpmath.libmp import from_man_exp

#: Bits of both: far more than any certificate needs, cheap for short expressions.
PRECISION = 160
INFINITY = mpf("inf")
_INF = flint.arb.pos_inf()


class Disjoint(Exception):
    """The two libraries give intervals without a common number: one of them is wrong."""


@contextmanager
def precision(bits: int = PRECISION) -> Iterator[None]:
    """Compute with this many bits; the precision from before is restored."""
    before = iv.prec, flint.ctx.prec
    iv.prec = flint.ctx.prec = bits
    try:
        yield
    finally:
        iv.prec, flint.ctx.prec = before


class Enclosure:
    """A closed interval that contains a real number, as mpmath computed it and as Arb did.

    ``m`` is mpmath's interval; ``low`` and ``high`` are Arb's ends, exact or infinite.
    """

    __slots__ = ("__dict__", "high", "low", "m")

    def __init__(self, m: Any, low: Any, high: Any) -> None:
        self.m, self.low, self.high = m, low, high

    def __repr__(self) -> str:
        return f"[{_mp.nstr(self.a, 17)}, {_mp.nstr(self.b, 17)}]"

    @functools.cached_property
    def a(self) -> Any:
        """The lower end: that of the library whose is lower."""
        return min(self._ends[0], self._ends[2])

    @functools.cached_property
    def b(self) -> Any:
        """The upper end: that of the library whose is higher."""
        return max(self._ends[1], self._ends[3])

    @property
    def mid(self) -> Any:
        """A number between the ends."""
        return (self.a + self.b) / 2

    @functools.cached_property
    def _ends(self) -> tuple[Any, Any, Any, Any]:
        m = [_mp.make_mpf(end) for end in self.m._mpi_]
        r = [_exactly(self.low), _exactly(self.high)]
        if m[1] < r[0] or r[1] < m[0]:
            raise Disjoint(f"mpmath encloses a number in [{m[0]}, {m[1]}], Arb in [{r[0]}, {r[1]}]: one is wrong")
        return m[0], m[1], r[0], r[1]

    def is_zero(self) -> bool:
        """Tell whether the interval is exactly zero."""
        return bool(self.low == 0 and self.high == 0 and self.a == 0 and self.b == 0)

    def __add__(self, other: Any) -> Enclosure:
        o = enclosure(other)
        return Enclosure(self.m + o.m, (self.low + o.low).lower(), (self.high + o.high).upper())

    def __neg__(self) -> Enclosure:
        return Enclosure(-self.m, -self.high, -self.low)

    def __sub__(self, other: Any) -> Enclosure:
        o = enclosure(other)
        return Enclosure(self.m - o.m, (self.low - o.high).lower(), (self.high - o.low).upper())

    def __rsub__(self, other: Any) -> Enclosure:
        return enclosure(other) - self

    def __mul__(self, other: Any) -> Enclosure:
        o = enclosure(other)
        if self.is_zero() or o.is_zero():  # an exact zero wins over an unbounded interval
            return ZERO
        return Enclosure(self.m * o.m, *_product(self.low, self.high, o.low, o.high))

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Enclosure:
        """Divide by an interval without zero."""
        o = enclosure(other)
        return Enclosure(self.m / o.m, *_product(self.low, self.high, (1 / o.high).lower(), (1 / o.low).upper()))

    def __rtruediv__(self, other: Any) -> Enclosure:
        return enclosure(other) / self

    def __pow__(self, n: int) -> Enclosure:
        """Raise to a whole power n >= 0, knowing that squares are not negative."""
        low, high = self.low**n, self.high**n
        if n % 2 == 0 and self.low < 0:
            low, high = (high, low) if self.high <= 0 else (flint.arb(0), max(low.upper(), high.upper()))
        return Enclosure(self.m**n, low.lower(), high.upper())

    def exp(self) -> Enclosure:
        """Enclose the exponential."""
        low, high = (e.exp() for e in (self.low, self.high))
        bottom = iv.mpf(0) if self.a == -INFINITY else iv.exp(iv.mpf(self.m.a))
        top = iv.mpf([0, INFINITY]) if self.b == INFINITY else iv.exp(iv.mpf(self.m.b))
        return Enclosure(iv.mpf([bottom.a, top.b]), low.lower(), high.upper())

    def log(self) -> Enclosure:
        """Enclose the natural logarithm of an interval of positive numbers."""
        return Enclosure(iv.log(self.m), self.low.log().lower(), self.high.log().upper())

    def sqrt(self) -> Enclosure:
        """Enclose the square root of an interval of numbers >= 0."""
        return Enclosure(iv.sqrt(self.m), _root(self.low, 2).lower(), _root(self.high, 2).upper())

    def root(self, q: int) -> Enclosure:
        """Enclose the q-th root of an interval of numbers >= 0."""
        if q == 2:
            return self.sqrt()
        m = self.m
        low = iv.exp(iv.log(iv.mpf(m.a)) / q).a if m.a > 0 else iv.mpf(0).a
        high = m.b if m.b == INFINITY or m.b == 0 else iv.exp(iv.log(iv.mpf(m.b)) / q).b
        return Enclosure(iv.mpf([low, high]), _root(self.low, q).lower(), _root(self.high, q).upper())

    def maximum(self, other: Enclosure) -> Enclosure:
        """Enclose the larger of two numbers."""
        m = [max((self.m.a, other.m.a), key=_value), max((self.m.b, other.m.b), key=_value)]
        return Enclosure(iv.mpf(m), max(self.low, other.low), max(self.high, other.high))

    def union(self, other: Enclosure) -> Enclosure:
        """Return an interval that holds both intervals."""
        m = [min((self.m.a, other.m.a), key=_value), max((self.m.b, other.m.b), key=_value)]
        return Enclosure(iv.mpf(m), min(self.low, other.low), max(self.high, other.high))


def enclosure(value: Any) -> Enclosure:
    """Enclose an integer or a fraction."""
    if isinstance(value, Enclosure):
        return value
    return between(Fraction(value), Fraction(value))


def between(low: Fraction | None, high: Fraction | None) -> Enclosure:
    """Enclose the numbers between two ends; None below is -oo, None above +oo."""
    return _between(low, high, iv.prec)


@functools.lru_cache(maxsize=1 << 14)  # the same few numbers are met again and again
def _between(low: Fraction | None, high: Fraction | None, bits: int) -> Enclosure:
    """Enclose the numbers between two ends in as many bits as both libraries are set to now."""
    ends = [iv.mpf(e.numerator) / e.denominator if e is not None else None for e in (low, high)]
    a = ends[0].a if ends[0] is not None else -INFINITY
    b = ends[1].b if ends[1] is not None else INFINITY
    first = flint.arb(flint.fmpq(low.numerator, low.denominator)).lower() if low is not None else -_INF
    last = flint.arb(flint.fmpq(high.numerator, high.denominator)).upper() if high is not None else _INF
    return Enclosure(iv.mpf([a, b]), first, last)


def _exactly(end: Any) -> Any:
    """Convert an end of Arb's to a number of mpmath's, without rounding."""
    if not end.is_finite():
        if end.is_nan():
            raise ArithmeticError("an operation on unbounded intervals")
        return INFINITY if end > 0 else -INFINITY
    man, exponent = end.man_exp()
    return _mp.make_mpf(from_man_exp(int(man), int(exponent)))


def _value(point: Any) -> Any:
    """Convert a point interval of mpmath's to a number, without rounding."""
    return _mp.make_mpf(point._mpi_[0])


def _root(end: Any, q: int) -> Any:
    return end if end == 0 or not end.is_finite() else end.sqrt() if q == 2 else end.root(q)


def _times(x: Any, y: Any) -> Any:
    return flint.arb(0) if x == 0 or y == 0 else x * y


def _product(a: Any, b: Any, c: Any, d: Any) -> tuple[Any, Any]:
    corners = [_times(x, y) for x in (a, b) for y in (c, d)]
    return min(e.lower() for e in corners), max(e.upper() for e in corners)


iv.prec = flint.ctx.prec = PRECISION
ZERO, ONE = enclosure(0), enclosure(1)
LINE = between(None, None)
