"""Samplers over fixed batches: the examples are divided once, and every step draws one batch (Adam-APT, Adam-UNI)."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from regretlab.parameters import parameter
from regretlab.samplers._base import Array, Draw, Law, Sampler, Setting, State
from regretlab.samplers.adambs import AdamBS
from regretlab.samplers.orders import Uniform

PAPER = "Namkoong et al. 2017"


@dataclass(frozen=True)
class _FixedBatches(Sampler):
    r"""One of m fixed batches per step, by a sampler whose examples are the batches.

    .. math:: g_t = \frac{1}{n\, p_b} \sum_{j \in b} g_j, \qquad P(b_t = b) = p_b .

    Unbiased whatever the sizes: where K does not divide n, sizes differ by one, and a batch of K - 1 is filled up with
    an example of weight zero. The state is that of the sampler over batches.
    """

    partition: int = parameter(0, "[0, inf)", "which of the random divisions into batches", PAPER, integer=True)

    @cached_property
    def batches(self) -> tuple[np.ndarray, np.ndarray]:
        """The examples of every batch, (m, K), and which of them are real; the rest only fills a row up."""
        n, K = self.run.n, self.run.K
        order = np.argsort(np.random.SFC64(self.partition).random_raw(n), kind="stable")
        parts = np.array_split(order, math.ceil(n / K))
        members = np.stack([np.pad(part, (0, K - len(part)), mode="edge") for part in parts])
        return members, np.arange(K) < np.array([[len(part)] for part in parts])

    @cached_property
    def owner(self) -> np.ndarray:
        """The batch of every example, (n,)."""
        members, real = self.batches
        owner = np.empty(self.run.n, dtype=np.int64)
        owner[members[real]] = np.nonzero(real)[0]
        return owner

    @property
    def arms(self) -> Setting:
        """The run as the sampler over batches sees it; :meth:`observe` defines a batch's norm."""
        n, K = self.run.n, self.run.K
        m = math.ceil(n / K)
        return Setting(m, 1, self.run.L * math.sqrt(math.ceil(n / m) * m / n), self.run.horizon)

    @property
    @abstractmethod
    def over_batches(self) -> Sampler:
        """The sampler of batches, fitted to :attr:`arms`."""

    @property
    def law(self) -> Law:
        n, m, floor = self.run.n, self.arms.n, self.over_batches.law.floor
        return Law(total=n / m, floor=floor, cap=1.0, factor=1.0, max_weight=math.ceil(n / m) / (n * floor))

    @property
    def uniforms(self) -> int:
        return self.over_batches.uniforms

    def init(self, replicates: int, xp: Any) -> State:
        return self.over_batches.init(replicates, xp)

    def probabilities(self, state: State) -> Array:
        xp = array_namespace(state[0])
        return xp.take(self.over_batches.probabilities(state), xp.asarray(self.owner), axis=-1)

    def draw(self, state: State, u: Array) -> Draw:
        xp = array_namespace(state[0])
        b = self.over_batches.draw(state, u)
        J, real = (xp.take(xp.asarray(table), b.J[:, 0], axis=0) for table in self.batches)
        # The entries that fill a row up have weight 0 and, as they are never counted among the drawn, an infinite p.
        p = xp.where(real, b.p, xp.asarray(math.inf))
        return Draw(J, 1 / (self.run.n * p), p)

    def choices(self, squared_norms: Array) -> tuple[Array, Law]:
        return np.bincount(self.owner, squared_norms, minlength=self.arms.n), self.over_batches.law

    def observe(self, state: State, draw: Draw, norms: Array) -> State:
        r"""Return the state after a batch was seen, with the norm :math:`\sqrt{(m/n)\sum_{j\in b}\|g_j\|^2}`."""
        xp = array_namespace(norms)
        real = xp.isfinite(draw.p)
        squares = xp.sum(xp.where(real, norms * norms, xp.zeros_like(norms)), axis=-1, keepdims=True)
        b = xp.take(xp.asarray(self.owner), draw.J[:, 0])[:, None]
        m, p = self.arms.n, draw.p[:, :1]
        return self.over_batches.observe(state, Draw(b, 1 / (m * p), p), xp.sqrt(squares * m / self.run.n))


