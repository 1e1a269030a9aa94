r"""The laws of the bandit samplers on sum trees: every draw and every update in O(K log n).

All of them are one rule with other numbers. With :math:`\|g_k\|` and :math:`p_k` of the drawn examples,

.. math:: w_k \leftarrow w_k \exp\Big(-\frac{\text{rate}}{p_k}\Big(\text{top} - \frac{s^2\|g_k\|^2}{p_k^2}\Big)\Big),

after which the weights either are projected (in Kullback-Leibler divergence onto :math:`\{\sum p = \text{total},
\text{floor} \le p \le 1\}`, so that they are the probabilities up to a factor), or stay as they are, as logarithms, and
are capped and mixed with the uniform law when a batch is drawn. The textbook forms, O(n) per step, are in
``_simplex`` and ``_depround``; the tests hold the two against each other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from regretlab.compilation import inner
from regretlab.samplers._base import Rule
from regretlab.samplers._trees import ZERO, Array, build, collect, descend, pivotal, put, refresh
from regretlab.simd import WIDTH, choose, gather, largest_of, load, load_from, store, store_to, total, vector
from regretlab.vectors import CAPS, CROSSING, EXP, FILLED, FROZEN, NODE, NORM, POINT, J, P, U, W, exp, exps, uniforms

#: Sums outside these are brought back to the order of 1; between them nothing over- or underflows.
LEAST, MOST = 2.0**-200, 2.0**200
#: A logarithm above it stands for a weight so far above the others that it is capped whatever it is.
INFINITE = 600.0
#: Stands for a weight that underflows between two projections.
TINY = 1e-200


@inner
def _weight(log: Any) -> Any:
    """The weights with these logarithms."""
    return choose(log < INFINITE, exp(log), np.inf)


@inner
def _weights(F: Array, count: int) -> None:
    """``F[EXP]``: the weights whose logarithms are ``F[POINT]``."""
    for k in range(0, count, WIDTH):
        store(F, EXP, k, _weight(load(F, POINT, k)))


@inner
def _planted(rule: Rule, own: Any, tree: Array, leaf: int, largest: Any) -> Any:
    """Eight leaves from their state; the largest so far, in every place."""
    weight = own if rule.projected else _weight(own)
    store_to(tree, leaf, weight)
    return choose(weight > largest, weight, largest)


@inner
def plant(rule: Rule, own: Array, r: int, tree: Array, F: Array) -> float:
    """The tree of replicate r's state ``own[r]``, probabilities up to a factor or logarithms, and its largest leaf."""
    n, half, largest = own.shape[1], tree.shape[0] // 2, vector(0.0)
    for begin in range(0, n - WIDTH + 1, WIDTH):
        largest = _planted(rule, load(own, r, begin), tree, half + begin, largest)
    if n < WIDTH:
        for j in range(n):
            F[POINT, j] = own[r, j]
        leaf = load(F, POINT, 0)
        store(F, EXP, 0, leaf if rule.projected else _weight(leaf))
        for j in range(n):
            tree[half + j] = F[EXP, j]
            largest = choose(largest > F[EXP, j], largest, vector(F[EXP, j]))
    elif n % WIDTH > 0:  # the last vector begins within the one before
        largest = _planted(rule, load(own, r, n - WIDTH), tree, half + n - WIDTH, largest)
    for j in range(half + n, 2 * half):
        tree[j] = 0.0
    build(tree)
    return largest_of(largest)


@inner
def largest_leaf(tree: Array, n: int) -> float:
    """Of a tree that stands; what the steps hand on only bounds the leaves, and needs to be looked at anew at times."""
    half, largest, last = tree.shape[0] // 2, vector(0.0), 0.0
    for j in range(0, n - WIDTH + 1, WIDTH):
        leaf = load_from(tree, half + j)
        largest = choose(leaf > largest, leaf, largest)
    for j in range(n - n % WIDTH, n):
        last = max(last, tree[half + j])
    return max(largest_of(largest), last)


