"""The ledger: claims with their certificates, re-checked or searched anew, and what follows from what."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from joblib import Parallel, delayed

from regretlab.claims import checkers
from regretlab.claims.certificate import Certificate, digest
from regretlab.claims.claim import Claim, refuse
from regretlab.claims.loading import claims_in, needs, order, shipped
from regretlab.claims.provers import accepted
from regretlab.claims.provers.solver import refuse_contradiction
from regretlab.claims.statements import Derivation, Inequality, Misprint, Statement, Words
from regretlab.claims.verdict import SOUND, Outcome, Rejected, weakest
from regretlab.errors import InputError

TOOLS = ("sympy", "mpmath", "z3-solver", "python-flint", "cvc5", "clarabel")


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
    """

    claim: Claim
    verdict: str
    level: str = ""
    words: str = ""
    because: tuple[str, ...] = ()
    how: str = ""
    seconds: float = 0.0

    @property
    def as_pinned(self) -> bool:
        """Whether the verdict is the one the claim pins."""
        return self.verdict == self.claim.expect


def decide(claim: str, statement: Statement, path: Path | None, search: bool, save: Path | None = None) -> Outcome:
    """The outcome for one statement: from its certificate file, or from a search.

    Raises
    ------
    Rejected
        If the certificate establishes nothing, or no method finds one.
    """
    if path is not None and path.exists() and not search:
        certificate = Certificate.read(path)
        if certificate.claim != claim or certificate.digest != digest(statement):
            raise Rejected("stale: the statement has changed since the certificate was found; run verify --renew")
        return checkers.check(statement, certificate.form, certificate.body)
    found = accepted(statement)
    if found is None:
        raise Rejected("no method decided it")
    if save is not None:
        Certificate(claim, digest(statement), found.form, found.body, tools()).write(save)
    return found.outcome


def tools() -> dict[str, str]:
    """Versions of the libraries a search runs with."""
    found = {}
    for name in TOOLS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


