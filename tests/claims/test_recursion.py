"""Recursions are decided on the formula that was written: its divisors, its names, and that it has no cases."""
# ruff: noqa: C408 (dict(...) are the details of a claim, as a file writes them)

from __future__ import annotations

import functools
import itertools
import random

import pytest
import sympy as sp

from regretlab.claims import Product, Sum, integer, paper, real, sequence
from regretlab.claims.provers import accepted
from regretlab.errors import InputError

a, b, p, lam, t = real("a b p lam t")
i, j = integer("i j")
g = sequence("g")


def outcome(**details):
    found = accepted(paper.recursion(**details))
    return (found.outcome.verdict, found.outcome.words) if found else ("unknown", "")


# --- what is divided by
VANISHING = {
    # what it divides by is zero at the t named, whatever the parameters are
    30: lambda s, k: s + (k - 30) / (k - 30),
    7: lambda s, k: s + (a * k - 7 * a) / (a * (k - 7)),
    12: lambda s, k: s + (2**k - 4096) / (2**k - 4096),
    25: lambda s, k: s + (b**k - b**25) / (b**k - b**25),
    4: lambda s, k: s + (k**3 - 64) / (k**3 - 64),
    9: lambda s, k: s + 1 + Sum(0 / (i - 9), (i, 1, k)),
    123456: lambda s, k: s + (k - 123456) ** -1 / (k - 123456) ** -1,
}


@pytest.mark.parametrize("at", VANISHING)
def test_a_step_that_divides_by_zero_is_ill_posed_there(at):
    verdict, words = outcome(closed=lambda k: k, rec=VANISHING[at])
    assert verdict == "ill-posed"
    assert f"t = {at}:" in words


def test_the_value_before_may_be_what_vanishes():
    assert outcome(closed=lambda k: k - 6, rec=lambda s, k: s + s / s, start=-6)[0] == "ill-posed"
    assert outcome(closed=lambda k: k + 6, rec=lambda s, k: s + s / s, start=6)[0] == "proved"


