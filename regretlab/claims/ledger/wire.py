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
from regretlab.claims.language.data import Unreadable, Unwritable, nodes, tree
from regretlab.claims.language.definitions import Definition
from regretlab.claims.language.terms import Node
from regretlab.claims.ledger.certificate import digest
from regretlab.claims.statements.claim import Claim
from regretlab.errors import InputError

_MADE: dict[str, type] = {name: getattr(s, name) for name in s.__all__ if isinstance(getattr(s, name), type)}
_MADE["Definition"] = Definition


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
    except (
        KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, ZeroDivisionError,
    ) as error:  # fmt: skip
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
        return {"term": nodes(value)}
    if isinstance(value, s.Kink):
        return {"kink": [_written(part) for part in value]}
    if isinstance(value, (tuple, list)):
        return [_written(item) for item in value]
    if isinstance(value, Mapping):
        return {"map": [[_written(k), _written(v)] for k, v in value.items()]}
    if type(value) in _MADE.values():
        return {"made": [type(value).__name__, {f.name: _written(getattr(value, f.name)) for f in fields(value)}]}
    raise Unwritable(f"a {type(value).__name__}")


def _read(data: Any) -> Any:
    if data is None or isinstance(data, (bool, str)):
        return data
    if isinstance(data, list):
        return tuple(_read(item) for item in data)
    ((tag, inner),) = data.items()
    return _TAGS[tag](inner)


def _made(inner: Any) -> Any:
    name, details = inner
    return _MADE[name](**{k: _read(v) for k, v in details.items()})


def _rational(text: str) -> Fraction:
    top, bottom = (int(part, 16) for part in text.split("/"))
    return Fraction(top, bottom)


_TAGS: dict[str, Callable[[Any], Any]] = {
    "int": lambda text: int(text, 16),
    "q": _rational,
    "term": tree,
    "kink": lambda parts: s.Kink(*map(_read, parts)),
    "map": lambda pairs: {_read(k): _read(v) for k, v in pairs},
    "made": _made,
}
