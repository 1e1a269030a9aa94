"""The falsifier plays the method that it names: its own step, start and constants, as ``rl.simulate`` does."""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pytest
import sympy

import regretlab as rl
from regretlab import algorithms
from regretlab.bounds import Bound
from regretlab.claims import checkers
from regretlab.claims.provers import replay
from regretlab.claims.statements import Kink, kink
from regretlab.domains import Box
from regretlab.errors import InputError
from regretlab.falsifier._instance import Instance
from regretlab.falsifier._questions import OF_A_SAMPLER, conjecture
from regretlab.problems import Problem
from regretlab.problems._base import Constant
from regretlab.verdicts.substitution import values
from tests.tolerances import ROUND_OFF

FEW = 3000


class Turns(Problem):
    """Losses with at most one kink each, in turn: written apart from the falsifier's own."""

    name, convex, order, d, domain = "turns", True, "cyclic", 1, Box(-1, 1)

    def __init__(self, losses, start):
        self.left, self.right, self.at = np.array([kink(loss) for loss in losses], dtype=float).T
        self.n = len(losses)
        self.__dict__["start"] = np.array([float(start)])

    def losses_and_gradients(self, x, J):
        away = x - self.at[J]
        slope = np.where(away < 0, self.left[J], self.right[J])
        return slope * away, slope[..., None]

    def constants(self):
        G = float(np.maximum(abs(self.left), abs(self.right)).max())
        return {"L": Constant(G, "slopes"), "G_inf": Constant(G, "slopes"), "span": Constant(2 * G, "slopes")}


def simulated(losses, start, algorithm, rounds):
    return rl.simulate(
        Turns(losses, start), algorithm, horizon=rounds, checkpoints=range(1, rounds + 1), engine="array"
    )


def played(losses, start, algorithm, rounds, copies=1):
    """The falsifier's run, alone or among others that differ."""
    methods = [algorithms.parse(algorithm).method] * copies
    many = [losses, *([(*losses[1:], losses[0])] * (copies - 1))]
    return replay.play(methods, replay.spread(many, rounds), np.full(copies, float(start)))


@dataclass(frozen=True)
class Halting(rl.methods.AMSGrad):
    """Takes no step against a negative gradient: a decision that only one run at a time can make."""

    def step(self, state, g, k, project, ops):
        return super().step(state, g, k, project, ops) if g[0, 0] > 0 else state


@dataclass(frozen=True)
class Dragged(rl.methods.SGD):
    """Moves against the sum of the gradient and its parameter, which a search may set for each candidate."""

    def step(self, state, g, k, project, ops):
        return state._replace(x=project(state.x - k.eta * (g + self.alpha), ops.abs(g)))


@dataclass(frozen=True)
class Idle(rl.methods.SGD):
    """Never moves."""

    def step(self, state, g, k, project, ops):
        return state


@dataclass(frozen=True)
class Escaping(rl.methods.SGD):
    """Moves where its gradient points, out of the domain."""

    def step(self, state, g, k, project, ops):
        return state._replace(x=state.x + k.eta * g)


@dataclass(frozen=True)
class Numeric(rl.methods.SGD):
    """Idle, but it looks at its iterate as a float, which an interval is not."""

    def step(self, state, g, k, project, ops):
        np.float64(state.x[0, 0])
        return state


@dataclass(frozen=True)
class TwoFaced(rl.methods.SGD):
    """Descends fast on arrays and slowly in intervals."""

    def step(self, state, g, k, project, ops):
        return super().step(state, g * (1 if isinstance(g, np.ndarray) else Fraction(1, 2)), k, project, ops)


OWN = [Halting, Dragged, Idle, Escaping, Numeric, TwoFaced]


@pytest.fixture(autouse=True)
def _known():
    """The methods of this file are known during its tests, and so is Zinkevich's bound said of them."""
    names = [kind.__name__.lower() for kind in OWN]
    rl.methods.Method.known.update(zip(names, OWN, strict=True))
    replace(rl.bounds.sgd.zinkevich, id="test.zinkevich", methods=tuple(names))
    s = rl.bounds.symbols
    constant = s.G2 * sympy.Rational(5, 2)  # more than the regret of one round, which is at most 2 G
    replace(rl.bounds.sgd.zinkevich, id="test.constant", methods=tuple(names), terms={"constant": constant})
    yield
    for bound in ("test.zinkevich", "test.constant"):
        Bound.known.pop(bound)
    for name in names:
        rl.methods.Method.known.pop(name)


BENT = (Kink(-3, 1, Fraction(1, 4)), 2, -1, Kink(0, 2, Fraction(-1, 2)))
EVERY = [
    a.name
    for a in algorithms.ALGORITHMS.values()
    if a.sampler is None and not a.method.entropic and a.method.judged == "x"  # the falsifier refuses others
]


