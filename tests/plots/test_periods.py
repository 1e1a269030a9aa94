"""Figures of runs in a fixed order: curves go from end of period to end of period, so that phases are not growth."""

from __future__ import annotations

import numpy as np
import pytest

import regretlab as rl
from regretlab import plots
from regretlab.plots._periods import FIRST, POINTS, WHOLE, drawn
from regretlab.runs.checkpoints import checkpoint_times
from regretlab.runs.description import describe
from regretlab.runs.plan import plan
from regretlab.samplers import period
from regretlab.scaling import exponent
from tests.helpers.figures import COMMON, curve, marked, notes, outside, overlaps
from tests.verdicts.test_horizons import Slopes

ADAM, SGD = f"adam(alpha=7/20, eps=0, {COMMON})", "sgd(alpha=1/8)"
CURVES = [
    lambda result: plots.bound_versus_regret_data(result, "adam"),
    lambda result: plots.bound_terms_data(result, "adam"),
    plots.bound_ratio_data,
    plots.average_regret_data,
    plots.regret_overview_data,
]


def reddi(names=(ADAM, SGD), horizon=1000, **options):
    return rl.simulate(rl.problems.Reddi(C=8), list(names), horizon=horizon, **options)


@pytest.fixture(scope="module")
def result():
    return reddi()


@pytest.fixture(scope="module")
def phases():
    """The checkpoints that logarithms alone would give, at all phases of the period."""
    return reddi(checkpoints=np.unique(np.geomspace(1, 1000, 30).round().astype(int)))


def regret(data, algorithm):
    return data[data.algorithm == next(a for a in data.algorithm if a.startswith(algorithm))].value.to_numpy()


def turns(values):
    """How often a curve turns: successive differences of opposite signs."""
    steps = np.sign(np.diff(values))
    return int((steps[1:] * steps[:-1] < 0).sum())


@pytest.mark.parametrize("data", CURVES)
def test_curves_of_a_cyclic_run_are_at_the_ends_of_periods(result, data):
    shown = data(result)
    assert (shown.t % 3 == 0).all()
    assert shown.t.nunique() > 20
    assert shown.joined.all()
    assert shown.attrs["steps"] == f"step $t$, {WHOLE}"


@pytest.mark.parametrize("algorithm", ["adam", "sgd"])
def test_regret_rises_from_period_to_period(result, phases, algorithm):
    """Against -1 a period adds C(x+1) - (y+1) - (z+1), with x, y, z in [-1, 1] that one small step changes: positive.

    Twin: within the period it rises by the first and falls by the others, and so it does at any phases.
    """
    assert turns(regret(plots.regret_overview_data(result), algorithm)) == 0
    record = phases.of(next(a for a in phases.algorithms if a.startswith(algorithm)))
    assert turns(record.online.values[0]) > 2
    every = reddi(horizon=60, checkpoints=range(1, 61)).of(record.algorithm.item())
    assert turns(every.online.values[0]) >= 20
    assert turns(every.online.values[0, 2::3]) == 0


def test_fits_know_the_scatter_of_phases(result, phases):
    """They are those of the checkpoints that logarithms give, bit for bit. Twin: Adam's curve as drawn has none."""
    for a, b in zip(result.algorithms, phases.algorithms, strict=True):
        assert result.exponent(algorithm=a)[:3] == phases.exponent(algorithm=b)[:3]
    name = result.algorithms[0]
    ends = result.of(name).sel(t=result.record.t % 3 == 0)
    smooth = exponent(ends.t.values, ends.online.values, random=False)
    assert smooth.slope.error < result.exponent(algorithm=name).slope.error / 10


def test_the_bounds_terms_rise_as_well(result, phases):
    """The diameter term has the root of v_hat at its last step, which jumps within a period."""
    at_ends = plots.bound_versus_regret_data(result, "adam")
    assert all(turns(term.value) == 0 for _, term in at_ends[at_ends.role == "term"].groupby("id"))
    assert turns(phases.bound("adam.printed", "adam").terms["diameter"]) > 5


@pytest.mark.parametrize("K", [1, 2, 3, 4, 6])
def test_a_period_is_the_least_number_of_steps_after_which_batches_repeat(K):
    problem = Slopes(rl.domains.Box(-1, 1), order="cyclic", n=6, d=1)
    run = rl.simulate(problem, rl.algorithms.SGD(batch_size=K), horizon=40)
    sampler = plan(problem, rl.algorithms.SGD(batch_size=K), horizon=40).sampler
    state, batches = sampler.init(1, np), []
    for _ in range(24):
        draw = sampler.draw(state, None)
        batches.append(tuple(draw.J[0]))
        state = sampler.observe(state, draw, None)
    p = period("cyclic", 6, K)
    repeats = [s for s in range(1, 13) if batches[s:] == batches[:-s]]
    assert repeats[0] == p
    shown = plots.regret_overview_data(run).t
    assert p == 1 or (shown % p == 0).all()
    assert list(run.description().ends) == sorted(set(run.record.t.values) - set(checkpoint_times("log", 40)))


