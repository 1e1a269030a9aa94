"""The answer of a page: sentences that follow from the numbers, before anything else, and one row for an algorithm."""

import base64
import io
import json
import re

import numpy as np
import pandas as pd
import pytest

import regretlab as rl
from regretlab import plots
from regretlab.studies import figures, report
from regretlab.studies.answer import answer, counted
from regretlab.studies.figures import Drawn
from regretlab.studies.formats import formats

PARAMETERS = "alpha=7/20, beta1=0, beta2=1/65, lam=1/1000"


@pytest.fixture(scope="module")
def reddi():
    return rl.simulate(rl.problems.Reddi(C=8), [f"adam({PARAMETERS}, eps=0)", f"amsgrad({PARAMETERS})"], horizon=1000)


def test_the_sentences_are_those_of_the_verdicts(reddi):
    said = answer(reddi)
    assert said.title == "Reddi's example"
    violated, growth = said.sentences[0], said.sentences[-1]
    first = reddi.first_violation("adam.printed", "adam")
    assert violated.startswith("Adam leaves Kingma & Ba, Thm 4.1 at T = ")
    assert str(first) in violated
    assert "AMSGrad" not in violated
    assert all(b.verdict != "violated" for b in reddi.comparisons("amsgrad"))
    assert re.fullmatch(r"Regret grows from T\^0\.\d\d \(AMSGrad\) to T\^\d\.\d\d \(Adam, linearly\)\.", growth)


def test_a_theorem_that_does_not_apply_is_said_with_its_reason():
    neuron = rl.simulate("one_neuron(n=20, d=3)", "adamx(alpha=0.1)", horizon=20, replicates=2)
    assert "No theorem applies, because the losses are not convex." in answer(neuron).sentences


def test_verdicts_are_counted_from_the_one_that_matters_most():
    bounds = [{"verdict": v, "first_violation": 7} for v in ("holds", "vacuous", "not applicable because x", "holds")]
    assert counted(bounds) == [("holds", "2 hold"), ("vacuous", "vacuous"), ("not applicable", "not applicable")]
    assert counted([*bounds, {"verdict": "violated", "first_violation": 7}])[0] == ("violated", "violated at t = 7")


def test_the_page_answers_before_its_tables_and_has_a_row_for_an_algorithm(reddi):
    page = report.page("mine", [reddi], [{}])
    body = page[page.index("<body>") :]
    assert 0 < body.index('class="answer"') < body.index("Verdicts") < body.index("<table")
    assert body.count('<details class="line">') == 2
    for said in answer(reddi).sentences[:1]:
        assert said.replace("&", "&amp;") in body
    for target in re.findall(r'href="#([^"]+)"', body):
        assert f'id="{target}"' in body


def test_the_caption_says_why_regret_is_cumulative(reddi):
    both = rl.simulate("stochastic_reddi(C=4)", ["adamx", "adamcb(batch_size=2)"], horizon=9, measure=["cumulative"])
    said = "cumulative, the scale that biased and unbiased estimates share"
    assert said in report.page("mine", [both], [{"regret": Drawn("figures/r", "<svg></svg>", "t\n1\n", "[]")}])
    assert said not in report.page("mine", [reddi], [{"regret": Drawn("figures/r", "<svg></svg>", "t\n1\n", "[]")}])


def test_a_biased_estimate_shares_an_axis_with_others_in_cumulative_regret_or_says_so():
    algorithms = ["adamx(alpha=0.1, batch_size=2)", "adamcb(alpha=0.1, batch_size=2)"]
    measured, estimated = (
        rl.simulate("stochastic_reddi(C=4)", algorithms, horizon=30, measure=measure)
        for measure in (["cumulative"], [])
    )
    assert plots.regret_overview(measured).get_ylabel().startswith("cumulative")
    labels = [text.get_text() for text in plots.regret_overview(measured, kind="online").get_legend().get_texts()]
    assert sum("biased" in label for label in labels) == 1
    alone = rl.simulate("stochastic_reddi(C=4)", algorithms[:1], horizon=30)
    assert plots.common_kind(alone) == "online", "the twin: nothing is biased"
    assert plots.common_kind(estimated) == "cumulative", "of an estimator with a factor the estimate is unbiased"


