"""Paired comparisons: the t test's numbers, Holm's correction, and honest answers where nothing can be decided."""

import re

import numpy as np
import pytest
from scipy import stats

import regretlab as rl
from regretlab import paired
from tests.tolerances import MONTE_CARLO, ROUND_OFF


def noise(R, seed=0):
    return np.random.default_rng(seed).normal(size=R)


def test_the_interval_and_p_are_those_of_the_paired_t_test():
    a, b = noise(12), noise(12, 1) + 0.5
    (d,) = paired.differences({"a": a, "b": b})
    theirs = stats.ttest_rel(a, b)
    assert d.p == pytest.approx(theirs.pvalue, rel=ROUND_OFF)
    assert (d.low, d.high) == pytest.approx(tuple(theirs.confidence_interval(0.95)), rel=1e-9)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"a": noise(3)}, "nothing to compare a with"),
        ({"a": noise(3), "b": noise(8)}, "b has shape (8,), a (3,)"),
        ({"a": noise(3), "b": np.ones((3, 2))}, "b has shape (3, 2)"),
        ({"a": [1.0, np.nan], "b": [1.0, 2.0]}, "a is nan in replicate 1"),
        ({"a": noise(3), "b": object()}, "b (object) is no array of numbers"),
    ],
)
def test_what_cannot_be_compared_is_said(values, said):
    with pytest.raises(rl.errors.InputError, match=re.escape(said)):
        paired.differences(values)


def test_a_misspelt_name_is_said():
    with pytest.raises(rl.errors.InputError, match="did you mean 'adam'"):
        paired.differences({"adam": noise(3), "sgd": noise(3, 1)}, against="adamm")


def test_holm_is_the_textbooks():
    """Holm's own example of three: 0.01, 0.02, 0.03 become 0.03, 0.04, 0.04."""
    a, b, c = (frozenset({"x", name}) for name in "abc")
    assert paired._holm({a: 0.03, b: 0.01, c: 0.02}) == pytest.approx({a: 0.04, b: 0.03, c: 0.04})


def test_pairs_see_what_unpaired_samples_do_not():
    common = 100 * noise(10)
    values = {"a": common + 0.1 * noise(10, 1), "b": common + 1 + 0.1 * noise(10, 2)}
    (d,) = paired.differences(values)
    assert d.better == "a"
    assert stats.ttest_ind(values["a"], values["b"]).pvalue > 0.5


def test_false_alarms_over_all_pairs_together():
    """Five equal algorithms, ten pairs: at most 5 % of the tables name a better one (500 tables)."""
    corrected = uncorrected = 0
    for seed in range(500):
        rng = np.random.default_rng(seed)
        found = paired.differences({name: rng.normal(size=8) for name in "abcde"})
        corrected += any(d.better for d in found)
        uncorrected += any(d.p < 0.05 for d in found)
    most = stats.binom.isf(MONTE_CARLO, 500, 0.05)
    assert corrected <= most
    assert uncorrected > most  # the twin: without the correction it fails


def test_one_replicate_and_replicates_that_agree_decide_nothing_unless_nothing_is_random():
    (alone,) = paired.differences({"a": np.array([1.0]), "b": np.array([2.0])})
    assert alone.better is None
    assert np.isnan(alone.low)
    values = {"a": np.arange(12.0), "b": np.arange(12.0) + 1}
    (agree,) = paired.differences(values)
    assert agree.better is None
    assert np.isnan(agree.low)
    assert agree.less == 12
    (exact,) = paired.differences(values, random=False)
    assert exact.better == "a"
    assert (exact.low, exact.high) == (-1.0, -1.0)
    (same,) = paired.differences({"a": np.ones(3), "b": np.ones(3)})
    assert same.better is None
    assert paired.table([same], "loss").better.tolist() == ["undecided"]


@pytest.mark.parametrize("R", [2, 3, 8, 30])
def test_who_is_less_in_most_runs_is_said_wrongly_in_five_percent_whatever_the_law(R):
    """Symmetric in sign, with huge rare values: the sign test over six pairs is wrong in at most 5 % of 200 tables."""
    wrong, rng = 0, np.random.default_rng(R)
    for _ in range(200):
        size = rng.lognormal(0, 3, (4, R))
        found = paired.differences(dict(zip("abcd", size * rng.choice([-1, 1], (4, R)), strict=True)))
        wrong += any(d.agreed for d in found)
        assert all(d.better is None or (d.agreed and d.low * d.high > 0) for d in found)
        assert R > 3 or all(d.better is None for d in found)
    assert wrong <= stats.binom.isf(MONTE_CARLO, 200, 0.05)


def test_a_mean_that_a_rare_run_carries_is_not_decided_where_it_is_not_seen():
    """In nine runs of ten a is less by 1, else more by 20: at R = 8 no table decides where all agree. Twin: more do."""
    rng, decided, agree = np.random.default_rng(0), 0, 0
    for _ in range(200):
        a = np.where(rng.random(8) < 0.1, 20.0, -1.0)
        (d,) = paired.differences({"a": a, "b": np.zeros(8)})
        decided += d.better == "a"
        agree += bool((a == -1).all())
    assert decided == 0
    assert agree > 60


def test_the_sign_test_is_the_textbooks():
    (d,) = paired.differences({"a": np.array([1, 2, 3, 4, 5, 6, 7, -1.0]), "b": np.zeros(8)})
    assert (d.less, d.more) == (1, 7)
    assert d.sign == pytest.approx(stats.binomtest(1, 8).pvalue, rel=ROUND_OFF)


def test_the_effect_size_is_cohens_d_z_and_the_table_names_quantity_and_corrections():
    a, b = noise(9), noise(9, 1)
    (d,) = rl.paired.differences({"a": a, "b": b})
    assert d.effect == pytest.approx((a - b).mean() / (a - b).std(ddof=1), rel=ROUND_OFF)
    table = rl.paired.table([d], "cumulative regret")
    assert table["difference of cumulative regret"].item() == d.mean
    assert table["effect size d_z"].item() == d.effect
    assert {"interval low (normal law, Bonferroni)", "p (paired t, Holm)", "p (sign test, Holm)", "R"} <= set(table)


def test_one_algorithm_under_two_names_counts_once():
    values = {"a": noise(8), "b": noise(8, 1), "c": noise(8, 2)}
    alone = {d[:2]: d for d in paired.differences(values)}
    with_copy = {d[:2]: d for d in paired.differences({**values, "c again": values["c"]})}
    assert {pair: with_copy[pair] for pair in alone} == alone
    assert with_copy["a", "c again"][2:] == alone["a", "c"][2:]
    assert with_copy["c", "c again"].better is None
    another = {d[:2]: d for d in paired.differences({**values, "c again": values["c"] * (1 + 1e-9)})}
    assert another["a", "b"].high > alone["a", "b"].high  # the twin: a fourth algorithm widens the intervals


def test_decided_is_what_the_simultaneous_interval_says():
    """Holm's p may be below 0.05 before the interval leaves out zero; only the interval decides."""
    values = {"a": noise(6), "b": noise(6, 1) + 1.2, "c": noise(6, 2) + 0.6}
    for d in paired.differences(values):
        assert d.better is None or not d.low <= 0 <= d.high
