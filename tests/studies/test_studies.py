"""The built-in studies about the papers' comparisons: every conclusion is reproduced, at the confidence it states.

Intervals hold at 95 % for all comparisons of a problem together, so that by chance alone one conclusion in twenty would
name somebody wrongly; with the seed of the study the draw is always the same.
"""

import re

import numpy as np
import pytest

import regretlab as rl
from regretlab import plots, studies
from regretlab.studies import conclusions, figures, report
from regretlab.studies.conclusions import _words as words

PAPERS = [
    "adambs-table1", "adamcb-figures", "adamcb-table1", "bias-correction", "gamma", "padam", "reddi-bandit",
    "weight-decay",
]  # fmt: skip


def concluded(name, cells=None, **settings):
    """The paragraph of a study, or of some of its cells, with other settings."""
    study = studies.override(studies.load(name), settings)
    chosen = study.cells[:cells]
    results = [rl.simulate(c.problem, list(c.algorithm), **c.arguments()) for c in chosen]
    return " ".join(conclusions.conclude(study.conclude, results))


@pytest.mark.parametrize("name", PAPERS)
def test_a_study_asks_and_says_how_it_answers(name):
    study = studies.load(name)
    assert study.question.endswith("?")
    conclusions.check(study.conclude)
    assert {cell.horizon >= 100 for cell in study.cells} == {True}


@pytest.mark.slow
def test_decoupled_decay_harms_the_loss_less_than_l2_once_both_have_converged():
    """The slides: they are not the same for Adam. Decidedly so on both data sets wherever the decay is not tiny."""
    text = concluded("weight-decay", horizon=1000, replicates=12, checkpoints=[1, 500, 1000])
    for strength in ("0.001", "0.01", "0.1"):
        found = re.findall(rf"at weight_decay = {strength}, AdamW has the least test loss, .*?, less than Adam w", text)
        assert len(found) == 2, strength
    still = [float(share) for share in re.findall(r"from t = 500 to the end it changes by at most ([\d.]+) %", text)]
    assert len(still) == 2
    assert max(still) < 6
    assert max(map(float, re.findall(r"between ([\d.]+) and [\d.]+ at t = 1000", text))) < 0.2  # far below ln 2
    assert text.count("each at its best weight_decay") == 2


def test_a_study_in_which_nothing_is_learned_would_be_seen():
    """The twin: unit scaling and the box [-1, 1] leave breast_cancer at 0.67, although training has converged."""
    result = rl.simulate("logistic(data='breast_cancer', test=0.2)", ["adamw", "adaml2"], horizon=40, replicates=2)
    text = " ".join(conclusions.conclude({"what": "ranking", "by": "test_loss"}, [result]))
    assert float(re.search(r"and (?:between )?([\d.]+)(?: and [\d.]+)? at t = 40", text).group(1)) > 0.67


def test_without_bias_correction_adam_is_faster_at_small_steps():
    """Its first step is (1 - beta1)/sqrt(1 - beta2), about 3.2, times as long."""
    text = concluded("bias-correction", cells=1, replicates=12, checkpoints=[300])
    for alpha in ("0.001", "0.01"):
        assert f"at alpha = {alpha}, Adam (bias_correction=False) has the least training loss" in text
    sentence = re.search(r"alpha = 0.001, Adam \(bias_correction=False\) has .*? less than Adam by ([\d.]+)", text)
    assert float(sentence.group(1)) == pytest.approx(0.09, abs=0.02)


def test_no_bandit_saves_adam_on_reddis_example():
    """Adam loses a fifth of a unit per step with every bandit; full information and AMSGrad are decidedly better."""
    text = concluded("reddi-bandit", horizon=1000, replicates=8, checkpoints=[1000])
    less, undecided = text.split("; undecided")
    assert "adam + oracle by" in less
    assert "amsgrad + uniform by" in less
    for bandit in ("adambs", "adambs_corrected", "adamcb", "adamcb_ours"):
        assert f"adam + {bandit}" in undecided
    assert float(re.search(r"cumulative regret of ([\d.]+)", text).group(1)) == pytest.approx(199.3, abs=1)


