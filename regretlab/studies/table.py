"""The table of verdicts that a study prints, one problem at a time."""

from __future__ import annotations

from rich.table import Table

from regretlab.record import Record
from regretlab.runs.round_off import underflow
from regretlab.verdicts.expectation import count
from regretlab.verdicts.means import STUDENT

#: An exponent whose interval is wider than this says nothing.
WIDEST_EXPONENT = 1.0
COLOURS = {"holds": "green", "violated": "bold red", "vacuous": "yellow"}


def verdicts_table(result: Record) -> Table:
    """Tabulate one problem: mean regret with interval, exponent, bound, the largest ratio of a run, verdict."""
    problem = result.problem
    convex = "" if problem.convex else "; NOT convex, only the lower end of a regret is tight"
    title = f"{problem.name}: T = {result.horizon}, R = {result.replicates}{convex}"
    shown = Table(title=title, title_justify="left", pad_edge=False, caption=_laws(result), caption_justify="left")
    numbers = ("mean value", "largest ratio")
    for heading in ("algorithm", "mean regret [interval]", "exponent [interval]", "bound", *numbers, "verdict"):
        shown.add_column(heading, justify="right" if heading in numbers else "left")
    for row in result.summary():
        first = True
        for bound in row["bounds"] or [None]:
            kind = bound["speaks_of"] if bound else "online"
            regret, e = row["regret"][kind], row["exponent"]
            cells = [_name(result, row["algorithm"]) if first else ""]
            other_kind = "" if kind == "online" else f" ({kind})"
            again = first or bool(other_kind)
            cells += [f"{_interval(regret['mean'], regret['lo'], regret['hi'], '.4g')}{other_kind}" if again else ""]
            undetermined = e["hi"] - e["lo"] > WIDEST_EXPONENT
            exponent = "cannot tell" if undetermined else _interval(e["value"], e["lo"], e["hi"], ".2f")
            cells += [exponent if first else ""]
            if bound:
                colour = COLOURS.get(bound["verdict"], "magenta")
                since = f" from t = {bound['first_violation']}" if bound["verdict"] == "violated" else ""
                since += f" ({bound['looked']})"
                needed = bound["replicates_needed"]
                since += f"; R = {count(needed)} might decide" if needed is not None else ""
                cells += [f"{bound['title']} \\[{bound['id']}]", f"{bound['value']:.4g}", f"{bound['ratio']:.3g}"]
                cells += [f"[{colour}]{bound['verdict']}{since}[/]"]
            shown.add_row(*cells)
            first = False
    return shown


def _laws(result: Record) -> str | None:
    """Return the assumption of a table's intervals."""
    if result.replicates == 1 or not any(result.random(name) for name in result.algorithms):
        return None
    return (
        f"Intervals of means: {STUDENT}; of exponents: if replicates show what carries the mean. Verdicts on an "
        f"expectation assume nothing of their law but its range."
    )


def _name(result: Record, algorithm: str) -> str:
    """Return the algorithm's short name, with the remark that a reader needs to compare it with the others."""
    run = result.description(algorithm)
    factor = run.law.factor
    remarks = [f"biased: E f_t = {factor:.3g} f"] if factor not in (None, 1) else []
    remarks += ["gamma = 1: uniform"] if run.sampler_parameters.get("gamma") == 1 else []
    remarks += [lost] if (lost := underflow(run, result.of(algorithm))) else []
    return "\n".join([result.label(algorithm), *(f"({remark})" for remark in remarks)])


def _interval(mean: float, low: float, high: float, form: str) -> str:
    if mean != mean:
        return "cannot tell"
    if low == high or f"{low:{form}}" == f"{high:{form}}":
        return f"{mean:{form}}"
    return f"{mean:{form}} \\[{low:{form}}, {high:{form}}]"
