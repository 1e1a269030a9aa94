"""Yogi."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from regretlab.methods._base import Array, MovingAverages, averages
from regretlab.methods._step import Coefficients, Moments, Project
from regretlab.parameters import parameter


@dataclass(frozen=True)
class Yogi(MovingAverages):
    r"""Yogi (Zaheer et al. 2018, Algorithm 2): the second moment moves by at most a share of the square.

    .. math::
        m_t &= \beta_{1,t} m_{t-1} + (1-\beta_{1,t}) g_t, \qquad
        v_t = v_{t-1} - (1-\beta_2)\,\mathrm{sign}(v_{t-1} - g_t^2)\, g_t^2, \\
        x_{t+1} &= \Pi_X\big(x_t - \alpha_t m_t/(\sqrt{v_t}+\epsilon)\big), \qquad \beta_{1,t} = \beta_1\lambda^{t-1}.

    Parameters
    ----------
    alpha, schedule, beta1, beta2, lam
        As in :class:`Adam`.
    eps : float in [0, inf)
        The paper's.

    Notes
    -----
    As in the algorithm, nothing is corrected, and :math:`v_0 = 0`. ``optax.yogi`` corrects both moments as Adam does,
    and begins both at 1e-6.

    References
    ----------
    Zaheer, Reddi, Sachan, Kale & Kumar (2018), "Adaptive methods for nonconvex optimization".

    Examples
    --------
    >>> import numpy as np
    >>> method, zero, one = Yogi(alpha=1, beta2=0.75), np.zeros(1), np.ones(1)
    >>> k = method.coefficients(np.array([1.0])).at(0)
    >>> method.step(Moments(zero, zero, 9 * one, zero), 2 * one, k, lambda x, weights: x, np).v
    array([8.])
    """

    title, source = "Yogi", "Zaheer et al. 2018, Alg. 2"
    eps: float = parameter(1e-3, "[0, inf)", "added to the root of the second moment")

    def coefficients(self, t: Array) -> Coefficients:
        return averages(t, self.beta1_t(t), self.beta2, eta=self.alpha_t(t), eps=self.eps)

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        m = k.mu * state.m + k.nu * g
        square = g * g
        v = state.v - k.om * ops.sign(state.v - square) * square
        scale = ops.sqrt(v) + k.eps
        move = k.eta * m
        move = ops.where(move == 0, move, move / scale)
        return Moments(project(state.x - move, scale), m, v, v)