@pytest.mark.parametrize("T", [1, 2, 3, 5, 42, 43, 1000, 10**6])
@pytest.mark.parametrize("n", [1, 3, 1000])
def test_ends_of_periods_join_the_default_checkpoints(T, n):
    """Those of every part of the logarithmic axis, the last one as well: enough for a curve."""
    problem = Slopes(rl.domains.Box(-1, 1), order="cyclic", n=n, d=1)
    own, plain = plan(problem, rl.algorithms.SGD(batch_size=1), horizon=T), checkpoint_times("log", T)
    assert np.array_equal(own.checkpoints, np.union1d(plain, own.ends))
    assert not np.isin(own.ends, plain).any()
    assert (own.ends % n == 0).all()
    assert n > T or T - T % n in own.checkpoints
    assert drawn(describe(own), own.checkpoints).joined
    drawn_at_random = plan(problem, rl.algorithms.parse("sgd(batch_size=1)+uniform"), horizon=T)
    assert np.array_equal(drawn_at_random.checkpoints, own.checkpoints)  # so that the two can be joined
    problem = Slopes(rl.domains.Box(-1, 1), order="uniform", n=n, d=1)
    assert np.array_equal(plan(problem, rl.algorithms.SGD(batch_size=1), horizon=T).checkpoints, plain)


def test_algorithms_that_were_run_apart_can_be_joined():
    names = [ADAM, f"adambs(alpha=7/20, {COMMON})"]
    apart = rl.Result.join([reddi([name], horizon=100) for name in names])
    assert apart.record.online.identical(reddi(names, horizon=100).record.online)


def test_asked_for_checkpoints_are_kept():
    run = reddi(checkpoints=[2, 5, 10], horizon=10)
    assert run.record.t.values.tolist() == [2, 5, 10]
    assert run.description(run.algorithms[0]).ends == ()


def test_algorithms_share_the_ends_of_each():
    """Two mini-batch sizes have two periods; each is drawn at its own ends, and fits know of neither."""
    problem = Slopes(rl.domains.Box(-1, 1), order="cyclic", n=12, d=1)
    run = rl.simulate(problem, ["sgd(batch_size=3)", "sgd(batch_size=4)", "sgd(batch_size=3)+uniform"], horizon=500)
    plain = checkpoint_times("log", 500)
    for name, p in zip(run.algorithms, (4, 3, None), strict=True):
        shown = plots.regret_overview_data(run).query("algorithm == @name").t
        assert set(shown) == (set(plain) if p is None else {t for t in run.record.t.values if t % p == 0})
        assert np.array_equal(run.fitted(algorithm=name)[0], plain)


def test_ends_are_known_of_what_is_extended_or_opened(result, tmp_path):
    name, log = result.algorithms[0], checkpoint_times("log", 2000)
    longer = result.extend(horizon=2000).extend(replicates=2)
    longer.to_netcdf(tmp_path / "run.nc")
    for run in (longer, rl.Result.open(tmp_path / "run.nc")):
        t = run.fitted(algorithm=name)[0]
        assert np.array_equal(t, np.union1d(checkpoint_times("log", 1000), log[log > 1000]))
        assert np.array_equal(np.union1d(t, run.description(name).ends), run.record.t.values)
        assert (plots.regret_overview_data(run).t % 3 == 0).all()


def test_checkpoints_at_any_phase_are_points_without_a_line():
    phases = reddi(horizon=640, checkpoints=[1, 2, 4, 10, 20, 40, 80, 160, 320, 640])  # no multiple of 3
    data = plots.bound_versus_regret_data(phases, "adam")
    assert set(data[data.role == "regret"].t) == set(phases.record.t.values)
    assert not data.joined.any()
    for figure in (plots.bound_versus_regret, plots.bound_terms, plots.bound_ratio):
        ax = figure(phases, "adam")
        assert ax.get_xlabel() == f"step $t$, {POINTS}"
        at_checkpoints = [line for line in ax.lines if len(line.get_xdata()) == phases.record.sizes["t"]]
        joined = [line.get_label() for line in at_checkpoints if line.get_linestyle() not in ("None", "")]
        assert set(joined) <= {"trivial bound", "trivial bound / bound"}
        assert len(at_checkpoints) > len(joined)
        assert not marked(ax, "excess")
        assert marked(ax, "violation") or figure is plots.bound_terms
        ax.figure.draw_without_rendering()
        assert not overlaps(ax)
        assert not outside(ax)
    for ax in (plots.regret_overview(phases), plots.average_regret(phases)):
        assert {line.get_linestyle() for line in ax.lines if line.get_label().startswith("Adam")} == {"None"}