@pytest.mark.parametrize("algorithm", [*EVERY, "adam(bias_correction=False)", "halting", "dragged", "idle"])
def test_what_is_played_is_what_is_simulated(algorithm):
    losses = (-5, 1, 2, 0.5)
    text = algorithm if "(" in algorithm else f"{algorithm}(alpha=0.3)"
    run, own = simulated(losses, 0.3, text, 40), played(losses, 0.3, text, 40)
    np.testing.assert_allclose(own.regret[0], run.regret("online").low.values.ravel(), atol=1e-12)
    record = run.record.isel(algorithm=0)
    constants = values(run.description(str(run.record.algorithm.values[0])), record)
    late = slice(len(losses), None)  # until a period is over, the falsifier's G is that of the losses so far
    # NAdam's state is not its moment, and Lion's step not by it: mu is not their beta_{1,t}. No theorem speaks of it.
    unread = {"V", "B"} if algorithm in ("nadam", "lion") else set()
    for name in (own.values.keys() & constants.keys()) - OF_A_SAMPLER - unread:
        mine, its = (
            np.broadcast_to(np.asarray(v, dtype=float), (1, 40))[:, late] for v in (own.values[name], constants[name])
        )
        np.testing.assert_allclose(mine, its, rtol=ROUND_OFF, err_msg=name)


def test_the_constants_of_a_sampler_differ_and_are_refused():
    run, own = simulated((-5, 1), 0, "sgd", 8), played((-5, 1), 0, "sgd", 8)
    constants = values(run.description("sgd"), run.record.isel(algorithm=0))
    assert own.values["n"] != constants["n"]
    s = rl.bounds.symbols
    Bound(
        id="test.n", title="n", source="a test", status="ours", speaks_of="online", terms={"one": s.n * s.T},
        assumes=(), methods=("sgd",),
    )  # fmt: skip
    try:
        with pytest.raises(InputError, match="needs a value for n, which a run of sgd on losses in a fixed order"):
            conjecture("sgd", "test.n")
    finally:
        del Bound.known["test.n"]


@pytest.mark.parametrize("algorithm", ["adaml2", "nesterov", "nadam", "halting", "dragged", "idle"])
def test_a_run_among_others_is_the_run_alone(algorithm):
    among, alone = (played(BENT, 0.3, f"{algorithm}(alpha=0.3)", 30, copies) for copies in (5, 1))
    np.testing.assert_allclose(among.x[0], alone.x[0], atol=replay.ALIKE)
    # The twin: the generic step with the same coefficients goes elsewhere, where a method has a step of its own.
    method = algorithms.parse(f"{algorithm}(alpha=0.3)").method
    schedule = method.schedule_over(np.arange(1.0, 31))
    begun = rl.methods.SGD().begin(np.array([[0.3]]), np)
    twin, *_ = replay._walk(rl.methods.step, schedule.at, replay.spread([BENT], 30), begun, np)
    assert replay.own_step(method) == (np.abs(twin - alone.x).max() > 1e-3)


def test_steps_that_differ_by_candidate_are_played_side_by_side_with_their_own_parameters():
    methods = [Dragged(alpha=a) for a in (0.1, 0.2, 0.3, 0.4)]
    together = replay.play(methods, replay.spread([BENT] * 4, 12), np.zeros(4))
    for i, method in enumerate(methods):
        alone = replay.play([method], replay.spread([BENT], 12), np.zeros(1))
        np.testing.assert_allclose(together.x[i], alone.x[0], atol=replay.ALIKE)
    assert np.ptp(together.x[:, -1]) > 0.1


def test_what_is_found_is_about_the_method_itself():
    """An idle method violates the bound of gradient descent; the generic step, under the same name, would keep it."""
    found = rl.falsify("idle", "test.zinkevich", candidates=FEW)
    statement, t = found.proof.statement, found.proof.body["t"]
    assert statement.algorithm.startswith("idle")
    assert len(set(found.record.x.values[0].tolist())) == 1, "it never moves"
    run = simulated(statement.losses, statement.start, statement.algorithm, t)
    compared = run.bound("test.zinkevich")
    assert (compared.verdict, compared.first_violation) == ("violated", t)
    regret, limit = (float(word.rstrip(".")) for word in found.text().split("the regret ")[1].split()[:6:5])
    assert regret == pytest.approx(float(compared.regret[0, -1]), rel=1e-9)
    assert limit == pytest.approx(compared.value, rel=1e-9)
    twin = simulated(statement.losses, statement.start, statement.algorithm.replace("idle", "sgd"), t)
    assert twin.bound("sgd.zinkevich").verdict in ("holds", "vacuous")
    assert checkers.check(statement, found.proof.form, found.proof.body).verdict == "refuted"


