"""The judging of one statement: from its certificate, or by a search, here or in a process that runs its file."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from regretlab.claims import checkers
from regretlab.claims.language.verdict import Outcome, Rejected
from regretlab.claims.ledger import reading
from regretlab.claims.ledger.certificate import Certificate, digest, tools
from regretlab.claims.ledger.loading import load
from regretlab.claims.provers import accepted, undecided
from regretlab.claims.provers.solver import refuse_contradiction
from regretlab.claims.statements import Inequality, Statement
from regretlab.errors import InputError

#: The beginning of the reason for a claim that could not be judged at all.
ERROR = "error: "
Judged = tuple[str, Outcome | None, str, float]


def decide(claim: str, statement: Statement, path: Path | None, search: bool, save: Path | None = None) -> Outcome:
    """Decide one statement: from its certificate file, or by a search.

    Raises
    ------
    Rejected
        If the certificate establishes nothing, or no method finds one.
    """
    if path is not None and path.exists() and not search:
        certificate = _current(claim, statement, path)
        return checkers.check(statement, certificate.form, certificate.body)
    found = accepted(statement)
    if found is None:
        raise Rejected(undecided())
    if save is not None:
        Certificate(claim, digest(statement), found.form, found.body, tools()).write(save)
    return found.outcome


def _current(claim: str, statement: Statement, path: Path) -> Certificate:
    """Read the certificate in a file, if it is about this statement."""
    certificate = Certificate.read(path)
    if certificate.claim != claim or certificate.digest != digest(statement):
        raise Rejected("stale: the statement has changed since the certificate was found; run verify --renew")
    return certificate


def judge_all(work: Iterable[tuple[str, Path, Statement | None, Path]], mode: str) -> list[Judged]:
    """Judge the share of one process: ``(claim, its file, its statement if that is data, its certificate)``."""
    found = []
    for name, file, statement, path in work:
        if statement is None:
            statement = next(one.statement for c in load(file) for one in c.all() if one.id == name)
        found.append(judge(name, statement, path, mode))
    return found


def judge_in_file(file: Path, statements: Sequence[tuple[str, Statement, Path]], mode: str) -> Iterator[Judged]:
    """Judge statements made of a file's functions, in a process that runs the file."""
    ask: list[tuple[str, str, Any]] = []
    again: list[tuple[str, Statement, Path]] = []
    start = time.perf_counter()
    for name, statement, path in statements:
        form, body, why = "", None, ""
        if mode != "search" and path.exists():
            try:
                certificate = _current(name, statement, path)
                form, body = certificate.form, certificate.body
            except Rejected as error:
                why = str(error)
        if why and mode == "check":
            yield name, None, f"certificate failed: {why}", time.perf_counter() - start
        else:
            ask.append((name, form, body))
            again.append((name, statement, path))
    failed = []
    for one, (_, form, _), (outcome, why, found, body) in zip(again, ask, reading.decide(file, ask), strict=True):
        name, statement, path = one
        if outcome is None and form and mode == "renew" and not why.startswith(reading.BROKE):
            failed.append((name, statement, path))
            continue
        if outcome is not None and not form and mode != "check":
            Certificate(name, digest(statement), found, body, tools()).write(path)
        how = "re-checked" if form else "searched"
        if outcome is None:
            broke = why.startswith(reading.BROKE)
            how = (
                f"{ERROR}{why.removeprefix(reading.BROKE)}" if broke else f"{'certificate failed: ' * bool(form)}{why}"
            )
        yield name, outcome, how, time.perf_counter() - start
    if failed:
        yield from judge_in_file(file, failed, "search")


def judge(name: str, statement: Statement, path: Path, mode: str) -> Judged:
    """Judge one statement; ``mode`` is "check", "renew" (search what does not check) or "search" (search always)."""
    start = time.perf_counter()
    searches = mode == "search" or not path.exists()
    try:
        if isinstance(statement, Inequality) and searches:
            refuse_contradiction(name, statement)
        outcome = decide(name, statement, path, searches, path if mode != "check" else None)
        return name, outcome, "searched" if searches else "re-checked", time.perf_counter() - start
    except Rejected as error:
        if mode == "renew" and not searches:
            return judge(name, statement, path, "search")
        failed = "" if searches else "certificate failed: "
        return name, None, f"{failed}{error}", time.perf_counter() - start
    except InputError as error:
        why = str(error).removeprefix(f"claim {name}: ")
        return name, None, f"{ERROR}{why}", time.perf_counter() - start
    except Exception as error:  # a prover that breaks decides nothing, and stops nobody else
        return name, None, f"{ERROR}the check broke: {type(error).__name__}: {error}", time.perf_counter() - start
