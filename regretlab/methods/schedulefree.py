"""Schedule-Free learning: gradient descent and AdamW with interpolation and averaging in the place of a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from regretlab.errors import InputError
from regretlab.methods._base import Array, Method, generic
from regretlab.methods._step import Coefficients, Project
from regretlab.parameters import parameter


@dataclass(frozen=True)
class ScheduleFreeSGD(Method):
    r"""Schedule-Free SGD (Defazio et al. 2024, Equations 2-4).

    .. math::
        y_t &= (1-\beta_1) z_t + \beta_1 x_t, \qquad z_{t+1} = \Pi_X\big(z_t - \alpha\, \nabla f_t(y_t)\big), \\
        x_{t+1} &= \Big(1 - \frac1{t+1}\Big) x_t + \frac1{t+1} z_{t+1}, \qquad x_1 = z_1 .

    Parameters
    ----------
    alpha : float in (0, inf)
        The paper's :math:`\gamma`.
    beta1 : float in [0, 1)
        The paper's :math:`\beta`; 0 is gradient descent with averaged iterates.

    Notes
    -----
    Gradients are taken at y, the state's ``x``; losses are measured at the average x, its ``average``, as the paper's
    bound is. ``schedulefree.SGDScheduleFree`` averages with 1/t in place of 1/(t+1), so that z_1 is not in its average;
    optax's and pytorch-optimizer's do so too.

    References
    ----------
    Defazio, Yang, Mehta, Mishchenko, Khaled & Cutkosky (2024), "The road less scheduled".

    Examples
    --------
    >>> import regretlab as rl
    >>> lost = rl.problems.Linear([[0.3]])
    >>> run = rl.simulate(lost, "schedulefreesgd(alpha=1, beta1=0.5)", horizon=2)
    >>> run.record.state_own_z.values.ravel(), run.record.state_own_average.values.ravel().round(12)
    (array([-0.6]), array([-0.3]))
    """

    title, source = "Schedule-Free SGD", "Defazio et al. 2024, Eqs. 2-4"
    judged = "average"
    alpha: float = parameter(1.0, "(0, inf)", "step size")
    beta1: float = parameter(0.9, "[0, 1)", "how far y is from z to the average x")

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, eta=self.alpha, kap=1 / (t + 1), p=0.0)  # kap is the weight of z in the average

    def init(self, d: int) -> dict[str, Any]:
        return {"z": None, "average": None}

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        z = project(state.z - k.eta * g, g * 0 + 1)
        average = (1 - k.kap) * state.average + k.kap * z
        return state._replace(x=(1 - self.beta1) * z + self.beta1 * average, z=z, average=average)


@dataclass(frozen=True)
class ScheduleFreeAdamW(Method):
    r"""Schedule-Free AdamW (Defazio et al. 2024, Algorithm 1, without a warm-up).

    .. math::
        y_t &= (1-\beta_1) z_t + \beta_1 x_t, \qquad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2, \qquad
        \gamma_t = \alpha \sqrt{1-\beta_2^t}, \\
        z_{t+1} &= \Pi_X\Big(z_t - \gamma_t \frac{g_t}{\sqrt{v_t}+\epsilon} - \gamma_t\lambda y_t\Big), \qquad
        x_{t+1} = (1 - c_{t+1}) x_t + c_{t+1} z_{t+1}, \quad c_{t+1} = \gamma_t^2 \Big/ \sum_{s\le t}\gamma_s^2 .

    Parameters
    ----------
    alpha : float in (0, inf)
        The paper's :math:`\gamma`.
    beta1, beta2 : float in [0, 1)
    eps : float in [0, inf)
    weight_decay : float in [0, inf)
        :math:`\lambda`, of y.

    Notes
    -----
    Gradients are taken at y, the state's ``x``; losses are measured at the average x, its ``average``. This is
    ``schedulefree.AdamWScheduleFreePaper``. ``AdamWScheduleFree``, the package's main one, has the correction of the
    bias at v_t, so that eps is added after it and the average is a plain one, c_{t+1} = 1/t.

    References
    ----------
    Defazio, Yang, Mehta, Mishchenko, Khaled & Cutkosky (2024), "The road less scheduled", Algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> k = ScheduleFreeAdamW(alpha=1, beta2=0.75).coefficients(np.array([1.0, 2.0]))
    >>> k.eta.round(6), k.kap.round(6)
    (array([0.5     , 0.661438]), array([1.      , 0.636364]))
    """

    title, source = "Schedule-Free AdamW", "Defazio et al. 2024, Alg. 1"
    judged = "average"
    alpha: float = parameter(0.0025, "(0, inf)", "step size")
    beta1: float = parameter(0.9, "[0, 1)", "how far y is from z to the average x")
    beta2: float = parameter(0.999, "[0, 1)", "second-moment decay")
    eps: float = parameter(1e-8, "[0, inf)", "added to the root of the second moment")
    weight_decay: float = parameter(0.0, "[0, inf)", "lambda: z moves by -gamma_t * lambda * y")

    def coefficients(self, t: Array) -> Coefficients:
        """Give the coefficients of steps ``t``, as numbers.

        Raises
        ------
        InputError
            For a t that is no number, of which the sum of the squared step sizes has no closed form.
        """
        if t.dtype == object:
            raise InputError("the weights of schedulefreeadamw have no closed form in t; take schedulefreesgd.")
        left = _left(self.beta2, t)
        eta, share = self.alpha * left**0.5, left / _sum_of_left(self.beta2, t)
        return generic(
            t, beta=self.beta2, om=1 - self.beta2, eta=eta, kap=share, wd=eta * self.weight_decay, eps=self.eps
        )

    def init(self, d: int) -> dict[str, Any]:
        return {"z": None, "average": None, "v": np.zeros(d)}

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        v = k.beta * state.v + k.om * (g * g)
        scale = ops.sqrt(k.c * v) + k.eps
        move = k.eta * g
        move = ops.where(move == 0, move, move / scale) + k.wd * state.x
        z = project(state.z - move, scale)
        average = (1 - k.kap) * state.average + k.kap * z
        return state._replace(x=(1 - self.beta1) * z + self.beta1 * average, z=z, average=average, v=v)


#: Steps up to which sums are added up, as their formula loses digits to cancellation there.
FEW = 4096


def _left(beta: float, t: Array) -> Array:
    """1 - beta**t to all digits."""
    with np.errstate(divide="ignore"):
        return np.asarray(-np.expm1(t * np.log(beta)))


def _sum_of_left(beta: float, t: Array) -> Array:
    """Sum 1 - beta**s over s <= t."""
    few = np.cumsum(_left(beta, np.arange(1.0, FEW + 1)))
    many = t - beta * _left(beta, t) / (1 - beta)
    return np.where(t <= FEW, few[np.minimum(t, FEW).astype(int) - 1], many)
