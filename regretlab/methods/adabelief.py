"""AdaBelief."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from regretlab.methods._base import Array, MovingAverages, averages, remaining
from regretlab.methods._step import Coefficients, Moments, Project
from regretlab.parameters import parameter


@dataclass(frozen=True)
class AdaBelief(MovingAverages):
    r"""AdaBelief (Zhuang et al. 2020, Algorithm 2): Adam with the square of g's distance from its average.

    .. math::
        m_t &= \beta_{1,t} m_{t-1} + (1-\beta_{1,t}) g_t, \qquad
        s_t = \beta_2 s_{t-1} + (1-\beta_2)(g_t - m_t)^2 + \epsilon, \\
        x_{t+1} &= \Pi_X\Big(x_t - \alpha_t \frac{m_t/(1-\beta_1^t)}{\sqrt{s_t/(1-\beta_2^t)}+\epsilon}\Big),
        \qquad \beta_{1,t} = \beta_1\lambda^{t-1}.

    Parameters
    ----------
    alpha, schedule, beta1, beta2, lam
        As in :class:`Adam`.
    eps : float in [0, inf)
        The paper's, which is added to s in every step, and again to its root.

    Notes
    -----
    The state holds s as ``v``. ``optax.adabelief(eps=eps, eps_root=0)`` adds eps to the root alone; its ``eps_root`` is
    added to s in every step, so that with ``eps=eps, eps_root=eps`` it is this class to rounding.

    References
    ----------
    Zhuang et al. (2020), "AdaBelief optimizer: adapting stepsizes by the belief in observed gradients".

    Examples
    --------
    >>> import numpy as np
    >>> method, zero = AdaBelief(alpha=1, beta1=0.5, beta2=0.75, eps=0), np.zeros(1)
    >>> k = method.coefficients(np.array([1.0])).at(0)
    >>> method.step(Moments(zero, zero, zero, zero), np.array([2.0]), k, lambda x, weights: x, np).v
    array([0.25])
    """

    title, source = "AdaBelief", "Zhuang et al. 2020, Alg. 2"
    eps: float = parameter(1e-16, "[0, inf)", "added to s in every step, and to its root")

    def coefficients(self, t: Array) -> Coefficients:
        eta, c = self.alpha_t(t) / remaining(self.beta1, t), 1 / remaining(self.beta2, t)
        return averages(t, self.beta1_t(t), self.beta2, eta=eta, c=c, eps=self.eps)

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        m = k.mu * state.m + k.nu * g
        v = k.beta * state.v + k.om * ((g - m) * (g - m)) + k.eps
        scale = ops.sqrt(k.c * v) + k.eps
        move = k.eta * m
        move = ops.where(move == 0, move, move / scale)
        return Moments(project(state.x - move, scale), m, v, v)
