"""The simplex, and the projection in a weighted norm that it shares with the l1 ball."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from array_api_compat import array_namespace

from regretlab.features import Features, row_maxima
from regretlab.parameters import Component, parameter

#: A weight below this share of the largest is taken for it: a coordinate that may move for free moves first.
FREE = 2.0**-40


@dataclass(frozen=True)
class Simplex(Component):
    r"""The simplex :math:`\{x \ge 0, \ \sum_i x_i = r\}`, with two geometries.

    The Euclidean one is the weighted projection

    .. math:: z_i = \max(0, x_i - \theta / s_i), \qquad \theta \text{ such that } \textstyle\sum_i z_i = r,

    found exactly by sorting. The entropic one is that of :class:`regretlab.methods.Hedge`, whose iterates are in the
    simplex by themselves.

    References
    ----------
    Held, Wolfe & Crowder (1974), for equal weights.

    Examples
    --------
    >>> Simplex().project(np.array([0.5, 0.9, -1.0]), np.ones(3)).round(12)
    array([0.3, 0.7, 0. ])
    """

    radius: float = parameter(1.0, "(0, inf)", "sum of the coordinates")
    entropic: ClassVar[bool] = True

    def project(self, x: Any, weights: Any) -> Any:
        return shrunk(x, weights, self.radius)

    def linear_minimum(self, c: np.ndarray) -> Any:
        return self.radius * np.min(c, axis=-1)

    def reach(self, z: Features) -> tuple[np.ndarray, np.ndarray]:
        return -self.radius * row_maxima(-z), self.radius * row_maxima(z)

    def diameters(self, d: int) -> tuple[float, float]:
        return (self.radius, math.sqrt(2) * self.radius) if d > 1 else (0.0, 0.0)


def shrunk(x: Any, weights: Any, total: float) -> Any:
    """Find the point z >= 0 with sum ``total`` that minimises ``sum(weights * (z - x)**2)``, along the last axis."""
    xp = array_namespace(x)
    top = xp.max(weights, axis=-1, keepdims=True)
    s = xp.where(top > 0, weights / xp.where(top > 0, top, 1.0), 1.0)
    s = xp.maximum(s, xp.full_like(s, FREE)) + 0 * x
    # Moved along 1/s, which changes no projection, until the largest coordinate is 0: large ones then lose no digits.
    most = xp.max(s * x, axis=-1, keepdims=True)
    below = (s * x - most) / s
    order = xp.argsort(s * x - most, axis=-1, descending=True)
    kept = xp.take_along_axis(below, order, axis=-1)
    ends = xp.take_along_axis(s, order, axis=-1)
    theta = (xp.cumulative_sum(kept, axis=-1) - total) / xp.cumulative_sum(1 / ends, axis=-1)
    count = xp.sum(xp.astype(kept * ends > theta, xp.int64), axis=-1, keepdims=True)
    theta = xp.take_along_axis(theta, xp.maximum(count, xp.ones_like(count)) - 1, axis=-1)
    z = xp.maximum(below - theta / s, xp.zeros_like(below))
    return z * (total / xp.sum(z, axis=-1, keepdims=True))
