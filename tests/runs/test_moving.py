"""Dynamic regret and regret on intervals: against brute force, in certified intervals, and with their bounds."""

from dataclasses import replace
from itertools import combinations, pairwise, product

import numpy as np
import pytest
import scipy

import regretlab as rl
from regretlab.bounds import Bound
from regretlab.domains import Box, L2Ball, Simplex
from regretlab.runs.moving import worst
from regretlab.runs.sequences import best_sequence
from tests.tolerances import FAR, PRINTED_DIGITS, ROUND_OFF

CONSTANT = "sgd(alpha=0.5, schedule='constant')"


def path(u):
    return sum(float(np.linalg.norm(b - a)) for a, b in pairwise(u))


def by_grid(points, g, most):
    """The best sequence of points of a grid with a path of at most ``most``."""
    apart = np.linalg.norm(points[:, None] - points[None], axis=-1)
    sequences = np.array(list(product(range(len(points)), repeat=len(g)))).T  # of numbers of points, one a column
    lengths = sum(apart[a, b] for a, b in pairwise(sequences))
    values = sum(points[at] @ slope for at, slope in zip(sequences, g, strict=True))
    return float(values[lengths <= most + ROUND_OFF].min())


def by_program(g, most, low, high):
    """The linear program of a sequence on an interval and the lengths of its steps."""
    T = len(g)
    step = np.eye(T)[1:] - np.eye(T)[:-1]
    inside = np.block([[step, -np.eye(T - 1)], [-step, -np.eye(T - 1)]])
    limits = np.vstack([inside, np.append(np.zeros(T), np.ones(T - 1))])
    bounds = [(low, high)] * T + [(0, None)] * (T - 1)
    right = np.append(np.zeros(2 * T - 2), most)
    return scipy.optimize.linprog(np.append(g, np.zeros(T - 1)), limits, right, bounds=bounds).fun


@pytest.mark.parametrize("most", [0, 2, 4, 10])
def test_on_an_interval_the_best_sequence_is_that_of_the_grid(most):
    """With whole jumps between the ends the best one is on the grid of -1, 0, 1."""
    rng = np.random.default_rng(most)
    for _ in range(5):
        g = rng.integers(-3, 4, (6, 1)).astype(float)
        found = best_sequence(Box(-1, 1), g, most)
        least = by_grid(np.array([[-1.0], [0.0], [1.0]]), g, most)
        assert found.low <= least + ROUND_OFF
        assert found.high == pytest.approx(least, abs=ROUND_OFF)
        assert found.high - found.low < 8 * ROUND_OFF
        assert path(found.u) <= most * (1 + ROUND_OFF)


def test_on_an_interval_it_is_that_of_the_linear_program():
    rng = np.random.default_rng(0)
    for _ in range(20):
        g, most = rng.normal(size=int(rng.integers(2, 30))), rng.uniform(0, 12)
        found, value = best_sequence(Box(-1, 2), g[:, None], most), by_program(g, most, -1, 2)
        assert found.low <= value + PRINTED_DIGITS * 100
        assert found.high == pytest.approx(value, abs=1e-9)
        shorter = best_sequence(Box(-1, 2), g[:, None], most * 0.9)
        assert shorter.low >= found.low - ROUND_OFF, "a shorter path is no better"


@pytest.mark.parametrize("domain", [Box(-1, 1), L2Ball(1.0)], ids=str)
@pytest.mark.parametrize("most", [0.0, 0.7, 3.0])
def test_in_two_dimensions_the_interval_holds_the_optimum(domain, most):
    """No sequence of a grid is below it, and some solver's point, of path at most P, is close to its lower end."""
    g = np.random.default_rng(7).normal(size=(4, 2))
    found = best_sequence(domain, g, most)
    axis = np.linspace(-1, 1, 5)
    points = np.array([p for p in product(axis, axis) if isinstance(domain, Box) or np.hypot(*p) <= 1])
    assert found.low <= by_grid(points, g, most) + ROUND_OFF
    assert path(found.u) <= most * (1 + ROUND_OFF)
    np.testing.assert_allclose(domain.project(found.u, np.ones(2)), found.u, rtol=0, atol=ROUND_OFF)
    assert found.high >= (g * found.u).sum() >= found.low
    assert found.high - found.low < 2e-3
    with pytest.raises(AssertionError):  # the twin: a longer path has a better sequence
        assert best_sequence(domain, g, most + 1).high >= found.low


@pytest.mark.parametrize("domain", [Box(0, 1), L2Ball(2.0)], ids=str)
def test_a_long_sequence_is_certified_to_a_small_gap(domain):
    g = np.random.default_rng(1).normal(size=(120, 3))
    found = best_sequence(domain, g, 4.0)
    assert 0 <= found.high - found.low < 1e-4 * np.linalg.norm(g, axis=1).sum()


def test_of_another_domain_nothing_is_said():
    with pytest.raises(rl.InputError, match="certified on a box, a ball or an interval"):
        best_sequence(Simplex(), np.ones((3, 2)), 1.0)
    run = rl.simulate(rl.problems.OneNeuron(n=5, d=3), "sgd", horizon=5)
    with pytest.raises(rl.InputError, match="is not convex"):
        run.with_interval_regret()
    free = rl.simulate(rl.problems.Logistic("breast_cancer", domain="none"), "sgd", horizon=5)
    with pytest.raises(rl.InputError, match="has no bounded domain"):
        free.with_dynamic_regret(1)
    with pytest.raises(rl.InputError, match="path=-1"):
        run.with_dynamic_regret(-1)
    with pytest.raises(rl.InputError, match=r"dynamic regret was not measured for sgd; measure it by Result\.with"):
        run.regret("dynamic")


