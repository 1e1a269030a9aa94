"""Claim: one printed statement of a paper, its formal meaning, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from regretlab.claims.statements import Statement
from regretlab.claims.terms import Relation
from regretlab.claims.verdict import VERDICTS
from regretlab.errors import InputError, closest

#: How well the printed text is known.
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
        Ids of the claims it rests on.
    exports : Relation, optional
        The conclusion handed to derivations that use it.
    expect : str
        The pinned verdict: one of :data:`regretlab.claims.verdict.VERDICTS`.
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
        if self.expect not in VERDICTS:
            raise closest(f"verdict expected of claim {self.id}:", self.expect, VERDICTS)
        if self.source not in SOURCES:
            raise closest(f"source mark of claim {self.id}:", self.source, filter(None, SOURCES))
        if self.changes not in CHANGES:
            raise closest(f"kind of change of claim {self.id}:", self.changes, filter(None, CHANGES))

    @property
    def is_correction(self) -> bool:
        """Whether it is the corrected form of another claim."""
        return self.id.endswith(".corrected")

    def all(self) -> Sequence[Claim]:
        """The claim, and its corrected form if it has one."""
        return (self, self.corrected) if self.corrected else (self,)


def refuse(claim: str, why: str, fix: str) -> InputError:
    """The error for a malformed claim: one sentence that names it and says what to do."""
    return InputError(f"claim {claim}: {why}; {fix}.")
