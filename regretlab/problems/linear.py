r"""Losses of a linear model, :math:`f_j(x) = \phi(z_j \cdot x, y_j)`: every built-in problem is one of these."""

from __future__ import annotations

import copy
from abc import abstractmethod
from functools import cached_property
from typing import Any

import numpy as np
from array_api_compat import array_namespace, is_cupy_namespace, is_numpy_namespace
from scipy import sparse

from regretlab.problems._base import Array, Constant, Problem, digest
from regretlab.problems._sparse import Features, by_rows, canonical, row_maxima
from regretlab.problems.domains import Domain


class LinearModel(Problem):
    r"""The finite sum of :math:`f_j(x) = \phi(z_j \cdot x, y_j)` with :math:`\phi` monotone in its first argument.

    A subclass gives :math:`\phi`, :math:`\phi'` and a bound on :math:`|\phi'|` over an interval. The constants follow:

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

    @cached_property
    def squared_norms(self) -> Array:
        r""":math:`\|z_j\|_2^2` of every example, shape (n,)."""
        return by_rows(lambda z: (z * z).sum(-1), self.Z)

    def losses_and_gradients(self, x: Array, J: Array) -> tuple[Array, Array]:
        xp = array_namespace(x)
        z, y = _rows(xp, self.Z, J), _rows(xp, self.y, J)
        u = xp.sum(z * x[:, None, :], axis=-1)
        return self.phi(u, y), self.slope(u, y)[..., None] * z

    def all_losses(self, x: Array) -> Array:
        return self.phi(self._scores(x), self.y)

    def all_gradient_norms(self, x: Array) -> Array:
        xp = array_namespace(x)
        return xp.abs(self.slope(self._scores(x), self.y)) * xp.sqrt(self.squared_norms)

    def weighted(self, x: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
        u = self.Z @ x
        return float(weights @ self.phi(u, self.y)), (weights * self.slope(u, self.y)) @ self.Z

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
        span = np.abs(self.phi(high, self.y) - self.phi(low, self.y)).max() if self.domain else np.inf
        return {
            "L": Constant(float((np.sqrt(self.squared_norms) * slope).max()), "max_j |z_j|_2 sup|phi'| over X"),
            "G_inf": Constant(float((largest * slope).max()), "max_j |z_j|_inf sup|phi'| over X"),
            "span": Constant(float(span), "max_j of phi's range over the scores z_j . x, x in X"),
            "floor": Constant(float(self.floors().min()), "min_j of phi's smallest value over X"),
        }

    def floors(self) -> np.ndarray:
        low, high = self.reach()
        if self.domain is None:
            return np.full(self.n, self.infimum)
        return np.minimum(self.phi(high, self.y), self.phi(low, self.y))

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

    def on(self, xp: Any) -> LinearModel:
        """The same problem with its arrays in ``xp``: a sparse Z stays sparse on NumPy and CuPy, else becomes dense."""
        moved = copy.copy(self)
        moved.Z, moved.y = _features_on(xp, self.Z), xp.asarray(self.y)
        moved.__dict__["squared_norms"] = xp.asarray(self.squared_norms)
        return moved

    def digest(self) -> str:
        return digest(self.name, repr(self.domain), self.Z, self.y, self.start)


def _rows(xp: Any, a: Array, J: Array) -> Array:
    """``a[J]`` for an integer array J of any shape, dense; with the standard's ``take`` where ``a`` is not sparse."""
    flat = xp.reshape(J, (-1,))
    rows = a[flat, :].toarray() if hasattr(a, "toarray") else xp.take(a, flat, axis=0)
    return xp.reshape(rows, tuple(J.shape) + tuple(a.shape[1:]))


def _features_on(xp: Any, Z: Features) -> Array:
    """Z in the namespace ``xp``, whose sparse form is that of SciPy or CuPy; other namespaces have none."""
    if not sparse.issparse(Z):
        return xp.asarray(Z)
    if is_numpy_namespace(xp):
        return Z
    if is_cupy_namespace(xp):
        from cupyx.scipy.sparse import csr_matrix  # not at the top: CuPy is optional

        return csr_matrix((xp.asarray(Z.data), xp.asarray(Z.indices), xp.asarray(Z.indptr)), shape=Z.shape)
    return xp.asarray(Z.toarray())
