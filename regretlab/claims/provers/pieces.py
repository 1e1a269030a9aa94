"""Search for pieces on which Taylor's theorem shows ``f >= 0``, or for a point where f is negative."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from regretlab.claims.arithmetic import constants
from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.arithmetic.calculus import derivative
from regretlab.claims.arithmetic.exact import Irrational, Undefined
from regretlab.claims.arithmetic.sampling import SIMPLE
from regretlab.claims.checkers import pieces as checker
from regretlab.claims.language.terms import Term
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import solver, sos, trail
from regretlab.claims.provers.jets import jet
from regretlab.claims.statements import Scalar

#: A touching point that is not found, or is irrational, would be bisected for ever.
MOST_BOXES = 2000
MOST_PIECES = 400
NARROWEST = Fraction(1, 2**20)
ORDERS = (0, 1, 2, 3, 4)
Piece = list[Any]


def find(statement: Scalar) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``below`` (a point where f < 0), else ``pieces``."""
    samples, lowest = _samples(statement)
    for at in (*samples, *lowest):
        body = {"x": str(at)}
        try:
            checker.check_below(statement, body)
        except (Rejected, Undecided, Irrational, Undefined):
            continue
        return "below", body
    found = _Search(statement, _zeros(statement, lowest)).cover()
    return None if found is None else ("pieces", {"pieces": found})


def _samples(statement: Scalar) -> tuple[list[Fraction], list[Fraction]]:
    """List points where Arb sees f < 0, simplest first, and points near its smallest values."""
    integral = statement.x.op == "integer"
    low, high = statement.low, statement.high
    points = [v for v in SIMPLE if (low is None or v >= low) and (high is None or v <= high)]
    if low is not None and high is not None:
        points += [low + (high - low) * Fraction(i, 64) for i in range(65)]
    else:
        start, way = (low, 1) if low is not None else (high, -1) if high is not None else (Fraction(0), 1)
        assert start is not None
        steps = [Fraction(2) ** k for k in range(-8, 12)]
        points += [start, *(start + way * s for s in steps)]
        points += [start - s for s in steps] if low is None and high is None else []
    if integral:
        points = [Fraction(round(p)) for p in points]
    value = {p: v for p in dict.fromkeys(points) if (v := _value(statement, p)) is not None}
    lowest = []
    ordered = sorted(value)
    for left, mid, right in zip(ordered, ordered[1:], ordered[2:], strict=False):
        if not integral and value[mid] <= value[left] and value[mid] <= value[right]:
            lowest += _near(_minimum(statement, left, right), left, right)
    return [p for p, v in value.items() if v < 0], lowest


def _value(statement: Scalar, at: Fraction) -> float | None:
    found = jet(statement.f, statement.x, at, at, 0)
    return None if found is None else float(found[0])


def _minimum(statement: Scalar, left: Fraction, right: Fraction) -> Fraction:
    """Find the place of a local minimum, by ternary search."""
    for _ in range(60):
        a, b = left + (right - left) / 3, right - (right - left) / 3
        a, b = a.limit_denominator(10**12), b.limit_denominator(10**12)
        if (_value(statement, a) or 0.0) <= (_value(statement, b) or 0.0):
            right = b
        else:
            left = a
    return (left + right) / 2


def _near(at: Fraction, left: Fraction, right: Fraction) -> list[Fraction]:
    """List rationals of small denominator near a point, simplest first."""
    close = [at.limit_denominator(q) for q in (1, 2, 3, 4, 6, 10, 20, 60, 100, 1000, 10**4, 10**6)]
    return list(dict.fromkeys(p for p in close if left < p < right))


def _zeros(statement: Scalar, lowest: list[Fraction]) -> list[Fraction]:
    """List points where f is exactly zero: the ends, and interior points where it touches."""
    ends = [e for e in (statement.low, statement.high) if e is not None]
    found = []
    for at in (*ends, *lowest, *SIMPLE):
        inside = (statement.low is None or at >= statement.low) and (statement.high is None or at <= statement.high)
        if inside and at not in found and _order(statement.f, statement.x, at) != 0:
            found.append(at)
    return sorted(found)


def _order(f: Term, x: Term, at: Fraction) -> int | None:
    """Return the order of the first derivative that is not exactly zero at a point; None if none is up to the cap."""
    for k in range(checker.HIGHEST):
        try:
            if constants.normal(derivative(f, x, k), {x: at}):
                return k
        except (Irrational, Undefined, Undecided):
            return 0 if k == 0 else k
    return None


