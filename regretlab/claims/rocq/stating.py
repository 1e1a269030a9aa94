"""What the theorem of a claim is called and about, for those who use it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from regretlab.claims.checkers.theorem import conditions
from regretlab.claims.language.terms import Relation, walk
from regretlab.claims.language.trees import conjuncts
from regretlab.claims.rocq import goals
from regretlab.claims.rocq.writing import Names, NotTranslated
from regretlab.claims.statements import Inequality, Theorem


def scope_of(statement: Theorem) -> goals.Scope:
    """Return the scope of a theorem: reals, integers, indices and sequences."""
    found = [n for n in walk(*statement.said) if n.op in ("symbol", "integer", "index")]
    arity = {n.args[0]: len(n.args) - 1 for n in walk(*statement.said) if n.op == "entry"}
    return goals.Scope(found, sequences=arity)  # type: ignore[arg-type]


def identifier(claim: str) -> str:
    """Return the name of the theorem of a claim."""
    return Names()(re.sub(r"\W", "_", claim))


def module(claim: str) -> str:
    """Return the name of the file of a claim."""
    return f"{identifier(claim)}_file"


def stated(statement: Any) -> tuple[goals.Scope, int, int]:
    """Return the scope of a claim's theorem, and the numbers of its conditions and of all parts of its conclusion."""
    if isinstance(statement, Theorem):
        count = len(conditions(statement))
        return scope_of(statement), count, count + 1
    if isinstance(statement, Inequality):
        count = len(goals.needed((*statement.given, statement.show)))
        return goals.scope_of(statement), count, count + len(conjuncts(statement.show))
    raise NotTranslated(f"the use of a claim of the kind {statement.kind!r}")


def given(statement: Any) -> Sequence[Relation]:
    """Return the hypotheses of a claim's theorem, definitions among them."""
    return statement.hypotheses if isinstance(statement, Theorem) else statement.given
