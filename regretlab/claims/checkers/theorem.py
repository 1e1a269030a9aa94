"""Proofs of theorems about sequences: a list of steps, each a rule applied to facts that stand before it.

What a step establishes is written out by its rule (:mod:`regretlab.claims.checkers.rules`); real arithmetic is left to
the proofs of inequalities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from regretlab.claims.arithmetic import linear
from regretlab.claims.checkers import instances
from regretlab.claims.checkers.facts import Proof, Scope, equal
from regretlab.claims.checkers.rules import RULES
from regretlab.claims.language.binding import BINDERS, Fresh, Range, indices, opened, over, replaced
from regretlab.claims.language.terms import Node, Relation, Term, all_of, text
from regretlab.claims.language.trees import condition
from regretlab.claims.language.verdict import Outcome, Rejected, fields, weakest
from regretlab.claims.statements.theorem import Theorem

#: Steps of one proof.
MOST_STEPS = 400


def needs(root: Node, naturals: Sequence[Term]) -> list[Relation]:
    """List the conditions under which a relation has a meaning, each for every index that is bound there."""
    found: list[Relation] = []

    def visit(node: Any, ranges: list[Range], path: list[Relation]) -> None:
        need = condition(node)
        if node.op == "power":
            base, factors = node.args
            if not linear.follows(Scope(ranges, list(naturals)).facts, linear.form(factors)):
                need = (factors >= 0) | (base != 0)
        if need is not None:
            found.append(over(ranges, ~all_of(path) | need if path else need))
        if node.op in BINDERS:
            bound, low, high, body = node.args
            index = Fresh(root, *(r.free for r in ranges)).index(bound.args[0])
            visit(replaced(body, {bound: index}), [*ranges, Range(index, low, high)], path)
        elif node.op == "where":
            test, a, b = node.args
            visit(test, ranges, path)
            visit(a, ranges, [*path, test])
            visit(b, ranges, [*path, ~test])
        else:
            for child in node.children:
                visit(child, ranges, path)

    visit(root, [], [])
    return list(dict.fromkeys(found))


def check(statement: Theorem, body: Any) -> Outcome:
    """Check ``{"steps", "defined", "live"}``: the last fact is the conclusion, and every term has a meaning.

    ``defined`` has a ``{"use", "proofs"}`` for each condition of a division, root or logarithm of the statement;
    ``live`` are numbers with which the hypotheses hold for the first indices, and then the conclusion does.
    """
    steps, defined, live = fields(body, "steps", "defined", "live")
    proof = Proof(statement)
    if not isinstance(steps, list) or not 0 < len(steps) <= MOST_STEPS or not isinstance(defined, list):
        raise Rejected(f"expected at most {MOST_STEPS} steps")
    for number, step in enumerate(steps, 1):
        if not isinstance(step, Mapping) or not isinstance(step.get("rule"), str) or step["rule"] not in RULES:
            raise Rejected(f"step {number} has no known rule")
        try:
            proof.facts.append(RULES[step["rule"]](proof, {k: v for k, v in step.items() if k != "rule"}))
        except Rejected as error:
            raise Rejected(f"step {number} ({step['rule']}): {error}") from None
    if not equal(proof, proof.facts[-1], statement.show):
        raise Rejected(f"the last step shows {text(proof.facts[-1])}, which is not the conclusion")
    asked = conditions(statement)
    if len(defined) != len(asked):
        raise Rejected(f"expected proofs that {len(asked)} terms are defined")
    for relation, shown in zip(asked, defined, strict=True):
        ranges, inner = opened(relation, proof.fresh(relation))
        proof.prove(proof.scope().inner(ranges), [inner], *fields(shown, "use", "proofs"))
    instances.check(statement, live)
    rules = [step["rule"] for step in steps]
    counted = ", ".join(f"{rules.count(rule)} {rule}" for rule in RULES if rule in rules)
    words = f"a proof in {len(steps)} steps: {counted}"
    if at := ", ".join(f"{name} = {value}" for name, value in live["indices"].items()):
        words += f"; its hypotheses hold for some numbers with {at}"
    return Outcome("proved", weakest(proof.levels), words)


def conditions(statement: Theorem) -> list[Relation]:
    """List the conditions under which every term of the statement has a meaning."""
    naturals = indices(*statement.said)
    return list(dict.fromkeys(need for relation in statement.said for need in needs(relation, naturals)))
