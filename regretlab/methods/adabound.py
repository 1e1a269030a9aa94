"""AdaBound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from regretlab.methods._base import Array, MovingAverages, averages
from regretlab.methods._step import Coefficients, Moments, Project
from regretlab.parameters import parameter


@dataclass(frozen=True)
class AdaBound(MovingAverages):
    r"""AdaBound (Luo, Xiong, Liu & Sun 2019, Algorithm 2): Adam's step sizes, clipped to bounds that meet.

    .. math::
        \eta_t &= \frac1{\sqrt t}\,\mathrm{Clip}\Big(\frac{\alpha}{\sqrt{v_t}},\,
            \alpha^*\Big(1-\frac1{\gamma t+1}\Big),\, \alpha^*\Big(1+\frac1{\gamma t}\Big)\Big), \\
        x_{t+1} &= \Pi_X\big(x_t - \eta_t \odot m_t\big) \quad\text{in the norm weighted by } 1/\eta_t .

    Parameters
    ----------
    alpha, beta1, beta2, lam
        As in :class:`Adam`. There is no bias correction in the algorithm.
    schedule : {"sqrt", "constant"}
        ``"sqrt"`` has the factor :math:`1/\sqrt t` of the algorithm; the authors' program leaves it out.
    final : float in (0, inf)
        :math:`\alpha^*`, to which both bounds converge; 0.1 in the paper.
    gamma : float in (0, inf)
        How fast they do; the paper's is :math:`1-\beta_2`.
    eps : float in [0, inf)
        Added to the root; 0 in the algorithm.

    Notes
    -----
    Where no gradient has come yet, :math:`\alpha/\sqrt{v_t}` is infinite and the upper bound holds.

    References
    ----------
    Luo, Xiong, Liu & Sun (2019), "Adaptive gradient methods with dynamic bound of learning rate", Algorithm 2 and
    Theorem 4, whose proof Savarese (2019), "On the convergence of AdaBound and its connection to SGD", corrects.

    Examples
    --------
    >>> import numpy as np
    >>> method, zero = AdaBound(alpha=1, beta1=0, final=0.1, gamma=1), np.zeros(1)
    >>> k = method.coefficients(np.array([1.0])).at(0)._replace(t=1)
    >>> method.step(Moments(zero, zero, zero, zero), np.array([2.0]), k, lambda x, weights: x, np).x
    array([-0.4])
    """

    title, source = "AdaBound", "Luo et al. 2019, Alg. 2"
    final: float = parameter(0.1, "(0, inf)", "step size to which both bounds converge")
    gamma: float = parameter(1e-3, "(0, inf)", "speed of the bounds")

    def coefficients(self, t: Array) -> Coefficients:
        return averages(t, self.beta1_t(t), self.beta2, eta=self.alpha_t(t), eps=self.eps)

    def ratchet(self, state: Any, v: Any, ops: Any) -> Any:
        """Return the second moment of the denominator."""
        return v

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        m = k.mu * state.m + k.nu * g
        v = k.beta * state.v + k.om * (g * g)
        v_hat = self.ratchet(state, v, ops)
        least, most = self.final * (1 - 1 / (self.gamma * k.t + 1)), self.final * (1 + 1 / (self.gamma * k.t))
        scale = ops.sqrt(v_hat) + k.eps
        size = ops.where(scale * most <= self.alpha, v * 0 + most, self.alpha / ops.maximum(scale, self.alpha / most))
        size = (k.eta / self.alpha) * ops.maximum(size, v * 0 + least)
        return Moments(project(state.x - size * m, 1 / size), m, v, v_hat)
