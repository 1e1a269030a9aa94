"""The catalogue of all parts by name: the lists and pages behind ``regretlab list`` and ``regretlab show``."""

from __future__ import annotations

import contextlib
import inspect
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sympy as sp

from regretlab import algorithms, domains, spelling, studies
from regretlab.algorithms import ALGORITHMS, Algorithm
from regretlab.bounds import TYPICAL, Bound, Orders
from regretlab.bounds import symbols as s
from regretlab.bounds.symbols import LATEX, MEANING
from regretlab.claims import Ledger
from regretlab.claims.ledger import pages
from regretlab.claims.ledger.loading import PAPERS
from regretlab.domains import Domain
from regretlab.errors import InputError, unknown_name
from regretlab.methods import SEQUENCES, Method
from regretlab.parameters import Component
from regretlab.problems import Problem, names
from regretlab.samplers import Sampler
from regretlab.spelling.register import Register

#: The names by which sympy draws Greek letters.
GREEK = {s.lam: sp.Symbol("lambda"), s.eps: sp.Symbol("epsilon")}
#: Horizons are written out up to this power of ten.
FLOATS = 15
DATA_SETS = {
    "digits": "handwritten digits 8x8: ten classes, and where two are needed even against odd (n = 1797, d = 64)",
    "digits:A-B": "any two of the digits, e.g. digits:3-8 (d = 64)",
    "breast_cancer": "Wisconsin diagnostic, two classes (n = 569, d = 30)",
    "wine": "three cultivars, for softmax and mlp (n = 178, d = 13)",
    "diabetes": "real targets, for least_squares (n = 442, d = 10)",
}

#: The generic step, as :func:`regretlab.methods.step` has it.
STEP = (
    "m     <- mu m + nu g",
    "v     <- beta v + om g^2",
    "v_hat <- max(rho v_hat, v)",
    "x     <- Proj((1 - wd) x - eta (m + kap g) / ((c v_hat)^p + eps))",
)


def _line(part: Any) -> str:
    return f"{part.title}: {part.source}"


def everything() -> dict[str, list[tuple[str, str]]]:
    """Section title to (name, one line), for every section."""
    return {
        "Studies (regretlab run STUDY)": [(name, _first_comment(name)) for name in studies.BUILT_IN],
        "Problems": _parts(Problem.known),
        "Domains (domain=...; here with radius=1)": _parts(domains.DOMAINS, lambda make: domains.spelled(make(1.0))),
        "Data sets (data=...; or a LIBSVM, IDX, npz or CSV file)": list(DATA_SETS.items()),
        "Algorithms (each method alone, any METHOD+SAMPLER, and these pairs)": [
            (a.name, _line(a)) for a in ALGORITHMS.values() if a.sampler
        ],
        "Methods": _parts(Method.known),
        "Samplers": _parts(Sampler.known),
        "Papers whose claims 'regretlab verify' re-checks ('regretlab show CLAIM')": _papers(),
        "Bounds": _parts(Bound.known, lambda b: f"{b.source}; {b.status}{', ' + b.mark if b.mark else ''}"),
    }


def _parts(known: Register[Any], line: Callable[[Any], str] = _line) -> list[tuple[str, str]]:
    """List the parts of a kind, each in a line: the source of an installed one, or why it cannot be used."""
    rows = {}
    for name in known:
        try:
            origin = known.origin(name)
            rows[name] = line(known[name]) + (f" (installed: {origin})" if origin else "")
        except InputError as error:
            rows[name] = str(error)
    return list(rows.items())


def page(name: str) -> str:
    """Return the page of a name, or of a text as simulate reads it; an unknown name is an error."""
    if not isinstance(name, str):
        raise unknown_name("name", name, ALGORITHMS)
    return part(name) or _in_ledgers(name.strip())


def part(name: str) -> str | None:
    """Return the page of a name that is neither a paper's nor a claim's; None for any other name."""
    name = name.strip()
    if "(" in name or "+" in name:
        return _problem(name) if spelling.stem(name) in Problem.known else _algorithm(name)
    # A study may have the name of what it is about: one page shows both.
    used = _algorithm(name) if name in ALGORITHMS else _problem(name) if name in Problem.known else ""
    study = _study(name) if name in studies.BUILT_IN else ""
    if used or study:
        return "\n\n".join(filter(None, (used, study)))
    if name in Bound.known:
        return _bound(Bound.known[name])
    for kind in (Method.known.get(name), Sampler.known.get(name)):
        if kind is not None:
            schedule = f"\n\n{_coefficients(kind())}" if issubclass(kind, Method) else ""
            return f"{name}\n\n{_doc(kind)}\n\n{_parameters(kind)}{schedule}"
    if name in domains.DOMAINS:
        made = domains.DOMAINS[name](1.0)
        return (
            f"{name}: a domain, with radius=1 {domains.spelled(made)}\n\n{_doc(Domain if made is None else type(made))}"
        )
    return None


