"""Exponents: coverage on known processes, what bends, what cannot be told, grids, linear growth, logarithms; twins."""

import math
import re

import numpy as np
import pytest

import regretlab as rl
from regretlab import scaling
from regretlab.scaling import across, at_most, exponent, linear_growth, log_power, t_quantile
from tests.tolerances import COVERAGE, FREQUENCY, ROUND_OFF

T = 6000
LOG = np.unique(np.geomspace(1, T, 30).round())


def walks(rng, R, noise):
    """R random walks at LOG, unit variance per step: what regret does to itself along a run."""
    draw = {
        "normal": lambda size: rng.normal(size=size),
        "student": lambda size: rng.standard_t(3, size=size) / math.sqrt(3),
        "skew": lambda size: rng.exponential(size=size) - 1,
    }[noise]
    return np.cumsum(draw((R, LOG.size)) * np.sqrt(np.diff(LOG, prepend=0)), axis=1)


def power(rng, R, a, noise, loud=0.2):
    """T^a plus walks whose standard deviation at T is ``loud`` times that."""
    return LOG**a + loud * T**a / math.sqrt(T) * walks(rng, R, noise)


def levels(rng, R, a, spread):
    """Every replicate has its own constant, lognormal, and walks about it."""
    constants = np.exp(rng.normal(0, spread, (R, 1)))
    return constants * (LOG**a + 0.1 * T**a / math.sqrt(T) * walks(rng, R, "normal"))


PROCESSES = {
    "sqrt, normal walks, R=10": (0.5, lambda rng: power(rng, 10, 0.5, "normal")),
    "sqrt, Student walks, R=20": (0.5, lambda rng: power(rng, 20, 0.5, "student")),
    "sqrt, skew walks, R=10": (0.5, lambda rng: power(rng, 10, 0.5, "skew")),
    "linear, skew walks, R=20": (1.0, lambda rng: power(rng, 20, 1.0, "skew", 0.1)),
    "constant, normal walks, R=30": (0.0, lambda rng: power(rng, 30, 0.0, "normal")),
    "sqrt, lognormal levels, R=20": (0.5, lambda rng: levels(rng, 20, 0.5, 0.8)),
    "linear, lognormal levels, R=10": (1.0, lambda rng: levels(rng, 10, 1.0, 0.3)),
}


def covered(name, trials, interval):
    truth, draw = PROCESSES[name]
    rng = np.random.default_rng(list(map(ord, name)))
    fits = [interval(LOG, draw(rng)) for _ in range(trials)]
    return np.mean([low <= truth <= high for low, high in fits])


def mine(t, regret):
    e = exponent(t, regret)
    return e.low, e.high


def independent(t, regret):
    """The twin: ordinary least squares on the logarithm of the mean, checkpoints taken for independent."""
    late = t >= t[-1] / 16
    (slope, _), covariance = np.polyfit(np.log(t[late]), np.log(regret.mean(axis=0)[late]), 1, cov=True)
    half = t_quantile(int(late.sum()) - 2) * math.sqrt(covariance[0, 0])
    return slope - half, slope + half


@pytest.mark.parametrize("name", PROCESSES)
def test_intervals_cover_the_exponent(name):
    """300 trials: within five standard errors of the frequencies that the study below allows."""
    trials = 300
    low, high = COVERAGE
    error = FREQUENCY * math.sqrt(0.95 * 0.05 / trials)
    assert low - error <= covered(name, trials, mine) <= min(high + error, 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROCESSES)
def test_intervals_cover_the_exponent_as_often_as_they_say(name):
    """4000 trials (standard error 0.35 %): between 94 and 99 %."""
    coverage = covered(name, 4000, mine)
    print(f"{name}: {100 * coverage:.1f} %")
    assert COVERAGE[0] <= coverage <= COVERAGE[1]


@pytest.mark.parametrize("name", [name for name in PROCESSES if "levels" not in name])
def test_independent_checkpoints_undercover(name):
    assert covered(name, 300, independent) < COVERAGE[0] - FREQUENCY * math.sqrt(0.95 * 0.05 / 300)