def test_adamcb_and_corrected_adambs_coincide_at_batches_of_one_and_count_once():
    text = concluded("reddi-bandit", horizon=100, replicates=2, checkpoints=[100])
    assert "adam + adamcb is adam + adambs_corrected here, bit for bit in every replicate" in text
    assert text.count("adam + adamcb ") == 1


def test_the_regret_is_least_without_a_bandit_and_so_is_the_bound():
    text = concluded("gamma", cells=1, replicates=16, checkpoints=[1000])
    assert "the cumulative regret is least at gamma = 1" in text
    assert "decidedly more at gamma = 0.05, 0.1, 0.2, 0.4" in text
    assert "is least at that end of the grid where gamma = 1" in text


@pytest.mark.slow
def test_no_sampler_is_decidedly_better_than_the_uniform_one_on_logistic_digits():
    text = concluded("adamcb-figures", cells=1, checkpoints=[112])
    assert "less is had by" not in text
    assert "all on the array engine" in text


def test_how_adaptive_padam_is_matters_little_when_its_step_is_tuned():
    text = concluded("padam", cells=1, replicates=8, checkpoints=[1000])
    least = float(re.search(r"the test loss is least at p = [\d.]+, ([\d.]+)", text).group(1))
    assert least == pytest.approx(0.089, abs=0.001)
    assert "decidedly more" not in text
    assert "best of 4 settings" in text


@pytest.mark.slow
def test_adamcb_is_not_decidedly_faster_than_adamx():
    text = concluded("adamcb-table1", replicates=8, checkpoints=[1000])
    assert "less is had by" not in text


@pytest.mark.slow
def test_adamcb_as_printed_is_decidedly_slower_on_two_problems_of_three():
    text = concluded("adamcb-table1")
    assert "less is had by" not in text
    assert "decidedly less or more cumulative regret than AdamX: AdamCB (as printed) more on 2." in text
    slower = [float(d) for d in re.findall(r"AdamCB \(as printed\) by [^;]*d_z = ([\d.]+)", text)]
    assert slower == pytest.approx([0.99, 0.68], abs=0.05)


@pytest.mark.slow
def test_adambs_and_adam_scale_within_the_claims_and_differ_little():
    text = concluded("adambs-table1", checkpoints=[62, 125, 250, 500, 1000])
    assert text.count("The cumulative regret of") == 2
    assert "faster than" not in text
    assert "decidedly more at 0" in text
    below = int(re.search(r"decidedly less cumulative regret than Adam at (\d) of the 9 points", text).group(1))
    assert below == 5
    assert float(re.search(r"effect size d_z of its logarithm between (-[\d.]+)", text).group(1)) < -2
    assert "not convex" in text
    adam, adambs = text.split("The cumulative regret of")[1:]
    for found in (adam, adambs):
        assert "within the claimed n^0" in found
        assert "within the claimed d^1" in found


def test_observations_of_a_grid_are_draws_of_the_data():
    """Three draws at each of three n: the mean of a cell is one observation."""
    cells = [
        rl.simulate(f"heavy_tailed_logistic(n={n}, d=3, seed={s})", "sgd", horizon=20, replicates=2)
        for n in (40, 80, 160)
        for s in range(3)
    ]
    (sweep,) = conclusions.sweeps({"what": "scaling"}, cells)
    (curve,) = sweep.points.values()
    assert [len(curve[n]) for n in (40, 80, 160)] == [3, 3, 3]
    assert curve[40][0] == cells[0].regret().value.values[:, -1].mean()
    data = plots.sweep_data(sweep.points)
    assert (data.low < data.value).all()


