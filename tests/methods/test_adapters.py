"""Optimisers of optax and PyTorch as methods: their numbers, their state in the record, and what cannot be run."""

import pickle
import sys

import numpy as np
import pytest

import regretlab as rl
from regretlab.algorithms import Algorithm
from regretlab.methods import from_optax, from_torch
from regretlab.problems import Linear
from tests.helpers import optimisers
from tests.helpers.runs import logistic
from tests.methods.test_peers import PEER
from tests.tolerances import FAR, ROUND_OFF

STEPS = 1000
PROBLEM = logistic(test=0.2)
BUILT_IN = "adam(alpha=0.02, schedule='constant')"
#: Losses that come at random, so that replicates differ.
RANDOM = Linear(np.random.default_rng(0).normal(size=(11, 3)), order="uniform", domain="ball")


def optax():
    return pytest.importorskip("optax", reason="needs the extra: pip install 'regretlab[optax]'")


def torch():
    return pytest.importorskip("torch", reason="needs the extra: pip install 'regretlab[torch]'")


@pytest.fixture
def stand_in(monkeypatch):
    """A stand-in for the module of PyTorch."""
    monkeypatch.setitem(sys.modules, "torch", optimisers.TORCH)


ADAM = {
    "protocol of optax": lambda: from_optax(optimisers.adam(0.02), name="mine"),
    "protocol of torch": lambda: from_torch(optimisers.Optimizer, lr=0.02),
    "optax": lambda: from_optax(optax().adam(0.02), name="optax.adam(0.02)"),
    "torch": lambda: from_torch(torch().optim.Adam, lr=0.02),
}
OTHERS = {
    "begins at x_1": lambda: from_optax(optimisers.distance_from_start(0.1), name="pulled"),
    "optax, a norm": lambda: from_optax(optax().chain(optax().clip_by_global_norm(0.3), optax().adamw(0.02))),
    "optax, a schedule": lambda: from_optax(optax().sgd(optax().cosine_decay_schedule(0.1, 30), momentum=0.9)),
    "optax, schedule-free": lambda: from_optax(optax().contrib.schedule_free_sgd(0.1)),
    "optax, lion": lambda: from_optax(optax().lion(0.02)),
    "optax, without a state": lambda: from_optax(optax().sgd(0.02)),
    "torch, momentum": lambda: from_torch(torch().optim.SGD, lr=0.02, momentum=0.9),
    "torch, without a state": lambda: from_torch(torch().optim.SGD, lr=0.02),
    "torch, ASGD": lambda: from_torch(torch().optim.ASGD, lr=0.02),
    "torch, NAdam": lambda: from_torch(torch().optim.NAdam, lr=0.02),
    "torch, AMSGrad": lambda: from_torch(torch().optim.AdamW, lr=0.02, amsgrad=True),
    "torch, Rprop": lambda: from_torch(torch().optim.Rprop, lr=0.02),
}
adams = pytest.mark.parametrize("make", ADAM.values(), ids=ADAM)
every = pytest.mark.parametrize("make", [*ADAM.values(), *OTHERS.values()], ids=[*ADAM, *OTHERS])


@pytest.fixture(autouse=True)
def _torch(request, monkeypatch):
    """The stand-in for PyTorch, in the tests of its protocol."""
    if "protocol of torch" in request.node.name:
        monkeypatch.setitem(sys.modules, "torch", optimisers.TORCH)


def test_optax_and_torch_are_the_built_in_runs():
    """Over 1000 steps, whose every loss counts."""
    algorithms = [
        BUILT_IN, ADAM["optax"](), ADAM["torch"](),
        "adamw(alpha=0.02, schedule='constant', weight_decay=0.1)",
        from_optax(optax().adamw(0.02, weight_decay=0.1), name="optax.adamw"),
        from_torch(torch().optim.AdamW, lr=0.02, weight_decay=0.1),
    ]  # fmt: skip
    record = rl.simulate(PROBLEM, algorithms, horizon=STEPS, replicates=2).record
    for mine, *theirs in ([0, 1, 2], [3, 4, 5]):
        for other in theirs:
            np.testing.assert_allclose(record.x.values[other], record.x.values[mine], rtol=0, atol=PEER)
            np.testing.assert_allclose(record.loss.values[other], record.loss.values[mine], rtol=PEER)
    assert np.abs(record.x.values[3] - record.x.values[0]).max() > FAR


