"""A small multi-layer perceptron."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from regretlab.domains import Box, Domain, domain_named
from regretlab.errors import InputError
from regretlab.features import rows
from regretlab.parameters import number
from regretlab.problems._base import Array, Constant
from regretlab.problems._supervised import Supervised
from regretlab.problems.softmax import cross_entropy

ACTIVATIONS = ("tanh", "relu")
Layers = list[tuple[Array, Array]]


class MLP(Supervised):
    r"""A perceptron with one or two hidden layers and cross-entropy; x holds, layer by layer, weights and biases.

    .. math:: a_0 = z_j, \qquad a_l = \sigma(a_{l-1} W_l + b_l), \qquad f_j(x) = -\log p_{y_j}, \quad
        p = \mathrm{softmax}(a_{m} W_{m+1} + b_{m+1}).

    Not convex; the per-example gradients are exact, :math:`\nabla_{W_l} f_j = a_{l-1} \otimes \delta_l` and
    :math:`\nabla_{b_l} f_j = \delta_l`, so that :math:`\|\nabla f_j\|^2 = \sum_l \|\delta_l\|^2 (1 + \|a_{l-1}\|^2)`.
    Regret is certified from below only: the comparator is the best point that L-BFGS-B has found from x_1 on,
    fifty steps more at every checkpoint.

    Parameters
    ----------
    X, y, data, scale, test, split_seed
        As in :class:`Softmax`.
    hidden : int or one or two of them
        The units of the hidden layers.
    activation : {"tanh", "relu"}
        :math:`\sigma`; the derivative of relu at 0 is taken as 0.
    seed : int
        Of the start x_1, Glorot's: weights uniform in :math:`\pm\sqrt{6/(\text{fan in} + \text{fan out})}`, biases 0.
        (At x_1 = 0 all hidden units would stay equal.)
    domain : {"box", "none"} or a domain object
    radius : float in (0, inf)
        Half the side of the box. L, G_inf and span are true bounds on it, but grow with its powers.
    L : float in (0, inf), optional
        A bound on the norms of per-example gradients to be assumed in place of the proved one, which is so large that a
        bandit sampler hardly learns. It is declared as assumed, and the audit of a run says whether it held.

    References
    ----------
    Glorot & Bengio (2010), equation (16).

    Examples
    --------
    >>> problem = MLP("digits", hidden=16)
    >>> problem.d == 64 * 16 + 16 + 16 * 10 + 10, problem.convex
    (True, False)
    """

    family, title, source = "mlp", "Multilayer perceptron on data", "Kingma & Ba 2015, Section 6.2"
    targets = "classes"
    convex = False
    convex_reason = "a perceptron is not convex in its weights: minimisers with permuted hidden units are apart"
    rounded_at = 1.0
    solver_steps = 50
    solver_starts = ()

    def __init__(
        self,
        X: np.ndarray | str | os.PathLike[str] | None = None,
        y: np.ndarray | None = None,
        *,
        data: str | os.PathLike[str] | None = None,
        hidden: int | Sequence[int] = 32,
        activation: str = "tanh",
        seed: int = 0,
        scale: str = "unit",
        domain: str | Domain | None = "box",
        radius: float = 10.0,
        L: float | None = None,
        test: float = 0.0,
        split_seed: int = 0,
    ) -> None:
        units = list(hidden) if isinstance(hidden, (list, tuple)) else [hidden]
        if len(units) not in (1, 2):
            raise InputError(f"hidden={hidden!r} names {len(units)} layers; use one or two, as in hidden=(32, 16).")
        units = [int(number("hidden", h, "[1, 1e6]", integer=True)) for h in units]
        if activation not in ACTIVATIONS:
            raise InputError(f"activation={activation!r} is not one of {', '.join(map(repr, ACTIVATIONS))}.")
        seed = int(number("seed", seed, "[0, inf)", integer=True))
        radius = number("radius", radius, "(0, inf)")
        self._L = None if L is None else number("L", L, "(0, inf)")
        examples = self._read(X, y, data, scale, test, split_seed)
        self.Z, self.y, self.domain = examples.Z, examples.y, domain_named(domain, radius)
        self.n, self.activation = len(self.y), activation
        #: The units of every layer, from the features to the classes.
        self.sizes = (self.Z.shape[1], *units, len(self.data.labels))
        self.d = sum((fan_in + 1) * fan_out for fan_in, fan_out in self._fans())
        self.roundings = 16 + sum(self.sizes)
        self._check_step()
        assumed = "" if self._L is None else f", L={self._L:g} assumed"
        self.name = f"{self.name}, hidden={hidden!r}, {activation}{assumed}"
        self.__dict__["start"] = self._glorot(seed)
        self._hold_out(examples)

    def losses_and_gradients(self, x: Array, J: Array) -> tuple[Array, Array]:
        xp = array_namespace(x)
        losses, inputs, deltas = self._passes(rows(xp, self.Z, J), rows(xp, self.y, J), self._layers(x))
        parts: list[Array] = []
        for a, delta in zip(inputs, deltas, strict=True):
            parts += [xp.reshape(a[..., None] * delta[..., None, :], (*J.shape, -1)), delta]
        return losses, xp.concat(parts, axis=-1)

    def all_losses(self, x: Array) -> Array:
        xp = array_namespace(x)
        return xp.stack([self._passes(self.Z, self.y, self._layers(x[r, :]))[0] for r in range(x.shape[0])])

    def all_gradient_norms(self, x: Array) -> Array:
        xp = array_namespace(x)
        return xp.stack([self._norms(xp, self._layers(x[r, :])) for r in range(x.shape[0])])

    def weighted(self, x: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
        losses, inputs, deltas = self._passes(self.Z, self.y, self._layers(x))
        parts = []
        for a, delta in zip(inputs, deltas, strict=True):
            shares = weights[:, None] * delta
            parts += [(a.T @ shares).ravel(), shares.sum(0)]
        return float(weights @ losses), np.concatenate(parts)

    def constants(self) -> dict[str, Constant]:
        return self._constants

    @cached_property
    def _constants(self) -> dict[str, Constant]:
        proved = {"floor": Constant(0.0, "cross-entropy is positive")}
        if type(self.domain) is Box:
            proved |= self._on_the_box(self.domain)
        if self._L is not None:
            assumed = Constant(self._L, "assumed by the user, not proved")
            proved |= {"L": assumed, "G_inf": assumed}
        return proved

    def _on_the_box(self, box: Box) -> dict[str, Constant]:
        r = max(abs(box.low), abs(box.high))
        # Forward: the largest |a|_2, |a|_inf and |a|_1 of every layer's input; scores are at most r (|a|_1 + 1).
        long, large, sums = [float(np.sqrt(self.squared_norms.max()))], [float(abs(self.Z).max())], []
        sums.append(float(abs(self.Z).sum(-1).max()))
        for h in self.sizes[1:-1]:
            large.append(min(1.0, r * (sums[-1] + 1)) if self.activation == "tanh" else r * (sums[-1] + 1))
            long.append(math.sqrt(h) * large[-1])
            sums.append(h * large[-1])
        # Backward: |p - e_y| is at most sqrt(2), 1 and 2 in the norms of 2, inf and 1; |sigma'| is at most 1.
        squares, coordinates = 0.0, 0.0
        delta, top, total = math.sqrt(2), 1.0, 2.0
        for i in reversed(range(len(long))):
            squares += delta**2 * (1 + long[i] ** 2)
            coordinates = max(coordinates, top * max(1.0, large[i]))
            h = self.sizes[i]
            top = r * total
            delta, total = math.sqrt(h) * top, h * top
        span = np.logaddexp(0, math.log(self.sizes[-1] - 1) + 2 * r * (sums[-1] + 1))
        return {
            "L": Constant(math.sqrt(squares), "norms of weights and activations multiplied layer by layer on the box"),
            "G_inf": Constant(coordinates, "the same in the maximum norm"),
            "span": Constant(float(span), "log(1 + (c - 1) exp(2 S)), S the largest score on the box"),
        }

    def _fans(self) -> list[tuple[int, int]]:
        return list(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    def _glorot(self, seed: int) -> np.ndarray:
        rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, *self.sizes])))
        parts = []
        for fan_in, fan_out in self._fans():
            limit = math.sqrt(6 / (fan_in + fan_out))
            parts += [limit * (2 * rng.random(fan_in * fan_out) - 1), np.zeros(fan_out)]
        return np.concatenate(parts)

    def _layers(self, x: Array) -> Layers:
        """Weights (..., fan in, fan out) and biases (..., 1, fan out) of every layer, from x (..., d)."""
        xp = array_namespace(x)
        layers, i = [], 0
        for fan_in, fan_out in self._fans():
            k = i + fan_in * fan_out
            weights = xp.reshape(x[..., i:k], (*x.shape[:-1], fan_in, fan_out))
            layers.append((weights, x[..., None, k : k + fan_out]))
            i = k + fan_out
        return layers

    def _passes(self, a: Any, y: Array, layers: Layers) -> tuple[Array, list[Any], list[Array]]:
        """Forward and back: the losses, and every layer's input a_{l-1} and delta_l."""
        xp = array_namespace(y)
        inputs = [a]
        for weights, bias in layers[:-1]:
            scores = inputs[-1] @ weights + bias
            inputs.append(xp.tanh(scores) if self.activation == "tanh" else xp.where(scores > 0, scores, 0.0))
        weights, bias = layers[-1]
        losses, delta = cross_entropy(inputs[-1] @ weights + bias, y)
        deltas = [delta]
        for (weights, _), a in zip(layers[:0:-1], inputs[:0:-1], strict=True):
            rate = 1 - a * a if self.activation == "tanh" else xp.astype(a > 0, a.dtype)
            deltas.append(rate * (deltas[-1] @ xp.matrix_transpose(weights)))
        return losses, inputs, deltas[::-1]

    def _norms(self, xp: Any, layers: Layers) -> Array:
        _, inputs, deltas = self._passes(self.Z, self.y, layers)
        lengths = [self.squared_norms, *(xp.sum(a * a, axis=-1) for a in inputs[1:])]
        squares = [xp.sum(delta * delta, axis=-1) for delta in deltas]
        return xp.sqrt(sum(square * (1 + length) for square, length in zip(squares, lengths, strict=True)))