def _in_ledgers(name: str) -> str:
    """Return the page of a paper or a claim; raise the error of a name that nothing has."""
    if name in PAPERS:
        return _paper(name, Ledger([name]))
    claims = set[str]()
    for ledger in _ledgers():
        found = _in_ledger(name, ledger)
        if found is not None:
            return found
        claims |= ledger.asked
    papers = {claim.split(".")[0] for claim in claims}
    if name.split(".")[0] in papers:
        raise _unknown_claim(name, claims)
    known = {*papers, *studies.BUILT_IN, *ALGORITHMS, *Problem.known, *Bound.known, *Method.known, *Sampler.known}
    # Softmax and adam-impt, as classes and papers have them, are softmax and adam_impt.
    spelled = {_letters(k): k for k in known}
    if name != spelled.get(_letters(name), name):
        return page(spelled[_letters(name)])
    raise unknown_name("name", name, known)


def claim(name: str, files: Sequence[Path]) -> str:
    """Return the page of a claim in files of a user's, or that of a paper, with the names of its claims."""
    ledger = Ledger(files)
    found = _in_ledger(name, ledger)
    if found is None:
        raise _unknown_claim(name, ledger.asked)
    return found


def _in_ledger(name: str, ledger: Ledger) -> str | None:
    if name in ledger.asked:
        return pages.one(ledger.verify([name], jobs=1)[0])
    return _paper(name, ledger) if any(claim.split(".")[0] == name for claim in ledger.asked) else None


def _unknown_claim(name: str, claims: set[str]) -> InputError:
    paper = name.split(".")[0]
    return unknown_name("claim", name, [c for c in claims if c.startswith(f"{paper}.")] or sorted(claims))


def _ledgers() -> Iterator[Ledger]:
    """Yield the ledger of the shipped papers, then that of each installed paper."""
    yield Ledger()
    for name in PAPERS.keys() - PAPERS.library.keys():
        with contextlib.suppress(InputError):  # of a file that cannot be run; to verify the paper says why
            yield Ledger([PAPERS[name]])


def _letters(name: str) -> str:
    return re.sub("[-_ ]", "", name).lower()


def _algorithm(text: str) -> str:
    made = algorithms.parse(text)
    method, sampler = made.method, made.sampler
    parts = [f"{text}: {_about(text, made)}", f"Method {type(method).__name__}", _doc(type(method))]
    parts += [_parameters(method), _coefficients(method)]
    if sampler is not None:
        parts += [f"Sampler {sampler.name}", _doc(type(sampler)), _parameters(sampler)]
    else:
        parts.append("Sampler: the problem's own order (cyclic on Reddi's example, uniform elsewhere).")
    chosen = "default the problem's own (1 on Reddi's example, else at most 32)"
    parts.append(f"batch_size: K; {chosen if made.batch_size is None else f'here {made.batch_size}'}.")
    pair = method.name, sampler.name if sampler else "uniform"
    parts.append(f"Bounds: {', '.join(b.id for b in Bound.known.values() if b.about(*pair)) or 'none'}")
    return "\n\n".join(parts)


def _about(text: str, made: Algorithm) -> str:
    """Say whose algorithm it is: a variant, or a pair, may be an algorithm that has a name."""
    first = [ALGORITHMS[spelling.stem(text)]] if spelling.stem(text) in ALGORITHMS else []
    for named in (*first, *ALGORITHMS.values()):
        if (named.method, named.sampler) == (type(made.method), type(made.sampler) if made.sampler else None):
            return f"{named.title} ({named.source})"
    return "a pair made by its user" if "+" in text else "a user's own method"


def _problem(text: str) -> str:
    ((name, given),) = spelling.parse(text)[:1]
    lines = [
        f"  {key} = {given[key]!r} (default {p.default!r})" if key in given else f"  {key} = {p.default!r}"
        for key, p in names.declared(name).items()
    ]
    made = names.parse(text) if given else None
    size = ["", f"Here n = {made.n} examples and d = {made.d} dimensions."] if made else []
    head = [f"{text}: a problem", "", _doc(Problem.known[name]), "", "Parameters and defaults:"]
    return "\n".join([*head, *lines, *size])


