"""The iterates of a method as sequences of a theorem: the numbers of the step that is simulated."""

from fractions import Fraction

import numpy as np
import pytest

from regretlab.claims import index, real, sequence, steps
from regretlab.claims.arithmetic import balls
from regretlab.claims.checkers.instances import Instance
from regretlab.claims.statements import Theorem
from regretlab.methods import Moments, Padam
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
