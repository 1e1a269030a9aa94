"""Statements made of statements, theorems that rest on claims, and claims in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from regretlab.claims.language.terms import Relation, Term, text
from regretlab.claims.statements._base import Statement, under
from regretlab.claims.statements._reals import Inequality
from regretlab.errors import InputError


@dataclass(frozen=True)
class Disagreement(Statement):
    """Two places of one paper print ``here`` and ``there`` for the same quantity; they are equal under ``given``."""

    here: Term
    there: Term
    given: tuple[Relation, ...] = ()
    kind: ClassVar[str] = "agreement"

    def as_inequality(self) -> Inequality:
        """State the agreement as an inequality that a point can refute."""
        return Inequality(self.given, self.here == self.there)

    def text(self) -> str:
        return f"the two printed forms agree: {self.as_inequality().text()}"

    def parts(self) -> tuple[Statement, ...]:
        return (self.as_inequality(),)


@dataclass(frozen=True)
class Misprint(Statement):
    """The ``printed`` statement is false, and the statement that is evidently ``meant`` is true."""

    printed: Statement
    meant: Statement
    kind: ClassVar[str] = "misprint"

    def text(self) -> str:
        return f"printed [{self.printed.text()}] for [{self.meant.text()}]"

    def parts(self) -> tuple[Statement, ...]:
        return (self.printed, self.meant)


@dataclass(frozen=True)
class Denial(Statement):
    """The paper asserts that ``statement`` is false: that some case violates it."""

    statement: Statement
    kind: ClassVar[str] = "denial"

    def text(self) -> str:
        return f"it is not so that [{self.statement.text()}]"

    def parts(self) -> tuple[Statement, ...]:
        return (self.statement,)


@dataclass(frozen=True)
class Vacuity(Statement):
    """The printed bound says nothing: it is never below what holds trivially (``statement`` proves that)."""

    statement: Statement
    kind: ClassVar[str] = "vacuity"

    def text(self) -> str:
        return f"the bound is never below the trivial one: [{self.statement.text()}]"

    def parts(self) -> tuple[Statement, ...]:
        return (self.statement,)


@dataclass(frozen=True)
class Both(Statement):
    """Several statements at once: proved if all are, refuted if one is."""

    statements: tuple[Statement, ...]
    kind: ClassVar[str] = "conjunction"

    def __post_init__(self) -> None:
        if not self.statements:
            raise InputError("there are no statements, so the claim is about nothing; give at least one.")

    def text(self) -> str:
        return "; and ".join(s.text() for s in self.statements)

    def parts(self) -> tuple[Statement, ...]:
        return self.statements


@dataclass(frozen=True)
class Derivation(Statement):
    """A theorem resting on other claims. With ``show`` the step itself is formal: it follows from ``given`` and what
    the used claims export; without, the step is the paper's word.
    """

    given: tuple[Relation, ...] = ()
    show: Relation | None = None
    kind: ClassVar[str] = "derivation"

    def text(self) -> str:
        if self.show is None:
            return "follows from the claims it uses, by the paper's argument"
        return f"{under(self.given)}{text(self.show)}, given what the used claims export"


@dataclass(frozen=True)
class Words(Statement):
    """A claim the text does not allow to be formalised; ``why`` says what is missing."""

    why: str
    verdict: str = "unknown"
    kind: ClassVar[str] = "words"

    def __post_init__(self) -> None:
        if self.verdict not in ("unknown", "assumed"):
            raise InputError(
                f"a claim in words is 'unknown' or 'assumed', not {self.verdict!r}: a verdict needs a certificate."
            )

    def text(self) -> str:
        return f"not formalised: {self.why}"
