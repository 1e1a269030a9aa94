"""Theorems that hold beside mutants that do not: no mutant is proved, nor taken for the theorem itself."""

import pytest

from regretlab.claims import Sum, define, forall, index, maximum, real, recursive, sequence, sqrt, use
from regretlab.claims.checkers import check
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import accepted, implications, theorem
from regretlab.claims.statements import Inequality, Lemma, Theorem

i, r, s, t, T, d = index("i r s t T d")
a, b, g = map(sequence, ["a", "b", "g"])
c, beta, alpha, star, G, y, z = real("c beta alpha x_star G y z")
BOUNDED, BOUNDED_EACH = abs(g[t]) <= G, abs(g[i, t]) <= G
YOUNG = Inequality((c > 0,), 2 * y * z <= c * y**2 + z**2 / c)
#: A solver's seconds for one question about a mutant: the true theorems need less.
SECONDS = 0.3


def up(term, high=T, low=1, over=t):
    """Sum a term over t up to T."""
    return Sum(term, (over, low, high))


def every(relation, high=T, low=1, over=t):
    """Say a relation for every t up to T."""
    return forall(over, low, high, relation)


def telescoping(high=T, low=1, last=T + 1, first=1):
    return Theorem((), up(a[t + 1] - a[t], high, low) == a[last] - a[first])


def linear(scale=c, count=T, half=2, low=1):
    return Theorem((), up(c * a[t] + b[t] / 2 + 1, low=low) == scale * up(a[t]) + up(b[t]) / half + count)


def exchange(one=T, other=d, inner=g[i, t], at=None):
    left = Sum(Sum(c * g[i, t], (t, 1, T)), (i, 1, d))
    return Theorem((), left == c * Sum(Sum(inner, (i, 1, other)), (t, 1, one)) + (at or 0))


def triangle(high=t, outer=s, low=1):
    """Of a sum up to the index of another one."""
    return Theorem((), Sum(up(a[s], t, over=s) * b[t], (t, 1, T)) == Sum(up(a[r] * b[t], high, low, r), (t, 1, T)))


def termwise(low=1, high=T, given="<=", show="<=", weight=1):
    compare = {"<=": a[t] <= b[t], "<": a[t] < b[t], ">=": a[t] >= b[t]}
    sides = up(a[t]), weight * up(b[t])
    shown = {"<=": sides[0] <= sides[1], "<": sides[0] < sides[1]}[show]
    return Theorem((every(compare[given], high, low),), shown)


def roots(less=1, scale=2, power=1, low=1):
    return Theorem((), up(1 / sqrt(t) ** power, low=low) <= scale * sqrt(T) - less)


def adagrad(scale=2, first=a[1] > 0, sign=a[t] >= 0, to=t, top=1):
    so_far = up(a[s], to, over=s)
    return Theorem(
        (first, every(sign)),
        up(a[t] ** top / sqrt(so_far)) <= scale * sqrt(up(a[t])),
        by=(every(so_far > 0),),
    )


def geometric(given=(c >= 0, c < 1), low=0, over=1):
    so_far = every(up(c**s, t, low, s) == (1 - c ** (t + 1)) / (1 - c), low=0)
    return Theorem(given, up(c**t, low=low) <= over / (1 - c), by=(every(c**t >= 0, None, 0), so_far))


def recursion(start=0, ahead=0, scale=1, weight=1):
    R = recursive("R", start, lambda before, t: weight * before + a[t + ahead])
    return Theorem((), R[T] == scale * up(a[t]), where=(R.definition,))


def moment(given=(beta >= 0, beta <= 1), start=0, scale=1, bound=BOUNDED, high=T, ahead=1):
    M = recursive("m", start, lambda before, t: beta * before + (1 - beta) * g[t - 1 + ahead])
    return Theorem((*given, G >= 0, every(bound, high)), every(abs(M[t]) <= scale * G), where=(M.definition,))


