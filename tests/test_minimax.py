"""The value of the linear game: by its recursion, by the adversaries that reach it, and against the bounds."""

import math
from functools import cache

import numpy as np
import pytest

import regretlab as rl
from regretlab import minimax
from regretlab.domains import Box, L2Ball, Simplex
from tests.tolerances import SAME_FORMULA

METHODS = [
    rl.methods.SGD(alpha=0.5), rl.methods.Adam(alpha=0.1), rl.methods.AMSGrad(alpha=0.3), rl.methods.Lion(alpha=0.01),
    rl.methods.FullAdaGrad(alpha=0.5), rl.methods.ScheduleFreeSGD(alpha=0.3), rl.methods.FTRL(alpha=0.5),
]  # fmt: skip


@cache
def recursion(total, left, grid=8):
    """The value of the game on [-1, 1] from a sum of gradients on, with gradients on a grid and the best iterate.

    V(S, n) = min_x max_g (g x + V(S + g, n - 1)), V(S, 0) = |S|: two lines in g meet at the minimum, since V is convex.
    """
    if not left:
        return abs(total)
    after = {g: recursion(total + g, left - 1) for g in range(-grid, grid + 1, grid // 2)}
    x = (after[-grid] - after[grid]) / (2 * grid)
    assert -1 <= x <= 1
    return max(g * x + v for g, v in after.items())


@pytest.mark.parametrize("T", range(1, 9))
def test_the_value_on_an_interval_is_that_of_the_recursion(T):
    assert minimax.value(Box(-1, 1), T, d=1) == pytest.approx(recursion(0, T) / 8, rel=SAME_FORMULA)
    assert minimax.value(L2Ball(1.0), T, d=1) == minimax.value(Box(-1, 1), T, d=1)


def test_the_value_has_the_units_of_the_game():
    one = minimax.value(Box(-1, 1), 7, d=1)
    assert minimax.value(Box(2, 5), 7, d=4, gradient=3) == pytest.approx(4 * 3 * 1.5 * one)
    assert minimax.value(L2Ball(2.0), 9, d=5, gradient=3) == 2 * 3 * 3
    long = [minimax.signs(T) for T in (998, 999, 1000, 1001, 10**6)]
    assert long[0] < long[1] < long[3]
    assert long[1] == pytest.approx(long[2], rel=SAME_FORMULA)
    assert long[-1] == pytest.approx(math.sqrt(2e6 / math.pi), rel=1e-6)


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
def test_on_the_ball_every_method_has_the_value_at_every_step(method):
    played = minimax.play(method, L2Ball(2.0), 60, d=4, gradient=3, replicates=3)
    np.testing.assert_allclose(played.regret, np.tile(6 * np.sqrt(played.t), (3, 1)), rtol=1e-12)
    np.testing.assert_allclose(played.loss, 0, atol=1e-11)


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
def test_on_the_box_every_method_has_the_value_in_expectation(method):
    """The mean of 4000 replicates, within 5 standard errors."""
    played = minimax.play(method, Box(-1, 1), 50, d=2, replicates=4000)
    last = played.regret.values[:, -1]
    error = 5 * last.std() / math.sqrt(last.size)
    assert last.mean() == pytest.approx(played.value.item(-1), abs=error)
    assert error < 0.1 * last.mean(), "the test would see a tenth"


@pytest.mark.parametrize("T", [10, 1000])
def test_no_bound_that_holds_is_below_the_value_and_half_of_it_is(T):
    """Zinkevich's bound at its best step is 2 sqrt(2) times the value at most; a third of it would be refuted."""
    D, G = 2.0, 1.0
    best = rl.bounds.sgd.zinkevich.at_T(T, {"D2": D, "G2": G, "alpha": D / (math.sqrt(2) * G)})
    least = minimax.value(L2Ball(D / 2), T, d=3, gradient=G)
    assert 1 < best / least < 3
    assert best / 3 < least


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: minimax.value(Simplex(1.0), 9, d=3), "has no known value; give rl.domains.Box"),
        (lambda: minimax.value(L2Ball(1.0), 9, d=2), "d=2: the value on the disc has no known closed form; use d=1"),
        (lambda: minimax.value(Box(), 0, d=2), "horizon=0 is outside"),
        (lambda: minimax.value(Box(), 9, d=1.5), "d=1.5"),
        (lambda: minimax.value(Box(), 9, d=1, gradient=-1), "gradient=-1"),
        (lambda: minimax.play(rl.methods.Hedge(), Box(), 9, d=1), "plays on no box or ball"),
        (lambda: minimax.play("adam", Box(), 9, d=1), "method='adam' is no method; give one such as rl.methods.SGD"),
    ],
)
def test_what_has_no_value_is_one_sentence(call, said):
    with pytest.raises(rl.InputError, match=said):
        call()


#: Each with a step size that is good for D = 2 and G = 1, and how often its bound is the value of the game at most.
BOUNDED = {
    "sgd.zinkevich": ("sgd(alpha=1.414)", 3),
    "adagradnorm.streeter": ("adagradnorm(alpha=1.414)", 3),
    "dualaveraging.xiao": ("dualaveraging(alpha=1.414)", 3),
    "fulladagrad.duchi": ("fulladagrad(alpha=1.414, eps=0.001)", 6),
}


@pytest.mark.parametrize("id", BOUNDED)
def test_bounds_hold_on_data_and_a_constant_too_small_is_refuted_by_the_adversary(id):
    name, times = BOUNDED[id]
    problem = rl.problems.Logistic("breast_cancer", domain="ball", radius=1.0)
    found = rl.simulate(problem, name, horizon=12).bound(id, name.partition("(")[0])
    assert all(check.passed for check in found.checks)
    assert found.verdict == "holds"
    method = rl.algorithms.parse(name).method
    played = minimax.play(method, L2Ball(1.0), 40, d=4)
    least, given = played.regret.item(-1), {"D2": 2.0, "G2": 1.0, "d": 4, **method.parameters()}
    bound = rl.bounds.Bound.known[id]
    most = float(bound.at_T(40, {n: v for n, v in given.items() if n in bound.constants}))
    assert most / times < least < most, "the twin, so many times smaller, is below the regret"


def test_tables_say_how_many_times_a_bound_is_the_value():
    """On [-1, 1]^d with entries up to 8; not in expectation, nor without a domain, where the game has no value."""
    result = rl.simulate(rl.problems.Reddi(C=8), ["sgd(alpha=0.1)", "adam(alpha=0.1)"], horizon=99)
    table = result.table()
    value = minimax.value(Box(-1, 1), 99, d=1, gradient=8)
    assert table["bound / value"].tolist() == pytest.approx((table["value"] / value).tolist())
    assert result.bound("sgd.zinkevich", "sgd").summary()["game"] == value
    free = rl.simulate(rl.problems.Logistic("breast_cancer", domain="none"), "sgd(alpha=0.1)", horizon=9)
    assert "bound / value" not in free.table()
    drawn = rl.simulate(
        rl.problems.Logistic("breast_cancer", domain="ball"), "amsgrad+adambs(gamma=0.5)", horizon=9, replicates=2
    )
    assert drawn.bound("adambs.ours", "amsgrad+adambs").game is None
