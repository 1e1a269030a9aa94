"""Claim: one printed statement of a paper, its formal meaning, and the claims that it uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from regretlab.claims.language.terms import Relation
from regretlab.claims.language.verdict import VERDICTS
from regretlab.claims.statements import Statement, Theorem, check_relations
from regretlab.errors import InputError, unknown_name

#: The provenance of the printed text, in words.
SOURCES = {
    "": "as printed",
    "confirmed": "confirmed in the source's prose",
    "code": "read from the authors' published code",
    "reconstructed": "reconstructed: the exact text was not available",
}
CHANGES = ("", "algorithm", "constant", "hypothesis", "statement")


@dataclass(frozen=True)
class Claim:
    """One claim of a paper.

    Attributes
    ----------
    id : str
        ``Paper.local`` such as ``AdamBS.Eq16``; the corrected form of a claim has ``.corrected`` appended.
    paper : str
        The paper's title.
    at : str
        Where it stands: "Lemma 3, step (ii)".
    latex : str
        As printed.
    statement : Statement
        The formal statement.
    uses : tuple of str
        Ids of the claims it rests on, among them the lemmas of its theorem.
    exports : Relation, optional
        The conclusion handed to derivations that use it.
    expect : str
        The pinned verdict: one of :data:`regretlab.claims.language.verdict.VERDICTS`.
    corrected : Claim, optional
        The corrected form, with a certificate of its own.
    changes : {"", "algorithm", "constant", "hypothesis", "statement"}
        What the correction alters.
    source : {"", "confirmed", "code", "reconstructed"}
        How well the printed text is known.
    repaired_by : str
        Id of an established claim that, in a human's judgement, mends this derivation although its step is not formal.
    bounds : tuple of str
        Ids of :mod:`regretlab.bounds` that this claim is about.
    note : str
        What a reader should know.
    """

    id: str
    paper: str
    at: str
    latex: str
    statement: Statement
    uses: tuple[str, ...] = ()
    exports: Relation | None = None
    expect: str = "proved"
    corrected: Claim | None = None
    changes: str = ""
    source: str = ""
    repaired_by: str = ""
    bounds: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        check_id("claim", self.id)
        for name in ("paper", "at", "latex", "expect", "changes", "source", "repaired_by", "note"):
            if not isinstance(value := getattr(self, name), str):
                raise refuse(self.id, f"its {name} {value!r} is a {type(value).__name__}", "give a text")
        for name in ("uses", "bounds"):
            value = getattr(self, name)
            if isinstance(value, str) or not isinstance(value, Iterable) or not all(isinstance(v, str) for v in value):
                raise refuse(self.id, f"its {name} {value!r} is not a list of ids", f"write {name}=['an id', ...]")
            object.__setattr__(self, name, tuple(dict.fromkeys(value)))
        if isinstance(self.statement, Theorem):
            lemmas = (lemma.id for lemma in self.statement.lemmas)
            object.__setattr__(self, "uses", tuple(dict.fromkeys((*self.uses, *lemmas))))
        if any(isinstance(part, Theorem) and part.lemmas for part in _below(self.statement)):
            raise refuse(self.id, "a theorem that is a part of it uses claims", "make that theorem a claim of its own")
        if self.exports is not None:
            check_relations("exports", (self.exports,))
        if self.expect not in VERDICTS:
            raise unknown_name(f"verdict expected of claim {self.id}:", self.expect, VERDICTS)
        if self.source not in SOURCES:
            raise unknown_name(f"source mark of claim {self.id}:", self.source, filter(None, SOURCES))
        if self.changes not in CHANGES:
            raise unknown_name(f"kind of change of claim {self.id}:", self.changes, filter(None, CHANGES))

    @property
    def is_correction(self) -> bool:
        """Whether it is the corrected form of another claim."""
        return self.id.endswith(".corrected")

    def all(self) -> Sequence[Claim]:
        """Return the claim, and its corrected form if it has one."""
        return (self, self.corrected) if self.corrected else (self,)


def _below(statement: Statement) -> Iterator[Statement]:
    """Yield the parts of a statement, and theirs."""
    for part in statement.parts():
        yield part
        yield from _below(part)


#: The characters of an id: it names a file on every system.
_ID = re.compile(r"\w([\w., +-]*[\w+])?")
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{name}{k}" for name in ("COM", "LPT") for k in range(10))}
LONGEST_ID = 120


def check_id(of: str, id: Any) -> None:
    """Refuse an id that could not be the name of a certificate's file."""
    if not isinstance(id, str):
        raise InputError(f"the id {id!r} of a {of} is a {type(id).__name__}; give a text.")
    shown = f"{id[:40]!r}{' ...' if len(id) > 40 else ''}"
    if not _ID.fullmatch(id) or ".." in id:
        raise InputError(
            f"the id {shown} of a {of} is not made of letters, digits, spaces, '_', '-', '+', ',' and single dots; "
            "its certificate's file is named after it, so change it."
        )
    if len(id.encode()) > LONGEST_ID:
        raise InputError(f"the id {shown} of a {of} is longer than {LONGEST_ID} characters; shorten it.")
    if id.split(".")[0].upper() in _RESERVED:
        raise InputError(f"the id {shown} of a {of} begins with a name that Windows keeps for a device; change it.")


def refuse(claim: str, why: str, fix: str) -> InputError:
    """Make the error for a malformed claim: one sentence with its name and advice."""
    return InputError(f"claim {claim}: {why}; {fix}.")
