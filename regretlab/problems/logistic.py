"""Binary logistic regression."""

from __future__ import annotations

import numpy as np
from array_api_compat import array_namespace

from regretlab.problems._base import Array
from regretlab.problems.linear import LinearModel, OnData


class _Logistic(LinearModel):
    """phi(u, y) = log(1 + exp(-y u)), computed without overflow."""

    convex = True
    convex_reason = "log(1 + exp(-u)) is convex and scores are linear in x"
    infimum = 0.0
    monotone = True

    def phi(self, u: Array, y: Array) -> Array:
        xp = array_namespace(u)
        return xp.log1p(xp.exp(-xp.abs(u))) + xp.maximum(-y * u, xp.zeros_like(u))

    def slope(self, u: Array, y: Array) -> Array:
        xp = array_namespace(u)
        small = xp.exp(-xp.abs(u))
        return -y * (xp.where(-y * u >= 0, 1.0, small) / (1 + small))

    def slope_bound(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.asarray(np.maximum(np.abs(self.slope(low, self.y)), np.abs(self.slope(high, self.y))))

    def bend_bound(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.full(self.n, 0.25)

    def exp_concave(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """phi''/phi'^2 = exp(y u), since phi' = -y p and phi'' = p (1 - p) with p = 1/(1 + exp(y u))."""
        return np.asarray(np.exp(np.minimum(self.y * low, self.y * high)))


class Logistic(OnData, _Logistic):
    r"""Binary logistic regression on real data, :math:`f_j(x) = \log(1 + \exp(-y_j\, z_j \cdot x))`.

    Parameters
    ----------
    X : array (n, d), scipy sparse matrix (n, d), or str
        Features, sparse ones kept so where that halves the memory; or the name of a bundled data set or the path of
        a file (then ``y`` is left out).
        Bundled: ``"digits"`` (even vs odd), ``"digits:3-8"`` (any pair), ``"breast_cancer"``. Files: LIBSVM, IDX, npz,
        CSV (see :func:`regretlab.problems.data.load`).
    y : array (n,)
        Two label values; the smaller becomes -1, the larger +1.
    data : str
        The same as a string ``X``, for use in study files; ``"digits"`` if no data are given.
    scale : {"unit", "standard", "none"}
        ``"unit"`` divides all features by the largest row norm, so that L <= 1; see
        :func:`regretlab.problems.data.scale`. Test examples do not count.
    domain : {"box", "ball", "none"} or a domain object
    radius : float in (0, inf)
        Half the side of the box, or the radius of the ball.
    test : float in [0, 1)
        The share of examples held out for :meth:`test_loss`; a run then records ``train_loss`` and ``test_loss``.
    split_seed : int
        Of the choice of test examples.

    Examples
    --------
    >>> problem = Logistic("digits")
    >>> problem.n, problem.d, problem.convex
    (1797, 64, True)
    """

    family, title, source = "logistic", "Logistic regression on data", "Cox 1958"
    targets = "binary"
