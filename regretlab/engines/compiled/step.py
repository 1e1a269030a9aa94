"""The step of every method, compiled: on one number, or on eight side by side.

The four lines of :func:`regretlab.methods.step` are repeated in :func:`step`, without any licence to round differently:
no sum is contracted, and a division is not a multiplication by an inverse. Side by side are the coordinates of one
replicate, or, for one-dimensional linear losses, the replicates.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from regretlab.domains import NEWTON_STEPS
from regretlab.engines.compiled.compilation import inner
from regretlab.engines.compiled.simd import WIDTH, fma, load, power, reduce_sum, select, splat, store

Array = Any

#: The fields of a coordinate: iterate, moments, gradient, sum of its squares, extremes of the iterate, the largest
#: gradient, the denominator.
ROWS = 10
X, M, V, V_HAT, G, SQUARES, LOW, HIGH, SIZE, SCALE = range(ROWS)
#: The numbers that a step takes: nine coefficients in the order of Coefficients, p, eps and the ends of the box.
MU, NU, BETA, OM, RHO, WD, ETA, KAP, C, POWER, EPS, LEAST, MOST = range(13)


@inner(always=True)
def step(
    x: Any, m: Any, v: Any, top: Any, g: Any, k: Array, s: int, p: float, eps: float, low: float, high: float
) -> tuple[Any, Any, Any, Any, Any]:
    """Make a step of the generic adaptive method: bit for bit :func:`regretlab.methods.step`, then a clip.

    The coefficients are row s of k. Comparisons keep a NaN in the iterate, as NumPy's do, so that the run can say where
    it came from. Returned with the state is the denominator, in whose norm a ball's projection is taken.
    """
    m = k[s, MU] * m + k[s, NU] * g
    v = k[s, BETA] * v + k[s, OM] * (g * g)
    top = k[s, RHO] * top
    top = select(top > v, top, v)
    move = k[s, ETA] * (m + k[s, KAP] * g)
    x = (1.0 - k[s, WD]) * x
    scale = power(k[s, C] * top, p) + eps
    x = x - select(move == 0.0, move, move / scale)
    x = select(x < low, low, x)
    x = select(x > high, high, x)
    return x, m, v, top, scale


@inner
def advance_coordinates(b: Array, d: int, k: Array) -> float:
    """Make one step of all coordinates, add to their totals, and return the gradient's length.

    The coefficients k are (1, 13). Rows are padded to whole vectors with zeros, whose gradients are zero: they stay and
    add nothing.
    """
    length = splat(0.0)
    for i in range(0, d, WIDTH):
        x, g = load(b, X, i), load(b, G, i)
        low, high, largest = load(b, LOW, i), load(b, HIGH, i), load(b, SIZE, i)
        length = fma(g, g, length)
        store(b, SQUARES, i, load(b, SQUARES, i) + g * g)
        store(b, SIZE, i, select(abs(g) > largest, abs(g), largest))
        store(b, LOW, i, select(x < low, x, low))
        store(b, HIGH, i, select(x > high, x, high))
        x, m, v, top, scale = step(
            x, load(b, M, i), load(b, V, i), load(b, V_HAT, i), g, k, 0, k[0, POWER], k[0, EPS], k[0, LEAST], k[0, MOST]
        )  # fmt: skip
        store(b, X, i, x)
        store(b, M, i, m)
        store(b, V, i, v)
        store(b, V_HAT, i, top)
        store(b, SCALE, i, scale)
    return math.sqrt(reduce_sum(length))


@inner
def into_ball(b: Array, d: int, radius: float) -> None:
    """Project one iterate onto the ball in the norm weighted by the denominators, as :class:`L2Ball` has the formulas.

    z_i(mu) = s_i x_i / (s_i + mu) shortens from |x| as mu grows, and 1 / |z(mu)| is concave: Newton's method for
    1 / |z| = 1 / r, begun at (|x| / r - 1) min s, which is not above the root, rises to it and never beyond. Weights
    are divided by the largest, so that mu is of the order of 1; what round-off leaves outside is scaled back.
    """
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
