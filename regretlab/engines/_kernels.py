"""The compiled kernels: the loop over the steps of a block, for a range of replicates.

Everything that is compiled lives in this one file, because Numba's cache knows a kernel by the file of its entry point
alone: a helper elsewhere could be edited and the old machine code would still be loaded.

The four lines of :func:`regretlab.methods.step` are repeated in :func:`_step`, without any licence to round
differently. Only sums over examples, coordinates and draws may be reordered (``REORDER``), and the exponentials and
logarithms are polynomials (good to two units in the last place), so that they run on whole vectors.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

Array = Any

#: Losses: phi(u) = u; log(1 + exp(-y u)); y log(1 + exp(-max(u, 0))).
IDENTITY, LOGISTIC, NEURON = range(3)
#: Samplers.
CYCLIC, UNIFORM, FLOYD, ADAMBS, ADAMBS_CORRECTED = range(5)
#: Replicates side by side in the innermost loop.
LANES = 64

REORDER = {"reassoc", "nsz"}
LOG2E, LN2_HIGH, LN2_LOW = 1.4426950408889634, 6.93147180369123816490e-01, 1.90821492927058770002e-10
SMALLEST = -708.0  # below it exp is subnormal


def compiled(fastmath: Any = False) -> Callable[[Any], Any]:
    """Numba's decorator with a cache on disk, or without one where no folder can be written."""

    def decorate(function: Any) -> Any:
        options = {"nogil": True, "error_model": "numpy", "fastmath": fastmath}
        try:
            return numba.njit(cache=True, **options)(function)
        except RuntimeError:  # Numba's way to say that neither the package nor the user's cache folder is writable
            return numba.njit(**options)(function)

    return decorate


@compiled()
def uniform(words: Array, r: int) -> float:
    """The next uniform of replicate r: ``numpy.random.Generator(SFC64).random()``, advancing its four words."""
    a, b, c, counter = words[r, 0], words[r, 1], words[r, 2], words[r, 3]
    out = a + b + counter
    words[r, 0] = b ^ (b >> np.uint64(11))
    words[r, 1] = c + (c << np.uint64(3))
    words[r, 2] = ((c << np.uint64(24)) | (c >> np.uint64(40))) + out
    words[r, 3] = counter + np.uint64(1)
    return np.float64(out >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled()
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


@compiled(REORDER)
def _dot(Z: Array, j: int, x: Array) -> float:
    total = 0.0
    for i in range(x.shape[0]):
        total += Z[j, i] * x[i]
    return total


@compiled(REORDER)
def _gather(Z: Array, J: Array, a: Array, g: Array) -> None:
    """g = sum_k a[k] Z[J[k]], four rows per pass."""
    K, d = J.shape[0], g.shape[0]
    g[:] = 0.0
    k = 0
    while k + 4 <= K:
        j0, j1, j2, j3 = J[k], J[k + 1], J[k + 2], J[k + 3]
        a0, a1, a2, a3 = a[k], a[k + 1], a[k + 2], a[k + 3]
        for i in range(d):
            g[i] += (a0 * Z[j0, i] + a1 * Z[j1, i]) + (a2 * Z[j2, i] + a3 * Z[j3, i])
        k += 4
    while k < K:
        for i in range(d):
            g[i] += a[k] * Z[J[k], i]
        k += 1


@compiled(REORDER)
def _sum(a: Array) -> float:
    total = 0.0
    for i in range(a.shape[0]):
        total += a[i]
    return total


@compiled({"nnan", "nsz"})
def _largest(a: Array) -> float:
    top = a[0]
    for i in range(a.shape[0]):
        top = a[i] if a[i] > top else top
    return top


@compiled()
def _exps(a: Array, shift: float, out: Array, bits: Array) -> None:
    """out = exp(a - shift) for a <= shift: a Taylor polynomial on [-ln 2 / 2, ln 2 / 2], times a power of two."""
    n = a.shape[0]
    for i in range(n):
        z = a[i] - shift
        z = z if z > SMALLEST else SMALLEST
        k = math.floor(z * LOG2E + 0.5)
        r = (z - k * LN2_HIGH) - k * LN2_LOW
        far = 1 / 362880 + r * (1 / 3628800 + r * (1 / 39916800 + r * (1 / 479001600 + r * (1 / 6227020800))))
        middle = 1 / 120 + r * (1 / 720 + r * (1 / 5040 + r * (1 / 40320 + r * far)))
        out[i] = 1.0 + r * (1.0 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * middle))))
        bits[i] = (np.int64(k) + 1023) << 52
    power = bits.view(np.float64)
    for i in range(n):
        out[i] *= power[i]


