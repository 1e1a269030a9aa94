"""Claims about runs: regret bounds replayed in intervals, and linear regret by drift."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import regretlab as rl
from regretlab.bounds import symbols as s
from regretlab.claims import checkers
from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.arithmetic.intervals import OPS, Interval, enclose, maximum, minimum
from regretlab.claims.checkers import drift, replay
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import candidates
from regretlab.claims.provers.replay import play, spread
from regretlab.claims.statements import Kink, NoRegret, RegretBound, kink
from regretlab.errors import InputError
from regretlab.methods import Method

REDDI = (Fraction(8), Fraction(-1), Fraction(-1))
ADAM = "adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)"
TINY = "alpha=100, beta1=9/10, beta2=999/1000, lam=1/2, eps=0"


def decided(statement):
    """The certificate that the search finds, and the checker's outcome."""
    form, body = next(candidates(statement))
    return form, body, checkers.check(statement, form, body)


def test_kingma_and_bas_bound_is_first_violated_at_42():
    form, body, outcome = decided(RegretBound(REDDI, ADAM, "adam.printed", 60))
    assert (form, body, outcome.verdict, outcome.level) == ("replay", {"t": 42}, "refuted", "balls")
    assert outcome.words == "at T = 42 the regret 170.0253294 is above the bound 168.5307988"
    assert decided(RegretBound(REDDI, ADAM, "adam.printed", 41))[2].verdict == "bounded"


@pytest.mark.parametrize(
    ("losses", "algorithm", "bound", "t", "numbers"),
    [
        (["1/100000000"], f"adambs({TINY})", "adambs.theorem1", 1, ("2.0e-8", "3.926600851e-9")),
        (["1/100000000"], f"adam({TINY})", "adam.printed", 1, ("2.0e-8", "2.420130232e-9")),
        ([6, -1, -1], "adambs(alpha=0.7, beta1=0, beta2=1/37, lam=1/1000, eps=0)", "adambs.theorem1", 148,
         ("411.5202119", "410.9627891")),
        (["1/100", "-1/1000"], "adam(alpha=5, beta1=1/10, beta2=9/10, lam=1/1000, eps=0)", "adam.printed", 2,
         ("0.02", "0.007741884882")),
        ([1, "-1/20", "-1/20"], "adam(alpha=1, beta1=1/5, beta2=1/50, lam=1/1000, eps=0)", "adam.printed", 36,
         ("21.33327292", "13.51747126")),
    ],
)  # fmt: skip
def test_violations_at_rational_parameters(losses, algorithm, bound, t, numbers):
    statement = RegretBound(tuple(map(Fraction, losses)), algorithm, bound, t)
    outcome = checkers.check(statement, "replay", {"t": t})
    assert outcome.verdict == "refuted"
    assert all(number in outcome.words for number in numbers)


@pytest.mark.parametrize(
    ("bound", "algorithm", "symbol"),
    [("padam.ours", "padam(p=1/4, beta1=0, lam=1/2)", "S_p"), ("amsgrad.fiftieth", "amsgrad(beta1=1/2, lam=1/2)", "Q")],
)
def test_a_bound_of_what_no_replay_measures_is_undecided(bound, algorithm, symbol):
    """Q and S_p are measured on runs of the engines alone."""
    theorem = rl.bounds.amsgrad.schedule_free
    if bound not in rl.bounds.Bound.known:
        replace(theorem, id=bound, terms=dict(theorem.terms, more=s.Q))
    try:
        statement = RegretBound(REDDI, algorithm, bound, 3)
        for form, body in (("replay", {"t": 2}), ("run", {"rounds": 3})):
            with pytest.raises(Rejected, match=f"nothing gives a value to {symbol}$"):
                checkers.check(statement, form, body)
        with pytest.raises(Rejected, match=f"nothing gives a value to {symbol} of {bound} in a replay"):
            decided(statement)
        twin = RegretBound(REDDI, "amsgrad(beta1=1/2, lam=1/2)", theorem.id, 3)
        assert decided(twin)[2].verdict == "bounded"
    finally:
        rl.bounds.Bound.known.defined.pop("amsgrad.fiftieth", None)


def test_a_true_bound_holds_on_the_same_losses():
    amsgrad = RegretBound(REDDI, ADAM.replace("adam", "amsgrad"), "amsgrad.schedule_free", 50)
    assert decided(amsgrad)[:2] == ("run", {"rounds": 50})
    with pytest.raises(Rejected, match="not above"):
        checkers.check(amsgrad, "replay", {"t": 42})


HINGES = (
    Kink(Fraction(-1), Fraction(2), Fraction(1, 4)),
    Fraction(1, 7),
    Kink(Fraction(0), Fraction(1), Fraction(-1, 2)),
)


