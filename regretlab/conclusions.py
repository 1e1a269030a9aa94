"""The last paragraph of a study: what its numbers say about its question, in words that follow from them.

A study asks one kind of question, in its table ``[conclude]``::

    [conclude]
    what = "ranking"        # which algorithm has the least of a quantity, and how surely
    by = "cumulative"       # a kind of regret, or train_loss or test_loss, at the horizon
    against = "adam"        # optional: compare with this one, by its short name, instead of with the best
    each = "alpha"          # optional: compare only algorithms that share the value of this parameter

    [conclude]
    what = "scaling"        # the exponents of the regret over the grid of the study, beside those that were claimed
    by = "cumulative"       # the i-th algorithms of all cells belong together
    claimed = { T = 0.5, n = 0, K = 0, d = 1 }      # of an upper bound

    [conclude]
    what = "parameter"      # where the quantity is least over a parameter of the algorithms, and where a bound is
    by = "cumulative"
    name = "gamma"
    bound = "adamcb.ours"
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from regretlab import paired, scaling
from regretlab.bounds import Bound
from regretlab.errors import InputError, closest
from regretlab.paired import Difference
from regretlab.plots import label
from regretlab.regret import KINDS
from regretlab.result import Result

LOSSES = ("train_loss", "test_loss")
#: Fewer points of a grid than this have no exponent.
FEWEST = 3
#: The words for a quantity.
WORDS = {kind: f"{kind} regret" for kind in KINDS} | {"train_loss": "training loss", "test_loss": "test loss"}
#: The symbols of a grid and where a run's description has them.
AXES: dict[str, Callable[[Result, str], float]] = {
    "T": lambda result, name: result.horizon,
    "n": lambda result, name: result.problem["n"],
    "d": lambda result, name: result.problem["d"],
    "K": lambda result, name: result.facts(name)["K"],
}
INTERVALS = (
    "Brackets are 95 % intervals over replicates, for differences paired by replicate and holding together for all "
    "that are compared on a problem (Bonferroni)."
)


class Sweep(NamedTuple):
    """What a study's figure over a parameter shows: by curve and value, the observations (``plots.sweep``)."""

    name: str
    points: dict[str, dict[float, np.ndarray]]
    quantity: str
    title: str
    guides: bool


def conclude(options: Mapping[str, Any], results: list[Result]) -> list[str]:
    """The paragraph, none for a study without a question.

    Parameters
    ----------
    options : mapping
        The table ``[conclude]`` of a study.
    results : list of Result
        Of its cells.

    Raises
    ------
    InputError
        For an unknown kind of conclusion, or a quantity that was not measured.
    """
    if not options:
        return []
    check(options)
    return [" ".join(CONCLUSIONS[options["what"]](options, results))]


def check(options: Mapping[str, Any]) -> None:
    """Refuse a table that :func:`conclude` could not follow, before anything is simulated."""
    what = options.get("what", "")
    if what not in CONCLUSIONS:
        raise closest("conclusion", what, CONCLUSIONS)
    for key in options:
        if key not in KEYS[what]:
            raise closest(f"key of a {what} in [conclude]", key, KEYS[what])
    if options.get("by", "online") not in WORDS:
        raise closest("quantity to conclude by", options["by"], WORDS)
    for axis in options.get("claimed", {}):
        if axis not in AXES:
            raise closest("axis of a claimed exponent", axis, AXES)
    if what == "parameter" and "name" not in options:
        raise InputError('a conclusion about a parameter needs its name: write name = "gamma" in [conclude].')
    if options.get("bound", "adam.printed") not in Bound.known:
        raise closest("bound", options["bound"], Bound.known)


def measured(result: Result, name: str, by: str) -> np.ndarray:
    """A quantity of an algorithm at the horizon, one number per replicate."""
    if by in LOSSES:
        part = result.of(name)
        if by not in part:
            raise InputError(f"{by} was not measured for {name}: the problem holds out no examples; set test=.")
        return np.asarray(part[by].values[:, -1])
    return np.asarray(result.regret(by, name).low.values[:, -1])


