"""``f >= 0`` on an interval by Taylor's theorem on pieces of it, in intervals (``mpmath.iv``)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic import balls, constants, exact
from regretlab.claims.arithmetic.calculus import derivative
from regretlab.claims.arithmetic.polynomials import Factor, NotPolynomial, Polynomial, Quotients, shifted
from regretlab.claims.checkers import proofs
from regretlab.claims.language.terms import ZERO, Relation, Term, all_of, log
from regretlab.claims.language.trees import obligations, substitute, symbols
from regretlab.claims.language.verdict import Outcome, Rejected, fields, natural, rational
from regretlab.claims.statements import Inequality, Scalar

#: Derivatives beyond this are of no use and only cost time.
HIGHEST = 12
#: The path of an obligation outside every case distinction.
_ALWAYS = all_of(())


def check(statement: Scalar, body: Any) -> Outcome:
    r"""Check ``{"pieces": [[anchor, lo, hi, k], ...]}``: Taylor's theorem on pieces that cover the interval.

    .. math::
        f(x) = \sum_{j<k} \frac{f^{(j)}(a)}{j!} (x-a)^j + \frac{f^{(k)}(\xi)}{k!} (x-a)^k \ge 0

    to the right of the anchor a if every :math:`f^{(j)}(a) \ge 0` and :math:`f^{(k)} \ge 0` on the piece; to the left
    the same holds of :math:`f(-x)`. An anchor ``"oo"`` means that f falls to a limit that is not negative.
    """
    (pieces,) = fields(body, "pieces")
    if not isinstance(pieces, list) or not pieces or not all(isinstance(p, list) and len(p) == 4 for p in pieces):
        raise Rejected("pieces must be a list of [anchor, lo, hi, k]")
    expected = statement.low
    for index, (anchor, lo, hi, k) in enumerate(pieces):
        low, high = _end(lo, "-oo"), _end(hi, "oo")
        if low != expected or (index > 0 and low is None):
            raise Rejected(f"the pieces do not cover the interval: piece {index} begins at {lo}")
        if high is None and index < len(pieces) - 1:
            raise Rejected(f"piece {index} ends at oo but others follow")
        piece(statement.f, statement.x, anchor, low, high, natural(k))
        expected = high
    if expected != statement.high:
        raise Rejected("the pieces do not cover the interval to its end")
    count = f"{len(pieces)} piece{'s' * (len(pieces) > 1)}"
    return Outcome("proved", "balls", f"Taylor's theorem on {count}, signs by intervals")


def _end(written: Any, infinite: str) -> Fraction | None:
    return None if written == infinite else rational(written)


def piece(f: Term, x: Term, anchor: Any, low: Fraction | None, high: Fraction | None, k: int) -> None:
    """Raise :class:`Rejected` unless ``f >= 0`` on [low, high] follows from its Taylor polynomial at the anchor."""
    if k > HIGHEST:
        raise Rejected(f"order {k} is above {HIGHEST}")
    if anchor in ("oo", "-oo"):
        if k != 1 or (high if anchor == "oo" else low) is not None:
            raise Rejected(f"the anchor {anchor} is not an end of the piece, or its order is not 1")
        end = low if anchor == "oo" else _negative(high)
        _falls_to_limit(f if anchor == "oo" else mirrored(f, x), x, end)
        return
    at = rational(anchor)
    if (low is not None and at < low) or (high is not None and at > high):
        raise Rejected(f"the anchor {at} lies outside its piece")
    if k == 0:
        if low is None and high is not None:
            f, low, high = mirrored(f, x), -high, None
        _not_negative(f, x, low, high, 0)
        return
    if high is None or at < high:
        _rises(f, x, at, high, k)
    if low is None or low < at:
        _rises(mirrored(f, x), x, -at, _negative(low), k)


def mirrored(f: Term, x: Term) -> Term:
    """Return ``f(-x)``."""
    return substitute(f, {x: -x})


def _negative(end: Fraction | None) -> Fraction | None:
    return None if end is None else -end


def _rises(f: Term, x: Term, at: Fraction, high: Fraction | None, k: int) -> None:
    """Check that derivatives 0..k-1 at the left end and the k-th on all of [at, high] are not negative."""
    _not_negative(f, x, at, high, k)
    for j in range(k):
        if constants.sign(derivative(f, x, j), {x: at}) < 0:
            raise Rejected(f"derivative {j} at {at} is negative")


def _not_negative(f: Term, x: Term, low: Fraction | None, high: Fraction | None, k: int) -> None:
    """Check that the k-th derivative is >= 0 on [low, high]: by intervals, on a half-line also by polynomials."""
    try:
        if balls.series(f, k, {x: [balls.interval(low, high), 1]})[k].a >= 0:
            return
    except balls.Undecided:
        if low is None or high is not None:
            raise
    if low is None or high is not None:
        raise Rejected(f"derivative {k} is not seen to be >= 0 on [{low}, {high}]")
    change = derivative(f, x, k)
    for path, need in (*obligations(f), *obligations(change)):
        if path is not _ALWAYS or not _holds_beyond(need, x, low):
            raise Rejected(f"{need} is not seen to hold on [{low}, oo)")
    if _sign_beyond(change, x, low, strict=False) < 0:
        raise Rejected(f"derivative {k} is not >= 0 on [{low}, oo)")


def _holds_beyond(need: Relation, x: Term, low: Fraction) -> bool:
    """Tell whether ``u > 0``, ``u >= 0`` or ``u != 0`` holds on [low, oo)."""
    try:
        return balls.truth(need, {x: balls.interval(low, None)})
    except balls.Undecided:
        s = _sign_beyond(need.args[0], x, low, strict=True)
    return s > 0 or (need.op == "!=" and s < 0)


def _sign_beyond(u: Term, x: Term, low: Fraction, strict: bool) -> int:
    """Return the sign of a rational function on [low, oo), from the coefficients of its factors in x - low."""
    product = 1
    top, below = _quotient(u, x)
    for factor, power, nonzero in [(top, 1, strict), *((dict(f), k, True) for f, k in below.items())]:
        coefficients = shifted(factor, low)
        signs = {(c > 0) - (c < 0) for c in coefficients} - {0}
        if len(signs) > 1 or (nonzero and coefficients[0] == 0):
            raise Rejected(f"the sign of {u} on [{low}, oo) cannot be read off its coefficients")
        product *= next(iter(signs), 0) ** power
    return product


def _quotient(u: Term, x: Term) -> tuple[Polynomial, dict[Factor, int]]:
    try:
        return Quotients([x]).of(u)
    except NotPolynomial as error:
        raise Rejected(f"{u} is no quotient of polynomials: {error}") from None


def _falls_to_limit(f: Term, x: Term, low: Fraction | None) -> None:
    r"""Check ``f' <= 0`` on [low, oo) and :math:`\lim_{x \to \infty} f(x) \ge 0`, so that f >= 0 there."""
    _not_negative(-f, x, low, None, 1)
    growth, limit, algebraic = Fraction(0), ZERO, ZERO
    for c, leaf in _summands(f, Fraction(1)):
        if not symbols(leaf):
            limit = limit + c * leaf
        elif leaf.op == "log":
            lead, rate = _lead(leaf.args[0], x)
            growth += c * rate
            limit = limit + c * log(lead)
        else:
            algebraic = algebraic + c * leaf
    lead, rate = _lead(algebraic, x)
    if rate > 0 or growth:
        if (lead if rate > 0 else growth) < 0:
            raise Rejected("the function falls to -oo")
    elif constants.sign(limit + (lead if rate == 0 else 0), {}) < 0:
        raise Rejected("the limit at infinity is negative")


