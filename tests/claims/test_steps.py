"""The iterates of a method as sequences of a theorem: the numbers of the step that is simulated."""

from fractions import Fraction

import numpy as np
import pytest

from regretlab.claims import box, index, real, sequence, steps
from regretlab.claims.arithmetic import balls
from regretlab.claims.checkers.instances import Instance
from regretlab.claims.statements import Theorem
from regretlab.errors import InputError
from regretlab.methods import Method, Moments, Padam
from tests.tolerances import ROUND_OFF_OF_A_RUN

HALF = Fraction(1, 2)
GRADIENTS = (3, -1, 2, -4)
T = index("T")
p = real("p")


def stated(power, value):
    """Return x_5 from 0 by the equations of a theorem, with a power p that is a symbol or a number."""
    run = steps("padam", gradients=sequence("g"), start=0, alpha=HALF, beta1=HALF, beta2=HALF, p=power)
    theorem = Theorem((), p + run.x[T] >= 0, where=(run.definition,))
    entries = {f"g[{t}]": str(g) for t, g in enumerate(GRADIENTS, 1)}
    found = Instance(theorem, {"indices": {"T": 5}, "symbols": {"p": value}, "entries": entries})
    last = found.concrete(run.x[T])
    found.concrete(theorem.show)
    return float(balls.value(last, found.point).mid)


def simulated(value):
    """Return x_5 from 0 by the method's step on floats."""
    method = Padam(alpha=0.5, beta1=0.5, beta2=0.5, p=value)
    schedule = method.coefficients(np.arange(1.0, len(GRADIENTS) + 1))
    state = Moments(*np.zeros(4))
    for t, g in enumerate(GRADIENTS):
        state = method.step(state, g, schedule.at(t), lambda x, weight: x, np)
    return state.x


@pytest.mark.parametrize("value", ["1/2", "1/4", "1/8", "3/10"])
def test_a_symbol_for_the_power_has_the_iterates_of_the_simulated_step(value):
    run = simulated(value)
    assert stated(p, value) == pytest.approx(run, rel=ROUND_OFF_OF_A_RUN)
    assert stated(Fraction(value), value) == pytest.approx(run, rel=ROUND_OFF_OF_A_RUN)
    assert stated(p, "1/5") != pytest.approx(run, rel=ROUND_OFF_OF_A_RUN)


@pytest.mark.parametrize(
    ("method", "given", "words"),
    [
        ("sgd", {"schedule": "Sqrt"}, "schedule='Sqrt' is not one of 'sqrt', 'constant'"),
        ("amsgrad", {"beta1": 7}, "beta1=7 is outside"),
        ("amsgrad", {"beta1": Fraction(7)}, "beta1=7 is outside"),
        ("amsgrad", {"beta2": "3/2"}, "beta2=3/2 is outside"),
        ("nope", {}, "unknown method 'nope'. Known: .*amsgrad"),
        ("hedge", {}, "Hedge asks for exp"),
        ("sgd", {"alpha": sequence("a")[index("t")]}, "index t, which is its round"),
        ("sgd", {"project": box(sequence("low")[index("t")], 1)}, "index t, which is its round"),
        ("sgd", {"start": sequence("a")[index("t")]}, "index t, which is its round"),
    ],
)
def test_a_step_that_the_simulator_would_not_make_is_refused_in_a_sentence(method, given, words):
    with pytest.raises(InputError, match=words):
        steps(method, **{"gradients": sequence("g"), **given})


def test_an_index_of_the_user_is_not_taken_for_the_round():
    s, a = index("s"), sequence("a")
    step = steps("sgd", gradients=sequence("g"), alpha=a[s], start=0, schedule="constant").definition.equations
    assert str(step[4]).startswith("(x[t + 1] == x[t] - ")
    assert "a[s]" in str(step[4])


@pytest.mark.parametrize("method", ["adam", "adamw", "adaml2", "nadam"])
def test_a_method_with_its_defaults_is_the_simulated_one(method):
    run = steps(method, gradients=sequence("g"), start=0)
    found = Instance(
        Theorem((), run.x[T] >= 0, where=(run.definition,)),
        {"indices": {"T": 5}, "symbols": {}, "entries": {f"g[{t}]": str(g) for t, g in enumerate(GRADIENTS, 1)}},
    )
    made = Method.known[method]()
    schedule = made.coefficients(np.arange(1.0, len(GRADIENTS) + 1))
    state = Moments(*np.zeros(4))
    for t, g in enumerate(GRADIENTS):
        state = made.step(state, g, schedule.at(t), lambda x, weight: x, np)
    last = found.concrete(run.x[T])
    assert float(balls.value(last, found.point).mid) == pytest.approx(state.x, rel=ROUND_OFF_OF_A_RUN)
