"""The run: streams, blocks, batches, resumable randomness, errors, provenance, files."""

import contextlib
import json
import math

import numpy as np
import pytest
import xarray as xr

import regretlab as rl
from regretlab import algorithms
from regretlab.engines.streams import Streams, generator
from regretlab.runs.checkpoints import checkpoint_times
from regretlab.runs.plan import plan
from regretlab.runs.regret import Regrets
from regretlab.runs.run import run
from regretlab.runs.schedule import Schedule
from tests.helpers import array_apis
from tests.tolerances import ENGINES

ALGORITHMS = [
    "sgd(alpha=0.5)", "adam(alpha=0.5)", "amsgrad(alpha=0.5)", "adamx(alpha=0.5)", "adambs(alpha=0.5)",
    "adambs_corrected(alpha=0.5, gamma=0.5)", "adamcb(alpha=0.5, gamma=0.4)", "adamcb_ours(alpha=0.5)",
    "amsgrad(alpha=0.5)+adamcb_ours(update='gains')", "adam(alpha=0.5)+uniform(replacement=False)",
    "adam(alpha=0.5)+cyclic",
]  # fmt: skip


def small():
    return rl.problems.HeavyTailedLogistic(n=40, d=4, domain="box")


def final(problem, algorithm, replicates, horizon=60, checkpoints="log", block=None, monkeypatch=None):
    if block:
        monkeypatch.setattr("regretlab.engines.array.BLOCK_STEPS", block)
    p = plan(
        problem,
        algorithms.parse(algorithm),
        horizon=horizon,
        replicates=replicates,
        checkpoints=checkpoints,
        measure=("cumulative", "sampler"),
    )
    return run(p, observers=[Regrets()])


def test_streams_are_numpys_own_words():
    words = np.random.SeedSequence([7, __import__("zlib").crc32(b"sampler"), 3])
    expected = np.random.Generator(np.random.SFC64(words)).random(6)
    assert (Streams(7, "sampler", [3]).uniforms(2, 3).ravel() == expected).all()
    assert not (generator(7, "sampler", 4).random(6) == expected).any()
    assert not (generator(7, "other", 3).random(6) == expected).any()


def test_saved_streams_go_on_bit_for_bit():
    streams = Streams(0, "sampler", range(3))
    streams.uniforms(5, 2)
    words = streams.state
    expected = streams.uniforms(4, 2)
    fresh = Streams(1, "sampler", range(3))
    fresh.state = words
    assert (fresh.uniforms(4, 2) == expected).all()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_replicate_alone_equals_itself_in_a_batch(algorithm):
    batch = final(small(), algorithm, 5)
    alone = final(small(), algorithm, [3])
    xr.testing.assert_identical(batch.sel(replicate=[3]).drop_attrs(), alone.drop_attrs())


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_neither_blocks_nor_checkpoints_change_a_run(algorithm, monkeypatch):
    whole = final(small(), algorithm, 2, checkpoints=[60])
    split = final(small(), algorithm, 2, checkpoints=[7, 8, 31, 60], block=5, monkeypatch=monkeypatch)
    for name in ("loss", "x", "received", "probabilities", "second_moment", "sum_sqrt_v_hat"):
        last = split[name].isel(t=-1) if "t" in split[name].dims else split[name]
        first = whole[name].isel(t=-1) if "t" in whole[name].dims else whole[name]
        assert (last.values == first.values).all(), name


def test_seeds_and_replicates_differ():
    a, b = (rl.simulate(small(), "adambs", horizon=50, seed=s, replicates=2).record.loss.values for s in (0, 1))
    assert (a != b).all()
    assert a[0, 0, -1] != a[0, 1, -1]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_engine_runs_on_any_array_api(algorithm):
    """The stand-in for a GPU: the same code on array-api-strict agrees with NumPy."""
    numpy, strict = array_apis.states(small(), algorithm, 25)
    for name, values in numpy.totals.items():
        assert np.allclose(values, strict.totals[name], rtol=ENGINES, atol=ENGINES), name
    assert np.allclose(numpy.moments.x, strict.moments.x, rtol=ENGINES, atol=ENGINES)


@pytest.mark.skipif(__import__("importlib.util").util.find_spec("cupy") is None, reason="CuPy is not installed")
def test_cupy_agrees_with_numpy():
    results = [rl.simulate(small(), ALGORITHMS, horizon=50, replicates=2, engine=e).record for e in ("array", "cupy")]
    assert np.allclose(results[0].loss, results[1].loss, rtol=ENGINES)


