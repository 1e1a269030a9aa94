"""A problem's table of verdicts in the forms that papers and notes take: CSV, Markdown and LaTeX."""

from __future__ import annotations

import pandas as pd

from regretlab.record import Record

#: The headings of the table that is read; the CSV has the columns of :meth:`regretlab.record.Record.table`.
HEADINGS = ["algorithm", "mean regret", "exponent", "bound", "value", "regret / bound", "verdict"]


def formats(result: Record) -> dict[str, str]:
    """Return the table of :meth:`~regretlab.record.Record.table` by the suffix of its file: csv, md and tex.

    Markdown and LaTeX have four significant digits, and intervals in brackets; LaTeX needs the package booktabs.
    """
    table = result.table()
    read = pd.DataFrame([_line(row) for row in table.to_dict("records")], columns=HEADINGS)
    return {"csv": table.to_csv(index=False), "md": _markdown(read), "tex": read.to_latex(index=False, escape=True)}


def _line(row: dict[str, object]) -> list[str]:
    regret, exponent = (_interval(*(float(str(row[name])) for name in names)) for names in (
        ("regret", "low", "high"), ("exponent", "exponent_low", "exponent_high"),
    ))  # fmt: skip
    kind = "" if row["kind"] == "online" else f" ({row['kind']})"
    numbers = [_number(float(str(row[name]))) if row["bound"] else "" for name in ("value", "ratio")]
    return [str(row["algorithm"]), regret + kind, exponent, str(row["bound"] or "none"), *numbers, str(row["verdict"])]


def _number(value: float) -> str:
    return "cannot tell" if value != value else f"{value:.4g}"


def _interval(mean: float, low: float, high: float) -> str:
    if not low < high or _number(low) == _number(high):
        return _number(mean)
    return f"{_number(mean)} [{_number(low)}, {_number(high)}]"


def _markdown(table: pd.DataFrame) -> str:
    lines = [list(table.columns), ["---"] * len(table.columns), *table.to_numpy().tolist()]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