def sweeps(options: Mapping[str, Any], results: list[Result]) -> list[Sweep]:
    """The figures over parameters that a conclusion rests on."""
    by, what = options.get("by", "online"), options.get("what")
    if what == "scaling":
        lines = _lines(by, results)
        axes = {axis for of in lines.values() for axis in of}
        return [
            Sweep(a, {name: of[a] for name, of in lines.items()}, f"{WORDS[by]} at the horizon", _where(results, a), True)
            for a in AXES
            if a in axes
        ]  # fmt: skip
    if what == "parameter":
        return [_parameter_sweep(options, result, by) for result in results]
    return []


def _ranking(options: Mapping[str, Any], results: list[Result]) -> list[str]:
    """Who is better, by how much, and how surely."""
    by, against = options.get("by", "online"), options.get("against")
    sentences, tally, count = [], Counter[str](), 0
    for result in results:
        for place, names in _groups(result, options.get("each")).items():
            values = {short: measured(result, name, by) for short, name in names.items()}
            say = _best if against is None else _beside
            text, decided = say(values, WORDS[by], against)
            sentences.append(f"On {_problem(result)}{place}, {text}.")
            tally.update(decided)
            count += 1
    if count > 1:
        sentences.append(_tally(tally, count, WORDS[by], against))
    return [*sentences, INTERVALS]


def _groups(result: Result, parameter: str | None) -> dict[str, dict[str, str]]:
    """Short names to algorithms, for every value of the parameter that they share."""
    if parameter is None:
        return {"": {label(result, name): name for name in result.algorithms}}
    groups: dict[str, dict[str, str]] = {}
    for name in result.algorithms:
        value = _value(result, name, parameter)
        short = label(result, name).replace(f", {parameter}={value:g}", "")
        groups.setdefault(f", {parameter} = {value:g}", {})[short] = name
    return groups


def _best(values: dict[str, np.ndarray], words: str, against: str | None = None) -> tuple[str, list[str]]:
    """What the pairs with the best one say, and whether it is decidedly the best."""
    best = min(values, key=lambda name: float(values[name].mean()))
    found = [_turned(d, best) for d in paired.differences(values) if best in d[:2]]
    text = f"{best} has the least {words}, {_level(values[best])}"
    beaten, unsure = [d for d in found if d.low > 0], [d for d in found if not d.low > 0]
    if beaten:
        text += f", less than {'; than '.join(f'{d.first} by {_gap(d)}' for d in beaten)}"
    if unsure:
        others = "; or ".join(f"{d.first} ({_doubt(d)})" for d in unsure)
        text += f"{';' if beaten else ', but'} the evidence is not enough to place it before {others}"
    return text, [] if unsure else [best]


def _beside(values: dict[str, np.ndarray], words: str, against: str | None) -> tuple[str, list[str]]:
    """What every pair with the one named says, and which ones are decidedly better or worse."""
    if against not in values:
        raise closest("algorithm to compare against", str(against), values)
    found = paired.differences(values, against)
    said = {
        "less": [f"{d.first} by {_gap(d, -1)}" for d in found if d.high < 0],
        "more": [f"{d.first} by {_gap(d)}" for d in found if d.low > 0],
    }
    unsure = [f"{d.first} ({_doubt(d)})" for d in found if not (d.high < 0 or d.low > 0)]
    parts = [f"{side} is had by {', '.join(names)}" for side, names in said.items() if names]
    parts += [f"undecided are {', '.join(unsure)}"] if unsure else []
    text = f"{against} has a {words} of {_level(values[str(against)])}; {'; '.join(parts)}"
    return text, [f"{d.first} less" for d in found if d.high < 0] + [f"{d.first} more" for d in found if d.low > 0]


def _tally(tally: Counter[str], count: int, words: str, against: str | None) -> str:
    """What all comparisons together say."""
    if not tally:
        return f"So none of the {count} comparisons decides it."
    if against is None:
        wins = ", ".join(f"{name} in {n}" for name, n in tally.most_common())
        return f"So of {count} comparisons the least {words} is decidedly had by {wins}."
    wins = ", ".join(f"{name} in {n}" for name, n in tally.most_common())
    return f"So of {count} comparisons with {against}, decided are: {wins}."


def _turned(d: Difference, best: str) -> Difference:
    """How much less the best one has."""
    if d.second == best:
        return d
    return d._replace(first=d.second, second=best, mean=-d.mean, low=-d.high, high=-d.low, effect=-d.effect)