@compiled()
def _losses(code: int, u: Array, y: Array, phi: Array, slope: Array, e: Array, bits: Array) -> None:
    """phi and its derivative at the scores u; log1p(e) is 2 artanh(e / (2 + e)), an odd series."""
    K = u.shape[0]
    if code == IDENTITY:
        for k in range(K):
            phi[k], slope[k] = u[k], 1.0
        return
    for k in range(K):
        phi[k] = -abs(u[k])
    _exps(phi, 0.0, e, bits)
    for k in range(K):
        s = e[k] / (2.0 + e[k])
        q = s * s
        far = 1 / 23 + q * (1 / 25 + q * (1 / 27 + q * (1 / 29 + q * (1 / 31 + q * (1 / 33 + q * (1 / 35))))))
        middle = 1 / 11 + q * (1 / 13 + q * (1 / 15 + q * (1 / 17 + q * (1 / 19 + q * (1 / 21 + q * far)))))
        phi[k] = 2.0 * s * (1.0 + q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q * (1 / 9 + q * middle)))))
    if code == LOGISTIC:
        for k in range(K):
            z = -y[k] * u[k]
            # Written so that a score that is not a number stays one, and the run stops.
            phi[k] += 0.0 if z <= 0.0 else z
            slope[k] = -y[k] * ((1.0 if z >= 0.0 else e[k]) / (1.0 + e[k]))
    else:
        for k in range(K):
            phi[k] = y[k] * (LN2_HIGH + LN2_LOW if u[k] <= 0.0 else phi[k])
            slope[k] = -y[k] * (e[k] / (1.0 + e[k])) if u[k] > 0.0 else 0.0


@compiled()
def _inverted(cumulative: Array, point: float) -> int:
    """The first index whose cumulative sum exceeds the point, or the last index."""
    low: int = 0
    high: int = cumulative.shape[0] - 1
    while low < high:
        middle = (low + high) >> 1
        if cumulative[middle] > point:
            high = middle
        else:
            low = middle + 1
    return low


@compiled()
def _draw(
    sampler: int, gamma: float, everyone: float, words: Array, r: int, position: int, log_w: Array, mark: Array,
    stamp: int, law: Array, cumulative: Array, bits: Array, J: Array, w: Array, p: Array,
) -> None:  # fmt: skip
    """The mini-batch J with its weights w and probabilities p; ``everyone`` is the samplers' constant probability."""
    n, K = mark.shape[0], J.shape[0]
    if sampler <= FLOYD:
        for k in range(K):
            if sampler == CYCLIC:
                J[k] = (position + k) % n
            elif sampler == UNIFORM:
                J[k] = np.int64(uniform(words, r) * n)
            else:
                last = n - K + k
                found = np.int64(uniform(words, r) * (last + 1))
                J[k] = last if mark[found] == stamp else found
                mark[J[k]] = stamp
            w[k], p[k] = 1.0 / K, everyone
        return
    if sampler == ADAMBS:
        _exps(log_w, 0.0, law, bits)
    else:
        _exps(log_w, _largest(log_w), law, bits)
        size = _sum(law)
        for j in range(n):
            law[j] = (1.0 - gamma) * law[j] / size + gamma / n
    total = 0.0
    for j in range(n):
        total += law[j]
        cumulative[j] = total
    for k in range(K):
        J[k] = _inverted(cumulative, uniform(words, r) * total)
        p[k] = law[J[k]]
        w[k] = 1.0 / (K * n * p[k])


@compiled()
def _observe(
    sampler: int, L: float, floor: float, rate: float, log_w: Array, J: Array, p: Array, norms: Array, law: Array,
    bits: Array,
) -> None:  # fmt: skip
    """The logarithms of the bandit's weights after the gradient norms of the drawn examples have been seen."""
    K = J.shape[0]
    for k in range(K):
        if sampler == ADAMBS:
            loss = (L / floor) ** 2 - (norms[k] / p[k]) ** 2
        else:
            loss = 1.0 - (floor * norms[k] / (L * p[k])) ** 2
        log_w[J[k]] += -rate * loss / (K * p[k])
    top = _largest(log_w)
    if sampler == ADAMBS:
        _project(log_w, top, floor, law, bits)
    else:
        for j in range(log_w.shape[0]):
            log_w[j] -= top


