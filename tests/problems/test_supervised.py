"""Problems on features and targets: softmax, least squares, hinge, perceptron; held-out examples and their loss."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, sparse

import regretlab as rl
from regretlab import algorithms
from regretlab.problems import Problem, _supervised, linear, names
from regretlab.runs.comparator import minimum
from regretlab.runs.held_out import HeldOutLosses
from regretlab.runs.plan import plan
from regretlab.runs.run import run
from tests.helpers import array_apis
from tests.helpers.problems import dense, densified, everything, points
from tests.tolerances import CERTIFIED_GAP, ENGINES, FAR, FINITE_DIFFERENCE, ROUND_OFF, ROUND_OFF_OF_A_RUN

KINDS = {
    "softmax": rl.problems.Softmax,
    "least_squares": rl.problems.LeastSquares,
    "hinge": rl.problems.Hinge,
    "mlp": rl.problems.MLP,
}


def small(kind, sparsely=False, **options):
    """Sixty examples with eight features, one row of them without any, and the kind's sort of targets."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 8)) * (rng.random((60, 8)) < (0.2 if sparsely else 0.9))
    X[7] = 0
    drawn = {"binary": rng.choice(["no", "yes"], 60), "classes": rng.integers(3, 7, 60), "real": rng.normal(size=60)}
    y = drawn[KINDS[kind].targets]
    if kind == "mlp":
        options = {"hidden": (5, 4), "radius": 2.0, **options}
    return KINDS[kind](sparse.csr_array(X) if sparsely else X, y, **options)


PROBLEMS = {
    "softmax": small("softmax", radius=2.0),
    "softmax, two classes": rl.problems.Softmax("digits:3-8", scale="standard"),
    "softmax, ball": small("softmax", domain="ball", radius=3.0),
    "softmax, sparse": small("softmax", True, domain=rl.domains.Box(-0.5, 2)),
    "least_squares": rl.problems.LeastSquares("diabetes", scale="standard"),
    "least_squares, ball": small("least_squares", domain="ball", scale="none"),
    "least_squares, sparse": small("least_squares", True),
    "hinge": small("hinge", radius=3.0),
    "hinge, ball": rl.problems.Hinge("breast_cancer", domain="ball", radius=3.0),
    "hinge, sparse": small("hinge", True, radius=2.0),
    "mlp": small("mlp"),
    "mlp, relu": small("mlp", hidden=6, activation="relu", domain=rl.domains.Box(-1, 3)),
    "mlp, sparse": small("mlp", True, hidden=[4]),
}
SPARSE = [name for name in PROBLEMS if name.endswith("sparse")]


@pytest.fixture(params=PROBLEMS, name="problem")
def _problem(request):
    return PROBLEMS[request.param]


def slopes(problem, x, i, h=1e-6):
    """Central differences of all losses in coordinate i."""
    e = np.eye(problem.d)[i] * h
    return (problem.all_losses(x + e) - problem.all_losses(x - e)) / (2 * h)


