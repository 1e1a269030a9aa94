"""Bounds on runs: verdicts, audits, exponents of regret, tied parameters; with twins that fail."""

import math

import numpy as np
import pytest
import xarray as xr

import regretlab as rl
from regretlab.verdicts import audit
from regretlab.verdicts.looks import seen
from regretlab.verdicts.means import mean_interval
from tests.tolerances import SLOPE

LONG = 6000
PARAMETERS = "beta1=0, beta2=1/65, lam=1/1000"
ADAM, AMSGRAD, ADAMX = (
    f"{m}(alpha=7/20, {PARAMETERS}{e})" for m, e in (("adam", ", eps=0"), ("amsgrad", ""), ("adamx", ""))
)


def reddi(horizon, *names):
    return rl.simulate(rl.problems.Reddi(C=8), names, horizon=horizon, measure=["cumulative"])


def test_the_main_verdicts_at_horizon_42():
    result = reddi(42, ADAM, AMSGRAD, ADAMX)
    verdicts = {c.bound.id: c.verdict for a in result.algorithms for c in result.comparisons(a)}
    assert verdicts == {
        "adam.printed": "violated",
        "amsgrad.printed": "holds",
        "amsgrad.schedule_free": "holds",
        "adamx.printed": "holds",
    }
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


def test_a_bound_is_violated_only_by_a_whole_interval():
    passed = [audit.Check("convex", "", "", "", True)]
    bound, trivial = np.array([1.0, 1.0]), np.array([9.0, 9.0])

    def verdict(low, high, checks=passed, anytime=True, limit=trivial):
        look = seen(np.array([1, 2]), np.array([low]), np.array([high]), bound, only_last=not anytime)
        return audit.verdict(checks, look, bound[-1:], limit[-1]), look.first

    assert verdict([0.0, 0.5], [0.0, 0.9]) == ("holds", None)
    assert verdict([0.0, 1.1], [0.0, 1.2]) == ("violated", 2)
    assert verdict([0.0, 0.9], [0.0, 1.1]) == ("undecided", None)
    assert verdict([0.0, 0.5], [1.1, 0.9]) == ("undecided", None)
    assert verdict([1.5, 0.5], [1.6, 0.9]) == ("violated", 1)
    assert verdict([1.5, 0.5], [1.6, 0.9], anytime=False) == ("holds", None)
    assert verdict([0.0, 0.5], [0.0, 0.9], limit=np.array([0.5, 0.5])) == ("vacuous", None)
    failed = [audit.Check("convex", "", "", "", False)]
    assert verdict([0.0, 1.1], [0.0, 1.2], checks=failed)[0] == "not applicable because convex fails"


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
        rl.simulate(
            rl.problems.Reddi(C=8), f"adamcb_ours({names})", horizon=2000, replicates=r, measure=["cumulative"]
        ).bound("adamcb.ours")
        for r in (1, 40)
    )
    assert (one.verdict, many.verdict) == ("undecided", "holds")


def test_a_bound_attained_with_equality_holds_and_is_not_violated_by_round_off():
    for above, expected in ((1e-15, (None, True)), (1e-6, (1, False))):
        low = np.array([[1.0 + above]])
        look = seen(np.array([1]), low, low, np.array([1.0]))
        assert (look.first, look.below) == expected


def test_assumptions_are_audited_on_the_run():
    neuron = rl.simulate(rl.problems.OneNeuron(n=50, d=3), "adam(alpha=0.1, lam=0.9)", horizon=20)
    assert neuron.comparisons()[0].verdict == "not applicable because convex fails"
    constant = reddi(20, "amsgrad(alpha=0.1, schedule='constant')")
    assert constant.bound("amsgrad.schedule_free").verdict == "not applicable because sqrt_step fails"
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
    """95 % t intervals over 10 normal replicates, 2000 trials: coverage within 5 binomial standard errors."""
    rng = np.random.default_rng(0)
    draws = rng.normal(size=(10, 2000))
    regret = xr.Dataset(dict.fromkeys(("value", "low", "high"), (("replicate", "t"), draws)))
    mean, low, high = mean_interval(regret)
    covered = ((low <= 0) & (high >= 0)).mean()
    assert abs(covered - 0.95) < 5 * math.sqrt(0.95 * 0.05 / 2000)
    assert (low <= mean).all()
    one = mean_interval(regret.assign(high=regret.high + 1)[{"replicate": [0]}])
    assert (one[1] == draws[0]).all()
    assert (one[2] == draws[0] + 1).all()
