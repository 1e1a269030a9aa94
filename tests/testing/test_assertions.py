"""The assertions for users' test suites: what passes, the twins that fail, the messages, and the false-alarm rates."""

import math
import re
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

import regretlab as rl
from regretlab.samplers import AdamBS, AdamBSCorrected, AdamCB, AdamCBOurs, Sampler, Setting, Uniform
from regretlab.testing import _draws as exact_law
from regretlab.testing import (
    assert_below_bound,
    assert_inclusion_probabilities,
    assert_regret_exponent,
    assert_same_bits,
    assert_sublinear,
    assert_unbiased,
)
from tests.tolerances import FREQUENCY, MONTE_CARLO, ROUND_OFF

CONSTANTS = "alpha=7/20, beta1=0, beta2=1/65, lam=1/1000"
GRID = np.unique(np.geomspace(1, 6000, 30).round())


@pytest.fixture(scope="module")
def reddi():
    return rl.simulate(rl.problems.Reddi(C=8), [f"adam({CONSTANTS}, eps=0)", f"amsgrad({CONSTANTS})"], horizon=6000)


class Recorded(rl.Result):
    """What the assertions read of a result, around given regrets (R, t)."""

    def __init__(self, curves, random=True):
        self.curves, self.is_random = curves, random

    def fitted(self, kind="online", algorithm=None):
        return GRID, self.curves

    def random(self, algorithm=None):
        return self.is_random


def noisy(rng, R, a, loud):
    walk = np.cumsum(rng.normal(size=(R, GRID.size)) * np.sqrt(np.diff(GRID, prepend=0)), axis=1)
    return Recorded(GRID**a + loud * GRID[-1] ** (a - 0.5) * walk)


def fails(assertion, *args, **options):
    try:
        assertion(*args, **options)
    except AssertionError as error:
        return str(error)
    return ""


# ---------------------------------------------------------------------------------------------------------------------
# Regret


def test_amsgrad_passes_and_adam_does_not(reddi):
    assert_regret_exponent(reddi, at_most=0.5, algorithm="amsgrad")
    assert_sublinear(reddi, algorithm="amsgrad")
    assert_below_bound(reddi, "amsgrad.schedule_free", algorithm="amsgrad")
    said = fails(assert_regret_exponent, reddi, at_most=0.5, algorithm="adam")
    assert re.match(r"the regret's exponent is above 0.5: 0.997, 99 % interval \[0.985, 1.026\].", said)
    assert "Mean regret of R = 1 at t = " in said
    assert fails(assert_sublinear, reddi, algorithm="adam").startswith("the regret grows linearly: 3.99 per step")
    assert fails(assert_below_bound, reddi, "adam.printed", algorithm="adam").startswith(
        "adam.printed is violated at t"
    )
    for message in (said, fails(assert_sublinear, reddi, algorithm="adam")):
        assert len(message.splitlines()) <= 4


def test_a_short_horizon_is_undecided_and_says_what_would_decide():
    short = rl.simulate(rl.problems.Reddi(C=8), f"amsgrad({CONSTANTS})", horizon=42)
    said = fails(assert_regret_exponent, short, at_most=0.5)
    assert said.startswith("cannot tell the regret's exponent 0.5 from 0.6: 0.747")
    assert re.search(r"What would decide: T = \S+ steps", said)


def test_few_loud_replicates_are_undecided_and_say_how_many_would_decide():
    rng = np.random.default_rng(0)
    said = fails(assert_regret_exponent, noisy(rng, 6, 0.5, 0.2), at_most=0.5)
    needed = int(re.search(r"What would decide: R = (\d+) replicates instead of 6", said)[1])
    assert needed > 6
    passed = sum(not fails(assert_regret_exponent, noisy(rng, 2 * needed, 0.5, 0.2), at_most=0.5) for _ in range(10))
    assert passed >= 8


def test_one_random_replicate_decides_nothing():
    said = fails(assert_regret_exponent, noisy(np.random.default_rng(0), 1, 0.5, 0.1), at_most=0.5)
    assert "one replicate has no sampling interval" in said


