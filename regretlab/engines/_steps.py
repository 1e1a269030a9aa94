"""The step of every method, compiled: lanes of numbers side by side.

The four lines of :func:`regretlab.methods.step` are repeated in :func:`step`, without any licence to round differently.

What a step carries lies in rows of ``LANES`` numbers of one array, whose distances the compiler knows, so that it uses
vector instructions: side by side are the coordinates of one replicate, or, for one-dimensional linear losses, the
replicates.
"""

from __future__ import annotations

import math
from typing import Any

from regretlab.compilation import inner

Array = Any

#: Numbers side by side, a multiple of the longest vector; short rows are padded to a multiple of it.
LANES, VECTOR = 64, 8
#: Where the rows begin: iterate, moments, gradient, sum of its squares, extremes of the iterate, loss, the largest
#: gradient, second moment, and what one step adds to it.
ROWS = 12
X, M, V, V_HAT, G, SQUARES, LOW, HIGH, LOSS, SIZE, MOMENT, SECOND = range(0, ROWS * LANES, LANES)


@inner
def step(  # the arguments are the step's symbols, in the order of Coefficients
    x: float, m: float, v: float, top: float, g: float,
    mu: float, nu: float, beta: float, om: float, rho: float, wd: float, eta: float, kap: float, c: float,
    p: float, eps: float, low: float, high: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    """The generic adaptive method on one coordinate; bit for bit :func:`regretlab.methods.step`, then a clip."""
    m = mu * m + nu * g
    v = beta * v + om * (g * g)
    top = rho * top
    top = top if top > v else v
    if p == 0.5:
        scale = math.sqrt(c * top) + eps
    elif p == 0.0:
        scale = 1.0 + eps
    else:
        scale = (c * top) ** p + eps
    move = eta * (m + kap * g)
    move = move if move == 0.0 else move / scale
    x = (1.0 - wd) * x - move
    x = low if x < low else x
    x = high if x > high else x
    return x, m, v, top


@inner
def _lane(
    b: Array, q: int, i: int, mu: float, nu: float, beta: float, om: float, rho: float, wd: float, eta: float,
    kap: float, c: float, p: float, eps: float, low: float, high: float,
) -> None:  # fmt: skip
    """One step of lane i of b[q], and its totals."""
    g, x, size = b[q, i + G], b[q, i], abs(b[q, i + G])
    least, most, largest = b[q, i + LOW], b[q, i + HIGH], b[q, i + SIZE]
    b[q, i + LOSS] += g * x
    b[q, i + SQUARES] += g * g
    b[q, i + MOMENT] += b[q, i + SECOND]
    b[q, i + SIZE] = size if size > largest else largest
    b[q, i + LOW] = x if x < least else least
    b[q, i + HIGH] = x if x > most else most
    b[q, i], b[q, i + M], b[q, i + V], b[q, i + V_HAT] = step(
        x, b[q, i + M], b[q, i + V], b[q, i + V_HAT], g, mu, nu, beta, om, rho, wd, eta, kap, c, p, eps, low, high
    )


@inner
def steps(b: Array, q: int, count: int, k: Array) -> None:
    """One step of ``count`` lanes of the rows in b[q] with the coefficients k, and the totals of each lane."""
    mu, nu, beta, om, rho, wd, eta, kap, c = k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7], k[8]
    p, eps, low, high = k[9], k[10], k[11], k[12]
    # Three loops, because one that tests p in each lane would not use vector instructions.
    if p == 0.5:
        for i in range(count):
            _lane(b, q, i, mu, nu, beta, om, rho, wd, eta, kap, c, 0.5, eps, low, high)
    elif p == 0.0:
        for i in range(count):
            _lane(b, q, i, mu, nu, beta, om, rho, wd, eta, kap, c, 0.0, eps, low, high)
    else:
        for i in range(count):
            _lane(b, q, i, mu, nu, beta, om, rho, wd, eta, kap, c, p, eps, low, high)
