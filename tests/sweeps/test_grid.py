"""The axes of a sweep and its cells: what names mean, and what is refused before any work."""

import numpy as np
import pytest

import regretlab as rl
from regretlab import studies, sweeps
from regretlab.sweeps.cells import grid_of
from regretlab.sweeps.grid import axes, read

STUDY = {"problem": "heavy_tailed_logistic(n=20, d=2)", "algorithm": ["adam(alpha=0.1)", "adamcb"], "horizon": 10}


def values(text, name="x"):
    return axes({name: text})[0].values


def test_ranges_and_lists_are_exact():
    assert values("8:128:x2") == (8, 16, 32, 64, 128)
    assert values("1e3:1e6:x10") == (1000, 10_000, 100_000, 1_000_000)
    assert values("0:1:+1/4") == (0, 0.25, 0.5, 0.75, 1)
    assert values("0.1:0.5:+0.1") == (0.1, 0.2, 0.3, 0.4, 0.5)  # sums of floats would miss 0.3 and 0.5
    assert values("1:9:x2") == (1, 2, 4, 8)
    assert values("1/3,0.5,2") == (1 / 3, 0.5, 2)
    assert values("adam,adamx(beta1=0, beta2=1/2)") == ("adam", "adamx(beta1=0, beta2=1/2)")
    assert values([np.float64(0.5), "1/4", np.int64(3)]) == (0.5, 0.25, 3)
    assert values(["sqrt", "None", "true"]) == ("sqrt", None, True)
    assert read(["T=1:2:x2", "adam = x=1"]) == {"T": "1:2:x2", "adam": "x=1"}


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"T": "8:2:x2"}, "ends before it begins"),
        ({"T": "2:8"}, "range without a step"),
        ({"T": "2:8:x1"}, "would not come to its end"),
        ({"T": "0:8:x2"}, "would not come to its end"),
        ({"T": "2:8:+0"}, "would not come to its end"),
        ({"T": "1:1e9:+1"}, "more than 100000 values"),
        ({"T": "1:1e12:x1.0000001"}, "more than 100000 values"),
        ({"T": []}, "gives T no values"),
        ({}, "names no parameter to sweep over"),
        ({"T": [1, 1.0]}, "the value 1.0 twice"),
        ({"T": [[1]]}, "give numbers and texts"),
        ({"T": {}}, "give a list of values"),
        ({3: [1]}, "which is no text"),
        ([1], "is not a table from names to values"),
        ({"alpha": "1:1000:+1", "T": "1:1000:+1"}, "more than 100000 cells"),
        ({"seed": [0, 1]}, "say which: run.seed or problem.seed"),
        ({"gamma": [0.1]}, "say which: problem.gamma or algorithm.gamma"),
        ({"alfa": [0.1]}, "did you mean 'alpha'"),
        ({"method.alpha": [0.1]}, "unknown part of a run"),
        ({"problem.alpha": [0.1]}, "unknown parameter to sweep over"),
        ({"T": [10], "horizon": [20]}, "are the same parameter"),
        ({"alpha": [-1]}, r"alpha=-1 is outside \(0, inf\)"),
        ({"K": [1, 50]}, "batch_size=50 is outside"),
        ({"T": [0]}, "horizon=0 is outside"),
        ({"R": [1.5]}, "replicates=1.5 is not an integer"),
        ({"algorithm": ["adem"]}, "did you mean 'adam'"),
        ({"problem": ["radi"]}, "did you mean 'reddi'"),
        ({"sampler": ["unifrom"]}, "did you mean 'uniform'"),
        ({"sampler": ["uniform+adam"]}, "write one sampler"),
    ],
)
def test_what_is_wrong_is_one_sentence_before_any_work(monkeypatch, over, sentence):
    monkeypatch.setattr(sweeps.executors, "carried_out", None)
    with pytest.raises(rl.InputError, match=sentence):
        rl.sweep(STUDY, over)


