"""The compiled kernels of one-dimensional linear losses with one example per step.

Nothing is summed within a step, so these equal the array engine bit for bit. A step waits for the division and the root
of the one before; eight replicates side by side wait together, and a single one has all else laid out beforehand.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from regretlab.engines.compiled.compilation import entry, inner
from regretlab.engines.compiled.layout import CYCLIC, ELEVEN, FORTY, ONE, THREE, TWENTY_FOUR, UNIT, U, uniforms
from regretlab.engines.compiled.simd import WIDTH, floats, gather, load, select, splat, store, truncate
from regretlab.engines.compiled.step import EPS, LEAST, MOST, POWER, step
from regretlab.engines.compiled.values import Draws, Schedule, Totals
from regretlab.methods import Moments

Array = Any
#: Steps whose draws and coefficients are laid out together: for one replicate, and for replicates side by side.
CHUNK, SHORT_CHUNK = 256, 32
#: Replicates side by side.
LANES = 64
#: The fields of a run: iterate, moments, sum of squared gradients, extremes of the iterate, loss, largest gradient and
#: second moment.
ROWS = 10
X, M, V, V_HAT, SQUARES, LOW, HIGH, LOSS, SIZE, MOMENT = range(ROWS)


@inner
def _lay_out(k: Array, schedule: Schedule, begin: int, count: int) -> None:
    """Lay out the coefficients of ``count`` steps; those that do not move are there already."""
    for i in range(schedule.moving.shape[0]):
        row = schedule.moving[i]
        for s in range(count):
            k[s, row] = schedule.rows[i, begin + s]


@inner
def _visit(drawn: Array, at: int, n: int, count: int) -> int:
    """Write down the next examples in their order; return where it goes on."""
    for s in range(count):
        drawn[s], at = at, (at + 1 if at + 1 < n else 0)
    return at


@inner(always=True)
def _eight(
    b: Array, c: int, k: Array, fixed: Array, p: float, count: int, cyclic: bool, visited: Array, slopes: Array,
    moments: Array, state: Array, drawn: Array,
) -> None:  # fmt: skip
    """Make ``count`` steps of the eight replicates from c on, with all that they carry in registers.

    Examples come from their streams, ``layout.uniforms`` side by side, unless ``visited`` in order.
    """
    n = np.float64(slopes.shape[0])
    x, m, v, top = load(b, X, c), load(b, M, c), load(b, V, c), load(b, V_HAT, c)
    squares, low, high = load(b, SQUARES, c), load(b, LOW, c), load(b, HIGH, c)
    loss, largest, moment = load(b, LOSS, c), load(b, SIZE, c), load(b, MOMENT, c)
    word0, word1, word2, counter = load(state, 0, c), load(state, 1, c), load(state, 2, c), load(state, 3, c)
    eps, least, most = fixed[0, EPS], fixed[0, LEAST], fixed[0, MOST]
    for s in range(count):
        if cyclic:
            slope, more = splat(slopes[visited[s]]), splat(moments[visited[s]])
        else:
            word = word0 + word1 + counter
            word0, word1 = word1 ^ (word1 >> ELEVEN), word2 + (word2 << THREE)
            word2, counter = ((word2 << TWENTY_FOUR) | (word2 >> FORTY)) + word, counter + ONE
            j = truncate(floats(word >> ELEVEN) * UNIT * n)
            slope, more = gather(slopes, j), gather(moments, j)
            store(drawn, s, c, j)
        loss = loss + slope * x
        squares = squares + slope * slope
        moment = moment + more
        largest = select(abs(slope) > largest, abs(slope), largest)
        low = select(x < low, x, low)
        high = select(x > high, x, high)
        x, m, v, top, _ = step(x, m, v, top, slope, k, s, p, eps, least, most)
    store(b, X, c, x)
    store(b, M, c, m)
    store(b, V, c, v)
    store(b, V_HAT, c, top)
    store(b, SQUARES, c, squares)
    store(b, LOW, c, low)
    store(b, HIGH, c, high)
    store(b, LOSS, c, loss)
    store(b, SIZE, c, largest)
    store(b, MOMENT, c, moment)
    store(state, 0, c, word0)
    store(state, 1, c, word1)
    store(state, 2, c, word2)
    store(state, 3, c, counter)


@entry
def advance_alone(
    r: int, draws: Draws, schedule: Schedule, moments: Moments, totals: Totals, k: Array, F: Array, drawn: Array,
    slopes: Array, second_moments: Array,
) -> None:  # fmt: skip
    """Make the steps of :func:`advance_lanes` for one replicate: what a step hands to the next stays in registers.

    Draws and coefficients of ``CHUNK`` steps are laid out first, so that a step waits for nothing but the one before.
    """
    n = slopes.shape[0]
    x, m, v, v_hat = moments
    now, first, second, top = x[r, 0], m[r, 0], v[r, 0], v_hat[r, 0]
    value, squares, moment = totals.loss[r], totals.squared_gradient[r, 0], totals.second_moment[r]
    size, least, most = totals.largest_gradient[r], totals.smallest_x[r, 0], totals.largest_x[r, 0]
    at, fixed, steps = int(draws.position[r]), schedule.constant, schedule.rows.shape[1]
    p, eps, low, high = fixed[0, POWER], fixed[0, EPS], fixed[0, LEAST], fixed[0, MOST]
    for s in range(k.shape[0]):
        for i in range(k.shape[1]):
            k[s, i] = fixed[0, i]
    for begin in range(0, steps, CHUNK):
        count = min(CHUNK, steps - begin)
        _lay_out(k, schedule, begin, count)
        if draws.sampler == CYCLIC:
            at = _visit(drawn, at, n, count)
        else:
            uniforms(draws.words, r, count, F)
            for s in range(count):
                drawn[s] = np.uint64(F[U, s] * n)
        for s in range(count):
            j = drawn[s]
            g = slopes[j]
            totals.received[r, j] += 1.0
            value += g * now
            squares += g * g
            moment += second_moments[j]
            size = abs(g) if abs(g) > size else size
            least = now if now < least else least
            most = now if now > most else most
            now, first, second, top, _ = step(now, first, second, top, g, k, s, p, eps, low, high)
    x[r, 0], m[r, 0], v[r, 0], v_hat[r, 0] = now, first, second, top
    totals.loss[r], totals.squared_gradient[r, 0], totals.second_moment[r] = value, squares, moment
    totals.largest_gradient[r] = totals.largest_coordinate[r] = totals.largest_example_gradient[r] = size
    totals.smallest_x[r, 0], totals.largest_x[r, 0] = least, most
    draws.position[r] = at


@entry
def advance_lanes(
    begin: int, end: int, draws: Draws, schedule: Schedule, moments: Moments, totals: Totals, k: Array, b: Array,
    state: Array, drawn: Array, visited: Array, slopes: Array, second_moments: Array, counts: Array,
) -> None:  # fmt: skip
    """Make the steps of ``general.advance`` for linear losses with d = K = 1, eight replicates side by side.

    Draws are counted as integers, a column per replicate, and added at the end: each has weight 1, so the sum is exact.
    The loop is compiled three times, with p and for p = 1/2 the order as constants: so it has no power and no branch.
    """
    x, m, v, v_hat = moments
    n, cyclic, fixed, steps = slopes.shape[0], draws.sampler == CYCLIC, schedule.constant, schedule.rows.shape[1]
    for s in range(k.shape[0]):
        for i in range(k.shape[1]):
            k[s, i] = fixed[0, i]
    for first in range(begin, end, LANES):
        alive = min(LANES, end - first)
        for i in range(alive):
            r = first + i
            b[X, i], b[M, i], b[V, i], b[V_HAT, i] = x[r, 0], m[r, 0], v[r, 0], v_hat[r, 0]
            b[SQUARES, i], b[SIZE, i] = totals.squared_gradient[r, 0], totals.largest_gradient[r]
            b[LOW, i], b[HIGH, i] = totals.smallest_x[r, 0], totals.largest_x[r, 0]
            b[LOSS, i], b[MOMENT, i] = totals.loss[r], totals.second_moment[r]
            for word in range(4):
                state[word, i] = draws.words[r, word]
        at = int(draws.position[first])
        for j in range(counts.shape[0]):
            counts[j] = 0
        for from_step in range(0, steps, SHORT_CHUNK):
            count = min(SHORT_CHUNK, steps - from_step)
            _lay_out(k, schedule, from_step, count)
            if cyclic:
                at = _visit(visited, at, n, count)
                for s in range(count):
                    counts[visited[s]] += 1
            for c in range(0, alive, WIDTH):
                if fixed[0, POWER] == 0.5 and cyclic:
                    _eight(b, c, k, fixed, 0.5, count, True, visited, slopes, second_moments, state, drawn)
                elif fixed[0, POWER] == 0.5:
                    _eight(b, c, k, fixed, 0.5, count, False, visited, slopes, second_moments, state, drawn)
                else:
                    _eight(b, c, k, fixed, 0.0, count, cyclic, visited, slopes, second_moments, state, drawn)
            if not cyclic:
                for s in range(count):
                    for i in range(LANES):
                        counts[drawn[s, i] * np.uint64(LANES) + np.uint64(i)] += 1
        for i in range(alive):
            r = first + i
            x[r, 0], m[r, 0], v[r, 0], v_hat[r, 0] = b[X, i], b[M, i], b[V, i], b[V_HAT, i]
            totals.squared_gradient[r, 0] = b[SQUARES, i]
            totals.loss[r], totals.second_moment[r] = b[LOSS, i], b[MOMENT, i]
            totals.largest_gradient[r] = totals.largest_coordinate[r] = totals.largest_example_gradient[r] = b[SIZE, i]
            totals.smallest_x[r, 0], totals.largest_x[r, 0] = b[LOW, i], b[HIGH, i]
            for word in range(4):
                draws.words[r, word] = state[word, i]
            if cyclic:
                draws.position[r] = at
            for j in range(n):
                totals.received[r, j] += counts[j] if cyclic else counts[j * LANES + i]