CONDITIONS = {
    "p != 0": dict(closed=lambda k: k * b, rec=lambda s, k: s + p * b / p),
    "a^i != 0 at every i": dict(closed=lambda k: a**k * Sum(g[i] / a**i, (i, 1, k)), rec=lambda s, k: a * s + g[k]),
    "a*t - 20 != 0 at every t": dict(closed=lambda k: k, rec=lambda s, k: s + (a * k - 20) / (a * k - 20)),
    "1 - lam != 0": dict(closed=lambda k: (1 - lam**k) / (1 - lam), rec=lambda s, k: 1 + lam * s),
    "i - a != 0 at every i and t - a != 0 at every t": dict(
        closed=lambda k: Sum(1 / (i - a), (i, 1, k)), rec=lambda s, k: s + 1 / (k - a)
    ),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_divisor_with_parameters_is_a_condition_of_the_statement(condition):
    verdict, words = outcome(**CONDITIONS[condition])
    assert (verdict, words.partition(", where ")[2]) == ("proved", condition)
    assert paper.recursion(**CONDITIONS[condition]).text().endswith(f", where {condition}")


@pytest.mark.parametrize(
    "details",
    [
        dict(closed=lambda k: 1 - lam**k, rec=lambda s, k: lam * s + 1 - lam),  # 0 ** 0 is no factor, 1
        dict(closed=lambda k: (1 - (-1) ** k) / 2, rec=lambda s, k: 1 - s),
        dict(closed=lambda k: k / (k + 1), rec=lambda s, k: s + 1 / (k * (k + 1))),
        dict(closed=lambda k: k, rec=lambda s, k: s + (k**2 - 2) / (k**2 - 2)),  # no integer squares to 2
        dict(closed=lambda k: Product(i, (i, 1, k)), rec=lambda s, k: s * k, start=1),
        dict(closed=lambda k: Sum(g[i], (i, 1, k)) / k, rec=lambda s, k: ((k - 1) * s + g[k]) / k, first=1, start=g[1]),
        dict(
            closed=lambda k: Sum(g[i] / (k - i + 1), (i, 1, k)),
            rec=lambda s, k: s + Sum(g[i] / (k - i + 1) - g[i] / (k - i), (i, 1, k - 1)) + g[k],
        ),
        dict(closed=lambda k: Sum(Product(a * j, (j, 1, 2)), (i, 1, k)), rec=lambda s, k: s + 2 * a**2),
    ],
)
def test_what_is_defined_everywhere_has_no_condition(details):
    verdict, words = outcome(**details)
    assert verdict == "proved"
    assert "where" not in words


@pytest.mark.parametrize(
    "details",
    [
        dict(closed=lambda k: k, rec=lambda s, k: s + (2**k - 2**60) / (2**k - 2**60)),  # zero at 60, not looked at
        dict(closed=lambda k: k, rec=lambda s, k: s + (b**k - b**77) / (b**k - b**77)),
        dict(closed=lambda k: k + 0 ** (k - 50) - 0 ** (k - 50), rec=lambda s, k: s + 1),
        dict(closed=lambda k: k + (k - 3) ** k - (k - 3) ** k, rec=lambda s, k: s + 1),
        dict(closed=lambda k: k, rec=lambda s, k: s + Sum(i, (i, 1, k)) / Sum(i, (i, 1, k))),
        dict(closed=lambda k: k, rec=lambda s, k: s + abs(k - 50) / abs(k - 50)),
    ],
)
def test_what_is_not_seen_to_be_defined_is_not_proved(details):
    assert outcome(**details)[0] in ("unknown", "ill-posed")


# --- what names mean
def test_a_parameter_named_t_is_not_the_index():
    """s = k (k - 1)...(k - 9) (k - t) would hold if t were k."""
    for mine in (t, sp.Symbol("t"), sp.Symbol("t", integer=True), integer("t")):

        def falling(k):
            return sp.prod([k - n for n in range(10)])

        verdict, words = outcome(
            closed=lambda k, mine=mine: falling(k) * (k - mine), rec=lambda s, k: s + falling(k - 1) * 0
        )
        assert verdict == "refuted"
        assert "t' = 10, t = " in words
    text = paper.recursion(closed=lambda k: k * t, rec=lambda s, k: s + t).text()
    assert text == "s(t') = t'*t solves s(t') = s + t with s = s(t' - 1), s(0) = 0, t' > 0"


def test_a_name_means_one_thing():
    x, y = sp.Symbol("x"), sp.Symbol("x", positive=True)
    with pytest.raises(InputError, match="two different things x"):
        paper.recursion(closed=lambda k: k * x, rec=lambda s, k: s + y).text()
    with pytest.raises(InputError, match="both the index of a sum and something else"):
        paper.recursion(closed=lambda k: i * Sum(g[i], (i, 1, k)), rec=lambda s, k: s + i * g[k]).text()


def test_sympys_names_are_read_and_nothing_is_cancelled():
    q, h, n = sp.Symbol("q"), sp.IndexedBase("h"), sp.Symbol("n", integer=True)
    weighted = dict(
        closed=lambda k: (1 - q) * sp.Sum(q ** (k - n) * h[n], (n, 1, k)), rec=lambda s, k: q * s + (1 - q) * h[k]
    )
    assert outcome(**weighted)[0] == "proved"
    assert outcome(closed=lambda k: k, rec=lambda s, k: s + q / q) == (
        "proved",
        "induction on t, unrolled exactly for t <= 8, where q != 0",
    )
    ratio = q * (1 + q) / q**2
    with pytest.raises(InputError, match="may have cancelled"):
        paper.recursion(closed=lambda k: k * ratio, rec=lambda s, k: s + ratio).text()


# --- no cases
TABLE, MEMORY = {20: 5}, {}
LATE = itertools.chain([0] * 40, itertools.repeat(1))


class Counter:
    def __init__(self):
        self.calls = 0

    def __call__(self, k):
        self.calls += 1
        return k if self.calls < 60 else k + 1


counter = Counter()


@functools.lru_cache
def remembered(k):
    if k == 20:
        return 5
    return 0


def recalled(k):
    MEMORY[k] = MEMORY.get(k, 0)
    return MEMORY[k]


def caught(k):
    try:
        return 1 / (int(k) - 20)
    except TypeError:
        return 0


def stored():
    seen = []

    def inner(k):
        seen.append(k)
        return len(seen)

    return inner


counting = stored()


def switched(k):
    match k:
        case 20:
            return 5
    return 0


def spread(k):
    while k == 20:
        k = k + 1
    return k


CASES = {
    "a dict": lambda k: k + TABLE.get(k, 0),
    "a dict in the function": lambda k: k + {20: 5}.get(k, 0),
    "a lookup": lambda k: k + TABLE[k],
    "a list": lambda k: k + [0, 1][k],
    "a set": lambda k: k + (k in {20}),
    "a conditional": lambda k: k + (5 if k == 20 else 0),
    "a comparison": lambda k: k + (k == 20),
    "or": lambda k: k or 5,
    "a cache": lambda k: k + remembered(k),
    "a memory": lambda k: k + recalled(k),
    "an exception": lambda k: k + caught(k),
    "a list that grows": lambda k: k + counting(k),
    "an iterator": lambda k: k + next(LATE),
    "an object": lambda k: counter(k),
    "match": lambda k: k + switched(k),
    "while": lambda k: spread(k),
    "int": lambda k: k + int(k),
    "hash": lambda k: k + hash(k) * 0,
    "str": lambda k: k + len(str(k)),
    "getattr": lambda k: k + getattr(k, "args", 0),
    "an attribute": lambda k: k + len(k.args),
    "isinstance": lambda k: k + isinstance(k, int),
    "id": lambda k: k + id(k),
    "random": lambda k: k + random.random(),
    "a range": lambda k: sum(1 for _ in range(k)),
    "a filter": lambda k: k + sum(5 for n in (k,) if n == 20),
    "max": lambda k: max(k, 20),
    "sorted": lambda k: sorted([k, 20])[0],
    "a walrus": lambda k: (n := k) + n * 0,
    "remainder": lambda k: k % 2,
    "floor": lambda k: k // 2,
    "a default": lambda k, seen=[]: k + len(seen),
    "eval": lambda k: eval("k"),
    "a float": lambda k: 0.5 * k,
}


@pytest.mark.parametrize("case", CASES)
def test_a_branch_on_t_cannot_be_written(case):
    with pytest.raises(InputError) as caught_:
        paper.recursion(closed=CASES[case], rec=lambda s, k: s + 1).text()
    assert len(str(caught_.value).splitlines()) == 1


def test_the_same_sum_without_a_branch_is_a_formula():
    """The twin: loops of a fixed length, local names and helpers are formulas."""

    def cube(k):
        square = k * k
        return square * k

    assert outcome(closed=lambda k: sum(cube(k) for _ in range(2)), rec=lambda s, k: s + 2 * (cube(k) - cube(k - 1)))[
        0
    ] == ("proved")


# --- wrong closed forms of every shape are refuted
@pytest.mark.parametrize(
    "details",
    [
        dict(closed=lambda k: k * (k - 1) / 2, rec=lambda s, k: s + k),  # the sum to k - 1
        dict(closed=lambda k: 2**k, rec=lambda s, k: 2 * s, start=2),  # one power short
        dict(closed=lambda k: Sum(g[i], (i, 1, k - 1)), rec=lambda s, k: s + g[k], first=1),  # leaves out the last
        dict(closed=lambda k: Product(g[i], (i, 2, k)), rec=lambda s, k: s * g[k], first=1, start=g[1]),
        dict(closed=lambda k: (1 - lam**k) / (1 + lam), rec=lambda s, k: 1 + lam * s),
        dict(closed=lambda k: k**2, rec=lambda s, k: s + 2 * k + 1),  # 2 k - 1 is the difference
        dict(closed=lambda k: k + Product(k - i, (i, 0, 10)), rec=lambda s, k: s + 1),  # differs from k = 11 on
    ],
)
def test_wrong_closed_forms_are_refuted(details):
    assert outcome(**details)[0] == "refuted"
