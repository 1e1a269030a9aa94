"""Proofs from certificates of the form ``refutation``, which no tactic has to find.

The certificate is about polynomials in unknowns, as :mod:`regretlab.claims.checkers.question` reads a statement. Its
cases and identities become the proof that formulas about any numbers contradict one another; the statement follows by
putting in roots, maxima and quotients for these numbers, with what defines each.
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
from regretlab.claims.language.trees import conjuncts, obligations
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.rocq.goals import ALWAYS, Scope, needed
from regretlab.claims.rocq.writing import Names, NotTranslated, number, polynomial
from regretlab.claims.statements import Inequality

#: How a conclusion is denied, and whether its denial is < or <=.
_DENY = {
    "<=": ("apply Rnot_lt_le", "lt"), "<": ("apply Rnot_le_lt", "le"),
    ">=": ("apply Rle_ge, Rnot_lt_le", "lt"), ">": ("apply Rlt_gt, Rnot_le_lt", "le"), "!=": ("idtac", "eq"),
}  # fmt: skip


def proof(statement: Inequality, scope: Scope, body: Any, count: int) -> list[str]:
    """Write the proof of an inequality whose symbols are introduced, with ``count`` conditions before its conclusion.

    Raises
    ------
    NotTranslated
        For conclusions of several parts, conditions inside cases, and facts about logarithms.
    """
    asked = questions(statement)[-1]
    conditions = needed((*statement.given, statement.show))
    if len(conjuncts(statement.show)) > 1 or any(path is not ALWAYS for path, _ in conditions):
        raise NotTranslated("a conclusion of several parts, or a condition in a case")
    if facts(walk(all_of(asked))):
        raise NotTranslated("facts about logarithms")
    try:
        reading = Reading(asked)
        names = Names(scope.names.taken)
        found = _Contradiction(reading.size, names)
        lines = list(found.lines(reading.formulas, body["questions"][-1]))
        use = _Use(statement, scope, reading, names)
        return [*lines, *use.lines(found.name, [need for _, need in conditions], count)]
    except Rejected as error:
        raise NotTranslated(str(error)) from None


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
        self.name, self._names = names("contradiction"), names

    def lines(self, formulas: Sequence[Formula], tree: Any) -> Iterator[str]:
        """Write the assertion with its proof."""
        premises = [f"({self.says(formula)}) ->" for formula in formulas]
        binder = [f"forall {' '.join(self.unknowns)} : R,"] if self.unknowns else []
        given = [self._names("f") for _ in formulas]
        state, held = State(()), _Held()
        lines = ["clear.", f"intros {' '.join([*self.unknowns, *given])}."]
        for formula, name in zip(formulas, given, strict=True):
            lines += self._assume(state, held, formula, name)
        lines += self._tree(state, held, tree)
        yield f"assert ({self.name} : " + "\n  ".join([*binder, *premises, "False)."])
        yield "{ " + "\n  ".join(lines) + " }"

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


def _nested(names: Sequence[str], between: str) -> str:
    """Write the pattern of a conjunction or an alternative, nested to the right."""
    return names[0] if len(names) == 1 else f"[{names[0]}{between}{_nested(names[1:], between)}]"


class _Use:
    """The proof of a statement from a contradiction: terms are put in for the unknowns, with what is known of each."""

    def __init__(self, statement: Inequality, scope: Scope, reading: Reading, names: Names) -> None:
        self.statement, self.write, self.reading, self._names = statement, scope.write, reading, names
        self.divisors: dict[int, Any] = {
            id(f): f for n in reading.nodes if (d := divisor(n)) is not None for f, _ in factors(d)
        }
        self.unknown: dict[int, Any] = {id(n): n for n in reading.nodes if id(n) in reading.index}

    def lines(self, contradiction: str, conditions: Sequence[Relation], count: int) -> Iterator[str]:
        """Write the proof; the goal is the statement after its symbols."""
        given, show = self.statement.given, self.statement.show
        names = [self._names("given") for _ in given]
        if given:
            yield f"intros {' '.join(names)}."
        defined = {need: self._names("defined") for need in conditions}
        for need, name in defined.items():
            yield f"assert ({name} : {self.write(need)}) by meant."
        yield from ["split; [assumption |]."] * count
        known = [*zip(given, names, strict=True), *((need, defined[need]) for _, need in obligations(show))]
        premises, no = [self._relation(r, name) for r, name in known], self._names("no")
        if show.op == "==":
            left, right = map(self.write.atom, show.args)
            yield f"destruct (Rtotal_order {left} {right}) as [{no} | [{no} | {no}]]; [| exact {no} |]; exfalso."
            for side in ("right", "left"):
                yield "{ " + self._applied(contradiction, [*premises, f"{side}; {_exact('lt', no)}"]) + " }"
        elif show.op in _DENY:
            how, kind = _DENY[show.op]
            yield f"{how}; intro {no}."
            yield self._applied(contradiction, [*premises, _exact(kind, no)])
        else:
            raise NotTranslated(f"a conclusion with {show.op}")

    def _applied(self, contradiction: str, premises: Sequence[str]) -> str:
        shown = "\n  | ".join([*premises, *self._definitions()])
        values = "".join(f" ({value})" for value in self._values())
        return f"apply ({contradiction}{values}); [{shown}]."

    def _values(self) -> list[str]:
        """Write what the unknowns are: terms, and one over what is divided by, without its factor."""
        found = {self.reading.index[key]: self.write(node) for key, node in self.unknown.items()}
        for node in self.divisors.values():
            for exponents, c in self.reading.inverse(node).items():
                if any(exponents):
                    found.setdefault(exponents.index(1), f"{number(1 / c)} * / {self.write.atom(node)}")
        return [found.get(i, "0") for i in range(self.reading.size)]

    def _definitions(self) -> Iterator[str]:
        """Write why the definitions of the unknowns hold, in the order of :class:`Reading`."""
        for key, formulas in self.reading.definitions.items():
            shown = list(self._of_an_unknown(self.unknown[key])) if key in self.unknown else []
            yield from shown
            if len(formulas) > len(shown):
                zero = "left; apply (from_zero _ _ H); same | right; unit_by H"
                yield _destructed(f"Req_dec {self.write.atom(self.divisors[key])} 0", zero)

    def _of_an_unknown(self, node: Term) -> Iterator[str]:
        a = node.args
        match node.op:
            case "root":
                below = self.write.atom(a[0])
                known = f"sqrt_pow2 {below} H" if a[1] == 2 else f"root_pow {a[1]} {below} ltac:(lia) H"
                sign = f"sqrt_pos {below}" if a[1] == 2 else f"root_nonneg {a[1]} {below}"
                power = f"split; [exact ({sign}) | {_exact('eq', f'({known})')}]"
                yield _destructed(f"Rlt_le_dec {below} 0", f"left; {_exact('lt', 'H')} | right; {power}")
            case "max" | "min" | "abs":
                known = f"({node.op}_facts {' '.join(map(self.write.atom, a))})"
                yield _exact("le", f"(proj1 {known})")
                yield _exact("le", f"(proj1 (proj2 {known}))")
                zero = "apply (from_zero _ _ H); same"
                yield _destructed(f"Rmult_integral _ _ (proj2 (proj2 {known}))", f"left; {zero} | right; {zero}")
            case "where":
                yield self._choice(*a)

    def _choice(self, test: Relation, yes: Term, no: Term) -> str:
        """Write the proof of (test and x = yes) or (not test and x = no), for what Rocq chooses between."""
        if test.op not in ("<=", "<", ">=", ">", "==", "!="):
            raise NotTranslated(f"a case distinction by {test.op}")
        left, right = map(self.write.atom, test.args if test.op not in (">=", ">") else test.args[::-1])
        same = [f"apply (from_eq ({v}) ({v}) _ eq_refl); same" for v in map(self.write, (yes, no))]
        match test.op:
            case "==" | "!=":
                by, shown = "Req_EM_T", [_exact("eq", "H"), _apart("H")]
            case "<=" | ">=":
                by, shown = "Rle_dec", [_exact("le", "H"), _exact("lt", "(Rnot_le_lt _ _ H)")]
            case _:
                by, shown = "Rlt_dec", [_exact("lt", "H"), _exact("le", "(Rnot_lt_le _ _ H)")]
        true, false = shown[::-1] if test.op == "!=" else shown
        cases = [f"left; split; [{true} | {same[0]}]", f"right; split; [{false} | {same[1]}]"]
        return _destructed(f"{by} {left} {right}", " | ".join(cases[::-1] if test.op == "!=" else cases))

    def _relation(self, r: Relation, known: str) -> str:
        """Write why the formula of a relation holds that is known."""
        match r.op:
            case "and":
                first, second = (self._relation(part, f"(proj{k} {known})") for k, part in enumerate(r.args, 1))
                return f"split; [{first} | {second}]"
            case "or":
                name = self._names("either")
                first, second = (self._relation(part, name) for part in r.args)
                return f"destruct {known} as [{name} | {name}]; [left; {first} | right; {second}]"
            case "!=":
                return _apart(known)
            case "==":
                return _exact("eq", known)
            case "<=" | "<" | ">":
                return _exact("le" if r.op == "<=" else "lt", known)
            case ">=":
                return _exact("le", f"(Rge_le _ _ {known})")
        raise NotTranslated(f"a hypothesis with {r.op}")


def _exact(kind: str, known: str) -> str:
    """Write the proof of a formula about a polynomial from a comparison of the terms of which it is the difference."""
    return f"apply (from_{kind} _ _ _ {known}); same"


def _apart(known: str) -> str:
    """Write the proof that one of two differences is positive, from a <> b."""
    cases = f"right; {_exact('lt', 'D')} | left; {_exact('lt', 'D')}"
    return f"let D := fresh in destruct (Rdichotomy _ _ {known}) as [D | D]; [{cases}]"


def _destructed(known: str, cases: str) -> str:
    """Write a proof by two cases, H being what holds in each."""
    return f"let H := fresh in destruct ({known}) as [H | H]; [{cases}]"
