"""Search for an inequality as a sum of products of two hypotheses: a linear programme, solved again in fractions.

This is what most steps of proofs of regret bounds are: ``c >= 0`` times ``a <= b``, and equations put in.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

from regretlab.claims.arithmetic.polynomials import NotPolynomial, Polynomial, times
from regretlab.claims.checkers import sos as checker
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import weights
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
    polynomials, free = [p for *_, p in columns], [equation >= 0 for _, equation, _, _ in columns]
    chosen = weights.support(polynomials, free, asked.goal, rows, ZERO)
    found = weights.exact([polynomials[k] for k in chosen], [free[k] for k in chosen], asked.goal)
    if found is None:
        return None
    one = [[[0] * len(asked.symbols), "1"]]
    terms, multipliers = [], dict[int, Polynomial]()
    for (which, equation, monomial, _), weight in zip((columns[k] for k in chosen), found, strict=True):
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
    wanted = weights.reached(set(asked.goal), asked.zero, MOST_ROWS)
    for j, equation in enumerate(asked.zero):
        for monomial in sorted(weights.multipliers(wanted, equation)):
            yield (), j, monomial, times({monomial: Fraction(1)}, equation)
