"""Stationarity of smooth losses and regret of exp-concave ones: constants, bounds, and twins that break."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

import regretlab as rl
from regretlab.bounds import Bound
from tests.tolerances import FINITE_DIFFERENCE, PRINTED_DIGITS, ROUND_OFF

DESCENT = "sgd(alpha=1, schedule='constant')"


class Sigmoids(rl.problems.LinearModel):
    """(sigma(u) - y)^2 / 2 with y in {0, 1}: smooth, and not convex."""

    title, source, name = "sigmoids", "the tests", "sigmoids"
    convex, convex_reason, infimum, monotone = False, "it has two bends", 0.0, True
    curvature_of_phi = 0.25

    def phi(self, u, y):
        return (expit(u) - y) ** 2 / 2

    def slope(self, u, y):
        s = expit(u)
        return (s - y) * s * (1 - s)

    def slope_bound(self, low, high):
        return np.full(self.n, 0.25)

    def bend_bound(self, low, high):
        """phi'' = s^2 (1-s)^2 + (s - y) s (1-s) (1-2s), at most 1/16 + sqrt(3)/18 in size."""
        return np.full(self.n, self.curvature_of_phi)


def sigmoids(kind=Sigmoids):
    rng = np.random.default_rng(5)
    Z = rng.normal(size=(20, 3))
    return kind(Z, (rng.random(20) < 0.5).astype(float), domain=None, start=1.0)


@pytest.fixture(scope="module")
def run():
    methods = [DESCENT, "sgd(alpha=0.9)"]
    return rl.simulate(sigmoids(), methods, horizon=400, replicates=60, measure="stationarity", checkpoints=[100])


def test_stationarity_is_the_mean_and_the_least_squared_gradient(run):
    """Of the iterates of a deterministic run, whose gradients are made again here."""
    problem = sigmoids()
    everyone = rl.algorithms.parse("sgd(alpha=1, schedule='constant')+uniform(replacement=False)")
    one = rl.simulate(problem, replace(everyone, batch_size=20), horizon=30, measure="stationarity", checkpoints=[7])
    x, slopes = problem.start.copy(), []
    for _ in range(30):
        g = problem.gradient(x, np.full(20, 1 / 20))
        slopes.append(float(g @ g))
        x = x - g
    for t, place in ((7, 0), (30, 1)):
        found = one.regret("stationarity").isel(replicate=0, t=place)
        assert found.value.item() == pytest.approx(np.mean(slopes[:t]), rel=PRINTED_DIGITS)
        assert found.low.item() <= np.mean(slopes[:t]) <= found.high.item()
        assert found.high.item() - found.low.item() < ROUND_OFF
        least = one.record.least_stationarity.isel(replicate=0, t=place).item()
        assert least == pytest.approx(min(slopes[:t]), rel=PRINTED_DIGITS)
    assert one.record.engine == "array"
    halved = one.extend(horizon=40, checkpoints=[]).record
    assert halved.stationarity.sel(t=30).item() == one.record.stationarity.sel(t=30).item()


def test_the_descent_bound_holds_and_breaks_with_a_constant_too_small(run):
    found = run.bound("sgd.descent", DESCENT)
    assert [check.id for check in found.checks if not check.passed] == []
    assert found.verdict in ("holds", "vacuous")
    assert (found.regret <= found.curve).all()
    small = replace(found.bound, id="twin.small", terms={"descent": found.bound.terms["descent"] / 50})
    try:
        assert run.bound(small, DESCENT).verdict == "violated"
    finally:
        del Bound.known["twin.small"]


def test_the_bound_is_about_short_constant_steps_of_unconstrained_losses_that_are_known_to_be_smooth(run):
    assert run.bound("sgd.descent", "sgd(alpha=0.9)").verdict == "not applicable because fixed_step fails"
    kink = rl.problems.Hinge("breast_cancer", domain="box")
    other = rl.simulate(kink, "sgd(alpha=9, schedule='constant')", horizon=9, measure="stationarity")
    verdict = other.bound("sgd.descent").verdict
    assert verdict == "not applicable because smooth and unconstrained and short_step fail"
    assert {b.speaks_of for b in run.applicable(DESCENT)} == {"online", "stationarity"}
    unmeasured = rl.simulate(sigmoids(), DESCENT, horizon=9)
    assert "stationarity" not in unmeasured.kinds()
    with pytest.raises(rl.InputError, match=r"simulate with measure=\('stationarity',\)"):
        unmeasured.bound("sgd.descent")


@pytest.mark.parametrize("make", [rl.problems.Logistic, rl.problems.LeastSquares])
def test_smoothness_and_exp_concavity_are_true_bounds(make):
    """No eigenvalue of the mean loss's Hessian is larger; phi'' >= a phi'^2 at every score, and somewhere barely."""
    data = "breast_cancer" if make is rl.problems.Logistic else "diabetes"
    problem = make(data, domain="ball", radius=2.0)
    L, a = (problem.constants()[name].value for name in ("smoothness", "exp_concavity"))
    rng = np.random.default_rng(3)
    for _ in range(5):
        x = problem.domain.project(rng.normal(size=problem.d) * 3, np.ones(problem.d))
        assert np.linalg.eigvalsh(problem.hessian(x, np.full(problem.n, 1 / problem.n))).max() <= L
    low, high = problem.reach()
    u = low + (high - low) * np.linspace(0, 1, 101)[:, None]
    step = 1e-5
    bends = (problem.slope(u + step, problem.y) - problem.slope(u - step, problem.y)) / (2 * step)
    room = bends - a * problem.slope(u, problem.y) ** 2
    assert room.min() >= -FINITE_DIFFERENCE
    assert (bends - 2 * a * problem.slope(u, problem.y) ** 2).min() < -FINITE_DIFFERENCE, "twice a is none"


def test_constants_that_are_none_are_refused():
    flat = type("Flat", (Sigmoids,), {"curvature_of_phi": 0.05})
    with pytest.raises(rl.InputError, match="bend_bound"):
        sigmoids(flat)
    bent = type(
        "Bent", (rl.problems.Logistic,), {"exp_concave": lambda self, low, high: 3 * np.exp(-np.abs(high)) + 0 * low}
    )
    with pytest.raises(rl.InputError, match="exp_concave"):
        bent("breast_cancer", domain="ball")
    del rl.problems.Problem.known.defined["bent"]


def newton_step(problem, horizon, times=1.0):
    """The run with the paper's parameters, or with a step that many times as long."""
    c = {name: constant.value for name, constant in problem.constants().items()}
    D = problem.domain.diameters(problem.d)[1]
    step = times * 2 * max(4 * c["L"] * D, 1 / c["exp_concavity"])
    return rl.simulate(problem, f"ons(alpha={step!r}, eps={step**2 / D**2!r})", horizon=horizon)


@pytest.mark.parametrize("make", [rl.problems.Logistic, rl.problems.LeastSquares])
def test_online_newton_step_holds_its_bounds_on_data(make):
    data = "breast_cancer" if make is rl.problems.Logistic else "diabetes"
    problem = make(data, domain="ball", radius=1.0)
    result = newton_step(problem, 150)
    printed, ours = result.bound("ons.hazan"), result.bound("ons.ours")
    assert all(check.passed for check in (*printed.checks, *ours.checks))
    assert ours.verdict in ("holds", "vacuous")
    assert printed.first_violation == 1, "where log T is 0"
    assert (printed.high <= printed.curve)[:, printed.t >= 3].all()
    other = newton_step(problem, 20, times=0.5)
    assert other.bound("ons.ours").verdict == "not applicable because long_step fails"
    assert "tuned_step" in newton_step(problem, 20, times=2.0).bound("ons.hazan").verdict
    try:
        small = replace(ours.bound, id="twin.small", terms={k: v / 200 for k, v in ours.bound.terms.items()})
        assert result.bound(small).verdict == "violated"
    finally:
        del Bound.known["twin.small"]
