"""A statement whose meaning is in the functions of a claims file."""

from __future__ import annotations

from dataclasses import dataclass

from regretlab.claims.statements._base import Statement


@dataclass(frozen=True)
class InFile(Statement):
    """A statement made of a file's own functions: only a process that has run the file can decide it.

    Attributes
    ----------
    kind, line : str
        The kind and the text of the statement.
    sign : str
        Its digest, as the process that ran the file found it.
    """

    kind: str  # type: ignore[misc]
    line: str
    sign: str

    def text(self) -> str:
        return self.line