def test_memory_does_not_grow_with_the_horizon():
    sizes = [final(small(), "adambs", 1, horizon=h, checkpoints=[h]).nbytes for h in (20, 200)]
    assert sizes[0] == sizes[1]


def test_checkpoints():
    assert (checkpoint_times("log", 42)[-3:] <= 42).all()
    assert checkpoint_times("log", 42)[-1] == 42
    assert len(checkpoint_times("log", 10**9)) <= 41
    with pytest.raises(rl.InputError, match=r"checkpoint=0 is outside \[1, 5\]"):
        checkpoint_times([0], 5)
    assert checkpoint_times([3, 1, 3, 3], 5).tolist() == [1, 3, 5]
    assert checkpoint_times([], 5).tolist() == [5]


@pytest.mark.parametrize("listed", [[], [7, 3, 7], (3,)])
def test_a_list_of_checkpoints_is_a_set_and_the_run_is_the_same(listed):
    """A checkpoint that is listed twice narrows nothing, as a replicate that is listed twice would."""
    run, whole = (
        rl.simulate("stochastic_reddi", "adam", horizon=9, replicates=3, checkpoints=c) for c in (listed, [3, 7])
    )
    assert run.record.t.values.tolist() == sorted({*listed, 9})
    assert (run.record.loss.values[..., -1] == whole.record.loss.values[..., -1]).all()


@pytest.mark.parametrize("engine", ["array", "compiled"])
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (lambda t: {"kap": np.where(t == 7, np.nan, 0.0)}, "the coefficient kap of .* is nan at step 7; give finite"),
        (lambda t: {"eta": 1 / (t - 3)}, "the coefficient eta of .* is inf at step 3"),
        (lambda t: {"rho": np.log(t - 1.0)}, "the coefficient rho of .* is -inf at step 1"),
        (lambda t: {"wd": math.inf}, "the coefficient wd of .* is inf at every step"),
        (lambda t: {"eps": math.nan}, "the coefficient eps of .* is nan at every step"),
        (lambda t: {"c": np.where(t == 20_000, np.inf, 1.0)}, "the coefficient c of .* is inf at step 20000"),
    ],
)
def test_a_coefficient_that_is_not_finite_is_named_with_its_step(engine, changed, words):
    class Unbounded(rl.methods.AMSGrad):
        def coefficients(self, t):
            return super().coefficients(t)._replace(**changed(t))

    class Bounded(rl.methods.AMSGrad):
        def coefficients(self, t):
            return super().coefficients(t)._replace(**{k: np.nan_to_num(v) for k, v in changed(t).items()})

    try:
        with pytest.raises(rl.InputError, match=words):
            rl.simulate("reddi", "unbounded(alpha=0.1)", horizon=25_000, checkpoints=[25_000], engine=engine)
        with contextlib.suppress(rl.NonFiniteError):  # the twin: large numbers are the run's to judge
            rl.simulate("reddi", "bounded(alpha=0.1)", horizon=30, engine=engine)
    finally:
        del rl.methods.Method.known["unbounded"], rl.methods.Method.known["bounded"]


def test_a_run_that_overflows_says_where_and_why():
    with pytest.raises(rl.NonFiniteError, match="step 1, replicate 0, coordinate 0: the second moment overflowed"):
        rl.simulate(rl.problems.Reddi(C=4e200, c=1e200), "adam", horizon=3)


def test_a_gradient_that_is_not_a_number_says_where_and_why():
    class Broken(rl.problems.Reddi):
        def losses_and_gradients(self, x, J):
            losses, gradients = super().losses_and_gradients(x, J)
            return losses, np.where(J[..., None] == 1, np.nan, gradients)

    with pytest.raises(rl.InputError, match="the gradient of example 1 is nan at x"):
        Broken()
    problem = rl.problems.Reddi()
    problem.__class__ = Broken  # as if only a later step met it
    with pytest.raises(rl.NonFiniteError, match=r"step 2, .*the gradient estimate is not finite"):
        rl.simulate(problem, "adam", horizon=3)


def test_a_coordinate_without_gradients_stays_put():
    problem = rl.problems.HeavyTailedLogistic(n=3, d=30)
    result = rl.simulate(problem, "amsgrad(alpha=0.5)", horizon=20)
    silent = ~problem.Z.toarray().any(axis=0)
    assert silent.any()
    assert (result.record.x.values[0, 0, silent] == problem.start[silent]).all()