def test_losses_with_kinks_are_replayed_as_they_are_simulated():
    text, rounds = "adam(alpha=3/10, beta1=4/5, beta2=9/10, lam=99/100, eps=0)", 40
    statement = RegretBound(HINGES, text, "adam.printed", rounds, Fraction(-1, 5))
    runs = play([rl.algorithms.parse(text).method], spread([HINGES], rounds), np.array([-0.2]))
    grid = np.linspace(-1, 1, 30_001)  # every kink and both ends are on it
    total = np.zeros(grid.size)
    exact = replay.replay(replay.exact(text)[1], statement, rounds)
    for t, (regret, values) in enumerate(exact):
        left, right, at = map(float, kink(HINGES[t % 3]))
        total += np.maximum(left * (grid - at), right * (grid - at))
        assert float(regret.text(17)) == pytest.approx(runs.regret[0, t], rel=1e-12)
        assert float(values["S_g"].text(17)) == pytest.approx(runs.values["S_g"][0, t], rel=1e-12)
        assert float(values["G"].text(17)) == 2 == runs.values["G"][0, t]
    paid = sum(
        max(float(f.left) * (x - float(f.at)), float(f.right) * (x - float(f.at)))
        for x, f in zip(runs.x[0], map(kink, np.resize(np.array(HINGES, dtype=object), rounds)), strict=True)
    )
    assert runs.regret[0, -1] == pytest.approx(paid - total.min(), rel=1e-6)


def test_an_iterate_at_a_kink_is_refused():
    for start, kinked in ((Fraction(1, 4), True), (Fraction(1, 2), False)):
        statement = RegretBound(HINGES, ADAM, "adam.printed", 1, start)
        if kinked:
            with pytest.raises(Rejected, match="not unique"):
                checkers.check(statement, "run", {"rounds": 1})
        else:
            assert checkers.check(statement, "run", {"rounds": 1}).verdict == "bounded"
    with pytest.raises(Undecided):
        replay.derivative(HINGES[0], Interval(Fraction(1, 3)) * Fraction(3, 4))
    with pytest.raises(InputError, match="not convex"):
        RegretBound((Kink(Fraction(1), Fraction(0), Fraction(0)),), ADAM, "adam.printed", 1)


@pytest.mark.parametrize(
    "body", [{"t": 41}, {"t": 61}, {"t": 0}, {"t": "42"}, {"t": True}, {}, {"t": 42, "verdict": 1}]
)
def test_a_changed_replay_is_rejected(body):
    with pytest.raises(Rejected):
        checkers.check(RegretBound(REDDI, ADAM, "adam.printed", 60), "replay", body)


@pytest.mark.parametrize(
    ("algorithm", "bound", "why"),
    [
        (ADAM.replace("lam=1/1000", "lam=1"), "adam.printed", "lam < 1"),
        (ADAM.replace("beta1=0", "beta1=9/10"), "adam.printed", "beta1\\^2"),
        (ADAM.replace("eps=0", "schedule='constant'"), "adam.printed", "alpha_t"),
        (ADAM, "amsgrad.printed", "does not speak"),
        (ADAM, "adambs.theorem1", "does not speak"),
        (ADAM.replace("adam", "amsgrad") + "+adambs", "adambs.ours", "does not speak"),
    ],
)
def test_a_theorem_is_only_held_to_what_it_assumes(algorithm, bound, why):
    with pytest.raises(Rejected, match=why):
        checkers.check(RegretBound(REDDI, algorithm, bound, 60), "replay", {"t": 42})


def test_a_run_must_cover_the_horizon():
    with pytest.raises(Rejected, match="every T"):
        checkers.check(RegretBound(REDDI, ADAM, "adam.printed", 60), "run", {"rounds": 41})
    with pytest.raises(Rejected, match="at T = 42"):
        checkers.check(RegretBound(REDDI, ADAM, "adam.printed", 60), "run", {"rounds": 60})


@pytest.mark.parametrize("name", ["adam", "amsgrad", "adamx", "sgd"])
def test_the_replay_encloses_the_simulation(name):
    own = "" if name == "sgd" else ", beta1=4/5, beta2=9/10, lam=99/100, eps=1e-8"
    text = f"{name}(alpha=3/10{own})"
    result = rl.simulate(rl.problems.Reddi(C=4), text, horizon=40, checkpoints=[40])
    statement = RegretBound((Fraction(4), Fraction(-1), Fraction(-1)), text, "sgd.zinkevich", 40)
    *_, (regret, values) = replay.replay(replay.exact(text)[1], statement, 40)
    certified = result.interval("online")
    assert certified.low <= float(regret.text(17)) <= certified.high
    assert certified.high - certified.low < 1e-9 * abs(certified.mean)
    record = result.record.isel(algorithm=0, replicate=0, t=-1)
    assert float(record.sum_sqrt_v_hat) == pytest.approx(float(values["S_v"].text(17)), rel=1e-12)
    assert regret.high - regret.low < 1e-30


@pytest.mark.parametrize(
    "method",
    [
        m(beta1=0.5, lam=0.5) if "lam" in m.declared() else m()
        for m in Method.known.values()
        if m.__module__.startswith("regretlab.")  # and none that another test defined
    ],
)
def test_schedules_run_on_intervals(method):
    floats = method.coefficients(np.array([1.0, 2.0, 7.0]))
    if method.name in ("nosadam", "schedulefreeadamw"):  # whose coefficients are sums over all steps before
        with pytest.raises(InputError, match="no closed form"):
            method.coefficients(np.array([Interval(1)], dtype=object))
        return
    exact = method.coefficients(np.array([Interval(t) for t in (1, 2, 7)], dtype=object))
    for ours, theirs in zip(exact[:9], floats[:9], strict=True):
        assert [float(Interval(x).text(17)) for x in ours] == pytest.approx(list(theirs), rel=1e-12)
        assert theirs.dtype == float


