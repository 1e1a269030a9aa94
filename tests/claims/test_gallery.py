"""The gallery's theorems, each beside a twin with a constant that is too good, which numbers refute."""

import pytest

from regretlab.claims import Sum, define, forall, index, real, recursive, sequence
from regretlab.claims.ledger.loading import claims_in, shipped
from regretlab.claims.provers import instances
from regretlab.claims.statements import Theorem

GALLERY = (
    "adagrad_norm", "hedge", "ftrl", "ons", "nosadam", "adabelief", "adabound", "defossez", "schedule_free", "exp3",
)  # fmt: skip
t, T = index("t T")
a, b, g, p, w, d, z = map(sequence, ("a", "b", "g", "p", "w", "d", "z"))
beta2, eps, M, D = real("beta2 eps M D")
S = recursive("S", 0, lambda before, t: before + g[t])
y = define("y", lambda t: -S[t - 1] / b[t - 1], stop=T)


def total(term):
    """Sum a term over t."""
    return Sum(term, (t, 1, T))


def leader(scale=1):
    """What squares cost whoever plays the mean so far, over what they cost the best point."""
    x = recursive("x", 0, lambda before, t: before + (z[t - 1] - before) / (t - 1), start=1)
    star = real("x_star")
    return Theorem((), scale * total((x[t + 1] - z[t]) ** 2) <= total((star - z[t]) ** 2), where=(x.definition,))


def dual(half=2):
    """Dual averaging, with rates that do not decrease."""
    u = real("u")
    given = (forall(t, 0, T, b[t] > 0), forall(t, 1, T, b[t - 1] <= b[t]))
    bound = b[T] * u**2 / half + total(g[t] ** 2 / (2 * b[t - 1]))
    return Theorem(given, total(g[t] * (y[t] - u)) <= bound, where=(S.definition, y.definition))


def weighted(first=1):
    """Weights that do not increase, of distances in [0, D^2]."""
    given = (forall(t, 1, T, w[t] > 0), forall(t, 1, T - 1, w[t + 1] <= w[t]))
    bounded = forall(t, 1, T + 1, (d[t] >= 0) & (d[t] <= D**2))
    return Theorem((*given, bounded), first * total(w[t] * (d[t] - d[t + 1])) <= D**2 * w[1])


def average(weight=1):
    """The mean of the points so far, by its recursion."""
    x = recursive("x", 0, lambda before, t: (1 - weight / t) * before + 1 / t * z[t])
    return Theorem((), forall(t, 1, T, t * x[t] == Sum(z[index("s")], (index("s"), 1, t))), where=(x.definition,))


TWINS = {leader: 2, dual: 3, weighted: 2, average: 2}


@pytest.mark.parametrize("make", TWINS, ids=lambda make: make.__name__)
def test_a_better_constant_is_refuted_and_the_right_one_is_not(make):
    assert instances.find_quick(make()) is None
    twin = make(TWINS[make])
    assert (instances.find_quick(twin) or instances.find(twin)) is not None


@pytest.mark.parametrize("paper", GALLERY)
def test_a_ledger_proves_refutes_and_says_where_its_text_is_from(paper):
    claims = [claim for claim, _, _ in claims_in([shipped() / paper])]
    pinned = {claim.expect for claim in claims}
    assert {"proved", "refuted"} <= pinned <= {"proved", "refuted", "ill-posed"}
    assert any(isinstance(claim.statement, Theorem) for claim in claims)
    assert any(claim.source == "reconstructed" for claim in claims)
    assert all(claim.at for claim in claims)