def test_parameters_shared_and_parameters_compared():
    names = [f"sgd(alpha={a}, schedule={s!r})" for a in (0.1, 1) for s in ("sqrt", "constant")]
    result = rl.simulate("reddi(C=3)", names, horizon=30)
    text = " ".join(conclusions.conclude({"what": "ranking", "each": "alpha"}, [result]))
    assert text.count("has the least online regret") == 3  # at two alphas, and of each schedule's best
    with pytest.raises(rl.InputError, match="unknown algorithm to compare against 'adam'"):
        conclusions.conclude({"what": "ranking", "against": "adam"}, [result])
    with pytest.raises(rl.InputError, match="unknown key of a ranking"):
        conclusions.check({"what": "ranking", "name": "alpha"})


def test_losses_over_epochs_and_seconds():
    problem = "logistic(data='breast_cancer', test=0.2)"
    result = rl.simulate(problem, "adam(batch_size=16)", horizon=60, replicates=3, checkpoints=[30, 60])
    by_epoch, by_clock = (plots.loss_curves_data(result, over=over) for over in ("epoch", "seconds"))
    train = by_epoch[by_epoch.set == "train"]
    assert train.x.tolist() == [30 * 16 / result.problem.n, 60 * 16 / result.problem.n]
    losses = result.of().train_loss.values
    np.testing.assert_array_equal(train.value, losses.mean(0))
    np.testing.assert_array_equal(train.high - train.value, (losses.mean(0) + losses.std(0, ddof=1)) - losses.mean(0))
    clock = by_clock[by_clock.set == "test"].x.to_numpy()
    np.testing.assert_allclose(clock, np.array([0.5, 1]) * result.of().attrs["seconds"])
    with pytest.raises(rl.InputError, match="unknown axis of a loss 'steps'"):
        plots.loss_curves_data(result, over="steps")
    with pytest.raises(rl.InputError, match="holds out no examples"):
        plots.loss_curves(rl.simulate("reddi", "sgd", horizon=3))


def test_curves_name_their_engines_where_seconds_cannot_be_compared():
    problem = rl.problems.Logistic(data="breast_cancer", test=0.2)
    mixed = rl.simulate(problem, ["adam", "adam_uni"], horizon=20, checkpoints=[10, 20])
    shown = plots.loss_curves(mixed, over="seconds").get_legend_handles_labels()[1]
    assert any("(array)" in words for words in shown)
    assert any("(compiled)" in words for words in shown)
    assert not any("(array)" in words for words in plots.loss_curves(mixed).get_legend_handles_labels()[1])


def test_the_page_shows_seconds_only_where_they_compare_algorithms():
    problem = rl.problems.Logistic(data="breast_cancer", test=0.2)
    alone, mixed = (rl.simulate(problem, of, horizon=20, checkpoints=[10, 20]) for of in ("adam", ["adam", "adam_uni"]))
    assert "loss over seconds" in figures.titles(alone)
    assert "loss over seconds" not in figures.titles(mixed)
    assert figures.titles(mixed)[0] == "loss over epochs"


def test_the_page_has_a_table_of_paired_differences():
    options = {"what": "ranking", "by": "cumulative"}
    result = rl.simulate("stochastic_reddi(C=3)", ["sgd", "adam"], horizon=50, replicates=4, measure=["cumulative"])
    page = report.page("mine", [result], [{}], differences=conclusions.tables(options, [result]),
                       conclusion=conclusions.conclude(options, [result]))  # fmt: skip
    assert "Paired differences" in page
    for heading in ("difference of cumulative regret", "95 % interval (Bonferroni), if normal", "effect size", "Holm"):
        assert heading in page
    assert "Paired differences" not in report.page("mine", [result], [{}], conclusion=["So."])


@pytest.mark.parametrize(
    ("numbers", "text"),
    [((1.23456, 1.2, 1.27), "1.235 [1.200, 1.270]"), ((798.58, 672, 900), "799 [672, 900]")],
)
def test_no_false_precision(numbers, text):
    assert words.bracket(*numbers) == text


