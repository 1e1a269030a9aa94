"""The words for numbers: means, differences and doubts, with their intervals."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from regretlab import paired, scaling
from regretlab.errors import InputError, unknown_name
from regretlab.paired import Difference
from regretlab.result import Result
from regretlab.runs.description import Description
from regretlab.runs.regret import KINDS

LOSSES = ("train_loss", "test_loss")
#: The words for a quantity.
WORDS = {kind: f"{kind} regret" for kind in KINDS} | {"train_loss": "training loss", "test_loss": "test loss"}
#: No advice to run more replicates than this.
MANY = 1000
INTERVALS = (
    "Brackets are Student's intervals over replicates, 95 % if these are normal; for differences they are paired by "
    "replicate and hold together for all pairs on a problem (Bonferroni). Decided is what such an interval says and "
    "the exact sign test too, which is right at 95 % for all pairs together (Holm) whatever the law: that one is less "
    "in more runs than not. d_z is the effect size, the mean of the paired differences over their standard deviation, "
    "with the R of its problem."
)


class Match(NamedTuple):
    """Algorithms compared with one of them; ``found`` are the differences of the others to it."""

    base: str
    values: dict[str, np.ndarray]
    found: list[Difference]

    @property
    def copies(self) -> dict[str, str]:
        """The algorithms that equal another one bit for bit in every replicate, with the name of the other."""
        like = paired.alike({self.base: self.values[self.base], **self.values})
        return {name: other for name, other in like.items() if name != other}

    @property
    def distinct(self) -> list[Difference]:
        """The differences without the copies', which say nothing more."""
        copies = self.copies
        return [d for d in self.found if d.first not in copies]


def compared(values: dict[str, np.ndarray], base: str, found: list[Difference]) -> Match:
    """Return the match of the algorithms in ``values`` with one of them, from the differences of all pairs."""
    pairs = [_second(d, base) for d in found if base in d[:2]]
    return Match(base, values, [d for d in pairs if d.first in values])


def _second(d: Difference, base: str) -> Difference:
    """Return the difference with ``base`` as the second of the pair."""
    if d.second == base:
        return d
    return d._replace(
        first=d.second, second=base, mean=-d.mean, low=-d.high, high=-d.low, effect=-d.effect, less=d.more, more=d.less
    )


def copies(match: Match, names: Mapping[str, str]) -> str:
    """Say which algorithms are the same as another one here, and are not counted."""
    return "".join(
        f"; {names[name]} is {names[other]} here, bit for bit in every replicate, and counts as one with it"
        for name, other in match.copies.items()
    )


def least(values: dict[str, np.ndarray]) -> str:
    """Return the name with the least mean."""
    return min(values, key=lambda name: float(values[name].mean()))


def measured(result: Result, name: str, by: str) -> np.ndarray:
    """Return a quantity of an algorithm at the horizon, one number per replicate."""
    if by in LOSSES:
        part = result.of(name)
        if by not in part:
            raise InputError(f"{by} was not measured for {name}: the problem holds out no examples; set test=.")
        return np.asarray(part[by].values[:, -1])
    return np.asarray(result.regret(by, name).value.values[:, -1])


def parameter_of(result: Result, name: str, parameter: str) -> float:
    """Return a hyper-parameter of an algorithm, of its sampler or its method."""
    return parameter_in(result.description(name), name, parameter)


def parameter_in(run: Description, name: str, parameter: str) -> float:
    """Return a hyper-parameter from the description of a run, which is known before the run."""
    known = {**run.method_parameters, **run.sampler_parameters}
    if parameter not in known:
        raise unknown_name(f"parameter of {name}", parameter, known)
    try:
        return float(known[parameter])
    except (TypeError, ValueError):
        raise InputError(
            f"{name} has {parameter}={known[parameter]!r}, no number to conclude over; name another parameter."
        ) from None


def spoken(label: str) -> str:
    """Return a label with its parameters in brackets, for a sentence: Adam, alpha=1 is Adam (alpha=1)."""
    name, comma, parameters = re.sub(r", (?=\w+=)", "\n", label, count=1).partition("\n")
    return f"{name} ({parameters})" if comma else name


def problem(result: Result) -> str:
    replicates = "one replicate" if result.replicates == 1 else f"R = {result.replicates} replicates"
    return f"{result.problem.name} (T = {result.horizon}, {replicates})"


def level(values: np.ndarray) -> str:
    """Return a mean with its interval, where there are replicates."""
    mean = scaling.mean_estimate(values, True, scaling.CONFIDENCE)
    if math.isnan(mean.low):
        return f"{mean.value:.4g}"
    return bracket(mean.value, mean.low, mean.high)


def gap(d: Difference, of: np.ndarray) -> str:
    """Return the size of a difference with its interval, as a share of a mean, and in standard deviations."""
    share = f"{100 * abs(d.mean) / abs(float(of.mean())):.2g} %"
    low, high = sorted((abs(d.low), abs(d.high)))
    if low == high:
        return f"{low:.3g} in every replicate, {share}"
    return f"{bracket(abs(d.mean), low, high)}, {share}, {effect(abs(d.effect))}"


def effect(d_z: float) -> str:
    """Return an effect size, to two digits."""
    return f"d_z = {d_z:.0f}" if abs(d_z) >= 100 else f"d_z = {d_z:.2g}"


def doubt(d: Difference) -> str:
    """Why a difference is not decided."""
    if d.replicates == 1:
        return "one replicate"
    if d.mean == 0:
        return "no difference"
    if math.isnan(d.low):
        return f"{d.mean:.3g} in all {d.replicates} replicates, which excludes no rare other one"
    if d.low > 0 or d.high < 0:
        side, most = ("less", d.less) if d.mean < 0 else ("more", d.more)
        return (
            f"{bracket(d.mean, d.low, d.high)}, {effect(d.effect)}, but {side} in {most} of {d.replicates} replicates, "
            f"as chance may have it (sign test)"
        )
    needed = f"; {d.decided_by} replicates would decide it, were this the mean" if d.decided_by <= MANY else ""
    return f"{bracket(d.mean, d.low, d.high)}, {effect(d.effect)}{needed}"


def bracket(mean: float, low: float, high: float) -> str:
    """Return a number and its interval, to two digits of the interval's half-width."""
    half = (high - low) / 2
    digits = max(0, 1 - math.floor(math.log10(half))) if half > 0 else 3
    if digits > 6:
        return f"{mean:.2g} [{low:.2g}, {high:.2g}]"
    return f"{mean:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def plain(value: float) -> str:
    """Three digits, no power of ten where it can be helped."""
    return f"{float(f'{value:.3g}'):,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.3g}"