@adams
def test_adam_by_another_program_is_the_built_in_run(make):
    record = rl.simulate(PROBLEM, [BUILT_IN, make()], horizon=200).record
    np.testing.assert_allclose(record.x.values[1], record.x.values[0], rtol=0, atol=PEER)
    assert record.engine == "compiled, array"


@every
def test_a_saved_run_goes_on_bit_for_bit(make, tmp_path):
    asked = {"checkpoints": [7, 20], "replicates": 2}
    method = make()
    whole = rl.simulate(RANDOM, ["sgd(alpha=0.1)", method], horizon=20, **asked)
    half = rl.simulate(RANDOM, ["sgd(alpha=0.1)", method], horizon=7, replicates=2, checkpoints=[7])
    again = rl.Result.open(half.to_netcdf(tmp_path / "half.nc"))
    onward = again.extend(horizon=20, checkpoints=[20], problem=RANDOM, algorithm=make())
    rl.testing.assert_same_bits(onward, whole)
    more = half.extend(replicates=3).extend(horizon=20, checkpoints=[20])
    rl.testing.assert_same_bits(more, rl.simulate(RANDOM, ["sgd(alpha=0.1)", method], horizon=20, replicates=3,
                                                  checkpoints=[7, 20]))  # fmt: skip


@every
def test_a_replicate_alone_is_the_replicate_among_others(make):
    among = rl.simulate(PROBLEM, make(), horizon=30, replicates=5).record
    alone = rl.simulate(PROBLEM, make(), horizon=30, replicates=[2]).record
    for name in alone.data_vars:
        assert (alone[name].values == among[name].sel(replicate=[2]).values).all(), name


@adams
def test_a_store_knows_it_by_what_it_is_made_of(make, tmp_path):
    first = rl.simulate("reddi", make(), horizon=20, checkpoints="decimal", store=tmp_path)
    again = rl.simulate("reddi", make(), horizon=50, checkpoints="decimal", store=tmp_path)
    assert (first.work.computed, again.work.read) == (20, 20)
    rl.testing.assert_same_bits(again, rl.simulate("reddi", make(), horizon=50, checkpoints="decimal"))
    other = from_optax(optimisers.adam(0.03), name=make().optimizer)
    assert rl.simulate("reddi", other, horizon=20, checkpoints="decimal", store=tmp_path).work.read == 0


def test_another_optimiser_does_not_go_on_with_a_run(tmp_path):
    half = rl.simulate("reddi", ADAM["protocol of optax"](), horizon=7)
    again = rl.Result.open(half.to_netcdf(tmp_path / "half.nc"))
    other = from_optax(optimisers.adam(0.03), name="mine")
    with pytest.raises(rl.InputError, match="the algorithm 'mine' is not the one that was run: its digest is"):
        again.extend(horizon=9, problem="reddi", algorithm=other)
    with pytest.raises(rl.InputError, match="give the algorithm 'mine' that was run as extend"):
        again.extend(horizon=9, problem="reddi")


def test_it_is_projected_onto_the_domain():
    """A step of length 10 from the centre of the disc ends on its border, in the direction of the step."""
    far = from_optax(optimisers.distance_from_start(10.0), name="far")
    run = rl.simulate(Linear([[0.6, -0.8]], domain="ball", radius=0.5), far, horizon=1)
    np.testing.assert_allclose(run.record.x.values[0, 0], [-0.3, 0.4], atol=ROUND_OFF)


def test_it_is_joined_with_any_sampler():
    sampled = Algorithm("mine+adambs", ADAM["protocol of optax"](), rl.samplers.AdamBS())
    mine = Algorithm("adam+adambs", rl.methods.Adam(alpha=0.02, schedule="constant"), rl.samplers.AdamBS())
    record = rl.simulate(PROBLEM, [sampled, mine], horizon=100, engine="array").record
    np.testing.assert_allclose(record.x.values[0], record.x.values[1], rtol=0, atol=PEER)


