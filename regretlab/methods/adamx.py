"""AdamX."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regretlab.methods._base import Array, MovingAverages, averages
from regretlab.methods._step import Coefficients
from regretlab.parameters import parameter


@dataclass(frozen=True)
class AdamX(MovingAverages):
    r"""AdamX (Tran & Phong 2019, Algorithm 2): AMSGrad whose ratchet follows the momentum schedule.

    .. math:: \hat v_1 = v_1, \qquad
        \hat v_t = \max\Big\{\Big(\tfrac{1-\beta_{1,t}}{1-\beta_{1,t-1}}\Big)^2 \hat v_{t-1},\, v_t\Big\}, \qquad
        x_{t+1} = \Pi_X\big(x_t - \alpha_t m_t/(\sqrt{\hat v_t}+\epsilon)\big).

    Parameters
    ----------
    alpha, beta1, beta2, schedule
        As in :class:`Adam`.
    lam : float in (0, 1]
        :math:`\beta_{1,t} = \beta_1\lambda^{t-1}`; with ``lam=1`` AdamX *is* AMSGrad. The default is the paper's.
    eps : float in [0, inf)
        0 in the theorem.

    Notes
    -----
    Differs from AMSGrad only in ``rho``; there is no bias correction.

    References
    ----------
    Tran & Phong (2019), "On the convergence proof of AMSGrad and a new version", Algorithm 2, Theorem 5.1.

    Examples
    --------
    >>> AdamX(beta1=0.5, lam=0.5).coefficients(np.array([1.0, 2.0])).rho
    array([0.  , 2.25])
    """

    title, source = "AdamX", "Tran & Phong 2019, Alg. 2"
    lam: float = parameter(1 - 1e-8, "(0, 1]", "decay of beta_{1,t}; 1 keeps beta1 constant and gives AMSGrad")

    def coefficients(self, t: Array) -> Coefficients:
        beta1 = self.beta1_t(t)
        before = np.where(t == 1, 0.0, self.beta1_t(np.maximum(t - 1, 1)))
        rho = np.where(t == 1, 0.0, ((1 - beta1) / (1 - before)) ** 2)
        return averages(t, beta1, self.beta2, rho=rho, eta=self.alpha_t(t), eps=self.eps)
