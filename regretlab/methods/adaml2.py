"""Adam with L2 regularisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from regretlab.methods._step import Coefficients, Project
from regretlab.methods.adam import Adam
from regretlab.parameters import parameter


@dataclass(frozen=True)
class AdamL2(Adam):
    r"""Adam with L2 regularisation (the weight-decay slides, "Adam (Adaptive Moments) I").

    .. math:: r_t = g_t + \lambda x_t \quad\text{takes the place of } g_t \text{ in both moments of Adam.}

    Parameters
    ----------
    alpha, schedule, beta1, beta2, lam, eps, bias_correction
        As in :class:`Adam`.
    weight_decay : float in [0, inf)
        :math:`\lambda`, the slides' :math:`1/C`: the gradient of :math:`\lambda\|x\|^2/2` is added to ``g``.

    Notes
    -----
    That slide divides by :math:`\sqrt r + \delta`, the next by :math:`\sqrt{\hat r} + \delta`; this class does the
    latter. The regulariser belongs to the method: losses, regret and gradient records speak of the problem without it.
    It enters the moments, which the generic step cannot do, so it runs on the array engine. With
    ``schedule="constant"`` this is ``torch.optim.Adam(weight_decay=weight_decay)`` to rounding. The decay of a
    coordinate is divided by the size of its gradients, so it is not :class:`AdamW`.

    Examples
    --------
    >>> import numpy as np
    >>> from regretlab.methods import Moments
    >>> method, x = AdamL2(alpha=0.1, weight_decay=0.1, eps=0), np.array([1.0])
    >>> k = method.coefficients(np.array([1.0])).at(0)
    >>> method.step(Moments(x, 0 * x, 0 * x, 0 * x), 0 * x, k, lambda x, weights: x, np).x
    array([0.9])
    """

    title, source = "Adam with L2", "weight-decay slides, Adam (Adaptive Moments) I"
    weight_decay: float = parameter(0.01, "[0, inf)", "lambda: lambda * x is added to the gradient")
    gradient = "g + lambda x"

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        return super().step(state, g + self.weight_decay * state.x, k, project, ops)
