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

from regretlab.engines.compiled.compilation import inner
from regretlab.engines.compiled.layout import (
    CAPS,
    CROSSING,
    EXP,
    FILLED,
    FROZEN,
    NODE,
    NORM,
    POINT,
    J,
    P,
    U,
    W,
    exp,
    exps,
    uniforms,
)
from regretlab.engines.compiled.simd import (
    WIDTH,
    gather,
    load,
    load_from,
    reduce_max,
    reduce_sum,
    select,
    splat,
    store,
    store_to,
)
from regretlab.engines.compiled.trees import (
    ZERO,
    Array,
    build,
    descend,
    leaves_at_least,
    pivotal,
    set_leaf,
    update_parents,
)
from regretlab.samplers import Rule

#: Sums outside these are brought back to the order of 1; between them nothing over- or underflows.
LEAST, MOST = 2.0**-200, 2.0**200
#: A logarithm above it stands for a weight so far above the others that it is capped whatever it is.
INFINITE = 600.0
#: Stands for a weight that underflows between two projections.
TINY = 1e-200


@inner
def _weight(log: Any) -> Any:
    """Exponentiate logarithms of weights; above :data:`INFINITE` they are infinite, so that the example is capped."""
    return select(log < INFINITE, exp(log), np.inf)


@inner
def _weights(F: Array, count: int) -> None:
    """Compute ``F[EXP]``, the weights whose logarithms are ``F[POINT]``."""
    for k in range(0, count, WIDTH):
        store(F, EXP, k, _weight(load(F, POINT, k)))


@inner
def _leaves(rule: Rule, own: Any, tree: Array, leaf: int, largest: Any) -> Any:
    """Store eight leaves from their state, and return the largest so far in every place."""
    weight = own if rule.projected else _weight(own)
    store_to(tree, leaf, weight)
    return select(weight > largest, weight, largest)


@inner
def build_from_state(rule: Rule, own: Array, r: int, tree: Array, F: Array) -> float:
    """Build the tree of replicate r's state, weights if projected and else logarithms; return its largest leaf.

    O(n): once per block of steps. Rows shorter than a vector go through working memory, whose rows are long enough.
    """
    n, half, largest = own.shape[1], tree.shape[0] // 2, splat(0.0)
    for begin in range(0, n - WIDTH + 1, WIDTH):
        largest = _leaves(rule, load(own, r, begin), tree, half + begin, largest)
    if n < WIDTH:
        for j in range(n):
            F[POINT, j] = own[r, j]
        leaf = load(F, POINT, 0)
        store(F, EXP, 0, leaf if rule.projected else _weight(leaf))
        for j in range(n):
            tree[half + j] = F[EXP, j]
            largest = select(largest > F[EXP, j], largest, splat(F[EXP, j]))
    elif n % WIDTH > 0:  # the last vector begins within the one before
        largest = _leaves(rule, load(own, r, n - WIDTH), tree, half + n - WIDTH, largest)
    for j in range(half + n, 2 * half):
        tree[j] = 0.0
    build(tree)
    return reduce_max(largest)


@inner
def largest_leaf(tree: Array, n: int) -> float:
    """Return the largest leaf: steps only carry a bound on it, which grows looser and is made sharp once per block."""
    half, largest, last = tree.shape[0] // 2, splat(0.0), 0.0
    for j in range(0, n - WIDTH + 1, WIDTH):
        leaf = load_from(tree, half + j)
        largest = select(leaf > largest, leaf, largest)
    for j in range(n - n % WIDTH, n):
        last = max(last, tree[half + j])
    return max(reduce_max(largest), last)


@inner
def _rescale(rule: Rule, own: Array, r: int, tree: Array, F: Array, Q: Array, count: int) -> float:
    r"""Rescale the weights where their sum left [LEAST, MOST]; the law stays the same.

    A law knows weights only up to a factor. Projected ones are multiplied by a power of two, which is exact. Logarithms
    are taken relative to the largest that is not capped: its weight becomes 1, and those below e^-708 count as e^-708,
    which a sum of at least 1 does not show.
    """
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
    return build_from_state(rule, own, r, tree, F)


@inner
def _largest_share(rule: Rule, n: int, K: int) -> float:
    """Return AdamCB's C: a weight of at least C times the sum of all weights gets probability 1."""
    return (1 / K - rule.mixing / n) / (1 - rule.mixing)


@inner
def _cap(rule: Rule, n: int, K: int, tree: Array, largest: float, Q: Array) -> tuple[int, float]:
    r"""Find which weights AdamCB caps (``Q[CAPS]``, their leaves now zero); return their number and the threshold tau.

    tau solves :math:`\tau = C\,(\sum_{w_j < \tau} w_j + m \tau)` with m weights at or above it, so
    :math:`\tau = C \sum_{w_j < \tau} w_j / (1 - m C)`. Zeroing what is above and solving again only lowers tau, so the
    loop ends after at most K rounds; each looks at O(log n / C) nodes, and 1 / C <= K.
    """
    C, count = _largest_share(rule, n, K), 0
    while True:
        rest = 1 - count * C
        tau = C * tree[1] / rest if rest > 0 else np.inf
        if not (largest >= tau and tree[1] > 0 and count < K):
            return count, tau
        more = min(leaves_at_least(tree, tau, Q, count, K), K - count)
        if more == 0:
            return count, tau
        for i in range(more):
            set_leaf(tree, Q[CAPS, count + i], 0.0, Q, i)
        update_parents(tree, Q, more)
        count += more


