"""Problems: gradients are derivatives, constants are true bounds on the domain, convexity is declared honestly."""

import pickle
import tracemalloc

import array_api_strict
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import regretlab as rl
from regretlab import features
from regretlab.domains import Box, L2Ball
from regretlab.problems import LinearModel, names, neuron
from tests.helpers.problems import dense, densified, everything, points
from tests.tolerances import FINITE_DIFFERENCE, ROUND_OFF, ROUND_OFF_OF_A_RUN


def sparse_logistic(**options):
    """One feature in five, one row without any."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 12)) * (rng.random((60, 12)) < 0.2)
    X[7] = 0
    return rl.problems.Logistic(sparse.csr_array(X), np.sign(rng.normal(size=60)), **options)


PROBLEMS = {
    "reddi": rl.problems.Reddi(C=4),
    "period-101": rl.problems.Reddi(1010, 10, 101),
    "stochastic": rl.problems.StochasticReddi(C=10, delta=0.1),
    "digits": rl.problems.Logistic("digits:3-8"),
    "breast_cancer": rl.problems.Logistic("breast_cancer", scale="standard", domain="ball", radius=3),
    "one_neuron": rl.problems.OneNeuron(n=50, d=5),
    "heavy": rl.problems.HeavyTailedLogistic(n=50, d=5),
    "sparse": sparse_logistic(domain=Box(-0.5, 2)),
    "sparse_ball": sparse_logistic(domain="ball", radius=3),
}
SPARSE = {name: problem for name, problem in PROBLEMS.items() if sparse.issparse(problem.Z)}
SPARSE["unbounded"] = sparse_logistic(domain="none", scale="none")


@pytest.fixture(params=PROBLEMS, name="problem")
def _problem(request):
    return PROBLEMS[request.param]


def test_gradients_are_derivatives(problem):
    x, h = points(problem, 3), 1e-6
    gradients = everything(problem, x)[1]
    for i in range(min(problem.d, 5)):
        e = np.eye(problem.d)[i] * h
        slope = (everything(problem, x + e)[0] - everything(problem, x - e)[0]) / (2 * h)
        assert np.abs(slope - gradients[:, :, i]).max() <= FINITE_DIFFERENCE * max(1, np.abs(gradients).max())


def test_the_fast_forms_equal_the_definition(problem):
    x = points(problem, 3)
    losses, gradients = everything(problem, x)
    scale = max(1.0, np.abs(losses).max())
    assert np.abs(problem.all_losses(x) - losses).max() <= ROUND_OFF * scale
    norms = np.sqrt((gradients**2).sum(-1))
    assert np.abs(problem.all_gradient_norms(x) - norms).max() <= ROUND_OFF * max(1, norms.max())
    weights = np.random.default_rng(1).random(problem.n)
    value, gradient = problem.weighted(x[0], weights)
    assert value == pytest.approx(weights @ losses[0], rel=1e-12)
    assert np.allclose(gradient, weights @ gradients[0], rtol=0, atol=ROUND_OFF * np.abs(gradient).max())


def test_declared_constants_bound_what_happens_on_the_domain(problem):
    c = {name: constant.value for name, constant in problem.constants().items()}
    x = np.concatenate([points(problem, 200), points(problem, 50, seed=1) * 1e3])
    x = problem.domain.project(x, np.ones_like(x))
    losses, gradients = everything(problem, x)
    slack = 1 + ROUND_OFF
    assert np.sqrt((gradients**2).sum(-1)).max() <= c["L"] * slack
    assert np.abs(gradients).max() <= c["G_inf"] * slack
    assert (losses.max(0) - losses.min(0)).max() <= c["span"] * slack
    assert losses.min() >= c["floor"] - ROUND_OFF
    D, D2 = problem.domain.diameters(problem.d)
    extent = x.max(0) - x.min(0)
    assert extent.max() <= D * slack
    assert max(np.linalg.norm(a - b) for a in x[:30] for b in x[-30:]) <= D2 * slack


def test_constants_are_not_idle(problem):
    """Twin: nine tenths of L is exceeded somewhere, so the bound above could fail."""
    x = np.concatenate([np.full((1, problem.d), v) for v in (-1.0, -1e-9, 0.0, 1e-9, 1.0)] + [points(problem, 500)])
    signs = np.sign(dense(problem.Z)[:200])
    x = np.concatenate([x, signs, -signs])
    x = np.concatenate([x, x * 1e-6])
    x = problem.domain.project(x, np.ones_like(x))
    largest = max(np.sqrt((everything(problem, part)[1] ** 2).sum(-1)).max() for part in np.array_split(x, 20))
    assert largest > 0.5 * problem.constants()["L"].value


def test_convexity_is_declared_honestly(problem):
    x, y = points(problem, 400), points(problem, 400, seed=2)
    middle = everything(problem, (x + y) / 2)[0]
    mean = (everything(problem, x)[0] + everything(problem, y)[0]) / 2
    gap = (middle - mean).max()
    assert (gap <= ROUND_OFF * max(1, np.abs(mean).max())) == problem.convex


@pytest.mark.parametrize("kind", [rl.problems.Logistic, rl.problems.Softmax])
def test_the_curvature_of_dense_features_needs_no_second_array_of_their_size(kind, monkeypatch):
    rng = np.random.default_rng(0)
    problem, weights = kind(rng.normal(size=(8000, 50)), rng.integers(0, 2, 8000)), rng.random(8000)
    expected = np.repeat(weights @ problem.Z**2, problem.d // 50)
    monkeypatch.setattr(features, "ENTRIES", 1000 * 50)
    tracemalloc.start()
    found = problem.curvature(weights)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < problem.Z.nbytes / 4
    assert np.allclose(found, expected, rtol=ROUND_OFF, atol=0)


def test_the_stochastic_example_is_an_exact_finite_sum():
    problem = rl.problems.StochasticReddi(1010, 10, probability=0.01)
    assert problem.n == 100
    assert (problem.Z == 1010).sum() == 1
    assert problem.Z.mean() == pytest.approx(0.01 * 1010 - 0.99 * 10)


def test_heavy_tails_have_the_printed_law():
    """The expected number of non-zero features is beta3 H_n H_d; Monte Carlo over seeds, false alarms below 1e-6."""
    n, d, seeds = 30, 10, 400
    counts = [rl.problems.OneNeuron(n, d, seed=s).Z.nnz for s in range(seeds)]
    chance = np.arange(1, n + 1)[:, None] ** -2.0 * np.arange(1, d + 1) ** -2.0
    error = np.sqrt((chance * (1 - chance)).sum() / seeds)
    assert abs(np.mean(counts) - chance.sum()) < 5 * error


def drawn_densely(n, d, beta3, gamma, seed):
    """The doubly heavy-tailed features as arrays, all uniforms of one kind at once."""
    rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, n, d])))
    chance = beta3 * np.arange(1, n + 1)[:, None] ** -gamma * np.arange(1, d + 1) ** -gamma
    present = rng.random((n, d)) < chance
    signs = np.where(rng.random((n, d)) < 0.5, -1.0, 1.0)
    labels = np.where(rng.random(n) < 0.5, -1.0, 1.0)
    return np.where(present, signs, 0.0), labels


@pytest.mark.parametrize("draws", [1, 7, 40, 1 << 16])
@pytest.mark.parametrize(("n", "d"), [(1, 1), (1, 9), (9, 1), (10, 4), (11, 4), (300, 20)])
def test_heavy_tails_do_not_depend_on_how_many_rows_are_drawn_at_a_time(n, d, draws, monkeypatch):
    monkeypatch.setattr(neuron, "DRAWS", draws)
    for seed in range(20):
        Z, y = neuron.heavy_tailed(n, d, 0.9, 2.0, seed)
        expected = drawn_densely(n, d, 0.9, 2.0, seed)
        assert np.array_equal(Z.toarray(), expected[0])
        assert np.array_equal(y, expected[1])


def test_heavy_tails_need_no_array_of_all_features():
    n, d = 200_000, 50
    tracemalloc.start()
    rl.problems.HeavyTailedLogistic(n, d).constants()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * (16 * (n + d) + 4 * neuron.DRAWS) < 8 * n * d / 2


@pytest.mark.parametrize("name", SPARSE)
def test_sparse_and_dense_features_are_the_same_problem(name):
    problem, twin = SPARSE[name], densified(SPARSE[name])
    x = np.random.default_rng(0).uniform(-1, 1, (3, problem.d))
    assert all(np.array_equal(a, b) for a, b in zip(everything(problem, x), everything(twin, x), strict=True))
    weights = np.random.default_rng(1).random(problem.n)
    pairs = [
        (problem.all_losses(x), twin.all_losses(x)),
        (problem.all_gradient_norms(x), twin.all_gradient_norms(x)),
        (problem.squared_norms, twin.squared_norms),
        (problem.floors(), twin.floors()),
        *zip(problem.weighted(x[0], weights), twin.weighted(x[0], weights), strict=True),
        *zip(problem.reach(), twin.reach(), strict=True),
        *((c.value, twin.constants()[key].value) for key, c in problem.constants().items()),
    ]
    for ours, theirs in pairs:
        assert type(ours) is type(theirs)
        np.testing.assert_allclose(ours, theirs, rtol=ROUND_OFF, atol=ROUND_OFF)


@pytest.mark.parametrize("name", SPARSE)
def test_a_run_on_sparse_features_is_that_on_dense_ones(name):
    options = {
        "horizon": 12,
        "replicates": 2,
        "engine": "array",
        "checkpoints": [12],
        "measure": ("cumulative", "sampler"),
    }
    ours, theirs = (
        rl.simulate(problem, "amsgrad(alpha=0.5)+adambs_corrected(gamma=0.5)", **options).of()
        for problem in (SPARSE[name], densified(SPARSE[name]))
    )
    for variable in ("x", "loss", "received", "probabilities", "sum_sqrt_v_hat"):
        np.testing.assert_allclose(ours[variable], theirs[variable], rtol=ROUND_OFF_OF_A_RUN, atol=ROUND_OFF_OF_A_RUN)


def test_sparse_features_move_to_namespaces_without_sparse_arrays():
    xp = array_api_strict
    problem = SPARSE["sparse"]
    assert problem.on(np).Z is problem.Z
    moved, x, J = problem.on(xp), points(problem, 2), np.array([[0, 7, 7], [3, 59, 1]])
    for ours, theirs in zip(
        moved.losses_and_gradients(xp.asarray(x), xp.asarray(J)), problem.losses_and_gradients(x, J), strict=True
    ):
        assert np.abs(np.asarray(ours) - theirs).max() <= ROUND_OFF
    norms = np.asarray(moved.all_gradient_norms(xp.asarray(x)))
    assert np.abs(norms - problem.all_gradient_norms(x)).max() <= ROUND_OFF


def test_sparse_features_are_kept_in_one_form():
    """Unsorted, with an entry given twice and a stored zero; the caller's matrix stays as it was."""
    given = sparse.csr_matrix((np.array([1.0, 2.0, 0.5, 0.0]), [2, 0, 2, 1], [0, 3, 4]), shape=(2, 3))
    problem = Identity(given)
    assert isinstance(problem.Z, sparse.csr_array)
    assert problem.Z.data.tolist() == [2.0, 1.5]
    assert problem.Z.indices.tolist() == [0, 2]
    assert problem.Z.indptr.tolist() == [0, 2, 2]
    assert (given.nnz, given.data.tolist()) == (4, [1.0, 2.0, 0.5, 0.0])
    for other in (given.tocoo(), given.tocsc().astype(np.float32), sparse.lil_array(given)):
        assert Identity(other).digest() == problem.digest()


