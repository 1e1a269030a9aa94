"""Theorems about sequences, for every horizon and every dimension."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from regretlab.claims.language.binding import indices, replaced
from regretlab.claims.language.definitions import Definition
from regretlab.claims.language.sequences import Sum
from regretlab.claims.language.terms import Relation, Term, text, walk
from regretlab.claims.language.trees import conjuncts, symbols
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.statements._base import Statement, check_relations, laid_out, under
from regretlab.claims.statements._compound import Both, Derivation, Misprint
from regretlab.claims.statements._indices import check_indices, check_places
from regretlab.claims.statements._reals import Inequality, Ladder, Scalar, Series
from regretlab.errors import InputError


@dataclass(frozen=True)
class Lemma:
    """A claim that a theorem may use: its id and its statement, which is known once all claims are."""

    id: str
    statement: Statement | None = None

    @property
    def known(self) -> Statement:
        """The statement."""
        if self.statement is None:
            raise Rejected(f"what {self.id} says is not known")
        return self.statement


@dataclass(frozen=True)
class Use:
    """A hint of a proof: a claim for every index of ``over``, with terms in place of its names.

    ``over`` holds (index, low, high), ``terms`` (name, parameters, term): a symbol or index has no parameters, a
    sequence has those of its entries.
    """

    claim: str
    over: tuple[tuple[Term, Term, Term | None], ...]
    terms: tuple[tuple[str, tuple[Term, ...], Term], ...]

    def __post_init__(self) -> None:
        for index, *ends in self.over:
            if not isinstance(index, Term) or index.op != "index":
                raise InputError(f"{index!r} of use({self.claim!r}) is no index; declare it with index('t').")
            for end in ends:
                check_places(f"use({self.claim!r})", Term("entry", "", index if end is None else end))

    def unknown(self, statement: Statement) -> str:
        """Say which name the claim does not have, or nothing."""
        parts = list(conclusions(statement))
        said = [relation for given, show in parts for relation in (*given, show)]
        names = {s.args[0]: 0 for s in (*symbols(*said), *indices(*said))}
        names |= {n.args[0]: len(n.args) - 1 for n in walk(*said) if n.op == "entry"}
        if not parts:
            return f"it uses {self.claim}, whose statement is no relation that can be used; leave that out."
        for name, parameters, _ in self.terms:
            if names.get(name) != len(parameters):
                known = ", ".join(name + "[]" * (count > 0) for name, count in names.items())
                what = f"a sequence {name} with {len(parameters)} indices" if parameters else f"a symbol {name}"
                return f"it uses {self.claim} with {what}, which that claim does not have; it has {known or 'none'}."
        return ""


@dataclass(frozen=True)
class Theorem(Statement):
    """For all natural numbers, reals and sequences: if every ``given`` holds, ``show`` holds.

    Attributes
    ----------
    given : tuple of Relation
        Hypotheses, quantified or not.
    show : Relation
        The conclusion.
    where : tuple of Definition
        Sequences that are defined, each by those before it.
    lemmas : tuple of Lemma
        Claims that the proof may use.
    by : tuple of Relation or Use
        Steps of the proof, in order: hints to a search. They are not part of what is said.
    """

    given: tuple[Relation, ...]
    show: Relation
    where: tuple[Definition, ...] = ()
    lemmas: tuple[Lemma, ...] = ()
    by: tuple[Any, ...] = field(default=(), compare=False)
    kind: ClassVar[str] = "theorem"

    def __post_init__(self) -> None:
        for hint in self.by:
            if not isinstance(hint, (Relation, Use)):
                raise InputError(f"{hint!r} is no step of a proof; give relations, and claims by use('id', ...).")
            if isinstance(hint, Use) and all(hint.claim != lemma.id for lemma in self.lemmas):
                raise InputError(f"the proof uses {hint.claim}, which is none of the theorem's lemmas; name it there.")
        for where, found in (
            ("given", self.given), ("show", (self.show,)), ("where", self.equations),
            ("by", tuple(h for h in self.by if isinstance(h, Relation))),
        ):  # fmt: skip
            check_relations(where, found)
            check_indices(where, found)
        arity: dict[str, int] = {}
        for entry in (n for n in walk(*self.said) if n.op == "entry"):
            if arity.setdefault(entry.args[0], len(entry.args)) != len(entry.args):
                raise InputError(f"the sequence {entry.args[0]} has entries of one and of more indices; rename one.")
        reals = {s.args[0] for s in symbols(*self.said)}
        if twice := reals & {n.args[0] for n in indices(*self.said)}:
            raise InputError(f"{min(twice)} is both an index and a real symbol; rename one of them.")
        defined = [name for definition in self.where for name in definition.names]
        if twice := {name for name in defined if defined.count(name) > 1}:
            raise InputError(
                f"the sequence {min(twice)} is defined twice in 'where'; give each definition its own names, steps() "
                "by name='a '."
            )
        named: set[str] = set()
        for definition in reversed(self.where):
            for name in {n.args[0] for n in walk(*definition.equations) if n.op == "entry"} & named:
                raise InputError(f"the sequence {name} is used before it is defined; change the order in 'where'.")
            named |= set(definition.names)

    @property
    def equations(self) -> tuple[Relation, ...]:
        """The equations of all definitions."""
        return tuple(equation for definition in self.where for equation in definition.equations)

    @property
    def hypotheses(self) -> tuple[Relation, ...]:
        """What is supposed, and what is defined."""
        return self.given + self.equations

    @property
    def said(self) -> tuple[Relation, ...]:
        """Every relation of the statement."""
        return (*self.hypotheses, self.show)

    def needed(self) -> tuple[Relation, ...]:
        """Return the equations of the definitions on which hypotheses and conclusion depend.

        The other sequences are only spoken of in the proof; they exist whatever the rest is.
        """
        names = {n.args[0] for n in walk(*self.given, self.show) if n.op == "entry"}
        kept: list[Definition] = []
        for definition in reversed(self.where):
            if names & set(definition.names):
                names |= {n.args[0] for n in walk(*definition.equations) if n.op == "entry"}
                kept.insert(0, definition)
        return tuple(equation for definition in kept for equation in definition.equations)

    def text(self) -> str:
        where = f", where {', '.join(map(text, self.equations))}" if self.where else ""
        known = [f"{x.id}: [{x.statement.text()}]" if x.statement else x.id for x in self.lemmas]
        lemmas = "".join(f"; by {lemma}" for lemma in known)
        free = [*symbols(*self.said), *indices(*self.said)]
        names = ", ".join([*map(text, free), *(f"{name}[]" for name in self.sequences())])
        return f"for all {names}: {under(self.given)}{text(self.show)}{where}{lemmas}"

    def sections(self) -> dict[str, list[str]]:
        names = {
            "for all natural numbers from 1": list(map(text, indices(*self.said))),
            "for all reals": [text(s) for s in symbols(*self.said) if s.op == "symbol"],
            "for all integers": [text(s) for s in symbols(*self.said) if s.op == "integer"],
            "for all sequences of reals": [f"{name}[]" for name in self.sequences()],
        }
        return laid_out(names, self.given, self.show, self.equations)

    def sequences(self) -> list[str]:
        """List the sequences that are spoken of, in order of appearance."""
        return list(dict.fromkeys(n.args[0] for n in walk(*self.said) if n.op == "entry"))


def conclusions(statement: Statement) -> Iterator[tuple[tuple[Relation, ...], Relation]]:
    """Yield what a statement says, part by part: hypotheses, and the relation that then holds for all its symbols."""
    if isinstance(statement, Theorem):
        yield statement.given + statement.needed(), statement.show
    elif isinstance(statement, Inequality) or (isinstance(statement, Derivation) and statement.show is not None):
        for part in conjuncts(statement.show):
            yield statement.given, part
    elif isinstance(statement, Scalar):
        ends = [statement.x >= low for low in (statement.low,) if low is not None]
        ends += [statement.x <= high for high in (statement.high,) if high is not None]
        yield tuple(ends), statement.f >= 0
    elif isinstance(statement, Ladder):
        yield statement.given, statement.f >= 0
    elif isinstance(statement, Series):
        N = Term("integer", "N")
        t = Term("index", statement.t.args[0])
        term = replaced(statement.term, {statement.t: t})
        yield (statement.first <= N,), Sum(term, (t, statement.first, N)) <= replaced(statement.bound, {statement.t: N})
    elif isinstance(statement, Misprint):
        yield from conclusions(statement.meant)
    elif isinstance(statement, Both):
        for one in statement.statements:
            yield from conclusions(one)
