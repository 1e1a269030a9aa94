"""A sweep gives the bits of simulate, whatever carries it out; what it gives is one dataset."""

import multiprocessing as mp
import random
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
import xarray as xr

import regretlab as rl
from regretlab import sweeps
from regretlab.sweeps import blocks, executors, spool, worker
from regretlab.system import progress
from tests.helpers.slow import Slow

STUDY = {"problem": ["reddi(C=8)", "stochastic_reddi"], "algorithm": "sgd", "horizon": 50, "replicates": 3}
OVER = {"alpha": [0.1, 1], "T": [5, 20, 60]}


@pytest.fixture(name="whole", scope="module")
def _whole():
    return rl.sweep(STUDY, OVER, jobs=1)


def same(one, other):
    return one.dataset.drop_vars("seconds").identical(other.dataset.drop_vars("seconds"))


def test_a_cell_has_the_bits_of_simulate(whole):
    run = rl.simulate("stochastic_reddi", "sgd(alpha=1)", horizon=60, replicates=3, checkpoints="decimal")
    cell = whole.dataset.sel(problem="stochastic_reddi", algorithm="sgd", alpha=1, T=60)
    assert cell.online.values.tolist() == run.regret().value.values[:, -1].tolist()
    assert float(cell.ratio.sel(bound="sgd.zinkevich")) == run.bound("sgd.zinkevich").ratio
    assert str(cell.verdict.sel(bound="sgd.zinkevich").values) == run.bound("sgd.zinkevich").verdict
    assert (float(cell.online_mean_low), float(cell.online_mean_high)) == run.interval()[1:3]
    assert not rl.sweep(STUDY | {"seed": 1}, {"T": [10]}, jobs=1).dataset.online.equals(whole.dataset.online)


def test_processes_threads_and_any_order_give_the_same_bits(whole, monkeypatch):
    assert same(rl.sweep(STUDY, OVER, jobs=2), whole)
    with ThreadPoolExecutor(3) as threads:
        assert same(rl.sweep(STUDY, OVER, threads), whole)
    cut = blocks.tasks
    monkeypatch.setattr(sweeps, "tasks", lambda *of: random.Random(3).sample(found := cut(*of), len(found)))
    assert same(rl.sweep(STUDY, OVER, jobs=1), whole)


def test_replicates_that_are_made_apart_give_the_same_bits(monkeypatch):
    study = STUDY | {"replicates": 20, "horizon": 50}
    whole = rl.sweep(study, {"alpha": [0.1, 1]}, jobs=1)
    monkeypatch.setattr(blocks, "SPLIT_SECONDS", 1e-6)
    assert same(rl.sweep(study, {"alpha": [0.1, 1]}, jobs=1), whole)


@pytest.mark.slow
def test_a_pool_of_ones_own_gives_the_same_bits(whole):
    with ProcessPoolExecutor(2, mp.get_context("forkserver")) as pool:
        assert same(rl.sweep(STUDY, OVER, pool), whole)


def test_a_problem_that_is_an_object_is_sent_once(monkeypatch):
    study = {"problem": Slow(), "algorithm": "sgd", "horizon": 5}
    loaded = []
    load = worker.pickle.loads
    monkeypatch.setattr(worker.pickle, "loads", lambda content: loaded.append(1) or load(content))
    monkeypatch.setattr(worker, "PROBLEMS", worker.Problems())
    found = rl.sweep(study, {"alpha": [0.1, 1, 2], "T": [3, 5]}, jobs=1)
    assert loaded == [1]
    assert (
        found.cell(alpha=1, T=5).regret().value.values[:, -1].tolist()
        == found.dataset.online.sel(alpha=1, T=5).values.ravel().tolist()
    )


def test_problems_that_take_too_much_memory_are_dropped(monkeypatch):
    monkeypatch.setattr(worker, "KEPT_SHARE", 0.0)
    kept = worker.Problems()
    for n in (10, 20, 10):
        kept.get(str(n), lambda n=n: rl.problems.HeavyTailedLogistic(n=n, d=10))
    assert list(kept._kept) == ["10"]


def test_what_a_worker_cannot_do_alike_is_one_sentence():
    with pytest.raises(rl.InputError, match="install the same version"):
        worker.make(worker.Order((), "reddi", "", version="0.0"))
    with pytest.raises(rl.InputError, match="give all machines the same file"):
        worker.make(worker.Order((), "reddi", "another digest"))
    with pytest.raises(rl.InputError, match="is no executor"):
        rl.sweep(STUDY, OVER, executor=3)


def test_a_killed_process_is_one_sentence(tmp_path):
    study = {"problem": Slow(kills=str(tmp_path / "kill")), "algorithm": "sgd", "horizon": 5}
    (tmp_path / "kill").touch()
    with pytest.raises(rl.InputError, match=r"killed from outside.*same store goes on"):
        rl.sweep(study, {"alpha": [0.1, 1]}, jobs=2)


def test_an_interruption_says_what_was_finished(monkeypatch):
    make = worker.make

    def interrupted(order, given=None):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(order)
        return make(order, given)

    made = []
    monkeypatch.setattr(blocks, "JOIN_SECONDS", 0.0)
    monkeypatch.setattr(executors, "make", interrupted)
    with pytest.raises(KeyboardInterrupt, match="2 of 4 cells were finished, nothing is kept without a store"):
        rl.sweep(STUDY | {"problem": "reddi"}, {"alpha": [0.1, 1, 2, 3]}, jobs=1)