def _study(name: str) -> str:
    text = (studies.FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    return f"{name}: a study (regretlab run {name})\n\n{text}"


def _bound(bound: Bound) -> str:
    status = bound.status + (f", {bound.mark}" if bound.mark else "")
    lines = [f"{bound.id}: {bound.title} ({bound.source}; {status})", "", bound.latex(), ""]
    lines.append(f"A bound on {bound.speaks_of} regret{' in expectation' if bound.in_expectation else ''}; its terms:")
    found = bound.order()
    for name, term in {**bound.terms, **bound.dropped}.items():
        drawn = sp.pretty(term.xreplace(GREEK), use_unicode=True, wrap_line=False).splitlines()
        remark = ", left out by the statement" if name in bound.dropped else ""
        lines += ["", f"  {name} (grows as {found[name]}{remark})", *(f"    {line}" for line in drawn)]
    for symbol, tie in bound.ties.items():
        drawn = sp.pretty(sp.Eq(symbol, tie), use_unicode=True, wrap_line=False).splitlines()
        lines += ["", "  where", *(f"    {line}" for line in drawn)]
    lines += ["", *_growth(found), "", "Assumes:", *(f"  {a.text}" for a in bound.hypotheses), "", "Symbols:"]
    left_out = {symbol for term in bound.dropped.values() for symbol in term.free_symbols}
    symbols = sorted(bound.symbols | set(bound.ties) | left_out, key=str)
    lines += [f"  {symbol} ({sp.latex(symbol, symbol_names=LATEX)}): {MEANING[symbol]}" for symbol in symbols]
    samplers = f" with the sampler {' or '.join(bound.samplers)}" if bound.samplers else " with any sampler"
    lines += ["", f"About: {' or '.join(bound.methods)}{samplers}."]
    lines += [f"The bound in its place: {bound.corrected}."] if bound.corrected else []
    lines += [f"Compared on request; tables and figures show {bound.represented_by}."] if bound.represented_by else []
    lines += [bound.remark] if bound.remark else []
    verdicts = [
        pages.line(entry)
        for ledger in _ledgers()
        for entry in ledger.verify(ledger.asked & set(ledger.about(bound.id)), jobs=1)
    ]
    return "\n".join(
        [*lines, "", "The ledger says (regretlab show CLAIM for more):", *(verdicts or ["  nothing about it"])]
    )


def _growth(found: Orders) -> list[str]:
    """Say which term dominates, and from which horizon on, at the typical constants."""
    lines = [f"The {found.dominating} term dominates {_since(found.log10_horizon)}."]
    lines += [
        f"The {name} term, left out, is below the {kept} term only {_since(log10)}."
        for name, horizons in found.outgrown.items()
        for kept, log10 in horizons.items()
        if log10 > 0
    ]
    at = ", ".join(f"{name}={value:g}" for name, value in TYPICAL.items())
    return [*lines, f"(Horizons at {at}, unless the theorem ties them; statistics at their worst.)"]


def _since(log10: float) -> str:
    """From which horizon on."""
    if log10 == math.inf:
        return "at no horizon that was looked at"
    if log10 == 0:
        return "at every T"
    return f"from T = {10**log10:.4g} on" if log10 < FLOATS else f"from T = 10^{log10:.6g} on"


def _paper(name: str, ledger: Ledger) -> str:
    named = name in PAPERS
    claims = [c for c in ledger.claims.values() if c.id in ledger.asked and (named or c.id.startswith(f"{name}."))]
    files = {ledger.files[c.id] for c in claims}
    place = name if named else files.pop() if len(files) == 1 else files.pop().parent
    lines = [f"  {c.id} ({c.at}): {c.statement.kind}" for c in claims]
    return "\n".join([f"{name}: {claims[0].paper}", "", f"Claims (regretlab verify {place}):", *lines])


def _papers() -> list[tuple[str, str]]:
    counts = Counter((c.id.split(".")[0], c.paper) for c in Ledger().claims.values() if not c.is_correction)
    shipped = [(name, f"{title}: {count} claims") for (name, title), count in counts.items()]
    return shipped + [row for row in _parts(PAPERS, lambda file: f"claims in {file}") if row[0] not in PAPERS.library]


def _parameters(part: Component | type[Component]) -> str:
    """Return the parameters of a part as it was made, or as it is made by default."""
    rows = []
    for name, f in part.declared().items():
        within = f.metadata["within"]
        allowed = within if isinstance(within, str) else "{" + ", ".join(map(str, within)) + "}"
        value, default = ("tied to the run" if v is None else v for v in (getattr(part, name, f.default), f.default))
        changed = "" if value == default else f" (default {default})"
        rows.append(f"  {name} = {value}{changed}   in {allowed}   {f.metadata['doc']}")
    return "\n".join(["Parameters, defaults and ranges:", *(rows or ["  none"])])


def _coefficients(method: Method) -> str:
    """Return the coefficients of the step at a few times, from the schedule that is run."""
    t = np.array([1.0, 2.0, 3.0, 10.0, 100.0, 1e4])
    k = method.schedule_over(t)
    at = "the defaults" if method == type(method)() else "these parameters"
    lines = [f"Coefficients of the step at {at} (p = {k.p:.10g}, eps = {k.eps:.10g}):"]
    lines += [f"  {'t':5}{''.join(f'{moment:>13.10g}' for moment in t)}"]
    lines += [f"  {name:5}{''.join(f'{value:>13.6g}' for value in getattr(k, name))}" for name in SEQUENCES]
    if type(method).step is not Method.step:
        lines += ["", "The step is not the generic one (see above): only the array engines run it."]
    replaced = [] if method.gradient == "g" else [f"g     <- {method.gradient}"]
    if not method.generic_state:
        return "\n".join([f"The step is its own, on the arrays x, {', '.join(method.declared_state(1))}.", "", *lines])
    return "\n".join(["The step:", *(f"  {line}" for line in (*replaced, *STEP)), "", *lines])


def _doc(thing: Any) -> str:
    return inspect.getdoc(thing) or ""


def _first_comment(name: str) -> str:
    text = (studies.FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    comment = [line.lstrip("# ") for line in text.split("\n\n")[0].splitlines() if line.startswith("#")]
    return " ".join(comment)
