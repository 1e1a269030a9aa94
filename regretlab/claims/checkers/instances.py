"""A theorem about sequences at numbers: that its hypotheses are not contradictory, and that no proof was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic import balls, linear
from regretlab.claims.arithmetic.exact import Irrational, Undefined
from regretlab.claims.checkers import point
from regretlab.claims.language import trees
from regretlab.claims.language.binding import BINDERS, Fresh, opened, replaced, unused
from regretlab.claims.language.definitions import offset
from regretlab.claims.language.terms import ONE, ZERO, Node, Relation, Term, all_of, text
from regretlab.claims.language.verdict import Rejected, fields, natural, rational
from regretlab.claims.statements.theorem import Theorem

#: Indices for which a hypothesis is looked at that is to hold for all of them, and terms of a sum.
FOR_ALL, LONGEST = 3, 40


def check(statement: Theorem, body: Any) -> str:
    """Check ``{"indices", "symbols", "entries"}``: the hypotheses hold at these numbers, and so does the conclusion.

    Of a hypothesis for all indices the first few are looked at.

    Raises
    ------
    Rejected
        If a hypothesis fails or the conclusion does: then some rule of the proof is wrong.
    """
    found = Instance(statement, body)
    for relation in statement.given:
        if not found.true(relation):
            raise Rejected(f"the hypothesis {text(relation)} does not hold at the numbers")
    if not found.true(statement.show, undecided=True):
        raise Rejected("the conclusion fails at the numbers")
    return ", ".join(f"{text(s)} = {v}" for s, v in found.point.items())


class Instance:
    """Numbers for the free indices, symbols and entries of a theorem; defined entries are computed."""

    def __init__(self, statement: Theorem, body: Any) -> None:
        at, symbols, entries = fields(body, "indices", "symbols", "entries")
        if not all(isinstance(part, Mapping) for part in (at, symbols, entries)):
            raise Rejected("indices, symbols and entries must map names to numbers")
        self.statement = statement
        self.indices = {name: natural(value, 1) for name, value in at.items()}
        self.values = {name: rational(value) for name, value in symbols.items()}
        self.entries = {name: rational(value) for name, value in entries.items()}
        self.taken = {s.args[0] for s in trees.symbols(*statement.said)}
        self.point: dict[Term, Fraction] = {}
        self.known: dict[Term, Term] = {}
        self.read: set[str] = set()  # the entries whose numbers are given and needed

    def true(self, relation: Relation, undecided: bool = False) -> bool:
        """Tell whether a relation holds; what is too close to decide counts as ``undecided``."""
        try:
            return point.decide(self.concrete(relation), self.point)[0]
        except balls.Undecided:
            return undecided
        except (Undefined, Irrational) as error:
            raise Rejected(f"{text(relation)} is not decided at the numbers: {error}") from None

    def concrete(self, node: Any) -> Any:
        """Write a tree without sums, quantifiers and entries, as its numbers say."""
        op, a = node.op, node.args
        if op in BINDERS:
            bound, low, high, body = a
            first = self._integer(low)
            last = first + FOR_ALL - 1 if high is None else self._integer(high)
            if last - first > LONGEST:
                raise Rejected("a range is too long to be written out")
            parts = [self.concrete(replaced(body, {bound: Fraction(k)})) for k in range(first, last + 1)]
            if op == "forall":
                return all_of(parts)
            total = ONE if op == "product" else ZERO
            for part in parts:
                total = Term("*" if op == "product" else "+", total, part)
            return total
        if op == "index":
            return Term("num", Fraction(self._index(a[0])))
        if op in ("symbol", "integer"):
            self.point[node] = self._value(node)
            return node
        if op == "entry":
            return self._entry(Term(op, a[0], *(Term("num", Fraction(self._integer(i))) for i in a[1:])))
        if op == "power":
            exponent = self._integer(a[1])
            base = self.concrete(a[0])
            return Term("pow", base, exponent) if exponent else ZERO * base + ONE  # 1 if the base has a value at all
        if not any(isinstance(x, Node) for x in a):
            return node
        return type(node)(op, *(self.concrete(x) if isinstance(x, Node) else x for x in a))

    def _value(self, symbol: Term) -> Fraction:
        name = symbol.args[0]
        if name not in self.values:
            raise Rejected(f"the numbers do not give {name}")
        if symbol.op == "integer" and self.values[name].denominator != 1:
            raise Rejected(f"{name} = {self.values[name]} is not an integer")
        return self.values[name]

    def _index(self, name: str) -> int:
        if name not in self.indices:
            raise Rejected(f"the numbers do not give {name}")
        return self.indices[name]

    def _integer(self, place: Term) -> int:
        form = linear.form(place)
        total = form.pop(None, Fraction(0))
        for index, c in form.items():
            assert index is not None
            total += c * (self._value(index) if index.op == "integer" else self._index(index.args[0]))
        return int(total)

    def _entry(self, entry: Term) -> Term:
        if entry not in self.known:
            self.known[entry] = self._defined(entry)
        return self.known[entry]

    def _defined(self, entry: Term) -> Any:
        """Return an entry by the equation that defines it, or the number that is given for it."""
        name, *places = entry.args
        for definition in self.statement.where:
            if name not in definition:
                continue
            for equation in definition.equations:
                ranges, body = opened(equation, Fresh(equation))
                left, value = body.args
                if left.args[0] != name or len(left.args) != len(entry.args):
                    continue
                *coordinates, last = left.args[1:]
                values = dict(zip(coordinates, places, strict=False))
                at = places[-1].args[0]
                if last.op == "num":
                    if last.args[0] == at:
                        return self.concrete(replaced(value, values))
                    continue
                ahead = offset(last, ranges[-1].free)
                low, high = ranges[-1].low, ranges[-1].high
                high = high if high is None else replaced(high, values)
                if (
                    ahead is not None
                    and low.args[0] <= at - ahead
                    and (high is None or at - ahead <= self._integer(high))
                ):
                    return self.concrete(replaced(value, {**values, ranges[-1].free: at - ahead}))
        shown = text(entry)
        if shown not in self.entries:
            raise Rejected(f"the numbers do not give {shown}")
        self.read.add(shown)
        symbol = Term("symbol", unused(shown, self.taken))
        self.point[symbol] = self.entries[shown]
        return symbol
