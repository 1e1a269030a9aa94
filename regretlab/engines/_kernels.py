"""The compiled kernel of any built-in run: the loop over the steps of a block, for a range of replicates.

Only sums over examples, coordinates and draws may be reordered; the step (``_steps``) may not.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from regretlab.compilation import entry, inner
from regretlab.engines._steps import step
from regretlab.problems.domains import NEWTON_STEPS
from regretlab.samplers._base import Rule
from regretlab.samplers._laws import draw, kept, observe, plant
from regretlab.simd import (
    WIDTH,
    choose,
    first,
    largest_of,
    load,
    multiplied,
    pair_sums,
    size,
    store,
    total,
    vector,
)  # fmt: skip
from regretlab.vectors import LABEL, LN2, NORM, PHI, SCORE, SLOPE, J, P, U, W, exp, log1p, uniforms

Array = Any

#: Losses: phi(u) = u; log(1 + exp(-y u)); y log(1 + exp(-max(u, 0))); (u - y)^2 / 2; max(1 - y u, 0).
IDENTITY, LOGISTIC, NEURON, HALF_SQUARE, HINGE = range(5)
#: Samplers.
CYCLIC, UNIFORM, FLOYD, BANDIT = range(4)


#: What coordinates carry: iterate, moments, gradient, sum of its squares, extremes of the iterate, largest gradient,
#: denominator.
ROWS = 10
X, M, V, V_HAT, G, SQUARES, LOW, HIGH, SIZE, SCALE = range(ROWS)


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
def _losses(code: int, K: int, F: Array) -> None:
    """phi and its derivative at the scores; one that is not a number stays so, and the run stops."""
    for k in range(0, K, WIDTH):
        y, u = load(F, LABEL, k), load(F, SCORE, k)
        if code == IDENTITY:
            phi, slope = u, vector(1.0)
        elif code == HALF_SQUARE:
            slope = u - y
            phi = slope * slope / 2.0
        elif code == HINGE:
            margin = 1.0 - y * u
            phi, slope = choose(margin <= 0.0, 0.0, margin), choose(margin > 0.0, -y, 0.0)
        else:
            e = exp(-size(u))
            phi = log1p(e)
            if code == LOGISTIC:
                z = -y * u
                phi = phi + choose(z <= 0.0, 0.0, z)
                slope = -y * (choose(z >= 0.0, 1.0, e) / (1.0 + e))
            else:
                phi = y * choose(u <= 0.0, LN2, phi)
                slope = choose(u > 0.0, -y * (e / (1.0 + e)), 0.0)
        store(F, PHI, k, phi)
        store(F, SLOPE, k, slope)


@inner
def _everyones_loss(
    code: int, Z: Array | None, values: Array, starts: Array, columns: Array, y: Array, d: int, b: Array, F: Array,
    Q: Array,
) -> float:  # fmt: skip
    """The mean loss of all examples at the iterate; the rows of the batch are overwritten."""
    n, loss = y.shape[0], 0.0
    for begin in range(0, n, F.shape[1]):
        count = min(F.shape[1], n - begin)
        for k in range(count):
            Q[J, k], F[LABEL, k] = begin + k, y[begin + k]
        if Z is None:
            _sparse_scores(values, starts, columns, b, count, F, Q)
        else:
            _scores(Z, d, b, count, F, Q)
        _losses(code, count, F)
        for k in range(count):
            loss += F[PHI, k]
    return loss / n


@inner
def _ordered(
    sampler: int, everyone: float, words: Array, r: int, position: int, mark: Array, stamp: int, n: int, K: int,
    F: Array, Q: Array,
) -> None:  # fmt: skip
    """A batch from the samplers that learn nothing; ``everyone`` is their constant probability."""
    if sampler != CYCLIC:
        uniforms(words, r, K, F)
    for k in range(K):
        if sampler == CYCLIC:
            Q[J, k] = (position + k) % n
        elif sampler == UNIFORM:
            Q[J, k] = np.int64(F[U, k] * n)
        else:
            last = n - K + k
            found = np.int64(F[U, k] * (last + 1))
            Q[J, k] = last if mark[found] == stamp else found
            mark[Q[J, k]] = stamp
        F[W, k], F[P, k] = 1.0 / K, everyone


@inner
def _steps(b: Array, d: int, k: Array) -> float:
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
def _into_ball(b: Array, d: int, radius: float) -> None:
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


@entry
def advance(
    begin: int, end: int, K: int, loss_code: int, sampler: int, per_draw: float, everyone: float, rule: Rule | None,
    Z: Array | None, values: Array, starts: Array, columns: Array, y: Array, lengths: Array, constant: Array,
    moving: Array, rows: Array, x: Array, m: Array, v: Array, v_hat: Array, words: Array, position: Array, own: Array,
    loss: Array, received: Array, squared_gradient: Array, second_moment: Array, largest_coordinate: Array,
    largest_gradient: Array, largest_example_gradient: Array, smallest_x: Array, largest_x: Array,
    full_loss: Array | None, radius: float | None, trees: Array, tops: Array, standing: bool, F: Array, Q: Array,
    b: Array, mark: Array,
) -> None:  # fmt: skip
    """All steps of a block for the replicates begin..end-1, one after the other, in place.

    ``constant`` holds the nine coefficients, p, eps and the ends of the box; those in ``moving`` change from step to
    step, as ``rows`` (of each, all steps) has it. ``per_draw`` is the weight of one draw in the second moment,
    ``everyone`` the constant probability of a sampler without a rule. What is None is left out of the machine code,
    which then takes half the time to compile: ``Z`` when the features are sparse, ``rule`` when the sampler learns
    nothing, ``full_loss`` unless it is measured, ``radius`` unless the domain is a ball. ``trees`` are the samplers',
    one for every replicate or for all in turn; if ``standing``, they and bounds ``tops`` of their leaves are those of
    the state. The last four are working memory.
    """
    n, d = y.shape[0], x.shape[1]
    stamp = 0
    for j in range(mark.shape[0]):
        mark[j] = -1
    for r in range(begin, end):
        tree, top = trees[r % trees.shape[0]], tops[r]
        if rule is not None and not standing:
            top = plant(rule, own, r, tree, F)
        for i in range(d):
            b[X, i], b[M, i], b[V, i], b[V_HAT, i] = x[r, i], m[r, i], v[r, i], v_hat[r, i]
            b[SQUARES, i], b[LOW, i], b[HIGH, i] = squared_gradient[r, i], smallest_x[r, i], largest_x[r, i]
            b[SIZE, i] = 0.0
        value, moment, length, longest = loss[r], second_moment[r], largest_gradient[r], vector(0.0)
        at = position[r]
        for s in range(rows.shape[1]):
            for i in range(moving.shape[0]):
                constant[moving[i]] = rows[i, s]
            if full_loss is not None:
                full_loss[r] += _everyones_loss(loss_code, Z, values, starts, columns, y, d, b, F, Q)
            if rule is not None:
                top = draw(rule, own, r, K, tree, top, words, F, Q)
            else:
                stamp += 1
                _ordered(sampler, everyone, words, r, at, mark, stamp, n, K, F, Q)
                at = (at + K) % n
            if Z is None:
                _sparse_scores(values, starts, columns, b, K, F, Q)
            else:
                _scores(Z, d, b, K, F, Q)
            for k in range(K):
                F[LABEL, k] = y[Q[J, k]]
            _losses(loss_code, K, F)
            for k in range(K):
                F[NORM, k] = abs(F[SLOPE, k]) * lengths[Q[J, k]]
                received[r, Q[J, k]] += F[W, k]
            now, spread = vector(0.0), vector(0.0)
            for k in range(0, K, WIDTH):
                drawn, norm = first(K - k), load(F, NORM, k)
                norm, share = choose(drawn, norm, 0.0), choose(drawn, norm / load(F, P, k), 0.0)
                longest = choose(norm > longest, norm, longest)
                spread = multiplied(share, share, spread)
                now = now + choose(drawn, load(F, W, k) * load(F, PHI, k), 0.0)
            value += total(now)
            moment += per_draw * total(spread)
            if Z is None:
                _sparse_gradient(values, starts, columns, b, K, F, Q)
            else:
                _gradient(Z, d, b, K, F, Q)
            here = _steps(b, d, constant)
            length = here if here > length else length
            if radius is not None:
                _into_ball(b, d, radius)
            if rule is not None:
                top = observe(rule, own, r, K, tree, top, F, Q)
        if rule is not None:
            kept(rule, own, r, tree)
            tops[r] = top
        position[r] = at
        loss[r], second_moment[r], largest_gradient[r] = value, moment, length
        largest_example_gradient[r] = max(largest_example_gradient[r], largest_of(longest))
        for i in range(d):
            x[r, i], m[r, i], v[r, i], v_hat[r, i] = b[X, i], b[M, i], b[V, i], b[V_HAT, i]
            squared_gradient[r, i], smallest_x[r, i], largest_x[r, i] = b[SQUARES, i], b[LOW, i], b[HIGH, i]
            largest_coordinate[r] = max(largest_coordinate[r], b[SIZE, i])
