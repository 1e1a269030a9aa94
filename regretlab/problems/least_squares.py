"""Least squares."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from regretlab.problems._base import Array, Constant
from regretlab.problems.linear import LinearModel, OnData


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
        The targets are scaled as the features are: ``"unit"`` divides them by the largest :math:`|y_j|`,
        ``"standard"`` first subtracts their mean.

    Examples
    --------
    >>> problem = LeastSquares("diabetes", scale="standard")
    >>> problem.n, problem.d, float(abs(problem.y).max())
    (442, 10, 1.0)
    """

    family, title, source = "least_squares", "Least squares on data", "Widrow & Hoff 1960"
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
        return np.asarray(np.maximum(np.abs(low - self.y), np.abs(high - self.y)))

    def bend_bound(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.ones(self.n)

    def exp_concave(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """phi''/phi'^2 = 1/(u - y)^2, at the farthest score."""
        with np.errstate(divide="ignore"):
            return np.asarray(1 / self.slope_bound(low, high) ** 2)

    def phi_range(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.phi(np.clip(self.y, low, high), self.y), self.slope_bound(low, high) ** 2 / 2

    def constants(self) -> dict[str, Constant]:
        return super().constants() | {"span": self.measured.constants()["span"]}

    @cached_property
    def measured(self) -> Excess:
        return Excess(self)

    def offsets(self) -> np.ndarray:
        return np.asarray(self.phi(self.measured.anchors, self.y))


class Excess(LinearModel):
    r"""Least squares above the smallest loss of every example over the domain, without cancellation.

    With the anchor :math:`h_j`, the score of the domain that is nearest to :math:`y_j`,

    .. math:: \phi(u, y_j) = \tfrac12 (u - y_j)^2 - \tfrac12 (h_j - y_j)^2
        = \tfrac12 (u - h_j)((u - y_j) + (h_j - y_j)),

    whose factors have one sign: however large the targets are, it is known to a few units in its own last place. Where
    a score can reach the target it is the loss itself, bit for bit.

    Parameters
    ----------
    squares : LeastSquares
        Whose examples and domain are shared.
    """

    convex = True
    infimum = 0.0
    columns = ("anchors",)

    def __init__(self, squares: LeastSquares) -> None:
        vars(self).update({name: value for name, value in vars(squares).items() if name not in _OWN})
        self.anchors = np.clip(squares.y, *squares.reach())

    def check(self) -> None:
        """Check nothing: the squares were tried."""

    def phi(self, u: Array, y: Array) -> Array:
        return (u - self.anchors) * ((u - y) + (self.anchors - y)) / 2

    def slope(self, u: Array, y: Array) -> Array:
        return u - y

    def slope_bound(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.asarray(np.maximum(np.abs(low - self.y), np.abs(high - self.y)))

    def phi_range(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        lowest = self.phi(np.clip(self.y, low, high), self.y)
        return lowest, np.maximum(self.phi(low, self.y), self.phi(high, self.y))


#: The attributes of a problem's losses that its relative has otherwise.
_OWN = ("measured", "_constants", "_range")
