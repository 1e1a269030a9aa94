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

from regretlab.claims.arithmetic.polynomials import Factor, NotPolynomial, Polynomial, add, times
from regretlab.claims.provers.weights import POSITIVE, support

#: Columns and rows of the largest programme, monomials of which squares are made, by the
#: number of hypotheses in a product, monomials of a goal that is squared, and what is taken for zero.
MOST_COLUMNS, MOST_ROWS, MOST_HALVES, MOST_PARTS, ZERO = 6000, 4000, (0, 0, 10, 6), 10, 1e-7


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
    families = [_products(known, count) for count in range(1, most + 1)]
    return _first([*families, *([_compared(known)] if most > 2 else ())], known, MOST_COLUMNS)


def of_low_degree(known: Known) -> list[Product]:
    """Find the same among products of three hypotheses that have no higher degree than the last one."""
    return _first([_low(known)], known, 2 * MOST_COLUMNS)


def _first(families: Sequence[Iterator[tuple[Product, Polynomial]]], known: Known, most: int) -> list[Product]:
    """Return what the first family gives that gives anything."""
    for family in families:
        with suppress(NotPolynomial):
            found = dict(islice(family, most + 1))
            if len(found) > most:
                continue
            found |= _equations(known, {e for p in found.values() for e in p})
            rows = list(dict.fromkeys(e for p in found.values() for e in p))
            if len(found) > most or len(rows) > MOST_ROWS:
                continue
            if chosen := _programme(list(found.items()), rows):
                return chosen
    return []


def _low(known: Known) -> Iterator[tuple[Product, Polynomial]]:
    """Yield products of at most three hypotheses whose degree is at most that of the last one."""
    degrees = [max(map(sum, p), default=0) for p in known.above]
    numbers = sorted(_about(known))
    for count in (1, 2, 3):
        for which in combinations_with_replacement(numbers, count):
            if sum(degrees[i] for i in which) <= degrees[-1]:
                p = known.above[which[0]]
                for i in which[1:]:
                    p = times(p, known.above[i])
                yield Product(which, strict=all(known.strict[i] for i in which)), p


def _compared(known: Known) -> Iterator[tuple[Product, Polynomial]]:
    """Yield what shows u <= v by their squares: the denial times itself and its parts, squares of these, hypotheses."""
    last = len(known.above) - 1
    denied = known.above[last]
    parts = list(denied)[:MOST_PARTS]
    one = (0,) * len(parts[0])
    single = {e.index(1): i for i, p in enumerate(known.above[:last]) for e in p if len(p) == sum(e) == 1 and p[e] > 0}
    others = [i for i in sorted(_about(known)) if i not in single.values()]
    wanted = [((), one), *(((i,), one) for i in others)]
    wanted += [(pair, one) for pair in combinations_with_replacement(others, 2)]
    for m in parts:
        odd = [k for k, n in enumerate(m) if n % 2]
        if all(k in single for k in odd):
            half = tuple(n // 2 for n in m)
            wanted += [(tuple(sorted([*(single[k] for k in odd), i])), half) for i in others]
    for i, h in enumerate(known.above[:last]):
        wanted.append(((i,), one))
        halves = [tuple(n // 2 for n in e) for e in h if not any(n % 2 for n in e)]
        divided = (tuple(a - b for a, b in zip(m, half, strict=True)) for m in parts for half in halves)
        wanted += [((i,), q) for q in dict.fromkeys(divided) if min(q) >= 0]
    for which, q in dict.fromkeys(wanted):
        p: Polynomial = {tuple(2 * n for n in q): Fraction(1)}
        for i in which:
            p = times(p, known.above[i])
        strict = not any(q) and all(known.strict[i] for i in which)
        yield Product(which, ((q, Fraction(1)),) if any(q) else (), strict=strict), p
    for m, n in combinations(parts, 2):
        for sign in (1, -1):
            both = {m: Fraction(1), n: Fraction(sign)}
            yield Product((), tuple(both.items())), times(both, both)


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
    for square in _squares(known, most):
        q = times(dict(square), dict(square))
        yield from ((Product(which, square), times(p, q)) for which, p in made.items() if len(which) < most)


def smaller_roots(zero: Sequence[Polynomial], size: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield r and x y, as monomials, where equations write r**2 as a sum with x**2 y**2 among its parts."""
    unit = [tuple(int(k == j) for k in range(size)) for j in range(size)]
    squares: dict[int, list[Polynomial]] = {}
    for p in zero:
        for j in range(size):
            e = tuple(2 * n for n in unit[j])
            if abs(p.get(e, 0)) == 1 and all(m == e or not m[j] for m in p):
                squares.setdefault(j, []).append({m: -c / p[e] for m, c in p.items() if m != e})

    def reduced(p: Polynomial) -> Polynomial:
        for j in (*squares, *squares):
            total: Polynomial = {}
            for m, c in p.items():
                rest = {tuple(n - 2 * (k == j) for k, n in enumerate(m)): c}
                total = add(total, times(rest, squares[j][-1]) if m[j] > 1 else {m: c})
            p = total
        return p

    for j, sums in squares.items():
        parts = [set(reduced(p)) for p in sums if len(p) > 1]
        for x, y in combinations_with_replacement([e for k, e in enumerate((*unit, (0,) * size)) if k != j], 2):
            below = tuple(map(sum, zip(x, y, strict=True)))
            known = set(reduced({tuple(2 * n for n in below): Fraction(1)}))
            if known and any(known <= some for some in parts):
                yield unit[j], below


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
    for p in (known.above[-1], *(known.zero if most == 2 else ()), *reversed(known.above[:-1])):
        even = {k for e in p for k, n in enumerate(e) if n > 1}
        halves |= {tuple(n // 2 for n in e): None for e in p if any(e) and not any(n % 2 for n in e)}
        halves |= {tuple(int(k == one) for k in range(len(e))): None for e in p for one in even}
    some = list(halves)[: MOST_HALVES[most]]
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


def _programme(columns: Sequence[tuple[Product, Polynomial]], rows: Sequence[tuple[int, ...]]) -> list[Product]:
    """Return the products of a sparse solution in floating point, in which positive ones have the weight 1 together."""
    if not columns:
        return []
    vectors = [{**p, POSITIVE: Fraction(1)} if product.strict else p for product, p in columns]
    free = [product.equation >= 0 for product, _ in columns]
    chosen = support(vectors, free, {POSITIVE: Fraction(1)}, [*rows, POSITIVE], ZERO)
    return [columns[k][0] for k in chosen]
