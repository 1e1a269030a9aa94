"""Weights of polynomials that add up to another one: which are needed by a linear programme, how much in fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from regretlab.claims.arithmetic.polynomials import Polynomial

Exponents = tuple[int, ...]
#: What a sum has to be: coefficients by row, of monomials and of whatever else a column has an entry for.
Vector = dict[Any, Fraction]
#: The row of weights that have to be 1 together, which is no monomial.
POSITIVE: Exponents = (-1,)


def support(
    columns: Sequence[Vector], free: Sequence[bool], goal: Vector, rows: Sequence[Any], zero: float
) -> list[int]:
    """Return the columns of a sparse solution in floating point, of those that are not free with weights >= 0.

    Weights of at most ``zero`` are left out. Without a solution, no column is returned.
    """
    from scipy.optimize import milp  # loaded by those who search, not by those who re-check
    from scipy.sparse import csc_array

    if not _possible(columns, free, goal):
        return []
    place = {e: k for k, e in enumerate(rows)}
    entries = [(place[e], k, float(c)) for k, column in enumerate(columns) for e, c in column.items()]
    i, k, c = zip(*entries, strict=True)
    matrix = csc_array((c, (i, k)), shape=(len(rows), len(columns)))
    right = np.zeros(len(rows))
    for e, value in goal.items():
        right[place[e]] = float(value)
    below = np.where(free, -np.inf, 0.0)
    # Without integers this is a linear programme, for which SciPy does half as much around HiGHS as in linprog.
    solved = milp(1.0 * (below == 0), bounds=(below, np.inf), constraints=(matrix, right, right))
    return list(np.flatnonzero(np.abs(solved.x) > zero)) if solved.status == 0 else []


def _possible(columns: Sequence[Vector], free: Sequence[bool], goal: Vector) -> bool:
    """Tell whether a solution is left when weights are 0 of what nothing cancels: a linear programme costs far more.

    A row in which all that is not yet 0 has one sign, and a weight >= 0, is a sum of such terms: where it is to be 0,
    all of them are.
    """
    left = set(range(len(columns)))
    entries: dict[Any, list[tuple[int, bool]]] = {}
    for k, column in enumerate(columns):
        for e, c in column.items():
            entries.setdefault(e, []).append((k, c.numerator > 0))
    open_rows = [row for e, row in entries.items() if e not in goal]
    while True:
        before, rest = len(left), []
        for row in open_rows:
            here = [(k, positive) for k, positive in row if k in left]
            if any(free[k] for k, _ in here) or len({positive for _, positive in here}) > 1:
                rest.append(here)
            else:
                left.difference_update(k for k, _ in here)
        if len(left) == before:
            return all(any(k in left for k, _ in entries.get(e, ())) for e, value in goal.items() if value)
        open_rows = rest


def exact(columns: Sequence[Vector], free: Sequence[bool], goal: Vector) -> list[Fraction] | None:
    """Solve for the weights in fractions; None where one that is not free would be negative, or there are none."""
    used = sorted({e for column in (*columns, goal) for e in column})
    if not used:
        return []
    table = [[_flint(column.get(e, Fraction(0))) for column in (*columns, goal)] for e in used]
    reduced, rank = flint.fmpq_mat(table).rref()
    weights = [Fraction(0)] * len(columns)
    for row in range(rank):
        lead = next(k for k in range(len(columns) + 1) if reduced[row, k] != 0)
        if lead == len(columns):
            return None
        value = reduced[row, len(columns)]
        weights[lead] = Fraction(int(value.p), int(value.q))
    if any(w < 0 and not f for w, f in zip(weights, free, strict=True)):
        return None
    return weights


def reached(wanted: set[Exponents], equations: Sequence[Polynomial], most: int) -> set[Exponents]:
    """Add the monomials that multiples of equations bring in, twice, as long as they are at most ``most``."""
    for _ in range(2):
        more = set(wanted)
        for equation in equations:
            for monomial in multipliers(wanted, equation):
                more.update([tuple(map(int.__add__, monomial, e)) for e in equation])
        if len(more) > most:
            break
        wanted = more
    return wanted


def multipliers(wanted: set[Exponents], equation: Polynomial) -> set[Exponents]:
    """Return the monomials by which a part of an equation is one that is wanted."""
    found = set()
    for part in equation:
        least = [(i, k) for i, k in enumerate(part) if k]
        for e in wanted:
            for i, k in least:
                if e[i] < k:
                    break
            else:
                found.add(tuple(map(int.__sub__, e, part)))
    return found


def _flint(value: Fraction) -> Any:
    return flint.fmpq(value.numerator, value.denominator)
