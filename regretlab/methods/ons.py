"""Online Newton Step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from regretlab.methods._base import Array, Scheduled, generic
from regretlab.methods._norms import project_in_norm
from regretlab.methods._step import Coefficients, Project
from regretlab.parameters import parameter


@dataclass(frozen=True)
class ONS(Scheduled):
    r"""Online Newton Step (Hazan, Agarwal & Kale 2007, Figure 2), for exp-concave losses.

    .. math:: A_t = \epsilon I + \sum_{s\le t} g_s g_s^\top, \qquad
        x_{t+1} = \Pi_X^{A_t}\big(x_t - \alpha_t A_t^{-1} g_t\big), \qquad
        \Pi_X^A(y) = \arg\min_{x \in X} (x - y)^\top A (x - y) .

    Parameters
    ----------
    alpha : float in (0, inf)
        The paper's :math:`1/\beta`, where :math:`\beta = \tfrac12 \min\{1/(4GD), a\}` for losses that are
        a-exp-concave, with gradients of length at most G on a domain of diameter D.
    schedule : {"constant", "sqrt"}
        The paper's is ``"constant"``, the default.
    eps : float in (0, inf)
        The paper's is :math:`1/(\beta^2 D^2)`.

    Notes
    -----
    The defaults are numbers, whatever a problem declares. Losses times s leave the steps as they are if alpha is s
    times and eps s^2 times as large, as in the paper. A step costs O(d^3), and the state holds a matrix (d, d). It runs
    on the array engine.

    References
    ----------
    Hazan, Agarwal & Kale (2007), "Logarithmic regret algorithms for online convex optimization", Theorem 2.

    Examples
    --------
    >>> import regretlab as rl
    >>> run = rl.simulate(rl.problems.LeastSquares("diabetes"), "ons(alpha=0.5)", horizon=30)
    >>> run.record.state_own_A.shape, run.record.engine
    ((1, 1, 100), 'array')
    """

    title, source = "Online Newton Step", "Hazan, Agarwal & Kale 2007, Fig. 2"
    schedule: str = parameter("constant", ("sqrt", "constant"), "alpha_t = alpha / sqrt(t), or alpha (the paper's)")
    eps: float = parameter(1.0, "(0, inf)", "A_0 = eps I")

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, eta=self.alpha_t(t), p=0.0)

    def init(self, d: int) -> dict[str, Any]:
        return {"A": self.eps * np.eye(d)}

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        """Make one step, with the norm that has seen its gradient."""
        A = state.A + g[..., :, None] * g[..., None, :]
        move = ops.linalg.solve(A, g[..., :, None])[..., 0]
        return state._replace(x=project_in_norm(state.x - k.eta * move, A, project, ops), A=A)
