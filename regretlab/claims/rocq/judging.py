"""The ledger's claims as Rocq files, and what the kernel says of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from regretlab.claims.language.verdict import KERNEL, Rejected
from regretlab.claims.ledger import Ledger
from regretlab.claims.ledger.certificate import Certificate, digest
from regretlab.claims.ledger.entry import Entry
from regretlab.claims.rocq import kernel
from regretlab.claims.rocq.files import Exported, assumptions, exported, library
from regretlab.claims.statements import Derivation, InFile, Statement, Theorem
from regretlab.claims.statements.claim import Claim
from regretlab.errors import InputError
from regretlab.system.files import atomically

#: The verdicts of which there is a theorem, and what becomes of one.
SHOWN = {"proved", "refuted", "ill-posed", "misprint", "vacuous", "repaired", "follows"}
#: What the table calls claims without a certificate in a file.
UNSTORED = "none stored"
OUTCOMES = ("accepted", "refused", "not translated")
_PROJECT = "-Q . Regretlab\n"


@dataclass(frozen=True)
class Row:
    """How many theorems from one form of certificate were accepted, refused and not translated."""

    form: str
    counts: Mapping[str, int]


def export(ledger: Ledger, entries: Sequence[Entry]) -> list[Exported]:
    """Write the file of every entry that was decided by a stored certificate, and of what it uses."""
    return [exported(*one) for one in stored(ledger, entries)]


def stored(ledger: Ledger, entries: Sequence[Entry]) -> Iterator[tuple[Claim, Statement, Certificate]]:
    """Yield what can be exported: what was decided by a certificate in a file, and what that uses, each once."""
    below = [one for entry in entries for _, one, _ in entry.tree()]
    for entry in {e.claim.id: e for e in (*entries, *below)}.values():
        statement = ledger.statement(entry.claim.id)
        path = ledger.certificate(entry.claim.id)
        if entry.verdict not in SHOWN or isinstance(statement, InFile) or not path.exists():
            continue
        if isinstance(statement, Derivation):  # in the paper's words
            continue
        certificate = _certificate(path, statement)
        if certificate is not None:
            yield entry.claim, statement, certificate


def _certificate(path: Path, statement: Statement) -> Certificate | None:
    """Read a certificate, if it is about the statement."""
    try:
        certificate = Certificate.read(path)
    except Rejected:
        return None
    return certificate if certificate.digest == digest(statement) else None


def written(found: Sequence[Exported], folder: Path) -> list[Path]:
    """Write files, the library that they need, and what compiles them, into a folder; list the files of claims.

    Raises
    ------
    InputError
        Where the folder cannot be written.
    """
    some = [e for e in found if e.text]
    texts = {f"{name}.v": text for name, text in library().items()}
    texts |= {f"{e.module}.v": e.text for e in some}
    texts |= {"Assumptions.v": assumptions(some), "_CoqProject": _PROJECT + "".join(f"{name}\n" for name in texts)}
    put(texts, folder)
    return [folder / f"{e.module}.v" for e in some]


def put(texts: Mapping[str, str], folder: Path) -> None:
    """Write texts as files of a folder, by their names.

    Raises
    ------
    InputError
        Where the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            with atomically(folder / name) as partial:
                partial.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"the folder {folder} cannot be written: {error.strerror or error}; name another.") from None


def asked(ledger: Ledger, entries: Sequence[Entry], jobs: int = 2) -> tuple[list[Entry], list[Row], list[str]]:
    """Ask the kernel about entries: those it accepts as a whole have the trust level ``kernel``.

    Returns
    -------
    entries : list of Entry
        The same, with their trust levels.
    table : list of Row
        A line for each form of certificate.
    refused : list of str
        A line for each file that the kernel refused.
    """
    found = export(ledger, entries)
    answers = kernel.judged(found, jobs)
    accepted = {e.claim for e in found if e.complete and e.claim in answers and answers[e.claim].accepted}
    asked_for = {entry.claim.id for entry in entries}
    refused = [f"{e.claim}: {answers[e.claim].words}" for e in found if e.text and not answers[e.claim].accepted]
    own = [e for e in found if e.claim in asked_for]
    rows = table(own, answers)
    if absent := sum(_unstored(ledger, entry) for entry in entries):
        rows.append(Row(UNSTORED, {"not translated": absent}))
    return [raised(entry, accepted) for entry in entries], rows, refused


def _unstored(ledger: Ledger, entry: Entry) -> bool:
    """Say whether an entry was decided by a certificate that no file has, as those of a new file of claims."""
    statement = ledger.statement(entry.claim.id)
    apart = isinstance(statement, (Derivation, InFile))
    return entry.verdict in SHOWN and not apart and not ledger.certificate(entry.claim.id).exists()


def raised(entry: Entry, accepted: set[str]) -> Entry:
    """Return an entry with the level of the kernel, if that accepted it all it rests on, and nothing is assumed."""
    needs = {entry.claim.id}
    if isinstance(entry.claim.statement, (Derivation, Theorem)):
        needs |= {*entry.because, *(below.claim.id for _, below, _ in entry.tree())}
    return replace(entry, level=KERNEL) if needs <= accepted and not entry.assumes else entry


def table(found: Sequence[Exported], answers: Mapping[str, kernel.Answer]) -> list[Row]:
    """Count, by form of certificate, the theorems that the kernel accepted, refused, and that were not translated."""
    counted: dict[str, Counter[str]] = {}
    for one in found:
        good = answers[one.claim].theorems if one.claim in answers else ()
        names = iter(one.names)
        for theorem in one.theorems:
            outcome = "not translated" if theorem.why else "accepted" if next(names) in good else "refused"
            counted.setdefault(theorem.form, Counter())[outcome] += 1
    return [Row(form, counts) for form, counts in sorted(counted.items(), key=lambda item: -item[1].total())]


def lines(rows: Sequence[Row]) -> list[str]:
    r"""Write the table as lines of text.

    Examples
    --------
    >>> print(*lines([Row("sos", {"accepted": 3, "refused": 1})]), sep="\n")
    certificate            accepted  refused  not translated
    sos                           3        1               0
    all                           3        1               0
    The kernel accepts 3 of 4 theorems (75 %).
    """
    total: Counter[str] = Counter()
    head = f"{'certificate':<20}" + "".join(f"{name:>{len(name) + 2 + (name == 'accepted')}}" for name in OUTCOMES)
    written = [head]
    for form, counts in [*((r.form, r.counts) for r in rows), ("all", total)]:
        if counts is not total:
            total.update(counts)
        numbers = (f"{counts.get(name, 0):>{width}}" for name, width in zip(OUTCOMES, (11, 9, 16), strict=True))
        written.append(f"{form:<20}{''.join(numbers)}")
    share = f" ({100 * total['accepted'] / total.total():.0f} %)" if total else ""
    last = [f"The kernel accepts {total['accepted']} of {total.total()} theorems{share}."]
    if any(row.form == UNSTORED for row in rows):
        last.append("Claims without a certificate in a file are not asked about; 'regretlab verify --renew' writes it.")
    return [*written, *last]
