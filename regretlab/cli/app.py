"""The command line. Thin: every command is a function of the library.

The libraries behind a command take seconds to load, so that every command imports its own, after its options are read.

Exit status: 0 done, 1 the check says no (verify: a verdict differs from the one pinned; falsify: a certified instance
was found), 2 bad input (one sentence on standard error), 130 interrupted.
"""

from __future__ import annotations

import inspect
import io
import json
import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from regretlab import spelling
from regretlab.cli import export, store
from regretlab.cli.conform import conform
from regretlab.cli.sweep import sweep
from regretlab.cli.terminal import GROUP, console, warnings_as_sentences
from regretlab.errors import InputError, NonFiniteError, unknown_name
from regretlab.parameters import number, number_of_processes
from regretlab.system import processes
from regretlab.system.files import NO_ROOM
from regretlab.system.version import __version__

app = typer.Typer(**GROUP | {"add_completion": True})
app.add_typer(store.commands, name="store")
app.add_typer(export.commands, name="export")


def main() -> None:
    """Entry point: turns bad input into one sentence and exit status 2."""
    try:
        app()
    except (InputError, NonFiniteError) as error:
        print(f"regretlab: {error}", file=sys.stderr)
        sys.exit(2)
    except MemoryError as error:
        why = f" ({error})" if str(error) else ""
        print(f"regretlab: there is not enough memory{why}; make the problem or the run smaller.", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        print(f"regretlab: cannot write: {error.strerror}; make room, or name another place.", file=sys.stderr)
        sys.exit(2)
    except SystemExit as stop:
        # Typer ends without a word at Ctrl-C, unless the command itself has said what it kept.
        if isinstance(getattr(stop.__context__, "__cause__", None), KeyboardInterrupt):
            print("regretlab: interrupted.", file=sys.stderr)
        raise


@app.callback(invoke_without_command=True)
def _top(version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    """Simulate, measure regret, compare with the bound: does the algorithm behave as the theorem says?"""
    if version:
        print(f"regretlab {__version__}")
        raise typer.Exit


@app.command()
def run(
    study: Annotated[str, typer.Argument(help="A built-in study (see 'regretlab list') or a TOML file.")] = "seeds",
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for results, figures, summary.json and report.html; default regretlab-out/STUDY."),
    ] = None,
    horizon: Annotated[str | None, typer.Option(help="Number of steps T, for every run of the study.")] = None,
    replicates: Annotated[str | None, typer.Option(help="Number of independent runs R.")] = None,
    seed: Annotated[str | None, typer.Option(help="Seed of all random streams.")] = None,
    algorithms: Annotated[
        list[str] | None, typer.Option(help="Comma-separated; a bare name takes the study's parameters.")
    ] = None,
    problems: Annotated[
        list[str] | None, typer.Option(help="Comma-separated; a bare name takes the study's parameters.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON instead of tables.")] = False,
    jobs: Annotated[str | None, typer.Option(help="Number of processes; default one per core.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep the finished parts of an earlier run of the same study in --out.")
    ] = False,
    place: Annotated[
        str | None, typer.Option("--store", help="Folder or URL where finished runs are kept for good, and looked for.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the place of the report, and errors.")] = False,
) -> None:
    """Run a study: simulate, measure regret, evaluate the bounds, and write a page that says what holds."""
    workers = number_of_processes(jobs)
    if workers > 1:
        processes.warm_up("regretlab.studies.output")
    from regretlab import studies
    from regretlab.store import Store
    from regretlab.studies.output import OutputFolder, write_study
    from regretlab.studies.table import verdicts_table

    chosen = studies.select(studies.load(study), _list(problems), _list(algorithms))
    settings = {"horizon": horizon, "replicates": replicates, "seed": seed}
    given = {name: _integer(name, text) for name, text in settings.items() if text is not None}
    chosen = studies.override(chosen, given)
    made = chosen.check()
    kept_in = Store(place or chosen.store) if place or chosen.store else None
    folder = OutputFolder(out or Path("regretlab-out") / chosen.name)
    try:
        with warnings_as_sentences():
            written = write_study(
                chosen, made, folder, resume=resume, store=kept_in, workers=workers, progress=not quiet,
                command=_command(study, {**settings, "problems": problems, "algorithms": algorithms}),
            )  # fmt: skip
    except KeyboardInterrupt:
        kept = kept_in is not None or any(path.suffix in (".nc", ".snapshot") for path in folder.stage.rglob("*"))
        words = "what was finished is kept, and --resume goes on from there" if kept else "nothing was finished yet"
        print(f"regretlab: interrupted; {words}.", file=sys.stderr)
        raise typer.Exit(130) from None
    if as_json:
        print((folder.path / "summary.json").read_text(encoding="utf-8"))
        return
    terminal = console()
    if not quiet:
        for result in written.results:
            terminal.print(verdicts_table(result))
        for sentence in written.conclusion:
            terminal.print(sentence, markup=False)
    terminal.print(f"Report: {folder.path / 'report.html'}")


app.command()(sweep)
app.command()(conform)


@app.command(name="list")
def list_() -> None:
    """List the studies, problems, data sets, algorithms, methods, samplers and bounds."""
    from regretlab.cli import page_cache

    def made() -> dict[str, list[tuple[str, str]]]:
        from regretlab.cli import catalogue

        return catalogue.everything()

    _print_parts(page_cache.kept("list", made))


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Any name that 'regretlab list' prints, or 'adam(alpha=0.1)'.")],
    claims: Annotated[
        list[Path] | None, typer.Option(help="A file of claims of yours that has the name, or a folder; repeatable.")
    ] = None,
) -> None:
    """Show what something is: its formula, source, parameters with ranges and defaults."""
    from regretlab.cli import page_cache

    if claims:
        from regretlab.cli import catalogue

        print(inspect.cleandoc(catalogue.claim(name, claims)))
        return

    def made(*, also_claims: bool = False) -> str | None:
        from regretlab.cli import catalogue

        return catalogue.page(name) if also_claims else catalogue.part(name)

    # A claim's page says what its certificate says now: it is checked each time.
    page = page_cache.kept(f"show {name}", made) or made(also_claims=True)
    print(inspect.cleandoc(page or ""))