def test_the_interval_does_not_depend_on_the_scale_or_the_order_of_replicates():
    regret = power(np.random.default_rng(0), 12, 0.5, "normal")
    e, scaled = exponent(LOG, regret), exponent(LOG, 1e6 * regret)
    assert scaled[:3] == pytest.approx(e[:3], abs=ROUND_OFF)
    assert exponent(LOG, regret) == e


def test_single_values_may_be_negative_but_not_the_mean():
    regret = power(np.random.default_rng(3), 40, 0.5, "normal", loud=0.8)
    assert (regret[:, LOG > T / 16] < 0).any()
    e = exponent(LOG, regret)
    assert e.low < 0.5 < e.high
    for curve in (-LOG, 0 * LOG):
        e = exponent(LOG, curve[None])
        assert math.isnan(e.value)
        assert "not positive" in e.how


def test_one_random_replicate_has_no_interval():
    e = exponent(LOG, power(np.random.default_rng(0), 1, 0.5, "normal"))
    assert math.isnan(e.low)
    assert not math.isnan(e.value)
    assert "one replicate has no sampling interval" in e.how


def test_too_few_checkpoints():
    assert "fewer than" in exponent(np.array([1.0, 2.0]), np.ones((1, 2))).how


def test_amsgrad_at_a_short_horizon_says_that_it_cannot_tell():
    """The slope at T = 42 is 0.75, where AMSGrad's regret is of order sqrt(T): the horizon is too short to see it."""
    constants = "(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000)"
    e = rl.simulate(rl.problems.Reddi(C=8), f"amsgrad{constants}", horizon=42).exponent()
    assert e.value > 0.7
    assert e.low < 0.5 < 0.6 < e.high
    assert not e.tells(0.5, 0.6)
    assert "telling 0.1 apart takes T >= 1900" in e.how
    table = rl.simulate(rl.problems.Reddi(C=8), f"amsgrad{constants}", horizon=42).table()
    assert table.exponent_low[0] < 0.5


@pytest.mark.parametrize("horizon", [15, 21, 24, 30, 42, 56, 61, 100, 300])
def test_no_short_horizon_contradicts_a_theorem(horizon):
    """AMSGrad's regret is of order sqrt(T) (Reddi et al., Corollary 1): no exponent above 1/2, nor linear growth.

    Twin: on ends of periods alone, which figures show, early curves are too smooth for the fit to know its error.
    """
    run = rl.simulate(rl.problems.Reddi(C=8), "amsgrad(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000)", horizon=horizon)
    assert run.exponent().low <= 0.5
    assert linear_growth(*run.fitted(), random=False).verdict != "linear"
    ends = run.record.t.values % 3 == 0
    drawn = exponent(run.record.t.values[ends], run.record.online.values[0][:, ends], random=False)
    assert horizon > 42 or drawn.low > 0.5


@pytest.mark.parametrize(("horizon", "verdict"), [(42, "cannot tell"), (100, "linear")])
def test_a_rate_has_the_scatter_of_phases(horizon, verdict):
    """Adam goes to x = 1, where a period costs 16 - 2 - 2 more than x = -1: 4 per step. Twin: the value alone."""
    run = rl.simulate(
        rl.problems.Reddi(C=8), "adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)", horizon=horizon
    )
    growth = linear_growth(*run.fitted(), random=False)
    assert growth.verdict == verdict
    assert growth.rate.low < 4 < growth.rate.high
    assert abs(growth.rate.value - 4) > 0.1


def test_a_constant_and_a_square_root_are_no_small_power():
    """A + B sqrt(t) has a small slope for long; the interval reaches the exponent that takes over. Twin: its slope."""
    t = np.geomspace(1, T, 60)
    e = exponent(t, (100 + np.sqrt(t))[None], random=False)
    assert e.bends
    assert e.slope.high < 0.4
    assert e.low < 0.5 < e.high
    assert e.beyond == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(("B", "b"), [(2, 0.0), (20, 0.0), (2, 0.2)])
