"""AdaGrad with L2 regularisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from regretlab.methods._step import Coefficients, Project
from regretlab.methods.adagrad import AdaGrad
from regretlab.parameters import parameter


@dataclass(frozen=True)
class AdaGradL2(AdaGrad):
    r"""AdaGrad with L2 regularisation (the weight-decay slides, "Weight Decay IV").

    .. math:: r_t = g_t + \lambda x_t, \qquad v_t = \sum_{s\le t} r_s^2, \qquad
        x_{t+1} = \Pi_X\big(x_t - \alpha_t r_t/(\sqrt{v_t}+\epsilon)\big).

    Parameters
    ----------
    alpha, schedule, eps
        As in :class:`AdaGrad`.
    weight_decay : float in [0, inf)
        :math:`\lambda`, the slides' :math:`1/C`: the gradient of :math:`\lambda\|x\|^2/2` is added to ``g``.

    Notes
    -----
    The regulariser belongs to the method: losses, regret and gradient records speak of the problem without it. It
    enters the moment, which the generic step cannot do, so it runs on the array engine. With the default schedule this
    is ``torch.optim.Adagrad(weight_decay=weight_decay, eps=eps)`` to rounding.

    Examples
    --------
    >>> import numpy as np
    >>> from regretlab.methods import Moments
    >>> method, x = AdaGradL2(alpha=1, weight_decay=1), np.array([1.0])
    >>> k = method.coefficients(np.array([1.0])).at(0)
    >>> method.step(Moments(x, 0 * x, 0 * x, 0 * x), np.array([1.0]), k, lambda x, weights: x, np).x
    array([0.])
    """

    title, source = "AdaGrad with L2", "weight-decay slides, Weight Decay IV"
    weight_decay: float = parameter(0.01, "[0, inf)", "lambda: lambda * x is added to the gradient")
    gradient = "g + lambda x"

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        return super().step(state, g + self.weight_decay * state.x, k, project, ops)
