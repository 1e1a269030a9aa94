"""A run that is stopped, however and wherever, goes on from its snapshot to the bits of one that was not."""

import contextlib
import errno
import itertools
import warnings
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import regretlab as rl
from regretlab import algorithms
from regretlab.engines import array
from regretlab.runs import regret, snapshots
from regretlab.runs.held_out import observers_of
from regretlab.runs.plan import plan
from regretlab.runs.regret import Regrets
from regretlab.runs.run import run
from regretlab.runs.schedule import Schedule
from regretlab.runs.snapshots import Reached, Snapshots
from tests.helpers.runs import BANDITS, LINEAR_MODELS, ORDERS, logistic

HORIZON, BLOCK = 25, 3
PROBLEMS = {
    **LINEAR_MODELS,
    "stochastic_reddi": rl.problems.StochasticReddi(),
    "ball": logistic(domain="ball"),
    "held_out": logistic(test=0.2),
    "softmax": rl.problems.Softmax(np.random.default_rng(1).normal(size=(30, 3)), np.arange(30) % 3),
    "mlp": rl.problems.MLP(np.random.default_rng(2).normal(size=(20, 2)), np.arange(20) % 2, hidden=3),
}
SAMPLERS = [*ORDERS, *BANDITS]
LOOKING = ["+impt", "+oracle", "+apt", "+uni"]
MEASURES = [(), ("cumulative",), ("sampler",), ("cumulative", "sampler")]


class Stopped(BaseException):
    """What kill -9 is to a run: nothing is saved any more."""


class Sometimes(Snapshots):
    """Snapshots after every third block or checkpoint, whatever the clock says: between them steps are lost."""

    asked = 0

    def due(self):
        self.asked += 1
        return self.asked % 3 == 0


@pytest.fixture(autouse=True)
def _short_blocks(monkeypatch):
    monkeypatch.setattr("regretlab.engines.blocks.FIRST_BLOCK", BLOCK)
    monkeypatch.setattr("regretlab.engines.blocks.LARGEST_BLOCK", BLOCK)
    monkeypatch.setattr("regretlab.engines.array.BLOCK_STEPS", BLOCK)


@contextlib.contextmanager
def stopped_at(tick, error):
    """Raise an error the n-th time that a run asks for a schedule or for a comparator."""
    with pytest.MonkeyPatch.context() as patched:
        ticks = itertools.count()

        def ticking(function):
            def tick_and_call(*given, **named):
                if next(ticks) == tick:
                    raise error
                return function(*given, **named)

            return tick_and_call

        patched.setattr(Schedule, "steps", ticking(Schedule.steps))
        patched.setattr(regret, "minimum", ticking(regret.minimum))
        yield


def planned(problem, algorithm, measure=(), checkpoints=(1, 5, 14), replicates=2):
    chosen = algorithms.parse(algorithm)
    return plan(problem, chosen, horizon=HORIZON, replicates=replicates, checkpoints=checkpoints, measure=measure)


def whole_and_in_pieces(p, engine, place, stops, start=None):
    """Return the record of a run without snapshots, and of one that was stopped at (tick, error)."""
    whole = run(p, engine=engine, observers=observers_of(p.problem), start=start)
    kept = Sometimes(place, "key")
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*is not used", category=rl.StoreWarning)
        for tick, error in stops:
            with stopped_at(tick, error), contextlib.suppress(Stopped, KeyboardInterrupt):
                run(p, engine=engine, observers=observers_of(p.problem), start=start, snapshots=kept)
        pieces = run(p, engine=engine, observers=observers_of(p.problem), start=start, snapshots=kept)
    return whole.drop_attrs(), pieces.drop_attrs()


stops = st.lists(st.tuples(st.integers(0, 22), st.sampled_from([Stopped, KeyboardInterrupt])), min_size=1, max_size=3)


any_run = (
    st.sampled_from(sorted(PROBLEMS.keys() - {"mlp", "one_neuron"})), st.sampled_from(SAMPLERS),
    st.sampled_from(["array", "auto"]), st.sampled_from(MEASURES), stops,
)  # fmt: skip
fixtures = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@settings(max_examples=15, **fixtures)
@given(*any_run)
def test_a_run_that_was_stopped_anywhere_has_the_bits_of_one_that_was_not(
    tmp_path_factory, problem, sampler, engine, measure, stops
):
    p = planned(PROBLEMS[problem], f"adamx(alpha=0.5, lam=0.9){sampler}", measure)
    xr.testing.assert_identical(*whole_and_in_pieces(p, engine, tmp_path_factory.mktemp("run") / "s", stops))


