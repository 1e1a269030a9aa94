"""Online gradient descent, which on mini-batches is SGD."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regretlab.methods._base import Array, Method, generic
from regretlab.methods._step import Coefficients
from regretlab.parameters import parameter


@dataclass(frozen=True)
class SGD(Method):
    r"""Projected online gradient descent (Zinkevich 2003); on mini-batches, stochastic gradient descent.

    .. math:: x_{t+1} = \Pi_X(x_t - \alpha_t g_t), \qquad \alpha_t = \alpha / \sqrt t.

    Parameters
    ----------
    alpha : float in (0, inf)
        Step size. The regret bound is minimised by ``D2 / (G2 * sqrt(2))``.
    schedule : {"sqrt", "constant"}
        ``"sqrt"`` is the theorem's; ``"constant"`` is ``torch.optim.SGD``'s default.

    References
    ----------
    Zinkevich (2003), "Online convex programming and generalized infinitesimal gradient ascent", Theorem 1.

    Examples
    --------
    >>> SGD(alpha=2).coefficients(np.array([1.0, 4.0])).eta
    array([2., 1.])
    """

    alpha: float = parameter(1e-3, "(0, inf)", "step size; alpha_t = alpha / sqrt(t), or alpha when constant")
    schedule: str = parameter("sqrt", ("sqrt", "constant"), "alpha_t = alpha / sqrt(t) (theory) or alpha (practice)")

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, eta=self.alpha / np.sqrt(t) if self.schedule == "sqrt" else self.alpha, p=0.0)
