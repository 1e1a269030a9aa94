"""The words for numbers: means, differences and doubts, with their intervals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from regretlab import paired, scaling
from regretlab.errors import InputError, closest
from regretlab.paired import Difference
from regretlab.regret import KINDS
from regretlab.result import Result

LOSSES = ("train_loss", "test_loss")
#: The words for a quantity.
WORDS = {kind: f"{kind} regret" for kind in KINDS} | {"train_loss": "training loss", "test_loss": "test loss"}
#: No advice to run more replicates than this.
MANY = 1000
INTERVALS = (
    "Brackets are 95 % intervals over replicates, for differences paired by replicate and holding together for all "
    "that are compared on a problem (Bonferroni)."
)


def measured(result: Result, name: str, by: str) -> np.ndarray:
    """A quantity of an algorithm at the horizon, one number per replicate."""
    if by in LOSSES:
        part = result.of(name)
        if by not in part:
            raise InputError(f"{by} was not measured for {name}: the problem holds out no examples; set test=.")
        return np.asarray(part[by].values[:, -1])
    return np.asarray(result.regret(by, name).low.values[:, -1])


def parameter_of(result: Result, name: str, parameter: str) -> float:
    """A hyper-parameter of an algorithm, of its sampler or its method."""
    return parameter_in(result.facts(name), name, parameter)


def parameter_in(facts: dict[str, Any], name: str, parameter: str) -> float:
    """The same from what is known of a run beforehand."""
    known = facts["method_parameters"] | facts["sampler_parameters"]
    if parameter not in known:
        raise closest(f"parameter of {name}", parameter, known)
    return float(known[parameter])


def problem(result: Result) -> str:
    replicates = "one replicate" if result.replicates == 1 else f"{result.replicates} replicates"
    return f"{result.problem['name']} (T = {result.horizon}, {replicates})"


def level(values: np.ndarray) -> str:
    """A mean with its interval, where there are replicates."""
    mean = float(values.mean())
    if len(values) == 1 or values.std() == 0:
        return f"{mean:.4g}"
    half = scaling.t_quantile(len(values) - 1, 1, paired.CONFIDENCE) * values.std(ddof=1) / math.sqrt(len(values))
    return bracket(mean, mean - half, mean + half)


def gap(d: Difference, of: np.ndarray) -> str:
    """The size of a difference with its interval, and as a share of a mean."""
    share = f"{100 * abs(d.mean) / abs(float(of.mean())):.2g} %"
    low, high = sorted((abs(d.low), abs(d.high)))
    if low == high:
        return f"{low:.3g} in every replicate, {share}"
    return f"{bracket(abs(d.mean), low, high)}, {share}"


def doubt(d: Difference) -> str:
    """Why a difference is not decided."""
    if d.replicates == 1:
        return "one replicate"
    if d.mean == 0:
        return "no difference"
    needed = f"; {d.decided_by} replicates would decide it, were this the mean" if d.decided_by <= MANY else ""
    return f"{bracket(d.mean, d.low, d.high)}{needed}"


def bracket(mean: float, low: float, high: float) -> str:
    """A number and its interval, to two digits of the interval's half-width."""
    half = (high - low) / 2
    digits = max(0, 1 - math.floor(math.log10(half))) if half > 0 else 3
    if digits > 6:
        return f"{mean:.2g} [{low:.2g}, {high:.2g}]"
    return f"{mean:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def best_of(values: dict[str, np.ndarray]) -> tuple[str, list[Difference]]:
    """The one with the least mean, and how much more every other has."""
    best = min(values, key=lambda name: float(values[name].mean()))
    return best, [_more(d, best) for d in paired.differences(values) if best in d[:2]]


def _more(d: Difference, best: str) -> Difference:
    """The difference with the best one second."""
    if d.second == best:
        return d
    return d._replace(first=d.second, second=best, mean=-d.mean, low=-d.high, high=-d.low, effect=-d.effect)


def plain(value: float) -> str:
    """Three digits, no power of ten where it can be helped."""
    return f"{float(f'{value:.3g}'):,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.3g}"
