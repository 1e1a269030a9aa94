r"""Losses of a linear model, :math:`f_j(x) = \phi(z_j \cdot x, y_j)`: all built-in problems with one output."""

from __future__ import annotations

import os
from abc import abstractmethod
from functools import cached_property

import numpy as np
from array_api_compat import array_namespace
from scipy import sparse

from regretlab.parameters import number
from regretlab.problems._base import Array, Constant
from regretlab.problems._sparse import Features, by_rows, canonical, row_maxima, rows, weighted_squares
from regretlab.problems._supervised import Supervised
from regretlab.problems.domains import Domain, domain_named


class LinearModel(Supervised):
    r"""The finite sum of :math:`f_j(x) = \phi(z_j \cdot x, y_j)`.

    A subclass gives :math:`\phi`, :math:`\phi'` and a bound on :math:`|\phi'|` over an interval, and where
    :math:`\phi` is not monotone also its range over one. The constants follow:

    .. math:: L = \max_j \|z_j\|_2 \sup|\phi'|, \quad G_\infty = \max_j \|z_j\|_\infty \sup|\phi'|, \quad
        \text{span} = \max_j \sup_{x,x' \in X} |f_j(x) - f_j(x')|,

    with suprema over the values :math:`z_j \cdot x` takes on the domain, so that they are true bounds.

    Parameters
    ----------
    Z : array (n, d) or scipy sparse matrix (n, d)
        A sparse one is kept as ``scipy.sparse.csr_array`` (float64, rising indices, no stored zeros), so that memory
        is O(n + d + number of non-zeros); only the rows of a batch are ever made dense.
    y : array (n,)
    domain : Box, L2Ball or None
    start : float or array (d,)
    """

    #: The infimum of phi over the whole line: bounds every f_j from below.
    infimum: float = -np.inf

    def __init__(self, Z: Features, y: np.ndarray, *, domain: Domain | None, start: float | np.ndarray = 0.0) -> None:
        self.Z = canonical(Z) if sparse.issparse(Z) else np.ascontiguousarray(Z, dtype=float)
        self.y = np.asarray(y, dtype=float)
        self.n, self.d = self.Z.shape
        self.domain = domain
        self.__dict__["start"] = np.broadcast_to(np.asarray(start, dtype=float), (self.d,)).copy()

    @abstractmethod
    def phi(self, u: Array, y: Array) -> Array:
        """The loss as a function of the score u = z . x."""

    @abstractmethod
    def slope(self, u: Array, y: Array) -> Array:
        """The derivative of phi in u."""

    @abstractmethod
    def slope_bound(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """sup |phi'| over [low_j, high_j] for every example, shape (n,)."""

    def phi_range(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The smallest and largest phi over [low_j, high_j], each (n,): at its ends, for a monotone phi."""
        ends = self.phi(low, self.y), self.phi(high, self.y)
        return np.minimum(*ends), np.maximum(*ends)

    def losses_and_gradients(self, x: Array, J: Array) -> tuple[Array, Array]:
        xp = array_namespace(x)
        z, y = rows(xp, self.Z, J), rows(xp, self.y, J)
        u = xp.sum(z * x[:, None, :], axis=-1)
        return self.phi(u, y), self.slope(u, y)[..., None] * z

    def all_losses(self, x: Array) -> Array:
        return self.phi(self._scores(x), self.y)

    def all_gradient_norms(self, x: Array) -> Array:
        xp = array_namespace(x)
        return xp.abs(self.slope(self._scores(x), self.y)) * self.norms

    def weighted(self, x: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
        u = self.Z @ x
        return float(weights @ self.phi(u, self.y)), (weights * self.slope(u, self.y)) @ self.Z

    def curvature(self, weights: np.ndarray) -> np.ndarray:
        return weighted_squares(weights, self.Z)

    def _scores(self, x: Array) -> Array:
        # One product per replicate: a batched product would round differently for other numbers of replicates.
        return array_namespace(x).stack([self.Z @ x[r, :] for r in range(x.shape[0])])

    def constants(self) -> dict[str, Constant]:
        return self._constants

    @cached_property
    def _constants(self) -> dict[str, Constant]:
        low, high = self.reach()
        slope = self.slope_bound(low, high)
        largest = by_rows(lambda z: row_maxima(abs(z)), self.Z)
        span = np.inf
        if self.domain is not None:
            smallest, greatest = self.phi_range(low, high)
            span = (greatest - smallest).max()
        # An example without features has no gradient, even where phi' is unbounded.
        slope = np.where(largest > 0, slope, 0.0)
        return {
            "L": Constant(float((self.norms * slope).max()), "max_j |z_j|_2 sup|phi'| over X"),
            "G_inf": Constant(float((largest * slope).max()), "max_j |z_j|_inf sup|phi'| over X"),
            "span": Constant(float(span), "max_j of phi's range over the scores z_j . x, x in X"),
            "floor": Constant(float(self.floors().min()), "min_j of phi's smallest value over X"),
        }

    def floors(self) -> np.ndarray:
        low, high = self.reach()
        if self.domain is None:
            return np.full(self.n, self.infimum)
        return self.phi_range(low, high)[0]

    def reach(self) -> tuple[np.ndarray, np.ndarray]:
        """The smallest and largest score of every example over the domain."""
        domain = self.domain
        if domain is None:
            infinite = np.where(abs(self.Z).sum(-1) > 0, np.inf, 0.0)
            return -infinite, infinite
        if sparse.issparse(self.Z):
            return domain.reach(self.Z)
        low, high = by_rows(lambda z: np.stack(domain.reach(z), axis=-1), self.Z).T
        return low, high


class OnData(LinearModel):
    """A linear model on a data set: the constructor that :class:`Logistic`, LeastSquares and Hinge share."""

    def __init__(
        self,
        X: np.ndarray | str | os.PathLike[str] | None = None,
        y: np.ndarray | None = None,
        *,
        data: str | os.PathLike[str] | None = None,
        scale: str = "unit",
        domain: str | Domain | None = "box",
        radius: float = 1.0,
        test: float = 0.0,
        split_seed: int = 0,
    ) -> None:
        radius = number("radius", radius, "(0, inf)")
        examples = self._read(X, y, data, scale, test, split_seed)
        super().__init__(examples.Z, examples.y, domain=domain_named(domain, radius))
        self._hold_out(examples)
