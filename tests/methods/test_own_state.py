"""Methods that declare their state: any arrays, another judged point, a second gradient; and two of the library's."""

import contextlib
import warnings
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import lsq_linear

import regretlab as rl
from regretlab import algorithms
from regretlab.claims.language.steps import steps
from regretlab.claims.provers import replay
from regretlab.domains import Ball, L2Ball, Simplex
from regretlab.methods import Method, OwnState, generic
from regretlab.methods._norms import project_in_norm
from regretlab.problems import Linear
from regretlab.runs.held_out import observers_of
from regretlab.runs.plan import plan
from regretlab.runs.run import run
from regretlab.runs.snapshots import Snapshots
from tests.helpers.runs import logistic
from tests.tolerances import FAR, ROUND_OFF, ROUND_OFF_OF_A_RUN, SAME_FORMULA

T, D = 40, 4
Z = np.random.default_rng(0).normal(size=(11, D))


@dataclass(frozen=True)
class Averaged(rl.methods.SGD):
    """Gradient descent that is judged at the average of its iterates; it keeps things of several types and shapes."""

    judged = "average"

    def init(self, d):
        return {
            "average": None,
            "last": np.zeros((d, 2)),
            "steps": 0,
            "even": False,
            "best": np.inf,
            "half": np.float32(0),
        }

    def step(self, state, g, k, project, ops):
        x = project(state.x - k.eta * g, g * 0 + 1)
        return state._replace(
            x=x,
            average=state.average + (x - state.average) / (k.t + 1),
            last=ops.stack([g, state.last[..., 0]], axis=-1),
            steps=state.steps + 1,
            even=~state.even,
            best=ops.minimum(state.best, ops.sum(g, axis=-1)),
            half=state.half + ops.astype(g[..., 0], ops.float32),
        )


class Late(Averaged):
    """A twin: the average is left where it began."""

    def step(self, state, g, k, project, ops):
        return super().step(state, g, k, project, ops)._replace(average=state.average)


@dataclass(frozen=True)
class Extragradient(rl.methods.SGD):
    """Korpelevich's extragradient method: the gradient is taken at the point that a first step would reach."""

    asks_again = True

    def step(self, state, g, k, project, ops, gradient):
        one = g * 0 + 1
        ahead = project(state.x - k.eta * g, one)
        return state._replace(x=project(state.x - k.eta * gradient(ahead), one))


def boxed(x, H):
    """The projection onto [-1, 1]^d by an active-set method."""
    root = np.linalg.cholesky(H).T
    return lsq_linear(root, root @ x, (-1, 1), method="bvls", tol=1e-16).x


def full_adagrad(rows, alpha, eps, project):
    x, G = np.zeros(D), np.zeros((D, D))
    for g in rows:
        G = G + np.outer(g, g)
        axes, sizes, _ = np.linalg.svd(G)
        H = eps * np.eye(D) + (axes * np.sqrt(sizes)) @ axes.T
        x = project(x - alpha * np.linalg.inv(H) @ g, H)
    return x


def ons(rows, beta, eps, project):
    x, A = np.zeros(D), eps * np.eye(D)
    for g in rows:
        A = A + np.outer(g, g)
        x = project(x - np.linalg.inv(A) @ g / beta, A)
    return x


INDEPENDENT = {
    "fulladagrad(alpha=0.3, eps=0.5)": lambda rows, project: full_adagrad(rows, 0.3, 0.5, project),
    "fulladagrad(alpha=2, eps=1)": lambda rows, project: full_adagrad(rows, 2, 1, project),
    "ons(alpha=1/2, eps=3)": lambda rows, project: ons(rows, 2, 3, project),
    "ons(alpha=5, eps=0.5)": lambda rows, project: ons(rows, 1 / 5, 0.5, project),
}


@pytest.mark.parametrize("algorithm", INDEPENDENT)
def test_the_papers_formulas_by_other_means(algorithm):
    rows = np.resize(Z, (T, D))
    last = rl.simulate(Linear(Z), algorithm, horizon=T).record.x.values[0, 0]
    np.testing.assert_allclose(last, INDEPENDENT[algorithm](rows, boxed), rtol=0, atol=SAME_FORMULA)
    if algorithm == "fulladagrad(alpha=2, eps=1)":  # twin: what leaves the box is clipped, as in the Euclidean norm
        assert np.abs(INDEPENDENT[algorithm](rows, lambda x, H: x.clip(-1, 1)) - last).max() > FAR


