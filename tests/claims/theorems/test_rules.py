"""Each rule of a proof about sequences, on facts that everyone knows, beside a twin that is false."""

import pytest

from regretlab.claims import Product, Sum, define, forall, index, real, recursive, sequence, sqrt
from regretlab.claims.checkers import check
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import accepted, theorem
from regretlab.claims.statements import Theorem
from regretlab.errors import InputError

t, s, T, i, d = index("t s T i d")
a, b, g = sequence("a"), sequence("b"), sequence("g")
c = real("c")


def total(term, low=1):
    """Sum a term over t up to T."""
    return Sum(term, (t, low, T))


def grown(end):
    """Return the product of 1 + a_s up to an end."""
    return Product(1 + a[s], (s, 1, end))


def below(end):
    """Sum what is on and below the diagonal, row by row."""
    return Sum(Sum(g[t, i], (i, 1, t)), (t, 1, end))


def columns(end, above=0):
    """Sum the same column by column, each from ``above`` rows above the diagonal."""
    return Sum(Sum(g[t, i], (t, i - above, end)), (i, 1, end))


def both(size):
    """State two sums over two ranges, each of which is an induction of its own."""
    return Theorem(
        (c > 0, forall(t, 1, T, a[t] <= c * (b[t] - b[t + 1])), forall(i, 1, d, g[i] ** 2 <= c)),
        (total(a[t]) <= c * (b[1] - b[T + 1])) & (Sum(g[i] ** 2, (i, 1, d)) <= c * size),
    )


SO_FAR = Sum(a[s], (s, 1, t))
POSITIVE = (a[1] > 0, forall(t, 1, T, a[t] >= 0))

