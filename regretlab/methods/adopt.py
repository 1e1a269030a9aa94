"""ADOPT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from regretlab.methods._base import Array, MovingAverages, averages
from regretlab.methods._step import Coefficients, Project
from regretlab.parameters import parameter


@dataclass(frozen=True)
class ADOPT(MovingAverages):
    r"""ADOPT (Taniguchi et al. 2024, Algorithm 2): a gradient is divided by the root of those before it.

    .. math:: v_1 = g_1^2; \qquad t \ge 2: \quad
        m_t = \beta_{1,t} m_{t-1} + (1-\beta_{1,t})
        \,\mathrm{Clip}\Big(\frac{g_t}{\max(\sqrt{v_{t-1}}, \epsilon)}, c_t\Big), \qquad
        x_{t+1} = \Pi_X(x_t - \alpha_t m_t), \qquad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2 .

    Parameters
    ----------
    alpha, schedule, beta1, lam
        As in :class:`Adam`.
    beta2 : float in [0, 1)
        0.9999 in the paper.
    eps : float in [0, inf)
        The least denominator; 1e-6 in the paper.
    clip : float in [0, 1]
        The paper's later :math:`c_t = (t-1)^{1/4}` is 0.25, the default; 0 clips nothing, as in its first version.

    Notes
    -----
    The first gradient makes no step. With ``clip=0`` no bound on the gradients is needed for its rate, and any beta2
    will do. Where no gradient has come before and ``eps=0``, the quotient has no value and counts as 0.

    References
    ----------
    Taniguchi et al. (2024), "ADOPT: modified Adam can converge with any beta2 with the optimal rate", Algorithm 2.

    Examples
    --------
    >>> import regretlab as rl
    >>> run = rl.simulate(rl.problems.Linear([[2.0]]), "adopt(alpha=0.5, beta1=0, schedule='constant')", horizon=2)
    >>> run.record.x.values[0, 0]
    array([-0.5])
    """

    title, source = "ADOPT", "Taniguchi et al. 2024, Alg. 2"
    beta2: float = parameter(0.9999, "[0, 1)", "second-moment decay")
    eps: float = parameter(1e-6, "[0, inf)", "the least denominator")
    clip: float = parameter(0.25, "[0, 1]", "quotients are clipped at (t-1)**clip; 0 clips nothing")

    def coefficients(self, t: Array) -> Coefficients:
        return averages(t, self.beta1_t(t), self.beta2, eta=self.alpha_t(t), p=0.0)

    def init(self, d: int) -> dict[str, Any]:
        return {"m": np.zeros(d), "v": np.zeros(d)}

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        if k.t == 1:
            return state._replace(x=project(state.x, g * 0 + 1), v=g * g)
        scale = ops.maximum(ops.sqrt(state.v), g * 0 + self.eps)
        share = ops.where(scale == 0, g * 0, g / ops.where(scale == 0, g * 0 + 1, scale))
        if self.clip:
            most = g * 0 + (k.t - 1) ** self.clip
            share = ops.maximum(-most, -ops.maximum(-share, -most))
        m = k.mu * state.m + k.nu * share
        v = k.beta * state.v + k.om * (g * g)
        return state._replace(x=project(state.x - k.eta * m, g * 0 + 1), m=m, v=v)
