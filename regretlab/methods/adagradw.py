"""AdaGrad with decoupled weight decay."""

from __future__ import annotations

from dataclasses import dataclass

from regretlab.methods._base import Array
from regretlab.methods._step import Coefficients
from regretlab.methods.adagrad import AdaGrad
from regretlab.parameters import parameter


@dataclass(frozen=True)
class AdaGradW(AdaGrad):
    r"""AdaGrad with decoupled weight decay (advocated on the weight-decay slides, "Weight Decay IV").

    .. math:: v_t = \sum_{s\le t} g_s^2, \qquad
        x_{t+1} = \Pi_X\big((1 - \alpha_t\lambda)\, x_t - \alpha_t g_t/(\sqrt{v_t}+\epsilon)\big).

    Parameters
    ----------
    alpha, schedule, eps
        As in :class:`AdaGrad`.
    weight_decay : float in [0, inf)
        :math:`\lambda`, the slides' :math:`1/C`.

    Notes
    -----
    Every coordinate decays at the same rate; with L2 regularisation (:class:`AdaGradL2`) each decays at its own.
    PyTorch and optax have no such optimiser by name.

    References
    ----------
    Loshchilov & Hutter (2019), "Decoupled weight decay regularization".

    Examples
    --------
    >>> import numpy as np
    >>> AdaGradW(alpha=0.5, weight_decay=0.5).coefficients(np.array([1.0, 4.0])).wd
    array([0.25, 0.25])
    """

    title, source = "AdaGrad, decoupled weight decay", "weight-decay slides, Weight Decay IV"
    weight_decay: float = parameter(0.01, "[0, inf)", "lambda: x is multiplied by 1 - alpha_t * lambda")

    def coefficients(self, t: Array) -> Coefficients:
        return super().coefficients(t)._replace(wd=self.alpha_t(t) * self.weight_decay)
