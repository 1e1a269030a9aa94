"""Equations that hold because equal things were put in for one another: by rewriting, and the normal form of sums."""

from __future__ import annotations

from typing import Any

from regretlab.claims.arithmetic import sums
from regretlab.claims.checkers import refutation
from regretlab.claims.checkers.smt import questions, refuted
from regretlab.claims.language.terms import Term
from regretlab.claims.language.trees import substitute
from regretlab.claims.language.verdict import Outcome, Rejected, fields
from regretlab.claims.statements import Inequality

WORDS = "equals put in for equals"


def check_implication(statement: Inequality, body: Any) -> Outcome:
    """Check ``{"replaced", "defined"}``: with these symbols replaced, in turn, by what hypotheses say they are, both
    sides agree.

    ``defined`` are refutations of the questions whether some term has no meaning; without it, solvers are asked.
    """
    names, trees = fields(body, "replaced", "defined") if "defined" in body else (*fields(body, "replaced"), None)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Rejected("the symbols that are replaced are not a list of names")
    if not agree(statement, names):
        raise Rejected("the two sides are not the same after the symbols have been replaced")
    asked = questions(statement)[:-1]
    if trees is None:
        return Outcome("proved", "1 solver" if refuted(asked) else "exact", WORDS)
    refutation.all_refuted(asked, trees)
    return Outcome("proved", "exact", WORDS)


def agree(statement: Inequality, names: list[str]) -> bool:
    """Tell whether the two sides of an equation are the same once symbols have been replaced by what equals them."""
    if statement.show.op != "==":
        return False
    show = statement.show
    for name in names:
        found = equals(statement, name)
        if found is None:
            return False
        show = substitute(show, {found[0]: found[1]})
    return sums.canonical(show.args[0]) is sums.canonical(show.args[1])


def equals(statement: Inequality, name: str) -> tuple[Term, Term] | None:
    """Return the symbol of a name and what the first equation about it says it is."""
    for given in statement.given:
        left = given.args[0]
        if given.op == "==" and left.op == "symbol" and left.args[0] == name:
            return left, given.args[1]
    return None
