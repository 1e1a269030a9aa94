"""The ledger's entry of one claim."""

from __future__ import annotations

from dataclasses import dataclass

from regretlab.claims.statements.claim import Claim


@dataclass(frozen=True)
class Entry:
    """One line of the ledger.

    Attributes
    ----------
    claim : Claim
    verdict, level, words : str
        The effective verdict, its trust level and the certificate in words.
    because : tuple of str
        Ids the verdict rests on or is spoiled by.
    how : str
        "re-checked", "searched" or why there is no certificate.
    seconds : float
    assumes : tuple of str
        Exports that a step rests on and that are not what their claims say.
    ran : bool
        Whether functions of the file of claims were run to decide it, or what it rests on.
    error : str
        Why the claim could not be judged at all; empty if it could.
    parts : tuple of str
        Verdicts of the parts that a compound statement rests on.
    """

    claim: Claim
    verdict: str
    level: str = ""
    words: str = ""
    because: tuple[str, ...] = ()
    how: str = ""
    seconds: float = 0.0
    assumes: tuple[str, ...] = ()
    ran: bool = False
    error: str = ""
    parts: tuple[str, ...] = ()

    @property
    def as_pinned(self) -> bool:
        """Whether the verdict was reached and is the one that the claim pins."""
        return self.verdict == self.claim.expect and not self.error

    @property
    def trust(self) -> str:
        """The trust level, and whose functions were run."""
        return f"{self.level}, own functions" if self.ran and self.level else self.level