def test_the_digest_of_sparse_features_covers_values_places_and_shape():
    Z = sparse.csr_array([[0.0, 1.0, 0.0], [2.0, 0.0, 0.0]])
    wide = Z.copy()
    wide.indices, wide.indptr = wide.indices.astype(np.int64), wide.indptr.astype(np.int64)
    assert Identity(wide).digest() == Identity(Z).digest()
    others = [2 * Z, Z[:, [1, 0, 2]], Z[[1, 0]], sparse.csr_array(sparse.hstack([Z, sparse.coo_array((2, 1))]))]
    assert len({Identity(other).digest() for other in [Z, *others]}) == 5


class Identity(LinearModel):
    name = "identity"
    convex = monotone = True

    def __init__(self, Z):
        super().__init__(Z, np.zeros(Z.shape[0]), domain=Box(-1, 1))

    def phi(self, u, y):
        return u

    def slope(self, u, y):
        return np.ones_like(u)

    def slope_bound(self, low, high):
        return np.ones_like(low)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 10)), min_size=1, max_size=6))
def test_the_weighted_projection_onto_the_ball_is_optimal(rows):
    x, s = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    z = L2Ball(1.0).project(x[None], s[None])[0]
    assert np.linalg.norm(z) <= 1 + ROUND_OFF
    # Optimality: the gradient s (z - x) points inwards, <s (z - x), w - z> >= 0 for every w in the ball.
    c = s * (z - x)
    assert L2Ball(1.0).linear_minimum(c) - c @ z >= -1e-9 * max(1.0, np.abs(c).max())


