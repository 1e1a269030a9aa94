"""Expectations and what is known, held against two tosses of a coin; and what no rule of expectations says."""

import itertools
from fractions import Fraction

import pytest

from regretlab.claims import index, outcomes, real, sequence
from regretlab.claims.checkers.instances import Instance
from regretlab.claims.provers import accepted, implications, theorem
from regretlab.claims.statements import Theorem
from regretlab.errors import InputError

w, N, t, T = index("w N t T")
x, y = sequence("x"), sequence("y")
space = outcomes(w, N)
past = space.history("F")
#: Two tosses of a coin that shows 1 with this probability.
HEADS = Fraction(1, 3)
TOSSES = list(itertools.product((1, 0), repeat=2))
#: A solver's seconds for one question about what is false.
SECONDS = 0.3


@pytest.fixture
def tossed():
    """The four outcomes at numbers: x[w, t] is the toss of round t, F[t] what is known before it."""
    entries = {}
    for k, tosses in enumerate(TOSSES, 1):
        entries[f"P[{k}]"] = Fraction(1)
        for round_, toss in enumerate(tosses, 1):
            entries[f"P[{k}]"] *= HEADS if toss else 1 - HEADS
            entries[f"x[{k}, {round_}]"] = Fraction(toss)
            for other, others in enumerate(TOSSES, 1):
                entries[f"F[{round_}, {k}, {other}]"] = Fraction(tosses[: round_ - 1] == others[: round_ - 1])
    numbers = {name: str(value) for name, value in entries.items()}
    return Instance(Theorem((), N >= 1), {"indices": {"N": 4}, "symbols": {"c": "1/3"}, "entries": numbers})


@pytest.mark.parametrize(
    "relation",
    [
        *space.given,
        *past.given(1),
        *past.given(2),
        space.E(x[w, 1]) == HEADS,
        space.E(x[w, 1] * x[w, 2]) == HEADS**2,
        past.knows(x[w, 1], 2),
        past.expects(x[w, 2], real("c"), 2),
        past.expects(x[w, 1] + x[w, 2], x[w, 1] + real("c"), 2),
    ],
    ids=str,
)
def test_what_holds_for_two_tosses_is_said(tossed, relation):
    assert tossed.true(relation)


@pytest.mark.parametrize(
    "relation",
    [
        space.E(x[w, 1]) == HEADS**2,
        past.knows(x[w, 2], 2),
        past.knows(x[w, 1], 1),
        past.expects(x[w, 1], real("c"), 2),
        past.expects(x[w, 2], 1 - real("c"), 2),
    ],
    ids=str,
)
def test_what_does_not_hold_for_two_tosses_is_not_said(tossed, relation):
    assert not tossed.true(relation)


EX, EY = space.E(x[w]), space.E(y[w])


@pytest.mark.parametrize(
    ("given", "show"),
    [
        ((), space.E(x[w] * y[w]) == EX * EY),
        ((), space.E(x[w] ** 2) == EX**2),
        ((space.each(x[w] <= y[w]),), EY <= EX),
        ((EX <= EY,), space.each(x[w] <= y[w])),
        ((past.expects(x[w], y[w]),), space.E(x[w] ** 2) == space.E(x[w] * y[w])),
    ],
    ids=["of a product", "of a square", "turned", "from the mean to each", "the tower without what is known"],
)
def test_no_expectation_moves_through_a_product(given, show, monkeypatch):
    for limit in ("BRIEF", "QUICK", "PATIENT"):
        monkeypatch.setattr(implications, limit, SECONDS)
    assert theorem.find(Theorem((*space.given, *past.given(), *given), show)) is None


def test_an_expectation_is_linear_and_monotone():
    given = (*space.given, space.each(x[w] <= y[w]))
    assert accepted(Theorem(given, space.E(2 * x[w] + 3) == 2 * EX + 3)) is not None
    weighted = space.each(space.P[w] * x[w] <= space.P[w] * y[w])
    assert accepted(Theorem(given, EX <= EY, by=(weighted,))) is not None


def test_indices_that_are_none_are_refused():
    with pytest.raises(InputError, match="two indices"):
        outcomes(real("w"), N)
    with pytest.raises(InputError, match="rename"):
        past.knows(x[index("u")])
