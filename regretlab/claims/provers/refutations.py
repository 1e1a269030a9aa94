"""Search for refutations: signs of all parts, alternatives of which one is left, and products that add up to 0 > 0.

The signs of products, quotients, powers and roots follow from those of their parts without a search; all else is a
linear programme.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from regretlab.claims.arithmetic.polynomials import NotPolynomial, Polynomial, add, power, times
from regretlab.claims.checkers.question import Formula, Reading, divisor, factors
from regretlab.claims.checkers.refutation import State, denial
from regretlab.claims.checkers.smt import questions
from regretlab.claims.language.terms import Relation
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import contradictions, live
from regretlab.claims.provers.cases import Have, Only, Split, Sum, Term, Tree, recorded
from regretlab.claims.statements import Inequality

#: Columns of all linear programmes of one question, a count that does not depend on the machine, and cases inside one
#: another.
MOST_WORK, DEEPEST = 150_000, 8


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
            reading = Reading(question)
            state = State(reading.formulas)
            found = _Search(reading).tree(state, {}, 0)
        except (Rejected, NotPolynomial):
            return None
        if found is None:
            return None
        trees.append(recorded(State(reading.formulas), found))
    return trees


class _Search:
    """The search for one question; it gives up after :data:`MOST_WORK`."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.left = MOST_WORK
        self.one: Polynomial = {(0,) * reading.size: Fraction(1)}
        parents = ("/", "*", "root", "pow", "log", "max", "min")
        self.wanted = {id(c) for n in reading.nodes if n.op in parents for c in n.children}
        self.divisors = [(id(f), f) for n in reading.nodes if (d := divisor(n)) is not None for f, _ in factors(d)]
        self.nodes = [n for n in reading.nodes if n.op != "num"]

    def tree(self, state: State, known: dict[Any, Formula], depth: int) -> Tree | None:
        """Return a tree for a state; ``known`` are formulas p > 0 or p >= 0 by p."""
        state, known = state.case(Formula("all", {})), dict(known)
        for formula in state.above:
            self._learn(known, formula)
        steps: list[Have | Only] = []
        decided: set[int] = set()
        if (end := self.sum(state, 0)) is not None:
            return Tree(steps, end)
        for node in self.nodes:
            defined = [f for f in self.reading.definitions.get(id(node), ()) if f.kind == "any"]
            for formula in defined:
                self._decide(state, known, formula, steps, decided)
            self._sign(state, known, node, steps)
            for formula in defined:  # with its sign a term may be divided by
                self._decide(state, known, formula, steps, decided)
            self._invert(state, known, node, steps)
        for formula in list(state.open):
            self._decide(state, known, formula, steps, decided)
        if (end := self.sum(state, 0)) is not None:
            return Tree(steps, end)
        missed = [n for n in self.nodes if id(n) in self.wanted and not self._of(known, self.reading.of(n))]
        for node in missed[:6] if depth < DEEPEST else ():
            before = len(steps)
            self._sign(state, known, node, steps, 2)
            if len(steps) > before:
                for formula in self.reading.definitions.get(id(node), ()):
                    if formula.kind == "any":
                        self._decide(state, known, formula, steps, decided)
                self._invert(state, known, node, steps)
        for formula in list(state.open):
            self._decide(state, known, formula, steps, decided)
        for level in (1, 2):
            if (end := self.sum(state, level)) is not None:
                return Tree(steps, end)
        undecided = [f for f in state.open if id(f) not in decided]
        for formula in [f for f in undecided if _says_unequal(f)][:3]:
            ends = [self.sum(state.case(part), 1) for part in formula.parts]
            if all(ends):
                return Tree(steps, Split(formula, [Tree([], end) for end in ends if end is not None]))
        if depth >= DEEPEST:
            return None
        for below in (DEEPEST, depth + 1):  # first without cases inside the cases
            for formula in undecided if below == DEEPEST else undecided[:2]:
                trees = self._split(state, known, formula, below)
                if trees is not None:
                    return Tree(steps, Split(formula, trees))
                if self.left <= 0:
                    return None
        return None

    def _split(self, state: State, known: dict[Any, Formula], formula: Formula, depth: int) -> list[Tree] | None:
        trees: list[Tree] = []
        for part in formula.parts:
            case = state.case(part)
            case.open = [f for f in case.open if f is not formula]
            tree = self.tree(case, known, depth)
            if tree is None:
                return None
            trees.append(tree)
        return trees

    def _learn(self, known: dict[Any, Formula], formula: Formula) -> None:
        key = frozenset(formula.polynomial.items())
        if key not in known or formula.kind == ">":
            known[key] = formula

    def _decide(
        self, state: State, known: dict[Any, Formula], formula: Formula, steps: list[Have | Only], decided: set[int]
    ) -> None:
        """Refute all alternatives but one, if they are refuted at once."""
        if id(formula) in decided or not any(f is formula for f in state.open) or self.left <= 0:
            return
        ends = [self.sum(state.case(part), 0) for part in formula.parts]
        rest = [k for k, end in enumerate(ends) if end is None]
        if not rest:  # then a sum would have been found, had what refutes them been put together
            rest, ends = [0], [None, *ends[1:]]
        if len(rest) == 1:
            steps.append(Only(formula, rest[0], [Tree([], end) for end in ends if end is not None]))
            decided.add(id(formula))
            before = len(state.above)
            state.assume(formula.parts[rest[0]])
            for new in state.above[before:]:
                self._learn(known, new)

    def _sign(
        self, state: State, known: dict[Any, Formula], node: Any, steps: list[Have | Only], level: int = 0
    ) -> None:
        """Show the sign of a term."""
        p = self.reading.of(node)
        if not p or set(p) == set(self.one) or self.left <= 0:
            return
        held = self._of(known, p)
        for kind, side, end in self._signs(state, known, node, p):
            if held and (end is None or (held[1] == side and (held[0].kind == ">" or kind == ">="))):
                continue
            shown = Formula(kind, add({}, p, Fraction(side)))
            denied = denial(shown)
            made = end(denied) if end is not None else self.sum(state.case(denied), level)
            if made is not None:
                steps.append(Have(shown, denied, Tree([], made)))
                state.assume(shown)
                self._learn(known, shown)
                return

    def _signs(self, state: State, known: dict[Any, Formula], node: Any, p: Polynomial) -> Iterator[Any]:
        """Yield what may be shown of a term: the relation, the side, and how (None: by a linear programme)."""
        children = [self.reading.of(c) for c in node.children if not isinstance(c, Relation)]
        signs = [self._of(known, c) for c in children]
        one = Fraction(1)
        if node.op == "/":
            yield from self._of_quotient(known, node, p, signs[0])
        if node.op == "*" and signs[0] and signs[1]:
            (f, s), (g, r) = signs[0], signs[1]
            strict = f.kind == ">" and g.kind == ">"
            yield ">" if strict else ">=", s * r, lambda d: Sum([Term((f, g), one), Term((d,), one)], [])
        if node.op == "pow" and node.args[1] > 0:
            n = node.args[1]
            if signs[0] and (signs[0][1] == 1 or n % 2 == 0):
                f = signs[0][0]
                yield ">" if f.kind == ">" else ">=", 1, lambda d: Sum([Term((f,) * n, one), Term((d,), one)], [])
            if n % 2 == 0:
                half = power(children[0], n // 2, self.reading.size)
                yield ">=", 1, lambda d: Sum([Term((), one, half), Term((d,), one)], [])
        if node.op == "*" and node.args[0] is node.args[1]:
            yield ">=", 1, lambda d: Sum([Term((), one, children[0]), Term((d,), one)], [])
        if node.op == "root" and signs[0] and signs[0][0].kind == ">" and signs[0][1] == 1:
            equation, weak, q = self._equation(state, node), known.get(frozenset(p.items())), node.args[1]
            if equation is not None and weak is not None:
                u = signs[0][0]
                yield (
                    ">",
                    1,
                    lambda d: Sum([Term((d, *(weak,) * (q - 1)), one), Term((u,), one)], [(equation, self.one)]),
                )
        if id(node) in self.wanted:
            yield ">", 1, None
            yield ">=", 1, None
            yield ">", -1, None
            yield ">=", -1, None

    def _of_quotient(
        self, known: dict[Any, Formula], node: Any, p: Polynomial, top: tuple[Formula, int] | None
    ) -> Iterator[Any]:
        """Yield the sign of a quotient that those of its numerator and of one over its divisors give."""
        below = [(self._of(known, self.reading.inverse(f)), k) for f, k in factors(node.args[1]) if f.op != "num"]
        positive = node.args[0].op == "num" and node.args[0].args[0] > 0
        signs = [*([] if positive else [(top, 1)]), *below]
        which = [sign[0] for sign, k in signs if sign for _ in range(k)]
        side = prod(sign[1] ** k for sign, k in signs if sign)
        c = self._scale(p, which, side) if all(sign for sign, _ in signs) else None
        if c is not None:
            strict = all(f.kind == ">" for f in which)
            yield ">" if strict else ">=", side, lambda d: Sum([Term(tuple(which), c), Term((d,), Fraction(1))], [])

    def _scale(self, p: Polynomial, which: Sequence[Formula], side: int) -> Fraction | None:
        """Return c > 0 with c times the product of formulas equal to a polynomial on its side."""
        product = self.one
        for f in which:
            product = times(product, f.polynomial)
        e = max(p)
        c = side * p[e] / product[e] if e in product else Fraction(0)
        return c if c > 0 and add({}, product, c * side) == p else None

    def _invert(self, state: State, known: dict[Any, Formula], node: Any, steps: list[Have | Only]) -> None:
        """Show the sign of one over a factor of a divisor."""
        for key, factor in self.divisors:
            if key != id(node) or not (found := self._of(known, self.reading.of(factor))) or found[0].kind != ">":
                continue
            q, (f, side) = self.reading.inverse(factor), found
            one = add(times(self.reading.of(factor), q), self.one, Fraction(-1))
            equation = next((z for z in state.zero if z.polynomial == one), None)
            if set(q) == set(self.one) or self._of(known, q) or equation is None:
                continue
            shown = Formula(">", add({}, q, Fraction(side)))
            denied = denial(shown)
            end = Sum([Term((denied, f), Fraction(1)), Term((), Fraction(1))], [(equation, self.one)])
            steps.append(Have(shown, denied, Tree([], end)))
            state.assume(shown)
            self._learn(known, shown)

    def _of(self, known: dict[Any, Formula], p: Polynomial) -> tuple[Formula, int] | None:
        """Return the formula about a polynomial's sign and its side, strict ones first; numbers have none."""
        keys = ((frozenset((e, side * c) for e, c in p.items()), side) for side in (1, -1))
        found = [(known[key], side) for key, side in keys if key in known]
        return max(found, key=lambda f: f[0].kind == ">", default=None)

    def _equation(self, state: State, node: Any) -> Formula | None:
        """Return the equation that defines a root, if it is known to hold."""
        for formula in self.reading.definitions[id(node)]:
            for part in formula.parts:
                for atom in part.parts or (part,):
                    if atom.kind == "==" and part is formula.parts[-1] and any(z is atom for z in state.zero):
                        return atom
        return None

    def sum(self, state: State, level: int) -> Sum | None:
        """Find the weights of a sum that is 0 > 0: of what holds; of products of two as well; and of squares."""
        if self.left <= 0:
            return None
        found, columns = contradictions.find(state, level, self.reading.size)
        self.left -= columns * (1 + level)
        return found


def _says_unequal(formula: Formula) -> bool:
    """Tell whether a formula says p > 0 or -p > 0, as the denial of an equation does."""
    if len(formula.parts) != 2 or any(part.kind != ">" for part in formula.parts):
        return False
    first, second = (part.polynomial for part in formula.parts)
    return add({}, first, Fraction(-1)) == second
