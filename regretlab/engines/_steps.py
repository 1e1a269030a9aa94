"""The step of every method, compiled: on one number, or on eight side by side.

The four lines of :func:`regretlab.methods.step` are repeated in :func:`step`, without any licence to round differently.
Side by side are the coordinates of one replicate, or, for one-dimensional linear losses, the replicates.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from regretlab.compilation import inner
from regretlab.problems.domains import NEWTON_STEPS
from regretlab.simd import WIDTH, choose, load, multiplied, power, size, store, total, vector

Array = Any

#: What coordinates carry: iterate, moments, gradient, sum of its squares, extremes of the iterate, largest gradient,
#: denominator.
ROWS = 10
X, M, V, V_HAT, G, SQUARES, LOW, HIGH, SIZE, SCALE = range(ROWS)


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


@inner
def advance_coordinates(b: Array, d: int, k: Array) -> float:
    """One step of all coordinates with the coefficients k, their totals, and the length of the gradient."""
    length = vector(0.0)
    for i in range(0, d, WIDTH):
        x, g = load(b, X, i), load(b, G, i)
        low, high, largest = load(b, LOW, i), load(b, HIGH, i), load(b, SIZE, i)
        length = multiplied(g, g, length)
        store(b, SQUARES, i, load(b, SQUARES, i) + g * g)
        store(b, SIZE, i, choose(size(g) > largest, size(g), largest))
        store(b, LOW, i, choose(x < low, x, low))
        store(b, HIGH, i, choose(x > high, x, high))
        x, m, v, top, scale = step(
            x, load(b, M, i), load(b, V, i), load(b, V_HAT, i), g, k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7],
            k[8], k[9], k[10], k[11], k[12],
        )  # fmt: skip
        store(b, X, i, x)
        store(b, M, i, m)
        store(b, V, i, v)
        store(b, V_HAT, i, top)
        store(b, SCALE, i, scale)
    return math.sqrt(total(length))


@inner
def into_ball(b: Array, d: int, radius: float) -> None:
    """The projection of :class:`regretlab.problems.L2Ball`, whose page has the formulas, for one iterate."""
    size, top = 0.0, 0.0
    for i in range(d):
        size += b[X, i] * b[X, i]
        top = max(top, b[SCALE, i])
    size = math.sqrt(size)
    if not size > radius:
        return
    least = np.inf
    for i in range(d):
        b[SCALE, i] = b[SCALE, i] / top if top > 0 else 1.0
        least = min(least, b[SCALE, i])
    mu = (size / radius - 1) * least
    for _ in range(NEWTON_STEPS):
        size, curve = 0.0, 0.0
        for i in range(d):
            s, x = b[SCALE, i], b[X, i]
            z = s * x / (s + mu) if s + mu > 0 else x
            size += z * z
            curve += z * z / (s + mu if s + mu > 0 else 1.0)
        more = mu + (math.sqrt(size) / radius - 1) * size / curve if curve > 0 else mu
        if not more > mu:
            break
        mu = more
    size = 0.0
    for i in range(d):
        s = b[SCALE, i]
        b[X, i] = s * b[X, i] / (s + mu if s + mu > 0 else 1.0)
        size += b[X, i] * b[X, i]
    size = math.sqrt(size)
    if size > radius:
        for i in range(d):
            b[X, i] *= radius / size
