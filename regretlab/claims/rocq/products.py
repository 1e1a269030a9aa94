"""Products of hypotheses that contradict the denial of a goal, found by a linear programme; Rocq adds them up exactly.

What is found here is a hint: nothing is shown by it but what Rocq's linear arithmetic then proves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, islice
from math import prod

import numpy as np

from regretlab.claims.arithmetic.polynomials import Factor, NotPolynomial, Polynomial, add, times

#: Columns and rows of the largest programme, monomials of which squares are made, by the
#: number of hypotheses in a product, and what is taken for zero.
MOST_COLUMNS, MOST_ROWS, MOST_HALVES, ZERO = 6000, 4000, (0, 0, 10, 6), 1e-7


@dataclass
class Known:
    """Polynomials that are positive, or not negative, and those that are zero."""

    above: list[Polynomial] = field(default_factory=list)
    strict: list[bool] = field(default_factory=list)
    zero: list[Polynomial] = field(default_factory=list)

    def with_denied(self, p: Polynomial, strict: bool) -> Known:
        """Add the denial of ``p > 0`` or ``p >= 0`` as the last hypothesis."""
        return Known([*self.above, add({}, p, Fraction(-1))], [*self.strict, not strict], self.zero)

    def sign(self, p: Polynomial) -> int:
        """Return 1 or -1 where a polynomial can be shown to be positive or negative, else 0."""
        for sign in (1, -1):
            if contradiction(self.with_denied(add({}, p, Fraction(sign)), True), 2):
                return sign
        return 0

    def signs(self, factors: Mapping[Factor, int]) -> int:
        """Return the sign of a product of powers, where it can be shown."""
        return prod(self.sign(dict(f)) for f, k in factors.items() if k % 2)


@dataclass(frozen=True)
class Product:
    """A product of hypotheses, by number, and of a square; or of an equation, by number, and a monomial."""

    which: tuple[int, ...] = ()
    square: tuple[tuple[tuple[int, ...], Fraction], ...] = ()
    equation: int = -1
    strict: bool = False


def contradiction(known: Known, most: int = 3) -> list[Product]:
    """Find products of at most ``most`` hypotheses whose positive multiples add up to zero, though one is positive.

    An empty list says that none was found.
    """
    if not known.above[-1]:
        return []
    for count in range(1, most + 1):
        with suppress(NotPolynomial):
            found = dict(islice(_products(known, count), MOST_COLUMNS + 1))
            found |= _equations(known, {e for p in found.values() for e in p})
            rows = {e: k for k, e in enumerate(dict.fromkeys(e for p in found.values() for e in p))}
            if len(found) > MOST_COLUMNS or len(rows) > MOST_ROWS:
                break
            if chosen := _programme(list(found.items()), rows):
                return chosen
    return []


def _products(known: Known, most: int) -> Iterator[tuple[Product, Polynomial]]:
    """Yield 1, products of at most ``most`` hypotheses, and of fewer of them and a square."""
    numbers = sorted(_about(known))
    size = len(next(iter(known.above[-1])))
    made: dict[tuple[int, ...], Polynomial] = {(): {(0,) * size: Fraction(1)}}
    for count in range(1, most + 1):
        for which in combinations_with_replacement(numbers, count):
            made[which] = times(made[which[:-1]], known.above[which[-1]])
    for which, p in made.items():
        yield Product(which, strict=all(known.strict[i] for i in which)), p
    for square in _squares(known, MOST_HALVES[most]):
        q = times(dict(square), dict(square))
        yield from ((Product(which, square), times(p, q)) for which, p in made.items() if len(which) < most)


def _about(known: Known) -> set[int]:
    """Return the hypotheses that speak of what the last one speaks of, directly or by others."""
    spoken = [{k for e in p for k, n in enumerate(e) if n} for p in (*known.above, *known.zero)]
    reached, before = set(spoken[len(known.above) - 1]), None
    while reached != before:
        before = set(reached)
        reached |= {k for some in spoken if some & before for k in some}
    return {i for i in range(len(known.above)) if spoken[i] & reached} | {len(known.above) - 1}


def _squares(known: Known, most: int) -> Iterator[tuple[tuple[tuple[int, ...], Fraction], ...]]:
    """Yield halves of the monomials of hypotheses, those of the last one first, and differences and sums of two."""
    halves: dict[tuple[int, ...], None] = {}
    for p in reversed(known.above):
        even = {k for e in p for k, n in enumerate(e) if n > 1}
        halves |= {tuple(n // 2 for n in e): None for e in p if any(e) and not any(n % 2 for n in e)}
        halves |= {tuple(int(k == one) for k in range(len(e))): None for e in p for one in even}
    some = list(halves)[:most]
    for m in some:
        yield ((m, Fraction(1)),)
    for m, n in combinations(some, 2):
        for sign in (1, -1):
            yield ((m, Fraction(1)), (n, Fraction(sign)))


def _equations(known: Known, wanted: set[tuple[int, ...]]) -> dict[Product, Polynomial]:
    """Multiply equations by monomials, so that the leading monomial is one that is there."""
    found: dict[Product, Polynomial] = {}
    for j, equation in enumerate(known.zero):
        for e in wanted:
            for part in equation:
                m = tuple(a - b for a, b in zip(e, part, strict=True))
                if min(m, default=0) >= 0:
                    found.setdefault(Product(square=((m, Fraction(1)),), equation=j), times({m: Fraction(1)}, equation))
            if len(found) > MOST_COLUMNS:
                return found
    return found


def _programme(columns: Sequence[tuple[Product, Polynomial]], rows: dict[tuple[int, ...], int]) -> list[Product]:
    """Return the products of a sparse solution in floating point."""
    from scipy.optimize import linprog  # loaded by those who export, not by those who re-check
    from scipy.sparse import csc_array

    entries = [(rows[e], k, float(c)) for k, (_, p) in enumerate(columns) for e, c in p.items()]
    entries += [(len(rows), k, 1.0) for k, (product, _) in enumerate(columns) if product.strict]
    if not columns:
        return []
    i, k, c = zip(*entries, strict=True)
    matrix = csc_array((c, (i, k)), shape=(len(rows) + 1, len(columns)))
    free = np.array([product.equation >= 0 for product, _ in columns])
    right = np.append(np.zeros(len(rows)), 1.0)
    bounds = [(None, None) if f else (0, None) for f in free]
    solved = linprog(np.where(free, 0.0, 1.0), A_eq=matrix, b_eq=right, bounds=bounds, method="highs-ds")
    if solved.status:
        return []
    return [columns[k][0] for k, weight in enumerate(solved.x) if abs(weight) > ZERO]
