"""Logistic regression with mini-batches, hand-fused: one driver, specialised when compiled by sampler and features.

Numba inlines the parts given to :func:`fused` into one kernel per combination, which is what writing each out by hand
would give. Recorded is the cumulative loss at the checkpoints and the final iterate, and nothing else.
"""

import math
from functools import cache

import numpy as np

from tests.benchmarks.kernels import parts, trees
from tests.benchmarks.kernels.parts import CHANCE, FACTOR, LABEL, LOSS, NORM, SCORE, SCRATCH, SLOPE, WEIGHT, njit

#: A tree's root below which its weights are rescaled, long before they are subnormal.
TINY = 1e-200
NEGLIGIBLE = 1e-18


@njit()
def uniform_draw(n, law, tree, u, b, J, edges, nodes):
    K = J.shape[0]
    for k in range(K):
        J[k] = np.int64(u[k] * n)
        b[WEIGHT, k] = 1.0 / K
    return True


@njit()
def uniform_observe(n, law, tree, b, J, nodes, bits):
    pass


@njit()
def bandit_draw(n, law, tree, u, b, J, edges, nodes):
    """AdamBS: K independent draws with the law of the tree, weights 1 / (K n p)."""
    K, root, first = J.shape[0], tree[1], tree.shape[0] // 2
    for k in range(K):
        u[k] *= root
    trees.descend(tree, n, 1.0, 0.0, u, J)
    for k in range(K):  # a loop of its own: a load from anywhere would keep the divisions below from being vectors
        b[CHANCE, k] = tree[first + J[k]]
    for k in range(K):
        b[CHANCE, k] /= root
        b[WEIGHT, k] = 1.0 / (K * n * b[CHANCE, k])
    return True


@njit()
def bandit_observe(n, law, tree, b, J, nodes, bits):
    """AdamBS: the step of the drawn, then the KL projection: all losses are >= 0, so only the drawn can meet the floor.

    Exact where no single example holds most of the law, as in the workloads.
    """
    L, floor, rate, _ = law
    K, first = J.shape[0], tree.shape[0] // 2
    for k in range(K):
        ratio = b[NORM, k] / b[CHANCE, k]
        b[FACTOR, k] = -rate * ((L / floor) * (L / floor) - ratio * ratio) / (K * b[CHANCE, k])
    parts.exponentials(b, FACTOR, bits)
    free = tree[1]
    for k in range(K):
        leaf = first + J[k]
        new = tree[leaf] * b[SCRATCH, k]
        free -= tree[leaf] - new
        tree[leaf] = new
    fixed, before = 0, -1
    while fixed > before:
        before = fixed
        least = floor * free / (1.0 - floor * fixed)
        for k in range(K):
            leaf = first + J[k]
            if 0.0 < tree[leaf] < least:
                free -= tree[leaf]
                tree[leaf] = 0.0
                fixed += 1
    if fixed > 0:
        for k in range(K):
            leaf = first + J[k]
            if tree[leaf] == 0.0:
                tree[leaf] = least
    trees.refresh(tree, J, nodes)
    trees.rescale(tree, TINY)


@njit()
def combinatorial_draw(n, law, tree, u, b, J, edges, nodes):
    """AdamCB: K distinct examples with DepRound's law (Deville's ordered systematic sampling), weights 1 / (K n p).

    False when a weight could reach the cap: the weights only ever fall, so the first one bounds all others; in the
    workloads nothing is ever capped, and this yardstick has no path for it.
    """
    _, _, gamma, top = law
    K, root, first = J.shape[0], tree[1], tree.shape[0] // 2
    if top * (1.0 - gamma) >= (1.0 / K - gamma / n) * root:
        return False
    slope, offset = K * (1.0 - gamma) / root, K * gamma / n
    for k in range(K):  # the examples whose shares hold the integers 1 .. K - 1, and where those shares begin
        b[FACTOR, k] = k + 1.0
    trees.descend(tree, n, slope, offset, b[FACTOR], edges)
    edges[K - 1], b[FACTOR, K - 1] = n, 0.0
    for k in range(K):
        filled = 1.0 - b[FACTOR, k]
        share = slope * tree[first + min(edges[k], n - 1)] + offset
        b[SCRATCH, k] = u[k] * filled + k
        b[NORM, k] = 1.0 if u[K + k] * (2.0 - filled - share) < 1.0 - share else 0.0
        b[CHANCE, k] = share - b[FACTOR, k]  # how far the share reaches beyond the integer
    b[NORM, K - 1] = 1.0
    for k in range(K):
        b[WEIGHT, k] = b[SCRATCH, k]
    trees.descend(tree, n, slope, offset, b[WEIGHT], J)
    carried, reach, start = 0, 0.0, -1
    for k in range(K):
        inside = min(max(J[k], start + 1), edges[k] - 1)
        winner = carried if b[SCRATCH, k] - k < reach or edges[k] - start == 1 else inside
        start, reach = edges[k], b[CHANCE, k]
        takes = b[NORM, k] > 0.0
        J[k] = winner if takes else start
        carried = start if takes else winner
    for k in range(K):
        b[CHANCE, k] = slope * tree[first + J[k]] + offset
    for k in range(K):
        b[WEIGHT, k] = 1.0 / (K * n * b[CHANCE, k])
    return True