def test_a_shorter_horizon_leaves_later_checkpoints_out():
    study = studies.override(studies.load("weight-decay"), {"horizon": 100})
    assert all(max(cell.checkpoints) <= 100 for cell in study.cells if isinstance(cell.checkpoints, list))
    assert all(cell.horizon == 100 for cell in study.cells)


PLAIN = 'problem = "reddi(C=8)"\nalgorithm = ["sgd"]\nhorizon = 10\n'


def loaded(tmp_path, content, name="mine.toml"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    study = studies.load(str(path))
    study.check()
    return study


def nested(depth):
    return f"{PLAIN}measure = {'[' * depth}{']' * depth}\n"


#: What a study file may say wrongly, and a word of the sentence that says so.
MALFORMED = {
    "a word for a number": (PLAIN.replace("10", '"soon"'), "horizon='soon' is not an integer"),
    "no whole number": (PLAIN.replace("10", "2.5"), "horizon=2.5 is not an integer"),
    "an exponent without end": (PLAIN.replace("10", '"1e888888888"'), "exponent beyond 999"),
    "truth for a number": ("seed = true\n" + PLAIN, "seed=True"),
    "a date for a number": ("seed = 2001-01-01\n" + PLAIN, "seed=2001-01-01"),
    "replicates by name": ("replicates = [0, 3]\n" + PLAIN, "replicates=[0, 3] in the study is a list; give"),
    "no replicates": ("replicates = []\n" + PLAIN, "list; give the number of runs, at least one"),
    "an integer that Python will not read": (PLAIN.replace("10", "8" * 5000), "is not a TOML file"),
    "a float that is nearly 0": (f"{PLAIN}checkpoints = [1e-999]\n", "closer to 0"),
    "a float beyond all": (f"{PLAIN}checkpoints = [1e500]\n", "beyond 1.8e308"),
    "nan": (f"{PLAIN}checkpoints = [nan]\n", "checkpoint=nan"),
    "a table of checkpoints": (f"{PLAIN}checkpoints = {{}}\n", "checkpoints={} in the study"),
    "a time of checkpoints": (f"{PLAIN}checkpoints = 10:00:00\n", "checkpoints=datetime.time(10, 0)"),
    "too many checkpoints": (f"{PLAIN}checkpoints = [{'1, ' * 100_001}]\n", "100001 steps"),
    "an engine that is no word": (f"{PLAIN}engine = 3\n", "engine=3 in the study"),
    "an algorithm in a table": ('problem = "reddi"\nalgorithm.a = "sgd"\n', "algorithm={'a': 'sgd'}"),
    "no algorithm": (PLAIN.replace('["sgd"]', "0"), "algorithm=0 in the study"),
    "a table of measures": (f"{PLAIN}measure = {{}}\n", "measure={} in the study"),
    "no runs": ("run = []\n" + PLAIN, "'run' must be a list of tables"),
    "a run inside a run": (f"{PLAIN}[[run]]\n[[run.run]]\n", "unknown key of a study 'run'"),
    "a question that is a list": ("question = [1]\n" + PLAIN, "question=[1] in the study is not text"),
    "shallow nesting": (nested(100), "measure="),
    "deep nesting": (nested(20_000), "too deeply"),
    "the same key twice": (f"{PLAIN}horizon = 3\n", "not a TOML file"),
    "not UTF-8": (b"# \xe9\n" + PLAIN.encode(), "in UTF-8"),
    "UTF-16": (PLAIN.encode("utf-16"), "in UTF-8"),
    "a NUL": (f"# \0\n{PLAIN}", "not a TOML file"),
    "a bare carriage return": (PLAIN.replace("\n", "\r"), "not a TOML file"),
    "a long key": (f"{PLAIN}{'k' * 40_000} = 1\n", "unknown key of a study"),
    "a key with an escape": (f'{PLAIN}"\\u001b[2J" = 1\n', "unknown key of a study"),
}
CONCLUSIONS = {
    "": "conclude={} says nothing; write [conclude]", "what = 1": "what=1",
    'what = ["ranking"]': "what=['ranking']", "[conclude.what]": "what={}",
    "what = 2000-01-01": "what=datetime.date", 'what = "ranking"\nby = 3': "by=3",
    'what = "ranking"\nagainst = ["sgd"]': "against=", 'what = "ranking"\neach = 1.5': "each=1.5",
    'what = "ranking"\neach = "schedule"': "no number to conclude over",
    'what = "ranking"\nclock = "no"': "clock='no' in [conclude] is not true or false",
    'what = "scaling"\nclaimed = 1': "claimed=1", 'what = "scaling"\nclaimed = "T"': "claimed='T'",
    'what = "scaling"\nclaimed = { T = "1" }': "T='1'", 'what = "scaling"\nclaimed = { d = inf }': "d=inf",
    'what = "scaling"\nclaimed = { d = true }': "d=True", 'what = "parameter"\nname = 2': "name=2",
    'what = "parameter"\nname = "alpha"\nbound = {}': "bound={}",
}  # fmt: skip


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_study_is_one_sentence(tmp_path, case):
    content, word = MALFORMED[case]
    with pytest.raises(rl.InputError) as caught:
        loaded(tmp_path, content)
    said = str(caught.value)
    assert word in said
    assert said.endswith(".")
    assert len(said) < 1000


@pytest.mark.parametrize("conclude", CONCLUSIONS)
def test_a_malformed_conclusion_is_one_sentence_before_anything_is_run(tmp_path, conclude):
    table = conclude if conclude.startswith("[") else f"[conclude]\n{conclude}"
    with pytest.raises(rl.InputError) as caught:
        loaded(tmp_path, f"{PLAIN}{table}\n")
    assert CONCLUSIONS[conclude] in str(caught.value)


def test_numbers_of_a_study_may_be_text_and_a_file_may_begin_with_a_mark(tmp_path):
    text = 'replicates = "6/2"\nseed = "0"\n' + PLAIN.replace("10", '"1e1"').replace("\n", "\r\n")
    (cell,) = loaded(tmp_path, "\ufeff" + text).cells
    assert (cell.horizon, cell.replicates, cell.seed) == (10, 3, 0)


@pytest.mark.parametrize("name", ["...toml", "....toml"])
def test_a_study_has_a_name_that_results_could_have(tmp_path, name):
    with pytest.raises(rl.InputError, match="has no name that its results could have"):
        loaded(tmp_path, PLAIN, name)


def test_data_of_a_study_lie_beside_it_wherever_it_is_run(tmp_path, monkeypatch):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "mine.csv").write_text("1,0\n2,1\n3,0\n")
    (tmp_path / "mine.csv").write_text("7,0\n8,1\n")  # the twin: another file of this name where it is run
    monkeypatch.chdir(tmp_path)
    here = 'algorithm = "sgd"\nproblem = ["logistic(data=\'mine.csv\')", "logistic(data=\'digits:3-8\')"]\n'
    mine, digits = loaded(tmp_path / "papers", here).check()
    assert (mine.n, digits.data.name) == (3, "digits:3-8")
    absolute = here.replace("mine.csv", str(tmp_path / "mine.csv"))
    assert loaded(tmp_path / "papers", absolute).check()[0].n == 2
    with pytest.raises(rl.InputError, match=r"papers/none.csv' does not exist"):
        loaded(tmp_path / "papers", here.replace("mine.csv", "none.csv"))
    given = studies.select(loaded(tmp_path / "papers", here), ["logistic(data='mine.csv')"], [])
    assert given.check()[0].n == 2, "what a command says is relative to where it is run"
