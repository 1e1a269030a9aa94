"""The rules of proofs about sequences: each checks one step, and writes out what it establishes.

:func:`have` is real arithmetic on instances of facts, for arbitrary indices; :func:`induction`, :func:`total` (a sum on
both sides) and :func:`lemma` (a proved claim with terms in place of its names) are the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic import linear
from regretlab.claims.checkers.facts import Proof, Scope, equal, read
from regretlab.claims.language.binding import BINDERS, Fresh, Range, indices, opened, over, replaced
from regretlab.claims.language.terms import Node, Relation, Term, text, walk
from regretlab.claims.language.trees import symbols
from regretlab.claims.language.verdict import Rejected, fields, natural
from regretlab.claims.statements.theorem import conclusions

_WEAK = {"<=": "<=", "<": "<=", ">=": ">=", ">": ">=", "==": "=="}


def have(proof: Proof, step: Any) -> Relation:
    """Check ``{"show", "use", "proofs"}``: the relation, for arbitrary indices of its ranges, by real arithmetic."""
    written, use, given = fields(step, "show", "use", "proofs")
    show = read(Relation, written)
    ranges, body = opened(show, proof.fresh(show))
    proof.prove(proof.scope().inner(ranges), [body], use, given)
    return show


def induction(proof: Proof, step: Any) -> Relation:
    """Check ``{"show", "base", "step"}``: the relation, quantified last over the index of the induction.

    The base is the relation at the lowest index; the step that at n + 1, from that at n in the range. Each has ``use``
    and ``proofs``.
    """
    written, first, later = fields(step, "show", "base", "step")
    show = read(Relation, written)
    ranges, body = opened(show, proof.fresh(show))
    if not ranges:
        raise Rejected("an induction shows a relation that is quantified over an index")
    *outer, (n, low, high) = ranges
    scope = proof.scope().inner(outer)
    use, given = fields(first, "use", "proofs")
    proof.prove(scope.inner(nonempty(proof, show, ranges)), [replaced(body, {n: low})], use, given)
    use, given = fields(later, "use", "proofs")
    before = Range(n, low, None if high is None else linear.tidy(high - 1))
    proof.prove(scope.inner([before]), [replaced(body, {n: n + 1})], use, given, [body])
    return show


def nonempty(proof: Proof, show: Relation, ranges: Sequence[Range]) -> list[Range]:
    """Return the range of an index that no other has, by which the last range is not empty; else nothing is shown."""
    *_, (n, low, high) = ranges
    free = proof.fresh(show, *(r.free for r in ranges)).index(n.args[0])
    return [] if high is None else [Range(free, low, high)]


def total(proof: Proof, step: Any) -> Relation:
    """Check ``{"fact", "low", "high"}``: both sides of a fact, summed over the last index it is quantified over.

    ``low`` and ``high`` are the ends of the sum, by default (null) those of the fact's range; strictness is lost.
    """
    number, low, high = fields(step, "fact", "low", "high")
    fact = proof.fact(number)
    ranges, body = opened(fact, proof.fresh(fact))
    if not ranges or body.op not in _WEAK:
        raise Rejected(f"{text(fact)} is no comparison for every index of a range, so it has no sum")
    *outer, (index, least, most) = ranges
    scope = proof.scope().inner(outer)
    first = least if low is None else scope.form(low)
    last = most if high is None else scope.form(high)
    if last is None:
        raise Rejected("a sum without end is no number")
    gaps = [linear.minus(first, least)] + ([] if most is None else [linear.minus(most, last)])
    if not all(linear.follows(scope.facts, gap) for gap in gaps):
        raise Rejected(f"the sum leaves the range of fact {number}")
    bound = Term("bound", index.args[0])
    sides = [Term("sum", bound, first, last, replaced(side, {index: bound})) for side in body.args]
    return over(outer, Relation(_WEAK[body.op], *sides))


def lemma(proof: Proof, step: Any) -> Relation:
    """Check ``{"lemma", "part", "over", "terms", "facts"}``: a claim with terms in place of its names.

    ``over`` lists ``[index, low, high]``, ``terms`` ``[name, [parameters], term]``; a name that is not listed stands
    for itself. ``facts`` are the numbers of the facts that are the hypotheses, for every index of ``over``.
    """
    number, part, ranges, terms, facts = fields(step, "lemma", "part", "over", "terms", "facts")
    if natural(number) >= len(proof.statement.lemmas):
        raise Rejected(f"there is no lemma {number}")
    parts = list(conclusions(proof.statement.lemmas[number].known))
    if natural(part) >= len(parts):
        raise Rejected(f"the lemma has no part {part}")
    hypotheses, concludes = parts[part]
    scope = proof.scope()
    if not isinstance(ranges, list) or not isinstance(terms, list) or not isinstance(facts, list):
        raise Rejected("over, terms and facts must be lists")
    for entry in ranges:
        if not isinstance(entry, list) or len(entry) != 3 or not isinstance(entry[0], str):
            raise Rejected(f"{entry!r} is not [index, low, high]")
        low, high = scope.form(entry[1]), None if entry[2] is None else scope.form(entry[2])
        scope = scope.inner([Range(Term("index", entry[0]), low, high)])
    put = Substitution(scope, [*hypotheses, concludes], terms)
    wanted = [over(scope.ranges, put(h)) for h in hypotheses]
    if len(facts) != len(wanted):
        raise Rejected(f"expected the facts that are {len(wanted)} hypotheses of the lemma")
    for number, relation in zip(facts, wanted, strict=True):
        if not equal(proof, proof.fact(number), relation):
            raise Rejected(f"fact {number} is not the hypothesis {text(relation)}")
    return over(scope.ranges, put(concludes))


class Substitution:
    """Terms in place of the free names of a lemma."""

    def __init__(self, scope: Scope, relations: Sequence[Relation], terms: Sequence[Any]) -> None:
        self.symbols: dict[Term, Term] = {}
        self.sequences: dict[str, tuple[list[Term], Term]] = {}
        names = {s.args[0]: s for s in (*symbols(*relations), *indices(*relations))}
        arity = {n.args[0]: len(n.args) - 1 for n in walk(*relations) if n.op == "entry"}
        for entry in terms:
            if not isinstance(entry, list) or len(entry) != 3 or not isinstance(entry[1], list):
                raise Rejected(f"{entry!r} is not [name, parameters, term]")
            name, parameters, written = entry
            if not all(isinstance(p, str) for p in (name, *parameters)):
                raise Rejected(f"{entry!r} is not [name, parameters, term]")
            value = read(Term, written)
            if parameters and arity.get(name) == len(parameters):
                self.sequences[name] = [Term("index", p) for p in parameters], value
            elif not parameters and name in names:
                self.symbols[names[name]] = value
            else:
                raise Rejected(f"the lemma has no {name} of {len(parameters)} indices")
        for symbol in names.values():
            if symbol.op in ("index", "integer"):
                at = linear.form(self.symbols.get(symbol, symbol))
                if symbol.op == "index" and not linear.follows(scope.facts, linear.plus(at, {None: Fraction(-1)})):
                    raise Rejected(f"{text(symbol)} of the lemma is a natural number from 1")

    def __call__(self, root: Any) -> Any:
        """Replace symbols, then entries, from the inside out."""
        return self._entries(replaced(root, self.symbols))

    def _entries(self, root: Any) -> Any:
        if root.op in BINDERS:
            # A term that is put in may hold an index of the same name: the range gets a name that none of them has.
            taken = Fresh(root, *(value for _, value in self.sequences.values()))
            taken.taken |= {n.args[0] for _, v in self.sequences.values() for n in walk(v) if n.op == "bound"}
            taken.taken |= {n.args[0] for n in walk(root.args[3]) if n.op == "bound"}
            bound = Term("bound", taken.index(root.args[0].args[0]).args[0])
            body = self._entries(replaced(root.args[3], {root.args[0]: bound}))
            ends = [None if end is None else self._entries(end) for end in root.args[1:3]]
            return type(root)(root.op, bound, *ends, body)
        if not any(isinstance(a, Node) for a in root.args):
            return root
        args = [self._entries(a) if isinstance(a, Node) else a for a in root.args]
        if root.op == "entry" and root.args[0] in self.sequences:
            parameters, value = self.sequences[root.args[0]]
            if len(parameters) == len(args) - 1:
                return replaced(value, dict(zip(parameters, args[1:], strict=True)))
        return type(root)(root.op, *args)


RULES = {"have": have, "induction": induction, "sum": total, "lemma": lemma}
