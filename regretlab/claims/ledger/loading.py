"""Reading claims from files: loading, dependencies, and the sentences for faulty files."""

from __future__ import annotations

import ast
import hashlib
import linecache
import os
import sys
import traceback
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from regretlab.claims.ledger import reading
from regretlab.claims.ledger.reading import named
from regretlab.claims.paper import Paper
from regretlab.claims.statements import Malformed, Statement, Theorem, Use
from regretlab.claims.statements.claim import Claim, refuse
from regretlab.errors import InputError, unknown_name
from regretlab.spelling.register import Register

#: Folders that hold other people's files, or none that a person wrote.
ELSEWHERE = {"__pycache__", "node_modules", "site-packages", "dist-packages"}
_cache: dict[tuple[Path, int], list[Claim]] = {}


class Papers(Register[Path]):
    """The papers by name: the shipped ones by their folders, other people's by a module of claims.

    The module is not imported: like any file of claims it is run in a process of its own, once it is verified.
    """

    def load(self, point: EntryPoint) -> Path:
        """Return the file of a module of claims."""
        spec = find_spec(point.module)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"No module named {point.module!r}")
        self[point.name] = Path(spec.origin)
        return self[point.name]


def shipped() -> Path:
    """Return the folder of the papers that come with regretlab."""
    inside = Path(__file__).parents[2] / "paper_checks"
    return inside if inside.is_dir() else inside.parent.parent / "paper_checks"


PAPERS = Papers("paper", "papers")
PAPERS.defined = {folder.name: folder for folder in sorted(shipped().glob("[a-z]*")) if folder.is_dir()}
PAPERS.library = dict(PAPERS.defined)


def files(path: Path) -> list[Path]:
    """List the claims files of a path: itself, or every file below that says it is one, hidden folders left out.

    What does not exist may be the name of a paper.
    """
    if not path.exists() and str(path) in PAPERS:
        path = PAPERS[str(path)]
    if path.is_file() and path.suffix == ".py":
        return [path.resolve()]
    if not path.is_dir():
        what = "is not a Python file" if path.exists() else "does not exist"
        raise InputError(f"{path} {what}; give a .py file of claims or a folder of them, like paper_checks/.")
    found = [file for file in map(Path.resolve, _python(path)) if is_shipped(file) or says_claims(file)]
    if not found:
        raise InputError(
            f"the folder {path} holds no claims file; one is a .py file that imports Paper from regretlab.claims."
        )
    return list(dict.fromkeys(found))


def _python(folder: Path) -> list[Path]:
    """List the Python files below a folder: none of hidden folders, environments and caches; follow no link."""

    def refuse_folder(error: OSError) -> None:
        raise InputError(f"the folder {error.filename} cannot be read: {error.strerror}; leave it out.") from None

    found = []
    for place, folders, names in os.walk(folder, onerror=refuse_folder):
        hidden = [
            n for n in folders if n.startswith(".") or n in ELSEWHERE or (Path(place) / n / "pyvenv.cfg").exists()
        ]
        folders[:] = sorted(set(folders) - set(hidden))
        found += [
            Path(place) / n for n in names if n.endswith(".py") and not n.startswith((".", "_", "test_", "conftest"))
        ]
    return sorted(file for file in found if file.is_file())


def says_claims(file: Path) -> bool:
    """Tell whether a file is named ``*_claims.py`` or takes ``Paper`` from regretlab; it is read, and not run."""
    if file.name.endswith("_claims.py"):
        return True
    text = file.read_text(encoding="utf-8", errors="replace")
    if "regretlab" not in text or "Paper" not in text:
        return False
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True  # which running it will refuse in a sentence
    modules = [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)]
    modules += [alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names]
    imports = any(m.split(".")[0] == "regretlab" for m in modules)
    calls = (n.func for n in nodes if isinstance(n, ast.Call))
    return imports and any(getattr(f, "id", getattr(f, "attr", "")) == "Paper" for f in calls)


