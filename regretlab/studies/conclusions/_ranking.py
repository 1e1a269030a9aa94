"""Who is better, by how much, and how surely."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from regretlab import paired
from regretlab.errors import unknown_name
from regretlab.paired import Difference
from regretlab.result import Result
from regretlab.studies.conclusions import _words as say
from regretlab.studies.conclusions._words import INTERVALS, LOSSES, WORDS, Match, compared, least, measured

#: Up to this many undecided differences are told one by one.
FEW = 2


def ranking(options: Mapping[str, Any], results: list[Result]) -> list[str]:
    """Who is better, by how much, and how surely."""
    by, against = options.get("by", "online"), options.get("against")
    told = _best if against is None else _against
    sentences, tally, count = [], Counter[str](), 0
    for result in results:
        where = f"On {say.problem(result)}"
        for place, short, match in matches(options, result):
            text, decided = told(match, short, WORDS[by])
            sentences.append(f"{where}{place}, {text}.")
            where = "There"
            if place != _tuned(options):
                tally.update(decided)
                count += 1
        sentences += [_training(result)] if by in LOSSES else []
        sentences += [_clock(result)] if options.get("clock") else []
    lead = [_tally(tally, count, WORDS[by], against)] if count > 1 else []
    return [*lead, *sentences, INTERVALS]


def matches(options: Mapping[str, Any], result: Result) -> list[tuple[str, dict[str, str], Match]]:
    """Return the comparisons on one problem: place, short names, and match; corrected for all pairs of the problem."""
    by, against, each = options.get("by", "online"), options.get("against"), options.get("each")
    values = {result.label(name): measured(result, name, by) for name in result.algorithms}
    if against is not None and against not in values:
        raise unknown_name("algorithm to compare against", str(against), values)
    random = any(result.random(name) for name in result.algorithms)
    found = paired.differences(values, against, random=random)
    groups = _groups(result, each)
    if len(groups) > 1:
        alike: dict[str, list[str]] = {}
        for short in groups.values():
            for name in short:
                alike.setdefault(short[name], []).append(name)
        tuned = [least({name: values[name] for name in names}) for names in alike.values()]
        groups[_tuned(options)] = {name: say.spoken(name) for name in tuned}
    out = []
    for place, short in groups.items():
        own = {name: values[name] for name in short}
        out.append((place, short, compared(own, against or least(own), found)))
    return out


def _tuned(options: Mapping[str, Any]) -> str:
    """Return the place of the match of every method at its best value of the parameter that they share."""
    return f", each at its best {options.get('each')}"


def _training(result: Result) -> str:
    """From where to where the training loss went, and whether it still moves."""
    t = result.record.t.values
    losses = np.array([result.of(name).train_loss.values.mean(axis=0) for name in result.algorithms])
    text = f"The mean training loss is {_span(losses[:, 0])} at t = {t[0]}"
    text += f" and {_span(losses[:, -1])} at t = {t[-1]}" if len(t) > 1 else ""
    if half := [i for i in range(len(t)) if 2 * t[i] <= t[-1]]:
        moved = np.abs(1 - losses[:, -1] / losses[:, half[-1]]).max()
        text += f"; from t = {t[half[-1]]} to the end it changes by at most {100 * moved:.2g} %"
    return f"{text}."


def _span(values: np.ndarray) -> str:
    low, high = f"{values.min():.3g}", f"{values.max():.3g}"
    return low if low == high else f"between {low} and {high}"


def _clock(result: Result) -> str:
    """Say how long the runs took, and which engines made them."""
    seconds = {result.label(name): float(result.of(name).attrs["seconds"]) for name in result.algorithms}
    engines = sorted(result.record.attrs["engine"].split(", "))
    fast, slow = min(seconds, key=lambda name: seconds[name]), max(seconds, key=lambda name: seconds[name])
    fair = "all on" if len(engines) == 1 else "which compares engines and not samplers, as they were made by"
    return (
        f"Its {result.horizon} steps took between {seconds[fast]:.2g} s ({fast}) and {seconds[slow]:.2g} s ({slow}) of "
        f"one process for all replicates, {fair} the {' and the '.join(engines)} engine."
    )


def _groups(result: Result, parameter: str | None) -> dict[str, dict[str, str]]:
    """Labels to short names, for every value of the parameter that the algorithms share."""
    labels = {result.label(name): name for name in result.algorithms}
    if parameter is None:
        return {"": {name: say.spoken(name) for name in labels}}
    groups: dict[str, dict[str, str]] = {}
    for name, algorithm in labels.items():
        value = f"{say.parameter_of(result, algorithm, parameter):g}"
        short = say.spoken(name.replace(f", {parameter}={value}", ""))
        groups.setdefault(f" at {parameter} = {value}", {})[name] = short
    return groups


def _best(match: Match, short: dict[str, str], words: str) -> tuple[str, list[str]]:
    """Write the comparisons of the best algorithm with the others; return its name too if it is decidedly the best."""
    best = short[match.base]
    text = f"{best} has the least {words}, {say.level(match.values[match.base])}"
    beaten = [d for d in match.distinct if d.better == d.second]
    unsure = [d for d in match.distinct if d.better != d.second]
    if beaten:
        than = "; than ".join(f"{short[d.first]} by {say.gap(d, match.values[d.first])}" for d in beaten)
        text += f", less than {than}"
    if unsure:
        others = "; or ".join(f"{short[d.first]} ({say.doubt(d)})" for d in unsure)
        text += f"{';' if beaten else ', but'} the evidence is not enough to place it before {others}"
    return text + say.copies(match, short), [] if unsure else [best]


def _against(match: Match, short: dict[str, str], words: str) -> tuple[str, list[str]]:
    """Write the comparisons with the named algorithm, and return those that are decidedly better or worse."""
    found, base = match.distinct, match.values[match.base]
    sides = {"less": [d for d in found if d.better == d.first], "more": [d for d in found if d.better == d.second]}
    said = {side: [f"{short[d.first]} by {say.gap(d, base)}" for d in of] for side, of in sides.items() if of}
    parts = [f"{side} is had by {', '.join(names)}" for side, names in said.items()]
    parts += _open([d for d in found if d.better is None], short)
    text = f"{short[match.base]} has a {words} of {say.level(base)}; {'; '.join(parts)}{say.copies(match, short)}"
    return text, [f"{short[d.first]} {side}" for side, of in sides.items() for d in of]


def _open(unsure: list[Difference], short: dict[str, str]) -> list[str]:
    """Write the undecided comparisons, one by one or, where they are many, all together."""
    if not unsure:
        return []
    if len(unsure) <= FEW or any(math.isnan(d.low) or d.low > 0 or d.high < 0 for d in unsure):
        return [f"undecided: {', '.join(f'{short[d.first]} ({say.doubt(d)})' for d in unsure)}"]
    low, high = min(d.low for d in unsure), max(d.high for d in unsure)
    names, largest = ", ".join(short[d.first] for d in unsure), max(abs(d.effect) for d in unsure)
    return [
        f"undecided, with intervals of the difference all within [{low:.2g}, {high:.2g}] and |d_z| at most "
        f"{largest:.2g}: {names}"
    ]


def _tally(tally: Counter[str], count: int, words: str, against: str | None) -> str:
    """Sum up all comparisons in a sentence."""
    if not tally:
        return f"None of the {count} comparisons finds one that is decidedly {'first' if against is None else 'apart'}."
    if against is None:
        wins = ", ".join(f"{name} in {n}" for name, n in tally.most_common())
        return f"Of {count} comparisons the least {words} is decidedly had by {wins}."
    decided = ", ".join(f"{name} on {n}" for name, n in tally.most_common())
    return f"On {count} problems these have decidedly less or more {words} than {against}: {decided}."