@inner
def _variance(tree: Array, n: int, a: float, b: float, squares: Array) -> float:
    """Sum squares over probabilities, min(a leaf + b, 1), of all examples: in vectors, since this one is O(n)."""
    half, most = tree.shape[0] // 2, splat(0.0)
    for j in range(0, n - WIDTH + 1, WIDTH):
        p = a * load_from(tree, half + j) + b
        most = most + load_from(squares, j) / select(p < 1.0, p, 1.0)
    rest = 0.0
    for j in range(n - n % WIDTH, n):
        rest += squares[j] / min(a * tree[half + j] + b, 1.0)
    return reduce_sum(most) + rest


@inner
def draw(
    rule: Rule, own: Array, r: int, K: int, tree: Array, largest: float, words: Array, squares: Array | None, F: Array,
    Q: Array,
) -> tuple[float, float]:  # fmt: skip
    """Draw a batch ``Q[J]`` with its probabilities and weights; ``Q[FROZEN]`` marks what AdamCB does not update.

    ``largest`` bounds all leaves from above. Returned are such a bound, which spares a look at the leaves, and the
    variance of the law if the ``squares`` of all gradient norms are given. Probabilities are min(a leaf + b, 1): b is
    the uniform mixing, which so changes no leaf. Capped examples have the leaf tau while the batch is drawn, and then
    their own again.
    """
    n, half = own.shape[1], tree.shape[0] // 2
    capping, count, tau = rule.mixing < 1 and rule.distinct and not rule.projected, 0, 0.0
    if capping:
        count, tau = _cap(rule, n, K, tree, largest, Q)
    if not LEAST < tree[1] < MOST:
        largest = _rescale(rule, own, r, tree, F, Q, count)
        if capping:
            count, tau = _cap(rule, n, K, tree, largest, Q)
    b = 0.0 if rule.projected else rule.mixing * rule.total / n
    if rule.projected:
        a = rule.total / tree[1]
    elif rule.mixing >= 1:
        a = 0.0
    else:
        a = rule.total * (1 - rule.mixing) * (1 - count * _largest_share(rule, n, K)) / tree[1]
    if count > 0:
        for i in range(count):
            set_leaf(tree, Q[CAPS, i], tau, Q, i)
        update_parents(tree, Q, count)
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
        store(F, P, k, select(p < 1.0, p, 1.0))
        store(Q, FROZEN, k, splat(ZERO))
    if count > 0:
        for i in range(count):
            F[POINT, i] = own[r, Q[CAPS, i]]
            for k in range(K):
                if Q[J, k] == Q[CAPS, i]:
                    F[P, k], Q[FROZEN, k] = 1.0, 1
        _weights(F, count)
        for i in range(count):
            set_leaf(tree, Q[CAPS, i], F[EXP, i], Q, i)
        update_parents(tree, Q, count)
    for k in range(0, K, WIDTH):
        store(F, W, k, rule.weight / load(F, P, k))
    return largest, variance


@inner
def observe(rule: Rule, own: Array, r: int, K: int, tree: Array, largest: float, F: Array, Q: Array) -> float:
    """Update the weights from the gradient norms of the drawn examples; return a bound on all leaves as :func:`draw`.

    The exponent is that of the rule above. Logarithms are added one draw after the other, so that an example drawn
    twice is updated twice; its leaf is made from the sum, and the tree from its leaves, so the order does not matter.
    """
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
        set_leaf(tree, Q[J, k], leaf, Q, k)
        largest = leaf if leaf > largest else largest
    update_parents(tree, Q, K)
    return largest


@inner
def _project(rule: Rule, K: int, tree: Array, largest: float, F: Array, Q: Array) -> float:
    """Multiply the leaves of the batch by ``F[EXP]``, then project all leaves.

    As in :func:`regretlab.samplers.kl_projection`, p = c leaf between floor and 1: the larger of lack and excess
    fixes its entries, until there is neither. Only what has been drawn can have come below the floor; above 1 can be
    what is as large as 1 / c. These are listed in ``Q[CROSSING]`` with their weights in ``F[FILLED]``, fixed ones with
    minus the probability they are fixed at; meanwhile their leaves say where in the list they are. Every round fixes an
    entry of a list of at most 2 K, so the work grows with K and log n; sorting all weights would take O(n log n).
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
            for i in range(min(leaves_at_least(tree, 1 / c, Q, 0, K), K, 2 * K - listed)):
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
        set_leaf(tree, Q[CROSSING, i], leaf, Q, i)
        top = max(top, leaf)
    update_parents(tree, Q, listed)
    return max(largest, top) if listed == 0 or largest * c <= 1 else max(1 / c, top)


@inner
def save_to_state(rule: Rule, own: Array, r: int, tree: Array) -> None:
    """Copy the leaves to the sampler's state, where they are the state (logarithms are updated with their leaves)."""
    if rule.projected:
        for j in range(own.shape[1]):
            own[r, j] = tree[tree.shape[0] // 2 + j]
