"""The numbers a bound is evaluated at: declared, measured on a run's record, or worst case."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from regretlab.bounds import symbols as s
from regretlab.bounds._sums import roots_to_last_decrease, schedule_sum, weights_sum
from regretlab.parameters import one_of
from regretlab.samplers import largest_divergence

if TYPE_CHECKING:
    import xarray as xr

#: How constants are read; see :func:`values`.
MODES = ("stated", "measured", "a priori")


def values(description: dict[str, Any], record: xr.Dataset, mode: str = "stated") -> dict[str, Any]:
    """Symbol name to number, or array over (replicate, t), or over t.

    Parameters
    ----------
    description : dict
        Of one algorithm's run (see :func:`regretlab.run.describe`).
    record : xarray.Dataset
        The same algorithm's record, dims replicate and t.
    mode : {"stated", "measured", "a priori"}
        ``"stated"``: constants (D, G, L) as the problem declares them, statistics (the sums over v_hat and over
        gradients) from the run, as the theorems have it. ``"measured"``: the constants from the run as well.
        ``"a priori"``: the statistics at their worst, so that the bound needs no run.
    """
    one_of("mode", mode, MODES)
    problem, law, K = description["problem"], description["law"], description["K"]
    method, sampler = description["method_parameters"], description["sampler_parameters"]
    n, T = problem["n"], np.asarray(record.t.values, dtype=float)
    declared = {name: pair[0] for name, pair in problem["constants"].items()}
    L, top = declared.get("L", math.nan), law["max_weight"]
    lam, beta1 = method.get("lam", 1.0), method.get("beta1", 0.0)
    numbers: dict[str, Any] = {
        "d": problem["d"], "n": n, "K": K, "total": law["total"],
        "D": _or_nan(problem["D"]), "D2": _or_nan(problem["D2"]),
        "L": L, "G": declared.get("G_inf", math.nan) * top, "G2": L * top,
        "alpha": method["alpha"], "beta1": beta1, "beta2": method.get("beta2", math.nan), "lam": lam,
        "eps": method.get("eps", 0.0), "p": method.get("p", 0.5),
        "p_min": law["floor"], "gamma": sampler.get("gamma", 1.0), "R2": _divergence(description),
    }  # fmt: skip
    if mode == "measured":
        names = {"D": "extent", "D2": "extent2", "G": "largest_coordinate", "G2": "largest_gradient"}
        numbers |= {symbol: record[column].values for symbol, column in names.items()}
        numbers["L"] = record["largest_example_gradient"].values
    if mode != "a priori":
        names = {
            "S_v": "sum_sqrt_v_hat",
            "S_g": "sum_gradient_norms",
            "S_2": "sum_squared_gradients",
            "S_p": "sum_v_hat_p",
        }
        numbers |= {symbol: record[column].values for symbol, column in names.items()}
        if "second_moment" in record:
            numbers["S"] = record["second_moment"].values.mean(axis=0)
        # The sum itself where every step was looked at.
        every = record.get("momentum_weighted")
        numbers["V"] = momentum_weighted(numbers["S_v"], beta1, lam, T) if every is None else every.values
        if "best_variance" in record:  # the minimum over P: no less than the one over all laws
            numbers["M"] = numbers["M_star"] = record["best_variance"].values.mean(axis=0)
    return complete(numbers, T)


def complete(given: Mapping[str, Any], T: Any) -> dict[str, Any]:
    """The given constants and statistics, with what follows from them, and the statistics not given at their worst.

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
                wide = np.asarray(_worst(symbol)(*(np.asarray(numbers[name], dtype=np.longdouble) for name in names)))
                plain = wide.astype(float)
            kept = (np.isfinite(plain) | ~np.isfinite(wide)) & ((plain != 0) | (wide == 0))
            numbers[symbol.name] = plain if kept.all() else wide  # a square of what a float holds may be beyond it
    return numbers


@cache
def _worst(statistic: sp.Symbol) -> Callable[..., Any]:
    """The largest possible value of a statistic as a function of its symbols in alphabetical order."""
    worst = s.WORST[statistic]
    return sp.lambdify(sorted(worst.free_symbols, key=str), worst, "numpy")


def momentum_weighted(sums: np.ndarray, beta1: float, lam: float, T: np.ndarray) -> np.ndarray:
    r"""An upper bound on :math:`\sum_{s\le t}\beta_{1,s}\sqrt s\sum_i\sqrt{\hat v_{s,i}}` at every checkpoint t.

    Between checkpoints :math:`\hat v` of a method with a ratchet only grows, so that the sum lies between two Riemann
    sums over the checkpoints; this is the upper one, which takes each step at the checkpoint that follows it.

    Parameters
    ----------
    sums : array (replicates, t)
        :math:`\sum_i\sqrt{\hat v_{t,i}}` at the checkpoints T (t,).

    Examples
    --------
    >>> momentum_weighted(np.array([[1.0, 2.0]]), beta1=0.5, lam=1.0, T=np.array([1.0, 4.0])).round(3)
    array([[0.5  , 5.646]])
    """
    return np.asarray(np.cumsum(sums * np.diff(weights_sum(beta1, lam, T), prepend=0.0), axis=-1))


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _divergence(description: dict[str, Any]) -> float:
    """R^2 of AdamBS's Lemma 1 for the law of this run."""
    n, sampler = description["problem"]["n"], description["sampler_parameters"]
    if sampler.get("divergence") == "start":
        return math.log(n)
    law = description["law"]
    return largest_divergence(n, law["floor"]) if law["total"] == 1 else math.nan
