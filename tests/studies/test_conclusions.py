"""Conclusions follow from the numbers: who is better and how surely, exponents over a grid, the best parameter."""

import re

import numpy as np
import pytest

import regretlab as rl
from regretlab import studies
from regretlab.studies import conclusions, report

FAST, SLOW = "sgd(alpha=0.5)", "sgd(alpha=0.01)"


def logistic(n=40):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 3))
    return rl.problems.Logistic(X, np.sign(X[:, 0] + 0.1))


def concluded(results, **options):
    """The sentences as one paragraph."""
    return " ".join(conclusions.conclude(options, results))


def test_no_question_no_answer():
    assert conclusions.conclude({}, []) == []


def test_every_problem_and_remark_is_a_sentence_of_its_own():
    results = [rl.simulate(logistic(n), [FAST, SLOW], horizon=10, replicates=12) for n in (20, 40)]
    options = {"what": "ranking", "scope": "Two problems. On a third one all may differ."}
    sentences = conclusions.conclude(options, results)
    starts = ("Of 2 comparisons", "On logistic", "On logistic", "Brackets are", options["scope"])
    assert [s.startswith(start) for s, start in zip(sentences, starts, strict=True)] == [True] * 5
    page = report.page("mine", [], [], conclusion=sentences)
    assert f"<p>{options['scope']}</p>" in page


def test_a_ranking_says_who_and_by_how_much():
    result = rl.simulate(logistic(), [FAST, SLOW], horizon=300, replicates=8, measure=["cumulative"])
    text = concluded([result], what="ranking", by="cumulative")
    fast, slow = (result.regret("cumulative", name).value.values[:, -1] for name in (FAST, SLOW))
    assert "(alpha=0.5) has the least cumulative regret" in text
    gain, low, high = map(float, re.search(r"by ([\d.]+) \[([\d.]+), ([\d.]+)\]", text).groups())
    assert gain == pytest.approx((slow - fast).mean(), rel=5e-3)
    assert low <= gain <= high
    assert "Bonferroni" in text
    beside = concluded([result], what="ranking", by="cumulative", against=result.label(result.algorithms[1]))
    assert "less is had by" in beside


def test_effect_sizes_and_corrections_are_named_and_tabled():
    result = rl.simulate(logistic(), [FAST, SLOW], horizon=300, replicates=8, measure=["cumulative"])
    options = {"what": "ranking", "by": "cumulative"}
    text = concluded([result], **options)
    fast, slow = (result.regret("cumulative", name).value.values[:, -1] for name in (FAST, SLOW))
    effect = (slow - fast).mean() / (slow - fast).std(ddof=1)
    assert float(re.search(r"d_z = ([\d.]+)", text).group(1)) == pytest.approx(effect, rel=0.05)
    assert "R = 8 replicates" in text
    assert "Bonferroni" in text
    assert "Holm" in text
    ((_, table),) = conclusions.tables(options, [result]).items()
    assert table["difference of cumulative regret"].item() == pytest.approx((slow - fast).mean())
    assert table["effect size d_z"].item() == pytest.approx(effect)


def test_two_runs_on_one_problem_share_its_table():
    runs = [rl.simulate(logistic(), [FAST, SLOW], horizon=T, replicates=4) for T in (20, 40)]
    (table,) = conclusions.tables({"what": "ranking"}, runs).values()
    assert len(table) == 2


def test_groups_are_corrected_for_all_pairs_of_their_problem():
    """Two groups of two are four algorithms, six pairs: the same interval as in a ranking without groups."""
    names = [f"sgd(alpha={a}, schedule={s!r})" for a in (0.1, 1) for s in ("sqrt", "constant")]
    result = rl.simulate(logistic(), names, horizon=40, replicates=4)
    grouped, whole = ({"what": "ranking"} | extra for extra in ({"each": "alpha"}, {}))
    rows = [next(iter(conclusions.tables(options, [result]).values())) for options in (grouped, whole)]
    ends = [{frozenset(row[:2]): abs(row[3]) + abs(row[4]) for row in t.itertuples(index=False)} for t in rows]
    shared = set(ends[0]) & set(ends[1])
    assert shared
    assert all(ends[0][pair] == pytest.approx(ends[1][pair]) for pair in shared)
    assert "each at its best alpha" in concluded([result], **grouped)


