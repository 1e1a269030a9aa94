"""Proofs of theorems about sequences, step by step as the certificate has them; what is left open says what closes it.

Every step becomes a fact by its rule, with the instances of earlier facts that it uses. Sums on both sides are
mathlib's lemmas, and where the certificate only adds up instances, that is linear arithmetic. Other arithmetic is left
open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from regretlab.claims.arithmetic import linear
from regretlab.claims.checkers import facts as checked
from regretlab.claims.checkers.facts import Proof
from regretlab.claims.checkers.rules import RULES, nonempty
from regretlab.claims.checkers.theorem import conditions
from regretlab.claims.language.binding import Range, opened, replaced
from regretlab.claims.language.terms import Node, Relation, walk
from regretlab.claims.lean.goals import Goal
from regretlab.claims.lean.writing import ATOM, Identifiers
from regretlab.claims.rocq.writing import NotTranslated
from regretlab.claims.statements.theorem import Theorem

#: What closes real arithmetic on instances of facts.
ARITHMETIC = "linarith or nlinarith with these facts, after sums and entries are written alike"
#: Operations of relations that linear arithmetic sees through.
PLAIN = ("num", "symbol", "+", "-", "*", "neg", "pow", "<=", "<", ">=", ">", "==")


def left_open(how: str) -> list[str]:
    """Write that a goal is left open, and what should close it."""
    return [f"-- to be closed by: {how}", "sorry"]


def _inside(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines)


class Steps:
    """The proof of one theorem."""

    def __init__(self, goal: Goal, statement: Theorem) -> None:
        self.goal, self.statement, self.proof = goal, statement, Proof(statement)
        self.write, self.fresh = goal.scope.write, goal.scope.fresh
        self.names: list[str] = []

    def lines(self, body: Any) -> Iterator[str]:
        """Write the proof."""
        named = {h: name for name, h in self.goal.given.items()}
        self.names = [named.get(h) or self.fresh("f") for h in self.statement.hypotheses]
        yield from self._idle(set(named))
        for step in body["steps"]:
            outside = dict(self.write.known), dict(self.write.integers)
            fact, lines = self._step(step["rule"], {k: v for k, v in step.items() if k != "rule"})
            self.write.known, self.write.integers = outside
            name = self.fresh("f")
            yield f"have {name} : {self.write(fact)} := by"
            yield from _inside(lines)
            self.names.append(name)
            self.proof.facts.append(fact)
        wanted, defined = {need for _, need in self.goal.needs}, {}
        for relation, shown in zip(conditions(self.statement), body["defined"], strict=True):
            if relation in wanted:
                defined[relation] = self.fresh("d")
                outside = dict(self.write.known), dict(self.write.integers)
                lines = list(self._for_all(relation, shown))
                self.write.known, self.write.integers = outside
                yield f"have {defined[relation]} : {self.write(relation)} := by"
                yield from _inside(lines)
        if defined:
            yield f"refine ⟨{', '.join([*(defined[need] for _, need in self.goal.needs), '?_'])}⟩"
        same = self.write(self.proof.facts[-1]) == self.write(self.statement.show)
        yield from [f"exact {self.names[-1]}"] if same else left_open(f"{self.names[-1]}, with terms written alike")

    def _idle(self, told: set[Relation]) -> Iterator[str]:
        """Introduce the sequences that only the proof speaks of."""
        number = len(self.statement.given)
        for definition in self.statement.where:
            facts = self.names[number : number + len(definition.equations)]
            number += len(definition.equations)
            if told.issuperset(definition.equations):
                continue
            if len(definition.names) > 1:
                raise NotTranslated("several sequences of which only the proof speaks")
            (name,) = definition.names
            self.write.sequences[name] = called = self.goal.scope.names(name)
            arity = next(len(n.args) - 1 for e in definition.equations for n in _entries(e, name))
            says = " ∧ ".join(f"({self.write(equation)})" for equation in definition.equations)
            yield f"obtain ⟨{', '.join([called, *facts])}⟩ : ∃ {called} : {'ℤ → ' * arity}ℝ, {says} := by"
            yield from _inside(left_open("the function, or the recursion over the integers, that this defines"))

    def _step(self, rule: str, step: Any) -> tuple[Relation, list[str]]:
        match rule:
            case "have":
                show = checked.read(Relation, step["show"])
                return show, list(self._for_all(show, step))
            case "induction":
                show = checked.read(Relation, step["show"])
                return show, list(self._induction(show, step))
            case "sum":
                fact = RULES["sum"](self.proof, step)
                return fact, list(self._total(fact, step))
        fact = RULES[rule](self.proof, step)
        known = self.statement.lemmas[step["lemma"]].id
        return fact, left_open(f"the theorem of the claim {known}, in a file of its own, at these terms")

    def _for_all(self, show: Relation, step: Any) -> Iterator[str]:
        ranges, body = opened(show, self.proof.fresh(show))
        yield from self._entered(ranges)
        yield from self._used(ranges, step, [body])

    def _entered(self, ranges: Sequence[Range]) -> Iterator[str]:
        """Introduce the indices of ranges."""
        for r in ranges:
            name = self._index(r)
            yield f"intro {name} {name}_from{f' {name}_to' if r.high is not None else ''}"

    def _index(self, r: Range, text: str = "") -> str:
        """Give the index of a range a name, or the text of a place."""
        name = text or Identifiers([*self.goal.scope.names.taken, *self.write.taken()])(r.free.args[0])
        self.write.known[r.free], self.write.integers[r.free] = f"({name} : ℝ)", name
        return name

    def _used(self, ranges: Sequence[Range], step: Any, about: Sequence[Relation]) -> Iterator[str]:
        """Write the instances of facts that are used; what is to be shown, and known before, is ``about`` something."""
        scope = self.proof.scope().inner(ranges)
        relations, names = [*about], ["before"] * (len(about) > 1)
        for number, forms in step["use"]:
            relations.append(self.proof.instance(scope, number, forms))
            names.append(self.fresh("u"))
            relation, text = self.proof.fact(number), self.names[number]
            for form in forms:
                _, _, high, relation = relation.args
                text += f" {self.write.integer(scope.form(form), ATOM)}{' (by omega)' * (1 + (high is not None))}"
            yield f"have {names[-1]} := {text}"
        added_up = _plain(relations) and all(map(_linear, step["proofs"])) and len(step["proofs"]) == 1
        yield from [f"linarith [{', '.join(names)}]"] if added_up else left_open(ARITHMETIC)

    def _induction(self, show: Relation, step: Any) -> Iterator[str]:
        ranges, body = opened(show, self.proof.fresh(show))
        *outer, last = ranges
        yield from self._entered(outer)
        low = self.write.integer(last.low, ATOM)
        name = self._index(last)
        to = [f"intro {name}_to"] if last.high is not None else []
        yield f"intro {name} {name}_from"
        yield f"induction {name}, {name}_from using Int.le_induction with"
        first = nonempty(self.proof, show, ranges)
        for r in first:
            self._index(r, low)
        yield "| base =>"
        yield from _inside([*to, *self._used([*outer, *first], step["base"], [replaced(body, {last.free: last.low})])])
        yield f"| succ {name} {name}_from before =>"
        before = [*outer, Range(last.free, last.low, None if last.high is None else linear.tidy(last.high - 1))]
        again = ["have before := before (by omega)"] if to else []
        yield from _inside(
            [*to, *again, *self._used(before, step["step"], [replaced(body, {last.free: last.free + 1}), body])]
        )

    def _total(self, fact: Relation, step: Any) -> Iterator[str]:
        """Write the sum of both sides of a fact."""
        ranges, body = opened(fact, self.proof.fresh(fact))
        yield from self._entered(ranges)
        known = self.proof.fact(step["fact"])
        text, inner = self.names[step["fact"]], known
        for r in ranges:
            inner = inner.args[3]
            text += f" {self.write.integers[r.free]} {self.write.integers[r.free]}_from"
            text += f" {self.write.integers[r.free]}_to" if r.high is not None else ""
        high, said = inner.args[2:]
        text += " k" + " (by have := Finset.mem_Icc.mp k_in; omega)" * (1 + (high is not None))
        weak = f"({text}).le" if said.op in ("<", ">") else text
        rule = "Finset.sum_congr rfl" if body.op == "==" else "Finset.sum_le_sum"
        yield f"exact {rule} (fun k k_in => {weak})"


def _plain(relations: Sequence[Relation]) -> bool:
    """Tell whether relations are polynomial in real symbols and entries, whose places are written alike."""
    for node in walk(*relations, below=lambda n: () if n.op == "entry" else n.children):
        if node.op == "entry":
            if any(linear.tidy(place) is not place for place in node.args[1:]):
                return False
        elif node.op not in PLAIN or (node.op == "pow" and node.args[1] < 0):
            return False
    return True


def _linear(proof: Any) -> bool:
    """Tell whether a certificate only adds up multiples of what is known."""
    if proof["form"] != "refutation":
        return False
    steps, end = proof["body"]["questions"][-1]
    if steps or end[0] != "sum":
        return False
    alone = all(" " not in which and square == "1" for which, _, square in end[1])
    return alone and all(not {" ", ","} & set(multiplier) for _, multiplier in end[2])


def _entries(root: Node, name: str) -> Iterator[Node]:
    """Yield the entries of a sequence."""
    if root.op == "entry" and root.args[0] == name:
        yield root
    for child in root.children:
        yield from _entries(child, name)
