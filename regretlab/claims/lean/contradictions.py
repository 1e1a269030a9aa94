"""Proofs from certificates of the form ``refutation``: cases, and in each an identity by which the denial is 0 > 0.

First formulas about any numbers are shown to contradict one another, as the certificate does it. The statement follows
by putting in terms for these numbers, with what defines each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from regretlab.claims.arithmetic.polynomials import Polynomial
from regretlab.claims.checkers.logarithms import facts
from regretlab.claims.checkers.question import Formula, Reading, divisor, factors
from regretlab.claims.checkers.refutation import State, denial, read
from regretlab.claims.checkers.smt import questions
from regretlab.claims.language.terms import Relation, Term, all_of, walk
from regretlab.claims.language.trees import conjuncts
from regretlab.claims.lean.goals import Goal, Scope
from regretlab.claims.lean.squares import RULES, Branch
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
    found = _Contradiction(reading.size, goal.scope)
    use = _Use(goal, branch, reading)
    lines = [*found.lines(reading.formulas, body["questions"][-1]), *use.lines(found.name, asked)]
    yield from lines


def bullet(lines: Sequence[str]) -> list[str]:
    """Write a part of a proof that is one of several."""
    return [f"· {lines[0]}", *(f"  {line}" for line in lines[1:])]


@dataclass
class _Held:
    """The names of the facts of a :class:`State`, in its order; those that are ``above`` with whether they are > 0."""

    above: list[tuple[str, bool]] = field(default_factory=list)
    zero: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def copy(self) -> _Held:
        """Return the names for a case."""
        return _Held([*self.above], [*self.zero], [*self.open])


def says(formula: Formula, names: list[str]) -> str:
    """Write a formula about numbers of these names."""
    if formula.kind in ("==", ">", ">="):
        line = polynomial(formula.polynomial, names)
        line = line if any(any(e) for e in formula.polynomial) else f"({line} : ℝ)"
        return f"{line} = 0" if formula.kind == "==" else f"0 {'<' if formula.kind == '>' else '≤'} {line}"
    sign, empty = ("∧", "True") if formula.kind == "all" else ("∨", "False")
    return f" {sign} ".join(f"({says(part, names)})" for part in formula.parts) or empty


class _Contradiction:
    """The proof that the formulas of a question contradict one another, for all numbers."""

    def __init__(self, size: int, scope: Scope) -> None:
        self.size, self.fresh = size, scope.fresh
        self.unknowns = [scope.fresh("u") for _ in range(size)]
        self.name = scope.fresh("contradiction")

    def lines(self, formulas: Sequence[Formula], tree: Any) -> Iterator[str]:
        """Write the assertion with its proof."""
        given = [self.fresh("f") for _ in formulas]
        state, held = State(()), _Held()
        lines = [f"intro {' '.join([*self.unknowns, *given])}"] if self.unknowns or given else []
        for formula, name in zip(formulas, given, strict=True):
            lines += self._assume(state, held, formula, name)
        lines += self._tree(state, held, tree)
        over = f"∀ {' '.join(self.unknowns)} : ℝ, " if self.unknowns else ""
        yield f"have {self.name} : {over}".rstrip()
        yield from (f"    ({says(formula, self.unknowns)}) →" for formula in formulas)
        yield "    False := by"
        yield from (f"  {line}" for line in lines)

    def _assume(self, state: State, held: _Held, formula: Formula, name: str) -> Iterator[str]:
        """Take a fact apart as :class:`State` does, with the names of its parts."""
        match formula.kind:
            case "all":
                names = [name] if len(formula.parts) == 1 else [self.fresh("f") for _ in formula.parts]
                if len(names) > 1:
                    yield f"obtain ⟨{', '.join(names)}⟩ := {name}"
                for part, own in zip(formula.parts, names, strict=True):
                    yield from self._assume(state, held, part, own)
                return
            case "any":
                held.open.append(name)
            case "==":
                held.zero.append(name)
            case kind:
                held.above.append((name, kind == ">"))
        state.assume(formula)

    def _case(self, state: State, held: _Held, formula: Formula, name: str, tree: Any) -> list[str]:
        """Write the refutation of a case, in which one more fact is known by this name."""
        inside, names = state.case(Formula("all", {})), held.copy()
        return [*self._assume(inside, names, formula, name), *self._tree(inside, names, tree)]

    def _tree(self, state: State, held: _Held, tree: Any) -> Iterator[str]:
        steps, end = tree
        state, held = state.case(Formula("all", {})), held.copy()
        for step in steps:
            name, other = self.fresh("f"), self.fresh("f")
            if step[0] == "only":
                shown = state.open[step[1]].parts[step[2]]
                lines = list(self._cases(state, held, step[1], step[3], other, step[2]))
            else:
                shown = Formula(step[1], read(step[2], self.size))
                denied = denial(shown)
                by = "not_lt.mp" if shown.kind == ">" else "not_le.mp"
                lines = [
                    "by_contra no",
                    f"have {other} : {says(denied, self.unknowns)} := by linarith only [{by} no]",
                    *self._case(state, held, denied, other, step[3]),
                ]
            yield f"have {name} : {says(shown, self.unknowns)} := by"
            yield from (f"  {line}" for line in lines)
            yield from self._assume(state, held, shown, name)
        if end[0] == "split":
            yield from self._cases(state, held, end[1], end[2], self.fresh("f"), None)
        else:
            yield from self._sum(state, held, end[1], end[2])

    def _cases(
        self, state: State, held: _Held, i: int, trees: Sequence[Any], name: str, but: int | None
    ) -> Iterator[str]:
        """Write the cases of an alternative, one of which may be what is to be shown."""
        parts, rest = state.open[i].parts, iter(trees)
        yield f"rcases {held.open[i]} with {' | '.join([name] * len(parts))}"
        for k, part in enumerate(parts):
            if k == but:
                yield f"· exact {name}"
            else:
                yield from bullet(["exfalso", *self._case(state, held, part, name, next(rest))])

    def _sum(self, state: State, held: _Held, terms: Any, equations: Any) -> Iterator[str]:
        """Write products that are not negative, and multiples of what is zero: together they are 0 > 0."""
        used = []
        for which, _, square in terms:
            found = [held.above[int(i)] for i in which.split()]
            if square != "1":
                found.append((f"(sq_nonneg ({polynomial(read(square, self.size), self.unknowns)} : ℝ))", False))
            if not found:
                continue  # a number
            (shown, strict), *others = found
            for other, also in others:
                shown, strict = _product(shown, strict, other, also)
            if others:
                used.append(self.fresh("t"))
                yield f"have {used[-1]} := {shown}"
            else:
                used.append(shown)
        for place, multiplier in equations:
            used.append(self.fresh("t"))
            zero = polynomial(state.zero[place].polynomial, self.unknowns)
            m = polynomial(read(multiplier, self.size), self.unknowns)
            yield f"have {used[-1]} : ({m} : ℝ) * ({zero}) = 0 := by rw [{held.zero[place]}, mul_zero]"
        yield f"linarith only [{', '.join(used)}]" if used else "linarith"


def _product(first: str, strict: bool, second: str, also: bool) -> tuple[str, bool]:
    """Write the proof that a product of two factors is > 0, or >= 0, from those of the factors."""
    if strict and also:
        return f"(mul_pos {first} {second})", True
    first, second = (f"{f}.le" if above else f for f, above in ((first, strict), (second, also)))
    return f"(mul_nonneg {first} {second})", False


class _Use:
    """The proof of a statement from a contradiction: terms are put in for the unknowns, with what is known of each."""

    def __init__(self, goal: Goal, branch: Branch, reading: Reading) -> None:
        self.goal, self.branch, self.reading = goal, branch, reading
        self.write, self.fresh = goal.scope.write, goal.scope.fresh
        self.divisors: dict[int, Any] = {
            id(f): f for n in reading.nodes if (d := divisor(n)) is not None for f, _ in factors(d)
        }
        self.unknown: dict[int, Any] = {id(n): n for n in reading.nodes if id(n) in reading.index}
        self.values = self._values()

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

    def _values(self) -> list[str]:
        """Write what the unknowns are: terms, and one over what is divided by, without its factor."""
        found = {self.reading.index[key]: self.write.atom(node) for key, node in self.unknown.items()}
        for node in self.divisors.values():
            for exponents, c in self.reading.inverse(node).items():
                if any(exponents):
                    found.setdefault(exponents.index(1), f"({number(1 / c)} * (1 / {self.write.atom(node)}))")
        return [found.get(i, "0") for i in range(self.reading.size)]

    def _definitions(self) -> Iterator[str]:
        """Write why the definitions of the unknowns hold, in the order of :class:`Reading`."""
        for key, formulas in self.reading.definitions.items():
            shown = list(self._of_an_unknown(self.unknown[key], formulas)) if key in self.unknown else []
            yield from shown
            if len(formulas) > len(shown):
                node = self.divisors[key]
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
