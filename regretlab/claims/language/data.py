"""Syntax trees as data: a list of nodes, each naming earlier ones, as certificates and processes pass them on.

Reading makes every node again through its constructor, and knows no other operators.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from regretlab.claims.language.terms import Node, Relation, Term, walk

#: The arguments of operators: a term (t), a relation (r), a bound index (b), a rational (q), an integer (i), a
#: name (s), the order of a root (n); ``*`` is any number of terms, ``?`` a term or nothing.
TERMS = {
    "num": "q", "symbol": "s", "integer": "s", "index": "s", "bound": "s", "neg": "t", "abs": "t", "exp": "t",
    "log": "t", "pow": "ti", "root": "tn", "power": "tt", "+": "tt", "-": "tt", "*": "tt", "/": "tt", "max": "tt",
    "min": "tt", "where": "rtt", "entry": "s*", "sum": "bttt", "product": "bttt",
}  # fmt: skip
RELATIONS = dict.fromkeys(("<=", "<", ">=", ">", "==", "!="), "tt") | {
    "and": "rr", "or": "rr", "not": "r", "forall": "bt?r",
}  # fmt: skip


class Unwritable(Exception):
    """A value that is not plain data, such as a function."""


class Unreadable(Exception):
    """Data that nothing is written as."""


def nodes(root: Node) -> list[Any]:
    """Write a tree as a list of ``[operator, arguments...]``: of nodes their places in the list."""
    numbers: dict[int, int] = {}
    lines: list[Any] = []
    for node in walk(root):
        takes = (RELATIONS if isinstance(node, Relation) else TERMS).get(node.op)
        if takes is None:
            raise Unwritable(f"the operator {node.op}")
        takes += "t" * (len(node.args) - len(takes)) if takes.endswith("*") else ""
        args = [numbers[id(a)] if isinstance(a, Node) else _plain(a) for a in node.args]
        numbers[id(node)] = len(lines)
        lines.append([node.op, *args])
    return lines


def _plain(value: Any) -> Any:
    """Write a number to base 16, in which its digits have no limit."""
    if isinstance(value, Fraction):
        return f"{value.numerator:x}/{value.denominator:x}"
    return f"{value:x}" if type(value) is int else value


def tree(lines: Any) -> Node:
    """Read the tree that :func:`nodes` wrote.

    Raises
    ------
    Unreadable
        For any other data.
    """
    made: list[Node] = []
    try:
        for op, *parts in lines:
            known = Relation if op in RELATIONS else Term
            takes = RELATIONS[op] if op in RELATIONS else TERMS[op]
            if takes.endswith("*"):
                takes = takes[:-1] + "t" * (len(parts) - len(takes) + 1)
            made.append(known(op, *(_argument(t, p, made) for t, p in zip(takes, parts, strict=True))))
        return made[-1]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from None


def _argument(takes: str, part: Any, made: list[Node]) -> Any:
    if takes == "?" and part is None:
        return None
    if takes in "trb?":
        if type(part) is not int or part < 0:
            raise Unreadable(f"{part!r} is no place of a node")
        node = made[part]
        if not isinstance(node, Relation if takes == "r" else Term) or (takes == "b" and node.op != "bound"):
            raise Unreadable(f"a {type(node).__name__} out of place")
        return node
    if takes == "q":
        top, bottom = (int(p, 16) for p in part.split("/"))
        return Fraction(top, bottom)
    if type(part) is not str:
        raise Unreadable(f"a {type(part).__name__} out of place")
    if takes == "s":
        return part
    value = int(part, 16)
    if takes == "n" and value < 2:
        raise Unreadable(f"a root of order {value}")
    return value
