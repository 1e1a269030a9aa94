"""Questions to a syntax tree: its symbols, the conditions under which it is defined, and substitution into it."""

from __future__ import annotations

from typing import Any, TypeVar

from regretlab.claims.language.terms import Node, Relation, Term, all_of, term, walk


def symbols(*roots: Node) -> list[Term]:
    """List the symbols of the trees, in order of appearance."""
    return [n for n in walk(*roots) if n.op in ("symbol", "integer")]  # type: ignore[misc]


AnyNode = TypeVar("AnyNode", bound=Node)


def substitute(root: AnyNode, values: dict[Term, Any]) -> AnyNode:
    """Replace symbols of a tree by terms."""
    done: dict[int, Any] = {id(s): term(v) for s, v in values.items()}
    for node in walk(root):
        if id(node) not in done:
            args = [done[id(a)] if isinstance(a, Node) else a for a in node.args]
            done[id(node)] = type(node)(node.op, *args)
    made: AnyNode = done[id(root)]
    return made


def conjuncts(relation: Any) -> list[Relation]:
    """Split a conjunction into its parts, from left to right."""
    waiting, found = [relation], []
    while waiting:
        part = waiting.pop()
        if part.op == "and":
            waiting += reversed(part.args)
        else:
            found.append(part)
    return found


def condition(node: Node) -> Relation | None:
    """Return the condition under which a node has a value where its parts have one; None if it always has."""
    need: Relation | None = None
    if node.op == "/":
        need = node.args[1] != 0 if node.args[1].op != "num" or node.args[1].args[0] == 0 else None
    elif node.op == "pow" and node.args[1] <= 0:
        need = node.args[0] != 0
    elif node.op == "root" and (node.args[0].op != "num" or node.args[0].args[0] < 0):
        need = node.args[0] >= 0
    elif node.op == "log":
        need = node.args[0] > 0
    return need


def obligations(root: Node) -> list[tuple[Relation, Relation]]:
    """List the conditions under which the tree has a meaning: pairs (on this path, this must be true).

    A divisor must not be zero, the argument of an even root not negative, that of a logarithm positive, the base of a
    negative power not zero. Inside ``where`` only the branch taken matters.
    """
    true = all_of(())
    found: dict[tuple[int, int], tuple[Relation, Relation]] = {}

    def visit(node: Node, path: Relation, seen: set[tuple[int, int]]) -> None:
        if (id(node), id(path)) in seen:
            return
        seen.add((id(node), id(path)))
        need = condition(node)
        if need is not None:
            found[id(path), id(need)] = (path, need)
        if node.op == "where":
            test, a, b = node.args
            visit(test, path, seen)
            visit(a, test if path is true else path & test, seen)
            visit(b, ~test if path is true else path & ~test, seen)
        else:
            for child in node.children:
                visit(child, path, seen)

    visit(root, true, set())
    return list(found.values())
