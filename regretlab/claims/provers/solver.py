"""Proofs by SMT solvers: z3, and cvc5 as a second opinion where it is installed."""

from __future__ import annotations

from typing import Any

from regretlab.claims.checkers import smtlib
from regretlab.claims.checkers.smt import questions
from regretlab.claims.provers import live
from regretlab.claims.statements import Inequality
from regretlab.errors import InputError


def find(statement: Inequality) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``smt``: the solvers that answer unsat to every question, and a point of the hypotheses."""
    asked = [smtlib.script(question)[0] for question in questions(statement)]
    if any(smtlib.z3_answer(question)[0] != "unsat" for question in asked):
        return None
    at = live.find(statement)
    if at is None:
        return None
    solvers = ["z3"]
    if set(smtlib.cvc5_answers(asked)) == {"unsat"}:
        solvers.append("cvc5")
    return "smt", {"solvers": solvers, "live": at}


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
