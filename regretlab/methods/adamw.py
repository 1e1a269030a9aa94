"""Adam with decoupled weight decay."""

from __future__ import annotations

from dataclasses import dataclass

from regretlab.methods._base import Array
from regretlab.methods._step import Coefficients
from regretlab.methods.adam import Adam
from regretlab.parameters import parameter


@dataclass(frozen=True)
class AdamW(Adam):
    r"""AdamW: Adam with decoupled weight decay (Loshchilov & Hutter 2019; the weight-decay slides, "AdamW I").

    .. math:: x_{t+1} = \Pi_X\big((1 - \alpha_t\lambda)\, x_t - \alpha_t \hat m_t/(\sqrt{\hat v_t}+\epsilon)\big)

    with the moments of :class:`Adam`.

    Parameters
    ----------
    alpha, schedule, beta1, beta2, lam, eps, bias_correction
        As in :class:`Adam`.
    weight_decay : float in [0, inf)
        :math:`\lambda`, the slides' :math:`1/\zeta`.

    Notes
    -----
    The decay is :math:`\alpha_t\lambda`, as on the slides, in PyTorch and in optax; the reference's Algorithm 2 decays
    by :math:`\eta_t\lambda`, without :math:`\alpha`. With ``schedule="constant"`` this is ``torch.optim.AdamW`` and
    ``optax.adamw`` (whose own default decay is 1e-4) to rounding. It is not :class:`AdamL2`.

    References
    ----------
    Loshchilov & Hutter (2019), "Decoupled weight decay regularization", Algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> AdamW(alpha=0.5, weight_decay=0.5).coefficients(np.array([1.0, 4.0])).wd
    array([0.25 , 0.125])
    """

    title, source = "AdamW", "Loshchilov & Hutter 2019; weight-decay slides, AdamW I"
    weight_decay: float = parameter(0.01, "[0, inf)", "lambda: x is multiplied by 1 - alpha_t * lambda")

    def coefficients(self, t: Array) -> Coefficients:
        return super().coefficients(t)._replace(wd=self.alpha_t(t) * self.weight_decay)
