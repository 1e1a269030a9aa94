r"""Losses of a linear model, :math:`f_j(x) = \phi(z_j \cdot x, y_j)`: every built-in problem is one of these."""

from __future__ import annotations

import copy
from abc import abstractmethod
from functools import cached_property
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from regretlab.problems._base import Array, Constant, Problem, digest
from regretlab.problems.domains import Domain


class LinearModel(Problem):
    r"""The finite sum of :math:`f_j(x) = \phi(z_j \cdot x, y_j)` with :math:`\phi` monotone in its first argument.

    A subclass gives :math:`\phi`, :math:`\phi'` and a bound on :math:`|\phi'|` over an interval. The constants follow:

    .. math:: L = \max_j \|z_j\|_2 \sup|\phi'|, \quad G_\infty = \max_j \|z_j\|_\infty \sup|\phi'|, \quad
        \text{span} = \max_j \sup_{x,x' \in X} |f_j(x) - f_j(x')|,

    with suprema over the values :math:`z_j \cdot x` takes on the domain, so that they are true bounds.

    Parameters
    ----------
    Z : array (n, d)
    y : array (n,)
    domain : Box, L2Ball or None
    start : float or array (d,)
    """

    #: The infimum of phi over the whole line: bounds every f_j from below.
    infimum: float = -np.inf

    def __init__(self, Z: np.ndarray, y: np.ndarray, *, domain: Domain | None, start: float | np.ndarray = 0.0) -> None:
        self.Z, self.y = np.ascontiguousarray(Z, dtype=float), np.asarray(y, dtype=float)
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

    def losses_and_gradients(self, x: Array, J: Array) -> tuple[Array, Array]:
        xp = array_namespace(x)
        z, y = _rows(xp, self.Z, J), _rows(xp, self.y, J)
        u = xp.sum(z * x[:, None, :], axis=-1)
        return self.phi(u, y), self.slope(u, y)[..., None] * z

    def all_losses(self, x: Array) -> Array:
        return self.phi(self._scores(x), self.y)

    def all_gradient_norms(self, x: Array) -> Array:
        xp = array_namespace(x)
        return xp.abs(self.slope(self._scores(x), self.y)) * xp.sqrt(xp.sum(self.Z * self.Z, axis=-1))

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
        absolute = np.abs(self.Z)
        low, high = self.reach()
        slope = self.slope_bound(low, high)
        span = np.abs(self.phi(high, self.y) - self.phi(low, self.y)).max() if self.domain else np.inf
        return {
            "L": Constant(float((np.sqrt((self.Z**2).sum(-1)) * slope).max()), "max_j |z_j|_2 sup|phi'| over X"),
            "G_inf": Constant(float((absolute.max(-1) * slope).max()), "max_j |z_j|_inf sup|phi'| over X"),
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
        if self.domain is None:
            infinite = np.where(np.abs(self.Z).sum(-1) > 0, np.inf, 0.0)
            return -infinite, infinite
        return self.domain.reach(self.Z)

    def on(self, xp: Any) -> LinearModel:
        moved = copy.copy(self)
        moved.Z, moved.y = xp.asarray(self.Z), xp.asarray(self.y)
        return moved

    def digest(self) -> str:
        return digest(self.name, repr(self.domain), self.Z, self.y, self.start)


def _rows(xp: Any, a: Array, J: Array) -> Array:
    """``a[J]`` for an integer array J of any shape, with the standard's ``take``."""
    return xp.reshape(xp.take(a, xp.reshape(J, (-1,)), axis=0), tuple(J.shape) + tuple(a.shape[1:]))
