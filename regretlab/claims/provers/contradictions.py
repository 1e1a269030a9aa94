"""Search for products of what holds that add up to 0 > 0: a linear programme, solved again in fractions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import NamedTuple

from regretlab.claims.arithmetic.polynomials import Polynomial, times
from regretlab.claims.checkers.question import Formula
from regretlab.claims.checkers.refutation import State
from regretlab.claims.provers import weights
from regretlab.claims.provers.cases import Sum, Term
from regretlab.claims.provers.weights import POSITIVE

#: Columns and rows of the largest programme, and a weight that is taken for zero.
MOST_COLUMNS, MOST_ROWS, ZERO = 3000, 3000, 1e-8
#: Relations that are multiplied by one another, and by squares.
MULTIPLIED, SQUARED = 40, 12


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
