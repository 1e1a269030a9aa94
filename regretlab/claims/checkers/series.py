"""Partial sums against a bound: the first ones by intervals, all later ones by one step."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic import balls, constants
from regretlab.claims.checkers import pieces, proofs
from regretlab.claims.language.terms import Term, term, text
from regretlab.claims.language.trees import substitute
from regretlab.claims.language.verdict import Outcome, Rejected, fields, natural, rational, weakest
from regretlab.claims.statements import Scalar, Series

#: Partial sums beyond this many terms are not replayed.
LONGEST = 20_000


def step(statement: Series, through: int) -> Scalar:
    """State ``bound(n) - bound(n - 1) - term(n) >= 0`` for all real n >= through + 1."""
    n = statement.t
    gain = statement.bound - substitute(statement.bound, {n: n - 1}) - statement.term
    return Scalar(gain, n, Fraction(through + 1), None)


def remainder(t: Term, scale: Fraction, power: Fraction, ratio: Fraction) -> Term:
    """Write ``scale ratio**t / t**power``, which is positive for t >= 1 and falls."""
    top = term(scale) if ratio == 1 else scale * term(ratio) ** t
    return top / t**power if power else top


def less(statement: Series, rest: Term) -> Series:
    """State that the sums are within the bound less a remainder."""
    return replace(statement, bound=statement.bound - rest)


def check(statement: Series, body: Any) -> Outcome:
    """Check ``{"through", "form", "body"}``: all sums to N = first..through and all later steps are within it."""
    last, form, proof = fields(body, "through", "form", "body")
    through = natural(last, statement.first)
    _first_sums(statement, through)
    return _later_sums(statement, through, form, proof)


def check_remainder(statement: Series, body: Any) -> Outcome:
    """Check ``{"scale", "power", "ratio", "through", "form", "body"}``: a bound that leaves a :func:`remainder`.

    All sums to N = first..through are within the bound; the last of them, and all later steps, within the bound less
    the remainder, which is positive.
    """
    written, p, q, last, form, proof = fields(body, "scale", "power", "ratio", "through", "form", "body")
    scale, power, ratio = rational(written), rational(p), rational(q)
    if scale <= 0 or power < 0 or not 0 < ratio <= 1 or statement.first < 1:
        raise Rejected("the remainder is not positive for every N")
    through = natural(last, statement.first)
    _first_sums(statement, through)
    rest = remainder(statement.t, scale, power, ratio)
    smaller = less(statement, rest)
    *_, (_, surplus) = surpluses(smaller, through)
    if not surplus.a >= 0 and constants.sign(exceeds(smaller, through), {}) > 0:
        raise Rejected(f"the sum to {through} exceeds the bound less the remainder")
    found = _later_sums(smaller, through, form, proof)
    return replace(found, words=f"{found.words}; with {text(rest)} at {statement.t} = N to spare")


def _first_sums(statement: Series, through: int) -> None:
    for n, surplus in surpluses(statement, through):
        if not surplus.a >= 0 and constants.sign(exceeds(statement, n), {}) > 0:
            raise Rejected(f"the sum to {n} exceeds the bound")


def _later_sums(statement: Series, through: int, form: Any, proof: Any) -> Outcome:
    asked = step(statement, through)
    if form == "pieces":
        proved = pieces.check(asked, proof)
    else:
        proved = proofs.proved(pieces.as_inequality(asked), {"form": form, "body": proof})
    base = f"N = {statement.first}" if through == statement.first else f"N = {statement.first}..{through}"
    return Outcome("proved", weakest(["balls", proved.level]), f"{base} by intervals, then by steps: {proved.words}")


def check_sum(statement: Series, body: Any) -> Outcome:
    """Check ``{"N"}``: the sum to N exceeds the bound."""
    (last,) = fields(body, "N")
    n = natural(last, statement.first)
    *_, (_, surplus) = surpluses(statement, n)
    if not surplus.b < 0:
        raise Rejected(f"the sum to {n} does not exceed the bound")
    return Outcome("refuted", "balls", f"the sum to N = {n} exceeds the bound by {balls.lower(-surplus)}")


def surpluses(statement: Series, last: int) -> Any:
    """Yield ``(N, bound(N) - sum)`` as intervals for N = first..last."""
    if last > statement.first + LONGEST:
        raise Rejected(f"more than {LONGEST} terms")
    total = balls.interval(Fraction(0))
    for n in range(statement.first, last + 1):
        at = {statement.t: Fraction(n)}
        total = total + balls.value(statement.term, at)
        yield n, balls.value(statement.bound, at) - total


def exceeds(statement: Series, last: int) -> Term:
    """Write ``sum - bound`` at N = last as a term without symbols."""
    total = -substitute(statement.bound, {statement.t: last})
    for n in range(statement.first, last + 1):
        total = total + substitute(statement.term, {statement.t: n})
    return total
