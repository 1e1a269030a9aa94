"""Proofs from certificates of the form ``refutation``, which no tactic has to find.

The certificate is about polynomials in unknowns, as :mod:`regretlab.claims.checkers.question` reads a statement. Its
cases and identities become the proof that formulas about any numbers contradict one another; the statement follows by
putting in terms for these numbers (:mod:`regretlab.claims.rocq.formulas`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count as numbers
from typing import Any

from regretlab.claims.arithmetic.polynomials import Polynomial
from regretlab.claims.checkers import live
from regretlab.claims.checkers.question import Formula, Reading
from regretlab.claims.checkers.refutation import State, denial, read
from regretlab.claims.checkers.smt import questions
from regretlab.claims.language.terms import Relation
from regretlab.claims.language.trees import obligations
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.rocq.formulas import Formulas, Known
from regretlab.claims.rocq.goals import ALWAYS, Scope, conditional, needed
from regretlab.claims.rocq.writing import Names, NotTranslated, polynomial
from regretlab.claims.statements import Inequality

#: A condition under which terms have a meaning: on a path, and what must hold there.
Condition = tuple[Relation, Relation]


def proof(statement: Inequality, scope: Scope, body: Any, count: int) -> list[str]:
    """Write the proof of an inequality whose symbols are introduced, with ``count`` conditions before its conclusion.

    Every question of the certificate becomes a fact: first the conditions, then the conclusion.

    Raises
    ------
    NotTranslated
        For an operation that has no text.
    """
    try:
        return list(_Proof(statement, scope).lines(body["questions"], count))
    except Rejected as error:
        raise NotTranslated(str(error)) from None


class _Proof:
    """The proof of one inequality."""

    def __init__(self, statement: Inequality, scope: Scope) -> None:
        self.statement, self.write, self.names = statement, scope.write, Names(scope.names.taken)
        self.known: dict[Relation, str] = {}  # hypotheses and their parts
        self.shown: dict[Condition, str] = {}

    def lines(self, trees: Sequence[Any], count: int) -> Iterator[str]:
        """Write the proof."""
        given, show = self.statement.given, self.statement.show
        asked = questions(self.statement)
        names = [self.names(f"given{k}") for k in range(1, len(given) + 1)]
        if given:
            yield f"intros {' '.join(names)}."
        for relation, name in zip(given, names, strict=True):
            self.known |= {relation: name, **dict(_parts(relation, name))}
        parts = sorted(live.atoms(self.statement), key=lambda relation: len(obligations(relation)))
        pairs = [pair for relation in (*parts, show) for pair in obligations(relation)]
        for pair, question, tree in zip(pairs, asked, trees, strict=False):
            if pair not in self.shown:
                yield from self._condition(pair, question, tree)
        for pair in needed((*given, show))[:count]:
            if pair not in self.shown:
                raise NotTranslated("a condition without a question of its own")
            yield f"split; [exact {self.shown[pair]} |]."
        if show.op == "and":
            name = self.names("all")
            yield f"assert ({name} : {self.write(show)})."
            yield "{ " + "\n  ".join(self._shown(show, asked[-1], trees[-1])) + " }"
            yield f"exact {_joined([text for _, text in _parts(show, name)])}."
        else:
            yield from self._shown(show, asked[-1], trees[-1])

    def _condition(self, pair: Condition, question: Sequence[Relation], tree: Any) -> Iterator[str]:
        path, need = pair
        name = self.names("defined")
        before, lines = dict(self.known), []
        if path is not ALWAYS:
            there = self.names("path")
            self.known |= {path: there, **dict(_parts(path, there))}
            lines.append(f"intro {there}.")
        lines += self._shown(need, question, tree)
        self.known = before
        yield f"assert ({name} : {conditional(path, need, self.write)})."
        yield "{ " + "\n  ".join(lines) + " }"
        self.shown[pair] = name

    def _shown(self, goal: Relation, question: Sequence[Relation], tree: Any) -> Iterator[str]:
        """Write the proof of a goal, whose denial is the last relation of a question, from the others."""
        reading = Reading(question)
        found = _Contradiction(reading.size, self.names)
        yield from found.lines(reading.formulas, tree)
        no = self.names("no")
        formulas = Formulas(self.write, reading, question, self.names)
        yield from formulas.facts(found.used)
        premises = formulas.premises([self._why(r) for r in question[:-1]], goal, no)
        values = "".join(f" ({value})" for i, value in enumerate(formulas.values()) if i in found.bound)
        shown = "\n  | ".join(premises[i] for i in found.used)
        yield f"apply NNPP; intro {no}."
        yield f"apply ({found.name}{values})" + (f"; [{shown}]." if shown else ".")

    def _why(self, relation: Relation) -> Known:
        """Write why a relation of a question holds: as a hypothesis, or as a condition that was shown."""
        if relation is ALWAYS:
            return Known("(Rle_refl 0)")
        if relation in self.known:
            return Known(self.known[relation])
        for (path, need), name in self.shown.items():
            if path is ALWAYS and need is relation:
                return Known(name)
            if path is not ALWAYS and (~path | need) is relation:
                return Known(f"(imply_to_or _ _ {name})", True)
        for (path, need), name in self.shown.items():  # what was shown on one path
            if need is relation and path in self.known:
                return Known(f"({name} {self.known[path]})")
        raise NotTranslated(f"a question about {relation}")


def _parts(relation: Relation, name: str) -> list[tuple[Relation, str]]:
    """List the parts of a conjunction with the proof of each."""
    if relation.op != "and":
        return [(relation, name)]
    first, second = (_parts(part, f"(proj{k} {name})") for k, part in enumerate(relation.args, 1))
    return [*first, *second]


def _joined(parts: Sequence[str]) -> str:
    """Write the proof of a conjunction, nested to the right."""
    return parts[0] if len(parts) == 1 else f"(conj {parts[0]} {_joined(parts[1:])})"


@dataclass
class _Held:
    """The names of the facts of a :class:`State`, in its order; those that are ``above`` with whether they are > 0."""

    above: list[tuple[str, bool]] = field(default_factory=list)
    zero: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def copy(self) -> _Held:
        """Return the names for a case."""
        return _Held([*self.above], [*self.zero], [*self.open])


class _Contradiction:
    """The proof that the formulas of a question contradict one another, for all numbers."""

    def __init__(self, size: int, names: Names) -> None:
        self.size = size
        self.unknowns = [names(f"u{i}") for i in range(size)]
        self.name, self._fresh = names("contradiction"), numbers(1)
        self.used: list[int] = []  # formulas that the proof speaks of
        self.bound: list[int] = []  # unknowns that it speaks of

    def _names(self, kind: str) -> str:
        return f"{kind}{next(self._fresh)}"

    def lines(self, formulas: Sequence[Formula], tree: Any) -> Iterator[str]:
        """Write the assertion with its proof, for the formulas and unknowns that matter."""
        state, held, first = State(()), _Held(), []
        given = [self._names("f") for _ in formulas]
        for formula, name in zip(formulas, given, strict=True):
            start = next(self._fresh)
            taken_apart = list(self._assume(state, held, formula, name))
            first.append(({name, *(f"f{k}" for k in range(start, next(self._fresh)))}, taken_apart))
        lines = list(self._tree(state, held, tree))
        said = _words(lines)
        self.used = [i for i, (names, _) in enumerate(first) if names & said]
        premises = [f"({self.says(formulas[i])}) ->" for i in self.used]
        said |= _words(premises)
        self.bound = [i for i, name in enumerate(self.unknowns) if name in said]
        unknowns = [self.unknowns[i] for i in self.bound]
        intros = [*unknowns, *(given[i] for i in self.used)]
        binder = [f"forall {' '.join(unknowns)} : R,"] if unknowns else []
        body = ["clear.", *([f"intros {' '.join(intros)}."] if intros else [])]
        body += [line for i in self.used for line in first[i][1]]
        yield f"assert ({self.name} : " + "\n  ".join([*binder, *premises, "False)."])
        yield "{ " + "\n  ".join([*body, *lines]) + " }"

    def says(self, formula: Formula) -> str:
        """Write a formula about the unknowns."""
        match formula.kind:
            case "==":
                return f"{self._polynomial(formula.polynomial)} = 0"
            case ">" | ">=":
                return f"0 {'<' if formula.kind == '>' else '<='} {self._polynomial(formula.polynomial)}"
        parts = [f"({self.says(part)})" for part in formula.parts]
        sign, empty = ("/\\", "True") if formula.kind == "all" else ("\\/", "False")
        return f" {sign} ".join(parts) or empty

    def _polynomial(self, p: Polynomial) -> str:
        return polynomial(p, self.unknowns)

    def _assume(self, state: State, held: _Held, formula: Formula, name: str) -> Iterator[str]:
        """Take a fact apart as :class:`State` does, with the names of its parts."""
        match formula.kind:
            case "all":
                names = [name] if len(formula.parts) == 1 else [self._names("f") for _ in formula.parts]
                if len(names) > 1:
                    yield f"destruct {name} as {_nested(names, ' ')}."
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
            name, other = self._names("f"), self._names("f")
            if step[0] == "only":
                shown = state.open[step[1]].parts[step[2]]
                lines = list(self._cases(state, held, step[1], step[3], other, step[2]))
            else:
                shown = Formula(step[1], read(step[2], self.size))
                by = "Rlt_le_dec 0" if shown.kind == ">" else "Rle_lt_dec 0"
                denied = denial(shown)
                lines = [
                    f"destruct ({by} ({self._polynomial(shown.polynomial)})) as [{name} | {name}]; [exact {name} |].",
                    f"exfalso; assert ({other} : {self.says(denied)}) by (clear - {name}; lra).",
                    *self._case(state, held, denied, other, step[3]),
                ]
            yield f"assert ({name} : {self.says(shown)})."
            yield "{ " + "\n  ".join(lines) + " }"
            yield from self._assume(state, held, shown, name)
        if end[0] == "split":
            yield from self._cases(state, held, end[1], end[2], self._names("f"), None)
        else:
            yield from self._sum(held, end[1], end[2])

    def _cases(
        self, state: State, held: _Held, i: int, trees: Sequence[Any], name: str, but: int | None
    ) -> Iterator[str]:
        """Write the cases of an alternative, one of which may be what is to be shown."""
        parts, rest = state.open[i].parts, iter(trees)
        yield f"destruct {held.open[i]} as {_nested([name] * len(parts), ' | ')}."
        for k, part in enumerate(parts):
            lines = [f"exact {name}."] if k == but else ["exfalso.", *self._case(state, held, part, name, next(rest))]
            yield "{ " + "\n  ".join(lines) + " }"

    def _sum(self, held: _Held, terms: Any, equations: Any) -> Iterator[str]:
        """Write products that are not negative, and multiples of what is zero: together they are 0 > 0."""
        used = []
        for which, _, square in terms:
            factors = [held.above[int(i)] for i in which.split()]
            if square != "1":
                factors.append((f"(pow2_ge_0 ({self._polynomial(read(square, self.size))}))", False))
            if not factors:
                continue  # a number
            while len(factors) > 1:
                (first, strict), (second, also) = factors[:2]
                factors[:2] = [_product(first, strict, second, also)]
            used.append(self._names("t"))
            yield f"pose proof {factors[0][0]} as {used[-1]}."
        for place, multiplier in equations:
            used.append(self._names("t"))
            m = self._polynomial(read(multiplier, self.size))
            yield f"pose proof (times_zero ({m}) _ {held.zero[place]}) as {used[-1]}."
        yield f"clear - {' '.join(used)}; lra." if used else "lra."


def _product(first: str, strict: bool, second: str, also: bool) -> tuple[str, bool]:
    """Write the proof that a product of two factors is > 0, or >= 0, from those of the factors."""
    if strict and also:
        return f"(Rmult_lt_0_compat _ _ {first} {second})", True
    first, second = (f"(Rlt_le _ _ {f})" if above else f for f, above in ((first, strict), (second, also)))
    return f"(Rmult_le_pos _ _ {first} {second})", False


def _words(lines: Sequence[str]) -> set[str]:
    return {word for line in lines for word in re.findall(r"\w+", line)}


def _nested(names: Sequence[str], between: str) -> str:
    """Write the pattern of a conjunction or an alternative, nested to the right."""
    return names[0] if len(names) == 1 else f"[{names[0]}{between}{_nested(names[1:], between)}]"
