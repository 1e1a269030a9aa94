"""Two libraries decide every sign: one that is wrong proves nothing, and two that disagree are an error."""

from __future__ import annotations

import contextlib
import random
from fractions import Fraction as F

import flint
import mpmath
import pytest
from mpmath import iv

from regretlab.claims import checkers, exp, log, paper, real, sqrt
from regretlab.claims.arithmetic import balls, enclosures
from regretlab.claims.arithmetic.enclosures import Disjoint, Enclosure, between, enclosure
from regretlab.claims.arithmetic.intervals import Interval
from regretlab.claims.checkers import point
from regretlab.claims.provers import accepted

x = real("x")


def end(value):
    """An end of mpmath's interval as a fraction."""
    _, man, exponent, _ = value._mpi_[1]
    return F(int(man)) * F(2) ** int(exponent)


def test_the_end_that_one_library_gives_is_no_bound():
    """exp(u) <= c for the upper end c that mpmath computes: both answers occur among true ends, none is wrong."""
    random_ = random.Random(3)
    found = {True: 0, False: 0}
    for _ in range(60):
        u = F(random_.getrandbits(53), 2**51) + 1
        c = end(iv.exp(iv.mpf(u.numerator) / u.denominator))
        with mpmath.workprec(2000):
            truth = mpmath.exp(mpmath.mpf(u.numerator) / u.denominator) <= mpmath.mpf(c.numerator) / c.denominator
        found[bool(truth)] += 1
        verdict = accepted(paper.inequality(show=exp(u) <= c)).outcome
        assert (verdict.verdict, verdict.level) == ("proved" if truth else "refuted", "balls")
    assert found[True]


@pytest.mark.parametrize("wrong", ["exp", "log", "sqrt"])
def test_a_library_that_is_a_little_wrong_decides_nothing(wrong, monkeypatch):
    """The upper end is too small by one unit in the last place, as in mpmath's issue 1181."""
    right = getattr(iv, wrong)
    shrink = 1 - iv.mpf(2) ** -150
    monkeypatch.setattr(iv, wrong, lambda v: iv.mpf([right(v).a * shrink, right(v).b * shrink]))
    made = {"exp": exp, "log": log, "sqrt": sqrt}[wrong]
    value = {"exp": mpmath.exp, "log": mpmath.log, "sqrt": mpmath.sqrt}[wrong]
    with mpmath.workprec(155):
        c = end(iv.mpf(value(mpmath.mpf(3)) * (1 - mpmath.mpf(2) ** -151)))
    found = None
    with contextlib.suppress(Disjoint):
        found = accepted(paper.inequality(show=made(3) <= c))  # false: c is below the value
    assert found is None or found.outcome.verdict == "refuted"


def test_answers_without_a_common_number_are_an_error(monkeypatch):
    monkeypatch.setattr(iv, "exp", lambda v: iv.mpf([2, 3]))
    with pytest.raises(Disjoint, match="one is wrong"):
        balls.truth(exp(3) > 0, {})
    with pytest.raises(Disjoint):
        point.decide(exp(3) > 5, {})
    with pytest.raises(Disjoint):
        checkers.check(paper.scalar(f=exp(x), x=x, a=3, b=4), "pieces", {"pieces": [["3", "3", "4", 1]]})


def test_every_operation_encloses_the_exact_value():
    """Against fractions: sums, products, quotients and powers of intervals whose ends are not binary."""
    random_ = random.Random(5)

    def drawn():
        return F(random_.randint(-999, 999), random_.randint(1, 99))

    for _ in range(300):
        low, high = sorted((drawn(), drawn()))
        other = sorted((drawn(), drawn()))
        a, b = between(low, high), between(*other)
        inside, second = (
            low + (high - low) * F(random_.random()),
            other[0] + (other[1] - other[0]) * F(random_.random()),
        )
        made = [(a + b, inside + second), (a - b, inside - second), (a * b, inside * second), (-a, -inside)]
        made += [(a**n, inside**n) for n in (0, 1, 2, 3, 6)]
        made += [(a / b, inside / second)] if not other[0] <= 0 <= other[1] else []
        made += [(a.maximum(b), max(inside, second)), (a.union(b), inside), (a.union(b), second)]
        for found, value in made:
            assert isinstance(found, Enclosure)
            v = flint.fmpq(value.numerator, value.denominator)
            with enclosures.precision(400):
                assert found.low <= flint.arb(v).upper()
                assert found.high >= flint.arb(v).lower()
                ends = mpmath.mpf(value.numerator) / value.denominator
            assert found.a - abs(ends) * 1e-14 <= ends <= found.b + abs(ends) * 1e-14


def test_half_lines():
    from mpmath import inf

    tail = between(F(2), None)
    assert (tail.log().b, tail.exp().b, tail.sqrt().b, (1 / tail).b) == (inf, inf, inf, 0.5)
    assert (-tail).exp().a == 0
    assert (tail * enclosure(0)).is_zero()
    assert (tail * tail).a == 4


def test_more_bits_are_tried_at_a_point():
    """The difference is 2**-600 of the value, far below the first precision; at 2**-4000 it stays undecided."""
    assert balls.truth(sqrt(2 + F(1, 2**600)) > sqrt(2), {})
    with pytest.raises(balls.Undecided):
        balls.truth(sqrt(2 + F(1, 2**4000)) > sqrt(2), {})
    assert Interval(F(1, 3)) * 3 > 0
