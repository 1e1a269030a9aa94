"""What the theorem of a claim is called and about, for those who use it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from regretlab.claims.checkers import pieces
from regretlab.claims.checkers.theorem import conditions, needs
from regretlab.claims.language.binding import indices
from regretlab.claims.language.terms import Relation, Term, walk
from regretlab.claims.language.trees import conjuncts
from regretlab.claims.rocq import goals
from regretlab.claims.rocq.writing import Names, NotTranslated
from regretlab.claims.statements import Inequality, Scalar, Theorem


def said(statement: Theorem) -> tuple[Relation, ...]:
    """Return the relations of a theorem, without the definitions that only its proof speaks of."""
    return (*given(statement), statement.show)


def meaning(statement: Theorem) -> list[Relation]:
    """List the conditions under which the terms of :func:`said` have a meaning."""
    naturals = indices(*statement.said)
    wanted = {need for relation in said(statement) for need in needs(relation, naturals)}
    return [need for need in conditions(statement) if need in wanted]


def scope_of(statement: Theorem) -> goals.Scope:
    """Return the scope of a theorem: reals, integers, indices and sequences."""
    relations = said(statement)
    found = [n for n in walk(*relations) if n.op in ("symbol", "integer", "index")]
    arity = {n.args[0]: len(n.args) - 1 for n in walk(*relations) if n.op == "entry"}
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
        count = len(meaning(statement))
        return scope_of(statement), count, count + 1
    if isinstance(statement, Inequality):
        count = len(goals.needed((*statement.given, statement.show)))
        return goals.scope_of(statement), count, count + len(conjuncts(statement.show))
    if isinstance(statement, Scalar):
        return stated(pieces.as_inequality(statement))
    raise NotTranslated(f"the use of a claim of the kind {statement.kind!r}")


def given(statement: Any) -> Sequence[Relation]:
    """Return the hypotheses of a claim's theorem, the definitions that it needs among them."""
    if isinstance(statement, Scalar):
        statement = pieces.as_inequality(statement)
    return statement.given + statement.needed() if isinstance(statement, Theorem) else statement.given


def comparison(fact: Relation) -> str:
    """Return the comparison below the quantifiers of a fact."""
    while fact.op == "forall":
        fact = fact.args[3]
    return fact.op


def shortly(symbol: Term, meant: Mapping[Term, Term]) -> str:
    """Return a short name for what a symbol stands for."""
    atom, name = meant.get(symbol), str(symbol.args[0])
    if atom is None or (atom.op == "entry" and len(name) < 12):
        return name
    return {"sum": "S", "product": "P"}.get(atom.op, "w")
