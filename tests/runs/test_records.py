"""Records of earlier versions are read, say the same, and go on."""

import gzip
from pathlib import Path

import pytest
import xarray as xr

import regretlab as rl
from tests.tolerances import ROUND_OFF_OF_A_RUN

#: Made by version 0.1.0 at format 3, when descriptions were dicts; compressed without a time stamp.
SAVED = Path(__file__).with_name("format_3.nc.gz")
PROBLEM, ALGORITHMS = "stochastic_reddi(C=6)", ["amsgrad(alpha=0.3, lam=0.9)", "adambs(alpha=0.5)"]
RUN = {"replicates": 2, "seed": 3, "measure": ["sampler"]}


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "saved.nc"
    path.write_bytes(gzip.decompress(SAVED.read_bytes()))
    return rl.Result.open(path)


def looked_at(result, name):
    return [(c.bound.id, c.verdict, c.look.where, c.first_violation) for c in result.comparisons(name)]


def test_a_record_of_an_earlier_version_is_what_the_run_gives_today(saved):
    today = rl.simulate(PROBLEM, ALGORITHMS, horizon=20, checkpoints=[5, 20], **RUN)
    xr.testing.assert_allclose(saved.record, today.record, rtol=ROUND_OFF_OF_A_RUN)
    for name in ALGORITHMS:
        assert saved.description(name) == today.description(name)
        assert looked_at(saved, name) == looked_at(today, name)


def test_it_goes_on_as_one_of_today(saved):
    longer = saved.extend(horizon=40, checkpoints=[40], problem=PROBLEM)
    today = rl.simulate(PROBLEM, ALGORITHMS, horizon=20, checkpoints=[5, 20], **RUN).extend(
        horizon=40, checkpoints=[40]
    )
    xr.testing.assert_allclose(longer.record, today.record, rtol=ROUND_OFF_OF_A_RUN)
