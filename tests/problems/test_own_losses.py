"""A loss is its phi, written once: the kernels' forms are traced from it, and a user's is compiled too."""

import ctypes
import operator

import numpy as np
import pytest
import sympy as sp
from array_api_compat import array_namespace
from scipy import special

import regretlab as rl
from regretlab import studies
from regretlab.engines import blocks
from regretlab.engines.compiled import compilation, layout, memory
from regretlab.engines.compiled.engine import Compiled
from regretlab.engines.phi import Loss, Value
from regretlab.problems.linear import OnData
from tests.helpers.runs import both, logistic
from tests.tolerances import POLYNOMIALS, ROUND_OFF_OF_A_RUN

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 5))
TARGETS = X[:, 0] + rng.normal(size=40)


class Huber(OnData):
    """A user's loss: squares near the target, and a line far from it."""

    targets, default, convex, infimum, delta = "real", "diabetes", True, 0.0, np.float64(0.3)

    def phi(self, u, y):
        r = u - y
        far = abs(r)
        return array_namespace(u).where(far <= self.delta, r**2 / 2, self.delta * (far - self.delta / 2))

    def slope(self, u, y):
        return array_namespace(u).clip(u - y, -self.delta, self.delta)

    def slope_bound(self, low, high):
        return np.minimum(self.delta, np.maximum(np.abs(low - self.y), np.abs(high - self.y)))


class LogCosh(Huber):
    """log cosh(u - y), without overflow, by NumPy's own functions."""

    def phi(self, u, y):
        return np.abs(u - y) + np.log1p(np.exp(-2 * np.abs(u - y))) - np.log(2)

    def slope(self, u, y):
        e = np.exp(-2 * np.abs(u - y))
        return np.where(u >= y, 1.0, -1.0) * (1 - e) / (1 + e)

    def slope_bound(self, low, high):
        return np.ones_like(low)


class Poisson(LogCosh):
    """exp(u) - y u, whose exponential knows no sign."""

    infimum = -np.inf

    def phi(self, u, y):
        return np.exp(u) - y * u

    def slope(self, u, y):
        return np.exp(u) - y

    def slope_bound(self, low, high):
        return np.exp(high) + abs(self.y)


class Softplus(LogCosh):
    """log(1 + exp(u)) as nobody should write it: a logarithm of what is far from 1."""

    def phi(self, u, y):
        return np.log1p(np.exp(u)) + 0 * y

    def slope(self, u, y):
        return 1 / (1 + np.exp(-u))


class Weighted(Huber):
    """Huber's loss times a weight of each example."""

    columns = ("importance",)

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.importance = 1 + np.arange(self.n) / self.n

    def phi(self, u, y):
        return self.importance * super().phi(u, y)

    def slope(self, u, y):
        return self.importance * super().slope(u, y)

    def slope_bound(self, low, high):
        return self.importance * super().slope_bound(low, high)


class Forgotten(Weighted):
    """The same without a word on its weights."""

    columns = ()

    def losses_and_gradients(self, x, J):
        return logistic().losses_and_gradients(x, J)


class Branching(Huber):
    def phi(self, u, y):
        return super().phi(u, y) if u > 0 else 0 * u


class Special(LogCosh):
    def slope(self, u, y):
        return special.expit(2 * (u - y)) * 2 - 1


class Tanh(LogCosh):
    def slope(self, u, y):
        return array_namespace(u).tanh(u - y)


class Counting(Huber):
    def slope(self, u, y):
        return u > y


class Differing(Huber):
    def slope(self, u, y):
        return np.where(u != y, 1.0, 0.0)


class Cubic(Huber):
    def slope(self, u, y):
        return (u - y) ** 3


class Other(Huber):
    def all_losses(self, x):
        return super().all_losses(x)


OWN = [Huber, LogCosh, Poisson, Softplus, Weighted]
ours = pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.__name__)


def built_in():
    problems = [logistic(), logistic(rl.problems.Hinge), logistic(rl.problems.LeastSquares), rl.problems.Reddi()]
    return [*problems, rl.problems.OneNeuron(n=9, d=2)]


def machine(problem, u, y, a=0.0):
    """The losses and slopes of the compiled form."""
    F = np.zeros((layout.NUMBERS, memory.round_up(len(u))))
    for row, values in ((layout.SCORE, u), (layout.LABEL, y), (layout.ANCHOR, a)):
        F[row, : len(u)] = values
    compiled = compilation.callback(Loss(problem).numba(), "loss")
    compiled.ctypes(F.ctypes.data_as(ctypes.POINTER(ctypes.c_double)), F.shape[1], len(u))
    return F[layout.PHI, : len(u)], F[layout.SLOPE, : len(u)]


@pytest.mark.parametrize("kind", [Huber, LogCosh, Poisson, Softplus])
def test_the_machines_phi_is_the_authors(kind):
    """To the last bit where there is no exponential; an infinity and what is no number stay what they are."""
    problem = kind(X, TARGETS, scale="none")
    u = np.array([*np.linspace(-30, 30, 401), -800.0, 700.0, 800.0, np.inf, np.nan])
    y = np.resize([0.25, -1.0, 2.0], len(u))
    with np.errstate(all="ignore"):
        for mine, theirs in zip(machine(problem, u, y), (problem.phi(u, y), problem.slope(u, y)), strict=True):
            tolerance = 0.0 if kind is Huber else 8 * POLYNOMIALS  # of a few operations on exponentials
            assert np.allclose(mine[:-1], theirs[:-1], rtol=tolerance, atol=tolerance, equal_nan=True)
    assert np.isnan(machine(problem, u, y)[0][-1])


