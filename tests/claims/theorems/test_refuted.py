"""Theorems that numbers refute, beside true ones that none do and numbers that were forged."""

from fractions import Fraction

import pytest

from regretlab.claims import Sum, define, forall, index, integer, real, recursive, sequence, sqrt
from regretlab.claims.checkers import check
from regretlab.claims.language.definitions import Definition
from regretlab.claims.language.terms import Term, where
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import accepted, instances
from regretlab.claims.statements import Denial, Misprint, Theorem
from tests.claims.theorems.test_mutants import EACH, MUTANTS

i, t, T = index("i t T")
a, x = sequence("a"), sequence("x")
c, y = real("c y")
n = integer("n")
#: Mutants that have no value at some numbers: a divisor vanishes.
ILL_POSED = {"roots from 0", "adagrad no first", "adagrad any sign", "adagrad the sum of before", "geometric at 1"}
TOTAL = Sum(a[t], (t, 1, T))
#: False where the first summand is small: a sum of at least c, each summand being at least 0.
FALSE = Theorem((forall(t, 1, T, a[t] >= 0), c > 0), c <= TOTAL)
NUMBERS = {"indices": {"T": 1}, "symbols": {"c": "1"}, "entries": {"a[1]": "1/2"}}
S = recursive("S", 0, lambda before, t: before + a[t])
GROWS = Theorem((), S[T] >= 0, where=(S.definition,))
#: x[i, t] is 1 up to t = i, and any number later.
TRIANGLE = Definition((forall(i, 1, None, forall(t, 1, i, x[i, t] == 1)),))


def numbers(indices=(), symbols=(), entries=()):
    return {"indices": dict(indices), "symbols": dict(symbols), "entries": dict(entries)}


def outcome(statement, **given):
    return check(statement, "instance", numbers(**given))


@pytest.mark.parametrize(("make", "name"), EACH)
def test_every_mutant_is_refuted_or_means_nothing_somewhere(make, name):
    statement = make(**MUTANTS[make][name])
    found = instances.find_quick(statement) or instances.find(statement)
    assert found is not None
    verdict = "ill-posed" if f"{make.__name__} {name}" in ILL_POSED else "refuted"
    assert check(statement, *found).verdict == verdict


@pytest.mark.parametrize("make", MUTANTS, ids=lambda make: make.__name__)
def test_no_numbers_refute_what_holds(make):
    assert instances.find_quick(make()) is None


def test_the_verdict_names_the_numbers():
    found = accepted(FALSE)
    assert (found.form, found.outcome.verdict, found.outcome.level) == ("instance", "refuted", "exact")
    assert found.outcome.words.startswith("counterexample T = 1, c = 1, a[1] = ")
    assert outcome(FALSE, **NUMBERS).words == "counterexample T = 1, c = 1, a[1] = 1/2"


def test_what_rests_on_a_false_theorem_has_the_contrary_verdict():
    true = Theorem((), TOTAL == TOTAL)
    assert accepted(Denial(FALSE)).outcome.verdict == "proved"
    assert accepted(Misprint(FALSE, true)).outcome.verdict == "misprint"


def test_intervals_decide_a_root():
    assert outcome(Theorem((), sqrt(c) <= 1), symbols={"c": "2"}).level == "balls"


def test_defined_entries_are_computed():
    words = outcome(GROWS, indices={"T": 2}, entries={"a[1]": "1", "a[2]": "-2"}).words
    assert words == "counterexample T = 2, a[1] = 1, a[2] = -2"


def test_a_conclusion_without_end_is_false_where_one_index_is():
    without = Theorem((), forall(t, 1, None, a[t] >= 0))
    assert outcome(without, entries={"a[1]": "0", "a[2]": "-1", "a[3]": "0"}).verdict == "refuted"


def test_a_divisor_that_vanishes_is_no_counterexample():
    assert outcome(Theorem((), 1 / c >= 1), symbols={"c": "0"}).verdict == "ill-posed"
    assert outcome(Theorem((), where(c != 0, 1 / c, 2) >= 3), symbols={"c": "0"}).verdict == "refuted"
    assert outcome(Theorem((), (1 / c) ** (T - 1) > 2), indices={"T": 1}, symbols={"c": "0"}).verdict == "ill-posed"


def changed(part, **names):
    """Change the numbers of FALSE; a name that is None is left out."""
    kept = {k: v for k, v in (NUMBERS[part] | names).items() if v is not None}
    return NUMBERS | {part: kept}


