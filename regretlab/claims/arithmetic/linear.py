"""Linear forms in indices, and the inequalities that follow from others."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from regretlab.claims.language.terms import Term, text
from regretlab.claims.language.verdict import Rejected

#: A form: coefficient by index, and the constant under None.
Form = dict[Term | None, Fraction]
#: Inequalities kept while unknowns are eliminated; more decide nothing.
MOST = 400


def form(root: Any) -> Form:
    """Read a term as a linear form in indices with integer coefficients.

    Raises
    ------
    Rejected
        For any other term: it is no place in a sequence, no end of a range and no number of factors.
    """
    found = _form(root)
    if any(value.denominator != 1 for value in found.values()):
        raise Rejected(f"{text(root)} is not an integer for all indices, so it is no place in a sequence")
    return found


def _form(root: Any) -> Form:
    op, a = root.op, root.args
    if op == "num":
        return {None: a[0]} if a[0] else {}
    if op in ("index", "bound", "integer"):
        return {root: Fraction(1)}
    if op == "neg":
        return times(_form(a[0]), Fraction(-1))
    if op in "+-":
        return plus(_form(a[0]), times(_form(a[1]), Fraction(1 if op == "+" else -1)))
    if op == "*":
        left, right = _form(a[0]), _form(a[1])
        for constant, other in ((left, right), (right, left)):
            if set(constant) <= {None}:
                return times(other, constant.get(None, Fraction(0)))
    raise Rejected(f"{text(root)} is not a linear expression of indices, so it is no place in a sequence")


def plus(a: Form, b: Form) -> Form:
    """Add two forms."""
    total = dict(a)
    for key, value in b.items():
        total[key] = total.get(key, Fraction(0)) + value
    return {key: value for key, value in total.items() if value}


def times(a: Form, c: Fraction) -> Form:
    """Multiply a form by a number."""
    return {key: value * c for key, value in a.items() if value * c}


def minus(a: Term, b: Term) -> Form:
    """Return the form of a difference."""
    return plus(form(a), times(form(b), Fraction(-1)))


def length(low: Term, high: Term) -> Form:
    """Return the form of the number of integers from ``low`` to ``high``."""
    return plus(minus(high, low), {None: Fraction(1)})


def constant(found: Form) -> int | None:
    """Return the integer that a form is, or None if it holds an index."""
    return None if set(found) - {None} else int(found.get(None, Fraction(0)))


def written(found: Form) -> Term:
    """Write a form as a term, the same for equal forms."""
    total: Term | None = None
    for key in sorted((k for k in found if k is not None), key=text):
        c = found[key]
        part = key if abs(c) == 1 else Term("*", Term("num", abs(c)), key)
        signed = part if c > 0 or total is not None else Term("neg", part)
        total = signed if total is None else Term("+" if c > 0 else "-", total, part)
    rest = found.get(None, Fraction(0))
    if total is None:
        return Term("num", rest)
    return total if not rest else Term("+" if rest > 0 else "-", total, Term("num", abs(rest)))


def tidy(root: Term) -> Term:
    """Write a linear expression of indices in its one form."""
    return written(form(root))


def follows(facts: Iterable[Form], wanted: Form) -> bool:
    """Tell whether ``wanted >= 0`` follows for integers from ``facts >= 0``: its denial has no rational solution.

    The denial is wanted <= -1, as forms with integer coefficients are integers at integers.
    """
    if any(value.denominator != 1 for value in wanted.values()):
        return False
    rows = [*facts, plus(times(wanted, Fraction(-1)), {None: Fraction(-1)})]
    unknowns = {key for row in rows for key in row if key is not None}
    for unknown in unknowns:
        up = [r for r in rows if r.get(unknown, 0) > 0]
        down = [r for r in rows if r.get(unknown, 0) < 0]
        rows = [r for r in rows if unknown not in r]
        for u in up:
            for d in down:
                rows.append(plus(times(u, -d[unknown]), times(d, u[unknown])))
        if len(rows) > MOST:
            return False
    return any(row.get(None, Fraction(0)) < 0 for row in rows)
