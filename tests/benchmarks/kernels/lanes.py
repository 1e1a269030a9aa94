"""Linear losses with d = 1, hand-fused: one replicate in registers, or 64 replicates side by side.

The slopes come in a fixed order, or are the rare one with a given probability and else the common one.
"""

import math

import numpy as np

from tests.benchmarks.kernels.parts import UNIT, njit

LANES = 64
#: Steps whose step sizes are computed together, as vectors.
BLOCK = 256
#: Powers of beta below this leave 1 - power as it is; as subnormal numbers they would cost more than the step.
NEGLIGIBLE = 1e-18


@njit()
def scalar(slopes, alpha, beta1, beta2, start, checkpoints, losses, x_out):
    """Cyclic slopes, R = 1, Adam without bias correction and eps; losses (1, C) and x_out (1, 1) are written."""
    x, m, v, loss = start, 0.0, 0.0, 0.0
    at, t = 0, 0
    eta = np.empty(BLOCK)
    for c in range(checkpoints.shape[0]):
        while t < checkpoints[c]:
            steps = min(BLOCK, checkpoints[c] - t)
            for i in range(steps):
                eta[i] = alpha / math.sqrt(t + i + 1.0)
            for i in range(steps):
                g = slopes[at]
                at = at + 1 if at + 1 < slopes.shape[0] else 0
                loss += g * x
                m = beta1 * m + (1.0 - beta1) * g
                v = beta2 * v + (1.0 - beta2) * (g * g)
                x -= eta[i] * m / math.sqrt(v)
                x = -1.0 if x < -1.0 else x
                x = 1.0 if x > 1.0 else x
            t += steps
        losses[0, c] = loss
    x_out[0, 0] = x


@njit()
def cyclic(slopes, alpha, beta1, beta2, start, checkpoints, losses, x_out):
    """As :func:`scalar` for R a multiple of LANES."""
    a = np.empty((4, LANES))
    for first in range(0, losses.shape[0], LANES):
        a[0, :], a[1:, :] = start, 0.0
        at, t = 0, 0
        for c in range(checkpoints.shape[0]):
            for s in range(t, checkpoints[c]):
                g = slopes[at]
                at = at + 1 if at + 1 < slopes.shape[0] else 0
                eta = alpha / math.sqrt(s + 1.0)
                for i in range(LANES):
                    x = a[0, i]
                    a[3, i] += g * x
                    m = beta1 * a[1, i] + (1.0 - beta1) * g
                    v = beta2 * a[2, i] + (1.0 - beta2) * (g * g)
                    x -= eta * m / math.sqrt(v)
                    x = -1.0 if x < -1.0 else x
                    x = 1.0 if x > 1.0 else x
                    a[0, i], a[1, i], a[2, i] = x, m, v
            t = checkpoints[c]
            losses[first : first + LANES, c] = a[3]
        x_out[first : first + LANES, 0] = a[0]


@njit()
def random(rare, common, chance, alpha, beta1, beta2, eps, start, words, checkpoints, losses, x_out):
    """Slope ``rare`` with probability ``chance`` and else ``common``; Adam with bias correction.

    The generator, the choice and the step are one loop over the lanes. SFC64's fourth word is a counter, the same in
    all lanes.
    """
    a, w = np.empty((4, LANES)), np.empty((3, LANES), np.uint64)
    for first in range(0, losses.shape[0], LANES):
        a[0, :], a[1:, :] = start, 0.0
        for i in range(LANES):
            for k in range(3):
                w[k, i] = words[first + i, k]
        counter = words[first, 3]
        t, power1, power2 = 0, 1.0, 1.0
        for c in range(checkpoints.shape[0]):
            for s in range(t, checkpoints[c]):
                power1 = power1 * beta1 if power1 > NEGLIGIBLE else 0.0
                power2 = power2 * beta2 if power2 > NEGLIGIBLE else 0.0
                eta, scale = alpha / math.sqrt(s + 1.0) / (1.0 - power1), 1.0 / (1.0 - power2)
                for i in range(LANES):
                    word = w[0, i] + w[1, i] + counter
                    w[0, i] = w[1, i] ^ (w[1, i] >> np.uint64(11))
                    w[1, i] = w[2, i] + (w[2, i] << np.uint64(3))
                    w[2, i] = ((w[2, i] << np.uint64(24)) | (w[2, i] >> np.uint64(40))) + word
                    g = rare if np.float64(word >> np.uint64(11)) * UNIT < chance else common
                    x = a[0, i]
                    a[3, i] += g * x
                    m = beta1 * a[1, i] + (1.0 - beta1) * g
                    v = beta2 * a[2, i] + (1.0 - beta2) * (g * g)
                    x -= eta * m / (math.sqrt(scale * v) + eps)
                    x = -1.0 if x < -1.0 else x
                    x = 1.0 if x > 1.0 else x
                    a[0, i], a[1, i], a[2, i] = x, m, v
                counter += np.uint64(1)
            t = checkpoints[c]
            losses[first : first + LANES, c] = a[3]
        x_out[first : first + LANES, 0] = a[0]