@pytest.mark.parametrize("domain", [L2Ball(0.7), Simplex(2), Ball(1, 0.7), Ball(np.inf, 0.7)])
@pytest.mark.parametrize("spread", [1, 100])
def test_a_projection_in_the_norm_of_a_matrix_has_no_gap(domain, spread):
    """The point z is nearest if and only if <H (z - x), z> is the least of <H (z - x), y> over the domain."""
    rng = np.random.default_rng(spread)
    roots = rng.normal(size=(3, 6, 8)) * np.geomspace(1, spread, 6)[:, None]
    H, x = roots @ roots.transpose(0, 2, 1), 3 * rng.normal(size=(3, 6))
    z = project_in_norm(x, H, domain.project, np)

    def gap(z):
        slope = (H @ (z - x)[..., None])[..., 0]
        return ((slope * z).sum(-1) - domain.linear_minimum(slope)) / (np.abs(slope) * np.abs(z)).sum(-1)

    assert gap(z).max() <= ROUND_OFF
    assert gap(domain.project(x, np.ones(x.shape))).max() > FAR  # twin: the Euclidean projection
    assert (project_in_norm(z / 2, H, domain.project, np) == z / 2).all() or isinstance(domain, Simplex)


def test_on_one_coordinate_full_matrices_are_the_diagonal():
    names = "adagrad(alpha=0.7, eps=0.5)", "fulladagrad(alpha=0.7, eps=0.5)", "fulladagrad(alpha=0.7, eps=0.6)"
    diagonal, full, twin = rl.simulate("reddi(C=5)", names, horizon=60, engine="array").record.loss.values
    np.testing.assert_allclose(full, diagonal, rtol=ROUND_OFF_OF_A_RUN)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(twin, diagonal, rtol=ROUND_OFF_OF_A_RUN)


STATEFUL = ["fulladagrad(alpha=0.5)", "ons", "averaged(alpha=0.5)"]
PROBLEMS = {"linear": Linear(Z, order="uniform", domain="ball"), "logistic": logistic(test=0.2)}
every_problem = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)


@every_problem
def test_a_saved_run_goes_on_bit_for_bit(problem, tmp_path):
    """Two algorithms whose arrays have one name and other lengths are in one record, and adam without any."""
    chosen = [*STATEFUL, "adam(alpha=0.5)"]
    asked = {"replicates": 2, "checkpoints": [9, 24]}
    half = rl.simulate(problem, chosen, horizon=9, replicates=2, checkpoints=[9])
    whole = rl.simulate(problem, chosen, horizon=24, **asked)
    again = rl.Result.open(half.to_netcdf(tmp_path / "half.nc"))
    rl.testing.assert_same_bits(again.extend(horizon=24, checkpoints=[24], problem=problem), whole)
    more = again.extend(replicates=3, problem=problem).extend(horizon=24, checkpoints=[24], problem=problem)
    rl.testing.assert_same_bits(more, rl.simulate(problem, chosen, horizon=24, replicates=3, checkpoints=[9, 24]))
    other = rl.simulate(problem, chosen, horizon=24, seed=1, **asked)
    with pytest.raises(AssertionError):
        rl.testing.assert_same_bits(whole, other)


@every_problem
@pytest.mark.parametrize("algorithm", STATEFUL)
def test_a_replicate_alone_is_the_replicate_among_others(problem, algorithm):
    among = rl.simulate(problem, algorithm, horizon=30, replicates=4).record
    alone = rl.simulate(problem, algorithm, horizon=30, replicates=[2]).record
    for name in alone.data_vars:
        assert (alone[name].values == among[name].sel(replicate=[2]).values).all(), name


