r"""The linear normal form of sums, and statements about sequences as statements about single real numbers.

.. math:: \sum_t (c\, a_t + b_t) = c \sum_t a_t + \sum_t b_t, \qquad
    \sum_i \sum_t a_{i,t} = \sum_t \sum_i a_{i,t}, \qquad \sum_{t=1}^{T+1} a_t = \sum_{t=1}^{T} a_t + a_{T+1}.

Entries of sequences and sums become symbols of their own, one for all that are equal by these rules. What holds for all
real values of the symbols holds for the entries and sums. A quotient ``u/v`` is ``u`` times the inverse of v, which is
taken for 0 where v is 0, so that the inverse of a product is that of its factors; nothing is cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic import linear
from regretlab.claims.language.binding import replaced
from regretlab.claims.language.terms import ONE, ZERO, Node, Relation, Term, text, walk
from regretlab.claims.language.verdict import Rejected

#: A product of atoms: each with its power, in the order of their texts.
Monomial = tuple[tuple[Term, int], ...]
#: A sum of products: coefficient by product.
Form = dict[Monomial, Fraction]
#: Products of one sum that is multiplied out, its highest power, and terms of a sum of fixed length.
MOST, HIGHEST, LONGEST = 2000, 8, 64
#: Operators of atoms that are rebuilt from the normal forms of their parts.
_OPAQUE = {"root", "exp", "log", "max", "min", "abs", "where"}
SUM = "sum"


def normal(root: Term, facts: Sequence[linear.Form] = (), depth: int = 0) -> Form:
    """Write a term as a sum of products of atoms: symbols, entries, inverses, roots and sums of one product each."""
    op, a = root.op, root.args
    if op == "num":
        return {(): a[0]} if a[0] else {}
    if op == "neg":
        return _times({(): Fraction(-1)}, normal(a[0], facts, depth))
    if op in "+-":
        return _plus(normal(a[0], facts, depth), normal(a[1], facts, depth), 1 if op == "+" else -1)
    if op == "*":
        return _times(normal(a[0], facts, depth), normal(a[1], facts, depth))
    if op == "/":
        return _times(normal(a[0], facts, depth), _inverse(normal(a[1], facts, depth)))
    if op == "pow" and 0 < a[1] <= HIGHEST:
        base = found = normal(a[0], facts, depth)
        for _ in range(a[1] - 1):
            found = _times(found, base)
        return found
    if op == SUM:
        return _sum(root, facts, depth)
    return {((atom(root, facts, depth), 1),): Fraction(1)}


def atom(root: Any, facts: Sequence[linear.Form], depth: int) -> Term:
    """Rebuild an atom from the normal forms of its parts."""
    op, a = root.op, root.args
    if op == "entry":
        return Term(op, a[0], *map(linear.tidy, a[1:]))
    if op == "product":
        bound, low, high, body = a
        new = _named(depth)
        return Term(
            op, new, linear.tidy(low), linear.tidy(high), canonical(replaced(body, {bound: new}), facts, depth + 1)
        )
    if op == "power":
        return powered(canonical(a[0], facts, depth), linear.form(a[1]))
    if op in _OPAQUE or op == "pow" or isinstance(root, Relation):
        again: Term = type(root)(op, *(_part(x, facts, depth) if isinstance(x, Node) else x for x in a))
        return again
    if op in ("symbol", "integer", "index", "bound"):
        return Term(op, *a)
    raise Rejected(f"{text(root)} cannot stand in a theorem")


def _part(root: Any, facts: Sequence[linear.Form], depth: int) -> Any:
    return atom(root, facts, depth) if isinstance(root, Relation) else canonical(root, facts, depth)


def powered(base: Term, exponent: linear.Form) -> Term:
    """Write the product of as many factors as the exponent says; of a negative number of factors it is what it is."""
    k = linear.constant(exponent)
    if k is not None and 0 <= k <= HIGHEST:
        return ONE if k == 0 else base if k == 1 else Term("pow", base, k)
    return Term("power", base, linear.written(exponent))


def _named(depth: int) -> Term:
    """Return the bound index of a range at a depth: the same for equal sums, whatever they call it."""
    return Term("bound", f"k{depth + 1}")


def canonical(root: Term, facts: Sequence[linear.Form] = (), depth: int = 0) -> Term:
    """Write a term in its normal form, the same for terms that are equal by the rules."""
    return built(normal(root, facts, depth))


def built(form: Form) -> Term:
    """Write a normal form as a term."""
    total: Term | None = None
    for monomial, c in sorted(form.items(), key=lambda item: [(text(a), k) for a, k in item[0]]):
        part = _product(monomial)
        if part is ONE:
            part = Term("num", abs(c))
        elif abs(c) != 1:
            part = Term("*", Term("num", abs(c)), part)
        signed = part if c > 0 or total is not None else Term("neg", part)
        total = signed if total is None else Term("+" if c > 0 else "-", total, part)
    return ZERO if total is None else total


def _product(monomial: Monomial) -> Term:
    total = ONE
    for atom, k in monomial:
        power = atom if k == 1 else Term("pow", atom, k)
        total = power if total is ONE else Term("*", total, power)
    return total


def _plus(a: Form, b: Form, c: int = 1) -> Form:
    total = dict(a)
    for monomial, value in b.items():
        total[monomial] = total.get(monomial, Fraction(0)) + c * value
        if not total[monomial]:
            del total[monomial]
    return total


def _times(a: Form, b: Form) -> Form:
    if len(a) * len(b) > MOST:
        raise Rejected(f"a product of sums has more than {MOST} terms")
    total: Form = {}
    for m, c in a.items():
        for n, e in b.items():
            both = _merged(m, n)
            total[both] = total.get(both, Fraction(0)) + c * e
            if not total[both]:
                del total[both]
    return total


def _merged(m: Monomial, n: Monomial) -> Monomial:
    powers: dict[Term, int] = dict(m)
    for atom, k in n:
        powers[atom] = powers.get(atom, 0) + k
    return tuple(sorted(powers.items(), key=lambda item: text(item[0])))


def _inverse(form: Form) -> Form:
    """Invert factor by factor; a sum of several products is inverted as a whole."""
    if len(form) == 1:
        ((monomial, c),) = form.items()
        inverses = ((Term("/", ONE, atom), k) for atom, k in monomial)
        return {tuple(sorted(inverses, key=lambda item: text(item[0]))): 1 / c}
    return {((Term("/", ONE, built(form)), 1),): Fraction(1)}


def _sum(root: Term, facts: Sequence[linear.Form], depth: int) -> Form:
    """Take a sum apart: what does not depend on its index leaves, a sum below it changes places with it."""
    bound, low, high, body = root.args
    new = _named(depth)
    low, high = linear.tidy(low), linear.tidy(high)
    length = linear.constant(linear.length(low, high))
    if length is not None and length <= LONGEST:
        total: Form = {}
        for k in range(length):
            at = Term("+", low, Term("num", Fraction(k)))
            total = _plus(total, normal(replaced(body, {bound: linear.tidy(at)}), facts, depth))
        return total
    total = {}
    for monomial, c in normal(replaced(body, {bound: new}), facts, depth + 1).items():
        inside = tuple((a, k) for a, k in monomial if holds(a, new))
        part = _times({(): c}, _one_sum(new, low, high, inside, facts))
        for a, k in monomial:
            if not holds(a, new):  # its own ranges take the names of a lesser depth
                part = _times(part, {((canonical(a, facts, depth), k),): Fraction(1)})
        total = _plus(total, part)
    return total


def _one_sum(bound: Term, low: Term, high: Term, inside: Monomial, facts: Sequence[linear.Form]) -> Form:
    if not inside:
        length = linear.length(low, high)
        if linear.follows(facts, length):
            return normal(linear.written(length))
    sums = [(a, k) for a, k in inside if a.op == SUM]
    if len(sums) == 1 and sums[0][1] == 1 and not any(holds(end, bound) for end in sums[0][0].args[1:3]):
        return {((_exchanged(bound, low, high, inside, sums[0][0]), 1),): Fraction(1)}
    return {((Term(SUM, bound, low, high, _product(inside)), 1),): Fraction(1)}


def _exchanged(bound: Term, low: Term, high: Term, inside: Monomial, inner: Term) -> Term:
    """Order the ranges of a double sum by their ends, equal ones by how the summand then reads.

    The ends of the inner range do not depend on the outer index.
    """
    other, first, last, summand = inner.args
    factors = _product(_merged(tuple((a, k) for a, k in inside if a is not inner), _factors(summand)))
    ends, swapped = (low, high, first, last), (first, last, low, high)
    kept, turned = (tuple(map(text, way)) for way in (ends, swapped))
    ways = [(_ordered(factors), ends)] if kept <= turned else []
    if turned <= kept:
        # The outer index takes the name of its depth, so that equal double sums are one term.
        spare = Term("bound", "k0")
        exchanged = replaced(replaced(replaced(factors, {bound: spare}), {other: bound}), {spare: other})
        ways.append((_ordered(exchanged), swapped))
    ordered, (a, b, c, e) = min(ways, key=lambda way: text(way[0]))
    return Term(SUM, bound, a, b, Term(SUM, other, c, e, ordered))


def _ordered(factors: Term) -> Term:
    """Write factors in their order, after their indices have changed names."""
    return _product(_merged((), _factors(factors)))


def _factors(body: Term) -> Monomial:
    """List the factors of a body that is one product."""
    if body.op == "*":
        return _merged(_factors(body.args[0]), _factors(body.args[1]))
    if body.op == "pow" and body.args[1] > 0:
        return ((body.args[0], body.args[1]),)
    return ((body, 1),)


def holds(root: Node, part: Term) -> bool:
    """Tell whether a tree holds a term."""
    return any(node is part for node in walk(root))


def same(a: Relation, b: Relation, facts: Sequence[linear.Form] = ()) -> bool:
    """Tell whether two relations are the same by the rules of this module; quantifiers below others are as written."""
    if a.op == "forall":
        return a is b
    return a.op == b.op and all(
        same(x, y, facts) if isinstance(x, Relation) else canonical(x, facts) is canonical(y, facts)
        for x, y in zip(a.args, b.args, strict=True)
    )


def index_facts(ranges: Iterable[tuple[Term, Term, Term | None]], naturals: Iterable[Term]) -> list[linear.Form]:
    """List what is known of indices: those of ranges lie in them, the others are at least 1."""
    found = [linear.plus(linear.form(n), {None: Fraction(-1)}) for n in naturals]
    for index, low, high in ranges:
        found.append(linear.minus(index, low))
        if high is not None:
            found.append(linear.minus(high, index))
    return found
