"""Claims by enumeration, induction and growth: exact designs against the samplers, and forged certificates."""

from __future__ import annotations

import copy
import itertools
import json
import math
from fractions import Fraction as F

import numpy as np
import pytest
import sympy as sp

from regretlab import samplers
from regretlab.claims import checkers, designs, exp, integer, log, maximum, minimum, paper, real, sqrt
from regretlab.claims.language.verdict import NotRun, Rejected
from regretlab.claims.provers import candidates
from regretlab.errors import InputError
from tests.tolerances import ROUND_OFF

SIZES = [(n, K) for n in (2, 3, 4) for K in range(1, n)]


def decide(statement):
    """The outcome of the first certificate found, in the order of fields of a file, and the certificate."""
    form, body = next(candidates(statement))
    body = json.loads(json.dumps(body, sort_keys=True))
    return checkers.check(statement, form, body), form, body


def rejected(statement, form, body):
    with pytest.raises(Rejected) as caught:
        checkers.check(statement, form, body)
    return str(caught.value)


# Designs


def by_chance(p):
    """The law of the samplers' DepRound, by following both answers of every question it asks."""
    law = {}

    def follow(answers, mass):
        given, asked = iter(answers), []

        def chance(q):
            answer = next(given, None)
            if answer is None:
                asked.append(q)
                return True
            return answer

        J = tuple(samplers.depround(list(p), chance))
        if asked:
            follow([*answers, True], mass * asked[0])
            follow([*answers, False], mass * (1 - asked[0]))
        else:
            law[J] = law.get(J, F(0)) + mass

    follow([], F(1))
    return {J: mass for J, mass in law.items() if mass}


@pytest.mark.parametrize(("n", "K"), SIZES)
def test_depround_has_the_law_of_the_samplers_form(n, K):
    for p in designs.grid(n, K, parts=5):
        assert designs.depround(p) == by_chance(p)


def test_every_order_of_duels_keeps_the_inclusion_probabilities():
    p = (F(4, 5), F(3, 5), F(2, 5), F(1, 5))
    for order in itertools.permutations(range(4)):
        law = designs.depround(p, order)
        assert designs.inclusion(law, 4) == p
        assert {len(J) for J in law} == {2}
    assert designs.depround(p) != designs.depround(p, (3, 0, 2, 1))


def test_known_laws():
    q = [F(1, 2), F(1, 3), F(1, 6)]
    assert designs.inclusion(designs.successive(q, 2), 3) == (F(17, 20), F(11, 15), F(5, 12))
    assert designs.inclusion(designs.successive([F(1, 4), F(1, 4), F(1, 2)], 2), 3) == (F(7, 12), F(7, 12), F(5, 6))
    g = (1, -1, 1, -1)
    square = lambda J: sum(F(g[j]) / (4 * F(1, 2)) for j in J) ** 2  # noqa: E731
    assert designs.expectation(designs.depround([F(1, 2)] * 4), square) == F(1, 2)
    assert designs.expectation(designs.poisson([F(1, 2)] * 4), square) == F(1, 4)
    law = designs.with_replacement([F(1, 4), F(3, 4)], 2)
    estimate = lambda J: (sum(F((1, 3)[j]) / (2 * (F(1, 4), F(3, 4))[j]) for j in J) / 2) ** 2  # noqa: E731
    assert designs.expectation(law, estimate) == 4


@pytest.mark.parametrize("law", [designs.with_replacement, designs.successive])
def test_laws_sum_to_one(law):
    for p in designs.grid(3, 1, parts=6):
        assert sum(law(p, 2).values()) == 1


def test_an_improper_design_is_refused():
    with pytest.raises(InputError, match="sum to 5/6"):
        designs.depround([F(1, 2), F(1, 3)])
    with pytest.raises(InputError, match="must lie in"):
        designs.with_replacement([F(3, 2), F(-1, 2)], 2)
    with pytest.raises(InputError, match="it must lie in"):
        designs.kl_projection([1, 1], total=3, floor=0, cap=1)


def test_capping_agrees_with_the_sampler():
    weights = [w for n in (2, 3, 4, 5) for w in itertools.combinations_with_replacement((1, 2, 7, 40), n)]
    for w in weights:
        for K in range(1, len(w)):
            for gamma in (F(1, 10), F(2, 5), F(9, 10)):
                p, null, _ = designs.capped(w, K, gamma)
                theirs, frozen = samplers.capped_probabilities(np.log([w]), K, float(gamma))
                np.testing.assert_allclose(np.array(p, dtype=float), theirs[0], rtol=ROUND_OFF)
                assert {int(k) for k in np.flatnonzero(frozen[0])} == null


