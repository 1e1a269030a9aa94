"""Working memory of the kernels, and functions that they share: random streams, exponentials and logarithms.

A kernel's working memory is two arrays, numbers F and indices Q, whose rows (:data:`NUMBERS`, :data:`INDICES`) have
one entry for each draw, and some to spare up to a whole vector. Functions take the arrays and name the rows: a slice
would cost more than the work on it.

Exponentials and logarithms are polynomials (good to two units in the last place) of vectors; the system's functions
take one number at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from regretlab.engines.compiled.compilation import inner
from regretlab.engines.compiled.simd import WIDTH, bits, fma, from_bits, load, select, store

Array = Any

#: Rows of F: uniforms, parts of a draw, probabilities, weights, scores, labels, losses, gradients' norms, anchors.
U, FILLED, SHARE, POINT, P, W, SCORE, LABEL, PHI, SLOPE, EXP, NORM, ANCHOR = range(13)
NUMBERS = 13
#: Rows of Q: drawn examples, nodes of a tree, examples at integers, capped ones, a path, marks, duels won.
J, NODE, CROSSING, CAPS, STACK, FROZEN, WON = range(7)
INDICES = 7
#: Samplers.
CYCLIC, UNIFORM, FLOYD, BANDIT = range(4)
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
    """Draw ``F[U]``, the next uniforms of stream r, as ``numpy.random.Generator(SFC64).random()`` does.

    Words and their top 53 bits are those of NumPy, so every engine draws the same; the four words of the state move on.
    """
    a, b, c, counter = words[r, 0], words[r, 1], words[r, 2], words[r, 3]
    for k in range(count):
        word = a + b + counter
        a, b, c = b ^ (b >> ELEVEN), c + (c << THREE), ((c << TWENTY_FOUR) | (c >> FORTY)) + word
        counter += ONE
        F[U, k] = np.float64(word >> ELEVEN) * UNIT
    words[r, 0], words[r, 1], words[r, 2], words[r, 3] = a, b, c, counter


@inner
def exp(z: Any) -> Any:
    """Exponentiate a vector: with z = k ln 2 + r, a Taylor polynomial in r times 2^k.

    With |r| <= ln 2 / 2 the remainder is at most e^|r| |r|^14 / 14! < 6e-18, far below half a unit in the last place of
    e^r >= 0.7. ln 2 is in two parts, of which the first times k is exact: the cancellation in r costs no bits. The
    power of two is made of its bits.
    """
    z = select(z > SMALLEST, z, SMALLEST)
    z = select(z < LARGEST, z, LARGEST)
    shifted = fma(z, LOG2E, SHIFT)
    k = shifted - SHIFT
    r = fma(k, -LN2_LOW, fma(k, -LN2_HIGH, z))
    far = polynomial(r, 1 / 362880, 1 / 3628800, 1 / 39916800, 1 / 479001600, 1 / 6227020800)
    near = polynomial(r, 1 / 120, 1 / 720, 1 / 5040, 1 / 40320, far)
    return polynomial(r, 1.0, 1.0, 1 / 2, 1 / 6, fma(r, near, 1 / 24)) * from_bits(bits(shifted) << EXPONENT)


@inner
def log1p(e: Any) -> Any:
    """Take log(1 + e) of a vector between 0 and 1: twice artanh(s) with s = e / (2 + e) <= 1/3, an odd series.

    Cut after s^35 it lacks at most 2 s^37 / (37 (1 - s^2)) < 1.4e-19, at s = 1/3, where the logarithm is ln 2. Small e
    keep their relative precision, which 1 + e would round away.
    """
    s = e / (2.0 + e)
    q = s * s
    far = polynomial(q, 1 / 27, 1 / 29, 1 / 31, 1 / 33, 1 / 35)
    middle = polynomial(q, 1 / 19, 1 / 21, 1 / 23, 1 / 25, far)
    near = polynomial(q, 1 / 11, 1 / 13, 1 / 15, 1 / 17, middle)
    return 2.0 * s * polynomial(q, 1.0, 1 / 3, 1 / 5, 1 / 7, fma(q, near, 1 / 9))


@inner
def polynomial(r: Any, a: float, b: float, c: float, d: float, e: Any) -> Any:
    """Evaluate a + b r + c r^2 + d r^3 + e r^4 by Horner's rule."""
    return fma(r, fma(r, fma(r, fma(r, e, d), c), b), a)


@inner
def exps(F: Array, count: int) -> None:
    """Exponentiate ``F[POINT]`` into ``F[EXP]``."""
    for k in range(0, count, WIDTH):
        store(F, EXP, k, exp(load(F, POINT, k)))
