"""Samplers that learn nothing: a fixed cyclic order, and uniform draws with or without replacement."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace

from regretlab.parameters import parameter
from regretlab.samplers._base import Array, Draw, Law, Sampler, State


@dataclass(frozen=True)
class Cyclic(Sampler):
    """Examples in their order, K at a time, over and over: the deterministic losses of Reddi et al.

    Examples
    --------
    >>> import numpy as np
    >>> from regretlab.samplers import Setting
    >>> s = Cyclic().fit(Setting(n=3, K=2, L=1.0, horizon=10))
    >>> s.draw((np.array([2]),), None).J
    array([[2, 0]])
    """

    title, source = "Examples in their order", "Reddi, Kale & Kumar 2018, Section 3"
    learns = False

    @property
    def law(self) -> Law:
        return Law(total=1.0, floor=1 / self.run.n, cap=1.0, factor=None, max_weight=1.0)

    @property
    def uniforms(self) -> int:
        return 0

    def init(self, replicates: int, xp: Any) -> State:
        return (xp.zeros((replicates,), dtype=xp.int64),)

    def probabilities(self, state: State) -> Array:
        xp = array_namespace(state[0])
        return xp.full((state[0].shape[0], self.run.n), 1 / self.run.n)

    def draw(self, state: State, u: Array) -> Draw:
        xp = array_namespace(state[0])
        n, K = self.run.n, self.run.K
        J = (state[0][:, None] + xp.arange(K)) % n
        return Draw(J, xp.full(J.shape, 1 / K), xp.full(J.shape, 1 / n))

    def observe(self, state: State, draw: Draw, norms: Array) -> State:
        return ((state[0] + self.run.K) % self.run.n,)


def period(sampler: str, n: int, K: int) -> int:
    """After how many steps the mini-batches of a sampler repeat: n / gcd(n, K) in a cyclic order, 1 in any other.

    Examples
    --------
    >>> period("cyclic", n=6, K=4), period("uniform", n=6, K=4)
    (3, 1)
    """
    return n // math.gcd(n, K) if sampler == Cyclic.name else 1


@dataclass(frozen=True)
class Uniform(Sampler):
    r"""K examples uniformly at random; the estimate is their plain mean.

    Parameters
    ----------
    replacement : bool
        With replacement (the default, as the with-replacement samplers it is compared with) or without.

    Notes
    -----
    Without replacement the draw is Floyd's: one uniform per example, no sort.

    Examples
    --------
    >>> from regretlab.samplers import Setting
    >>> Uniform().fit(Setting(n=10, K=4, L=1.0, horizon=1)).uniforms
    4
    """

    title, source = "Examples uniformly at random", "Robbins & Monro 1951"
    learns = False
    replacement: bool = parameter(True, (True, False), "draw with replacement")

    @property
    def law(self) -> Law:
        n, K = self.run.n, self.run.K
        total = 1.0 if self.replacement else float(K)
        return Law(total=total, floor=total / n, cap=1.0, factor=1.0, max_weight=1.0)

    @property
    def uniforms(self) -> int:
        return self.run.K

    def init(self, replicates: int, xp: Any) -> State:
        return (xp.zeros((replicates,)),)

    def probabilities(self, state: State) -> Array:
        xp = array_namespace(state[0])
        return xp.full((state[0].shape[0], self.run.n), self.law.floor)

    def draw(self, state: State, u: Array) -> Draw:
        xp = array_namespace(u)
        n, K = self.run.n, self.run.K
        J = xp.astype(u * n, xp.int64) if self.replacement else _floyd(u, n)
        return Draw(J, xp.full(J.shape, 1 / K), xp.full(J.shape, self.law.floor))


def _floyd(u: Array, n: int) -> Array:
    """K distinct indices below n from K uniforms: take floor(u (i+1)), or i itself if that is taken already."""
    xp = array_namespace(u)
    K = u.shape[-1]
    chosen: list[Array] = []
    for k, i in enumerate(range(n - K, n)):
        j = xp.astype(u[:, k] * (i + 1), xp.int64)
        taken = xp.zeros(j.shape, dtype=xp.bool)
        for earlier in chosen:
            taken = taken | (earlier == j)
        chosen.append(xp.where(taken, i, j))
    return xp.stack(chosen, axis=-1)
