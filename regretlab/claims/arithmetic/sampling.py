"""Rational points of small height that satisfy hypotheses, linear equations included."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction

from regretlab.claims.arithmetic import balls, exact
from regretlab.claims.language.terms import Relation, Term
from regretlab.claims.language.trees import symbols

#: Values tried first, simplest first.
SIMPLE = [
    Fraction(v) for v in ("0", "1", "1/2", "2", "-1", "1/4", "3/4", "3", "-1/2", "1/3", "-2", "1/10", "9/10", "4", "10")
]


def points(
    given: Sequence[Relation], over: Sequence[Term], random_: random.Random, count: int, tries: int = 0
) -> Iterator[dict[Term, Fraction]]:
    """Draw up to ``count`` points that satisfy ``given``, out of ``tries`` (default 40 per point) random ones.

    An equation that is linear in one of its symbols is solved for the last such symbol instead of hoped for.
    """
    equations = [r for r in given if r.op == "=="]
    found = 0
    for number in range(tries or 40 * count):
        spread = min(len(SIMPLE), 3 + number // 8)
        point = {s: _draw(s, random_, spread) for s in over}
        try:
            for equation in equations:
                _solve(equation, point)
            if all(_true(r, point) for r in given):
                found += 1
                yield point
        except (exact.Undefined, exact.Irrational):
            continue
        if found >= count:
            return


def _true(relation: Relation, point: dict[Term, Fraction]) -> bool:
    try:
        return bool(exact.evaluate(relation, point))
    except exact.Irrational:
        try:
            return balls.truth(relation, point)
        except balls.Undecided:
            return False


def _draw(symbol: Term, random_: random.Random, spread: int) -> Fraction:
    if symbol.op == "integer":
        return Fraction(random_.choice((0, 1, 2, 3, 4, 5, 7, 10)))
    if random_.random() < 0.8:
        return SIMPLE[random_.randrange(spread)]
    return Fraction(random_.randint(-12, 24), random_.randint(1, 12))


def _solve(equation: Relation, point: dict[Term, Fraction]) -> None:
    """Change one symbol of the point so that a linear equation holds; leave the point alone if none is linear."""
    gap = equation.args[0] - equation.args[1]
    if exact.evaluate(gap, point) == 0:
        return
    for symbol in reversed(symbols(gap)):
        before = point[symbol]
        at = []
        for value in (0, 1, 2):
            point[symbol] = Fraction(value)
            try:
                at.append(exact.evaluate(gap, point))
            except (exact.Undefined, exact.Irrational):
                break
        if len(at) == 3 and at[2] - at[1] == at[1] - at[0] != 0:
            point[symbol] = -at[0] / (at[1] - at[0])
            return
        point[symbol] = before
