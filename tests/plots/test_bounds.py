"""Figures about bounds: terms add up, ratios are regret over bound, and marks stand where the data say so."""

from __future__ import annotations

import importlib.util
import itertools

import numpy as np
import pandas as pd
import pytest

import regretlab as rl
from regretlab import plots
from regretlab.studies import figures
from tests.helpers.figures import COMMON, TIMES, curve, legend, marked, notes, outside, overlaps, simulate
from tests.tolerances import ROUND_OFF, SOLVER

ALPHAS, SLOPES = (0.1, 0.35), (4, 8)


@pytest.fixture(scope="module")
def reddi():
    return simulate(f"adam(alpha=7/20, eps=0, {COMMON})", f"amsgrad(alpha=7/20, {COMMON})", "sgd(alpha=1/8)")


@pytest.fixture(scope="module")
def neuron():
    problem = rl.problems.OneNeuron(n=40, d=4)
    return simulate("adam", "adamcb(batch_size=4)", problem=problem, horizon=60, checkpoints=TIMES[:5])


@pytest.fixture(scope="module")
def grid():
    """On Reddi's example Adam's bound is violated at T = 300 for large alpha and C, and holds for small ones."""
    return {
        (alpha, C): simulate(
            rl.algorithms.Adam(alpha=alpha, beta1=0, beta2=1 / (1 + C * C), lam=1 / 1000, eps=0),
            problem=rl.problems.Reddi(C=C),
            horizon=300,
            replicates=1,
            checkpoints=[30, 100, 300],
        )
        for alpha in ALPHAS
        for C in SLOPES
    }


def layers(ax):
    """The filled layers of the stack by the first line of their legend entries."""
    entries = zip(*ax.get_legend_handles_labels(), strict=True)
    return {words.split(":")[0]: area for area, words in entries if "term" in words}


@pytest.mark.parametrize(("algorithm", "bound"), [("adam", None), ("amsgrad", "amsgrad.schedule_free"), ("sgd", None)])
def test_terms_are_stacked_up_to_the_bound(reddi, algorithm, bound):
    comparison = reddi.bound(bound, algorithm) if bound else reddi.comparisons(algorithm)[0]
    data, ends = plots.bound_terms_data(reddi, algorithm, bound=bound), comparison.t % 3 == 0
    terms = data[data.role == "term"]
    for name, part in terms.groupby("id", sort=False):
        np.testing.assert_array_equal(part.value, comparison.terms[name][ends])
        np.testing.assert_allclose(part.top - part.base, part.value, rtol=ROUND_OFF, atol=ROUND_OFF)
        assert set(part.growth) == {str(comparison.orders[name].T)}
    last = [part for _, part in terms.groupby("id", sort=False)]
    for below, above in itertools.pairwise(last):
        np.testing.assert_allclose(above.base.astype(float), below.top.astype(float), rtol=ROUND_OFF)
        assert below.value.iloc[-1] >= above.value.iloc[-1]
    np.testing.assert_allclose(last[-1].top.astype(float), comparison.curve.mean(axis=0)[ends], rtol=ROUND_OFF)
    assert sum(part.share.iloc[0] for part in last) == pytest.approx(1)


def test_a_term_left_out_would_be_seen(reddi):
    data = plots.bound_terms_data(reddi, "adam")
    terms = data[data.role == "term"]
    without = terms[terms.id != "gradients"].groupby("t").value.sum()
    whole = data[data.role == "bound"].set_index("t").value
    assert (without < 0.9 * whole).any()


def test_the_stack_is_drawn_from_its_data(reddi):
    data, ax = plots.bound_terms_data(reddi, "adam"), plots.bound_terms(reddi, "adam")
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    drawn = layers(ax)
    assert set(drawn) == set(data[data.role == "term"].label)
    top = data[(data.role == "term")].groupby("t").top.max()
    highest = max(area.get_paths()[0].vertices[:, 1].max() for area in drawn.values())
    assert highest == pytest.approx(top.max())
    np.testing.assert_array_equal(curve(ax, "trivial bound"), data[data.role == "trivial"].value)
    np.testing.assert_array_equal(curve(ax, "Kingma & Ba, Thm 4.1"), data[data.role == "bound"].value)
    assert len({area.get_hatch() for area in drawn.values()}) == len(drawn)  # told apart without colour
    assert marked(ax, "violation") == ["violation adam.printed"]
    assert not marked(plots.bound_terms(reddi, "amsgrad"), "violation")


