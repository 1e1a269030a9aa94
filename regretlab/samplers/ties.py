r"""Parameters tied to the horizon T: one formula each, for the sampler, the bound that prints it and the audit."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

#: The operations with which a formula runs on numbers; bounds have the same for their symbols.
NUMBERS = SimpleNamespace(sqrt=math.sqrt, log=math.log, e=math.e, minimum=min)


def exploration(n: Any, K: Any, T: Any, ops: Any = NUMBERS) -> Any:
    r""":math:`\gamma(T) = \min\{1, \sqrt{n\ln(n/K)/((e-1)TK)}\}` of Kim & Oh 2025, Lemma 2; Lemma 12 has K = 1.

    Examples
    --------
    >>> exploration(10, 2, 1), round(exploration(10, 2, 100), 6)
    (1, 0.216409)
    """
    return ops.minimum(1, ops.sqrt(n * ops.log(n / K) / ((ops.e - 1) * T * K)))


def mirror_step(n: int, K: int, T: int) -> float:
    r""":math:`\sqrt{2K\ln(n/K)/(nT)}`: the step of the mirror descent on inclusion probabilities."""
    return math.sqrt(2 * K * math.log(n / K) / (n * T))


def exp3_step(divergence: str, n: int, T: int, L: float, p_min: float) -> float:
    r""":math:`\sqrt{2R^2p_{\min}^4/(nTL^4)}` of AdamBS's Lemma 1; R^2 is that of ``"sup"``, or ln n of ``"start"``."""
    R2 = math.log(n) if divergence == "start" else largest_divergence(n, p_min)
    return math.sqrt(2 * R2 / (n * T)) * (p_min / L) ** 2


def largest_divergence(n: int, p_min: float) -> float:
    r"""R^2 of AdamBS Lemma 1: the supremum of KL(p, q) over P = {sum p = 1, p >= p_min}, reached at two vertices.

    .. math:: R^2 = (a - b) \ln(a / b), \qquad a = 1 - (n-1) p_{\min}, \quad b = p_{\min}.

    Examples
    --------
    >>> largest_divergence(2, 0.25) == 0.5 * math.log(3)
    True
    >>> largest_divergence(2, 0.0)
    inf
    """
    top = 1 - (n - 1) * p_min
    if p_min == 0 and n > 1:
        return math.inf
    return max(0.0, (top - p_min) * math.log(top / p_min)) if n > 1 and top > p_min else 0.0
