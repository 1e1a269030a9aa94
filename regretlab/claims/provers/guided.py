"""Search for refutations with a solver as the guide: what it says is needed, is all that a proof is made of.

z3 says which formulas contradict each other, which alternatives they leave, and which comparisons they imply. Nothing
of this is taken on trust: every case ends with a sum of products that is 0 > 0, in fractions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

from regretlab.claims.arithmetic.polynomials import NotPolynomial, Polynomial, add, degree, times
from regretlab.claims.checkers.question import Formula, Reading
from regretlab.claims.checkers.refutation import State, denial
from regretlab.claims.checkers.smt import questions
from regretlab.claims.language.terms import Relation
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import contradictions, factored, live
from regretlab.claims.provers.cases import Have, Only, Split, Sum, Tree, recorded
from regretlab.claims.provers.oracle import Oracle
from regretlab.claims.statements import Inequality

#: Steps of the solver for the question as a whole: a count, the same on every machine.
PATIENT = 5_000_000
#: Work of a question: columns of its linear programmes, and as what a question to the solver counts.
MOST_WORK, ASKED = 150_000, 25
#: Cases inside one another, those in which others are looked for, comparisons tried there, and lemmas tried in a case.
DEEPEST, SHALLOW, SPLIT_ON, MOST_LEMMAS = 12, 4, 4, 60
#: Unknowns of which squares are compared, and roots; unknowns up to which all are compared with one another.
SQUARED, ROOTS, FEW = 5, 4, 7
#: Degree of a term whose sign is looked for.
STEEPEST = 4
#: Formulas whose products of three are looked at: for a lemma, without lemmas, and with them.
THREE = 6, 8, 10
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


def find(statement: Inequality) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``refutation``: of all questions, and a point at which the hypotheses hold."""
    body = implication(statement)
    if body is None or (at := live.find(statement)) is None:
        return None
    return "refutation", {**body, "live": at}


def implication(statement: Inequality) -> dict[str, Any] | None:
    """Find the body of a refutation of all questions, for hypotheses that may never hold."""
    trees = refutations(questions(statement))
    return None if trees is None else {"questions": trees}


def refutations(asked: Iterable[Sequence[Relation]]) -> list[Any] | None:
    """Find trees that refute questions, as certificates write them."""
    trees = []
    for question in asked:
        try:
            found = _Search(Reading(question), len(question) - 1).find()
        except (Rejected, NotPolynomial):
            return None
        if found is None:
            return None
        trees.append(recorded(*found))
    return trees


