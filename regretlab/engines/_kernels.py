"""The compiled kernel of any built-in run: the loop over the steps of a block, for a range of replicates.

Only sums over examples, coordinates and draws may be reordered; the step (``_steps``) may not.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from regretlab.compilation import REORDER, entry, inner
from regretlab.engines._steps import HIGH, LANES, LOW, SIZE, SQUARES, V_HAT, VECTOR, G, M, V, steps
from regretlab.samplers._base import Rule
from regretlab.samplers._laws import draw, kept, observe, plant
from regretlab.vectors import (
    EXP,
    LABEL,
    LN2,
    LONGEST,
    NORM,
    PHI,
    POINT,
    SCORE,
    SLOPE,
    J,
    P,
    W,
    exps,
    softplus,
    squared_length,
    uniform,
)  # fmt: skip

Array = Any

#: Losses: phi(u) = u; log(1 + exp(-y u)); y log(1 + exp(-max(u, 0))); (u - y)^2 / 2; max(1 - y u, 0).
IDENTITY, LOGISTIC, NEURON, HALF_SQUARE, HINGE = range(5)
#: Samplers.
CYCLIC, UNIFORM, FLOYD, BANDIT = range(4)


@inner(fastmath=REORDER)
def _scores(Z: Array, x: Array, K: int, F: Array, Q: Array) -> None:
    """The scores z_j . x of the batch, for dense rows, four per pass."""
    k = 0
    while k + 4 <= K:
        j0, j1, j2, j3 = np.uint64(Q[J, k]), np.uint64(Q[J, k + 1]), np.uint64(Q[J, k + 2]), np.uint64(Q[J, k + 3])
        s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
        for i in range(x.shape[0]):
            s0 += Z[j0, i] * x[i]
            s1 += Z[j1, i] * x[i]
            s2 += Z[j2, i] * x[i]
            s3 += Z[j3, i] * x[i]
        F[SCORE, k], F[SCORE, k + 1], F[SCORE, k + 2], F[SCORE, k + 3] = s0, s1, s2, s3
        k += 4
    while k < K:
        j, total = np.uint64(Q[J, k]), 0.0
        for i in range(x.shape[0]):
            total += Z[j, i] * x[i]
        F[SCORE, k] = total
        k += 1


@inner(fastmath=REORDER)
def _gradient(Z: Array, g: Array, K: int, F: Array, Q: Array) -> None:
    """g = sum_k w_k phi'_k z_k for dense rows, four per pass."""
    k, d = 0, g.shape[0]
    for i in range(d):
        g[i] = 0.0
    while k + 4 <= K:
        j0, j1, j2, j3 = np.uint64(Q[J, k]), np.uint64(Q[J, k + 1]), np.uint64(Q[J, k + 2]), np.uint64(Q[J, k + 3])
        a0, a1 = F[W, k] * F[SLOPE, k], F[W, k + 1] * F[SLOPE, k + 1]
        a2, a3 = F[W, k + 2] * F[SLOPE, k + 2], F[W, k + 3] * F[SLOPE, k + 3]
        for i in range(d):
            g[i] += (a0 * Z[j0, i] + a1 * Z[j1, i]) + (a2 * Z[j2, i] + a3 * Z[j3, i])
        k += 4
    while k < K:
        j, a = np.uint64(Q[J, k]), F[W, k] * F[SLOPE, k]
        for i in range(d):
            g[i] += a * Z[j, i]
        k += 1


@inner
def _sparse_scores(values: Array, starts: Array, columns: Array, x: Array, K: int, F: Array, Q: Array) -> None:
    for k in range(K):
        j, total = Q[J, k], 0.0
        for q in range(starts[j], starts[j + 1]):
            total += values[q] * x[columns[q]]
        F[SCORE, k] = total


@inner
def _sparse_gradient(values: Array, starts: Array, columns: Array, g: Array, K: int, F: Array, Q: Array) -> None:
    for i in range(g.shape[0]):
        g[i] = 0.0
    for k in range(K):
        j, a = Q[J, k], F[W, k] * F[SLOPE, k]
        for q in range(starts[j], starts[j + 1]):
            g[columns[q]] += a * values[q]


