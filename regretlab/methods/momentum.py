"""Heavy-ball momentum."""

from __future__ import annotations

from dataclasses import dataclass

from regretlab.methods._base import Array, Scheduled, generic
from regretlab.methods._step import Coefficients
from regretlab.parameters import parameter


@dataclass(frozen=True)
class Momentum(Scheduled):
    r"""Gradient descent with heavy-ball momentum (Polyak 1964; "SGD + Momentum" of the Padam slides).

    .. math:: m_t = \beta_1 m_{t-1} + g_t, \qquad x_{t+1} = \Pi_X(x_t - \alpha_t m_t).

    Parameters
    ----------
    alpha : float in (0, inf)
        Step size.
    schedule : {"sqrt", "constant"}
        :math:`\alpha_t = \alpha/\sqrt t`, or :math:`\alpha`.
    beta1 : float in [0, 1)
        The slides' :math:`\beta`; 0 is :class:`SGD`.

    Notes
    -----
    The sum is not an average: a constant gradient moves x by :math:`\alpha/(1-\beta_1)` per step in the end. With
    ``schedule="constant"`` this is ``torch.optim.SGD(momentum=beta1)`` and ``optax.sgd(momentum=beta1)`` to rounding.
    The weight-decay slides write :math:`v \leftarrow \alpha v - \eta g,\ \theta \leftarrow \theta + v`, which is the
    same for a constant :math:`\eta = \alpha_t` (:math:`v = -\eta m`) and another algorithm for one that changes.

    References
    ----------
    Polyak (1964), "Some methods of speeding up the convergence of iteration methods".

    Examples
    --------
    >>> import numpy as np
    >>> k = Momentum(beta1=0.5).coefficients(np.array([1.0, 2.0]))
    >>> k.mu, k.nu, k.p
    (array([0.5, 0.5]), array([1., 1.]), 0.0)
    """

    title, source = "SGD with heavy-ball momentum", "Polyak 1964; Padam slides"
    beta1: float = parameter(0.9, "[0, 1)", "what is kept of the sum of the gradients")

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, mu=self.beta1, eta=self.alpha_t(t), p=0.0)