def test_the_euclidean_projection_is_not_the_weighted_one():
    x, s = np.array([[3.0, 3.0]]), np.array([[1.0, 100.0]])
    weighted, plain = L2Ball(1).project(x, s), L2Ball(1).project(x, np.ones_like(s))
    assert np.abs(weighted - plain).max() > 0.1


def test_a_users_own_problem_needs_only_losses_and_gradients():
    class Quadratic(rl.problems.Problem):
        n, d, convex, domain = 3, 2, True, Box(-1, 1)
        centres = np.array([[0.5, 0.0], [0.0, 0.5], [0.1, 0.1]])

        def losses_and_gradients(self, x, J):
            away = x[:, None, :] - self.centres[J]
            return (away**2).sum(-1), 2 * away

    result = rl.simulate(Quadratic(), "sgd(alpha=0.1)", horizon=500, replicates=2, measure=("cumulative", "sampler"))
    assert result.interval("cumulative").mean / 500 < 0.1
    assert result.comparisons()[0].verdict.startswith("not applicable because bounded_gradients")
    del Quadratic.convex
    with pytest.raises(rl.InputError, match="Quadratic does not set 'convex'"):
        Quadratic()


def test_a_problem_can_be_given_as_text():
    assert rl.simulate("reddi(C=8)", "adam", horizon=5).problem.name == rl.problems.Reddi(C=8).name
    with pytest.raises(rl.InputError, match="3 is not a problem"):
        rl.simulate(3, "adam", horizon=5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("reddi2", ["unknown problem 'reddi2'", "'reddi'"]),
        ("reddi(D=3)", ["unknown parameter of reddi 'D'", "C"]),
        ("reddi(C=-1)", ["C=-1", "(0, inf)", "Reddi"]),
        ("reddi(period=2.5)", ["period=2.5", "integer"]),
        ("stochastic_reddi(C=3, delta=5)", ["outside (0, 1)", "delta"]),
        ("stochastic_reddi(C=3.14159265, delta=0.123457)", ["examples", "round"]),
        ("one_neuron(gamma=1)", ["gamma=1", "[2, inf)"]),
        ("logistic(data='nowhere.csv')", ["nowhere.csv"]),
        ("logistic(data='digits', scale='huge')", ["huge"]),
        ("logistic(data='digits', domain='cube')", ["domain='cube'", "'box'"]),
        ("reddi + reddi", ["one name"]),
    ],
)
def test_bad_problems_are_one_sentence(text, words):
    with pytest.raises(rl.InputError) as error:
        names.parse(text)
    assert all(word in str(error.value) for word in words), str(error.value)
    assert "\n" not in str(error.value)


