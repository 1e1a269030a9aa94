"""Questions that have no solution, by case distinctions and an identity of polynomials in every case.

A question is what a solver would be asked (:func:`regretlab.claims.checkers.smt.questions`): relations that cannot hold
together. Here nobody's word is taken: quotients, roots, maxima, absolute values and case distinctions become new
unknowns with what defines them, logarithms and exponentials with the true facts about them that a solver is given, and
a certificate says which alternatives to look at and, where none is left, how the relations add up to 0 > 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic.polynomials import NotPolynomial, Polynomial, add, times
from regretlab.claims.checkers import live as hold
from regretlab.claims.checkers.question import Formula, Reading
from regretlab.claims.checkers.smt import questions
from regretlab.claims.checkers.sos import MOST_FACTORS
from regretlab.claims.language.terms import Relation
from regretlab.claims.language.verdict import Outcome, Rejected, fields, natural, rational
from regretlab.claims.statements import Inequality

#: Case distinctions inside one another.
DEEPEST = 60
#: Digits of a number, and the polynomial 1.
MOST_DIGITS, ONE = 6, "1"


class State:
    """What holds in a case: polynomials ``above`` >= 0 or > 0, those that are ``zero``, and ``open`` alternatives."""

    def __init__(self, formulas: Iterable[Formula]) -> None:
        self.above: list[Formula] = []
        self.zero: list[Formula] = []
        self.open: list[Formula] = []
        for formula in formulas:
            self.assume(formula)

    def assume(self, formula: Formula) -> None:
        """Add a formula."""
        match formula.kind:
            case "all":
                for part in formula.parts:
                    self.assume(part)
            case "any":
                self.open.append(formula)
            case "==":
                self.zero.append(formula)
            case _:
                self.above.append(formula)

    def case(self, formula: Formula) -> State:
        """Return the case of one more formula."""
        made = State(())
        made.above, made.zero, made.open = [*self.above], [*self.zero], [*self.open]
        made.assume(formula)
        return made


def denial(formula: Formula) -> Formula:
    """Return the opposite of p > 0 or p >= 0."""
    return Formula(">" + "=" * (formula.kind == ">"), add({}, formula.polynomial, Fraction(-1)))


def check(statement: Inequality, body: Any) -> Outcome:
    """Check ``{"questions", "live"}``: a refutation of every question; the hypotheses hold at ``live``."""
    trees, live = fields(body, "questions", "live")
    hold.check(statement, live)
    return _checked(statement, trees)


def check_implication(statement: Inequality, body: Any) -> Outcome:
    """Check ``{"questions"}``: a refutation of every question, whether or not the hypotheses ever hold."""
    (trees,) = fields(body, "questions")
    return _checked(statement, trees)


def _checked(statement: Inequality, trees: Any) -> Outcome:
    cases = all_refuted(questions(statement), trees)
    return Outcome("proved", "exact", f"the denial adds up to 0 > 0 in {cases} case{'s' * (cases != 1)}")


def all_refuted(asked: list[list[Relation]], trees: Any) -> int:
    """Check a tree for every question, and return the number of cases of all."""
    if not isinstance(trees, list) or len(trees) != len(asked):
        raise Rejected(f"expected refutations of {len(asked)} questions")
    cases = 0
    for question, tree in zip(asked, trees, strict=True):
        reading = Reading(question)
        try:
            cases += refuted(State(reading.formulas), tree, reading.size)
        except NotPolynomial as error:
            raise Rejected(str(error)) from None
    return cases


def refuted(state: State, tree: Any, size: int, depth: int = 0) -> int:
    r"""Check that a tree refutes what holds, and return its number of cases.

    A tree is ``[steps, end]``. A step is ``["have", kind, p, tree]``, where the tree refutes the denial of the relation
    of that kind between the polynomial p and 0; or ``["only", i, k, trees]``, where the trees refute all alternatives
    of the i-th open formula but the k-th. The end is ``["split", i, trees]``, with a tree for every alternative, or
    ``["sum", terms, equations]``: an identity

    .. math:: \sum_k c_k \, q_k^2 \prod_{i \in I_k} h_i + \sum_j m_j e_j = 0

    with c_k > 0, of what holds, h_i >= 0 and e_j = 0; at least one term is a product of h_i > 0 only, without q_k.
    """
    steps, end = _pair(tree)
    if not isinstance(steps, list) or depth > DEEPEST:
        raise Rejected("the steps of a refutation are a list, and cases are not too deep")
    state = state.case(Formula("all", {}))
    for step in steps:
        _step(state, step, size, depth + 1)
    if not isinstance(end, list) or len(end) != 3 or end[0] not in ("sum", "split"):
        raise Rejected(f"{end!r:.60} is no end of a refutation")
    if end[0] == "sum":
        _contradiction(state, end[1], end[2], size)
        return 1
    return _cases(state, end[1], end[2], None, size, depth + 1)


def _step(state: State, step: Any, size: int, depth: int) -> None:
    if not isinstance(step, list) or len(step) != 4 or step[0] not in ("have", "only"):
        raise Rejected(f"{step!r:.60} is no step of a refutation")
    if step[0] == "only":
        formula = _open(state, step[1])
        if natural(step[2]) >= len(formula.parts):
            raise Rejected(f"there is no alternative {step[2]}")
        _cases(state, step[1], step[3], step[2], size, depth)
        state.assume(formula.parts[step[2]])
        return
    if step[1] not in (">", ">="):
        raise Rejected(f"{step[1]!r} is no relation that is shown by its denial")
    shown = Formula(step[1], read(step[2], size))
    refuted(state.case(denial(shown)), step[3], size, depth)
    state.assume(shown)


def _cases(state: State, i: Any, trees: Any, but: int | None, size: int, depth: int) -> int:
    """Check refutations of the alternatives of an open formula, all or all but one."""
    parts = [part for k, part in enumerate(_open(state, i).parts) if k != but]
    if not isinstance(trees, list) or len(trees) != len(parts):
        raise Rejected(f"expected refutations of {len(parts)} cases")
    return sum([refuted(state.case(part), tree, size, depth) for part, tree in zip(parts, trees, strict=True)])


def _open(state: State, i: Any) -> Formula:
    if natural(i) >= len(state.open):
        raise Rejected(f"there is no open formula {i}")
    found: Formula = state.open[i]
    return found


def _pair(tree: Any) -> list[Any]:
    if not isinstance(tree, list) or len(tree) != 2:
        raise Rejected("a refutation is a pair of steps and an end")
    return tree


def _contradiction(state: State, terms: Any, equations: Any, size: int) -> None:
    if not isinstance(terms, list) or not isinstance(equations, list):
        raise Rejected("terms and equations must be lists")
    total: Polynomial = {}
    positive = False
    for entry in terms:
        which, weight, square = _texts(entry)
        c, q, relations = rational(weight), read(square, size), _places(which, len(state.above))
        if c <= 0 or len(relations) > MOST_FACTORS:
            raise Rejected(f"{entry!r:.80} has no positive weight, or too many relations")
        product = times({(0,) * size: c}, times(q, q))
        for i in relations:
            product = times(product, state.above[i].polynomial)
        total = add(total, product)
        positive |= square == ONE and all(state.above[i].kind == ">" for i in relations)
    for entry in equations:
        if not isinstance(entry, list) or len(entry) != 2 or natural(entry[0]) >= len(state.zero):
            raise Rejected(f"{entry!r:.80} is not [number of an equation, multiplier]")
        total = add(total, times(state.zero[entry[0]].polynomial, read(entry[1], size)))
    if not positive:
        raise Rejected("no term is positive, so that there is no contradiction")
    if total:
        raise Rejected("the sum is not 0")


def _texts(entry: Any) -> list[str]:
    if not isinstance(entry, list) or len(entry) != 3 or not all(isinstance(part, str) for part in entry):
        raise Rejected(f"{entry!r:.80} is not [relations, weight, polynomial]")
    return entry


def _places(text: str, below: int) -> list[int]:
    """Read numbers from 0 to below ``below``, with spaces between them."""
    parts = text.split(" ") if text else []
    if not all(part.isdecimal() and len(part) < MOST_DIGITS and int(part) < below for part in parts):
        raise Rejected(f"{text!r:.80} are not numbers below {below}")
    return [int(part) for part in parts]


def read(text: Any, size: int) -> Polynomial:
    """Read a polynomial: ``"2/3 0 0 4, -1"`` is 2/3 x_0^2 x_4 - 1."""
    if not isinstance(text, str) or not text:
        raise Rejected(f"{text!r:.80} is not the text of a polynomial")
    found: Polynomial = {}
    for part in text.split(", "):
        weight, _, unknowns = part.partition(" ")
        exponents = [0] * size
        for i in _places(unknowns, size):
            exponents[i] += 1
        c, key = rational(weight), tuple(exponents)
        if not c or key in found:
            raise Rejected(f"{text!r:.80} has a coefficient 0, or a monomial twice")
        found[key] = c
    return found


def written(polynomial: Polynomial) -> str:
    """Write a polynomial as :func:`read` reads it."""
    parts = []
    for exponents, c in sorted(polynomial.items()):
        unknowns = [str(i) for i, e in enumerate(exponents) for _ in range(e)]
        parts.append(" ".join([str(c), *unknowns]))
    return ", ".join(parts)
