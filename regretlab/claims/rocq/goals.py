"""What a claim says as propositions of Rocq, one for each part that has a certificate of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regretlab.claims.language.terms import Node, Relation, Term, all_of
from regretlab.claims.language.trees import conjuncts, obligations, symbols
from regretlab.claims.language.verdict import fields
from regretlab.claims.rocq.writing import Names, Writer
from regretlab.claims.statements import Both, Inequality, Statement

#: The path of a condition outside every case distinction.
ALWAYS = all_of(())


@dataclass(frozen=True)
class Leaf:
    """A statement that is no compound, with its part of the certificate."""

    statement: Statement
    form: str
    body: Any


def leaves(statement: Statement, form: str, body: Any) -> Iterator[Leaf]:
    """Yield the statements that a certificate is about, compounds taken apart."""
    if form != "compound":
        yield Leaf(statement, form, body)
        return
    (parts,) = fields(body, "parts")
    if isinstance(statement, Both) and len(parts) == 1 and "part" in parts[0]:
        yield from leaves(statement.statements[parts[0]["part"]], parts[0]["form"], parts[0]["body"])
        return
    for one, certificate in zip(statement.parts(), parts, strict=True):
        yield from leaves(one, certificate["form"], certificate["body"])


@dataclass
class Theorem:
    """A theorem of a file: its proposition, its proof, and what it needs beside the library.

    ``form`` is that of the certificate; ``why`` says what was not translated, in which case there is no proof.
    """

    form: str
    says: str = ""
    proof: list[str] = field(default_factory=list)
    imports: tuple[str, ...] = ()
    why: str = ""


def needed(relations: Iterable[Relation]) -> list[tuple[Relation, Relation]]:
    """List the conditions under which relations have a meaning, each once: pairs (on this path, this must hold)."""
    return list(dict.fromkeys(pair for relation in relations for pair in obligations(relation)))


def conditional(path: Relation, need: Relation, write: Writer) -> str:
    """Write a condition that matters on a path."""
    return write(need) if path is ALWAYS else f"({write(path)} -> {write(need)})"


class Scope:
    """The identifiers of a statement's symbols, and a writer that knows them."""

    def __init__(
        self,
        found: Sequence[Term],
        taken: Iterable[str] = (),
        sequences: Mapping[str, int] | None = None,
        called: Mapping[Term, str] | None = None,
    ) -> None:
        self.names = Names(taken)
        self.arity = dict(sequences or {})
        self.symbols = list(found)
        self.identifiers = {s: self.names((called or {}).get(s, s.args[0])) for s in found}
        texts: dict[Node, str] = {
            s: f"IZR {name}" if s.op in ("integer", "index") else name for s, name in self.identifiers.items()
        }
        self.sequences = {name: self.names(name) for name in self.arity}
        self.write = Writer(texts, self.sequences)

    def binders(self) -> str:
        """Write the symbols with their types, as a quantifier binds them."""
        groups: list[tuple[str, list[str]]] = []
        for symbol, name in self.identifiers.items():
            kind = "R" if symbol.op == "symbol" else "Z"
            if not groups or groups[-1][0] != kind:
                groups.append((kind, []))
            groups[-1][1].append(name)
        for name, count in self.arity.items():
            kind = f"{'Z -> ' * count}R"
            if not groups or groups[-1][0] != kind:
                groups.append((kind, []))
            groups[-1][1].append(self.sequences[name])
        if len(groups) == 1:
            return f"{' '.join(groups[0][1])} : {groups[0][0]}"
        return " ".join(f"({' '.join(some)} : {kind})" for kind, some in groups)


def universal(scope: Scope, given: Sequence[Relation], parts: Sequence[str]) -> str:
    """Write ``for all symbols, given -> parts``, a hypothesis to a line."""
    head = [f"forall {scope.binders()},"] if scope.symbols or scope.arity else []
    naturals = [f"(1 <= {name})%Z ->" for s, name in scope.identifiers.items() if s.op == "index"]
    lines = [*head, *naturals, *(f"{scope.write.operand(h)} ->" for h in given), " /\\\n  ".join(parts)]
    return "\n  ".join(lines)


def existential(scope: Scope, parts: Sequence[str]) -> str:
    """Write ``there are symbols with parts``."""
    head = [f"exists {scope.binders()},"] if scope.symbols else []
    return "\n  ".join([*head, " /\\\n  ".join(parts)])


def holds(statement: Inequality, scope: Scope) -> tuple[str, list[str]]:
    """Write that an inequality holds and means something: the proposition, and its parts."""
    conditions = [conditional(*pair, scope.write) for pair in needed((*statement.given, statement.show))]
    parts = [f"({c})" if "\\/" in c else c for c in conditions]
    parts += [scope.write.operand(part) for part in conjuncts(statement.show)]
    return universal(scope, statement.given, parts), parts


def fails(statement: Inequality, scope: Scope) -> str:
    """Write that the hypotheses hold somewhere, where every term has a meaning, and the conclusion is false."""
    conditions = [conditional(*pair, scope.write) for pair in needed((*statement.given, statement.show))]
    parts = [scope.write.operand(h) for h in statement.given] + conditions
    return existential(scope, [*parts, f"~ ({scope.write(statement.show)})"])


def means_nothing(statement: Inequality, path: Relation, need: Relation, scope: Scope) -> str:
    """Write that the hypotheses hold somewhere, where a term of the conclusion has no meaning."""
    conditions = [conditional(*pair, scope.write) for pair in needed(statement.given)]
    parts = [scope.write.operand(h) for h in statement.given] + conditions
    parts += [] if path is ALWAYS else [scope.write.operand(path)]
    return existential(scope, [*parts, f"~ ({scope.write(need)})"])


def scope_of(statement: Inequality) -> Scope:
    """Return the scope of an inequality."""
    return Scope(symbols(*statement.given, statement.show))
