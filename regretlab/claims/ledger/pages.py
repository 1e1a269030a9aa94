"""The ledger as text, JSON, HTML and LaTeX: the same entries, fit for a terminal, a program, a browser, a referee."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from regretlab.claims.language.terms import text as written
from regretlab.claims.language.verdict import DERIVED, LEVELS, OWN, VERDICTS
from regretlab.claims.ledger.derived import says_its_export
from regretlab.claims.ledger.entry import Entry
from regretlab.claims.ledger.formulas import escape_tex, mathml, tex, visible
from regretlab.claims.statements import Statement
from regretlab.claims.statements.claim import SOURCES
from regretlab.system.version import __version__

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Group

#: One character and one colour per verdict.
MARKS = {
    "proved": ("✔", "green"), "bounded": ("◐", "green"), "sampled": ("◔", "yellow"), "refuted": ("✘", "bold red"),
    "ill-posed": ("!", "bold red"), "misprint": ("✎", "yellow"), "vacuous": ("○", "yellow"),
    "unknown": ("?", "magenta"), "assumed": ("·", "magenta"), "follows": ("→", "green"),
    "conditional": ("⚠", "yellow"), "unsupported": ("⚠", "red"), "repaired": ("✚", "cyan"),
}  # fmt: skip


def counts(entries: Sequence[Entry]) -> tuple[dict[str, int], dict[str, int]]:
    """Count the entries by verdict and by trust level, in the order of the vocabulary."""
    verdicts, levels = Counter(e.verdict for e in entries), Counter(e.level for e in entries if e.level)
    return {v: verdicts[v] for v in VERDICTS if verdicts[v]}, {n: levels[n] for n in LEVELS if levels[n]}


def summary(entries: Sequence[Entry]) -> list[str]:
    """Write the closing lines: counts by verdict and by trust level, and every verdict that is not as pinned."""
    verdicts, levels = counts(entries)
    printed = sum(not e.claim.is_correction for e in entries)
    lines = [f"Verdicts: {len(entries)}, on claims: {printed}, on corrected forms: {len(entries) - printed}."]
    lines.append("By verdict: " + ", ".join(f"{n} {v}" for v, n in verdicts.items()) + ".")
    if levels:
        lines.append("By trust: " + ", ".join(f"{v}: {n}" for v, n in levels.items()) + ".")
    established = sum(e.verdict in OWN and e.level not in ("", "words") for e in entries)
    in_words = sum(e.level == "words" and e.verdict in DERIVED for e in entries)
    if in_words:
        lines.append(
            f"Decided by a checked certificate: {established}; in the papers' words, and not counted: {in_words}."
        )
    lines += [f"ASSUMES: {e.claim.id}: {'; '.join(e.assumes)}." for e in entries if e.assumes]
    lines += [f"ERROR: {e.claim.id} could not be judged: {e.error}" for e in entries if e.error]
    differ = [e for e in entries if not e.as_pinned and not e.error]
    lines += [f"DIFFERS: {e.claim.id} is {e.verdict}, its file expects {e.claim.expect}. {_why(e)}" for e in differ]
    lines += [] if any(not e.as_pinned for e in entries) else ["Every verdict is as pinned."]
    return [visible(" ".join(line.split())) for line in lines]


def _why(entry: Entry) -> str:
    parts = [part for part in (entry.words, entry.how) if part not in ("", "re-checked", "searched")]
    return ("; ".join(parts) + ".") if parts else ""


def by_paper(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """Group the entries by paper."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.claim.paper, []).append(entry)
    return found


