"""Indices, quantifiers and the substitution that respects them.

A range is bound in ``Sum``, ``Product`` and ``forall``. An index that is bound is a term of its own kind, which is no
free index whatever its name; replacing something below a range never lets a free index be bound by it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any, NamedTuple, TypeVar

from regretlab.claims.language.terms import Node, Relation, Term, declared, term, walk
from regretlab.errors import InputError

#: Operators that bind their first argument in their last one.
BINDERS = ("sum", "product", "forall")
AnyNode = TypeVar("AnyNode", bound=Node)


def index(names: str) -> Any:
    """Declare indices, which are natural numbers from 1: one for one name, else a tuple.

    Examples
    --------
    >>> t, T = index("t T")
    >>> t + 1 <= T
    t + 1 <= T
    """
    return declared("index", names, "index", "index('t T')")


def forall(over: Term, low: Any, high: Any, relation: Relation) -> Relation:
    """Write that a relation holds for every integer from ``low`` to ``high``, or without end if ``high`` is None.

    Examples
    --------
    >>> from regretlab.claims import real
    >>> t, T = index("t T")
    >>> forall(t, 1, T, real("a") <= t)
    (a <= t for t = 1..T)
    """
    if not isinstance(relation, Relation):
        raise InputError(f"{relation!r} is not a relation between terms, so it cannot hold for every {over!r}.")
    bound, body = closed(relation, over)
    return Relation("forall", bound, term(low), None if high is None else term(high), body)


def closed(body: AnyNode, over: Any) -> tuple[Term, AnyNode]:
    """Bind a free index or symbol in a body: the bound index, which no range of the body binds, and the new body."""
    if not isinstance(over, Term) or over.op not in ("symbol", "integer", "index"):
        raise InputError(f"the index {over!r} of a range is not a symbol; declare it with index('i').")
    bound = Term("bound", unused(over.args[0], _bounds(body)))
    return bound, replaced(body, {over: bound})


def replaced(root: AnyNode, values: Mapping[Term, Any]) -> AnyNode:
    """Replace free indices, symbols and bound indices by terms, below ranges too, whose own index they do not touch.

    No index that is put in becomes bound: a range whose index has its name gets another name.
    """
    put = {key: term(value) for key, value in values.items()}
    bounds = {n.args[0] for value in put.values() for n in walk(value) if n.op == "bound"}
    made: AnyNode = _replaced(root, {id(key): value for key, value in put.items()}, bounds)
    return made


def _replaced(root: Node, values: dict[int, Any], bounds: set[str]) -> Any:
    made = dict(values)

    def outside(node: Node) -> list[Node]:
        """List what is below a node and not bound by it, up to what is replaced."""
        parts = () if id(node) in values else node.args[1:3] if node.op in BINDERS else node.args
        return [part for part in parts if isinstance(part, Node)]

    for node in walk(root, below=outside):
        if id(node) in made:
            continue
        if node.op in BINDERS:
            bound, body = node.args[0], node.args[3]
            limits = [made[id(a)] if isinstance(a, Node) else a for a in node.args[1:3]]
            inner = {key: value for key, value in values.items() if key != id(bound)}
            if bound.args[0] in bounds:
                bound = Term("bound", unused(bound.args[0], bounds | _bounds(body)))
                inner[id(node.args[0])] = bound
            made[id(node)] = type(node)(node.op, bound, *limits, _replaced(body, inner, bounds | {bound.args[0]}))
        else:
            args = [made[id(a)] if isinstance(a, Node) else a for a in node.args]
            made[id(node)] = type(node)(node.op, *args)
    return made[id(root)]


def _bounds(root: Node) -> set[str]:
    return {n.args[0] for n in walk(root) if n.op == "bound"}


def unused(name: str, taken: Container[str]) -> str:
    """Return the name with as many primes as make it new."""
    while name in taken:
        name += "'"
    return name


def written(make: Callable[..., Any], *names: str) -> tuple[tuple[Term, ...], Term]:
    """Write a term about indices of these names by a function: the indices, which no range of the term binds, and it.

    The function is called with indices that no file can declare; one whose name is taken in the term gets primes.

    Examples
    --------
    >>> from regretlab.claims import Sum, sequence
    >>> x, t = sequence("x"), index("t")
    >>> written(lambda i: Sum(x[i, t], (t, 1, i)), "t")
    ((t',), sum(x[t', t], t = 1..t'))
    """
    hidden = [Term("index", f"{name} of {k}") for k, name in enumerate(names)]
    made = term(make(*hidden))
    taken, found = {n.args[0] for n in indices(made)} | _bounds(made), []
    for name in names:
        found.append(Term("index", unused(name, taken)))
        taken.add(found[-1].args[0])
    return tuple(found), replaced(made, dict(zip(hidden, found, strict=True)))


class Fresh:
    """Names that nothing else has: ``t``, ``t'``, ``t''``."""

    def __init__(self, *roots: Node) -> None:
        self.taken = {n.args[0] for n in walk(*roots) if n.op in ("index", "symbol", "integer")}

    def index(self, name: str) -> Term:
        """Return a free index of a name like this one that has not been used."""
        name = unused(name, self.taken)
        self.taken.add(name)
        return Term("index", name)


class Range(NamedTuple):
    """An index that runs over the integers from ``low`` to ``high``, or without end."""

    free: Term
    low: Term
    high: Term | None


def opened(relation: Relation, fresh: Fresh) -> tuple[list[Range], Relation]:
    """Take the quantifiers off a relation: the ranges of new free indices, and what is said of them."""
    ranges = []
    while relation.op == "forall":
        bound, low, high, body = relation.args
        free = fresh.index(bound.args[0])
        ranges.append(Range(free, low, high))
        relation = replaced(body, {bound: free})
    return ranges, relation


def over(ranges: list[Range], relation: Relation) -> Relation:
    """Put quantifiers before a relation: the opposite of :func:`opened`."""
    for r in reversed(ranges):
        relation = forall(r.free, r.low, r.high, relation)
    return relation


def loose(root: Node) -> set[Term]:
    """Collect the bound indices that stand outside their ranges."""
    found: dict[int, set[Term]] = {}
    for node in walk(root):
        below: set[Any] = {node} if node.op == "bound" else set()
        if node.op in BINDERS:
            below |= found[id(node.args[3])] - {node.args[0]}
            children = [end for end in node.args[1:3] if end is not None]
        else:
            children = list(node.children)
        found[id(node)] = below.union(*(found[id(child)] for child in children))
    return found[id(root)]


def indices(*roots: Node) -> list[Term]:
    """List the free indices of the trees, in order of appearance."""
    return [n for n in walk(*roots) if n.op == "index"]  # type: ignore[misc]
