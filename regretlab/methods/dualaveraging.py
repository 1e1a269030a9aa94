"""Dual averaging."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from regretlab.methods._base import Array, Scheduled, generic
from regretlab.methods._step import Coefficients, Project


@dataclass(frozen=True)
class DualAveraging(Scheduled):
    r"""Dual averaging (Nesterov 2009; Xiao 2010, Algorithm 1 without a regulariser), also known as lazy descent.

    .. math:: x_{t+1} = \arg\min_{x \in X} \Big\langle \sum_{s\le t} g_s, x \Big\rangle
        + \frac{1}{2\alpha_t}\|x - x_1\|_2^2 = \Pi_X\Big(x_1 - \alpha_t \sum_{s\le t} g_s\Big).

    Parameters
    ----------
    alpha : float in (0, inf)
        Xiao's :math:`1/\gamma`.
    schedule : {"sqrt", "constant"}
        Xiao's :math:`\beta_t = \gamma\sqrt t` is ``"sqrt"``; with ``"constant"`` it follows the regularised leader.

    Notes
    -----
    What is projected is not the last iterate but the sum, which remembers steps beyond the domain. Where the iterates
    stay inside and the step is constant, it is :class:`SGD`.

    References
    ----------
    Nesterov (2009), "Primal-dual subgradient methods for convex problems"; Xiao (2010), "Dual averaging methods for
    regularized stochastic learning and online optimization", Corollary 2.

    Examples
    --------
    >>> import regretlab as rl
    >>> lost = rl.problems.Linear([[3.0], [-1.0]])
    >>> lazy, eager = rl.simulate(lost, ["dualaveraging(alpha=1)", "sgd(alpha=1)"], horizon=2).record.x.values[:, 0, 0]
    >>> float(lazy), float(eager.round(3))
    (-1.0, -0.293)
    """

    title, source = "Dual averaging", "Nesterov 2009; Xiao 2010, Alg. 1"

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, eta=self.alpha_t(t), p=0.0)

    def init(self, d: int) -> dict[str, Any]:
        return {"first": None, "total": np.zeros(d)}

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        total = state.total + g
        return state._replace(x=project(state.first - k.eta * total, g * 0 + 1), total=total)