def test_capping_has_the_numbers_of_the_theory():
    p, null, tau = designs.capped([16, 8, 1, 1, 1, 1], K=3, gamma=F(1, 5))
    assert (p, null, tau) == ((F(1), F(1), *[F(1, 4)] * 4), {0, 1}, 6)
    assert designs.capped([3, 2, 1], K=2, gamma=F(2, 5)) == ((F(13, 15), F(2, 3), F(7, 15)), frozenset(), None)
    for K, gamma in ((2, F(1)), (3, F(1, 2))):
        with pytest.raises(ZeroDivisionError):
            designs.capped([1, 1, 1], K, gamma)


def test_the_projection_agrees_with_the_sampler():
    for w in itertools.product((1, 3, 30), repeat=3):
        for total, floor, cap in (
            (F(1), F(1, 10), F(1)),
            (F(2), F(1, 5), F(1)),
            (F(3), F(1, 5), F(1)),
            (F(1), F(1, 3), F(1)),
        ):
            ours = designs.kl_projection(w, total, floor, cap)
            theirs = samplers.kl_projection(np.log([w]), float(total), float(floor), float(cap))[0]
            np.testing.assert_allclose(np.array(ours, dtype=float), theirs, rtol=ROUND_OFF)
    assert designs.kl_projection([F(1, 2), F(3, 10), F(3, 20), F(1, 20)], 1, F(1, 10), 1) == (
        F(9, 19),
        F(27, 95),
        F(27, 190),
        F(1, 10),
    )


def test_small_cases_cover_the_grid():
    cases = designs.small([(3, 2)], parts=3)
    assert {c["p"] for c in cases} == {(F(1), F(2, 3), F(1, 3)), (F(2, 3), F(2, 3), F(2, 3))}
    assert all(sum(c["p"]) == 2 and len(c["g"]) == 3 for c in cases)
    assert {sum(c["p"]) for c in designs.small([(3, 2)], parts=4, total=1)} == {1}


# Finite statements


def estimate(n, p, g, factor):
    return designs.expectation(designs.depround(p), lambda J: factor * sum(g[j] / (n * p[j]) for j in J))


PRINTED = paper.finite(
    cases=lambda: designs.small([(3, 2), (4, 2)], parts=3),
    holds=lambda n, K, p, g: estimate(n, p, g, 1 / K) == sum(g) / n,
)
UNBIASED = paper.finite(
    cases=lambda: designs.small([(3, 2), (4, 2)], parts=3),
    holds=lambda n, K, p, g: estimate(n, p, g, 1) == sum(g) / n,
)


def test_a_finite_statement_is_refuted_by_its_simplest_case():
    outcome, form, body = decide(PRINTED)
    assert (outcome.verdict, outcome.level, form) == ("refuted", "exact", "case")
    assert outcome.words == "fails at n = 3, K = 2, p = (2/3, 2/3, 2/3), g = (1, 1, 1)"
    assert "it does not hold" in rejected(PRINTED, "cases", {"count": len(PRINTED.cases())})
    for index in (-1, len(PRINTED.cases()), "0", True, None):
        rejected(PRINTED, "case", {"index": index})
    rejected(PRINTED, "case", body | {"verdict": "proved"})


def test_a_finite_statement_that_holds_is_bounded():
    outcome, form, body = decide(UNBIASED)
    assert (outcome.verdict, form) == ("bounded", "cases")
    assert "n = 3..4, K = 2" in outcome.words
    for count in (body["count"] - 1, body["count"] + 1, 0, str(body["count"])):
        rejected(UNBIASED, "cases", {"count": count})
    assert "it holds" in rejected(UNBIASED, "case", {"index": 0})


def test_integers_of_a_case_divide_exactly():
    statement = paper.finite(cases=lambda: [{"n": n} for n in range(1, 60)], holds=lambda n: (1 / n) * n == 1)
    assert any((1 / n) * n != 1 for n in range(1, 60))
    assert decide(statement)[0].verdict == "bounded"


def test_floats_prove_nothing():
    with pytest.raises(InputError, match="in floats"):
        paper.finite(cases=lambda: [{"n": 1}], holds=lambda n: n * 0.5 < 1)
    quarters = paper.finite(cases=lambda: [{"x": len("a") / 4}], holds=lambda x: 4 * x == 1 and 3**-x * 0 == 0)
    with pytest.raises(NotRun, match="is not a fraction"):
        checkers.check(quarters, "cases", {"count": 1})