def test_a_second_term_that_fades_is_allowed_for(B, b):
    """sqrt(t) - B t^b: the window's slope excludes 1/2, the interval does not, and the horizon asked for decides."""
    t = np.geomspace(1, T, 60)
    e = exponent(t, (np.sqrt(t) - B * t**b)[None], random=False)
    assert not e.slope.low <= 0.5 <= e.slope.high
    assert e.low <= 0.5 <= e.high
    later = t * e.horizon_needed() / T
    assert exponent(later, (np.sqrt(later) - B * later**b)[None], random=False).tells(0.45, 0.6)


def test_a_bend_beyond_its_error_shows_on_random_curves():
    rng = np.random.default_rng(5)
    e = exponent(LOG, 0.2 * LOG + power(rng, 30, 0.5, "normal", loud=0.02))
    assert e.bends
    assert e.drift.low > 0
    assert "the slope rises" in e.how


def test_a_bend_that_noise_would_hide_is_mentioned():
    how = exponent(LOG, power(np.random.default_rng(1), 10, 0.5, "normal", loud=0.3)).how
    assert re.search(r"a change of slope by 0\.\d+ within it would not show, by 0\.1 with R >= \d+", how)


def test_horizons_beyond_all_numbers():
    t = np.geomspace(1, T, 60)
    needed = exponent(t, (1e4 + t**0.02)[None], random=False)._replace(beyond=0.02, late=1e-6).horizon_needed(0.001)
    assert needed > 1e100


def test_replicates_needed_is_what_it_takes():
    """Half-widths fall like 1/sqrt(R): what is asked for is reached within a third."""
    rng = np.random.default_rng(8)
    e = exponent(LOG, power(rng, 10, 0.5, "normal"))
    needed = e.replicates_needed(0.02)
    assert needed > 10
    again = exponent(LOG, power(rng, int(needed), 0.5, "normal"))
    assert again.slope.critical * again.slope.error < 0.02 * 4 / 3


def test_bad_shapes_and_values():
    with pytest.raises(rl.InputError, match=r"regret\[None\]"):
        exponent(LOG, LOG)
    with pytest.raises(rl.InputError, match="increasing"):
        exponent(LOG[::-1], LOG[None])
    with pytest.raises(rl.InputError, match="1 regret values are not finite"):
        exponent(LOG, np.where(LOG == T, np.nan, LOG)[None])


# ---------------------------------------------------------------------------------------------------------------------
# Across a grid


def test_grids_cover_whether_paired_or_not():
    """Replicates that share their luck across the grid, and that do not: 300 trials each; the shared luck is used."""
    grid, trials, widths = np.array([50.0, 100, 200, 400]), 300, []
    for shared in (0.0, 0.95):
        rng, hits, found = np.random.default_rng(1), 0, []
        for _ in range(trials):
            luck = shared * rng.normal(size=(12, 1)) + math.sqrt(1 - shared**2) * rng.normal(size=(12, 4))
            columns = (3 * grid**-0.5 * (1 + 0.3 * luck)).T
            e = across(dict(zip(grid, columns, strict=True)))
            hits += e.low <= -0.5 <= e.high
            found.append(e.slope.error)
        assert abs(hits / trials - 0.95) < FREQUENCY * math.sqrt(0.95 * 0.05 / trials)
        widths.append(np.mean(found))
    assert widths[1] < widths[0] / 2


def test_results_across_n():
    """Uniform sampling of least information: regret at the horizon over grids of n, from results."""
    runs = {
        C: rl.simulate(rl.problems.Reddi(C=C), "adam(alpha=0.5, beta1=0, beta2=1e-6)", horizon=300) for C in (4, 8, 16)
    }
    e = across(runs, name="C", random=False)
    final = [runs[C].regret().value.values[0, -1] for C in runs]
    assert e.value == pytest.approx(np.polyfit(np.log(list(runs)), np.log(final), 1)[0], abs=ROUND_OFF)
    assert "C from 4 to 16" in e.how


def test_bad_grids():
    with pytest.raises(rl.InputError, match="at least three values"):
        across({1: np.ones(3), 2: np.ones(3)})
    with pytest.raises(rl.InputError, match="same number of replicates"):
        across({1: np.ones(3), 2: np.ones(3), 4: np.ones(2)})


# ---------------------------------------------------------------------------------------------------------------------
# Linear growth and logarithms