def test_the_scope_of_a_study_ends_its_conclusion():
    result = rl.simulate(logistic(), [FAST, SLOW], horizon=10)
    text = concluded([result], what="ranking", scope="Only spheres were looked at.")
    assert text.endswith("Only spheres were looked at.")
    with pytest.raises(rl.InputError, match=r"scope=3 in \[conclude\] is not text in quotes"):
        conclusions.check({"what": "ranking", "scope": 3})


def test_what_the_data_do_not_decide_is_left_open():
    """The twin: the same algorithm under two spellings is placed before nothing."""
    names = ["sgd(alpha=0.5)", "sgd(alpha=0.5000001)"]
    result = rl.simulate(logistic(), names, horizon=50, replicates=4, measure=["cumulative"])
    text = concluded([result], what="ranking", by="cumulative")
    assert "less than" not in text or "e-" in text
    alone = rl.simulate(logistic(), [FAST, SLOW], horizon=50, measure=["cumulative"])
    assert "(one replicate)" in concluded([alone], what="ranking", by="cumulative")


def test_exponents_over_a_grid_beside_the_claimed_ones():
    """Zinkevich's sqrt(T) for SGD on stochastic losses, against claims of 1 and of 1/10."""
    problem = rl.problems.StochasticReddi(C=2, c=1, probability=0.5)
    results = [
        rl.simulate(problem, "sgd(alpha=1)", horizon=T, replicates=30, measure=["cumulative"])
        for T in (250, 1000, 4000)
    ]
    high = concluded(results, what="scaling", by="cumulative", claimed={"T": 1})
    assert "within the claimed T^1" in high
    low = concluded(results, what="scaling", by="cumulative", claimed={"T": -1})
    assert "faster than the claimed T^-1" in low
    assert "n^" not in low


def test_the_best_parameter_beside_the_bounds():
    names = [f"sgd(alpha={alpha})" for alpha in (0.01, 0.1, 1)]
    result = rl.simulate(logistic(), names, horizon=200, replicates=5)
    text = concluded([result], what="parameter", name="alpha", bound="sgd.zinkevich")
    values = {alpha: result.bound("sgd.zinkevich", f"sgd(alpha={alpha})").value for alpha in (0.01, 0.1, 1)}
    assert "bound sgd.zinkevich is least at" in text
    assert f"alpha = {min(values, key=values.get):g}" in text.split("bound")[1]


def test_values_of_a_parameter_without_effect_count_as_one_in_the_words_of_a_ranking():
    names = [f"adam(alpha=0.1, lam={lam})" for lam in (0.5, 0.9)]
    result = rl.simulate(logistic(), [f"{name[:-1]}, beta1=0)" for name in names], horizon=10, replicates=2)
    ranked, best = concluded([result], what="ranking"), concluded([result], what="parameter", name="lam")
    words = "here, bit for bit in every replicate, and counts as one with it"
    assert f"; lam = 0.9 is lam = 0.5 {words}" in best
    assert words in ranked


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"what": "rank"}, "unknown conclusion 'rank'"),
        ({"what": "ranking", "by": "regret"}, "unknown quantity to conclude by 'regret'"),
        ({"what": "scaling", "claimed": {"R": 1}}, "unknown axis of a claimed exponent 'R'"),
        ({"what": "parameter"}, "needs its name"),
        ({"what": "parameter", "name": "gamma", "bound": "adamcb"}, "unknown bound 'adamcb'"),
    ],
)
def test_a_table_that_cannot_be_followed_is_refused(options, sentence, tmp_path):
    with pytest.raises(rl.InputError, match=sentence):
        conclusions.check(options)


def test_a_loss_nobody_measured_is_an_error():
    result = rl.simulate(logistic(), FAST, horizon=10)
    with pytest.raises(rl.InputError, match="test_loss was not measured for sgd"):
        concluded([result], what="ranking", by="test_loss")


def test_a_study_with_a_question_concludes(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('question = "Why?"\nproblem = "reddi"\nalgorithm = "sgd"\n[conclude]\nwhat = "ranking"\n')
    study = studies.load(str(path))
    assert study.question == "Why?"
    assert study.conclude == {"what": "ranking"}
    path.write_text('problem = "reddi"\nalgorithm = "sgd"\nconclude = "ranking"\n')
    with pytest.raises(rl.InputError, match="is not a table"):
        studies.load(str(path))
