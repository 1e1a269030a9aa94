"""Draws from weights kept in a complete binary sum tree: one array of 2P numbers, the leaves last, the root first.

All K descents go down level by level without branches; parents are recomputed from their children, so nothing drifts.
"""

import numpy as np

from tests.benchmarks.kernels.parts import njit

#: Above this level all nodes are recomputed, below it those on the paths of the changed leaves.
TOP = 32
NONE, ONE, TWO = np.uint64(0), np.uint64(1), np.uint64(2)


@njit()
def grown(n, weight):
    """The tree of n equal weights."""
    leaves = 2 * TOP
    while leaves < n:
        leaves *= 2
    tree = np.zeros(2 * leaves)
    tree[leaves : leaves + n] = weight
    for i in range(leaves - 1, 0, -1):
        tree[i] = tree[2 * i] + tree[2 * i + 1]
    return tree


@njit({"nsz", "contract"})
def descend(tree, n, slope, offset, points, J):
    """J[k] = the leaf whose share ``slope * weight + offset`` of the line holds points[k], which becomes the rest."""
    leaves = tree.shape[0] // 2
    K = points.shape[0]
    J[:] = 2  # always a left child
    half = leaves // 2
    while half > 0:
        shift = offset * half
        for k in range(K):
            node = np.uint64(J[k])  # unsigned: no check for an index counted from the end
            left = slope * tree[node] + shift
            right = points[k] >= left
            points[k] = points[k] - left if right else points[k]
            J[k] = np.int64((node << ONE) + (TWO if right else NONE))
        half //= 2
    for k in range(K):
        j = (J[k] >> 1) - leaves
        J[k] = j if j < n else n - 1


@njit()
def refresh(tree, J, nodes):
    """Recompute the parents of the leaves J; ``nodes`` is scratch."""
    leaves = tree.shape[0] // 2
    for k in range(J.shape[0]):
        nodes[k] = (J[k] + leaves) >> 1
    while nodes[0] >= TOP:
        for k in range(J.shape[0]):
            i = nodes[k]
            tree[i] = tree[2 * i] + tree[2 * i + 1]
            nodes[k] = i >> 1
    for i in range(TOP - 1, 0, -1):
        tree[i] = tree[2 * i] + tree[2 * i + 1]


@njit()
def rescale(tree, bound):
    """Divide all weights by the root before they become subnormal; whether it was needed."""
    if tree[1] > bound:
        return False
    for i in range(tree.shape[0] - 1, 0, -1):
        tree[i] /= tree[1]
    return True
