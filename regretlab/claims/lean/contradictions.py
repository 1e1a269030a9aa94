"""Proofs from certificates of the form ``refutation``: cases, and in each an identity by which the denial is 0 > 0.

First formulas about any numbers are shown to contradict one another, as the certificate does it. The statement follows
by putting in terms for these numbers, with what defines each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic.polynomials import Polynomial
from regretlab.claims.checkers.logarithms import facts
from regretlab.claims.checkers.question import Formula, Reading
from regretlab.claims.checkers.refutation import State
from regretlab.claims.checkers.smt import questions
from regretlab.claims.language.terms import Relation, Term, all_of, walk
from regretlab.claims.language.trees import conjuncts
from regretlab.claims.lean.goals import Goal, Scope
from regretlab.claims.lean.squares import RULES, Branch
from regretlab.claims.rocq.contradictions import Contradiction, Held
from regretlab.claims.rocq.goals import ALWAYS
from regretlab.claims.rocq.writing import NotTranslated, number, polynomial

#: What says of a comparison that does not hold which one holds.
_DENIED = {"<=": "not_le.mp", "<": "not_lt.mp", ">=": "not_le.mp", ">": "not_lt.mp", "!=": "not_not.mp"}
#: What shows that a term and the polynomial that it is are the same.
_SAME = "first | ring1 | (field_simp <;> ring1)"


def proof(goal: Goal, branch: Branch, body: Any) -> Iterator[str]:
    """Write the proof of an inequality whose conditions are shown.

    Raises
    ------
    NotTranslated
        For conclusions of several parts, conditions inside cases, and facts about logarithms.
    """
    asked = questions(goal.statement)[-1]
    if len(conjuncts(goal.statement.show)) > 1 or any(path is not ALWAYS for path, _ in goal.needs):
        raise NotTranslated("a conclusion of several parts, or a condition in a case")
    if facts(walk(all_of(asked))):
        raise NotTranslated("facts about logarithms")
    reading = Reading(asked)
    found = _InLean(reading.size, goal.scope)
    use = _Use(goal, branch, reading)
    lines = [*found.lines(reading.formulas, body["questions"][-1]), *use.lines(found.name, asked)]
    yield from lines


def bullet(lines: Sequence[str]) -> list[str]:
    """Write a part of a proof that is one of several."""
    return [f"· {lines[0]}", *(f"  {line}" for line in lines[1:])]


class _InLean(Contradiction):
    """The proof that the formulas of a question contradict one another, as Lean has it."""

    LE, AND, OR, END = "≤", "∧", "∨", ""

    def __init__(self, size: int, scope: Scope) -> None:
        super().__init__([scope.fresh("u") for _ in range(size)], scope.fresh)
        self.name = scope.fresh("contradiction")

    def lines(self, formulas: Sequence[Formula], tree: Any) -> Iterator[str]:
        """Write the assertion with its proof."""
        given = [self.fresh("f") for _ in formulas]
        state, held = State(()), Held()
        lines = [f"intro {' '.join([*self.unknowns, *given])}"] if self.unknowns or given else []
        for formula, name in zip(formulas, given, strict=True):
            lines += self.assume(state, held, formula, name)
        lines += self.tree(state, held, tree)
        over = f"∀ {' '.join(self.unknowns)} : ℝ, " if self.unknowns else ""
        yield f"have {self.name} : {over}".rstrip()
        yield from (f"    ({self.says(formula)}) →" for formula in formulas)
        yield "    False := by"
        yield from (f"  {line}" for line in lines)

    def compared(self, p: Polynomial) -> str:
        line = self.polynomial(p)
        return line if any(any(e) for e in p) else f"({line} : ℝ)"

    def taken_apart(self, name: str, names: Sequence[str]) -> str:
        return f"obtain ⟨{', '.join(names)}⟩ := {name}"

    def known(self, name: str, shown: Formula, lines: Sequence[str]) -> Iterator[str]:
        yield f"have {name} : {self.says(shown)} := by"
        yield from (f"  {line}" for line in lines)

    def contrary(self, shown: Formula, name: str, denied: Formula, other: str) -> list[str]:
        by = "not_lt.mp" if shown.kind == ">" else "not_le.mp"
        return ["by_contra no", f"have {other} : {self.says(denied)} := by linarith only [{by} no]"]

    def distinguished(self, either: str, names: Sequence[str]) -> str:
        return f"rcases {either} with {' | '.join(names)}"

    def branch(self, lines: Sequence[str]) -> Iterator[str]:
        yield from bullet(lines)

    def square(self, q: Polynomial) -> str:
        return f"(sq_nonneg ({self.polynomial(q)} : ℝ))"

    def product(self, first: str, strict: bool, second: str, also: bool) -> tuple[str, bool]:
        if strict and also:
            return f"(mul_pos {first} {second})", True
        first, second = (f"{f}.le" if above else f for f, above in ((first, strict), (second, also)))
        return f"(mul_nonneg {first} {second})", False

    def posed(self, used: list[str], shown: str, made: bool) -> Iterator[str]:
        used.append(self.fresh("t") if made else shown)
        if made:
            yield f"have {used[-1]} := {shown}"

    def multiple(self, name: str, m: Polynomial, zero: Polynomial, known: str) -> str:
        product = f"({self.polynomial(m)} : ℝ) * ({self.polynomial(zero)})"
        return f"have {name} : {product} = 0 := by rw [{known}, mul_zero]"

    def added_up(self, used: Sequence[str]) -> str:
        return f"linarith only [{', '.join(used)}]" if used else "linarith"


class _Use:
    """The proof of a statement from a contradiction: terms are put in for the unknowns, with what is known of each."""

    def __init__(self, goal: Goal, branch: Branch, reading: Reading) -> None:
        self.goal, self.branch, self.reading = goal, branch, reading
        self.write, self.fresh = goal.scope.write, goal.scope.fresh
        self.values = [self._value(*found) if found else "0" for found in reading.meanings()]

    def lines(self, contradiction: str, asked: Sequence[Relation]) -> Iterator[str]:
        """Write the proof; the goal is the conclusion."""
        show, no = self.goal.statement.show, self.fresh("no")
        if show.op != "==" and show.op not in _DENIED:
            raise NotTranslated(f"a conclusion with {show.op}")
        yield f"by_contra {no}"
        named = {h: name for name, h in self.goal.given.items()} | self.branch.conditions
        shown = [self._relation(r, named[r]) for r in asked[:-1]]
        shown.append(self._relation(~show, no if show.op == "==" else f"({_DENIED[show.op]} {no})"))
        shown += self._definitions()
        yield f"refine {contradiction}{''.join(f' {value}' for value in self.values)}{' ?_' * len(shown)}"
        yield from (f"· exact {one}" for one in shown)

    def _value(self, node: Term, over: Fraction | None) -> str:
        """Write what an unknown is."""
        return self.write.atom(node) if over is None else f"({number(over)} * (1 / {self.write.atom(node)}))"

    def _definitions(self) -> Iterator[str]:
        """Write why the definitions of the unknowns hold, in the order of :class:`Reading`."""
        for key, formulas in self.reading.definitions.items():
            shown = (
                list(self._of_an_unknown(self.reading.unknown[key], formulas)) if key in self.reading.unknown else []
            )
            yield from shown
            if len(formulas) > len(shown):
                node = self.reading.divisors[key]
                zero, e = self._compared(node == 0, "e"), f"{self.write(node, 51)} = 0"
                yield f"(Classical.em ({e})).elim (fun e => Or.inl {zero}) (fun e => Or.inr (by field_simp <;> ring))"

    def _of_an_unknown(self, node: Any, formulas: Sequence[Formula]) -> Iterator[str]:
        a = node.args
        match node.op:
            case "root":
                known = f"(Real.sq_sqrt {self.branch.below(node)} : {self.write(node**2 == a[0])})"
                sign = "(Real.sqrt_nonneg _)"
                if a[1] != 2:
                    raise NotTranslated("a root of a higher degree")
                yield f"Or.inr ⟨{self._compared(node >= 0, sign)}, {self._compared(node**2 == a[0], known)}⟩"
            case "max" | "min" | "abs":
                u, v = a if node.op != "abs" else (a[0], -a[0])
                for side, rule in zip((u, v), RULES[node.op], strict=True):
                    beyond = node <= side if node.op == "min" else side <= node
                    yield self._compared(beyond, f"({rule} : {self.write(beyond)})")
                choice = f"({node.op}_choice {' '.join(map(self.write.real, a))})"
                first, second = (self._compared(node == side, "e") for side in (u, v))
                yield f"{choice}.elim (fun e => Or.inl {first}) (fun e => Or.inr {second})"
            case "where":
                test, yes, no = a
                if test.op != "==" and test.op not in _DENIED:
                    raise NotTranslated(f"a case distinction by {test.op}")
                other = "t" if test.op == "==" else f"({_DENIED[test.op]} t)"
                true = f"⟨{self._relation(test, 't')}, {self._compared(node == yes, '(if_pos t)')}⟩"
                false = f"⟨{self._relation(~test, other)}, {self._compared(node == no, '(if_neg t)')}⟩"
                yield f"(Classical.em ({self.write(test)})).elim (fun t => Or.inl {true}) (fun t => Or.inr {false})"

    def _relation(self, r: Relation, known: str) -> str:
        """Write why the formula of a relation holds that is known."""
        match r.op:
            case "and":
                return f"⟨{self._relation(r.args[0], f'{known}.1')}, {self._relation(r.args[1], f'{known}.2')}⟩"
            case "or":
                name = self.fresh("e")
                first, second = (self._relation(part, name) for part in r.args)
                return f"({known}.elim (fun {name} => Or.inl {first}) (fun {name} => Or.inr {second}))"
            case "!=":
                less, more = (self._compared(Relation(op, *r.args), "e") for op in ("<", ">"))
                return f"((lt_or_gt_of_ne {known}).elim (fun e => Or.inr {less}) (fun e => Or.inl {more}))"
        return self._compared(r, known)

    def _compared(self, r: Relation, known: str) -> str:
        """Write the proof of the formula of a comparison from that."""
        formula = self.reading.formula(r)
        sides: tuple[Any, ...] = r.args if r.op in (">", ">=", "==") else r.args[::-1]
        gap: Term = sides[0] - sides[1] if sides[1].op != "num" or sides[1].args[0] else sides[0]
        value = self._at(formula.polynomial)
        return f"(by linarith only [{known}, show {self.write(gap, 51)} = {value} by {_SAME}])"

    def _at(self, p: Polynomial) -> str:
        """Write a polynomial at the values of the unknowns."""
        line = polynomial(p, self.values)
        return line if any(any(e) for e in p) else f"({line} : ℝ)"
