"""Constants of a user's loss: those that follow from phi are right, and wrongly declared ones are found out."""

import numpy as np
import pytest

import regretlab as rl
from regretlab.domains import Box
from regretlab.problems import Constant, Problem
from regretlab.problems.linear import OnData
from tests.tolerances import ROUND_OFF


def data(n=50, d=5):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, d)), rng.normal(size=n)


class Robust(OnData):
    """Huber's loss with its bend at 1."""

    family = "robust"
    targets = "real"
    convex = True
    infimum = 0.0

    def phi(self, u, y):
        r = abs(u - y)
        return np.where(r < 1, r * r / 2, r - 0.5)

    def slope(self, u, y):
        return np.clip(u - y, -1, 1)

    def slope_bound(self, low, high):
        return np.maximum(abs(self.slope(low, self.y)), abs(self.slope(high, self.y)))


CAUCHY = {
    "phi": lambda self, u, y: np.log1p((u - y) ** 2),
    "slope": lambda self, u, y: 2 * (u - y) / (1 + (u - y) ** 2),
    "slope_bound": lambda self, low, high: np.ones_like(low),
    "convex": False,
}
WAVE = {
    "phi": lambda self, u, y: np.sin(3 * u) - y,
    "slope": lambda self, u, y: 3 * np.cos(3 * u),
    "slope_bound": lambda self, low, high: np.full_like(low, 3.0),
    "convex": False,
    "infimum": -np.inf,
}


def of(changes):
    return type("Changed", (Robust,), changes)(*data(), scale="none")


@pytest.mark.parametrize("said", [{}, {"convex": False, "unimodal": True}, {**CAUCHY, "unimodal": True}])
def test_the_range_of_a_loss_with_its_minimum_inside_is_found(said):
    problem = of(said)
    low, high = problem.reach()
    u = low + (high - low) * np.linspace(0, 1, 20001)[:, None]
    phi = problem.phi(u, problem.y)
    smallest, greatest = problem.phi_range(low, high)
    assert (smallest <= phi.min(0)).all()
    assert (greatest >= phi.max(0) - ROUND_OFF).all()
    assert np.abs(phi.min(0) - smallest).max() <= 1e-6, "the grid is that fine"
    declared = problem.constants()
    assert declared["floor"].value <= phi.min()
    assert declared["span"].value == pytest.approx(np.ptp(phi, axis=0).max(), abs=1e-6)


def test_ends_alone_would_miss_the_minimum():
    """Twin: the same class that calls itself monotone takes the smaller end for the minimum, and is found out."""
    ends = np.minimum(*(of({}).phi(u, of({}).y) for u in of({}).reach()))
    assert (ends - of({}).phi_range(*of({}).reach())[0]).max() > 0.1
    with pytest.raises(rl.InputError, match="floor"):
        of({"monotone": True})


def test_what_nothing_is_said_of_is_unknown():
    declared = of(WAVE).constants()
    assert declared["span"].value == np.inf
    assert declared["span"].how.startswith("unknown")
    assert declared["floor"].value == -np.inf
    assert declared["L"].value < np.inf


WRONG = {
    "a smaller slope bound": ({"slope_bound": lambda self, low, high: 0.3 + 0 * low}, ["not a bound"]),
    "a slope too flat": ({"slope": lambda self, u, y: 0.8 * np.clip(u - y, -1, 1)}, ["gradient"]),
    "a slope too flat, not convex": (
        {**CAUCHY, "slope": lambda self, u, y: (u - y) / (1 + (u - y) ** 2)},
        ["not the derivative"],
    ),
    "the wrong sign": ({"slope": lambda self, u, y: -np.clip(u - y, -1, 1)}, ["example"]),
    "an infimum too high": ({"infimum": 0.2}, ["floor", "0.2"]),
    "a range too small": ({"phi_range": lambda self, low, high: (0 * low, 0 * low + 0.1)}, ["span = 0.1"]),
    "not convex": ({**CAUCHY, "convex": True}, ["convex"]),
    "not unimodal": ({**WAVE, "unimodal": True}, ["robust"]),
    "not monotone": ({**WAVE, "monotone": True}, ["robust"]),
}