@inner
def _losses(code: int, K: int, F: Array, Q: Array) -> None:
    """phi and its derivative at the scores."""
    if code == IDENTITY:
        for k in range(K):
            F[PHI, k], F[SLOPE, k] = F[SCORE, k], 1.0
        return
    if code == HALF_SQUARE:
        for k in range(K):
            F[SLOPE, k] = F[SCORE, k] - F[LABEL, k]
            F[PHI, k] = F[SLOPE, k] * F[SLOPE, k] / 2.0
        return
    if code == HINGE:
        for k in range(K):
            margin = 1.0 - F[LABEL, k] * F[SCORE, k]
            F[PHI, k] = 0.0 if margin <= 0.0 else margin
            F[SLOPE, k] = -F[LABEL, k] if margin > 0.0 else 0.0
        return
    for k in range(K):
        F[POINT, k] = -abs(F[SCORE, k])
    exps(F, K, Q)
    softplus(F, K)
    if code == LOGISTIC:
        for k in range(K):
            y, e = F[LABEL, k], F[EXP, k]
            z = -y * F[SCORE, k]
            # Written so that a score that is not a number stays one, and the run stops.
            F[PHI, k] += 0.0 if z <= 0.0 else z
            F[SLOPE, k] = -y * ((1.0 if z >= 0.0 else e) / (1.0 + e))
    else:
        for k in range(K):
            y, e, u = F[LABEL, k], F[EXP, k], F[SCORE, k]
            F[PHI, k] = y * (LN2 if u <= 0.0 else F[PHI, k])
            F[SLOPE, k] = -y * (e / (1.0 + e)) if u > 0.0 else 0.0


@inner
def _everyones_loss(
    code: int, Z: Array | None, values: Array, starts: Array, columns: Array, y: Array, x: Array, F: Array, Q: Array
) -> float:
    """The mean loss of all examples at x; the rows of the batch are overwritten."""
    n, total = y.shape[0], 0.0
    for first in range(0, n, F.shape[1]):
        count = min(F.shape[1], n - first)
        for k in range(count):
            Q[J, k], F[LABEL, k] = first + k, y[first + k]
        if Z is None:
            _sparse_scores(values, starts, columns, x, count, F, Q)
        else:
            _scores(Z, x, count, F, Q)
        _losses(code, count, F, Q)
        for k in range(count):
            total += F[PHI, k]
    return total / n


@inner
def _ordered(
    sampler: int, everyone: float, words: Array, r: int, position: int, mark: Array, stamp: int, n: int, K: int,
    F: Array, Q: Array,
) -> None:  # fmt: skip
    """A batch from the samplers that learn nothing; ``everyone`` is their constant probability."""
    for k in range(K):
        if sampler == CYCLIC:
            Q[J, k] = (position + k) % n
        elif sampler == UNIFORM:
            Q[J, k] = np.int64(uniform(words, r) * n)
        else:
            last = n - K + k
            found = np.int64(uniform(words, r) * (last + 1))
            Q[J, k] = last if mark[found] == stamp else found
            mark[Q[J, k]] = stamp
        F[W, k], F[P, k] = 1.0 / K, everyone