def test_a_case_that_divides_by_zero_is_ill_posed():
    statement = paper.finite(cases=lambda: [{"n": 1}, {"n": 0}], holds=lambda n: n / n == 1)
    assert decide(statement)[0].verdict == "ill-posed"
    rejected(statement, "cases", {"count": 2})
    rejected(statement, "case", {"index": 0})


def test_no_cases_and_odd_truths_prove_nothing():
    with pytest.raises(NotRun, match="gives no case"):
        checkers.check(paper.finite(cases=lambda: [], holds=lambda: True), "cases", {"count": 0})
    with pytest.raises(NotRun, match="yes"):
        checkers.check(paper.finite(cases=lambda: [{"n": 1}], holds=lambda n: "yes"), "cases", {"count": 1})


# Recursions

rho, lam, beta = sp.symbols("rho lam beta")
g, b = sp.IndexedBase("g"), sp.IndexedBase("b")
i, j = sp.symbols("i j", integer=True)

TRUE = {
    "average": paper.recursion(
        closed=lambda t: (1 - rho) * sp.Sum(rho ** (t - i) * g[i], (i, 1, t)),
        rec=lambda s, t: rho * s + (1 - rho) * g[t],
    ),
    "weights": paper.recursion(closed=lambda t: 1 - beta**t, rec=lambda s, t: beta * s + 1 - beta),
    "varying weights": paper.recursion(
        closed=lambda t: 1 - sp.Product(b[i], (i, 1, t)), rec=lambda s, t: b[t] * s + 1 - b[t]
    ),
    "varying average": paper.recursion(
        closed=lambda t: sp.Sum((1 - b[i]) * sp.Product(b[j], (j, i + 1, t)) * g[i], (i, 1, t)),
        rec=lambda s, t: b[t] * s + (1 - b[t]) * g[t],
    ),
    "decaying average": paper.recursion(
        closed=lambda t: sp.Sum(
            (1 - beta * lam ** (i - 1)) * sp.Product(beta * lam ** (j - 1), (j, i + 1, t)) * g[i], (i, 1, t)
        ),
        rec=lambda s, t: beta * lam ** (t - 1) * s + (1 - beta * lam ** (t - 1)) * g[t],
    ),
    "weighted geometric sum": paper.recursion(
        closed=lambda t: (1 - (t + 1) * lam**t + t * lam ** (t + 1)) / (1 - lam) ** 2,
        rec=lambda s, t: s + t * lam ** (t - 1),
    ),
    "late start": paper.recursion(closed=lambda t: sp.Sum(g[i], (i, 2, t)), rec=lambda s, t: s + g[t], first=1),
}
FALSE = {
    "shifted exponent": paper.recursion(
        closed=lambda t: (1 - rho) * sp.Sum(rho ** (t - i + 1) * g[i], (i, 1, t)),
        rec=lambda s, t: rho * s + (1 - rho) * g[t],
    ),
    "late product": paper.recursion(
        closed=lambda t: sp.Sum((1 - b[i]) * sp.Product(b[j], (j, i, t)) * g[i], (i, 1, t)),
        rec=lambda s, t: b[t] * s + (1 - b[t]) * g[t],
    ),
    "decayed base": paper.recursion(
        closed=lambda t: 1 - (beta * lam ** (t - 1)) ** t, rec=lambda s, t: beta * lam ** (t - 1) * (s - 1) + 1
    ),
    "wrong start": paper.recursion(closed=lambda t: t, rec=lambda s, t: s + 1, start=1),
}


@pytest.mark.parametrize("name", TRUE)
def test_closed_forms_by_induction(name):
    outcome, form, _ = decide(TRUE[name])
    assert (outcome.verdict, outcome.level, form) == ("proved", "cas", "induction")
    for depth in (7, 13, "8", None):
        rejected(TRUE[name], "induction", {"unrolled": depth})


@pytest.mark.parametrize("name", FALSE)
def test_wrong_closed_forms_are_refuted_and_never_proved(name):
    outcome, form, body = decide(FALSE[name])
    assert (outcome.verdict, outcome.level, form) == ("refuted", "exact", "unrolled")
    assert "leaves" in rejected(FALSE[name], "induction", {"unrolled": 8})
    rejected(FALSE[name], "unrolled", {"t": body["t"], "point": body["point"] | {"g[77]": "1"}})
    for given in body["point"]:
        rejected(
            FALSE[name], "unrolled", {"t": body["t"], "point": {k: v for k, v in body["point"].items() if k != given}}
        )
        rejected(FALSE[name], "unrolled", {"t": body["t"], "point": body["point"] | {given: "2/4"}})


