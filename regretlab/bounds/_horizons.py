"""Horizons at which something changes: one term overtakes another, a bound stops being vacuous, a parameter is best."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import mpmath
import numpy as np
import scipy
import sympy as sp

from regretlab.bounds.symbols import T
from regretlab.errors import InputError

#: Logarithms of horizons: the last whose powers up to 3/2 are floats, and where the search for a crossing gives up.
LAST_FLOAT, LAST = 450.0, 2.0**40
#: So many points are looked at before a crossing is located to round-off between two of them.
GRID = 2000
COARSE = 128
#: The constants of a horizon are used to so many digits.
DIGITS = 30


def overtaken_from(slow: sp.Expr, fast: sp.Expr) -> float:
    """Log10 of the horizon from which on ``fast`` is above ``slow``, two positive functions of T alone.

    0 where it always is (T >= 1), inf where no horizon is found.
    """
    with mpmath.workdps(DIGITS):
        ratio = sp.lambdify(T, fast / slow, "mpmath")

        def lead(u: float) -> float:
            return float(mpmath.log(ratio(mpmath.exp(u))))

        end = 1.0
        while not (lead(end) > 0 and lead(2 * end) > 0):
            end *= 2
            if end > LAST:
                return math.inf
        grid = np.linspace(0, end, COARSE + 1)
        below = [u for u in grid if lead(u) <= 0]
        if not below:
            return 0.0
        crossing = scipy.optimize.brentq(lead, below[-1], min(below[-1] + end / COARSE, 2 * end))
    return float(crossing / math.log(10))


def largest(curves: Mapping[str, sp.Expr]) -> str:
    """Return the name of the function of T that is the largest at the end of the search, exp(LAST)."""
    with mpmath.workdps(DIGITS):
        return max(curves, key=lambda name: sp.lambdify(T, curves[name], "mpmath")(mpmath.exp(LAST)))


class Vacuous(NamedTuple):
    """The horizons at which a bound is no better than the trivial one, as intervals; the last end may be inf."""

    intervals: tuple[tuple[float, float], ...]

    def __contains__(self, horizon: object) -> bool:
        """Tell whether the bound is vacuous at this horizon."""
        return any(low <= float(horizon) <= high for low, high in self.intervals)  # type: ignore[arg-type]

    def __str__(self) -> str:
        """In words, such as ``for T <= 36036``."""
        words = []
        for low, high in self.intervals:
            if high == math.inf:
                words.append("for every T" if low == 1 else f"from T = {low:.6g} on")
            else:
                words.append(f"for T <= {high:.6g}" if low == 1 else f"for {low:.6g} <= T <= {high:.6g}")
        return " and ".join(words) or "never"


def vacuous(excess: Callable[[np.ndarray], np.ndarray], at_last: bool) -> Vacuous:
    """Return the horizons at which ``excess`` (of log T) is not negative; ``at_last`` tells it in the limit."""
    grid = np.linspace(0, LAST_FLOAT, GRID + 1)
    over = excess(grid) >= 0
    changes = np.flatnonzero(over[1:] != over[:-1])
    at = [
        scipy.optimize.brentq(lambda u: float(excess(np.array([u]))[0]), grid[i], grid[i + 1], xtol=1e-14)
        for i in changes
    ]
    ends = [1.0] * bool(over[0]) + [float(np.exp(u)) for u in at]
    if bool(over[-1]) != at_last:
        raise InputError("the bound changes sides beyond T = 1e195; give constants nearer to 1.")
    return Vacuous(tuple(zip(ends[::2], [*ends[1::2], math.inf][: len(ends[::2])], strict=True)))


class Minimum(NamedTuple):
    """The best value of a parameter, and the bound there."""

    argument: float
    value: float


def minimise(bound: sp.Expr, parameter: sp.Symbol) -> Minimum:
    """Return the minimum over the parameter's range of a function of it alone that falls, then rises.

    A root of the derivative, found to round-off. gamma ranges over (0, 1], anything else over the positive numbers.
    """
    value, slope = (sp.lambdify(parameter, f, "numpy") for f in (bound, sp.diff(bound, parameter)))
    share = parameter.name == "gamma"

    def number(u: float | np.ndarray) -> np.ndarray:
        return np.asarray(1 / (1 + np.exp(-u)) if share else np.exp(u))

    grid = np.linspace(-30.0, 30.0, GRID + 1)
    rising = np.broadcast_to(slope(number(grid)), grid.shape) > 0
    changes = np.flatnonzero(rising[1:] != rising[:-1])
    if len(changes) > 1 or rising[0] or not (share or rising[-1]):
        raise InputError(
            f"the bound does not fall and then rise in {parameter.name} between 1e-13 and "
            f"{'1' if share else '1e13'}; give constants that are nearer to 1, or plot it with at_T instead."
        )
    best = 1.0
    for i in changes:
        best = float(number(scipy.optimize.brentq(lambda u: float(slope(number(u))), grid[i], grid[i + 1], xtol=1e-15)))
    return Minimum(best, float(value(best)))