@pytest.mark.slow
@pytest.mark.parametrize("problem", sorted(PROBLEMS))
@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("engine", ["array", "auto"])
def test_every_problem_goes_on_with_every_sampler_on_every_engine(tmp_path, problem, sampler, engine):
    """Stopped twice, at ticks that differ from case to case; what is measured does, too."""
    drawn = np.random.default_rng([*f"{problem}{sampler}{engine}".encode()])
    at = [(tick, error) for tick, error in zip(drawn.integers(0, 22, 2), [Stopped, KeyboardInterrupt], strict=True)]
    p = planned(PROBLEMS[problem], f"adamx(alpha=0.5, lam=0.9){sampler}", MEASURES[drawn.integers(len(MEASURES))])
    xr.testing.assert_identical(*whole_and_in_pieces(p, engine, tmp_path / "s", at))


@pytest.mark.parametrize("sampler", [*BANDITS[::3], *LOOKING])
def test_samplers_that_learn_or_look_go_on(tmp_path, sampler):
    p = planned(PROBLEMS["logistic"], f"amsgrad(alpha=0.5){sampler}", ("cumulative",))
    xr.testing.assert_identical(*whole_and_in_pieces(p, "auto", tmp_path / "s", [(9, Stopped), (8, Stopped)]))


@pytest.mark.parametrize("method", sorted(rl.methods.Method.known.library))
def test_every_method_goes_on(tmp_path, method):
    problem = rl.problems.LeastSquares("diabetes", domain="simplex") if method == "hedge" else PROBLEMS["reddi"]
    p = planned(problem, f"{method}+uniform")
    xr.testing.assert_identical(*whole_and_in_pieces(p, "auto", tmp_path / "s", [(11, KeyboardInterrupt)]))


def test_a_run_that_goes_on_from_a_record_has_snapshots_too(tmp_path):
    p = planned(PROBLEMS["logistic"], "adam(alpha=0.5)+adambs")
    early, late = p.checkpoints[:2], p.checkpoints[2:]
    first = run(p._replace(checkpoints=early, horizon=int(early[-1])), observers=observers_of(p.problem))
    for tick in (2, 7):
        rest = p._replace(checkpoints=late)
        xr.testing.assert_identical(*whole_and_in_pieces(rest, "auto", tmp_path / str(tick), [(tick, Stopped)], first))


def test_an_interruption_keeps_the_very_step_and_a_stop_what_was_saved_last(tmp_path):
    p = planned(PROBLEMS["logistic"], "sgd", checkpoints=[])

    def step(error):
        kept = Snapshots(tmp_path / error.__name__)
        with stopped_at(8, error), pytest.raises(error):
            run(p, observers=observers_of(p.problem), snapshots=kept)
        return kept

    kept = step(KeyboardInterrupt)
    assert kept.saved == 1
    with stopped_at(HORIZON, Stopped):
        assert begun(p, kept) == 8 * BLOCK + 1
    assert not Path(step(Stopped).place).exists(), "two minutes have not passed"


def begun(p, kept, engine="auto"):
    """The first step that a run makes."""
    first = []

    def steps(ahead, t, count, real=Schedule.steps):
        first.append(t)
        return real(ahead, t, count)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Schedule, "steps", steps)
        run(p, engine=engine, observers=observers_of(p.problem), snapshots=kept)
    return first[0]


def saved(p, place, key="key"):
    """Save a snapshot after some steps."""
    kept = Snapshots(place, key)
    with stopped_at(8, KeyboardInterrupt), contextlib.suppress(KeyboardInterrupt):
        run(p, observers=observers_of(p.problem), snapshots=kept)
    assert kept.saved
    return kept


