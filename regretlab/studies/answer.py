"""The answer of a study in a few sentences made from its numbers: what is violated, what holds, what says nothing."""

from __future__ import annotations

from typing import Any, NamedTuple

from regretlab import plots
from regretlab.problems import Problem
from regretlab.record import Record
from regretlab.studies.table import WIDEST_EXPONENT
from regretlab.verdicts.expectation import count

#: A regret with an exponent of at least this grows linearly, in words.
LINEAR = 0.9
#: The verdicts from the one that matters most to a reader, with their words of several bounds.
ORDER = {
    "violated": "violated", "undecided": "undecided", "holds": "hold", "vacuous": "vacuous",
    "not applicable": "not applicable",
}  # fmt: skip
#: Bounds that say nothing are named up to so many.
FEW = 2
#: Exponents that are apart by less are written as one, and a regret with less than that does not grow, in words.
ALIKE = 0.05


#: An algorithm's label and the summary of a bound about it.
_Of = tuple[str, dict[str, Any]]


class Paragraph(NamedTuple):
    """The answer on one problem: its title, its name, and the sentences."""

    title: str
    name: str
    sentences: list[str]


def answer(result: Record) -> Paragraph:
    """Say in sentences how regret grows on a problem, which bounds it leaves, which hold, and which say nothing.

    Examples
    --------
    >>> import regretlab as rl
    >>> adam = "adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)"
    >>> answer(rl.simulate(rl.problems.Reddi(C=8), adam, horizon=1000)).sentences
    ['Adam leaves Kingma & Ba, Thm 4.1 at T = 42.', 'Regret grows as T^0.99, linearly.']
    """
    rows = result.summary()
    kept = [(result.label(row["algorithm"]), bound) for row in rows for bound in row["bounds"]]
    of = {verdict: [(a, b) for a, b in kept if verdict_of(b) == verdict] for verdict in ORDER}
    sentences = _violated(of["violated"])
    sentences += [f"{_listed(_for(of['holds'], 'holds', 'hold'), '; ')}."] if of["holds"] else []
    sentences += _undecided(of["undecided"])
    sentences += _vacuous(of["vacuous"])
    sentences += _not_applicable(of["not applicable"], len(kept))
    sentences.append(_growth(result, rows))
    stem = result.problem.name.split("(")[0]
    known = Problem.known.get(stem)
    return Paragraph(known.title if known is not None else result.problem.name, result.problem.name, sentences)


def verdict_of(bound: dict[str, Any]) -> str:
    """Return a bound's verdict without its reasons."""
    return str(bound["verdict"]).split(" because")[0]