def claims_in(paths: Sequence[Path]) -> list[tuple[Claim, Path, bool]]:
    """Load the claims of the paths and the shipped ones they rest on: ``(claim, its file, whether asked for)``."""
    asked = list(dict.fromkeys(file for path in paths for file in files(path)))
    found = [(claim, file, True) for file, claims in zip(asked, _all(asked), strict=True) for claim in claims]
    known = _ids(found)
    if any(_full(claim, use, known) not in known for claim, _, _ in found for use in _used(claim)):
        context = [(c, f, False) for f in files(shipped()) if f not in asked for c in load(f) if c.id not in known]
        found += _needed(found, context)
        known = _ids(found)
    seen: dict[str, tuple[str, Path]] = {}
    for claim, file, _ in found:
        alike = unicodedata.normalize("NFKC", claim.id).casefold()  # some file systems take them for one name
        if alike in seen:
            other, place = seen[alike]
            again = "" if other == claim.id else f", as {other},"
            raise refuse(claim.id, f"it is defined in {place.name}{again} and again in {file.name}", "rename one")
        seen[alike] = claim.id, file
    resolved = [(_resolved(claim, known), file, asked_for) for claim, file, asked_for in found]
    by_id = {one.id: one.statement for claim, _, _ in resolved for one in claim.all()}
    return [(_with_lemmas(claim, by_id), file, asked_for) for claim, file, asked_for in resolved]


def _all(asked: Sequence[Path]) -> list[list[Claim]]:
    """Load the claims of every file: the shipped ones here, others in processes of their own."""
    own = [file for file in asked if not is_shipped(file)]
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        read = dict(zip(own, pool.map(reading.read, own), strict=True))
    return [read[file] if file in read else load(file) for file in asked]


def is_shipped(file: Path) -> bool:
    """Tell whether a file of claims is one of regretlab's own, which are as much to be trusted as its checkers."""
    return file.is_relative_to(shipped().resolve())


def _ids(found: Sequence[tuple[Claim, Path, bool]]) -> set[str]:
    return {one.id for claim, _, _ in found for one in claim.all()}


def _used(claim: Claim) -> list[str]:
    return [use for one in claim.all() for use in _used_by(one)]


def _full(claim: Claim, use: str, known: Collection[str]) -> str:
    """Return the id that a claim means: of its own paper first."""
    own = f"{claim.id.split('.')[0]}.{use}"
    return own if own in known or "." not in use else use


def _resolved(claim: Claim, known: Collection[str]) -> Claim:
    corrected = _resolved(claim.corrected, known) if claim.corrected else None
    uses = tuple(_full(claim, use, known) for use in claim.uses)
    by = _full(claim, claim.repaired_by, known) if claim.repaired_by else ""
    statement = claim.statement
    if isinstance(statement, Theorem):
        lemmas = tuple(replace(lemma, id=_full(claim, lemma.id, known)) for lemma in statement.lemmas)
        hints = (replace(h, claim=_full(claim, h.claim, known)) if isinstance(h, Use) else h for h in statement.by)
        statement = replace(statement, lemmas=lemmas, by=tuple(hints))
    return replace(claim, statement=statement, uses=uses, repaired_by=by, corrected=corrected)


def _with_lemmas(claim: Claim, statements: Mapping[str, Statement]) -> Claim:
    """Say in a theorem what the claims say that it uses."""
    corrected = _with_lemmas(claim.corrected, statements) if claim.corrected else None
    statement = claim.statement
    if isinstance(statement, Theorem):
        lemmas = tuple(replace(lemma, statement=_own(statements.get(lemma.id))) for lemma in statement.lemmas)
        statement = replace(statement, lemmas=lemmas)
    return replace(claim, statement=statement, corrected=corrected)


def _own(statement: Statement | None) -> Statement | None:
    """Return what a claim says, without what its proof rests on."""
    return replace(statement, lemmas=(), by=()) if isinstance(statement, Theorem) else statement


def _needed(
    found: list[tuple[Claim, Path, bool]], context: list[tuple[Claim, Path, bool]]
) -> list[tuple[Claim, Path, bool]]:
    """List the claims of the context on which the found ones rest, directly or not."""
    by_id = {one.id: entry for entry in context for one in entry[0].all()}
    waiting, taken = [claim for claim, _, _ in found], dict[str, tuple[Claim, Path, bool]]()
    while waiting:
        claim = waiting.pop()
        for use in _used(claim):
            name = _full(claim, use, by_id)
            if name in by_id and by_id[name][0].id not in taken:
                taken[by_id[name][0].id] = by_id[name]
                waiting.append(by_id[name][0])
    return list(taken.values())


