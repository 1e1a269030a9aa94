"""Search for products of what holds that add up to 0 > 0: a linear programme, solved again in fractions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any, NamedTuple

import flint
import numpy as np

from regretlab.claims.arithmetic.polynomials import Polynomial, times
from regretlab.claims.checkers.question import Formula
from regretlab.claims.checkers.refutation import State
from regretlab.claims.provers.cases import Sum, Term

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
    for _ in range(2):
        reached = set(wanted)
        for f in state.zero:
            for monomial in _multipliers(wanted, f.polynomial):
                reached |= set(times({monomial: Fraction(1)}, f.polynomial))
        if len(reached) > MOST_ROWS:
            break
        wanted = reached
    for f in state.zero:
        for monomial in sorted(_multipliers(wanted, f.polynomial)):
            yield _Column((), None, f, monomial, times({monomial: Fraction(1)}, f.polynomial))


def _multipliers(wanted: set[tuple[int, ...]], equation: Polynomial) -> set[tuple[int, ...]]:
    found = set()
    for e in wanted:
        for part in equation:
            quotient = tuple(a - b for a, b in zip(e, part, strict=True))
            if min(quotient, default=0) >= 0:
                found.add(quotient)
    return found


def _contradiction(columns: list[_Column]) -> Sum | None:
    """Solve the programme: weights >= 0 of the products, of the positive ones 1 together, whose sum is 0."""
    rows = {e: k for k, e in enumerate(sorted({e for c in columns for e in c.polynomial}))}
    if len(rows) > MOST_ROWS:
        return None
    chosen = _programme(columns, rows)
    weights = None if chosen is None else _exact([columns[k] for k in chosen])
    if chosen is None or weights is None:
        return None
    terms: list[Term] = []
    multipliers: dict[int, tuple[Formula, Polynomial]] = {}
    for column, weight in zip((columns[k] for k in chosen), weights, strict=True):
        if not weight:
            continue
        if column.equation is None:
            terms.append(Term(column.which, weight, column.square))
        else:
            multipliers.setdefault(id(column.equation), (column.equation, {}))[1][column.monomial] = weight
    return Sum(terms, list(multipliers.values()))


def _programme(columns: list[_Column], rows: dict[tuple[int, ...], int]) -> list[int] | None:
    from scipy.optimize import linprog  # loaded by those who search, not by those who re-check
    from scipy.sparse import csc_array

    last = len(rows)
    entries = [(rows[e], k, float(c)) for k, column in enumerate(columns) for e, c in column.polynomial.items()]
    entries += [(last, k, 1.0) for k, column in enumerate(columns) if column.positive]
    i, k, c = zip(*entries, strict=True)
    matrix = csc_array((c, (i, k)), shape=(last + 1, len(columns)))
    right = np.zeros(last + 1)
    right[last] = 1.0
    free = np.array([column.equation is not None for column in columns])
    bounds = [(None, None) if f else (0, None) for f in free]
    solved = linprog(np.where(free, 0.0, 1.0), A_eq=matrix, b_eq=right, bounds=bounds, method="highs-ds")
    return list(np.flatnonzero(np.abs(solved.x) > ZERO)) if solved.status == 0 else None


def _exact(columns: list[_Column]) -> list[Fraction] | None:
    """Solve for the weights of the columns in fractions; those of products must not be negative."""
    used = sorted({e for column in columns for e in column.polynomial})
    table = [[_flint(column.polynomial.get(e, Fraction(0))) for column in columns] + [flint.fmpq(0)] for e in used]
    table.append([flint.fmpq(int(column.positive)) for column in columns] + [flint.fmpq(1)])
    reduced, rank = flint.fmpq_mat(table).rref()
    weights = [Fraction(0)] * len(columns)
    for row in range(rank):
        lead = next(k for k in range(len(columns) + 1) if reduced[row, k] != 0)
        if lead == len(columns):
            return None
        value = reduced[row, len(columns)]
        weights[lead] = Fraction(int(value.p), int(value.q))
    if any(w < 0 and column.equation is None for w, column in zip(weights, columns, strict=True)):
        return None
    return weights


def _flint(value: Fraction) -> Any:
    return flint.fmpq(value.numerator, value.denominator)
