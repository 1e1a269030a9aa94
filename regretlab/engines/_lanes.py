"""The compiled kernels of one-dimensional linear losses with one example per step, where no sum is reordered."""

from __future__ import annotations

from typing import Any

import numpy as np

from regretlab.compilation import entry, inner
from regretlab.engines._kernels import CYCLIC
from regretlab.engines._steps import (
    HIGH,
    LANES,
    LOSS,
    LOW,
    MOMENT,
    SECOND,
    SIZE,
    SQUARES,
    V_HAT,
    VECTOR,
    G,
    M,
    V,
    step,
    steps,
)  # fmt: skip
from regretlab.vectors import uniform

Array = Any
#: Steps whose draws and coefficients are laid out together for one replicate.
CHUNK = 256


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
    r: int, sampler: int, constant: Array, moving: Array, rows: Array, x: Array, m: Array, v: Array, v_hat: Array,
    words: Array, position: Array, loss: Array, received: Array, squared_gradient: Array, second_moment: Array,
    largest_coordinate: Array, largest_gradient: Array, largest_example_gradient: Array, smallest_x: Array,
    largest_x: Array, k: Array, drawn: Array, slopes: Array, moments: Array,
) -> None:  # fmt: skip
    """As :func:`advance_lanes` for one replicate: what a step hands to the next stays in registers.

    Draws and coefficients of ``CHUNK`` steps are laid out first, so that a step waits for nothing but the one before.
    """
    n = slopes.shape[0]
    now, first, second, top = x[r, 0], m[r, 0], v[r, 0], v_hat[r, 0]
    value, squares, moment, size = loss[r], squared_gradient[r, 0], second_moment[r], largest_gradient[r]
    least, most, at = smallest_x[r, 0], largest_x[r, 0], int(position[r])
    p, eps, low, high = constant[9], constant[10], constant[11], constant[12]
    for i in range(k.shape[0]):
        k[i] = constant[i]
    for begin in range(0, rows.shape[1], CHUNK):
        count = min(CHUNK, rows.shape[1] - begin)
        for i in range(moving.shape[0]):
            row = moving[i]
            for s in range(count):
                k[row, s] = rows[i, begin + s]
        if sampler == CYCLIC:
            for s in range(count):
                drawn[s], at = at, (at + 1 if at + 1 < n else 0)
        else:
            for s in range(count):
                drawn[s] = np.uint64(uniform(words, r) * n)
        for s in range(count):
            j = drawn[s]
            g = slopes[j]
            received[r, j] += 1.0
            value += g * now
            squares += g * g
            moment += moments[j]
            size = abs(g) if abs(g) > size else size
            least = now if now < least else least
            most = now if now > most else most
            now, first, second, top = step(
                now, first, second, top, g, k[0, s], k[1, s], k[2, s], k[3, s], k[4, s], k[5, s], k[6, s], k[7, s],
                k[8, s], p, eps, low, high,
            )  # fmt: skip
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
    """As ``_kernels.advance`` for linear losses with d = K = 1: replicates side by side fill whole vectors."""
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
            steps(b, 0, count, constant)
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
