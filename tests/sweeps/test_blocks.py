"""Blocks: what is one task, in which order, and whether costs are ordered as seconds are."""

import random
import time

import pytest
from scipy.stats import spearmanr

import regretlab as rl
from regretlab import sweeps
from regretlab.sweeps import blocks
from regretlab.sweeps.cells import check, grid_of
from regretlab.sweeps.grid import axes
from regretlab.sweeps.worker import built
from tests import tolerances

STUDY = {"problem": "heavy_tailed_logistic(n=20, d=2)", "algorithm": "sgd", "horizon": 10, "replicates": 20}


def cut(over, study=STUDY):
    grid = grid_of(sweeps.as_study(study), axes(over), "log")
    return grid, blocks.tasks(grid.runs, check(grid, {}, built))


def test_horizons_of_a_line_are_one_task_in_ascending_order(monkeypatch):
    monkeypatch.setattr(blocks, "JOIN_SECONDS", 0.0)
    grid, tasks = cut({"T": [300, 10, 100], "alpha": [0.1, 1]})
    assert [[grid.runs[b.run].horizon for b in task.blocks] for task in tasks] == [[10, 100, 300]] * 2


def test_every_replicate_of_every_run_is_in_one_block(monkeypatch):
    monkeypatch.setattr(blocks, "SPLIT_SECONDS", 0.05)
    grid, tasks = cut({"T": [10, 300], "alpha": [0.1, 1, 2], "R": [3, 20]})
    found = sorted((b.run, r) for task in tasks for b in task.blocks for r in b.replicates)
    assert found == sorted((i, r) for i, run in enumerate(grid.runs) for r in range(run.replicates))
    sizes = {len(b.replicates) for task in tasks for b in task.blocks}
    assert sizes == {3, 8, 4}  # lanes of the processor stay together


def test_long_tasks_come_first_and_short_ones_are_joined():
    grid, tasks = cut({"T": [2], "n": [10, 1000], "alpha": "1:40:+1"}, STUDY | {"replicates": 1})
    costs = [task.cost for task in tasks]
    assert costs == sorted(costs, reverse=True)
    assert len(tasks) <= len(grid.runs) / 2
    assert all(task.cost <= blocks.JOIN_SECONDS for task in tasks if len({b.run for b in task.blocks}) > 2)
    assert all(len({grid.runs[b.run].problem for b in task.blocks}) == 1 for task in tasks)


def test_the_cut_does_not_depend_on_the_order_of_values():
    values = [0.1, 0.5, 1, 2]
    _, tasks = cut({"alpha": values})
    random.Random(0).shuffle(values)
    assert [task.cost for task in cut({"alpha": values})[1]] == [task.cost for task in tasks]


@pytest.mark.slow
def test_costs_are_in_the_order_of_seconds():
    over = {"T": [300, 3000, 30_000], "n": [30, 3000], "d": [2, 40], "K": [1, 16], "R": [1, 8]}
    grid = grid_of(sweeps.as_study(STUDY), axes(over), "log")
    facts = check(grid, {}, built)
    seconds = []
    for run in grid.runs:
        began = time.perf_counter()
        rl.simulate(built(run.problem), run.algorithm, **run.arguments()).summary()
        seconds.append(time.perf_counter() - began)
    costs = [blocks.cost(run, of) for run, of in zip(grid.runs, facts, strict=True)]
    assert spearmanr(costs, seconds).statistic > tolerances.ORDER_OF_COSTS
    flat = [blocks.cost(run._replace(horizon=1), of) for run, of in zip(grid.runs, facts, strict=True)]
    assert spearmanr(flat, seconds).statistic < spearmanr(costs, seconds).statistic  # the twin: no steps