def test_the_data_of_a_figure_are_in_the_page_or_linked_where_they_are_long(reddi, monkeypatch):
    one = figures.drawn(reddi, "regret", "figures/reddi-regret")
    link = re.compile(r'download="reddi-regret.csv" href="([^"]+)"')
    inside = link.search(report.page("mine", [reddi], [{"regret": one}]))[1]
    told = pd.read_csv(io.BytesIO(base64.b64decode(inside.removeprefix("data:text/csv;base64,"))))
    data = plots.regret_overview_data(reddi)
    assert told.label.tolist() == data.label.tolist()
    assert told.value.to_numpy() == pytest.approx(data.value.to_numpy(), rel=1e-6)
    monkeypatch.setattr(report, "LONGEST_INSIDE", 10)
    page = report.page("mine", [reddi], [{"regret": one}])
    assert (link.search(page)[1], "data-frame=" in page) == ("figures/reddi-regret.csv", False)


def test_the_frame_of_a_figure_says_where_on_it_a_horizon_is(reddi):
    """The script reads t from the pointer by it: the last marker of a curve in the SVG must be at the horizon."""
    one = figures.drawn(reddi, "average", "average")
    x, y, scale, low, high, left, right, named = json.loads(one.frame)
    assert (x, y, scale) == ("t", "value", "log")
    assert named[:2] == ["Adam", "AMSGrad"]
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', one.svg)[1])
    share = np.log(reddi.horizon / float(low)) / np.log(float(high) / float(low))
    place = width * (float(left) + share * (float(right) - float(left)))
    path = re.search(r'<path d="(M [^"]+)" clip-path[^>]+fill: none; stroke: #0072b2', one.svg)[1]
    assert float(path.split()[-2]) == pytest.approx(place, abs=0.05)  # points; the axis is 200 of them long


def test_a_curve_its_band_and_its_entry_in_the_legend_have_ids_by_which_the_page_hides_them(reddi):
    """What the legend alone explains, the look of bands, is no curve and cannot be hidden."""
    svg = figures.drawn(reddi, "bound Adam", "bound").svg
    named = json.loads(figures.drawn(reddi, "bound Adam", "bound").frame)[7]
    assert named[0] == "online regret"
    for i, name in enumerate(named):
        assert not name or f'id="curve-{i}-0"' in svg
        assert f'id="key-{i}"' in svg
        assert f'id="words-{i}"' in svg
    several = rl.simulate("stochastic_reddi(C=4)", ["adamx", "sgd"], horizon=30, replicates=3)
    assert {f'id="curve-1-{j}"' in figures.drawn(several, "regret", "r").svg for j in (0, 1)} == {True}
    assert '"curve-1-2"' not in figures.drawn(several, "regret", "r").svg, "the twin: a band and a line are all it has"


def test_the_table_for_a_paper_has_the_numbers_of_the_summary(reddi):
    table, made = reddi.table(), formats(reddi)
    assert pd.read_csv(io.StringIO(made["csv"])).value.to_numpy() == pytest.approx(table.value.to_numpy())
    heading, rule, *lines = made["md"].splitlines()
    assert len(lines) == len(table)
    assert {line.count(" | ") for line in (heading, rule, *lines)} == {6}
    for line, row in zip(lines, table.itertuples(), strict=True):
        cells = line.strip("| ").split(" | ")
        assert (cells[0], cells[3], cells[6]) == (row.algorithm, row.bound, row.verdict)
        assert float(cells[4]) == pytest.approx(row.value, rel=5e-4)
    assert made["tex"].count(r"\\") == 1 + len(table)
    assert r"amsgrad.schedule\_free" in made["tex"], "an underscore alone would be a subscript outside mathematics"


def test_the_page_says_what_makes_it_again(reddi):
    page = report.page("mine", [reddi], [{}], command="regretlab run reddi --horizon '9 & 1'")
    assert "<code>regretlab run reddi --horizon &#39;9 &amp; 1&#39;</code>" in page
    assert "Made by" not in report.page("mine", [reddi], [{}])
