"""What the compiled kernel does with examples: their scores, losses, slopes, and what these add up to.

Sums may come in another order than the array engine's.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from regretlab.compilation import inner
from regretlab.engines._steps import G, X
from regretlab.simd import WIDTH, called, choose, first, load, multiplied, pair_sums, store, total, vector
from regretlab.vectors import ANCHOR, LABEL, PHI, SCORE, SLOPE, J, W, exp

Array = Any


@inner(always=True)
def _four(Z: Array, d: int, b: Array, last: Any, k: int, K: int, Q: Array) -> Any:
    """The products of x with four rows of the batch, each in two parts."""
    j0, j1 = np.uint64(Q[J, k]), np.uint64(Q[J, min(k + 1, K - 1)])
    j2, j3 = np.uint64(Q[J, min(k + 2, K - 1)]), np.uint64(Q[J, min(k + 3, K - 1)])
    s0, s1, s2, s3 = vector(0.0), vector(0.0), vector(0.0), vector(0.0)
    for i in range(0, d - WIDTH + 1, WIDTH):
        x = load(b, X, i)
        s0, s1 = multiplied(load(Z, j0, i), x, s0), multiplied(load(Z, j1, i), x, s1)
        s2, s3 = multiplied(load(Z, j2, i), x, s2), multiplied(load(Z, j3, i), x, s3)
    if d % WIDTH > 0:
        i = d - WIDTH
        s0, s1 = multiplied(load(Z, j0, i), last, s0), multiplied(load(Z, j1, i), last, s1)
        s2, s3 = multiplied(load(Z, j2, i), last, s2), multiplied(load(Z, j3, i), last, s3)
    return pair_sums(pair_sums(s0, s1), pair_sums(s2, s3))


@inner
def _scores(Z: Array, d: int, b: Array, K: int, F: Array, Q: Array) -> None:
    """The scores z_j . x of the batch, for dense rows.

    What d leaves over of whole vectors is the end of one that begins before, where x counts as zero.
    """
    if d < WIDTH:
        for k in range(K):
            j, score = np.uint64(Q[J, k]), 0.0
            for i in range(d):
                score += Z[j, i] * b[X, i]
            F[SCORE, k] = score
        return
    last = choose(first(WIDTH - d % WIDTH), 0.0, load(b, X, d - WIDTH))
    for k in range(0, K, WIDTH):
        four = _four(Z, d, b, last, k, K, Q)
        store(F, SCORE, k, pair_sums(four, _four(Z, d, b, last, k + 4, K, Q) if k + 4 < K else four))


@inner
def _gradient(Z: Array, d: int, b: Array, K: int, F: Array, Q: Array) -> None:
    """g = sum_k w_k phi'_k z_k for dense rows; the last vectors of coordinates may be the same, or overlap."""
    if d < WIDTH:
        for i in range(d):
            g = 0.0
            for k in range(K):
                g += F[W, k] * F[SLOPE, k] * Z[np.uint64(Q[J, k]), i]
            b[G, i] = g
        return
    last = d - WIDTH
    for i in range(0, d, 4 * WIDTH):
        i0, i1, i2, i3 = min(i, last), min(i + WIDTH, last), min(i + 2 * WIDTH, last), min(i + 3 * WIDTH, last)
        g0, g1, g2, g3 = vector(0.0), vector(0.0), vector(0.0), vector(0.0)
        for k in range(K):
            j, a = np.uint64(Q[J, k]), vector(F[W, k] * F[SLOPE, k])
            g0, g1 = multiplied(a, load(Z, j, i0), g0), multiplied(a, load(Z, j, i1), g1)
            g2, g3 = multiplied(a, load(Z, j, i2), g2), multiplied(a, load(Z, j, i3), g3)
        store(b, G, i0, g0)
        store(b, G, i1, g1)
        store(b, G, i2, g2)
        store(b, G, i3, g3)


@inner
def _sparse_scores(values: Array, starts: Array, columns: Array, b: Array, K: int, F: Array, Q: Array) -> None:
    for k in range(K):
        j, score = Q[J, k], 0.0
        for q in range(starts[j], starts[j + 1]):
            score += values[q] * b[X, columns[q]]
        F[SCORE, k] = score


@inner
def _sparse_gradient(values: Array, starts: Array, columns: Array, b: Array, K: int, F: Array, Q: Array) -> None:
    for i in range(b.shape[1]):
        b[G, i] = 0.0
    for k in range(K):
        j, a = Q[J, k], F[W, k] * F[SLOPE, k]
        for q in range(starts[j], starts[j + 1]):
            b[G, columns[q]] += a * values[q]