class _Search:
    """The search for one question, of which the relation ``last`` is the denial of what is to be shown."""

    def __init__(self, reading: Reading, last: int) -> None:
        self.reading = reading
        self.oracle = Oracle(reading.size)
        self.unsat, self.core = self.oracle.unsat, self.oracle.core
        self.columns = 0
        self.zero = (0,) * reading.size
        self.denied = {id(part) for part in _all(reading.formulas[last])}

    @property
    def tired(self) -> bool:
        """Whether the work that a question is worth is done."""
        return self.columns + ASKED * self.oracle.asked > MOST_WORK

    def find(self) -> tuple[State, Tree] | None:
        """Return what the question says and a tree that refutes it."""
        state = State(self.reading.formulas)
        pool = [*state.open, *state.above, *state.zero]
        if not self.unsat(pool, PATIENT):
            return None
        core = self.core(pool)
        steps, more = self._prelude(state, core)
        gone = {id(step.formula) for step in steps if isinstance(step, Only)}
        tree = self.tree(self._after(state, steps), [*(f for f in core if id(f) not in gone), *more], 0)
        return None if tree is None else (state, Tree([*steps, *tree.steps], tree.end))

    def _after(self, state: State, steps: Sequence[Have | Only]) -> State:
        state = state.case(Formula("all", {}))
        for step in steps:
            state.assume(step.formula if isinstance(step, Have) else step.formula.parts[step.left])
        return state

    def _prelude(self, state: State, core: Sequence[Formula]) -> tuple[list[Have | Only], list[Formula]]:
        """Show, from what is not denied, which alternatives are left in what the core is about, and signs."""
        own = _unknowns(_atoms(core))
        state = state.case(Formula("all", {}))
        start = {id(f) for f in (*state.above, *state.zero)}
        steps: list[Have | Only] = []

        def atoms() -> list[Formula]:
            return [f for f in (*state.above, *state.zero) if id(f) not in self.denied and _unknowns([f]) <= own]

        if self.unsat(atoms()):
            return [], []
        decided = set(self.denied)
        for _ in range(2):
            for formula in state.open:
                if id(formula) in decided or not _unknowns(_atoms([formula])) <= own:
                    continue
                known = atoms()
                gone = self._refuted(formula, known)
                if len(gone) - sum(gone) != 1:
                    continue
                left = gone.index(False)
                trees = []
                for k, part in enumerate(formula.parts):
                    if k != left:
                        trees.append(self.tree(state.case(part), [*known, *_parts(part)], 5))
                if all(tree is not None for tree in trees):
                    steps.append(Only(formula, left, [tree for tree in trees if tree is not None]))
                    state.assume(formula.parts[left])
                    decided.add(id(formula))
            self._learn(state, atoms(), steps, 0)
        return steps, [f for f in (*state.above, *state.zero) if id(f) not in start]

    def _learn(self, state: State, rest: list[Formula], steps: list[Have | Only], stage: int) -> None:
        """Show what the rest implies, and add it to what holds."""
        for shown in self._lemmas(rest, stage):
            denied = denial(shown)
            few = self.core([*rest, denied], keep=denied)
            made = self.sum(few, 3 if len(few) < THREE[0] else 2, rest)
            if made is not None:
                steps.append(Have(shown, denied, Tree([], made)))
                state.assume(shown)
                rest.append(shown)

    def tree(self, state: State, pool: Sequence[Formula], depth: int) -> Tree | None:
        """Refute what holds, of which the formulas of the pool are enough."""
        if depth > DEEPEST or self.tired:
            return None
        state = state.case(Formula("all", {}))
        steps: list[Have | Only] = []
        core = self.core(pool)
        while any(f.kind == "any" for f in core):
            atoms = [f for f in core if f.kind != "any"]
            alternatives = [(f, self._refuted(f, atoms)) for f in core if f.kind == "any"]
            alternatives.sort(key=lambda one: (len(one[0].parts) - sum(one[1]), len(one[0].parts)))
            formula, gone = alternatives[0]
            if len(gone) - sum(gone) > 1:
                return self._split(state, core, [f for f, _ in alternatives[:2]], steps, depth)
            left = gone.index(False) if False in gone else len(gone) - 1
            trees = []
            for k, part in enumerate(formula.parts):
                if k != left:
                    tree = self.tree(state.case(part), [*atoms, *_parts(part)], depth + 1)
                    if tree is None:
                        return self._split(state, core, [f for f, _ in alternatives[1:3]], steps, depth)
                    trees.append(tree)
            steps.append(Only(formula, left, trees))
            state.assume(formula.parts[left])
            core = self.core([*(f for f in core if f is not formula), *_parts(formula.parts[left])])
        end = self._closed(state, core, steps, depth)
        return None if end is None else Tree(steps, end)

    def _split(
        self, state: State, core: Sequence[Formula], by: Sequence[Formula], steps: list[Have | Only], depth: int
    ) -> Tree | None:
        for formula in by:
            rest = [f for f in core if f is not formula]
            trees: list[Tree] = []
            for part in formula.parts:
                tree = self.tree(state.case(part), [*rest, *_parts(part)], depth + 1)
                if tree is None:
                    break
                trees.append(tree)
            else:
                return Tree(steps, Split(formula, trees))
        return None

    def _refuted(self, formula: Formula, atoms: Sequence[Formula]) -> list[bool]:
        return [self.unsat([*atoms, part]) for part in formula.parts]

    def _closed(self, state: State, core: list[Formula], steps: list[Have | Only], depth: int) -> Sum | None:
        """Refute formulas without alternatives; lemmas that help become steps."""
        if (end := self.sum(core, 3 if len(core) < THREE[1] else 1, state.above)) is not None:
            return end
        aside = self._aside(state, core)
        own = _unknowns(core)
        rest = [f for f in (*state.above, *state.zero) if f is not aside and _unknowns([f]) <= own]
        if self.unsat(rest):
            rest = [f for f in core if f is not aside]
        for stage in range(3 if len(own) <= FEW else 2):
            before = len(rest)
            self._learn(state, rest, steps, stage)
            if len(rest) > before:
                few = self.core([*rest, aside])
                if (end := self.sum(few, 3 if len(few) < THREE[2] else 2, rest)) is not None:
                    return end
        if (end := self.sum(core, 5, rest, 2)) is not None or (end := self.sum([*rest, aside], 2, (), 1)) is not None:
            return end
        return self._sides(state, [*rest, aside], steps, depth)

    def _aside(self, state: State, core: Sequence[Formula]) -> Formula:
        """Choose what lemmas are not to rest on, so that they do not rest on a contradiction."""
        for f in core:
            if id(f) in self.denied:
                return f
        places = {id(f): k for k, f in enumerate((*state.zero, *state.above))}
        return max(core, key=lambda f: places.get(id(f), -1))

    def _sides(self, state: State, atoms: list[Formula], steps: list[Have | Only], depth: int) -> Sum | None:
        """Show a comparison that does not follow at once by refuting its denial in cases, and go on with it."""
        if depth > SHALLOW:
            return None
        likely, others, _ = self._polynomials(atoms)
        sides = [shown for p in (*likely, *others) for shown in self._open(atoms[:-1], p)]
        for shown in sides[: 2 * SPLIT_ON]:
            denied = denial(shown)
            if self._weight(self.core([*atoms, denied])) >= self._weight(atoms):
                continue
            tree = self.tree(state.case(denied), [*atoms, denied], depth + 3)
            if tree is not None:
                steps.append(Have(shown, denied, tree))
                state.assume(shown)
                rest = self.core([*atoms, shown])
                return self.sum(rest, 2, state.above) or self._closed(state, rest, steps, depth + 3)
        return None

    def _open(self, atoms: Sequence[Formula], p: Polynomial) -> list[Formula]:
        """List what of p >= 0 and p <= 0 is not known; of what is known not to be negative, that it is positive."""
        signs = [Formula(">", p), Formula(">", add({}, p, Fraction(-1)))]
        possible = [not self.unsat([*atoms, f]) for f in signs]
        if all(possible):
            return [Formula(">=", f.polynomial) for f in signs]
        return [f for f, can in zip(signs, possible, strict=True) if can and not self.unsat([*atoms, denial(f)])]

    def _weight(self, core: Sequence[Formula]) -> int:
        return sum(1 + degree(f.polynomial) for f in core)

    def _lemmas(self, atoms: Sequence[Formula], stage: int) -> Iterator[Formula]:
        """Yield comparisons that the atoms imply, as the solver says, and none of them is."""
        known = {(f.kind, frozenset(f.polynomial.items())) for f in atoms}
        for p in self._polynomials(atoms)[stage][:MOST_LEMMAS]:
            for kind, side in ((">", 1), (">", -1), (">=", 1), (">=", -1)):
                shown = Formula(kind, add({}, p, Fraction(side)))
                key = frozenset(shown.polynomial.items())
                if (">", key) in known:
                    break
                if (kind, key) in known:
                    continue
                if self.unsat([*atoms, denial(shown)]):
                    known.add((kind, key))
                    yield shown
                    if kind == ">":
                        break

    def _polynomials(self, atoms: Sequence[Formula]) -> list[list[Polynomial]]:
        """List what may be compared with 0: unknowns and terms of the question, then differences, likely ones first."""
        own = _unknowns(atoms)
        units = {i: self.reading.unit(i) for i in sorted(own)}
        one = self.reading.number(1)
        made: set[Any] = set()

        def new(*several: Polynomial) -> list[Polynomial]:
            found = []
            for p in several:
                key = frozenset(p.items())
                if p and set(p) != {self.zero} and key not in made:
                    made.update((key, frozenset((e, -c) for e, c in p.items())))
                    found.append(p)
            return found

        nodes = [n for n in self.reading.nodes if n.op not in ("num", "not", "and", "or", *COMPARISONS)]
        terms = [
            p for p in map(self.reading.of, nodes) if degree(p) <= STEEPEST and _unknowns([Formula(">", p)]) <= own
        ]
        index = {n: self.reading.index[id(n)] for n in nodes if self.reading.index.get(id(n)) in own}
        alike = [i for n, i in index.items() if n.op not in ("symbol", "integer")]
        alike += [i for i in own if i >= len(self.reading.index)]
        roots = [i for n, i in index.items() if n.op == "root"][:ROOTS]
        minus = Fraction(-1)
        absolute = [(n, self.reading.of(n.args[0])) for n in self.reading.nodes if n.op == "abs"]
        small = [p for p in terms if degree(p) <= 2 and len(p) <= 3]
        return [
            new(*units.values(), *factored.of(atoms, self.reading.size), *terms),
            new(
                *(add(units[i], units[j], minus) for i, j in combinations(alike, 2)),
                *(add(units[i], one, minus) for i in own),
                *(add(times(units[i], units[i]), units[j], minus) for i, j in permutations(alike[:SQUARED], 2)),
                *(add(units[i], units[j], minus) for i in roots for j in own),
                *(add(times(units[i], units[i]), times(units[j], units[j]), minus) for i in roots for j in own),
                *({e: Fraction(1)} for f in atoms for e in f.polynomial if len(own) <= FEW),
                *(add(times(self.reading.of(n), self.reading.of(n)), times(u, u), minus) for n, u in absolute),
            ),
            new(
                *(add(units[i], units[j], minus) for i, j in combinations(units, 2)),
                *(add(p, q, minus) for p, q in combinations(small[:12], 2)),
            ),
        ]

    def sum(self, formulas: Sequence[Formula], level: int, near: Iterable[Formula], first: int = 0) -> Sum | None:
        """Find the weights of a sum that is 0 > 0, of products of more and more of the formulas."""
        above, zero = [f for f in formulas if f.kind != "=="], [f for f in formulas if f.kind == "=="]
        signs = [f for f in near if f.kind == ">" and not any(f is g for g in above)]
        for wide in range(first, level + 1):
            if self.tired:
                return None
            try:
                found, columns = contradictions.among(above, zero, wide, signs)
            except NotPolynomial:  # too large
                return None
            self.columns += columns
            if found is not None:
                return found
        return None


def _parts(formula: Formula) -> list[Formula]:
    return [atom for part in formula.parts for atom in _parts(part)] if formula.kind == "all" else [formula]


def _atoms(formulas: Iterable[Formula]) -> list[Formula]:
    """List the atoms of formulas and of their alternatives."""
    return [one for f in formulas for one in (_atoms(f.parts) if f.parts else [f])]


def _all(formula: Formula) -> list[Formula]:
    return [formula, *(one for part in formula.parts for one in _all(part))]


def _unknowns(formulas: Iterable[Formula]) -> set[int]:
    return {i for f in formulas for e in f.polynomial for i, k in enumerate(e) if k}
