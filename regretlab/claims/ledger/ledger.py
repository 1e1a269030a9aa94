"""The ledger: claims with their certificates, re-checked or searched again, and derivations between claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from regretlab.claims.language.verdict import PARTIAL, SOUND, Outcome, weakest
from regretlab.claims.ledger import derived
from regretlab.claims.ledger.entry import Entry
from regretlab.claims.ledger.judging import ERROR, Judged, judge, judge_all, judge_in_file
from regretlab.claims.ledger.loading import PAPERS, claims_in, connected, is_shipped, shipped
from regretlab.claims.statements import Derivation, Inequality, InFile, Malformed, Statement, Theorem, Words
from regretlab.claims.statements.claim import Claim
from regretlab.errors import unknown_name

Ids = tuple[str, ...]
#: Verdicts of claims on which nothing can rest.
FALSE = {"refuted", "ill-posed", "unsupported", "misprint", "vacuous"}


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
        For a file that cannot be loaded, or an id given twice, in one sentence.
    """

    def __init__(self, paths: Sequence[str | Path] = (), certificates: str | Path | None = None) -> None:
        self.paths = [Path(p) for p in paths] or [shipped()]
        self.certificates = Path(certificates) if certificates else None
        self.files: dict[str, Path] = {}
        self.claims: dict[str, Claim] = {}
        self.asked: set[str] = set()
        self._known: dict[str, Entry] = {}
        self._steps: dict[str, Statement] = {}
        loaded = claims_in(self.paths)
        for claim, file, asked in loaded:
            for one in claim.all():
                self.files[one.id], self.claims[one.id] = file, one
                if asked:
                    self.asked.add(one.id)
        self.claims, self.needs, self.order = connected(self.claims)

    @classmethod
    def named(cls, names: Sequence[str], certificates: str | Path | None = None) -> tuple[Ledger, set[str]]:
        """Return a ledger of papers, files, folders and claims that are shipped, and the ids of the claims meant.

        Raises
        ------
        InputError
            As the ledger does, and for a name that is none of these.
        """
        paths = [n for n in names if n in PAPERS or Path(n).exists() or Path(n).suffix == ".py" or Path(n).name != n]
        claims = [n for n in names if n not in paths]
        if not claims:
            ledger = cls(paths, certificates)
            return ledger, set(ledger.asked)
        ledger = cls([shipped(), *paths], certificates)
        for claim in claims:
            if claim not in ledger.claims:
                raise unknown_name("claim, paper, file or folder:", claim, [*ledger.claims, *PAPERS])
        return ledger, {*claims, *(cls(paths).asked if paths else ())}

    def certificate(self, claim: str) -> Path:
        """Name the file of a claim's certificate."""
        return (self.certificates or self.files[claim].parent / "certs") / f"{claim}.json"

    def statement(self, claim: str) -> Statement:
        """Return what a claim's certificate is about: a formal step, once judged, with what it is handed."""
        return self._steps.get(claim, self.claims[claim].statement)

    def verify(
        self, only: Iterable[str] | None = None, *, search: bool = False, renew: bool = False, jobs: int = 2
    ) -> list[Entry]:
        """Judge every claim, in the order of the files.

        With ``search`` every certificate is searched again and written, with ``renew`` those that are missing, stale or
        damaged; otherwise they are re-checked, and for a claim without a certificate one is searched but not written.
        ``only`` restricts the work to these ids and what they rest on. A claim that cannot be judged has an
        ``error``; the others are judged all the same.
        """
        wanted = self.asked if only is None else set(only)
        names = [n for n in self.order if n in self._resting(wanted)]
        mode = "search" if search else "renew" if renew else "check"
        entries = {} if mode != "check" else self._known
        others = (Derivation, Malformed, Words)
        alone = [n for n in names if n not in entries and not isinstance(self.claims[n].statement, others)]
        for judged in self._judged(alone, mode, jobs):
            entries[judged[0]] = self._entry(*judged)
        for name in names:
            if name not in entries:
                entries[name] = self._derived(self.claims[name], entries, mode)
            elif isinstance(self.claims[name].statement, Theorem):
                entries[name] = _never_stronger(entries[name], [entries[use] for use in self.claims[name].uses])
            entries[name] = replace(entries[name], uses=tuple(entries[use] for use in self.claims[name].uses))
        self._known = entries
        return [entries[name] for name in self.claims if name in wanted]

    def _judged(self, names: list[str], mode: str, jobs: int) -> Iterator[Judged]:
        """Judge statements in several processes, none of which runs a file that is not regretlab's own."""
        in_files: dict[Path, list[str]] = {}
        here: list[tuple[str, Path, Statement | None, Path]] = []
        for name in names:
            statement, path, file = self.claims[name].statement, self.certificate(name), self.files[name]
            if isinstance(statement, InFile):
                in_files.setdefault(file, []).append(name)
            else:  # a shipped statement may hold functions, which a process can only read from its file
                data = not is_shipped(file) or isinstance(statement, Theorem)
                here.append((name, file, statement if data else None, path))
        if (jobs := min(jobs, len(here) // 4)) <= 1:
            yield from judge_all(here, mode)
        else:
            from joblib import Parallel, delayed  # loaded by those who have more than one process

            for part in Parallel(n_jobs=jobs)(delayed(judge_all)(here[k::jobs], mode) for k in range(jobs)):
                yield from part
        for file, own in in_files.items():
            statements = [(n, self.claims[n].statement, self.certificate(n)) for n in own]
            yield from judge_in_file(file, statements, mode)

    def about(self, bound: str) -> list[str]:
        """List the claims about a bound of :mod:`regretlab.bounds` by id, corrected forms included."""
        return [one.id for c in self.claims.values() if bound in c.bounds for one in c.all()]

    def _resting(self, wanted: Iterable[str]) -> set[str]:
        """Collect the claims wanted and everything they rest on."""
        waiting, found = list(wanted), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.needs[name]
        return found

    def _entry(self, name: str, outcome: Outcome | None, how: str, seconds: float) -> Entry:
        claim = self.claims[name]
        ran = isinstance(claim.statement, InFile) or bool(claim.statement.functions())
        if outcome is None:
            error = how.removeprefix(ERROR) if how.startswith(ERROR) else ""
            return Entry(claim, "unknown", how=how, seconds=seconds, ran=ran, error=error)
        about = {"how": how, "seconds": seconds, "ran": ran, "parts": outcome.parts}
        return Entry(claim, outcome.verdict, outcome.level, outcome.words, **about)  # type: ignore[arg-type]

    def _derived(self, claim: Claim, entries: dict[str, Entry], mode: str) -> Entry:
        """Judge a malformed claim, one in words, or one that rests on others."""
        statement = claim.statement
        if isinstance(statement, Malformed):
            return Entry(claim, "unknown", how=f"{ERROR}{statement.why}", error=statement.why)
        if isinstance(statement, Words):
            return Entry(claim, statement.verdict, "words" * (statement.verdict == "assumed"), statement.why)
        assert isinstance(statement, Derivation)
        used = [entries[u] for u in claim.uses]
        spoiled = [e for e in used if not _sound(e)]
        corrected = [entries[f"{e.claim.id}.corrected"] for e in spoiled if e.claim.corrected]
        ids = tuple(e.claim.id for e in spoiled)
        if statement.show is not None:
            rests = used if not spoiled else [*(e for e in used if e not in spoiled), *corrected]
            if len(corrected) == len(spoiled) and all(map(_sound, corrected)):
                return self._step(claim, statement, rests, tuple(e.claim.id for e in corrected), ids, mode)
            if all(e.verdict not in FALSE and e.claim.exports is not None for e in spoiled):
                step = self._step(claim, statement, used, (), (), mode)
                if step.verdict not in derived.STRENGTH:  # it does not follow even if all it uses holds
                    return step
        elif not claim.uses:
            return Entry(claim, "assumed", "words", "the paper's word: it names no claim that it rests on")
        elif not spoiled:
            return _in_words(claim, "follows", "the paper's argument", used)
        elif claim.repaired_by and _sound(repair := entries[claim.repaired_by]):
            words = f"in a person's judgement, with {claim.repaired_by} in place of {', '.join(ids)}"
            return _in_words(claim, "repaired", words, [*(e for e in used if e not in spoiled), repair])
        verdict, words, because = _lacking(spoiled)
        return Entry(claim, verdict, words=words, because=because)

    def _step(self, claim: Claim, step: Derivation, rests: list[Entry], by: Ids, instead: Ids, mode: str) -> Entry:
        """Prove a formal step from the relations that other claims hand to it."""
        given = derived.handed_to(step, [e.claim for e in rests])
        assumed = [h for h in given if h.assumed]
        for one in assumed:
            if where := derived.false_at(self._steps.get(one.claim.id, one.claim.statement), one.relation):
                words = f"{one} is false: {where}"
                return Entry(claim, "unsupported", words=words, because=(one.claim.id,), assumes=(str(one),))
        assert step.show is not None
        statement = Inequality((*step.given, *(h.relation for h in given)), step.show)
        self._steps[claim.id] = statement
        _, outcome, how, seconds = judge(claim.id, statement, self.certificate(claim.id), mode)
        found = self._entry(claim.id, outcome, how, seconds)
        if outcome is None:
            return found
        verdict = outcome.verdict
        if verdict == "proved":
            inputs = [(e.verdict, e.parts) for e in rests]
            verdict = derived.conclusion("repaired" if by else "proved", inputs, bool(assumed))
        words = outcome.words + (f"; with {', '.join(by)} in place of {', '.join(instead)}" if by else "")
        level = weakest([outcome.level, *(e.level for e in rests), *["words"] * bool(assumed)])
        return replace(
            found, verdict=verdict, level=level, words=words, because=by or claim.uses,
            assumes=tuple(map(str, assumed)), ran=any(e.ran for e in rests),
        )  # fmt: skip


def _never_stronger(entry: Entry, used: list[Entry]) -> Entry:
    """Return the verdict of a theorem that was shown from claims: never stronger than theirs."""
    if entry.verdict != "proved" or entry.because:
        return entry
    lacking = [e for e in used if not _sound(e)]
    if lacking:
        verdict, words, because = _lacking(lacking)
    else:
        verdict = derived.conclusion("proved", [(e.verdict, e.parts) for e in used], False)
        words, because = "", tuple(e.claim.id for e in used)
    if verdict == "unsupported":
        return replace(entry, verdict=verdict, level="", words=words, because=because)
    level = weakest([entry.level, *(e.level for e in used)])
    words = f"{words}; {entry.words}" if words else entry.words
    return replace(entry, verdict=verdict, level=level, words=words, because=because, ran=any(e.ran for e in used))


def _lacking(spoiled: list[Entry]) -> tuple[str, str, Ids]:
    """Return the verdict of what rests on claims that are not established, the words for it, and their ids."""
    if broken := tuple(e.claim.id for e in spoiled if e.verdict in FALSE):
        return "unsupported", f"rests on {', '.join(broken)}; open, not refuted", broken
    ids = tuple(e.claim.id for e in spoiled)
    return "conditional", f"if {', '.join(ids)}", ids


def _in_words(claim: Claim, verdict: str, words: str, rests: list[Entry]) -> Entry:
    """Return the verdict of a step that no one has made formal, from established claims."""
    verdict = derived.conclusion(verdict, [(e.verdict, e.parts) for e in rests], False)
    partly = tuple(e.claim.id for e in rests if {e.verdict, *e.parts} & PARTIAL)
    if partly:
        return Entry(claim, "conditional", words=f"if {', '.join(partly)} beyond the cases checked", because=partly)
    because = (claim.repaired_by,) if claim.repaired_by in {e.claim.id for e in rests} - set(claim.uses) else claim.uses
    return Entry(claim, verdict, "words", words, because, ran=any(e.ran for e in rests))


def _sound(entry: Entry) -> bool:
    """Tell whether others may build on it: established, or a misprint whose evident meaning is established."""
    return entry.verdict in SOUND or (entry.verdict == "misprint" and bool(entry.parts))
