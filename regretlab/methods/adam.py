"""Adam."""

from __future__ import annotations

from dataclasses import dataclass

from regretlab.methods._base import Array, MovingAverages, averages, remaining
from regretlab.methods._step import Coefficients
from regretlab.parameters import parameter


@dataclass(frozen=True)
class Adam(MovingAverages):
    r"""Adam (Kingma & Ba 2015, Algorithm 1, with the schedules of their Theorem 4.1).

    .. math::
        m_t &= \beta_{1,t} m_{t-1} + (1-\beta_{1,t}) g_t, \qquad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2, \\
        x_{t+1} &= \Pi_X\big(x_t - \alpha_t \hat m_t / (\sqrt{\hat v_t} + \epsilon)\big), \qquad
        \hat m_t = m_t / (1-\beta_1^t), \quad \hat v_t = v_t / (1-\beta_2^t).

    Parameters
    ----------
    alpha, beta1, beta2, eps
        As in Algorithm 1; defaults are the paper's.
    lam : float in (0, 1]
        :math:`\beta_{1,t} = \beta_1\lambda^{t-1}`. Algorithm 1 is ``lam=1``; the regret theorem needs ``lam < 1``.
    schedule : {"sqrt", "constant"}
        Theorem 4.1 speaks of ``"sqrt"``, the default here; Algorithm 1 and PyTorch use ``"constant"``.
    bias_correction : bool
        Whether :math:`\hat m, \hat v` are divided by :math:`1-\beta^t`.

    Notes
    -----
    With ``schedule="constant", lam=1`` this is ``torch.optim.Adam`` and ``optax.adam`` to rounding. With ``lam < 1``
    the paper keeps the correction :math:`1-\beta_1^t`, although the weights of :math:`m_t` then sum to
    :math:`1-\prod_s\beta_{1,s}`; so does this class. ``torch.optim.Adam`` handed a decaying beta1 corrects by
    :math:`1-\beta_{1,t}^t` instead.

    Losses times s leave the steps as they are if ``eps=0`` and no square leaves the range of floats; a positive eps is
    compared with gradients, so that with it steps and regret depend on the unit of the losses.

    References
    ----------
    Kingma & Ba (2015), Algorithm 1 and Theorem 4.1.

    Examples
    --------
    >>> import numpy as np
    >>> k = Adam(alpha=1, beta1=0.5, beta2=0.75).coefficients(np.array([1.0]))
    >>> float(k.eta[0]), float(k.c[0])
    (2.0, 4.0)
    """

    title, source = "Adam", "Kingma & Ba 2015, Alg. 1"
    eps: float = parameter(1e-8, "[0, inf)", "added to the root of the second moment")
    bias_correction: bool = parameter(True, (True, False), "divide the moments by 1 - beta**t")

    def coefficients(self, t: Array) -> Coefficients:
        eta: Array = self.alpha_t(t)
        c: Array | float = 1.0
        if self.bias_correction:
            eta, c = eta / remaining(self.beta1, t), 1 / remaining(self.beta2, t)
        return averages(t, self.beta1_t(t), self.beta2, eta=eta, c=c, eps=self.eps)
