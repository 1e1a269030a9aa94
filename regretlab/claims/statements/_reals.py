"""Statements about real numbers: inequalities, functions on intervals, sums, recursions, finite cases, orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import Any, ClassVar

from regretlab.claims.arithmetic.functions import Exact
from regretlab.claims.language.sequences import Formula
from regretlab.claims.language.syntax import source
from regretlab.claims.language.terms import Relation, Term, text
from regretlab.claims.language.trees import symbols
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.statements._base import Statement, check_relations, laid_out, speaks_only_of, under
from regretlab.claims.statements.definedness import definedness
from regretlab.claims.statements.recurrences import formula
from regretlab.errors import InputError


@dataclass(frozen=True)
class Inequality(Statement):
    """For all real values of the symbols: if every ``given`` holds, every term is defined and ``show`` holds.

    Also equations and Boolean combinations of relations.
    """

    given: tuple[Relation, ...]
    show: Relation
    kind: ClassVar[str] = "inequality"

    def __post_init__(self) -> None:
        check_relations("given", self.given)
        check_relations("show", (self.show,))

    @property
    def symbols(self) -> list[Term]:
        """Every symbol of the statement."""
        return symbols(*self.given, self.show)

    def text(self) -> str:
        return f"for all {', '.join(map(text, self.symbols))}: {under(self.given)}{text(self.show)}"

    def sections(self) -> dict[str, list[str]]:
        names = {
            "for all reals": [text(s) for s in self.symbols if s.op == "symbol"],
            "for all integers": [text(s) for s in self.symbols if s.op == "integer"],
        }
        return laid_out(names, self.given, self.show)


@dataclass(frozen=True)
class Scalar(Statement):
    """``f(x) >= 0`` for all x in [low, high]; an end that is None is infinite."""

    f: Term
    x: Term
    low: Fraction | None
    high: Fraction | None
    kind: ClassVar[str] = "scalar"

    def __post_init__(self) -> None:
        speaks_only_of(self.f, (self.x,))
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise InputError(f"the interval [{self.low}, {self.high}] is empty; give low < high.")
        if self.x.op == "integer" and self.low is not None and self.high is not None and ceil(self.low) > self.high:
            raise InputError(f"no integer lies in [{self.low}, {self.high}], so the claim is about nothing; widen it.")

    def text(self) -> str:
        ends = f"{'-oo' if self.low is None else self.low}, {'oo' if self.high is None else self.high}"
        return f"{text(self.f)} >= 0 for {text(self.x)} in [{ends}]"


@dataclass(frozen=True)
class Ladder(Statement):
    """``f >= 0`` under ``given``, in several symbols, shown along ``x`` from the point ``start`` where f is least."""

    given: tuple[Relation, ...]
    f: Term
    x: Term
    start: Term
    kind: ClassVar[str] = "ladder"

    def __post_init__(self) -> None:
        check_relations("given", self.given)

    def text(self) -> str:
        return (
            f"for all {', '.join(map(text, symbols(self.f)))}: {under(self.given)}{text(self.f)} >= 0 "
            f"(along {text(self.x)} from {text(self.start)})"
        )


@dataclass(frozen=True)
class Series(Statement):
    """``sum_{t=first}^N term(t) <= bound(N)`` for every integer N >= first; ``t`` is the integer symbol of both."""

    term: Term
    bound: Term
    t: Term
    first: int
    kind: ClassVar[str] = "series"

    def __post_init__(self) -> None:
        speaks_only_of(self.term, (self.t,))
        speaks_only_of(self.bound, (self.t,))

    def text(self) -> str:
        n = text(self.t)
        return (
            f"sum({text(self.term)}, {n} = {self.first}..N) <= [{text(self.bound)}] at {n} = N, "
            f"for all N >= {self.first}"
        )


@dataclass(frozen=True)
class Recursion(Statement):
    """A closed form of a recursion: ``closed(t)`` solves ``s_t = rec(s_{t-1}, t)``, ``s_first = start``.

    ``closed`` and ``rec`` are functions that write down a formula: ``+ - * /``, whole powers, ``Sum``, ``Product`` and
    entries of sequences. A branch on t cannot be written in one (see :mod:`regretlab.claims.arithmetic.functions`).
    """

    closed: Callable[[Any], Any]
    rec: Callable[[Any, Any], Any]
    start: Any
    first: int
    kind: ClassVar[str] = "recursion"

    @cached_property
    def formula(self) -> Formula:
        """The recursion as terms, kept as they were written."""
        return formula(self.closed, self.rec, self.start)

    def functions(self) -> tuple[Callable[..., Any], ...]:
        return (self.closed, self.rec)

    def text(self) -> str:
        f = self.formula
        t, s = text(f.t), text(f.before)
        try:
            conditions = definedness(f, self.first).conditions
        except Rejected:
            conditions = ("nothing divides by zero",)
        where = f", where {' and '.join(conditions)}" if conditions else ""
        return (
            f"s({t}) = {text(f.closed)} solves s({t}) = {text(f.rec)} with {s} = s({t} - 1), "
            f"s({self.first}) = {text(f.start)}, {t} > {self.first}{where}"
        )


@dataclass(frozen=True)
class Finite(Statement):
    """``holds(case)`` for every case of a finite list; a case is a dict of exact values."""

    cases: Callable[[], Sequence[Mapping[str, Any]]]
    holds: Callable[..., bool]
    kind: ClassVar[str] = "finite"

    def __post_init__(self) -> None:
        Exact(self.cases)
        Exact(self.holds)

    def functions(self) -> tuple[Callable[..., Any], ...]:
        return (self.cases, self.holds)

    def meaning(self) -> str:
        return self.kind

    def text(self) -> str:
        return f"for every case of [{source(self.cases)}]: {source(self.holds)}"


def has_terms(terms: Mapping[str, Term]) -> None:
    """Refuse an empty set of terms: a statement about nothing proves nothing."""
    if not terms:
        raise InputError("there are no terms, so the claim is about nothing; give at least one, like {'first': x}.")


@dataclass(frozen=True)
class Units(Statement):
    """Every named term has the scaling degree ``degree`` when each symbol s is replaced by k**weights[s] * s."""

    terms: Mapping[str, Term]
    weights: Mapping[Term, Fraction]
    degree: Fraction
    kind: ClassVar[str] = "units"

    def __post_init__(self) -> None:
        has_terms(self.terms)
        known = symbols(*self.terms.values())
        for symbol in self.weights:
            if not isinstance(symbol, Term) or symbol.op not in ("symbol", "integer"):
                raise InputError(f"the weight of {symbol!r} is not that of a symbol; give weights to symbols only.")
            if not any(symbol is k for k in known):
                raise InputError(
                    f"the symbol {text(symbol)} has a weight, but no term has it; the terms are made of "
                    f"{', '.join(map(text, known)) or 'numbers'}."
                )
        if not any(self.weights.values()):
            raise InputError("no symbol has a weight but 0, so the claim is about nothing; give one like {x: 1}.")

    def __hash__(self) -> int:
        return hash(self.text())

    def text(self) -> str:
        weights = ", ".join(f"{text(s)} -> k^{w} {text(s)}" for s, w in self.weights.items())
        terms = "; ".join(f"{n}: {text(e)}" for n, e in self.terms.items())
        return f"under {weights} every term scales like k^{self.degree}: {terms}"


@dataclass(frozen=True)
class Order(Statement):
    """Every named term is O(T^at_most log(T)^logs) as ``T`` grows, with tied parameters substituted first.

    With ``logs`` None the powers of logarithms do not count.
    """

    terms: Mapping[str, Term]
    T: Term
    at_most: Fraction
    logs: Fraction | None
    kind: ClassVar[str] = "order"

    def __post_init__(self) -> None:
        has_terms(self.terms)
        if not isinstance(self.T, Term) or self.T.op not in ("symbol", "integer"):
            raise InputError(f"T = {self.T!r} does not grow, as it is no symbol; give a real() or integer() symbol.")
        if not any(symbol is self.T for symbol in symbols(*self.terms.values())):
            raise InputError(f"no term contains {text(self.T)}, so the claim says nothing of its growth; mend them.")

    def __hash__(self) -> int:
        return hash(self.text())

    def text(self) -> str:
        terms = "; ".join(f"{n}: {text(e)}" for n, e in self.terms.items())
        return f"as {text(self.T)} grows every term is at most of order {self.limit}: {terms}"

    @property
    def limit(self) -> str:
        """The order that no term may exceed, in words."""
        T = text(self.T)
        if self.logs is None:
            return f"{T}^{self.at_most} up to logarithms"
        return f"{T}^{self.at_most}" + (f" log({T})^{self.logs}" if self.logs else "")

    def exceeded_by(self, power: Fraction, logs: Fraction) -> bool:
        """Tell whether ``T**power * log(T)**logs`` is of a larger order."""
        return power > self.at_most or (power == self.at_most and self.logs is not None and logs > self.logs)
