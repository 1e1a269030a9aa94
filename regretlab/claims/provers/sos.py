"""Search for sums of squares: a semidefinite programme in floating point (Clarabel), rounded to an exact identity."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Any

from regretlab.claims.arithmetic.polynomials import NotPolynomial, Polynomial, add, degree, power, times
from regretlab.claims.checkers import sos as checker
from regretlab.claims.checkers.proofs import apart
from regretlab.claims.language.terms import walk
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import live, trail
from regretlab.claims.provers.ansatz import attempts, product_of, squares
from regretlab.claims.provers.elimination import Reduced, eliminated
from regretlab.claims.provers.points import survives
from regretlab.claims.provers.semidefinite import Block, Multiple, Terms, identity
from regretlab.claims.statements import Inequality

#: The cost of all attempts together; a count, so that a search does not depend on the machine.
MOST_WORK = 10_000
HIGHEST_DEGREE = 12
MOST_NODES = 1000
#: Positive constants tried for a strict inequality.
MARGINS = (Fraction(1), Fraction(1, 2), Fraction(1, 100))
Found = tuple[Terms, list[Polynomial], int]


def find(statement: Inequality) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``sos``, or ``squared sos`` about the squares of both sides."""
    if sum(1 for _ in walk(*statement.given, statement.show)) > MOST_NODES:
        return None
    screened = False
    for squared in (False, True):
        try:
            asked = checker.problem(statement, squared)
            if (high := degree(asked.goal)) > HIGHEST_DEGREE:
                raise Rejected(f"the degree {high} is above {HIGHEST_DEGREE}")
            if not (screened or (screened := survives(statement))):
                return None
            found = _identity(asked)
        except (Rejected, NotPolynomial) as error:
            if not squared:
                trail.missed(f"sums of squares were not looked for: {error}")
            continue
        if found is None:
            if not squared:
                trail.missed(_gave_up(asked))
        elif (at := live.find(statement)) is not None:
            terms = [[list(which), str(c), _written(q)] for which, c, q in found[0]]
            equations = [[i, _written(m)] for i, m in enumerate(found[1]) if m]
            body = {"terms": terms, "equations": equations, "power": found[2], "live": at}
            return "squared sos" if squared else "sos", body
    return None


def find_conjuncts(statement: Inequality) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``conjuncts``: squares for every part of a conjunction."""
    asked = apart(statement)
    if len(asked) < 2:
        return None
    parts = []
    for number, part in enumerate(asked, 1):
        with trail.within(f"part {number} of {len(asked)}"):
            proof = find(part)
        if proof is None:
            return None
        parts.append({"form": proof[0], "body": proof[1]})
    return "conjuncts", {"parts": parts}


def _gave_up(asked: checker.Problem) -> str:
    if importlib.util.find_spec("clarabel") is None:
        return "sums of squares need the extra 'proof' (pip install 'regretlab[proof]')"
    highest = degree(asked.goal) + 2 * bool(asked.above or asked.zero)
    return f"no sum of squares was found up to degree {highest}, with {len(asked.above) + len(asked.zero)} facts"


def _identity(asked: checker.Problem) -> Found | None:
    left = MOST_WORK
    one = {(0,) * len(asked.symbols): Fraction(1)}
    for which, margin in _margins(asked):
        less = replace(asked, goal=add(asked.goal, product_of(asked, which), -margin), positive=False)
        for reduced in _reductions(less):
            for work, r, blocks, free in attempts(reduced.problem):
                left -= work
                if left < 0:
                    return None
                if (found := _exact(less, reduced, r, blocks, free)) is not None:
                    return [*([(which, margin, one)] if margin else []), *found[0]], found[1], r
    return None


def _exact(
    asked: checker.Problem, reduced: Reduced, r: int, blocks: list[Block], free: list[Multiple]
) -> tuple[Terms, list[Polynomial]] | None:
    """Return terms and multipliers of the problem as it was, from an identity of the reduced one."""
    factor = power(squares(len(asked.symbols)), r, len(asked.symbols))
    found = identity(times(reduced.problem.goal, factor), blocks, free)
    if found is None:
        return None
    rest = times(asked.goal, factor)
    for w, c, q in found[0]:
        rest = add(rest, times(product_of(asked, w), times(q, q)), -c)
    multipliers = reduced.multipliers(rest, found[1])
    return None if multipliers is None else (found[0], multipliers)


def _reductions(asked: checker.Problem) -> Iterator[Reduced]:
    """Yield the problem with the equations of roots eliminated, and with all that can be."""
    yield (first := eliminated(asked, asked.own))
    second = eliminated(asked, 0)
    if len(second.steps) > len(first.steps):
        yield second


def _margins(asked: checker.Problem) -> Iterator[tuple[tuple[int, ...], Fraction]]:
    """Yield ``(hypotheses, c)``: strict inequalities with c times a product of strict hypotheses to spare."""
    if not asked.positive:
        yield (), Fraction(0)
        return
    strict = [i for i, s in enumerate(asked.strict) if s]
    for which in ((), *((i,) for i in strict), *combinations(strict, 2)):
        for margin in MARGINS:
            yield which, margin


def _written(p: Polynomial) -> list[Any]:
    return [[list(e), str(c)] for e, c in sorted(p.items())]
