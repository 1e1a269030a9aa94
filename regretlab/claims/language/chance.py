"""Expectations over a finite probability space, and what is known at a time, as sums over its outcomes.

T rounds of draws from n examples have finitely many outcomes, so that nothing is lost for samplers; the rules for sums
are those of expectations, and no other rule is needed.
"""

from __future__ import annotations

from typing import Any

from regretlab.claims.language.binding import forall, indices, replaced
from regretlab.claims.language.sequences import Sequence, Sum
from regretlab.claims.language.terms import Relation, Term, term
from regretlab.errors import InputError


def outcomes(w: Term, N: Term, P: str = "P") -> Outcomes:
    """Return a probability space of N outcomes with the index w.

    Examples
    --------
    >>> from regretlab.claims import index
    >>> space = outcomes(*index("w N"))
    >>> space.E(Sequence("x")[space.w])
    sum(P[w]*x[w], w = 1..N)
    >>> space.given
    [(P[w] > 0 for w = 1..N), sum(P[w], w = 1..N) == 1]
    """
    return Outcomes(w, N, P)


class Outcomes:
    """Outcomes w = 1..N of positive probabilities P[w] that sum to 1.

    Attributes
    ----------
    w, N : Term
        The index of an outcome and the number of outcomes. A random number is a term in w, such as ``x[w, t]``.
    P : Sequence
        The probabilities.
    """

    def __init__(self, w: Term, N: Term, P: str = "P") -> None:
        for name in (w, N):
            if not isinstance(name, Term) or name.op != "index":
                raise InputError(f"outcomes({w!r}, {N!r}) needs two indices; declare them with index('w N').")
        self.w, self.N, self.P = w, N, Sequence(P)

    @property
    def given(self) -> list[Relation]:
        """What makes P probabilities."""
        return [self.each(self.P[self.w] > 0), Sum(self.P[self.w], (self.w, 1, self.N)) == 1]

    def each(self, relation: Relation) -> Relation:
        """Say a relation of every outcome."""
        return forall(self.w, 1, self.N, relation)

    def E(self, number: Any) -> Term:
        r"""Return the expectation :math:`E X = \sum_w P_w X_w` of a term in w."""
        return Sum(self.P[self.w] * term(number), (self.w, 1, self.N))

    def history(self, name: str) -> History:
        """Name what is known at a time."""
        return History(self, name)


class History:
    """What is known at a time: ``name[..., w, u]`` is 1 for outcomes w and u that nothing known tells apart, else 0."""

    def __init__(self, space: Outcomes, name: str) -> None:
        self.space, self.same = space, Sequence(name)

    def given(self, *time: Any) -> list[Relation]:
        """Say that outcomes which cannot be told apart at a time form classes."""
        w, (u, v) = self.space.w, (Term("index", name) for name in ("u", "v"))
        same = self._at(*time)

        def all_of(relation: Relation, *outcomes: Term) -> Relation:
            for outcome in reversed(outcomes):
                relation = forall(outcome, 1, self.space.N, relation)
            return relation

        return [
            all_of(same(w, w) == 1, w),
            all_of(same(w, u) >= 0, w, u),
            all_of(same(w, u) == same(u, w), w, u),
            all_of(same(w, u) * same(w, v) == same(w, u) * same(u, v), w, u, v),
        ]

    def knows(self, number: Any, *time: Any) -> Relation:
        """Say that a term in w is the same for outcomes that cannot be told apart: that it is known (measurable)."""
        w, u, number = self.space.w, Term("index", "u"), self._told(number)
        there = replaced(number, {w: u})
        same = self._at(*time)(w, u)
        return self.space.each(forall(u, 1, self.space.N, same * number == same * there))

    def expects(self, number: Any, mean: Any, *time: Any) -> Relation:
        r"""Say that :math:`E(X\mid F) = Y`: on every class of outcomes, the sum of P X is its probability times Y."""
        w, u, number = self.space.w, Term("index", "u"), self._told(number)
        weight = self._at(*time)(w, u) * self.space.P[u]
        here = Sum(weight * replaced(number, {w: u}), (u, 1, self.space.N))
        return self.space.each(here == Sum(weight, (u, 1, self.space.N)) * term(mean))

    def _told(self, number: Any) -> Term:
        found = term(number)
        if any(index.args[0] == "u" for index in indices(found)):
            raise InputError(f"{found!r} holds the index u, which stands for another outcome; rename it.")
        return found

    def _at(self, *time: Any) -> Any:
        return lambda w, u: self.same[(*time, w, u)]
