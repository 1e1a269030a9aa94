"""Verdicts on bounds in expectation: valid whatever the law of replicates, with power, and open where it is; twins."""

import math

import numpy as np
import pytest
from scipy import stats

import regretlab as rl
from regretlab.bounds import Bound
from regretlab.bounds import assumptions as a
from regretlab.bounds import symbols as s
from regretlab.domains import Box
from regretlab.problems.reddi import _Linear
from regretlab.verdicts.comparison import compare
from regretlab.verdicts.expectation import looks
from regretlab.verdicts.means import student_interval
from tests.tolerances import MONTE_CARLO

STILL = "sgd(alpha=1/1000000000000)"
T = 10


class Drawn(_Linear):
    """The losses z_j x on [-1, 1], one drawn at random at every step."""

    def __init__(self, slopes, start):
        self.name, self.order = "drawn", "uniform"
        Z = np.asarray(slopes, dtype=float)[:, None]
        super().__init__(Z, np.zeros(len(Z)), domain=Box(-1, 1), start=start)


@pytest.fixture
def bound():
    """Makes bounds of its own, and takes them out of the library."""
    made = []

    def make(term, **options):
        options = {"in_expectation": True, "speaks_of": "online"} | options
        made.append(Bound(
            id=f"test.mean{len(made)}", title="mine", source="mine", status="ours", terms={"all": term},
            assumes=(a.CONVEX,), methods=("sgd",), **options,
        ))  # fmt: skip
        return made[-1]

    yield make
    for one in made:
        del Bound.known[one.id]


def verdicts(result, bound, R):
    """Of every R replicates one verdict, and whether Student's interval would have called the bound violated."""
    run, record = result.description("sgd"), result.of("sgd")
    parts = [record.isel(replicate=slice(i, i + R)) for i in range(0, result.replicates - R + 1, R)]
    found = [compare(bound, run, part) for part in parts]
    return [c.verdict for c in found], [bool(c.shown_low[0, -1] > c.value) for c in found]


@pytest.mark.parametrize("R", [2, 3, 8, 30])
def test_a_true_bound_on_a_mean_that_rare_runs_carry_is_not_violated(bound, R):
    """At -1 each of the slopes -1 costs 2 of regret, and one slope of 1000, drawn in 9.6 % of runs, makes it 0.

    E R = 20 * 0.99^10 = 18.09, below 18.5. The twin: Student's interval, where the replicates agree on 20.
    """
    result = rl.simulate(
        Drawn([1000] + [-1] * 99, start=-1.0), STILL, horizon=T, replicates=60 * R, seed=R, checkpoints=[T]
    )
    said, student = verdicts(result, bound(s.T * 37 / 20), R)
    assert said.count("violated") <= stats.binom.isf(MONTE_CARLO, 60, 0.025)
    assert "holds" not in said
    assert (sum(student) > 60 * 0.2) == (R < 30)


@pytest.mark.parametrize("R", [2, 3, 8, 30])
def test_a_false_bound_on_a_mean_that_rare_runs_carry_does_not_hold(bound, R):
    """At 1 the same slopes cost nothing, and the rare one 1982 or more: E R = 190 is not below 1."""
    result = rl.simulate(
        Drawn([1000] + [-1] * 99, start=1.0), STILL, horizon=T, replicates=60 * R, seed=R, checkpoints=[T]
    )
    said, _ = verdicts(result, bound(s.T / 10), R)
    assert said.count("holds") <= stats.binom.isf(MONTE_CARLO, 60, 0.025)


def test_a_bound_well_below_the_mean_is_violated_and_one_well_above_holds(bound):
    """Slopes -1 and -1/2 at -1: E R(T) = 1.5 T, known to be within 2 T. 30 replicates see that it is not below T/2."""
    result = rl.simulate(Drawn([-1, -0.5], start=-1.0), STILL, horizon=100, replicates=30, checkpoints=[100])
    c = result.bound(bound(s.T / 2))
    assert c.verdict == "violated"
    assert "whatever the law of its regret within [-200, 200] (R = 30" in c.why
    assert result.bound(bound(s.T * 1.9)).verdict == "holds"
    few = rl.simulate(Drawn([-1, -0.5], start=-1.0), STILL, horizon=100, replicates=3).bound(bound(s.T / 2))
    assert "of the mean, [" in few.why
    assert few.verdict == "undecided"
    assert 3 < few.replicates_needed <= 30
    assert "lies above the bound 50, but assumes normal replicates" in few.why


def test_replicates_that_agree_or_are_alone_say_so(bound):
    twin = rl.simulate(Drawn([-1, -1], start=-1.0), STILL, horizon=50, replicates=3).bound(bound(s.T))
    assert twin.verdict == "undecided"
    assert "All 3 replicates have the regret 100, which excludes no rare other one" in twin.why
    alone = rl.simulate(Drawn([-1, -0.5], start=-1.0), STILL, horizon=50).bound(bound(s.T))
    assert alone.verdict == "undecided"
    assert alone.why.startswith("One run of a random algorithm says little of an expectation")


