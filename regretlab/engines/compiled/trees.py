r"""Sum trees: draws from a law over n examples, and changes to it, in O(log n) each.

A tree is one array of 2P numbers, P the power of two at or above n: leaf j is entry P + j, every parent i holds the
sum of its children 2i and 2i + 1, and the root is entry 1. Parents are computed from their children again whenever a
leaf changes, so a tree is a function of its leaves: nothing drifts, and one rebuilt from saved leaves is the same.

Laws are affine in the leaves, :math:`p_j = a\,\text{leaf}_j + b`, so that uniform mixing needs no change to the tree.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from regretlab.engines.compiled.compilation import inner
from regretlab.engines.compiled.layout import CAPS, CROSSING, FILLED, NODE, POINT, SHARE, STACK, WON, J, U
from regretlab.engines.compiled.simd import (
    WIDTH,
    gather,
    iota,
    load,
    load_from,
    mask_first,
    pair_sums,
    select,
    splat,
    store,
    store_to,
)
from regretlab.samplers import CERTAIN

Array = Any
#: Nodes are unsigned where they index, which spares the test for an index from the end.
ZERO, ONE = np.uint64(0), np.uint64(1)
#: Descents made together.
SIDE_BY_SIDE = 4 * WIDTH
#: Below this many nodes in a level, all are summed again: a batch touches most of them several times.
CROWN = 32


def leaves(n: int) -> int:
    """Return P, the number of leaves of a complete tree over n examples."""
    return 1 << (n - 1).bit_length()


@inner
def build(tree: Array) -> None:
    """Compute all parents from the leaves: level by level, since a level's sums need only the level below."""
    level = tree.shape[0] // 4
    while level >= WIDTH:
        for i in range(level, 2 * level, WIDTH):
            store_to(tree, i, pair_sums(load_from(tree, 2 * i), load_from(tree, 2 * i + WIDTH)))
        level //= 2
    for i in range(2 * level - 1, 0, -1):
        tree[i] = tree[2 * i] + tree[2 * i + 1]


@inner
def set_leaf(tree: Array, j: int, leaf: float, Q: Array, k: int) -> None:
    """Set the leaf of example j, the k-th whose parents wait for :func:`update_parents`."""
    Q[NODE, k] = tree.shape[0] // 2 + j
    tree[Q[NODE, k]] = leaf


@inner
def update_parents(tree: Array, Q: Array, count: int) -> None:
    """Compute the parents of the leaves ``Q[NODE, :count]`` again, level by level; near the root, all there are.

    A parent is summed from its children rather than changed by a difference: nothing drifts, and parents that several
    leaves share may be summed several times.
    """
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


@inner(always=True)
def _lower(tree: Array, node: Any, rest: Any, a: float, mixed: float, tied: Any) -> tuple[Any, Any]:
    """Go from eight nodes to their left or right children; return these and what is left of the targets.

    A select in place of a branch: which way a draw goes is a coin flip that no processor predicts.
    """
    left = node + node
    mass = a * gather(tree, left) + mixed
    right = (rest > mass) | (tied & (rest == mass))
    return select(right, left + ONE, left), select(right, rest - mass, rest)


@inner
def descend(tree: Array, n: int, a: float, b: float, ties: bool, F: Array, Q: Array, count: int) -> None:
    """Find for each target in ``F[POINT]`` the first example up to which the law sums to more than it: ``Q[NODE]``.

    Without ``ties``, to at least it. On return ``F[POINT]`` holds what is left of the target before that example. The
    descents go level by level, without branches, some vectors of them side by side, since each waits for memory. The
    leaves that only fill the tree have their share of b too: they come last, where only rounding reaches, and stand
    for the last example.
    """
    half = tree.shape[0] // 2
    tied, begin, last = mask_first(WIDTH if ties else 0), np.uint64(half), splat(np.uint64(n - 1))
    for k in range(0, count, SIDE_BY_SIDE):
        n0, n1, n2, n3 = splat(ONE), splat(ONE), splat(ONE), splat(ONE)
        r0, r1 = load(F, POINT, k), load(F, POINT, k + WIDTH)
        r2, r3 = load(F, POINT, k + 2 * WIDTH), load(F, POINT, k + 3 * WIDTH)
        span = half
        while span > 1:
            span >>= 1
            mixed = b * span
            n0, r0 = _lower(tree, n0, r0, a, mixed, tied)
            n1, r1 = _lower(tree, n1, r1, a, mixed, tied)
            n2, r2 = _lower(tree, n2, r2, a, mixed, tied)
            n3, r3 = _lower(tree, n3, r3, a, mixed, tied)
        n0, n1, n2, n3 = n0 - begin, n1 - begin, n2 - begin, n3 - begin
        store(Q, NODE, k, select(n0 < last, n0, last))
        store(Q, NODE, k + WIDTH, select(n1 < last, n1, last))
        store(Q, NODE, k + 2 * WIDTH, select(n2 < last, n2, last))
        store(Q, NODE, k + 3 * WIDTH, select(n3 < last, n3, last))
        store(F, POINT, k, r0)
        store(F, POINT, k + WIDTH, r1)
        store(F, POINT, k + 2 * WIDTH, r2)
        store(F, POINT, k + 3 * WIDTH, r3)


