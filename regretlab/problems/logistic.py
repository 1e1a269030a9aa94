"""Binary logistic regression."""

from __future__ import annotations

import os

import numpy as np
from array_api_compat import array_namespace

from regretlab.errors import InputError
from regretlab.parameters import number
from regretlab.problems import data as datasets
from regretlab.problems._base import Array
from regretlab.problems.domains import Domain, domain_named
from regretlab.problems.linear import LinearModel


class _Logistic(LinearModel):
    """phi(u, y) = log(1 + exp(-y u)), computed without overflow."""

    convex = True
    convex_reason = "log(1 + exp(-u)) is convex and scores are linear in x"
    infimum = 0.0

    def phi(self, u: Array, y: Array) -> Array:
        xp = array_namespace(u)
        return xp.log1p(xp.exp(-xp.abs(u))) + xp.maximum(-y * u, xp.zeros_like(u))

    def slope(self, u: Array, y: Array) -> Array:
        return -y * sigmoid(-y * u)

    def slope_bound(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.maximum(np.abs(self.slope(low, self.y)), np.abs(self.slope(high, self.y)))


def sigmoid(u: Array) -> Array:
    """1 / (1 + exp(-u)) without overflow."""
    xp = array_namespace(u)
    small = xp.exp(-xp.abs(u))
    return xp.where(u >= 0, 1.0, small) / (1 + small)


class Logistic(_Logistic):
    r"""Binary logistic regression on real data, :math:`f_j(x) = \log(1 + \exp(-y_j\, z_j \cdot x))`.

    Parameters
    ----------
    X : array (n, d), scipy sparse matrix (n, d), or str
        Features, sparse ones kept so where that halves the memory; or the name of a bundled data set or the path of
        a file (then ``y`` is left out).
        Bundled: ``"digits"`` (even vs odd), ``"digits:3-8"`` (any pair), ``"breast_cancer"``. Files: LIBSVM, npz, CSV.
    y : array (n,)
        Two label values; the smaller becomes -1, the larger +1.
    data : str
        The same as a string ``X``, for use in study files.
    scale : {"unit", "standard", "none"}
        ``"unit"`` divides all features by the largest row norm, so that L <= 1.
    domain : {"box", "ball", "none"} or a domain object
    radius : float in (0, inf)
        Half the side of the box, or the radius of the ball.

    Examples
    --------
    >>> problem = Logistic("digits")
    >>> problem.n, problem.d, problem.convex
    (1797, 64, True)
    """

    def __init__(
        self,
        X: np.ndarray | str | os.PathLike[str] | None = None,
        y: np.ndarray | None = None,
        *,
        data: str | os.PathLike[str] | None = None,
        scale: str = "unit",
        domain: str | Domain | None = "box",
        radius: float = 1.0,
    ) -> None:
        radius = number("radius", radius, "(0, inf)")
        if isinstance(X, (str, os.PathLike)):
            X, data = None, X
        if (X is None) == (data is None) or (X is None) != (y is None):
            raise InputError(
                "Logistic needs either arrays X and y, or data='digits' (a bundled name or a file's path)."
            )
        self.data = datasets.load(data) if data is not None else datasets.from_arrays(X, y)
        features, self.scaling = datasets.scale(self.data.X, scale)
        self.name = f"logistic({self.data.name})"
        super().__init__(features, self.data.y, domain=domain_named(domain, radius))
        self.batch_size = min(32, self.n)
