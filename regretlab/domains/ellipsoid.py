"""Ellipsoids whose axes are the coordinates', which a change of scale makes balls."""

from __future__ import annotations

from typing import Any

import numpy as np
from array_api_compat import array_namespace

from regretlab.domains.ball import L2Ball
from regretlab.errors import InputError
from regretlab.features import Features


class Ellipsoid:
    r"""The ellipsoid :math:`\sum_i x_i^2 / a_i^2 \le 1` with the semi-axes a.

    In :math:`y_i = x_i / a_i` it is the unit ball, and a norm with the weights s one with :math:`a_i^2 s_i`: the
    projection is that of :class:`L2Ball`.

    Parameters
    ----------
    axes : array (d,)
        The semi-axes a, positive and finite.

    Examples
    --------
    >>> Ellipsoid([2, 1]).project(np.array([4.0, 0.0]), np.ones(2))
    array([2., 0.])
    >>> Ellipsoid([3, 4]).diameters(2)
    (8.0, 8.0)
    """

    def __init__(self, axes: Any) -> None:
        try:
            self.axes = np.atleast_1d(np.asarray(axes, dtype=float))
        except (TypeError, ValueError):
            raise InputError(f"axes={axes!r} are no numbers; give the d semi-axes, as in Ellipsoid([2, 1]).") from None
        if self.axes.ndim != 1 or not self.axes.size or not (np.isfinite(self.axes) & (self.axes > 0)).all():
            raise InputError(f"axes={axes!r} are not d positive numbers; give the semi-axes, as in Ellipsoid([2, 1]).")

    def __repr__(self) -> str:
        return f"Ellipsoid({self.axes.tolist()})"

    def project(self, x: Any, weights: Any) -> Any:
        self._fits(x.shape[-1])
        a = array_namespace(x).asarray(self.axes)
        return a * L2Ball().project(x / a, weights * a * a)

    def linear_minimum(self, c: np.ndarray) -> Any:
        self._fits(c.shape[-1])
        return L2Ball().linear_minimum(c * self.axes)

    def reach(self, z: Features) -> tuple[np.ndarray, np.ndarray]:
        self._fits(z.shape[-1])
        norms = np.sqrt((z * z) @ self.axes**2)
        return -norms, norms

    def diameters(self, d: int) -> tuple[float, float]:
        self._fits(d)
        return 2 * float(self.axes.max()), 2 * float(self.axes.max())

    def _fits(self, d: int) -> None:
        if d != self.axes.size:
            raise InputError(f"{self!r} has {self.axes.size} coordinates, the problem {d}; give {d} semi-axes.")