#: Statements, numbers, and why these refute nothing.
FORGED = {
    "another index": (FALSE, changed("indices", t=1), "exactly T as indices"),
    "no index": (FALSE, changed("indices", T=None), "do not give T"),
    "an index that is 0": (FALSE, changed("indices", T=0), ">= 1"),
    "an index that is a text": (FALSE, changed("indices", T="1"), ">= 1"),
    "an index that is a half": (FALSE, changed("indices", T=0.5), ">= 1"),
    "an index that is a truth value": (FALSE, changed("indices", T=True), ">= 1"),
    "an index too high": (FALSE, changed("indices", T=100), "too long"),
    "an index far too high": (FALSE, changed("indices", T=10**30), "too long"),
    "another symbol": (FALSE, changed("symbols", y="1"), "exactly c as symbols"),
    "no symbol": (FALSE, changed("symbols", c=None), "do not give c"),
    "a float": (FALSE, changed("symbols", c=1.0), "not the text"),
    "not in lowest terms": (FALSE, changed("symbols", c="2/2"), "lowest"),
    "a later entry": (FALSE, changed("entries", **{"a[2]": "0"}), "exactly a[1] as entries"),
    "another name of an entry": (FALSE, changed("entries", **{"a[01]": "0"}), "exactly a[1] as entries"),
    "no entry": (FALSE, changed("entries", **{"a[1]": None}), "do not give a[1]"),
    "a list": (FALSE, NUMBERS | {"entries": []}, "must map"),
    "more than numbers": (FALSE, NUMBERS | {"verdict": "refuted"}, "exactly the fields"),
    "a hypothesis that fails": (FALSE, changed("symbols", c="-1"), "does not hold"),
    "a hypothesis that fails at the last index": (
        FALSE,
        numbers({"T": 5}, {"c": "1"}, {**{f"a[{k}]": "1" for k in range(1, 5)}, "a[5]": "-9"}),
        "does not hold",
    ),
    "a conclusion that holds": (FALSE, changed("entries", **{"a[1]": "1"}), "the conclusion holds"),
    "a hypothesis without end that fails later": (
        Theorem((forall(t, 1, None, a[t] >= t * (t - 4)),), a[1] >= 0),
        numbers(entries={"a[1]": "-1", "a[2]": "0", "a[3]": "0"}),
        "has no end",
    ),
    "a hypothesis without end below another one": (
        Theorem((forall(i, 1, T, forall(t, 1, None, x[i, t] <= 3 - t)),), x[1, 1] <= 0),
        numbers({"T": 1}, entries={"x[1, 1]": "1", "x[1, 2]": "0", "x[1, 3]": "0"}),
        "has no end",
    ),
    "a hypothesis that is not decided": (
        Theorem((sqrt(2) * sqrt(c) == sqrt(6),), c <= 0),
        numbers(symbols={"c": "3"}),
        "not decided",
    ),
    "a conclusion that is not decided": (
        Theorem((), sqrt(2) * sqrt(c) <= sqrt(6)),
        numbers(symbols={"c": "3"}),
        "not decided",
    ),
    "a hypothesis that is undefined": (
        Theorem(((c == 0) | (1 / c > 0),), c > 0),
        numbers(symbols={"c": "0"}),
        "undefined",
    ),
    "an integer that is a half": (Theorem((), n >= 0), numbers(symbols={"n": "-1/2"}), "not an integer"),
    "a number for an entry that is defined": (
        GROWS,
        numbers({"T": 1}, entries={"a[1]": "1", "S[1]": "-1"}),
        "the conclusion holds",
    ),
    "the number of an entry that is defined": (
        GROWS,
        numbers({"T": 1}, entries={"a[1]": "-1", "S[1]": "-1"}),
        "exactly a[1] as entries",
    ),
    "an entry that is defined for another index of the name": (
        Theorem((i >= 1,), x[3, 2] <= 1, where=(TRIANGLE,)),
        numbers({"i": 1}, entries={"x[3, 2]": "7"}),
        "the conclusion holds",
    ),
    "a recursion of too many rounds": (GROWS, numbers({"T": 10**6}), "too deeply"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_forged_numbers_refute_nothing(name):
    statement, body, why = FORGED[name]
    with pytest.raises(Rejected) as error:
        check(statement, "instance", body)
    assert why in str(error.value)


def test_numbers_say_nothing_of_another_kind_of_statement():
    with pytest.raises(Rejected, match="nothing about"):
        check(Denial(FALSE), "instance", NUMBERS)


def test_entries_and_symbols_of_one_name_have_numbers_of_their_own():
    same = Theorem((), a[1] <= Term("symbol", "a[1]"))
    assert outcome(same, symbols={"a[1]": "0"}, entries={"a[1]": "1"}).verdict == "refuted"
    with pytest.raises(Rejected, match="holds"):
        outcome(same, symbols={"a[1]": "1"}, entries={"a[1]": "1"})


def test_an_entry_behind_the_end_of_its_definition_is_any_number():
    d = define("d", lambda t: Fraction(1), stop=T)
    ends = Theorem((), d[T + 1] <= 1, where=(d.definition,))
    assert outcome(ends, indices={"T": 1}, entries={"d[2]": "5"}).verdict == "refuted"


def test_a_theorem_with_a_hypothesis_without_end_is_not_refuted():
    assert instances.find(Theorem((forall(t, 1, None, a[t] >= 0),), a[1] >= 1)) is None