@pytest.mark.parametrize(("changes", "words"), WRONG.values(), ids=WRONG)
def test_a_class_that_says_what_is_not_so_is_one_sentence(changes, words):
    with pytest.raises(rl.InputError) as error:
        of(changes)
    assert all(word in str(error.value) for word in words), str(error.value)
    assert "\n" not in str(error.value)


class Bowl(Problem):
    """|x - c_j|^2 on a box."""

    n, d, convex, domain = 3, 2, True, Box(-1, 1)
    centres = np.array([[0.5, 0.0], [0.0, 0.5], [0.1, 0.1]])

    def losses_and_gradients(self, x, J):
        away = x[:, None, :] - self.centres[J]
        return (away**2).sum(-1), 2 * away


RIGHT = {"L": np.sqrt(13), "G_inf": 3.0, "span": 3.25, "floor": 0.0}


def declaring(**values):
    return {"constants": lambda self: {name: Constant(value, "by hand") for name, value in values.items()}}


def test_true_constants_are_accepted():
    assert type("Right", (Bowl,), declaring(**RIGHT))().constants()["L"].value == np.sqrt(13)


@pytest.mark.parametrize("name", RIGHT)
def test_a_declared_constant_that_is_no_bound_names_point_value_and_constant(name):
    value = RIGHT[name] * 0.9 if RIGHT[name] else 0.05
    with pytest.raises(rl.InputError, match=rf"declares {name} = .*not a bound.* at x = \("):
        type("Wrong", (Bowl,), declaring(**{**RIGHT, name: value}))()


def test_an_assumed_constant_is_left_to_the_audit():
    problem = type(
        "Assumed", (Bowl,), {"constants": lambda self: {"L": Constant(0.1, "assumed"), "G_inf": Constant(3.0, "")}}
    )()
    run = rl.simulate(problem, "sgd(alpha=1)", horizon=50)
    assert not run.record["largest_example_gradient"].values.max() <= 0.1


