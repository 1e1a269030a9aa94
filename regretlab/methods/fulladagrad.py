"""AdaGrad with full matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from regretlab.methods._base import Array, Scheduled, generic
from regretlab.methods._norms import project_in_norm
from regretlab.methods._step import Coefficients, Project
from regretlab.parameters import parameter


@dataclass(frozen=True)
class FullAdaGrad(Scheduled):
    r"""AdaGrad with full matrices (Duchi, Hazan & Singer 2011, Figure 1: full matrices, mirror descent).

    .. math:: G_t = \sum_{s\le t} g_s g_s^\top, \qquad H_t = \delta I + G_t^{1/2}, \qquad
        x_{t+1} = \Pi_X^{H_t}\big(x_t - \alpha_t H_t^{-1} g_t\big), \qquad
        \Pi_X^H(y) = \arg\min_{x \in X} (x - y)^\top H (x - y) .

    Parameters
    ----------
    alpha : float in (0, inf)
        The paper's :math:`\eta`.
    schedule : {"constant", "sqrt"}
        The paper's is ``"constant"``, the default.
    eps : float in (0, inf)
        The paper's :math:`\delta`, in the unit of the gradients. It bounds the condition of H, and so the work of a
        projection; as a share of the gradients it should not be tiny.

    Notes
    -----
    A step costs an eigendecomposition of a matrix (d, d), and the state holds one. It runs on the array engine.

    References
    ----------
    Duchi, Hazan & Singer (2011), "Adaptive subgradient methods for online learning and stochastic optimization",
    Figure 1 and Theorem 7.

    Examples
    --------
    >>> import regretlab as rl
    >>> run = rl.simulate(rl.problems.Reddi(C=4), "fulladagrad(alpha=0.5)", horizon=30)
    >>> run.record.state_own_G.shape, run.record.engine
    ((1, 1, 1), 'array')
    """

    title, source = "AdaGrad with full matrices", "Duchi, Hazan & Singer 2011, Fig. 1"
    schedule: str = parameter("constant", ("sqrt", "constant"), "alpha_t = alpha / sqrt(t), or alpha (the paper's)")
    eps: float = parameter(1.0, "(0, inf)", "delta: added to the root of the matrix")

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, eta=self.alpha_t(t), p=0.0)

    def init(self, d: int) -> dict[str, Any]:
        return {"G": np.zeros((d, d))}

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        """Make one step; on one coordinate it is that of the diagonal AdaGrad."""
        G = state.G + g[..., :, None] * g[..., None, :]
        sizes, axes = ops.linalg.eigh(G)
        roots = self.eps + ops.sqrt(ops.maximum(sizes, 0.0 * sizes))
        turned = ops.matrix_transpose(axes)
        H = axes @ (roots[..., :, None] * turned)
        move = axes @ ((turned @ g[..., :, None]) / roots[..., :, None])
        return state._replace(x=project_in_norm(state.x - k.eta * move[..., 0], H, project, ops), G=G)
