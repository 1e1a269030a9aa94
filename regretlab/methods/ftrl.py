"""FTRL-Proximal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from regretlab.methods._base import Array, Scheduled, generic
from regretlab.methods._step import Coefficients, Project
from regretlab.parameters import parameter


@dataclass(frozen=True)
class FTRL(Scheduled):
    r"""FTRL-Proximal (McMahan et al. 2013, Algorithm 1): a regularised leader with a step size per coordinate.

    .. math:: x_{t+1} = \arg\min_x \Big\langle \sum_{s\le t} g_s, x\Big\rangle
        + \tfrac12 \sum_{s\le t} \sum_i \sigma_{s,i} (x_i - x_{s,i})^2 + \frac{\beta}{2\alpha}\|x - x_1\|_2^2
        + \lambda_1 \|x\|_1 + \tfrac{\lambda_2}2 \|x\|_2^2, \qquad
        \sum_{s\le t} \sigma_{s,i} = \frac1\alpha \sqrt{\textstyle\sum_{s\le t} g_{s,i}^2},

    then projected onto X in the norm of the quadratic terms.

    Parameters
    ----------
    alpha : float in (0, inf)
    schedule : {"constant", "sqrt"}
        The paper's is ``"constant"``, the default: the steps fall by the gradients themselves.
    beta : float in [0, inf)
        1 in the paper.
    l1, l2 : float in [0, inf)
        :math:`\lambda_1, \lambda_2`. With ``l1`` coordinates are exactly 0 until the gradients outweigh it.

    Notes
    -----
    The paper begins at 0; here the quadratic term of beta is about the first iterate. On a box that holds 0 the
    projection gives the exact minimiser on X, as it is one in each coordinate; on a ball it need not with ``l1``. With
    ``l1=l2=0``, ``beta=0`` and without a domain that binds, the iterates are those of :class:`AdaGrad`.

    References
    ----------
    McMahan et al. (2013), "Ad click prediction: a view from the trenches", Algorithm 1; McMahan (2011),
    "Follow-the-regularized-leader and mirror descent: equivalence theorems and L1 regularization".

    Examples
    --------
    >>> import regretlab as rl
    >>> rl.simulate(rl.problems.Linear([[3.0, 0.5]]), "ftrl(alpha=1, l1=1)", horizon=1).record.x.values[0, 0]
    array([-0.5,  0. ])
    """

    title, source = "FTRL-Proximal", "McMahan et al. 2013, Alg. 1"
    alpha: float = parameter(0.1, "(0, inf)", "step size; a coordinate's is alpha / (beta + root of its squares' sum)")
    schedule: str = parameter("constant", ("sqrt", "constant"), "alpha_t = alpha / sqrt(t), or alpha (the paper's)")
    beta: float = parameter(1.0, "[0, inf)", "added to the root of the sum of squares")
    l1: float = parameter(0.0, "[0, inf)", "lambda_1: weight of the absolute values")
    l2: float = parameter(0.0, "[0, inf)", "lambda_2: weight of the squares")

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, eta=self.alpha_t(t), p=0.0)

    def init(self, d: int) -> dict[str, Any]:
        return {"first": None, "z": np.zeros(d), "squares": np.zeros(d)}

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        squares = state.squares + g * g
        root = ops.sqrt(squares)
        z = state.z + g - ((root - ops.sqrt(state.squares)) / k.eta) * state.x
        weight = (self.beta + root) / k.eta + self.l2
        pull = z - (self.beta / k.eta) * state.first
        over = ops.maximum(ops.abs(pull) - self.l1, 0.0 * pull)
        least = ops.where(over == 0, 0.0 * pull, -ops.sign(pull) * over / weight)
        still = (squares == 0) & (self.beta + self.l1 + self.l2 == 0)  # nothing is known of the coordinate yet
        return state._replace(x=project(ops.where(still, state.x, least), weight), z=z, squares=squares)