@adams
def test_it_can_be_asserted_about_shown_and_falsified(make):
    method = make()
    result = rl.simulate("reddi(C=4)", method, horizon=300)
    assert method.optimizer in repr(result)
    assert len(result.table()) > 0
    with pytest.raises(AssertionError):
        rl.testing.assert_regret_exponent(result, at_most=0.5)
    found = rl.falsify(method, candidates=40)
    assert not found.certified
    with pytest.raises(rl.InputError, match="the name of no text"):
        rl.falsify(method, "adam.printed")


def test_what_is_played_is_what_is_simulated():
    """On the falsifier's losses, of several instances at once."""
    from regretlab.claims.provers import replay

    losses = replay.spread([(4, -1, -1), (2, -1, 1), (1, -3, 1)], 30)
    starts = np.array([1.0, 0.5, -1.0])
    played = replay.play([ADAM["protocol of optax"]()] * 3, losses, starts)
    mine = replay.play([rl.methods.Adam(alpha=0.02, schedule="constant")] * 3, losses, starts)
    np.testing.assert_allclose(played.x, mine.x, rtol=0, atol=PEER)


@pytest.mark.usefixtures("stand_in")
def test_it_goes_to_another_process_after_a_run():
    method = from_torch(optimisers.Optimizer, lr=0.02)
    first = rl.simulate("reddi", method, horizon=7)
    there = pickle.loads(pickle.dumps(first))
    assert pickle.loads(pickle.dumps(method)) == method
    rl.testing.assert_same_bits(there.extend(horizon=9), first.extend(horizon=9))


# A method of the library, as an object


def test_a_method_is_an_algorithm_by_itself():
    by_object, by_text = (
        rl.simulate("reddi", given, horizon=20) for given in (rl.methods.Adam(alpha=0.1), "adam(alpha=0.1)")
    )
    rl.testing.assert_same_bits(by_object, by_text)
    assert by_object.algorithms == ["adam(alpha=0.1)"]


# Where it cannot run


@pytest.mark.usefixtures("stand_in")
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: from_optax("adam"), r"'adam' has no init and update.*pip install 'regretlab\[optax\]'"),
        (lambda: from_optax(optimisers.adam(0.1), name=""), "name='' is no name"),
        (lambda: from_optax(optimisers.adam(0.1), name="AMSGrad(alpha=0.5)"), "'AMSGrad' .* is taken by the built-in"),
        (lambda: from_optax(optimisers.adam(0.1), name="adambs"), "'adambs' .* is taken by the built-in"),
        (lambda: from_torch(optimisers.Optimizer, name="sgd", lr=0.1), "'sgd' .* is taken by the built-in"),
        (lambda: from_torch("adam", lr=0.1), "'adam' makes no optimiser; give a class such as torch.optim.AdamW"),
        (lambda: from_torch(optimisers.Optimizer, alpha=0.1), r"cannot begin in 1 dimensions \(TypeError: .*'alpha'"),
        (lambda: from_torch(optimisers.Closing), r"cannot begin in 1 dimensions \(TypeError: .*'closure'"),
        (lambda: from_torch(optimisers.Growing), "holds other numbers after step 2 than after its first"),
        (lambda: from_optax(optimisers.SimpleNamespace(init=lambda p: (), update=lambda g, s: (g, s)), name="two"),
         r"two cannot make a step \(TypeError"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_one_sentence(make, words):
    with pytest.raises(rl.InputError, match=words):
        rl.simulate("reddi", make(), horizon=5)


def test_what_cannot_be_told_from_another_is_one_sentence():
    lock = __import__("threading").Lock()
    held = optimisers.SimpleNamespace(init=lambda p: (), update=lambda g, s, p: (g if lock else p, s))
    with pytest.raises(rl.InputError, match=r"no record could say what held is: it uses a _thread\.lock, which"):
        from_optax(held, name="held")


def test_without_torch_the_sentence_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(rl.InputError, match=r"not installed: pip install 'regretlab\[torch\]'"):
        from_torch(optimisers.Optimizer)
