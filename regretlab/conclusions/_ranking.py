"""Who is better, by how much, and how surely."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from regretlab import paired
from regretlab.conclusions._words import (
    INTERVALS,
    WORDS,
    best_of,
    doubt,
    gap,
    level,
    measured,
    parameter_of,
    problem,
)
from regretlab.errors import closest
from regretlab.paired import Difference
from regretlab.plots import label
from regretlab.result import Result

#: Up to this many undecided differences are told one by one.
FEW = 2


def ranking(options: Mapping[str, Any], results: list[Result]) -> list[str]:
    """Who is better, by how much, and how surely."""
    by, against = options.get("by", "online"), options.get("against")
    sentences, tally, count = [], Counter[str](), 0
    for result in results:
        where = f"On {problem(result)}"
        for place, names in _groups(result, options.get("each")).items():
            values = {short: measured(result, name, by) for short, name in names.items()}
            say = _best if against is None else _beside
            text, decided = say(values, WORDS[by], against)
            sentences.append(f"{where}{place}, {text}.")
            where = "There"
            tally.update(decided)
            count += 1
        if options.get("clock"):
            sentences.append(_clock(result))
    if count > 1:
        sentences.append(_tally(tally, count, WORDS[by], against))
    return [*sentences, INTERVALS]


def _clock(result: Result) -> str:
    """How long the runs took, and who made them."""
    parts = {label(result, name): result.of(name).attrs for name in result.algorithms}
    seconds = {name: float(attrs["seconds"]) for name, attrs in parts.items()}
    engines = sorted({str(attrs["engine"]) for attrs in parts.values()})
    fast, slow = min(seconds, key=lambda name: seconds[name]), max(seconds, key=lambda name: seconds[name])
    fair = "all on" if len(engines) == 1 else "which compares engines and not samplers, as they were made by"
    return (
        f"Its {result.horizon} steps took between {seconds[fast]:.2g} s ({fast}) and {seconds[slow]:.2g} s ({slow}) of "
        f"one process for all replicates, {fair} the {' and the '.join(engines)} engine."
    )


def _groups(result: Result, parameter: str | None) -> dict[str, dict[str, str]]:
    """Short names to algorithms, for every value of the parameter that they share."""
    if parameter is None:
        return {"": {label(result, name): name for name in result.algorithms}}
    groups: dict[str, dict[str, str]] = {}
    for name in result.algorithms:
        value = parameter_of(result, name, parameter)
        short = label(result, name).replace(f", {parameter}={value:g}", "")
        groups.setdefault(f" at {parameter} = {value:g}", {})[short] = name
    return groups


def _best(values: dict[str, np.ndarray], words: str, against: str | None = None) -> tuple[str, list[str]]:
    """What the pairs with the best one say, and whether it is decidedly the best."""
    best, found = best_of(values)
    text = f"{best} has the least {words}, {level(values[best])}"
    beaten, unsure = [d for d in found if d.low > 0], [d for d in found if not d.low > 0]
    if beaten:
        text += f", less than {'; than '.join(f'{d.first} by {gap(d, values[d.first])}' for d in beaten)}"
    if unsure:
        others = "; or ".join(f"{d.first} ({doubt(d)})" for d in unsure)
        text += f"{';' if beaten else ', but'} the evidence is not enough to place it before {others}"
    return text, [] if unsure else [best]


def _beside(values: dict[str, np.ndarray], words: str, against: str | None) -> tuple[str, list[str]]:
    """What every pair with the one named says, and which ones are decidedly better or worse."""
    if against not in values:
        raise closest("algorithm to compare against", str(against), values)
    found = paired.differences(values, against)
    base = values[str(against)]
    said = {
        "less": [f"{d.first} by {gap(d, base)}" for d in found if d.high < 0],
        "more": [f"{d.first} by {gap(d, base)}" for d in found if d.low > 0],
    }
    parts = [f"{side} is had by {', '.join(names)}" for side, names in said.items() if names]
    parts += _open([d for d in found if d.low <= 0 <= d.high])
    text = f"{against} has a {words} of {level(base)}; {'; '.join(parts)}"
    return text, [f"{d.first} less" for d in found if d.high < 0] + [f"{d.first} more" for d in found if d.low > 0]


def _open(unsure: list[Difference]) -> list[str]:
    """What is left undecided, one by one or, where they are many, all together."""
    if not unsure:
        return []
    if len(unsure) <= FEW or unsure[0].replicates == 1:
        return [f"undecided: {', '.join(f'{d.first} ({doubt(d)})' for d in unsure)}"]
    low, high = min(d.low for d in unsure), max(d.high for d in unsure)
    names = ", ".join(d.first for d in unsure)
    return [f"undecided, with intervals of the difference all within [{low:.2g}, {high:.2g}]: {names}"]


def _tally(tally: Counter[str], count: int, words: str, against: str | None) -> str:
    """What all comparisons together say."""
    if not tally:
        return (
            f"So none of the {count} comparisons finds one that is decidedly {'first' if against is None else 'apart'}."
        )
    if against is None:
        wins = ", ".join(f"{name} in {n}" for name, n in tally.most_common())
        return f"So of {count} comparisons the least {words} is decidedly had by {wins}."
    decided = ", ".join(f"{name} on {n}" for name, n in tally.most_common())
    return f"So on {count} problems these have decidedly less or more {words} than {against}: {decided}."