def test_results_survive_a_file_without_loss(tmp_path):
    result = rl.simulate(
        small(), ["adam(alpha=0.5)", "adamcb(alpha=0.5)"], horizon=30, replicates=3, measure=["cumulative", "sampler"]
    )
    again = rl.Result.open(result.to_netcdf(tmp_path / "deep" / "run.nc"))
    xr.testing.assert_identical(result.record, again.record)
    assert again.summary() == result.summary()
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["run.nc"]
    assert "adam" in again._repr_html_()


def test_provenance_is_complete():
    record = rl.simulate(small(), "adambs(alpha=0.5)", horizon=5, seed=3).record
    facts = json.loads(record.attrs["descriptions"])[0]
    assert record.attrs["regretlab"] == rl.__version__
    assert record.attrs["engine"] == "compiled"
    assert record.attrs["engine_reason"] == "every part of the run has a compiled form"
    assert facts["seed"] == 3
    assert facts["sampler_parameters"]["p_min"] == 0.4 / 40
    assert facts["problem"]["digest"] == small().digest() != rl.problems.OneNeuron(n=40, d=4).digest()


@pytest.mark.parametrize(
    ("algorithm", "options", "words"),
    [
        ("adamx2", {}, ["unknown algorithm 'adamx2'", "did you mean 'adamx'"]),
        ("adam(alpa=1)", {}, ["unknown parameter of adam 'alpa'", "'alpha'"]),
        ("adamcb(gamma=1.3)", {}, ["gamma=1.3", "(0, 1]", "AdamCB"]),
        ("adamcb(gamma=0)", {}, ["gamma=0", "(0, 1]"]),
        ("adam(batch_size=41)", {}, ["batch_size=41", "n=40"]),
        ("adam(alpha='x')", {}, ["alpha='x'", "not a number"]),
        ("adam(alpha=1, alpha=2)", {}, ["each once"]),
        ("adam(alpha=True)", {}, ["alpha=True", "not a number"]),
        ("adam", {"horizon": 0}, ["horizon=0", "[1, "]),
        ("adam", {"horizon": 2.5}, ["horizon=2.5", "integer"]),
        ("adam", {"replicates": 0}, ["replicates=0"]),
        ("adam", {"seed": -1}, ["seed=-1"]),
        ("adam", {"measure": ["everything"]}, ["measure='everything'", "'cumulative'"]),
        ("adam", {"engine": "quantum"}, ["engine='quantum'"]),
        ("adam", {"checkpoints": 7}, ["checkpoints=7"]),
        ("adam", {"checkpoints": "linear"}, ["checkpoints='linear'"]),
        (["adam", "adam"], {}, ["given twice"]),
        ([], {}, ["no algorithm"]),
        ("adam + uniform + cyclic", {}, ["3 parts"]),
        ("amsgrad(alpha=1)+adambs(gamma=1, alpha=2)", {}, ["alpha", "twice"]),
        (3, {}, ["not"]),
    ],
)
def test_bad_input_is_one_sentence(algorithm, options, words):
    with pytest.raises(rl.InputError) as error:
        rl.simulate(small(), algorithm, **{"horizon": 5, **options})
    assert all(word in str(error.value) for word in words), str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_resumed_run_equals_the_unsplit_one_bit_for_bit(algorithm, tmp_path):
    problem, measure = small(), ["cumulative", "sampler"]
    # A bandit's parameters are tied to the horizon it was fitted to: the unsplit run gets those of the short one.
    half = rl.simulate(problem, algorithm, horizon=30, replicates=3, checkpoints=[10, 30], measure=measure)
    opened = rl.Result.open(half.to_netcdf(tmp_path / "half.nc"))
    resumed = opened.extend(horizon=60, checkpoints=[45, 60], problem=problem)
    p = plan(problem, algorithms.parse(algorithm), horizon=30, replicates=3, measure=measure)
    whole = run(p._replace(horizon=60, checkpoints=np.array([10, 30, 45, 60])), observers=[Regrets()])
    xr.testing.assert_equal(resumed.of().drop_vars("algorithm"), whole)
    assert resumed.horizon == 60


def test_more_replicates_are_those_of_a_larger_run():
    names = ["adam(alpha=0.5)", "adamcb(alpha=0.5)"]
    grown = rl.simulate(small(), names, horizon=30, replicates=2).extend(replicates=5)
    xr.testing.assert_equal(grown.record, rl.simulate(small(), names, horizon=30, replicates=5).record)
    assert grown.description("adam").replicates == (0, 1, 2, 3, 4)


def test_extending_a_tied_run_is_audited():
    tied = rl.simulate(small(), "adamcb(alpha=0.5, lam=0.9)", horizon=30)
    assert tied.bound("adamcb.printed").checks[-2].passed
    assert "tied_gamma" in tied.extend(horizon=60).bound("adamcb.printed").verdict


