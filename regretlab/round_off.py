r"""What the rounding of floating-point numbers may have done to a regret: rigorous bounds, in units of the regret.

With :math:`u = 2^{-53}`, a sum of n numbers in any order, each known to k rounding errors of its own, is off by at most
:math:`(n + k)\,u\,(1 + O((n + k) u))` times the sum of their sizes (Higham 2002, Accuracy and Stability of Numerical
Algorithms, sections 3.1 and 4.2); what falls below the smallest number is off by that at most.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from regretlab.problems import Problem

#: Half the distance from 1 to the next number, and the smallest number: what one operation may be off by.
UNIT, TINY = 2.0**-53, 2.0**-1074
#: More roundings of a term than anybody counted: norms, weights, the final difference.
SPARE = 16
#: Dimensions up to which the unit vectors are an array.
DENSE = 1024


def summation_error(roundings: Any, size: Any) -> Any:
    """How far the difference of two sums is off, each of terms of at most this size together, after so many roundings.

    Twice what the first order says, which leaves room for all others up to 2**51 roundings.
    """
    return 4 * UNIT * (roundings + SPARE) * size + 2 * TINY * (roundings + SPARE) ** 2


def farthest(problem: Problem) -> float:
    """A bound on the length of every point of the domain; inf without one."""
    if problem.domain is None:
        return np.inf
    # A domain of one's own may know what to do with dense rows only.
    units = np.eye(problem.d) if problem.d <= DENSE else sparse.eye_array(problem.d, format="csr")
    ends = problem.domain.reach(units)
    return float(np.linalg.norm(np.maximum(*np.abs(ends))))
