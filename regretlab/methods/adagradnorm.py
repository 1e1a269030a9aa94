"""AdaGrad-Norm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from regretlab.methods._base import Array, Scheduled, generic
from regretlab.methods._step import Coefficients, Project
from regretlab.parameters import parameter


@dataclass(frozen=True)
class AdaGradNorm(Scheduled):
    r"""AdaGrad-Norm (Ward, Wu & Bottou 2019, Algorithm 1): one step size, from the sum of the squared norms.

    .. math:: b_t^2 = b_0^2 + \sum_{s\le t} \|g_s\|_2^2, \qquad x_{t+1} = \Pi_X\big(x_t - \alpha_t g_t / b_t\big).

    Parameters
    ----------
    alpha : float in (0, inf)
        The paper's :math:`\eta`. For convex losses on a domain of diameter D the regret is least at
        :math:`D/\sqrt2` (Streeter & McMahan 2010).
    schedule : {"constant", "sqrt"}
        The paper's is ``"constant"``, the default.
    b0 : float in [0, inf)
        The paper's :math:`b_0`, in the unit of the gradients.

    Notes
    -----
    Without a gradient so far, and with ``b0=0``, no step is made. On one coordinate with ``b0=0`` it is
    :class:`AdaGrad`.

    References
    ----------
    Ward, Wu & Bottou (2019), "AdaGrad stepsizes: sharp convergence over nonconvex landscapes"; Streeter & McMahan
    (2010), "Less regret via online conditioning", with the bound for convex losses.

    Examples
    --------
    >>> import regretlab as rl
    >>> run = rl.simulate(rl.problems.Linear([[3.0, 4.0]]), "adagradnorm(alpha=0.5)", horizon=1)
    >>> run.record.x.values[0, 0], float(run.record.state_own_squares[0, 0, 0])
    (array([-0.3, -0.4]), 25.0)
    """

    title, source = "AdaGrad-Norm", "Ward, Wu & Bottou 2019, Alg. 1"
    schedule: str = parameter("constant", ("sqrt", "constant"), "alpha_t = alpha / sqrt(t), or alpha (the paper's)")
    b0: float = parameter(0.0, "[0, inf)", "b_0: its square is added to the sum")

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, eta=self.alpha_t(t), p=0.0)

    def init(self, d: int) -> dict[str, Any]:
        return {"squares": np.array([self.b0 * self.b0])}

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        squares = state.squares + ops.sum(g * g, axis=-1, keepdims=True)
        move = k.eta * g
        move = ops.where(move == 0, move, move / ops.sqrt(squares))
        return state._replace(x=project(state.x - move, g * 0 + 1), squares=squares)