def text(entries: Sequence[Entry]) -> Group:
    """Draw a table per paper and the summary, for a rich console."""
    from rich.console import Group  # loaded by those who print
    from rich.table import Table
    from rich.text import Text

    parts: list[Any] = []
    for paper, rows in by_paper(entries).items():
        title = Text(visible(paper), style="bold")
        table = Table(title=title, title_justify="left", pad_edge=False, box=None)
        for name in ("", "claim", "where", "verdict", "trust", "certificate"):
            table.add_column(name, overflow="fold", no_wrap=name == "verdict")
        for e in rows:
            mark, colour = MARKS[e.verdict]
            style = colour if e.as_pinned else "reverse red"
            words = [mark, e.claim.id.split(".", 1)[1], e.claim.at, e.verdict, e.trust, _shortened(_says(e))]
            cells = [Text(visible(w)) for w in words]
            cells[3].stylize(style)
            table.add_row(*cells)
        parts += [table, Text("")]
    return Group(*parts, *(Text(line) for line in summary(entries)))


def _says(entry: Entry) -> str:
    """Write the certificate in words, after the assumptions of a step."""
    assumes = "".join(f"assuming {a}; " for a in entry.assumes)
    return assumes + (entry.words or entry.how)


def line(entry: Entry) -> str:
    """Write one entry in one line."""
    trust = f" ({entry.trust})" if entry.level else ""
    return visible(
        f"  {MARKS[entry.verdict][0]} {entry.claim.id} ({entry.claim.at}): "
        f"{entry.verdict}{trust}; {_shortened(_says(entry), 220)}"
    )


def one(entry: Entry) -> str:
    """Write everything about one entry, as a page of text."""
    c = entry.claim
    trust = f" (trust: {entry.trust})" if entry.level else ""
    corrected = f"{c.corrected.id}{f', which changes the {c.changes}' if c.changes else ''}" if c.corrected else ""
    facts: dict[str, str | list[str]] = {
        "Printed": c.latex,
        "Formally": list(_formally(c.statement)),
        "Verdict": f"{entry.verdict}{trust}: {VERDICTS[entry.verdict]}",
        "Certificate": entry.words or entry.how,
        "Assuming": "; ".join(entry.assumes),
        "Exports": _exports(entry),
        "Uses": ", ".join(c.uses) if not entry.uses else "",
        "Rests on": list(_resting(entry)),
        "Corrected form": corrected,
        "About the bound": ", ".join(c.bounds),
        "Note": c.note,
    }
    head = f"{c.id}: {c.paper}, {c.at} ({SOURCES[c.source]})"
    lines = [visible(head)]
    for name, said in facts.items():
        if said:
            lines += ["", f"{name}:", *(f"  {visible(line)}" for line in ([said] if isinstance(said, str) else said))]
    return "\n".join(lines)


def _node(entry: Entry) -> dict[str, str]:
    """Return what a tree says of an entry; its whole row would be written again in every tree that it is in."""
    return {"id": visible(entry.claim.id), "verdict": entry.verdict, "trust": entry.level}


def _resting(entry: Entry) -> Iterator[str]:
    """Write the tree below an entry, a claim to a line."""
    for depth, one, again in entry.tree():
        trust = f" (trust: {one.trust})" if one.level else ""
        yield f"{'  ' * depth}{one.claim.id}: {one.verdict}{trust}{', see above' if again else ''}"


def _formally(statement: Statement) -> Iterator[str]:
    """Write a statement with one hypothesis to a line."""
    for words, lines in statement.sections().items():
        yield from [words] * bool(words and lines)
        yield from (f"  {line}" if words else line for line in lines)


def _exports(entry: Entry) -> str:
    """Say what the claim exports, and whether that is its own statement."""
    if entry.claim.exports is None:
        return ""
    own = "its own statement" if says_its_export(entry.claim) else "an assumption: not its own statement"
    return f"{written(entry.claim.exports)} ({own})"


def _shortened(words: str, most: int = 160) -> str:
    return words if len(words) <= most else words[: most - 1].rsplit(" ", 1)[0] + " …"


def row(entry: Entry) -> dict[str, Any]:
    """Return one entry as plain data, with nothing in it that a terminal or a browser would act on unseen."""
    return {name: visible(value) if isinstance(value, str) else value for name, value in _row(entry).items()}


