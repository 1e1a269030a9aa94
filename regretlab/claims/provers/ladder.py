"""Search for a ladder: derivatives along one symbol until solvers can give the sign."""

from __future__ import annotations

from typing import Any

from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.checkers import ladder as checker
from regretlab.claims.language.terms import text
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import points, solver, sos, trail
from regretlab.claims.statements import Ladder


def find(statement: Ladder) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``ladder``, else ``off ladder``: a point where f < 0. Without a sign there is neither."""
    plain = checker.as_inequality(statement)
    if points.survives(plain) and (found := _climb(statement)) is not None:
        return found
    refuted = points.find(plain)
    return None if refuted is None else ("off ladder", refuted[1])


def _climb(statement: Ladder) -> tuple[str, dict[str, Any]] | None:
    for searches in ((sos.find,), (sos.find, solver.find)):
        for k in range(1, checker.HIGHEST + 1):
            try:
                asked = checker.rungs(statement, k)
            except (Rejected, Undecided) as error:
                trail.missed(f"no ladder of height {k}: {error}")
                return None
            proofs: list[Any] = []
            for number, rung in enumerate(asked, 1):
                with trail.within(f"height {k}, rung {number} ({text(rung.show)})"):
                    proof = next((found for search in searches if (found := search(rung))), None)
                if proof is None:
                    break
                proofs.append({"form": proof[0], "body": proof[1]})
            if len(proofs) == len(asked):
                return "ladder", {"height": k, "rungs": proofs}
    return None