def test_without_a_known_range_nothing_decides(bound):
    rng = np.random.default_rng(0)
    problem = rl.problems.LeastSquares(rng.normal(size=(30, 2)), rng.normal(size=30), domain="none")
    c = rl.simulate(problem, "sgd(alpha=0.01)+uniform", horizon=30, replicates=20).bound(bound(s.T / 10**6))
    assert c.verdict == "undecided"
    assert "no number of replicates decides: the problem declares no finite span" in c.why
    assert c.replicates_needed is None
    problem = rl.problems.StochasticReddi(C=4)
    mine = bound(s.T / 10**6, speaks_of="cumulative")
    estimated = rl.simulate(problem, "sgd(alpha=0.01)", horizon=30, replicates=30).bound(mine)
    assert estimated.verdict == "undecided"
    assert "measure=('cumulative',)" in estimated.why
    measured = rl.simulate(problem, "sgd(alpha=0.01)", horizon=30, replicates=30, measure=["cumulative"]).bound(mine)
    assert measured.verdict == "violated"


def test_where_nothing_is_random_one_run_is_enough(bound):
    c = rl.simulate(Drawn([-1], start=-1.0), STILL, horizon=50).bound(bound(s.T))
    assert c.verdict == "violated"
    assert c.why.startswith("Nothing is random here")
    assert rl.simulate(Drawn([-1], start=-1.0), STILL, horizon=50, replicates=2).interval().low == pytest.approx(100)


def test_a_bound_that_is_known_from_the_runs_only_is_allowed_for(bound):
    """Where the bound is a statistic of the run its worst value counts; an expectation in it is limited first."""
    result = rl.simulate(Drawn([-1, -0.5], start=-1.0), STILL, horizon=100, replicates=200)
    exact, of_runs, of_mean = (bound(term) for term in (s.T * 0.5, s.S_g * 0, s.S / 2))
    assert result.bound(of_runs).verdict == result.bound(exact).verdict == "violated"
    c = result.bound(of_mean)
    assert c.value == pytest.approx(0.5 * result.of("sgd").second_moment.values[:, -1].mean())
    fixed = result.bound(bound(s.T * c.value / 100))
    assert c.low[0, -1] < fixed.low[0, -1] < c.regret[0, -1]
    # S_g is near sqrt(0.625 T): 15 of it are 119 at T = 100, where the mean regret is 150, and 19.5 of it 154.
    assert result.bound(bound(15 * s.S_g)).verdict == "violated"
    assert result.bound(bound(19.5 * s.S_g)).verdict == "undecided"


def test_horizons_looked_at_are_few_and_the_last_has_half(bound):
    result = rl.simulate(Drawn([-1, -0.5], start=-1.0), STILL, horizon=64, replicates=40, checkpoints=range(1, 65))
    c = result.bound(bound(s.T))
    assert looks(c.t).tolist() == [0, 1, 3, 7, 15, 31, 63]
    seen = np.isin(np.arange(64), looks(c.t))
    assert (c.low[0, ~seen] == -2.0 * c.t[~seen]).all()
    assert (c.low[0, seen] > -2.0 * c.t[seen]).all()
    last = rl.simulate(Drawn([-1, -0.5], start=-1.0), STILL, horizon=64, replicates=40, checkpoints=[64])
    assert c.low[0, -1] < last.bound(bound(s.T)).low[0, -1]


def test_the_intervals_of_a_mean_say_what_they_assume(bound):
    result = rl.simulate(rl.problems.StochasticReddi(), "sgd", horizon=100, replicates=30)
    normal, anyone = result.interval(), result.interval(law="any")
    assert anyone.low < normal.low < normal.mean < normal.high < anyone.high
    assert result.summary()[0]["interval"] == "95 % if replicates are normal"
    same = rl.simulate(Drawn([-1, -1], start=-1.0), STILL, horizon=50, replicates=3)
    assert math.isnan(same.interval().low)
    assert same.interval(law="any").low < 0
    with pytest.raises(rl.InputError, match="law of an interval 'al'"):
        result.interval(law="al")
    one = student_interval(np.ones((1, 2)), np.ones((1, 2)))
    assert np.isnan(one).all()


@pytest.mark.parametrize("R", [1, 3])
def test_a_bound_in_expectation_that_is_infinite_says_nothing(R):
    """The term of beta1's decay divides by 1 - lam; a warning of a sum that is not a number would be an error here."""
    problem = rl.problems.Logistic([[1.0], [-2.0], [0.5]], [0, 1, 1])
    run = rl.simulate(problem, "adambs_corrected(lam=1.0)", horizon=20, replicates=R)
    said = {c.bound.id: c for c in run.comparisons()}
    infinite = [c for c in said.values() if not np.isfinite(c.curve).all()]
    assert infinite
    assert all(c.verdict.startswith(("vacuous", "not applicable")) for c in infinite)
