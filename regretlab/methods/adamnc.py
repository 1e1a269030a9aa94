"""AdamNC."""

from __future__ import annotations

from dataclasses import dataclass

from regretlab.methods._base import Array, Scheduled, decaying, generic
from regretlab.methods._step import Coefficients
from regretlab.parameters import parameter


@dataclass(frozen=True)
class AdamNC(Scheduled):
    r"""AdamNC (Reddi, Kale & Kumar 2018, Algorithm 3 and Corollary 2): Adam whose second moment is the mean.

    .. math:: \beta_{2,t} = 1 - \tfrac1t, \qquad v_t = \frac1t \sum_{s\le t} g_s^2, \qquad
        m_t = \beta_{1,t} m_{t-1} + (1-\beta_{1,t}) g_t, \qquad
        x_{t+1} = \Pi_X\big(x_t - \alpha_t m_t/(\sqrt{v_t}+\epsilon)\big).

    Parameters
    ----------
    alpha, schedule
        As in :class:`Adam`; Corollary 2 speaks of ``"sqrt"``, with which a step is :class:`AdaGrad`'s with momentum.
    beta1, lam : float
        :math:`\beta_{1,t} = \beta_1\lambda^{t-1}`, as in the corollary.
    eps : float in [0, inf)
        0 in the paper.

    Notes
    -----
    With ``beta1=0`` it is :class:`AdaGradMean`. There is no bias correction, as the weights of the mean sum to 1.

    References
    ----------
    Reddi, Kale & Kumar (2018), "On the convergence of Adam and beyond", Algorithm 3, Theorem 5, Corollary 2.

    Examples
    --------
    >>> import numpy as np
    >>> k = AdamNC(alpha=1, beta1=0.5).coefficients(np.array([1.0, 2.0]))
    >>> k.beta, k.om
    (array([0. , 0.5]), array([1. , 0.5]))
    """

    title, source = "AdamNC", "Reddi et al. 2018, Alg. 3"
    beta1: float = parameter(0.9, "[0, 1)", "first-moment decay; beta_{1,t} = beta1 * lam**(t-1)")
    lam: float = parameter(1.0, "(0, 1]", "decay of beta_{1,t}; 1 keeps beta1 constant")
    eps: float = parameter(0.0, "[0, inf)", "added to the root of the second moment")

    def coefficients(self, t: Array) -> Coefficients:
        beta1, new = self.beta1_t(t), self.share(t)
        return generic(t, mu=beta1, nu=1 - beta1, beta=1 - new, om=new, eta=self.alpha_t(t), eps=self.eps)

    def beta1_t(self, t: Array) -> Array | float:
        return decaying(self.beta1, self.lam, t)

    def share(self, t: Array) -> Array:
        """Return the weight of the newest square."""
        return 1 / t