TRUE = {
    "telescoping": Theorem((), total(a[t + 1] - a[t]) == a[T + 1] - a[1]),
    "by parts": Theorem(
        (),
        total(a[t] * (b[t + 1] - b[t])) == a[T] * b[T + 1] - a[1] * b[1] - total(b[t] * (a[t] - a[t - 1]), 2),
    ),
    "linear": Theorem((), total(c * a[t] + b[t] / 2 + 1) == c * total(a[t]) + total(b[t]) / 2 + T),
    "exchange": Theorem((), Sum(Sum(c * g[i, t], (t, 1, T)), (i, 1, d)) == c * Sum(Sum(g[i, t], (i, 1, d)), (t, 1, T))),
    "termwise": Theorem((forall(t, 1, T, a[t] <= b[t]),), total(a[t]) <= total(b[t])),
    "square roots": Theorem((), total(1 / sqrt(t)) <= 2 * sqrt(T) - 1),
    "adagrad": Theorem(
        POSITIVE,
        total(a[t] / sqrt(SO_FAR)) <= 2 * sqrt(total(a[t])),
        by=(forall(t, 1, T, SO_FAR > 0),),
    ),
    "geometric": Theorem((c >= 0, c < 1), Sum(c**t, (t, 0, T)) <= 1 / (1 - c), by=(
        forall(t, 0, None, c**t >= 0), forall(t, 0, T, Sum(c**s, (s, 0, t)) == (1 - c ** (t + 1)) / (1 - c)),
    )),
    "triangle": Theorem((), below(T) == columns(T), by=(
        forall(s, 1, None, forall(i, 1, s, Sum(g[t, i], (t, i, s + 1)) == Sum(g[t, i], (t, i, s)) + g[s + 1, i])),
        forall(
            s, 1, None,
            Sum(Sum(g[t, i], (t, i, s + 1)), (i, 1, s)) == Sum(Sum(g[t, i], (t, i, s)) + g[s + 1, i], (i, 1, s)),
        ),
        forall(s, 1, None, columns(s + 1) == columns(s) + Sum(g[s + 1, i], (i, 1, s)) + g[s + 1, s + 1]),
        forall(s, 1, None, columns(s + 1) == columns(s) + Sum(g[s + 1, i], (i, 1, s + 1))),
        forall(s, 1, None, below(s) == columns(s)),
    )),
    "product": Theorem((), forall(t, 2, T, grown(t) == (1 + a[t]) * (1 + a[t - 1]) * grown(t - 2))),
    "product of one": Theorem((), Product(c + a[t], (t, 3, 3)) == c + a[3]),
    "growth": Theorem(POSITIVE, grown(T) >= 1 + total(a[t]), by=(
        forall(t, 1, T, SO_FAR >= 0), forall(t, 1, T, grown(t) >= 1), forall(t, 2, T, a[t] * grown(t - 1) >= a[t]),
        forall(t, 1, T, grown(t) >= 1 + SO_FAR),
    )),
    "two inductions": both(d),
    "defined": Theorem(
        (),
        recursive("R", 0, lambda before, t: before + a[t])[T] == total(a[t]),
        where=(recursive("R", 0, lambda before, t: before + a[t]).definition,),
    ),
}  # fmt: skip
FALSE = {
    "two inductions, the second with T for d": both(T),
    "triangle with the diagonal twice": Theorem((), below(T) == columns(T, 1)),
    "product, one too far": Theorem((), forall(t, 2, T, grown(t) == (1 + a[t + 1]) * grown(t - 1))),
    "product of none": Theorem((), Product(a[s], (s, 2, T)) == Product(a[s], (s, 2, T - 1)) * a[T]),
    "product as a sum": Theorem((), grown(T) == 1 + total(a[t])),
    "telescoping, one too far": Theorem((), total(a[t + 1] - a[t]) == a[T] - a[1]),
    "linear, the constant once": Theorem((), total(c * a[t] + 1) == c * total(a[t]) + 1),
    "exchange of a product": Theorem((), total(a[t] * b[t]) == total(a[t]) * total(b[t])),
    "termwise, a range too short": Theorem((forall(t, 2, T, a[t] <= b[t]),), total(a[t]) <= total(b[t])),
    "square roots, a smaller constant": Theorem((), total(1 / sqrt(t)) <= 2 * sqrt(T) - 2),
    "adagrad with 1 for 2": Theorem(
        POSITIVE,
        total(a[t] / sqrt(SO_FAR)) <= sqrt(total(a[t])),
        by=(forall(t, 1, T, SO_FAR > 0),),
    ),
    "an index bound twice": Theorem((forall(t, 1, T, a[t] <= a[T]),), forall(s, 1, T, forall(t, 1, T, a[s] <= a[t]))),
}  # fmt: skip


@pytest.mark.parametrize("name", TRUE)
def test_what_holds_is_proved_and_its_certificate_checks(name):
    found = accepted(TRUE[name])
    assert found is not None
    assert check(TRUE[name], found.form, found.body).verdict == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_what_does_not_hold_is_not_proved(name):
    assert theorem.find(FALSE[name]) is None
    assert accepted(FALSE[name]).outcome.verdict == "refuted"


def test_no_proof_is_taken_for_that_of_its_twin():
    found = accepted(TRUE["telescoping"])
    with pytest.raises(Rejected, match="conclusion"):
        check(FALSE["telescoping, one too far"], found.form, found.body)


def test_a_definition_is_no_recursion_in_itself():
    with pytest.raises(InputError, match="earlier"):
        define("w", lambda t: sequence("w")[t] + 1)


def test_no_range_in_a_definition_binds_the_index_of_the_definition():
    pair = sequence("h")
    S = define("S", lambda i: Sum(pair[i, t], (t, 1, T)))
    assert accepted(Theorem((), S[1] == Sum(pair[1, t], (t, 1, T)), where=(S.definition,))) is not None
    R = recursive("R", 0, lambda before, i: before + Sum(pair[i, t], (t, 1, T)))
    assert accepted(Theorem((), R[1] == Sum(pair[1, t], (t, 1, T)), where=(R.definition,))) is not None
