"""Figures: the twins hold the right numbers, the artists show the twins, and what cannot be shown is said."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

import regretlab as rl
from regretlab import plots
from regretlab.algorithms import Algorithm
from tests.helpers.figures import COMMON, TIMES, curve, legend, marked, notes, outside, overlaps, simulate


@pytest.fixture(scope="module")
def reddi():
    return simulate(
        f"adam(alpha=7/20, eps=0, {COMMON})",
        f"amsgrad(alpha=7/20, {COMMON})",
        f"adambs(alpha=7/20, {COMMON})",
        measure=["cumulative"],
    )


@pytest.fixture(scope="module")
def single():
    return simulate(f"amsgrad(alpha=7/20, {COMMON})", replicates=1)


@pytest.fixture(scope="module")
def neuron():
    problem = rl.problems.OneNeuron(n=40, d=4)
    return simulate(
        "adam", "amsgrad+adambs", "adamcb(batch_size=4)", problem=problem, horizon=60, checkpoints=TIMES[:5]
    )


def test_bound_twin_holds_the_comparison(reddi):
    data = plots.bound_versus_regret_data(reddi, "adam")
    (comparison,) = reddi.comparisons("adam")
    bound, regret = data[data.role == "bound"], data[data.role == "regret"]
    ends = comparison.t % 3 == 0
    np.testing.assert_array_equal(bound.value, comparison.curve.mean(axis=0)[ends])
    assert (regret.value.iloc[-1], regret.low.iloc[-1], regret.high.iloc[-1]) == reddi.interval("online", "adam")
    terms = data[data.role == "term"].pivot(index="t", columns="id", values="value")
    assert set(terms) == set(comparison.terms)
    np.testing.assert_allclose(terms.sum(axis=1), comparison.curve.mean(axis=0)[ends])
    np.testing.assert_array_equal(data[data.role == "trivial"].value, comparison.trivial[ends])
    assert set(bound.verdict) == {"violated"}
    assert set(bound["first"]) == {comparison.first_violation}
    assert bound.t[bound.above > 0].min() >= comparison.first_violation
    assert data.attrs["kind"] == "online"


@pytest.mark.parametrize("algorithm", ["adam", "amsgrad", "adambs"])
def test_lines_are_the_twin(reddi, algorithm):
    data = plots.bound_versus_regret_data(reddi, algorithm)
    ax = plots.bound_versus_regret(reddi, algorithm)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    bottom = ax.get_ylim()[0]
    for (role, _), part in data.groupby(["role", "id"], sort=False):
        name, value = part.label.iloc[0], part.value.to_numpy()
        if role == "term" and value.max() <= 0:
            name += " (= 0)"
        elif role == "term" and value.max() < bottom:
            name += " (below the axis)"
        shown = value > 0
        np.testing.assert_array_equal(curve(ax, name)[shown], value[shown])
        assert np.isnan(curve(ax, name)[~shown]).all()


def test_violation_is_marked_where_there_is_one(reddi):
    (comparison,) = reddi.comparisons("adam")
    ax = plots.bound_versus_regret(reddi, "adam")
    assert marked(ax, "violation") == ["violation adam.printed"]
    assert marked(ax, "excess") == ["excess adam.printed"]
    assert f"first seen above at t = {comparison.first_violation}" in notes(ax)
    (cross,) = (line for line in ax.lines if str(line.get_gid()).startswith("violation"))
    assert cross.get_xdata()[0] == comparison.first_violation


def test_amsgrad_has_no_violation_to_mark(reddi):
    assert all(c.first_violation is None for c in reddi.comparisons("amsgrad"))
    ax = plots.bound_versus_regret(reddi, "amsgrad")
    assert not marked(ax, "violation")
    assert not marked(ax, "excess")
    assert not any("first seen" in note for note in notes(ax))


def test_every_mark_has_a_first_violation(neuron, reddi):
    for result in (neuron, reddi):
        for name in result.algorithms:
            marks = {f"violation {c.bound.id}" for c in result.comparisons(name) if c.first_violation is not None}
            assert set(marked(plots.bound_versus_regret(result, name), "violation")) == marks


def test_a_failed_assumption_is_not_called_a_violation(neuron):
    data = plots.bound_versus_regret_data(neuron, "adam")
    line = data[data.role == "bound"].assign(above=1, first=1)
    assert line.verdict.iloc[0].startswith("not applicable")
    assert plots._draw.remark(line) == "first seen above at t = 1\n(an assumption fails)"
    assert plots._draw.remark(line.assign(verdict="violated")) == "first seen above at t = 1\n(in 1 of 3 runs)"
    assert plots._draw.remark(line.assign(verdict="violated", above=3)) == "first seen above at t = 1"


def test_legend_names_theorems_and_band(reddi, single):
    found = legend(plots.bound_versus_regret(reddi, "amsgrad"))
    assert {"Reddi et al., Cor. 1", "AMSGrad, schedule-free", "trivial bound", "mean online regret"} <= set(found)
    assert "certified interval (R = 3)" in found  # in a fixed order nothing is random
    assert "band: 95 % if replicates are normal (R = 3)" in legend(plots.bound_versus_regret(reddi, "adambs"))
    assert "certified interval (R = 1)" in legend(plots.bound_versus_regret(single))
    assert not any("95 %" in words for words in legend(plots.bound_versus_regret(single)))


def test_legend_says_reconstructed():
    corrected = simulate(f"adambs_corrected(alpha=7/20, {COMMON})", replicates=1, horizon=30, checkpoints=[10, 30])
    assert "AdamBS corrected (AdamCB Thm 3) (reconstructed)" in legend(plots.bound_versus_regret(corrected))


def test_slopes_are_one_half_and_one(reddi):
    ax = plots.bound_versus_regret(reddi, "amsgrad")
    assert {r"$\propto\sqrt{t}$", r"$\propto t$"} <= set(notes(ax))
    for power in (0.5, 1):
        (line,) = (line for line in ax.lines if line.get_label() == f"_slope {power:g}")
        t, y = line.get_data()
        np.testing.assert_allclose(np.diff(np.log(y)) / np.diff(np.log(t)), power)


def test_kind_and_bounds_can_be_chosen(reddi):
    data = plots.bound_versus_regret_data(reddi, "adam", kind="cumulative")
    assert set(data.role) == {"regret", "trivial"}
    whole = reddi.regret("cumulative", "adam").value.mean("replicate").sel(t=TIMES[1:])
    np.testing.assert_array_equal(data[data.role == "regret"].value, whole)
    chosen = plots.bound_versus_regret_data(reddi, "amsgrad", bounds="amsgrad.schedule_free")
    assert list(chosen[chosen.role == "bound"].id.unique()) == ["amsgrad.schedule_free"]
    assert list(chosen[chosen.role == "term"].id.unique()) == ["diameter", "gradients"]
    with pytest.raises(rl.InputError, match="speak of online regret"):
        plots.bound_versus_regret(reddi, "adam", kind="cumulative", bounds=["adam.printed"])
    with pytest.raises(rl.InputError, match="not about amsgrad"):
        plots.bound_versus_regret(reddi, "amsgrad", bounds=["adam.printed"])


def test_a_bound_on_cumulative_regret_draws_cumulative_regret():
    problem = rl.problems.StochasticReddi(C=8)
    result = simulate("amsgrad+adambs", problem=problem, horizon=30, checkpoints=[10, 30])
    data = plots.bound_versus_regret_data(result, bounds=["adambs.ours"])
    assert data.attrs["kind"] == "cumulative"
    assert plots.bound_versus_regret_data(result).attrs["kind"] == "online"


def test_the_samplers_own_regret_has_its_own_trivial_bound():
    result = simulate(f"adambs(alpha=7/20, {COMMON})", horizon=30, checkpoints=[3, 10, 30], measure=["sampler"])
    data, run = plots.bound_versus_regret_data(result, kind="sampler"), result.description()
    trivial = data[data.role == "trivial"]
    L, p_min = run.problem.constant("L"), run.law.floor
    assert trivial.value.to_numpy() == pytest.approx(trivial.t.to_numpy(float) * run.problem.n * L**2 / p_min)
    assert set(data[data.role == "bound"].id) == {"adambs.lemma1"}


def test_regret_that_a_logarithmic_axis_hides_is_said(reddi):
    data = plots.bound_versus_regret_data(reddi, "adambs")
    regret = data[data.role == "regret"]
    hidden = regret[regret.value <= 0]
    assert list(hidden.t) == [1]  # one step of Reddi's example: the only loss seen so far is the comparator's as well
    ax = plots.bound_versus_regret(reddi, "adambs")
    assert "▽ regret ≤ 0 until t = 1" in notes(ax)
    assert marked(ax, "below the axis")
    clear = plots.bound_versus_regret(reddi, "amsgrad")
    assert not marked(clear, "below the axis")
    assert not any("≤ 0" in note for note in notes(clear))


def test_regret_that_is_never_positive_still_makes_a_figure(reddi):
    record = reddi.record.copy(deep=True)
    for name in ("cumulative", "cumulative_low", "cumulative_high"):
        record[name] = -abs(record[name])
    ax = plots.bound_versus_regret(rl.Result(record), "adam", kind="cumulative")
    assert f"▽ regret ≤ 0 until t = {TIMES[-1]}" in notes(ax)


def test_an_open_interval_ends_at_the_axes(reddi):
    record = reddi.record.copy(deep=True)
    record["online_high"] = record.online_high * np.inf
    result = rl.Result(record)
    ax = plots.bound_versus_regret(result, "amsgrad")
    assert any("with certified gap" in words for words in legend(ax))
    assert any("from below" in words for words in legend(ax))
    assert any("against the best point found" in words for words in legend(plots.regret_overview(result)))
    assert np.isfinite(plots.regret_overview_data(result).high).all()
    assert np.isfinite(ax.get_ylim()).all()


@pytest.mark.parametrize("kind", ["online", "cumulative"])
def test_average_regret(reddi, kind):
    data = plots.average_regret_data(reddi, kind=kind)
    ax = plots.average_regret(reddi, kind=kind)
    for name in reddi.algorithms:
        mine = data[data.algorithm == name]
        assert mine.value.iloc[-1] == reddi.interval(kind, name).mean / reddi.horizon
        np.testing.assert_array_equal(curve(ax, reddi.label(name)), mine.value)
    assert (ax.get_yscale() == "log") == (data[["value", "low", "high"]] > 0).to_numpy().all()
    assert ax.get_xscale() == "log"


def test_negative_averages_are_shown(neuron):
    data = plots.average_regret_data(neuron)
    ax = plots.average_regret(neuron)
    low, high = ax.get_ylim()
    assert (low <= data.low.min(), high >= data.value.max()) == (True, True)
    assert ax.get_yscale() != "log"


def test_overview_has_exponents_with_intervals(reddi):
    data, ax = plots.regret_overview_data(reddi), plots.regret_overview(reddi)
    for name in reddi.algorithms:
        fit, mine = reddi.exponent("online", name), data[data.algorithm == name]
        assert tuple(mine[["exponent", "exponent_low", "exponent_high"]].iloc[0]) == fit[:3]
        text = f"{reddi.label(name)} $t^{{{fit.value:.2f}}}$ [{fit.low:.2f}, {fit.high:.2f}]"
        assert text in legend(ax)
    few = simulate(f"adam({COMMON})", horizon=3, checkpoints=[1, 3])
    assert any("no exponent" in words for words in legend(plots.regret_overview(few)))


def test_probabilities_are_sorted_and_comparable(neuron):
    data = plots.sampling_probabilities_data(neuron)
    assert set(data.label) == {"amsgrad + adambs", "AdamCB (as printed)"}
    for name, part in data.groupby("algorithm"):
        assert (np.diff(part.value) <= 0).all()
        assert part.value.sum() == pytest.approx(1)
        assert ((part.low <= part.value) & (part.value <= part.high)).all()
        p = neuron.of(name).probabilities.values
        assert part.high.iloc[0] == pytest.approx(p.max() / neuron.description(name).law.total)
    ax = plots.sampling_probabilities(neuron)
    np.testing.assert_array_equal(curve(ax, "AdamCB (as printed)"), data[data.label == "AdamCB (as printed)"].value)
    assert "inclusion probability / $K$" in ax.get_ylabel()
    assert "uniform: 1/40" in legend(ax)


def test_uniform_samplers_are_left_out_unless_named(reddi, single):
    assert set(plots.sampling_probabilities_data(reddi).label) == {"AdamBS (original)"}
    assert "inclusion" not in plots.sampling_probabilities(reddi).get_ylabel()
    named = plots.sampling_probabilities_data(reddi, algorithms=["amsgrad"])
    assert named.value.tolist() == named.uniform.tolist()
    with pytest.raises(rl.InputError, match="no algorithm of this result learns"):
        plots.sampling_probabilities(single)


def test_a_kind_nobody_measured_is_an_error(single):
    for figure in (plots.average_regret, plots.regret_overview):
        with pytest.raises(rl.InputError, match="simulate with measure"):
            figure(single, kind="cumulative")
        with pytest.raises(rl.InputError, match="unknown kind of regret"):
            figure(single, kind="cumulativ")


def test_labels_are_short_and_unique():
    named = Algorithm("my own", rl.methods.Adam())
    result = simulate(
        "adam(alpha=0.1, beta1=0.5)", "adam(alpha=0.2, beta1=0.5)", "adam(alpha=0.2, beta1=0.5, eps=0)", "adamcb",
        "amsgrad+adambs(p_min=1e-2)", "amsgrad+adambs(p_min=1e-3)", "adamx+uniform", "amsgrad(alpha=0.1)",
        "amsgrad(alpha=0.1000000001)", named, horizon=2, replicates=1, checkpoints=[2],
    )  # fmt: skip
    labels = {name: result.label(name) for name in result.algorithms}
    assert len(set(labels.values())) == len(labels)
    assert list(labels.values()) == [
        "Adam, alpha=0.1", "Adam, alpha=0.2", "Adam, alpha=0.2, eps=0", "AdamCB (as printed)",
        "amsgrad + adambs, p_min=0.01", "amsgrad + adambs, p_min=0.001", "adamx + uniform", "amsgrad(alpha=0.1)",
        "amsgrad(alpha=0.1000000001)", "my own",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [plots.COLUMN, 7])
def test_nothing_is_torn_or_overlaps(reddi, neuron, width):
    drawn = [
        plots.bound_versus_regret(neuron, "amsgrad+adambs", ax=plots.axes(width)),
        plots.regret_overview(reddi, ax=plots.axes(width)),
        plots.sampling_probabilities(neuron, ax=plots.axes(width)),
    ]
    for ax in drawn:
        assert ax.figure.get_figwidth() == width
        ax.figure.draw_without_rendering()
        assert not overlaps(ax)
        assert not outside(ax)
        assert ax.get_legend().get_window_extent().y0 > ax.bbox.y1


def test_an_overlap_would_be_found(reddi):
    ax = plots.average_regret(reddi)
    ax.annotate("one", (0.5, 0.5), xycoords="axes fraction")
    ax.annotate("two", (0.5, 0.5), xycoords="axes fraction")
    ax.annotate("far", (1.5, 0.5), xycoords="axes fraction").set_in_layout(False)
    ax.figure.draw_without_rendering()
    assert overlaps(ax) == [("two", "one")]
    assert outside(ax) == ["far"]


def test_lines_differ_without_colour():
    looks = [plots._draw.look(i) for i in range(20)]
    for part in ("color", "ls", "marker"):
        assert len({look[part] for look in looks[:7]}) == 7
    assert len({(look["ls"], look["marker"]) for look in looks}) == len(looks)


@pytest.mark.parametrize(("suffix", "begins"), [(".svg", b"<?xml"), (".pdf", b"%PDF"), (".png", b"\x89PNG")])
def test_files_are_the_same_bytes_every_time(single, tmp_path, suffix, begins):
    plots.save(plots.average_regret(single).figure, path := tmp_path / "new" / f"figure{suffix}")
    plots.save(plots.average_regret(single), buffer := io.BytesIO(), suffix=suffix)
    one = path.read_bytes()
    assert one.startswith(begins)
    assert one == buffer.getvalue()
    assert not any(word in one for word in (b"CreationDate", b"dc:date", b"matplotlib version"))


def test_a_file_that_cannot_be_written_is_an_input_error(single, tmp_path):
    ax = plots.bound_versus_regret(single)
    with pytest.raises(rl.InputError, match=r"suffix '\.gif'.*\.pdf, \.svg, \.png"):
        plots.save(ax, tmp_path / "figure.gif")
    with pytest.raises(rl.InputError, match="suffix ''"):
        plots.save(ax, io.BytesIO())
    (tmp_path / "file").write_text("")
    with pytest.raises(rl.InputError, match="cannot write"):
        plots.save(ax, tmp_path / "file" / "figure.svg")


def test_figures_need_no_pyplot_and_show_in_a_notebook(single):
    ax = plots.average_regret(single)
    assert ax.figure._repr_png_().startswith(b"\x89PNG")
    code = "import sys, regretlab.plots; regretlab.plots.axes(); sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_figures_can_be_drawn_on_axes_of_yours(reddi):
    figure = Figure(figsize=(7, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    assert plots.average_regret(reddi, ax=left) is left
    assert plots.regret_overview(reddi, ax=right) is right
    assert tuple(figure.get_size_inches()) == (7, 4)


def test_style_leaves_nothing_behind(single):
    import matplotlib

    before = dict(matplotlib.rcParams)
    plots.bound_versus_regret(single)
    with plots.style():
        assert matplotlib.rcParams["font.size"] == 7
    assert dict(matplotlib.rcParams) == before
