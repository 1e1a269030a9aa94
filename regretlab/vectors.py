"""Compiled functions of vectors, and the next word of a random stream.

A kernel's working memory is two arrays, numbers F and indices Q, whose rows (:data:`NUMBERS`, :data:`INDICES`) have
one entry for each draw. Functions take the arrays and name the rows: a slice would cost more than the work on it.

Exponentials and logarithms are polynomials (good to two units in the last place), so that they run on vector
instructions; the system's functions take one number at a time.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from regretlab.compilation import FUSE, REORDER, inner

Array = Any

#: Rows of F: uniforms, parts of a draw, probabilities, weights, scores, labels, losses, gradients' norms
#: and the largest of them.
U, FILLED, SHARE, POINT, P, W, SCORE, LABEL, PHI, SLOPE, EXP, NORM, LONGEST = range(13)
NUMBERS = 13
#: Rows of Q: drawn examples, nodes of a tree, examples at integers, capped ones, bits of a number, a path, marks,
#: duels won.
J, NODE, CROSSING, CAPS, BITS, STACK, FROZEN, WON = range(8)
INDICES = 8
#: Room for a path through a tree.
DEPTH = 128

LOG2E, LN2_HIGH, LN2_LOW = 1.4426950408889634, 6.93147180369123816490e-01, 1.90821492927058770002e-10
LN2 = LN2_HIGH + LN2_LOW
#: Below it exp is subnormal and taken for the smallest normal number; above it the result would be infinite.
SMALLEST, LARGEST = -708.0, 709.0


@inner
def uniform(words: Array, r: int) -> float:
    """The next uniform of stream r: ``numpy.random.Generator(SFC64).random()``, advancing its four words."""
    a, b, c, counter = words[r, 0], words[r, 1], words[r, 2], words[r, 3]
    out = a + b + counter
    words[r, 0] = b ^ (b >> np.uint64(11))
    words[r, 1] = c + (c << np.uint64(3))
    words[r, 2] = ((c << np.uint64(24)) | (c >> np.uint64(40))) + out
    words[r, 3] = counter + np.uint64(1)
    return np.float64(out >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inner(fastmath=FUSE)
def exps(F: Array, count: int, Q: Array) -> None:
    """``F[EXP]`` = exp of ``F[POINT]``: a Taylor polynomial on [-ln 2 / 2, ln 2 / 2], times a power of two."""
    for i in range(count):
        z = F[POINT, i]
        z = z if z > SMALLEST else SMALLEST
        z = z if z < LARGEST else LARGEST
        k = math.floor(z * LOG2E + 0.5)
        r = (z - k * LN2_HIGH) - k * LN2_LOW
        far = 1 / 362880 + r * (1 / 3628800 + r * (1 / 39916800 + r * (1 / 479001600 + r * (1 / 6227020800))))
        middle = 1 / 120 + r * (1 / 720 + r * (1 / 5040 + r * (1 / 40320 + r * far)))
        F[EXP, i] = 1.0 + r * (1.0 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * middle))))
        Q[BITS, i] = (np.int64(k) + 1023) << 52
    power = Q.view(np.float64)
    for i in range(count):
        F[EXP, i] *= power[BITS, i]


@inner(fastmath=FUSE)
def softplus(F: Array, count: int) -> None:
    """``F[PHI]`` = log(1 + e) of 0 <= e <= 1 in ``F[EXP]``: twice artanh(e / (2 + e)), an odd series."""
    for k in range(count):
        s = F[EXP, k] / (2.0 + F[EXP, k])
        q = s * s
        far = 1 / 23 + q * (1 / 25 + q * (1 / 27 + q * (1 / 29 + q * (1 / 31 + q * (1 / 33 + q * (1 / 35))))))
        middle = 1 / 11 + q * (1 / 13 + q * (1 / 15 + q * (1 / 17 + q * (1 / 19 + q * (1 / 21 + q * far)))))
        F[PHI, k] = 2.0 * s * (1.0 + q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q * (1 / 9 + q * middle)))))


@inner(fastmath=REORDER)
def squared_length(a: Array) -> float:
    """The sum of squares."""
    total = 0.0
    for i in range(a.shape[0]):
        total += a[i] * a[i]
    return total
