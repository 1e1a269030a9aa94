"""Online gradient descent, which on mini-batches is SGD."""

from __future__ import annotations

from dataclasses import dataclass

from regretlab.methods._base import Array, Scheduled, generic
from regretlab.methods._step import Coefficients


@dataclass(frozen=True)
class SGD(Scheduled):
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
    >>> import numpy as np
    >>> SGD(alpha=2).coefficients(np.array([1.0, 4.0])).eta
    array([2., 1.])
    """

    title, source = "Online gradient descent / SGD", "Zinkevich 2003"

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, eta=self.alpha_t(t), p=0.0)
