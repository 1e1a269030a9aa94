"""Checkers: one small function per form of certificate, which shares no code with the search that found it.

``check(statement, body)`` returns an :class:`Outcome` or raises :class:`Rejected`. The verdict is the checker's: a
certificate cannot carry one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regretlab.claims import statements as s
from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.arithmetic.exact import Irrational, Undefined
from regretlab.claims.checkers import (
    bandit,
    compound,
    counterexample,
    drift,
    finite,
    growth,
    ladder,
    pieces,
    point,
    proofs,
    recursion,
    refutation,
    replay,
    series,
    smt,
    sos,
    theorem,
)
from regretlab.claims.checkers.limits import limited
from regretlab.claims.language.verdict import Outcome, Rejected

Checker = Callable[[Any, Any], Outcome]

#: Form of certificate -> (kind of statement it is about, its checker).
FORMS: dict[str, tuple[type[s.Statement], Checker]] = {
    "point": (s.Inequality, point.check),
    "undefined": (s.Inequality, point.check_undefined),
    "value": (s.Inequality, point.check_value),
    "smt": (s.Inequality, smt.check),
    "sos": (s.Inequality, sos.check),
    "squared sos": (s.Inequality, sos.check_squared),
    "refutation": (s.Inequality, refutation.check),
    "conjuncts": (s.Inequality, proofs.check_conjuncts),
    "pieces": (s.Scalar, pieces.check),
    "below": (s.Scalar, pieces.check_below),
    "algebraic": (s.Scalar, pieces.check_algebraic),
    "base and step": (s.Series, series.check),
    "remainder": (s.Series, series.check_remainder),
    "partial sum": (s.Series, series.check_sum),
    "ladder": (s.Ladder, ladder.check),
    "off ladder": (s.Ladder, ladder.check_point),
    "replay": (s.RegretBound, replay.check),
    "run": (s.RegretBound, replay.check_run),
    "drift": (s.NoRegret, drift.check),
    "induction": (s.Recursion, recursion.check),
    "unrolled": (s.Recursion, recursion.check_unrolled),
    "undefined step": (s.Recursion, recursion.check_undefined),
    "cases": (s.Finite, finite.check),
    "case": (s.Finite, finite.check_case),
    "degrees": (s.Units, growth.check_degrees),
    "exponents": (s.Order, growth.check_exponents),
    "steps": (s.Theorem, theorem.check),
    "instance": (s.Theorem, counterexample.check),
    "horizon": (s.BanditRegret, bandit.check_horizon),
    "horizons": (s.BanditRegret, bandit.check_horizons),
}
COMPOUND = (s.Both, s.Disagreement, s.Misprint, s.Denial, s.Vacuity)


def check(statement: s.Statement, form: str, body: Any) -> Outcome:
    """Return the outcome that a certificate establishes for the statement.

    Raises
    ------
    Rejected
        If it establishes nothing, for whatever reason; the message says which.
    """
    try:
        if form == "compound" and isinstance(statement, COMPOUND):
            return compound.check(statement, body, check)
        if form not in FORMS:
            raise Rejected(f"unknown form of certificate {form!r}")
        kind, checker = FORMS[form]
        if not isinstance(statement, kind):
            raise Rejected(f"a certificate of form {form!r} says nothing about a statement of kind {statement.kind!r}")
        with limited():
            return checker(statement, body)
    except (Undecided, Irrational, Undefined) as error:
        raise Rejected(str(error)) from error