class _Search:
    """A cover of the interval by pieces that the checker accepts."""

    def __init__(self, statement: Scalar, zeros: list[Fraction]) -> None:
        self.f, self.x = statement.f, statement.x
        self.low, self.high = statement.low, statement.high
        self.zeros = zeros
        self.boxes = MOST_BOXES

    def cover(self) -> list[Piece] | None:
        """Return the pieces from left to right, or None."""
        cuts = [*self.zeros]
        for anchor in (*cuts, Fraction(0)):
            for k in (0, 2, 4):
                if (self.low is None or self.high is None) and (p := self.accepted(anchor, self.low, self.high, k)):
                    return [p]
        found: list[Piece] = []
        if self.low is None and self.high is None:
            cuts = cuts or [Fraction(0)]
        left, right = self.low, self.high
        if left is None:
            start = cuts[0] if cuts else self.high
            assert start is not None
            tail = self.tail(start, -1)
            if tail is None:
                return None
            found, left = tail[::-1], start
        ends: list[Piece] = []
        if right is None:
            start = max([*cuts, left])
            tail = self.tail(start, 1)
            if tail is None:
                return None
            ends, right = tail, start
        marks = [left, *(c for c in cuts if left < c < right), right]
        for a, b in pairwise(marks):
            if a < b:
                between = self.between(a, b)
                if between is None:
                    return None
                found += between
        return [*found, *ends]

    def tail(self, start: Fraction, way: int) -> list[Piece] | None:
        """Cover the half-line from ``start`` to the right (way 1) or left (-1), nearest piece first."""
        for reach in (Fraction(0), *(Fraction(2) ** k for k in range(-4, 14))):
            far = start + way * reach
            low, high = (far, None) if way > 0 else (None, far)
            pieces = (self.accepted(far, low, high, k) for k in ORDERS)
            last = next(filter(None, pieces), None) or self.accepted("oo" if way > 0 else "-oo", low, high, 1)
            if last:
                near = [] if reach == 0 else self.between(min(start, far), max(start, far))
                return None if near is None else [*near[::way], last]
        trail.missed(f"Taylor's theorem shows no sign as {self.x} {'in' if way > 0 else 'de'}creases from {start}")
        return None

    def between(self, a: Fraction, b: Fraction) -> list[Piece] | None:
        """Cover [a, b]: first around its ends if f is zero there, then by bisection."""
        found, ends = [], []
        if a in self.zeros:
            first = self.next_to(a, b)
            if first is None:
                return None
            found, a = [first], Fraction(first[2])
        if b in self.zeros and a < b:
            last = self.next_to(b, a)
            if last is None:
                return None
            ends, b = [last], Fraction(last[1])
        waiting = [(a, b)] if a < b else []
        while waiting:
            low, high = waiting.pop()
            if (p := self.any(low, high)) is not None:
                found.append(p)
                continue
            self.boxes -= 1
            if high - low < NARROWEST or len(waiting) + len(found) > MOST_PIECES or self.boxes < 0:
                trail.missed(f"Taylor's theorem shows no sign on [{low}, {high}]")
                return None
            mid = (low + high) / 2
            waiting += [(mid, high), (low, mid)]
        return [*found, *ends]

    def next_to(self, zero: Fraction, other: Fraction) -> Piece | None:
        """Find the widest piece from an exact zero towards ``other``."""
        k = _order(self.f, self.x, zero)
        if k is None:
            k = checker.HIGHEST
        while abs(other - zero) >= NARROWEST:
            for order in (k, k + 1):
                if p := self.accepted(zero, min(zero, other), max(zero, other), order):
                    return p
            other = (zero + other) / 2
        trail.missed(f"Taylor's theorem shows no sign next to the zero at {self.x} = {zero}")
        return None

    def any(self, low: Fraction, high: Fraction) -> Piece | None:
        """Find a piece that covers [low, high] at once."""
        for anchor, k in self.choices(low, high):
            if p := self.accepted(anchor, low, high, k):
                return p
        return None

    def choices(self, low: Fraction, high: Fraction) -> Iterator[tuple[Fraction, int]]:
        """Yield anchors and orders for which Arb sees the signs."""
        for k in ORDERS:
            across = jet(self.f, self.x, low, high, k)
            if across is None:
                return
            for p, side in ((low, 1), (high, -1)) if k else ((low, 1),):
                values = jet(self.f, self.x, p, p, k)
                if values and side**k * across[k] >= 0 and all(side**j * values[j] > 0 for j in range(k)):
                    yield p, k

    def accepted(self, anchor: Any, low: Fraction | None, high: Fraction | None, k: int) -> Piece | None:
        """Return the piece, if the checker accepts it."""
        try:
            written = str(anchor)
            checker.piece(self.f, self.x, written, low, high, k)
        except (Rejected, Undecided, Irrational, Undefined):
            return None
        return [written, "-oo" if low is None else str(low), "oo" if high is None else str(high), k]


def find_algebraic(statement: Scalar) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``algebraic``: squares or solvers decide roots on a half-line, where intervals cannot."""
    plain = checker.as_inequality(statement)
    found = sos.find(plain) or solver.find(plain)
    return None if found is None else ("algebraic", {"form": found[0], "body": found[1]})