@pytest.mark.parametrize("algorithm", STATEFUL)
def test_a_run_that_was_stopped_goes_on_from_its_snapshot(algorithm, tmp_path, monkeypatch):
    monkeypatch.setattr("regretlab.engines.array.BLOCK_STEPS", 3)
    monkeypatch.setattr(Snapshots, "due", lambda self: True)
    of = plan(PROBLEMS["logistic"], algorithms.parse(algorithm), horizon=20, checkpoints=[7], replicates=2)
    whole = run(of, observers=observers_of(of.problem))
    kept = Snapshots(tmp_path / "snapshot")
    with monkeypatch.context() as patched, contextlib.suppress(KeyboardInterrupt):
        made = type(of.algorithm.method).step

        def stopping(self, state, g, k, project, ops):
            if k.t == 12:
                raise KeyboardInterrupt
            return made(self, state, g, k, project, ops)

        patched.setattr(type(of.algorithm.method), "step", stopping)
        run(of, observers=observers_of(of.problem), snapshots=kept)
    assert kept.there
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        onward = run(of, observers=observers_of(of.problem), snapshots=kept)
    assert onward.drop_attrs().identical(whole.drop_attrs())


def test_a_store_goes_on_with_it(tmp_path):
    asked = {"checkpoints": "decimal", "replicates": 2}
    first = rl.simulate("stochastic_reddi", "ons", horizon=20, store=tmp_path, **asked)
    second = rl.simulate("stochastic_reddi", "ons", horizon=50, store=tmp_path, **asked)
    assert (first.work.computed, second.work.computed, second.work.read) == (40, 60, 40)
    rl.testing.assert_same_bits(second, rl.simulate("stochastic_reddi", "ons", horizon=50, **asked))


def test_the_state_is_in_the_record():
    record = rl.simulate(Linear(Z), "ons(eps=3)", horizon=T).record
    g = np.resize(Z, (T, D))
    np.testing.assert_allclose(record.state_own_A.values.reshape(D, D), 3 * np.eye(D) + g.T @ g, rtol=ROUND_OFF)


# Another point is judged


def test_the_regret_is_that_of_the_judged_point():
    """Losses |x - y_j|^2 / 2 by hand: those of the averages, with gradients at the iterates."""
    problem = rl.problems.LeastSquares(np.array([[1.0], [0.5], [2.0]]), np.array([1.0, -1.0, 0.5]), scale="none")
    run = rl.simulate(problem, "averaged(alpha=0.3, batch_size=1)+cyclic", horizon=12, checkpoints=list(range(1, 13)))
    zs, ys = problem.Z[:, 0], problem.y
    x, played, losses = 0.0, [0.0], []
    for t in range(12):
        z, y = zs[t % 3], ys[t % 3]
        losses.append((z * np.mean(played) - y) ** 2 / 2)
        x = np.clip(x - 0.3 / np.sqrt(t + 1) * (z * x - y) * z, -1, 1)
        played.append(x)
    np.testing.assert_allclose(run.record.loss.values[0, 0], np.cumsum(losses), rtol=ROUND_OFF)
    at_the_iterates = rl.simulate(
        problem, "sgd(alpha=0.3, batch_size=1)+cyclic", horizon=12, checkpoints=list(range(1, 13))
    )
    assert (np.abs(at_the_iterates.record.loss.values - run.record.loss.values)[..., 1:] > FAR).all()  # the twin


def test_the_held_out_loss_is_that_of_the_judged_point():
    problem = PROBLEMS["logistic"]
    run = rl.simulate(problem, ["averaged(alpha=0.5)", "late(alpha=0.5)"], horizon=20, checkpoints=[20])
    average = run.record.state_own_average.values
    for i in range(2):
        assert run.record.test_loss.values[i, 0, 0] == problem.test_loss(average[i])[0]
    assert run.record.test_loss.values[1, 0, 0] == problem.test_loss(np.zeros((1, 5)))[0]


def test_what_a_bound_at_every_step_sees_is_the_judged_point():
    """On linear losses the run is made once more, with the regret at every T; a regret of its own would differ."""
    problem = Linear(Z, domain="ball")
    looked = rl.simulate(problem, "late(alpha=0.5)", horizon=30, checkpoints=list(range(1, 31)))
    bound = rl.bounds.Bound(
        id="late.zero", title="zero", source="a test", status="ours", speaks_of="online",
        terms={"zero": rl.bounds.symbols.G2 * 0 + 2}, assumes=(), methods=("late",),
    )  # fmt: skip
    try:
        first = looked.bound(bound).first_violation
    finally:
        del rl.bounds.Bound.known["late.zero"]
    regret = -np.array([problem.domain.linear_minimum(c) for c in np.cumsum(np.resize(Z, (30, D)), axis=0)])
    assert first == 1 + np.argmax(regret > 2)


# A second gradient


