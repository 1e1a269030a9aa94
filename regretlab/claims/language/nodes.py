"""Syntax trees, of which equal ones are the same object: their nodes, walked and written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, ClassVar, Self

#: The sign of each binary operator, and its precedence.
_INFIX = {"+": ("{} + {}", 1), "-": ("{} - {}", 1), "*": ("{}*{}", 2), "/": ("{}/{}", 2)}
_COMPARE = {"<=", "<", ">=", ">", "==", "!="}


class Node:
    """A node of a syntax tree; equal trees are the same object, so that identity is equality.

    ``children`` are the nodes among its ``args``.
    """

    __slots__ = ("args", "children", "op")
    _all: ClassVar[dict[tuple[Any, ...], Any]] = {}
    op: str
    args: tuple[Any, ...]
    children: tuple[Node, ...]

    def __new__(cls, op: str, *args: Any) -> Self:
        key = (cls, op, *((id(a) if isinstance(a, Node) else (type(a), a)) for a in args))
        node: Self | None = Node._all.get(key)
        if node is None:
            node = object.__new__(cls)
            node.op, node.args = op, args
            node.children = tuple(a for a in args if isinstance(a, Node))
            Node._all[key] = node
        return node

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return text(self)

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.op, *self.args)

    def __getstate__(self) -> None:
        """Have nothing that its arguments do not say."""


def walk(*roots: Node, below: Callable[[Node], Sequence[Node]] | None = None) -> Iterator[Node]:
    """Yield every node once, those ``below`` it, by default its children, before it."""
    if below is not None:
        return iter(_order(roots, below))
    if len(roots) == 1:
        return iter(_known_order(roots[0]))
    return iter(dict.fromkeys(node for root in roots for node in _known_order(root)))


@lru_cache(maxsize=1 << 12)
def _known_order(root: Node) -> tuple[Node, ...]:
    """Keep the orders of statements, which are walked again and again."""
    return tuple(_order((root,), None))


def _order(roots: Sequence[Node], below: Callable[[Node], Sequence[Node]] | None) -> list[Node]:
    order: list[Node] = []
    seen: set[Node] = set()
    stack: list[tuple[Node, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            for child in reversed(node.children if below is None else below(node)):
                if child not in seen:
                    stack.append((child, False))
    return order


@lru_cache(maxsize=1 << 12)
def text(root: Node) -> str:
    """Write the statement in one line of plain text, divisions and all; a claim's digest is taken of this text.

    Shared large parts are named once: ``... with u1 = ...``.
    """
    uses: dict[int, int] = {}
    size: dict[int, int] = {}
    for node in walk(root):
        size[id(node)] = 1 + sum(size[id(c)] for c in node.children)
        for child in node.children:
            uses[id(child)] = uses.get(id(child), 0) + 1
    named: dict[int, str] = {}
    written: dict[int, tuple[str, int]] = {}
    lines = []
    for node in walk(root):
        line, binding = _write(node, written)
        if uses.get(id(node), 0) > 1 and size[id(node)] > 12:
            named[id(node)] = f"u{len(named) + 1}"
            lines.append(f"{named[id(node)]} = {line}")
            line, binding = named[id(node)], 9
        written[id(node)] = (line, binding)
    return "; ".join([written[id(root)][0] + (" with" if lines else ""), *lines]).replace("with;", "with", 1)


def _digits(value: Fraction) -> str:
    """Write a fraction as text; one of thousands of digits to base 16, which has no limit."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) < 10_000:
        return str(value)
    return f"{value.numerator:#x}" + f"/{value.denominator:#x}" * (value.denominator > 1)


def _write(node: Node, written: dict[int, tuple[str, int]]) -> tuple[str, int]:
    def at(child: Node, binding: int) -> str:
        line, own = written[id(child)]
        return line if own >= binding else f"({line})"

    a = node.args
    simple: dict[str, Callable[[], tuple[str, int]]] = {
        "num": lambda: (_digits(a[0]), 9 if a[0].denominator == 1 and a[0] >= 0 else 0),
        **dict.fromkeys(("symbol", "integer", "index", "bound", "before"), lambda: (a[0], 9)),
        "entry": lambda: (f"{a[0]}[{', '.join(at(i, 0) for i in a[1:])}]", 9),
        "forall": lambda: (f"({at(a[3], -9)} for {a[0]} = {at(a[1], 0)}..{'' if a[2] is None else at(a[2], 0)})", 9),
        "sum": lambda: (f"sum({at(a[3], 0)}, {a[0]} = {at(a[1], 0)}..{at(a[2], 0)})", 9),
        "product": lambda: (f"product({at(a[3], 0)}, {a[0]} = {at(a[1], 0)}..{at(a[2], 0)})", 9),
        "power": lambda: (f"{at(a[0], 4)}^{at(a[1], 9)}", 3),
        "neg": lambda: (f"-{at(a[0], 2)}", 1),
        "pow": lambda: (f"{at(a[0], 4)}^{a[1] if a[1] >= 0 else f'({a[1]})'}", 3),
        "root": lambda: (f"sqrt({at(a[0], 0)})" if a[1] == 2 else f"root({at(a[0], 0)}, {a[1]})", 9),
    }
    if node.op in simple:
        return simple[node.op]()
    if node.op in _INFIX:
        shape, binding = _INFIX[node.op]
        return shape.format(at(a[0], binding), at(a[1], binding + (node.op in "-/"))), binding
    if node.op in _COMPARE:
        return f"{at(a[0], 1)} {node.op} {at(a[1], 1)}", -1
    if node.op in ("and", "or"):
        left = written[id(a[0])][0] if a[0].op == node.op else at(a[0], -1)
        return f"{left} {node.op} {at(a[1], -1)}", -2
    return f"{node.op}({', '.join(at(x, 0) for x in node.children)})", 9
