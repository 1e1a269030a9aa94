"""Provers: untrusted searches, one file per kind of proof. What they return counts only once a checker accepts it.

``find(statement)`` returns ``(form, body)`` of a certificate, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from regretlab.claims import checkers
from regretlab.claims import statements as s
from regretlab.claims.checkers.limits import limited
from regretlab.claims.language.verdict import Outcome, Rejected
from regretlab.claims.provers import (
    bandit,
    drift,
    finite,
    growth,
    ladder,
    pieces,
    points,
    recursion,
    replay,
    series,
    solver,
    sos,
    theorem,
)

Found = tuple[str, dict[str, Any]]
Prover = Callable[[Any], Found | None]

#: Kind of statement -> the searches tried, in order: counterexamples first, then the strongest proofs.
PROVERS: dict[type[s.Statement], tuple[Prover, ...]] = {
    s.Inequality: (
        points.find_quick,
        points.find_undefined,
        points.find_value,
        sos.find,
        sos.find_conjuncts,
        solver.find,
        points.find,
    ),
    s.Scalar: (pieces.find, pieces.find_algebraic),
    s.Series: (series.find,),
    s.Ladder: (ladder.find,),
    s.RegretBound: (replay.find,),
    s.NoRegret: (drift.find,),
    s.Recursion: (recursion.find,),
    s.Finite: (finite.find,),
    s.Units: (growth.find_degrees,),
    s.Order: (growth.find_exponents,),
    s.BanditRegret: (bandit.find,),
    s.Theorem: (theorem.find,),
}


#: The things looked for, by kind of statement; of other kinds, all cases or orders are gone through.
SOUGHT: dict[type[s.Statement], str] = {
    s.Inequality: "a point where it fails, sums of squares, and a solver's answer in the time it has",
    s.Scalar: "a point where f < 0, and pieces on which Taylor's theorem shows f >= 0",
    s.Series: f"a sum of up to {series.LOOKED_AT} terms above the bound, and a proof that each step adds its term",
    s.Ladder: "a point below 0, and a proof for every rung",
}


def undecided(statement: s.Statement) -> str:
    """Say why a statement has no verdict: the things looked for in vain."""
    sought = SOUGHT.get(type(statement))
    return "no method decided it" + (f"; looked for in vain: {sought}" if sought else "")


def candidates(statement: s.Statement) -> Iterator[Found]:
    """Yield certificates worth checking, best first."""
    if statement.parts():
        found = [accepted(part) for part in statement.parts()]
        if all(found):
            yield "compound", {"parts": [{"form": f.form, "body": f.body} for f in found if f]}
        if isinstance(statement, s.Both):
            for index, certificate in enumerate(found):
                if certificate is not None:
                    yield "compound", {"parts": [{"part": index, "form": certificate.form, "body": certificate.body}]}
    for find in PROVERS.get(type(statement), ()):
        if (proposed := find(statement)) is not None:
            yield proposed


class Accepted(NamedTuple):
    """A certificate that its checker accepted, and the outcome."""

    form: str
    body: dict[str, Any]
    outcome: Outcome


def accepted(statement: s.Statement) -> Accepted | None:
    """Return the first candidate that its checker accepts."""
    with limited():
        for form, body in candidates(statement):
            try:
                return Accepted(form, body, checkers.check(statement, form, body))
            except Rejected:
                continue
    return None