@inner
def _renewed(rule: Rule, own: Array, r: int, tree: Array, F: Array, Q: Array, count: int) -> float:
    """The same law from weights relative to the largest that is not capped (or all times a power of two: exact)."""
    n = own.shape[1]
    if rule.projected:
        up = 1.0 / LEAST if tree[1] < LEAST else 1.0 / MOST
        for j in range(n):
            own[r, j] = tree[tree.shape[0] // 2 + j] * up
    else:
        top = -np.inf
        for j in range(n):
            if own[r, j] > top:
                capped = False
                for i in range(count):
                    capped |= Q[CAPS, i] == j
                top = top if capped else own[r, j]
        for j in range(n):
            own[r, j] -= top
    return plant(rule, own, r, tree, F)


@inner
def _largest_share(rule: Rule, n: int, K: int) -> float:
    """AdamCB's C: a weight that is at least C times the sum of the others and itself gets probability 1."""
    return (1 / K - rule.mixing / n) / (1 - rule.mixing)


@inner
def _capped(rule: Rule, n: int, K: int, tree: Array, largest: float, Q: Array) -> tuple[int, float]:
    """AdamCB's capping: how many are capped (``Q[CAPS]``, their leaves now zero) and the threshold tau."""
    C, count = _largest_share(rule, n, K), 0
    while True:
        rest = 1 - count * C
        tau = C * tree[1] / rest if rest > 0 else np.inf
        if not (largest >= tau and tree[1] > 0 and count < K):
            return count, tau
        more = min(collect(tree, tau, Q, count, K), K - count)
        if more == 0:
            return count, tau
        for i in range(more):
            put(tree, Q[CAPS, count + i], 0.0, Q, i)
        refresh(tree, Q, more)
        count += more


@inner
def _variance(tree: Array, n: int, a: float, b: float, squares: Array) -> float:
    """The sum of squares over probabilities, min(a leaf + b, 1), of all examples."""
    half, most = tree.shape[0] // 2, vector(0.0)
    for j in range(0, n - WIDTH + 1, WIDTH):
        p = a * load_from(tree, half + j) + b
        most = most + load_from(squares, j) / choose(p < 1.0, p, 1.0)
    rest = 0.0
    for j in range(n - n % WIDTH, n):
        rest += squares[j] / min(a * tree[half + j] + b, 1.0)
    return total(most) + rest


@inner
def draw(
    rule: Rule, own: Array, r: int, K: int, tree: Array, largest: float, words: Array, squares: Array | None, F: Array,
    Q: Array,
) -> tuple[float, float]:  # fmt: skip
    """A batch ``Q[J]`` with its probabilities and weights; ``Q[FROZEN]`` marks what AdamCB does not update.

    ``largest`` is no smaller than any leaf, and what is returned first is so again; then the variance of the law if the
    ``squares`` of all gradient norms are given.
    """
    n, half = own.shape[1], tree.shape[0] // 2
    capping, count, tau = rule.mixing < 1 and rule.distinct and not rule.projected, 0, 0.0
    if capping:
        count, tau = _capped(rule, n, K, tree, largest, Q)
    if not LEAST < tree[1] < MOST:
        largest = _renewed(rule, own, r, tree, F, Q, count)
        if capping:
            count, tau = _capped(rule, n, K, tree, largest, Q)
    b = 0.0 if rule.projected else rule.mixing * rule.total / n
    if rule.projected:
        a = rule.total / tree[1]
    elif rule.mixing >= 1:
        a = 0.0
    else:
        a = rule.total * (1 - rule.mixing) * (1 - count * _largest_share(rule, n, K)) / tree[1]
    if count > 0:
        for i in range(count):
            put(tree, Q[CAPS, i], tau, Q, i)
        refresh(tree, Q, count)
    variance = 0.0
    if squares is not None:
        variance = _variance(tree, n, a, b, squares)
    uniforms(words, r, K, F)
    if rule.distinct:
        pivotal(tree, n, K, a, b, F, Q)
    else:
        everything = a * tree[1] + b * n
        for k in range(0, K, WIDTH):
            store(F, POINT, k, load(F, U, k) * everything)
        descend(tree, n, a, b, True, F, Q, K)
        for k in range(0, K, WIDTH):
            store(Q, J, k, load(Q, NODE, k))
    for k in range(0, K, WIDTH):
        p = a * gather(tree, load(Q, J, k) + np.uint64(half)) + b
        store(F, P, k, choose(p < 1.0, p, 1.0))
        store(Q, FROZEN, k, vector(ZERO))
    if count > 0:
        for i in range(count):
            F[POINT, i] = own[r, Q[CAPS, i]]
            for k in range(K):
                if Q[J, k] == Q[CAPS, i]:
                    F[P, k], Q[FROZEN, k] = 1.0, 1
        _weights(F, count)
        for i in range(count):
            put(tree, Q[CAPS, i], F[EXP, i], Q, i)
        refresh(tree, Q, count)
    for k in range(0, K, WIDTH):
        store(F, W, k, rule.weight / load(F, P, k))
    return largest, variance


@inner
def observe(rule: Rule, own: Array, r: int, K: int, tree: Array, largest: float, F: Array, Q: Array) -> float:
    """The weights after the gradient norms of the drawn examples have been seen; bounds the leaves as :func:`draw`."""
    for k in range(0, K, WIDTH):
        p = load(F, P, k)
        seen = rule.scale * load(F, NORM, k) / p
        store(F, POINT, k, -rule.rate * (rule.top - seen * seen) / p)
    if rule.projected:
        exps(F, K)
        return _project(rule, K, tree, largest, F, Q)
    for k in range(K):
        own[r, Q[J, k]] += 0.0 if Q[FROZEN, k] else F[POINT, k]
    for k in range(K):  # an example may have been drawn several times
        F[POINT, k] = own[r, Q[J, k]]
    _weights(F, K)
    for k in range(K):
        leaf = F[EXP, k]
        put(tree, Q[J, k], leaf, Q, k)
        largest = leaf if leaf > largest else largest
    refresh(tree, Q, K)
    return largest


@inner
def _project(rule: Rule, K: int, tree: Array, largest: float, F: Array, Q: Array) -> float:
    """Leaves of the batch times ``F[EXP]``, then all leaves projected.

    As in :func:`regretlab.samplers.kl_projection`, p = c leaf between floor and 1: the larger of lack and excess
    fixes its entries, until there is neither. Only what has been drawn can have come below the floor; above 1 can be
    what is as large as 1 / c. These are listed in ``Q[CROSSING]`` with their weights in ``F[FILLED]``, fixed ones with
    minus the probability they are fixed at; meanwhile their leaves say where in the list they are.
    """
    half, listed, fixed = tree.shape[0] // 2, 0, 0.0
    others = tree[1]
    for k in range(K):
        leaf = tree[half + Q[J, k]]
        if leaf < 0:
            F[FILLED, int(-leaf) - 1] *= F[EXP, k]
            continue
        others -= leaf
        Q[CROSSING, listed], F[FILLED, listed] = Q[J, k], leaf * F[EXP, k]
        listed += 1
        tree[half + Q[J, k]] = -listed
    for i in range(listed):
        F[FILLED, i] = max(F[FILLED, i], TINY)
    while True:
        free = max(others, 0.0)
        for i in range(listed):
            free += max(F[FILLED, i], 0.0)
        c = (rule.total - fixed) / free if rule.total > fixed and free > 0 else 1.0
        if rule.distinct and c * largest > 1:
            for i in range(min(collect(tree, 1 / c, Q, 0, K), K, 2 * K - listed)):
                leaf = tree[half + Q[CAPS, i]]
                Q[CROSSING, listed], F[FILLED, listed] = Q[CAPS, i], leaf
                others -= leaf
                listed += 1
                tree[half + Q[CAPS, i]] = -listed
        lack, excess = 0.0, 0.0
        for i in range(listed):
            p = c * F[FILLED, i]
            lack += rule.floor - p if 0 < p < rule.floor else 0.0
            excess += p - 1 if p > 1 else 0.0
        if lack == 0 and excess == 0:
            break
        for i in range(listed):
            p = c * F[FILLED, i]
            if 0 < p < rule.floor and lack >= excess:
                F[FILLED, i] = -rule.floor
                fixed += rule.floor
            elif p > 1 and excess >= lack:
                F[FILLED, i] = -1.0
                fixed += 1.0
    top = 0.0
    for i in range(listed):
        leaf = F[FILLED, i] if F[FILLED, i] > 0 else -F[FILLED, i] / c
        put(tree, Q[CROSSING, i], leaf, Q, i)
        top = max(top, leaf)
    refresh(tree, Q, listed)
    return max(largest, top) if listed == 0 or largest * c <= 1 else max(1 / c, top)


@inner
def kept(rule: Rule, own: Array, r: int, tree: Array) -> None:
    """The sampler's state from the tree, where the leaves are the state."""
    if rule.projected:
        for j in range(own.shape[1]):
            own[r, j] = tree[tree.shape[0] // 2 + j]
