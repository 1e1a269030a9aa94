"""Orders, horizons at which bounds stop being vacuous, and best parameters, against closed forms; with twins."""

import math
from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest
import sympy as sp

import regretlab as rl
from regretlab import bounds
from regretlab.bounds import Bound, Order, _horizons
from regretlab.bounds import symbols as s
from regretlab.bounds._order import order, worst
from regretlab.samplers import largest_divergence
from tests.tolerances import BOUND_DIGITS, ORDER

MNIST = {"n": 60000, "K": 128, "gamma": 0.4}


def powers(bound, **constants):
    return {name: str(found) for name, found in bound.order(constants).terms.items()}


def test_adamcbs_first_term_is_linear_with_the_tuned_gamma_and_a_root_with_a_constant_one():
    assert powers(bounds.adamcb.printed) == {
        "diameter": "T n^-1/2 d K^1/2", "sampling": "T^3/4 n^-1/4 d^1/2 K^1/4 log(T)^1/2",
        "momentum": "T^1/2 n^-1/2 d K^1/2",
    }  # fmt: skip
    assert powers(bounds.adamcb.ours) == {"diameter": "T^1/2 d", "sampling": "T^1/2 d^1/2 log(T)^1/2"}
    assert powers(bounds.adamcb.lemma1)["diameter"] == "T^1/2 d"
    assert bounds.adamcb.printed.order().dominating == "diameter"


def test_the_power_of_n_is_a_quarter_not_minus_three_quarters():
    """Theorem 1 of AdamCB prints n^(-3/4) (T/K)^(1/4): with p_min written out, n^(1/4) and K^(-3/4)."""
    assert powers(bounds.adamcb.split)["bandit"] == "T^1/4 n^1/4 d^1/2 K^-3/4 log(T)^1/2"


def test_theorem_4_of_adambs_drops_a_quarter_root_that_dominates_for_long():
    for n in (100, 1000, 60000):
        found = bounds.adambs.theorem4.order({**MNIST, "n": n, "K": 32, "d": 784})
        assert str(found.dropped["bandit"]) == "T^1/4 n^1/4 d^1/2 K^-1/2"
        p_min, R2 = 0.4 / n, largest_divergence(n, 0.4 / n)
        closed = 2 * n * R2 / (p_min * math.log(n) * math.sqrt(math.log(784))) ** 4
        assert 10 ** found.outgrown["bandit"]["optimal sampling"] == pytest.approx(closed, rel=BOUND_DIGITS)
    assert closed == pytest.approx(6.39e20, rel=1e-3)


@pytest.mark.parametrize(("n", "horizon"), [(100, 1.2e9), (1000, 4.0e13), (60000, 8.6e21)])
def test_the_dropped_term_against_the_sharper_form_of_lemma_3(n, horizon):
    """theory.md's horizons take M = H_n^2 H_d^(2) T, the sums of Lemma 3 before they became logarithms."""
    p_min = 0.4 / n
    M = sum(1 / j for j in range(1, n + 1)) ** 2 * sum(1 / i**2 for i in range(1, 785)) * s.T
    values = {s.n: n, s.K: 32, s.d: 784, s.L: 1, s.p_min: p_min, s.R2: largest_divergence(n, p_min)}
    dropped, kept = (bounds.adambs.theorem2.terms[name] for name in ("bandit", "optimal sampling"))
    at = {x: bounds.TYPICAL[x.name] for x in (s.alpha, s.beta1, s.beta2, s.G)}
    found = 10 ** _horizons.overtaken_from(dropped.subs(values).subs(at), kept.subs(s.M, M).subs(values).subs(at))
    assert f"{found:.1e}" == f"{horizon:.1e}"


def test_constant_momentum_makes_adamxs_second_term_grow_faster_than_t():
    found = bounds.adamx.printed.order({"lam": 1})
    assert (found["momentum"].T, found.dominating) == (Fraction(3, 2), "momentum")
    assert bounds.adamx.printed.order()["momentum"].T == 0
    with pytest.raises(rl.InputError, match=r"adamx.decaying assumes that beta_{1,t}"):
        bounds.adamx.decaying.order({"lam": 1})


@pytest.mark.parametrize("bound", Bound.known.values(), ids=Bound.known)
def test_orders_are_the_slopes_of_the_terms(bound):
    """The slope of the logarithm in T, n, d, K where all are huge and far apart, from 600 digits of no rule."""
    mp.mp.dps = 30
    point = {"T": mp.mpf(10) ** 40000, "n": mp.mpf(10) ** 2000, "d": mp.mpf(10) ** 400, "K": mp.mpf(10) ** 400}
    for name, term in bound.tied_terms.items():
        function = sp.lambdify([s.T, s.n, s.d, s.K, *FREE], worst(term, bound.total), "mpmath")
        found = order(worst(term, bound.total))
        if function(*point.values(), *CONSTANTS) == 0:
            continue
        for symbol, power in (("T", found.T), ("n", found.n), ("d", found.d), ("K", found.K)):
            later = {**point, symbol: point[symbol] ** 2 if symbol == "T" else point[symbol] ** mp.mpf("1.5")}
            ratio = mp.log(function(*later.values(), *CONSTANTS) / function(*point.values(), *CONSTANTS))
            slope = ratio / mp.log(later[symbol] / point[symbol])
            assert float(slope) == pytest.approx(float(power), abs=ORDER), (name, symbol)


FREE = sorted((set(s.MEANING) - {s.T, s.n, s.d, s.K} - set(s.WORST) - {s.B, s.W, s.p_min, s.total}), key=str)
CONSTANTS = [bounds.TYPICAL.get(x.name, 0.5) for x in FREE]


