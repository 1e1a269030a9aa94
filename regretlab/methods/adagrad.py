"""AdaGrad, with the sum and with the mean of the squares."""

from __future__ import annotations

from dataclasses import dataclass

from regretlab.methods._base import Array, Scheduled, generic
from regretlab.methods._step import Coefficients
from regretlab.parameters import parameter


@dataclass(frozen=True)
class AdaGrad(Scheduled):
    r"""AdaGrad (Duchi, Hazan & Singer 2011, Figure 1: diagonal matrices, mirror descent).

    .. math:: v_t = \sum_{s\le t} g_s^2, \qquad x_{t+1} = \Pi_X\big(x_t - \alpha_t g_t/(\sqrt{v_t}+\epsilon)\big).

    Parameters
    ----------
    alpha : float in (0, inf)
        The paper's :math:`\eta`.
    schedule : {"constant", "sqrt"}
        The paper's is ``"constant"``, the default: the sum makes the steps smaller by itself.
    eps : float in [0, inf)
        The paper's :math:`\delta`.

    Notes
    -----
    With the default schedule this is ``torch.optim.Adagrad(eps=eps)`` to rounding. ``optax.adagrad`` starts from
    :math:`v_0 = 0.1` and adds ``eps`` under the root.

    References
    ----------
    Duchi, Hazan & Singer (2011), "Adaptive subgradient methods for online learning and stochastic optimization".

    Examples
    --------
    >>> import numpy as np
    >>> k = AdaGrad().coefficients(np.array([1.0, 4.0]))
    >>> k.beta, k.om, k.eta
    (array([1., 1.]), array([1., 1.]), array([0.001, 0.001]))
    """

    title, source = "AdaGrad", "Duchi, Hazan & Singer 2011"
    schedule: str = parameter("constant", ("sqrt", "constant"), "alpha_t = alpha / sqrt(t), or alpha (the paper's)")
    eps: float = parameter(0.0, "[0, inf)", "added to the root of the sum")

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, beta=1.0, om=1.0, eta=self.alpha_t(t), eps=self.eps)


@dataclass(frozen=True)
class AdaGradMean(Scheduled):
    r"""AdaGrad as the Padam slides print it, with the mean of the squares.

    .. math:: v_t = \frac1t\sum_{s\le t} g_s^2, \qquad
        x_{t+1} = \Pi_X\big(x_t - \alpha_t g_t/(\sqrt{v_t}+\epsilon)\big).

    Parameters
    ----------
    alpha : float in (0, inf)
        Step size.
    schedule : {"sqrt", "constant"}
        The slides leave :math:`\alpha_t` open.
    eps : float in [0, inf)
        0 on the slides.

    Notes
    -----
    With ``schedule="sqrt"`` and ``eps=0`` it is :class:`AdaGrad` to rounding, because
    :math:`\alpha/(\sqrt t\sqrt{v_t}) = \alpha/\sqrt{\sum g_s^2}`; a positive ``eps`` would have to be
    :math:`\epsilon/\sqrt t` here. With ``schedule="constant"`` it is another algorithm, whose steps do not get smaller.

    Examples
    --------
    >>> import numpy as np
    >>> k = AdaGradMean().coefficients(np.array([1.0, 4.0]))
    >>> k.beta, k.om
    (array([0.  , 0.75]), array([1.  , 0.25]))
    """

    title, source = "AdaGrad with the mean of the squares", "Padam slides"
    eps: float = parameter(0.0, "[0, inf)", "added to the root of the mean")

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, beta=(t - 1) / t, om=1 / t, eta=self.alpha_t(t), eps=self.eps)
