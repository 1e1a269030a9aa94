"""Certificates of false theorems that were written by hand, one for every way in which a rule might be misled."""

from fractions import Fraction

import pytest

from regretlab.claims import Sum, forall, index, real, sequence
from regretlab.claims.checkers import check
from regretlab.claims.checkers.facts import Proof, equal
from regretlab.claims.checkers.theorem import conditions
from regretlab.claims.language.data import Unreadable, nodes, tree
from regretlab.claims.language.terms import Relation, Term, term
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.statements import Inequality, Lemma, Theorem

i, k, k1, n, m, t, T = index("i k k1 n m t T")
a, b = sequence("a"), sequence("b")
c, x = real("c x")
SOLVED = {"form": "smt", "body": {"solvers": ["z3"]}}
FALSE = Relation("==", term(1), term(0))
AT_T = {"T": 1}
#: Every a[t] is at least 0, from 2 on.
GIVEN = forall(t, 2, T, a[t] >= 0)
#: Lemmas: of a number, of a natural number, of a sum.
SQUARE = Lemma("square", Inequality((c >= 1,), c**2 >= c))
NATURAL = Lemma("natural", Theorem((), n >= 1))
ADDED = Lemma("added", Theorem((forall(t, 1, n, a[t] >= 0),), Sum(a[t], (t, 1, n)) >= 0))
COPIED = Lemma("copied", Theorem((), Sum(a[t] * b[t], (t, 1, n)) == Sum(b[t] * a[t], (t, 1, n))))


def have(show, *use):
    """Write a step of real arithmetic; ``use`` are (number of a fact, indices)."""
    return {"rule": "have", "show": nodes(show), "use": [list(u) for u in use], "proofs": [SOLVED]}


def induction(show, base=(), step=()):
    """Write an induction."""
    parts = [{"use": [list(u) for u in use], "proofs": [SOLVED]} for use in (base, step)]
    return {"rule": "induction", "show": nodes(show), "base": parts[0], "step": parts[1]}


def summed(fact, low=None, high=None):
    """Write the sum of both sides of a fact."""
    return {"rule": "sum", "fact": fact, "low": low, "high": high}


def lemma(terms=(), facts=(), over=(), part=0, number=0):
    """Write the use of a lemma."""
    written = [[name, list(parameters), nodes(term(value))] for name, parameters, value in terms]
    return {"rule": "lemma", "lemma": number, "part": part, "over": list(over), "terms": written, "facts": list(facts)}


def refused(statement, *steps, defined=()):
    """Return the sentence that refuses a proof in these steps; it is refused before its numbers are looked at."""
    live = {"indices": {}, "symbols": {}, "entries": {}}
    with pytest.raises(Rejected) as error:
        check(statement, "steps", {"steps": list(steps), "defined": list(defined), "live": live})
    assert "at the numbers" not in str(error.value)
    assert "the numbers do not" not in str(error.value)
    return str(error.value)


