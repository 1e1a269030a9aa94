"""The numbers a bound is evaluated at on a run: declared, measured on its record, or worst case."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import sympy as sp
import xarray as xr

from regretlab.bounds import Bound
from regretlab.bounds.completion import complete
from regretlab.bounds.sums import weights_sum
from regretlab.bounds.symbols import LIBRARY, MEASURED, WORST
from regretlab.errors import InputError
from regretlab.parameters import one_of
from regretlab.runs.description import Description
from regretlab.samplers import largest_divergence

#: The ways to read constants; see :func:`values`.
MODES = ("stated", "measured", "a priori")


def values(
    description: Description, record: xr.Dataset, mode: str = "stated", symbols: Iterable[sp.Symbol] = ()
) -> dict[str, Any]:
    """Symbol name to number, or array over (replicate, t), or over t.

    Parameters
    ----------
    description : Description
        Of one algorithm's run.
    record : xarray.Dataset
        The same algorithm's record, dims replicate and t.
    mode : {"stated", "measured", "a priori"}
        ``"stated"``: constants (D, G, L) as the problem declares them, statistics (the sums over v_hat and over
        gradients) from the run, as the theorems have it. ``"measured"``: the constants from the run as well.
        ``"a priori"``: the statistics at their worst, so that the bound needs no run.
    symbols : iterable of sympy.Symbol
        Those that are wanted: of the ones that users declared, only these are looked up or measured.
    """
    one_of("mode", mode, MODES)
    problem, law, K = description.problem, description.law, description.K
    method, sampler = description.method_parameters, description.sampler_parameters
    n, T = problem.n, np.asarray(record.t.values, dtype=float)
    L, top = problem.constant("L"), law.max_weight
    lam, beta1 = method.get("lam", 1.0), method.get("beta1", 0.0)
    numbers: dict[str, Any] = {
        "d": problem.d, "n": n, "K": K, "total": law.total, "D": _or_nan(problem.D), "D2": _or_nan(problem.D2),
        "L": L, "G": problem.constant("G_inf") * top, "G2": L * top,
        "alpha": method["alpha"], "beta1": beta1, "beta2": method.get("beta2", math.nan), "lam": lam,
        "eps": method.get("eps", 0.0), "b0": method.get("b0", 0.0), "p": method.get("p", 0.5),
        "newton": method["alpha"],
        "path": record["path"].values if "path" in record else math.nan,
        "length": record["length"].values if "length" in record else math.nan,
        "smooth": problem.constant("smoothness"), "exp_concave": problem.constant("exp_concavity") / top,
        "Delta": float(record["initial_gap"].values.max()) if "initial_gap" in record else math.nan,
        "sigma2": _variance(description),
        "p_min": law.floor, "gamma": sampler.get("gamma", 1.0), "R2": _divergence(description),
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
    for symbol in symbols:
        if symbol.name not in LIBRARY and (mode != "a priori" or symbol not in WORST):
            numbers[symbol.name] = _declared(symbol, description, record)
    return complete(numbers, T)


def _declared(symbol: sp.Symbol, run: Description, record: xr.Dataset) -> Any:
    """Measure a user's symbol, or look it up among the constants and parameters of a run; nan if it is not there.

    Raises
    ------
    InputError
        For a measurement that ends with an error, or is no number or array over (replicate, t).
    """
    name, shape = symbol.name, (record.sizes["replicate"], record.sizes["t"])
    found = {**run.sampler_parameters, **run.method_parameters}.get(name, run.problem.constant(name))
    try:
        value = np.asarray(MEASURED[symbol](run, record) if symbol in MEASURED else found, dtype=float)
        np.broadcast_to(value, shape)
    except Exception as error:
        raise InputError(
            f"the value of {name} on a run ended with {type(error).__name__}: {error}; it has to be a number or an "
            f"array over (replicate, t), here of shape {shape}."
        ) from error
    return value


def of_squares(bound: Bound, mode: str) -> bool:
    """Return whether a bound is evaluated with sums of squared gradients, which underflow before the gradients do."""
    return mode == "measured" or (mode == "stated" and not WORST.keys().isdisjoint(bound.symbols))


def momentum_weighted(sums: np.ndarray, beta1: float, lam: float, T: np.ndarray) -> np.ndarray:
    r"""Return an upper bound on :math:`\sum_{s\le t}\beta_{1,s}\sqrt s\sum_i\sqrt{\hat v_{s,i}}` at every checkpoint t.

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


def _variance(description: Description) -> float:
    """Bound the variance of the gradient estimate of examples that are drawn uniformly; nan for other draws."""
    n, K, L = description.problem.n, description.K, description.problem.constant("L")
    if description.sampler != "uniform":
        return math.nan
    return L**2 / K * (1.0 if description.law.total == 1 else (n - K) / max(1, n - 1))


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _divergence(description: Description) -> float:
    """R^2 of AdamBS's Lemma 1 for the law of this run."""
    n, law = description.problem.n, description.law
    if description.sampler_parameters.get("divergence") == "start":
        return math.log(n)
    return largest_divergence(n, law.floor) if law.total == 1 else math.nan
