"""The compiled kernel of any run on linear models or softmax: the steps of a block, for a range of replicates.

One replicate after the other, so that its state, its tree and its working memory stay in the processor's cache; threads
take other replicates. Only sums over examples, coordinates and draws may be reordered; the step (``step``) may not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from regretlab.engines.array import Trace
from regretlab.engines.compiled.bandits import build_from_state, draw, largest_leaf, observe, save_to_state
from regretlab.engines.compiled.compilation import entry, inner
from regretlab.engines.compiled.layout import CYCLIC, NORM, PHI, SLOPE, UNIFORM, J, P, U, W, uniforms
from regretlab.engines.compiled.losses import Looks, estimate, evaluate, look
from regretlab.engines.compiled.simd import WIDTH, fma, load, mask_first, reduce_max, reduce_sum, select, splat
from regretlab.engines.compiled.step import HIGH, LOW, SIZE, SQUARES, V_HAT, G, M, V, X, advance_coordinates, into_ball
from regretlab.engines.compiled.values import Draws, Features, Room, Schedule, Totals
from regretlab.methods import Moments
from regretlab.samplers import Rule

Array = Any


@inner
def _see(seen: Trace, r: int, s: int, d: int, b: Array, K: int, F: Array) -> None:
    """Write down the iterate and the gradient that a step sees before it is made."""
    for i in range(d):
        seen.x[r, s, i], seen.g[r, s, i] = b[X, i], b[G, i]
    weighted, largest = 0.0, 0.0
    for k in range(K):
        weighted += F[W, k] * F[NORM, k]
        largest = max(largest, F[NORM, k])
    seen.weighted[r, s], seen.largest[r, s] = weighted, largest


@inner
def _ordered(draws: Draws, r: int, position: int, stamp: int, n: int, K: int, room: Room) -> None:
    """Draw a batch for the samplers that learn nothing; their probabilities are constant.

    Without replacement it is Floyd's: of the examples up to ``last``, a drawn one that was taken before is replaced by
    ``last``. Every set of K is equally likely, from K uniforms, in O(K): marks of earlier steps have an older stamp.
    """
    sampler, F, Q, mark = draws.sampler, room.F, room.Q, room.mark
    if sampler != CYCLIC:
        uniforms(draws.words, r, K, F)
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
        F[W, k], F[P, k] = 1.0 / K, draws.everyone


@entry
def advance(
    begin: int, end: int, K: int, phi: int, rule: Rule | None, draws: Draws, Z: Array | None, features: Features,
    schedule: Schedule, moments: Moments, own: Array, totals: Totals, looks: Looks | None, total_p: float,
    radius: float | None, trees: Array, built: bool, classes: int, S: Array | None, room: Room, seen: Trace | None,
) -> None:  # fmt: skip
    """Make all steps of a block for the replicates begin..end-1, one after the other, in place.

    ``phi`` is the address of a linear model's loss, or 0. What is None is left out of the machine code, which then
    takes half the time to compile: ``Z`` when the features are sparse, ``rule`` when the sampler learns nothing,
    ``looks`` unless what they add to is measured, ``radius`` unless the domain is a ball, ``seen`` unless every step is
    to be looked at, and ``S``, working memory, unless the problem has classes. ``own`` is the sampler's state. The
    probabilities sum to ``total_p``. ``trees`` are the samplers', one for every replicate or for all in turn, and if
    ``built``, those of the state.
    """
    F, Q, b, constant, lengths = room.F, room.Q, room.b, schedule.constant, features.lengths
    x, m, v, v_hat = moments
    n, d, stamp = features.y.shape[1], x.shape[1], 0
    for j in range(room.mark.shape[0]):
        room.mark[j] = -1
    for r in range(begin, end):
        tree, top = trees[r % trees.shape[0]], 0.0
        if rule is not None:
            top = largest_leaf(tree, n) if built else build_from_state(rule, own, r, tree, F)
        for i in range(d):
            b[X, i], b[M, i], b[V, i], b[V_HAT, i] = x[r, i], m[r, i], v[r, i], v_hat[r, i]
            b[SQUARES, i], b[SIZE, i] = totals.squared_gradient[r, i], 0.0
            b[LOW, i], b[HIGH, i] = totals.smallest_x[r, i], totals.largest_x[r, i]
        value, moment, length = totals.loss[r], totals.second_moment[r], totals.largest_gradient[r]
        longest, at = splat(0.0), draws.position[r]
        for s in range(schedule.rows.shape[1]):
            for i in range(schedule.moving.shape[0]):
                constant[0, schedule.moving[i]] = schedule.rows[i, s]
            if looks is not None:
                squares = look(looks, r, total_p, phi, Z, features, d, classes, room, S)
                if rule is None:
                    looks.variance[r] += squares / draws.everyone
            if rule is not None:
                if looks is not None:
                    top, variance = draw(rule, own, r, K, tree, top, draws.words, looks.squares, F, Q)
                    looks.variance[r] += variance
                else:
                    top, variance = draw(rule, own, r, K, tree, top, draws.words, None, F, Q)
            else:
                stamp += 1
                _ordered(draws, r, at, stamp, n, K, room)
                at = (at + K) % n
            evaluate(phi, Z, features, d, classes, K, room, S)
            for k in range(K):
                F[NORM, k] = abs(F[SLOPE, k]) * lengths[Q[J, k]]
                totals.received[r, Q[J, k]] += F[W, k]
            now, spread = splat(0.0), splat(0.0)
            for k in range(0, K, WIDTH):
                drawn, norm = mask_first(K - k), load(F, NORM, k)
                norm, share = select(drawn, norm, 0.0), select(drawn, norm / load(F, P, k), 0.0)
                longest = select(norm > longest, norm, longest)
                spread = fma(share, share, spread)
                now = now + select(drawn, load(F, W, k) * load(F, PHI, k), 0.0)
            value += reduce_sum(now)
            moment += draws.per_draw * reduce_sum(spread)
            estimate(Z, features, d, classes, K, room, S)
            if seen is not None:
                _see(seen, r, s, d, b, K, F)
            here = advance_coordinates(b, d, constant)
            if seen is not None:
                for i in range(d):
                    seen.v_hat[r, s, i] = b[V_HAT, i]
            length = here if here > length else length
            if radius is not None:
                into_ball(b, d, radius)
            if rule is not None:
                top = observe(rule, own, r, K, tree, top, F, Q)
        if rule is not None:
            save_to_state(rule, own, r, tree)
        draws.position[r] = at
        totals.loss[r], totals.second_moment[r], totals.largest_gradient[r] = value, moment, length
        totals.largest_example_gradient[r] = max(totals.largest_example_gradient[r], reduce_max(longest))
        for i in range(d):
            x[r, i], m[r, i], v[r, i], v_hat[r, i] = b[X, i], b[M, i], b[V, i], b[V_HAT, i]
            totals.squared_gradient[r, i] = b[SQUARES, i]
            totals.smallest_x[r, i], totals.largest_x[r, i] = b[LOW, i], b[HIGH, i]
            totals.largest_coordinate[r] = max(totals.largest_coordinate[r], b[SIZE, i])
