"""Search for an inequality as a sum of products of two hypotheses: a linear programme, solved again in fractions.

This is what most steps of proofs of regret bounds are: ``c >= 0`` times ``a <= b``, and equations put in.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

import flint
import numpy as np

from regretlab.claims.arithmetic.polynomials import NotPolynomial, Polynomial, times
from regretlab.claims.checkers import sos as checker
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.statements import Inequality

#: Columns and rows of the largest programme, and the size of a multiplier that is taken for zero.
MOST_COLUMNS, MOST_ROWS, ZERO = 6000, 4000, 1e-7

Column = tuple[tuple[int, ...], int, tuple[int, ...], Polynomial]


def find(statement: Inequality) -> dict[str, Any] | None:
    """Find the body of an ``sos`` proof whose squares are 1, for hypotheses that may never hold."""
    try:
        asked = checker.problem(statement)
        if asked.positive:
            return None
        columns = list(_columns(asked))
    except (Rejected, NotPolynomial):
        return None
    rows = sorted({e for *_, p in columns for e in p} | set(asked.goal))
    if not columns or len(columns) > MOST_COLUMNS or len(rows) > MOST_ROWS:
        return None
    chosen = _programme(asked.goal, columns, {e: k for k, e in enumerate(rows)})
    weights = None if chosen is None else _exact(asked.goal, [columns[k] for k in chosen], rows)
    if chosen is None or weights is None:
        return None
    one = [[[0] * len(asked.symbols), "1"]]
    terms, multipliers = [], dict[int, Polynomial]()
    for (which, equation, monomial, _), weight in zip((columns[k] for k in chosen), weights, strict=True):
        if not weight:
            continue
        if equation < 0:
            terms.append([list(which), str(weight), one])
        else:
            multipliers.setdefault(equation, {})[monomial] = weight
    equations = [[j, [[list(e), str(c)] for e, c in sorted(m.items())]] for j, m in sorted(multipliers.items())]
    return {"terms": terms, "equations": equations}


def _columns(asked: checker.Problem) -> Iterator[Column]:
    """Yield what the goal may be a sum of: products of at most two hypotheses, and equations times monomials."""
    size = len(asked.symbols)
    if not asked.equation:
        yield (), -1, (), {(0,) * size: Fraction(1)}
        for i, h in enumerate(asked.above):
            yield (i,), -1, (), h
        for i, j in combinations_with_replacement(range(len(asked.above)), 2):
            yield (i, j), -1, (), times(asked.above[i], asked.above[j])
    wanted = set(asked.goal)
    for _ in range(2):
        reached = set(wanted)
        for equation in asked.zero:
            quotients = {_quotient(e, part) for e in wanted for part in equation}
            for monomial in quotients - {None}:
                assert monomial is not None
                reached |= set(times({monomial: Fraction(1)}, equation))
        if len(reached) > MOST_ROWS:
            break
        wanted = reached
    for j, equation in enumerate(asked.zero):
        for monomial in sorted({q for e in wanted for part in equation if (q := _quotient(e, part)) is not None}):
            yield (), j, monomial, times({monomial: Fraction(1)}, equation)


def _quotient(e: tuple[int, ...], part: tuple[int, ...]) -> tuple[int, ...] | None:
    found = tuple(a - b for a, b in zip(e, part, strict=True))
    return found if min(found, default=0) >= 0 else None


def _programme(goal: Polynomial, columns: list[Column], rows: dict[tuple[int, ...], int]) -> list[int] | None:
    """Return the columns of a sparse solution in floating point."""
    from scipy.optimize import linprog  # loaded by those who search, not by those who re-check
    from scipy.sparse import csc_array

    entries = [(rows[e], k, float(c)) for k, (*_, p) in enumerate(columns) for e, c in p.items()]
    i, k, c = zip(*entries, strict=True)
    matrix = csc_array((c, (i, k)), shape=(len(rows), len(columns)))
    right = np.zeros(len(rows))
    for e, value in goal.items():
        right[rows[e]] = float(value)
    free = np.array([equation >= 0 for _, equation, _, _ in columns])
    bounds = [(None, None) if f else (0, None) for f in free]
    solved = linprog(np.where(free, 0.0, 1.0), A_eq=matrix, b_eq=right, bounds=bounds, method="highs-ds")
    return list(np.flatnonzero(np.abs(solved.x) > ZERO)) if solved.status == 0 else None


def _exact(goal: Polynomial, columns: list[Column], rows: list[tuple[int, ...]]) -> list[Fraction] | None:
    """Solve for the weights of the columns in fractions; those of hypotheses must not be negative."""
    used = [e for e in rows if e in goal or any(e in p for *_, p in columns)]
    table = [[_flint(p.get(e, Fraction(0))) for *_, p in columns] + [_flint(goal.get(e, Fraction(0)))] for e in used]
    if not table:
        return []
    reduced, rank = flint.fmpq_mat(table).rref()
    weights = [Fraction(0)] * len(columns)
    for row in range(rank):
        lead = next(k for k in range(len(columns) + 1) if reduced[row, k] != 0)
        if lead == len(columns):
            return None
        value = reduced[row, len(columns)]
        weights[lead] = Fraction(int(value.p), int(value.q))
    if any(w < 0 and equation < 0 for w, (_, equation, _, _) in zip(weights, columns, strict=True)):
        return None
    return weights


def _flint(value: Fraction) -> Any:
    return flint.fmpq(value.numerator, value.denominator)
