"""SMT-LIB text of a question about real numbers, the same for every solver, and the solvers that answer it.

Roots, exponentials and logarithms become fresh constants with true facts about them
(:mod:`regretlab.claims.checkers.logarithms`); an ``unsat`` is therefore valid for the real functions. Integers are
treated as reals: proofs stay sound, models must be re-checked for integrality.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from fractions import Fraction

from regretlab.claims.checkers import cvc5
from regretlab.claims.checkers.logarithms import facts
from regretlab.claims.language.terms import Node, Relation, all_of, walk
from regretlab.claims.language.verdict import Rejected

#: Seconds before a solver is stopped; a timeout is never a verdict.
LIMIT = 10.0
#: Highest power that is written as a product.
HIGHEST = 64
#: Degree and number of nodes of the largest question that is asked.
MOST_DEGREE, MOST_NODES = 1000, 100_000
_COMPARE = {"<=": "<=", "<": "<", ">=": ">=", ">": ">", "==": "="}


def script(asserted: Sequence[Relation]) -> tuple[str, dict[str, str]]:
    """Write the question whether the relations can hold together: ``(text, names)``, constants to symbols.

    The text is empty for a question that is too large for any solver; its answer is unknown.
    """
    if not _within_reach(all_of(asserted)):
        return "", {}
    lines = ["(set-logic QF_NRA)"]
    more: list[str] = []
    known: dict[int, str] = {}
    names: dict[str, str] = {}
    root = all_of([*asserted, *(fact.relation() for fact in facts(walk(all_of(asserted))))])
    for node in walk(root):
        known[id(node)] = _declare(node, known, lines, more, names)
    return "\n".join([*lines, *more, f"(assert {known[id(root)]})", "(check-sat)"]), names


def _within_reach(root: Node) -> bool:
    """Tell whether the degree and the size of the terms, written out, are small enough to be looked at."""
    degree: dict[int, int] = {}
    size: dict[int, int] = {}
    for node in walk(root):
        below = [degree[id(c)] for c in node.children]
        size[id(node)] = 1 + sum(size[id(c)] for c in node.children)
        known = int(node.op in ("symbol", "integer", "root", "exp", "log"))
        if node.op == "pow":
            n = abs(node.args[1])
            degree[id(node)] = below[0] * n if n <= HIGHEST else 1
        else:
            degree[id(node)] = max(known, sum(below) if node.op in "*/" else max(below, default=0))
        if degree[id(node)] > MOST_DEGREE or size[id(node)] > MOST_NODES:
            return False
        if node.op == "num" and max(abs(node.args[0].numerator), node.args[0].denominator).bit_length() > 10_000:
            return False
    return True


def _number(value: Fraction) -> str:
    magnitude = (
        f"{abs(value.numerator)}.0" if value.denominator == 1 else f"(/ {abs(value.numerator)}.0 {value.denominator}.0)"
    )
    return f"(- {magnitude})" if value < 0 else magnitude


def _declare(node: Node, known: dict[int, str], lines: list[str], more: list[str], names: dict[str, str]) -> str:
    a = [known[id(c)] for c in node.children]
    op = node.op
    if op == "num":
        return _number(node.args[0])
    if op in ("symbol", "integer"):
        name = f"s{len(names)}"
        names[name] = node.args[0]
        lines.append(f"(declare-const {name} Real)")
        return name
    if op == "pow" and abs(node.args[1]) > HIGHEST:
        lines.append(f"(declare-const {(name := f'f{len(lines)}')} Real)")
        more += _high(name, a[0], node.args[1])
        return name
    if op in ("root", "exp", "log"):
        name = f"f{len(lines)}"
        lines.append(f"(declare-const {name} Real)")
        if op == "root":
            more += _root(name, a[0], node.args[1])
        return name
    body = _expression(node, a)
    if len(body) < 24:
        return body
    name = f"d{len(lines)}"
    lines.append(f"(define-fun {name} () {'Bool' if isinstance(node, Relation) else 'Real'} {body})")
    return name


def _root(name: str, x: str, q: int) -> list[str]:
    return [f"(assert (=> (>= {x} 0.0) (and (>= {name} 0.0) (= (* {' '.join([name] * q)}) {x}))))"]


def _high(name: str, x: str, n: int) -> list[str]:
    """State true facts about ``x**n`` for a large n, which no solver expands."""
    facts = [f"(= (= {name} 0.0) (= {x} 0.0))"] if n > 0 else [f"(=> (not (= {x} 0.0)) (not (= {name} 0.0)))"]
    near, far = ("<=", ">=") if n > 0 else (">=", "<=")
    facts.append(f"(>= {name} 0.0)" if n % 2 == 0 and n > 0 else f"(=> (>= {x} 0.0) (>= {name} 0.0))")
    facts.append(f"(=> (and (> {x} 0.0) (<= {x} 1.0)) ({near} {name} {x}))")
    facts.append(f"(=> (>= {x} 1.0) ({far} {name} {x}))")
    return [f"(assert {fact})" for fact in facts]


def _expression(node: Node, a: list[str]) -> str:
    op = node.op
    if op in "+-*/" or op in ("and", "or", "not"):
        return f"({op} {' '.join(a)})"
    if op == "neg":
        return f"(- {a[0]})"
    if op == "pow":
        power = f"(* {' '.join([a[0]] * abs(node.args[1]))})" if abs(node.args[1]) > 1 else a[0]
        return "1.0" if node.args[1] == 0 else power if node.args[1] > 0 else f"(/ 1.0 {power})"
    if op in _COMPARE:
        return f"({_COMPARE[op]} {a[0]} {a[1]})"
    if op == "!=":
        return f"(not (= {a[0]} {a[1]}))"
    if op == "where":
        return f"(ite {a[0]} {a[1]} {a[2]})"
    if op == "abs":
        return f"(ite (>= {a[0]} 0.0) {a[0]} (- {a[0]}))"
    if op in ("max", "min"):
        return f"(ite ({'>=' if op == 'max' else '<='} {a[0]} {a[1]}) {a[0]} {a[1]})"
    raise Rejected(f"{op} cannot be written for a solver")


def z3_answer(question: str, limit: float = LIMIT) -> tuple[str, dict[str, Fraction]]:
    """Ask z3: sat, unsat or unknown, and if sat a model, whose irrational values are rounded (re-check them)."""
    if not question:
        return "unknown", {}
    import z3

    solver = z3.SolverFor("QF_NRA")
    solver.set("timeout", int(limit * 1000))
    solver.from_string(question.replace("(set-logic QF_NRA)\n", "").replace("(check-sat)", ""))
    answer = str(solver.check())
    if answer != "sat":
        return answer, {}
    model = solver.model()
    found = {}
    for entry in model.decls():
        value = model[entry]
        if entry.arity() == 0 and (z3.is_rational_value(value) or z3.is_algebraic_value(value)):
            exact = value if z3.is_rational_value(value) else value.approx(12)
            found[entry.name()] = Fraction(exact.numerator_as_long(), exact.denominator_as_long())
    return answer, found


def cvc5_answers(questions: Sequence[str], limit: float = LIMIT) -> list[str]:
    """Ask cvc5 the same texts, ``limit`` seconds for each; all answers are "absent" without cvc5."""
    if not all(questions):
        return ["unknown"] * len(questions)
    if importlib.util.find_spec("cvc5") is None:
        return ["absent"] * len(questions)
    answers = cvc5.ask(questions, limit)
    return [*answers, *["unknown"] * len(questions)][: len(questions)]