def test_without_a_bound_there_is_nothing_to_decompose():
    result = simulate("sgd+adambs", problem=rl.problems.OneNeuron(n=20, d=2), horizon=3, checkpoints=[1, 3])
    result = rl.Result(result.record.drop_vars(["online_low", "online_high"]))
    with pytest.raises(rl.InputError, match="no bound in the library is about"):
        plots.bound_terms(result)


def test_ratios_are_regret_over_bound(reddi):
    data = plots.bound_ratio_data(reddi)
    np.testing.assert_allclose(data.ratio, data.regret / data.bound, rtol=ROUND_OFF)
    for name in reddi.algorithms:
        tightest = min(reddi.comparisons(name), key=lambda c: c.value)
        mine = data[data.algorithm == name]
        assert set(mine.id) == {tightest.bound.id}
        assert mine.ratio.iloc[-1] == tightest.ratio
        assert mine["first"].notna().any() == (tightest.first_violation is not None)
        vacuous = (tightest.curve >= tightest.trivial).any(axis=0)
        np.testing.assert_array_equal(mine.vacuous, vacuous[tightest.t % 3 == 0])
    named = plots.bound_ratio_data(reddi, ["amsgrad"], bounds=["amsgrad.printed", "amsgrad.schedule_free"])
    assert set(named.id) == {"amsgrad.printed", "amsgrad.schedule_free"}
    with pytest.raises(rl.InputError, match=r"none of the bounds speaks of the cumulative regret of adam"):
        plots.bound_ratio(reddi, ["adam"], kind="cumulative")


def test_ratios_are_drawn_with_the_bound_at_one(reddi):
    data, ax = plots.bound_ratio_data(reddi), plots.bound_ratio(reddi)
    low, high = ax.get_ylim()
    assert low < 1 < high
    assert marked(ax, "above the bound")
    for name, part in data.groupby("label"):
        np.testing.assert_array_equal(curve(ax, name), part.ratio)
    assert marked(ax, "violation") == ["violation adam.printed"]
    first = reddi.bound("adam.printed", "adam").first_violation
    assert f"first seen above at t = {first}" in notes(ax)
    assert marked(plots.bound_ratio(reddi, ["sgd"]), "violation") == []


def test_hollow_markers_are_the_vacuous_checkpoints(neuron, reddi):
    for result in (neuron, reddi):
        data, ax = plots.bound_ratio_data(result), plots.bound_ratio(result)
        for line in (line for line in ax.lines if str(line.get_gid()).startswith("vacuous")):
            mine = data[data.id == str(line.get_gid()).removeprefix("vacuous ")]
            hollow = np.isfinite(np.asarray(line.get_ydata(), dtype=float))
            assert not (hollow & ~mine.vacuous.to_numpy()).any()
        assert ("hollow: bound vacuous" in legend(ax)) == data.vacuous.any()


def test_one_bound_alone_has_the_trivial_line(reddi):
    data, ax = plots.bound_ratio_data(reddi, ["sgd"]), plots.bound_ratio(reddi, ["sgd"])
    np.testing.assert_array_equal(curve(ax, "trivial bound / bound"), data.trivial)
    assert (data.vacuous == (data.trivial <= 1)).all()
    assert "trivial bound / bound" not in legend(plots.bound_ratio(reddi))


def test_exponents_are_those_of_the_result(reddi, neuron):
    data = plots.exponents_data(reddi, neuron)
    assert set(data.problem) == {reddi.problem.name, neuron.problem.name}
    for result in (reddi, neuron):
        for name in result.algorithms:
            row = data[(data.algorithm == name) & (data.problem == result.problem.name)].iloc[0]
            fit = result.exponent("online", name)
            np.testing.assert_array_equal([row.exponent, row.low, row.high], fit[:3])
            online = [c for c in result.comparisons(name) if c.bound.speaks_of == "online"]
            powers = [max(float(order.T) for order in c.orders.values()) for c in online]
            assert row.claimed == min(powers)


