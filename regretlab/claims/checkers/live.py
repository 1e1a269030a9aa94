"""Hypotheses that hold somewhere, so that a statement is not true of nothing: at a rational point, or inside a box."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic import balls
from regretlab.claims.checkers import point
from regretlab.claims.language.terms import Relation, Term
from regretlab.claims.language.trees import conjuncts
from regretlab.claims.language.verdict import Rejected, natural, rational
from regretlab.claims.statements import Inequality


def atoms(statement: Inequality) -> list[Relation]:
    """List the hypotheses, conjunctions taken apart, from left to right."""
    return [part for relation in statement.given for part in conjuncts(relation)]


def check(statement: Inequality, written: Any) -> None:
    r"""Check ``{name: "p/q" or ["low", "high", number of an equation]}``: the hypotheses hold at some such point.

    Every interval [low_i, high_i] has an equation f_i = 0 of its own among the :func:`atoms`. If each f_i is continuous
    on the box, and of one sign where x_i = low_i and of the other where x_i = high_i, the f_i have a common zero in
    the box (Miranda 1940; for one symbol the intermediate value theorem). All other hypotheses must hold on all of it.

    Raises
    ------
    Rejected
        Where the hypotheses are not shown to hold.
    """
    if not isinstance(written, Mapping) or not any(isinstance(value, list) for value in written.values()):
        point.hypotheses(statement, point.read(statement, written))
        return
    names = {s.args[0]: s for s in statement.symbols}
    if set(written) != set(names):
        raise Rejected(f"the point must give exactly {', '.join(names)}")
    parts = atoms(statement)
    solved: dict[int, tuple[Term, Fraction, Fraction]] = {}
    box: dict[Term, Any] = {}
    for name, value in written.items():
        symbol = names[name]
        if not isinstance(value, list):
            box[symbol] = balls.interval(found := rational(value))
            if symbol.op == "integer" and found.denominator != 1:
                raise Rejected(f"{name} = {found} is not an integer")
            continue
        if len(value) != 3 or symbol.op == "integer":
            raise Rejected(f"{value!r} is no interval with the number of an equation for {name}")
        low, high, number = rational(value[0]), rational(value[1]), natural(value[2])
        if low >= high or number >= len(parts) or parts[number].op != "==" or number in solved:
            raise Rejected(f"{value!r} is no interval for {name} with an equation of its own")
        solved[number] = symbol, low, high
        box[symbol] = balls.interval(low, high)
    try:
        for number, part in enumerate(parts):
            if number in solved:
                _crosses(part, *solved[number], box)
            elif not balls.truth(part, box):
                raise Rejected(f"the hypothesis {part} does not hold in the box")
    except balls.Undecided as error:
        raise Rejected(f"the hypotheses are not decided in the box: {error}") from None


def _crosses(equation: Relation, symbol: Term, low: Fraction, high: Fraction, box: Mapping[Term, Any]) -> None:
    """See that both sides differ by a continuous function with opposite signs on two faces of the box."""
    gap: Term = equation.args[0] - equation.args[1]
    balls.value(gap, box)  # which is undecided where a divisor may vanish or a case distinction may change
    ends = [balls.sign(balls.value(gap, {**box, symbol: balls.interval(end)})) for end in (low, high)]
    if ends[0] * ends[1] >= 0:
        raise Rejected(f"{equation} need not be crossed as {symbol} goes from {low} to {high}")