def _row(entry: Entry) -> dict[str, Any]:
    claim = entry.claim
    return {
        "id": claim.id,
        "paper": claim.paper,
        "at": claim.at,
        "source": SOURCES[claim.source],
        "printed": claim.latex,
        "kind": claim.statement.kind,
        "formal": claim.statement.text(),
        "verdict": entry.verdict,
        "trust": entry.level,
        "expected": claim.expect,
        "as_pinned": entry.as_pinned,
        "certificate": entry.words,
        "assumes": [visible(a) for a in entry.assumes],
        "exports": _exports(entry),
        "runs_own_functions": entry.ran,
        "error": entry.error,
        "because": list(entry.because),
        "uses": list(claim.uses),
        "corrected": claim.corrected.id if claim.corrected else None,
        "changes": claim.changes,
        "bounds": list(claim.bounds),
        "note": claim.note,
        "how": entry.how,
        "seconds": round(entry.seconds, 3),
    }


def frame(entries: Sequence[Entry]) -> pd.DataFrame:
    """Return the entries as a table, one row per claim, for a notebook."""
    columns = ["at", "verdict", "trust", "certificate", "because"]
    import pandas as pd  # which every process that loads a file of claims would load

    return pd.DataFrame([row(e) for e in entries]).set_index("id")[columns]


def as_json(entries: Sequence[Entry]) -> str:
    """Write counts and one object per entry as JSON."""
    verdicts, levels = counts(entries)
    content = {
        "schema": 1,
        "version": __version__,
        "as_pinned": all(e.as_pinned for e in entries),
        "verdicts": verdicts,
        "trust": levels,
        "claims": [row(e) for e in entries],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def html(entries: Sequence[Entry]) -> str:
    """Write one self-contained page."""
    import jinja2  # loaded by those who print

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters |= {"mathml": mathml, "visible": visible, "anchor": lambda id: re.sub(r"[^\w.,+-]", "_", id)}
    template = environment.from_string(files("regretlab").joinpath("claims/ledger/claims.html.j2").read_text("utf-8"))
    verdicts, levels = counts(entries)
    known = {e.claim.id for e in entries}
    papers = {
        visible(paper): [
            row(e)
            | {
                "mark": MARKS[e.verdict][0],
                "sections": e.claim.statement.sections().items(),
                "tree": [(depth, _node(below), again) for depth, below, again in e.tree()],
            }
            for e in rows
        ]
        for paper, rows in by_paper(entries).items()
    }
    about = {"verdicts": verdicts, "levels": levels, "meaning": VERDICTS, "trust": LEVELS, "summary": summary(entries)}
    return template.render(version=__version__, papers=papers, known=known, **about)


def latex(entries: Sequence[Entry]) -> str:
    """Write longtables for an appendix or a referee report; needs booktabs, longtable, array, amsmath and amssymb."""
    lines = ["% \\usepackage{booktabs,longtable,array,amsmath,amssymb}; written by regretlab " + __version__]
    for paper, rows in by_paper(entries).items():
        lines += [
            r"\begin{longtable}{@{}>{\raggedright\arraybackslash}p{.17\linewidth}>{\raggedright\arraybackslash}p{.36\linewidth}"
            r"l>{\raggedright\arraybackslash}p{.3\linewidth}@{}}",
            rf"\caption{{{escape_tex(visible(paper))}}}\\",
            r"\toprule Where & Statement & Verdict & Certificate\\\midrule\endhead\bottomrule\endfoot",
        ]
        for e in rows:
            place = escape_tex(visible(e.claim.at) or e.claim.id)
            corrected = " (corrected)" if e.claim.is_correction else ""
            trust = rf" ({escape_tex(e.trust)})" if e.level else ""
            because = f"; because of {', '.join(e.because)}" if e.because and not e.words else ""
            statement = tex(visible(e.claim.latex)) if e.claim.latex else escape_tex(visible(e.claim.statement.text()))
            certificate = escape_tex(visible(_shortened(_says(e) + because, 220)))
            cells = [place + corrected, statement, e.verdict + trust, certificate]
            lines.append(" & ".join(cells) + r"\\")
        lines.append(r"\end{longtable}")
    lines += ["", *(f"% {line}" for line in summary(entries))]
    return "\n".join(lines) + "\n"
