"""Worst cases: empirical regret <= found on a line <= PEPit's program <= Zinkevich's bound."""

import importlib.util
import math

import numpy as np
import pytest

import regretlab as rl
from regretlab import worst_case
from regretlab.methods._base import generic
from tests.tolerances import ROUND_OFF, SOLVER

SGD = rl.methods.SGD
needs_pepit = pytest.mark.skipif(
    importlib.util.find_spec("PEPit") is None, reason="PEPit is not installed: pip install 'regretlab[pep]'"
)


def zinkevich(T, D2=1.0, G2=1.0, alpha=1.0):
    return float(sum(rl.bounds.sgd.zinkevich.evaluate({"T": T, "D2": D2, "G2": G2, "alpha": alpha}).values()))


def replayed(instance, alpha, D2):
    """The regret of an instance on a line, step by step in plain numbers."""
    x, loss = instance.start, 0.0
    for t, c in enumerate(instance.slopes, start=1):
        loss += c * x
        x = min(max(x - alpha / math.sqrt(t) * c, -D2 / 2), D2 / 2)
    return loss + abs(sum(instance.slopes)) * D2 / 2


@pytest.mark.parametrize("alpha", [0.1, 1.0, 3.0])
@pytest.mark.parametrize("T", [1, 2, 6])
def test_what_is_found_on_a_line_replays_and_keeps_zinkevichs_bound(T, alpha):
    found = worst_case.on_a_line(SGD(alpha=alpha), T, D2=2, G2=3)
    assert found.regret == pytest.approx(replayed(found, alpha, D2=2), rel=ROUND_OFF)
    assert set(found.slopes) <= {-3.0, 0.0, 3.0}
    assert found.regret <= zinkevich(T, 2, 3, alpha) * (1 + ROUND_OFF)


def test_zinkevichs_bound_is_attained_at_one_step():
    assert worst_case.on_a_line(SGD(alpha=1), 1).regret == zinkevich(1) == 1


def test_the_worst_on_a_line_is_no_better_than_a_run():
    """Reddi's example with C = 1 has slopes 1, -1, -1 on [-1, 1]: one of the instances that were tried."""
    result = rl.simulate(rl.problems.Reddi(C=1), "sgd(alpha=1)", horizon=6, checkpoints=range(1, 7))
    regret = result.regret().low.values[0]
    for T in (1, 3, 6):
        assert regret[T - 1] <= worst_case.on_a_line(SGD(alpha=1), T, D2=2, G2=1).regret * (1 + ROUND_OFF)


@needs_pepit
@pytest.mark.parametrize(("T", "alpha"), [(1, 0.5), (2, 1.0), (3, 2.0), (5, 1.0)])
def test_the_program_lies_between_the_line_and_the_bound(T, alpha):
    worst = worst_case.regret(SGD(alpha=alpha), T)
    assert worst_case.on_a_line(SGD(alpha=alpha), T).regret <= worst * (1 + SOLVER)
    assert worst <= zinkevich(T, alpha=alpha) * (1 + SOLVER)


@needs_pepit
def test_a_solver_that_gives_up_is_an_input_error():
    with pytest.raises(rl.InputError, match=r"horizon=2, .* an alpha nearer to D2/G2 = 1"):
        worst_case.regret(SGD(alpha=1e9), 2)


@needs_pepit
def test_constants_are_units():
    unit = worst_case.regret(SGD(alpha=0.7), 4)
    assert worst_case.regret(SGD(alpha=0.7 * 20 / 3), 4, D2=20, G2=3) == pytest.approx(60 * unit, rel=SOLVER)


@needs_pepit
def test_the_program_is_that_of_pepits_own_example():
    """PEPit's example writes convex Lipschitz losses where ours are linear, and has the known value D G sqrt(T)."""
    from PEPit.examples.online_learning import wc_online_gradient_descent

    D, G, T = 0.5, 3.0, 5
    theirs, theory = wc_online_gradient_descent(M=G, D=D, n=T, verbose=-1)
    ours = worst_case.regret(SGD(alpha=D / G / math.sqrt(T), schedule="constant"), T, D2=D, G2=G)
    assert ours == pytest.approx(theirs, rel=10 * SOLVER)  # theirs is not solved in units of D and G
    assert ours == pytest.approx(theory, rel=SOLVER)


@needs_pepit
def test_other_schedules_break_zinkevichs_bound():
    """The twins that must fail: the theorem is about alpha / sqrt(t), and its worst case sees other steps."""

    class Rising(SGD):
        def coefficients(self, t):
            return super().coefficients(t)._replace(eta=self.alpha * t)

    assert worst_case.regret(SGD(alpha=1, schedule="constant"), 6) == pytest.approx(3.5, rel=SOLVER)
    assert zinkevich(6) < 3.2
    assert worst_case.regret(Rising(alpha=1), 4) > 1.05 * zinkevich(4)


@needs_pepit
def test_a_smaller_bound_is_refuted():
    """Zinkevich's bound with half its gradient term: the worst case lies above it at every T from 1 on."""
    for T in (1, 3):
        terms = rl.bounds.sgd.zinkevich.evaluate({"T": T, "D2": 1, "G2": 1, "alpha": 1})
        assert worst_case.regret(SGD(alpha=1), T) > 1.01 * (terms["diameter"] + terms["gradients"] / 2)


@needs_pepit
def test_momentum_is_in_the_program():
    """The generic step with p = 0 and a first moment: at mu = 0 it is SGD, and momentum changes the worst case."""

    class HeavyBall(SGD):
        mu = 0.0

        def coefficients(self, t):
            return generic(t, mu=self.mu, eta=self.alpha / np.sqrt(t), p=0.0)

    class Heavier(HeavyBall):
        mu = 0.9

    sgd = worst_case.regret(SGD(alpha=1), 4)
    assert worst_case.regret(HeavyBall(alpha=1), 4) == pytest.approx(sgd, rel=SOLVER)
    assert worst_case.regret(Heavier(alpha=1), 4) > 1.05 * sgd


def test_a_step_of_its_own_is_not_played_as_the_generic_one():
    for ask in (worst_case.on_a_line, worst_case.regret):
        with pytest.raises(rl.InputError, match=r"momentuml2 has a step of its own, whose worst case is not computed"):
            ask(rl.methods.MomentumL2(), 2)
    assert worst_case.on_a_line(rl.methods.MomentumW(), 2).regret > 0, "the twin: a schedule over the generic step"


def test_errors_say_what_to_do(monkeypatch):
    with pytest.raises(rl.InputError, match=r"denominator 1 \(p = 0\), such as sgd; amsgrad divides"):
        worst_case.on_a_line(rl.methods.AMSGrad(), 3)
    with pytest.raises(rl.InputError, match=r"horizon=13 is outside \[1, 12\]"):
        worst_case.regret(SGD(), 13)
    with pytest.raises(rl.InputError, match=r"D2=0 is outside \(0, inf\)"):
        worst_case.on_a_line(SGD(), 2, D2=0)
    with pytest.raises(rl.InputError, match=r"the method 'sgd' is not one of rl.methods"):
        worst_case.regret("sgd", 2)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(rl.InputError, match=r"pip install 'regretlab\[pep\]'"):
        worst_case.regret(SGD(), 2)
