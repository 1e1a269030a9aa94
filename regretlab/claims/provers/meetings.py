"""Instances of facts that a step of a proof may need: those whose entries and sums meet those of the goal."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from regretlab.claims.arithmetic import linear
from regretlab.claims.arithmetic.abstraction import Abstraction
from regretlab.claims.checkers import facts
from regretlab.claims.language.binding import indices
from regretlab.claims.language.terms import Relation, Term, text
from regretlab.claims.language.trees import symbols
from regretlab.claims.language.verdict import Rejected

#: Instances of one fact and of all together, and rounds in which instances bring in others.
PER_FACT, TOGETHER, ROUNDS = 24, 60, 2


class Taken(NamedTuple):
    """An instance of a fact: its number, the indices, and the relation."""

    number: int
    at: tuple[Term, ...]
    relation: Relation


def choices(
    proof: facts.Proof, scope: facts.Scope, about: Sequence[Relation], aside: Container[int]
) -> Iterator[list[Taken]]:
    """Yield instances to try: none, those that meet the goal, those that meet these, then those of definitions."""
    constants = [Taken(n, (), h) for n, h in enumerate(proof.statement.given) if h.op != "forall"]
    yield constants
    given, defined = len(proof.statement.given), len(proof.statement.hypotheses)
    known = range(len(proof.facts))
    tiers = [[n for n in known if (n < given or n >= defined) and n not in aside], list(known)]
    for numbers in tiers if tiers[0] != tiers[1] else tiers[:1]:
        found = {(t.number, t.at): t for t in constants}
        relations = list(about)
        for number in range(ROUNDS):
            size = len(found)
            for taken in _meeting(proof, scope, relations, numbers):
                found.setdefault((taken.number, taken.at), taken)
            if len(found) > size or not number:
                yield list(found.values())[:TOGETHER]
            relations = [*about, *(t.relation for t in found.values())]


def _meeting(
    proof: facts.Proof, scope: facts.Scope, relations: Sequence[Relation], numbers: Sequence[int]
) -> list[Taken]:
    """List instances of facts that speak of an entry, sum or symbol that relations speak of.

    Those that bring in the fewest others come first.
    """
    atoms = _atoms(scope, relations)
    places = _places(scope, atoms)
    found: list[tuple[int, int, Taken]] = []
    for number in numbers:
        fact = proof.facts[number]
        depth = 0
        while fact.op == "forall":
            depth, fact = depth + 1, fact.args[3]
        own: list[tuple[int, int, Taken]] = []
        for at in itertools.product(places, repeat=depth):
            try:
                relation = proof.instance(scope, number, [form(p) for p in at])
                spoken = _atoms(scope, [relation])
            except Rejected:
                continue
            if spoken & atoms:
                own.append((len(spoken - atoms), -number, Taken(number, at, relation)))
        found += sorted(own, key=lambda one: one[:2])[:PER_FACT]
    return [taken for *_, taken in sorted(found, key=lambda one: one[:2])]


def form(place: Term) -> dict[str, int]:
    """Write an index as a certificate does."""
    return {"" if key is None else key.args[0]: int(c) for key, c in linear.form(place).items()}


def _atoms(scope: facts.Scope, relations: Sequence[Relation]) -> set[Term]:
    """Collect the entries, sums and symbols of relations, as the checker sees them."""
    known = [r for r in relations if r.op != "forall"]
    found = Abstraction(scope.facts, known)
    return set(found.symbols) | set(symbols(*known)) | set(indices(*known))


def _places(scope: facts.Scope, atoms: set[Term]) -> list[Term]:
    """List the places in sequences and ends of sums that atoms speak of, and the indices in play."""
    found: dict[str, Term] = {}
    for atom in sorted(atoms, key=text):
        ends = atom.args[1:] if atom.op == "entry" else atom.args[1:3] if atom.op == "sum" else ()
        for end in ends:
            found.setdefault(text(end), end)
    for index in (*scope.naturals, *(r.free for r in scope.ranges)):
        for place in (index, linear.tidy(index + 1)):
            found.setdefault(text(place), place)
    for place in list(found.values()):
        found.setdefault(text(before := linear.tidy(place - 1)), before)
    return list(found.values())