PROBLEMS = {
    "concave": ({"losses_and_gradients": lambda self, x, J: tuple(-a for a in Bowl.losses_and_gradients(self, x, J))},
                ["convex = True", "convex = False"]),
    "half the gradient": ({"convex": False, "losses_and_gradients": lambda self, x, J: (
        Bowl.losses_and_gradients(self, x, J)[0], Bowl.losses_and_gradients(self, x, J)[1] / 2)}, ["derivative"]),
    "losses alone": ({"losses_and_gradients": lambda self, x, J: Bowl.losses_and_gradients(self, x, J)[0]}, ["pair"]),
    "a lost axis": ({"losses_and_gradients": lambda self, x, J: (x[:, 0], x)}, ["shapes"]),
    "fails": ({"losses_and_gradients": lambda self, x, J: self.centres[J + 9]}, ["failed", "IndexError"]),
    "not a number": ({"losses_and_gradients": lambda self, x, J: tuple(
        np.where(x[:, :1] > 0.3, np.nan, 1.0)[..., None][..., : a.shape[-1]].reshape(-1, 1, 1)[:, :, 0] * 0 + a
        if a.ndim == 2 else a for a in Bowl.losses_and_gradients(self, x, J))}, ["nan at x"]),
    "no examples": ({"n": 0}, ["n=0"]),
    "half a dimension": ({"d": 2.5}, ["d=2.5"]),
    "constants that are numbers": ({"constants": lambda self: {"L": 3.0}}, ["Constant(value, how)"]),
    "constants in a list": ({"constants": lambda self: [3.0]}, ["return a dict"]),
    "another mean": ({"all_losses": lambda self, x: np.zeros((len(x), 3))}, ["all_losses(x)", "off by"]),
    "other weights": ({"weighted": lambda self, x, w: (0.0, np.zeros(2))}, ["weighted"]),
    "norms": ({"all_gradient_norms": lambda self, x: np.zeros((len(x), 3))}, ["all_gradient_norms"]),
    "floors": ({"floors": lambda self: np.full(3, 0.3)}, ["floor of example"]),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "words"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_problem_that_contradicts_itself_is_one_sentence(changes, words):
    with pytest.raises(rl.InputError) as error:
        type("Own", (Bowl,), changes)()
    assert all(word in str(error.value) for word in words), str(error.value)
    assert "\n" not in str(error.value)


def test_kinks_and_flat_pieces_are_no_contradiction():
    """At a kink every slope between the two sides is right, and where a loss underflows its slope may be tiny."""
    absolute = {
        "phi": lambda self, u, y: abs(u),
        "slope": lambda self, u, y: np.sign(u),
        "infimum": 0.0,
        "slope_bound": lambda self, low, high: np.ones_like(low),
    }
    assert of(absolute).constants()["floor"].value == 0
    rl.problems.Softmax("wine", scale="none", radius=3)


@pytest.mark.parametrize("s", [1e-300, 1e-160, 1e-9, 1e9, 1e160, 1e300])
def test_constants_of_linear_losses_scale_with_them(s):
    declared = rl.problems.Reddi(C=8 * s, c=s).constants()
    for name, value in {"L": 8, "G_inf": 8, "span": 16, "floor": -8}.items():
        assert declared[name].value == pytest.approx(value * s, rel=1e-14)


@pytest.mark.parametrize(
    ("name", "make"),
    {
        "example 0": lambda: rl.problems.Reddi(C=1e308),
        "example 1": lambda: rl.problems.Reddi(c=1.7e308),
        "probability=1/10": lambda: rl.problems.StochasticReddi(C=1e308, probability=0.1),
        "linear": lambda: rl.problems.Linear([[1e308, -1e308]], domain="simplex"),
    }.items(),
)
def test_losses_whose_changes_overflow_are_refused_as_such(name, make):
    with pytest.raises(rl.InputError, match=rf"{name}.*changes by more than floats hold, 1.8e\+308; measure") as error:
        make()
    assert "derivative" not in str(error.value)


@pytest.mark.parametrize("s", [5e-324, 1e-320, 1e-310])
def test_losses_that_are_nearly_0_are_no_contradiction(s):
    rows = np.random.default_rng(0).normal(size=(20, 3))
    y = np.arange(20) % 2
    for made in (
        rl.problems.Reddi(C=8 * s, c=s),
        rl.problems.Reddi(C=s),
        rl.problems.Linear(rows * s, domain="simplex"),
        rl.problems.Logistic(rows * s, y, scale="none"),
        rl.problems.LeastSquares(rows, y * s, scale="none"),
        rl.problems.Softmax(rows * s, y, scale="none"),
        rl.problems.Hinge(rows * s, y, scale="none"),
    ):
        regret = rl.simulate(made, "sgd", horizon=30).regret()
        assert (regret.low <= regret.high).all()


@pytest.mark.parametrize("s", [1e-290, 1e-150, 1e150, 1e300])
def test_a_wrong_gradient_is_found_out_in_every_unit(s):
    """Twin: what is left out for the sake of underflow is nothing beside a loss that floats hold."""

    def halved(self, x, J):
        losses, gradients = Bowl.losses_and_gradients(self, x, J)
        return s * losses, s * gradients / 2

    with pytest.raises(rl.InputError, match="derivative"):
        type("Halved", (Bowl,), {"convex": False, "losses_and_gradients": halved})()


@pytest.mark.parametrize("s", [1e-300, 1e-170, 1.0, 1e100])
def test_a_problem_of_ones_own_has_its_norms_in_every_unit(s):
    def times(self, x, J):
        losses, gradients = Bowl.losses_and_gradients(self, x, J)
        return s * losses, s * gradients

    declared = declaring(**{name: value * s for name, value in RIGHT.items()})
    scaled = type("Scaled", (Bowl,), {"losses_and_gradients": times, **declared})()
    np.testing.assert_allclose(
        scaled.all_gradient_norms(scaled.start[None]) / s, Bowl().all_gradient_norms(scaled.start[None]), rtol=ROUND_OFF
    )


def test_a_million_examples_are_tried_on_a_few():
    problem = rl.problems.HeavyTailedLogistic(n=10**6, d=3)
    assert problem.constants()["floor"].value > 0
