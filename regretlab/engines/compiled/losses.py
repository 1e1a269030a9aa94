"""Scores, losses, slopes and gradient estimates of the drawn examples.

Dot products and sums over the batch are cut into vectors and contracted, so they may come in another order than the
array engine's: two sums of m numbers differ by at most about m 2^-52 times the sum of the absolute values.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from regretlab.engines.compiled.compilation import inner
from regretlab.engines.compiled.layout import ANCHOR, LABEL, PHI, SCORE, SLOPE, J, W, exp
from regretlab.engines.compiled.simd import (
    WIDTH,
    called,
    fma,
    load,
    mask_first,
    pair_sums,
    reduce_sum,
    select,
    splat,
    store,
)
from regretlab.engines.compiled.step import G, X
from regretlab.engines.compiled.values import Features, Room

Array = Any


@inner(always=True)
def _four(Z: Array, d: int, b: Array, last: Any, k: int, K: int, Q: Array) -> Any:
    """Multiply x with four rows of the batch; return eight numbers, two halves of each row's score.

    Four sums side by side: each waits for its own last addition, and a processor has several adders. Where the batch
    ends, its last row stands in for the missing ones, whose scores nobody reads.
    """
    j0, j1 = np.uint64(Q[J, k]), np.uint64(Q[J, min(k + 1, K - 1)])
    j2, j3 = np.uint64(Q[J, min(k + 2, K - 1)]), np.uint64(Q[J, min(k + 3, K - 1)])
    s0, s1, s2, s3 = splat(0.0), splat(0.0), splat(0.0), splat(0.0)
    for i in range(0, d - WIDTH + 1, WIDTH):
        x = load(b, X, i)
        s0, s1 = fma(load(Z, j0, i), x, s0), fma(load(Z, j1, i), x, s1)
        s2, s3 = fma(load(Z, j2, i), x, s2), fma(load(Z, j3, i), x, s3)
    if d % WIDTH > 0:
        i = d - WIDTH
        s0, s1 = fma(load(Z, j0, i), last, s0), fma(load(Z, j1, i), last, s1)
        s2, s3 = fma(load(Z, j2, i), last, s2), fma(load(Z, j3, i), last, s3)
    return pair_sums(pair_sums(s0, s1), pair_sums(s2, s3))


@inner
def _scores(Z: Array, d: int, b: Array, K: int, F: Array, Q: Array) -> None:
    """Compute the scores z_j . x of the batch, for dense rows.

    What d leaves over of whole vectors is read as the end of a vector that begins earlier, in which x is zero where it
    was counted before: no row is padded, and nothing is counted twice.
    """
    if d < WIDTH:
        for k in range(K):
            j, score = np.uint64(Q[J, k]), 0.0
            for i in range(d):
                score += Z[j, i] * b[X, i]
            F[SCORE, k] = score
        return
    last = select(mask_first(WIDTH - d % WIDTH), 0.0, load(b, X, d - WIDTH))
    for k in range(0, K, WIDTH):
        four = _four(Z, d, b, last, k, K, Q)
        store(F, SCORE, k, pair_sums(four, _four(Z, d, b, last, k + 4, K, Q) if k + 4 < K else four))


@inner
def _gradient(Z: Array, d: int, b: Array, K: int, F: Array, Q: Array) -> None:
    """Compute g = sum_k w_k phi'_k z_k for dense rows, 32 coordinates at a time in registers.

    The last vectors of coordinates may overlap, or be the same: they are computed twice, from the same numbers.
    """
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
        g0, g1, g2, g3 = splat(0.0), splat(0.0), splat(0.0), splat(0.0)
        for k in range(K):
            j, a = np.uint64(Q[J, k]), splat(F[W, k] * F[SLOPE, k])
            g0, g1 = fma(a, load(Z, j, i0), g0), fma(a, load(Z, j, i1), g1)
            g2, g3 = fma(a, load(Z, j, i2), g2), fma(a, load(Z, j, i3), g3)
        store(b, G, i0, g0)
        store(b, G, i1, g1)
        store(b, G, i2, g2)
        store(b, G, i3, g3)


@inner
def _sparse_scores(values: Array, starts: Array, columns: Array, b: Array, K: int, F: Array, Q: Array) -> None:
    """Compute the scores for sparse rows, in the order of their entries: O(entries) beats any vector here."""
    for k in range(K):
        j, score = Q[J, k], 0.0
        for q in range(starts[j], starts[j + 1]):
            score += values[q] * b[X, columns[q]]
        F[SCORE, k] = score


@inner
def _sparse_gradient(values: Array, starts: Array, columns: Array, b: Array, K: int, F: Array, Q: Array) -> None:
    """Compute g for sparse rows; every other coordinate is zero, and its moments still decay."""
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
    """Compute the batch's cross-entropies; ``S`` holds p - e_y, zeros beyond the classes, ``F[SLOPE]`` its length.

    The loss is log sum_c exp(u_c - max u) - (u_y - max u): no exponential overflows, and the sum is at least 1. Its
    gradient is the outer product of z and p - e_y, whose norm is the product of theirs. The iterate has a row of
    classes for every feature. Vectors that begin with a row may end in the next one: what is beyond the classes is
    masked.
    """
    for k in range(K):
        j, truth = Q[J, k], int(F[LABEL, k])
        for c in range(0, classes, WIDTH):
            score = splat(0.0)
            if Z is None:
                for q in range(starts[j], starts[j + 1]):
                    score = fma(splat(values[q]), load(b, X, columns[q] * classes + c), score)
            else:
                for i in range(Z.shape[1]):
                    score = fma(splat(Z[j, i]), load(b, X, i * classes + c), score)
            store(S, k, c, score)
        top = S[k, 0]
        for c in range(1, classes):
            top = max(top, S[k, c])
        below, everyone = S[k, truth] - top, splat(0.0)
        for c in range(0, classes, WIDTH):
            e = select(mask_first(classes - c), exp(load(S, k, c) - top), 0.0)
            everyone = everyone + e
            store(S, k, c, e)
        mass, length = reduce_sum(everyone), splat(0.0)
        for c in range(0, classes, WIDTH):
            store(S, k, c, load(S, k, c) / mass)
        S[k, truth] -= 1.0
        for c in range(0, classes, WIDTH):
            length = fma(load(S, k, c), load(S, k, c), length)
        F[PHI, k], F[SLOPE, k] = math.log(mass) - below, math.sqrt(reduce_sum(length))


@inner
def _softmax_gradient(
    Z: Array | None, values: Array, starts: Array, columns: Array, d: int, b: Array, classes: int, K: int, F: Array,
    Q: Array, S: Array,
) -> None:  # fmt: skip
    """Compute g = sum_k w_k z_k (p_k - e_y)'; the zeros that end a row's vectors are overwritten by the next row."""
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
                    store(b, G, i, fma(splat(values[q]), load(S, k, c), load(b, G, i)))
    else:
        for i in range(Z.shape[1]):
            for c in range(0, classes, WIDTH):
                g = splat(0.0)
                for k in range(K):
                    g = fma(splat(Z[Q[J, k], i]), load(S, k, c), g)
                store(b, G, i * classes + c, g)
    for i in range(d, b.shape[1]):
        b[G, i] = 0.0


@inner
def evaluate(
    loss: int, Z: Array | None, features: Features, d: int, classes: int, K: int, room: Room, S: Array | None
) -> None:
    """Compute losses and slopes of the batch at the iterate; ``S`` is working memory of a problem with classes.

    ``loss`` is the address of the linear model's loss; the rows of y are labels and, if it has one, its column. A
    call by address keeps the loss out of the kernel, which is compiled once for all losses; one call serves a batch.
    """
    F, Q, y = room.F, room.Q, features.y
    for k in range(K):
        F[LABEL, k] = y[0, Q[J, k]]
    if y.shape[0] > 1:
        for k in range(K):
            F[ANCHOR, k] = y[1, Q[J, k]]
    if S is not None:
        _softmax(Z, features.values, features.starts, features.columns, room.b, classes, K, F, Q, S)
    else:
        if Z is None:
            _sparse_scores(features.values, features.starts, features.columns, room.b, K, F, Q)
        else:
            _scores(Z, d, room.b, K, F, Q)
        called(loss, F, K)


@inner
def estimate(Z: Array | None, features: Features, d: int, classes: int, K: int, room: Room, S: Array | None) -> None:
    """Compute the gradient estimate ``b[G]`` from the weights and slopes of the batch."""
    F, Q, b = room.F, room.Q, room.b
    if S is not None:
        _softmax_gradient(Z, features.values, features.starts, features.columns, d, b, classes, K, F, Q, S)
    elif Z is None:
        _sparse_gradient(features.values, features.starts, features.columns, b, K, F, Q)
    else:
        _gradient(Z, d, b, K, F, Q)


class Looks(NamedTuple):
    """The sums over steps of measurements of all examples, by replicate; ``squares`` are the squared norms now."""

    full_loss: Array
    variance: Array
    uniform_variance: Array
    oracle_variance: Array
    squared_norms: Array
    squares: Array


@inner
def look(
    looks: Looks, r: int, total_p: float, loss: int, Z: Array | None, features: Features, d: int, classes: int,
    room: Room, S: Array | None,
) -> float:  # fmt: skip
    """Look at all examples at the iterate; return the sum of their squared norms.

    They go through the rows of the batch as many batches, which are overwritten. With total T of the probabilities, the
    variance sum_j s_j / p_j is n sum_j s_j / T for the uniform law, and (sum_j sqrt(s_j))^2 / T for the best one by
    Cauchy and Schwarz.
    """
    F, n, value, norms, squares = room.F, features.y.shape[1], 0.0, 0.0, 0.0
    for begin in range(0, n, F.shape[1]):
        count = min(F.shape[1], n - begin)
        for k in range(count):
            room.Q[J, k] = begin + k
        evaluate(loss, Z, features, d, classes, count, room, S)
        for k in range(count):
            norm = abs(F[SLOPE, k]) * features.lengths[begin + k]
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