def test_a_snapshot_of_another_run_is_not_used(tmp_path):
    problem = PROBLEMS["logistic"]
    p = planned(problem, "sgd(alpha=0.5)")
    kept = saved(p, tmp_path / "s")
    others = [  # another ...
        (p, Snapshots(kept.place, "processor"), "auto"),
        (p, kept, "array"),
        (planned(problem, "sgd(alpha=0.25)"), kept, "auto"),
        (planned(problem, "sgd(alpha=0.5)", ("cumulative",)), kept, "auto"),
        (planned(problem, "sgd(alpha=0.5)", checkpoints=(2,)), kept, "auto"),
        (planned(problem, "sgd(alpha=0.5)", replicates=[0, 2]), kept, "auto"),
        (planned(logistic(radius=2.0), "sgd(alpha=0.5)"), kept, "auto"),
        (p._replace(seed=1), kept, "auto"),
    ]
    for other, place, engine in others:
        with pytest.warns(rl.StoreWarning, match="without it: it was made by another run, engine, version"):
            assert begun(other, place, engine) == 1
    assert begun(p, kept) > 1, "its own is"


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-9], lambda b: b[:700] + b"x" + b[701:], lambda b: b"", lambda b: b"x"]
)
def test_a_damaged_snapshot_is_named_and_not_used(tmp_path, damage):
    p = planned(PROBLEMS["logistic"], "sgd")
    kept = saved(p, tmp_path / "s")
    Path(kept.place).write_bytes(damage(Path(kept.place).read_bytes()))
    with pytest.warns(rl.StoreWarning, match=f"{kept.place}.*is not used, and the run begins without it"):
        assert begun(p, kept) == 1


def test_a_full_disk_stops_no_run(tmp_path, monkeypatch):
    p = planned(PROBLEMS["logistic"], "sgd")

    def full(*given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Snapshots, "write", full)
    with pytest.warns(rl.StoreWarning, match="cannot save the state of a run in .*: No space left.*; the run goes"):
        xr.testing.assert_identical(*whole_and_in_pieces(p, "auto", tmp_path / "s", []))


def test_saving_takes_its_share_at_most(tmp_path, monkeypatch):
    """Of a clock that each save moves on by 30 seconds and each block by one."""
    now = [0.0]

    def slow(*given):
        now[0] += 30

    monkeypatch.setattr(snapshots.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(Snapshots, "write", slow)
    kept = Snapshots(tmp_path / "s", every=120)
    p = planned(PROBLEMS["logistic"], "sgd")
    run(p, snapshots=kept)
    reached = Reached(array.initial(p.problem, p.sampler, 2, (), np), np.zeros((2, 4)), [], 0, {}, 0.0)
    for _ in range(30_000):
        now[0] += 1
        if kept.due():
            kept.save(reached)
    assert kept.saved > 5
    assert kept.seconds <= 0.01 * now[0] + 2 * 30, "the first two came before it was known"
    assert Snapshots(tmp_path / "s", every=0, share=1).due(), "the twin, which may save all the time"


@pytest.mark.parametrize(("slow", "within"), [([21], True), ([21, 21], False)], ids=["once", "twin: twice"])
def test_one_slow_write_does_not_put_the_next_off(tmp_path, monkeypatch, slow, within):
    """Of a clock that the writes move on: of one that took 21 seconds, 1 % would be 35 minutes."""
    now, writes = [0.0], [*slow, 0.1]

    def write(*given):
        now[0] += writes.pop(0)

    monkeypatch.setattr(snapshots.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(Snapshots, "write", write)
    kept = Snapshots(tmp_path / "s", every=120)
    p = planned(PROBLEMS["logistic"], "sgd")
    reached = Reached(array.initial(p.problem, p.sampler, 2, (), np), np.zeros((2, 4)), [], 0, {}, 0.0)
    for _ in slow:
        kept.save(reached)
    now[0] += 121
    assert kept.due() is within


def test_a_snapshot_does_not_grow_with_the_horizon(tmp_path):
    sizes = [
        saved(planned(PROBLEMS["logistic"], "sgd")._replace(horizon=T, checkpoints=np.array([7, T])), tmp_path / str(T))
        for T in (100, 1000)
    ]
    assert len({Path(kept.place).stat().st_size for kept in sizes}) == 1


@pytest.mark.parametrize("lost", ["comparators", "words"])
def test_the_twin_that_loses_a_part_has_other_bits(tmp_path, monkeypatch, lost):
    if lost == "comparators":
        monkeypatch.setattr(Regrets, "resume", lambda self, kept: None)
    else:
        begin = Snapshots.begin
        monkeypatch.setattr(
            Snapshots, "begin", lambda *given: (at := begin(*given)) and at._replace(words=at.words + np.uint64(1))
        )
    p = planned(PROBLEMS["logistic"], "adam(alpha=0.5)")
    with pytest.raises(AssertionError):
        xr.testing.assert_identical(*whole_and_in_pieces(p, "auto", tmp_path / "s", [(12, KeyboardInterrupt)]))