def test_forest_marks_what_grows_faster_than_its_bound(reddi, neuron):
    data, ax = plots.exponents_data(reddi), plots.exponents(reddi)
    assert [text.get_text().replace("\n", " ") for text in ax.get_yticklabels()] == list(data.label)
    fast = {a for a, low, claimed in zip(data.algorithm, data.low, data.claimed, strict=True) if low > claimed}
    assert {a.split("(")[0] for a in fast} == {"adam"}
    crosses = [line for line in ax.lines if line.get_marker() == "X" and len(line.get_xdata())]
    assert [float(line.get_xdata()[0]) for line in crosses] == [reddi.exponent("online", "adam").value]
    e = reddi.exponent("online", "amsgrad")
    assert f"{e.value:.2f} [{e.low:.2f}, {e.high:.2f}]" in notes(ax)
    assert "faster than its bound" not in legend(plots.exponents(simulate("sgd(alpha=1/8)")))
    assert notes(plots.exponents(reddi, neuron))[-2:] == [reddi.problem.name, neuron.problem.name]


def test_a_kind_nobody_measured_is_an_error(reddi):
    with pytest.raises(rl.InputError, match="none of these results has cumulative regret"):
        plots.exponents(reddi, kind="cumulative")


def test_a_bound_without_a_diameter_is_vacuous_and_still_drawn():
    """On an unbounded domain Zinkevich's bound has no value: nothing to draw but the regret."""
    problem = rl.problems.HeavyTailedLogistic(n=20, d=3, domain="none")
    result = simulate("sgd(alpha=1)", problem=problem, horizon=30, checkpoints=[3, 10, 30])
    assert plots.bound_ratio_data(result).vacuous.all()
    for figure in (plots.bound_terms, plots.bound_ratio):
        assert np.isfinite(figure(result).get_ylim()).all()
    assert "(nan)" in notes(plots.ratio_map({(20, 1): result}))


def test_one_step_makes_a_figure(recwarn):
    """Without a decay the momentum term of Corollary 1 is infinite, and one step is one tick."""
    result = simulate("amsgrad", horizon=1, checkpoints=[1])
    data, ax = plots.bound_terms_data(result), plots.bound_terms(result)
    terms = data[data.role == "term"].set_index("id")
    assert terms.value["momentum"] == np.inf
    assert terms.share[["diameter", "gradients"]].tolist() == [0, 0]
    assert "momentum term (infinite)" in legend(ax)
    assert [text.get_text() for text in ax.get_xticklabels()] == ["1"]
    assert not len(ax.xaxis.get_minorticklocs())
    assert not recwarn.list


def test_what_has_no_exponent_says_so():
    few = simulate(f"adam({COMMON})", horizon=3, checkpoints=[1, 3])
    assert notes(plots.exponents(few)) == ["no exponent"]


def test_the_map_holds_the_ratios_of_its_cells(grid):
    data = plots.ratio_map_data(grid, ("alpha", "C"))
    for (alpha, C), result in grid.items():
        (row,) = data[(data.alpha == alpha) & (data.C == C)].to_dict("records")
        comparison = result.bound("adam.printed")
        assert row["ratio"] == comparison.ratio == pytest.approx(row["regret"] / row["bound"])
        assert row["verdict"] == comparison.verdict


def test_the_map_frames_violated_cells_only(grid):
    data, ax = plots.ratio_map_data(grid, ("alpha", "C")), plots.ratio_map(grid, ("alpha", "C"))
    violated = data[data.verdict == "violated"]
    assert 0 < len(violated) < len(data)
    assert (violated.ratio > 1).any()
    frames = [patch for patch in ax.patches if patch.get_gid() == "violated"]
    places = {(ALPHAS[int(p.get_x())], SLOPES[int(p.get_y())]) for p in frames}
    assert places == set(zip(violated.alpha, violated.C, strict=True))
    assert "bound violated" in legend(ax)
    assert len(notes(ax)) == len(data)
    assert (ax.get_xlabel(), ax.get_ylabel()) == (r"step size $\alpha$", "C")


def test_the_map_takes_a_table():
    table = pd.DataFrame({"n": [10, 10, 20], "K": [1, 2, 1], "ratio": [0.5, 2.0, -0.1]})
    ax = plots.ratio_map(table)
    assert notes(ax) == ["0.5", "2", "-0.1"]
    assert not marked(ax, "violated")  # a ratio alone is no verdict
    marks = table.assign(
        verdict=["holds", "not applicable because convex fails", "vacuous"], vacuous=[False, False, True]
    )
    ax = plots.ratio_map(marks)
    assert "(2)" in notes(ax)
    assert marked(ax, "vacuous") == ["vacuous"]
    with pytest.raises(rl.InputError, match="no column gamma"):
        plots.ratio_map(table, ("n", "gamma"))


