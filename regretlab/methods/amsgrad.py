"""AMSGrad."""

from __future__ import annotations

from dataclasses import dataclass

from regretlab.methods._base import Array, MovingAverages, averages
from regretlab.methods._step import Coefficients


@dataclass(frozen=True)
class AMSGrad(MovingAverages):
    r"""AMSGrad (Reddi, Kale & Kumar 2018, Algorithm 2).

    .. math:: \hat v_t = \max(\hat v_{t-1}, v_t), \qquad
        x_{t+1} = \Pi_{X,\sqrt{\hat v_t}}\big(x_t - \alpha_t m_t/(\sqrt{\hat v_t}+\epsilon)\big), \qquad
        \alpha_t = \alpha/\sqrt t .

    Parameters
    ----------
    alpha, beta1, beta2, lam, schedule
        As in :class:`Adam`; Corollary 1 has :math:`\beta_{1,t}=\beta_1\lambda^{t-1}`.
    eps : float in [0, inf)
        0 in the paper.

    Notes
    -----
    There is no bias correction, as in the paper. ``torch.optim.Adam(amsgrad=True)`` corrects the bias after the
    maximum and ``optax.amsgrad`` by default takes the maximum after the correction: three different algorithms. With
    ``bias_correction_mu=False, bias_correction_nu=False`` (optax 0.2.7 and later) optax's is the paper's.

    References
    ----------
    Reddi, Kale & Kumar (2018), Algorithm 2, Theorem 4, Corollary 1.

    Examples
    --------
    >>> import numpy as np
    >>> AMSGrad().coefficients(np.array([1.0, 2.0])).rho
    array([1., 1.])
    """

    title, source = "AMSGrad", "Reddi, Kale & Kumar 2018, Alg. 2"

    def coefficients(self, t: Array) -> Coefficients:
        return averages(t, self.beta1_t(t), self.beta2, rho=1.0, eta=self.alpha_t(t), eps=self.eps)
