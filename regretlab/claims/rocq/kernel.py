"""Files handed to Rocq's compiler, whose kernel accepts their proofs or not."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cache
from graphlib import TopologicalSorter
from itertools import repeat
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from regretlab.claims.rocq.files import Exported, assumptions, library
from regretlab.errors import InputError
from regretlab.system.files import atomically

INSTALL = "apt-get install coq libcoq-interval (Debian, Ubuntu), or opam install coq coq-interval"
#: Seconds for one file, and answers that are kept.
LIMIT, MOST_KEPT = 60.0, 5000
#: What a proof may assume: the axioms of the real numbers in Rocq's standard library.
REALS = {
    "ClassicalDedekindReals.sig_not_dec", "ClassicalDedekindReals.sig_forall_dec",
    "FunctionalExtensionality.functional_extensionality_dep", "Classical_Prop.classic",
}  # fmt: skip
#: The files of the library that need coq-interval.
OPTIONAL = ("RegretlabIntervals", "RegretlabCurves")
#: What intervals assume besides: that the processor's integers and floating-point numbers are what Rocq says they are.
MACHINE = ("PrimInt63.", "Uint63.", "PrimFloat.", "FloatAxioms.", "FloatOps.", "Int63.", "SpecFloat.", "Sint63.")


@dataclass(frozen=True)
class Answer:
    """What the kernel said of one file: whether it accepted every theorem, in which words it did not, what is assumed.

    ``theorems`` are the names of the accepted ones, also of a file that is not accepted as a whole. ``axioms`` are the
    names that the theorems rest on; only those of :data:`REALS` and :data:`MACHINE` are admitted.
    """

    accepted: bool
    words: str
    axioms: tuple[str, ...] = ()
    theorems: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def machine(self) -> bool:
        """Whether a proof computes with the processor's numbers."""
        return any(name.startswith(MACHINE) for name in self.axioms)


def compiler() -> str:
    """Return the path of Rocq's compiler.

    Raises
    ------
    InputError
        Where there is none, with how to install it.
    """
    found = shutil.which("coqc") or shutil.which("rocq")
    if found is None:
        raise InputError(f"the kernel of Rocq is asked through coqc, which is not on this machine; {INSTALL}.")
    return found


