"""The ledger's entry of one claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

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
    uses : tuple of Entry
        The entries of the claims that it uses, which have their own.
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
    uses: tuple[Entry, ...] = field(default=(), repr=False, compare=False)

    @property
    def as_pinned(self) -> bool:
        """Whether the verdict was reached and is the one that the claim pins."""
        return self.verdict == self.claim.expect and not self.error

    @property
    def trust(self) -> str:
        """The trust level, and whose functions were run."""
        return f"{self.level}, own functions" if self.ran and self.level else self.level

    def tree(self) -> Iterator[tuple[int, Entry, bool]]:
        """Yield what it rests on, from the top down: depth, entry, and whether what is below it was yielded before."""
        seen: set[str] = set()
        waiting = [(0, entry) for entry in reversed(self.uses)]
        while waiting:
            depth, entry = waiting.pop()
            again = bool(entry.uses) and entry.claim.id in seen
            yield depth, entry, again
            if not again:
                seen.add(entry.claim.id)
                waiting += [(depth + 1, below) for below in reversed(entry.uses)]
