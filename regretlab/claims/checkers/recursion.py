"""Certificates of closed forms of recursions: induction with symbolic sums, and exact unrolling.

Everything is decided on the terms as they were written: a step that divides by zero is ill-posed, and what else is
divided by becomes a condition of the statement. Where both sides are defined they are continuous in the parameters, so
that an identity of rational functions holds there too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic.unrolling import value
from regretlab.claims.checkers import ranges
from regretlab.claims.language.terms import text
from regretlab.claims.language.trees import substitute
from regretlab.claims.language.verdict import Outcome, Rejected, fields, natural, rational
from regretlab.claims.statements import Recursion
from regretlab.claims.statements.definedness import definedness

#: Random rational points at which a proved closed form is also unrolled.
REPLAYS = 3
Entry = Callable[[str], Fraction]


def unroll(statement: Recursion, t: int, entry: Entry) -> tuple[Fraction, Fraction]:
    """Return the values of the recursion and of the closed form at t; ``entry`` gives symbols, and ``"g[2]"``."""
    f = statement.formula
    s = value(f.start, {}, entry)
    for k in range(statement.first + 1, t + 1):
        s = value(f.rec, {f.t.args[0]: Fraction(k), f.before.args[0]: s}, entry)
    return s, value(f.closed, {f.t.args[0]: Fraction(t)}, entry)


def check_unrolled(statement: Recursion, body: Any) -> Outcome:
    """Check ``{"t", "point"}``: with the numbers of the point, recursion and closed form differ at t."""
    t, point = fields(body, "t", "point")
    if not isinstance(point, Mapping):
        raise Rejected("the point must give names their values")
    known = {name: rational(written) for name, written in point.items()}
    used: set[str] = set()

    def entry(name: str) -> Fraction:
        if name not in known:
            raise Rejected(f"the point does not give {name}")
        used.add(name)
        return known[name]

    try:
        given, stated = unroll(statement, natural(t, statement.first), entry)
    except ZeroDivisionError:
        raise Rejected("the recursion or the closed form is undefined at the point") from None
    if used != set(known):
        raise Rejected(f"the statement has no {', '.join(sorted(set(known) - used))}")
    if given == stated:
        raise Rejected(f"the closed form is right at t = {t}")
    where = ", ".join(f"{name} = {value}" for name, value in [(text(statement.formula.t), t), *point.items()])
    return Outcome("refuted", "exact", f"at {where}: the recursion gives {given}, the closed form {stated}")


def check_undefined(statement: Recursion, body: Any) -> Outcome:
    """Check ``{"t"}``: the recursion or the closed form divides by zero at this t, whatever the parameters are."""
    (t,) = fields(body, "t")
    found = definedness(statement.formula, statement.first)
    if found.undefined is None or natural(t, statement.first) != found.undefined[0]:
        raise Rejected(f"no divisor is seen to vanish at t = {t}")
    return Outcome("ill-posed", "exact", f"divides by zero at t = {t}: {found.undefined[1]} vanishes")


def check(statement: Recursion, body: Any) -> Outcome:
    """Check ``{"unrolled"}``: base and step hold identically, and the closed form is exact up to first + unrolled."""
    (depth,) = fields(body, "unrolled")
    if not 8 <= natural(depth) <= 12:
        raise Rejected(f"the closed form must be unrolled 8 to 12 steps, not {depth}")
    f, first = statement.formula, statement.first
    found = definedness(f, first)
    if found.undefined is not None:
        raise Rejected(f"it divides by zero at t = {found.undefined[0]}: {found.undefined[1]} vanishes")
    ranges.base_vanishes(substitute(f.closed, {f.t: first}), f.start, first)
    ranges.step_vanishes(f.closed, f.step(), first)
    _replay(statement, depth)
    where = f", where {found.says()}" if found.conditions else ""
    return Outcome("proved", "cas", f"induction on t, unrolled exactly for t <= {first + depth}{where}")


def _replay(statement: Recursion, depth: int) -> None:
    random_ = random.Random(depth)
    replayed = 0
    for _ in range(20 * REPLAYS):
        drawn: dict[str, Fraction] = {}

        def entry(name: str, drawn: dict[str, Fraction] = drawn) -> Fraction:
            return drawn.setdefault(name, Fraction(random_.randint(-9, 9), random_.randint(1, 9)))

        try:
            for t in range(statement.first, statement.first + depth + 1):
                given, stated = unroll(statement, t, entry)
                if given != stated:
                    raise Rejected(f"the closed form fails at t = {t}: {given} is not {stated}")
        except ZeroDivisionError:
            continue
        replayed += 1
        if replayed == REPLAYS:
            return
    raise Rejected("the closed form could not be unrolled at random points")
