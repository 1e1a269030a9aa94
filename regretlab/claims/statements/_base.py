"""The base of all kinds of statements."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from regretlab.claims.language.nodes import walk
from regretlab.claims.language.terms import Node, Relation, Term, all_of, text
from regretlab.claims.language.trees import symbols
from regretlab.errors import InputError


class Statement(ABC):
    """The formal content of a claim; subclasses are frozen dataclasses."""

    kind: ClassVar[str]

    @abstractmethod
    def text(self) -> str:
        """Write the statement in one line."""

    def sections(self) -> dict[str, list[str]]:
        """Write the statement for a page: lines under the words that introduce them, in order."""
        return {"": [self.text()]}

    def meaning(self) -> str:
        """Write the text that, with :meth:`functions`, determines the digest: without the source of functions."""
        parts = self.parts() if self.functions() else ()
        return "; ".join(f"{p.kind}: {p.meaning()}" for p in parts) or self.text()

    def functions(self) -> tuple[Callable[..., Any], ...]:
        """Return the Python functions of the statement and of its parts; their source enters the digest."""
        return tuple(function for part in self.parts() for function in part.functions())

    def parts(self) -> tuple[Statement, ...]:
        """Return the statements that a compound statement is made of."""
        return ()


@dataclass(frozen=True)
class Malformed(Statement):
    """Content of a file of claims that is no statement; ``why`` is the sentence that refuses it."""

    why: str
    kind: ClassVar[str] = "malformed"

    def text(self) -> str:
        return f"malformed: {self.why}"


def check_relations(where: str, found: Sequence[Any]) -> None:
    """Refuse anything but relations between terms."""
    for relation in found:
        if isinstance(relation, Relation):
            continue
        if isinstance(relation, bool) or type(relation).__name__ in ("BooleanTrue", "BooleanFalse"):
            raise InputError(
                f"{where} holds the truth value {relation}: Python or sympy decided the relation before it could be "
                "checked; declare its symbols with regretlab.claims.real."
            )
        raise InputError(f"{where} holds {relation!r}, which is not a relation between real() terms, like a + b <= c.")


def of_reals(kind: str, *parts: Any) -> None:
    """Refuse indices, entries and sums in a statement about single numbers."""
    for node in walk(*(part for part in parts if isinstance(part, Node))):
        if node.op in ("index", "bound", "entry", "sum", "product", "power", "forall"):
            raise InputError(f"{kind} is about single numbers, and {text(node)} is not; state it with theorem(...).")


def statements_only(kind: str, found: Sequence[Any]) -> None:
    """Refuse anything but statements."""
    for one in found:
        if not isinstance(one, Statement):
            raise InputError(
                f"{kind} is made of statements, and {one!r:.60} is none; write one, like inequality(show=...)."
            )


def under(given: Sequence[Relation]) -> str:
    """Write the hypotheses as the beginning of a line."""
    return f"{text(all_of(given))} => " if given else ""


def laid_out(
    names: Mapping[str, Sequence[str]], given: Sequence[Relation], show: Relation, where: Sequence[Relation] = ()
) -> dict[str, list[str]]:
    """Write a statement for a page, one hypothesis to a line, after its names by what they stand for."""
    return {
        **{words: [", ".join(some)] for words, some in names.items() if some},
        "if": list(map(_quantified, given)),
        "where": list(map(_quantified, where)),
        "then": [_quantified(show)],
    }


def _quantified(relation: Relation) -> str:
    """Write a relation after the ranges of its indices, the outermost first."""
    body, ranges = relation, []
    while body.op == "forall":
        index, low, high, body = body.args
        ranges.append(f"{text(index)} = {text(low)}..{'' if high is None else text(high)}")
    return f"for {', '.join(ranges)}: {text(body)}" if ranges else text(body)


def speaks_only_of(node: Node, known: Sequence[Term]) -> None:
    """Refuse symbols that the statement does not quantify over."""
    for symbol in symbols(node):
        if not any(symbol is k for k in known):
            raise InputError(
                f"the symbol {symbol} is undefined in {text(node)}; "
                f"the statement speaks of {', '.join(map(text, known))} only."
            )