@njit()
def combinatorial_observe(n, law, tree, b, J, nodes, bits):
    L, _, gamma, _ = law
    K, first = J.shape[0], tree.shape[0] // 2
    for k in range(K):
        ratio = gamma * b[NORM, k] / (n * L * b[CHANCE, k])
        b[FACTOR, k] = -K * gamma * (1.0 - ratio * ratio) / (n * b[CHANCE, k])
    parts.exponentials(b, FACTOR, bits)
    for k in range(K):
        tree[first + J[k]] *= b[SCRATCH, k]
    trees.refresh(tree, J, nodes)


@njit()
def sparse_scores(features, J, x, out):
    begin, column, value = features
    for k in range(J.shape[0]):
        s = 0.0
        for i in range(begin[J[k]], begin[J[k] + 1]):
            s += value[i] * x[column[i]]
        out[k] = s


@njit()
def sparse_combined(features, J, a, g):
    begin, column, value = features
    g[:] = 0.0
    for k in range(J.shape[0]):
        for i in range(begin[J[k]], begin[J[k] + 1]):
            g[column[i]] += a[k] * value[i]


SAMPLERS = {
    "uniform": (uniform_draw, uniform_observe, 1),
    "adambs": (bandit_draw, bandit_observe, 1),
    "adamcb": (combinatorial_draw, combinatorial_observe, 2),
}


@cache
def fused(sampler, sparse):
    """The kernel ``advance(features, y, norms, K, law, method, words, checkpoints, x, losses)``.

    ``features`` is Z or the CSR triple; ``law`` is (L, floor, rate or gamma, largest weight); ``method`` is (alpha,
    beta1, beta2, lam, eps, adamx); x (R, d) holds the start and is overwritten, losses (R, C) is written. The result
    is the step at which a weight reached the cap, or -1.
    """
    draw, observe, rounds = SAMPLERS[sampler]
    scores, combined = (sparse_scores, sparse_combined) if sparse else (parts.scores, parts.combined)
    learns = sampler != "uniform"

    @njit()
    def advance(features, y, norms, K, law, method, words, checkpoints, x, losses):
        n, d = y.shape[0], x.shape[1]
        alpha, beta1, beta2, lam, eps, adamx = method
        b, bits = np.empty((9, K)), np.empty(K, np.int64)
        u, J, edges, nodes = np.empty(rounds * K), np.empty(K, np.int64), np.empty(K, np.int64), np.empty(K, np.int64)
        a, g = np.empty((4, d)), np.empty(d)
        for r in range(x.shape[0]):
            tree = trees.grown(n if learns else 1, 1.0)
            a[0], a[1:] = x[r], 0.0
            total, t = 0.0, 0
            mu, before, power1, power2 = beta1, 0.0, 1.0, 1.0
            for c in range(checkpoints.shape[0]):
                for s in range(t, checkpoints[c]):
                    parts.uniforms(words[r], u)
                    if not draw(n, law, tree, u, b, J, edges, nodes):
                        return s
                    scores(features, J, a[0], b[SCORE])
                    for k in range(K):
                        b[LABEL, k] = y[J[k]]
                    parts.logistic(b, bits)
                    for k in range(K):
                        total += b[WEIGHT, k] * b[LOSS, k]
                        b[WEIGHT, k] *= b[SLOPE, k]
                    combined(features, J, b[WEIGHT], g)
                    eta, scale, rho = alpha / math.sqrt(s + 1.0), 1.0, 0.0
                    if adamx:
                        rho = ((1.0 - mu) / (1.0 - before)) ** 2 if s > 0 else 0.0
                    else:
                        power1 = power1 * beta1 if power1 > NEGLIGIBLE else 0.0
                        power2 = power2 * beta2 if power2 > NEGLIGIBLE else 0.0
                        eta, scale = eta / (1.0 - power1), 1.0 / (1.0 - power2)
                    parts.update(a, g, mu, beta2, 1.0 - beta2, rho, eta, scale, eps, -1.0, 1.0)
                    before, mu = mu, mu * lam
                    if learns:
                        for k in range(K):
                            b[NORM, k] = abs(b[SLOPE, k]) * norms[J[k]]
                        observe(n, law, tree, b, J, nodes, bits)
                t = checkpoints[c]
                losses[r, c] = total
            x[r] = a[0]
        return -1

    return advance