def test_an_iterate_outside_the_domain_refutes_nothing():
    found = rl.falsify("escaping", "test.zinkevich", candidates=300)
    assert not found.certified
    with pytest.raises(InputError, match=r"may lie outside \[-1, 1\]"):
        rl.falsifier.first_violation([1], "escaping(alpha=1)", "test.zinkevich", 5)
    assert rl.falsifier.first_violation([1], "idle(alpha=1)", "test.zinkevich", 9) == 2
    assert np.isnan(played((1,), 1, "escaping(alpha=1)", 3).regret).tolist() == [[False, True, True]]


@pytest.mark.parametrize(
    ("algorithm", "bound", "why"),
    [
        ("numeric", "test.zinkevich", "cannot be played in interval arithmetic (TypeError"),
        ("twofaced", "test.constant", "does something else in intervals"),
    ],
)
def test_without_a_certificate_nothing_is_called_refuted(call, algorithm, bound, why):
    found = rl.falsify(algorithm, bound, candidates=150)
    assert not found.certified
    assert why in found.uncertified
    status, out, _ = call("falsify", "--algorithm", algorithm, "--bound", bound, "--candidates", 150, "--out", "o")
    assert status == 0
    assert "nothing certified" in out
    assert "refuted in floating point, but there is no certificate" in out
    status, out, _ = call(
        "falsify", "--algorithm", "idle", "--bound", "test.constant", "--candidates", FEW, "--out", "o"
    )
    assert status == 1, "the twin whose step intervals can follow"


HIDDEN = """
import numpy as np
import regretlab as rl
from dataclasses import dataclass
asked = []

@dataclass(frozen=True)
class Hidden(rl.methods.SGD):
    {body}
"""
STATEFUL = {
    "schedule": "def coefficients(self, t):\n        asked.append(t)\n        "
    "return super().coefficients(t)._replace(eta=self.alpha * len(asked) + 0 * t)",
    "random": "def coefficients(self, t):\n        "
    "return super().coefficients(t)._replace(eta=np.random.default_rng().random(t.size))",
    "length": "def coefficients(self, t):\n        "
    "return super().coefficients(t)._replace(eta=self.alpha / t.size + 0 * t)",
    "step": "def step(self, state, g, k, project, ops):\n        asked.append(1)\n        "
    "return state._replace(x=project(state.x - g / len(asked), g))",
    "the twin": "def coefficients(self, t):\n        return super().coefficients(t)._replace(eta=self.alpha / t)",
}


@pytest.mark.parametrize("kind", STATEFUL)
def test_a_method_that_gives_other_numbers_when_it_is_played_again_is_refused(call, tmp_path, kind):
    (tmp_path / "mine.py").write_text(HIDDEN.format(body=STATEFUL[kind]))
    status, _, err = call("falsify", "--algorithm", "hidden", "--file", "mine.py", "--candidates", 50, "--out", "o")
    rl.methods.Method.known.pop("hidden")
    assert status == (0 if kind == "the twin" else 2)
    assert err == "" or "hidden gives other numbers when it is played again" in err


def test_losses_after_the_violation_are_left_out():
    """A bound on gradients so far is the whole problem's only once the largest slope has come."""
    asked = conjecture("adam", "adam.printed")
    numbers = {"alpha": Fraction(7, 20), "beta1": Fraction(0), "beta2": Fraction(1, 65), "lam": Fraction(1, 1000)}
    long = Instance((8, -1, -1) * 14 + (100, 100), Fraction(1), tuple(numbers.items()))
    assert asked.refuted([long], 44).tolist() == [42]
    cut = asked.cut(long, 44)
    assert cut.losses == long.losses[:42]
    spelled = asked.subject.spelled(cut)
    assert simulated(cut.losses, 1, spelled, 42).bound("adam.printed").verdict == "violated"
    assert simulated(long.losses, 1, spelled, 42).bound("adam.printed").verdict == "holds", "the twin"


@pytest.mark.parametrize(
    ("losses", "start", "horizon"),
    [("x", 1, 5), ([None], 1, 5), ([1], "one", 5), ([1], 1, "many"), ([1], 1, 0), ([0], 1, 5), ([1], 2, 5), (7, 1, 5),
     (["1/0"], 1, 5), ([(1, 2)], 1, 5), ([float("inf")], 1, 5)],
)  # fmt: skip
def test_a_first_violation_of_no_run_is_one_sentence(losses, start, horizon):
    with pytest.raises(InputError) as said:
        rl.falsifier.first_violation(losses, "sgd(alpha=1)", "sgd.zinkevich", horizon, start)
    assert len(str(said.value)) < 300
