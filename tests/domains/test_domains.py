"""Domains: projections that are optimal, a user's own like a built-in one, and wrong ones found out."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import regretlab as rl
from regretlab.domains import Ball, Box, Ellipsoid, L2Ball, Product, Simplex, checked, domain_named, spelled
from regretlab.runs.comparator import minimum
from tests.tolerances import CERTIFIED_GAP, FAR, ROUND_OFF

DOMAINS = {
    "box": Box(-0.5, 2), "l2": L2Ball(1.5), "l1": Ball(1, 2.0), "ball 2": Ball(2, 0.7), "ball inf": Ball(np.inf, 0.7),
    "ellipsoid": Ellipsoid([0.3, 2, 1, 0.7, 5]), "simplex": Simplex(), "large simplex": Simplex(5),
    "product": Product([(Box(), 1), (Simplex(), 2), (Product([(Ball(1), 1), (L2Ball(), 1)]), 2)]),
}  # fmt: skip


class OwnBox:
    """[-1, 1]^d as a user writes it: no base class, no repr."""

    def project(self, x, weights):
        return np.clip(x, -1, 1)

    def linear_minimum(self, c):
        return float(-np.abs(c).sum())

    def reach(self, z):
        s = np.abs(z).sum(-1)
        return -s, s

    def diameters(self, d):
        return 2.0, 2 * np.sqrt(d)


def data(n=40, d=5, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    return X, np.sign(X @ rng.normal(size=d) + rng.normal(size=n))


@pytest.mark.parametrize("domain", DOMAINS.values(), ids=DOMAINS)
@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(0.01, 9)), min_size=5, max_size=5))
def test_the_weighted_projection_is_the_nearest_point(domain, rows):
    x, s = np.array(rows).T
    z = domain.project(x[None], s[None])[0]
    pull = s * (z - x)
    slack = 1e-9 * max(1.0, np.abs(pull).max())
    assert domain.linear_minimum(pull) >= pull @ z - slack, "no other point lies further along the pull"
    assert domain.linear_minimum(pull) <= pull @ z + slack, "z is in the domain"
    np.testing.assert_allclose(domain.project(z, s), z, atol=1e-9)
    low, high = domain.reach(x[None])
    assert low[0] - 1e-9 <= x @ z <= high[0] + 1e-9
    assert low[0] == pytest.approx(domain.linear_minimum(x), abs=1e-9)
    np.testing.assert_allclose(domain.reach(sparse.csr_array(x[None]))[0], low, atol=ROUND_OFF * 50)


@pytest.mark.parametrize("kind", [Simplex(), Ball(1)], ids=["simplex", "l1"])
def test_coordinates_far_outside_or_free_to_move_are_projected_too(kind):
    far = kind.project(np.array([1e20, 1e20 + 1e5, -1e20]), np.ones(3))
    assert np.abs(far).sum() == pytest.approx(1)
    free = kind.project(np.array([3.0, 0.2, 0.1]), np.array([1.0, 0.0, 2.0]))
    assert np.abs(free).sum() == pytest.approx(1)
    assert free[2] == pytest.approx(0.1 if isinstance(kind, Simplex) else 0.0, abs=1e-6) or free[0] >= 0.9


@pytest.mark.parametrize("domain", DOMAINS.values(), ids=DOMAINS)
def test_the_comparator_on_any_domain_is_certified_and_best(domain):
    X, y = data()
    for problem in (
        rl.problems.Logistic(X, y, scale="none", domain=domain),
        rl.problems.Hinge(X, y, scale="none", domain=domain),
        rl.problems.LeastSquares(X, y, scale="none", domain=domain),
    ):
        weights = np.random.default_rng(1).random(problem.n)
        found = minimum(problem, weights, problem.start)
        span = problem.constants()["span"].value
        share = CERTIFIED_GAP if not problem.kinks else 1e-5
        assert 0 <= found.high - found.low <= share * span * weights.sum()
        points = np.concatenate([checked(domain, 5), domain.project(found.x + np.eye(5) / 100, np.ones((5, 5)))])
        assert (problem.all_losses(points) @ weights).min() >= found.low
        np.testing.assert_allclose(domain.project(found.x, np.ones(5)), found.x, atol=1e-9)


def test_a_users_box_gives_the_numbers_of_the_built_in_one():
    X, y = data(60)
    runs = {}
    for domain in (Box(-1, 1), OwnBox()):
        problem = rl.problems.Logistic(X, y, domain=domain)
        runs[type(domain)] = rl.simulate(problem, "amsgrad(alpha=0.5)", horizon=300, measure=["cumulative"])
    built_in, own = runs.values()
    span = built_in.problem.constants["span"].value
    assert own.problem.constants["span"].value == pytest.approx(span)
    for kind in ("online", "cumulative"):
        ours, theirs = own.regret(kind), built_in.regret(kind)
        gap = CERTIFIED_GAP * span * built_in.record.t.values
        assert (ours.low <= theirs.high + gap).all()
        assert (theirs.low <= ours.high + gap).all()
        assert (ours.high - ours.low <= 2 * gap).all()
    assert np.abs(own.record.comparator.values).max() <= 1
    assert [c.verdict for c in own.comparisons()] == [c.verdict for c in built_in.comparisons()]


def test_a_domain_without_a_repr_is_named_by_its_contents(tmp_path):
    class Cap:
        def __init__(self, top):
            self.top = np.asarray(top)

        def project(self, x, weights):
            return np.clip(x, 0, self.top)

        def linear_minimum(self, c):
            return float(np.minimum(0, c * self.top).sum())

        def reach(self, z):
            return np.minimum(0, z * self.top).sum(-1), np.maximum(0, z * self.top).sum(-1)

        def diameters(self, d):
            return float(self.top.max()), float(np.linalg.norm(self.top))

    X, y = data()
    tops = np.linspace(1, 2, 5)
    same, again, other = (rl.problems.Logistic(X, y, domain=Cap(top)) for top in (tops, tops.copy(), tops + 1e-12))
    assert " at 0x" not in spelled(same.domain)
    assert same.digest() == again.digest() != other.digest()
    run = rl.simulate(same, "sgd(alpha=0.5)", horizon=20)
    saved = rl.Result.open(run.to_netcdf(tmp_path / "run.nc"))
    assert saved.problem.domain == spelled(same.domain)
    longer = run.extend(horizon=40)
    whole = rl.simulate(again, "sgd(alpha=0.5)", horizon=40)
    assert longer.interval().mean == pytest.approx(whole.interval().mean)


class Orthant:
    """x >= 0, which has no bounds."""

    def project(self, x, weights):
        return np.maximum(x, 0.0)

    def linear_minimum(self, c):
        return 0.0 if (c >= 0).all() else -np.inf

    def reach(self, z):
        return np.where((z < 0).any(-1), -np.inf, 0.0), np.where((z > 0).any(-1), np.inf, 0.0)

    def diameters(self, d):
        return np.inf, np.inf


@pytest.mark.parametrize("kind", ["Logistic", "LeastSquares", "Hinge", "Linear"])
def test_a_domain_without_bounds_certifies_what_it_can(kind, tmp_path):
    X, y = data()
    given = (X,) if kind == "Linear" else (X, y)
    problem = getattr(rl.problems, kind)(*given, domain=Orthant())
    run = rl.simulate(problem, "sgd(alpha=0.5)", horizon=50)
    assert (run.record.x.values >= 0).all()
    assert (run.record.comparator.values >= 0).all()
    assert np.isfinite(run.regret().low).all()
    assert all(c.verdict.startswith(("not applicable", "vacuous")) for c in run.comparisons())
    saved = rl.Result.open(run.to_netcdf(tmp_path / "run.nc"))
    assert np.isinf(saved.problem.D)


WRONG = {
    "no project": ({"project": None}, ["has no project", "linear_minimum(c)", "diameters(d)"]),
    "no linear_minimum": ({"linear_minimum": None}, ["has no linear_minimum"]),
    "no reach": ({"reach": None}, ["has no reach"]),
    "no diameters": ({"diameters": None}, ["has no diameters"]),
    "not a projection": ({"project": lambda self, x, w: np.clip(x, -1, 1) * 0.9}, ["project"]),
    "not the nearest": ({"project": lambda self, x, w: np.tanh(x)}, ["project"]),
    "a lost axis": ({"project": lambda self, x, w: np.clip(x, -1, 1).sum(-1)}, ["shape"]),
    "not a number": ({"project": lambda self, x, w: x * np.nan}, ["nan"]),
    "the maximum": ({"linear_minimum": lambda self, c: np.abs(c).sum()}, ["linear_minimum", "minimum of <c, x>"]),
    "too high": ({"linear_minimum": lambda self, c: -0.9 * np.abs(c).sum()}, ["linear_minimum"]),
    "too low": ({"linear_minimum": lambda self, c: -1.1 * np.abs(c).sum()}, ["linear_minimum", "no point reaches"]),
    "an array": ({"linear_minimum": lambda self, c: -np.abs(c)}, ["linear_minimum", "shape"]),
    "words": ({"linear_minimum": lambda self, c: "low"}, ["linear_minimum", "'low'"]),
    "narrow": ({"reach": lambda self, z: (-np.abs(z).max(-1), np.abs(z).max(-1))}, ["reach"]),
    "one end": ({"reach": lambda self, z: np.abs(z).sum(-1)}, ["reach", "pair"]),
    "short": ({"diameters": lambda self, d: (1.0, 2 * np.sqrt(d))}, ["diameters", "D = 1"]),
    "one diameter": ({"diameters": lambda self, d: 2.0}, ["diameters", "two numbers"]),
    "it fails": ({"project": lambda self, x, w: x[:, 0, 0]}, ["project failed", "IndexError"]),
}


@pytest.mark.parametrize(("methods", "words"), WRONG.values(), ids=WRONG)
def test_a_domain_that_is_wrong_is_one_sentence(methods, words):
    X, y = data()
    wrong = type("Wrong", (OwnBox,), methods)()
    with pytest.raises(rl.InputError) as error:
        rl.problems.Logistic(X, y, domain=wrong)
    assert all(word in str(error.value) for word in words), str(error.value)
    assert "\n" not in str(error.value)


def test_an_unweighted_projection_onto_a_ball_is_found_out():
    class Own(L2Ball):
        def project(self, x, weights):
            return super().project(x, np.ones_like(weights))

    with pytest.raises(rl.InputError, match="weighted"):
        checked(Own(), 3)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: domain_named("cube", 1.0), ["domain='cube'", "'simplex'"]),
        (lambda: Ball(3), ["p=3", "1, 2 and inf"]),
        (lambda: Ball(1, -2), ["radius=-2"]),
        (lambda: Simplex(0), ["radius=0"]),
        (lambda: Product([]), ["no block"]),
        (lambda: Ellipsoid([1, 0]), ["axes=[1, 0]", "positive", "Ellipsoid([2, 1])"]),
        (lambda: Ellipsoid("wide"), ["axes='wide'", "no numbers"]),
        (lambda: checked(Ellipsoid([1, 2]), 3), ["2 coordinates", "3", "semi-axes"]),
        (lambda: Product([Box(), Simplex()]), ["pairs"]),
        (lambda: Product([(Box(), 0)]), ["size=0"]),
        (lambda: rl.problems.Logistic(*data(), domain=Product([(Box(), 3)])), ["3 coordinates", "5"]),
        (lambda: rl.problems.Logistic(*data(), domain=Box), ["Box is a class", "Box()"]),
        (lambda: rl.problems.OneNeuron(n=10, d=2, domain=3), ["domain=3 is not one of"]),
    ],
)
def test_bad_domains_are_one_sentence(make, words):
    with pytest.raises(rl.InputError) as error:
        make()
    assert all(word in str(error.value) for word in words), str(error.value)


def test_problems_start_inside_their_domain():
    X, y = data()
    assert rl.problems.Logistic(X, y, domain="simplex").start.tolist() == pytest.approx([0.2] * 5)
    assert np.linalg.norm(rl.problems.OneNeuron(n=20, d=30, domain="ball").start) <= 1 + ROUND_OFF
    with pytest.raises(rl.InputError, match="leaves out the start"):
        Slopes(np.ones((3, 2)), start=2.0)


def test_softmax_knows_its_constants_on_any_domain():
    """The lead of a class is a difference of two blocks of coordinates, whatever the domain says of them together."""
    domain = Product([(Box(0, 1), 13), (Simplex(), 13), (L2Ball(2), 13)])
    problem = rl.problems.Softmax("wine", domain=domain)
    rng = np.random.default_rng(0)
    x = domain.project(rng.normal(size=(300, 39)) * 10, np.ones((300, 39)))
    losses, declared = problem.all_losses(x), problem.constants()
    assert (losses >= problem.floors() - ROUND_OFF).all()
    assert np.ptp(losses, axis=0).max() <= declared["span"].value
    assert problem.all_gradient_norms(x).max() <= declared["L"].value + ROUND_OFF


def test_a_projection_that_rounds_points_of_the_domain_is_not_refused():
    """a * (x / a) is not x: what round-off moves is moved in no direction."""
    axes = np.array([0.5, 0.6, 0.7, 0.5, 0.6, 0.7])
    x = np.random.default_rng(0).random(6) / 10
    assert (axes * (x / axes) != x).any()
    assert len(checked(Ellipsoid(axes), 6)) > 0


@pytest.mark.parametrize("s", [1e-300, 1e-150, 1e-12, 1e12, 1e150, 1e300])
def test_losses_times_s_have_a_minimum_times_s(s):
    class Scaled(rl.problems.Logistic):
        phi = lambda self, u, y: s * rl.problems.Logistic.phi(self, u, y)  # noqa: E731
        slope = lambda self, u, y: s * rl.problems.Logistic.slope(self, u, y)  # noqa: E731

    X, y = data()
    plain, weights = rl.problems.Logistic(X, y), np.random.default_rng(0).random(40)
    one, scaled = minimum(plain, weights, plain.start), minimum(Scaled(X, y), weights, plain.start)
    gap = 2 * CERTIFIED_GAP * plain.constants()["span"].value * weights.sum()
    assert scaled.low / s == pytest.approx(one.low, abs=gap)
    assert scaled.high / s == pytest.approx(one.high, abs=gap)
    assert scaled.high - scaled.low <= gap * s


def test_the_interval_of_a_minimum_contains_the_exact_one():
    """Linear losses on a box: the minimum in fractions; the value computed in doubles alone is often not it."""
    rng, missed = np.random.default_rng(3), 0
    for _ in range(40):
        n, d = rng.integers(2, 60), rng.integers(1, 6)
        Z, weights = rng.normal(size=(n, d)) * 10.0 ** rng.integers(-3, 4, size=(n, 1)), rng.random(n)
        problem = Slopes(Z)
        found = minimum(problem, weights, problem.start)
        sums = [sum(Fraction(w) * Fraction(z) for w, z in zip(weights, column, strict=True)) for column in Z.T]
        exact = -sum(abs(c) for c in sums)
        assert found.low <= exact <= found.high
        missed += Fraction(float(problem.weighted(found.x, weights)[0])) != exact
    assert missed > 10, "the twin: without the round-off the interval would often miss the truth"


class Slopes(rl.problems.LinearModel):
    """z_j . x on [-1, 1]^d."""

    name = "slopes"
    convex = monotone = True

    def __init__(self, Z, start=None):
        super().__init__(Z, np.zeros(len(Z)), domain=Box(-1, 1), start=start)

    def phi(self, u, y):
        return u + 0 * y

    def slope(self, u, y):
        return np.ones_like(u)

    def slope_bound(self, low, high):
        return np.ones_like(low)


def test_a_gap_is_told_from_round_off():
    """Twin: half the solver's steps away from its end, the interval is wide and still contains the minimum."""
    X, y = data()
    problem = rl.problems.LeastSquares(X, y, scale="none", domain=OwnBox())
    best = minimum(problem, np.ones(40), problem.start)
    problem.solver_steps = 1
    early = minimum(problem, np.ones(40), problem.start)
    assert early.high - early.low > FAR
    assert early.low <= best.low <= best.high <= early.high


@pytest.mark.parametrize("name", ["Ball", "Box", "Domain", "L2Ball", "Product", "Simplex"])
def test_the_names_that_domains_had_among_the_problems_are_read_with_a_warning(name):
    with pytest.warns(DeprecationWarning, match=rf"^rl\.problems\.{name} is rl\.domains\.{name} now; write that\.$"):
        assert getattr(rl.problems, name) is getattr(rl.domains, name)
    with pytest.raises(AttributeError, match="no problem whose class is called 'Cube'"):
        rl.problems.Cube  # noqa: B018
