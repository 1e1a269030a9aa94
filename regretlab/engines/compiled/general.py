"""The compiled kernel of any run on linear models or softmax: the steps of a block, for a range of replicates.

One replicate after the other, so that its state, its tree and its working memory stay in the processor's cache; threads
take other replicates. Only sums over examples, coordinates and draws may be reordered; the step (``step``) may not.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from regretlab.engines.compiled.bandits import build_from_state, draw, largest_leaf, observe, save_to_state
from regretlab.engines.compiled.compilation import entry, inner
from regretlab.engines.compiled.layout import CYCLIC, NORM, PHI, SLOPE, UNIFORM, J, P, U, W, uniforms
from regretlab.engines.compiled.losses import Looks, estimate, evaluate, look
from regretlab.engines.compiled.simd import WIDTH, fma, load, mask_first, reduce_max, reduce_sum, select, splat
from regretlab.engines.compiled.step import HIGH, LOW, SIZE, SQUARES, V_HAT, G, M, V, X, advance_coordinates, into_ball
from regretlab.samplers import Rule

Array = Any


class Seen(NamedTuple):
    """Where every step puts what it saw, as :class:`regretlab.engines.array.Trace` has it."""

    x: Array
    g: Array
    v_hat: Array
    weighted: Array
    largest: Array


@inner
def _see(seen: Seen, r: int, s: int, d: int, b: Array, K: int, F: Array) -> None:
    """Write down what a step sees before it is made."""
    for i in range(d):
        seen.x[r, s, i], seen.g[r, s, i] = b[X, i], b[G, i]
    weighted, largest = 0.0, 0.0
    for k in range(K):
        weighted += F[W, k] * F[NORM, k]
        largest = max(largest, F[NORM, k])
    seen.weighted[r, s], seen.largest[r, s] = weighted, largest


@inner
def _ordered(
    sampler: int, everyone: float, words: Array, r: int, position: int, mark: Array, stamp: int, n: int, K: int,
    F: Array, Q: Array,
) -> None:  # fmt: skip
    """Draw a batch for the samplers that learn nothing; ``everyone`` is their constant probability.

    Without replacement it is Floyd's: of the examples up to ``last``, a drawn one that was taken before is replaced by
    ``last``. Every set of K is equally likely, from K uniforms, in O(K): marks of earlier steps have an older stamp.
    """
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


@entry
def advance(
    begin: int, end: int, K: int, phi: int, sampler: int, per_draw: float, everyone: float, rule: Rule | None,
    Z: Array | None, values: Array, starts: Array, columns: Array, y: Array, lengths: Array, constant: Array,
    moving: Array, rows: Array, x: Array, m: Array, v: Array, v_hat: Array, words: Array, position: Array, own: Array,
    loss: Array, received: Array, squared_gradient: Array, second_moment: Array, largest_coordinate: Array,
    largest_gradient: Array, largest_example_gradient: Array, smallest_x: Array, largest_x: Array,
    looks: Looks | None, total_p: float, radius: float | None, trees: Array, built: bool,
    classes: int, S: Array | None, F: Array, Q: Array, b: Array, mark: Array, seen: Seen | None,
) -> None:  # fmt: skip
    """Make all steps of a block for the replicates begin..end-1, one after the other, in place.

    ``phi`` is the address of a linear model's loss, or 0. ``constant`` holds the nine coefficients, p, eps and the ends
    of the box; those in ``moving`` change from step to step, as ``rows`` (of each, all steps) has it. ``per_draw`` is
    the weight of one draw in the second moment, ``everyone`` the constant probability of a sampler without a rule. What
    is None is left out of the machine code, which then takes half the time to compile: ``Z`` when the features are
    sparse, ``rule`` when the sampler learns nothing, ``looks`` unless what they add to is measured, ``radius`` unless
    the domain is a ball, ``seen`` unless every step is to be looked at. The probabilities sum to ``total_p``. ``trees``
    are the samplers', one for every replicate or for all in turn, and if ``built``, those of the state. The five
    before ``seen`` are working memory, ``S`` only of a problem with classes.
    """
    n, d = y.shape[1], x.shape[1]
    stamp = 0
    for j in range(mark.shape[0]):
        mark[j] = -1
    for r in range(begin, end):
        tree, top = trees[r % trees.shape[0]], 0.0
        if rule is not None:
            top = largest_leaf(tree, n) if built else build_from_state(rule, own, r, tree, F)
        for i in range(d):
            b[X, i], b[M, i], b[V, i], b[V_HAT, i] = x[r, i], m[r, i], v[r, i], v_hat[r, i]
            b[SQUARES, i], b[LOW, i], b[HIGH, i] = squared_gradient[r, i], smallest_x[r, i], largest_x[r, i]
            b[SIZE, i] = 0.0
        value, moment, length, longest = loss[r], second_moment[r], largest_gradient[r], splat(0.0)
        at = position[r]
        for s in range(rows.shape[1]):
            for i in range(moving.shape[0]):
                constant[moving[i]] = rows[i, s]
            if looks is not None:
                squares = look(
                    looks, r, total_p, phi, Z, values, starts, columns, y, lengths, d, b, classes, F, Q, S
                )  # fmt: skip
                if rule is None:
                    looks.variance[r] += squares / everyone
            if rule is not None:
                if looks is not None:
                    top, variance = draw(rule, own, r, K, tree, top, words, looks.squares, F, Q)
                    looks.variance[r] += variance
                else:
                    top, variance = draw(rule, own, r, K, tree, top, words, None, F, Q)
            else:
                stamp += 1
                _ordered(sampler, everyone, words, r, at, mark, stamp, n, K, F, Q)
                at = (at + K) % n
            evaluate(phi, Z, values, starts, columns, y, d, b, classes, K, F, Q, S)
            for k in range(K):
                F[NORM, k] = abs(F[SLOPE, k]) * lengths[Q[J, k]]
                received[r, Q[J, k]] += F[W, k]
            now, spread = splat(0.0), splat(0.0)
            for k in range(0, K, WIDTH):
                drawn, norm = mask_first(K - k), load(F, NORM, k)
                norm, share = select(drawn, norm, 0.0), select(drawn, norm / load(F, P, k), 0.0)
                longest = select(norm > longest, norm, longest)
                spread = fma(share, share, spread)
                now = now + select(drawn, load(F, W, k) * load(F, PHI, k), 0.0)
            value += reduce_sum(now)
            moment += per_draw * reduce_sum(spread)
            estimate(Z, values, starts, columns, d, b, classes, K, F, Q, S)
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
        position[r] = at
        loss[r], second_moment[r], largest_gradient[r] = value, moment, length
        largest_example_gradient[r] = max(largest_example_gradient[r], reduce_max(longest))
        for i in range(d):
            x[r, i], m[r, i], v[r, i], v_hat[r, i] = b[X, i], b[M, i], b[V, i], b[V_HAT, i]
            squared_gradient[r, i], smallest_x[r, i], largest_x[r, i] = b[SQUARES, i], b[LOW, i], b[HIGH, i]
            largest_coordinate[r] = max(largest_coordinate[r], b[SIZE, i])
