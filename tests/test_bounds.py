"""Bounds against an independent evaluation in high precision, verdicts, audits, exponents; with twins that fail."""

import math

import mpmath as mp
import numpy as np
import pytest

import regretlab as rl
from regretlab import audit, scaling
from regretlab.bounds import Bound
from regretlab.bounds._values import schedule_sum
from regretlab.comparison import mean_interval
from tests.tolerances import BOUND_DIGITS, SLOPE

mp.mp.dps = 40

LONG = 6000
PARAMETERS = "beta1=0, beta2=1/65, lam=1/1000"
ADAM, AMSGRAD, ADAMX = (
    f"{m}(alpha=7/20, {PARAMETERS}{e})" for m, e in (("adam", ", eps=0"), ("amsgrad", ""), ("adamx", ""))
)


def reference(v):
    """Every bound written from the theory, independently of the library's expressions."""
    T, d, n, K, D, D2, G, G2, L = (v[k] for k in ("T", "d", "n", "K", "D", "D2", "G", "G2", "L"))
    a, b1, b2, lam, eps, kappa = (v[k] for k in ("alpha", "beta1", "beta2", "lam", "eps", "kappa"))
    Sv, Sg, S, M, B, p, R2, g = (v[k] for k in ("S_v", "S_g", "S", "M", "B", "p_min", "R2", "gamma"))
    root, kb, eta, harmonic = mp.sqrt(T), b1**2 / mp.sqrt(b2), b1 / mp.sqrt(b2), mp.sqrt(1 + mp.log(T))
    q = mp.sqrt(1 - b2)
    rho1 = D2**2 * G / (2 * a * (1 - b1))
    rho2 = a * (1 + b1) * G / ((1 - b1) * q * (1 - kb) ** 2)
    rho3 = d * D**2 * G * q / (2 * a * (1 - b1) * (1 - kb) ** 2)
    g12 = min(mp.mpf(1), mp.sqrt(n * mp.log(n) / ((mp.e - 1) * T)))
    g2 = min(mp.mpf(1), mp.sqrt(n * mp.log(n / K) / ((mp.e - 1) * T * K)))
    r2cb = a * harmonic / ((1 - b1) ** 2 * q * (1 - eta))
    r2ours = kappa * a * (1 + b1) * harmonic / (2 * (1 - b1) * q * (1 - eta))

    def cb(gamma, inside):
        r1 = D**2 * L / (2 * a * gamma * (1 - b1) ** 2)
        return r1 * d * root + mp.sqrt(d) * r2cb * mp.sqrt(inside) + d * b1 * r1 / (1 - lam) ** 2

    first = d * D**2 * L * root / (2 * a * g * (1 - b1))
    return {
        "sgd.zinkevich": D2**2 * root / (2 * a) + a * G2**2 * (root - mp.mpf(1) / 2),
        "adam.printed": D2**2 / (2 * a * (1 - b1)) * root * Sv
        + a * (1 + b1) * G / ((1 - b1) * q * (1 - kb) ** 2) * Sg
        + d * D**2 * G * q / (2 * a * (1 - b1) * (1 - lam) ** 2),
        "amsgrad.printed": D**2 * root / (a * (1 - b1)) * Sv + b1 * D**2 * G / (2 * (1 - b1) * (1 - lam) ** 2)
        + r2cb * Sg,
        "amsgrad.schedule_free": D**2 * root / (2 * a * (1 - b1)) * (Sv + d * eps) + r2ours * Sg,
        "adamx.printed": d * D**2 * G / (2 * a * (1 - b1)) * (root + B) + r2cb * Sg,
        "adambs.theorem1": rho1 * d * root + mp.sqrt(d) * rho2 * mp.sqrt(S / (n**2 * K)) + rho3,
        "adambs.theorem2": rho1 * d * root + rho2 * mp.sqrt(d) / (n * mp.sqrt(K)) * mp.sqrt(M)
        + rho2 * L * mp.sqrt(mp.sqrt(R2)) / p * mp.sqrt(d) / (n * mp.sqrt(K)) * (2 * n * T) ** mp.mpf("0.25") + rho3,
        "adambs_corrected.printed": cb(
            g12, (M + L**2 * n**2 / g12**2 * (n / g12 * mp.log(n) + (mp.e - 1) * g12 * T)) / n**2
        ),
        "adamcb.printed": cb(
            g2, (M + L**2 * n**2 / g2**2 * (n / g2 * mp.log(n / K) + (mp.e - 1) * K * g2 * T)) / (n**2 * K)
        ),
        "adambs.ours": first + r2ours * mp.sqrt(d) * mp.sqrt(
            (M + L**2 * n**2 / g**2 * mp.sqrt(2 * n * T * mp.log(n))) / (K * n**2) + (1 - 1 / K) * L**2 * T
        ),
        "adamcb.ours": first + r2ours * mp.sqrt(d) * mp.sqrt(
            (M + L**2 * n**2 / (K * g) ** 2 * mp.sqrt(2 * K * n * T * mp.log(n / K))) / n**2 + (1 - 1 / K) * L**2 * T
        ),
        "adambs.lemma1": mp.sqrt(R2) * L**2 / p**2 * mp.sqrt(2 * n * T),
        "adambs_corrected.lemma12": (L * n / g12) ** 2 * 2 * mp.sqrt((mp.e - 1) * n * T * mp.log(n)),
        "adamcb.lemma2": (L * n / g2) ** 2 * 2 * mp.sqrt((mp.e - 1) * K * n * T * mp.log(n / K)),
        "adamcb.ours_lemma": (L * n / (K * g)) ** 2 * mp.sqrt(2 * K * n * T * mp.log(n / K)),
    }  # fmt: skip


