"""Certificates about the regret of a bandit on a finite instance: one horizon, or all of them, compared exactly."""

from __future__ import annotations

from typing import Any

from regretlab.claims.arithmetic import balls
from regretlab.claims.arithmetic.functions import Exact
from regretlab.claims.checkers.point import decide
from regretlab.claims.language.terms import term
from regretlab.claims.language.verdict import NotRun, Outcome, Rejected, fields, natural, weakest
from regretlab.claims.statements import BanditRegret


def compare(statement: BanditRegret, T: int) -> tuple[bool, str, str]:
    """Tell whether the regret is within the bound at T, the level of the decision, and both in words."""
    regret, bound = (term(Exact(f)(T)) for f in (statement.regret, statement.bound))
    if regret.op != "num":
        raise NotRun(f"the regret at T = {T} is {regret}, not an exact number")
    within, level = decide(regret <= bound, {})
    size = balls.lower(balls.value(bound, {}), 6)
    return within, level, f"regret {regret} {'<=' if within else '>'} bound {size} at T = {T}"


def check_horizon(statement: BanditRegret, body: Any) -> Outcome:
    """Check ``{"index"}``: at the horizon of that index the regret is larger than the bound."""
    (index,) = fields(body, "index")
    if natural(index) >= len(statement.horizons):
        raise Rejected(f"there is no horizon {index}, only {len(statement.horizons)}")
    within, level, words = compare(statement, statement.horizons[index])
    if within:
        raise Rejected(words)
    return Outcome("refuted", level, words)


def check_horizons(statement: BanditRegret, body: Any) -> Outcome:
    """Check ``{"count"}``: the statement has that many horizons, and at each the regret is within the bound."""
    (count,) = fields(body, "count")
    if natural(count, 1) != len(statement.horizons):
        raise Rejected(f"the statement has {len(statement.horizons)} horizons, not {count}")
    found = [compare(statement, T) for T in statement.horizons]
    for within, _, words in found:
        if not within:
            raise Rejected(words)
    return Outcome("bounded", weakest(level for _, level, _ in found), "; ".join(words for _, _, words in found))