def test_rules_of_orders():
    T, n = s.T, s.n
    assert order(sp.Min(1, 1 / sp.sqrt(T))) == Order(T=Fraction(-1, 2))
    assert order(sp.Max(1, 1 / sp.sqrt(T))) == Order()
    assert order(sp.sqrt(T) + n) == Order(T=Fraction(1, 2))
    assert order(sp.log(T) * T + T) == Order(T=Fraction(1), log_T=Fraction(1))
    assert str(order(sp.log(n))) == "1"
    with pytest.raises(rl.InputError, match="order of"):
        order(sp.exp(T))


def test_horizons_of_two_monomials_are_exact():
    T = s.T
    assert _horizons.overtaken_from(3 * T**0.25, T**0.5 / 2) == pytest.approx(math.log10(6**4), abs=1e-12)
    assert _horizons.overtaken_from(T, 2 * T) == 0
    assert _horizons.overtaken_from(2 * T, T) == math.inf
    small, large = sp.sqrt(1 + sp.log(T)), sp.Float(1000)
    assert _horizons.overtaken_from(large, small) == pytest.approx((10**6 - 1) / math.log(10), rel=BOUND_DIGITS)


def test_vacuous_horizons():
    given = {"D2": 3, "G2": 2, "alpha": 0.5}
    found = bounds.sgd.zinkevich.vacuous_from(given, span=1)  # (9 + 2) sqrt T - 1 >= T
    root = (11 + math.sqrt(121 - 4)) / 2
    assert found.intervals == ((1.0, pytest.approx(root**2, rel=BOUND_DIGITS)),)
    assert 100 in found
    assert 1000 not in found
    assert str(bounds.sgd.zinkevich.vacuous_from(given, span=1e3)) == "never"
    curve = bounds.sgd.zinkevich.at_T(np.array([root**2 * 0.999, root**2 * 1.001]), given)
    assert curve[0] > root**2 * 0.999
    assert curve[1] < root**2 * 1.001


def test_the_printed_adamcb_bound_is_vacuous_at_every_horizon():
    """With gamma(T) the first term alone is 1220.69 T at the constants of the experiment, for T >= 1.9e4."""
    experiment = {k: v for k, v in bounds.adamcb.printed.experiment.items() if k not in ("T", "M")}
    assert str(bounds.adamcb.printed.vacuous_from(experiment, span=1)) == "for every T"
    steep = bounds.adamcb.printed.vacuous_from(experiment, span=1221)  # never below 1220.69 per step
    assert len(steep.intervals) == 1
    assert steep.intervals[0][1] < math.inf
    ours = bounds.adamcb.ours.vacuous_from({**experiment, "gamma": 0.4}, span=1)
    assert ours.intervals[0][0] == 1
    assert 1 < ours.intervals[0][1] < math.inf


@pytest.mark.parametrize(("ratio", "best"), [(1, 0.6472770986), (10, 0.3308647107), (100, 0.1276532453)])
def test_the_best_gamma_of_adamcb(ratio, best):
    """A/gamma + B/sqrt(1 - gamma) with B = ratio * A; the minimisers of theory.md, item 14."""
    given = {
        **MNIST, "T": 1e7, "d": 20, "D": 1, "L": 1, "alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "lam": 0.9,
    }  # fmt: skip
    at = {name: value for name, value in given.items() if name != "lam"}
    terms = bounds.adamcb.split.evaluate({**at, "gamma": 0.5, "kappa": 1, "M_star": 1, "H": given["T"]})
    A, B = 0.5 * (terms["diameter"] + terms["bandit"]), math.sqrt(0.5) * terms["optimal sampling"]
    found = bounds.adamcb.split.minimise("gamma", {**given, "M_star": (ratio * A / B) ** 2})
    assert found.argument == pytest.approx(best, abs=1e-10)
    expected = A / best + ratio * A / math.sqrt(1 - best) + terms["full gradient"]
    assert found.value == pytest.approx(float(expected), rel=BOUND_DIGITS)


def test_in_the_worst_case_uniform_sampling_is_best():
    given = {**bounds.TYPICAL, "T": 1e6}
    assert bounds.adamcb.ours.minimise("gamma", given).argument == 1
    assert bounds.adamcb.lemma1.minimise("gamma", given).argument == 1


def test_adagrads_best_step_is_the_tuned_one():
    given = {"D": 3, "G": 2, "d": 5}
    found = bounds.adagrad.duchi.minimise("alpha", {**given, "T": 100})
    assert found.argument == pytest.approx(3 / math.sqrt(2), rel=BOUND_DIGITS)
    assert found.value == pytest.approx(float(bounds.adagrad.tuned.at_T(100, given)), rel=BOUND_DIGITS)


def test_what_cannot_be_minimised_says_so():
    with pytest.raises(rl.InputError, match=r"adamcb.printed cannot be minimised over 'gamma'; its free .* alpha"):
        bounds.adamcb.printed.minimise("gamma", bounds.TYPICAL)
    with pytest.raises(rl.InputError, match="needs a value for T"):
        bounds.sgd.zinkevich.minimise("alpha", {"D2": 1, "G2": 1})
    alpha = s.alpha
    with pytest.raises(rl.InputError, match="does not fall and then rise"):
        _horizons.minimise(1 / alpha + 3 * alpha + 20 * sp.exp(-((alpha - 2) ** 2)), alpha)
    with pytest.raises(rl.InputError, match="does not fall and then rise"):
        _horizons.minimise(1 / alpha, alpha)
