"""The parts of the site that are made from the library: symbols, bounds, verdicts, commands. Each gives Markdown."""

import functools
import re
from collections.abc import Iterable, Sequence

import sympy as sp
import typer

from regretlab.bounds import Bound
from regretlab.bounds.symbols import LATEX, LIBRARY, MEANING, RANGES, WORST
from regretlab.claims import LEVELS, VERDICTS, Entry, Ledger, pages
from regretlab.claims.ledger.formulas import prints
from regretlab.claims.ledger.loading import PAPERS
from regretlab.cli.app import app

#: The papers whose claims are judged, where not all are: judging takes a minute.
SHOWN: tuple[str, ...] = ()
#: Verdicts that say that something printed is not so, in the order in which they are listed.
AGAINST = ("refuted", "ill-posed", "misprint", "vacuous", "unsupported")


def table(head: Sequence[str], rows: Iterable[Sequence[object]], numbers: int = 0) -> str:
    """Write a table, its last columns aligned as numbers."""
    bars = ["---"] * (len(head) - numbers) + ["---:"] * numbers
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in [head, bars, *rows])


def formula(latex: str) -> str:
    """Write a formula for a cell of a table, where a bar would end the cell."""
    return "$" + latex.replace(r"\|", r"\Vert ").replace("|", r"\vert ") + "$"


# Symbols


def symbols() -> str:
    """Write the symbols of the bounds: the constants of theorems, then what is measured on a run."""
    own = [s for s in MEANING if s.name in LIBRARY]
    constants = [
        (formula(LATEX.get(s, sp.latex(s))), f"`{s.name}`", MEANING[s], f"`{RANGES[s.name]}`")
        for s in own
        if s not in WORST
    ]
    statistics = [
        (formula(LATEX[s]), f"`{s.name}`", MEANING[s], formula(sp.latex(WORST[s], symbol_names=LATEX)))
        for s in own
        if s in WORST
    ]
    return "\n\n".join([
        "## Constants", table(("symbol", "in Python", "meaning", "range"), constants),
        "## Statistics of a run", table(("symbol", "in Python", "meaning", "at most"), statistics),
    ])  # fmt: skip


def vocabulary() -> str:
    """Write the verdicts of claims and the levels of trust, and what each says."""
    return "\n\n".join([
        table(("verdict of a claim", "says"), ((f"**{v}**", says) for v, says in VERDICTS.items())),
        table(("trust", "rests on"), ((f"**{level}**", says) for level, says in LEVELS.items())),
    ])  # fmt: skip


# The ledger


@functools.cache
def judged() -> dict[str, list[Entry]]:
    """Judge every claim of the shipped papers, by the name of the paper's folder."""
    ledger = Ledger([PAPERS.library[paper] for paper in SHOWN or PAPERS.library])
    found: dict[str, list[Entry]] = {}
    for entry in ledger.verify():
        found.setdefault(ledger.files[entry.claim.id].parent.name, []).append(entry)
    return {paper: found[paper] for paper in PAPERS.library if paper in found}


def ledgers() -> dict[str, str]:
    """Make the page of every paper, the one that ``regretlab verify PAPER --format html`` writes."""
    return {paper: pages.html(entries) for paper, entries in judged().items()}


def papers() -> str:
    """Write a row for every paper: its verdicts, and the way to its page."""
    rows = []
    for paper, entries in judged().items():
        verdicts, _ = pages.counts(entries)
        words = ", ".join(f"{n} {verdict}" for verdict, n in verdicts.items())
        titles = "; ".join(dict.fromkeys(entry.claim.paper for entry in entries))
        rows.append((f'<a href="ledger/{paper}.html">{titles}</a>', f"`{paper}`", words, len(entries)))
    return table(("paper", "folder", "verdicts", "claims"), rows, numbers=1)


def counted() -> str:
    """Write the counts over all papers, as the last lines of ``regretlab verify`` have them."""
    entries = [entry for own in judged().values() for entry in own]
    lines = [f"Judged for this quick look: {', '.join(SHOWN)}, and no other paper."] * bool(SHOWN)
    return "\n".join(f"- {line}" for line in lines + pages.summary(entries))


def sources() -> str:
    """Write how well the printed text of the claims is known, by paper."""
    kinds = {
        "": "as printed",
        "confirmed": "confirmed in prose",
        "code": "read from code",
        "reconstructed": "reconstructed",
    }
    rows = [(f"`{p}`", *(sum(e.claim.source == k for e in own) for k in kinds)) for p, own in judged().items()]
    return table(("paper", *kinds.values()), rows, numbers=len(kinds))


def against() -> str:
    """List the claims that are not so, with the way to their certificates and what mends them."""
    lines = []
    for verdict in AGAINST:
        found = [(paper, e) for paper, own in judged().items() for e in own if e.verdict == verdict]
        if found := [(paper, e) for paper, e in found if "twin" not in e.claim.id]:
            lines += [f"### {verdict.capitalize()}: {VERDICTS[verdict]}", "\n".join(_against(*one) for one in found)]
    return "\n\n".join(lines)


def _against(paper: str, entry: Entry) -> str:
    claim = entry.claim
    drawn = f": {formula(claim.latex)}" if claim.latex and prints(claim.latex) else ""
    mended = f"; mended by {_link(paper, claim.corrected.id)}" if claim.corrected else ""
    return f"- {_link(paper, claim.id)} ({claim.at}){drawn}{mended}"


def _link(paper: str, claim: str) -> str:
    anchor = re.sub(r"[^\w.,+-]", "_", claim)  # as the page of the paper has it
    return f'<a href="ledger/{paper}.html#{anchor}">{claim}</a>'


# Bounds and commands


def bounds() -> str:
    """Write every bound: its formula with all constants, its source, how it was come by, what it assumes."""
    lines = []
    for bound in (Bound.known[id] for id in sorted(Bound.known.library)):
        status = bound.status + (f", {bound.mark}" if bound.mark else "")
        assumes = "; ".join(a.text for a in bound.assumes)
        facts = f"{bound.title}: {bound.source}. *{status.capitalize()}*, of the {bound.speaks_of} regret"
        lines += [f"## `{bound.id}`", facts + (", in expectation." if bound.in_expectation else ".")]
        lines += [f"$$\n{bound.latex()}\n$$", f"Assumes: {assumes}."]
    return "\n\n".join(lines)


def commands() -> str:
    """Write what ``--help`` says of every command."""
    lines = []
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        for path, one in [(f"{name} {n}", c) for n, c in getattr(command, "commands", {}).items()] or [(name, command)]:
            options = [(f"`{' '.join(p.opts) or p.name}`", _cell(p.help or "")) for p in one.params if not p.hidden]
            lines += [f"## regretlab {path}", one.help, table(("argument", "says"), options) if options else ""]
    return "\n\n".join(lines)


def _cell(words: str) -> str:
    return " ".join(words.replace("|", r"\|").split())
