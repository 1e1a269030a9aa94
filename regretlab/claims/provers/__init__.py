"""Provers: untrusted searches, one file per kind of proof. What they return counts only once a checker accepts it.

``find(statement)`` returns ``(form, body)`` of a certificate, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, NamedTuple

from regretlab.claims import checkers
from regretlab.claims import statements as s
from regretlab.claims.checkers.limits import PROOF_SECONDS, SECONDS, limited
from regretlab.claims.language.verdict import Outcome, Rejected
from regretlab.claims.provers import (
    bandit,
    drift,
    finite,
    growth,
    guided,
    instances,
    ladder,
    pieces,
    points,
    recursion,
    refutations,
    replay,
    series,
    solver,
    sos,
    theorem,
    trail,
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
        refutations.find,
        guided.find,
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
    s.Theorem: (instances.find_quick, theorem.find, instances.find),
}


def undecided() -> str:
    """Say why the statement that was searched for last has no verdict: the attempts that failed."""
    return "no method decided it" + (f"; {tried}" if (tried := trail.words()) else "")


def candidates(statement: s.Statement) -> Iterator[Found]:
    """Yield certificates worth checking, best first."""
    if statement.parts():
        found = []
        for number, part in enumerate(parts := statement.parts(), 1):
            with trail.within(f"part {number} of {len(parts)}") if len(parts) > 1 else nullcontext():
                found.append(accepted(part))
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
    """Return the first candidate that its checker accepts; :func:`undecided` says why there is none.

    Raises
    ------
    Rejected
        If the search is stopped at its limit; the message says how far it came.
    """
    trail.begin()
    try:
        with limited(PROOF_SECONDS if _has_theorem(statement) else SECONDS):
            return _first(statement)
    except Rejected as error:
        raise Rejected(f"{error}; {tried}" if (tried := trail.words()) else str(error)) from None


def _has_theorem(statement: s.Statement) -> bool:
    return isinstance(statement, s.Theorem) or any(map(_has_theorem, statement.parts()))


def _first(statement: s.Statement) -> Accepted | None:
    for form, body in candidates(statement):
        try:
            return Accepted(form, body, checkers.check(statement, form, body))
        except Rejected as error:
            if form != "compound":
                trail.missed(f"a certificate of the form {form} was found and rejected: {error}")
    return None
