"""Proofs from certificates of the form ``refutation``, which no tactic has to find.

The certificate is about polynomials in unknowns, as :mod:`regretlab.claims.checkers.question` reads a statement. Its
cases and identities become the proof that formulas about any numbers contradict one another; the statement follows by
putting in terms for these numbers (:mod:`regretlab.claims.rocq.formulas`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count as numbers
from typing import Any

from regretlab.claims.arithmetic.polynomials import Polynomial
from regretlab.claims.checkers import live
from regretlab.claims.checkers.question import Formula, Reading
from regretlab.claims.checkers.refutation import State
from regretlab.claims.checkers.smt import questions
from regretlab.claims.language.terms import Relation
from regretlab.claims.language.trees import obligations
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.rocq.contradictions import Contradiction, Held
from regretlab.claims.rocq.formulas import Formulas, Known
from regretlab.claims.rocq.goals import ALWAYS, Scope, conditional, needed
from regretlab.claims.rocq.writing import Names, NotTranslated
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
        found = _InRocq(reading.size, self.names)
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


class _InRocq(Contradiction):
    """The proof that the formulas of a question contradict one another, as Rocq has it."""

    LE, AND, OR, END = "<=", "/\\", "\\/", "."

    def __init__(self, size: int, names: Names) -> None:
        super().__init__([names(f"u{i}") for i in range(size)], self._numbered)
        self.name, self._number = names("contradiction"), numbers(1)
        self.used: list[int] = []  # formulas that the proof speaks of
        self.bound: list[int] = []  # unknowns that it speaks of

    def _numbered(self, kind: str) -> str:
        return f"{kind}{next(self._number)}"

    def lines(self, formulas: Sequence[Formula], tree: Any) -> Iterator[str]:
        """Write the assertion with its proof, for the formulas and unknowns that matter."""
        state, held, first = State(()), Held(), []
        given = [self.fresh("f") for _ in formulas]
        for formula, name in zip(formulas, given, strict=True):
            start = next(self._number)
            apart = list(self.assume(state, held, formula, name))
            first.append(({name, *(f"f{k}" for k in range(start, next(self._number)))}, apart))
        lines = list(self.tree(state, held, tree))
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
        yield from self.branch([*body, *lines])

    def taken_apart(self, name: str, names: Sequence[str]) -> str:
        return f"destruct {name} as {_nested(names, ' ')}."

    def known(self, name: str, shown: Formula, lines: Sequence[str]) -> Iterator[str]:
        yield f"assert ({name} : {self.says(shown)})."
        yield from self.branch(lines)

    def contrary(self, shown: Formula, name: str, denied: Formula, other: str) -> list[str]:
        by = "Rlt_le_dec 0" if shown.kind == ">" else "Rle_lt_dec 0"
        return [
            f"destruct ({by} ({self.polynomial(shown.polynomial)})) as [{name} | {name}]; [exact {name} |].",
            f"exfalso; assert ({other} : {self.says(denied)}) by (clear - {name}; lra).",
        ]

    def distinguished(self, either: str, names: Sequence[str]) -> str:
        return f"destruct {either} as {_nested(names, ' | ')}."

    def branch(self, lines: Sequence[str]) -> Iterator[str]:
        yield "{ " + "\n  ".join(lines) + " }"

    def square(self, q: Polynomial) -> str:
        return f"(pow2_ge_0 ({self.polynomial(q)}))"

    def product(self, first: str, strict: bool, second: str, also: bool) -> tuple[str, bool]:
        if strict and also:
            return f"(Rmult_lt_0_compat _ _ {first} {second})", True
        first, second = (f"(Rlt_le _ _ {f})" if above else f for f, above in ((first, strict), (second, also)))
        return f"(Rmult_le_pos _ _ {first} {second})", False

    def posed(self, used: list[str], shown: str, made: bool) -> Iterator[str]:
        used.append(self.fresh("t"))
        yield f"pose proof {shown} as {used[-1]}."

    def multiple(self, name: str, m: Polynomial, zero: Polynomial, known: str) -> str:
        return f"pose proof (times_zero ({self.polynomial(m)}) _ {known}) as {name}."

    def added_up(self, used: Sequence[str]) -> str:
        return f"clear - {' '.join(used)}; lra." if used else "lra."


def _words(lines: Sequence[str]) -> set[str]:
    return {word for line in lines for word in re.findall(r"\w+", line)}


def _nested(names: Sequence[str], between: str) -> str:
    """Write the pattern of a conjunction or an alternative, nested to the right."""
    return names[0] if len(names) == 1 else f"[{names[0]}{between}{_nested(names[1:], between)}]"
