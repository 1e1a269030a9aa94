"""False statements of every kind: none is proved, bounded or followed. Each line says why it is false."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from regretlab.claims import Product, Sum, exp, integer, log, maximum, paper, real, sequence, sqrt
from regretlab.claims.provers import accepted
from regretlab.errors import InputError

x, y, a, T = real("x y a T")
i, g = integer("i"), sequence("g")


def over(first, last, holds):
    return paper.finite(cases=lambda: [{"n": n} for n in range(first, last)], holds=holds)


def rec(closed, step, **more):
    return paper.recursion(closed=closed, rec=step, **more)


FALSE = {
    "the sum of 2^-k stays below 1": lambda: over(60, 64, lambda n: sum(1 / 2**k for k in range(1, n + 1)) >= 1),
    "a third is not 0.333...3": lambda: over(16, 20, lambda n: F("0." + "3" * n) == 1 / 3),
    "ten tenths are 1, not less": lambda: over(1, 3, lambda n: sum([1 / 10] * 10) * n < n),
    "2^60 + 1 is odd": lambda: over(60, 62, lambda n: (2**n + 1) / 2 == 2**n // 2),
    "H_n is no integer for n > 1": lambda: over(2, 9, lambda n: sum(1 / k for k in range(1, n + 1)) % 1 == 0),
    "(1 + 1/n)^n is below 3": lambda: over(2, 9, lambda n: (1 + 1 / n) ** n >= 3),
    "the product telescopes to 1/(n + 1)": lambda: over(2, 9, lambda n: 1 / (n + 1) >= 1 / n),
    "1e-30 is not 0": lambda: over(30, 33, lambda n: 1 + 1 / 10**n == 1),
    "large neighbours differ": lambda: over(54, 57, lambda n: (2**n + 1) / 2**n == 1),
    "the mean of n, n + 1 is no integer": lambda: over(1, 5, lambda n: (n + n + 1) / 2 == n),
    "rounding changes a third": lambda: over(1, 5, lambda n: round(n / 7, 2) * 7 == n),
    "0.1 + 0.2 is 3/10": lambda: over(1, 3, lambda n: F("0.1") + F("0.2") != F(3, 10)),
    "n^2 + n + 41 is no prime at 40": lambda: over(39, 42, lambda n: all((n * n + n + 41) % k for k in range(2, 42))),
    "division by n - 3 means nothing at 3": lambda: over(1, 5, lambda n: (n - 3) / (n - 3) == 1),
    "the sum to k - 1": lambda: rec(lambda t: t * (t - 1) / 2, lambda s, t: s + t),
    "an extra factor that is 1 at 0 only": lambda: rec(lambda t: 2**t * 2**t, lambda s, t: 2 * s, start=1),
    "off by one from t = 12 on": lambda: rec(lambda t: t + Product(t - i, (i, 0, 11)), lambda s, t: s + 1),
    "undefined at t = 33": lambda: rec(lambda t: t, lambda s, t: s + (t - 33) / (t - 33)),
    "undefined at t = 8 for every a": lambda: rec(lambda t: t, lambda s, t: s + (a * t - 8 * a) / (a * t - 8 * a)),
    "the last entry is left out": lambda: rec(lambda t: Sum(g[i], (i, 1, t - 1)), lambda s, t: s + g[t], first=1),
    "the wrong start": lambda: rec(lambda t: t, lambda s, t: s + 1, start=1),
    "the sign of the ratio": lambda: rec(lambda t: (1 - a**t) / (1 + a), lambda s, t: 1 + a * s),
    "T^3 grows faster than T": lambda: paper.order(terms={"a": T**3}, T=T, at_most=1),
    "T^(1/2) exceeds T^(49/100)": lambda: paper.order(terms={"a": sqrt(T)}, T=T, at_most="0.49"),
    "one of the terms is too large": lambda: paper.order(terms={"a": sqrt(T), "b": T * log(T)}, T=T, at_most="1/2"),
    "T log^5 T is not O(T)": lambda: paper.order(terms={"a": T * log(T) ** 5}, T=T, at_most=1),
    "log T is not bounded": lambda: paper.order(terms={"a": log(T)}, T=T, at_most=0),
    "log^2 T exceeds log T": lambda: paper.order(terms={"a": T * log(T) ** 2 + T}, T=T, at_most=1, logs=1),
    "T exceeds T/log T": lambda: paper.order(terms={"a": T / (1 + 1 / T)}, T=T, at_most=1, logs=-1),
    "1/(1/T) is T": lambda: paper.order(terms={"a": 1 / (1 / T)}, T=T, at_most="1/2"),
    "T^(3/10) exceeds T^(29/100)": lambda: paper.order(terms={"a": T ** F(3, 10)}, T=T, at_most=F(29, 100)),
    "the square has degree 2": lambda: paper.units(terms={"a": x**2}, weights={x: 1}, degree=1),
    "one of two terms has degree 3": lambda: paper.units(terms={"a": x, "b": x**3 / y}, weights={x: 1}, degree=1),
    "a tenth of ten is 1": lambda: paper.units(terms={"a": x**10}, weights={x: "0.1"}, degree=2),
    "degrees 1 and 2 are added": lambda: paper.units(terms={"a": x + x**2}, weights={x: 1}, degree=1),
    "x - x^2 is negative at 2": lambda: paper.scalar(f=x - x**2, x=x, a=0, b=2),
    "e^x > 1 + x + x^2/2 is false below 0": lambda: paper.scalar(f=exp(x) - 1 - x - x**2 / 2, x=x, a=-1, b=1),
    "negative just below 1/10": lambda: paper.scalar(f=x - F(1, 10), x=x, a="0.0999999999999999", b=1),
    "log x <= x - 2 fails at 1": lambda: paper.scalar(f=x - 2 - log(x), x=x, a="1/2", b="oo"),
    "sqrt x >= x fails beyond 1": lambda: paper.scalar(f=sqrt(x) - x, x=x, a=0, b="1.0001"),
    "negative only near 1": lambda: paper.scalar(f=(x - 1) ** 2 - F(1, 10**8), x=x, a=0, b=2),
    "e is above 2.7182818284": lambda: paper.inequality(show=exp(1) <= F("2.7182818284")),
    "sqrt 2 exceeds its 60 digits": lambda: paper.inequality(
        show=sqrt(2) <= F("1.414213562373095048801688724209698078569671875376948073176679")
    ),
    "e^(log 3) is 3": lambda: paper.inequality(show=exp(log(3)) > F(3)),
    "a difference of 10^-90": lambda: paper.inequality(show=exp(F(1, 10**90)) <= 1),
    "log 2 + log 3 is log 6": lambda: paper.inequality(show=log(2) + log(3) > log(6)),
    "-1 is a counterexample": lambda: paper.inequality(show=x ** (10**6 + 1) >= 0),
    "0/0": lambda: paper.inequality(show=x * y / x == y),
    "x = y = 0 attains it": lambda: paper.inequality(show=x**2 + y**2 > 0),
    "the maximum is larger than the mean": lambda: paper.inequality(show=maximum(x, y) <= (x + y) / 2),
    "H_N exceeds log N": lambda: paper.series(term=lambda t: 1 / t, bound=lambda N: log(N)),
    "the sum to 1 is 1": lambda: paper.series(term=lambda t: 1 / sqrt(t), bound=lambda N: 2 * sqrt(N) - F("1.0001")),
    "the squares sum to more than 3/2": lambda: paper.series(term=lambda t: 1 / t**2, bound=lambda N: F(3, 2) + 0 * N),
    "the sum of t is quadratic": lambda: paper.series(term=lambda t: t, bound=lambda N: N**2 / 2),
    "Adam violates its printed bound at T = 42": lambda: paper.regret_bound(
        losses=[8, -1, -1],
        algorithm="adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)",
        bound="adam.printed",
        horizon=42,
    ),
    "Adam's regret is linear on (3, -1, -1)": lambda: paper.no_regret(m=3, beta1=0, beta2=["1/10"]),
    "one part of two is false": lambda: paper.both(
        statements=[paper.inequality(show=x**2 >= 0), paper.inequality(show=x**2 > 0)]
    ),
}


@pytest.mark.parametrize("why", FALSE)
def test_nothing_false_is_established(why):
    try:
        found = accepted(FALSE[why]())
    except InputError:
        return
    assert found is None or found.outcome.verdict in ("refuted", "ill-posed"), found


def test_there_are_enough_of_them():
    assert len(FALSE) >= 45
