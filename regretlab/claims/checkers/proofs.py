"""Proofs of inequalities as parts of other certificates: ``{"form", "body"}`` by solvers or sums of squares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from regretlab.claims.checkers import refutation, rewriting, smt, sos
from regretlab.claims.language.trees import conjuncts
from regretlab.claims.language.verdict import Outcome, Rejected, fields, weakest
from regretlab.claims.statements import Inequality

Checker = Callable[[Any, Any], Outcome]
FORMS: dict[str, Checker] = {
    "smt": smt.check,
    "sos": sos.check,
    "squared sos": sos.check_squared,
    "refutation": refutation.check,
}


def proved(statement: Inequality, proof: Any) -> Outcome:
    """Return the outcome of a proof of the inequality; anything else is :class:`Rejected`."""
    return _checked(FORMS, "an inequality", statement, proof)


#: Proofs of what follows from hypotheses, which may be those of a case that does not arise.
IMPLIED: dict[str, Checker] = {
    "smt": smt.check_implication,
    "sos": sos.check_implication,
    "rewriting": rewriting.check_implication,
    "refutation": refutation.check_implication,
}


def implied(statement: Inequality, proof: Any) -> Outcome:
    """Return the outcome of a proof that the conclusion follows; unlike :func:`proved`, of hypotheses that may never
    hold: of "n is between 1 and 0" anything follows.
    """
    return _checked(IMPLIED, "an implication", statement, proof)


def _checked(forms: Mapping[str, Checker], what: str, statement: Inequality, proof: Any) -> Outcome:
    form, body = fields(proof, "form", "body")
    if not isinstance(form, str) or form not in forms:
        raise Rejected(f"unknown proof of {what} {form!r}")
    return forms[form](statement, body)


def apart(statement: Inequality) -> list[Inequality]:
    """Split ``A and B and ...`` into statements with the same hypotheses."""
    return [Inequality(statement.given, part) for part in conjuncts(statement.show)]


def check_conjuncts(statement: Inequality, body: Any) -> Outcome:
    """Check ``{"parts": [{"form", "body"}, ...]}``: a proof of every part of a conjunction."""
    (parts,) = fields(body, "parts")
    asked = apart(statement)
    if len(asked) < 2 or not isinstance(parts, list) or len(parts) != len(asked):
        raise Rejected(f"expected proofs of {len(asked)} parts of a conjunction")
    found = [proved(part, proof) for part, proof in zip(asked, parts, strict=True)]
    return Outcome("proved", weakest(o.level for o in found), "; ".join(o.words for o in found))
