"""Certificates that are one rational point: a counterexample, or a place where the statement means nothing."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic import balls, exact
from regretlab.claims.language.terms import Node, Term, text
from regretlab.claims.language.trees import obligations
from regretlab.claims.language.verdict import Outcome, Rejected, fields, rational
from regretlab.claims.statements import Inequality

Point = Mapping[Term, Fraction]


def read(statement: Inequality, written: Any) -> dict[Term, Fraction]:
    """Read the point of a certificate: a rational for every symbol, an integer for an integer symbol, nothing else."""
    names = {s.args[0]: s for s in statement.symbols}
    if not isinstance(written, Mapping) or set(written) != set(names):
        raise Rejected(f"the point must give exactly {', '.join(names)}")
    point = {symbol: rational(written[name]) for name, symbol in names.items()}
    for symbol, value in point.items():
        if symbol.op == "integer" and value.denominator != 1:
            raise Rejected(f"{symbol} = {value} is not an integer")
    return point


def decide(relation: Node, point: Point) -> tuple[bool, str]:
    """Decide a relation at a point, by fractions if they suffice, else by intervals; return truth and level."""
    try:
        return bool(exact.evaluate(relation, point)), "exact"
    except exact.Irrational:
        return balls.truth(relation, point), "balls"


def hypotheses(statement: Inequality, point: Point) -> str:
    """Raise :class:`Rejected` unless every hypothesis is defined and true; return the level of the check."""
    levels = ["exact"]
    for relation in statement.given:
        try:
            true, level = decide(relation, point)
        except (exact.Undefined, balls.Undecided) as error:
            raise Rejected(f"the hypothesis {relation} is not decided at the point: {error}") from None
        if not true:
            raise Rejected(f"the hypothesis {relation} does not hold at the point")
        levels.append(level)
    return "balls" if "balls" in levels else "exact"


def says(point: Point) -> str:
    """Write the point in words."""
    return ", ".join(f"{text(s)} = {v}" for s, v in point.items())


def check(statement: Inequality, body: Any) -> Outcome:
    """Check ``{"point"}``: the hypotheses hold, every term is defined, and the conclusion is false."""
    (written,) = fields(body, "point")
    point = read(statement, written)
    level = hypotheses(statement, point)
    try:
        true, own = decide(statement.show, point)
        for path, need in obligations(statement.show):
            if decide(path, point)[0] and not decide(need, point)[0]:
                raise Rejected(f"{need} fails at the point: the conclusion is undefined there, not false")
    except (exact.Undefined, balls.Undecided) as error:
        raise Rejected(f"the conclusion is not decided at the point: {error}") from None
    if true:
        raise Rejected("the conclusion holds at the point")
    words = f"counterexample {says(point)}" if point else "evaluated: the numbers do not satisfy it"
    return Outcome("refuted", "balls" if "balls" in (level, own) else "exact", words)


def check_undefined(statement: Inequality, body: Any) -> Outcome:
    """Check ``{"point", "needs"}``: the hypotheses hold, and the obligation ``needs`` of some term fails."""
    written, needs = fields(body, "point", "needs")
    point = read(statement, written)
    for path, need in obligations(statement.show):
        if text(need) != needs:
            continue
        levels = {hypotheses(statement, point)}
        try:
            (taken, one), (held, other) = decide(path, point), decide(need, point)
            if taken and not held:
                level = "balls" if "balls" in levels | {one, other} else "exact"
                where = f"undefined at {says(point)}" if point else "undefined for these numbers"
                return Outcome("ill-posed", level, f"{where}: it needs the hypothesis {needs}")
        except (exact.Undefined, balls.Undecided) as error:
            raise Rejected(f"{needs} is not decided at the point: {error}") from None
    raise Rejected(f"no term of the statement needs {needs!r} where the hypotheses hold")


def check_value(statement: Inequality, body: Any) -> Outcome:
    """Check ``{}``: a statement without symbols, decided by its value; every term is defined."""
    fields(body)
    if statement.symbols:
        raise Rejected("the statement has symbols; its value at one point proves nothing")
    level = hypotheses(statement, {})
    for path, need in obligations(statement.show):
        if decide(path, {})[0] and not decide(need, {})[0]:
            raise Rejected(f"{need} fails: the conclusion is undefined")
    true, own = decide(statement.show, {})
    if not true:
        raise Rejected("the conclusion is false")
    return Outcome("proved", "balls" if "balls" in (level, own) else "exact", "evaluated: the numbers satisfy it")
