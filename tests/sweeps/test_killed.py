"""A sweep that is killed goes on from its store: every block once, the same bits, nothing left behind."""

import random
import signal
import sys

import pytest

import regretlab as rl
from tests.helpers import killed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


def finished(store, undisturbed):
    """Let the sweep go to its end, and check all that is said of it."""
    assert killed.run(store) == (0, undisturbed)
    blocks = killed.blocks(store)
    assert len({path.name + path.parent.name for path in blocks}) == len(blocks) == killed.BLOCKS
    assert not killed.half_written(store)
    kept = rl.Store(store)
    for one in kept.kept():
        kept.checked(one.line, one.block)
    again = rl.sweep(killed.study(), killed.OVER, store=store, jobs=1)
    assert (killed.digest(again), again.work.computed) == (undisturbed, 0)


@pytest.fixture(name="undisturbed", scope="module")
def _undisturbed():
    return killed.digest(rl.sweep(killed.study(), killed.OVER, jobs=1))


def test_a_sweep_that_is_killed_goes_on(undisturbed, tmp_path):
    status, _ = killed.run(tmp_path, new=5)
    assert status == -signal.SIGKILL
    assert 5 <= len(killed.blocks(tmp_path)) < killed.BLOCKS
    finished(tmp_path, undisturbed)


@pytest.mark.slow
def test_fifty_kills_at_random_moments_change_nothing(undisturbed, tmp_path):
    chance, kills = random.Random(15), 0
    for attempt in range(200):
        if kills >= 50:
            break
        store = tmp_path / str(attempt)
        for _ in range(chance.randint(1, 4)):
            status, _ = killed.run(store, chance.randint(0, 5), signal.SIGKILL, chance.uniform(0, 0.05))
            kills += status == -signal.SIGKILL
        finished(store, undisturbed)
    assert kills >= 50


@pytest.mark.slow
def test_a_sweep_that_is_told_to_stop_says_what_it_kept(undisturbed, tmp_path):
    for new in (1, 3, 3):
        status, said = killed.run(tmp_path, new, signal.SIGTERM)
        assert status == 1
        assert "cells were finished, they are in the store; the same call goes on" in said
        assert "Traceback" not in said
    finished(tmp_path, undisturbed)