def _summands(node: Term, c: Fraction) -> Iterator[tuple[Fraction, Term]]:
    """Split a term into rational multiples of summands."""
    a = node.args
    if node.op == "neg":
        yield from _summands(a[0], -c)
    elif node.op in ("+", "-"):
        yield from _summands(a[0], c)
        yield from _summands(a[1], c if node.op == "+" else -c)
    elif node.op == "*" and "num" in (a[0].op, a[1].op):
        number, other = a if a[0].op == "num" else (a[1], a[0])
        yield from _summands(other, c * number.args[0])
    elif node.op == "/" and a[1].op == "num" and a[1].args[0]:
        yield from _summands(a[0], c / a[1].args[0])
    else:
        yield c, node


def _lead(u: Term, x: Term) -> tuple[Fraction, int]:
    """Return ``(r, d)`` with ``u ~ r x**d`` as x grows; (0, 0) for zero."""
    top, below = _quotient(u, x)
    if not top:
        return Fraction(0), 0
    lead, rate = top[max(top)], max(top)[0]
    for factor, power in below.items():
        exponents, c = factor[-1]
        lead, rate = lead / c**power, rate - exponents[0] * power
    return lead, rate


def check_below(statement: Scalar, body: Any) -> Outcome:
    """Check ``{"x"}``: a rational point of the interval where f is negative."""
    (written,) = fields(body, "x")
    at = rational(written)
    if statement.x.op == "integer" and at.denominator != 1:
        raise Rejected(f"{statement.x} = {at} is not an integer")
    if (statement.low is not None and at < statement.low) or (statement.high is not None and at > statement.high):
        raise Rejected(f"{at} lies outside the interval")
    point = {statement.x: at}
    if constants.sign(statement.f, point) >= 0:
        raise Rejected(f"f is not negative at {at}")
    try:
        value, level = str(exact.evaluate(statement.f, point)), "exact"
    except exact.Irrational:
        value, level = balls.lower(balls.value(statement.f, point)), "balls"
    return Outcome("refuted", level, f"f({at}) = {value} < 0")


def as_inequality(statement: Scalar) -> Inequality:
    """Return the same statement as an inequality, for solvers."""
    x = statement.x
    ends = [x >= statement.low] if statement.low is not None else []
    ends += [x <= statement.high] if statement.high is not None else []
    return Inequality(tuple(ends), statement.f >= 0)


def check_algebraic(statement: Scalar, body: Any) -> Outcome:
    """Check ``{"form", "body"}``: a proof of the statement as an inequality, by squares or solvers."""
    return proofs.proved(as_inequality(statement), body)