@ours
@pytest.mark.parametrize("sampler", ["", "+adambs", "+adamcb(gamma=0.4)"])
def test_a_users_loss_is_compiled(kind, sampler):
    problem = kind(X, TARGETS)
    fast, slow = both(problem, f"adam(alpha=0.1, batch_size=3){sampler}", 30)
    for name, values in slow.items():
        assert np.allclose(fast[name], values, rtol=ROUND_OFF_OF_A_RUN, atol=ROUND_OFF_OF_A_RUN), name
    result = rl.simulate(problem, "adam" + sampler, horizon=5)
    assert result.of().attrs["engine"] == "compiled"


def test_everyones_losses_are_looked_at():
    fast, slow = both(Weighted(X, TARGETS), "adam(alpha=0.1, batch_size=3)", 20, measure=("cumulative", "sampler"))
    for name, values in slow.items():
        assert np.allclose(fast[name], values, rtol=ROUND_OFF_OF_A_RUN, atol=ROUND_OFF_OF_A_RUN), name


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Branching, "branches on a value"),
        (Special, "calls expit()"),
        (Tanh, "calls tanh()"),
        (Counting, "counts with the truth of a comparison"),
        (Differing, "calls not_equal()"),
        (Cubic, "takes a power other than 1/2, 1 or 2"),
        (Forgotten, "its losses_and_gradients is not that of a linear model"),
        (Other, "its all_losses is not that of a linear model"),
    ],
)
def test_what_cannot_be_traced_runs_on_the_array_engine_and_says_why(kind, words):
    """The twins of the losses above."""
    problem = Huber(X, TARGETS)
    problem.__class__ = kind
    vars(problem)["importance"] = np.ones(40)
    missing = blocks.unsupported(rl.methods.Adam(), problem, rl.samplers.Uniform(), (), Compiled)
    assert f"is of the class {kind.__name__}, which has no compiled form: " in missing
    assert words in missing


def test_an_array_that_the_class_does_not_name_is_not_taken_for_a_number():
    problem = Weighted(X, TARGETS)
    problem.columns = ()
    missing = blocks.unsupported(rl.methods.Adam(), problem, rl.samplers.Uniform(), (), Compiled)
    assert "uses an array other than u and y that the class does not name in 'columns'" in missing


def test_a_text_and_a_study_file_name_it(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text("problem = [\"huber(data='diabetes')\", 'huber']\nalgorithm = 'adam'\nhorizon = 20\n")
    records = []
    for cell in studies.load(str(file)).cells:
        record = rl.simulate(cell.problem, cell.algorithm, **cell.arguments()).of()
        assert record.attrs["engine"] == "compiled"
        records.append(record)
    assert (records[0].x == records[1].x).all()
    other = rl.simulate("least_squares", "adam", horizon=20).of()
    assert (records[0].x != other.x).any()


def test_a_loss_that_is_defined_again_is_compiled_again():
    """As when a cell of a notebook is run again: the machine code belongs to the operations, not to the name."""
    records = []
    for delta in (0.3, 0.1, 0.3):
        again = type("Again", (Huber,), {"__module__": "theirs", "delta": delta})
        records.append(rl.simulate(again(X, TARGETS), "adam", horizon=20).of())
    assert (records[0].x == records[2].x).all()
    assert (records[0].x != records[1].x).any()


SYMBOLIC = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "negative": operator.neg, "less": sp.Lt, "less_equal": sp.Le, "greater": sp.Gt, "greater_equal": sp.Ge,
    "equal": sp.Eq, "where": lambda c, a, b: sp.Piecewise((a, c), (b, True)), "abs": sp.Abs, "exp": sp.exp,
    "log": sp.log, "log1p": lambda a: sp.log(1 + a),
}  # fmt: skip


def symbolic(a, symbols):
    """A traced value as a sympy expression."""
    if not isinstance(a, Value):
        return sp.nsimplify(a) if np.isfinite(a) else sp.oo
    if not a.made_of:
        return symbols[a.name]
    return SYMBOLIC[a.name](*(symbolic(b, symbols) for b in a.made_of))


@pytest.mark.parametrize("problem", [*built_in(), *(kind(X, TARGETS) for kind in OWN)], ids=lambda p: type(p).__name__)
def test_the_slope_is_the_derivative_of_phi(problem):
    """Of the very operations that the kernels make; the twin is half of it."""
    symbols = {name: sp.Symbol(name, real=True) for name in "uya"}
    phi, slope = (symbolic(root, symbols) for root in Loss(problem.measured).roots)
    derivative = sp.diff(phi, symbols["u"])
    for u in (-2.3, -0.4, 0.45, 3.1):
        for y in (-1, 1):
            at = {symbols["u"]: u, symbols["y"]: y, symbols["a"]: 0.75}
            mine, theirs = float(slope.subs(at).evalf(30)), float(derivative.subs(at).doit().evalf(30))
            assert abs(mine - theirs) <= ROUND_OFF_OF_A_RUN
            assert mine == 0 or abs(mine / 2 - theirs) > ROUND_OFF_OF_A_RUN