def _level(values: np.ndarray) -> str:
    """A mean with its interval, where there are replicates."""
    mean = float(values.mean())
    if len(values) == 1 or values.std() == 0:
        return f"{mean:.4g}"
    half = scaling.t_quantile(len(values) - 1, 1, paired.CONFIDENCE) * values.std(ddof=1) / math.sqrt(len(values))
    return _bracket(mean, mean - half, mean + half)


def _gap(d: Difference, sign: int = 1) -> str:
    if d.low == d.high:
        return f"{sign * d.mean:.3g} in every replicate"
    return _bracket(sign * d.mean, *sorted((sign * d.low, sign * d.high)))


def _doubt(d: Difference) -> str:
    if d.replicates == 1:
        return "one replicate"
    if d.mean == 0:
        return "no difference"
    needed = f"; {d.decided_by} replicates would do if this is right" if d.decided_by <= 1000 else ""
    return f"{_bracket(d.mean, d.low, d.high)}{needed}"


def _bracket(mean: float, low: float, high: float) -> str:
    """A number and its interval, to two digits of the interval's half-width."""
    half = (high - low) / 2
    digits = max(0, 1 - math.floor(math.log10(half))) if half > 0 else 3
    if digits > 6:
        return f"{mean:.2g} [{low:.2g}, {high:.2g}]"
    return f"{mean:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def _lines(by: str, results: list[Result]) -> dict[str, dict[str, dict[float, np.ndarray]]]:
    """By algorithm and axis, the observations along that axis, the others at their most frequent value.

    Where several cells share a point they are draws of the data, and each one's mean is an observation.
    """
    lines: dict[str, dict[str, dict[float, np.ndarray]]] = {}
    for i, first in enumerate(results[0].algorithms):
        at: dict[tuple[float, ...], list[np.ndarray]] = {}
        for result in results:
            name = result.algorithms[i]
            at.setdefault(tuple(read(result, name) for read in AXES.values()), []).append(measured(result, name, by))
        usual = [Counter(values).most_common(1)[0][0] for values in zip(*at, strict=True)]
        for a, axis in enumerate(AXES):
            line = {
                point[a]: cells[0] if len(cells) == 1 else np.array([c.mean() for c in cells])
                for point, cells in at.items()
                if all(point[b] == usual[b] for b in range(len(usual)) if b != a)
            }
            if len(line) >= FEWEST:
                lines.setdefault(label(results[0], first), {})[axis] = line
    return lines


def _scaling(options: Mapping[str, Any], results: list[Result]) -> list[str]:
    """The exponent along every axis beside the claimed one, and at how many points the last algorithm beats the first."""
    by, claimed = options.get("by", "online"), options.get("claimed", {})
    sentences, lines = [], _lines(by, results)
    for name, of in lines.items():
        found = [_exponent(a, scaling.across(line, name=a), claimed.get(a)) for a, line in of.items()]
        sentences.append(f"The {WORDS[by]} of {name} at the horizon {'; '.join(found)}.")
    if len(lines) > 1:
        sentences.append(_throughout(lines, WORDS[by]))
    draws = len(results) // len({tuple(r(x, x.algorithms[0]) for r in AXES.values()) for x in results})
    of = f"{draws} draws of the data" if draws > 1 else "replicates"
    return [*sentences, f"Brackets are 95 % intervals over {of}."]


def _exponent(axis: str, e: scaling.Exponent, claimed: float | None) -> str:
    """One exponent in words; a claim is that of an upper bound."""
    if math.isnan(e.value):
        return f"has no exponent in {axis} ({e.how})"
    text = f"goes like {axis}^{e.value:.2f} [{e.low:.2f}, {e.high:.2f}]"
    if claimed is None or math.isnan(e.low):
        return text
    said = "faster than" if e.low > claimed else "within" if e.high <= claimed else "undecided against"
    return f"{text}, {said} the claimed {axis}^{claimed:g}"