@pytest.mark.parametrize(
    ("curve", "verdict"),
    [
        (LOG, "linear"),
        (0.5 * LOG + 3 * np.sqrt(LOG), "linear"),
        (np.sqrt(LOG), "sublinear"),
        (LOG**0.75, "sublinear"),
        (100 + np.sqrt(LOG), "sublinear"),
        (np.log(LOG) + 1, "sublinear"),
        (0 * LOG, "sublinear"),
        (-LOG, "sublinear"),
        (LOG - 500, "linear"),
        (LOG - 2 * T, "linear"),
        (0 * LOG - 100, "sublinear"),
        (-150 - 6 * np.log(LOG), "sublinear"),
        (-50 * LOG**0.2, "sublinear"),
        (-1000 / np.sqrt(LOG), "sublinear"),
        (np.sqrt(LOG) - 50, "sublinear"),
        (1000 - LOG / 10, "sublinear"),
    ],
)
def test_linear_growth_of_known_curves(curve, verdict):
    assert linear_growth(LOG, curve[None], random=False).verdict == verdict


def test_a_linear_term_that_takes_over_is_not_called_sublinear():
    """The twin: its slope alone, 0.65, would."""
    growth = linear_growth(LOG, (0.1 * LOG + 10 * np.sqrt(LOG))[None], random=False)
    assert growth.verdict != "sublinear"
    assert growth.exponent.value < 0.7
    assert growth.rate.value == pytest.approx(0.1, rel=1e-9)


def test_error_rates_of_the_test_for_linear_growth():
    """150 trials each: linear called sublinear at most 5 %, sqrt called linear at most 2.5 %, and it has power."""
    rng, trials = np.random.default_rng(2), 150
    found = {
        a: [linear_growth(LOG, power(rng, 15, a, "normal", 0.1)).verdict for _ in range(trials)] for a in (0.5, 1.0)
    }
    for a, wrong, right, rate in ((1.0, "sublinear", "linear", 0.05), (0.5, "linear", "sublinear", 0.025)):
        assert found[a].count(wrong) / trials < rate + FREQUENCY * math.sqrt(rate / trials)
        assert found[a].count(right) / trials > 0.8


def test_random_negative_regret_is_not_called_linear():
    """Falling and noisy: sublinear; the twin falls to -3000 on the way and then rises by a half per step."""
    rng = np.random.default_rng(7)
    for _ in range(50):
        assert linear_growth(LOG, -100 * LOG**0.2 + walks(rng, 20, "normal"), confidence=0.99).verdict == "sublinear"
        assert linear_growth(LOG, LOG / 2 - 3000 + walks(rng, 20, "normal"), confidence=0.99).verdict == "linear"


def test_an_exponent_that_is_unknown_is_not_linear():
    t = np.array([1000.0, 2000])
    assert math.isnan(linear_growth(t, t[None], random=False).exponent.value)
    assert linear_growth(t, t[None], random=False).verdict == "cannot tell"


def test_noise_about_zero_cannot_be_told():
    growth = linear_growth(LOG, walks(np.random.default_rng(0), 10, "normal"))
    assert growth.verdict == "cannot tell"
    assert growth.rate.low < 0 < growth.rate.high


@pytest.mark.parametrize("b", [0, 1])
def test_logarithms_on_exact_curves(b):
    t = np.geomspace(1, 10**6, 90)
    found = log_power(t, (np.sqrt(t) * np.log(t + 1e-12) ** b)[None], random=False)
    assert found.verdict == ("T^a", "T^a log T")[b]
    assert (found.exponent, found.exponent_with_log)[b] == pytest.approx(0.5, abs=1e-6)


def test_a_logarithm_takes_many_replicates():
    rng = np.random.default_rng(4)
    noisy = np.sqrt(LOG) * np.log(LOG + 1) / 8 + power(rng, 10, 0.5, "normal") - np.sqrt(LOG)
    found = log_power(LOG, noisy)
    assert found.verdict == "cannot tell"
    assert found.replicates_needed > 20
    assert log_power(LOG, -noisy).verdict == "cannot tell"


