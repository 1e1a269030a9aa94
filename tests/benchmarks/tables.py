"""The tables: for the terminal, and as Markdown for the README."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.table import Table

from tests.benchmarks.measure import REFERENCE, Timings
from tests.benchmarks.tools.catalogue import TOOLS


def costs(results: list[Timings]) -> tuple[list[str], list[list[str]]]:
    """Median nanoseconds per step and replicate, and the median of the paired ratios to regretlab in brackets."""
    header = ["tool", *(t.workload.name for t in results)]
    names = [tool for tool in TOOLS if any(tool in t.seconds or tool in t.failures for t in results)]
    return header, [[TOOLS[tool][1], *(_cell(t, tool) for t in results)] for tool in names]


def _cell(t: Timings, tool: str) -> str:
    if tool not in t.seconds:
        return "failed" if tool in t.failures else "-"
    cost = number(float(np.median(t.cost(tool))))
    if tool == REFERENCE or REFERENCE not in t.seconds:
        return cost
    return f"{cost} ({number(float(np.median(t.ratio(tool))))}x)"


def ratios(t: Timings) -> Table:
    """Of one workload: every tool's cost and its paired ratio to regretlab with quartiles."""
    title = f"{t.workload.name}: {t.workload.title} (R = {t.workload.replicates})"
    shown = Table(title=title, title_justify="left", pad_edge=False)
    for heading in ("tool", "steps", "ns per step and replicate", "least", "ratio to regretlab [quartiles]"):
        shown.add_column(heading, justify="left" if heading == "tool" else "right")
    for tool in t.seconds:
        cost = t.cost(tool)
        ratio = ""
        if REFERENCE in t.seconds:
            low, middle, high = np.quantile(t.ratio(tool), [0.25, 0.5, 0.75])
            ratio = f"{number(middle)} \\[{number(low)}, {number(high)}]"
        shown.add_row(TOOLS[tool][1], str(t.steps[tool]), number(np.median(cost)), number(cost.min()), ratio)
    for tool, reason in t.failures.items():
        shown.add_row(TOOLS[tool][1], "", f"failed: {reason}", "", "")
    return shown


def markdown(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def plain(title: str, header: list[str], rows: list[list[str]]) -> Table:
    shown = Table(title=title, title_justify="left", pad_edge=False)
    for i, heading in enumerate(header):
        shown.add_column(heading, justify="right" if i else "left")
    for row in rows:
        shown.add_row(*row)
    return shown


def number(value: Any) -> str:
    """Three significant digits, without an exponent below a million."""
    value = float(value)
    return f"{value:.2e}" if value >= 1e6 else f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def machine(facts: dict[str, Any]) -> str:
    """One line on where the figures come from."""
    versions = ", ".join(f"{name} {v}" for name, v in facts["versions"].items() if v != "not installed")
    return f"{facts['processor']}, {facts['cores_used']} of {facts['cores_present']} cores, one thread; {versions}"
