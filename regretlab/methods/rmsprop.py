"""RMSprop."""

from __future__ import annotations

from dataclasses import dataclass

from regretlab.methods._base import Array, Scheduled, generic
from regretlab.methods._step import Coefficients
from regretlab.parameters import parameter


@dataclass(frozen=True)
class RMSprop(Scheduled):
    r"""RMSprop (Hinton's lecture 6 of 2012, as the Padam slides print it).

    .. math:: v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2, \qquad
        x_{t+1} = \Pi_X\big(x_t - \alpha_t g_t/(\sqrt{v_t}+\epsilon)\big).

    Parameters
    ----------
    alpha : float in (0, inf)
        Step size.
    schedule : {"sqrt", "constant"}
        :math:`\alpha_t = \alpha/\sqrt t`, or :math:`\alpha`.
    beta2 : float in [0, 1)
        The slides' :math:`\beta`; 0.9 is the lecture's.
    eps : float in [0, inf)
        0 on the slides.

    Notes
    -----
    It is Adam with ``beta1=0, bias_correction=False``. With ``schedule="constant"`` it is
    ``torch.optim.RMSprop(alpha=beta2, eps=eps)``, whose own defaults are 0.99 and 1e-8, and
    ``optax.rmsprop(decay=beta2, eps=eps, eps_in_sqrt=False)`` to rounding; by default optax adds
    ``eps`` under the root.

    References
    ----------
    Tieleman & Hinton (2012), "Neural networks for machine learning", lecture 6.

    Examples
    --------
    >>> import numpy as np
    >>> k = RMSprop(beta2=0.75).coefficients(np.array([1.0, 4.0]))
    >>> k.beta, k.om, k.mu
    (array([0.75, 0.75]), array([0.25, 0.25]), array([0., 0.]))
    """

    title, source = "RMSprop", "Tieleman & Hinton 2012; Padam slides"
    beta2: float = parameter(0.9, "[0, 1)", "second-moment decay")
    eps: float = parameter(0.0, "[0, inf)", "added to the root of the second moment")

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, beta=self.beta2, om=1 - self.beta2, eta=self.alpha_t(t), eps=self.eps)
