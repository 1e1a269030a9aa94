"""Search for proofs of theorems about sequences: which instances of facts a step needs, and where it is an induction.

The steps are those that the paper names, then the conclusion. Each is tried by real arithmetic from instances whose
entries and sums meet those of the goal, then by induction on the index it is quantified over last.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from regretlab.claims.arithmetic import linear, sums
from regretlab.claims.checkers import facts, rules
from regretlab.claims.checkers import theorem as checker
from regretlab.claims.language.binding import Range, forall, indices, opened, over, replaced
from regretlab.claims.language.data import nodes
from regretlab.claims.language.terms import Relation, text, walk
from regretlab.claims.language.trees import conjuncts
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import implications, numbers, trail
from regretlab.claims.provers.meetings import ROUNDS, choices, constants, depth, form, taken
from regretlab.claims.statements.theorem import Theorem, Use, conclusions

#: Choices of instances from which a summand is tried before its sum.
SOON = 2


class Failure(Exception):
    """A step that no method shows; the message says which."""


def find(statement: Theorem) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``steps``."""
    try:
        return "steps", Search(statement).body()
    except (Failure, Rejected) as error:
        trail.missed(str(error))
        return None


class Search:
    """The search for the proof of one theorem."""

    def __init__(self, statement: Theorem) -> None:
        self.statement = statement
        self.proof = facts.Proof(statement)
        self.steps: list[dict[str, Any]] = []
        self.aside: set[int] = set()  # facts that are shown for a claim that is used, and hardly needed again

    def body(self) -> dict[str, Any]:
        """Return the certificate, step by step in the order of the hints."""
        found = numbers.find(self.statement)
        if found is None:
            raise Failure(
                "no numbers were found with which the hypotheses hold and the conclusion can be computed, and holds "
                "too; all indices were set to 1, to 2 and to 3"
            )
        for hint in (*self.statement.by, self.statement.show):
            if isinstance(hint, Use):
                self._use(hint)
            else:
                self._show(hint)
        if not facts.equal(self.proof, self.proof.facts[-1], self.statement.show):
            self._have(self.statement.show)  # which stands further up
        defined = []
        for relation in checker.conditions(self.statement):
            ranges, body = opened(relation, self.proof.fresh(relation))
            shown = self._proved(self.proof.scope().inner(ranges), [body])
            if shown is None:
                raise Failure(f"it is not shown that {text(relation)}, without which a term has no meaning")
            defined.append(shown)
        return agreed({"steps": self.steps, "defined": defined, "live": found})

    def _add(self, step: dict[str, Any]) -> int:
        """Add a step that the checker accepts; return the number of its fact."""
        rule = {k: v for k, v in step.items() if k != "rule"}
        self.proof.facts.append(rules.RULES[step["rule"]](self.proof, rule))
        self.steps.append(step)
        return len(self.proof.facts) - 1

    def _known(self, relation: Relation) -> int | None:
        for number, fact in enumerate(self.proof.facts):
            if facts.equal(self.proof, fact, relation):
                return number
        return None

    def _show(self, relation: Relation) -> int:
        """Show a relation by whatever rule does it; return the number of the fact."""
        found = self._tried(relation)
        if found is None:
            raise Failure(f"no step shows {text(relation)}; say in by= what leads to it")
        return found

    def _tried(self, relation: Relation) -> int | None:
        whole = (self._known, self._instance, self._added, self._have, self._summed, self._induction, self._general)
        for rule in (*whole, self._parts):
            if (found := rule(relation)) is not None:
                return found
        return None

    def _parts(self, relation: Relation) -> int | None:
        """Show a conjunction part by part."""
        ranges, body = opened(relation, self.proof.fresh(relation))
        parts, known = conjuncts(body), []
        if len(parts) == 1:
            return None
        scope, own = self.proof.scope().inner(ranges), tuple(r.free for r in ranges)
        for part in parts:
            number = self._tried(over(ranges, part))
            one = None if number is None else taken(self.proof, scope, number, own)
            if one is None:
                return None
            known.append(one)
        found = implications.prove(scope, [body], known, (), implications.QUICK)
        return None if found is None else self._add({"rule": "have", "show": nodes(relation), **found})

    def _instance(self, relation: Relation) -> int | None:
        """Show a relation by the one fact that says it: for more indices, in another order, or whatever others are."""
        ranges, body = opened(relation, self.proof.fresh(relation))
        spoken = {*indices(body), *(n for r in ranges for end in (r.low, r.high) if end is not None for n in walk(end))}
        scope, own = self.proof.scope().inner(ranges), [r.free for r in ranges if r.free in spoken]
        for number, fact in enumerate(self.proof.facts):
            for at in itertools.permutations(own) if depth(fact) == len(own) else ():
                one = taken(self.proof, scope, number, at)
                if one is None or not self._says(scope, one.relation, body):
                    continue
                for others in ([], constants(self.proof)):  # which may say that what is beside it has a meaning
                    found = implications.prove(scope, [body], [*others, one], (), implications.QUICK)
                    if found is not None:
                        return self._add({"rule": "have", "show": nodes(relation), **found})
        return None

    @staticmethod
    def _says(scope: facts.Scope, fact: Relation, body: Relation) -> bool:
        """Tell whether a part of a fact is this relation by the rules of sums."""
        try:
            return any(sums.same(part, body, scope.facts) for part in conjuncts(fact))
        except Rejected:
            return False

    def _have(self, relation: Relation, tries: int | None = None) -> int | None:
        ranges, body = opened(relation, self.proof.fresh(relation))
        found = self._proved(self.proof.scope().inner(ranges), [body], tries=tries)
        return None if found is None else self._add({"rule": "have", "show": nodes(relation), **found})

    def _induction(self, relation: Relation) -> int | None:
        ranges, body = opened(relation, self.proof.fresh(relation))
        if not ranges:
            return None
        *outer, (n, low, high) = ranges
        scope = self.proof.scope().inner(outer)
        base = self._proved(scope.inner(rules.nonempty(self.proof, relation, ranges)), [replaced(body, {n: low})])
        if base is None:
            return None
        before = Range(n, low, None if high is None else linear.tidy(high - 1))
        step = self._proved(scope.inner([before]), [replaced(body, {n: n + 1})], [body])
        if step is None:
            return None
        return self._add({"rule": "induction", "show": nodes(relation), "base": base, "step": step})

    def _general(self, relation: Relation) -> int | None:
        """Show a relation about a horizon for every smaller one, by induction."""
        if relation.op == "forall":
            return None
        for horizon in indices(relation):
            n = self.proof.fresh(relation).index(horizon.args[0].lower())
            every = forall(n, 1, horizon, replaced(relation, {horizon: n}))
            if self._induction(every) is not None and (found := self._have(relation)) is not None:
                return found
        return None

    def _added(self, relation: Relation) -> int | None:
        """Show it summand by summand if that is known or soon seen."""
        return self._summed(relation, (self._known, self._instance, lambda every: self._have(every, SOON)))

    def _summed(self, relation: Relation, by: Sequence[Callable[[Relation], int | None]] = ()) -> int | None:
        """Show an inequality between two sums over one range summand by summand, by one of these rules."""
        ranges, body = opened(relation, self.proof.fresh(relation))
        if body.op not in ("<=", ">=", "==") or any(side.op != "sum" for side in body.args):
            return None
        (bound, low, high, left), (other, *ends, right) = (side.args for side in body.args)
        if linear.minus(low, ends[0]) or linear.minus(high, ends[1]):
            return None
        t = self.proof.fresh(relation, *(r.free for r in ranges)).index(bound.args[0])
        each = Relation(body.op, replaced(left, {bound: t}), replaced(right, {other: t}))
        every = over([*ranges, Range(t, low, high)], each)
        for rule in by or (self._have,):
            if (number := rule(every)) is not None:
                return self._add({"rule": "sum", "fact": number, "low": None, "high": None})
        return None

    def _use(self, hint: Use) -> int:
        """Use a lemma, after its hypotheses have been shown."""
        scope = self.proof.scope().inner([Range(*r) for r in hint.over])
        terms = [[name, [p.args[0] for p in parameters], nodes(value)] for name, parameters, value in hint.terms]
        last = -1
        number = [lemma.id for lemma in self.statement.lemmas].index(hint.claim)
        for part, (hypotheses, concludes) in enumerate(conclusions(self.statement.lemmas[number].known)):
            put = rules.Substitution(scope, [*hypotheses, concludes], terms)
            before = len(self.proof.facts)
            shown = [self._show(over(scope.ranges, put(h))) for h in hypotheses]
            self.aside |= set(range(before, len(self.proof.facts)))
            ranges = [[i.args[0], form(low), None if high is None else form(high)] for i, low, high in hint.over]
            step = {"rule": "lemma", "lemma": number, "part": part, "over": ranges, "terms": terms, "facts": shown}
            last = self._add(step)
        return last

    def _proved(
        self, scope: facts.Scope, goals: Sequence[Relation], more: Sequence[Relation] = (), tries: int | None = None
    ) -> dict[str, Any] | None:
        """Return ``use`` and ``proofs`` of goals by real arithmetic, from the first ``tries`` choices of instances."""
        try:
            found = choices(self.proof, scope, [*more, *goals], self.aside)
            for number, some in enumerate(itertools.islice(found, tries)):
                limit = implications.PATIENT if number and not number % ROUNDS else implications.QUICK
                if (proved := implications.prove(scope, goals, some, more, limit)) is not None:
                    return proved
        except Rejected as error:
            trail.missed(str(error))
        return None


def agreed(body: dict[str, Any]) -> dict[str, Any]:
    """Name in every proof only the solvers that all of them name: the least trusted proof decides for the theorem."""
    named = [node["solvers"] for node in _nodes(body) if "solvers" in node]
    common: list[str] = min(named, key=len, default=[])
    for node in _nodes(body):
        if "solvers" in node:
            node["solvers"] = common
    return body


def _nodes(body: Any) -> Iterator[dict[str, Any]]:
    if isinstance(body, dict):
        yield body
    for part in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        yield from _nodes(part)