class Ledger:
    """Claims from files or folders, in the order in which they rest on one another.

    Parameters
    ----------
    paths : sequence of path
        Files of claims, or folders that are searched for them; by default the papers shipped with regretlab.
    certificates : path, optional
        Folder of the certificates; by default ``certs`` beside each file of claims.

    Raises
    ------
    InputError
        For a file that cannot be loaded, an id given twice, an unknown dependency or a cycle, in one sentence.
    """

    def __init__(self, paths: Sequence[str | Path] = (), certificates: str | Path | None = None) -> None:
        self.paths = [Path(p) for p in paths] or [shipped()]
        self.certificates = Path(certificates) if certificates else None
        self.files: dict[str, Path] = {}
        self.claims: dict[str, Claim] = {}
        self.asked: set[str] = set()
        self._known: dict[str, Entry] = {}
        loaded = claims_in(self.paths)
        for claim, file, asked in loaded:
            for one in claim.all():
                self.files[one.id], self.claims[one.id] = file, one
                if asked:
                    self.asked.add(one.id)
        self.needs = needs(self.claims)
        self.order = order(self.needs)

    def certificate(self, claim: str) -> Path:
        """The file of a claim's certificate."""
        return (self.certificates or self.files[claim].parent / "certs") / f"{claim.replace('/', '-')}.json"

    def verify(
        self, only: Iterable[str] | None = None, *, search: bool = False, renew: bool = False, jobs: int = 2
    ) -> list[Entry]:
        """Every claim's verdict, in the order of the files.

        With ``search`` certificates are found anew and written, with ``renew`` only those that are missing, stale or
        damaged; otherwise they are re-checked, and a claim that has no certificate is searched for without writing
        one. ``only`` restricts the work to these ids and what they rest on.
        """
        wanted = self.asked if only is None else set(only)
        names = [n for n in self.order if n in self._resting(wanted)]
        how = "search" if search else "renew" if renew else "check"
        entries = {} if how != "check" else self._known
        alone = [n for n in names if n not in entries and not isinstance(self.claims[n].statement, (Derivation, Words))]
        jobs = max(1, min(jobs, len(alone) // 4))
        paths, folder = [str(p) for p in self.paths], self.certificates
        parts = Parallel(n_jobs=jobs)(delayed(_verify)(paths, folder, alone[k::jobs], how) for k in range(jobs))
        entries |= {e[0]: self._entry(*e) for part in parts for e in part}
        for name in names:
            if name not in entries:
                entries[name] = self._derived(self.claims[name], entries, how)
        self._known = entries
        return [entries[name] for name in self.claims if name in wanted]

    def about(self, bound: str) -> list[str]:
        """Ids of the claims about a bound of :mod:`regretlab.bounds`, corrected forms included."""
        return [one.id for c in self.claims.values() if bound in c.bounds for one in c.all()]

    def _resting(self, wanted: Iterable[str]) -> set[str]:
        """The claims wanted and everything they rest on."""
        waiting, found = list(wanted), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.needs[name]
        return found

    def _entry(self, name: str, outcome: Outcome | None, how: str, seconds: float) -> Entry:
        claim = self.claims[name]
        if outcome is None:
            return Entry(claim, "unknown", how=how, seconds=seconds)
        return Entry(claim, outcome.verdict, outcome.level, outcome.words, how=how, seconds=seconds)

    def _derived(self, claim: Claim, entries: dict[str, Entry], mode: str) -> Entry:
        """The verdict of a claim in words, or of one that rests on others."""
        statement = claim.statement
        if isinstance(statement, Words):
            return Entry(claim, statement.verdict, words=statement.why)
        assert isinstance(statement, Derivation)
        used = [entries[u] for u in claim.uses]
        spoiled = [e for e in used if not _sound(e)]
        mended = [entries[f"{e.claim.id}.corrected"] for e in spoiled if e.claim.corrected]
        ids = tuple(e.claim.id for e in spoiled)
        if statement.show is not None:
            rests = used if not spoiled else [*(e for e in used if e not in spoiled), *mended]
            if len(mended) == len(spoiled) and all(map(_sound, mended)):
                return self._step(claim, statement, rests, tuple(e.claim.id for e in mended), ids, mode)
        elif not spoiled:
            return Entry(claim, "follows", words="the paper's argument", because=claim.uses)
        elif claim.repaired_by and _sound(entries[claim.repaired_by]):
            words = f"with {claim.repaired_by} in place of {', '.join(ids)}"
            return Entry(claim, "repaired", words=words, because=(claim.repaired_by,))
        false = {"refuted", "ill-posed", "unsupported", "misprint", "vacuous"}
        broken = tuple(e.claim.id for e in spoiled if e.verdict in false)
        if broken:
            return Entry(claim, "unsupported", words=f"rests on {', '.join(broken)}; open, not refuted", because=broken)
        return Entry(claim, "conditional", words=f"if {', '.join(ids)}", because=ids)

    def _step(
        self,
        claim: Claim,
        step: Derivation,
        rests: list[Entry],
        by: tuple[str, ...],
        instead: tuple[str, ...],
        mode: str,
    ) -> Entry:
        """A formal step, proved from the exports of what it rests on."""
        exports = tuple(e.claim.exports for e in rests if e.claim.exports is not None)
        assert step.show is not None
        statement = Inequality((*step.given, *exports), step.show)
        _, outcome, how, seconds = _one(claim.id, statement, self.certificate(claim.id), mode)
        if outcome is None:
            return Entry(claim, "unknown", how=how, seconds=seconds)
        verdict = outcome.verdict
        if verdict == "proved":
            verdict = "repaired" if by else _strongest({e.verdict for e in rests})
        words = outcome.words + (f"; with {', '.join(by)} in place of {', '.join(instead)}" if by else "")
        level = weakest([outcome.level, *(e.level for e in rests)])
        return Entry(claim, verdict, level, words, by or claim.uses, how, seconds)


def _strongest(inputs: set[str]) -> str:
    """The verdict of a formally proved step: no stronger than what it rests on."""
    return "conditional" if "bounded" in inputs else next((v for v in ("repaired", "follows") if v in inputs), "proved")


def _sound(entry: Entry) -> bool:
    """Whether others may build on it: established, or a misprint whose evident meaning is established."""
    return entry.verdict in SOUND or (entry.verdict == "misprint" and isinstance(entry.claim.statement, Misprint))


def _verify(
    paths: list[str], certificates: Path | None, names: Iterable[str], mode: str
) -> list[tuple[str, Outcome | None, str, float]]:
    """The work of one process: claims are read from their files again, because statements hold functions."""
    ledger = Ledger(paths, certificates)
    return [_one(n, ledger.claims[n].statement, ledger.certificate(n), mode) for n in names]


def _one(name: str, statement: Statement, path: Path, mode: str) -> tuple[str, Outcome | None, str, float]:
    """One statement's outcome; ``mode`` is "check", "renew" what does not check, or "search" for everything anew."""
    start = time.perf_counter()
    searches = mode == "search" or not path.exists()
    if isinstance(statement, Inequality) and searches:
        refuse_contradiction(name, statement)
    try:
        outcome = decide(name, statement, path, searches, path if mode != "check" else None)
        return name, outcome, "searched" if searches else "re-checked", time.perf_counter() - start
    except Rejected as error:
        if mode == "renew" and not searches:
            return _one(name, statement, path, "search")
        failed = "" if searches else "certificate failed: "
        return name, None, f"{failed}{error}", time.perf_counter() - start
    except InputError as error:
        raise refuse(name, str(error).rstrip("."), "mend the statement") from None
    except Exception as error:  # a prover or a user's function that breaks decides nothing, and stops nobody else
        return name, None, f"the check broke: {type(error).__name__}: {error}", time.perf_counter() - start