@dataclass(frozen=True)
class APT(_FixedBatches):
    r"""Adaptive probabilities over fixed batches (Adam-APT): AdamBS's bandit with batches for examples.

    .. math::
        l_b = \frac{L^2}{p_{\min}^2} - \frac{a_b^2}{p_b^2}, \quad a_b^2 = \frac mn \sum_{j\in b} \|g_j\|^2, \quad
        w_b = p_b e^{-\alpha_p l_b / p_b}, \quad
        p \leftarrow \arg\min_{q \ge p_{\min},\, \sum q = 1} \mathrm{KL}(q \,\|\, w).

    Parameters
    ----------
    gamma : float in (0, 1]
        The floor as a share of the uniform law over the m batches, ``p_min = gamma / m``.
    alpha_p : float in [0, inf), optional
        Step size; by default that of AdamBS's Lemma 1 for m arms and one draw, tied to the horizon.
    partition : int
        Seed of the division into batches: by the order of n raw words of SFC64.

    Notes
    -----
    The root mean square :math:`a_b` is at least the norm of the batch's mean gradient, and AdamBS's Section 5 allows an
    upper bound in its place; with it, :math:`V_t(p) = \sum_j \|g_j\|^2/p_{b(j)}` is what the bandit minimises. The
    sampler's regret is against the best law over the same batches. A fixed batch has no independent draws: the
    second moment of the estimate may be K times :math:`V_t/n^2`.

    References
    ----------
    Namkoong, Sinha, Yadlowsky & Duchi (2017); called Adam-APT in AdamBS (Liu et al. 2020), Table 1.

    Examples
    --------
    >>> s = APT(gamma=0.5).fit(Setting(n=10, K=4, L=1.0, horizon=100))
    >>> s.owner.max() + 1, s.law.floor
    (np.int64(3), 0.16666666666666666)
    """

    title, source = "Adaptive probabilities over fixed batches", "Namkoong et al. 2017, in AdamBS's Table 1"
    gamma: float = parameter(0.4, "(0, 1]", "floor as a share of uniform: p_min = gamma / m", PAPER)
    alpha_p: float | None = parameter(None, "[0, inf)", "step size; default as in AdamBS's Lemma 1 for m arms", PAPER)

    def tied(self, setting: Setting) -> dict[str, Any]:
        bandit = AdamBS(gamma=self.gamma, alpha_p=self.alpha_p).fit(replace(self, setting=setting).arms)
        return {"alpha_p": bandit.parameters()["alpha_p"]}

    @cached_property
    def over_batches(self) -> Sampler:
        return AdamBS(gamma=self.gamma, alpha_p=self.alpha_p).fit(self.arms)


@dataclass(frozen=True)
class UNI(_FixedBatches):
    """A fixed batch uniformly at random (Adam-UNI); where K divides n, the estimate is the batch's plain mean.

    Parameters
    ----------
    partition : int
        Seed of the division into batches: by the order of n raw words of SFC64.

    References
    ----------
    Namkoong, Sinha, Yadlowsky & Duchi (2017); called Adam-UNI in AdamBS (Liu et al. 2020), Table 1.

    Examples
    --------
    >>> UNI().fit(Setting(n=10, K=5, L=1.0, horizon=1)).law
    Law(total=5.0, floor=0.5, cap=1.0, factor=1.0, max_weight=1.0)
    """

    title, source = "Fixed batches, uniformly at random", "Namkoong et al. 2017, in AdamBS's Table 1"
    learns = False

    @cached_property
    def over_batches(self) -> Sampler:
        return Uniform().fit(self.arms)
