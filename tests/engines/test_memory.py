"""Memory is used again only when no array looks at it any more, however arrays are held."""

import gc
import weakref

import numpy as np
import pytest

import regretlab as rl
from regretlab import algorithms
from regretlab.engines import array
from regretlab.engines.compiled import memory
from regretlab.engines.compiled.engine import Compiled
from regretlab.engines.streams import Streams
from regretlab.problems import names
from regretlab.runs.plan import plan
from regretlab.runs.run import run
from regretlab.runs.schedule import coefficients

LONG = np.arange(memory.LARGE // 8 + 1, dtype=float)
HOLDERS = {
    "itself": lambda a: a,
    "a view": lambda a: a[5:],
    "a view of a view": lambda a: a[3:].reshape(-1, 2)[1:].T,
    "other bits": lambda a: a.view(np.int64),
    "a buffer": memoryview,
    "an array of a buffer": lambda a: np.asarray(memoryview(a)),
    "an array inside another": lambda a: [a[:1], a.copy()],
}


def address(a):
    return a.__array_interface__["data"][0]


@pytest.mark.parametrize("hold", HOLDERS.values(), ids=HOLDERS)
def test_what_is_held_in_any_way_is_not_written_to(hold):
    pool = memory.Pool()
    copy = pool.copy(LONG)
    place, held = address(copy), hold(copy)
    del copy
    again = pool.copy(LONG + 1)
    assert address(again) != place
    del held
    assert address(pool.copy(LONG + 2)) == place, "free, and so used again"
    assert (again == LONG + 1).all()


def test_copies_are_like_any_other_array():
    pool = memory.Pool()
    for given in (LONG.reshape(-1, 1), np.asfortranarray(LONG[:-1].reshape(-1, 2)), LONG.astype(np.uint64)):
        copy = pool.copy(given)
        assert type(copy) is np.ndarray
        assert copy.dtype == given.dtype
        assert copy.flags.c_contiguous
        assert copy.flags.writeable
        assert (copy == given).all()


def test_only_so_much_free_memory_is_kept():
    pool = memory.Pool()
    copies = [pool.copy(LONG) for _ in range(2 * memory.MOST_FREE)]
    assert len({address(a) for a in copies}) == len(copies)
    del copies
    assert [len(free) for free in pool._free.values()] == [memory.MOST_FREE]


def states(p, engine, blocks, steps):
    """The states after every block, from the first step on, all of them held."""
    streams, held = Streams(p.seed, "sampler", p.replicates), []
    state = array.initial(p.problem, p.sampler, len(p.replicates), (), np)
    for first in range(1, blocks * steps, steps):
        state = engine.advance(state, coefficients(p.algorithm, first, steps), streams)
        held.append(state)
    return held


def run_of_large_states():
    """Two replicates that carry a number for each of 100000 examples of one coordinate: both engines have its bits."""
    problem = rl.problems.StochasticReddi(C=99999, probability=1e-5)
    return plan(problem, algorithms.parse("amsgrad(alpha=0.5)"), horizon=10**6, replicates=2)


def same(p, blocks=8, steps=3):
    fast = states(p, Compiled(p.problem, p.sampler, threads=2), blocks, steps)
    slow = states(p, array.Arrays(p.problem, p.sampler, 2, np), blocks, steps)
    assert fast[0].totals["received"].nbytes >= memory.LARGE
    return all(
        (mine.moments.x == theirs.moments.x).all() and (mine.totals["received"] == theirs.totals["received"]).all()
        for mine, theirs in zip(fast, slow, strict=True)
    )


def test_every_state_that_is_held_stays_what_it_was():
    assert same(run_of_large_states())


def test_memory_that_is_given_back_too_early_would_be_seen(monkeypatch):
    """The twin: a pool that takes memory for free as soon as it is given out."""

    def careless(self, a):
        copy = self.__dict__.setdefault(("only", a.shape, a.dtype), np.empty_like(a))
        copy[...] = a
        return copy

    monkeypatch.setattr(memory.Pool, "copy", careless)
    assert not same(run_of_large_states())


class Holding:
    """An observer that keeps every state it is shown, and the sum of what it saw at the time."""

    def __init__(self):
        self.states, self.sums = [], []

    def __call__(self, plan, state):
        self.states.append(state)
        self.sums.append(state.totals["received"].sum(-1))
        return {}

    def final(self):
        return {}


def test_an_observer_may_keep_what_it_is_shown():
    p = run_of_large_states()._replace(horizon=2000, checkpoints=np.arange(100, 2001, 100))
    observer = Holding()
    run(p, engine="compiled", observers=[observer])
    for t, state, seen in zip(p.checkpoints, observer.states, observer.sums, strict=True):
        assert (state.totals["received"].sum(-1) == seen).all()
        assert seen == pytest.approx(t)


@pytest.mark.parametrize(
    ("problem", "replicates"), [("logistic", 2), ("reddi", 1), ("reddi", 9)], ids=["general", "alone", "lanes"]
)
def test_an_engine_goes_as_soon_as_nobody_holds_it(problem, replicates):
    p = plan(names.parse(problem), algorithms.parse("adam"), horizon=8, replicates=replicates)
    engine = Compiled(p.problem, p.sampler)
    held, there = states(p, engine, 2, 4), weakref.ref(engine)
    gc.disable()
    try:
        del engine
        assert there() is None, "its trees and working memory would wait for a collection"
    finally:
        gc.enable()
    assert len(held) == 2
