"""AMSBound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from regretlab.methods.adabound import AdaBound


@dataclass(frozen=True)
class AMSBound(AdaBound):
    r"""AMSBound (Luo, Xiong, Liu & Sun 2019, Algorithm 3): :class:`AdaBound` with AMSGrad's ratchet.

    .. math:: \hat v_t = \max(\hat v_{t-1}, v_t), \qquad \eta_t \text{ from } \hat v_t \text{ in the place of } v_t .

    Parameters
    ----------
    alpha, beta1, beta2, lam, eps, schedule, final, gamma
        As in :class:`AdaBound`.

    References
    ----------
    Luo, Xiong, Liu & Sun (2019), "Adaptive gradient methods with dynamic bound of learning rate", Algorithm 3 and
    Theorem 5.

    Examples
    --------
    >>> import regretlab as rl
    >>> run = rl.simulate(rl.problems.Reddi(C=4), "amsbound(alpha=0.5)", horizon=30)
    >>> run.record.engine
    'array'
    """

    title, source = "AMSBound", "Luo et al. 2019, Alg. 3"

    def ratchet(self, state: Any, v: Any, ops: Any) -> Any:
        return ops.maximum(state.v_hat, v)