def test_the_interval_holds_the_power_of_the_logarithm():
    rng, trials, hits = np.random.default_rng(6), 300, 0
    for _ in range(trials):
        regret = 10 * np.sqrt(LOG) * np.log(LOG + 1e-9) + power(rng, 15, 0.5, "normal")
        found = log_power(LOG, regret - np.sqrt(LOG))
        hits += found.low <= 1 <= found.high
    assert abs(hits / trials - 0.95) < FREQUENCY * math.sqrt(0.95 * 0.05 / trials)


# ---------------------------------------------------------------------------------------------------------------------
# One-sided tests, words, parameters


@pytest.mark.parametrize(
    ("curve", "verdict"),
    [
        (np.sqrt(LOG), "at most"),
        (LOG**0.59, "above"),
        (LOG, "above"),
        (-LOG, "at most"),
        (0 * LOG, "at most"),
        (1000 - LOG, "at most"),
        (1000 * np.sin(LOG), "cannot tell"),
        (LOG - 500, "cannot tell"),
    ],
)
def test_one_sided_tests_of_known_curves(curve, verdict):
    assert at_most(exponent(LOG, curve[None], random=False), 0.5).verdict == verdict


def test_error_rates_of_the_one_sided_tests():
    """Stated: 0.5 called above 0.5, and 0.6 at most 0.5, each in at most (1 - 90 %) / 2 = 5 % of 150 data sets."""
    rng, trials = np.random.default_rng(9), 150
    for a, wrong in ((0.5, "above"), (0.6, "at most")):
        found = [at_most(exponent(LOG, power(rng, 12, a, "normal", 0.1), confidence=0.9), 0.5) for _ in range(trials)]
        assert found[0].level == 0.05
        assert [f.verdict for f in found].count(wrong) / trials < 0.05 + FREQUENCY * math.sqrt(0.05 * 0.95 / trials)


def test_regret_is_not_positive_only_with_its_interval():
    """Walks about zero are not certainly at most zero, walks about -T are, and one random curve never is."""
    rng = np.random.default_rng(10)
    about_zero, negative = walks(rng, 10, "normal"), walks(rng, 10, "normal") - T
    assert not exponent(LOG, about_zero - about_zero.mean(axis=0)).nonpositive
    assert exponent(LOG, negative).nonpositive
    assert not exponent(LOG, negative[:1]).nonpositive


def test_the_test_works_on_grids():
    e = across({n: n**-0.5 * np.random.default_rng(0).normal(1, 0.01, 20) for n in (100, 400, 1600)})
    assert at_most(e, -0.5).verdict == "at most"
    assert at_most(e, -0.7).verdict == "above"


def test_estimates_print_as_intervals():
    constants = "(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000)"
    e = rl.simulate(rl.problems.Reddi(C=8), f"amsgrad{constants}", horizon=42).exponent()
    assert repr(e) == "0.75 [-0.09, 1.43] (95 %; telling 0.1 apart takes T >= 1900)"
    assert repr(exponent(LOG, np.sqrt(LOG)[None], random=False)) == "0.50 [0.50, 0.50] (95 %)"
    assert repr(exponent(LOG, np.sqrt(LOG)[None])).startswith("0.50 (slope over t >= T/16; one replicate has no")
    assert repr(exponent(LOG, -LOG[None])).startswith("no exponent (the mean regret is not positive")
    assert repr(scaling.Estimate(1.0, 0.5, 2.0)) == "1 [0, 2]"


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, math.nan, "high", None, True])
@pytest.mark.parametrize(
    "test", [exponent, linear_growth, log_power, lambda t, r, **o: across({1: t, 2: t, 4: t}, **o)]
)
def test_a_confidence_is_between_zero_and_one(test, confidence):
    with pytest.raises(rl.InputError, match=r"^confidence=.*\(0, 1\)"):
        test(LOG, np.sqrt(LOG)[None], confidence=confidence)


def test_powers_and_resolutions_are_checked():
    e = exponent(LOG, np.sqrt(LOG)[None], random=False)
    with pytest.raises(rl.InputError, match=r"^power=nan is outside"):
        at_most(e, math.nan)
    with pytest.raises(rl.InputError, match=r"^resolution=0 is outside \(0, inf\)"):
        at_most(e, 0.5, resolution=0)


def test_public_names_are_there():
    assert rl.scaling.exponent is exponent
    assert scaling.WINDOW == 16
