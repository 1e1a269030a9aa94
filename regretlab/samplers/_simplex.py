"""Probabilities from weights: the KL projection onto a box-constrained simplex, and AdamCB's capping.

Weights come as logarithms and are only ever used relative to the largest free one, so weights that span 1e+-300 (or
far more) give exact probabilities. Both routines fix a few entries per round and stop when none is left to fix.
"""

from __future__ import annotations

import math

from array_api_compat import array_namespace

from regretlab.samplers._base import Array


def kl_projection(log_w: Array, total: float, floor: float, cap: float = math.inf) -> Array:
    r"""Find the point of ``{sum q = total, floor <= q <= cap}`` nearest to the weights in Kullback-Leibler divergence.

    .. math:: q_j = \min(\text{cap}, \max(\text{floor}, c\, w_j)), \qquad \textstyle\sum_j q_j = \text{total}.

    With c from the free entries alone, an excess above ``cap`` larger than the lack below ``floor`` means that c can
    only grow, so the entries above stay at ``cap``; and conversely.

    Parameters
    ----------
    log_w : array (R, n)
        Logarithms of the unnormalised weights; minus infinity is a weight of zero.
    total, floor, cap : float
        With ``n * floor <= total <= n * cap``.

    References
    ----------
    AdamBS (Liu et al. 2020), Algorithm 2, line 5.

    Examples
    --------
    >>> import numpy as np
    >>> kl_projection(np.log([[8.0, 1, 1, 1, 1]]), total=2, floor=0.04, cap=1).round(12)
    array([[1.  , 0.25, 0.25, 0.25, 0.25]])
    """
    xp = array_namespace(log_w)
    at_floor = xp.zeros(log_w.shape, dtype=xp.bool)
    at_cap = at_floor
    while True:
        free = ~(at_floor | at_cap)
        w, size = _relative(log_w, free)
        low = xp.sum(xp.astype(at_floor, log_w.dtype), axis=-1, keepdims=True)
        high = xp.sum(xp.astype(at_cap, log_w.dtype), axis=-1, keepdims=True)
        mass = total - floor * low - (cap * high if cap < math.inf else 0.0)
        q = w * (mass / size)
        lack = xp.where(free, xp.maximum(floor - q, xp.zeros_like(q)), 0.0)
        excess = xp.where(free, xp.maximum(q - cap, xp.zeros_like(q)), 0.0)
        missing, surplus = xp.sum(lack, axis=-1, keepdims=True), xp.sum(excess, axis=-1, keepdims=True)
        if not bool(xp.any(missing + surplus > 0)):
            return xp.where(at_floor, floor, xp.where(at_cap, cap, q))
        at_floor = at_floor | ((lack > 0) & (missing >= surplus))
        at_cap = at_cap | ((excess > 0) & (surplus >= missing))


def in_proportion(weights: Array, total: float) -> Array:
    """Probabilities (R, n) that sum to ``total`` from weights that are already projected: no more than a factor."""
    xp = array_namespace(weights)
    p = weights * (total / xp.sum(weights, axis=-1, keepdims=True))
    return xp.minimum(p, xp.ones_like(p))


def capped_probabilities(log_w: Array, K: int, gamma: float) -> tuple[Array, Array]:
    r"""AdamCB's batch-selection probabilities and its null set (Kim & Oh 2025, Algorithm 2, lines 2-11).

    .. math:: p_i = K\Big((1-\gamma) \frac{w'_i}{\sum_j w'_j} + \frac{\gamma}{n}\Big), \qquad
        w' = \min(w, \tau), \quad \tau = \frac{C S_i}{1 - i C}, \quad C = \frac{1/K - \gamma/n}{1-\gamma},

    where i weights are capped and :math:`S_i` is the sum of the others. Capping a weight lowers :math:`\tau`, so all
    weights at or above it are capped at once until none is. ``K = n`` gives p = 1 and ``gamma = 1`` the uniform law;
    the printed formula for C is 0/0 or no solution there.

    Returns
    -------
    p : array (R, n)
        Inclusion probabilities, summing to K, between ``K * gamma / n`` and 1.
    null : bool array (R, n)
        The capped set :math:`\{w \ge \tau\}`.

    Examples
    --------
    >>> import numpy as np
    >>> p, null = capped_probabilities(np.log([[16.0, 8, 1, 1, 1, 1]]), K=3, gamma=0.2)
    >>> p.round(12), null.sum()
    (array([[1.  , 1.  , 0.25, 0.25, 0.25, 0.25]]), np.int64(2))
    """
    xp = array_namespace(log_w)
    n = log_w.shape[-1]
    null = xp.zeros(log_w.shape, dtype=xp.bool)
    if n == K or gamma == 1:
        return xp.full_like(log_w, K / n), null
    C = (1 / K - gamma / n) / (1 - gamma)
    while True:
        w, size = _relative(log_w, ~null)
        i = xp.sum(xp.astype(null, log_w.dtype), axis=-1, keepdims=True)
        rest = xp.maximum(1 - i * C, xp.zeros_like(i))
        above = ~null & (w * rest >= C * size)
        if not bool(xp.any(above)):
            p = K * ((1 - gamma) * rest * w / size + gamma / n)
            return xp.where(null, 1.0, xp.minimum(p, xp.ones_like(p))), null
        null = null | above


def _relative(log_w: Array, free: Array) -> tuple[Array, Array]:
    """Return the free weights relative to the largest of them (0 elsewhere), and their sum (1 where none is left)."""
    xp = array_namespace(log_w)
    top = xp.max(xp.where(free, log_w, -math.inf), axis=-1, keepdims=True)
    shifted = xp.where(free, log_w - xp.where(xp.isfinite(top), top, 0.0), -math.inf)
    w = xp.exp(shifted)
    size = xp.sum(w, axis=-1, keepdims=True)
    return w, xp.where(size > 0, size, 1.0)
