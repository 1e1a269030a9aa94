"""Refutations by one rational point, and statements without symbols: numbers that Rocq computes with."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic import exact
from regretlab.claims.checkers import point as points
from regretlab.claims.language.terms import Node, Term, text, walk
from regretlab.claims.language.trees import obligations
from regretlab.claims.rocq.goals import Theorem, fails, holds, means_nothing, scope_of
from regretlab.claims.rocq.writing import NotTranslated, Writer, number
from regretlab.claims.statements import Inequality

#: Operations whose value at a point is put in for them, from the inside out.
VALUED = ("root", "max", "min", "abs", "where", "log", "exp")
INTERVALS = ("RegretlabIntervals",)


def refuted(statement: Inequality, form: str, body: Any) -> Theorem:
    """Write the theorem that an inequality fails at a point, where its hypotheses hold and it has a meaning."""
    scope = scope_of(statement)
    return _at(statement, fails(statement, scope), points.read(statement, body["point"]), form)


def undefined(statement: Inequality, form: str, body: Any) -> Theorem:
    """Write the theorem that at a point the hypotheses hold, and a term of the conclusion has no meaning."""
    scope = scope_of(statement)
    at = points.read(statement, body["point"])
    for path, need in obligations(statement.show):
        if text(need) == body["needs"] and points.decide(path, at)[0]:
            return _at(statement, means_nothing(statement, path, need, scope), at, form)
    raise NotTranslated(f"the statement has no term that needs {body['needs']}")


def valued(statement: Inequality, form: str, body: Any) -> Theorem:
    """Write the theorem that a statement without symbols holds."""
    del body
    scope = scope_of(statement)
    says, _ = holds(statement, scope)
    intros = ["intros."] if statement.given else []
    return _decided(form, says, [*intros, *_computed(statement, {})], statement, {})


def _at(statement: Inequality, says: str, at: dict[Term, Fraction], form: str) -> Theorem:
    witnesses = [f"({value.numerator})%Z" if s.op == "integer" else number(value) for s, value in at.items()]
    lines = [f"exists {', '.join(witnesses)}."] if witnesses else []
    return _decided(form, says, lines + _computed(statement, at), statement, at)


def _computed(statement: Inequality, at: dict[Term, Fraction]) -> list[str]:
    """Write the values of roots, maxima and the like at a point, and put them in for these."""
    known: dict[Node, str] = {s: number(v) for s, v in at.items()}
    write = Writer(known)
    lines = []
    for node in walk(*statement.given, statement.show):
        if node.op not in VALUED:
            continue
        try:
            value = exact.evaluate(node, at)
        except (exact.Irrational, exact.Undefined):
            continue
        try:
            written = write(node)
        except NotTranslated:
            continue
        how = {"log": "apply ln_1", "exp": "apply exp_0"}.get(node.op, "numbers")
        if node.op == "root":
            how = f"({'apply sqrt_is' if node.args[1] == 2 else 'apply root_is; [lia |]'}; numbers)"
        lines.append(f"try replace ({written}) with {number(value)} by (symmetry; {how}).")
        write.known[node] = number(value)
    return lines


def _decided(form: str, says: str, lines: Sequence[str], statement: Inequality, at: dict[Term, Fraction]) -> Theorem:
    """Finish the proof by rational arithmetic where that decides, else by intervals."""
    try:
        for relation in (*statement.given, statement.show):
            exact.evaluate(relation, at)
    except exact.Irrational:
        return Theorem(form, says, [*lines, "enclosed."], INTERVALS)
    except exact.Undefined:
        pass
    return Theorem(form, says, [*lines, "numbers."])
