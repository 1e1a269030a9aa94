"""Least squares."""

from __future__ import annotations

import numpy as np

from regretlab.problems._base import Array
from regretlab.problems.linear import OnData


class LeastSquares(OnData):
    r"""Least squares on real targets, :math:`f_j(x) = \tfrac12 (z_j \cdot x - y_j)^2`.

    On a domain the slope is at most :math:`\sup |z_j \cdot x - y_j|`, so L, G_inf and span are finite there; without
    one they are infinite, and bounds that need them say so.

    Parameters
    ----------
    X, y, data, domain, radius, test, split_seed
        As in :class:`Logistic`; the targets are numbers. Bundled: ``"diabetes"`` (default), and the numbers of the
        classes of the others.
    scale : {"unit", "standard", "none"}
        The targets are scaled as the features are: ``"unit"`` divides them by the largest |y_j|, ``"standard"`` first
        subtracts their mean.

    Examples
    --------
    >>> problem = LeastSquares("diabetes", scale="standard")
    >>> problem.n, problem.d, float(abs(problem.y).max())
    (442, 10, 1.0)
    """

    family = "least_squares"
    targets = "real"
    default = "diabetes"
    convex = True
    convex_reason = "(u - y)^2 is convex and scores are linear in x"
    infimum = 0.0

    def phi(self, u: Array, y: Array) -> Array:
        return (u - y) ** 2 / 2

    def slope(self, u: Array, y: Array) -> Array:
        return u - y

    def slope_bound(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.maximum(np.abs(low - self.y), np.abs(high - self.y))

    def phi_range(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.phi(np.clip(self.y, low, high), self.y), self.slope_bound(low, high) ** 2 / 2
