"""Samplers that look before they draw: importance sampling on a big batch (Adam-IMPT), and on all examples (oracle)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace

from regretlab.errors import InputError
from regretlab.parameters import parameter
from regretlab.samplers._base import (
    Array,
    Draw,
    Law,
    Sampler,
    Setting,
    State,
    draw_with_replacement,
    scatter_add,
    take,
)  # fmt: skip

PAPER = "Katharopoulos & Fleuret 2018"


@dataclass(frozen=True)
class _Looking(Sampler):
    r"""K draws from p proportional to the gradient norms of a big batch S of B examples, repetitions counting.

    .. math::
        g_t = \frac1K \sum_k \frac{c_{I_k}\, g_{I_k}}{B\, p_{I_k}}, \qquad
        p_j = \frac{c_j \|g_j\|}{\sum_{i} c_i \|g_i\|}, \qquad c_j = \#\{s : S_s = j\}.

    The state is the law of one draw and the multiplicities c, of the last big batch that was looked at.
    """

    @property
    def law(self) -> Law:
        return Law(total=1.0, floor=0.0, cap=1.0, factor=1.0, max_weight=1.0)

    @property
    def size(self) -> int:
        """B, the number of examples looked at, with repetitions."""
        return self.run.n

    def init(self, replicates: int, xp: Any) -> State:
        n = self.run.n
        return xp.full((replicates, n), 1 / n), xp.full((replicates, n), self.size / n)

    def probabilities(self, state: State) -> Array:
        return state[0]

    def look(self, state: State, J: Array, norms: Array) -> State:
        xp = array_namespace(norms)
        nothing = xp.zeros_like(state[0])
        # Where no gradient is left there is nothing to prefer, and any law gives the same estimate: zero.
        flat = xp.sum(norms, axis=-1, keepdims=True) == 0
        scores = scatter_add(nothing, J, xp.where(flat, xp.ones_like(norms), norms))
        return scores / xp.sum(scores, axis=-1, keepdims=True), scatter_add(nothing, J, xp.ones_like(norms))

    def draw(self, state: State, u: Array) -> Draw:
        n, K, B = self.run.n, self.run.K, self.size
        J = draw_with_replacement(state[0], u[:, self.uniforms - K :])
        p = take(state[0], J) * B / (n * take(state[1], J))
        return Draw(J, 1 / (K * n * p), p)

    def variance(self, state: State, squared_norms: Array) -> Array:
        xp = array_namespace(squared_norms)
        p, count = state
        drawn = p > 0
        one = (self.run.n * count / self.size) ** 2 * squared_norms / xp.where(drawn, p, xp.ones_like(p))
        return xp.sum(xp.where(drawn, one, xp.zeros_like(one)), axis=-1)


@dataclass(frozen=True)
class IMPT(_Looking):
    r"""Importance sampling on a big batch (Adam-IMPT): look at B uniform examples, draw K by their gradient norms.

    .. math::
        S_1, \dots, S_B \sim \text{uniform}, \qquad r_s = \frac{\|g_{S_s}\|}{\sum_i \|g_{S_i}\|}, \qquad
        g_t = \frac1K \sum_{k=1}^K \frac{g_{S_{s_k}}}{B\, r_{s_k}}, \quad s_k \sim r .

    Given S the estimate has the mean of S as its expectation, and so is unbiased. It costs B gradient norms a step.

    Parameters
    ----------
    big_batch : int in [1, 1e6], optional
        B, at least K; by default 3 K (the authors' library takes 1024).

    Notes
    -----
    Both draws are with replacement, as in the authors' library. The paper turns importance sampling on only once it
    pays (its threshold tau) and bounds the norms of a network's gradients from above; here it is always on, and
    the norms are exact. ``probabilities`` is the law given the last big batch, and V_t its second moment,
    :math:`(n/B)^2 (\sum_s \|g_{S_s}\|)^2`. The weights have no bound, but the estimate has: its norm is at most L. The
    weights depend on the iterate, so the online losses f_t do too.

    References
    ----------
    Katharopoulos & Fleuret (2018), Algorithm 1; called Adam-IMPT in AdamBS (Liu et al. 2020), Section 5.

    Examples
    --------
    >>> IMPT().fit(Setting(n=100, K=4, L=1.0, horizon=10)).big_batch
    12
    """

    title, source = "Importance sampling on a big batch", "Katharopoulos & Fleuret 2018, Alg. 1"
    learns = False
    big_batch: int | None = parameter(None, "[1, 1e6]", "B: examples looked at; default 3 K", PAPER, integer=True)

    def tied(self, setting: Setting) -> dict[str, Any]:
        B = 3 * setting.K if self.big_batch is None else self.big_batch
        if B < setting.K:
            raise InputError(f"big_batch={B} is below batch_size={setting.K} ({PAPER}); look at more than is drawn.")
        return {"big_batch": B}

    @property
    def size(self) -> int:
        assert self.big_batch is not None
        return self.big_batch

    @property
    def uniforms(self) -> int:
        return self.size + self.run.K

    def looks_at(self, state: State, u: Array) -> Array:
        xp = array_namespace(u)
        return xp.astype(u[:, : self.size] * self.run.n, xp.int64)


@dataclass(frozen=True)
class Oracle(_Looking):
    r"""Full information: K draws with p proportional to every example's gradient norm, the yardstick of samplers.

    .. math:: p_j = \frac{\|g_j\|}{\sum_i \|g_i\|}, \qquad V_t(p) = \Big(\sum_j \|g_j\|\Big)^2 = \min_q V_t(q).

    It costs n gradient norms a step. Because it may change with every step, its regret against the best fixed law
    is never positive.

    References
    ----------
    AdamBS (Liu et al. 2020), Section 4.2.

    Examples
    --------
    >>> import numpy as np
    >>> s = Oracle().fit(Setting(n=3, K=1, L=1.0, horizon=1))
    >>> state = s.look(s.init(1, np), np.array([[0, 1, 2]]), np.array([[2.0, 1, 1]]))
    >>> s.probabilities(state), s.variance(state, np.array([[4.0, 1, 1]]))
    (array([[0.5 , 0.25, 0.25]]), array([16.]))
    """

    title, source = "Full information", "Zhao & Zhang 2015"
    learns = False

    @property
    def uniforms(self) -> int:
        return self.run.K

    def looks_at(self, state: State, u: Array) -> Array:
        xp = array_namespace(u)
        return xp.broadcast_to(xp.arange(self.run.n), (u.shape[0], self.run.n))
