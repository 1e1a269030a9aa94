"""NAdam."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regretlab.methods._base import Array, MovingAverages, generic, remaining
from regretlab.methods._step import Coefficients
from regretlab.parameters import parameter


@dataclass(frozen=True)
class NAdam(MovingAverages):
    r"""NAdam: Adam with Nesterov momentum (Dozat 2016, Algorithm 2).

    .. math::
        m_t &= \mu_t m_{t-1} + (1-\mu_t) g_t, \qquad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2, \qquad
        \mu_t = \beta_1\lambda^{t-1}, \\
        x_{t+1} &= \Pi_X\Big(x_t - \frac{\alpha_t}{\sqrt{v_t/(1-\beta_2^t)}+\epsilon}
        \Big(\frac{\mu_{t+1}\, m_t}{1-\prod_{s\le t+1}\mu_s} + \frac{(1-\mu_t)\, g_t}{1-\prod_{s\le t}\mu_s}\Big)\Big).

    Parameters
    ----------
    alpha, schedule, beta1, beta2, eps
        As in :class:`Adam`.
    lam : float in (0, 1]
        Decay of the momentum; 1 keeps :math:`\mu_t = \beta_1`.

    Notes
    -----
    The reference multiplies :math:`\hat v_t` by another :math:`\beta_2`, which no implementation follows. With
    ``schedule="constant", lam=1`` this is ``optax.nadam`` to rounding. ``torch.optim.NAdam`` warms the momentum up,
    :math:`\mu_t = \beta_1(1 - 0.96^{\psi t}/2)`, but averages :math:`m_t` with :math:`\beta_1`; its
    ``momentum_decay`` :math:`\psi = 10^6` switches that off and gives this class. The state holds
    :math:`\mu_{t+1} m_t/(1-\prod_{s\le t+1}\mu_s)`, which is finite for ``beta1=0`` too.

    References
    ----------
    Dozat (2016), "Incorporating Nesterov momentum into Adam", ICLR workshop, Algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> k = NAdam(beta1=0.5).coefficients(np.array([1.0]))
    >>> float(k.nu[0]), float(k.kap[0])
    (0.3333333333333333, 1.0)
    """

    title, source = "NAdam", "Dozat 2016, Alg. 2"
    eps: float = parameter(1e-8, "[0, inf)", "added to the root of the second moment")

    def coefficients(self, t: Array) -> Coefficients:
        weights, ahead = self._weights(t), self.beta1_t(t + 1) / self._weights(t + 1)
        fresh = 1 - self.beta1_t(t)
        return generic(
            t, mu=ahead * weights, nu=ahead * fresh, kap=fresh / weights, beta=self.beta2, om=1 - self.beta2,
            eta=self.alpha_t(t), c=1 / remaining(self.beta2, t), eps=self.eps,
        )  # fmt: skip

    def _weights(self, t: Array) -> Array:
        """Sum the weights of g_1, ..., g_t in m_t: 1 less the product of the mu_s."""
        return np.asarray(1 - self.beta1**t * self.lam ** (t * (t - 1) / 2))
