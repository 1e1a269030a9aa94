"""Equations between terms with sums, products and powers, by the linear normal form that the checker brings them to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from regretlab.claims.arithmetic import linear, sums
from regretlab.claims.language.binding import replaced
from regretlab.claims.language.terms import ONE, Node, Term, walk
from regretlab.claims.rocq.writing import Names, Writer, number

#: What is opaque to polynomials: it is written in its normal form, and is then an atom.
OPAQUE = ("entry", "sum", "product", "power", "root", "exp", "log", "max", "min", "abs", "where")


def outermost(*roots: Node, ops: Sequence[str] = OPAQUE) -> list[Any]:
    """List the nodes of these operators that are below no other, in order of appearance."""
    found: dict[Any, None] = {}

    def visit(node: Any) -> None:
        if node.op in ops:
            found[node] = None
        else:
            for child in node.children:
                visit(child)

    for root in roots:
        visit(root)
    return list(found)


class Equations:
    """Writes proofs that terms are equal; ``facts`` are known of the indices in play."""

    def __init__(self, write: Writer, names: Names, facts: Sequence[linear.Form]) -> None:
        self.write, self.names, self.facts = write, names, list(facts)

    def lines(self, left: Term, right: Term) -> Iterator[str]:
        """Write the proof of ``left = right``, of terms that the normal form makes equal, ends of sums apart."""
        if self.write.alike(left, right):
            yield "reflexivity."
            return
        seen: dict[str, None] = {}
        longest: list[Term] = []
        for node in outermost(left, right):
            yield from self._put_in(node, seen)
            longest += [n for n in outermost(self.normal(node)) if n.op in ("sum", "product", "power")]
        yield from self._aligned(longest, outermost(right, ops=("sum", "product", "power")))
        yield "atoms."

    def normal(self, node: Term, depth: int = 0) -> Term:
        """Return the normal form of a term."""
        return sums.canonical(node, self.facts, depth)

    def _put_in(self, node: Term, seen: dict[str, None], depth: int = 0) -> Iterator[str]:
        """Write the normal form of an opaque node into the goal."""
        before = self.write(node)
        after = self.write(self.normal(node, depth))
        if before in seen or self.write.alike(node, self.normal(node, depth)):
            return
        seen[before] = None
        name = Names(self.names.taken)("q")
        yield f"assert ({name} : {before} = {after})."
        yield "{ " + "\n  ".join(self._equal(node, depth)) + " }"
        yield f"try rewrite {name}; clear {name}."

    def _equal(self, node: Any, depth: int) -> Iterator[str]:
        op, a = node.op, node.args
        if op == "entry":
            yield {2: "apply f_equal; lia.", 3: "apply f_equal2; lia."}.get(len(a), "f_equal; lia.")
        elif op == "sum":
            yield from self._sum(node, depth)
        elif op == "product":
            yield from self._product(node, depth)
        elif op == "power" and self.normal(node, depth).op != "power":
            yield from self._inside([a[0]], depth)
            yield f"replace {self.write.place(a[1])} with {self.write.place(linear.tidy(a[1]))} by lia; simpl; ring."
        elif op == "power":
            yield "apply f_equal2; [| lia]."
            yield from self._inside([a[0]], depth)
            yield "atoms."
        elif op in ("max", "min", "where"):
            yield "congruent."
        else:
            yield "apply f_equal."
            yield from self._inside([a[0]], depth)
            yield "atoms."

    def _inside(self, roots: Sequence[Node], depth: int) -> Iterator[str]:
        seen: dict[str, None] = {}
        for node in outermost(*roots):
            yield from self._put_in(node, seen, depth)

    def _opened(self, node: Term, depth: int) -> tuple[str, Term, Any]:
        """Return a name for the index of a range, the index of its depth, and the body in that."""
        new = Term("bound", f"k{depth + 1}")
        name = Names([*self.names.taken, *(v.removeprefix("IZR ") for v in self.write.known.values())])("k")
        return name, new, replaced(node.args[3], {node.args[0]: new})

    def _product(self, node: Any, depth: int) -> Iterator[str]:
        name, new, body = self._opened(node, depth)
        low, high = node.args[1:3]
        function = self._fun(new, self.normal(body, depth + 1))
        ends = f"{self.write.place(low)} {self.write.place(high)}"
        yield f"transitivity (zprod (fun {function}) {ends}); [| repeat (apply f_equal2 || reflexivity || lia)]."
        yield f"apply zprod_ext; intros {name} {name}_in."
        self.write.known[new] = f"IZR {name}"
        yield from self._inside([body], depth + 1)
        del self.write.known[new]
        yield "atoms."

    def _fun(self, bound: Term, body: Term) -> str:
        name, line = self.write.binding(bound, body)
        return f"{name} : Z => {line}"

    def _sum(self, node: Any, depth: int) -> Iterator[str]:
        name, new, body = self._opened(node, depth)
        low, high = node.args[1:3]
        ends = f"{self.write.place(low)} {self.write.place(high)}"
        count = linear.constant(linear.length(linear.tidy(low), linear.tidy(high)))
        if count is not None and count <= sums.LONGEST:
            yield from self._written_out(node, max(count, 0), depth)
            return
        tidied = f"{self.write.place(linear.tidy(low))} {self.write.place(linear.tidy(high))}"
        if tidied != ends:
            function = self._fun(node.args[0], node.args[3])
            yield f"transitivity (zsum (fun {function}) {tidied}); [apply f_equal2; lia |]."
            ends = tidied
        parts = [self._part(m, c, new, depth) for m, c in sums.normal(body, self.facts, depth + 1).items()]
        if not parts:
            parts = [("0", ONE)]
        inner = []
        for outer, inside in parts:
            index, line = self.write.binding(new, inside)
            inner.append((outer, index, line))
        summed = " + ".join(f"{outer} * ({_renamed(line, index, name)})" for outer, index, line in inner)
        yield f"transitivity (zsum (fun {name} : Z => {summed}) {ends})."
        yield f"{{ apply zsum_ext; intros {name} {name}_in."
        self.write.known[new] = f"IZR {name}"
        yield from self._inside([body], depth + 1)
        del self.write.known[new]
        yield "  atoms. }"
        apart = " + ".join(f"{outer} * zsum (fun {index} : Z => {line}) {ends}" for outer, index, line in inner)
        yield f"transitivity ({apart}); [zlinear |]."
        for _, inside in parts:
            if inside is ONE:
                yield "rewrite ?zsum_one by lia; reals."
        for _, inside in parts:
            yield from self._nested(Term("sum", new, low, high, inside), depth)
        yield "atoms."

    def _nested(self, before: Any, depth: int) -> Iterator[str]:
        """Write a sum over one sum and factors as the double sum that it is in the normal form."""
        inner = [a for a in (n for n in walk(before.args[3])) if a.op == "sum"]
        after = self.normal(before, depth)
        if len(inner) != 1 or [after.op, after.args[-1].op] != ["sum", "sum"] or self.write.alike(before, after):
            return
        other, first, last, body = after.args[3].args
        exchanged = Term("sum", other, first, last, Term("sum", *after.args[:3], body))
        how = f"first [zsum_merged | transitivity ({self.write(exchanged)}); [zsum_merged | apply zsum_swap]]"
        name = Names(self.names.taken)("w")
        yield f"assert ({name} : {self.write(before)} = {self.write(after)}) by ({how}); rewrite {name}; clear {name}."

    def _part(self, monomial: Any, c: Fraction, new: Term, depth: int) -> tuple[str, Term]:
        """Return the text of what leaves a sum, with its coefficient, and what stays."""
        inside = tuple((a, k) for a, k in monomial if sums.holds(a, new))
        outer = [
            self.write.atom(self.normal(a, depth)) + (f" ^ {k}" if k > 1 else "")
            for a, k in monomial
            if not sums.holds(a, new)
        ]
        total = ONE
        for atom, k in inside:
            factor = atom if k == 1 else Term("pow", atom, k)
            total = factor if total is ONE else Term("*", total, factor)
        return "(" + " * ".join([number(c), *outer]) + ")", total

    def _written_out(self, node: Any, count: int, depth: int) -> Iterator[str]:
        """Write a sum of few terms as these."""
        bound, low, _, body = node.args
        tidied = [self.write.place(linear.tidy(low + k)) for k in range(count + 1)]
        last = self.write.place(node.args[2])
        if self.write.place(low) != tidied[0]:
            yield f"replace {self.write.place(low)} with {tidied[0]} by lia."
        for start, after in pairwise(tidied):
            yield f"rewrite (zsum_first_to _ {start} {last} {after}) by lia."
        yield f"rewrite (zsum_empty _ {tidied[-1]} {last}) by lia; cbv beta; reals."
        for k in range(count):
            at = linear.tidy(low + k)
            yield from self._inside([replaced(body, {bound: at})], depth)
        yield "atoms."

    def _aligned(self, longest: Sequence[Any], shortest: Sequence[Any]) -> Iterator[str]:
        """Write sums that exceed others by a fixed number of terms as those and the terms."""
        for long in dict.fromkeys(longest):
            for short in shortest:
                if long.op != short.op or long is short:
                    continue
                if long.op == "power":
                    yield from self._shortened(long, short)
                elif long.args[3] is short.args[3]:
                    yield from self._cut(long, short)

    def _shortened(self, long: Any, short: Any) -> Iterator[str]:
        above = linear.constant(linear.minus(long.args[1], short.args[1])) if long.args[0] is short.args[0] else None
        if above is not None and 0 < above <= sums.LONGEST:
            exponent = linear.tidy(long.args[1])
            for k in range(above):
                at, before = (self.write.place(linear.tidy(exponent - j)) for j in (k, k + 1))
                base = self.write.atom(long.args[0])
                yield f"rewrite (power_next_to {base} {at} {before}) by lia."

    def _cut(self, long: Any, short: Any) -> Iterator[str]:
        before = linear.constant(linear.minus(short.args[1], long.args[1]))
        after = linear.constant(linear.minus(long.args[2], short.args[2]))
        if before is None or after is None or min(before, after) < 0 or before + after == 0:
            return
        head = "zsum" if long.op == "sum" else "zprod"
        function = f"(fun {self._fun(long.args[0], long.args[3])})"
        low, high = linear.tidy(long.args[1]), linear.tidy(long.args[2])
        for k in range(after):
            at = linear.tidy(high - k)
            ends = " ".join(self.write.place(n) for n in (low, at, linear.tidy(high - (k + 1))))
            yield f"try rewrite ({head}_last_to {function} {ends}) by lia."
        for k in range(before):
            at = linear.tidy(low + k)
            ends = " ".join(self.write.place(n) for n in (at, short.args[2], linear.tidy(low + (k + 1))))
            yield f"try rewrite ({head}_first_to {function} {ends}) by lia."
        yield "cbv beta; reals."
        for place in [*(high - k for k in range(after)), *(low + k for k in range(before))]:
            yield from self._inside([replaced(long.args[3], {long.args[0]: linear.tidy(place)})], 0)


def _renamed(line: str, index: str, name: str) -> str:
    """Write a body with another name of its index."""
    return line if index == name else re.sub(rf"(?<![\w']){re.escape(index)}(?![\w'])", name, line)
