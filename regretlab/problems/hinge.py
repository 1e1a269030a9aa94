"""The hinge loss of support vector machines, and a smooth relative in which its minimum is found."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from regretlab.problems._base import Array
from regretlab.problems.linear import LinearModel, OnData


class Hinge(OnData):
    r"""The hinge loss on two classes, :math:`f_j(x) = \max(0, 1 - y_j\, z_j \cdot x)`.

    Convex with a kink at :math:`y_j\, z_j \cdot x = 1`, where the subgradient 0 is chosen.

    Parameters
    ----------
    X, y, data, scale, domain, radius, test, split_seed
        As in :class:`Logistic`.

    Examples
    --------
    >>> problem = Hinge([[1.0], [-1.0]], [0, 1], scale="none")
    >>> losses, gradients = problem.losses_and_gradients(np.array([[-1.0]]), np.array([[0, 1]]))
    >>> losses, bool(gradients.any())
    (array([[0., 0.]]), False)
    """

    family, title, source = "hinge", "Hinge loss on data", "Cortes & Vapnik 1995"
    targets = "binary"
    convex = True
    convex_reason = "max(0, 1 - u) is convex and scores are linear in x"
    infimum = 0.0
    monotone = True
    kinks = True

    def phi(self, u: Array, y: Array) -> Array:
        xp = array_namespace(u)
        return xp.maximum(1 - y * u, xp.zeros_like(u))

    def slope(self, u: Array, y: Array) -> Array:
        return array_namespace(u).where(y * u < 1, -y, 0.0)

    def slope_bound(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.where(np.minimum(self.y * low, self.y * high) < 1, 1.0, 0.0)

    def smoothed(self, width: float) -> RoundedHinge:
        return RoundedHinge(self, width)


class RoundedHinge(LinearModel):
    r"""The hinge loss with its kink rounded off over a band, never below the hinge and equal to it outside the band.

    With :math:`m = 1 - y u` and :math:`a = \min(1, \max(0, m/w + 1/2))`,

    .. math:: \phi(u, y) = a\, m + \tfrac w2 a (1 - a), \qquad \phi' = -y\, a .

    Since :math:`a\, m \le \max(0, m)` for every fixed :math:`a \in [0, 1]`, the tangent of this loss, lowered by
    :math:`\tfrac w2 a(1-a)`, is below the hinge everywhere.

    Parameters
    ----------
    hinge : Hinge
        Whose examples and domain are shared.
    width : float in (0, inf)
        The width w of the band.
    """

    name = "rounded hinge"
    convex = True
    infimum = 0.0
    monotone = True

    def __init__(self, hinge: Hinge, width: float) -> None:
        vars(self).update(copy.copy(vars(hinge)))
        self._width = width

    def check(self) -> None:
        """Check nothing: it is made again for every comparator."""

    def phi(self, u: Array, y: Array) -> Array:
        a = self._share(u, y)
        return a * (1 - y * u) + self._lift(a)

    def slope(self, u: Array, y: Array) -> Array:
        return -y * self._share(u, y)

    def slope_bound(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.asarray(np.maximum(np.abs(self.slope(low, self.y)), np.abs(self.slope(high, self.y))))

    def excess(self, x: np.ndarray, weights: np.ndarray) -> float:
        return float(weights @ self._lift(self._share(self.Z @ x, self.y)))

    def _share(self, u: Array, y: Array) -> Array:
        return array_namespace(u).clip((1 - y * u) / self._width + 0.5, 0.0, 1.0)

    def _lift(self, a: Any) -> Any:
        return self._width / 2 * a * (1 - a)
