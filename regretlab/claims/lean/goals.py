"""What the leaves of a claim say as propositions of Lean, with a name for every hypothesis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regretlab.claims.checkers import ladder, pieces
from regretlab.claims.language.terms import Node, Relation, Term, text, walk
from regretlab.claims.language.trees import conjuncts, obligations
from regretlab.claims.lean.writing import Identifiers, Writer
from regretlab.claims.rocq import stating
from regretlab.claims.rocq.goals import ALWAYS, Leaf, needed
from regretlab.claims.rocq.writing import NotTranslated
from regretlab.claims.statements import Inequality


class Scope:
    """The identifiers of a statement's symbols and sequences, and a writer that knows them."""

    def __init__(self, relations: Sequence[Relation]) -> None:
        found: list[Any] = [n for n in walk(*relations) if n.op in ("symbol", "integer", "index")]
        reals = [s for s in found if s.op == "symbol"]
        others = [s for s in found if s.op != "symbol"]
        found = reals + others if found and found[0].op == "symbol" else others + reals  # as the binders have them
        self.arity = {n.args[0]: len(n.args) - 1 for n in walk(*relations) if n.op == "entry"}
        self.names, self.count = Identifiers(), Counter[str]()
        self.identifiers: dict[Term, str] = {s: self.names(s.args[0]) for s in found}
        integers: dict[Node, str] = {s: name for s, name in self.identifiers.items() if s.op != "symbol"}
        known: dict[Node, str] = {s: f"({name} : ℝ)" if s in integers else name for s, name in self.identifiers.items()}
        self.sequences = {name: self.names(name) for name in self.arity}
        self.write = Writer(known, integers, self.sequences)

    def fresh(self, kind: str) -> str:
        """Return a new name for a fact of a proof: the kind, and a number."""
        self.count[kind] += 1
        return self.names(f"{kind}{self.count[kind]}")

    def binders(self) -> str:
        """Write the symbols with their types, as a theorem or quantifier binds them."""
        groups: dict[str, list[str]] = {}
        for symbol, name in self.identifiers.items():
            groups.setdefault("ℝ" if symbol.op == "symbol" else "ℤ", []).append(name)
        for name, count in self.arity.items():
            groups.setdefault(f"{'ℤ → ' * count}ℝ", []).append(self.sequences[name])
        return " ".join(f"({' '.join(names)} : {kind})" for kind, names in groups.items())


@dataclass
class Goal:
    """A proposition of Lean, and what its proof is made from.

    ``given`` has the hypotheses with their names, ``parts`` the conclusion, of which the first parts are
    conditions of definedness, ``needs`` (a path, and what must hold there). Where something is said to exist, ``given``
    is empty, and ``relations`` has what the parts say, the last of which is denied.
    """

    statement: Any
    scope: Scope
    parts: list[str]
    given: dict[str, Relation] = field(default_factory=dict)
    naturals: dict[str, str] = field(default_factory=dict)
    needs: Sequence[tuple[Relation, Relation]] = ()
    relations: Sequence[Relation] = ()
    exists: bool = False

    def says(self) -> str:
        """Write what stands between the name of a theorem and its proof."""
        binders, conclusion = self.scope.binders(), " ∧\n    ".join(self.parts)
        if self.exists:
            return f" :\n    {f'∃ {binders}, ' if binders else ''}{conclusion}"
        given = [f"\n    ({name} : 1 ≤ {n})" for name, n in self.naturals.items()]
        given += [f"\n    ({name} : {self.scope.write(h)})" for name, h in self.given.items()]
        return f"{f' {binders}' if binders else ''}{''.join(given)} :\n    {conclusion}"


def holds(leaf: Leaf) -> Goal:
    """Write that an inequality holds and means something."""
    statement: Inequality = as_inequality(leaf.statement)
    scope = Scope((*statement.given, statement.show))
    conditions = needed((*statement.given, statement.show))
    parts = [scope.write.conditional(pair, ALWAYS) for pair in conditions]
    parts += [scope.write.part(part) for part in conjuncts(statement.show)]
    return _universal(statement, scope, parts, statement.given, conditions)


def sequences(leaf: Leaf) -> Goal:
    """Write that a theorem about sequences holds and means something."""
    statement: Any = leaf.statement
    scope = Scope(stating.said(statement))
    meaning = stating.meaning(statement)
    parts = [scope.write.part(r) for r in (*meaning, statement.show)]
    return _universal(statement, scope, parts, stating.given(statement), [(ALWAYS, need) for need in meaning])


def fails(leaf: Leaf) -> Goal:
    """Write that the hypotheses hold somewhere, where every term has a meaning, and the conclusion is false."""
    statement = as_inequality(leaf.statement)
    scope = Scope((*statement.given, statement.show))
    pairs = needed((*statement.given, statement.show))
    return _existential(statement, scope, pairs, [], statement.show)


def means_nothing(leaf: Leaf) -> Goal:
    """Write that the hypotheses hold somewhere, where a term of the conclusion has no meaning."""
    statement: Any = leaf.statement
    scope = Scope((*statement.given, statement.show))
    for path, need in obligations(statement.show):
        if text(need) == leaf.body["needs"]:
            there = [] if path is ALWAYS else [path]
            return _existential(statement, scope, needed(statement.given), there, need)
    raise NotTranslated(f"the statement has no term that needs {leaf.body['needs']}")


def _universal(
    statement: Any,
    scope: Scope,
    parts: list[str],
    given: Sequence[Relation],
    needs: Sequence[tuple[Relation, Relation]],
) -> Goal:
    naturals = {scope.names(f"{n}_from"): n for s, n in scope.identifiers.items() if s.op == "index"}
    named = {scope.names(f"h{k}"): h for k, h in enumerate(given, 1)}
    return Goal(statement, scope, parts, named, naturals, needs)


def _existential(
    statement: Inequality,
    scope: Scope,
    pairs: Sequence[tuple[Relation, Relation]],
    there: Sequence[Relation],
    denied: Relation,
) -> Goal:
    write = scope.write
    parts = [*map(write.part, statement.given), *(write.conditional(pair, ALWAYS) for pair in pairs)]
    parts += [*map(write.part, there), f"¬ ({write(denied)})"]
    relations = [*statement.given, *(need for _, need in pairs), *there, denied]
    return Goal(statement, scope, parts, needs=pairs, relations=relations, exists=True)


def as_inequality(statement: Any) -> Inequality:
    """Return the inequality that a statement about one variable is."""
    if isinstance(statement, Inequality):
        return statement
    made: Inequality = (ladder if statement.kind == "ladder" else pieces).as_inequality(statement)
    return made


#: The proposition that is written for each form of certificate.
FORMS: Mapping[str, Callable[[Leaf], Goal]] = {
    **dict.fromkeys(("point", "below", "off ladder"), fails),
    "undefined": means_nothing,
    **dict.fromkeys(("value", "algebraic", "pieces", "sos", "squared sos", "smt", "refutation", "conjuncts"), holds),
    "steps": sequences,
}
