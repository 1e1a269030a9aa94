"""Limits by betting: valid at every number of replicates and every law in the range, and not for nothing; twins."""

import math

import numpy as np
import pytest
from scipy import stats

from regretlab.verdicts.betting import lower_limit, replicates_needed, upper_limit
from tests.tolerances import MONTE_CARLO

MISS = 0.025
#: Laws on [0, 1] and their means.
LAWS = {
    "rare zero": (lambda rng, R: 1.0 * (rng.random(R) < 0.9), 0.9),
    "rare one": (lambda rng, R: 1.0 * (rng.random(R) < 0.1), 0.1),
    "all agree": (lambda rng, R: np.full(R, 0.3), 0.3),
    "spread": (lambda rng, R: rng.random(R), 0.5),
    "skewed": (lambda rng, R: rng.beta(0.2, 0.6, R), 0.25),
}


def missed(limit, law, R, trials):
    draw, mean = LAWS[law]
    rng = np.random.default_rng([R, *map(ord, law)])
    return sum(limit(draw(rng, R), mean) for _ in range(trials))


@pytest.mark.parametrize("R", [1, 2, 3, 8, 30])
@pytest.mark.parametrize("law", LAWS)
def test_limits_miss_the_mean_no_more_often_than_they_say(law, R):
    most = stats.binom.isf(MONTE_CARLO, 200, MISS)
    assert missed(lambda x, mean: lower_limit(x, 0.0, MISS) > mean, law, R, 200) <= most
    assert missed(lambda x, mean: upper_limit(x, 1.0, MISS) < mean, law, R, 200) <= most


@pytest.mark.parametrize("R", [2, 3, 8])
def test_students_limit_misses_where_replicates_agree(R):
    """The twin: one run in ten is zero, and R replicates agree in 0.9^R of all data sets."""

    def student(x, mean):
        return x.mean() - stats.t.isf(MISS, R - 1) * x.std(ddof=1) / math.sqrt(R) > mean

    assert missed(student, "rare zero", R, 200) > 200 * 0.3


def test_more_replicates_may_be_taken_until_they_decide():
    """At all R from 1 to 60 together: the limit that is largest on the way is above the mean in at most 2.5 %."""
    rng, wrong = np.random.default_rng(3), 0
    for _ in range(60):
        x = 1.0 * (rng.random(60) < 0.7)
        wrong += max(lower_limit(x[:R], 0.0, MISS) for R in range(1, 61)) > 0.7
    assert wrong <= stats.binom.isf(MONTE_CARLO, 60, MISS)


def test_the_limit_comes_near_the_mean_and_does_not_depend_on_order_or_scale():
    x = np.random.default_rng(0).beta(5, 5, 2000)
    low = lower_limit(x, 0.0, MISS)
    assert x.mean() - 0.02 < low < x.mean()
    assert lower_limit(x[::-1], 0.0, MISS) == pytest.approx(low, rel=1e-9)
    for s in (1e-300, 1e-150, 1e150, 1e300):
        assert lower_limit(s * x, 0.0, MISS) == pytest.approx(s * low, rel=1e-9)


def test_only_the_lower_end_of_the_range_counts_below():
    x = np.array([1.0, 2.0, 3.0])
    assert lower_limit(x, -1e6, MISS) < lower_limit(x, 0.0, MISS) < x.mean()
    assert lower_limit(x, -math.inf, MISS) == -math.inf
    assert lower_limit(np.zeros(5), 0.0, MISS) == 0.0
    assert upper_limit(x, math.inf, MISS) == math.inf


def test_so_many_replicates_do_decide():
    x = np.random.default_rng(1).normal(10, 1, 40)
    needed = replicates_needed(x, 0.0, 8.0, MISS)
    many = np.random.default_rng(2).normal(10, 1, int(1.3 * needed))
    assert lower_limit(many, 0.0, MISS) > 8.0 > lower_limit(many[: int(needed / 2)], 0.0, MISS)
    assert replicates_needed(x, 0.0, 11.0, MISS) == math.inf
    assert replicates_needed(x, -math.inf, 8.0, MISS) == math.inf
