"""Proofs by SMT solvers: z3, and cvc5 as a second opinion where it is installed."""

from __future__ import annotations

import time
from typing import Any

from regretlab.claims.checkers import smtlib
from regretlab.claims.checkers.smt import questions
from regretlab.claims.language.terms import Relation, text
from regretlab.claims.provers import live, trail
from regretlab.claims.statements import Inequality
from regretlab.errors import InputError


def find(statement: Inequality) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``smt``: the solvers that answer unsat to every question, and a point of the hypotheses."""
    wanted = questions(statement)
    asked = [smtlib.script(question)[0] for question in wanted]
    for question, relations in zip(asked, wanted, strict=True):
        start = time.perf_counter()
        if (answer := smtlib.z3_answer(question)[0]) != "unsat":
            late = time.perf_counter() - start >= smtlib.LIMIT
            trail.missed(_why(relations, relations is wanted[-1], bool(question), answer, late))
            return None
    at = live.find(statement)
    if at is None:
        trail.missed("proved, but no point is found at which the hypotheses hold")
        return None
    return "smt", {"solvers": refuting(asked), "live": at}


def refuting(asked: list[str]) -> list[str]:
    """List the solvers that refute questions which z3 refutes."""
    return ["z3", "cvc5"] if set(smtlib.cvc5_answers(asked)) == {"unsat"} else ["z3"]


def _why(relations: list[Relation], last: bool, small: bool, answer: str, late: bool) -> str:
    """Say what z3 was asked and how it answered."""
    said = (
        "finds values against it, which could not be confirmed" if answer == "sat"
        else "does not take on a question of that size" if not small
        else f"timed out after {smtlib.LIMIT:.0f} s" if late
        else "gave up"
    )  # fmt: skip
    if last:
        return f"z3 {said}"
    return f"the hypotheses do not show that {text(~relations[-1])}, without which a term has no meaning (z3 {said})"


def contradictory(statement: Inequality) -> bool:
    """Tell whether z3 shows that no values satisfy the hypotheses."""
    return smtlib.z3_answer(smtlib.script(list(statement.given))[0])[0] == "unsat"


def refuse_contradiction(name: str, statement: Inequality) -> None:
    """Refuse hypotheses that cannot hold and prove anything, an error of the claims file."""
    if statement.given and live.find(statement) is None and contradictory(statement):
        hypotheses = ", ".join(map(repr, statement.given))
        raise InputError(
            f"claim {name}: its hypotheses {hypotheses} contradict each other, so they prove anything; "
            "drop or mend one."
        )
