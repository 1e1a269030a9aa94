"""Softmax regression, and the cross-entropy it shares with the perceptron."""

from __future__ import annotations

import math
import os
from functools import cached_property
from typing import cast

import numpy as np
from array_api_compat import array_namespace
from scipy import sparse

from regretlab.domains import Domain, domain_named
from regretlab.features import Features, by_rows, row_maxima, rows, weighted_squares
from regretlab.parameters import number
from regretlab.problems._base import Array, Constant
from regretlab.problems._supervised import Supervised


def cross_entropy(scores: Array, y: Array) -> tuple[Array, Array]:
    r"""Evaluate :math:`-\log p_y` with :math:`p = \mathrm{softmax}(s)`, and its gradient :math:`p - e_y` in s.

    Parameters
    ----------
    scores : array (..., c)
    y : array (...)
        The class, one of 0.0, 1.0, ..., c - 1.

    Examples
    --------
    >>> cross_entropy(np.array([0.0, 0.0]), np.array(1.0))
    (np.float64(0.6931471805599453), array([ 0.5, -0.5]))
    """
    xp = array_namespace(scores)
    truth = xp.astype(y[..., None] == xp.arange(scores.shape[-1], dtype=scores.dtype), scores.dtype)
    below = scores - xp.max(scores, axis=-1, keepdims=True)
    e = xp.exp(below)
    total = xp.sum(e, axis=-1, keepdims=True)
    return xp.log(total[..., 0]) - xp.sum(truth * below, axis=-1), e / total - truth


