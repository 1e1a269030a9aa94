"""The step of every method, compiled: on one number, or on eight side by side.

The four lines of :func:`regretlab.methods.step` are repeated in :func:`step`, without any licence to round differently.
Side by side are the coordinates of one replicate, or, for one-dimensional linear losses, the replicates.
"""

from __future__ import annotations

from typing import Any

from regretlab.compilation import inner
from regretlab.simd import choose, power

Array = Any


@inner(always=True)
def step(  # the arguments are the step's symbols, in the order of Coefficients
    x: Any, m: Any, v: Any, top: Any, g: Any,
    mu: float, nu: float, beta: float, om: float, rho: float, wd: float, eta: float, kap: float, c: float,
    p: float, eps: float, low: float, high: float,
) -> tuple[Any, Any, Any, Any, Any]:  # fmt: skip
    """The generic adaptive method on coordinates; bit for bit :func:`regretlab.methods.step`, then a clip.

    Returned with the state is the denominator.
    """
    m = mu * m + nu * g
    v = beta * v + om * (g * g)
    top = rho * top
    top = choose(top > v, top, v)
    move = eta * (m + kap * g)
    x = (1.0 - wd) * x
    scale = power(c * top, p) + eps
    x = x - choose(move == 0.0, move, move / scale)
    x = choose(x < low, low, x)
    x = choose(x > high, high, x)
    return x, m, v, top, scale
