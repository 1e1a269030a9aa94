"""NosAdam."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from regretlab.errors import InputError
from regretlab.methods._base import Array
from regretlab.methods.adamnc import AdamNC
from regretlab.parameters import parameter

#: Sums of fewer terms are made term by term.
SHORT = 64


@dataclass(frozen=True)
class NosAdam(AdamNC):
    r"""NosAdam-HH (Huang, Wang & Dong 2019): older squares weigh more, by a hyperharmonic series.

    .. math:: \beta_{2,t} = \frac{B_{t-1}}{B_t}, \qquad B_t = \sum_{s\le t} s^{-\gamma}, \qquad
        v_t = \frac1{B_t} \sum_{s\le t} s^{-\gamma} g_s^2, \qquad
        x_{t+1} = \Pi_X\big(x_t - \alpha_t m_t/(\sqrt{v_t}+\epsilon)\big).

    Parameters
    ----------
    alpha, schedule, beta1, lam, eps
        As in :class:`AdamNC`.
    gamma : float in [0, 1)
        The paper's :math:`\gamma`; with 0 it is :class:`AdamNC`.

    Notes
    -----
    :math:`B_t/(t \alpha_t^2)` does not decrease, the condition of the paper's Theorem 3.1. Sums of 64 terms and more
    are taken from the Euler-Maclaurin formula, whose error is below their round-off.

    References
    ----------
    Huang, Wang & Dong (2019), "Nostalgic Adam: weighting more of the past gradients when designing the adaptive
    learning rate", Algorithm 1 and Corollary 3.2.

    Examples
    --------
    >>> import numpy as np
    >>> k = NosAdam(alpha=1, gamma=0.5).coefficients(np.array([1.0, 4.0]))
    >>> bool(np.isclose(k.om[1], (1 / 2) / (1 + 2**-0.5 + 3**-0.5 + 4**-0.5)))
    True
    """

    title, source = "NosAdam", "Huang, Wang & Dong 2019, Alg. 1"
    gamma: float = parameter(0.1, "[0, 1)", "the square of step s weighs s**-gamma")

    def share(self, t: Array) -> Array:
        r"""Return the weight of the newest square, :math:`t^{-\gamma}/B_t`.

        Raises
        ------
        InputError
            For a t that is no number, of which the sum has no closed form.
        """
        if t.dtype == object:
            raise InputError("the weights of nosadam have no closed form in t; state the claim of adamnc (gamma = 0).")
        short, constant = _sums(self.gamma)
        few = short[np.minimum(t, SHORT).astype(int) - 1]
        return np.asarray(t**-self.gamma / np.where(t <= SHORT, few, constant + _expansion(self.gamma, t)))


@cache
def _sums(gamma: float) -> tuple[Array, float]:
    """Return the sums of the first 1, 2, ... terms, and the constant of the expansion."""
    terms = [s**-gamma for s in range(1, SHORT + 1)]
    sums = np.array([math.fsum(terms[:t]) for t in range(1, SHORT + 1)])
    return sums, float(sums[-1] - _expansion(gamma, np.array(float(SHORT))))


def _expansion(gamma: float, t: Array) -> Array:
    """Return the Euler-Maclaurin expansion of the sum, without its constant, to the term of t**(-gamma - 5)."""
    third, fifth = math.prod(gamma + i for i in range(3)), math.prod(gamma + i for i in range(5))
    inner = -gamma / 12 + (third / 720 - fifth / 30240 / t**2) / t**2
    return np.asarray(t**-gamma * (t / (1 - gamma) + 0.5 + inner / t))