def highest(low=1, given=a[t] >= 0, show=lambda M: M[t] >= M[t - 1], choose=maximum):
    M = recursive("h", 0, lambda before, t: choose(before, a[t]))
    return Theorem((every(given),), every(show(M), low=low), where=(M.definition,))


def monotone(high=T, upto=T + 1, low=1, first=1):
    return Theorem((every(a[t] <= a[t + 1], high, low),), every(a[first] <= a[t], upto))


def descent(size=alpha, given=(alpha > 0,), half=2, to=T, first=1, squared=2, high=T):
    """Online gradient descent with a fixed step, without a domain."""
    x = recursive("x", 1, lambda before, t: before - size * g[t - 1], start=1)
    D = define("D", lambda t: (x[t] - star) ** 2)
    regret = lambda n: up(g[s] * (x[s] - star), n, over=s)  # noqa: E731
    energy = lambda n: up(g[s] ** squared, n, over=s)  # noqa: E731
    return Theorem(
        given,
        regret(high) <= D[first] / (half * alpha) + alpha / 2 * energy(to),
        where=(x.definition, D.definition),
        by=(
            every(g[t] * (x[t] - star) == (D[t] - D[t + 1]) / (2 * alpha) + alpha / 2 * g[t] ** 2),
            every(regret(t) == (D[1] - D[t + 1]) / (2 * alpha) + alpha / 2 * energy(t)),
            D[T + 1] >= 0,
        ),
    )


def young(given=(c > 0,), low=1, half=1, to=T):
    lemma = use("young", (t, 1, T), y=a[t], z=b[t])
    return Theorem(
        given,
        2 * up(a[t] * b[t], to, low) <= half * (c * up(a[t] ** 2) + up(b[t] ** 2) / c),
        lemmas=(Lemma("young", YOUNG),),
        by=(lemma, every(2 * a[t] * b[t] <= c * a[t] ** 2 + b[t] ** 2 / c, low=low),
            up(2 * a[t] * b[t], low=low) <= up(c * a[t] ** 2 + b[t] ** 2 / c, low=low)),
    )  # fmt: skip


def shared(name=b, scale=1, at=T):
    """A lemma about one sequence, of which the theorem has another of that name."""
    known = Theorem((every(a[t] >= 0),), up(a[t]) >= 0)
    return Theorem(
        (every(b[t] >= 0),),
        scale * up(name[t], at) >= 0,
        lemmas=(Lemma("sum", known),),
        by=(use("sum", a=b, T=at),),
    )


def sizes(power=1, count=T * d, bound=BOUNDED_EACH):
    """Of sums over rounds and coordinates."""
    return Theorem(
        (forall(i, 1, d, every(bound)),),
        Sum(Sum(g[i, t], (t, 1, T)), (i, 1, d)) <= count * G**power,
        by=(
            forall(i, 1, d, up(g[i, t]) <= up(G)),
            Sum(up(g[i, t]), (i, 1, d)) <= Sum(up(G), (i, 1, d)),
        ),
    )


def quantified(first=i, second=t, one=d, other=T):
    """Of two quantifiers, each with an end of its own."""
    return Theorem((forall(i, 1, d, every(g[i, t] >= 0)),), forall(i, 1, one, every(2 * g[first, second] >= 0, other)))


