"""No mutant of a true claim is ever proved, those in reach are refuted, and the originals are proved."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
import sympy as sp

from regretlab.claims import OPS, checkers, exp, integer, log, maximum, minimum, real, sqrt, where
from regretlab.claims.checkers import smtlib
from regretlab.claims.designs import depround as dep_round
from regretlab.claims.designs import expectation, poisson, small, successive, with_replacement
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.paper import (
    bandit_regret,
    both,
    denial,
    disagreement,
    finite,
    inequality,
    ladder,
    misprint,
    no_regret,
    order,
    recursion,
    regret_bound,
    scalar,
    series,
    units,
    vacuity,
)
from regretlab.claims.provers import candidates, guided, refutations
from regretlab.claims.statements import Statement
from regretlab.methods import Coefficients, Moments, step

#: Verdicts that affirm a statement; no mutant may get one.
AFFIRMED = {"proved", "bounded", "sampled", "vacuous", "misprint"}

a, b, c, d, g, g2, m, p, q, r, s, v, V, x, y, z = real("a b c d g g2 m p q r s v V x y z")
eta, gamma, rho, theta, w = real("eta gamma rho theta w")
n, t, K = integer("n t K")
AWAY = Fraction(377, 911)


class Row(NamedTuple):
    """A builder whose defaults make a true statement, and keywords that make it false, undefined or empty.

    ``refuted`` are in reach of a counterexample, ``beyond`` are not; ``verdict`` None: no form proves such a statement.
    """

    build: Callable[..., Statement]
    refuted: Mapping[str, Mapping[str, Any]]
    beyond: Mapping[str, Mapping[str, Any]] = {}
    verdict: str | None = "proved"


@pytest.fixture(scope="module", autouse=True)
def quick():
    """One solver, as the second opinion costs seconds per statement, and a tenth of the searches for refutations."""
    with pytest.MonkeyPatch.context() as patch:
        for search in (refutations, guided):
            patch.setattr(search, "MOST_WORK", search.MOST_WORK // 10)
        patch.setattr(smtlib, "cvc5_answers", lambda asked, limit=0.0: ["absent"] * len(asked))
        yield


def verdicts(statement):
    """What every candidate certificate establishes; a rejected one establishes nothing."""
    for form, body in candidates(statement):
        try:
            yield checkers.check(statement, form, body).verdict
        except Rejected:
            continue


# --- inequalities ----------------------------------------------------------------------------------------------------
def young(k=2, given=(c > 0,), power=2):
    return inequality(given=given, show=k * a * b <= c * a**power + b**2 / c)


def reciprocal(given=(p > 0, q > 0), at=p, sign=1):
    return inequality(given=given, show=sign * (1 / p - 1 / q) <= -sign * (p - q) / at**2)


def cauchy(k=1, minus=1, strict=False):
    left, right = (a * c + b * d) ** 2, k * (a**2 + minus * b**2) * (c**2 + d**2)
    return inequality(show=left < right if strict else left <= right)


def termwise(given=(a >= 0, b > 0, r >= 0), strict=False):
    left, right = a / (b + r), a / b
    return inequality(given=given, show=left < right if strict else left <= right)


def triangle(sign=1, strict=False):
    left, right = abs(a + b), abs(a) + sign * abs(b)
    return inequality(show=left < right if strict else left <= right)


def largest(strict=False, of=maximum):
    return inequality(show=of(a, b) > a if strict else of(a, b) >= a)


def cubes(k=3, given=(x >= 0, y >= 0, z >= 0)):
    return inequality(given=given, show=x**3 + y**3 + z**3 >= k * x * y * z)


def root_sum(k=2, late=1):
    return inequality(given=[n >= 1], show=k * sqrt(n) + 1 / sqrt(n + late) <= k * sqrt(n + 1))


def logarithm(given=(x > 0,), k=1):
    return inequality(given=given, show=log(x) <= x - k)


def numbers(to="1415/1000"):
    return inequality(show=sqrt(2) < to)


def exponential(k=1):
    return inequality(show=exp(x) >= 1 + k * x)


def integers(given=(n >= 1,), strict=False):
    return inequality(given=given, show=n**2 > n if strict else n**2 >= n)


# --- definedness: what computer algebra cancels away -----------------------------------------------------------------
def cancelled(given=(p != 0,), to=1):
    return inequality(given=given, show=p / p == to)


def weighted(given=(p > 0, n >= 1), scale=n, power=1):
    return inequality(given=given, show=p * (g / (scale * p**power)) == g / n)


def branch(otherwise=1):
    return inequality(show=where(x <= 0, 1 / (x - AWAY) ** 2 + 2, otherwise) > 0)


def imaginary(under=1):
    return inequality(given=[x >= sqrt(2)], show=x + sqrt(under) == x + sqrt(under))


def divided(given=(x != 0,)):
    return inequality(given=[*given, 1 / x > 0], show=x > 0)


def consistent(given=(x > 0,), show=x + 1 > 1):
    return inequality(given=given, show=show)


# --- the step of the methods -----------------------------------------------------------------------------------------
PLAIN = {"mu": 0, "nu": 1, "beta": 0, "om": 0, "rho": 0, "wd": 0, "eta": 1, "kap": 0, "c": 1, "p": 0, "eps": 0}


def after(state, gradient, **given):
    return step(state, gradient, Coefficients(**PLAIN | given), lambda x, w: x, OPS)


def average(nu=1 - rho, decayed=rho * r):
    state = after(Moments(0, s, 0, 0), g, mu=rho, nu=nu)
    return inequality(given=[s == (1 - r) * g], show=state.m == (1 - decayed) * g)


def ratchet(keep=1, given=(a >= b,), power=Fraction(1, 2)):
    state = after(Moments(0, 0, v, V), g, beta=rho, om=1 - rho, rho=keep, p=Fraction(1, 2))
    unit = (rho >= 0, rho <= 1, v >= 0, V > 0, b >= 0, *given)
    return inequality(given=unit, show=a / V**power >= b / state.v_hat**power)


def adamx(ratio=c**2 / d**2, ahead=t - 1, given=(c >= d,)):
    return inequality(
        given=[V >= 0, v >= 0, d > 0, t >= 2, *given], show=maximum(ratio * V, v) * t / c**2 >= V * ahead / d**2
    )


def decay(gradients=(g,), rate=eta / c, alpha=rho):
    first = second = Moments(theta, 0, 0, 0)
    for gradient in gradients:
        first = after(first, first.x / c + gradient, mu=alpha, eta=eta)
        second = after(second, gradient, mu=alpha, eta=eta, wd=rate)
    return inequality(given=[c > 0, eta > 0], show=first.x == second.x)


# --- sampling --------------------------------------------------------------------------------------------------------
def depround(swap=False, of=minimum):
    up, down = of(1 - p, q), minimum(p, 1 - q)
    chance = (up if swap else down) / (up + down)
    inside = (p + up <= 1) & (q - up >= 0) & (p - down >= 0) & (q + down <= 1)
    unbiased = chance * (p + up) + (1 - chance) * (p - down) == p
    return inequality(given=[p > 0, p < 1, q > 0, q < 1], show=unbiased & inside)


def capped(total=K, floor=gamma / n, given=(w <= (1 / K - gamma / n) / (1 - gamma),)):
    usual = [K >= 1, n > K, gamma > 0, gamma < 1, w >= 0, *given]
    return inequality(given=usual, show=total * ((1 - gamma) * w + floor) <= 1)


def second_moment(cross=Fraction(1, 2), size=2):
    mean, square = p * x + (1 - p) * y, p * x**2 + (1 - p) * y**2
    exact = p**2 * x**2 + 2 * p * (1 - p) * ((x + y) / 2) ** 2 + (1 - p) ** 2 * y**2
    return inequality(given=[p >= 0, p <= 1], show=exact == square / size + cross * mean**2)


def drift_variance(total=1):
    return inequality(given=[p + q == total], show=p * (x - (p * x + q * y)) + q * (y - (p * x + q * y)) == 0)


# --- one variable ----------------------------------------------------------------------------------------------------
def exponential_tangent(k=1, low="-oo", high="oo"):
    return scalar(f=exp(x) - 1 - k * x, x=x, a=low, b=high)


def exponential_parabola(k="1/2", low=0, sign=1):
    return scalar(f=sign * (1 - x + k * x**2 - exp(-x)), x=x, a=low, b="oo")


def logarithm_line(k=1, low="1/100"):
    return scalar(f=k * (x - 1) - log(x), x=x, a=low, b="oo")


def bernoulli(power=3, high=1):
    return scalar(f=(1 - x) ** 3 - (1 - power * x), x=x, a=0, b=high)


def far_out(k=1, degree=2):
    return scalar(f=k * 10**6 + x**2 - x**degree / 10**6, x=x, a=1, b="oo")


def powers(given=(p >= 0,), start=y):
    return ladder(f=x**p - y**p, x=x, start=start, given=[y > 0, x >= y, *given])


def pinsker(k=2):
    kl = p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))
    return ladder(f=kl - k * (p - q) ** 2, x=q, start=p, given=[p > 0, p < 1, q > 0, q < 1])


# --- sums ------------------------------------------------------------------------------------------------------------
def harmonic(k=1, first=1, term=lambda k: 1 / k):
    return series(term=term, bound=lambda N: k + log(N), first=first)


def roots(k=2, late=0):
    return series(term=lambda k: 1 / sqrt(k), bound=lambda N: k * sqrt(N - late))


def squares(k=2, tail=1, shift=0):
    return series(term=lambda k: 1 / k**2, bound=lambda N: k - tail / (N + shift))


# --- runs ------------------------------------------------------------------------------------------------------------
def kingma(horizon=41, loss=(8, -1, -1), algorithm="adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)"):
    return regret_bound(losses=loss, algorithm=algorithm, bound="adam.printed", horizon=horizon)


def vanishing(m=2, beta2="1/3"):
    return no_regret(m=m, beta1=0, beta2=[beta2])


# --- recursions, designs, sizes --------------------------------------------------------------------------------------
lam, beta, h, i = sp.Symbol("lam"), sp.IndexedBase("beta"), sp.IndexedBase("h"), sp.Symbol("i", integer=True)


def unrolled(shift=0, last=0, weight=1 - lam, start=0):
    return recursion(
        closed=lambda k: weight * sp.Sum(lam ** (k - i + shift) * h[i], (i, 1, k - last)),
        rec=lambda s, k: lam * s + (1 - lam) * h[k],
        start=start,
    )


def correction(late=0, sign=1, power=1):
    return recursion(closed=lambda k: 1 - sign * lam ** (power * k - late), rec=lambda s, k: lam * s + 1 - lam)


def schedule(weights=lambda k, last: sp.Product(beta[i], (i, 1, k - last)), last=0):
    def closed(k):
        return 1 - weights(k, last)

    return recursion(closed=closed, rec=lambda s, k: beta[k] * s + 1 - beta[k])


def unbiased(law=lambda p, K: dep_round(p), total=None, by=lambda n, K: n):
    def holds(n, K, p, g):
        return expectation(law(p, K), lambda J: sum(g[j] / (by(n, K) * p[j]) for j in J)) == sum(g) / n

    return finite(cases=lambda: small([(2, 1), (2, 2), (3, 2)], 3, total), holds=holds)


def drawn(K=2, noise=lambda K: 1 / K, law=with_replacement):
    def holds(n, K, p, g):
        square = expectation(law(p, K), lambda J: sum(g[j] / (n * p[j]) for j in J) ** 2 / K**2)
        mean = sum(g) / n
        return square == noise(K) * sum(x**2 / (n**2 * q) for x, q in zip(g, p, strict=True)) + (1 - noise(K)) * mean**2

    return finite(cases=lambda: small([(2, K), (3, K)], 4, 1), holds=holds)


def balanced(second=a * x, degree=1):
    return units(terms={"first": a**2 * sqrt(y), "second": second}, weights={x: 1, y: 2}, degree=degree)


def sublinear(rate=1, factor=1, at_most="1/2", logs="1/2"):
    return order(
        terms={"first": a * sqrt(r) / rate, "second": factor * b * sqrt(r * (1 + log(r)))},
        T=r,
        at_most=at_most,
        logs=logs,
    )


def half_wrong(k="1/2", horizons=(1, 10)):
    return bandit_regret(regret=lambda T: Fraction(T, 2), bound=lambda T: Fraction(k) * T, horizons=horizons)


# --- compound statements ---------------------------------------------------------------------------------------------
def disagree(there=a * c):
    return disagreement(here=a * b, there=there)


def printed_wrong(printed=3, meant=2):
    return misprint(printed=young(printed), meant=young(meant))


def denied(k=3):
    return denial(statement=young(k))


def empty(scale=1):
    return vacuity(statement=inequality(given=[x >= 1, y >= 1], show=x <= scale * x * y))


def all_hold(k=2, given=(c > 0,)):
    return both(statements=[triangle(), young(k, given)])


FREE: dict[str, Any] = {"given": ()}
TABLE = [
    Row(young, {"constant": {"k": "21/10"}, "no hypothesis": FREE, "power": {"power": 1}}),
    Row(
        reciprocal,
        {
            "q of any sign": {"given": (p > 0, q != 0)},
            "wrong point": {"at": q},
            "flipped": {"sign": -1},
            "undefined": FREE,
        },
    ),
    Row(cauchy, {"constant": {"k": "99/100"}, "minus": {"minus": -1}, "strict": {"strict": True}}),
    Row(
        termwise,
        {
            "a of any sign": {"given": (b > 0, r >= 0)},
            "r of any sign": {"given": (a >= 0, b > 0)},
            "b of any sign": {"given": (a >= 0, r >= 0)},
            "strict": {"strict": True},
        },
    ),
    Row(triangle, {"minus": {"sign": -1}, "strict": {"strict": True}}),
    Row(largest, {"strict": {"strict": True}, "smallest": {"of": minimum}}),
    Row(cubes, {"constant": {"k": "31/10"}, "any sign": FREE}),
    Row(root_sum, {"constant": {"k": "19/10"}, "off by one": {"late": 0}}),
    Row(logarithm, {"constant": {"k": "11/10"}, "undefined": FREE}),
    Row(exponential, {"slope": {"k": 2}, "slope below": {"k": "1/2"}}),
    Row(integers, {"strict": {"strict": True}}),
    Row(cancelled, {"undefined": FREE, "to two": {"to": 2}}),
    Row(weighted, {"p may vanish": {"given": (n >= 1,)}, "no n": {"scale": 1}, "twice": {"power": 2}}),
    Row(branch, {"false off the branch": {"otherwise": (x - AWAY) ** 2}}),
    Row(imaginary, {"negative": {"under": -1}}),
    Row(divided, {}, {"undefined hypothesis": FREE}),
    Row(
        consistent,
        {},
        {"contradiction": {"given": (x > 0, x < 0)}, "of falsehood": {"given": (x**2 < 0,), "show": x > x}},
    ),
    Row(average, {"weights swapped": {"nu": rho}, "off by one": {"decayed": r}, "squared": {"decayed": rho**2 * r}}),
    Row(
        ratchet,
        {
            "no maximum": {"keep": 0},
            "steps may grow": FREE,
            "inverted": {"power": Fraction(-1, 2)},
            "half kept": {"keep": "1/2"},
        },
    ),
    Row(
        adamx,
        {
            "amsgrad": {"ratio": 1},
            "not squared": {"ratio": c / d},
            "inverted": {"ratio": d**2 / c**2},
            "off by two": {"ahead": t + 1},
        },
    ),
    Row(decay, {"two steps": {"gradients": (g, g2)}, "rate": {"rate": eta * c}, "half": {"rate": eta / (2 * c)}}),
    Row(depround, {"swapped": {"swap": True}, "larger": {"of": maximum}}),
    Row(capped, {"no cap": FREE, "total": {"total": K + 1}, "floor": {"floor": gamma}}),
    Row(second_moment, {"no cross term": {"cross": 0}, "whole cross term": {"cross": 1}, "size": {"size": 1}}),
    Row(drift_variance, {"sum of two": {"total": 2}}),
    Row(exponential_tangent, {"slope": {"k": "11/10"}, "slope below": {"k": "9/10"}}),
    Row(exponential_parabola, {"constant": {"k": "2/5"}, "domain": {"low": -1}, "flipped": {"sign": -1}}),
    Row(logarithm_line, {"slope": {"k": "9/10"}}, {"undefined": {"low": -1}}),
    Row(bernoulli, {"power": {"power": 2}, "domain": {"high": 4}}),
    Row(far_out, {"sign": {"k": -1}}, {"cubic": {"degree": 3}}),
    Row(powers, {"p of any sign": FREE, "falling": {"given": (p <= 0,)}}, {"from elsewhere": {"start": y / 2}}),
    Row(pinsker, {"constant": {"k": "21/10"}}),
    Row(harmonic, {"constant": {"k": "1/2"}, "twice": {"term": lambda k: 2 / k}}, {"undefined": {"first": 0}}),
    Row(roots, {"constant": {"k": "19/10"}, "off by one": {"late": 1}}),
    Row(squares, {"constant": {"k": "8/5"}, "tail": {"tail": "11/10"}}, {"off by one, undefined": {"shift": -1}}),
    Row(numbers, {"below": {"to": "707/500"}, "equal": {"to": "1414213562/1000000000"}}),
    Row(
        kingma,
        {"one round more": {"horizon": 42}},
        {
            "another method": {"algorithm": "amsgrad(lam=1/1000)"},
            "no decay of beta1": {"algorithm": "adam(beta1=0, beta2=1/65, eps=0)"},
        },
        "bounded",
    ),
    Row(
        unrolled,
        {
            "off by one": {"shift": 1},
            "too short": {"last": 1},
            "weight": {"weight": lam},
            "no weight": {"weight": 1},
            "start": {"start": 1},
        },
    ),
    Row(correction, {"off by one": {"late": 1}, "flipped": {"sign": -1}, "squared": {"power": 2}}),
    Row(schedule, {"power": {"weights": lambda k, last: beta[k] ** k}, "too short": {"last": 1}}),
    Row(
        unbiased,
        {
            "successive draws": {"law": lambda p, K: successive([x / K for x in p], K)},
            "with replacement": {"law": with_replacement, "total": 1},
            "average over K": {"by": lambda n, K: n * K},
            "p sums to one": {"law": lambda p, K: poisson(p), "total": 1, "by": lambda n, K: n * K},
        },
        verdict="bounded",
    ),
    Row(
        drawn,
        {
            "no cross term": {"noise": lambda K: 1},
            "squared": {"noise": lambda K: 1 / K**2},
            "design": {"law": successive},
        },
        verdict="bounded",
    ),
    Row(balanced, {"squared": {"second": a * x**2}, "sum": {"second": a * x + y}, "degree": {"degree": 2}}),
    Row(
        sublinear,
        {
            "tuned rate": {"rate": 1 / sqrt(r)},
            "order": {"at_most": "1/4"},
            "logarithm": {"logs": 0},
            "factor": {"factor": r},
        },
        {"hidden power": {"factor": exp(log(r))}},
    ),
    Row(half_wrong, {"constant": {"k": "1/3"}}, verdict="bounded"),
    Row(vanishing, {"a period of three": {"m": 3}}, verdict=None),
    Row(disagree, {}, {"the same": {"there": b * a}}, "misprint"),
    Row(printed_wrong, {}, {"both true": {"printed": 2}, "both false": {"meant": 3}}, "misprint"),
    Row(denied, {"a true one": {"k": 2}}),
    Row(empty, {}, {"a bound that bites": {"scale": "1/2"}}, "vacuous"),
    Row(all_hold, {"one false": {"k": 3}, "one undefined": FREE}),
]
ROWS = [pytest.param(row, id=row.build.__name__) for row in TABLE]
MUTANTS = [
    pytest.param(row.build, change, reach, id=f"{row.build.__name__}-{name}")
    for row in TABLE
    for reach, found in ((True, row.refuted), (False, row.beyond))
    for name, change in found.items()
]


@pytest.mark.parametrize("row", ROWS)
def test_the_original_is_established(row):
    assert next(verdicts(row.build()), None) == row.verdict


@pytest.mark.parametrize(("build", "change", "reach"), MUTANTS)
def test_a_mutant_is_not(build, change, reach):
    found = list(verdicts(build(**change)))
    assert not AFFIRMED & set(found)
    if reach:
        assert found[0] in ("refuted", "ill-posed")