def test_grids_with_wrong_keys_are_input_errors(grid, reddi):
    with pytest.raises(rl.InputError, match="does not hold one value each of alpha, C, K"):
        plots.ratio_map(grid, ("alpha", "C", "K"))
    with pytest.raises(rl.InputError, match="name one of the algorithms"):
        plots.ratio_map({(1, 1): reddi})


def test_an_empty_grid_is_an_input_error():
    for figure in (plots.ratio_map, plots.regret_over):
        with pytest.raises(rl.InputError, match="the grid is empty; give at least one result, by its n"):
            figure({})


def test_slopes_are_named_by_the_symbol_on_the_axis(grid):
    ax = plots.regret_over({alpha: grid[alpha, SLOPES[0]] for alpha in ALPHAS}, "alpha")
    assert {r"$\propto\sqrt{\alpha}$", r"$\propto \alpha$"} <= set(notes(ax))
    assert ax.get_xlabel() == r"step size $\alpha$"


def test_regret_over_a_parameter_is_that_of_its_results(grid):
    along = {C: grid[0.35, C] for C in SLOPES}
    data, ax = plots.regret_over_data(along, "C"), plots.regret_over(along, "C")
    for C, result in along.items():
        row = data[data.C == C].iloc[0]
        assert (row.value, row.low, row.high) == result.interval("online")
    np.testing.assert_array_equal(curve(ax, "Adam"), data.value)
    assert {r"$\propto\sqrt{C}$", r"$\propto C$"} <= set(notes(ax))
    with pytest.raises(rl.InputError, match="simulate with measure"):
        plots.regret_over(along, "C", kind="sampler")


@pytest.mark.skipif(importlib.util.find_spec("PEPit") is None, reason="PEPit is missing: pip install 'regretlab[pep]'")
def test_worst_case_lies_between_the_run_and_the_bound():
    result = rl.simulate(rl.problems.Reddi(C=1), "sgd(alpha=2)", horizon=3, checkpoints=[1, 2, 3])
    data, ax = plots.worst_case_data(result), plots.worst_case(result)
    np.testing.assert_array_equal(data.bound, result.bound("sgd.zinkevich").curve[0])
    slack = 1 + SOLVER
    assert (data.empirical <= data.line * slack).all()
    assert (data.line <= data.worst * slack).all()
    assert (data.worst <= data.bound * slack).all()
    np.testing.assert_array_equal(curve(ax, "worst case (exact)"), data.worst)
    assert "slack of the bound" in legend(ax)
    with pytest.raises(rl.InputError, match=r"until=0 is outside \[1, 12\]"):
        plots.worst_case_data(result, until=0)
    late = rl.simulate(rl.problems.Reddi(C=1), "sgd(alpha=2)", horizon=9, checkpoints=[9])
    with pytest.raises(rl.InputError, match=r"checkpoints=range\(1, 5\)"):
        plots.worst_case_data(late, until=4)


def test_worst_cases_are_about_zinkevichs_bound(reddi):
    with pytest.raises(rl.InputError, match="not about amsgrad"):
        plots.worst_case(reddi, "amsgrad")


def test_nothing_is_torn_or_overlaps(reddi, neuron, grid):
    drawn = [
        plots.bound_terms(reddi, "adam"),
        plots.bound_ratio(neuron),
        plots.exponents(reddi, neuron),
        plots.ratio_map(grid, ("alpha", "C")),
    ]
    for ax in drawn:
        ax.figure.draw_without_rendering()
        assert not overlaps(ax)
        assert not outside(ax)


def test_the_report_shows_how_tight_bounds_are(reddi):
    assert "tightness" in figures.titles(reddi)
    assert figures.figure(reddi, "tightness")[0].get_ylabel() == "online regret / bound"


def test_many_violations_share_a_note_and_few_have_their_own():
    names = [f"adam(alpha={alpha}, eps=0, {COMMON})" for alpha in (0.3, 0.35, 0.4, 0.45)]
    many, few = (plots.bound_ratio(simulate(*names[:n])) for n in (4, 2))
    shared = [t.get_text() for t in many.texts if "bounds first seen above" in t.get_text()]
    own = [t.get_text() for t in few.texts if t.get_text().startswith("first seen above")]
    assert [words.split()[0] for words in shared] == ["4"]
    assert len(own) == 2