def load(file: Path) -> list[Claim]:
    """Load the claims of every :class:`Paper` of a file, which is run here and can do anything to this process."""
    key = (file, file.stat().st_mtime_ns)
    if key not in _cache:
        _cache[key] = [c for paper in _papers(file) for c in paper.claims]
    return _cache[key]


def _papers(file: Path) -> list[Paper]:
    name = f"claims_{hashlib.sha256(str(file).encode()).hexdigest()[:12]}_{file.stem}"
    module = ModuleType(name)
    module.__file__ = str(file)
    sys.modules[name] = module
    linecache.checkcache(str(file))
    Paper.made[:] = [(paper, where) for paper, where in Paper.made if where != name]  # of the file before it was edited
    Paper.keeps = True
    try:
        # The import system would take byte code of the same second and size for the file's own, and write some.
        exec(compile(file.read_bytes(), str(file), "exec", dont_inherit=True), vars(module))
    except InputError as error:
        raise InputError(f"{named(file)}: {error}") from None
    except KeyboardInterrupt:
        raise
    except SyntaxError as error:
        raise InputError(f"{named(file)} line {error.lineno}: {error.msg}; mend the file.") from None
    except BaseException as error:
        line = next(
            (f.lineno for f in reversed(traceback.extract_tb(error.__traceback__)) if f.filename == str(file)), "?"
        )
        hint = "declare symbols with real() before they are used" if isinstance(error, NameError) else "mend the file"
        if isinstance(error, SystemExit):
            hint = "a file of claims has to run to its end, so take that out"
        raise InputError(f"{named(file)} line {line}: {type(error).__name__}: {error}; {hint}.") from None
    finally:
        Paper.keeps = False
    made = [paper for paper, where in Paper.made if where == name]  # a name that is used again hides a paper
    found = {id(v): v for v in (*made, *vars(module).values()) if isinstance(v, Paper)}
    if not found:
        begin = "begin with P = regretlab.claims.Paper('my-paper', 'its title')"
        raise InputError(f"{named(file)} makes no Paper; {begin}.")
    if not any(paper.claims for paper in found.values()):
        raise InputError(f"{named(file)} makes a Paper without claims; add one, or leave the file out.")
    return list(found.values())


def connected(claims: Mapping[str, Claim]) -> tuple[dict[str, Claim], dict[str, set[str]], list[str]]:
    """Return the claims, what each rests on (what it uses, and corrected forms), and their ids, each after those.

    A claim that uses an unknown one, or that rests on itself, is malformed.
    """
    found = dict(claims)
    for claim in claims.values():
        if unknown := [name for name in _used_by(claim) if name not in claims]:
            which = str(unknown_name("claim", unknown[0], claims)).split(" Known:")[0].rstrip(".")
            found[claim.id] = _malformed(claim, f"it uses an {which}; correct its 'uses'.")
        elif isinstance(claim.statement, Theorem):
            known = {lemma.id: lemma.known for lemma in claim.statement.lemmas}
            unfit = (hint.unknown(known[hint.claim]) for hint in claim.statement.by if isinstance(hint, Use))
            if why := next(filter(None, unfit), ""):
                found[claim.id] = _malformed(claim, why)
    while True:
        graph = {
            name: {*(used := _used_by(claim)), *(f"{n}.corrected" for n in used if f"{n}.corrected" in found)}
            for name, claim in found.items()
        }
        try:
            return found, graph, list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            chain = error.args[1]
            for name in chain:
                why = f"it rests on itself ({' <- '.join(chain)}); break the cycle in 'uses'."
                found[name] = _malformed(found[name], why)


def _used_by(claim: Claim) -> list[str]:
    return [name for name in (*claim.uses, claim.repaired_by) if name]


def _malformed(claim: Claim, why: str) -> Claim:
    return replace(claim, statement=Malformed(why), uses=(), repaired_by="", exports=None)
