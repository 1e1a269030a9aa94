"""The description of a run: plain data for a record, and what it says without being asked for names."""

import json

import pytest

import regretlab as rl
from regretlab.runs.description import Description
from regretlab.samplers import Law

#: As a record of version 0.1.0 has it, before domains and the ends of periods were described.
SAVED = """{
 "problem": {"name": "reddi(C=8)", "n": 3, "d": 1, "convex": true, "convex_reason": "linear losses", "D": 2.0,
             "D2": 2.0, "constants": {"L": [8.0, "C"], "span": [Infinity, "unknown"]}, "digest": "0a"},
 "algorithm": "adambs", "method": "adam", "method_parameters": {"alpha": 0.1, "beta1": 0.9}, "sampler": "adambs",
 "sampler_parameters": {"gamma": 0.4}, "K": 1, "horizon": 20, "replicates": [0, 1], "seed": 3, "measure": ["sampler"],
 "law": {"total": 1.0, "floor": 0.1, "cap": 1.0, "factor": 1.0, "max_weight": 3.5}, "of_a_later_version": 1}"""


def test_a_saved_description_is_read_and_written_again():
    data = json.loads(SAVED)
    run = Description.from_data(data)
    assert (run.problem.constant("L"), run.problem.constants["L"].how, run.problem.domain) == (8.0, "C", "")
    assert run.problem.constant("G_inf", 7.0) == 7.0
    assert run.law == Law(1.0, 0.1, 1.0, 1.0, 3.5)
    assert (run.replicates, run.measure) == ((0, 1), ("sampler",))
    del data["of_a_later_version"]
    data["problem"]["domain"], data["ends"] = "", []
    assert json.loads(json.dumps(run.to_data())) == data
    assert Description.from_data(run.to_data()) == run


@pytest.mark.parametrize("missing", ["law", "problem", "K"])
def test_a_description_without_a_part_is_none(missing):
    data = json.loads(SAVED)
    del data[missing]
    with pytest.raises(KeyError, match=missing):
        Description.from_data(data)


@pytest.mark.parametrize(
    ("problem", "algorithm", "random", "learns"),
    [
        ("reddi", "adam", False, False),
        ("stochastic_reddi", "adam", True, False),
        ("stochastic_reddi", "adambs", True, True),
        ("stochastic_reddi", "adam_impt", True, False),
        ("stochastic_reddi(C=3)", "adamcb(batch_size=40)", False, True),
    ],
)
def test_a_description_knows_what_is_random_and_what_learns(problem, algorithm, random, learns):
    run = rl.simulate(problem, algorithm, horizon=3).description()
    assert (run.random, run.learns) == (random, learns)
