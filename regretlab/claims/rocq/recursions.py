"""Closed forms of recursions: proved by induction, or refuted by numbers at which the recursion gives another."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic import sums
from regretlab.claims.checkers.recursion import unroll
from regretlab.claims.language.binding import Range, replaced
from regretlab.claims.language.nodes import Node, walk
from regretlab.claims.language.terms import Term
from regretlab.claims.language.trees import condition
from regretlab.claims.language.verdict import fields, natural, rational
from regretlab.claims.rocq.goals import Theorem
from regretlab.claims.rocq.identities import Equations
from regretlab.claims.rocq.writing import Names, NotTranslated, Writer, number
from regretlab.claims.statements import Recursion

IMPORTS = ("RegretlabSums",)
#: Names that the proofs use.
OWN = ("base", "step", "before", "known", "goal", "wrong", "x", "n")


class Said:
    """What a closed form says: its symbols, sequences and conditions, and the equations of the recursion."""

    def __init__(self, statement: Recursion) -> None:
        self.first, f = statement.first, statement.formula
        self.formula = f
        roots = (f.closed, f.rec, f.start)
        self.names = Names(OWN)
        self.solution = self.names("s")
        symbols = dict.fromkeys(n for n in walk(*roots) if n.op in ("symbol", "integer"))
        sequences = dict.fromkeys(n.args[0] for n in walk(*roots) if n.op == "entry")
        if any(s.op == "integer" for s in symbols):
            raise NotTranslated("a recursion with integer symbols")
        self.symbols = {s: self.names(str(s.args[0])) for s in symbols}
        self.sequences = {name: self.names(name) for name in sequences}
        self.t = self.names(f.t.args[0])
        known: dict[Node, str] = {**self.symbols, f.t: f"IZR {self.t}"}
        self.write = Writer(known, self.sequences)
        self.conditions = list(dict.fromkeys(self._conditions(roots)))

    def _conditions(self, roots: Any) -> Iterator[str]:
        for node in walk(*roots):
            need = condition(node)
            if need is None:
                continue
            if any(n.op in ("bound", "before") for n in walk(need)):
                raise NotTranslated("a condition about an index or about the value before")
            said = self.write(need)
            moves = any(n is self.formula.t for n in walk(need))
            yield f"(forall {self.t} : Z, ({self.first} <= {self.t})%Z -> {said})" if moves else f"({said})"

    def binders(self) -> str:
        """Write the symbols and sequences with their types, the solution last."""
        reals = f"({' '.join(self.symbols.values())} : R) " if self.symbols else ""
        return f"{reals}({' '.join([*self.sequences.values(), self.solution])} : Z -> R)"

    def equations(self) -> list[str]:
        """Write where the recursion starts and how it goes on."""
        self.write.known[self.formula.before] = f"{self.solution} ({self.t} - 1)%Z"
        start, rec = self.write(self.formula.start), self.write(self.formula.rec)
        del self.write.known[self.formula.before]
        return [
            f"({self.solution} {self.first}%Z = {start})",
            f"(forall {self.t} : Z, ({self.first} < {self.t})%Z -> {self.solution} {self.t} = {rec})",
        ]

    def claim(self) -> str:
        """Write that the closed form is the solution at every t."""
        closed = self.write(self.formula.closed)
        return f"forall {self.t} : Z, ({self.first} <= {self.t})%Z -> {self.solution} {self.t} = {closed}"


def proved(statement: Recursion, form: str, body: Any) -> Theorem:
    """Write the theorem that a closed form solves its recursion, with its proof by induction."""
    del body
    said, f = Said(statement), statement.formula
    premises = [f"{part} ->" for part in (*said.conditions, *said.equations())]
    facts = sums.index_facts([Range(f.t, Term("num", Fraction(said.first)), None)], [])
    given = [f"c{k}" for k in range(len(said.conditions))]
    first, after = Term("num", Fraction(said.first)), f.t + 1
    past, closed, last = f.closed, replaced(f.closed, {f.t: after}), replaced(f.closed, {f.t: first})
    step = replaced(replaced(f.rec, {f.t: after}), {f.before: past})
    t, taken = said.t, [*said.names.taken, *given]

    def equal(left: Term, right: Term) -> str:
        return "\n  ".join(Equations(said.write, Names(taken), facts).lines(left, right))

    lines = [
        f"intros {' '.join([*said.symbols.values(), *said.sequences.values(), said.solution, *given])} base step.",
        *_parts(said, given),
        f"apply (zinduction (fun {t} : Z => {said.solution} {t} = {said.write(f.closed)}) {said.first}).",
        f"{{ enough (goal : {said.write(f.start)} = {said.write(last)}) by (rewrite base; as_said goal).",
        f"  {equal(f.start, last)} }}",
        f"intros {t} {t}_in before.",
        f"assert (known := step ({t} + 1)%Z ltac:(lia)).",
        f"replace ({t} + 1 - 1)%Z with {t} in known by lia.",
        "rewrite before in known.",
        f"enough (goal : {said.write(step)} = {said.write(closed)}) by (rewrite known; as_said goal).",
        equal(step, closed),
    ]
    says = f"forall {said.binders()},\n  " + "\n  ".join([*premises, said.claim()])
    return Theorem(form, says, lines, IMPORTS)


def _parts(said: Said, given: list[str]) -> Iterator[str]:
    """Write that what has a power that is not zero is not zero."""
    roots = [part for node in walk(said.formula.closed, said.formula.rec) if (part := condition(node)) is not None]
    for name, relation in zip(given, dict.fromkeys(roots), strict=False):
        base: Any = relation.args[0]
        if base.op == "pow" and not any(n is said.formula.t for n in walk(relation)):
            below = said.write(base.args[0])
            yield f"assert ({below} <> 0) by (let E := fresh in intro E; apply {name}; rewrite E; ring)."


def refuted(statement: Recursion, form: str, body: Any) -> Theorem:
    """Write the theorem that a recursion with certain numbers gives another value than the closed form at some t."""
    end, point = fields(body, "t", "point")
    said, f, t = Said(statement), statement.formula, natural(end, statement.first)
    at = {name: rational(value) for name, value in point.items()}
    unroll(statement, t, at.__getitem__)
    witnesses = [number(at.get(str(s.args[0]), Fraction(0))) for s in said.symbols]
    witnesses += [_function(name, at) for name in said.sequences]
    known = dict(zip(said.symbols, witnesses, strict=False))
    rec = Writer(
        {**known, f.t: "IZR n", f.before: "x"}, dict(zip(said.sequences, witnesses[len(known) :], strict=True))
    )
    parts = [*said.conditions, *said.equations(), f"~ ({said.claim()})"]
    solution = (
        f"(recursion {rec.atom(f.start)} (fun (k : Z) (x : R) => let n := (k + 1)%Z in {rec(f.rec)}) {said.first})"
    )
    lines = [
        f"destruct {solution} as [{said.solution} [base step]].",
        f"exists {', '.join([*witnesses, said.solution])}.",
        *["split; [intros; simpl; try lra; intro; nra |]."] * len(said.conditions),
        "split; [exact base |].",
        "split; [intros t t_in; specialize (step (t - 1)%Z ltac:(lia)); "
        "replace (t - 1 + 1)%Z with t in step by lia; exact step |].",
        f"intros wrong; specialize (wrong {t}%Z ltac:(lia)).",
        *(f"assert (known{k} := step {k}%Z ltac:(lia)); simpl in known{k}." for k in range(said.first, t)),
        "cbv [zsum Z.to_nat] in wrong; simpl in *; lra.",
    ]
    return Theorem(form, f"exists {said.binders()},\n  " + " /\\\n  ".join(parts), lines, IMPORTS)


def _function(name: str, at: dict[str, Fraction]) -> str:
    """Write a sequence whose entries are the numbers given for it, and 0."""
    line = "0"
    for key, value in at.items():
        if key.startswith(f"{name}["):
            line = f"if Z.eqb i {key[len(name) + 1 : -1]} then {number(value)} else {line}"
    return f"(fun i : Z => {line})"
