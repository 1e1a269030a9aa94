"""Case distinctions: maxima, minima, absolute values and ``where`` taken apart, one test after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from regretlab.claims.language.terms import ZERO, Node, Relation, Term, walk
from regretlab.claims.rocq.writing import Writer

CHOICES = ("max", "min", "abs", "where")


def atomic(root: Any) -> Any:
    """Write every case distinction with tests ``<=``, ``<`` and ``==`` alone, as :class:`Writer` does."""
    made: dict[int, Any] = {}
    for node in walk(root):
        args = [made[id(a)] if isinstance(a, Node) else a for a in node.args]
        made[id(node)] = _choice(*args) if node.op == "where" else type(node)(node.op, *args)
    return made[id(root)]


def _choice(test: Any, yes: Any, no: Any) -> Term:
    a = test.args
    match test.op:
        case ">=" | ">":
            return Term("where", Relation("<=" if test.op == ">=" else "<", a[1], a[0]), yes, no)
        case "!=":
            return Term("where", Relation("==", *a), no, yes)
        case "and":
            return _choice(a[0], _choice(a[1], yes, no), no)
        case "or":
            return _choice(a[0], yes, _choice(a[1], yes, no))
        case "not":
            return _choice(a[0], no, yes)
    return Term("where", test, yes, no)


@dataclass(frozen=True)
class Split:
    """A test, the hypotheses that it leaves in both cases, and what rewrites the goal there."""

    test: Relation
    node: Term

    @classmethod
    def first(cls, *roots: Node) -> Split | None:
        """Return the first test whose sides have no choice left in them."""
        inside: dict[int, bool] = {}
        for node in walk(*roots):
            below = any(inside[id(c)] for c in node.children)
            inside[id(node)] = below or node.op in CHOICES
            tested = node.args[0] if node.op == "where" else node
            if node.op in CHOICES and not any(inside[id(c)] for c in tested.children):
                return cls(_test(node), node)  # type: ignore[arg-type]
        return None

    def chosen(self, yes: bool) -> Term:
        """Return what the choice is in one case."""
        a = self.node.args
        match self.node.op:
            case "max":
                found = a[1] if yes else a[0]
            case "min":
                found = a[0] if yes else a[1]
            case "abs":
                found = a[0] if yes else Term("neg", a[0])
            case _:
                found = a[1] if yes else a[2]
        return found  # type: ignore[no-any-return]

    def resolved(self, root: Any, yes: bool) -> Any:
        """Put in what the choice is in one case; of all distinctions with the same test."""
        made: dict[int, Any] = {}
        for node in walk(root):
            if self.node.op != "where" and node is self.node:
                made[id(node)] = self.chosen(yes)
                continue
            args = [made[id(a)] if isinstance(a, Node) else a for a in node.args]
            if node.op == "where" == self.node.op and args[0] is self.test:
                made[id(node)] = args[1] if yes else args[2]
            else:
                made[id(node)] = type(node)(node.op, *args)
        return made[id(root)]

    def hypothesis(self, yes: bool) -> Relation:
        """Return what is known in one case."""
        return self.test if yes else ~self.test

    def destruct(self, write: Writer, name: str) -> str:
        """Write the distinction."""
        by = {"<=": "Rle_dec", "<": "Rlt_dec", "==": "Req_EM_T"}[self.test.op]
        return f"destruct ({by} {write.atom(self.test.args[0])} {write.atom(self.test.args[1])}) as [{name} | {name}]."

    def enter(self, write: Writer, name: str, yes: bool) -> Iterator[str]:
        """Write what puts the choice into the goal of one case."""
        if not yes:
            weaker = {"<=": "Rnot_le_lt", "<": "Rnot_lt_le"}.get(self.test.op)
            yield from [f"apply {weaker} in {name}."] if weaker else []
        if self.node.op != "where":
            sides = " ".join(write.atom(a) for a in self.node.args)
            lemma = {
                ("max", True): "Rmax_right", ("max", False): "Rmax_left", ("min", True): "Rmin_left",
                ("min", False): "Rmin_right", ("abs", True): "Rabs_right", ("abs", False): "Rabs_left",
            }[self.node.op, yes]  # fmt: skip
            yield f"rewrite ?({lemma} {sides}) by lra."


def _test(node: Any) -> Relation:
    if node.op == "where":
        return node.args[0]  # type: ignore[no-any-return]
    if node.op == "abs":
        return Relation("<=", ZERO, node.args[0])
    return Relation("<=", *node.args)