def test_extending_the_wrong_way_is_refused(tmp_path):
    result = rl.simulate(small(), "adam", horizon=30)
    opened = rl.Result.open(result.to_netcdf(tmp_path / "run.nc"))
    with pytest.raises(rl.InputError, match="does not hold its problem"):
        opened.extend(horizon=60)
    with pytest.raises(rl.InputError, match="is not the one that was run"):
        opened.extend(horizon=60, problem=rl.problems.Reddi())
    with pytest.raises(rl.InputError, match="horizon=30 is not beyond the 30 steps"):
        result.extend(horizon=30)
    with pytest.raises(rl.InputError, match="replicates=1 is not more than the 1"):
        result.extend(replicates=1)


class Stops(rl.methods.SGD):
    """A method that the fixture ``stopping`` interrupts."""


@pytest.fixture
def stopping(monkeypatch):
    """Interrupts the first run with the method ``stops``, before the block that holds step 35."""
    steps, stopped = Schedule.steps, []

    def interrupt(ahead, first, count):
        if isinstance(ahead._algorithm.method, Stops) and first <= 35 < first + count and not stopped:
            stopped.append(first)
            raise KeyboardInterrupt
        return steps(ahead, first, count)

    monkeypatch.setattr(Schedule, "steps", interrupt)


@pytest.mark.usefixtures("stopping")
@pytest.mark.parametrize("engine", ["array", "compiled"])
def test_an_interruption_returns_the_finished_part(engine):
    """Up to its last checkpoint, from where it goes on as if nothing had happened."""
    problem, options = small(), {"horizon": 60, "checkpoints": [10, 30, 50], "engine": engine, "replicates": 2}
    with pytest.warns(rl.InterruptedWarning, match=r"stops\+adambs to T = 30; extend\(horizon=60\) goes on from there"):
        part = rl.simulate(problem, "stops+adambs", **options)
    assert part.record.t.values.tolist() == [10, 30]
    assert part.description().horizon == 30
    whole = rl.simulate(problem, "stops+adambs", **options)
    assert part.extend(horizon=60, checkpoints=[50, 60]).record.equals(whole.record)


@pytest.mark.usefixtures("stopping")
def test_an_interruption_returns_the_finished_algorithms():
    with pytest.warns(rl.InterruptedWarning, match="of 3 algorithms these were finished: sgd; the others are missing"):
        part = rl.simulate(small(), ["sgd", "stops", "adam"], horizon=60)
    assert part.algorithms == ["sgd"]
    assert part.horizon == 60


@pytest.mark.usefixtures("stopping")
def test_an_interruption_before_the_first_checkpoint_is_one():
    with pytest.raises(KeyboardInterrupt):
        rl.simulate(small(), "stops", horizon=60, checkpoints=[60])


def test_text_is_a_number_of_replicates_not_a_list_of_digits():
    assert plan(rl.problems.Reddi(), algorithms.parse("sgd"), horizon=3, replicates="12/4").replicates == (0, 1, 2)
    assert plan(rl.problems.Reddi(), algorithms.parse("sgd"), horizon=3, replicates=[2, 0]).replicates == (2, 0)


@pytest.mark.parametrize("given", [[], (), [1, 0, 1], range(0), np.zeros(3, int), "", "[0]", b"3", {}, None, 0])
def test_replicates_are_counted_once(given):
    """A run counted twice would make its interval too narrow, and no run has none."""
    with pytest.raises(rl.InputError, match="replicate"):
        rl.simulate("reddi", "sgd", horizon=3, replicates=given)


def test_what_is_measured_is_a_word_or_words():
    with pytest.raises(rl.InputError, match="measure=5 is not one of 'cumulative', 'sampler'"):
        rl.simulate("reddi", "sgd", horizon=3, measure=5)


def test_the_seed_has_a_second_name_and_may_be_drawn_by_a_generator():
    def last(**given):
        return rl.simulate("stochastic_reddi", "sgd(alpha=0.1)", horizon=20, **given).record.x.values[0, 0, 0]

    assert last(rng=7) == last(seed=7) != last()
    drawn = int(np.random.default_rng(5).integers(2**63))
    assert last(rng=np.random.default_rng(5)) == last(seed=drawn)
    with pytest.raises(rl.InputError, match="seed=3 and rng=4 are both given; give one"):
        last(seed=3, rng=4)
    with pytest.raises(rl.InputError, match="seed='x'"):
        last(rng="x")
