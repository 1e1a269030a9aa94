"""Nesterov momentum."""

from __future__ import annotations

from dataclasses import dataclass

from regretlab.methods._base import Array, Scheduled, generic
from regretlab.methods._step import Coefficients
from regretlab.parameters import parameter


@dataclass(frozen=True)
class Nesterov(Scheduled):
    r"""Gradient descent with Nesterov momentum (Nesterov 1983, as in Sutskever et al. 2013).

    .. math:: m_t = \beta_1 m_{t-1} + g_t, \qquad x_{t+1} = \Pi_X\big(x_t - \alpha_t (g_t + \beta_1 m_t)\big).

    Parameters
    ----------
    alpha : float in (0, inf)
        Step size.
    schedule : {"sqrt", "constant"}
        :math:`\alpha_t = \alpha/\sqrt t`, or :math:`\alpha`.
    beta1 : float in [0, 1)
        Momentum; 0 is :class:`SGD`.

    Notes
    -----
    The iterate x is the point that looks ahead, :math:`\theta_t + \beta_1 v_t` in Sutskever's
    :math:`v_{t+1} = \beta_1 v_t - \alpha\nabla f(\theta_t + \beta_1 v_t),\ \theta_{t+1} = \theta_t + v_{t+1}`: losses
    and regret are measured where gradients are taken. With ``schedule="constant"`` this is
    ``torch.optim.SGD(momentum=beta1, nesterov=True)`` and ``optax.sgd(momentum=beta1, nesterov=True)`` to rounding.
    The state holds :math:`\beta_1 m_t`.

    References
    ----------
    Sutskever, Martens, Dahl & Hinton (2013), "On the importance of initialization and momentum in deep learning",
    Eqs. (3)-(4).

    Examples
    --------
    >>> import numpy as np
    >>> k = Nesterov(beta1=0.5).coefficients(np.array([1.0, 2.0]))
    >>> k.mu, k.nu, k.kap
    (array([0.5, 0.5]), array([0.5, 0.5]), array([1., 1.]))
    """

    title, source = "SGD with Nesterov momentum", "Nesterov 1983; Sutskever et al. 2013, Eqs. 3-4"
    beta1: float = parameter(0.9, "[0, 1)", "what is kept of the sum of the gradients")

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, mu=self.beta1, nu=self.beta1, kap=1.0, eta=self.alpha_t(t), p=0.0)