def test_progress_is_weighted_by_cost(whole, capsys, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS", 0.0)
    assert same(rl.sweep(STUDY, OVER, jobs=1, progress=True), whole)
    shown = capsys.readouterr().err
    assert "/12 cells" in shown
    assert "12/12 cells" in shown.splitlines()[-1]
    assert same(rl.sweep(STUDY, OVER, jobs=1), whole)
    assert capsys.readouterr().err == ""


def test_a_part_of_the_grid_is_a_result(whole):
    result = whole.cell(problem="reddi(C=8)", alpha=1, T=20)
    assert result.algorithms == ["sgd(alpha=1)"]
    assert whole.cell(problem="reddi", algorithm="sgd", alpha=1, T=20).record.equals(result.record)
    for wrong, sentence in (
        ({"alpha": 1, "T": 20}, "several values of problem"), ({"alph": 1}, "did you mean 'alpha'"),
        ({"alpha": 3}, "alpha=3 is not in the sweep"),
    ):  # fmt: skip
        with pytest.raises(rl.InputError, match=sentence):
            whole.cell(**wrong)


def test_exponents_along_an_axis(whole):
    table = whole.exponents("T")
    assert len(table) == 4
    line = table[(table.problem == "stochastic_reddi") & (table.algorithm == "sgd") & (table.alpha == 1)].iloc[0]
    runs = {T: whole.cell(problem="stochastic_reddi", algorithm="sgd", alpha=1, T=T) for T in (5, 20, 60)}
    assert line["value"] == rl.scaling.across(runs, name="T").value
    for along, sentence in (("t", "unknown axis"), ("algorithm", "no numbers"), ("alpha", "at least three values")):
        with pytest.raises(rl.InputError, match=sentence):
            whole.exponents(along)
    with pytest.raises(rl.InputError, match="was not measured"):
        whole.exponents("T", "sampler")


def test_a_study_with_a_question_is_answered():
    conclude = {"what": "scaling", "claimed": {"T": 0.5}}
    study = rl.studies.Study("asks", (rl.studies.Cell("reddi(C=8)", ("sgd(alpha=1)",), replicates=2),), "?", conclude)
    found = rl.sweep(study, {"T": [50, 100, 200]}, jobs=1)
    (first, *_) = found.conclude()
    assert first.startswith("The online regret of Online gradient descent / SGD at the horizon goes like T^0.")
    assert rl.sweep(STUDY, {"T": [10]}, jobs=1).conclude() == []


def test_the_dataset_is_saved_and_read(whole, tmp_path):
    path = whole.to_netcdf(tmp_path / "sweep.nc")
    with xr.open_dataset(path) as read:
        xr.testing.assert_equal(read.load(), whole.dataset)
    with pytest.raises(rl.InputError, match="cannot write"):
        whole.to_netcdf("/dev/null/sweep.nc")


def test_many_replicates_are_read_from_the_disk_when_they_are_asked_for(whole, monkeypatch, tmp_path):
    monkeypatch.setattr(spool, "LARGE", 0)
    lazy = rl.sweep(STUDY, OVER, jobs=1)
    assert lazy.dataset.online.chunks is not None
    assert lazy.dataset.online_mean.chunks is None
    xr.testing.assert_identical(lazy.dataset.drop_vars("seconds").compute(), whole.dataset.drop_vars("seconds"))
    assert lazy.exponents("T").value.tolist() == whole.exponents("T").value.tolist()
    assert len(lazy.plot("T", facet="problem")) == 2
    with xr.open_dataset(lazy.to_netcdf(tmp_path / "sweep.nc")) as read:
        assert read.online.equals(whole.dataset.online)
    monkeypatch.setattr(spool, "find_spec", lambda name: None)
    assert rl.sweep(STUDY, {"T": [5]}, jobs=1).dataset.online.chunks is None


def test_runs_of_different_sizes_leave_nans():
    found = rl.sweep(STUDY | {"problem": "reddi"}, {"R": [1, 4]}, jobs=1)
    assert np.isnan(found.dataset.online.sel(R=1)).sum(dim="replicate").values.tolist() == [[3]]
    assert not np.isnan(found.dataset.online.sel(R=4)).any()


def test_figures_of_a_sweep(whole):
    lines = whole.plot("T", problem="reddi(C=8)")
    assert lines.get_xlabel() == "horizon $T$"
    assert len([line for line in lines.lines if line.get_marker() != "None"]) == 2
    assert len(whole.plot("T", facet="problem")) == 2
    maps = whole.plot(("alpha", "T"))
    assert [len(ax.texts) for ax in maps] == [6, 6]
    assert "sgd.zinkevich" in maps[0].get_legend().get_title().get_text()
    for arguments, sentence in (
        ({"x": "q"}, "unknown axis"), ({"x": "algorithm"}, "no numbers"), ({"x": ("T", "T")}, "neither one axis"),
        ({"x": "T", "kind": "sampler"}, "not measured"), ({"alpha": 7}, "alpha=7 is not in the sweep"),
        ({"x": ("alpha", "T"), "bound": "adam.printed"}, "unknown bound of these cells"),
    ):  # fmt: skip
        with pytest.raises(rl.InputError, match=sentence):
            whole.plot(**arguments)


def test_it_shows_what_it_is(whole):
    assert repr(whole) == "<Sweep of sweep: 12 cells over problem (2) x algorithm (1) x alpha (2) x T (3)>"
    counted = whole.verdicts()["sgd.zinkevich"]
    assert counted.total() == 12
    assert f"{counted['holds']} holds" in whole._repr_html_()


def test_lost_floats_are_told_once():
    study = {"problem": "reddi(C=4e-180, c=1e-180)", "algorithm": "adagrad", "horizon": 10}
    with pytest.warns(rl.UnderflowWarning, match="of 2 cells have"):
        rl.sweep(study, {"alpha": [0.1, 1]}, jobs=1)
