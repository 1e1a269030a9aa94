"""Which horizons a verdict looked at: every one where that is cheap, the same ones however a run was asked for."""

from dataclasses import dataclass

import numpy as np
import pytest

import regretlab as rl
from regretlab.bounds import Bound
from regretlab.domains import Box, L2Ball
from regretlab.problems.reddi import _Linear
from regretlab.runs import horizons
from regretlab.runs.continuation import as_described
from regretlab.runs.regret import Regrets
from regretlab.runs.run import run
from regretlab.verdicts.comparison import compare, every_run
from tests.tolerances import ROUND_OFF_OF_A_RUN

#: Violates Kingma and Ba's bound first at T = 42, and not at every T after it.
ADAM = "adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)"
BOUND = "adam.printed"


class Slopes(_Linear):
    """Linear losses with several coordinates."""

    name = "slopes"

    def __init__(self, domain, order="uniform", n=5, d=3):
        self.order = order
        super().__init__(np.random.default_rng(1).normal(size=(n, d)), np.zeros(n), domain=domain)


def reddi(horizon, **options):
    return rl.simulate(rl.problems.Reddi(C=8), ADAM, horizon=horizon, **options)


def at_every_step(result, until):
    """The record with a checkpoint, hence a comparator, at every step: what the closed form saves."""
    name = result.algorithms[0]
    again = as_described(result._problem, rl.algorithms.parse(name), result.description(name))
    times = np.arange(1, until + 1)
    return run(again._replace(horizon=until, checkpoints=times), engine="array", observers=[Regrets()])


@pytest.mark.parametrize(
    ("problem", "algorithm"),
    [
        (rl.problems.Reddi(C=8), ADAM),
        (rl.problems.StochasticReddi(C=6), "amsgrad(alpha=0.3, lam=0.9)"),
        (Slopes(Box(-1, 2)), "adamx(alpha=0.5, lam=0.5)"),
        (Slopes(L2Ball(2.0), order="cyclic"), "amsgrad(alpha=0.5)"),
        (rl.problems.StochasticReddi(C=6), "amsgrad+adambs(gamma=0.3)"),
    ],
    ids=["cyclic", "drawn", "box", "ball", "bandit"],
)
@pytest.mark.parametrize("engine", ["array", "auto"])
def test_what_is_seen_at_every_step_is_what_a_checkpoint_there_records(problem, algorithm, engine):
    result = rl.simulate(problem, algorithm, horizon=90, replicates=2, seed=3, engine=engine)
    name = result.algorithms[0]
    again = as_described(problem, rl.algorithms.parse(name), result.description(name))
    parts = list(horizons.every_step(again, result.of(name).attrs["engine"]))
    slow = at_every_step(result, 90)
    for column in ("sum_sqrt_v_hat", "sum_v_hat_p", "sum_gradient_norms", "sum_squared_gradients"):
        fast = np.concatenate([part[column].values for part in parts], axis=-1)
        np.testing.assert_allclose(fast, slow[column].values, rtol=ROUND_OFF_OF_A_RUN)
    low, high = (np.concatenate([part[f"online_{e}"].values for part in parts], axis=-1) for e in ("low", "high"))
    size = ROUND_OFF_OF_A_RUN * np.abs(high).max()
    assert (low <= slow.online_high.values + size).all()
    assert (high >= slow.online_low.values - size).all()
    assert (high - low <= size).all()


def test_blocks_do_not_show(monkeypatch):
    whole = reddi(500).bound(BOUND).look
    monkeypatch.setattr(horizons, "BLOCK", 7)
    assert reddi(500).bound(BOUND).look == whole


@pytest.mark.parametrize("horizon", [42, 43, 44, 49, 300, 3001])
def test_the_verdict_does_not_depend_on_how_the_run_was_asked_for(horizon, tmp_path):
    long = reddi(horizon)
    extended = reddi(30).extend(horizon=horizon)
    opened = rl.Result.open(long.to_netcdf(tmp_path / "run.nc"))
    joined = rl.Result.join([opened, rl.simulate(rl.problems.Reddi(C=8), "sgd(alpha=1)", horizon=horizon)])
    for result in (
        long,
        extended,
        opened,
        joined,
        reddi(horizon, checkpoints=[horizon]),
        reddi(horizon, engine="array"),
    ):
        found = result.bound(BOUND, result.algorithms[0])
        assert (found.verdict, found.first_violation, found.look.where) == ("violated", 42, "at every T")
        assert found.summary()["looked"] == "at every T"
    with pytest.raises(AssertionError, match=r"violated at t = 42 \(looked at every T\)"):
        rl.testing.assert_below_bound(long, BOUND)


def test_before_its_first_violation_a_bound_is_not_violated():
    """Twin: 41 steps of the same run."""
    assert reddi(41).bound(BOUND).first_violation is None
    assert reddi(40).extend(horizon=41).bound(BOUND).verdict == "holds"


def test_the_first_violation_is_that_of_every_step():
    result = rl.simulate(rl.problems.StochasticReddi(C=8), ADAM, horizon=400, replicates=3)
    record = at_every_step(result, 400)
    slow = compare(Bound.known[BOUND], result.description(), record)
    assert slow.first_violation == result.first_violation(BOUND)


def test_a_file_that_was_not_looked_at_says_at_how_many_checkpoints():
    """Twin: without what was seen between them, the checkpoints at 43 miss the violation, and the words say so."""
    result = rl.Result(reddi(43, checkpoints=[1, 2, 3, 40, 43]).record)
    found = result.bound(BOUND)
    assert found.verdict != "violated"
    assert found.look.where.endswith("later checkpoints")


def test_other_losses_are_looked_at_at_every_t_to_64_and_then_at_checkpoints():
    X = np.random.default_rng(0).normal(size=(20, 2))
    problem = rl.problems.LeastSquares(X, X @ [1.0, -1.0])
    short, long = (rl.simulate(problem, "sgd(alpha=0.1)", horizon=T).bound("sgd.zinkevich") for T in (64, 1000))
    assert short.look.where == "at every T"
    later = int((long.t > horizons.DENSE).sum())
    assert long.look.where == f"at every T to {horizons.DENSE} and at {later} later checkpoints"


def test_what_is_looked_at_step_by_step_is_limited(monkeypatch):
    monkeypatch.setattr(horizons, "MOST", 200)
    found = reddi(1000).bound(BOUND)
    assert found.look.where.startswith("at every T to 200 and at")
    assert found.first_violation == 42


def test_a_bound_tied_to_the_horizon_is_about_the_last_t_only():
    run = rl.simulate(rl.problems.Reddi(C=8), "adamcb_ours(alpha=0.3, lam=0.5)", horizon=50, replicates=2)
    tied = [b for b in run.applicable(every=True) if b.ties or not every_run(b)]
    assert tied
    assert all(run.bound(b).look.where != "at every T" for b in tied if b.ties)


@dataclass(frozen=True)
class _Longer(rl.methods.AMSGrad):
    """A method whose engine is the array engine: it has a step of its own."""

    def step(self, state, g, k, project, ops):
        return super().step(state, g, k, project, ops)


def test_a_method_with_a_step_of_its_own_is_looked_at_too():
    made = rl.simulate(rl.problems.Reddi(C=8), rl.algorithms.Algorithm("own", _Longer(alpha=0.3)), horizon=80)
    assert made.record.attrs["engine"] == "array"
    for part in horizons.every_step(as_described(made._problem, made._chosen[0], made.description()), "array"):
        assert part.t.size == 80
