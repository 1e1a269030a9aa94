"""Balls of the norms 1, 2 and infinity, projected onto in weighted norms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from array_api_compat import array_namespace

from regretlab.domains.box import Box
from regretlab.domains.simplex import shrunk
from regretlab.errors import InputError
from regretlab.features import Features, row_maxima
from regretlab.parameters import Component, number, parameter

#: The secular equation is solved to round-off in about ten steps, most of the rest is for badly scaled weights.
NEWTON_STEPS = 60


@dataclass(frozen=True)
class L2Ball(Component):
    r"""The ball :math:`\|x\|_2 \le r`, with the projection in a weighted norm that the adaptive methods need.

    .. math:: z_i = s_i x_i / (s_i + \mu), \qquad \mu \ge 0 \text{ such that } \|z\| = r \text{ if } \|x\| > r,

    where :math:`\mu` solves the secular equation by Newton's method (monotone from :math:`\mu = 0`).

    Examples
    --------
    >>> L2Ball(1).project(np.array([3.0, 4.0]), np.ones(2)).round(12)
    array([0.6, 0.8])
    """

    #: With fewer coordinates it is its own shadow.
    uniform: ClassVar[bool] = True
    radius: float = parameter(1.0, "(0, inf)", "radius of the ball")

    def project(self, x: Any, weights: Any) -> Any:
        xp = array_namespace(x)
        norm = xp.sqrt(xp.sum(x * x, axis=-1, keepdims=True))
        outside = norm > self.radius
        # Normalised weights keep mu of the order of 1; a weight of zero may move for free and goes to zero.
        top = xp.max(weights, axis=-1, keepdims=True)
        s = xp.where(top > 0, weights / xp.where(top > 0, top, 1.0), 1.0)
        mu = xp.where(outside, (norm / self.radius - 1) * xp.min(s, axis=-1, keepdims=True), 0.0)
        for _ in range(NEWTON_STEPS if bool(xp.any(outside)) else 0):
            shrunk, bend = s + mu, xp.where(s + mu > 0, s + mu, 1.0)
            z = xp.where(shrunk > 0, s * x / bend, x)
            size = xp.sqrt(xp.sum(z * z, axis=-1, keepdims=True))
            curve = xp.sum(z * z / bend, axis=-1, keepdims=True)
            move = xp.where(curve > 0, (size / self.radius - 1) * size * size / xp.where(curve > 0, curve, 1.0), 0.0)
            further = xp.where(outside, xp.maximum(mu + move, mu), mu)
            if bool(xp.all(further == mu)):  # so would all steps that follow
                break
            mu = further
        z = xp.where(outside, s * x / xp.where(s + mu > 0, s + mu, 1.0), x)
        size = xp.sqrt(xp.sum(z * z, axis=-1, keepdims=True))
        return xp.where(size > self.radius, z * (self.radius / xp.where(size > 0, size, 1.0)), z)

    def linear_minimum(self, c: np.ndarray) -> Any:
        return -self.radius * np.linalg.norm(c, axis=-1)

    def reach(self, z: Features) -> tuple[np.ndarray, np.ndarray]:
        norms = self.radius * np.sqrt((z * z).sum(-1))
        return -norms, norms

    def diameters(self, d: int) -> tuple[float, float]:
        return 2 * self.radius, 2 * self.radius


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
        return xp.where(inside, x, xp.sign(x) * shrunk(xp.abs(x), weights, self.radius))

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
