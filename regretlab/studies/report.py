"""One self-contained HTML page about a study: verdicts first, then every problem, figure, term and assumption.

Formulas are MathML and figures inline SVG, so that the page opens offline and prints.
"""

from __future__ import annotations

import functools
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import jinja2
import numpy as np
import pandas as pd
import sympy as sp
from markupsafe import Markup, escape
from sympy.printing.mathml import mathml

from regretlab import plots
from regretlab.bounds import Bound
from regretlab.bounds import symbols as s
from regretlab.result import Result
from regretlab.runs.round_off import underflow
from regretlab.spelling.numerals import SUPERSCRIPTS
from regretlab.studies import answer
from regretlab.studies.figures import Drawn
from regretlab.studies.formats import formats
from regretlab.system.version import __version__
from regretlab.verdicts.comparison import Comparison
from regretlab.verdicts.expectation import count

#: The letters of symbols in MathML, where the printer would not find the paper's letter by itself.
LETTERS = {s.lam: "lambda", s.eps: "epsilon", s.D: "D_∞", s.G: "G_∞", s.M: "M", s.S: "S", s.B: "B_T"}
#: The remark that the seconds of compiled runs hold more than the steps.
LOADING = ", whose code is loaded within the first algorithm's time"
#: How many characters of a figure's data may be in the page, which has its figures anyway.
LONGEST_INSIDE = 100_000
VERDICTS = {"holds", "violated", "vacuous", "undecided"}


def page(
    study: str, results: list[Result], drawn: list[dict[str, Drawn]], question: str = "",
    conclusion: Sequence[str] = (), overviews: Sequence[str] = (),
    differences: Mapping[str, pd.DataFrame] = MappingProxyType({}), command: str = "",
) -> str:  # fmt: skip
    """Return the page as a string.

    Parameters
    ----------
    study : str
        The study's name, for the title.
    results : list of Result
    drawn : list of dict
        For every result, its figures by the :func:`titles <regretlab.studies.figures.titles>` that they have.
    question : str
        What the study asks, if it asks something.
    conclusion : sequence of str
        The sentences that answer it.
    overviews : sequence of str
        The figures they rest on, as SVG text.
    differences : mapping of str to DataFrame
        By problem, the paired differences they speak of (:func:`regretlab.paired.table`).
    command : str
        What makes the same page again.
    """
    sections = [
        {
            **_section(result, {title: _figure(one, f"p{i}f{j}") for j, (title, one) in enumerate(figures.items())}, i),
        }
        for i, (result, figures) in enumerate(zip(results, drawn, strict=True))
    ]
    return template("studies/report.html.j2").render(
        study=study,
        version=__version__,
        sections=sections,
        meaning=_meaning(results),
        question=question,
        command=command,
        conclusion=conclusion,
        overviews=[inline(svg, f"o{i}") for i, svg in enumerate(overviews)],
        differences={name: table for name, table in differences.items() if len(table)},
    )


@functools.cache
def template(path: str) -> jinja2.Template:
    """Return the template of a page by its path in the package; all pages share one style."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("regretlab", ""), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "number": number,
        "verdict_class": verdict_class,
        "mathml": formula,
        "count": count,
        "powers": powers,
        "decimal": answer.decimal,
    }
    return environment.get_template(path)


def number(value: float | None, digits: int = 4) -> str:
    """Return a number for a table: four significant digits, no exponent where none is needed."""
    if value is None or not np.isfinite(value):
        return "cannot tell" if value is None or np.isnan(value) else "∞" if value > 0 else "−∞"
    if value == 0 or 1e-3 <= abs(value) < 1e6:
        text = f"{value:.{digits}g}" if abs(value) < 10**digits else f"{value:,.0f}"
        return text.replace("-", "−")
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa} × 10{str(int(power)).translate(SUPERSCRIPTS)}".replace("-", "−")


def verdict_class(verdict: str) -> str:
    """Return the style of a verdict; failed assumptions share one."""
    return verdict if verdict in VERDICTS else "fails"


def powers(text: str) -> Markup:
    """Return text with raised powers of T.

    Examples
    --------
    >>> powers("T^0.50 < T^1.00.")
    Markup('T<sup>0.50</sup> &lt; T<sup>1.00</sup>.')
    """
    return Markup(re.sub(r"T\^(-?\d+\.\d+)", r"T<sup>\1</sup>", str(escape(text))))


def formula(expression: sp.Expr) -> str:
    """Presentation MathML of an expression, with the papers' letters."""
    lettered = expression.subs({symbol: sp.Symbol(name) for symbol, name in LETTERS.items()})
    lettered = lettered.subs(s.R2, sp.Symbol("R") ** 2)
    return f"<math>{mathml(lettered, printer='presentation')}</math>"


