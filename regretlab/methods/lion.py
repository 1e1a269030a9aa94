"""Lion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from regretlab.methods._base import Array, Scheduled, averages
from regretlab.methods._step import Coefficients, Moments, Project
from regretlab.parameters import parameter


@dataclass(frozen=True)
class Lion(Scheduled):
    r"""Lion (Chen et al. 2023, Algorithm 2): the sign of an interpolation between momentum and gradient.

    .. math:: x_{t+1} = \Pi_X\big((1-\alpha_t\lambda)\,x_t
        - \alpha_t\,\mathrm{sign}(\beta_1 m_{t-1} + (1-\beta_1) g_t)\big), \qquad
        m_t = \beta_2 m_{t-1} + (1-\beta_2) g_t .

    Parameters
    ----------
    alpha : float in (0, inf)
        Each coordinate moves by it. The paper's :math:`\eta_t`.
    schedule : {"constant", "sqrt"}
        ``"constant"`` is the default.
    beta1, beta2 : float in [0, 1)
        Of the interpolation and of the momentum.
    weight_decay : float in [0, inf)
        The paper's :math:`\lambda`, multiplied by the step size as in :class:`AdamW`.

    Notes
    -----
    With ``schedule="constant"`` it is ``optax.lion`` to rounding. Steps do not shrink with the gradients.

    References
    ----------
    Chen et al. (2023), "Symbolic discovery of optimization algorithms", Algorithm 2.

    Examples
    --------
    >>> import regretlab as rl
    >>> rl.simulate(rl.problems.Linear([[3.0, -0.1]]), "lion(alpha=0.25)", horizon=2).record.x.values[0, 0]
    array([-0.5,  0.5])
    """

    title, source = "Lion", "Chen et al. 2023, Alg. 2"
    alpha: float = parameter(1e-4, "(0, inf)", "step size, by which each coordinate moves")
    schedule: str = parameter("constant", ("sqrt", "constant"), "alpha_t = alpha / sqrt(t), or alpha (the paper's)")
    beta1: float = parameter(0.9, "[0, 1)", "weight of the momentum in the step")
    beta2: float = parameter(0.99, "[0, 1)", "decay of the momentum")
    weight_decay: float = parameter(0.0, "[0, inf)", "lambda: decoupled, times the step size")

    def coefficients(self, t: Array) -> Coefficients:
        eta = self.alpha_t(t)
        return averages(t, self.beta2, 0.0, eta=eta, wd=eta * self.weight_decay, p=0.0)

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        mixed = self.beta1 * state.m + (1 - self.beta1) * g
        m = k.mu * state.m + k.nu * g
        x = project((1 - k.wd) * state.x - k.eta * ops.sign(mixed), g * 0 + 1)
        return Moments(x, m, state.v, state.v_hat)
