"""Proofs for Lean, as far as the certificate gives them; what is left open names the tactic that should close it."""

from __future__ import annotations

from collections.abc import Iterator

from regretlab.claims.lean.goals import Goal
from regretlab.claims.rocq.goals import Leaf

#: What should close a goal, by the form of the certificate.
TACTICS = {
    **dict.fromkeys(("point", "below", "off ladder", "undefined"), "the values of the certificate, then norm_num"),
    **dict.fromkeys(("sos", "squared sos", "conjuncts", "algebraic"), "positivity, and nlinarith with the squares"),
    **dict.fromkeys(("smt", "refutation"), "rcases on the cases, and nlinarith with products of hypotheses"),
    "value": "norm_num",
    "pieces": "an enclosure of a transcendental function, for which mathlib has no tactic",
    "steps": "one 'have' for each step of the certificate, and Int.le_induction",
}


def proof(goal: Goal, leaf: Leaf) -> Iterator[str]:
    """Write the proof of a proposition, line by line."""
    del goal
    yield f"-- to be closed by: {TACTICS[leaf.form]}"
    yield "sorry"
