"""Claims as data: what a process that has run a file of claims tells one that never will.

Plain lists, texts and numbers; a term is a list of nodes, each naming earlier ones. Reading makes every node and every
statement again, through the constructors that check them, and knows no other classes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any

from regretlab.claims import statements as s
from regretlab.claims.language.terms import Node, Relation, Term, walk
from regretlab.claims.ledger.certificate import digest
from regretlab.claims.statements.claim import Claim
from regretlab.errors import InputError

#: The arguments of operators of terms and relations: a term, a relation, a rational, an integer, a name.
TERMS = {
    "num": "q", "symbol": "s", "integer": "s", "neg": "t", "abs": "t", "exp": "t", "log": "t", "pow": "ti",
    "root": "ti", "+": "tt", "-": "tt", "*": "tt", "/": "tt", "max": "tt", "min": "tt", "where": "rtt",
}  # fmt: skip
RELATIONS = dict.fromkeys(("<=", "<", ">=", ">", "==", "!="), "tt") | {"and": "rr", "or": "rr", "not": "r"}
_STATEMENTS: dict[str, type[s.Statement]] = {
    name: getattr(s, name) for name in s.__all__ if isinstance(getattr(s, name), type)
}


class Unwritable(Exception):
    """A value that is not plain data, such as a function."""


class Unreadable(Exception):
    """Data that no claim is written as."""


def claim_to_data(claim: Claim) -> dict[str, Any]:
    """Write a claim and its corrected form as data."""
    found: dict[str, Any] = {}
    for field in fields(Claim):
        value = getattr(claim, field.name)
        if field.name == "statement":
            found["statement"] = _statement(value)
        elif field.name == "corrected":
            found["corrected"] = claim_to_data(value) if value else None
        else:
            found[field.name] = _written(value)
    return found


def _statement(statement: s.Statement) -> Any:
    """Write a statement, in words and by its digest where it is made of functions or of the file's own method."""
    try:
        data = _written(statement)
    except Unwritable:
        data = None
    if data is not None and not isinstance(statement, s.RegretBound):
        return data
    return {"in file": [statement.kind, statement.text(), digest(statement)], "data": data}


def claim_from_data(data: Any) -> Claim:
    """Read the claim that :func:`claim_to_data` wrote.

    Raises
    ------
    Unreadable
        For any other data.
    InputError
        For a claim that its own class refuses.
    """
    try:
        details = {name: value for name, value in data.items() if name not in ("statement", "corrected")}
        details = {name: _read(value) for name, value in details.items()}
        corrected = claim_from_data(data["corrected"]) if data["corrected"] else None
        return Claim(**details, statement=_statement_from(data["statement"]), corrected=corrected)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from None


def _statement_from(data: Any) -> s.Statement:
    if isinstance(data, dict) and "in file" in data:
        try:
            found = _read(data["data"])
        except InputError:  # a bound or method that only the file knows
            found = None
        if found is None:
            return s.InFile(*map(str, data["in file"]))
    else:
        found = _read(data)
    if not isinstance(found, s.Statement):
        raise Unreadable("no statement")
    return found


def _written(value: Any) -> Any:
    if value is None or type(value) in (bool, str):
        return value
    if type(value) is int:
        return {"int": f"{value:x}"}  # decimal digits have a limit
    if isinstance(value, Fraction):
        return {"q": f"{value.numerator:x}/{value.denominator:x}"}
    if isinstance(value, Node):
        return {"term": _nodes(value)}
    if isinstance(value, s.Kink):
        return {"kink": [_written(part) for part in value]}
    if isinstance(value, (tuple, list)):
        return [_written(item) for item in value]
    if isinstance(value, Mapping):
        return {"map": [[_written(k), _written(v)] for k, v in value.items()]}
    if type(value) in _STATEMENTS.values():
        return {"made": [type(value).__name__, {f.name: _written(getattr(value, f.name)) for f in fields(value)}]}
    raise Unwritable(f"a {type(value).__name__}")


def _read(data: Any) -> Any:
    if data is None or isinstance(data, (bool, str)):
        return data
    if isinstance(data, list):
        return tuple(_read(item) for item in data)
    ((tag, inner),) = data.items()
    return _TAGS[tag](inner)


def _made(inner: Any) -> s.Statement:
    name, details = inner
    return _STATEMENTS[name](**{k: _read(v) for k, v in details.items()})


def _nodes(root: Node) -> list[Any]:
    numbers: dict[int, int] = {}
    lines: list[Any] = []
    for node in walk(root):
        takes = (RELATIONS if isinstance(node, Relation) else TERMS).get(node.op)
        if takes is None:
            raise Unwritable(f"the operator {node.op}")
        parts = [numbers[id(a)] if t in "tr" else _written(a) for t, a in zip(takes, node.args, strict=True)]
        numbers[id(node)] = len(lines)
        lines.append([node.op, *parts])
    return lines


def _node(lines: Any) -> Node:
    made: list[Node] = []
    for op, *parts in lines:
        known = Relation if op in RELATIONS else Term
        takes = RELATIONS[op] if op in RELATIONS else TERMS[op]
        made.append(known(op, *(_argument(t, p, made) for t, p in zip(takes, parts, strict=True))))
    return made[-1]


def _argument(takes: str, part: Any, made: list[Node]) -> Any:
    if takes in "tr":
        node = made[part]
        if part < 0 or not isinstance(node, Term if takes == "t" else Relation):
            raise Unreadable(f"a {type(node).__name__} out of place")
        return node
    value = _read(part)
    if type(value) is not {"q": Fraction, "i": int, "s": str}[takes]:
        raise Unreadable(f"a {type(value).__name__} out of place")
    return value


def _rational(text: str) -> Fraction:
    top, bottom = (int(part, 16) for part in text.split("/"))
    return Fraction(top, bottom)


_TAGS: dict[str, Callable[[Any], Any]] = {
    "int": lambda text: int(text, 16),
    "q": _rational,
    "term": _node,
    "kink": lambda parts: s.Kink(*map(_read, parts)),
    "map": lambda pairs: {_read(k): _read(v) for k, v in pairs},
    "made": _made,
}