#: The theorems, and what is changed in each mutant.
MUTANTS = {
    telescoping: {
        "one too far": {"high": T + 1}, "one too short": {"last": T}, "from 0": {"low": 0}, "from 2": {"low": 2},
        "to an entry of before": {"first": 0},
    },
    linear: {
        "another factor": {"scale": 2 * c}, "the constant once": {"count": 1}, "one more": {"count": T + 1},
        "no half": {"half": 1}, "from 0": {"low": 0},
    },
    exchange: {
        "ends exchanged": {"one": d, "other": T}, "transposed": {"inner": g[t, i]}, "one round more": {"one": T + 1},
        "one coordinate less": {"other": d - 1}, "something more": {"at": c},
    },
    triangle: {"the whole": {"high": T}, "one less": {"high": t - 1}, "from 0": {"low": 0}},
    termwise: {
        "from 2": {"low": 2}, "to T - 1": {"high": T - 1}, "turned": {"given": ">="}, "half": {"weight": "1/2"},
    },
    roots: {"less 2": {"less": 2}, "one root": {"scale": 1}, "no root": {"power": 0}, "from 0": {"low": 0}},
    adagrad: {
        "1 for 2": {"scale": 1}, "no first": {"first": a[1] >= 0}, "any sign": {"sign": a[t] >= -1},
        "the sum of before": {"to": t - 1}, "a square": {"top": 2},
    },
    geometric: {
        "no end": {"given": (c >= 0,)}, "at 1": {"given": (c >= 0, c <= 1)}, "from -1": {"low": -1},
        "half": {"over": "1/2"},
    },
    recursion: {"from 1": {"start": 1}, "of before": {"ahead": -1}, "twice": {"scale": 2}, "weighed": {"weight": 2}},
    moment: {
        "any weight": {"given": ()}, "a negative weight": {"given": (beta <= 1,)}, "from 1": {"start": 1},
        "half": {"scale": "1/2"}, "no absolute value": {"bound": g[t] <= G}, "to T - 1": {"high": T - 1},
        "of later": {"ahead": 2},
    },
    highest: {
        "the last": {"choose": lambda before, now: now}, "of later": {"show": lambda M: M[t] >= M[t + 1]},
        "from 0": {"low": 0, "show": lambda M: M[t - 1] >= 0},
    },
    monotone: {
        "to T + 2": {"upto": T + 2}, "from 2": {"low": 2}, "to T - 1": {"high": T - 1}, "the second": {"first": 2},
    },
    descent: {
        "another step": {"size": 2 * alpha}, "any step": {"given": (alpha != 0,)}, "4 for 2": {"half": 4},
        "one round less": {"to": T - 1}, "from the second": {"first": 2}, "a cube": {"squared": 3},
        "one round more": {"high": T + 1},
    },
    young: {
        "any factor": {"given": (c != 0,)}, "no factor": {"given": ()}, "from 0": {"low": 0}, "half": {"half": "1/2"},
        "one more": {"to": T + 1},
    },
    shared: {"the name of the lemma": {"name": a}, "turned": {"scale": -1}, "one more": {"at": T + 1}},
    sizes: {
        "a square": {"power": 2}, "rounds alone": {"count": T}, "coordinates alone": {"count": d},
        "no absolute value, turned": {"bound": -g[i, t] <= G},
    },
    quantified: {"exchanged": {"first": t, "second": i}, "the other's end": {"one": T, "other": d},
                 "one more": {"other": T + 1}},
}  # fmt: skip
EACH = [(make, name) for make, mutants in MUTANTS.items() for name in mutants]
#: Those of two theorems take half the time.
SOUGHT = [pytest.param(*one, marks=pytest.mark.slow if one[0] in (descent, sizes) else []) for one in EACH]


@pytest.fixture(scope="module")
def proofs():
    """The certificate of each theorem."""
    return {make: accepted(make()) for make in MUTANTS}


def test_the_mutants_are_many():
    assert len(EACH) >= 40


@pytest.mark.parametrize("make", MUTANTS, ids=lambda make: make.__name__)
def test_the_theorem_itself_is_proved(make, proofs):
    assert proofs[make] is not None
    assert check(make(), proofs[make].form, proofs[make].body).verdict == "proved"


@pytest.mark.parametrize(("make", "name"), EACH)
def test_a_mutant_does_not_have_the_proof_of_the_theorem(make, name, proofs):
    with pytest.raises(Rejected):
        check(make(**MUTANTS[make][name]), proofs[make].form, proofs[make].body)


@pytest.mark.parametrize(("make", "name"), SOUGHT)
def test_a_mutant_is_not_proved(make, name, monkeypatch):
    for limit in ("BRIEF", "QUICK", "PATIENT"):
        monkeypatch.setattr(implications, limit, SECONDS)
    assert theorem.find(make(**MUTANTS[make][name])) is None