@inner
def leaves_at_least(tree: Array, least: float, Q: Array, begin: int, end: int) -> int:
    """Count the leaves at or above ``least`` > 0, and write as many as fit to ``Q[CAPS, begin:end]``.

    Leaves are at or above zero, so a subtree whose sum is below ``least`` holds none: O(sum / least * log n) nodes are
    looked at. Besides the present node, at most one per level waits on the stack, fewer than ``DEPTH``.
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
    """Draw K distinct examples with DepRound's law by Deville's systematic sampling, in O(K log n).

    The same draw from the same K uniforms as :func:`regretlab.samplers.depround_rows`, which says how it works:
    ``CROSSING`` are the examples whose share of the line contains an integer, ``FILLED`` where they begin.
    """
    if n == K:
        for k in range(K):
            Q[J, k] = k
        return
    half = tree.shape[0] // 2
    for k in range(0, K, WIDTH):
        store(F, POINT, k, iota(k) + 1.0)
    descend(tree, n, a, b, False, F, Q, K - 1)
    for k in range(0, K, WIDTH):
        store(Q, CROSSING, k, load(Q, NODE, k))
        store(F, FILLED, k, iota(k) + 1.0 - load(F, POINT, k))
    for k in range(1, K - 1):
        if Q[CROSSING, k] <= Q[CROSSING, k - 1]:  # a rounded sum lets an example with p = 1 contain two integers
            Q[CROSSING, k] += 1
            F[FILLED, k] = k + 1.0
    Q[CROSSING, K - 1], F[FILLED, K - 1] = n, a * tree[1] + b * n
    begin, last = np.uint64(half), splat(np.uint64(n - 1))
    for k in range(0, K, WIDTH):
        floor, crossing, u = iota(k), load(Q, CROSSING, k), load(F, U, k)
        held, share = load(F, FILLED, k) - floor, a * gather(tree, select(crossing < last, crossing, last) + begin) + b
        share = select(share > CERTAIN, 1.0, share)
        left = 2.0 - held - share
        takes = select(floor == K - 1.0, 1.0, select(left > 0.0, (1.0 - share) / left, 0.0))
        won = u < takes
        rest = select(won, takes, 1.0 - takes)
        point = floor + held * select(won, u, u - takes) / select(rest > 0.0, rest, 1.0)
        store(F, POINT, k, point)
        store(F, SHARE, k, share)
        store(F, U, k, point)
        store(Q, WON, k, select(won, splat(ONE), splat(ZERO)))
    descend(tree, n, a, b, True, F, Q, K)
    for k in range(0, K, WIDTH):
        crossing, inside, later = load(Q, CROSSING, k), load(Q, NODE, k), iota(k) > 0.0
        after = select(later, load(Q, CROSSING, k - 1) + ONE, splat(ZERO))
        inside = select(inside > after, inside, after)
        store(Q, NODE, k, select(inside < crossing, inside, crossing - ONE))
        # The one carried over wins if the point lies on what is left of it, or if nobody lies in between.
        carried = later & (load(F, U, k) < load(F, FILLED, k - 1) + load(F, SHARE, k - 1))
        store(Q, STACK, k, select(carried | (crossing == after), splat(ONE), splat(ZERO)))
    left_over = 0
    for k in range(K):
        crossing, won = Q[CROSSING, k], Q[WON, k] == 1
        winner = select(Q[STACK, k] == 1, left_over, Q[NODE, k])
        Q[J, k] = select(won, winner, crossing)
        left_over = select(won, crossing, winner)