@pytest.mark.parametrize(("truth", "wrong"), [(0.5, "is above"), (0.6, "")])
def test_error_rates_of_the_exponent_assertion(truth, wrong):
    """Stated: 0.5 called too large, 0.6 passing for 0.5: each in at most (1 - 90 %) / 2 = 5 % of 200 data sets."""
    rng, trials, rate = np.random.default_rng(1), 200, 0.05
    messages = [
        fails(assert_regret_exponent, noisy(rng, 12, truth, 0.1), at_most=0.5, confidence=0.9) for _ in range(trials)
    ]
    errors = sum(wrong in said if wrong else not said for said in messages)
    assert errors / trials < rate + FREQUENCY * math.sqrt(rate * (1 - rate) / trials)


def test_error_rate_of_the_sublinear_assertion():
    """Stated: linear growth passes in at most 1 - 90 % = 10 % of 150 data sets; and a root passes in most."""
    rng, trials = np.random.default_rng(2), 150
    passed = {
        a: sum(not fails(assert_sublinear, noisy(rng, 12, a, 0.1), confidence=0.9) for _ in range(trials)) / trials
        for a in (0.5, 1.0)
    }
    assert passed[1.0] < 0.1 + FREQUENCY * math.sqrt(0.1 * 0.9 / trials)
    assert passed[0.5] > 0.9


@pytest.mark.parametrize(
    "curve", [0 * GRID, -GRID, -50 * GRID**0.2, -1000 / np.sqrt(GRID)], ids=["0", "-T", "-T^.2", "up"]
)
def test_regret_that_is_not_positive_passes(curve):
    assert_regret_exponent(Recorded(curve[None], random=False), at_most=0.5)
    assert_sublinear(Recorded(curve[None], random=False))


def test_regret_that_changes_sign_is_undecided_and_says_what_to_do():
    said = fails(assert_regret_exponent, Recorded(GRID[None] - 500, random=False), at_most=0.5)
    assert said.startswith("the regret has no exponent: the mean regret is not positive for all t >= T/16")
    assert "take a larger T; assert_sublinear takes regret of any sign." in said
    noise = noisy(np.random.default_rng(1), 10, 0.0, 1.0).curves
    said = fails(assert_regret_exponent, Recorded(20 * (noise - noise.mean(axis=0))), at_most=0.5)
    assert "take more replicates than 10 or a larger T" in said


def test_one_deterministic_run_asks_for_a_horizon_not_for_replicates():
    """Jitter hides the exponent: no bend to wait for. No message names nan replicates."""
    rough = np.sqrt(GRID) * np.exp(np.random.default_rng(3).normal(0, 0.15, GRID.size))
    bent = np.sqrt(GRID) + 0.002 * GRID
    for curve in (rough, bent):
        for resolution in (0.05, 0.2, 0.4):
            said = fails(
                assert_regret_exponent, Recorded(curve[None], random=False), at_most=0.52, resolution=resolution
            )
            assert "nan" not in said
            if said:
                assert re.search(r"What would decide: (T = |a horizon beyond T = 6000)", said) or "is above" in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"confidence": 0}, r"^confidence=0 is outside \(0, 1\)"),
        ({"confidence": 95}, r"^confidence=95 is outside \(0, 1\)"),
        ({"resolution": 0}, r"^resolution=0 is outside \(0, inf\)"),
        ({"resolution": -1}, r"^resolution=-1 is outside \(0, inf\)"),
        ({"at_most": math.nan}, r"^at_most=nan is outside"),
    ],
)
def test_parameters_of_the_regret_assertions(options, message):
    run = Recorded(np.sqrt(GRID)[None], random=False)
    with pytest.raises(rl.InputError, match=message):
        assert_regret_exponent(run, **{"at_most": 0.5} | options)
    if "confidence" in options:
        with pytest.raises(rl.InputError, match=message):
            assert_sublinear(run, **options)


def test_what_is_no_result_is_said_to_be_none():
    for call in (
        lambda: assert_regret_exponent([1.0], at_most=0.5),
        lambda: assert_sublinear(None),
        lambda: assert_below_bound("run", "adam.printed"),
        lambda: assert_same_bits(1, 2),
    ):
        with pytest.raises(rl.InputError, match=r"needs a Result, got \w+; give what rl.simulate returns"):
            call()


