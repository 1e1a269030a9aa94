"""The numbers at which a bound is evaluated: given numbers, their consequences, and the rest at its worst."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from regretlab.bounds import symbols as s
from regretlab.bounds.sums import roots_to_last_decrease, schedule_sum, weights_sum
from regretlab.samplers import largest_divergence


def complete(given: Mapping[str, Any], T: Any) -> dict[str, Any]:
    """Complete constants and statistics by their consequences, and by missing statistics at their worst.

    Parameters
    ----------
    given : mapping of symbol name to number or array
    T : number or array
        Horizons; arrays in ``given`` broadcast with it.

    Examples
    --------
    >>> full = complete({"d": 2, "G": 3, "beta1": 0.5}, T=np.array([1.0, 4.0]))
    >>> full["S_g"], full["kappa"]
    (array([ 6., 12.]), 0.5)
    """
    numbers: dict[str, Any] = {"eps": 0.0, **given, "T": np.asarray(T, dtype=float)}
    beta1, lam = float(numbers.get("beta1", 0.0)), float(numbers.get("lam", 1.0))
    numbers |= {
        "kappa": 1 - beta1 if lam == 1 else 1.0, "B": schedule_sum(beta1, lam, numbers["T"]),
        "W": weights_sum(beta1, lam, numbers["T"]), "Q": roots_to_last_decrease(beta1, lam), "total": 1.0,
    } | numbers  # fmt: skip
    if {"n", "gamma"} <= numbers.keys():
        numbers.setdefault("p_min", numbers["total"] * numbers["gamma"] / numbers["n"])
    if {"n", "p_min"} <= numbers.keys() and "R2" not in numbers:
        with np.errstate(invalid="ignore"):  # the floor is nan while gamma is what a bound is minimised over
            numbers["R2"] = np.vectorize(largest_divergence, otypes=[float])(numbers["n"], numbers["p_min"])
    for symbol, worst in s.WORST.items():
        names = sorted(x.name for x in worst.free_symbols)
        if symbol.name not in numbers and numbers.keys() >= set(names):
            with np.errstate(all="ignore"):  # a sampler without a floor: p_min = 0
                wide = np.asarray(_function(worst)(*(np.asarray(numbers[name], dtype=np.longdouble) for name in names)))
                plain = wide.astype(float)
            kept = (np.isfinite(plain) | ~np.isfinite(wide)) & ((plain != 0) | (wide == 0))
            numbers[symbol.name] = plain if kept.all() else wide  # a square of what a float holds may be beyond it
    return numbers


@cache
def _function(worst: sp.Expr) -> Callable[..., Any]:
    """Return the largest possible value of a statistic as a function of its symbols in alphabetical order."""
    made: Callable[..., Any] = sp.lambdify(sorted(worst.free_symbols, key=str), worst, "numpy")
    return made