class Softmax(Supervised):
    r"""Softmax (multinomial logistic) regression; x is a matrix (features, c), row by row, with a column per class.

    .. math:: f_j(x) = -\log p_{y_j}, \qquad p = \mathrm{softmax}(z_j x), \qquad
        \nabla f_j(x) = z_j \otimes (p - e_{y_j}), \qquad \|\nabla f_j(x)\| = \|z_j\|\, \|p - e_{y_j}\| .

    The constants use that no score of another class exceeds that of the true one by more than :math:`w_j` on the
    domain, so that :math:`1 - p_{y_j} \le q_j = 1/(1 + e^{-w_j}/(c-1))`; and
    :math:`\|p - e_y\|_2 \le \sqrt2\,(1 - p_y)`, :math:`\|p - e_y\|_\infty = 1 - p_y`.

    Parameters
    ----------
    X, data, scale, domain, radius, test, split_seed
        As in :class:`Logistic`. Bundled: ``"digits"`` (ten classes), ``"digits:3-8"``, ``"breast_cancer"``, ``"wine"``.
    y : array (n,)
        At least two label values, numbers or words, which become 0, 1, 2, ... in sorted order.

    Examples
    --------
    >>> problem = Softmax("digits")
    >>> problem.n, problem.c, problem.d, problem.convex
    (1797, 10, 640, True)
    """

    family, title, source = "softmax", "Softmax regression on data", "Kingma & Ba 2015, Section 6.1"
    targets = "classes"
    convex = True
    convex_reason = "log-sum-exp is convex and scores are linear in x"
    rounded_at = 1.0

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
        self.Z, self.y, self.domain = examples.Z, examples.y, domain_named(domain, radius)
        self.n, self.features = self.Z.shape
        self.c = len(self.data.labels)
        self.d = self.features * self.c
        self.roundings = 16 + self.c
        self._check_step()
        self._hold_out(examples)

    def losses_and_gradients(self, x: Array, J: Array) -> tuple[Array, Array]:
        xp = array_namespace(x)
        z, y = rows(xp, self.Z, J), rows(xp, self.y, J)
        losses, residuals = cross_entropy(z @ self._matrix(x), y)
        return losses, xp.reshape(z[..., None] * residuals[..., None, :], (*J.shape, self.d))

    def only(self, J: np.ndarray) -> Softmax:
        only = cast(Softmax, super().only(J))
        vars(only)["_most"] = self._most[J]
        return only

    def all_losses(self, x: Array) -> Array:
        return array_namespace(x).stack([loss for loss, _ in self._of_all(x)])

    def all_gradient_norms(self, x: Array) -> Array:
        xp = array_namespace(x)
        residuals = xp.stack([xp.sqrt(xp.sum(residual * residual, axis=-1)) for _, residual in self._of_all(x)])
        return residuals * self.norms

    def weighted(self, x: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
        received = np.flatnonzero(weights)  # early in a run these are few
        Z, y, weights = self.Z[received], self.y[received], weights[received]
        losses, residuals = cross_entropy(Z @ self._matrix(x), y)
        return float(weights @ losses), (Z.T @ (weights[:, None] * residuals)).ravel()

    def curvature(self, weights: np.ndarray) -> np.ndarray:
        return np.repeat(weighted_squares(weights, self.Z), self.c)

    def constants(self) -> dict[str, Constant]:
        return self._constants

    @cached_property
    def _constants(self) -> dict[str, Constant]:
        lead = self._leads()
        wrong = 1 / (1 + np.exp(-lead) / (self.c - 1))
        longest = float((self.norms * wrong).max())
        largest = float((by_rows(lambda z: row_maxima(abs(z)), self.Z) * wrong).max())
        # log(1 + (c - 1) e^w), also where e^w is beyond every float
        span = (np.logaddexp(0, np.log(self.c - 1) + lead) - self.floors()).max()
        return {
            "L": Constant(math.sqrt(2) * longest, "max_j sqrt(2) |z_j|_2 sup(1 - p_y) over X"),
            "G_inf": Constant(largest, "max_j |z_j|_inf sup(1 - p_y) over X"),
            "span": Constant(float(span), "max_j of the loss's range over the leads of other classes, x in X"),
            "floor": Constant(float(self.floors().min()), "min_j log(1 + (c - 1) exp(-w_j))"),
        }

    def floors(self) -> np.ndarray:
        return np.asarray(np.logaddexp(0, np.log(self.c - 1) - self._leads()))

    @cached_property
    def _most(self) -> np.ndarray:
        """The largest z_j . (x_k - x_l) over the domain, for two columns of x of which l is the true class's, (n,)."""
        domain = self.domain
        if domain is None:
            return np.where(abs(self.Z).sum(-1) > 0, np.inf, 0.0)
        if getattr(domain, "uniform", False):  # any two columns are as good as any others
            return by_rows(lambda z: domain.reach(_beside(z))[1], self.Z)
        most = np.full(self.n, -np.inf)
        for j, (z, true) in enumerate(zip(self.Z, self.y.astype(int), strict=True)):
            row = z.toarray().ravel() if sparse.issparse(z) else z
            pairs = np.zeros((self.c, self.features, self.c))
            for k in range(self.c):
                pairs[k, :, k] += row
                pairs[k, :, true] -= row
            others = np.delete(pairs.reshape(self.c, self.d), true, axis=0)
            most[j] = domain.reach(others)[1].max()
        return most

    def _leads(self) -> np.ndarray:
        """Bound the largest lead with the round-off of its sum."""
        size = np.where(np.isfinite(self._most), abs(self._most), 0.0)
        return np.asarray(self._most + self.features * np.spacing(size))

    def _matrix(self, x: Array) -> Array:
        return array_namespace(x).reshape(x, (*x.shape[:-1], self.features, self.c))

    def _of_all(self, x: Array) -> list[tuple[Array, Array]]:
        """Evaluate the losses (n,) and residuals (n, c) of all examples, for every replicate."""
        # One product per replicate: a batched product would round differently for other numbers of replicates.
        return [cross_entropy(self.Z @ self._matrix(x[r, :]), self.y) for r in range(x.shape[0])]


def _beside(z: Features) -> Features:
    """Join the rows z_j and -z_j."""
    return sparse.hstack([z, -z], format="csr") if sparse.issparse(z) else np.hstack([z, -z])
