"""Momentum with decoupled weight decay."""

from __future__ import annotations

from dataclasses import dataclass

from regretlab.methods._base import Array
from regretlab.methods._step import Coefficients
from regretlab.methods.momentum import Momentum
from regretlab.parameters import parameter


@dataclass(frozen=True)
class MomentumW(Momentum):
    r"""Momentum with decoupled weight decay (the second form of the weight-decay slides, "Weight Decay V").

    .. math:: m_t = \beta_1 m_{t-1} + g_t, \qquad
        x_{t+1} = \Pi_X\big((1 - \alpha_t\lambda)\, x_t - \alpha_t m_t\big).

    Parameters
    ----------
    alpha, schedule, beta1
        As in :class:`Momentum`.
    weight_decay : float in [0, inf)
        :math:`\lambda`, the slides' :math:`1/C`.

    Notes
    -----
    The slides call it equivalent to :class:`MomentumL2`. It is so only for ``beta1=0`` (or ``weight_decay=0``): with a
    constant step size the iterates differ by :math:`\alpha\beta_1\lambda x_1` after two steps. PyTorch has no such
    form; in optax it is a chain of ``trace``, ``add_decayed_weights`` and ``scale_by_learning_rate``. The SGDW of the
    reference (Algorithm 1) decays by :math:`\eta_t\lambda`, without :math:`\alpha`.

    References
    ----------
    Loshchilov & Hutter (2019), "Decoupled weight decay regularization", Algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> MomentumW(alpha=0.5, weight_decay=0.5).coefficients(np.array([1.0, 4.0])).wd
    array([0.25 , 0.125])
    """

    title, source = "Momentum, decoupled weight decay", "weight-decay slides, Weight Decay V"
    weight_decay: float = parameter(0.01, "[0, inf)", "lambda: x is multiplied by 1 - alpha_t * lambda")

    def coefficients(self, t: Array) -> Coefficients:
        return super().coefficients(t)._replace(wd=self.alpha_t(t) * self.weight_decay)
