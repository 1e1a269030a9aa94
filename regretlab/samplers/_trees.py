r"""Sum trees: draws from a law over n examples, and changes to it, in O(log n) each.

A tree is one array of 2P numbers, P the power of two at or above n: leaf j is entry P + j, every parent i holds the
sum of its children 2i and 2i + 1, and the root is entry 1. Parents are computed from their children again whenever a
leaf changes, so a tree is a function of its leaves: nothing drifts, and one rebuilt from saved leaves is the same.

Laws are affine in the leaves, :math:`p_j = a\,\text{leaf}_j + b`, so that uniform mixing needs no change to the tree.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from regretlab.compilation import inner
from regretlab.samplers._base import CERTAIN
from regretlab.simd import WIDTH, load_from, pair_sums, store_to
from regretlab.vectors import CAPS, CROSSING, FILLED, NODE, POINT, SHARE, STACK, WON, J, U

Array = Any
#: Nodes are unsigned where they index, which spares the test for an index from the end.
ONE = np.uint64(1)
#: Below this many nodes in a level, all are summed again: a batch touches most of them several times.
CROWN = 32


def leaves(n: int) -> int:
    """P: the number of leaves of a complete tree over n examples."""
    return 1 << (n - 1).bit_length()


@inner
def build(tree: Array) -> None:
    """All parents from the leaves."""
    level = tree.shape[0] // 4
    while level >= WIDTH:
        for i in range(level, 2 * level, WIDTH):
            store_to(tree, i, pair_sums(load_from(tree, 2 * i), load_from(tree, 2 * i + WIDTH)))
        level //= 2
    for i in range(2 * level - 1, 0, -1):
        tree[i] = tree[2 * i] + tree[2 * i + 1]


@inner
def put(tree: Array, j: int, leaf: float, Q: Array, k: int) -> None:
    """A new leaf for example j, the k-th whose parents wait for :func:`refresh`."""
    Q[NODE, k] = tree.shape[0] // 2 + j
    tree[Q[NODE, k]] = leaf


@inner
def refresh(tree: Array, Q: Array, count: int) -> None:
    """The parents of the leaves ``Q[NODE, :count]``, level by level; near the root, all there are."""
    half = tree.shape[0] // 2
    while half > CROWN:
        half >>= 1
        for k in range(count):
            Q[NODE, k] >>= 1
        for k in range(count):
            i = np.uint64(Q[NODE, k])
            tree[i] = tree[i + i] + tree[i + i + ONE]
    for top in range(half - 1, 0, -1):
        tree[top] = tree[2 * top] + tree[2 * top + 1]


@inner
def descend(tree: Array, n: int, a: float, b: float, ties: bool, F: Array, Q: Array, count: int) -> None:
    """For each target in ``F[POINT]``, the first example up to which the law sums to more than it: ``Q[NODE]``.

    Without ``ties``, to at least it. On return ``F[POINT]`` holds what is left of the target before that example. All
    descents go level by level, without branches. The leaves that only fill the tree have their share of b too: they
    come last, where only rounding reaches, and stand for the last example.
    """
    half = tree.shape[0] // 2
    span = half
    for k in range(count):
        Q[NODE, k] = 1
    while span > 1:
        span >>= 1
        mixed = b * span
        for k in range(count):
            left = 2 * Q[NODE, k]
            rest, mass = F[POINT, k], a * tree[np.uint64(left)] + mixed
            right = (rest > mass) | (ties & (rest == mass))
            F[POINT, k] = rest - mass if right else rest
            Q[NODE, k] = left + right
    for k in range(count):
        j = Q[NODE, k] - half
        Q[NODE, k] = j if j < n else n - 1


@inner
def collect(tree: Array, least: float, Q: Array, begin: int, end: int) -> int:
    """How many leaves are at or above ``least`` > 0; they are written to ``Q[CAPS, begin:end]`` as far as it goes.

    A subtree whose sum is below ``least`` holds none, so this looks at O(sum / least * log n) nodes.
    """
    half = tree.shape[0] // 2
    count, depth = 0, 1
    Q[STACK, 0] = 1
    while depth > 0:
        depth -= 1
        i = Q[STACK, depth]
        if not tree[i] >= least:
            continue
        if i >= half:
            if begin + count < end:
                Q[CAPS, begin + count] = i - half
            count += 1
        else:
            Q[STACK, depth], Q[STACK, depth + 1] = 2 * i + 1, 2 * i
            depth += 2
    return count


@inner
def pivotal(tree: Array, n: int, K: int, a: float, b: float, F: Array, Q: Array) -> None:
    """K distinct examples with DepRound's law: Deville's systematic sampling, in O(K log n).

    The same draw from the same K uniforms as :func:`regretlab.samplers.depround_rows`, which says how it works:
    ``CROSSING`` are the examples whose share of the line contains an integer, ``FILLED`` where they begin.
    """
    if n == K:
        for k in range(K):
            Q[J, k] = k
        return
    half = tree.shape[0] // 2
    for k in range(K - 1):
        F[POINT, k] = k + 1.0
    descend(tree, n, a, b, False, F, Q, K - 1)
    for k in range(K - 1):
        Q[CROSSING, k], F[FILLED, k] = Q[NODE, k], (k + 1.0) - F[POINT, k]
    for k in range(1, K - 1):
        if Q[CROSSING, k] <= Q[CROSSING, k - 1]:  # a rounded sum lets an example with p = 1 contain two integers
            Q[CROSSING, k] += 1
            F[FILLED, k] = k + 1.0
    Q[CROSSING, K - 1], F[FILLED, K - 1] = n, a * tree[1] + b * n
    for k in range(K):
        held, share = F[FILLED, k] - k, a * tree[half + min(Q[CROSSING, k], n - 1)] + b
        share = 1.0 if share > CERTAIN else share
        left = 2 - held - share
        takes = 1.0 if k == K - 1 else (1 - share) / left if left > 0 else 0.0
        won = F[U, k] < takes
        rest = takes if won else 1 - takes
        F[POINT, k] = k + held * (F[U, k] - (0.0 if won else takes)) / (rest if rest > 0 else 1.0)
        # Below zero: the point lies on what is left of the example carried over. The descent eats the point itself.
        F[U, k] = F[POINT, k] - (F[FILLED, k - 1] + F[SHARE, k - 1] if k > 0 else 0.0)
        F[SHARE, k], Q[WON, k] = share, won
    descend(tree, n, a, b, True, F, Q, K)
    left_over, start = 0, -1
    for k in range(K):
        crossing = Q[CROSSING, k]
        inside = min(max(Q[NODE, k], start + 1), crossing - 1)
        winner = left_over if F[U, k] < 0 or crossing - start == 1 else inside
        start = crossing
        Q[J, k] = winner if Q[WON, k] else crossing
        left_over = crossing if Q[WON, k] else winner
