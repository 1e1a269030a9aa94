"""Facts about logarithms and exponentials, as the checker lists them, with their proofs in Rocq."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from regretlab.claims.checkers import logarithms
from regretlab.claims.language.terms import ONE, Node, Relation, Term
from regretlab.claims.rocq.writing import Writer

#: A relation that the checker may use, and the tactic that proves it.
Known = tuple[Relation, str]


def known(curved: Sequence[Node], write: Writer) -> Iterator[Known]:
    """Yield the facts about logarithms and exponentials, each with its proof; one may fail where its premise does."""
    for fact in logarithms.facts(curved):
        how = proof(fact, write)
        yield fact.show, how
        if fact.premise is not None:
            for op in ("==", "<"):
                yield Relation(op, *fact.show.args), how


def proof(fact: logarithms.Fact, write: Writer) -> str:
    """Write the tactic that proves a fact where its terms are positive and its premise holds."""
    show = fact.show
    if fact.premise is None and show.op == "<=" and show.args[0].op == "*":
        tangent = _tangent(show, write)
        if tangent:
            return tangent
    if fact.premise is not None:
        return "curve"
    return "logs" if show.op == "==" else "first [solve [sign] | tangent_at_one | enclosed]"


def _tangent(show: Relation, write: Writer) -> str:
    """Write the proof that one point lies below the tangent at another."""
    run = show.args[1]
    if run.op != "-":
        return "curve"
    return f"tangent {_argument(run.args[0], write)} {_argument(run.args[1], write)}"


def _argument(node: Term, write: Writer) -> str:
    return "1" if node is ONE else write.atom(node)