def test_nonsense_is_refused_when_it_is_written():
    with pytest.raises(InputError, match="not a run"):
        RegretBound((Fraction(0),), ADAM, "adam.printed", 5)
    with pytest.raises(InputError, match="not a run"):
        RegretBound(REDDI, ADAM, "adam.printed", 5, start=Fraction(2))
    with pytest.raises(InputError, match="bound"):
        RegretBound(REDDI, ADAM, "adam.misprinted", 5)
    with pytest.raises(InputError, match="beta2"):
        NoRegret(3, Fraction(0), (Fraction(1),))


def test_small_periodic_losses_on_which_adam_fails():
    three = NoRegret(3, Fraction(0), (Fraction(1, 3), Fraction(1, 10)))
    assert decided(three)[1] == {"pattern": ["3", "-1", "-1"], "beta2": "1/3"}
    turned = checkers.check(three, "drift", {"pattern": ["1", "-3", "1"], "beta2": "1/3"})
    assert turned.verdict == "refuted"
    assert "tends to 2/3" in turned.words
    reddi = checkers.check(three, "drift", {"pattern": ["3", "-1", "-1"], "beta2": "1/10"})
    assert "S = 1, D = -0.680949602" in reddi.words


def test_adams_defaults_fail_at_period_74():
    defaults = Fraction(9, 10), (Fraction(999, 1000),)
    assert decided(NoRegret(74, *defaults))[1]["pattern"] == ["74", *["-1"] * 73]
    with pytest.raises(Rejected, match="not negative"):
        checkers.check(NoRegret(73, *defaults), "drift", {"pattern": ["73", *["-1"] * 72], "beta2": "999/1000"})
    assert not list(candidates(NoRegret(2, Fraction(0), (Fraction(1, 10),))))


@pytest.mark.parametrize(
    "change",
    [{"pattern": ["3", "-1", "1"]}, {"pattern": ["3", "-1"]}, {"pattern": ["0", "0", "0"]}, {"beta2": "1/2"},
     {"pattern": "3"}, {"pattern": [3, -1, -1]}, {"beta2": 0.1}, {"limit": "2/3"}],
)  # fmt: skip
def test_a_changed_drift_is_rejected(change):
    with pytest.raises(Rejected):
        checkers.check(
            NoRegret(3, Fraction(0), (Fraction(1, 10),)),
            "drift",
            {"pattern": ["3", "-1", "-1"], "beta2": "1/10"} | change,
        )


def test_the_drift_is_what_a_simulation_tends_to():
    pattern, beta1, beta2 = [Fraction(c) for c in (7, -2, -4)], Fraction(1, 2), Fraction(3, 4)
    moments, c = [0.0, 0.0, 0.0], [float(x) for x in pattern]
    for t in range(300):
        g = c[t % 3]
        moments = [0.5 * moments[0] + 0.5 * g, 0.75 * moments[1] + 0.25 * g * g, moments[2]]
        moments[2] += moments[0] / np.sqrt(moments[1]) if t >= 297 else 0
    assert float(drift.period(pattern, beta1, beta2).text(17)) == pytest.approx(moments[2], rel=1e-12)


def test_intervals_enclose_and_never_guess():
    third = Interval(Fraction(1, 3))
    overlapping = third * 3
    for comparison in (lambda: overlapping < 1, lambda: overlapping >= 1, lambda: bool(overlapping == 1)):
        with pytest.raises(Undecided):
            comparison()
    assert Interval(2) == 2
    assert third != 1
    around = OPS.where(overlapping - 1 == 0, 5, 7)
    assert (around.low, around.high) == (5, 7)
    assert OPS.where(third == 0, 1 / Interval(0), third) > 0
    assert maximum(third, 2) > minimum(third, 2)
    assert abs(-third) > 0
    assert (Interval(4) ** Fraction(3, 2), Interval(4) ** Fraction(-1, 2) * 2) == (8, 1)
    assert Interval(0) ** Fraction(1, 4) == 0
    assert Interval(Fraction(1, 10)).text() == "0.1"
    for undefined in (lambda: (0 - third).sqrt(), lambda: Interval(0).log(), lambda: (0 - third) ** third):
        with pytest.raises(Undecided):
            undefined()


def test_bounds_are_enclosed():
    import sympy as sp

    x = sp.Symbol("x", positive=True)
    expression = sp.Min(sp.exp(x), 3) * sp.Max(1, x) + sp.log(x) / (sp.E - 1) - x ** sp.Rational(1, 3)
    exact = enclose(expression, {"x": Interval(5)})
    assert float(exact.text(17)) == pytest.approx(float(expression.subs(x, 5)), rel=1e-15)
    with pytest.raises(Undecided, match="no interval rule"):
        enclose(sp.sin(x), {"x": Interval(1)})