@compiled()
def _project(log_w: Array, top: float, floor: float, law: Array, bits: Array) -> None:
    """The logarithm of the KL projection onto {sum p = 1, p >= floor}: entries below the floor are fixed in rounds."""
    n = log_w.shape[0]
    _exps(log_w, top, law, bits)
    fixed, before = 0, -1
    scale = 1.0
    while fixed > before:
        before = fixed
        size = _sum(law)
        scale = (1.0 - floor * fixed) / (size if size > 0.0 else 1.0)
        for j in range(n):
            if law[j] > 0.0 and law[j] * scale < floor:
                law[j] = 0.0
                fixed += 1
    for j in range(n):
        log_w[j] = (log_w[j] - top) + math.log(scale) if law[j] > 0.0 else math.log(floor)


@compiled()
def advance(
    begin: int, end: int, K: int, loss_code: int, sampler: int, law_of: tuple[float, ...], Z: Array, y: Array,
    squares: Array, schedule: Array, shape: tuple[float, ...], x: Array, m: Array, v: Array, v_hat: Array,
    words: Array, position: Array, log_w: Array, loss: Array, received: Array, squared_gradient: Array,
    second_moment: Array, largest_coordinate: Array, largest_gradient: Array, largest_example_gradient: Array,
    smallest_x: Array, largest_x: Array,
) -> None:  # fmt: skip
    """All steps of the schedule (9, steps) for the replicates begin..end-1, one after the other, in place.

    ``law_of`` holds (L, floor, rate, gamma, constant probability, weight of one draw in the second moment) of the
    sampler, ``shape`` the method's p and eps and the ends of the box.
    """
    n, d = Z.shape
    L, floor, rate, gamma, everyone, per_draw = law_of
    power, eps, low, high = shape
    J, bits = np.empty(K, np.int64), np.empty(K, np.int64)
    w, p, u, label = np.empty(K), np.empty(K), np.empty(K), np.empty(K)
    phi, slope, e, norms = np.empty(K), np.empty(K), np.empty(K), np.empty(K)
    g = np.empty(d)
    width = n if sampler > FLOYD else 1
    law, cumulative, all_bits = np.empty(width), np.empty(width), np.empty(width, np.int64)
    mark = np.full(n, -1, np.int64)
    stamp = 0
    for r in range(begin, end):
        xr, log_wr = x[r], log_w[r]
        for s in range(schedule.shape[1]):
            stamp += 1
            _draw(
                sampler, gamma, everyone, words, r, position[r], log_wr, mark, stamp, law, cumulative, all_bits,
                J, w, p,
            )  # fmt: skip
            for k in range(K):
                u[k], label[k] = _dot(Z, J[k], xr), y[J[k]]
            _losses(loss_code, u, label, phi, slope, e, bits)
            value, moment, longest = 0.0, 0.0, largest_example_gradient[r]
            for k in range(K):
                value += w[k] * phi[k]
                square = slope[k] * slope[k] * squares[J[k]]
                moment += square / (p[k] * p[k])
                norms[k] = math.sqrt(square)
                longest = norms[k] if norms[k] > longest else longest
                received[r, J[k]] += w[k]
                e[k] = w[k] * slope[k]
            loss[r] += value
            second_moment[r] += per_draw * moment
            largest_example_gradient[r] = longest
            _gather(Z, J, e, g)
            mu, nu, beta, om, rho = schedule[0, s], schedule[1, s], schedule[2, s], schedule[3, s], schedule[4, s]
            wd, eta, kap, c = schedule[5, s], schedule[6, s], schedule[7, s], schedule[8, s]
            length, coordinate = 0.0, largest_coordinate[r]
            for i in range(d):
                gi, xi = g[i], xr[i]
                length += gi * gi
                coordinate = abs(gi) if abs(gi) > coordinate else coordinate
                squared_gradient[r, i] += gi * gi
                smallest_x[r, i] = xi if xi < smallest_x[r, i] else smallest_x[r, i]
                largest_x[r, i] = xi if xi > largest_x[r, i] else largest_x[r, i]
                xr[i], m[r, i], v[r, i], v_hat[r, i] = _step(
                    xi, m[r, i], v[r, i], v_hat[r, i], gi, mu, nu, beta, om, rho, wd, eta, kap, c, power, eps, low, high
                )
            largest_coordinate[r] = coordinate
            length = math.sqrt(length)
            largest_gradient[r] = length if length > largest_gradient[r] else largest_gradient[r]
            if sampler > FLOYD:
                _observe(sampler, L, floor, rate, log_wr, J, p, norms, law, all_bits)
            elif sampler == CYCLIC:
                position[r] = (position[r] + K) % n


