r"""The error of a regret from the rounding of floating-point numbers: rigorous bounds, in units of the regret.

With :math:`u = 2^{-53}`, a sum of n numbers in any order, each known to k rounding errors of its own, is off by at most
:math:`(n + k)\,u\,(1 + O((n + k) u))` times the sum of their sizes (Higham 2002, Accuracy and Stability of Numerical
Algorithms, sections 3.1 and 4.2); what falls below the smallest number is off by that at most.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import xarray as xr
from scipy import sparse

from regretlab.domains import Domain
from regretlab.engines.array import State
from regretlab.problems import Problem
from regretlab.runs.comparator import UNIT
from regretlab.runs.description import Description

#: The smallest number: the error of one operation in addition to its round-off.
TINY = 2.0**-1074
#: Squares of smaller numbers lose digits, or are 0.
SMALLEST_SQUARED = math.sqrt(np.finfo(float).tiny / np.finfo(float).eps)
#: More roundings of a term than anybody counted: norms, weights, the final difference.
SPARE = 16
#: Dimensions up to which the unit vectors are an array.
DENSE = 1024


def summation_error(roundings: Any, size: Any) -> Any:
    """Bound the error of a sum whose terms are of this size together, after so many roundings of each.

    Twice what the first order says, which leaves room for all others up to 2**51 roundings.
    """
    return 2 * UNIT * (roundings + SPARE) * size + TINY * (roundings + SPARE) ** 2


def round_off(
    problem: Problem, state: State, additions: int, size: np.ndarray, weight: np.ndarray, length: Any
) -> np.ndarray:
    r"""Bound the error of the sum of the losses of a run, less that of its comparator, by replicate.

    .. math:: 2u\,(t + k)\Big(\sum_t |f_t(x_t)| + \sum_t |f_t(x^*)|\Big)
        + 2u\,(t + k + d)\, L\, (\max_t \|x_t\| + \|x^*\|) \sum_t w_t :

    the rounding of sums, losses and received weights, and that of the scores z_j . x, which a loss of slope L sees.
    A problem of your own is taken at its word: its losses are known to ``problem.roundings`` units of their last place.

    Parameters
    ----------
    problem : Problem
        Whose losses were summed.
    additions : int
        Of the losses of one step.
    size : array (R,)
        The sizes of the two sums.
    weight : array (R,)
        The sum of all weights.
    length : array (R,) or float
        The lengths of the comparators.
    """
    constants, totals = problem.constants(), state.totals
    floor = float(problem.floors().min())
    negative = max(0.0, -floor) if floor > -np.inf else 0.0  # |f| <= f + 2 max(0, -f)
    size = size + (4 * negative + 2 * problem.rounded_at) * weight
    visited = np.linalg.norm(np.maximum(np.abs(totals["smallest_x"]), np.abs(totals["largest_x"])), axis=-1)
    L = constants["L"].value if "L" in constants else np.inf
    # A norm is the root of a sum of squares, of which nothing may be left.
    steep = 2 * np.maximum(totals["largest_example_gradient"], min(L, SMALLEST_SQUARED))
    if np.isfinite(L) and (problem.kinks or "full_loss" in totals):  # where other slopes than those seen may matter
        steep = np.full_like(steep, L)
    steps = state.t + additions + problem.roundings
    scores = summation_error(steps + problem.d, steep * (visited + length) * weight)
    return np.asarray(summation_error(steps, size) + scores)


def farthest(problem: Problem) -> float:
    """Return a bound on the length of every point of the domain; inf without one."""
    return np.inf if problem.domain is None else farthest_in(problem.domain, problem.d)


def farthest_in(domain: Domain, d: int) -> float:
    """Return a bound on the length of every point of a domain of d coordinates."""
    # A domain of one's own may know what to do with dense rows only.
    units = np.eye(d) if d <= DENSE else sparse.eye_array(d, format="csr")
    return float(np.linalg.norm(np.maximum(*np.abs(domain.reach(units)))))


def lost_squares(record: xr.Dataset) -> str:
    """Say which squares of a run's gradients underflow; empty if none do."""
    largest = float(record["largest_coordinate"].values.max())
    lost = 0 < largest < SMALLEST_SQUARED
    return f"gradients of at most {largest:.3g}, whose squares underflow" if lost else ""


def underflow(run: Description, record: xr.Dataset) -> str:
    """Say which squares underflow in a run whose method divides by sums of squared gradients; empty if none do."""
    divides = (record["sum_v_hat_p"].values != run.problem.d).any()  # else v**0 of every coordinate
    return lost_squares(record) if divides else ""
