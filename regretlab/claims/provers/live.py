"""Search for a point at which the hypotheses hold: a rational one, or one that the intermediate value theorem gives."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from regretlab.claims.arithmetic import balls
from regretlab.claims.arithmetic.sampling import SIMPLE, points
from regretlab.claims.checkers import live as checker
from regretlab.claims.language.binding import replaced
from regretlab.claims.language.terms import Relation, Term, walk
from regretlab.claims.language.trees import symbols
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers.points import model, rounded, written
from regretlab.claims.statements import Inequality

#: Random points, and random points from which equations are solved.
TRIES, STARTS = 4000, 20
#: Equations that are solved at once, half the longest side of a box, and how finely its middle is rounded.
MOST, RATIO, FINE = 4, Fraction(1, 2**16), 64
Point = dict[Term, Fraction]


def find(statement: Inequality) -> dict[str, Any] | None:
    """Find what :func:`regretlab.claims.checkers.live.check` accepts, so that the statement is not true of nothing."""
    for candidate in points(statement.given, statement.symbols, random.Random(1), TRIES, TRIES):
        if _holds(statement, candidate):
            return written(candidate)
    for asked in filter(None, (list(statement.given), _easy(statement.given))):
        start = model(statement, asked)
        for candidate in (start, *rounded(start)) if start is not None else ():
            if _holds(statement, candidate):
                return written(candidate)
    return _box(statement, model(statement, list(statement.given)))


def _easy(given: Sequence[Relation]) -> list[Relation]:
    """Ask that all exponentials are of 0 and all logarithms of 1, so that their values are rational."""
    hard = (node for node in walk(*given) if isinstance(node, Term) and node.op in ("exp", "log"))
    known = {node: int(node.op == "exp") for node in hard}
    ends = [node.args[0] == 1 - value for node, value in known.items()]
    return [replaced(relation, known) for relation in (*given, *ends)] if known else []


def _holds(statement: Inequality, candidate: Point) -> bool:
    try:
        checker.check(statement, written(candidate))
    except Rejected:
        return False
    return True


def _box(statement: Inequality, start: Point | None) -> dict[str, Any] | None:
    """Solve the equations one after another, each for another symbol, from simple values of the other symbols."""
    equations = [(i, r) for i, r in enumerate(checker.atoms(statement)) if r.op == "=="]
    if not 0 < len(equations) <= MOST:
        return None
    others = [r for r in checker.atoms(statement) if r.op != "=="]
    starts = [start] if start is not None else []
    starts += points(others, statement.symbols, random.Random(2), STARTS, TRIES)
    for at in starts:
        for way, ratio in product((1, -1), (RATIO, Fraction(1))):
            try:
                found = _solved(equations, dict(at), way, ratio)
                checker.check(statement, found)
            except (Rejected, balls.Undecided, ArithmeticError):
                continue
            return found
    return None


def _solved(equations: list[tuple[int, Relation]], at: Point, way: int, ratio: Fraction) -> dict[str, Any]:
    """Change the point so that the equations nearly hold, and write the box around it.

    Its sides grow by the ratio, that of the symbol solved for first being the shortest.
    """
    solved: dict[Term, int] = {}
    for number, equation in equations:
        gap = equation.args[0] - equation.args[1]
        if _sign(gap, at) == 0:
            continue
        for symbol in symbols(gap)[::way]:
            if symbol.op == "symbol" and symbol not in solved and (root := _crossing(gap, symbol, at)) is not None:
                at[symbol], solved[symbol] = root, number
                break
        else:
            raise Rejected(f"{equation} is not solved")
    found: dict[str, Any] = dict(written(at))
    width = RATIO * ratio ** (len(solved) - 1)
    for symbol, number in solved.items():
        middle = round(at[symbol] / width * FINE) * width / FINE
        found[symbol.args[0]] = [str(middle - width), str(middle + width), number]
        width /= ratio
    return found


def _crossing(gap: Term, symbol: Term, at: Point) -> Fraction | None:
    """Find a value of the symbol near which the gap changes its sign, the nearest to the present one."""
    near = at[symbol]
    values = sorted({*SIMPLE, near, *(near + Fraction(k, 1000) for k in (-1, 1)), *map(Fraction, (100, -100))})
    signs = [(v, s) for v in values if (s := _sign(gap, {**at, symbol: v})) is not None]
    changes = [(low, high, sign) for (low, sign), (high, other) in pairwise(signs) if sign * other < 0]
    if not changes:
        return None
    low, high, sign = min(changes, key=lambda change: abs(change[0] + change[1] - 2 * near))
    while high - low > RATIO ** (MOST + 2):
        middle = (low + high) / 2
        low, high = (middle, high) if _sign(gap, {**at, symbol: middle}) == sign else (low, middle)
    return low


def _sign(gap: Term, at: Point) -> int | None:
    """Return the sign at a point; 0 where it cannot be told from zero, None where the gap is not defined."""
    try:
        value = balls.value(gap, at)
    except (balls.Undecided, ArithmeticError):
        return None
    return 1 if value.a > 0 else -1 if value.b < 0 else 0
