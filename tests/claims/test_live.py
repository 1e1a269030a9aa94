"""Hypotheses that hold at irrational points only: they are shown to hold somewhere, and to hold nowhere they do not."""

from fractions import Fraction as F
from importlib.util import find_spec

import pytest

from regretlab.claims import exp, integer, log, maximum, paper, provers, real, sqrt, where
from regretlab.claims.checkers import live, smtlib
from regretlab.claims.language.terms import walk
from regretlab.claims.language.verdict import Rejected

s, t, x, y, p = real("s t x y p")
n = integer("n")


@pytest.fixture(autouse=True)
def one_solver(monkeypatch):
    """The second solver costs seconds and is an extra."""
    monkeypatch.setattr(smtlib, "cvc5_answers", lambda questions, limit=0: ["absent"] * len(questions))


def says(show, *given):
    return paper.inequality(given=list(given), show=show)


ROOT = says(s <= F(3, 2), s**2 == 2, s > 0)
IRRATIONAL = {
    "a root of 2": ROOT,
    "a conjunction": says(s <= F(3, 2), (s**2 == 2) & (s > 0)),
    "the negative root": says(s**3 <= 0, s**2 == 2, s < 0),
    "a difference of roots": says(s <= F(1, 2), t >= 1, sqrt(t + 1) - sqrt(t) == s, t == 1),
    "two equations": says(s * t <= 3, s**2 == 2, t**2 == 3, s > 0, t > 0),
    "two equations in both symbols": says(x * y <= 1, x**2 + y**2 == 2, x == y * sqrt(2), y > 0),
    "an exponential": says(s <= 1, exp(s) == 2, s > 0),
    "an entropy": says(p <= F(9, 10), p * log(1 / p) == F(1, 5), p < F(9, 10), p > 0),
    "an integer": says(s**2 >= 2, n >= 2, s**2 == n, n <= 3, s > 0),
}


@pytest.mark.skipif(find_spec("clarabel") is None, reason="the search for squares needs the extra 'proof'")
@pytest.mark.parametrize("name", IRRATIONAL)
def test_irrational_points_show_that_hypotheses_hold(name):
    found = provers.accepted(IRRATIONAL[name])
    assert found is not None
    assert found.outcome.verdict == "proved"
    assert any(isinstance(value, list) for value in found.body["live"].values())


@pytest.mark.parametrize(
    "given",
    [
        [s**2 == -2],
        [s**2 == 2, s > 2],
        [s**2 == 2, s**2 == 3],
        [1 / s == 0],
        [exp(s) == 0],
        [where(s > 0, 1, -1) == 0],
        [n * n == 2],
    ],
)
def test_nothing_shows_that_false_hypotheses_hold(given):
    assert provers.live.find(says(s <= s + n, *given)) is None


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ([s**2 == 2], {"s": ["1", "7/5", 0]}),  # ends before the root
        ([s**2 == 2], {"s": ["-2", "2", 0]}),  # holds both, and the ends have one sign
        ([s**2 == 2], {"s": ["2", "1", 0]}),
        ([s**2 == 2], {"s": ["1", "2", 1]}),
        ([s**2 == 2], {"s": ["1", "2", -1]}),
        ([s**2 == 2], {"s": ["1", "2"]}),
        ([s**2 == 2], {"s": "3/2"}),
        ([s**2 == 2], {"s": ["1", "2", 0], "t": "0"}),
        ([s**2 == 2, s > 0], {"s": ["1", "2", 1]}),  # an inequality is no equation
        ([s**2 == 2, s > F(3, 2)], {"s": ["1", "2", 0]}),
        ([s**2 == 2, s > F(7, 5)], {"s": ["1", "2", 0]}),  # true at the root, not shown in the box
        ([1 / s == 0], {"s": ["-1", "1", 0]}),
        ([where(s > 0, 1, -1) == 0], {"s": ["-1", "1", 0]}),
        ([where(s > 0, s + 1, s - 1) == 0], {"s": ["-1/2", "1/2", 0]}),
        ([maximum(s, 1) == 1], {"s": ["0", "2", 0]}),  # touches
        ([log(s) == 0], {"s": ["-1", "2", 0]}),
        ([s == t, s - t == 1], {"s": ["0", "2", 0], "t": ["0", "2", 1]}),
        ([s == t, s**2 == 2], {"s": ["0", "2", 0], "t": ["0", "2", 0]}),  # one equation for both
        ([n * n == 2], {"n": ["1", "2", 0]}),
        ([s * n == 2], {"s": ["1", "3", 0], "n": "3/2"}),
    ],
)
def test_boxes_show_nothing_that_they_do_not(given, written):
    with pytest.raises(Rejected):
        live.check(says(s - s <= n - n + t - t, *given) if "t" in written else says(given[0], *given), written)


def test_a_box_with_a_root_is_accepted():
    live.check(ROOT, {"s": ["7/5", "3/2", 0]})
    live.check(says(s <= t, s**2 == 2, t == s + 1, s > 0), {"s": ["7/5", "29/20", 0], "t": ["2", "3", 1]})


def bandit():
    """Write one round of a bandit with one arm, whose weight is an exponential and whose size rests on a logarithm."""
    w, c, r, L, h, R = real("w c r L h R")
    return [
        t == 1, s == 1, log(t) <= R, r > 0, r**2 * L**4 == 2 * R * p**4, p > 0, s >= p, h == L**2 / p**2 - x**2 / s**2,
        w == maximum(p, c * (s * exp(-r * h))), w == 1, c > 0, x**2 <= L**2, y == w * h, L >= 1,
    ]  # fmt: skip


def test_exponentials_of_zero_and_logarithms_of_one_are_tried_together():
    statement = says(y >= 0, *bandit())
    asked = provers.live._easy(statement.given)
    assert {n.op for n in walk(*asked)}.isdisjoint({"exp", "log"})
    live.check(statement, provers.live.find(statement))