@app.command(name="doctor")
def doctor_(form: Annotated[str, typer.Option("--format", help="text or json.")] = "text") -> None:
    """Say what this installation can use: dependencies, extras, the compiled engine, GPUs. Exit status 0, always."""
    if form not in ("text", "json"):
        raise unknown_name("format", form, ["text", "json"])
    from regretlab.cli import doctor

    found = doctor.examine()
    if form == "json":
        print(json.dumps(found, indent=1))
    else:
        _print_parts(doctor.parts(found))


@app.command()
def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Papers and claims by name, files of claims, folders of them; default all shipped."),
    ] = None,
    search: Annotated[bool, typer.Option("--search", help="Search every certificate again and write it.")] = False,
    renew: Annotated[
        bool, typer.Option("--renew", help="Find the certificates that are missing, stale or damaged, and write them.")
    ] = False,
    form: Annotated[str, typer.Option("--format", help="text, json, html or latex.")] = "text",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="File to write instead of standard output.")] = None,
    certificates: Annotated[
        Path | None, typer.Option(help="Folder of the certificates; default 'certs' beside each file of claims.")
    ] = None,
    jobs: Annotated[str | None, typer.Option(help="Number of processes; default one per core.")] = None,
    ask_kernel: Annotated[
        bool,
        typer.Option("--kernel", help="Have the kernel of Rocq check proofs written from certificates."),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print as text the claims alone whose verdict is not as pinned.")
    ] = False,
) -> None:
    """Re-check the certificates of papers' claims; exit status 1 if a verdict is not the one pinned.

    A file of claims is a Python program: read it before you run it. Each runs in a process of its own, for at most 15
    seconds; what it says in formulas is judged by processes that never load it, and what is decided by running its own
    functions says so in its trust. A file that ends early, or a claim that is malformed or cannot be judged, is an
    error, status 2; the other claims of the file are judged all the same.
    """
    from regretlab.claims import Ledger
    from regretlab.claims.ledger import destination, pages

    writers = {"json": pages.as_json, "html": pages.html, "latex": pages.latex}
    if form not in {"text", *writers}:
        raise unknown_name("format", form, ["text", *writers])
    workers = number_of_processes(jobs)
    if out is not None:
        destination.refuse_unwritable(out, "--out")
    if ask_kernel:
        from regretlab.claims.rocq import judging, kernel

        kernel.compiler()
    ledger, wanted = Ledger.named(names or (), certificates)
    entries = ledger.verify(wanted, search=search, renew=renew, jobs=workers)
    said: list[str] = []
    if ask_kernel:
        entries, rows, refused = judging.asked(ledger, entries, workers)
        said = ["", *(f"Refused: {line}" for line in refused), *judging.lines(rows)]
    if form == "text":
        text, shown = io.StringIO(), [e for e in entries if e.error or not e.as_pinned] if quiet else entries
        if shown or not quiet:
            (console() if out is None else Console(width=110, highlight=False, file=text)).print(pages.text(shown))
        written = text.getvalue()
    else:
        written = writers[form](entries)
        if out is None:
            print(written, end="")
    if out is not None:
        destination.write(out, written)
        print("\n".join([*pages.summary(entries), f"Written: {out}"]))
    print("\n".join(said), end="\n" * bool(said), file=sys.stdout if form == "text" or out is not None else sys.stderr)
    if broken := [e for e in entries if e.error]:
        others = f"; nor could {', '.join(e.claim.id for e in broken[1:])}" if broken[1:] else ""
        raise InputError(f"claim {broken[0].claim.id} could not be judged: {broken[0].error.rstrip('.')}{others}.")
    if not all(e.as_pinned for e in entries):
        raise typer.Exit(1)


