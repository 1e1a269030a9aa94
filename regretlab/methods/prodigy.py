"""Prodigy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from regretlab.methods._base import Array, MovingAverages, averages
from regretlab.methods._step import Coefficients, Project
from regretlab.parameters import parameter


@dataclass(frozen=True)
class Prodigy(MovingAverages):
    r"""Prodigy (Mishchenko & Defazio 2024, Algorithm 4: the Adam version): Adam that estimates its own step size.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) d_t g_t, \qquad v_t = \beta_2 v_{t-1} + (1-\beta_2) d_t^2 g_t^2, \\
        r_t &= \sqrt{\beta_2}\, r_{t-1} + (1-\sqrt{\beta_2})\, \alpha_t d_t^2 \langle g_t, x_1 - x_t\rangle, \qquad
        s_t = \sqrt{\beta_2}\, s_{t-1} + (1-\sqrt{\beta_2})\, \alpha_t d_t^2 g_t, \\
        d_{t+1} &= \max\Big(d_t, \frac{r_t}{\|s_t\|_1}\Big), \qquad
        x_{t+1} = \Pi_X\Big(x_t - \alpha_t d_t \frac{m_t}{\sqrt{v_t}+d_t\epsilon}\Big).

    Parameters
    ----------
    alpha : float in (0, inf)
        The paper's :math:`\gamma_t`; 1 in the paper.
    schedule : {"constant", "sqrt"}
        ``"constant"`` is the default.
    beta1, beta2, lam, eps
        As in :class:`Adam`.
    d0 : float in (0, inf)
        The first estimate of the distance to the minimum, which can only grow; 1e-6 in the paper.

    References
    ----------
    Mishchenko & Defazio (2024), "Prodigy: an expeditiously adaptive parameter-free learner", Algorithm 4.

    Examples
    --------
    >>> import regretlab as rl
    >>> run = rl.simulate(rl.problems.LeastSquares("diabetes"), "prodigy", horizon=300)
    >>> bool((run.record.state_own_distance > 1e-6).all())
    True
    """

    title, source = "Prodigy", "Mishchenko & Defazio 2024, Alg. 4"
    alpha: float = parameter(1.0, "(0, inf)", "factor of the estimated step size")
    schedule: str = parameter("constant", ("sqrt", "constant"), "alpha_t = alpha / sqrt(t), or alpha (the paper's)")
    eps: float = parameter(1e-8, "[0, inf)", "added to the root of the second moment, times the estimate")
    d0: float = parameter(1e-6, "(0, inf)", "first estimate of the distance to the minimum")

    def coefficients(self, t: Array) -> Coefficients:
        return averages(t, self.beta1_t(t), self.beta2, eta=self.alpha_t(t), eps=self.eps)

    def init(self, d: int) -> dict[str, Any]:
        zero = np.zeros(d)
        return {"first": None, "m": zero, "v": zero, "s": zero, "r": np.zeros(1), "distance": np.array([self.d0])}

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        size, root = state.distance, k.beta**0.5
        m = k.mu * state.m + k.nu * (size * g)
        v = k.beta * state.v + k.om * (size * size * (g * g))
        gained = ops.sum(g * (state.first - state.x), axis=-1, keepdims=True)
        r = root * state.r + ((1 - root) * k.eta) * (size * size * gained)
        s = root * state.s + ((1 - root) * k.eta) * (size * size * g)
        length = ops.sum(ops.abs(s), axis=-1, keepdims=True)
        seen = ops.where(length == 0, size, r / ops.where(length == 0, size, length))
        move, scale = k.eta * (size * m), ops.sqrt(v) + size * k.eps
        move = ops.where(move == 0, move, move / scale)
        new = {"m": m, "v": v, "r": r, "s": s, "distance": ops.maximum(size, seen)}
        return state._replace(x=project(state.x - move, scale), **new)
