"""Statements about sequences as statements about single real numbers, which stand for entries, sums and products."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic import linear, sums
from regretlab.claims.language.binding import BINDERS, replaced, unused
from regretlab.claims.language.terms import ONE, Node, Relation, Term, text, walk
from regretlab.claims.language.verdict import Rejected


class Abstraction:
    """Symbols for entries, sums and products, the same for those that are equal, and integers for indices.

    Sums over ranges that differ by a fixed number of terms are written as the shortest of them and the terms apart, and
    so are products.
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
        if node.op == "product":
            return self._short(sums.atom(node, self.facts, 0))
        if node.op == "entry":
            return sums.atom(node, self.facts, 0)
        if not any(isinstance(a, Node) for a in node.args):
            return node
        return type(node)(node.op, *(self._written(a) if isinstance(a, Node) else a for a in node.args))

    def _align(self) -> None:
        """Find, among sums or products of one body, the range that all others exceed by a fixed number of terms."""
        self.shortest = {}
        for node in (*self._outermost(sums.SUM), *self._outermost("product")):
            bound, low, high, body = node.args
            for key in self.shortest:
                known_low, known_high = self.shortest[key]
                if key[0] != node.op or key[1] is not body or key[2] is not bound:
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
                self.shortest[node.op, body, bound, low, high] = low, high

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

    def _outermost(self, op: str) -> list[Term]:
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
        if node.op in (sums.SUM, "product"):
            return self._reduced(node)
        if node.op == "power":
            return self._divided(node)
        if not any(isinstance(a, Node) for a in node.args):
            return node
        return type(node)(node.op, *(self._split(a) if isinstance(a, Node) else a for a in node.args))

    def _reduced(self, node: Term) -> Term:
        bound, low, high, body = node.args
        for (op, known, index, *_), (first, last) in self.shortest.items():
            if op != node.op or known is not body or index is not bound:
                continue
            before, after = (linear.constant(linear.minus(x, y)) for x, y in ((first, low), (high, last)))
            if before is None or after is None or not (0 <= before <= sums.LONGEST and 0 <= after <= sums.LONGEST):
                continue
            if before == after == 0:
                return node
            if not linear.follows(self.facts, linear.length(first, last)):
                continue
            places = [low + k for k in range(before)] + [last + (k + 1) for k in range(after)]
            return self._with(Term(op, bound, first, last, body), node, places)
        return node

    def _short(self, product: Term) -> Term:
        """Write a product of a fixed number of factors as these; of none it is 1."""
        _, low, high, _ = product.args
        count = linear.constant(linear.length(low, high))
        if count is None or count > sums.LONGEST:
            return product
        return self._with(ONE, product, [low + k for k in range(count)])

    def _with(self, total: Term, node: Term, places: Sequence[Term]) -> Term:
        """Add the terms of a sum at these places, or multiply by the factors of a product."""
        bound, body = node.args[0], node.args[3]
        for place in places:
            part = sums.canonical(replaced(body, {bound: linear.tidy(place)}), self.facts)
            total = total + part if node.op == sums.SUM else total * part
        return total

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
