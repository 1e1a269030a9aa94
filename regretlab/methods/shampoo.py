"""Shampoo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from regretlab.errors import InputError
from regretlab.methods._base import Array, Scheduled, generic
from regretlab.methods._step import Coefficients, Project
from regretlab.parameters import parameter


@dataclass(frozen=True)
class Shampoo(Scheduled):
    r"""Shampoo (Gupta, Koren & Singer 2018, Algorithm 1): an iterate that is a matrix, preconditioned on both sides.

    .. math:: L_t = L_{t-1} + G_t G_t^\top, \qquad R_t = R_{t-1} + G_t^\top G_t, \qquad
        W_{t+1} = \Pi_X\big(W_t - \alpha_t L_t^{-1/4} G_t R_t^{-1/4}\big), \quad L_0 = R_0 = \epsilon I .

    Parameters
    ----------
    alpha : float in (0, inf)
        The paper's :math:`\eta`.
    schedule : {"constant", "sqrt"}
        The paper's is ``"constant"``, the default.
    rows : int in [1, inf)
        Of the matrix W, whose rows follow one another in the iterate; it divides d.
    eps : float in (0, inf)
        In the unit of a squared gradient.

    Notes
    -----
    The paper's algorithm has no domain; here the step is projected in the Euclidean norm. A step costs two
    eigendecompositions. It runs on the array engine.

    References
    ----------
    Gupta, Koren & Singer (2018), "Shampoo: preconditioned stochastic tensor optimization", Algorithm 1 and Theorem 7.

    Examples
    --------
    >>> import regretlab as rl
    >>> run = rl.simulate(rl.problems.Softmax("wine"), "shampoo(alpha=0.5, rows=3)", horizon=30)
    >>> run.record.state_own_L.shape[-2:]
    (1, 9)
    """

    title, source = "Shampoo", "Gupta, Koren & Singer 2018, Alg. 1"
    schedule: str = parameter("constant", ("sqrt", "constant"), "alpha_t = alpha / sqrt(t), or alpha (the paper's)")
    rows: int = parameter(1, "[1, inf)", "of the matrix that the iterate is", integer=True)
    eps: float = parameter(1e-4, "(0, inf)", "L_0 = R_0 = eps I")

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, eta=self.alpha_t(t), p=0.0)

    def init(self, d: int) -> dict[str, Any]:
        """Declare the matrices of both sides.

        Raises
        ------
        InputError
            If the rows do not divide d.
        """
        if d % self.rows:
            raise InputError(f"shampoo has rows={self.rows}, which do not divide d={d}; give a divisor of d.")
        return {"L": self.eps * np.eye(self.rows), "R": self.eps * np.eye(d // self.rows)}

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        G = ops.reshape(g, (*g.shape[:-1], self.rows, g.shape[-1] // self.rows))
        turned = ops.matrix_transpose(G)
        L, R = state.L + G @ turned, state.R + turned @ G
        move = ops.reshape(fourth_root(L, ops) @ G @ fourth_root(R, ops), g.shape)
        return state._replace(x=project(state.x - k.eta * move, g * 0 + 1), L=L, R=R)


def fourth_root(A: Any, ops: Any) -> Any:
    r"""Return :math:`A^{-1/4}` of positive definite matrices of shape (..., n, n)."""
    sizes, axes = ops.linalg.eigh(A)
    return (axes * (sizes**-0.25)[..., None, :]) @ ops.matrix_transpose(axes)
