"""The compiled kernels: the loop over the steps of a block, for a range of replicates.

The four lines of :func:`regretlab.methods.step` are repeated in :func:`_step`, without any licence to round
differently. Only sums over examples, coordinates and draws may be reordered.

What a step carries lies in rows of ``LANES`` numbers of one flat array, whose distances the compiler knows, so that it
uses vector instructions: side by side are the coordinates of one replicate, or, for one-dimensional linear losses,
the replicates.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from regretlab.compilation import REORDER, entry, inner
from regretlab.samplers._base import Rule
from regretlab.samplers._laws import draw, kept, observe, plant
from regretlab.vectors import (
    EXP,
    LABEL,
    LN2,
    LONGEST,
    NORM,
    PHI,
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

#: Losses: phi(u) = u; log(1 + exp(-y u)); y log(1 + exp(-max(u, 0))).
IDENTITY, LOGISTIC, NEURON = range(3)
#: Samplers.
CYCLIC, UNIFORM, FLOYD, BANDIT = range(4)
#: Numbers side by side, a multiple of the longest vector; short rows are padded to a multiple of it.
LANES, VECTOR = 64, 8
#: Where the rows begin: iterate, moments, gradient, sum of its squares, extremes of the iterate, loss, the largest
#: gradient, second moment, and what one step adds to it.
ROWS = 12
X, M, V, V_HAT, G, SQUARES, LOW, HIGH, LOSS, SIZE, MOMENT, SECOND = range(0, ROWS * LANES, LANES)


@inner
def _step(  # the arguments are the step's symbols, in the order of Coefficients
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
    b[q, i], b[q, i + M], b[q, i + V], b[q, i + V_HAT] = _step(
        x, b[q, i + M], b[q, i + V], b[q, i + V_HAT], g, mu, nu, beta, om, rho, wd, eta, kap, c, p, eps, low, high
    )


@inner
def _steps(b: Array, q: int, count: int, k: Array) -> None:
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


@inner(fastmath=REORDER)
def _scores(Z: Array, x: Array, K: int, F: Array, Q: Array) -> None:
    """The scores z_j . x of the batch, for dense rows."""
    for k in range(K):
        j, total = np.uint64(Q[J, k]), 0.0
        for i in range(x.shape[0]):
            total += Z[j, i] * x[i]
        F[SCORE, k] = total


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
    for k in range(K):
        F[SLOPE, k] = -abs(F[SCORE, k])
    exps(F, SLOPE, EXP, K, Q)
    softplus(F, EXP, PHI, K)
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
    begin: int, end: int, K: int, loss_code: int, sampler: int, per_draw: float, everyone: float, rule: Rule, Z: Array,
    values: Array, starts: Array, columns: Array, y: Array, lengths: Array, constant: Array, moving: Array,
    rows: Array, x: Array, m: Array, v: Array, v_hat: Array, words: Array, position: Array, own: Array, loss: Array,
    received: Array, squared_gradient: Array, second_moment: Array, largest_coordinate: Array,
    largest_gradient: Array, largest_example_gradient: Array, smallest_x: Array, largest_x: Array, F: Array, Q: Array,
    g: Array, xr: Array, b: Array, tree: Array, mark: Array,
) -> None:  # fmt: skip
    """All steps of a block for the replicates begin..end-1, one after the other, in place.

    ``constant`` holds the nine coefficients, p, eps and the ends of the box; those in ``moving`` change from step to
    step, as ``rows`` (of each, all steps) has it. ``per_draw`` is the weight of one draw in the second moment,
    ``everyone`` the constant probability of a sampler without a rule. The last seven are working memory.
    """
    n, d, bandit = y.shape[0], x.shape[1], sampler == BANDIT
    stamp = 0
    for r in range(begin, end):
        top = plant(rule, own, r, tree, F, Q) if bandit else 0.0
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
            if bandit:
                top = draw(rule, own, r, K, tree, top, words, F, Q)
            else:
                stamp += 1
                _ordered(sampler, everyone, words, r, at, mark, stamp, n, K, F, Q)
                at = (at + K) % n
            if values.shape[0] > 0:
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
            if values.shape[0] > 0:
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
                _steps(b, c, (count + VECTOR - 1) // VECTOR * VECTOR, constant)
                for i in range(count):
                    xr[first + i] = b[c, i]
            if bandit:
                top = observe(rule, own, r, K, tree, top, F, Q)
        if bandit:
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


@inner
def _words(state: Array, u: Array, drawn: Array, n: int, count: int) -> None:
    """An example from every lane's stream, :func:`regretlab.vectors.uniform` side by side."""
    for i in range(count):
        a, b, c, counter = state[i], state[i + LANES], state[i + 2 * LANES], state[i + 3 * LANES]
        word = a + b + counter
        state[i] = b ^ (b >> np.uint64(11))
        state[i + LANES] = c + (c << np.uint64(3))
        state[i + 2 * LANES] = ((c << np.uint64(24)) | (c >> np.uint64(40))) + word
        state[i + 3 * LANES] = counter + np.uint64(1)
        u[i] = np.float64(word >> np.uint64(11)) * (1.0 / 9007199254740992.0)
    for i in range(count):
        drawn[i] = np.uint64(u[i] * n)