@pytest.mark.parametrize("study", [3, {"problem": "reddi"}, {"problem": "reddi", "algorithm": "adam", "horizn": 3}])
def test_what_is_no_study_is_one_sentence(study):
    with pytest.raises(rl.InputError):
        rl.sweep(study, {"T": [1]})


def laid_out(study, over):
    return grid_of(sweeps.as_study(study), axes(over), "log")


def test_names_set_what_they_name():
    grid = laid_out(STUDY, {"T": [5, 7], "K": [2], "run.seed": [3], "problem.seed": [4], "n": [30], "alpha": ["1/4"]})
    first = grid.runs[0]
    assert first.problem == "heavy_tailed_logistic(n=30, d=2, seed=4)"
    assert first.algorithm == "adam(alpha=0.25, batch_size=2)"
    assert (first.horizon, first.seed) == (5, 3)
    assert [axis.name for axis in grid.axes] == [
        "problem",
        "algorithm",
        "T",
        "K",
        "run.seed",
        "problem.seed",
        "n",
        "alpha",
    ]
    assert grid.axes[0].values == ("heavy_tailed_logistic(d=2)",)
    assert grid.axes[1].values == ("adam", "adamcb")


def test_an_algorithm_without_the_parameter_is_one_run_along_its_axis():
    grid = laid_out(STUDY, {"algorithm.gamma": [0.2, 0.4, 0.6]})
    assert [run.algorithm for run in grid.runs] == ["adam(alpha=0.1)"] + [f"adamcb(gamma={g})" for g in (0.2, 0.4, 0.6)]
    assert grid.places[0] == [(0, 0, 0), (0, 0, 1), (0, 0, 2)]


def test_samplers_take_the_place_of_an_algorithms_own():
    grid = laid_out(STUDY, {"sampler": ["uniform", "adambs(p_min=1e-4)"], "algorithm": "adamcb", "p_min": [1e-3]})
    assert [run.algorithm for run in grid.runs] == ["adamx+uniform", "adamx+adambs(p_min=0.001)"]


def test_problems_and_algorithms_of_a_study_are_picked_by_name():
    study = studies.load("seeds")
    grid = grid_of(study, axes({"problem": ["reddi"], "algorithm": ["adam", "sgd"], "C": [4, 8]}), "log")
    assert {run.algorithm for run in grid.runs} == {"adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)", "sgd"}
    assert {run.problem for run in grid.runs} == {"reddi(C=4)", "reddi(C=8)"}
    assert {run.horizon for run in grid.runs} == {1000}


def test_two_runs_in_one_cell_are_refused():
    cells = tuple(studies.Cell("reddi", ("adam",), horizon=T) for T in (10, 20))
    with pytest.raises(rl.InputError, match="differ in horizon"):
        grid_of(studies.Study("twice", cells), axes({"alpha": [1]}), "log")
    assert grid_of(studies.Study("twice", cells), axes({"T": [5]}), "log").runs[0].horizon == 5


def test_lists_of_checkpoints_stay_and_others_are_the_sweeps():
    assert laid_out(STUDY | {"checkpoints": [3, 9]}, {"T": [5]}).runs[0].checkpoints == [3]
    assert laid_out(STUDY, {"T": [5]}).runs[0].checkpoints == "log"


def test_data_are_built_once_for_all_cells(monkeypatch):
    built = []
    made = rl.problems.names.parse
    monkeypatch.setattr("regretlab.sweeps.worker.parse", lambda text: built.append(text) or made(text))
    monkeypatch.setattr("regretlab.sweeps.worker.PROBLEMS", sweeps.worker.Problems())
    rl.sweep(STUDY | {"problem": "heavy_tailed_logistic(n=21, d=2)"}, {"alpha": [0.1, 1], "T": [2, 3]}, jobs=1)
    assert built == ["heavy_tailed_logistic(n=21, d=2)"]
