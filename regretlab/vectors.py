"""Functions that kernels share: the next word of a random stream, exponentials and logarithms.

A kernel's working memory is two arrays, numbers F and indices Q, whose rows (:data:`NUMBERS`, :data:`INDICES`) have
one entry for each draw, and some to spare up to a whole vector. Functions take the arrays and name the rows: a slice
would cost more than the work on it.

Exponentials and logarithms are polynomials (good to two units in the last place) of vectors; the system's functions
take one number at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from regretlab.compilation import inner
from regretlab.simd import WIDTH, bits, choose, from_bits, load, multiplied, store

Array = Any

#: Rows of F: uniforms, parts of a draw, probabilities, weights, scores, labels, losses, gradients' norms, anchors.
U, FILLED, SHARE, POINT, P, W, SCORE, LABEL, PHI, SLOPE, EXP, NORM, ANCHOR = range(13)
NUMBERS = 13
#: Rows of Q: drawn examples, nodes of a tree, examples at integers, capped ones, a path, marks, duels won.
J, NODE, CROSSING, CAPS, STACK, FROZEN, WON = range(7)
INDICES = 7
#: Room for a path through a tree.
DEPTH = 128

#: SFC64's shifts and its counter's step, and the unit of numpy's uniforms.
ELEVEN, THREE, TWENTY_FOUR, FORTY, ONE = map(np.uint64, (11, 3, 24, 40, 1))
UNIT = 2.0**-53

#: Added to a number, it rounds it to an integer k and leaves 1023 + k, the exponent of 2**k, in the last bits.
SHIFT, EXPONENT = 1.5 * 2.0**52 + 1023, np.uint64(52)
LOG2E, LN2_HIGH, LN2_LOW = 1.4426950408889634, 6.93147180369123816490e-01, 1.90821492927058770002e-10
LN2 = LN2_HIGH + LN2_LOW
#: Below it exp is subnormal and taken for the smallest normal number; above it the result would be infinite.
SMALLEST, LARGEST = -708.0, 709.0


@inner
def uniforms(words: Array, r: int, count: int, F: Array) -> None:
    """``F[U]`` = the next uniforms of stream r, ``numpy.random.Generator(SFC64).random()``; its four words move on."""
    a, b, c, counter = words[r, 0], words[r, 1], words[r, 2], words[r, 3]
    for k in range(count):
        word = a + b + counter
        a, b, c = b ^ (b >> ELEVEN), c + (c << THREE), ((c << TWENTY_FOUR) | (c >> FORTY)) + word
        counter += ONE
        F[U, k] = np.float64(word >> ELEVEN) * UNIT
    words[r, 0], words[r, 1], words[r, 2], words[r, 3] = a, b, c, counter


@inner
def exp(z: Any) -> Any:
    """exp of a vector: a Taylor polynomial on [-ln 2 / 2, ln 2 / 2], times a power of two."""
    z = choose(z > SMALLEST, z, SMALLEST)
    z = choose(z < LARGEST, z, LARGEST)
    shifted = multiplied(z, LOG2E, SHIFT)
    k = shifted - SHIFT
    r = multiplied(k, -LN2_LOW, multiplied(k, -LN2_HIGH, z))
    far = polynomial(r, 1 / 362880, 1 / 3628800, 1 / 39916800, 1 / 479001600, 1 / 6227020800)
    near = polynomial(r, 1 / 120, 1 / 720, 1 / 5040, 1 / 40320, far)
    return polynomial(r, 1.0, 1.0, 1 / 2, 1 / 6, multiplied(r, near, 1 / 24)) * from_bits(bits(shifted) << EXPONENT)


@inner
def log1p(e: Any) -> Any:
    """log(1 + e) of a vector between 0 and 1: twice artanh(e / (2 + e)), an odd series."""
    s = e / (2.0 + e)
    q = s * s
    far = polynomial(q, 1 / 27, 1 / 29, 1 / 31, 1 / 33, 1 / 35)
    middle = polynomial(q, 1 / 19, 1 / 21, 1 / 23, 1 / 25, far)
    near = polynomial(q, 1 / 11, 1 / 13, 1 / 15, 1 / 17, middle)
    return 2.0 * s * polynomial(q, 1.0, 1 / 3, 1 / 5, 1 / 7, multiplied(q, near, 1 / 9))


@inner
def polynomial(r: Any, a: float, b: float, c: float, d: float, e: Any) -> Any:
    """a + b r + c r^2 + d r^3 + e r^4."""
    return multiplied(r, multiplied(r, multiplied(r, multiplied(r, e, d), c), b), a)


@inner
def exps(F: Array, count: int) -> None:
    """``F[EXP]`` = exp of ``F[POINT]``."""
    for k in range(0, count, WIDTH):
        store(F, EXP, k, exp(load(F, POINT, k)))