def test_few_periods_are_shown_with_the_first_one():
    run = rl.simulate(rl.problems.Linear(n=1000, d=1), "sgd", horizon=3500)
    description, t = run.description(), run.record.t.values
    shown, joined, words = drawn(description, t)
    assert joined
    assert words == FIRST
    assert t[~shown & (t % 1000 == 0)].size == 0
    assert np.array_equal(shown, (t < 1000) | (t % 1000 == 0))
    assert drawn(description, t[t <= 900]).words == ""  # nothing has come again yet


def test_what_is_drawn_at_random_is_shown_at_every_checkpoint(result):
    """Twin: the same checkpoints, a sampler without a period."""
    both = reddi([ADAM, f"adambs(alpha=7/20, {COMMON})"], horizon=100)
    data = plots.regret_overview_data(both)
    by_name = {name.split("(")[0]: set(part.t) for name, part in data.groupby("algorithm")}
    assert by_name["adambs"] == set(checkpoint_times("log", 100))
    assert by_name["adam"] == {t for t in both.record.t.values if t % 3 == 0}
    assert data.attrs["steps"] == f"step $t$, cyclic: {WHOLE}"
    alone = rl.simulate(rl.problems.StochasticReddi(C=8), ADAM, horizon=100)
    assert plots.regret_overview(alone).get_xlabel() == "step $t$"


def test_a_violation_between_two_ends_is_marked_where_it_is():
    run = rl.simulate(rl.problems.Reddi(C=6, period=4), ADAM.replace("1/65", "1/37"), horizon=150, replicates=3)
    first = run.first_violation("adam.printed")
    assert first % 4 == 3
    for figure in (plots.bound_versus_regret, plots.bound_terms, plots.bound_ratio):
        ax = figure(run)
        (cross,) = (line for line in ax.lines if str(line.get_gid()).startswith("violation"))
        assert cross.get_xdata()[0] == first
        assert f"first seen above at t = {first}" in notes(ax)  # and not "in 1 of 3 runs": all agree
    assert not any(word.get_text() for word in ax.texts if "of 3 runs" in word.get_text())


def test_regret_over_horizons_is_that_of_whole_periods():
    grid = {T: reddi([SGD], horizon=T) for T in (31, 62, 124)}
    data, ax = plots.regret_over_data(grid, "T"), plots.regret_over(grid, "T")
    for T, run in grid.items():
        value = run.record.online.sel(t=T - T % 3).item()
        assert data[data["T"] == T].value.item() == value
        assert value < run.interval("online").mean  # the first loss of a period is the large one
    np.testing.assert_array_equal(curve(ax, "Online gradient descent / SGD"), data.value)
    assert "at the last end of a period" in ax.get_ylabel()
    whole = plots.regret_over({T: reddi([SGD], horizon=T) for T in (30, 60)}, "T")
    assert whole.get_ylabel() == "online regret at the horizon"


def test_losses_of_a_cyclic_run_are_those_of_whole_passes():
    rng = np.random.default_rng(0)
    problem = rl.problems.Logistic(rng.normal(size=(20, 2)), np.sign(rng.normal(size=20)), test=0.2)
    every = range(1, 5 * problem.n + 1)
    run = rl.simulate(problem, "sgd(alpha=1, batch_size=1)+cyclic", horizon=5 * problem.n, checkpoints=every)
    data = plots.loss_curves_data(run)
    assert sorted(set(data.x)) == [1, 2, 3, 4, 5]
    assert plots.loss_curves(run).get_xlabel().endswith(WHOLE)
    drawn_at_random = rl.simulate(problem, "sgd(alpha=1, batch_size=1)", horizon=5 * problem.n)
    assert len(set(plots.loss_curves_data(drawn_at_random).x)) > 5


def test_variances_are_sums_over_whole_periods():
    """Those of a sampler that draws are not cut at the ends of another algorithm's periods."""
    run = reddi([ADAM, f"adambs(alpha=7/20, {COMMON})"], horizon=200, measure=["sampler"])
    data = plots.variance_data(run)
    steps = {name.split("(")[0]: set(part.t) for name, part in data.groupby("algorithm")}
    assert steps["adam"] == {t for t in run.record.t.values if t % 3 == 0}
    assert steps["adambs"] == set(checkpoint_times("log", 200))
