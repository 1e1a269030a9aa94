"""Search for a counterexample, or for a point where the statement is undefined, and make it simple."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.arithmetic.exact import Undefined
from regretlab.claims.arithmetic.sampling import SIMPLE, points
from regretlab.claims.checkers import point, smtlib
from regretlab.claims.checkers.smt import questions
from regretlab.claims.language.terms import Term, text
from regretlab.claims.language.trees import obligations
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.statements import Inequality

#: Random points tried before a proof is, and when none was found.
FEW, MANY = 400, 4000
#: Random points that must not refute a statement before a costly proof is looked for.
SCREEN = 100
SEED = 7
Point = dict[Term, Fraction]


def find_quick(statement: Inequality) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``point`` among a few hundred small rationals."""
    return find(statement, FEW, ask=False)


def find(
    statement: Inequality, tries: int = MANY, ask: bool = True, limit: float = smtlib.LIMIT
) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``point`` (the conclusion is false there), by small rationals and then by z3's models.

    z3 has ``limit`` seconds for one.
    """

    def fails(candidate: Point) -> bool:
        try:
            point.check(statement, {"point": written(candidate)})
        except Rejected:
            return False
        return True

    if not statement.symbols:
        return ("point", {"point": {}}) if fails({}) else None
    for candidate in points(statement.given, statement.symbols, random.Random(SEED), tries, tries):
        if fails(candidate):
            return "point", {"point": written(simplest(candidate, fails))}
    start = model(statement, questions(statement)[-1], limit) if ask else None
    if start is not None:
        for candidate in (start, *rounded(start)):
            if fails(candidate):
                return "point", {"point": written(simplest(candidate, fails))}
    return None


def find_undefined(statement: Inequality, limit: float = smtlib.LIMIT) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``undefined``: the hypotheses hold, a divisor vanishes or a root is undefined there."""
    for path, need in obligations(statement.show):
        needs = text(need)

        def undefined(candidate: Point, needs: str = needs) -> bool:
            try:
                point.check_undefined(statement, {"point": written(candidate), "needs": needs})
            except Rejected:
                return False
            return True

        start = model(statement, [*statement.given, path, ~need], limit)
        if start is not None and undefined(start):
            return "undefined", {"point": written(simplest(start, undefined)), "needs": needs}
    return None


def find_value(statement: Inequality) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``value``: the statement has no symbols and its numbers satisfy it."""
    return None if statement.symbols else ("value", {})


def survives(statement: Inequality) -> bool:
    """Tell whether no random point refutes the statement or leaves it undefined; else no proof is looked for."""
    for candidate in points(statement.given, statement.symbols, random.Random(2), SCREEN, 4 * SCREEN):
        try:
            if not point.decide(statement.show, candidate)[0]:
                return False
        except Undefined:
            return False
        except Undecided:
            continue
    return True


def written(candidate: Point) -> dict[str, str]:
    """Write a point as certificates do."""
    return {symbol.args[0]: str(value) for symbol, value in candidate.items()}


def model(statement: Inequality, asked: list[Any], limit: float = smtlib.LIMIT) -> Point | None:
    """Ask z3 for a point where the relations hold, symbols it leaves free at 0."""
    question, names = smtlib.script(asked)
    answer, values = smtlib.z3_answer(question, limit)
    if answer != "sat":
        return None
    by_name = {names[k]: v for k, v in values.items() if k in names}
    return {s: by_name.get(s.args[0], Fraction(0)) for s in statement.symbols}


def rounded(start: Point) -> list[Point]:
    """Round a point to fractions of small denominator: solvers answer with algebraic numbers."""
    return [{s: v.limit_denominator(q) for s, v in start.items()} for q in (1, 2, 4, 10, 100, 10**4, 10**8)]


def height(value: Fraction) -> int:
    """Measure how complicated a rational is: its place in SIMPLE, then the size of numerator and denominator."""
    return SIMPLE.index(value) if value in SIMPLE else 20 + abs(value.numerator) + value.denominator


def simplest(start: Point, fails: Callable[[Point], bool]) -> Point:
    """Descend in height, one coordinate after another, while the point keeps its property."""
    best = dict(start)
    while True:
        before = dict(best)
        for symbol in best:
            old = best[symbol]
            near = [old.limit_denominator(q) for q in (1, 2, 3, 4, 5, 10, 100)]
            near += [Fraction(n, 1) for n in range(-3, 12)]
            for value in sorted({*SIMPLE, *near}, key=height):
                if height(value) >= height(old):
                    break
                best[symbol] = value
                if fails(best):
                    break
                best[symbol] = old
        if best == before:
            return best