@cache
def version() -> str:
    """Return the version of the compiler."""
    return subprocess.run([*_command(), "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]


def _command() -> list[str]:
    path = compiler()
    return [path, "compile"] if Path(path).name == "rocq" else [path]


def judged(found: Sequence[Exported], jobs: int = 2, limit: float = LIMIT, keep: bool = True) -> dict[str, Answer]:
    """Ask the kernel about files, several at a time; what it said before of the same text is not asked again.

    Parameters
    ----------
    found : sequence of Exported
    jobs : int
        Processes at a time.
    limit : float
        Seconds for one file; one that takes longer is not accepted.
    keep : bool
        Whether answers are kept, and kept ones used.

    Returns
    -------
    dict
        An answer for the id of every claim that has a file.

    Raises
    ------
    InputError
        Where Rocq is not installed, or refuses the library of the exported files.
    """
    base = hashlib.sha256("\n".join([version(), *library().values()]).encode()).hexdigest()
    files = {e.module: e for e in found if e.text}
    order = list(TopologicalSorter({m: set(e.needs) for m, e in files.items()}).static_order())
    keys: dict[str, str] = {}
    for name in order:
        if name in files:
            told = "".join(keys.get(need, need) for need in files[name].needs)
            keys[name] = hashlib.sha256(f"{base}{told}{files[name].text}".encode()).hexdigest()
    known = _kept() if keep else {}
    answers = {files[name].claim: known[key] for name, key in keys.items() if key in known}
    asked = [files[name] for name in order if name in files and files[name].claim not in answers]
    if asked:
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            _compile_library(folder)
            new = _compiled(_with_needs(asked, files), folder, jobs, limit)
            new |= _assumed([e for e in asked if new[e.claim].accepted], new, folder)
        answers |= {e.claim: new[e.claim] for e in asked}
        if keep:
            late = ("it took more than", "it rests on")
            _keep({keys[e.module]: new[e.claim] for e in asked if not new[e.claim].words.startswith(late)})
    return answers


def _with_needs(asked: Sequence[Exported], files: Mapping[str, Exported]) -> list[Exported]:
    """Add the files that files need, and theirs."""
    waiting, found = [e.module for e in asked], dict[str, Exported]()
    while waiting:
        name = waiting.pop()
        if name in files and name not in found:
            found[name] = files[name]
            waiting += files[name].needs
    return list(found.values())


def _compiled(found: Sequence[Exported], folder: Path, jobs: int, limit: float) -> dict[str, Answer]:
    """Compile files, each after those that it needs; what needs a refused one is refused."""
    sorter = TopologicalSorter({e.module: set(e.needs) for e in found})
    sorter.prepare()
    files, answers, good = {e.module: e for e in found}, dict[str, Answer](), set[str]()
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        while sorter.is_active():
            ready = sorter.get_ready()
            some = [files[name] for name in ready if name in files]
            said = pool.map(_after, some, repeat(frozenset(good)), repeat(folder), repeat(limit))
            for one, answer in zip(some, said, strict=True):
                answers[one.claim] = answer
                good |= {one.module} if answer.accepted else set()
            sorter.done(*ready)
    return answers


def _after(one: Exported, good: frozenset[str], folder: Path, limit: float) -> Answer:
    if lacking := [name for name in one.needs if name not in good]:
        return Answer(False, f"it rests on {', '.join(lacking)}, which is not accepted")
    return _ask(one, folder, limit)


def _assumed(found: list[Exported], answers: Mapping[str, Answer], folder: Path) -> dict[str, Answer]:
    """See what accepted theorems rest on: all together, and each by itself where something foreign is among it."""
    judged: dict[str, Answer] = {}
    for intervals in (False, True):
        some = [e for e in found if ("RegretlabIntervals" in e.text) is intervals]
        together = _axioms(some, folder, f"Assumptions{int(intervals)}") if some else None
        for one in some:
            answer = answers[one.claim]
            told = together
            if told is None or foreign(told):
                told = _axioms([one], folder, f"{one.module}_assumptions")
            if told is None:
                judged[one.claim] = replace(
                    answer, accepted=False, theorems=(), words="what it rests on could not be printed"
                )
            elif wrong := foreign(told):
                judged[one.claim] = replace(
                    answer, accepted=False, theorems=(), words=f"it rests on {', '.join(wrong[:5])}"
                )
            else:
                judged[one.claim] = replace(answer, axioms=told)
    return judged


def _axioms(found: list[Exported], folder: Path, name: str) -> tuple[str, ...] | None:
    (folder / f"{name}.v").write_text(assumptions(found), encoding="utf-8")
    done = _run(folder, name, 10 * LIMIT)
    return None if done is None or done.returncode else axioms(done.stdout)


def _compile_library(folder: Path) -> None:
    shutil.copytree(_compiled_library().name, folder, dirs_exist_ok=True)


@cache
def _compiled_library() -> tempfile.TemporaryDirectory[str]:
    """Compile the library, once in a process, in a folder that lasts as long as the process."""
    made = tempfile.TemporaryDirectory()
    folder = Path(made.name)
    for name, text in library().items():
        (folder / f"{name}.v").write_text(text, encoding="utf-8")
        done = _run(folder, name, 10 * LIMIT)
        if done is None or done.returncode:
            if name in OPTIONAL:  # without coq-interval, the files that need it are not accepted
                continue
            why = "it took too long" if done is None else _shortened(done.stderr)
            raise InputError(f"{version()} does not accept regretlab's own library: {why}; {INSTALL}.")
    return made


def _run(folder: Path, name: str, limit: float) -> subprocess.CompletedProcess[str] | None:
    command = [*_command(), "-q", "-w", "none", "-Q", ".", "Regretlab", f"{name}.v"]
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return None


def _ask(one: Exported, folder: Path, limit: float) -> Answer:
    (folder / f"{one.module}.v").write_text(one.text, encoding="utf-8")
    start = time.perf_counter()
    done = _run(folder, one.module, limit)
    seconds = round(time.perf_counter() - start, 2)
    if done is None:
        return Answer(False, f"it took more than {limit:g} s", seconds=seconds)
    if done.returncode:
        alone = one.alone()
        good = [part.names[0] for part in alone if _ask(part, folder, limit).accepted] if len(alone) > 1 else []
        return Answer(False, _shortened(done.stderr), theorems=tuple(good), seconds=seconds)
    return Answer(True, "accepted", theorems=one.names, seconds=seconds)


def axioms(said: str) -> tuple[str, ...] | None:
    r"""Read the names that ``Print Assumptions`` printed; None if it printed none of its two answers.

    Examples
    --------
    >>> axioms("Closed under the global context\n"), axioms("Axioms:\nmine : 0 = 1\nother\n  : True\n")
    ((), ('mine', 'other'))
    """
    if "Closed under the global context" in said:
        return ()
    _, there, names = said.partition("Axioms:\n")
    return tuple(re.findall(r"^([A-Za-z_][\w.']*)(?: :|$)", names, re.MULTILINE)) if there else None


def foreign(names: Iterable[str]) -> list[str]:
    """List the axioms that no proof may rest on.

    Examples
    --------
    >>> foreign(["mine", "Classical_Prop.classic", "PrimFloat.add"])
    ['mine']
    """
    return [name for name in names if name not in REALS and not name.startswith(MACHINE)]


def _shortened(error: str) -> str:
    line = " ".join(line for line in error.split("\n") if not line.startswith("File "))
    place = re.search(r"line (\d+)", error)
    where = f"line {place[1]}: " if place else ""
    return where + " ".join(line.split())[:240]


def _file() -> Path:
    return user_cache_path("regretlab") / "kernel.json"


def _kept() -> dict[str, Answer]:
    """Read the answers that were kept; none from a file that is missing or damaged."""
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
        return {
            key: Answer(**{**a, "axioms": tuple(a["axioms"]), "theorems": tuple(a["theorems"])})
            for key, a in found.items()
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def _keep(new: Mapping[str, Answer]) -> None:
    with suppress(OSError), atomically(_file()) as partial:
        found: dict[str, Any] = {**_kept(), **new}
        latest = dict(list(found.items())[-MOST_KEPT:])
        partial.write_text(json.dumps({k: asdict(a) for k, a in latest.items()}), encoding="utf-8")