def test_the_leftover_of_a_wrong_step_is_shown():
    assert "-(rho - 1)**2*g(t)" in rejected(FALSE["shifted exponent"], "induction", {"unrolled": 8})


def test_divisors_of_a_closed_form_are_named():
    assert decide(TRUE["weighted geometric sum"])[0].words.endswith("where (1 - lam)^2 != 0")
    assert TRUE["weighted geometric sum"].text().endswith("t > 0, where (1 - lam)^2 != 0")


def test_what_induction_cannot_read_is_rejected():
    square = paper.recursion(
        closed=lambda t: sp.Sum(g[i], (i, 1, t)) ** 2,
        rec=lambda s, t: s + g[t] ** 2 + 2 * g[t] * sp.Sum(g[i], (i, 1, t - 1)),
    )
    assert "not linear" in rejected(square, "induction", {"unrolled": 8})
    empty = paper.recursion(closed=lambda t: sp.Sum(g[i], (i, 3, t)), rec=lambda s, t: s + g[t])
    rejected(empty, "induction", {"unrolled": 8})


# Units and orders

G, D, al, s2, T = real("G D alpha s2 T")
n, K = integer("n K")


def test_units_of_kingma_and_ba():
    terms = {"first": D**2 / al * sqrt(T) * sqrt(s2), "second": al * G * sqrt(s2), "third": D**2 * G / al}
    statement = paper.units(terms=terms, weights={G: 1, s2: 2}, degree=1)
    outcome, form, body = decide(statement)
    assert (outcome.verdict, form) == ("ill-posed", "degrees")
    assert body == {"terms": {"first": "1", "second": "2", "third": "1"}}
    for name in terms:
        rejected(statement, form, {"terms": body["terms"] | {name: "3"}})
        rejected(statement, form, {"terms": body["terms"] | {name: None}})
    assert decide(paper.units(terms=terms, weights={D: 1, al: 1, s2: 0}, degree=1))[0].verdict == "proved"


def test_a_sum_of_unlike_units_is_ill_posed():
    outcome, _, body = decide(paper.units(terms={"sum": G + s2}, weights={G: 1, s2: 2}, degree=1))
    assert (outcome.verdict, body) == ("ill-posed", {"terms": {"sum": None}})
    for term in (exp(G), maximum(G, 1), log(G) * G):
        assert decide(paper.units(terms={"t": term}, weights={G: 1}, degree=1))[0].verdict == "ill-posed"
    balanced = maximum(G, sqrt(s2)) * exp(G / sqrt(s2)) + 0 * G
    assert decide(paper.units(terms={"t": balanced}, weights={G: 1, s2: 2}, degree=1))[0].verdict == "proved"


TUNED = sqrt(n * log(n / K) / ((exp(1) - 1) * T * K))


def rate(gamma):
    bandit = n / gamma * log(n / K) + (exp(1) - 1) * K * gamma * T
    return {"first": sqrt(T) / gamma, "second": sqrt(bandit / gamma**2) / n, "bandit": sqrt(T * n * K * log(n / K))}


def test_exponents_of_the_adamcb_bound():
    tied = paper.order(terms=rate(TUNED), T=T, at_most=F(1, 2))
    outcome, form, body = decide(tied)
    assert (outcome.verdict, outcome.level, form) == ("refuted", "balls", "exponents")
    assert body["terms"] == {"first": ["1", "0"], "second": ["3/4", "0"], "bandit": ["1/2", "0"]}
    for name, (power, logs) in body["terms"].items():
        for wrong in (["1/3", logs], [power, "1"], [power], power, [power, logs, "0"]):
            rejected(tied, form, {**body, "terms": body["terms"] | {name: wrong}})
    for symbol in body["point"]:
        rejected(tied, form, {**body, "point": body["point"] | {symbol: "0"}})
        rejected(tied, form, {**body, "point": body["point"] | {symbol: "3/2"}})
    assert decide(paper.order(terms=rate(TUNED), T=T, at_most=1))[0].verdict == "proved"
    capped = rate(minimum(1, TUNED))
    assert decide(paper.order(terms=capped, T=T, at_most=F(1, 2)))[0].verdict == "refuted"


def test_exponents_with_gamma_constant():
    gamma = real("gamma")
    assert decide(paper.order(terms=rate(gamma), T=T, at_most=F(1, 2)))[0].verdict == "proved"