def counted(bounds: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Count an algorithm's bounds by their verdicts, the one that matters most first: pairs of verdict and words.

    Examples
    --------
    >>> counted([{"verdict": "vacuous"}, {"verdict": "violated", "first_violation": 42}, {"verdict": "vacuous"}])
    [('violated', 'violated at t = 42'), ('vacuous', '2 vacuous')]
    """
    found = []
    for verdict, words in ORDER.items():
        of = [b for b in bounds if verdict_of(b) == verdict]
        if len(of) == 1:
            since = f" at t = {of[0]['first_violation']}" if verdict == "violated" else ""
            found.append((verdict, f"{verdict}{since}"))
        elif of:
            found.append((verdict, f"{len(of)} {words}"))
    return found


def decimal(value: float) -> str:
    """Write a number to two decimals, without the sign of a zero; "no end" for one that is not known."""
    return f"{round(value, 2) + 0.0:.2f}" if value == value else "no end"


def power(value: float, low: float, high: float) -> str:
    """Write an exponent of T, or that it cannot be told.

    Examples
    --------
    >>> power(0.5, 0.4, 0.6), power(-1e-9, -0.1, 0.1), power(0.5, -3, 4)
    ('T^0.50', 'T^0.00', 'cannot tell')
    """
    return f"T^{decimal(value)}" if high - low <= WIDEST_EXPONENT else "cannot tell"


def _violated(of: list[_Of]) -> list[str]:
    by: dict[str, list[str]] = {}
    for label, b in of:
        by.setdefault(b["title"], []).append(f"{label}{{}} at T = {b['first_violation']}")
    each = [
        _listed([one.format(f" leaves {title}" * (i == 0)) for i, one in enumerate(of)]) for title, of in by.items()
    ]
    return [f"{_listed(each, '; ')}."] if each else []


def _vacuous(of: list[_Of]) -> list[str]:
    """Say which bounds say nothing: many by the algorithms that they are about alone."""
    if not of:
        return []
    named = _listed(_for(of, "says nothing", "say nothing"), "; ")
    if len(of) > FEW:
        named = f"{len(of)} bounds say nothing, about {_listed(list(dict.fromkeys(label for label, _ in of)))}"
    return [f"{named}: no better than T times the largest regret of one step."]


def _undecided(of: list[_Of]) -> list[str]:
    """Say which bounds are undecided, and how many replicates might decide."""
    if not of:
        return []
    needed = [b["replicates_needed"] for _, b in of if b["replicates_needed"] is not None]
    advice = f": R = {count(max(needed))} might decide" if needed else ""
    return [f"{_listed(_for(of, 'is undecided', 'are undecided'), '; ')}{advice}."]


def _not_applicable(of: list[_Of], everyone: int) -> list[str]:
    """Say for what reason theorems do not apply, those with the same reason together."""
    reasons: dict[str, list[_Of]] = {}
    for label, bound in of:
        reasons.setdefault(_reason(bound), []).append((label, bound))
    return [
        f"No theorem applies, because {reason}."
        if len(pairs) == everyone
        else f"{_listed(_for(pairs, 'does not apply', 'do not apply'), '; ')}, because {reason}."
        for reason, pairs in reasons.items()
    ]


def _reason(bound: dict[str, Any]) -> str:
    """Return in words why a theorem does not speak of a run."""
    reason = str(bound["verdict"]).partition(" because ")[2]
    return "the losses are not convex" if reason == "convex fails" else reason


def _growth(result: Record, rows: list[dict[str, Any]]) -> str:
    """Say whose regret grows fastest and whose slowest."""
    kind = plots.common_kind(result)
    fits = {row["algorithm"]: result.exponent(kind, row["algorithm"]) for row in rows if kind in row["regret"]}
    told = {name: e for name, e in fits.items() if e.high - e.low <= WIDEST_EXPONENT}
    what = "Regret" if kind == "online" else f"{kind.capitalize()} regret"
    if not told:
        return f"How regret grows with T cannot be told from T = {result.horizon}, R = {result.replicates}."
    slow, fast = (pick(told, key=lambda name: told[name].value) for pick in (min, max))
    words = {name: power(*told[name][:3]) for name in (slow, fast)}
    untold = f"; of {len(fits) - len(told)} it cannot be told" if len(told) < len(fits) else ""
    linear = ", linearly" if told[fast].low >= LINEAR else ""
    if told[fast].value < ALIKE:
        return f"{what} does not grow with T any more{untold}."
    if told[fast].value - told[slow].value < ALIKE:
        return f"{what} grows as {words[fast]}{linear}{untold}."
    ends = f"from {words[slow]} ({result.label(slow)}) to {words[fast]} ({result.label(fast)}{linear})"
    return f"{what} grows {ends}{untold}."


def _for(of: list[_Of], one: str, several: str) -> list[str]:
    """Name bounds with what they do, and the algorithms for which they do it; those of the same ones together."""
    labels: dict[str, list[str]] = {}
    for label, bound in of:
        labels.setdefault(bound["title"], []).append(label)
    titles: dict[tuple[str, ...], list[str]] = {}
    for title, about in labels.items():
        titles.setdefault(tuple(about), []).append(title)
    return [
        f"{_listed(named)} {several if len(named) > 1 else one} for {_listed(list(about))}"
        for about, named in titles.items()
    ]


def _listed(words: list[str], apart: str = ", ") -> str:
    last = " and " if apart == ", " else apart
    return last.join([apart.join(words[:-1])] * (len(words) > 1) + words[-1:])
