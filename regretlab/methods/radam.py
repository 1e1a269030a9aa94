"""RAdam."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from regretlab.methods._base import Array, MovingAverages, averages, remaining
from regretlab.methods._step import Coefficients, Moments, Project
from regretlab.parameters import parameter


@dataclass(frozen=True)
class RAdam(MovingAverages):
    r"""RAdam (Liu et al. 2020, Algorithm 2): Adam without its denominator until the variance of that is finite.

    .. math::
        \rho_\infty = \frac2{1-\beta_2}-1, \qquad \rho_t = \rho_\infty - \frac{2t\beta_2^t}{1-\beta_2^t}, \qquad
        r_t^2 = \frac{(\rho_t-4)(\rho_t-2)\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\rho_t}, \\
        x_{t+1} = \Pi_X\Big(x_t - \alpha_t \frac{m_t}{1-\beta_1^t}\,
        \frac{r_t\sqrt{1-\beta_2^t}}{\sqrt{v_t}+\epsilon}\Big) \text{ if } \rho_t > 4, \qquad
        \Pi_X\Big(x_t - \alpha_t \frac{m_t}{1-\beta_1^t}\Big) \text{ if not.}

    Parameters
    ----------
    alpha, schedule, beta1, beta2, lam
        As in :class:`Adam`.
    eps : float in [0, inf)
        Added to the uncorrected root; 0 in the algorithm.
    threshold : float in [4, inf)
        4 in Algorithm 2; the authors' program, PyTorch and optax take 5.

    Notes
    -----
    ``torch.optim.RAdam`` and ``optax.radam`` are this class with ``threshold=5, schedule="constant"``; optax takes
    :math:`\rho_t \ge 5`, and adds eps to the corrected root.

    References
    ----------
    Liu et al. (2020), "On the variance of the adaptive learning rate and beyond", Algorithm 2.

    Examples
    --------
    >>> method = RAdam(beta2=0.999)
    >>> [t for t in range(1, 9) if method.rectifier(t) is not None]
    [5, 6, 7, 8]
    """

    title, source = "RAdam", "Liu et al. 2020, Alg. 2"
    threshold: float = parameter(4.0, "[4, inf)", "of rho_t, above which the denominator is used")

    def rectifier(self, t: Any) -> float | None:
        r"""Return :math:`r_t` at one step; None where :math:`\rho_t` is not above the threshold."""
        last = 2 / (1 - self.beta2) - 1
        left = self.beta2**t
        rho = last - 2 * t * left / (1 - left)
        if rho <= self.threshold:
            return None
        return math.sqrt((rho - 4) * (rho - 2) * last / ((last - 4) * (last - 2) * rho))

    def coefficients(self, t: Array) -> Coefficients:
        eta, c = self.alpha_t(t) / remaining(self.beta1, t), 1 / remaining(self.beta2, t)
        return averages(t, self.beta1_t(t), self.beta2, eta=eta, c=c, eps=self.eps)

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        m = k.mu * state.m + k.nu * g
        v = k.beta * state.v + k.om * (g * g)
        factor, scale = self.rectifier(k.t), v * 0 + 1
        if factor is not None:
            scale = (ops.sqrt(v) + k.eps) * (math.sqrt(k.c) / factor)
        move = k.eta * m
        move = ops.where(move == 0, move, move / scale)
        return Moments(project(state.x - move, scale), m, v, v)