@pytest.mark.parametrize(
    "term",
    [
        T - T,  # cancels
        (al - G) * T,  # vanishes for some parameters
        1 / ((al - G) * T + 1),
        exp(T),
        sqrt(1 - T),
        log(1 / T - 1 / T),
    ],
)
def test_growth_that_is_not_known_proves_nothing_wrong(term):
    statement = paper.order(terms={"t": term}, T=T, at_most=0)
    for form, body in candidates(statement):
        assert checkers.check(statement, form, body).verdict == "refuted"
    low = paper.order(terms={"t": term}, T=T, at_most=-1)
    for form, body in candidates(low):
        assert checkers.check(low, form, body).verdict == "refuted"


def test_bounded_factors_do_not_count_and_logarithms_do():
    term = log(T) ** 2 * exp(1 / T) * (2 - 1 / T) / (1 + 1 / sqrt(T))
    outcome, _, body = decide(paper.order(terms={"t": term}, T=T, at_most=0, logs=2))
    assert (outcome.verdict, body["terms"]) == ("proved", {"t": ["0", "2"]})
    for logs, verdict in ((0, "refuted"), ("1.99", "refuted"), (3, "proved"), ("any", "proved")):
        outcome, _, again = decide(paper.order(terms={"t": term}, T=T, at_most=0, logs=logs))
        assert (outcome.verdict, again) == (verdict, body)


@pytest.mark.parametrize(
    ("term", "order", "verdict"),
    [
        (T * log(T) ** 5, (1, 0), "refuted"),
        (T * log(T) ** 5, (1, 5), "proved"),
        (T * log(T) ** 5, (1, "any"), "proved"),
        (T * log(T) ** 5, ("1.01", 0), "proved"),
        (log(T), (0, 0), "refuted"),
        (log(n * T) - 3, (0, 1), "proved"),
        (sqrt(T * (1 + log(T))), ("1/2", "1/2"), "proved"),
        (sqrt(T * (1 + log(T))), ("1/2", 0), "refuted"),
        (T / log(T), (1, 0), "proved"),
        (T / log(T), (1, -1), "proved"),
        (T / log(T), (1, -2), "refuted"),
        (T + sqrt(T) * log(T) ** 9, (1, 0), "proved"),
        (maximum(T, log(T) * T / al), (1, 0), "refuted"),
        (minimum(T, log(T) * T / al), (1, 0), "proved"),
    ],
)
def test_orders_count_logarithms(term, order, verdict):
    assert decide(paper.order(terms={"t": term}, T=T, at_most=order[0], logs=order[1]))[0].verdict == verdict


def test_an_order_says_whether_logarithms_count():
    size = lambda **more: paper.order(terms={"t": T}, T=T, at_most=1, **more).text()  # noqa: E731
    assert "order T^1:" in size()
    assert "order T^1 log(T)^2:" in size(logs=2)
    assert "order T^1 up to logarithms:" in size(logs="any")
    with pytest.raises(InputError, match=r'logs = .*"any"'):
        size(logs="all")


def test_growth_agrees_with_numbers():
    """The exponent is the slope of log|term| far out, evaluated in floats."""
    term = sqrt(T * n + log(T) * T**2) / (al * T ** F(1, 3) + 5) - 7 * T ** F(1, 2)
    body = decide(paper.order(terms={"t": term}, T=T, at_most=2))[2]
    value = lambda t: math.sqrt(t + math.log(t) * t**2) / (0.5 * t ** (1 / 3) + 5) - 7 * math.sqrt(t)  # noqa: E731
    slope = math.log(abs(value(1e120) / value(1e100))) / math.log(1e20)
    assert float(F(body["terms"]["t"][0])) == pytest.approx(slope, abs=0.01)


# Bandits

HALF = paper.bandit_regret(
    regret=lambda T: F(T, 2), bound=lambda T: 2 * sqrt((exp(1) - 1) * 2 * T * log(2)), horizons=(10, 39, 100)
)


def test_a_bandit_bound_is_refuted_at_one_horizon():
    outcome, form, body = decide(HALF)
    assert (outcome.verdict, outcome.level, form, body) == ("refuted", "balls", "horizon", {"index": 1})
    rejected(HALF, "horizon", {"index": 0})
    rejected(HALF, "horizon", {"index": 3})
    rejected(HALF, "horizons", {"count": 3})
    within = copy.copy(HALF)
    object.__setattr__(within, "horizons", (10, 20))
    assert decide(within)[0].verdict == "bounded"
    rejected(within, "horizons", {"count": 3})


def test_a_bandit_regret_must_be_exact():
    statement = paper.bandit_regret(regret=lambda T: sqrt(T), bound=lambda T: T, horizons=(4,))
    with pytest.raises(NotRun, match="not an exact number"):
        checkers.check(statement, "horizons", {"count": 1})