@app.command(name="falsify")
def falsify_(
    algorithm: Annotated[
        str, typer.Option(help="A name, with the parameters that are not to be searched: 'adam(beta1=0.9)'.")
    ] = "adam",
    bound: Annotated[
        str | None, typer.Option(help="The bound to violate; by default the conjecture is that R(T)/T vanishes.")
    ] = None,
    budget: Annotated[str, typer.Option(help="Seconds of search.")] = "60",
    candidates: Annotated[
        str | None, typer.Option(help="Number of candidates in place of --budget: the same result on every machine.")
    ] = None,
    seed: Annotated[str, typer.Option(help="Seed of the search.")] = "0",
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for claim, certificate and figure; default regretlab-out/falsify."),
    ] = None,
    file: Annotated[Path | None, typer.Option(help="A Python file that defines a method or bound of yours.")] = None,
) -> None:
    """Search small online convex problems for one that refutes a bound; exit status 1 if one was certified."""
    from regretlab.falsifier import CLAIM, falsify
    from regretlab.studies.output import OutputFolder

    output = OutputFolder(out or Path("regretlab-out") / "falsify")
    folder = output.path
    with output.in_use():
        found = falsify(
            algorithm, bound, budget=number("budget", budget, "(0, inf)"),
            candidates=None if candidates is None else _integer("candidates", candidates), seed=_integer("seed", seed),
            file=file, progress=True,
        )  # fmt: skip
        print(found.text())
        found.write(folder)
    if found.certified:
        print(f"Claim, certificate and figure: {folder} (regretlab verify {folder / CLAIM})")
    if found.interrupted:
        print("regretlab: interrupted; what was found until then is kept.", file=sys.stderr)
        raise typer.Exit(1 if found.certified else 130)
    if found.certified:
        raise typer.Exit(1)


def _print_parts(parts: Mapping[str, Iterable[tuple[str, str]]]) -> None:
    terminal = console(markup=False)
    for title, rows in parts.items():
        part = Table(title=title, title_justify="left", box=None, show_header=False, pad_edge=False)
        for name, text in rows:
            part.add_row(f"  {name}", Text(text))
        terminal.print(part)
        terminal.print()


def _command(study: str, settings: Mapping[str, str | list[str] | None]) -> str:
    """Return the command with what the results depend on."""
    given = {name: [value] if isinstance(value, str) else value or [] for name, value in settings.items()}
    options = [part for name, values in given.items() for value in values for part in (f"--{name}", value)]
    return shlex.join(["regretlab", "run", study, *options])


def _list(texts: list[str] | None) -> list[str]:
    parts = [part for text in texts or [] for part in spelling.split(text)]
    if texts and not parts:
        raise InputError("an empty list of names was given; leave the option out, or name at least one.")
    return parts


def _integer(name: str, text: str) -> Any:
    within = {
        "candidates": "[1, 1e12]", "horizon": "[1, 1e12]", "replicates": "[1, 1e6]",
        "seed": "[0, 1e300]",
    }[name]  # fmt: skip
    return int(number(name, text, within, integer=True))
