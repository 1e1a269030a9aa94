"""Domains bounded by the sum of the coordinates: the simplex and the l1 ball, with their weighted projections."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from array_api_compat import array_namespace

from regretlab.errors import InputError
from regretlab.parameters import Component, number, parameter
from regretlab.problems._sparse import Features, row_maxima
from regretlab.problems.domains import DOMAINS, Box, L2Ball

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
        return _shrunk(x, weights, self.radius)

    def linear_minimum(self, c: np.ndarray) -> Any:
        return self.radius * np.min(c, axis=-1)

    def reach(self, z: Features) -> tuple[np.ndarray, np.ndarray]:
        return -self.radius * row_maxima(-z), self.radius * row_maxima(z)

    def diameters(self, d: int) -> tuple[float, float]:
        return (self.radius, math.sqrt(2) * self.radius) if d > 1 else (0.0, 0.0)


@dataclass(frozen=True)
class Ball(Component):
    r"""The ball :math:`\|x\|_p \le r` for p = 1, 2 or infinity; in a weighted norm it projects exactly.

    For p = 1 the projection is :math:`z_i = \mathrm{sign}(x_i) \max(0, |x_i| - \theta/s_i)` with
    :math:`\|z\|_1 = r` for a point outside. For p = 2 it is that of :class:`L2Ball`, for infinity that of
    :class:`Box`.

    References
    ----------
    Duchi, Shalev-Shwartz, Singer & Chandra (2008), "Efficient projections onto the l1-ball", for p = 1 and equal
    weights.

    Examples
    --------
    >>> Ball(1).project(np.array([2.0, -1.5]), np.ones(2))
    array([ 0.75, -0.25])
    """

    p: float = 2.0
    radius: float = parameter(1.0, "(0, inf)", "radius of the ball")
    #: With fewer coordinates it is its own shadow.
    uniform: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        p = self.p if self.p == math.inf else number("p", self.p, "[1, inf)", ": the ball's norm")
        if p not in (1, 2, math.inf):
            raise InputError(f"p={p:g} is not one of 1, 2 and inf, the balls that are projected onto; use one of them.")
        object.__setattr__(self, "p", p)

    def project(self, x: Any, weights: Any) -> Any:
        if self.p != 1:
            return self._same.project(x, weights)
        xp = array_namespace(x)
        inside = xp.sum(xp.abs(x), axis=-1, keepdims=True) <= self.radius
        return xp.where(inside, x, xp.sign(x) * _shrunk(xp.abs(x), weights, self.radius))

    def linear_minimum(self, c: np.ndarray) -> Any:
        return -self.radius * np.abs(c).max(axis=-1) if self.p == 1 else self._same.linear_minimum(c)

    def reach(self, z: Features) -> tuple[np.ndarray, np.ndarray]:
        if self.p != 1:
            return self._same.reach(z)
        largest = self.radius * row_maxima(abs(z))
        return -largest, largest

    def diameters(self, d: int) -> tuple[float, float]:
        return (2 * self.radius, 2 * self.radius) if self.p == 1 else self._same.diameters(d)

    @property
    def _same(self) -> L2Ball | Box:
        return L2Ball(self.radius) if self.p == 2 else Box(-self.radius, self.radius)


def _shrunk(x: Any, weights: Any, total: float) -> Any:
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


DOMAINS["simplex"] = Simplex
DOMAINS["l1_ball"] = lambda radius: Ball(1, radius)
