"""What a relation about sequences looks like: quantifiers in front, integers for places, no index outside its range."""

from __future__ import annotations

from collections.abc import Iterable

from regretlab.claims.arithmetic import linear
from regretlab.claims.language.binding import BINDERS, loose
from regretlab.claims.language.terms import Node, Relation, text, walk
from regretlab.claims.language.verdict import Rejected
from regretlab.errors import InputError

#: The relations that were found fit; there is only one node for each, and a theorem is made anew with every lemma.
_fit: set[Relation] = set()


def check_indices(where: str, relations: Iterable[Relation]) -> None:
    """Refuse a relation that no rule could take for what it says, in one sentence.

    Raises
    ------
    InputError
        For a quantifier below ``&``, ``|``, ``~`` or in a term, a place, an end of a range or a number of factors that
        is no sum of integer multiples of indices, an entry without a place, and a bound index outside its range.
    """
    for relation in (r for r in relations if r not in _fit):
        if found := loose(relation):
            raise InputError(f"{where} holds the index {min(map(text, found))} of a range outside that range.")
        inside = relation
        while inside.op == "forall":
            inside = inside.args[3]
        if any(node.op == "forall" for node in walk(inside)):
            raise InputError(f"{where} holds a forall inside {text(relation)}; put it in front, or write it by itself.")
        for node in walk(relation):
            check_places(where, node)
        _fit.add(relation)


def check_places(where: str, node: Node) -> None:
    """Refuse an entry, range or power whose places, ends or exponent are no integers."""
    if node.op == "entry" and len(node.args) == 1:
        raise InputError(f"{where} holds an entry of {node.args[0]} without an index; write it like {node.args[0]}[t].")
    places = node.args[1:] if node.op in ("entry", "power") else node.args[1:3] if node.op in BINDERS else ()
    for place in places:
        try:
            if place is not None:
                linear.form(place)
        except Rejected:
            raise InputError(
                f"{where} holds {text(place)} as a place, an end of a range or a number of factors; give a sum of "
                "integers and of indices that are declared with index()."
            ) from None
