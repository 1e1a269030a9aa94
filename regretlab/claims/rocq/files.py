"""One Rocq file for each claim: its words in a comment, its propositions, and their proofs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from regretlab.claims.checkers import ladder, pieces
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.ledger.certificate import Certificate
from regretlab.claims.ledger.formulas import visible
from regretlab.claims.rocq import (
    degrees,
    inequalities,
    instances,
    points,
    recursions,
    series,
    stating,
    taylor,
    theorems,
)
from regretlab.claims.rocq.goals import Leaf, Theorem, leaves
from regretlab.claims.rocq.writing import NotTranslated
from regretlab.claims.statements import Statement
from regretlab.claims.statements.claim import SOURCES, Claim
from regretlab.system.version import __version__

#: The files that all others need, in the order in which they are compiled.
LIBRARY = ("Regretlab", "RegretlabIntervals", "RegretlabCurves", "RegretlabSums")
#: The proof that is written for each form of certificate.
FORMS: dict[str, Callable[[Any, str, Any], Theorem]] = {
    "point": points.refuted,
    "undefined": points.undefined,
    "value": points.valued,
    "below": lambda statement, form, body: points.refuted(
        pieces.as_inequality(statement), form, {"point": {statement.x.args[0]: body["x"]}}
    ),
    "off ladder": lambda statement, form, body: points.refuted(ladder.as_inequality(statement), form, body),
    "algebraic": lambda statement, form, body: inequalities.theorem(pieces.as_inequality(statement), **body),
    "pieces": taylor.theorem,
    "base and step": series.theorem,
    "degrees": degrees.theorem,
    "induction": recursions.proved,
    "unrolled": recursions.refuted,
    "steps": theorems.theorem,
    "instance": instances.refuted,
    **dict.fromkeys(("sos", "squared sos", "smt", "refutation", "conjuncts"), inequalities.theorem),
}
_SEALED = re.compile(r"\(\* Digest of the claim: (\w+)\n   Seal of the propositions: (\w+) \*\)")
_PROPOSITION = re.compile(r"^Theorem (.*?)^Proof\.$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Exported:
    """A claim as Rocq has it.

    Attributes
    ----------
    claim : str
        The claim's id.
    module : str
        The name of its file, without ``.v``.
    digest, head : str
        The digest of the claim, and the comment that says what it is.
    theorems : tuple of Theorem
        One for each part that has a certificate.
    names : tuple of str
        The theorems in the file.
    """

    claim: str
    module: str
    digest: str
    head: str
    theorems: tuple[Theorem, ...]
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """The file; empty if no part of the claim was translated."""
        written = [t for t in self.theorems if not t.why]
        return _file(self.head, self.digest, list(zip(self.names, written, strict=True))) if written else ""

    def alone(self) -> list[Exported]:
        """Return a file for each of its theorems."""
        written = [t for t in self.theorems if not t.why]
        return [
            replace(self, module=f"{self.module}_{k}", theorems=(t,), names=(name,))
            for k, (name, t) in enumerate(zip(self.names, written, strict=True), 1)
        ]

    @property
    def needs(self) -> tuple[str, ...]:
        """The files of other claims that this one imports."""
        found = dict.fromkeys(name for t in self.theorems if not t.why for name in t.imports)
        return tuple(name for name in found if name not in LIBRARY)

    @property
    def complete(self) -> bool:
        """Whether every part was translated."""
        return bool(self.theorems) and not any(t.why for t in self.theorems)


def exported(claim: Claim, statement: Statement, certificate: Certificate) -> Exported:
    """Write the file of a claim from its certificate, which is about ``statement``."""
    found = [_theorem(leaf) for leaf in leaves(statement, certificate.form, certificate.body)]
    name = stating.identifier(claim.id)
    names = [name if len(found) == 1 else f"{name}_{k}" for k in range(1, len(found) + 1)]
    written = [(name, t) for name, t in zip(names, found, strict=True) if not t.why]
    head = "(* " + "\n   ".join(map(_comment, described(claim))) + " *)"
    return Exported(
        claim.id, stating.module(claim.id), certificate.digest, head, tuple(found), tuple(name for name, _ in written)
    )


def _theorem(leaf: Leaf) -> Theorem:
    """Write one theorem, or say why it cannot be written."""
    write = FORMS.get(leaf.form)
    if write is None:
        return Theorem(leaf.form, why=f"certificates of the form {leaf.form!r} are not translated")
    try:
        return write(leaf.statement, leaf.form, leaf.body)
    except (NotTranslated, Rejected) as error:
        return Theorem(leaf.form, why=str(error))


def described(claim: Claim) -> tuple[str, ...]:
    """Say what the file of a claim is about, in any language: lines in which signs of comments may still stand."""
    return (
        f"{claim.id}: {claim.paper}, {claim.at} ({SOURCES[claim.source]}).",
        f"Printed: {claim.latex}",
        f"Written by regretlab {__version__} from the claim's certificate.",
    )


def _file(head: str, digest: str, written: list[tuple[str, Theorem]]) -> str:
    imports = dict.fromkeys(("Regretlab", *(name for _, t in written for name in t.imports)))
    parts = []
    for name, t in written:
        proof = "\n  ".join(line for whole in t.proof for line in whole.split("\n"))
        parts.append(f"Theorem {name} :\n  {t.says}.\nProof.\n  {proof}\nQed.\n")
    body = "\n".join(parts)
    sealed = f"(* Digest of the claim: {digest}\n   Seal of the propositions: {_seal(digest, body)} *)"
    return "\n".join([head, sealed, "", f"From Regretlab Require Import {' '.join(imports)}.", "", body])


def assumptions(found: Iterable[Exported]) -> str:
    """Write the file that prints, once for all theorems of other files, what they rest on."""
    named = [(e.module, name) for e in found for name in e.names]
    imports = "".join(f"From Regretlab Require {module}.\n" for module in dict.fromkeys(m for m, _ in named))
    uses = "".join(f"  let _ := {module}.{name} in\n" for module, name in named)
    return f"{imports}\nDefinition everything : True :=\n{uses}  I.\n\nPrint Assumptions everything.\n"


def _comment(words: str) -> str:
    """Write words so that they neither open nor close a comment or a string."""
    line = " ".join(visible(words).split())
    return line.replace("(*", "( *").replace("*)", "* )").replace('"', "''")


def _seal(digest: str, body: str) -> str:
    """Hash the propositions of a file with the digest of the claim that they are said to be."""
    says = [" ".join(one.split()) for one in _PROPOSITION.findall(body)]
    return hashlib.sha256("\n".join([digest, *says]).encode()).hexdigest()


def sealed(text: str) -> str | None:
    """Return the digest of the claim that a file is about, or None if its propositions are not those exported."""
    found = _SEALED.search(text)
    return found[1] if found and _seal(found[1], text) == found[2] else None


def library() -> dict[str, str]:
    """Return the texts of the files that all others need."""
    folder = files("regretlab").joinpath("claims/rocq")
    return {name: folder.joinpath(f"{name}.v").read_text("utf-8") for name in LIBRARY}