def constants(seed):
    """Random admissible constants."""
    rng = np.random.default_rng(seed)
    beta1, beta2 = rng.uniform(0, 0.9), rng.uniform(0.85, 0.999)
    n = int(rng.integers(3, 1000))
    positive = {
        k: float(np.exp(rng.normal())) for k in ("D", "D2", "G", "G2", "L", "alpha", "S_v", "S_g", "S", "M", "B", "R2")
    }
    return {
        **positive, "T": int(rng.integers(1, 10**6)), "d": int(rng.integers(1, 100)), "n": n,
        "K": int(rng.integers(1, n)), "beta1": beta1, "beta2": beta2, "lam": rng.uniform(0, 0.99),
        "eps": rng.uniform(0, 1e-3), "kappa": rng.choice([1.0, 1 - beta1]), "p_min": rng.uniform(0.01, 1) / n,
        "gamma": rng.uniform(0.01, 1),
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_every_bound_agrees_with_a_high_precision_reference(seed):
    values = constants(seed)
    expected = reference({k: mp.mpf(v) for k, v in values.items()})
    assert expected.keys() == Bound.known.keys()
    for name, bound in Bound.known.items():
        total = float(sum(bound.evaluate(values).values()))
        assert total == pytest.approx(float(expected[name]), rel=BOUND_DIGITS), name


def test_a_changed_constant_would_be_found():
    values = constants(0)
    expected = reference({k: mp.mpf(v) for k, v in values.items()})
    for symbol in ("D2", "G", "beta2", "lam", "S_g"):
        changed = {**values, symbol: values[symbol] * (1 + 1e-6)}
        assert float(sum(Bound.known["adam.printed"].evaluate(changed).values())) != pytest.approx(
            float(expected["adam.printed"]), rel=BOUND_DIGITS
        ), symbol


def test_a_missing_constant_is_named():
    with pytest.raises(rl.InputError, match=r"sgd.zinkevich needs a value for G2 \(Zinkevich 2003"):
        rl.bounds.zinkevich.evaluate({"T": 1, "D2": 1, "alpha": 1})


def test_schedule_sum_is_the_sum():
    T = np.array([1, 2, 3, 50, 400])
    for lam in (0.001, 0.5, 0.97, 1.0):
        direct = [sum(0.9 * lam ** (t - 1) * math.sqrt(t - 1) for t in range(2, last + 1)) for last in T]
        assert schedule_sum(0.9, lam, T.astype(float)) == pytest.approx(direct, rel=1e-12)


def test_growth_names_the_exponents():
    powers = {name: {k: str(v) for k, v in b.growth.items()} for name, b in Bound.known.items()}
    assert powers["adamcb.printed"] == {"diameter": "1", "sampling": "3/4", "momentum": "1/2"}
    assert powers["adambs_corrected.printed"]["diameter"] == "1"
    assert powers["adambs.theorem2"]["bandit"] == "1/4"
    assert powers["adamcb.ours"] == {"diameter": "1/2", "sampling": "1/2"}
    assert powers["adamx.printed"]["momentum"] == "0"
    assert powers["adambs.lemma1"] == powers["adamcb.ours_lemma"] == {"bandit": "1/2"}
    assert powers["adamcb.lemma2"] == powers["adambs_corrected.lemma12"] == {"bandit": "3/2"}


def reddi(horizon, *names):
    return rl.simulate(rl.problems.Reddi(C=8), names, horizon=horizon, measure=["cumulative"])


def test_the_main_verdicts_at_horizon_42():
    result = reddi(42, ADAM, AMSGRAD, ADAMX)
    verdicts = {c.bound.id: c.verdict for a in result.algorithms for c in result.comparisons(a)}
    assert verdicts == {
        "adam.printed": "violated", "amsgrad.printed": "holds", "amsgrad.schedule_free": "holds",
        "adamx.printed": "holds",
    }  # fmt: skip
    assert all(check.passed for check in result.bound("adam.printed", "adam").checks)


def test_exponents_separate_adam_from_amsgrad():
    result = reddi(LONG, ADAM, AMSGRAD)
    adam, amsgrad = result.exponent(algorithm="adam"), result.exponent(algorithm="amsgrad")
    assert adam.low > 1 - SLOPE
    assert adam.high < 1 + SLOPE
    assert amsgrad.high <= 0.5 + SLOPE
    assert not adam.low <= 0.5 + SLOPE, "the twin: the test of AMSGrad must fail for Adam"


def test_dropping_the_ratchet_is_what_makes_regret_linear():
    """Twin: AMSGrad whose ratchet is taken out has Adam's exponent."""

    class WithoutRatchet(rl.methods.AMSGrad):
        def coefficients(self, t):
            return super().coefficients(t)._replace(rho=np.zeros_like(t))

    result = reddi(LONG, f"withoutratchet(alpha=7/20, {PARAMETERS})")
    del rl.methods.Method.known["withoutratchet"]
    assert result.exponent().low > 1 - SLOPE


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_exponent_intervals_cover_a_known_power(power):
    """400 trials of random walks about a power law: nominal 95 %, at least that within 5 binomial standard errors."""
    rng, trials = np.random.default_rng(1), 400
    t = np.unique(np.geomspace(1, 10**5, 40).round())
    covered, widths = 0, []
    for _ in range(trials):
        walk = np.cumsum(rng.normal(0, 0.02, (20, t.size)), axis=1)
        e = scaling.exponent(t, np.exp(rng.normal(0, 0.3, (20, 1)) + walk) * t**power)
        covered += e.low <= power <= e.high
        widths.append(e.high - e.low)
    assert covered / trials > 0.95 - 5 * math.sqrt(0.95 * 0.05 / trials)
    assert max(widths) < 0.2


def test_exponents_that_cannot_be_told_say_so():
    t = np.geomspace(1, 1000, 30)
    assert math.isnan(scaling.exponent(t, -t[None]).value)
    assert "not positive" in scaling.exponent(t, -t[None]).how
    assert "fewer than" in scaling.exponent(np.array([1.0, 2.0]), np.ones((1, 2))).how


def test_a_bound_is_violated_only_by_a_whole_interval():
    passed = [audit.Check("convex", "", "", "", True)]
    bound, trivial = np.array([1.0, 1.0]), np.array([9.0, 9.0])

    def verdict(low, high, checks=passed, anytime=True, limit=trivial):
        return audit.verdict(checks, np.array([low]), np.array([high]), bound, limit, anytime)

    assert verdict([0.0, 0.5], [0.0, 0.9]) == ("holds", None)
    assert verdict([0.0, 1.1], [0.0, 1.2]) == ("violated", 1)
    assert verdict([0.0, 0.9], [0.0, 1.1]) == ("undecided", None)
    assert verdict([1.5, 0.5], [1.6, 0.9]) == ("violated", 0)
    assert verdict([1.5, 0.5], [1.6, 0.9], anytime=False) == ("holds", None)
    assert verdict([0.0, 0.5], [0.0, 0.9], limit=np.array([0.5, 0.5])) == ("vacuous", None)
    failed = [audit.Check("convex", "", "", "", False)]
    assert verdict([0.0, 1.1], [0.0, 1.2], checks=failed)[0] == "assumption fails: convex"


def test_the_trivial_bound_counts_the_weights_that_were_given():
    """A bound in expectation competes with T times the range, whatever the importance weights of one run may be."""
    names = "alpha=7/20, beta1=0, beta2=1/65, lam=1/1000"
    result = rl.simulate(rl.problems.Reddi(C=8), f"adamcb({names})", horizon=1000, replicates=2)
    comparison = result.bound("adamcb.printed")
    assert comparison.trivial[-1] == 1000 * 16
    assert comparison.verdict == "vacuous"
    per_run = result.bound("adamx.printed").trivial[-1]
    assert per_run == pytest.approx(16 * float(result.record.received.sum("example").max()))


def test_one_run_does_not_judge_an_expectation():
    names = "alpha=7/20, beta1=0, beta2=1/65, lam=1/1000"
    one, many = (
        rl.simulate(rl.problems.Reddi(C=8), f"adamcb_ours({names})", horizon=2000, replicates=r).bound("adamcb.ours")
        for r in (1, 4)
    )
    assert (one.verdict, many.verdict) == ("undecided", "holds")


def test_a_bound_attained_with_equality_is_not_violated_by_round_off():
    passed = [audit.Check("convex", "", "", "", True)]
    bound = np.array([1.0])
    for above, expected in ((1e-15, "undecided"), (1e-6, "violated")):
        low = np.array([[1.0 + above]])
        assert audit.verdict(passed, low, low, bound, np.array([9.0]), True)[0] == expected


def test_assumptions_are_audited_on_the_run():
    neuron = rl.simulate(rl.problems.OneNeuron(n=50, d=3), "adam(alpha=0.1, lam=0.9)", horizon=20)
    assert neuron.comparisons()[0].verdict == "assumption fails: convex"
    constant = reddi(20, "amsgrad(alpha=0.1, schedule='constant')")
    assert constant.bound("amsgrad.schedule_free").verdict == "assumption fails: sqrt_step"
    free = rl.simulate(rl.problems.Logistic("digits:3-8", domain="none"), "sgd(alpha=0.1)", horizon=20)
    assert "bounded_iterates" in free.comparisons()[0].verdict
    frozen = rl.simulate(rl.problems.Logistic("digits:3-8"), "adamcb(alpha=0.1, gamma=0.4, lam=0.9)", horizon=20)
    assert "tied_gamma" in frozen.bound("adamcb.printed").verdict


def test_tied_parameters_satisfy_their_bounds():
    problem = rl.problems.Logistic("digits:3-8")
    lam = "alpha=1, beta1=0.5, beta2=0.9, lam=0.5"
    names = [f"adambs({lam}, eps=0)", f"adambs_corrected({lam})", f"adamcb({lam})", f"adamcb_ours({lam})",
             f"amsgrad({lam})+adambs(divergence='start')"]  # fmt: skip
    result = rl.simulate(problem, names, horizon=300, replicates=2, measure=["cumulative"])
    for name in names:
        for comparison in result.comparisons(name):
            assert all(c.passed for c in comparison.checks), (name, comparison.bound.id, comparison.verdict)


def test_our_bounds_hold_and_the_worst_case_is_worse():
    problem = rl.problems.StochasticReddi(C=10, delta=0.1)
    names = ["adamcb_ours(alpha=0.5, batch_size=2, beta2=0.9)", "amsgrad(alpha=0.5, beta2=0.9)", "sgd(alpha=0.1)"]
    result = rl.simulate(problem, names, horizon=2000, replicates=4, measure=["cumulative"])
    for name in names:
        for comparison in result.comparisons(name):
            if comparison.bound.status == "ours" or name.startswith("sgd"):
                assert comparison.ratio < 1
                assert result.bound(comparison.bound, name, "a priori").value >= comparison.value * (1 - 1e-12)
                assert result.bound(comparison.bound, name, "measured").value > 0


def test_the_printed_adamcb_bound_is_vacuous_where_the_trivial_one_is_better():
    problem = rl.problems.Logistic("digits:3-8")
    result = rl.simulate(problem, "adamcb(alpha=0.001)", horizon=200, measure=["cumulative"])
    comparison = result.bound("adamcb.printed")
    assert comparison.verdict == "vacuous"
    assert comparison.value > comparison.trivial[-1]


def test_a_bound_about_another_algorithm_is_refused():
    with pytest.raises(rl.InputError, match=r"adam\.printed is about adam, not about amsgrad with cyclic"):
        reddi(5, AMSGRAD).bound("adam.printed")
    with pytest.raises(rl.InputError, match=r"unknown bound 'adam\.print'; did you mean 'adam\.printed'"):
        reddi(5, ADAM).bound("adam.print")


def test_the_interval_of_a_mean_covers_it():
    """95 % t intervals over 10 replicates, 2000 trials: coverage within 5 binomial standard errors."""
    rng = np.random.default_rng(0)
    draws = rng.normal(size=(10, 2000))
    mean, low, high = mean_interval(draws, draws)
    covered = ((low <= 0) & (high >= 0)).mean()
    assert abs(covered - 0.95) < 5 * math.sqrt(0.95 * 0.05 / 2000)
    assert (low <= mean).all()
    one = mean_interval(draws[:1], draws[:1] + 1)
    assert (one[1] == draws[0]).all()
    assert (one[2] == draws[0] + 1).all()
