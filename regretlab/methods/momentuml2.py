"""Momentum with L2 regularisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from regretlab.methods._step import Coefficients, Project
from regretlab.methods.momentum import Momentum
from regretlab.parameters import parameter


@dataclass(frozen=True)
class MomentumL2(Momentum):
    r"""Momentum with L2 regularisation (the first form of the weight-decay slides, "Weight Decay V").

    .. math:: m_t = \beta_1 m_{t-1} + (g_t + \lambda x_t), \qquad x_{t+1} = \Pi_X(x_t - \alpha_t m_t).

    Parameters
    ----------
    alpha, schedule, beta1
        As in :class:`Momentum`.
    weight_decay : float in [0, inf)
        :math:`\lambda`, the slides' :math:`1/C`: the gradient of :math:`\lambda\|x\|^2/2` is added to ``g``.

    Notes
    -----
    The regulariser belongs to the method: losses, regret and gradient records speak of the problem without it. It
    enters the moment, which the generic step cannot do, so it runs on the array engine. With ``schedule="constant"``
    this is ``torch.optim.SGD(momentum=beta1, weight_decay=weight_decay)`` to rounding. It is not :class:`MomentumW`.

    Examples
    --------
    >>> import numpy as np
    >>> from regretlab.methods import Moments
    >>> method = MomentumL2(alpha=0.5, beta1=0.5, weight_decay=1, schedule="constant")
    >>> k, x = method.coefficients(np.array([1.0])).at(0), np.array([1.0])
    >>> state = Moments(x, 0 * x, 0 * x, 0 * x)
    >>> for _ in range(3):
    ...     state = method.step(state, 0 * x, k, lambda x, weights: x, np)
    ...     print(state.x[0])
    0.5
    0.0
    -0.25
    """

    title, source = "Momentum with L2", "weight-decay slides, Weight Decay V"
    weight_decay: float = parameter(0.01, "[0, inf)", "lambda: lambda * x is added to the gradient")
    gradient = "g + lambda x"

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        return super().step(state, g + self.weight_decay * state.x, k, project, ops)