#: What is shown, the steps, and why they are refused; the hypothesis and the lemmas are those above.
FORGED = {
    "no step": (FALSE, [], "at most"),
    "nothing": (FALSE, [have(FALSE)], "z3 answers sat"),
    "another conclusion": (FALSE, [have(c <= c)], "not the conclusion"),
    "a fact of later": (FALSE, [have(FALSE, (1, [])), have(FALSE)], "no fact 1 yet"),
    "an instance before the range": (a[1] >= 0, [have(a[1] >= 0, (0, [{"": 1}]))], "need not lie in the range"),
    "an instance behind the range": (
        a[T + 1] >= 0,
        [have(a[T + 1] >= 0, (0, [{"T": 1, "": 1}]))],
        "need not lie in the range",
    ),
    "an instance of a range that may be empty": (a[T] >= 0, [have(a[T] >= 0, (0, [AT_T]))], "need not lie"),
    "an index of no range": (a[T] >= 0, [have(a[T] >= 0, (0, [{"q": 1}]))], "no linear form of the indices"),
    "half an index": (a[T] >= 0, [have(a[T] >= 0, (0, [{"T": "1/2"}]))], "no linear form of the indices"),
    "too many indices": (a[T] >= 0, [have(c >= c), have(a[T] >= 0, (1, [AT_T]))], "fewer indices"),
    "a fact that is not opened": (a[T] >= 0, [have(a[T] >= 0, (0, []))], "is quantified"),
    "no index for an induction": (T >= 2, [induction(T >= 2)], "quantified over an index"),
    "an induction from -3": (forall(n, -3, T, n >= -2), [induction(forall(n, -3, T, n >= -2))], "z3 answers sat"),
    "an induction without a base": (forall(n, 1, T, n <= 0), [induction(forall(n, 1, T, n <= 0))], "z3 answers sat"),
    "an induction that does not go on": (forall(n, 1, 9, n <= 3), [induction(forall(n, 1, 9, n <= 3))], "z3 answers"),
    "an induction over an outer index": (
        T <= 6,
        [induction(forall(n, 1, None, forall(m, 5, 6, n <= 6))), have(T <= 6, (1, [AT_T, {"": 5}]))],
        "z3 answers sat",
    ),
    "a sum from too low": (Sum(a[t], (t, 1, T)) >= 0, [summed(0, {"": 1}, AT_T)], "leaves the range"),
    "a sum to too high": (Sum(a[t], (t, 2, T + 1)) >= 0, [summed(0, {"": 2}, {"T": 1, "": 1})], "leaves the range"),
    "a sum that is strict": (
        Sum(t, (t, 2, T)) > Sum(0 * t, (t, 2, T)),
        [have(forall(t, 2, T, t > 0 * t)), summed(1)],
        "not the conclusion",
    ),
    "a sum over nothing": (c >= 0, [have(c >= c), summed(1)], "no comparison for every index"),
    "a lemma of none": (FALSE, [lemma(number=9)], "no lemma 9"),
    "a part of none": (FALSE, [lemma(part=1)], "no part 1"),
    "a lemma whose hypothesis is left out": (x**2 >= x, [lemma([("c", (), x)])], "1 hypotheses"),
    "a lemma of another hypothesis": (
        x**2 >= x,
        [have(x * 0 >= 0), lemma([("c", (), x)], [1])],
        "is not the hypothesis",
    ),
    "a lemma of a hypothesis for fewer indices": (
        forall(t, 1, T, a[t] ** 2 >= a[t]),
        [have(forall(t, 2, T, t >= 1)), lemma([("c", (), t)], [1], [["t", {"": 1}, AT_T]])],
        "is not the hypothesis",
    ),
    "a natural number that is 0": (T - 1 >= 1, [lemma([("n", (), T - 1)], number=1)], "a natural number from 1"),
    "a natural number that is none": (c >= 1, [lemma([("n", (), c)], number=1)], "not a linear expression"),
    "a natural number that may be -2": (T - 3 >= 1, [lemma([("n", (), T - 3)], number=1)], "a natural number from 1"),
    "a natural number of nowhere": (n >= 1, [lemma([("n", (), m)], number=1)], "a natural number from 1"),
    "an index that is taken": (FALSE, [lemma([], [], [["T", {"": 1}, None]], number=1)], "taken"),
    "a sequence of other indices": (FALSE, [lemma([("a", ("p", "q"), x)], number=2)], "no a of 2 indices"),
    "a sequence that is no sequence": (FALSE, [lemma([("c", ("p",), x)])], "no c of 1 indices"),
    "a sum whose hypothesis is another sequence's": (
        Sum(b[t], (t, 2, T)) >= 0,
        [lemma([("a", ("p",), b[Term("index", "p")]), ("n", (), T)], [0], number=2)],
        "is not the hypothesis",
    ),
    "an index put in that a sum binds": (  # a[t] stands for b[t] with a t of its own, which stays free
        Sum(b[t] * b[t], (t, 1, T)) == Sum(b[t] * b[k], (t, 1, T)),
        [lemma([("a", ("p",), b[t]), ("n", (), T)], number=3)],
        "not the conclusion",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_what_is_forged_is_refused(name):
    show, steps, why = FORGED[name]
    assert why in refused(Theorem((GIVEN,), show, lemmas=(SQUARE, NATURAL, ADDED, COPIED)), *steps)


@pytest.mark.parametrize("part", ["rule", "proofs", "use", "terms", "show"])
@pytest.mark.parametrize("value", [None, [], {}, 3, [[]], [{}], ["x"], True])
def test_a_step_of_other_data_is_refused(part, value):
    step = lemma() if part == "terms" else have(FALSE)
    refused(Theorem((), FALSE, lemmas=(NATURAL,)), step | {part: value})


def test_a_term_without_a_meaning_is_asked_for():
    refused(Theorem((), c / c == c / c), have(c >= c))
    assert list(map(str, conditions(Theorem((), forall(t, 1, T, 1 / a[t] == 1 / a[t]))))) == [
        "(a[t] != 0 for t = 1..T)"
    ]
    assert not conditions(Theorem((), c**T >= 0))
    assert list(map(str, conditions(Theorem((), c ** (T - 2) >= 0)))) == ["T - 2 >= 0 or c != 0"]


def test_quantifiers_below_others_are_the_same_only_as_they_are_written():
    # The first says nothing of k1; the inner index of its sum would take that name in its normal form.
    one = (c >= 0) & forall(k1, 1, T, Sum(a[t] * t, (t, 1, T)) >= 0)
    other = (c >= 0) & forall(k1, 1, T, Sum(a[t] * k1, (t, 1, T)) >= 0)
    proof = Proof(Theorem((), T >= 1))
    assert equal(proof, one, one)
    assert not equal(proof, one, other)


@pytest.mark.parametrize("written", [
    [["symbol", "x"], ["root", 0, "0"]],
    [["symbol", "x"], ["root", 0, "-2"]],
    [["num", "1/0"]],
    [["bound", "k"], ["num", "1/1"], ["sum", 1, 1, 1, 0]],
])  # fmt: skip
def test_trees_that_no_one_writes_are_not_read(written):
    with pytest.raises(Unreadable):
        tree(written)


def test_halves_of_indices_are_no_places():
    half = T * Fraction(1, 2)
    for show in (Sum(1, (k, half, half)) == 1, Relation("==", Term("power", c, half), c), a[half] >= 0):
        assert "not an integer" in refused(Theorem((), FALSE), have(show), have(FALSE))
