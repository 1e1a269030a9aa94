"""The command that writes claims as files of a proof assistant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regretlab.cli.terminal import GROUP
from regretlab.errors import InputError
from regretlab.parameters import number_of_processes

commands = typer.Typer(**GROUP, help="Write claims and their proofs as files of a proof assistant.")


@commands.callback()
def _group() -> None:
    """Write claims and their proofs as files of a proof assistant."""


@commands.command()
def rocq(
    names: Annotated[
        list[str] | None, typer.Argument(help="Papers, claims, or files of claims; default all that are shipped.")
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to write.")] = Path("regretlab-out") / "rocq",
    jobs: Annotated[str | None, typer.Option(help="Number of processes; default one per core.")] = None,
) -> None:
    """Write one Rocq (Coq) file for each claim: its statement over the reals, and a proof from its certificate.

    The claims are re-checked first. To compile the folder: coq_makefile -f _CoqProject -o Makefile && make; what all
    theorems rest on: coqc -Q . Regretlab Assumptions.v. That is done by 'regretlab verify --kernel'.
    """
    from regretlab.claims import Ledger
    from regretlab.claims.rocq import judging

    workers = number_of_processes(jobs)
    ledger, wanted = Ledger.named(names or ())
    found = judging.export(ledger, ledger.verify(wanted, jobs=workers))
    written = judging.written(found, out)
    if not written:
        raise InputError(
            "no claim asked for has a certificate that is stored in a file and translated; 'regretlab verify --renew' "
            "writes those that are missing."
        )
    for one in found:
        for theorem in one.theorems:
            if theorem.why:
                print(f"{one.claim}: a part is not translated: {theorem.why}.")
    print(f"{len(written)} of {len(wanted)} claims: {out}")