def test_a_step_may_ask_for_a_second_gradient():
    problem = logistic()
    asked = rl.simulate(problem, "extragradient(alpha=0.5, batch_size=3)+cyclic", horizon=15)
    y, Z, x = problem.y, problem.Z, np.zeros(5)

    def gradient(x, J):
        return (-y[J, None] * Z[J] / (1 + np.exp(y[J] * (Z[J] @ x)))[:, None]).mean(axis=0)

    for t in range(15):
        J, eta = np.arange(3 * t, 3 * t + 3) % 60, 0.5 / np.sqrt(t + 1)
        ahead = (x - eta * gradient(x, J)).clip(-1, 1)
        x = (x - eta * gradient(ahead, J)).clip(-1, 1)
    np.testing.assert_allclose(asked.record.x.values[0, 0], x, rtol=0, atol=SAME_FORMULA)
    assert (
        np.abs(rl.simulate(problem, "sgd(alpha=0.5, batch_size=3)+cyclic", horizon=15).record.x.values[0, 0] - x).max()
        > FAR
    )


# Where it cannot run


def test_only_the_array_engine_makes_it():
    run = rl.simulate("reddi", "ons", horizon=5)
    assert run.record.engine == "array"
    assert "step of its own" in run.record.engine_reason
    with pytest.raises(rl.InputError, match="step of its own"):
        rl.simulate("reddi", "ons", horizon=5, engine="compiled")


def test_intervals_and_symbols_do_not_follow_it():
    with pytest.raises(rl.InputError, match="arrays of its own"):
        steps("ons", gradients=None)
    losses = replay.spread([(3, -1, -1)] * 3, 30)
    full, diagonal = (
        replay.play([method(alpha=a, eps=0.5) for a in (0.2, 0.5, 1.0)], losses, np.zeros(3)).x
        for method in (rl.methods.FullAdaGrad, rl.methods.AdaGrad)
    )
    np.testing.assert_allclose(full, diagonal, atol=ROUND_OFF)
    for name in ("averaged", "extragradient"):
        with pytest.raises(rl.InputError, match="which the falsifier does not play"):
            rl.falsify(name)


def test_the_falsifier_plays_it():
    found = rl.falsify("fulladagrad(alpha=1)", candidates=60)
    assert not found.certified


class Own(Method):
    starting, made = {"a": 0.0}, {}

    def coefficients(self, t):
        return generic(t, eta=0.1)

    def init(self, d):
        return self.starting

    def step(self, state, g, k, project, ops):
        return OwnState(**{"x": state.x, "a": state.a, **self.made})


@pytest.mark.parametrize(
    ("declared", "made", "words"),
    [
        (None, {}, "init of Own returns None; return arrays of numbers by name"),
        ({"x": 0.0}, {}, "names an array 'x'"),
        ({"no name": 0.0}, {}, "names an array 'no name'"),
        ({"a": "text"}, {}, "declares a='text'"),
        ({"a": np.zeros(0)}, {}, "declares a="),
        ({"a": 0.0}, {"a": np.zeros((1, 3))}, r"the step of Own returns a of shape \(1, 3\), which has shape \(1,\)"),
        ({"a": 0.0, "b": 0.0}, {}, r"the step of Own returns no b"),
    ],
)
def test_a_wrong_declaration_or_state_is_one_sentence(declared, made, words, monkeypatch):
    monkeypatch.setattr(Own, "starting", declared)
    monkeypatch.setattr(Own, "made", made)
    with pytest.raises(rl.InputError, match=words):
        rl.simulate("reddi", "own", horizon=3)


def test_another_judged_point_has_to_be_declared(monkeypatch):
    monkeypatch.setattr(Own, "judged", "average")
    with pytest.raises(rl.InputError, match="judged at 'average', which its init does not declare"):
        rl.simulate("reddi", "own", horizon=3)


def test_what_needs_more_memory_than_there_is_is_said_before_the_first_step():
    with pytest.raises(rl.InputError, match="memory"):
        rl.simulate(Linear(d=400_000), "ons", horizon=3)


def test_an_array_that_stops_being_finite_ends_the_run(monkeypatch):
    monkeypatch.setattr(Own, "made", {"a": np.full(1, np.nan)})
    with pytest.raises(
        rl.NonFiniteError, match="step 1, replicate 0, coordinate 0: the method's array a is not finite"
    ):
        rl.simulate("reddi", "own", horizon=3)
