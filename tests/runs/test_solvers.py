"""Newton's method for comparators: few passes over the data, on any domain, and never the only one to be asked."""

import numpy as np
import pytest

import regretlab as rl
from regretlab.runs import comparator
from regretlab.runs.comparator import minimum
from tests.tolerances import CERTIFIED_GAP, FINITE_DIFFERENCE, ROUND_OFF

DOMAINS = {
    "box": rl.domains.Box(-0.3, 0.4), "ball": rl.domains.L2Ball(0.5), "simplex": rl.domains.Simplex(1.0),
    "ellipsoid": rl.domains.Ellipsoid(np.array([0.5, 0.6, 0.7, 0.5, 0.6, 0.7])),
}  # fmt: skip


def problem(domain, kind=rl.problems.Logistic, n=400):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 6)) * [1, 3, 1, 1, 0.1, 1]
    y = X @ [1, -1, 0.3, 0, 2, 0.1] + rng.logistic(size=n)
    return kind(X, y > 0 if kind is rl.problems.Logistic else y, domain=domain)


def passes(problem, monkeypatch, weights):
    """The minimum, and how often a gradient was asked for on the way."""
    asked = []
    for name in ("gradient", "weighted"):
        whole = getattr(type(problem), name)

        def counted(self, x, w, whole=whole):
            asked.append(x)
            return whole(self, x, w)

        monkeypatch.setattr(type(problem), name, counted)
    return minimum(problem, weights, problem.start), len(asked)


@pytest.mark.parametrize("kind", [rl.problems.Logistic, rl.problems.LeastSquares])
@pytest.mark.parametrize("domain", DOMAINS)
def test_a_minimum_takes_few_passes_and_is_certified(domain, kind, monkeypatch):
    of = problem(DOMAINS[domain], kind).measured
    weights = np.random.default_rng(1).random(of.n)
    found, asked = passes(of, monkeypatch, weights)
    assert found.high - found.low <= CERTIFIED_GAP * of.constants()["span"].value * weights.sum()
    assert asked <= 10
    monkeypatch.setattr(type(of), "curved", False)
    other, more = passes(of, monkeypatch, weights)
    assert max(found.low, other.low) <= min(found.high, other.high)
    assert more > asked, "the twin: without second derivatives"


@pytest.mark.parametrize("sparse", [False, True])
def test_second_derivatives_are_those_of_the_gradient(sparse):
    from scipy.sparse import csr_array

    rng = np.random.default_rng(2)
    X = rng.normal(size=(30, 4)) * (rng.random((30, 4)) < 0.6)
    of = rl.problems.Logistic(csr_array(X) if sparse else X, rng.random(30) < 0.5, scale="none")
    x, w, h = rng.normal(size=4), rng.random(30), 1e-5
    steps = [(of.gradient(x + h * e, w) - of.gradient(x - h * e, w)) / (2 * h) for e in np.eye(4)]
    np.testing.assert_allclose(of.hessian(x, w), steps, atol=FINITE_DIFFERENCE)
    np.testing.assert_allclose(of.gradient(x, w), of.weighted(x, w)[1], atol=ROUND_OFF)


def test_wrong_second_derivatives_cost_time_and_nothing_else(monkeypatch):
    """A matrix that has nothing to do with the loss: another solver finds the minimum, with the same certificate."""
    of = problem(DOMAINS["box"])
    right = minimum(of, np.ones(of.n), of.start)
    monkeypatch.setattr(type(of), "hessian", lambda self, x, w: 1e-6 * np.eye(self.d))
    wrong = minimum(of, np.ones(of.n), of.start)
    assert max(right.low, wrong.low) <= min(right.high, wrong.high)
    assert wrong.high - wrong.low <= CERTIFIED_GAP * of.constants()["span"].value * of.n
    assert comparator.GAP < CERTIFIED_GAP


def test_a_kept_gradient_does_not_depend_on_the_parts_it_was_summed_in(monkeypatch):
    from regretlab.problems import linear

    of, x = problem(DOMAINS["box"]), np.full(6, 0.2)
    whole = of.losses_and_norms(x)
    monkeypatch.setattr(linear, "CACHED", 60)
    for one, other in zip(of.losses_and_norms(x), whole, strict=True):
        np.testing.assert_allclose(one, other, rtol=ROUND_OFF)


def test_linear_losses_without_a_domain_have_no_minimum_and_none_is_searched(monkeypatch):
    monkeypatch.setattr(comparator, "_descend", lambda *given: pytest.fail("a search"))
    problem = rl.problems.Linear([[1.0, -2.0], [0.5, 3.0]], domain="none")
    low, high, x = comparator.minimum(problem, np.array([2.0, 1.0]), np.zeros(2))
    assert low == -np.inf
    assert high < -1e12
    assert high == pytest.approx(2.5 * x[0] - x[1])