def _throughout(lines: dict[str, dict[str, dict[float, np.ndarray]]], words: str) -> str:
    """At how many points of the grid the last algorithm has less than the first, or more."""
    (first, own), (last, other) = list(lines.items())[0], list(lines.items())[-1]
    points = {(a, x): (own[a][x], other[a][x]) for a in own for x in own[a]}
    distinct = {tuple(pair[0]): pair for pair in points.values()}  # the middle lies on every axis
    found = [paired.differences({"last": b, "first": a}) for a, b in distinct.values()]
    quantile = len(distinct)
    less = sum(d.p * quantile < 1 - paired.CONFIDENCE and d.mean < 0 for (d,) in found)
    more = sum(d.p * quantile < 1 - paired.CONFIDENCE and d.mean > 0 for (d,) in found)
    ratios = [float(b.mean() / a.mean()) for a, b in distinct.values()]
    return (
        f"{last} has decidedly less {words} than {first} at {less} of {len(distinct)} points of the grid and decidedly "
        f"more at {more} (Bonferroni); the ratio of their means lies between {min(ratios):.2f} and {max(ratios):.2f}."
    )


def _parameter(options: Mapping[str, Any], results: list[Result]) -> list[str]:
    """Where the quantity is least over a parameter, beside where the bound is."""
    by, parameter = options.get("by", "online"), options["name"]
    sentences = []
    for result in results:
        chosen = _chosen(result, parameter, by)
        named = {f"{parameter} = {value:g}": measured(result, name, by) for value, name in chosen.items()}
        text = f"On {_problem(result)}, {_best(named, WORDS[by])[0]}."
        if "bound" in options:
            at = {value: result.bound(options["bound"], name).value for value, name in chosen.items()}
            least = min(at, key=lambda value: at[value])
            text += f" The bound {options['bound']} is least at {parameter} = {least:g}, {at[least]:.3g}"
            text += f" (from {at[min(at)]:.3g} at {min(at):g} to {at[max(at)]:.3g} at {max(at):g})."
        sentences.append(text)
    several = len(results[0].algorithms) // len(_chosen(results[0], parameter, by))
    tuned = [f"Every {parameter} is shown at the best of {several} settings of the rest."] if several > 1 else []
    return [*sentences, *tuned, INTERVALS]


def _chosen(result: Result, parameter: str, by: str) -> dict[float, str]:
    """The best algorithm with every value of the parameter."""
    groups: dict[float, list[str]] = {}
    for name in result.algorithms:
        groups.setdefault(_value(result, name, parameter), []).append(name)
    return {v: min(groups[v], key=lambda name: float(measured(result, name, by).mean())) for v in sorted(groups)}


def _parameter_sweep(options: Mapping[str, Any], result: Result, by: str) -> Sweep:
    chosen = _chosen(result, options["name"], by)
    points = {WORDS[by]: {value: measured(result, name, by) for value, name in chosen.items()}}
    if "bound" in options:
        bound = options["bound"]
        points[f"bound {bound}"] = {v: np.array([result.bound(bound, name).value]) for v, name in chosen.items()}
    return Sweep(options["name"], points, f"{WORDS[by]} at the horizon", result.problem["name"], False)


def _value(result: Result, name: str, parameter: str) -> float:
    """A hyper-parameter of an algorithm, of its sampler or its method."""
    facts = result.facts(name)
    known = facts["method_parameters"] | facts["sampler_parameters"]
    if parameter not in known:
        raise closest(f"parameter of {name}", parameter, known)
    return float(known[parameter])


def _problem(result: Result) -> str:
    replicates = "one replicate" if result.replicates == 1 else f"{result.replicates} replicates"
    return f"{result.problem['name']} (T = {result.horizon}, {replicates})"


def _where(results: list[Result], axis: str) -> str:
    """What a line of the grid holds fixed."""
    at = [{a: read(r, r.algorithms[0]) for a, read in AXES.items()} for r in results]
    return ", ".join(f"{a} = {Counter(p[a] for p in at).most_common(1)[0][0]}" for a in AXES if a != axis)


CONCLUSIONS: dict[str, Callable[[Mapping[str, Any], list[Result]], list[str]]] = {
    "ranking": _ranking, "scaling": _scaling, "parameter": _parameter,
}  # fmt: skip
KEYS = {
    "ranking": ("what", "by", "against", "each"), "scaling": ("what", "by", "claimed"),
    "parameter": ("what", "by", "name", "bound"),
}  # fmt: skip
