"""Search for the first horizon at which a bandit's regret exceeds the bound."""

from __future__ import annotations

from typing import Any

from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.checkers import bandit
from regretlab.claims.statements import BanditRegret


def find(statement: BanditRegret) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``horizon`` (the first that violates the bound), else ``horizons``."""
    for index, T in enumerate(statement.horizons):
        try:
            within = bandit.compare(statement, T)[0]
        except Undecided:
            return None
        if not within:
            return "horizon", {"index": index}
    return "horizons", {"count": len(statement.horizons)}
