"""Padam."""

from __future__ import annotations

from dataclasses import dataclass

from regretlab.methods._base import Array, MovingAverages, averages
from regretlab.methods._step import Coefficients
from regretlab.parameters import parameter


@dataclass(frozen=True)
class Padam(MovingAverages):
    r"""Padam, the partially adaptive momentum estimation of the Padam slides (Chen & Gu 2018).

    .. math:: m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t, \quad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2, \quad
        \hat v_t = \max(\hat v_{t-1}, v_t), \quad x_{t+1} = \Pi_X\big(x_t - \alpha_t m_t/(\hat v_t^{\,p}+\epsilon)\big).

    Parameters
    ----------
    alpha, schedule, beta1, beta2, lam
        As in :class:`Adam`; alpha and p default to those of the authors' published runs.
    eps : float in [0, inf)
        0 on the slides.
    p : float in (0, 1/2]
        How adaptive it is. 1/2 is :class:`AMSGrad`, bit for bit; the slides say Adam, which has no maximum. As p tends
        to 0 it tends to :class:`Momentum` with the step size :math:`\alpha(1-\beta_1)`.

    Notes
    -----
    The slides' proof sketch prints :math:`\beta_1` in the second moment; the method's slide, and this class, have
    :math:`\beta_2`. The authors' code corrects the bias of both moments after the maximum (as PyTorch's AMSGrad, with
    :math:`\sqrt{1-\beta_2^t}` whatever p is), divides by :math:`(\sqrt{\hat v_t}+\epsilon)^{2p}` and has p = 1/4 by
    default. PyTorch and optax have no Padam.

    References
    ----------
    Chen & Gu (2018), "Closing the generalization gap of adaptive gradient methods in training deep neural networks".

    Examples
    --------
    >>> import numpy as np
    >>> k = Padam(p="1/8").coefficients(np.array([1.0, 2.0]))
    >>> k.rho, k.p
    (array([1., 1.]), 0.125)
    """

    title, source = "Padam", "Chen & Gu 2018; Padam slides"
    alpha: float = parameter(0.1, "(0, inf)", "step size; alpha_t = alpha / sqrt(t), or alpha when constant")
    p: float = parameter(0.125, "(0, 0.5]", "power of the second moment", "Padam slides")

    def coefficients(self, t: Array) -> Coefficients:
        return averages(t, self.beta1_t(t), self.beta2, rho=1.0, eta=self.alpha_t(t), p=self.p, eps=self.eps)
