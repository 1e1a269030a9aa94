"""Reading claims from files: what is loaded, what depends on what, and what is wrong with a file."""

from __future__ import annotations

import hashlib
import linecache
import sys
import traceback
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType

import regretlab
from regretlab.claims.claim import Claim, refuse
from regretlab.claims.paper import Paper
from regretlab.errors import InputError, closest

_cache: dict[tuple[Path, int], list[Claim]] = {}


def shipped() -> Path:
    """The folder of the papers that come with regretlab."""
    inside = Path(regretlab.__file__).parent / "paper_checks"
    return inside if inside.is_dir() else inside.parent.parent / "paper_checks"


def files(path: Path) -> list[Path]:
    """The claims files a path names: itself, or every Python file below that is not a test or private."""
    if path.is_file() and path.suffix == ".py":
        return [path.resolve()]
    if not path.is_dir():
        what = "is not a Python file" if path.exists() else "does not exist"
        raise InputError(f"{path} {what}; give a .py file of claims or a folder of them, like paper_checks/.")
    found = [p.resolve() for p in sorted(path.rglob("*.py")) if not p.name.startswith(("_", "test_", "conftest"))]
    if not found:
        raise InputError(
            f"the folder {path} holds no claims file; one is any .py file that makes a regretlab.claims.Paper."
        )
    return found


def claims_in(paths: Sequence[Path]) -> list[tuple[Claim, Path, bool]]:
    """``(claim, its file, whether it was asked for)``: the claims of the paths, and the shipped ones they rest on."""
    asked = list(dict.fromkeys(file for path in paths for file in files(path)))
    found = [(claim, file, True) for file in asked for claim in load(file)]
    known = _ids(found)
    if any(_full(claim, use, known) not in known for claim, _, _ in found for use in _used(claim)):
        context = [(c, f, False) for f in files(shipped()) if f not in asked for c in load(f) if c.id not in known]
        found += _needed(found, context)
        known = _ids(found)
    seen: dict[str, Path] = {}
    for claim, file, _ in found:
        if claim.id in seen:
            raise refuse(claim.id, f"it is defined in {seen[claim.id].name} and again in {file.name}", "rename one")
        seen[claim.id] = file
    return [(_resolved(claim, known), file, asked_for) for claim, file, asked_for in found]


def _ids(found: Sequence[tuple[Claim, Path, bool]]) -> set[str]:
    return {one.id for claim, _, _ in found for one in claim.all()}


def _used(claim: Claim) -> list[str]:
    return [use for one in claim.all() for use in (*one.uses, one.repaired_by) if use]


def _full(claim: Claim, use: str, known: Collection[str]) -> str:
    """The id a claim means: of its own paper first."""
    own = f"{claim.id.split('.')[0]}.{use}"
    return own if own in known or "." not in use else use


def _resolved(claim: Claim, known: Collection[str]) -> Claim:
    corrected = _resolved(claim.corrected, known) if claim.corrected else None
    uses = tuple(_full(claim, use, known) for use in claim.uses)
    by = _full(claim, claim.repaired_by, known) if claim.repaired_by else ""
    return replace(claim, uses=uses, repaired_by=by, corrected=corrected)


def _needed(
    found: list[tuple[Claim, Path, bool]], context: list[tuple[Claim, Path, bool]]
) -> list[tuple[Claim, Path, bool]]:
    """The claims of the context that those found rest on, directly or not."""
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
    """The claims of every :class:`Paper` a file makes."""
    key = (file, file.stat().st_mtime_ns)
    if key not in _cache:
        _cache[key] = [c for paper in _papers(file) for c in paper.claims]
    return _cache[key]


def _named(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def _papers(file: Path) -> list[Paper]:
    name = f"claims_{hashlib.sha256(str(file).encode()).hexdigest()[:12]}_{file.stem}"
    module = ModuleType(name)
    module.__file__ = str(file)
    sys.modules[name] = module
    linecache.checkcache(str(file))
    try:
        # The import system would take byte code of the same second and size for the file's own, and write some.
        exec(compile(file.read_bytes(), str(file), "exec", dont_inherit=True), vars(module))
    except InputError as error:
        raise InputError(f"{_named(file)}: {error}") from None
    except SyntaxError as error:
        raise InputError(f"{_named(file)} line {error.lineno}: {error.msg}; mend the file.") from None
    except Exception as error:
        line = next(
            (f.lineno for f in reversed(traceback.extract_tb(error.__traceback__)) if f.filename == str(file)), "?"
        )
        hint = "declare symbols with real() before they are used" if isinstance(error, NameError) else "mend the file"
        raise InputError(f"{_named(file)} line {line}: {type(error).__name__}: {error}; {hint}.") from None
    found = {id(v): v for v in vars(module).values() if isinstance(v, Paper)}
    if not found:
        begin = "begin with P = regretlab.claims.Paper('my-paper', 'its title')"
        raise InputError(f"{_named(file)} makes no Paper; {begin}.")
    return list(found.values())


def needs(claims: Mapping[str, Claim]) -> dict[str, set[str]]:
    """What each claim rests on: the claims it uses, and their corrected forms.

    Raises
    ------
    InputError
        For an unknown dependency.
    """
    graph: dict[str, set[str]] = {}
    for claim in claims.values():
        used = [n for n in (*claim.uses, claim.repaired_by) if n]
        for name in used:
            if name not in claims:
                unknown = str(closest("claim", name, claims)).split(" Known:")[0].rstrip(".")
                raise refuse(claim.id, f"it uses an {unknown}", "correct its 'uses'")
        graph[claim.id] = {*used, *(f"{n}.corrected" for n in used if f"{n}.corrected" in claims)}
    return graph


def order(graph: Mapping[str, set[str]]) -> list[str]:
    """Ids, each after what it rests on; a cycle is an :class:`InputError`."""
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        chain = " <- ".join(error.args[1])
        raise refuse(error.args[1][0], f"it rests on itself ({chain})", "break the cycle in 'uses'") from None