def inline(svg: str, prefix: str) -> str:
    """Return an SVG file's element, scalable, with ids that cannot clash with another figure's."""
    element = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{prefix}", svg[svg.index("<svg") :])
    return re.sub(r'(<svg\b[^>]*?)\swidth="[^"]*"\sheight="[^"]*"', r"\1", element, count=1)


def _figure(one: Drawn, prefix: str) -> dict[str, str]:
    """Return a figure for the page, with its data in the page itself, or a link to their file where they are long."""
    inside = len(one.csv) <= LONGEST_INSIDE
    link = _link(one.csv, "csv") if inside else f"{one.name}.csv"
    name = one.name.rpartition("/")[2]
    return {"svg": inline(one.svg, prefix), "data": link, "file": f"{name}.csv", "frame": one.frame if inside else ""}


def _link(text: str, kind: str = "plain") -> str:
    """Return text as the address of a link that holds it."""
    return f"data:text/{kind};base64,{b64encode(text.encode()).decode()}"


def _section(result: Result, figures: dict[str, dict[str, str]], i: int) -> dict[str, Any]:
    """Everything the page shows about one problem."""
    engine = result.record.attrs["engine"]
    kind = plots.common_kind(result)
    remark = ": cumulative, the scale that biased and unbiased estimates share" if kind == "cumulative" else ""
    captions = {
        "loss over epochs": "Training and test loss over epochs: mean and one sigma",
        "loss over seconds": "The same over wall-clock time, that of the whole simulation times t/T; all by the "
        f"{engine} engine{LOADING if engine == 'compiled' else ''}",
        "regret": f"Regret of every algorithm{remark}",
        "average": f"Average regret{remark}",
        "tightness": "How tight every algorithm's tightest bound is",
        "probabilities": "What the samplers learned",
    }
    return {
        "problem": result.problem,
        "horizon": result.horizon,
        "replicates": result.replicates,
        "run": result.description(result.algorithms[0]),
        "figures": {caption: figures[title] for title, caption in captions.items() if title in figures},
        "kind": kind,
        "tables": {suffix: _link(text) for suffix, text in formats(result).items()},
        "answer": answer.answer(result),
        "anchor": f"problem-{i}",
        "algorithms": [
            {**_algorithm(result, row, figures), "anchor": f"p{i}a{j}"} for j, row in enumerate(result.summary())
        ],
        "provenance": dict(result.record.attrs),
    }


def _algorithm(result: Result, row: dict[str, Any], figures: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Everything the page shows about one algorithm on one problem."""
    name = row["algorithm"]
    label = result.label(name)
    kind = plots.common_kind(result)
    return {
        "name": name,
        "label": label,
        "row": row,
        "exponent": (exponent := result.exponent(kind, name)),
        "power": answer.power(*exponent[:3]),
        "counted": answer.counted(row["bounds"]),
        "run": result.description(name),
        "underflow": underflow(result.description(name), result.of(name)),
        "figure": figures.get(f"bound {label}"),
        "bounds": [{"c": c, "summary": c.summary(), "linear": _linear(c)} for c in result.comparisons(name)],
    }


def _linear(comparison: Comparison) -> list[str]:
    """Write a sentence for every term that grows at least linearly in T once the theorem's parameters are put in."""
    sentences = []
    given = "the theorem's own gamma(T)" if comparison.bound.ties else "a constant beta1"
    for name, order in comparison.orders.items():
        if order.T < 1:
            continue
        rate = float(comparison.terms[name][-1] / comparison.t[-1])
        sentence = (
            f"With {given} the {name} term grows like T^{order.T}: it is {number(rate, 6)} per step "
            f"at this horizon, so the bound is at least linear in T and says nothing about convergence."
        )
        bound = comparison.bound
        if bound.experiment:
            formulas = [bound.terms[name], *bound.ties.values()]
            symbols = {symbol.name for formula in formulas for symbol in formula.free_symbols} - {"T"}
            values = ", ".join(f"{symbol} = {v:g}" for symbol, v in bound.experiment.items() if symbol in symbols)
            rate = float(bound.on_run(bound.experiment)[name]) / bound.experiment["T"]
            sentence += f" At {values} it is {rate:.2f} per step, for every T."
        sentences.append(sentence)
    return sentences


def _meaning(results: list[Result]) -> list[tuple[sp.Symbol, str]]:
    """Return the symbols of all bounds on the page with their meaning."""
    shown: set[Bound] = {b for r in results for a in r.algorithms for b in r.applicable(a)}
    symbols = {symbol for bound in shown for symbol in bound.symbols | set(bound.ties)}
    return [(symbol, s.MEANING[symbol]) for symbol in sorted(symbols, key=str)]
