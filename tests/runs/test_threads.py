"""Runs in several threads at once are the runs that they are alone, and leave the process as it was."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import threadpoolctl

import regretlab as rl
from regretlab import algorithms
from regretlab.runs.plan import plan
from regretlab.runs.run import run
from regretlab.system import blas

WORKERS = 4


def blas_threads():
    return [found["num_threads"] for found in threadpoolctl.threadpool_info() if found["user_api"] == "blas"]


@pytest.fixture(autouse=True)
def _several_threads():
    """Where the machine has one core, BLAS has several threads all the same; a test leaves them so."""
    with threadpoolctl.threadpool_limits(3, user_api="blas"):
        yield
        assert set(blas_threads()) == {3}


def at_once(function, tasks):
    """What a function makes of the tasks, one thread for each, all begun together."""
    barrier = threading.Barrier(len(tasks))

    def begin(task):
        barrier.wait()
        return function(task)

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(begin, tasks))


X = np.random.default_rng(0).normal(size=(64, 5))
RUNS = {
    "BLAS in every step": (rl.problems.MLP(X, X[:, 0] > 0, hidden=3), "adam(alpha=0.1)"),
    "a bandit's trees": (rl.problems.Logistic(X, X[:, 0] > 0), "adamcb(gamma=0.4, batch_size=4)"),
    "a law that is drawn once": (rl.problems.Logistic(X, X[:, 0] > 0), "adam_uni(batch_size=8)"),
    "one dimension": (rl.problems.StochasticReddi(), "amsgrad"),
}


@pytest.mark.parametrize(("problem", "algorithm"), RUNS.values(), ids=RUNS)
def test_threads_that_share_the_parts_of_a_run_have_its_bits(problem, algorithm):
    shared = problem, algorithms.parse(algorithm)

    def one(seed):
        return rl.simulate(*shared, horizon=40, replicates=2, seed=seed, checkpoints=[40])

    alone = [one(seed).record for seed in range(2)]
    for together, record in zip(at_once(one, [0, 1] * (WORKERS // 2)), alone * (WORKERS // 2), strict=True):
        for name, values in record.data_vars.items():
            assert together.record[name].values.tobytes() == values.values.tobytes(), name


class Inside:
    """An observer that notes how many threads BLAS has, and can run something at the first checkpoint."""

    def __init__(self, then=lambda: None):
        self.seen, self.then = [], then

    def __call__(self, plan, state):
        if not self.seen:
            self.then()
        self.seen.append(max(blas_threads()))
        return {}

    def final(self):
        return {}


def observed(observer, algorithm="sgd"):
    run(plan(rl.problems.Reddi(), algorithms.parse(algorithm), horizon=30), observers=[observer])
    return observer.seen


def test_the_limit_lasts_until_the_last_run_ends():
    assert set(observed(Inside())) == {1}
    within = Inside(then=lambda: observed(Inside()))
    assert set(observed(within)) == {1}, "also after a run inside a run has ended"
    for seen in at_once(lambda _: observed(Inside()), range(WORKERS)):
        assert set(seen) == {1}


def test_a_limit_that_every_run_sets_and_restores_would_be_seen():
    """The twin: a run that ends inside another one takes its limit away."""
    inner, outer = Inside(), Inside(then=lambda: blas._restore(blas._before))
    assert set(observed(inner)) == {1}
    assert set(observed(outer)) == {3}


def test_a_run_that_fails_in_one_thread_leaves_the_others_alone():
    def fail():
        raise ZeroDivisionError

    def one(i):
        if i % 2:
            with pytest.raises(ZeroDivisionError):
                observed(Inside(then=fail))
            return {1}
        return set(observed(Inside()))

    assert at_once(one, range(WORKERS)) == [{1}] * WORKERS


@pytest.mark.skipif(not hasattr(os, "register_at_fork"), reason="there are no forks here")
def test_a_child_that_is_forked_while_a_thread_begins_a_run_can_run():
    """The lock of a thread that the child does not have is free in the child."""
    stop = threading.Event()

    def busy():
        while not stop.is_set():
            with blas.one_thread():
                pass

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        for _ in range(20):
            child = os.fork()
            if not child:
                with blas.one_thread():
                    os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        stop.set()
        thread.join()


def test_threads_may_make_the_schedules_of_one_method():
    method = algorithms.parse("adamx(lam=0.9)").method
    t = np.arange(1.0, 5000.0)
    whole = method.schedule_over(t)
    for made in at_once(lambda _: method.schedule_over(t), range(WORKERS)):
        assert all((a == b).all() for a, b in zip(made[:9], whole[:9], strict=True))