def test_a_bound_that_does_not_speak_of_the_run_fails():
    steep = rl.simulate(rl.problems.Reddi(C=8), "adam(alpha=7/20, beta1=0.9, beta2=0.5)", horizon=42)
    assert "does not speak of this run, an assumption fails (" in fails(assert_below_bound, steep, "adam.printed")


# ---------------------------------------------------------------------------------------------------------------------
# Samplers


@dataclass(frozen=True)
class Unweighted(AdamCBOurs):
    """The twin that must fail: the plain mean of a batch that was not drawn uniformly."""

    name: ClassVar[str] = "unweighted_for_a_test"

    def draw(self, state, u):
        made = super().draw(state, u)
        return made._replace(w=np.full(made.J.shape, 1 / self.run.K))


@dataclass(frozen=True)
class Successive(AdamCBOurs):
    """The twin that must fail: K draws without replacement, each proportional to p, under DepRound's name."""

    name: ClassVar[str] = "successive_for_a_test"

    def draw(self, state, u):
        p, columns = self.probabilities(state), []
        left = p.copy()
        for k in range(self.run.K):
            sums = np.cumsum(left, axis=1)
            j = (sums <= u[:, k : k + 1] * sums[:, -1:]).sum(axis=1)
            columns.append(j)
            left[np.arange(len(left)), j] = 0.0
        J = np.stack(columns, axis=1)
        chosen = np.take_along_axis(p, J, axis=1)
        return super().draw(state, u)._replace(J=J, p=chosen, w=1 / (self.run.n * chosen))


for twin in (Unweighted, Successive):
    del Sampler.known[twin.name]


def fit(sampler, n=6, K=2):
    return sampler.fit(Setting(n=n, K=K, L=1.0, horizon=1000))


GOOD = [AdamBS(gamma=0.3, alpha_p=0.002), AdamBSCorrected(gamma=0.3), AdamCBOurs(gamma=0.2, step=0.3), Uniform(False)]


@pytest.mark.parametrize("sampler", GOOD, ids=lambda s: s.name)
def test_good_samplers_pass_exactly(sampler):
    fitted = fit(sampler)
    state = fitted.init(1, np)
    assert exact_law.law(fitted, state, np.random.default_rng(0), 10).exact
    assert_unbiased(fitted)
    assert_inclusion_probabilities(fitted)


def test_good_samplers_pass_by_monte_carlo():
    assert_unbiased(fit(AdamCBOurs(gamma=0.5, step=0.3), 30, 6), draws=10_000)
    assert_inclusion_probabilities(fit(AdamCBOurs(gamma=0.5, step=0.3), 30, 6), draws=10_000)


def test_the_enumeration_is_the_law():
    """DepRound of (1/2, 1/2, 1/2, 1/2): one of {0, 1} and one of {2, 3}, each pair with probability 1/4."""
    found = exact_law.law(fit(AdamCBOurs(), 4, 2), (np.full((1, 4), 0.5),), np.random.default_rng(0), 10)
    law = {}
    for J, chance in zip(np.sort(found.J, axis=1).tolist(), found.chance, strict=True):
        law[tuple(J)] = law.get(tuple(J), 0.0) + chance
    assert found.exact
    assert law == pytest.approx({(0, 2): 0.25, (0, 3): 0.25, (1, 2): 0.25, (1, 3): 0.25}, abs=ROUND_OFF)


def test_equation_7_is_biased():
    said = fails(assert_unbiased, fit(AdamCB(gamma=0.2)))
    assert "has the expected weight 0.083333, not 1/n = 0.166667 (exact," in said
    assert "its law declares E g = 0.5 G" in said
    assert_inclusion_probabilities(fit(AdamCB(gamma=0.2)))


@pytest.mark.parametrize(("n", "K", "how"), [(6, 2, "exact"), (30, 6, "10000 draws")])
def test_a_missing_weight_is_found(n, K, how):
    """At the start, where the law is uniform, nothing is wrong with it: it takes a few steps of learning."""
    said = fails(assert_unbiased, fit(Unweighted(gamma=0.1, step=3.0), n, K), draws=10_000)
    assert "is biased after" in said
    assert "after 0 steps" not in said
    assert how in said


