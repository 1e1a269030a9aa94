"""Numbers with which the hypotheses of a theorem hold: found, if need be, among sequences that do not change."""

import pytest

from regretlab.claims import Sum, forall, index, log, sequence
from regretlab.claims.checkers import instances
from regretlab.claims.provers import live, numbers
from regretlab.claims.statements import Theorem

t, T = index("t T")
a, b = sequence("a"), sequence("b")
TRUE = a[1] == a[1]
FALLING = (forall(t, 1, None, a[t] >= 11), forall(t, 1, None, a[t + 1] <= a[t]), b[1] == a[1] + 1)
RISING = (forall(t, 1, T, a[t + 1] > a[t]),)


@pytest.mark.parametrize("given", [FALLING, RISING])
def test_hypotheses_that_hold_somewhere_are_shown_to_hold(given):
    theorem = Theorem(given, TRUE)
    assert instances.check(theorem, numbers.find(theorem))


def test_where_many_entries_are_too_hard_each_sequence_has_one_number(monkeypatch):
    def few(statement, search=live.find):
        """Give up where a sequence has several symbols."""
        return None if len(statement.symbols) > len({s.args[0][0] for s in statement.symbols}) else search(statement)

    monkeypatch.setattr(live, "find", few)
    entries = numbers.find(Theorem(FALLING, TRUE))["entries"]
    assert entries["a[1]"] == entries["a[4]"] != entries["b[1]"]
    assert numbers.find(Theorem(RISING, TRUE)) is None


@pytest.mark.parametrize(
    "given",
    [
        (*FALLING[:2], a[2] > a[1]),
        (forall(t, 1, T, a[t] > 0), Sum(a[t], (t, 1, T)) <= 0),
        (forall(t, 1, None, a[t + 1] > a[t]), a[2] <= 0, a[1] >= 0),
        # True of any constant sequence, which is not decided: the logarithms of two numbers could differ.
        (forall(t, 1, None, a[t] > 9), forall(t, 1, None, log(a[t + 1]) <= log(a[t]))),
    ],
)
def test_nothing_is_shown_of_hypotheses_that_contradict_each_other_or_are_not_decided(given):
    assert numbers.find(Theorem(given, TRUE)) is None
