"""The command that writes claims as files of a proof assistant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regretlab.cli.terminal import GROUP
from regretlab.errors import InputError
from regretlab.parameters import number_of_processes

if TYPE_CHECKING:
    from regretlab.claims import Ledger
    from regretlab.claims.ledger.entry import Entry

commands = typer.Typer(**GROUP, help="Write claims and their proofs as files of a proof assistant.")


@commands.callback()
def _group() -> None:
    """Write claims and their proofs as files of a proof assistant."""


Names = Annotated[
    list[str] | None, typer.Argument(help="Papers, claims, or files of claims; default all that are shipped.")
]
Out = Annotated[Path, typer.Option("-o", "--out", help="Folder to write.")]
Jobs = Annotated[str | None, typer.Option(help="Number of processes; default one per core.")]


@commands.command()
def rocq(names: Names = None, out: Out = Path("regretlab-out") / "rocq", jobs: Jobs = None) -> None:
    """Write one Rocq (Coq) file for each claim: its statement over the reals, and a proof from its certificate.

    The claims are re-checked first. To compile the folder: coq_makefile -f _CoqProject -o Makefile && make; what all
    theorems rest on: coqc -Q . Regretlab Assumptions.v. That is done by 'regretlab verify --kernel'.
    """
    from regretlab.claims.rocq import judging

    ledger, entries = _checked(names, jobs)
    found = judging.export(ledger, entries)
    written = judging.written(found, out)
    _told(bool(written), [(one.claim, theorem.why) for one in found for theorem in one.theorems if theorem.why])
    print(f"{len(written)} files, of {len(entries)} claims asked for and what these use: {out}")


@commands.command()
def lean(names: Names = None, out: Out = Path("regretlab-out") / "lean", jobs: Jobs = None) -> None:
    """Write one Lean 4 file for each claim, for mathlib: its statement over the reals, and a proof as far as it goes.

    The claims are re-checked first. The files are not compiled here and count for nothing; inside a project with
    mathlib, 'lake env lean FILE' compiles one. Where a proof is left open ('sorry'), a comment says what should close
    it.
    """
    from regretlab.claims.lean import files
    from regretlab.claims.rocq import judging

    ledger, entries = _checked(names, jobs)
    found = [files.exported(*one) for one in judging.stored(ledger, entries)]
    written = files.written(found, out)
    _told(bool(written), [(one.claim, why) for one in found for why in one.why])
    unfinished = sum(one.open for one in written)
    print(f"{len(written)} files; {unfinished} have a part without a proof ('sorry'): {out}")
    print("not compiled here: Lean is not asked, and no file counts as a kernel's word.")


def _checked(names: list[str] | None, jobs: str | None) -> tuple[Ledger, list[Entry]]:
    """Load and re-check the claims that are asked for."""
    from regretlab.claims import Ledger

    workers = number_of_processes(jobs)
    ledger, wanted = Ledger.named(names or ())
    return ledger, ledger.verify(wanted, jobs=workers)


def _told(any_written: bool, missing: list[tuple[str, str]]) -> None:
    """Say which parts are not translated, or that there is nothing to export."""
    if not any_written:
        raise InputError(
            "no claim asked for has a certificate that is stored in a file and translated; 'regretlab verify --renew' "
            "writes those that are missing."
        )
    for claim, why in missing:
        print(f"{claim}: a part is not translated: {why}.")
