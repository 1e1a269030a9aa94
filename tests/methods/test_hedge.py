"""Hedge on the simplex: its iterates, its bounds on random and on adversarial losses, and twins that fail."""

from dataclasses import replace

import numpy as np
import pytest

import regretlab as rl
from regretlab.bounds import Bound
from regretlab.domains import Product, Simplex
from regretlab.problems import Linear
from tests.tolerances import ROUND_OFF


def verdict(problem, algorithm, horizon, bound):
    return rl.simulate(problem, algorithm, horizon=horizon, checkpoints=[horizon]).bound(bound)


def adversarial(d, horizon, alpha):
    """In every round the losses that are worst for the shares Hedge has: the leader loses, the others gain."""
    total, rows = np.zeros(d), np.empty((horizon, d))
    for t in range(horizon):
        rows[t] = np.where(np.arange(d) == np.argmin(total), 1.0, -1.0)
        total += rows[t]
    return rows


@pytest.mark.parametrize("schedule", ["constant", "sqrt"])
def test_the_iterates_are_the_papers_weights(schedule):
    rng = np.random.default_rng(0)
    Z, alpha = rng.normal(size=(7, 4)), 0.3
    problem = Linear(Z, domain=Simplex(2))
    for T in (1, 2, 7, 12):
        run = rl.simulate(problem, f"hedge(alpha={alpha}, schedule='{schedule}')", horizon=T)
        step = alpha if schedule == "constant" else alpha / np.sqrt(T + 1)
        weights = np.exp(-step * Z[np.arange(T) % 7].sum(0))
        np.testing.assert_allclose(run.record.x.values[0, 0], 2 * weights / weights.sum(), atol=ROUND_OFF)


def test_a_constant_step_multiplies_the_last_shares():
    """Exponentiated gradient: x_{t+1} is x_t times exp(-alpha g_t), made to sum to one."""
    Z = np.random.default_rng(1).normal(size=(5, 3))
    problem, hedge = Linear(Z, domain="simplex"), "hedge(alpha=0.7, schedule='constant')"
    x = [rl.simulate(problem, hedge, horizon=t).record.x.values[0, 0] for t in (3, 4)]
    moved = x[0] * np.exp(-0.7 * Z[3])
    np.testing.assert_allclose(x[1], moved / moved.sum(), atol=ROUND_OFF)


@pytest.mark.parametrize("d", [2, 7, 50])
@pytest.mark.parametrize("alpha", [0.01, 0.3, 3.0])
def test_hedge_holds_its_bound_on_random_and_on_adversarial_losses(d, alpha):
    T, rng = 400, np.random.default_rng(d)
    for Z in (rng.uniform(-1, 1, (T, d)), rng.choice([-1.0, 1.0], (T, d)), adversarial(d, T, alpha)):
        for schedule, bound in (("constant", "hedge.fixed"), ("sqrt", "hedge.anytime")):
            found = verdict(Linear(3 * Z, domain=Simplex(2)), f"hedge(alpha={alpha}, schedule='{schedule}')", T, bound)
            assert found.verdict in ("holds", "vacuous")
            assert found.first_violation is None


@pytest.fixture
def half():
    before = dict(Bound.known)
    yield lambda b: replace(b, id="hedge.half", terms={name: term / 2 for name, term in b.terms.items()})
    Bound.known.clear()
    Bound.known.update(before)


def test_half_of_the_bound_is_violated(half):
    """Twin: one expert always gains and all others lose; small steps pay nearly ln(d)/alpha until they follow it."""
    problem = Linear(np.where(np.arange(50) == 0, -1.0, 1.0)[None], domain="simplex")
    hedge = "hedge(alpha=0.01, schedule='constant')"
    assert 0.9 < verdict(problem, hedge, 3000, "hedge.fixed").ratio < 1
    assert verdict(problem, hedge, 3000, half(rl.bounds.hedge.fixed)).verdict == "violated"


def test_a_step_that_falls_is_outside_the_theorem_of_a_fixed_one():
    problem = Linear(d=3, domain="simplex")
    assert "fixed_step fails" in verdict(problem, "hedge(alpha=0.1)", 50, "hedge.fixed").verdict
    assert "sqrt_step fails" in verdict(problem, "hedge(alpha=0.1, schedule='constant')", 50, "hedge.anytime").verdict


