"""Proofs by solver: the text is regenerated from the statement, and every solver that is claimed is run again."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from regretlab.claims.arithmetic import balls, exact
from regretlab.claims.arithmetic.sampling import points
from regretlab.claims.checkers import live as hold
from regretlab.claims.checkers import point, smtlib
from regretlab.claims.language.terms import Relation, all_of
from regretlab.claims.language.trees import obligations
from regretlab.claims.language.verdict import Outcome, Rejected, fields
from regretlab.claims.statements import Inequality

#: Random rational points at which a proved statement is also evaluated exactly, whatever the solvers say.
REPLAYS = 50


def questions(statement: Inequality) -> list[list[Relation]]:
    """List the questions that must be unsatisfiable: denials of the conclusion and of every term's obligations.

    The obligations of a hypothesis may rest on those that have fewer, wherever the statement has them.
    """
    asked = []
    given = sorted(hold.atoms(statement), key=lambda relation: len(obligations(relation)))
    for i, relation in enumerate(given):
        asked += [[*given[:i], path, ~need] for path, need in obligations(relation)]
    defined = [need if path is all_of(()) else ~path | need for path, need in obligations(statement.show)]
    asked += [[*statement.given, path, ~need] for path, need in obligations(statement.show)]
    return [*asked, [*statement.given, *defined, ~statement.show]]


def check(statement: Inequality, body: Any) -> Outcome:
    """Check ``{"solvers", "live"}``: every named solver refutes all questions; the hypotheses hold at ``live``."""
    solvers, live = fields(body, "solvers", "live")
    hold.check(statement, live)
    outcome = _confirmed(statement, solvers)
    replayed = replay(statement)
    return replace(outcome, words=f"{outcome.words}; {replayed} points replayed") if replayed else outcome


def check_implication(statement: Inequality, body: Any) -> Outcome:
    """Check ``{"solvers"}``: every named solver refutes all questions, whether or not the hypotheses ever hold."""
    (solvers,) = fields(body, "solvers")
    return _confirmed(statement, solvers)


def _confirmed(statement: Inequality, solvers: Any) -> Outcome:
    """Return the outcome of the solvers' answers: the first must refute all questions."""
    if solvers not in (["z3"], ["z3", "cvc5"]):
        raise Rejected(f"unknown solvers {solvers!r}")
    asked = refuted(questions(statement))
    answers = set(smtlib.cvc5_answers(asked)) if len(solvers) == 2 else set()
    if "sat" in answers:
        raise Rejected("cvc5 answers sat, not unsat")
    confirmed = 2 if answers == {"unsat"} else 1  # absent, or too slow on this machine: one solver's word
    words = f"no counterexample exists ({', '.join(solvers[:confirmed])})"
    return Outcome("proved", f"{confirmed} solver{'s' * (confirmed > 1)}", words)


def refuted(asked: Iterable[list[Relation]]) -> list[str]:
    """Raise :class:`Rejected` unless z3 answers "unsat" to every question; return their texts."""
    texts = [smtlib.script(question)[0] for question in asked]
    for question in texts:
        if (answer := smtlib.z3_answer(question)[0]) != "unsat":
            raise Rejected(f"z3 answers {answer}, not unsat")
    return texts


def replay(statement: Inequality) -> int:
    """Evaluate a statement that is said to be proved at random rational points; a failure exposes a broken prover.

    The points satisfy the hypotheses, as :func:`regretlab.claims.arithmetic.sampling.points` decides them.
    """
    count = 0
    for candidate in points(statement.given, statement.symbols, random.Random(REPLAYS), REPLAYS):
        try:
            true, _ = point.decide(statement.show, candidate)
        except balls.Undecided:
            continue
        except exact.Undefined as error:
            raise Rejected(f"the statement is undefined at {point.says(candidate)}: {error}") from None
        if not true:
            raise Rejected(f"the statement fails at {point.says(candidate)}")
        count += 1
    return count