@entry
def advance_alone(
    r: int, sampler: int, per_draw: float, everyone: float, Z: Array, constant: Array, moving: Array, rows: Array,
    x: Array, m: Array, v: Array, v_hat: Array, words: Array, position: Array, loss: Array, received: Array,
    squared_gradient: Array, second_moment: Array, largest_coordinate: Array, largest_gradient: Array,
    largest_example_gradient: Array, smallest_x: Array, largest_x: Array,
) -> None:  # fmt: skip
    """As :func:`advance_lanes` for one replicate: what a step hands to the next stays in registers."""
    n, k = Z.shape[0], constant
    now, first, second, top = x[r, 0], m[r, 0], v[r, 0], v_hat[r, 0]
    value, squares, moment, size = loss[r], squared_gradient[r, 0], second_moment[r], largest_gradient[r]
    least, most, at = smallest_x[r, 0], largest_x[r, 0], int(position[r])
    p, eps, low, high = k[9], k[10], k[11], k[12]
    for s in range(rows.shape[1]):
        for i in range(moving.shape[0]):
            k[moving[i]] = rows[i, s]
        if sampler == CYCLIC:
            j, at = at, (at + 1 if at + 1 < n else 0)
        else:
            j = int(uniform(words, r) * n)
        g = Z[j, 0]
        received[r, j] += 1.0
        value += g * now
        squares += g * g
        moment += per_draw * (g * g / (everyone * everyone))
        size = abs(g) if abs(g) > size else size
        least = now if now < least else least
        most = now if now > most else most
        now, first, second, top = _step(
            now, first, second, top, g, k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7], k[8], p, eps, low, high
        )
    x[r, 0], m[r, 0], v[r, 0], v_hat[r, 0] = now, first, second, top
    loss[r], squared_gradient[r, 0], second_moment[r], largest_gradient[r] = value, squares, moment, size
    largest_coordinate[r] = largest_example_gradient[r] = size
    smallest_x[r, 0], largest_x[r, 0] = least, most
    position[r] = at


@entry
def advance_lanes(
    begin: int, end: int, sampler: int, per_draw: float, everyone: float, constant: Array, moving: Array,
    rows: Array, x: Array, m: Array, v: Array, v_hat: Array, words: Array, position: Array, loss: Array,
    received: Array, squared_gradient: Array, second_moment: Array, largest_coordinate: Array,
    largest_gradient: Array, largest_example_gradient: Array, smallest_x: Array, largest_x: Array, b: Array,
    state: Array, u: Array, drawn: Array, slopes: Array, moments: Array, visits: Array, counts: Array,
) -> None:  # fmt: skip
    """As :func:`advance` for linear losses with d = K = 1: replicates side by side, so that whole vectors are used."""
    n = slopes.shape[0]
    for first in range(begin, end, LANES):
        alive = min(LANES, end - first)
        count = (alive + VECTOR - 1) // VECTOR * VECTOR
        for i in range(alive):
            r = first + i
            b[0, i], b[0, i + M], b[0, i + V], b[0, i + V_HAT] = x[r, 0], m[r, 0], v[r, 0], v_hat[r, 0]
            b[0, i + SQUARES], b[0, i + SIZE] = squared_gradient[r, 0], largest_gradient[r]
            b[0, i + LOW], b[0, i + HIGH] = smallest_x[r, 0], largest_x[r, 0]
            b[0, i + LOSS], b[0, i + MOMENT] = loss[r], second_moment[r]
            for word in range(4):
                state[i + word * LANES] = words[r, word]
        at = int(position[first])
        for j in range(n):
            visits[j] = 0
        for j in range(counts.shape[0]):
            counts[j] = 0
        for s in range(rows.shape[1]):
            for i in range(moving.shape[0]):
                constant[moving[i]] = rows[i, s]
            if sampler == CYCLIC:
                for i in range(count):
                    b[0, i + G], b[0, i + SECOND] = slopes[at], moments[at]
                visits[at] += 1
                at = at + 1 if at + 1 < n else 0
            else:
                _words(state, u, drawn, n, count)
                for i in range(count):
                    b[0, i + G], b[0, i + SECOND] = slopes[drawn[i]], moments[drawn[i]]
                for i in range(count):
                    counts[drawn[i] * np.uint64(LANES) + np.uint64(i)] += 1
            _steps(b, 0, count, constant)
        for i in range(alive):
            r = first + i
            x[r, 0], m[r, 0], v[r, 0], v_hat[r, 0] = b[0, i], b[0, i + M], b[0, i + V], b[0, i + V_HAT]
            squared_gradient[r, 0], largest_gradient[r] = b[0, i + SQUARES], b[0, i + SIZE]
            largest_coordinate[r] = largest_example_gradient[r] = b[0, i + SIZE]
            smallest_x[r, 0], largest_x[r, 0] = b[0, i + LOW], b[0, i + HIGH]
            loss[r], second_moment[r] = b[0, i + LOSS], b[0, i + MOMENT]
            for word in range(4):
                words[r, word] = state[i + word * LANES]
            if sampler == CYCLIC:
                position[r] = at
            for j in range(n):
                received[r, j] += visits[j] if sampler == CYCLIC else counts[j * LANES + i]
