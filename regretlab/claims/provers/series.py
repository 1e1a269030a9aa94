"""Search for a partial sum above its bound, or for a step that keeps all of them below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.checkers import series as checker
from regretlab.claims.checkers.pieces import as_inequality
from regretlab.claims.language.terms import walk
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import pieces, solver, sos, trail
from regretlab.claims.statements import Series

Found = tuple[str, dict[str, Any]]
#: Partial sums looked at before a proof is tried.
LOOKED_AT = 400


def find(statement: Series) -> Found | None:
    """Find a certificate ``partial sum`` (one that exceeds the bound), else ``base and step``."""
    gaps: dict[int, float] = {}
    try:
        for n, surplus in checker.surpluses(statement, statement.first + LOOKED_AT):
            if surplus.b < 0:
                return "partial sum", {"N": n}
            gaps[n] = float(surplus.a)
    except (Undecided, Rejected) as error:
        trail.missed(f"the first sums are not known: {error}")
        return None
    falls = [n for n in gaps if n - 1 in gaps and gaps[n] < gaps[n - 1]]
    rooted = any(node.op == "root" for node in walk(statement.term, statement.bound))
    for through in dict.fromkeys((max(falls, default=statement.first), statement.first + 1, statement.first + 8)):
        step = checker.step(statement, through)
        inequality = as_inequality(step)
        searches: list[tuple[Callable[[Any], Found | None], Any]] = [(sos.find, inequality), (solver.find, inequality)]
        searches.insert(2 if rooted else 1, (pieces.find, step))
        for search, asked in searches:
            with trail.within(f"the step to N >= {through + 1}"):
                found = search(asked)
            if found is not None and found[0] != "below":
                return "base and step", {"through": through, "form": found[0], "body": found[1]}
    return None
