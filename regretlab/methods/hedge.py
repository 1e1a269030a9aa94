"""Hedge, the exponentially weighted forecaster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from regretlab.methods._base import Array, Scheduled, generic
from regretlab.methods._step import Coefficients, Moments, Project


@dataclass(frozen=True)
class Hedge(Scheduled):
    r"""Hedge, or exponentiated gradient, on the simplex of radius r: a share of r for each of d experts.

    .. math:: x_{t+1,i} = r\, \frac{\exp(-\alpha_{t+1} \sum_{s\le t} g_{s,i})}
        {\sum_k \exp(-\alpha_{t+1} \sum_{s\le t} g_{s,k})}, \qquad x_1 = (r/d, \dots, r/d) .

    It is mirror descent in the entropic geometry where alpha is constant, and follows the regularised leader where it
    falls. The sums are kept, not the shares, so that an expert whose share became 0 in floating point can come back.

    Parameters
    ----------
    alpha : float in (0, inf)
        Step size. For gradients with :math:`|g_{t,i}| \le G` and ``schedule="constant"`` the bound is least at
        :math:`\sqrt{2 \ln d/(G^2 T)}`.
    schedule : {"sqrt", "constant"}
        ``"sqrt"`` takes :math:`\alpha_t = \alpha/\sqrt t` and needs no horizon.

    References
    ----------
    Freund & Schapire (1997), "A decision-theoretic generalization of on-line learning and an application to boosting",
    Section 2; Kivinen & Warmuth (1997); Cesa-Bianchi & Lugosi (2006), "Prediction, learning, and games", Section 2.2.

    Examples
    --------
    >>> import numpy as np
    >>> one, zero, lost = Hedge(alpha=1.0, schedule="constant"), np.zeros(2), np.array([0.0, np.log(3)])
    >>> k = one.coefficients(np.array([1.0])).at(0)
    >>> one.step(Moments(np.full(2, 0.5), zero, zero, zero), lost, k, None, np).x.round(3)
    array([0.75, 0.25])
    """

    title, source = "Hedge, exponentiated gradient on the simplex", "Freund & Schapire 1997"
    entropic: ClassVar[bool] = True

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, mu=1.0, nu=1.0, eta=self.alpha_t(t + 1), p=0.0)

    def step(self, state: Moments, g: Any, k: Coefficients, project: Project, ops: Any) -> Moments:
        """Make one step; it stays in the simplex, so that nothing is left to project."""
        m = state.m + g
        powers = -k.eta * m
        shares = ops.exp(powers - ops.max(powers, axis=-1, keepdims=True))
        radius = ops.sum(state.x, axis=-1, keepdims=True)
        x = shares * (radius / ops.sum(shares, axis=-1, keepdims=True))
        return Moments(x, m, state.v, state.v_hat)