def test_gradients_are_derivatives(problem):
    """On points that are not within a step of a kink, which almost none is."""
    x = points(problem, 3, seed=3)
    gradients = everything(problem, x)[1]
    scale, twins = max(1, np.abs(gradients).max()), []
    for i in {*range(0, problem.d, max(1, problem.d // 12)), problem.d - 1}:
        slope = slopes(problem, x, i)
        assert np.abs(slope - gradients[:, :, i]).max() <= FINITE_DIFFERENCE * scale
        twins.append(np.abs(slope + gradients[:, :, i]).max())
    assert max(twins) > 100 * FINITE_DIFFERENCE * scale, "the twin: a wrong sign is seen"


def test_the_fast_forms_equal_the_definition(problem):
    x = points(problem, 3)
    losses, gradients = everything(problem, x)
    assert np.abs(problem.all_losses(x) - losses).max() <= ROUND_OFF * max(1, np.abs(losses).max())
    norms = np.sqrt((gradients**2).sum(-1))
    assert np.abs(problem.all_gradient_norms(x) - norms).max() <= ROUND_OFF * max(1, norms.max())
    weights = np.random.default_rng(1).random(problem.n)
    value, gradient = problem.weighted(x[0], weights)
    assert value == pytest.approx(weights @ losses[0], rel=1e-12)
    assert np.allclose(
        gradient, weights @ gradients[0], rtol=0, atol=ROUND_OFF * weights.sum() * np.abs(gradients).max()
    )


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(PROBLEMS)), st.integers(0, 2**31), st.floats(-2, 4))
def test_declared_constants_bound_what_happens_on_the_domain(name, seed, size):
    """Points of all sizes, from the middle of the domain to its corners."""
    problem = PROBLEMS[name]
    c = {key: constant.value for key, constant in problem.constants().items()}
    x = points(problem, 8, seed) * 10**size
    x = problem.domain.project(np.concatenate([x, -x[:2], np.sign(x[:2]) * 1e3]), np.ones_like(x[:1]))
    losses, norms = problem.all_losses(x), problem.all_gradient_norms(x)
    slack = 1 + ROUND_OFF
    assert norms.max() <= c["L"] * slack
    J = np.random.default_rng(seed).integers(0, problem.n, (len(x), 20))
    assert np.abs(problem.losses_and_gradients(x, J)[1]).max() <= c["G_inf"] * slack
    assert (losses.max(0) - losses.min(0)).max() <= c["span"] * slack
    assert (losses * slack + ROUND_OFF >= problem.floors()).all()


@pytest.mark.parametrize("name", [name for name in PROBLEMS if not name.startswith("mlp")])
def test_constants_are_not_idle(name):
    """Twin: half of L, of G_inf and of the span are exceeded (a perceptron's constants are products, and far off)."""
    problem = PROBLEMS[name]
    x, order = [points(problem, 300)], np.argsort(-problem.squared_norms)[:20]
    for z, y in zip(dense(problem.Z)[order], problem.y[order], strict=True):
        if name.startswith("softmax"):
            z = np.outer(z, np.where(np.arange(problem.c) == y, -1, 1)).ravel()
        x += [1e3 * z[None], -1e3 * z[None], 1e3 * np.sign(z)[None], -1e3 * np.sign(z)[None]]
    x = np.concatenate(x)
    x = problem.domain.project(x, np.ones_like(x))
    c = problem.constants()
    losses = problem.all_losses(x)
    assert problem.all_gradient_norms(x).max() > 0.5 * c["L"].value
    assert max(np.abs(everything(problem, part)[1]).max() for part in np.array_split(x, 20)) > 0.5 * c["G_inf"].value
    assert (losses.max(0) - losses.min(0)).max() > 0.5 * c["span"].value


def test_convexity_is_declared_honestly(problem):
    x, y = points(problem, 400), points(problem, 400, seed=2)
    middle, mean = problem.all_losses((x + y) / 2), (problem.all_losses(x) + problem.all_losses(y)) / 2
    assert ((middle - mean).max() <= ROUND_OFF * max(1, np.abs(mean).max())) == problem.convex


def test_softmax_of_two_classes_is_logistic_regression_in_the_difference_of_the_columns():
    softmax, logistic = rl.problems.Softmax("digits:3-8"), rl.problems.Logistic("digits:3-8")
    x = points(softmax, 4)
    columns = x.reshape(4, -1, 2)
    u = columns[..., 1] - columns[..., 0]
    assert np.abs(softmax.all_losses(x) - logistic.all_losses(u)).max() <= ROUND_OFF
    assert np.abs(softmax.all_losses(x) - logistic.all_losses(-u)).max() > FAR
    ours, theirs = everything(softmax, x)[1].reshape(4, softmax.n, -1, 2), everything(logistic, u)[1]
    assert np.abs(ours[..., 1] - theirs).max() <= ROUND_OFF
    assert np.abs(ours[..., 0] + theirs).max() <= ROUND_OFF


def test_the_kink_of_the_hinge_has_the_subgradient_zero():
    problem = rl.problems.Hinge([[1.0], [-2.0]], ["a", "b"], scale="none", radius=2.0)
    losses, gradients = problem.losses_and_gradients(np.array([[-1.0], [-1 + 1e-9]]), np.array([[0], [0]]))
    assert losses.tolist() == [[0.0], [pytest.approx(1e-9)]]
    assert gradients.ravel().tolist() == [0.0, 1.0]


@pytest.mark.parametrize("domain", ["box", "ball"])
def test_the_minimum_of_the_hinge_is_certified_although_it_has_kinks(domain):
    problem = rl.problems.Hinge("breast_cancer", scale="standard", domain=domain)
    weights = np.random.default_rng(0).random(problem.n)
    found = minimum(problem, weights, problem.start)
    assert 0 <= found.high - found.low <= 1e-6 * weights.sum()
    assert problem.weighted(found.x, weights)[0] == pytest.approx(found.high)
    if domain == "box":  # the same as a linear programme
        A = sparse.hstack([-sparse.csr_array(problem.y[:, None] * problem.Z), -sparse.eye_array(problem.n)])
        bounds = [(-1, 1)] * problem.d + [(0, None)] * problem.n
        cost = np.concatenate([np.zeros(problem.d), weights])
        exact = optimize.linprog(cost, A.tocsc(), -np.ones(problem.n), bounds=bounds).fun
        assert found.low - ROUND_OFF * weights.sum() <= exact <= found.high + ROUND_OFF * weights.sum()
        early = minimum(type("Kinked", (rl.problems.Hinge,), {"kinks": False})("breast_cancer", scale="standard"),
                        weights, problem.start)  # fmt: skip
        assert early.high - early.low > 50 * (found.high - found.low), "the twin: a subgradient certifies less"


def test_rounding_off_the_kink_leaves_a_bound_on_the_hinge():
    hinge = rl.problems.Hinge("breast_cancer", scale="standard", radius=5)
    x, w = points(hinge, 40), np.full(hinge.n, 1 / hinge.n)
    for width in (1.0, 0.1):
        smooth = hinge.smoothed(width)
        above = smooth.all_losses(x) - hinge.all_losses(x)
        assert -ROUND_OFF <= above.min() <= above.max() <= width / 8 + ROUND_OFF
        value, slope = smooth.weighted(x[0], w)
        lifted = value + (x - x[0]) @ slope - hinge.all_losses(x) @ w
        assert (lifted - smooth.excess(x[0], w)).max() <= ROUND_OFF
    assert smooth.excess(minimum(smooth, w, hinge.start).x, w) > 0, "the twin: without it the tangent is too high"


@pytest.mark.parametrize("name", ["softmax", "least_squares", "softmax, sparse"])
def test_comparators_are_certified(name):
    problem = PROBLEMS[name]
    weights = np.random.default_rng(1).random(problem.n)
    found = minimum(problem, weights, problem.start)
    assert found.high - found.low <= CERTIFIED_GAP * problem.constants()["span"].value * weights.sum()
    x = points(problem, 200)
    assert (problem.all_losses(x) @ weights).min() >= found.low


def test_the_minimum_of_a_perceptron_is_certified_on_one_side():
    problem = PROBLEMS["mlp"]
    found = minimum(problem, np.ones(problem.n), problem.start)
    assert found.low == 0 < found.high < problem.all_losses(problem.start[None]).sum()
    assert "not convex" in problem.convex_reason


def test_the_start_of_a_perceptron_is_glorots_and_breaks_the_symmetry():
    problem, again, other = (rl.problems.MLP("wine", hidden=50, seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(problem.start, again.start)
    assert not np.array_equal(problem.start, other.start)
    weights = problem.start[: 13 * 50]
    limit = np.sqrt(6 / (13 + 50))
    assert 0.9 * limit < np.abs(weights).max() <= limit
    assert not problem.start[13 * 50 : 14 * 50].any()
    gradient = problem.weighted(np.zeros(problem.d), np.ones(problem.n))[1]
    assert not gradient[: 14 * 50].any(), "the twin: at 0 no hidden unit moves"


def test_without_a_domain_a_constant_is_infinite_or_absent_and_never_nan():
    values = {kind: small(kind, domain="none").constants() for kind in KINDS}
    assert values["least_squares"]["L"].value == np.inf
    assert values["softmax"]["L"].value == pytest.approx(np.sqrt(2))
    assert set(values["mlp"]) == {"floor"}
    assumed = small("mlp", domain="none", L=3).constants()
    assert assumed["L"] == assumed["G_inf"] == (3.0, "assumed by the user, not proved")
    assert len({small("mlp", L=L).digest() for L in (None, 3, 4)}) == 3
    assert not any(np.isnan(c.value) for constants in values.values() for c in constants.values())


@pytest.mark.parametrize("name", SPARSE)
def test_sparse_and_dense_features_are_the_same_problem(name):
    problem, twin = PROBLEMS[name], densified(PROBLEMS[name])
    assert sparse.issparse(problem.Z)
    x, weights = points(problem, 3), np.random.default_rng(1).random(problem.n)
    J = np.array([[0, 7, 7], [3, 59, 1], [2, 2, 2]])
    pairs = [
        *zip(problem.losses_and_gradients(x, J), twin.losses_and_gradients(x, J), strict=True),
        (problem.all_gradient_norms(x), twin.all_gradient_norms(x)),
        *zip(problem.weighted(x[0], weights), twin.weighted(x[0], weights), strict=True),
        *((c.value, twin.constants()[key].value) for key, c in problem.constants().items()),
    ]
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours, theirs, rtol=ROUND_OFF, atol=ROUND_OFF)


ALGORITHMS = [
    f"{name}(alpha=0.03{', gamma=0.5' if name in ('adamcb', 'adambs_corrected') else ''})"
    for name in algorithms.ALGORITHMS
    if not algorithms.parse(name).method.entropic  # which needs a simplex
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_algorithm_runs(kind):
    """Regret, bounds and all."""
    result = rl.simulate(small(kind), ALGORITHMS, horizon=12, checkpoints=[12], measure=["cumulative"])
    for algorithm in result.algorithms:
        online = result.regret("online", algorithm)
        assert (online.low <= online.high).all()
        if kind != "mlp":
            assert (online.high - online.low).max() <= 1e-5 * 12
    assert len(result.table()) >= len(ALGORITHMS)
    verdicts = [c.verdict for algorithm in result.algorithms for c in result.comparisons(algorithm)]
    assert any("convex" in verdict for verdict in verdicts) == (kind == "mlp")


def matrices(method, d):
    """The number of rows of the largest matrix that a method keeps."""
    kept = [] if method.generic_state else method.declared_state(d).values()
    return max((len(a) for a in map(np.asarray, kept) if a.ndim == 2), default=0)


#: Where the ten classes of the digits make a step of some methods take long.
LONG = {("softmax", "digits"), ("mlp", "digits")}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        pytest.param(kind, data, marks=[pytest.mark.slow] * ((kind, data) in LONG))
        for kind in KINDS
        for data in ("digits", "breast_cancer")
    ],
)
def test_real_data_through_every_algorithm(kind, data):
    problem = names.parse(f"{kind}(data='{data}', test=0.25)")
    before = problem.all_losses(problem.start[None]).mean()
    for algorithm in ALGORITHMS:
        if matrices(algorithms.parse(algorithm).method, problem.d) > 500:
            continue  # each step decomposes them
        p = plan(problem, algorithms.parse(algorithm), horizon=10, checkpoints=[10])
        record = run(p)
        after = problem.all_losses(record.x.values).mean()
        assert np.isfinite(after)
        assert after < before, algorithm


@pytest.mark.parametrize("algorithm", ["adam(alpha=0.1)", "adamcb(alpha=0.1, gamma=0.4)"])
@pytest.mark.parametrize("name", [*KINDS, "mlp, relu", "softmax, sparse", "mlp, sparse"])
def test_the_engine_runs_on_any_array_api(name, algorithm):
    """The stand-in for a GPU: the same code on array-api-strict agrees with NumPy."""
    numpy, strict = array_apis.states(PROBLEMS[name], algorithm, 8)
    for total, values in numpy.totals.items():
        assert np.allclose(values, strict.totals[total], rtol=ENGINES, atol=ENGINES), total


@pytest.mark.parametrize("name", ["softmax", "mlp", "mlp, sparse"])
def test_a_replicate_alone_equals_itself_in_a_batch(name):
    p = [
        plan(PROBLEMS[name], algorithms.parse("adamcb(alpha=0.1)"), horizon=12, replicates=r, measure=["sampler"])
        for r in (4, [2])
    ]
    batch, alone = (run(one) for one in p)
    assert batch.sel(replicate=[2]).drop_attrs().identical(alone.drop_attrs())


# Held-out examples


def test_a_split_is_a_partition_that_its_seed_draws():
    X, y = np.arange(20.0)[:, None], np.arange(20) % 2
    problem, again, other = (rl.problems.Logistic(X, y, scale="none", test=0.3, split_seed=seed) for seed in (5, 5, 6))
    held = problem.held_out.Z.ravel().tolist()
    assert (problem.n, len(held)) == (14, 6)
    assert sorted(problem.Z.ravel().tolist() + held) == X.ravel().tolist()
    assert (problem.held_out.y == 2 * (problem.held_out.Z.ravel() % 2) - 1).all()
    assert again.digest() == problem.digest() != other.digest()
    whole = rl.problems.Logistic(X, y, scale="none")
    assert whole.held_out is None
    with pytest.raises(rl.InputError, match=r"holds out no examples; make the problem with test=0\.2"):
        whole.test_loss(np.zeros((1, 1)))


@pytest.mark.parametrize("scale", ["unit", "standard"])
def test_test_examples_do_not_shape_the_scaling(scale):
    """With the test rows a thousand times larger the training rows are the same; scaled with all rows they are not."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), rng.normal(size=40)
    plain = rl.problems.LeastSquares(X, y, scale=scale, test=0.25)
    held = np.isin(plain.data.y, y) & ~np.isin(np.arange(40), _rows_of(plain, X, y, scale))
    X2, y2 = X.copy(), y.copy()
    X2[held] *= 1000
    y2[held] *= 1000
    moved = rl.problems.LeastSquares(X2, y2, scale=scale, test=0.25)
    assert np.array_equal(moved.Z, plain.Z)
    assert np.array_equal(moved.y, plain.y)
    assert np.abs(plain.y).max() == pytest.approx(1, abs=ROUND_OFF)
    assert not np.array_equal(rl.problems.LeastSquares(X2, y2, scale=scale).Z[~held], plain.Z)


def _rows_of(problem, X, y, scale):
    """The rows of the training examples of such a split, read off an unscaled one."""
    raw = rl.problems.LeastSquares(X, y, scale="none", test=0.25)
    return [int(np.flatnonzero(y == value)[0]) for value in raw.y]


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_records_training_and_test_loss(kind):
    problem = small(kind, test=0.2)
    options = {"replicates": 3, "checkpoints": [5, 20]}
    result = rl.simulate(problem, ["adam(alpha=0.1)", "adamcb(alpha=0.1)"], horizon=20, **options)
    record = result.record
    last = record.isel(t=-1)
    for a in range(2):
        x = last.x.values[a]
        for name, examples in (("train_loss", problem), ("test_loss", problem.held_out)):
            expected = [everything(examples, row[None])[0].mean() for row in x]
            np.testing.assert_allclose(last[name].values[a], expected, rtol=ROUND_OFF)
    assert (record.train_loss != record.test_loss).all()
    short = rl.simulate(problem, ["adam(alpha=0.1)"], horizon=5, replicates=2, checkpoints=[5])
    grown = short.extend(horizon=20, checkpoints=[20]).extend(replicates=3)
    np.testing.assert_array_equal(grown.record.test_loss.values[0], record.test_loss.values[0])
    assert "test_loss" not in rl.simulate(small(kind), "adam", horizon=2).record


def test_a_perceptron_learns_digits_it_has_not_seen():
    """The shape of the AdamCB experiments: K = 128, gamma = 0.4; test loss falls with the epochs."""
    problem = rl.problems.MLP("digits", hidden=32, test=0.2, scale="standard", domain="none", L=5)
    p = plan(
        problem, algorithms.parse("adamcb(gamma=0.4, alpha=0.02, lam=1-1e-8, batch_size=128)"), horizon=80,
        replicates=2, checkpoints=[12, 80],
    )  # fmt: skip
    record = run(p, observers=[HeldOutLosses()])
    first, last = record.test_loss.values.T
    assert (first < np.log(10)).all()
    assert (last < first / 2).all()


# Bad input


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("softmax(data='nowhere.csv')", ["nowhere.csv", "does not exist"]),
        ("hinge(data='wine')", ["'wine'", "3 distinct label value(s), 0, 1, 2", "exactly two"]),
        ("hinge(data='diabetes')", ["'diabetes'", "214 distinct"]),
        ("softmax(test=1)", ["test=1", "[0, 1)"]),
        ("softmax(test='some')", ["test='some'", "not a number"]),
        ("least_squares(split_seed=-1)", ["split_seed=-1", "[0, inf)"]),
        ("hinge(radius=0)", ["radius=0", "(0, inf)"]),
        ("least_squares(hidden=3)", ["unknown parameter of least_squares 'hidden'"]),
        ("mlp(hidden=0)", ["hidden=0", "[1, 1e6]"]),
        ("mlp(hidden=(1, 2, 3))", ["3 layers", "one or two"]),
        ("mlp(hidden='many')", ["hidden='many'", "not an integer"]),
        ("mlp(activation='sine')", ["activation='sine'", "'tanh', 'relu'"]),
        ("mlp(radius=0.01)", ["Box(low=-0.01, high=0.01)", "leaves out the start", "larger radius"]),
        ("mlp(hidden=1000000)", ["d = 75000010", "32 examples", "17.9 GiB", "above 8"]),
    ],
)
def test_bad_problems_are_one_sentence(text, words):
    with pytest.raises(rl.InputError) as error:
        names.parse(text)
    assert all(word in str(error.value) for word in words), str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("kind", "y", "words"),
    [
        ("softmax", [1, 1, 1], ["1 distinct label value(s), 1", "at least two"]),
        ("mlp", ["a", "a", "a"], ["1 distinct label value(s), a", "at least two"]),
        ("hinge", [1, 2, 3], ["3 distinct", "exactly two"]),
        ("least_squares", ["a", "b", "c"], ["y holds words (a, b, c)", "give numbers"]),
        ("least_squares", [2.5, 2.5, 2.5], ["1 distinct label value(s), 2.5", "give several"]),
        ("least_squares", [1, np.nan, 2], ["row 2", "nan"]),
        ("softmax", None, ["Softmax needs either arrays X and y, or data="]),
    ],
)
def test_bad_targets_are_one_sentence(kind, y, words):
    with pytest.raises(rl.InputError) as error:
        KINDS[kind](np.eye(3), y)
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.parametrize("kind", [*KINDS, "logistic"])
def test_a_problem_without_data_is_the_same_by_class_and_by_name(kind):
    problem = Problem.known[kind]()
    assert problem.digest() == names.parse(kind).digest()
    assert problem.name.startswith(f"{kind}({'diabetes' if kind == 'least_squares' else 'digits'})")
    with pytest.raises(rl.InputError, match=f"needs either arrays X and y, or data='{problem.data.name}'"):
        Problem.known[kind](y=[0, 1])


def test_the_last_example_is_not_held_out():
    with pytest.raises(rl.InputError, match=r"test=0.9 of 2 examples leaves none to learn from"):
        rl.problems.Hinge([[1.0], [2.0]], [0, 1], test=0.9)


def test_a_run_on_sparse_features_is_that_on_dense_ones():
    problem = PROBLEMS["softmax, sparse"]
    ours, theirs = (
        rl.simulate(p, "adamcb(alpha=0.1)", horizon=12, checkpoints=[12], engine="array").of()
        for p in (problem, densified(problem))
    )
    for variable in ("x", "loss", "probabilities"):
        np.testing.assert_allclose(ours[variable], theirs[variable], rtol=ROUND_OFF_OF_A_RUN, atol=ROUND_OFF_OF_A_RUN)


def test_a_problem_is_minimised_over_the_examples_that_have_a_weight(problem, monkeypatch):
    """The part of it is the problem that its examples make alone, with the constants of all."""
    problem, weights = problem.measured, np.zeros(problem.n)
    J = np.arange(3, problem.n, 7)
    weights[J] = np.linspace(1, 2, len(J))
    few, w = problem.received(weights)
    assert (few.n, w.tolist()) == (len(J), weights[J].tolist())
    assert few.constants() == problem.constants()
    assert few.floors().tolist() == problem.floors()[J].tolist()
    (x,) = points(problem, 1)
    for of in ("all_losses", "all_gradient_norms"):
        np.testing.assert_allclose(getattr(few, of)(x[None]), getattr(problem, of)(x[None])[:, J], rtol=ROUND_OFF)
    for one, other in zip(few.weighted(x, w), problem.weighted(x, weights), strict=True):
        np.testing.assert_allclose(one, other, rtol=ROUND_OFF, atol=ROUND_OFF)
    part = minimum(problem, weights, problem.start)
    if problem.convex and not problem.kinks:
        assert part.high - part.low <= CERTIFIED_GAP * w.sum() * problem.constants()["span"].value
    monkeypatch.setattr(_supervised, "COPIED", few.Z.size // 2)
    assert problem.received(weights)[0] is problem, "the twin: so many rows are not copied"
    whole = minimum(problem, weights, problem.start)
    assert max(part.low, whole.low) <= min(part.high, whole.high)


def test_losses_are_evaluated_some_examples_at_a_time_to_the_same_bits(problem, monkeypatch):
    problem, weights = problem.measured, np.linspace(1, 2, problem.n)
    x = points(problem, 2)

    def found():
        value, gradient = problem.weighted(x[0], weights)
        return [value, *(a.tobytes() for a in (gradient, problem.all_losses(x), problem.all_gradient_norms(x)))]

    whole = found()
    monkeypatch.setattr(linear, "PART", 7)
    assert found() == whole
