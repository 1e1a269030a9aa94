"""Certificates: small JSON files that a checker can accept or reject on their own."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from regretlab.claims.language.verdict import Rejected, fields
from regretlab.claims.ledger.fingerprint import fingerprint
from regretlab.claims.statements import InFile, Statement
from regretlab.errors import InputError
from regretlab.system.files import atomically

#: Changes when the meaning of statements or certificates changes; older certificates are then stale.
FORMAT = 1
#: Bytes of a certificate, and digits of an integer in one: many times those of the largest that a search has found.
LARGEST, MOST_DIGITS = 5_000_000, 9
#: Characters of a line, if a part of a certificate fits.
WIDTH = 120
#: Libraries whose versions a certificate records.
TOOLS = ("sympy", "mpmath", "z3-solver", "python-flint", "cvc5", "clarabel")


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError(f"the integer {text[:20]}... has more than {MOST_DIGITS} digits")
    return int(text)


def _no_number(text: str) -> None:
    raise ValueError(f"{text[:20]} is not an exact number")


def digest(statement: Statement) -> str:
    """Hash the subject of a certificate: the statement's text and its functions' meaning, under any Python alike."""
    if isinstance(statement, InFile):
        return statement.sign
    content = f"{FORMAT}\n{statement.kind}\n{statement.meaning()}\n{fingerprint(statement.functions())}"
    return hashlib.sha256(content.encode()).hexdigest()


def tools() -> dict[str, str]:
    """Return the versions of the libraries that a search runs with."""
    found = {}
    for name in TOOLS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _laid_out(value: Any, depth: int) -> str:
    """Write JSON with what fits into one line in one line, and else a line for each part."""
    short = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if len(short) + depth <= WIDTH or not isinstance(value, (dict, list)):
        return short
    inside, before = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, list):
        return f"[{inside}{f',{inside}'.join(_laid_out(part, depth + 1) for part in value)}{before}]"
    parts = (f"{json.dumps(key, ensure_ascii=False)}: {_laid_out(value[key], depth + 1)}" for key in sorted(value))
    return f"{{{inside}{f',{inside}'.join(parts)}{before}}}"


@dataclass(frozen=True)
class Certificate:
    """A claim of having decided a statement. It carries no verdict: that is the checker's to give.

    Attributes
    ----------
    claim, digest : str
        The claim's id and the digest of the statement it was found for.
    form : str
        One of :data:`regretlab.claims.checkers.FORMS`.
    body : dict
        The fields of that form, and no others.
    tools : dict
        Versions of the libraries the search ran with, for the record.
    """

    claim: str
    digest: str
    form: str
    body: dict[str, Any]
    tools: dict[str, str]

    @property
    def seal(self) -> str:
        """A hash over everything else, so that a file that was edited by hand is recognised."""
        return hashlib.sha256(json.dumps(vars(self), sort_keys=True).encode()).hexdigest()

    def write(self, path: Path) -> None:
        """Write the file completely or not at all."""
        content = {"format": FORMAT, **vars(self), "seal": self.seal}
        text = _laid_out(content, 0) + "\n"
        try:
            with atomically(path) as partial:
                partial.write_text(text, encoding="utf-8")
        except OSError as error:
            raise InputError(f"the certificate {path} cannot be written: {error.strerror or error}.") from None

    @classmethod
    def read(cls, path: Path) -> Certificate:
        """Read a file; a broken, foreign or edited one is :class:`Rejected`."""
        try:
            if not path.is_file():
                raise Rejected(f"{path.name} is not a file")
            if (size := path.stat().st_size) > LARGEST:
                raise Rejected(f"{path.name} has {size} bytes; a certificate has at most {LARGEST}")
            content = json.loads(
                path.read_text(encoding="utf-8"), parse_int=_integer, parse_float=_no_number, parse_constant=_no_number
            )
        except (OSError, ValueError, RecursionError) as error:
            why = "it is nested too deeply" if isinstance(error, RecursionError) else error
            raise Rejected(f"{path.name} cannot be read: {why}") from None
        names = ("claim", "digest", "form", "body", "tools")
        version, seal, *values = fields(content, "format", "seal", *names)
        if version != FORMAT:
            raise Rejected(f"{path.name} has format {version}, this version reads {FORMAT}; search again")
        if list(map(type, values)) != [str, str, str, dict, dict]:
            raise Rejected(f"{path.name} is not written as certificates are")
        found = cls(*values)
        try:
            sealed = found.seal == seal
        except RecursionError:
            raise Rejected(f"{path.name} cannot be read: it is nested too deeply") from None
        if not sealed:
            raise Rejected(f"{path.name} was edited after it was written")
        return found