@entry
def advance(
    begin: int, end: int, K: int, loss_code: int, sampler: int, per_draw: float, everyone: float, rule: Rule | None,
    Z: Array | None, values: Array, starts: Array, columns: Array, y: Array, lengths: Array, constant: Array,
    moving: Array, rows: Array, x: Array, m: Array, v: Array, v_hat: Array, words: Array, position: Array, own: Array,
    loss: Array, received: Array, squared_gradient: Array, second_moment: Array, largest_coordinate: Array,
    largest_gradient: Array, largest_example_gradient: Array, smallest_x: Array, largest_x: Array,
    full_loss: Array | None, F: Array, Q: Array, g: Array, xr: Array, b: Array, tree: Array, mark: Array,
) -> None:  # fmt: skip
    """All steps of a block for the replicates begin..end-1, one after the other, in place.

    ``constant`` holds the nine coefficients, p, eps and the ends of the box; those in ``moving`` change from step to
    step, as ``rows`` (of each, all steps) has it. ``per_draw`` is the weight of one draw in the second moment,
    ``everyone`` the constant probability of a sampler without a rule. What is None is left out of the machine code,
    which then takes half the time to compile: ``Z`` when the features are sparse, ``rule`` when the sampler learns
    nothing, ``full_loss`` unless it is measured. The last seven are working memory.
    """
    n, d = y.shape[0], x.shape[1]
    stamp = 0
    for j in range(mark.shape[0]):
        mark[j] = -1
    for r in range(begin, end):
        top = 0.0
        if rule is not None:
            top = plant(rule, own, r, tree, F, Q)
        for i in range(d):
            c, o = i // LANES, i % LANES
            b[c, o], b[c, o + M], b[c, o + V], b[c, o + V_HAT] = x[r, i], m[r, i], v[r, i], v_hat[r, i]
            b[c, o + SQUARES] = squared_gradient[r, i]
            b[c, o + LOW], b[c, o + HIGH], b[c, o + SIZE] = smallest_x[r, i], largest_x[r, i], 0.0
            xr[i] = x[r, i]
        for k in range(K):
            F[LONGEST, k] = 0.0
        value, moment, length = loss[r], second_moment[r], largest_gradient[r]
        at = position[r]
        for s in range(rows.shape[1]):
            for i in range(moving.shape[0]):
                constant[moving[i]] = rows[i, s]
            if full_loss is not None:
                full_loss[r] += _everyones_loss(loss_code, Z, values, starts, columns, y, xr, F, Q)
            if rule is not None:
                top = draw(rule, own, r, K, tree, top, words, F, Q)
            else:
                stamp += 1
                _ordered(sampler, everyone, words, r, at, mark, stamp, n, K, F, Q)
                at = (at + K) % n
            if Z is None:
                _sparse_scores(values, starts, columns, xr, K, F, Q)
            else:
                _scores(Z, xr, K, F, Q)
            for k in range(K):
                F[LABEL, k] = y[Q[J, k]]
            _losses(loss_code, K, F, Q)
            now, spread = 0.0, 0.0
            for k in range(K):
                F[NORM, k] = abs(F[SLOPE, k]) * lengths[Q[J, k]]
                received[r, Q[J, k]] += F[W, k]
            for k in range(K):
                norm, longest = F[NORM, k], F[LONGEST, k]
                F[LONGEST, k] = norm if norm > longest else longest
                F[EXP, k] = (norm * norm) / (F[P, k] * F[P, k])
            for k in range(K):
                now += F[W, k] * F[PHI, k]
                spread += F[EXP, k]
            value += now
            moment += per_draw * spread
            if Z is None:
                _sparse_gradient(values, starts, columns, g, K, F, Q)
            else:
                _gradient(Z, g, K, F, Q)
            here = math.sqrt(squared_length(g))
            length = here if here > length else length
            for c in range(b.shape[0]):
                first = c * LANES
                count = min(LANES, d - first)
                for i in range(count):
                    b[c, i + G] = g[first + i]
                steps(b, c, (count + VECTOR - 1) // VECTOR * VECTOR, constant)
                for i in range(count):
                    xr[first + i] = b[c, i]
            if rule is not None:
                top = observe(rule, own, r, K, tree, top, F, Q)
        if rule is not None:
            kept(rule, own, r, tree)
        position[r] = at
        loss[r], second_moment[r], largest_gradient[r] = value, moment, length
        for k in range(K):
            largest_example_gradient[r] = max(largest_example_gradient[r], F[LONGEST, k])
        for i in range(d):
            c, o = i // LANES, i % LANES
            x[r, i], m[r, i], v[r, i], v_hat[r, i] = b[c, o], b[c, o + M], b[c, o + V], b[c, o + V_HAT]
            squared_gradient[r, i] = b[c, o + SQUARES]
            smallest_x[r, i], largest_x[r, i] = b[c, o + LOW], b[c, o + HIGH]
            largest_coordinate[r] = max(largest_coordinate[r], b[c, o + SIZE])
