"""The numbers a bound is evaluated at, read from a record: declared, measured on the run, or worst case."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy as sp
import xarray as xr

from regretlab.bounds import _symbols as s
from regretlab.errors import InputError
from regretlab.samplers import largest_divergence

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
    if mode not in MODES:
        raise InputError(f"mode={mode!r} is not one of {', '.join(map(repr, MODES))}.")
    problem, law, K = description["problem"], description["law"], description["K"]
    method, sampler = description["method_parameters"], description["sampler_parameters"]
    n, T = problem["n"], np.asarray(record.t.values, dtype=float)
    declared = {name: pair[0] for name, pair in problem["constants"].items()}
    L, top = declared.get("L", math.nan), law["max_weight"]
    lam = method.get("lam", 1.0)
    numbers: dict[str, Any] = {
        "T": T, "d": problem["d"], "n": n, "K": K,
        "D": _or_nan(problem["D"]), "D2": _or_nan(problem["D2"]),
        "L": L, "G": declared.get("G_inf", math.nan) * top, "G2": L * top,
        "alpha": method["alpha"], "beta1": method.get("beta1", 0.0), "beta2": method.get("beta2", math.nan),
        "lam": lam, "eps": method.get("eps", 0.0),
        "kappa": 1 - method.get("beta1", 0.0) if lam == 1 else 1.0,
        "p_min": law["floor"], "gamma": sampler.get("gamma", 1.0), "R2": _divergence(description),
        "B": schedule_sum(method.get("beta1", 0.0), lam, T),
    }  # fmt: skip
    if mode == "measured":
        names = {"D": "extent", "D2": "extent2", "G": "largest_coordinate", "G2": "largest_gradient"}
        numbers |= {symbol: record[column].values for symbol, column in names.items()}
        numbers["L"] = record["largest_example_gradient"].values
    L = numbers["L"]
    numbers["M"] = n**2 * L**2 * T / (K if law["total"] > 1 else 1)
    if "best_variance" in record and mode != "a priori":
        numbers["M"] = record["best_variance"].mean("replicate").values
    if mode == "a priori":
        arguments = {symbol.name: numbers[symbol.name] for symbol in (s.d, s.n, s.G, s.L, s.T, s.p_min)}
        for symbol, worst in s.WORST.items():
            with np.errstate(divide="ignore"):  # a sampler without a floor: p_min = 0
                numbers[symbol.name] = np.asarray(sp.lambdify(list(arguments), worst)(**arguments))
    else:
        numbers["S_v"] = record["sum_sqrt_v_hat"].values
        numbers["S_g"] = record["sum_gradient_norms"].values
        numbers["S"] = record["second_moment"].mean("replicate").values
    return numbers


def schedule_sum(beta1: float, lam: float, T: np.ndarray) -> np.ndarray:
    r""":math:`\sum_{t=2}^T \beta_1\lambda^{t-1}\sqrt{t-1}` at every T, from AdamX's Theorem 5.1.

    Terms below the last bit of the sum are not summed: with ``lam < 1`` the sum stops growing long before T does.

    Examples
    --------
    >>> schedule_sum(0.5, 1.0, np.array([1.0, 2.0]))
    array([0. , 0.5])
    """
    last = int(T.max())
    if lam < 1:
        enough = math.ceil(60 / -math.log(lam)) if lam > 0 else 1
        last = min(last, max(2, enough))
    t = np.arange(1, last, dtype=float)
    sums = np.concatenate([[0.0], np.cumsum(beta1 * lam**t * np.sqrt(t))])
    return sums[np.minimum(T, last).astype(int) - 1]


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _divergence(description: dict[str, Any]) -> float:
    """R^2 of AdamBS's Lemma 1 for the law of this run."""
    n, sampler = description["problem"]["n"], description["sampler_parameters"]
    if sampler.get("divergence") == "start":
        return math.log(n)
    law = description["law"]
    return largest_divergence(n, law["floor"]) if law["total"] == 1 else math.nan
