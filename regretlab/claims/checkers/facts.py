"""The facts of a proof about sequences: their instances, and real arithmetic from them.

Facts are numbered: hypotheses, definitions, and what the steps establish. Indices of a certificate are linear forms
``{"T": 1, "": -1}``, with the constant under the empty name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from regretlab.claims.arithmetic import linear, sums
from regretlab.claims.arithmetic.abstraction import Abstraction
from regretlab.claims.checkers import proofs
from regretlab.claims.language.binding import AnyNode, Fresh, Range, indices, loose, opened, replaced
from regretlab.claims.language.data import Unreadable, tree
from regretlab.claims.language.terms import Node, Relation, Term, text, walk
from regretlab.claims.language.trees import conjuncts, symbols
from regretlab.claims.language.verdict import Rejected, natural
from regretlab.claims.statements import Inequality
from regretlab.claims.statements.theorem import Theorem
from regretlab.errors import InputError

#: Instances of facts in one obligation.
MOST_INSTANCES = 60


@dataclass(frozen=True)
class Scope:
    """The indices in play: those that run over ranges, and those that are any natural numbers."""

    ranges: list[Range]
    naturals: list[Term]

    @cached_property
    def facts(self) -> list[linear.Form]:
        """What is known of the indices."""
        return sums.index_facts(self.ranges, self.naturals)

    @property
    def relations(self) -> list[Relation]:
        """The same as relations."""
        found = [n >= 1 for n in self.naturals]
        for index, low, high in self.ranges:
            found += [index >= low] + ([] if high is None else [index <= high])
        return found

    def inner(self, ranges: Sequence[Range]) -> Scope:
        """Add ranges of indices that are not in play yet: of one that is, two different things would be known."""
        known = {*self.naturals, *(r.free for r in self.ranges)}
        for r in ranges:
            if r.free in known:
                raise Rejected(f"the index {text(r.free)} is taken")
            known.add(r.free)
        return Scope([*self.ranges, *ranges], self.naturals)

    def form(self, written: Any) -> Term:
        """Read an index of a certificate."""
        if not isinstance(written, Mapping):
            raise Rejected(f"{written!r} is no linear form of indices")
        known = {n.args[0]: n for n in (*self.naturals, *(r.free for r in self.ranges))}
        found: linear.Form = {}
        for name, c in written.items():
            if isinstance(c, bool) or not isinstance(c, int) or (name and name not in known):
                raise Rejected(f"{written!r} is no linear form of the indices {', '.join(known)}")
            if c:
                found[known[name] if name else None] = Fraction(c)
        return linear.written(found)


class Proof:
    """The facts of a proof so far, and the levels of the proofs they rest on."""

    def __init__(self, statement: Theorem) -> None:
        self.statement = statement
        self.facts: list[Relation] = list(statement.hypotheses)
        self.levels: list[str] = []

    def scope(self) -> Scope:
        """Return the indices that the statement is about."""
        return Scope([], indices(*self.statement.said))

    def fresh(self, *more: Node) -> Fresh:
        """Return names that neither the statement nor these trees have."""
        return Fresh(*self.statement.said, *more)

    def fact(self, number: int) -> Relation:
        """Return the fact of a number."""
        if natural(number) >= len(self.facts):
            raise Rejected(f"there is no fact {number} yet")
        return self.facts[number]

    def instance(self, scope: Scope, number: Any, forms: Any) -> Relation:
        """Return a fact with these indices in place of those it is quantified over, which must be in their ranges."""
        relation = self.fact(number)
        if not isinstance(forms, list):
            raise Rejected(f"{forms!r} is not a list of indices")
        for written in forms:
            if relation.op != "forall":
                raise Rejected(f"fact {number} is quantified over fewer indices than {len(forms)}")
            bound, low, high, body = relation.args
            at = scope.form(written)
            for gap in [linear.minus(at, low)] + ([] if high is None else [linear.minus(high, at)]):
                if not linear.follows(scope.facts, gap):
                    raise Rejected(f"{text(at)} need not lie in the range of fact {number}")
            relation = replaced(body, {bound: at})
        return Relation(relation.op, *relation.args)

    def prove(
        self, scope: Scope, goals: Sequence[Relation], use: Any, given: Any, more: Sequence[Relation] = ()
    ) -> None:
        """Check that goals follow, by real arithmetic, from instances ``use`` of facts; ``given`` are the proofs."""
        if not isinstance(use, list) or len(use) > MOST_INSTANCES:
            raise Rejected(f"the instances are not a list of at most {MOST_INSTANCES}")
        taken = [self.instance(scope, *entry) for entry in map(_pair, use)]
        asked = arithmetic(scope, [*more, *taken], goals)
        if not isinstance(given, list) or len(given) != len(asked):
            raise Rejected(f"expected proofs of {len(asked)} relations")
        for inequality, proof in zip(asked, given, strict=True):
            self.levels.append(proofs.implied(inequality, proof).level)


def _pair(entry: Any) -> list[Any]:
    if not isinstance(entry, list) or len(entry) != 2:
        raise Rejected(f"{entry!r} is not [number of a fact, indices]")
    return entry


def arithmetic(scope: Scope, given: Sequence[Relation], goals: Sequence[Relation]) -> list[Inequality]:
    """State each part of the goals about single real numbers, which stand for entries and sums."""
    parts = [part for goal in goals for part in conjuncts(goal)]
    for relation in (*given, *parts):
        if any(node.op == "forall" for node in walk(relation)):
            raise Rejected(f"{text(relation)} is quantified, so it is no relation between real numbers")
    known = scope.relations
    found = Abstraction(scope.facts, [*known, *given, *parts]).relations
    hypotheses = sorted(found[: len(found) - len(parts)], key=_plain)
    return [Inequality(tuple(_about(hypotheses)), part) for part in found[len(found) - len(parts) :]]


def _about(hypotheses: Sequence[Relation]) -> list[Relation]:
    """Leave out what is true of itself."""
    return [h for h in dict.fromkeys(hypotheses) if symbols(h)]


def _plain(relation: Relation) -> int:
    """Order hypotheses: those that are defined everywhere first, so that they can say that others are."""
    return sum(node.op in ("/", "root", "log") or (node.op == "pow" and node.args[1] <= 0) for node in walk(relation))


def read(kind: type[AnyNode], written: Any) -> AnyNode:
    """Read a relation or a term of a certificate, which has no loose ends."""
    name = kind.__name__.lower()
    try:
        found = tree(written)
    except (Unreadable, InputError) as error:
        raise Rejected(f"a {name} cannot be read: {error}") from None
    if not isinstance(found, kind) or loose(found):
        raise Rejected(f"a {name} of the certificate is none")
    return found


def equal(proof: Proof, a: Relation, b: Relation) -> bool:
    """Tell whether two relations are the same by the rules of sums, up to the names of what is bound."""
    (left, x), (right, y) = opened(a, proof.fresh(a, b)), opened(b, proof.fresh(a, b))
    if len(left) != len(right):
        return False
    names = {s.free: r.free for r, s in zip(left, right, strict=True)}
    right = [Range(names[s.free], replaced(s.low, names), s.high and replaced(s.high, names)) for s in right]
    for r, s in zip(left, right, strict=True):
        if (r.high is None) != (s.high is None):
            return False
        ends = [(r.low, s.low)] + ([] if r.high is None or s.high is None else [(r.high, s.high)])
        if any(linear.minus(p, q) for p, q in ends):
            return False
    return sums.same(x, replaced(y, names), proof.scope().inner(left).facts)