@pytest.mark.parametrize(("n", "K"), [(5, 2), (30, 6)])
def test_successive_draws_are_found(n, K):
    said = fails(assert_inclusion_probabilities, fit(Successive(gamma=0.05, step=3.0), n, K), draws=10_000)
    assert "times per batch" in said
    assert "as its probabilities say" in said


def test_a_sampler_that_is_not_fitted():
    with pytest.raises(rl.InputError, match="not fitted to a run"):
        assert_unbiased(AdamCBOurs())


@pytest.mark.parametrize("assertion", [assert_unbiased, assert_inclusion_probabilities])
@pytest.mark.parametrize(
    "options",
    [{"draws": d} for d in (0, 1, 2.5, "x", None)]
    + [{"false_alarms": f} for f in (0, 1, 7, "x", math.nan)]
    + [{"seed": s} for s in (-1, 0.5, "x")],
)
def test_parameters_of_the_sampler_assertions(assertion, options):
    with pytest.raises(rl.InputError, match=rf"^{next(iter(options))}=.* (in|outside) "):
        assertion(fit(Uniform(False)), **options)
    for wrong in ("adamcb", AdamCB, None):
        with pytest.raises(rl.InputError, match="needs a fitted sampler, got"):
            assertion(wrong, **options)


def test_false_alarms_of_monte_carlo(monkeypatch):
    """At a stated rate of 20 %, 50 tests of an unbiased sampler: the bound is rigorous, so at most that."""
    monkeypatch.setattr("regretlab.testing._draws.MOST_UNIFORMS", 0)
    sampler = fit(AdamBSCorrected(gamma=0.3))
    alarms = sum(bool(fails(assert_unbiased, sampler, draws=400, false_alarms=0.2, seed=seed)) for seed in range(50))
    assert alarms / 50 <= 0.2


# ---------------------------------------------------------------------------------------------------------------------
# Bits


def stochastic(**options):
    return rl.simulate(rl.problems.StochasticReddi(), "adam", horizon=200, replicates=3, **options)


def test_runs_in_other_ways_have_the_same_bits(tmp_path):
    whole = stochastic(checkpoints=[50, 100, 200])
    assert_same_bits(whole, rl.Result(whole.record.copy(deep=True)))
    whole.to_netcdf(tmp_path / "whole.nc")
    assert_same_bits(whole, rl.Result.open(tmp_path / "whole.nc"))


def test_the_first_difference_is_named():
    a = stochastic()
    b = rl.Result(a.record.copy(deep=True))
    values = b.record["online_low"].values
    for i in (7, 12):
        values[0, 2, i] = np.nextafter(values[0, 2, i], np.inf)
    said = fails(assert_same_bits, a, b)
    t = int(a.record.t.values[7])
    assert said.startswith(f"1 of {len(a.record.data_vars)} variables differ, first online_low at algorithm=adam")
    assert f"replicate=2, t={t}: " in said


def test_a_negative_zero_is_not_zero_and_a_nan_is_itself():
    a = stochastic()
    a.record["online_low"].values[0, 0, 0] = 0.0
    a.record["online_low"].values[0, 0, 1] = np.nan
    b = rl.Result(a.record.copy(deep=True))
    assert_same_bits(a, b)
    b.record["online_low"].values[0, 0, 0] = -0.0
    assert "0.0) against np.float64(-0.0)" in fails(assert_same_bits, a, b)


def test_other_checkpoints_and_missing_variables():
    a = stochastic(checkpoints=[100])
    assert "is int64 {'t': 2} in the first result" in fails(assert_same_bits, a, stochastic(checkpoints=[50, 100]))
    b = rl.Result(a.record.drop_vars("loss"))
    assert fails(assert_same_bits, a, b) == "only the first result has loss."


def test_the_tolerance_of_monte_carlo_is_the_default():
    assert assert_unbiased.__kwdefaults__["false_alarms"] == MONTE_CARLO
