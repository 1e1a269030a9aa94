r"""Losses of a linear model, :math:`f_j(x) = \phi(z_j \cdot x, y_j)`: all built-in problems with one output."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterator
from functools import cached_property
from typing import Any, cast

import numpy as np
from array_api_compat import array_namespace
from scipy import sparse

from regretlab.domains import Domain, domain_named
from regretlab.features import Features, by_rows, canonical, row_maxima, rows, weighted_squares
from regretlab.parameters import number
from regretlab.problems._base import Array, Constant
from regretlab.problems._phi import probe_phi
from regretlab.problems._supervised import Supervised

#: Halvings of an interval in the search for phi's minimum: what is left of it is round-off.
HALVINGS = 60
#: Examples whose losses are evaluated at a time, where all are asked for.
PART = 1 << 18
#: Features that are worked on at a time, and the distance, as a share, over which slopes are compared.
CACHED, NEAR = 1 << 16, 2.0**-12


class LinearModel(Supervised):
    r"""The finite sum of :math:`f_j(x) = \phi(z_j \cdot x, y_j)`.

    A subclass gives :math:`\phi`, :math:`\phi'` and a bound on :math:`|\phi'|` over an interval, and says how
    :math:`\phi` bends: ``monotone``, ``unimodal`` (it falls, then rises) or ``convex``. Its range over an interval
    follows, or comes from a :meth:`phi_range` of the class's own, or span and floor are unknown. The constants are

    .. math:: L = \max_j \|z_j\|_2 \sup|\phi'|, \quad G_\infty = \max_j \|z_j\|_\infty \sup|\phi'|, \quad
        \text{span} = \max_j \sup_{x,x' \in X} |f_j(x) - f_j(x')|,

    with suprema over the values :math:`z_j \cdot x` takes on the domain, so that they are true bounds.

    Kernels are made from :meth:`phi` and :meth:`slope` where these are plain operations on u and y: ``+ - * /``, powers
    1/2, 1 and 2, comparisons, ``abs``, ``sqrt``, ``exp``, ``log``, ``log1p``, ``maximum``, ``minimum``, ``clip`` and
    ``where`` of their namespace or of NumPy. Arrays over the examples, other than y, are named in ``columns``. Other
    losses run on the array engine.

    Parameters
    ----------
    Z : array (n, d) or scipy sparse matrix (n, d)
        A sparse one is kept as ``scipy.sparse.csr_array`` (float64, rising indices, no stored zeros), so that memory
        is O(n + d + number of non-zeros); only the rows of a batch are ever made dense.
    y : array (n,)
    domain : Domain or None
    start : float or array (d,), optional
        The domain's point nearest to zero by default.
    """

    #: The infimum of phi over the whole line: bounds every f_j from below.
    infimum: float = -np.inf
    #: Whether phi rises everywhere or falls everywhere, for every y; and whether it falls and then rises, with slope
    #: zero at its minimum only. A class with ``convex = True`` need not say so.
    monotone: bool = False
    unimodal: bool = False
    #: The arrays (n,) other than y that phi reads: of a batch, phi is given its own entries of them.
    columns: tuple[str, ...] = ()
    curved: bool = True
    #: Units in the last place that phi may be away from the truth.
    roundings: int = 4

    def __init__(
        self, Z: Features, y: np.ndarray, *, domain: Domain | None, start: float | np.ndarray | None = None
    ) -> None:
        self.Z = canonical(Z) if sparse.issparse(Z) else np.ascontiguousarray(Z, dtype=float)
        self.y = np.asarray(y, dtype=float)
        self.n, self.d = self.Z.shape
        self.domain = domain_named(domain, 1.0)
        if start is not None:
            self.__dict__["start"] = np.broadcast_to(np.asarray(start, dtype=float), (self.d,)).copy()

    @abstractmethod
    def phi(self, u: Array, y: Array) -> Array:
        """Evaluate the loss as a function of the score u = z . x."""

    @abstractmethod
    def slope(self, u: Array, y: Array) -> Array:
        """Evaluate the derivative of phi in u."""

    @abstractmethod
    def slope_bound(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        r"""Bound the slope: :math:`\sup |\phi'|` over [low_j, high_j] for every example, shape (n,)."""

    def bend_bound(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        r"""Bound :math:`\sup |\phi''|` over [low_j, high_j] for every example, inf if unknown."""
        return np.full(self.n, np.inf)

    def exp_concave(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        r"""Bound :math:`\inf \phi''/\phi'^2` over [low_j, high_j] from below for every example, 0 if unknown.

        Where it is a, :math:`e^{-a\phi}` is concave, since its second derivative is :math:`a e^{-a\phi}(a\phi'^2 -
        \phi'')`; and so is :math:`e^{-a f_j}`, as scores are linear in x.
        """
        return np.zeros(self.n)

    def phi_range(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Bounds on the smallest and largest phi over [low_j, high_j], each (n,)."""
        ends = self.phi(low, self.y), self.phi(high, self.y)
        smallest, largest = np.minimum(*ends), np.maximum(*ends)
        if self.monotone:
            return smallest, largest
        if not (self.convex or self.unimodal):
            return np.full(self.n, self.infimum), np.full(self.n, np.inf)
        known = np.isfinite(low) & np.isfinite(high)
        a, b = np.where(known, low, 0.0), np.where(known, high, 0.0)
        falls, rises = self.slope(a, self.y) < 0, self.slope(b, self.y) > 0
        inside = known & falls & rises
        for _ in range(HALVINGS if inside.any() else 0):
            middle = a + (b - a) / 2
            rising = self.slope(middle, self.y) > 0
            a, b = np.where(inside & ~rising, middle, a), np.where(inside & rising, middle, b)
        # Between a and b phi falls below both by no more than its steepest slope times their distance.
        least = np.minimum(self.phi(a, self.y), self.phi(b, self.y)) - self.slope_bound(a, b) * (b - a)
        return np.where(known, np.where(inside, least, smallest), self.infimum), largest

    def check(self) -> None:
        super().check()
        with np.errstate(all="ignore"):
            probe_phi(self)
        vars(self).pop("_reach", None)  # which hardly anything else needs, and is as large as the targets

    def of(self, J: Array) -> LinearModel:
        """Return the model whose columns are those of the examples J, in the shape of J, so that its phi is theirs."""
        if not self.columns:
            return self
        xp, own = array_namespace(J), object.__new__(type(self))
        vars(own).update(vars(self), **{name: rows(xp, getattr(self, name), J) for name in self.columns})
        return own

    def losses_and_gradients(self, x: Array, J: Array) -> tuple[Array, Array]:
        xp = array_namespace(x)
        z, y = rows(xp, self.Z, J), rows(xp, self.y, J)
        u, own = xp.sum(z * x[:, None, :], axis=-1), self.of(J)
        return own.phi(u, y), own.slope(u, y)[..., None] * z

    def on(self, xp: Any) -> LinearModel:
        moved = cast(LinearModel, super().on(xp))
        vars(moved).update({name: xp.asarray(getattr(self, name)) for name in self.columns})
        return moved

    def only(self, J: np.ndarray) -> LinearModel:
        only = cast(LinearModel, super().only(J))
        vars(only).update({name: getattr(self, name)[J] for name in self.columns})
        for ends in ("_reach", "_range"):
            if ends in vars(self):
                vars(only)[ends] = tuple(end[J] for end in vars(self)[ends])
        return only

    def all_losses(self, x: Array) -> Array:
        return self._by_parts("phi", self._scores(x))

    def all_gradient_norms(self, x: Array) -> Array:
        xp = array_namespace(x)
        return xp.abs(self._by_parts("slope", self._scores(x))) * self.norms

    def mean_gradient(self, x: Array) -> tuple[Array, Array]:
        xp = array_namespace(x)
        slopes = self._by_parts("slope", self._scores(x))
        gradients = xp.stack([slopes[r, :] @ self.Z for r in range(x.shape[0])]) / self.n
        return gradients, xp.mean(xp.abs(slopes) * self.norms, axis=-1)

    def weighted(self, x: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
        u = self.Z @ x
        return float(weights @ self._by_parts("phi", u)), (weights * self._by_parts("slope", u)) @ self.Z

    def gradient(self, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return sum((w * own.slope(own.Z @ x, own.y) @ own.Z for own, w in self._parts(weights)), np.zeros(self.d))

    def hessian(self, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
        total = np.zeros((self.d, self.d))
        for own, w in self._parts(weights):
            u = own.Z @ x
            near = NEAR * (1 + abs(u))
            bends = (own.slope(u + near, own.y) - own.slope(u - near, own.y)) / (2 * near)
            product = own.Z.T @ (np.maximum(w * bends, 0.0)[:, None] * own.Z)
            total += product.toarray() if sparse.issparse(product) else product
        return total

    def losses_and_norms(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        losses, lengths = [], []
        for own, norms in self._parts(self.norms):
            u = own.Z @ x
            losses.append(own.phi(u, own.y))
            lengths.append(abs(own.slope(u, own.y)) * norms)
        return np.concatenate(losses), np.concatenate(lengths)

    def _parts(self, of: np.ndarray) -> Iterator[tuple[LinearModel, np.ndarray]]:
        """Yield the model of some examples at a time, which stay in the cache, with their entries of ``of`` (n,)."""
        step = self.n if sparse.issparse(self.Z) else max(1, CACHED // self.d)
        for first in range(0, self.n, step):
            part, own = slice(first, first + step), object.__new__(type(self))
            vars(own).update(vars(self), Z=self.Z[part], y=self.y[part])
            vars(own).update({name: getattr(self, name)[part] for name in self.columns})
            yield own, of[part]

    def curvature(self, weights: np.ndarray) -> np.ndarray:
        return weighted_squares(weights, self.Z)

    def _by_parts(self, function: str, u: Array) -> Array:
        """Evaluate phi or its slope at the scores of all examples (..., n), so many at a time that memory is small."""
        if self.n <= PART:
            return getattr(self, function)(u, self.y)
        xp, values = array_namespace(u), []
        for first in range(0, self.n, PART):
            part = slice(first, first + PART)
            own = self.of(xp.arange(*part.indices(self.n)))
            values.append(getattr(own, function)(u[..., part], self.y[part]))
        return xp.concat(values, axis=-1)

    def _scores(self, x: Array) -> Array:
        # One product per replicate: a batched product would round differently for other numbers of replicates.
        return array_namespace(x).stack([self.Z @ x[r, :] for r in range(x.shape[0])])

    def constants(self) -> dict[str, Constant]:
        return self._constants

    @cached_property
    def _constants(self) -> dict[str, Constant]:
        L, G_inf = self._steepest()
        span, how = np.inf, "max_j of phi's range over the scores z_j . x, x in X"
        if self.domain is not None:
            smallest, greatest = self._range
            span = float((greatest - smallest).max())
        if span == np.inf:
            how = "unknown: phi has no bounds on X that are known"
        return self._bent() | {
            "L": Constant(L, "max_j |z_j|_2 sup|phi'| over X"),
            "G_inf": Constant(G_inf, "max_j |z_j|_inf sup|phi'| over X"),
            "span": Constant(span, how),
            "floor": Constant(float(self.floors().min()), "min_j of phi's smallest value over X"),
        }

    def says(self, name: str) -> bool:
        """Tell whether a method is about this phi: not inherited from a class whose phi or slope is another."""
        owner = {n: next(c for c in type(self).__mro__ if n in vars(c)) for n in (name, "phi", "slope")}
        return owner[name] is not LinearModel and all(issubclass(owner[name], owner[n]) for n in ("phi", "slope"))

    def _bent(self) -> dict[str, Constant]:
        """Return the constants of second derivatives, as far as the class says anything of them."""
        ends, some = self.reach(), self.norms > 0  # an example without features is constant
        found = {}
        if self.says("bend_bound"):
            with np.errstate(over="ignore", invalid="ignore"):
                smooth = float(np.where(some, self.bend_bound(*ends) * self.norms**2, 0.0).mean())
            found["smoothness"] = Constant(smooth, "mean of |z_j|_2^2 sup|phi''| over X")
        if self.says("exp_concave"):
            least = float(np.where(some, self.exp_concave(*ends), np.inf).min())
            found["exp_concavity"] = Constant(least, "min_j of phi''/phi'^2 over the scores z_j . x, x in X")
        return {name: constant for name, constant in found.items() if 0 < constant.value < np.inf}

    def _steepest(self) -> tuple[float, float]:
        """Bound an example's gradient over X, in the Euclidean norm and in the largest coordinate."""
        slope = self.slope_bound(*self.reach())
        largest = by_rows(lambda z: row_maxima(abs(z)), self.Z)
        # An example without features has no gradient, even where phi' is unbounded.
        slope = np.where(largest > 0, slope, 0.0)
        return float((self.norms * slope).max()), float((largest * slope).max())

    def floors(self) -> np.ndarray:
        if self.domain is None:
            return np.full(self.n, self.infimum)
        return self._range[0]

    @cached_property
    def _range(self) -> tuple[np.ndarray, np.ndarray]:
        """Bounds on the smallest and the largest loss of every example over X, with round-off."""
        low, high = self.reach()
        ends = list(self.phi_range(low, high))
        if self.d > 1:  # a score is a sum of d products
            away = np.nan_to_num(self.d * np.spacing(np.maximum(abs(low), abs(high))))
            away *= self.slope_bound(low - away, high + away)
            ends = [end + sign * np.nan_to_num(away, posinf=np.inf) for end, sign in zip(ends, (-1, 1), strict=True)]
        low, high = (self.roundings * np.nan_to_num(np.spacing(abs(end))) for end in ends)
        return np.maximum(ends[0] - low, self.infimum), ends[1] + high

    def reach(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the smallest and largest score of every example over the domain."""
        return self._reach

    @cached_property
    def _reach(self) -> tuple[np.ndarray, np.ndarray]:
        domain = self.domain
        if domain is None:
            infinite = np.where(abs(self.Z).sum(-1) > 0, np.inf, 0.0)
            return -infinite, infinite
        if sparse.issparse(self.Z):
            return domain.reach(self.Z)
        low, high = by_rows(lambda z: np.stack(domain.reach(z), axis=-1), self.Z).T
        return low, high


class OnData(LinearModel):
    """A linear model on a data set: the constructor that :class:`Logistic`, LeastSquares and Hinge share."""

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
        super().__init__(examples.Z, examples.y, domain=domain_named(domain, radius))
        self._hold_out(examples)
