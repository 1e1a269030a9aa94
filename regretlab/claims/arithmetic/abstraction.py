"""Statements about sequences as statements about single real numbers, which stand for entries and sums."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic import linear, sums
from regretlab.claims.language.binding import BINDERS, replaced, unused
from regretlab.claims.language.terms import Node, Relation, Term, text, walk
from regretlab.claims.language.verdict import Rejected


class Abstraction:
    """Symbols for entries and sums, the same for those that are equal, and integers for indices.

    Sums over ranges that differ by a fixed number of terms are written as the shortest of them and the terms apart.
    """

    def __init__(self, facts: Sequence[linear.Form], relations: Sequence[Relation]) -> None:
        self.facts = list(facts)
        self.symbols: dict[Term, Term] = {}
        self.taken = {n.args[0] for n in walk(*relations) if n.op in ("symbol", "integer")}
        if twice := self.taken & {n.args[0] for n in walk(*relations) if n.op == "index"}:
            raise Rejected(f"{min(twice)} is both an index and a symbol; rename one of them")
        self.shortest: dict[Any, tuple[Term, Term]] = {}
        self.lowest: dict[tuple[Term, Term], int] = {}
        self.relations = [self._written(r) for r in relations]
        for _ in range(3):  # terms that are split off may hold sums of their own
            self._align()
            self._align_powers()
            self.relations = [self._split(r) for r in self.relations]
        self.relations = [self._named(r) for r in self.relations]

    def _written(self, node: Any) -> Any:
        """Write every outermost sum in its normal form, and every place in a sequence."""
        if node.op == sums.SUM:
            return sums.canonical(node, self.facts)
        if node.op == "power":
            return sums.powered(sums.canonical(node.args[0], self.facts), linear.form(node.args[1]))
        if node.op in ("entry", "product"):
            return sums.atom(node, self.facts, 0)
        if not any(isinstance(a, Node) for a in node.args):
            return node
        return type(node)(node.op, *(self._written(a) if isinstance(a, Node) else a for a in node.args))

    def _align(self) -> None:
        """Find, among sums of one body, the range that all others exceed by a fixed number of terms."""
        self.shortest = {}
        for node in self._outermost():
            bound, low, high, body = node.args
            for key in self.shortest:
                known_low, known_high = self.shortest[key]
                if key[0] is not body or key[1] is not bound:
                    continue
                gaps = [linear.constant(linear.minus(x, y)) for x, y in ((low, known_low), (high, known_high))]
                if None in gaps:
                    continue
                first = low if (gaps[0] or 0) > 0 else known_low
                last = high if (gaps[1] or 0) < 0 else known_high
                if linear.follows(self.facts, linear.length(first, last)):
                    self.shortest[key] = first, last
                    break
            else:
                self.shortest[body, bound, low, high] = low, high

    def _align_powers(self) -> None:
        """Find, among powers of one base whose exponents differ by a number, the one that divides the others."""
        self.lowest = {}
        for node in self._outermost("power"):
            base, exponent = node.args
            form = linear.form(exponent)
            if linear.follows(self.facts, form):
                key = base, linear.written({k: c for k, c in form.items() if k is not None})
                constant = int(form.get(None, Fraction(0)))
                self.lowest[key] = min(constant, self.lowest.get(key, constant))

    def _outermost(self, op: str = sums.SUM) -> list[Term]:
        found: dict[Term, None] = {}

        def visit(node: Any) -> None:
            if node.op == op:
                found[node] = None
            elif node.op not in (sums.SUM, "product"):
                for child in node.children:
                    visit(child)

        for relation in self.relations:
            visit(relation)
        return list(found)

    def _split(self, node: Any) -> Any:
        if node.op == sums.SUM:
            return self._reduced(node)
        if node.op == "power":
            return self._divided(node)
        if node.op == "product" or not any(isinstance(a, Node) for a in node.args):
            return node
        return type(node)(node.op, *(self._split(a) if isinstance(a, Node) else a for a in node.args))

    def _reduced(self, node: Term) -> Term:
        bound, low, high, body = node.args
        for (known, index, *_), (first, last) in self.shortest.items():
            if known is not body or index is not bound:
                continue
            before, after = (linear.constant(linear.minus(x, y)) for x, y in ((first, low), (high, last)))
            if before is None or after is None or not (0 <= before <= sums.LONGEST and 0 <= after <= sums.LONGEST):
                continue
            if before == after == 0:
                return node
            if not linear.follows(self.facts, linear.length(first, last)):
                continue
            total = Term(sums.SUM, bound, first, last, body)
            places = [low + k for k in range(before)] + [last + (k + 1) for k in range(after)]
            for place in places:
                total = total + sums.canonical(replaced(body, {bound: linear.tidy(place)}), self.facts)
            return total
        return node

    def _divided(self, node: Term) -> Term:
        """Write a power as the lowest one of its base, times the base as often as it exceeds it."""
        base, exponent = node.args
        form = linear.form(exponent)
        rest: linear.Form = {k: c for k, c in form.items() if k is not None}
        least = self.lowest.get((base, linear.written(rest)))
        above = None if least is None else int(form.get(None, Fraction(0))) - least
        if above is None or least is None or not 0 < above <= sums.LONGEST:
            return node
        low = sums.powered(base, linear.plus(rest, {None: Fraction(least)} if least else {}))
        return low * (base if above == 1 else Term("pow", base, above))

    def _named(self, node: Any) -> Any:
        if node.op in ("entry", "power", *BINDERS):
            return self._symbol(node)
        if node.op == "index":
            return Term("integer", node.args[0])
        if not any(isinstance(a, Node) for a in node.args):
            return node
        return type(node)(node.op, *(self._named(a) if isinstance(a, Node) else a for a in node.args))

    def _symbol(self, atom: Term) -> Term:
        if atom not in self.symbols:
            name = unused(text(atom), self.taken)  # different atoms may read alike
            self.taken.add(name)
            self.symbols[atom] = Term("symbol", name)
        return self.symbols[atom]