def by_pairs(domain, g, x, t, length):
    """The largest regret on an interval of the first t steps, one interval at a time."""
    spans = [(a, b) for a, b in combinations(range(t + 1), 2) if length is None or b - a == min(length, t)]
    return max((g[a:b] * x[a:b]).sum() - domain.linear_minimum(g[a:b].sum(0)) for a, b in spans)


@pytest.mark.parametrize("length", [None, 1, 4, 30])
@pytest.mark.parametrize("domain", [(Box(-1, 2), 1), (Box(-1, 2), 3), (L2Ball(2.0), 2), (Simplex(), 3)], ids=str)
def test_the_worst_interval_is_that_of_all_pairs(domain, length):
    domain, d = domain
    rng = np.random.default_rng(d)
    g = rng.normal(size=(25, d))
    x = domain.project(rng.normal(size=(25, d)), np.ones(d))
    value, first, last = worst(domain, g, x, length)
    for t in range(1, 26):
        assert value[t - 1] == pytest.approx(by_pairs(domain, g, x, t, length), abs=ROUND_OFF)
        a, b = first[t - 1] - 1, last[t - 1]
        assert (g[a:b] * x[a:b]).sum() - domain.linear_minimum(g[a:b].sum(0)) == pytest.approx(value[t - 1])


@pytest.fixture(scope="module")
def run():
    """Losses whose best point changes, for which a constant step is made."""
    Z = np.repeat([[1.0], [-1.0], [1.0]], 12, axis=0)
    return rl.simulate(rl.problems.Linear(Z), [CONSTANT, "sgd(alpha=1)"], horizon=36)


def test_bounds_hold_and_break_with_constants_too_small(run):
    moved = run.with_dynamic_regret(path=4).with_interval_regret()
    kinds = moved.kinds(CONSTANT)
    assert kinds == ["online", "dynamic", "interval"] == moved.kinds("sgd(alpha=1)")
    for name, schedule in ((CONSTANT, ""), ("sgd(alpha=1)", "_sqrt")):
        for kind in ("dynamic", "interval"):
            found = moved.bound(f"sgd.{kind}{schedule}", name)
            assert all(check.passed for check in found.checks)
            assert found.verdict in ("holds", "vacuous")
            assert (found.high <= found.curve).all()
            try:
                small = replace(found.bound, id="twin.small", terms={k: v / 20 for k, v in found.bound.terms.items()})
                assert moved.bound(small, name).verdict == "violated"
            finally:
                del Bound.known["twin.small"]
    assert moved.bound("sgd.zinkevich_dynamic", CONSTANT).value > moved.bound("sgd.dynamic", CONSTANT).value
    assert moved.bound("sgd.dynamic", "sgd(alpha=1)").verdict == "not applicable because fixed_step fails"


def test_each_regret_meets_its_own_bounds_only(run):
    """Those of regret against a fixed point are not compared with dynamic regret, nor the other way round."""
    assert {b.speaks_of for b in run.applicable(CONSTANT)} == {"online"}
    with pytest.raises(rl.InputError, match="speaks of dynamic regret, which this run did not measure"):
        run.bound("sgd.dynamic", CONSTANT)
    moved = run.with_dynamic_regret(path=0)
    np.testing.assert_allclose(
        moved.regret("dynamic", CONSTANT).low, run.regret("online", CONSTANT).low, atol=ROUND_OFF
    )
    assert {c.bound.speaks_of for c in moved.comparisons(CONSTANT)} == {"online", "dynamic"}


def test_what_was_measured_is_saved_and_an_extension_is_measured_again(run, tmp_path):
    moved = run.with_dynamic_regret(4).with_interval_regret(5)
    opened = rl.Result.open(moved.to_netcdf(tmp_path / "moved.nc"))
    assert opened.bound("sgd.interval", CONSTANT).value == moved.bound("sgd.interval", CONSTANT).value
    longer = moved.extend(horizon=50)
    assert longer.kinds(CONSTANT) == ["online"]
    one = longer.with_interval_regret(5, CONSTANT)
    assert one.kinds("sgd(alpha=1)") == ["online"]
    assert one.record.length.sel(algorithm=CONSTANT).max() == 5
    with pytest.raises(rl.InputError, match="does not hold its problem"):
        opened.with_interval_regret()


def test_the_tangents_of_convex_losses_are_an_upper_end():
    """The true dynamic regret, with losses evaluated at a sequence of path P, lies in the interval."""
    problem = rl.problems.LeastSquares("diabetes", domain="ball")
    result = rl.simulate(problem, "sgd(alpha=0.1, schedule='constant')", horizon=12, engine="array")
    moved = result.with_dynamic_regret(path=0.5).with_interval_regret()
    for kind in ("dynamic", "interval"):
        low, high = (moved.regret(kind)[end].values for end in ("low", "high"))
        assert (low <= high).all()
        assert (low >= result.regret().low.values - FAR).all()
        assert (high >= result.regret().high.values - FAR).all()
    assert moved.bound("sgd.interval").verdict in ("holds", "vacuous")