def test_gradient_descent_on_the_simplex_holds_zinkevichs_bound():
    T = 500
    for Z in (np.random.default_rng(0).uniform(-1, 1, (T, 8)), adversarial(8, T, 1.0)):
        found = verdict(Linear(Z, domain="simplex"), "sgd(alpha=0.5)", T, "sgd.zinkevich")
        assert found.verdict in ("holds", "vacuous")
    # Twin: a gradient that is not followed but climbed.
    run = rl.simulate(Linear([[1.0, 0.0]], domain="simplex"), "climbing(alpha=0.5)", horizon=T)
    del rl.methods.Method.known["climbing"]
    bound = rl.bounds.sgd.zinkevich.at_T(T, {"D2": 2**0.5, "G2": 1, "alpha": 0.5})
    assert run.interval().low > bound


class Climbing(rl.methods.SGD):
    """Gradient ascent."""

    def coefficients(self, t):
        k = super().coefficients(t)
        return k._replace(eta=-k.eta)


def test_hedge_moves_on_a_simplex_only_and_from_its_centre():
    for problem in ("linear", "linear(domain='ball')", Linear(d=3, domain=Product([(Simplex(), 3)]))):
        with pytest.raises(rl.InputError, match="hedge moves on a simplex"):
            rl.simulate(problem, "hedge", horizon=5)
    problem = Linear(d=3, domain="simplex")
    problem.__dict__["start"] = np.array([1.0, 0, 0])
    with pytest.raises(rl.InputError, match="centre"):
        rl.simulate(problem, "hedge", horizon=5)


def test_the_falsifier_has_no_simplex():
    with pytest.raises(rl.InputError, match=r"hedge moves on a simplex, but the falsifier's losses live on \[-1, 1\]"):
        rl.falsify("hedge")


def test_experts_that_were_lost_come_back():
    """A share of exp(-800) is 0 in floating point; the sums remember it."""
    Z = np.zeros((3, 2))
    Z[0], Z[1] = [0, 800], [800, 0]
    run = rl.simulate(Linear(Z, domain="simplex"), "hedge(alpha=1, schedule='constant')", horizon=2)
    assert run.record.x.values[0, 0].tolist() == [0.5, 0.5]


@pytest.mark.parametrize("domain", ["box", "ball", "simplex", "l1_ball"])
@pytest.mark.parametrize("order", ["cyclic", "uniform"])
def test_linear_losses_on_any_domain_have_an_exact_comparator(domain, order):
    problem = Linear(d=6, n=40, order=order, domain=domain, radius=2)
    run = rl.simulate(problem, "amsgrad(alpha=0.2)", horizon=90, replicates=2)
    slopes = run.record["received"].values[0] @ problem.Z
    best = problem.domain.linear_minimum(slopes)
    assert run.record.loss.values[0, :, -1] - best == pytest.approx(run.regret().low.values[:, -1], abs=1e-9)


def test_a_users_domain_takes_one_vector_at_a_time():
    """Its linear_minimum sums over all that it is given: over many horizons at once it would be wrong."""

    class OwnSimplex:
        def project(self, x, weights):
            return Simplex().project(x, weights)

        def linear_minimum(self, c):
            return float(np.min(c))

        def reach(self, z):
            return z.min(-1), z.max(-1)

        def diameters(self, d):
            return 1.0, 2**0.5

    Z = np.random.default_rng(0).uniform(-1, 1, (60, 4))
    own, built_in = (
        rl.simulate(Linear(Z, domain=domain), "sgd(alpha=0.5)", horizon=300).bound("sgd.zinkevich")
        for domain in (OwnSimplex(), Simplex())
    )
    assert own.verdict == built_in.verdict == "holds"
    assert own.ratio == pytest.approx(built_in.ratio)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Linear([[1.0, np.nan]]), ["nan"]),
        (lambda: Linear(d=0), ["d=0"]),
        (lambda: Linear(order="sorted"), ["order='sorted'", "'cyclic'"]),
        (lambda: Linear(domain="cube"), ["domain='cube'"]),
        (lambda: rl.simulate("linear(Z=3)", "sgd", horizon=2), ["unknown parameter of linear 'Z'"]),
    ],
)
def test_bad_linear_losses_are_one_sentence(make, words):
    with pytest.raises(rl.InputError) as error:
        make()
    assert all(word in str(error.value) for word in words), str(error.value)
