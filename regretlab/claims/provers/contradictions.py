"""Search for products of what holds that add up to 0 > 0: a linear programme, solved again in fractions."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from typing import NamedTuple

from regretlab.claims.arithmetic.polynomials import Polynomial, degree, times
from regretlab.claims.checkers.question import Formula
from regretlab.claims.checkers.refutation import State
from regretlab.claims.provers import reduction, semidefinite, weights
from regretlab.claims.provers.cases import Sum, Term
from regretlab.claims.provers.weights import POSITIVE

#: Columns and rows of the largest programme, and a weight that is taken for zero.
MOST_COLUMNS, MOST_ROWS, ZERO = 3000, 3000, 1e-8
#: Relations that are multiplied by one another, and by squares.
MULTIPLIED, SQUARED = 40, 12
#: Monomials of a product that is still looked at.
MOST_TERMS = 60
#: Unknowns up to which squares of more combinations are looked at.
FEW = 5
#: Unknowns and goals of semidefinite programmes, rows and columns of their systems, and their cost in columns.
MOST_SQUARED, MOST_GOALS, MOST_SYSTEM, SEMIDEFINITE = 6, 12, 400, 5000


def find(state: State, level: int, size: int) -> tuple[Sum | None, int]:
    """Find the weights, and say how many columns were looked at.

    At level 0 what holds is added up; at level 1 its products of two, and equations times monomials, as well; at level
    2 also the squares of the unknowns, and their products with what holds.
    """
    columns = []
    for column in _columns(state, level, {(0,) * size: Fraction(1)}):
        columns.append(column)
        if len(columns) > MOST_COLUMNS:
            return None, len(columns)
    return _contradiction(columns), len(columns)


def among(above: list[Formula], zero: list[Formula], wide: int, helpers: list[Formula]) -> tuple[Sum | None, int]:
    """Find the weights for a few formulas, in whose unknowns alone the programme is written; see :func:`find`.

    They are added up, at level 1 and 2 their products of two and from 3 on of three as well; at level 2 and 4 also
    squares and their products with one formula.
    """
    used = sorted({i for f in (*above, *zero) for e in f.polynomial for i, k in enumerate(e) if k})
    size = max((len(e) for f in (*above, *zero) for e in f.polynomial), default=0)

    def few(f: Formula) -> Formula:
        return Formula(f.kind, {tuple(e[i] for i in used): c for e, c in f.polynomial.items()})

    near = [f for f in helpers if {i for e in f.polynomial for i, k in enumerate(e) if k} <= set(used)]
    own, signs, equations = [few(f) for f in above], [few(f) for f in near], [few(f) for f in zero]
    back = {id(small): f for small, f in zip((*own, *signs, *equations), (*above, *near, *zero), strict=True)}
    reduced = reduction.Reduced(own, signs, equations, len(used))
    if wide == 5:
        found, cost = _by_squares(reduced.above, reduced.equations, len(used)), SEMIDEFINITE
    else:
        columns = []
        for column in _wider(reduced.above, reduced.equations, wide, len(used)):
            columns.append(column)
            if len(columns) > 2 * MOST_COLUMNS:
                return None, len(columns)
        found, cost = _contradiction(columns), len(columns)
    lifted = None if found is None else reduced.lifted(found)
    return (None if lifted is None else _spread(lifted, back, used, size)), cost


def _spread(found: Sum, back: dict[int, Formula], used: list[int], size: int) -> Sum:
    """Write a sum in few unknowns in all of them."""

    def spread(p: Polynomial) -> Polynomial:
        places = ((dict(zip(used, e, strict=True)), c) for e, c in p.items())
        return {tuple(at.get(i, 0) for i in range(size)): c for at, c in places}

    terms = [
        Term(tuple(back[id(f)] for f in t.which), t.weight, spread(t.square) if t.square else None) for t in found.terms
    ]
    return Sum(terms, [(back[id(f)], spread(m)) for f, m in found.equations])


def _by_squares(above: list[Formula], zero: list[Formula], size: int) -> Sum | None:
    """Find a positive product that is minus a sum of squares times what holds, by a semidefinite programme."""
    if len(_units(above, zero, size)) > MOST_SQUARED or importlib.util.find_spec("clarabel") is None:
        return None
    unit = (0,) * size
    units = _units(above, zero, size)
    one: Polynomial = {unit: Fraction(1)}
    strict = [f for f in above if f.kind == ">"]
    goals = [(f,) for f in strict] + list(combinations_with_replacement(strict, 2))
    monomials = [unit, *units]
    for goal in [(), *goals][:MOST_GOALS]:
        p = one
        for f in goal:
            p = times(p, f.polynomial)
        top = max(degree(p), 2)
        own = _monomials(units, unit, (top + 1) // 2)
        blocks = [semidefinite.Block((), one, [{e: Fraction(1)} for e in own])]
        for k, f in enumerate(above):
            basis = [e for e in monomials if 2 * sum(e) + degree(f.polynomial) <= top + 1]
            if basis:
                blocks.append(semidefinite.Block((k,), f.polynomial, [{e: Fraction(1)} for e in basis]))
        for (k, f), (j, g) in combinations_with_replacement(list(enumerate(above)), 2):
            product = times(f.polynomial, g.polynomial)
            if degree(product) <= top + 1:
                blocks.append(semidefinite.Block((k, j), product, [one]))
        wanted = {e for b in blocks for q in b.basis for e in times(b.times, times(q, q))} | set(p)
        wanted = weights.reached(wanted, [f.polynomial for f in zero], MOST_SYSTEM)
        free = [semidefinite.Multiple(f.polynomial, sorted(weights.multipliers(wanted, f.polynomial))) for f in zero]
        entries = sum(len(b.basis) * (len(b.basis) + 1) // 2 for b in blocks)
        if max(len(wanted), entries, sum(len(m.monomials) for m in free)) > MOST_SYSTEM:
            continue
        found = semidefinite.identity({e: -c for e, c in p.items()}, blocks, free)
        if found is not None:
            terms = [Term(goal, Fraction(1))]
            terms += [Term(tuple(above[k] for k in which), c, q) for which, c, q in found[0] if c and q]
            return Sum(terms, [(f, m) for f, m in zip(zero, found[1], strict=True) if m])
    return None


def _monomials(units: list[tuple[int, ...]], unit: tuple[int, ...], most: int) -> list[tuple[int, ...]]:
    found = {unit}
    for _ in range(most):
        found |= {tuple(a + b for a, b in zip(u, v, strict=True)) for u in found for v in units}
    return sorted(found)


def _wider(above: list[Formula], zero: list[Formula], wide: int, size: int) -> Iterator[_Column]:
    unit = (0,) * size
    one: Polynomial = {unit: Fraction(1)}
    made = [_Column((), None, None, unit, one)]
    last = made
    for _ in range(1 + (wide > 0) + (wide > 2)):
        longer = []
        for c in last:
            for f in above[_at(above, c.which[-1]) if c.which else 0 :]:
                p = times(c.polynomial, f.polynomial)
                if len(p) <= MOST_TERMS:
                    longer.append(_Column((*c.which, f), None, None, unit, p))
            if len(made) + len(longer) > MOST_COLUMNS:
                break
        made, last = made + longer, longer
    if wide in (2, 4):
        made += _squared(above, zero, wide > 2, size)
    yield from made
    wanted = weights.reached({e for c in made for e in c.polynomial}, [f.polynomial for f in zero], MOST_ROWS)
    for f in zero:
        for monomial in sorted(weights.multipliers(wanted, f.polynomial)):
            yield _Column((), None, f, monomial, times({monomial: Fraction(1)}, f.polynomial))


def _at(formulas: list[Formula], one: Formula) -> int:
    return next(i for i, f in enumerate(formulas) if f is one)


def _units(above: list[Formula], zero: list[Formula], size: int) -> list[tuple[int, ...]]:
    """List the unknowns that are left in formulas, as exponents."""
    used = sorted({i for f in (*above, *zero) for e in f.polynomial for i, k in enumerate(e) if k})
    return [tuple(int(i == j) for j in range(size)) for i in used]


def _squared(above: list[Formula], zero: list[Formula], wide: bool, size: int) -> Iterator[_Column]:
    """Yield squares of unknowns, of sums and differences of two, with ``more`` of products as well, times formulas."""
    unit = (0,) * size
    units = _units(above, zero, size)
    more, monomials = wide and len(units) <= 6, [unit, *units]
    if more:
        pairs = combinations_with_replacement(units, 2)
        monomials += [tuple(a + b for a, b in zip(u, v, strict=True)) for u, v in pairs]
    squares: list[Polynomial] = [{u: Fraction(1)} for u in monomials[1:]]
    few = len(squares)
    ratios = (1, -1, 2, -2, Fraction(1, 2), Fraction(-1, 2)) if len(units) <= FEW else (1, -1)
    for u, v in combinations(monomials, 2):
        squares += [{u: Fraction(1), v: Fraction(c)} for c in ratios]
    for q in squares:
        yield _Column((), q, None, unit, times(q, q))
    for f in above[:SQUARED]:
        for q in squares if not more else squares[:few]:
            yield _Column((f,), q, None, unit, times(times(q, q), f.polynomial))


class _Column(NamedTuple):
    which: tuple[Formula, ...]
    square: Polynomial | None
    equation: Formula | None
    monomial: tuple[int, ...]
    polynomial: Polynomial

    @property
    def positive(self) -> bool:
        return self.equation is None and self.square is None and all(f.kind == ">" for f in self.which)


def _columns(state: State, level: int, one: Polynomial) -> Iterator[_Column]:
    (unit,) = one
    made = [_Column((), None, None, unit, one)]
    made += [_Column((f,), None, None, unit, f.polynomial) for f in state.above]
    if level:
        few = state.above
        if len(few) > MULTIPLIED:
            few = few[: MULTIPLIED // 2] + few[-MULTIPLIED // 2 :]
        made += [
            _Column((f, g), None, None, unit, times(f.polynomial, g.polynomial))
            for f, g in combinations_with_replacement(few, 2)
        ]
    if level == 2:
        for i in range(len(unit)):
            x = {tuple(int(i == j) for j in range(len(unit))): Fraction(1)}
            made.append(_Column((), x, None, unit, times(x, x)))
            made += [_Column((f,), x, None, unit, times(times(x, x), f.polynomial)) for f in state.above[:SQUARED]]
    yield from made
    wanted = {e for c in made for e in c.polynomial}
    if not level:
        yield from (_Column((), None, f, unit, f.polynomial) for f in state.zero)
        return
    wanted = weights.reached(wanted, [f.polynomial for f in state.zero], MOST_ROWS)
    for f in state.zero:
        for monomial in sorted(weights.multipliers(wanted, f.polynomial)):
            yield _Column((), None, f, monomial, times({monomial: Fraction(1)}, f.polynomial))


def _contradiction(columns: list[_Column]) -> Sum | None:
    """Solve the programme: weights >= 0 of the products, of the positive ones 1 together, whose sum is 0."""
    rows = sorted({e for c in columns for e in c.polynomial})
    if len(rows) > MOST_ROWS:
        return None
    vectors = [{**c.polynomial, POSITIVE: Fraction(1)} if c.positive else c.polynomial for c in columns]
    free, goal = [c.equation is not None for c in columns], {POSITIVE: Fraction(1)}
    chosen = weights.support(vectors, free, goal, [*rows, POSITIVE], ZERO)
    found = weights.exact([vectors[k] for k in chosen], [free[k] for k in chosen], goal)
    if found is None:
        return None
    terms: list[Term] = []
    multipliers: dict[int, tuple[Formula, Polynomial]] = {}
    for column, weight in zip((columns[k] for k in chosen), found, strict=True):
        if not weight:
            continue
        if column.equation is None:
            terms.append(Term(column.which, weight, column.square))
        else:
            multipliers.setdefault(id(column.equation), (column.equation, {}))[1][column.monomial] = weight
    return Sum(terms, list(multipliers.values()))