SPELLED = [
    "Reddi(C=8)", "StochasticReddi()", "Logistic(data='digits:3-8', test=0.2)", "OneNeuron(n=50, domain='none')",
    "Logistic(X='breast_cancer', domain=L2Ball(radius=2.0))", "Softmax(data='wine')", "MLP(X='wine', hidden=(3, 4))",
    "LeastSquares(data='diabetes')", "HeavyTailedLogistic(n=10, d=2)",
]  # fmt: skip


@pytest.mark.parametrize("text", SPELLED)
def test_a_problem_prints_as_the_call_that_makes_it(text):
    names = {name: getattr(rl.problems, name) for name in rl.problems.__all__} | {"L2Ball": rl.domains.L2Ball}
    problem = eval(text, names)
    assert repr(problem) == text
    assert repr(pickle.loads(pickle.dumps(problem))) == text
    assert eval(repr(problem), names).digest() == problem.digest()


def test_a_problem_prints_no_arrays():
    X, y = np.random.default_rng(0).normal(size=(30, 3)), np.arange(30) % 2
    assert repr(rl.problems.Hinge(X, y)) == "Hinge(X=<array (30, 3)>, y=<array (30,)>)"
    assert repr(rl.problems.Logistic(X.tolist(), y.tolist())) == "Logistic(X=<list>, y=<list>)"
    assert repr(rl.problems.Reddi(np.float64(8))) == "Reddi(C=np.float64(8.0))"
    assert repr(rl.problems.names.parse("softmax(data='wine')")) == "Softmax(data='wine')"
