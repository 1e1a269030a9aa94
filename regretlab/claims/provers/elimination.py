"""Fewer symbols for a search: equations linear in a symbol are solved for it, which the certificate undoes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from regretlab.claims.arithmetic.polynomials import Polynomial, add, times
from regretlab.claims.checkers.sos import Problem


@dataclass
class Reduced:
    """A problem with symbols eliminated; ``combinations`` writes every equation left in terms of the original ones."""

    problem: Problem
    steps: list[tuple[int, Polynomial, dict[int, Polynomial]]] = field(default_factory=list)
    combinations: list[dict[int, Polynomial]] = field(default_factory=list)

    def multipliers(self, rest: Polynomial, found: list[Polynomial]) -> list[Polynomial] | None:
        """Return multipliers of the original equations that make ``rest`` vanish, from those of the equations left."""
        total: dict[int, Polynomial] = {}
        for m, equation, combination in zip(found, self.problem.zero, self.combinations, strict=True):
            rest = add(rest, times(m, equation), Fraction(-1))
            total = _plus(total, combination, m)
        for symbol, equation, combination in self.steps:
            m, rest = divided(rest, equation, symbol)
            total = _plus(total, combination, m)
        count = len(self.combinations) + len(self.steps)
        return None if rest else [total.get(i, {}) for i in range(count)]


def eliminated(asked: Problem, first: int) -> Reduced:
    """Solve equations, from number ``first`` on, for symbols that occur linearly with a constant coefficient."""
    one = {(0,) * len(asked.symbols): Fraction(1)}
    left = [(equation, {i: one}) for i, equation in enumerate(asked.zero)]
    goal, above = asked.goal, asked.above
    steps = []
    number = first
    while number < len(left):
        symbol = _linear(left[number][0])
        if symbol is None:
            number += 1
            continue
        equation, combination = left.pop(number)
        steps.append((symbol, equation, combination))
        goal = divided(goal, equation, symbol)[1]
        above = [divided(h, equation, symbol)[1] for h in above]
        changed = []
        for other, its in left:
            m, smaller = divided(other, equation, symbol)
            changed.append((smaller, _plus(its, combination, m, Fraction(-1))))
        left, number = changed, first
    zero, combinations = [e for e, _ in left], [c for _, c in left]
    return Reduced(replace(asked, goal=goal, above=above, zero=zero), steps, combinations)


def _plus(
    a: dict[int, Polynomial], b: dict[int, Polynomial], m: Polynomial, scale: Fraction = Fraction(1)
) -> dict[int, Polynomial]:
    return {i: add(a.get(i, {}), times(m, b.get(i, {})), scale) for i in {**a, **b}}


def _linear(equation: Polynomial) -> int | None:
    """Find a symbol whose only occurrence in the equation is a constant times itself."""
    for exponents in equation:
        if sum(exponents) == 1:
            symbol = exponents.index(1)
            if sum(1 for e in equation if e[symbol]) == 1:
                return symbol
    return None


def divided(p: Polynomial, equation: Polynomial, symbol: int) -> tuple[Polynomial, Polynomial]:
    """Return ``(m, rest)`` with ``p = m * equation + rest`` and a rest without the symbol."""
    (lead,) = (e for e in equation if e[symbol])
    total: Polynomial = {}
    while found := {e: c for e, c in p.items() if e[symbol]}:
        m = {(*e[:symbol], e[symbol] - 1, *e[symbol + 1 :]): c / equation[lead] for e, c in found.items()}
        total = add(total, m)
        p = add(p, times(m, equation), Fraction(-1))
    return total, p
