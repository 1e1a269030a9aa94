"""Proofs for Lean, as far as the certificate gives them; what is left open names the tactic that should close it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic import exact
from regretlab.claims.checkers import point as points
from regretlab.claims.language.terms import Node, Relation, Term, walk
from regretlab.claims.language.trees import conjuncts
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.lean import contradictions
from regretlab.claims.lean.contradictions import bullet
from regretlab.claims.lean.goals import Goal
from regretlab.claims.lean.squares import Branch
from regretlab.claims.lean.steps import Steps, left_open
from regretlab.claims.rocq.goals import ALWAYS, Leaf
from regretlab.claims.rocq.writing import NotTranslated, number

#: What should close a goal that is left open, by the form of the certificate.
TACTICS = {
    **dict.fromkeys(("smt", "refutation"), "rcases on the cases, and nlinarith with products of hypotheses"),
    "sos": "nlinarith with the squares of the certificate",
    "squared sos": "nlinarith with the squares of the certificate",
    "pieces": "an enclosure of a transcendental function, for which mathlib has no tactic",
    "steps": "one 'have' for each step of the certificate, and Int.le_induction",
}
ENCLOSED = "an enclosure of these numbers, for which mathlib has no tactic"


def proof(goal: Goal, leaf: Leaf) -> Iterator[str]:
    """Write the proof of a proposition, line by line."""
    match leaf.form:
        case "point" | "off ladder" | "undefined":
            yield from _at(goal, points.read(goal.statement, leaf.body["point"]))
        case "below":
            (x,) = goal.scope.identifiers
            yield from _at(goal, points.read(goal.statement, {x.args[0]: leaf.body["x"]}))
        case "value":
            goal.relations = [*(need for _, need in goal.needs), *conjuncts(goal.statement.show)]
            yield from _at(goal, {})
        case "sos" | "squared sos" | "conjuncts" | "refutation":
            yield from _universal(goal, leaf.form, leaf.body)
        case "algebraic" if leaf.body["form"] in ("sos", "squared sos", "refutation"):
            yield from _universal(goal, leaf.body["form"], leaf.body["body"])
        case "steps":
            try:
                yield from list(Steps(goal, leaf.statement).lines(leaf.body))  # type: ignore[arg-type]
            except (NotTranslated, Rejected):
                yield from left_open(TACTICS["steps"])
        case form:
            yield from left_open(TACTICS.get(form, TACTICS["smt"]))


def _at(goal: Goal, at: dict[Term, Fraction]) -> Iterator[str]:
    """Write the proof that parts hold at a point: values of roots and the like, then rational arithmetic."""
    values = list(_values(goal, at))
    yield from (f"have {name} : {says} := {how}" for name, says, how in values)
    how = "norm_num" + (f" [{', '.join(name for name, _, _ in values)}]" if values else "")
    witnesses = [number(at[s]) for s in goal.scope.identifiers]
    holes = [*witnesses, *["?_"] * len(goal.parts)]
    if len(holes) > 1:
        yield f"refine ⟨{', '.join(holes)}⟩"
    for relation in goal.relations:
        try:
            exact.evaluate(relation, at)
            lines = [how]
        except exact.Irrational:
            lines = left_open(ENCLOSED)
        except exact.Undefined:  # on a path that is not taken there
            lines = [how]
        yield from bullet(lines) if len(goal.parts) > 1 else lines


def _values(goal: Goal, at: dict[Term, Fraction]) -> Iterator[tuple[str, str, str]]:
    """Yield the values of roots, maxima and absolute values at a point, each of numbers, with their proofs."""
    seen = set()
    for node in walk(*goal.relations):
        if node.op not in ("root", "max", "min", "abs"):
            continue
        try:
            value = exact.evaluate(node, at)
            a: list[Any] = [exact.evaluate(arg, at) if isinstance(arg, Node) else arg for arg in node.args]
        except (exact.Irrational, exact.Undefined):
            continue
        says, how = _value(node.op, a, value)
        if says not in seen:
            seen.add(says)
            yield goal.scope.fresh("v"), says, how


def _value(op: str, a: Sequence[Any], value: Fraction) -> tuple[str, str]:
    first, found = f"({number(a[0])} : ℝ)", number(value)
    match op:
        case "root" if a[1] == 2:
            return (
                f"Real.sqrt {number(a[0])} = {found}",
                f"(congrArg Real.sqrt (by norm_num : {first} = {found} ^ 2)).trans (Real.sqrt_sq (by norm_num))",
            )
        case "root":
            root, whole = f"(1 / {a[1]} : ℝ)", f"({a[1]} : ℝ)"
            power = f"(congrArg (· ^ {root}) (by norm_num : {first} = {found} ^ {whole}))"
            return (
                f"{first} ^ {root} = {found}",
                f"{power}.trans ((Real.rpow_mul (by norm_num) {whole} {root}).symm.trans (by norm_num))",
            )
        case "abs":
            how = "abs_of_nonneg (by norm_num)" if a[0] >= 0 else "(abs_of_neg (by norm_num)).trans (by norm_num)"
            return f"|{first}| = {found}", how
    side = "left" if value == a[0] else "right"
    return f"{op} {first} {number(a[1])} = {found}", f"{op}_eq_{side} (by norm_num)"


def _universal(goal: Goal, form: str, body: Any) -> Iterator[str]:
    """Write the proof of an inequality: its conditions, and then each part of its conclusion."""
    branch = Branch(goal.statement, goal.scope, goal.given)
    yield from branch.facts()
    if form == "refutation":
        try:
            yield from [*_split(goal, branch, 1), *contradictions.proof(goal, branch, body)]
        except (NotTranslated, Rejected):
            yield from left_open(TACTICS[form])
        return
    parts = conjuncts(goal.statement.show)
    yield from _split(goal, branch, len(parts))
    shown = body["parts"] if form == "conjuncts" else [{"form": form, "body": body}] * len(parts)
    for part, one in zip(parts, shown, strict=True):
        lines = list(_shown(branch, part, one["form"], one["body"]))
        yield from bullet(lines) if len(parts) > 1 else lines


def _split(goal: Goal, branch: Branch, parts: int) -> Iterator[str]:
    """Write the conditions that matter on a path alone, and leave the parts of the conclusion."""
    holes = []
    for path, need in goal.needs:
        if path is ALWAYS:
            holes.append(branch.conditions[need])
        else:
            name = goal.scope.fresh("d")
            yield f"have {name} : {goal.scope.write.conditional((path, need), ALWAYS)} := by"
            yield f"  intro there; {branch.meant(need)}"
            holes.append(name)
    if holes or parts > 1:
        yield f"refine ⟨{', '.join([*holes, *['?_'] * parts])}⟩"


def _shown(branch: Branch, part: Relation, form: str, body: Any) -> list[str]:
    """Write the proof of one part of a conclusion."""
    if form in ("sos", "squared sos"):
        try:
            return list(branch.squares(part, form, body))
        except (NotTranslated, Rejected):
            pass
    return left_open(TACTICS.get(form, TACTICS["smt"]))