@inner
def _softmax(
    Z: Array | None, values: Array, starts: Array, columns: Array, b: Array, classes: int, K: int, F: Array, Q: Array,
    S: Array,
) -> None:  # fmt: skip
    """Cross-entropies of the batch; ``S`` holds p - e_y, zeros beyond the classes, and ``F[SLOPE]`` its length.

    The iterate has a row of classes for every feature. Vectors that begin with a row may end in the next one: what
    comes beyond the classes is left out.
    """
    for k in range(K):
        j, truth = Q[J, k], int(F[LABEL, k])
        for c in range(0, classes, WIDTH):
            score = vector(0.0)
            if Z is None:
                for q in range(starts[j], starts[j + 1]):
                    score = multiplied(vector(values[q]), load(b, X, columns[q] * classes + c), score)
            else:
                for i in range(Z.shape[1]):
                    score = multiplied(vector(Z[j, i]), load(b, X, i * classes + c), score)
            store(S, k, c, score)
        top = S[k, 0]
        for c in range(1, classes):
            top = max(top, S[k, c])
        below, everyone = S[k, truth] - top, vector(0.0)
        for c in range(0, classes, WIDTH):
            e = choose(first(classes - c), exp(load(S, k, c) - top), 0.0)
            everyone = everyone + e
            store(S, k, c, e)
        mass, length = total(everyone), vector(0.0)
        for c in range(0, classes, WIDTH):
            store(S, k, c, load(S, k, c) / mass)
        S[k, truth] -= 1.0
        for c in range(0, classes, WIDTH):
            length = multiplied(load(S, k, c), load(S, k, c), length)
        F[PHI, k], F[SLOPE, k] = math.log(mass) - below, math.sqrt(total(length))


@inner
def _softmax_gradient(
    Z: Array | None, values: Array, starts: Array, columns: Array, d: int, b: Array, classes: int, K: int, F: Array,
    Q: Array, S: Array,
) -> None:  # fmt: skip
    """g = sum_k w_k z_k (p_k - e_y)'; every row of classes ends in the next one, which is made after it."""
    for k in range(K):
        for c in range(0, classes, WIDTH):
            store(S, k, c, F[W, k] * load(S, k, c))
    if Z is None:
        for i in range(d):
            b[G, i] = 0.0
        for k in range(K):
            for q in range(starts[Q[J, k]], starts[Q[J, k] + 1]):
                for c in range(0, classes, WIDTH):
                    i = columns[q] * classes + c
                    store(b, G, i, multiplied(vector(values[q]), load(S, k, c), load(b, G, i)))
    else:
        for i in range(Z.shape[1]):
            for c in range(0, classes, WIDTH):
                g = vector(0.0)
                for k in range(K):
                    g = multiplied(vector(Z[Q[J, k], i]), load(S, k, c), g)
                store(b, G, i * classes + c, g)
    for i in range(d, b.shape[1]):
        b[G, i] = 0.0


@inner
def evaluate(
    loss: int, Z: Array | None, values: Array, starts: Array, columns: Array, y: Array, d: int, b: Array, classes: int,
    K: int, F: Array, Q: Array, S: Array | None,
) -> None:  # fmt: skip
    """Losses and slopes of the batch at the iterate; ``S`` is working memory of a problem with classes.

    ``loss`` is the address of the linear model's loss; the rows of ``y`` are labels and, if it has one, its column.
    """
    for k in range(K):
        F[LABEL, k] = y[0, Q[J, k]]
    if y.shape[0] > 1:
        for k in range(K):
            F[ANCHOR, k] = y[1, Q[J, k]]
    if S is not None:
        _softmax(Z, values, starts, columns, b, classes, K, F, Q, S)
    else:
        if Z is None:
            _sparse_scores(values, starts, columns, b, K, F, Q)
        else:
            _scores(Z, d, b, K, F, Q)
        called(loss, F, K)


@inner
def estimate(
    Z: Array | None, values: Array, starts: Array, columns: Array, d: int, b: Array, classes: int, K: int, F: Array,
    Q: Array, S: Array | None,
) -> None:  # fmt: skip
    """The gradient estimate ``b[G]`` from the weights and slopes of the batch."""
    if S is not None:
        _softmax_gradient(Z, values, starts, columns, d, b, classes, K, F, Q, S)
    elif Z is None:
        _sparse_gradient(values, starts, columns, b, K, F, Q)
    else:
        _gradient(Z, d, b, K, F, Q)


class Looks(NamedTuple):
    """What looking at all examples at every step adds to, by replicate; and each one's squared gradient norm now."""

    full_loss: Array
    variance: Array
    uniform_variance: Array
    oracle_variance: Array
    squared_norms: Array
    squares: Array


@inner
def look(
    looks: Looks, r: int, total_p: float, loss: int, Z: Array | None, values: Array, starts: Array, columns: Array,
    y: Array, lengths: Array, d: int, b: Array, classes: int, F: Array, Q: Array, S: Array | None,
) -> float:  # fmt: skip
    """Look at all examples at the iterate; the sum of their squared norms. The rows of the batch are overwritten."""
    n, value, norms, squares = y.shape[1], 0.0, 0.0, 0.0
    for begin in range(0, n, F.shape[1]):
        count = min(F.shape[1], n - begin)
        for k in range(count):
            Q[J, k] = begin + k
        evaluate(loss, Z, values, starts, columns, y, d, b, classes, count, F, Q, S)
        for k in range(count):
            norm = abs(F[SLOPE, k]) * lengths[begin + k]
            looks.squares[begin + k] = norm * norm
            value += F[PHI, k]
            norms += norm
            squares += norm * norm
    looks.full_loss[r] += value / n
    looks.uniform_variance[r] += squares * n / total_p
    looks.oracle_variance[r] += norms * norms / total_p
    if looks.squared_norms.shape[0] > 0:
        for j in range(n):
            looks.squared_norms[r, j] += looks.squares[j]
    return squares