@compiled()
def advance_lanes(
    begin: int, end: int, sampler: int, everyone: float, per_draw: float, Z: Array, schedule: Array,
    shape: tuple[float, ...], x: Array, m: Array, v: Array, v_hat: Array, words: Array, position: Array, loss: Array,
    received: Array, squared_gradient: Array, second_moment: Array, largest_coordinate: Array,
    largest_gradient: Array, largest_example_gradient: Array, smallest_x: Array, largest_x: Array,
) -> None:  # fmt: skip
    """As :func:`advance` for linear losses with d = K = 1: replicates side by side, so that whole vectors are used.

    Only for p = 1/2 and p = 0. One array holds all that is carried: its rows are known not to overlap.
    """
    n = Z.shape[0]
    power, eps, low, high = shape
    a = np.empty((12, LANES))
    state, chosen = np.empty((4, LANES), np.uint64), np.empty(LANES, np.int64)
    moment, visits = np.empty(n), np.empty(n)
    for j in range(n):
        moment[j] = per_draw * (Z[j, 0] * Z[j, 0] / (everyone * everyone))
    for first in range(begin, end, LANES):
        count = min(LANES, end - first)
        for i in range(count):
            r = first + i
            a[0, i], a[1, i], a[2, i], a[3, i] = x[r, 0], m[r, 0], v[r, 0], v_hat[r, 0]
            a[4, i], a[5, i], a[6, i], a[7, i] = loss[r], squared_gradient[r, 0], second_moment[r], largest_gradient[r]
            a[8, i], a[9, i] = smallest_x[r, 0], largest_x[r, 0]
            for word in range(4):
                state[word, i] = words[r, word]
        at = position[first]
        visits[:] = 0.0
        for s in range(schedule.shape[1]):
            if sampler == CYCLIC:
                for i in range(count):
                    a[10, i], a[11, i] = Z[at, 0], moment[at]
                visits[at] += 1.0
                at = at + 1 if at + 1 < n else 0
            else:
                for i in range(count):
                    chosen[i] = np.int64(uniform(state.T, i) * n)
                for i in range(count):
                    j = chosen[i]
                    a[10, i], a[11, i] = Z[j, 0], moment[j]
                    received[first + i, j] += 1.0
            for i in range(count):
                g, xi = a[10, i], a[0, i]
                size = abs(g)
                a[4, i] += g * xi
                a[5, i] += g * g
                a[6, i] += a[11, i]
                a[7, i] = size if size > a[7, i] else a[7, i]
                a[8, i] = xi if xi < a[8, i] else a[8, i]
                a[9, i] = xi if xi > a[9, i] else a[9, i]
            mu, nu, beta, om, rho = schedule[0, s], schedule[1, s], schedule[2, s], schedule[3, s], schedule[4, s]
            wd, eta, kap, c = schedule[5, s], schedule[6, s], schedule[7, s], schedule[8, s]
            if power == 0.5:
                for i in range(count):
                    a[0, i], a[1, i], a[2, i], a[3, i] = _step(
                        a[0, i], a[1, i], a[2, i], a[3, i], a[10, i],
                        mu, nu, beta, om, rho, wd, eta, kap, c, 0.5, eps, low, high,
                    )  # fmt: skip
            else:
                for i in range(count):
                    a[0, i], a[1, i], a[2, i], a[3, i] = _step(
                        a[0, i], a[1, i], a[2, i], a[3, i], a[10, i],
                        mu, nu, beta, om, rho, wd, eta, kap, c, 0.0, eps, low, high,
                    )  # fmt: skip
        for i in range(count):
            r = first + i
            x[r, 0], m[r, 0], v[r, 0], v_hat[r, 0] = a[0, i], a[1, i], a[2, i], a[3, i]
            loss[r], squared_gradient[r, 0], second_moment[r], largest_gradient[r] = a[4, i], a[5, i], a[6, i], a[7, i]
            largest_coordinate[r] = largest_example_gradient[r] = a[7, i]
            smallest_x[r, 0], largest_x[r, 0] = a[8, i], a[9, i]
            if sampler == CYCLIC:
                position[r] = at
                for j in range(n):
                    received[r, j] += visits[j]
            for word in range(4):
                words[r, word] = state[word, i]
