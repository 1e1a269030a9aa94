"""Instances of facts that a step of a proof may need: those whose entries and sums meet those of the goal."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from regretlab.claims.arithmetic import linear
from regretlab.claims.arithmetic.abstraction import Abstraction
from regretlab.claims.checkers import facts
from regretlab.claims.language.binding import indices
from regretlab.claims.language.terms import Node, Relation, Term, text, walk
from regretlab.claims.language.trees import symbols
from regretlab.claims.language.verdict import Rejected

#: Instances of one fact and of all together, and rounds in which instances bring in others.
PER_FACT, TOGETHER, ROUNDS = 24, 60, 2
#: Instances of one fact up to which every place is tried for every index.
ALL_PLACES = 300
#: And about as many where places are matched.
MATCHED = 1000


class Taken(NamedTuple):
    """An instance of a fact: its number, the indices, and the relation."""

    number: int
    at: tuple[Term, ...]
    relation: Relation


Ranked = tuple[int, int, Taken]


def choices(
    proof: facts.Proof, scope: facts.Scope, about: Sequence[Relation], aside: Container[int]
) -> Iterator[list[Taken]]:
    """Yield instances to try: none, those at the goal's own indices, those that meet the goal, those that meet these.

    Those of definitions come last.
    """
    single = constants(proof)
    yield single
    given, defined = len(proof.statement.given), len(proof.statement.hypotheses)
    known = range(len(proof.facts))
    if scope.ranges and (here := _here(proof, scope, about, known)):
        yield [*single, *here][:TOGETHER]
    tiers = [[n for n in known if (n < given or n >= defined) and n not in aside], list(known)]
    for numbers in tiers if tiers[0] != tiers[1] else tiers[:1]:
        found = {(t.number, t.at): t for t in single}
        relations = list(about)
        for number in range(ROUNDS):
            size = len(found)
            for one in _meeting(proof, scope, relations, numbers):
                found.setdefault((one.number, one.at), one)
            if len(found) > size or not number:
                yield list(found.values())[:TOGETHER]
            relations = [*about, *(t.relation for t in found.values())]


def constants(proof: facts.Proof) -> list[Taken]:
    """List the hypotheses that are about no index."""
    return [Taken(n, (), h) for n, h in enumerate(proof.statement.given) if h.op != "forall"]


def taken(proof: facts.Proof, scope: facts.Scope, number: int, at: tuple[Term, ...]) -> Taken | None:
    """Take a fact at these places, if they lie in its ranges."""
    try:
        return Taken(number, at, proof.instance(scope, number, [form(place) for place in at]))
    except Rejected:
        return None


def _here(proof: facts.Proof, scope: facts.Scope, about: Sequence[Relation], numbers: Sequence[int]) -> list[Taken]:
    """List the instances at the goal's own indices of facts that speak of what it speaks of."""
    atoms, own = _atoms(scope, about), [r.free for r in scope.ranges]
    every = ((n, at) for n in numbers for at in itertools.permutations(own, depth(proof.facts[n])) if at)
    return _first(_ranked(scope, atoms, (taken(proof, scope, *one) for one in every)))


def _meeting(
    proof: facts.Proof, scope: facts.Scope, relations: Sequence[Relation], numbers: Sequence[int]
) -> list[Taken]:
    """List instances of facts that speak of an entry, sum or symbol that relations speak of.

    Those that bring in the fewest others come first.
    """
    atoms = _atoms(scope, relations)
    places = _places(scope, atoms)
    found: list[Ranked] = []
    for number in numbers:
        where = _where(proof.facts[number], atoms, places)
        found += _ranked(scope, atoms, _instances(proof, scope, number, where))[:PER_FACT]
    return _first(found)


def _ranked(scope: facts.Scope, atoms: set[Term], instances: Iterable[Taken | None]) -> list[Ranked]:
    """Rank the instances that speak of some of these atoms by how many others they bring in, then later facts first."""
    found: list[Ranked] = []
    for one in instances:
        try:
            spoken = _atoms(scope, [one.relation]) if one is not None else set()
        except Rejected:
            continue
        if one is not None and spoken & atoms:
            found.append((len(spoken - atoms), -one.number, one))
    return sorted(found, key=lambda one: one[:2])


def _first(ranked: list[Ranked]) -> list[Taken]:
    return [one for *_, one in sorted(ranked, key=lambda one: one[:2])]


def _instances(
    proof: facts.Proof, scope: facts.Scope, number: int, where: list[list[Term]], at: tuple[Term, ...] = ()
) -> Iterator[Taken]:
    """Yield the instances of a fact at these places, as far as they lie in its ranges."""
    found = taken(proof, scope, number, at)
    if found is None:
        return
    if len(at) == len(where):
        yield found
        return
    for place in where[len(at)]:
        yield from _instances(proof, scope, number, where, (*at, place))


def _where(fact: Relation, atoms: set[Term], places: list[Term]) -> list[list[Term]]:
    """List, for each index a fact is quantified over, the places to put there: all, unless these are too many.

    Then they are the first at which an entry or a sum of the fact has a place or an end that it has in an atom.
    """
    bounds: list[Term] = []
    while fact.op == "forall":
        bounds, fact = [*bounds, fact.args[0]], fact.args[3]
    if len(places) ** len(bounds) <= ALL_PLACES:
        return [places] * len(bounds)
    spoken: dict[object, dict[str, Term]] = {}
    for kind, place in (pair for atom in atoms for node in walk(atom) for pair in _ends(node)):
        if not any(key is not None and key.op == "bound" for key in linear.form(place)):
            spoken.setdefault(kind, {})[text(place)] = place
    met: dict[Term, dict[str, Term]] = {bound: {} for bound in bounds}
    for kind, place in (pair for node in walk(fact) for pair in _ends(node)):
        found = linear.form(place)
        own = [key for key in found if key is not None and key.op == "bound"]
        if len(own) == 1 and own[0] in met and found[own[0]] == 1:
            for there in spoken.get(kind, {}).values():
                at = linear.tidy(there - linear.written({k: c for k, c in found.items() if k is not own[0]}))
                met[own[0]][text(at)] = at
    if not any(met.values()):
        return [[]] * len(bounds)
    most = int(MATCHED ** (1 / len(bounds)))
    return [(list(met[bound].values()) or places)[:most] for bound in bounds]


def _ends(node: Node) -> Iterator[tuple[object, Term]]:
    """Yield the places of an entry and the ends of a sum, each with what it is a place or an end of."""
    if node.op == "entry":
        yield from (((node.args[0], k), place) for k, place in enumerate(node.args[1:]))
    elif node.op == "sum":
        yield from (((k,), end) for k, end in enumerate(node.args[1:3]))


def depth(fact: Relation) -> int:
    """Count the indices that a fact is quantified over."""
    return 1 + depth(fact.args[3]) if fact.op == "forall" else 0


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
