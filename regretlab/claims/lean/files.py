"""One Lean file for each claim: its words in a comment, its propositions, and proofs as far as there are any."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from regretlab.claims.language.verdict import Rejected
from regretlab.claims.lean.goals import FORMS
from regretlab.claims.lean.proofs import proof
from regretlab.claims.lean.writing import Identifiers
from regretlab.claims.ledger.certificate import Certificate
from regretlab.claims.ledger.formulas import visible
from regretlab.claims.rocq.files import described
from regretlab.claims.rocq.goals import Leaf, leaves
from regretlab.claims.rocq.judging import put
from regretlab.claims.rocq.writing import NotTranslated
from regretlab.claims.statements import Statement
from regretlab.claims.statements.claim import Claim

#: What every file says of itself.
UNCOMPILED = "Not compiled here: Lean is not asked, and this file never counts as a kernel's word."
#: How a part of a proof is left open in Lean.
OPEN = "sorry"


@dataclass(frozen=True)
class Exported:
    """A claim as Lean has it.

    Attributes
    ----------
    claim : str
        The claim's id.
    module : str
        The name of its file, without ``.lean``.
    text : str
        The file; empty if no part of the claim was translated.
    why : tuple of str
        For each part that was not translated, what has no Lean text.
    """

    claim: str
    module: str
    text: str
    why: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether a part of a proof is left open."""
        return re.search(rf"^ *{OPEN}\b", self.text, re.MULTILINE) is not None


def exported(claim: Claim, statement: Statement, certificate: Certificate) -> Exported:
    """Write the file of a claim from its certificate, which is about ``statement``."""
    module = Identifiers()(re.sub(r"\W", "_", claim.id, flags=re.ASCII))
    found = list(leaves(statement, certificate.form, certificate.body))
    written, why = [], []
    for k, leaf in enumerate(found, 1):
        try:
            written.append(_theorem(module if len(found) == 1 else f"{module}_{k}", leaf))
        except (NotTranslated, Rejected) as error:
            why.append(str(error))
    head = "\n   ".join(map(_comment, (*described(claim), f"Digest of the claim: {certificate.digest}", UNCOMPILED)))
    whole = "\n".join([f"/- {head} -/", "import Mathlib", "", *written]) if written else ""
    return Exported(claim.id, module, whole, tuple(why))


def _theorem(name: str, leaf: Leaf) -> str:
    """Write one theorem with its proof."""
    write = FORMS.get(leaf.form)
    if write is None:
        raise NotTranslated(f"certificates of the form {leaf.form!r} are not translated")
    goal = write(leaf)
    says = goal.says()
    lines = "\n".join(f"  {line}" for whole in proof(goal, leaf) for line in whole.split("\n"))
    return f"theorem {name}{says} := by\n{lines}\n"


def _comment(words: str) -> str:
    """Write words so that they neither open nor close a comment."""
    line = " ".join(visible(words).split())
    return line.replace("/-", "/ -").replace("-/", "- /")


def written(found: Iterable[Exported], folder: Path) -> list[Exported]:
    """Write the files into a folder; list those that have a text.

    Raises
    ------
    InputError
        Where the folder cannot be written.
    """
    some: Sequence[Exported] = [e for e in found if e.text]
    put({f"{e.module}.lean": e.text for e in some}, folder)
    return list(some)
