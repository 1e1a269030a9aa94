"""The sum trees against the textbook forms: the same law, exactly, and the same probabilities, to round-off."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regretlab.engines.compiled.bandits import _cap, _project, build_from_state
from regretlab.engines.compiled.layout import CAPS, EXP, INDICES, NODE, NUMBERS, POINT, J, U
from regretlab.engines.compiled.trees import build, descend, leaves_at_least, pivotal, set_leaf, update_parents
from regretlab.samplers import capped_probabilities, depround_rows, kl_projection
from regretlab.samplers._base import Rule
from tests.helpers.samplers import cell_law, depround_cuts, inclusions, subsets, textbook_law, untimed
from tests.tolerances import ROUND_OFF

#: Entries of a row of working memory.
ROOM = 416


def tree_of(leaves):
    """A tree with these leaves, and working memory."""
    n = len(leaves)
    half = 1 << (n - 1).bit_length()
    tree = np.zeros(2 * half)
    tree[half : half + n] = leaves
    build(tree)
    return tree, np.zeros((NUMBERS, ROOM)), np.zeros((INDICES, ROOM), np.int64)


@pytest.mark.parametrize("n", [1, 2, 5, 64, 1000])
def test_parents_are_sums_and_do_not_drift(n):
    rng = np.random.default_rng(n)
    tree, _, Q = tree_of(rng.random(n))
    for _ in range(100):
        for k, j in enumerate(rng.integers(0, n, 3)):
            set_leaf(tree, j, rng.random(), Q, k)
        update_parents(tree, Q, 3)
    again = tree.copy()
    build(again)
    assert (tree == again).all()


@pytest.mark.parametrize("n", [1, 3, 100, 1000])
@pytest.mark.parametrize(("a", "b"), [(1.0, 0.0), (0.7, 0.3), (0.0, 1.0)])
def test_a_descent_inverts_the_cumulative_sum(n, a, b):
    w = np.random.default_rng(n).random(n)
    tree, F, Q = tree_of(w / w.sum())
    cumulative = np.cumsum(a * w / w.sum() + b / n)
    targets = np.random.default_rng(1).random(100) * cumulative[-1]
    F[POINT, :100] = targets
    descend(tree, n, a, b / n, True, F, Q, 100)
    assert (Q[NODE, :100] == np.searchsorted(cumulative, targets, side="right")).all()
    before = np.concatenate([[0], cumulative])[Q[NODE, :100]]
    assert np.abs(F[POINT, :100] - (targets - before)).max() <= ROUND_OFF


def test_the_first_of_two_leaves_at_a_tie():
    tree, F, Q = tree_of([1.0, 1.0, 1.0])
    for ties, leaf in ((True, 1), (False, 0)):
        F[POINT, 0] = 1.0
        descend(tree, 3, 1.0, 0.0, ties, F, Q, 1)
        assert Q[NODE, 0] == leaf


def drawn(p, u, mixing=0.0):
    """The batches that the tree draws with these inclusion probabilities from the rows of uniforms."""
    n, K = len(p), u.shape[1]
    p = np.array([float(q) for q in p])
    a = 1 - mixing
    tree, F, Q = tree_of((p - mixing * K / n) / a)
    batches = []
    for row in u:
        F[U, :K] = row
        pivotal(tree, n, K, a, mixing * K / n, F, Q)
        batches.append(Q[J, :K].copy())
    return np.array(batches)


@untimed
@given(inclusions(smallest=1))
def test_the_trees_batches_have_depround_s_law(p):
    """Exactly, in fractions: every joint probability of a batch."""
    assert subsets(cell_law(lambda u: drawn(p, u), depround_cuts(p))) == textbook_law(p)


@pytest.mark.parametrize("mixing", [0.0, 0.2])
@pytest.mark.parametrize("n", [2, 5, 40, 300])
def test_the_trees_batches_are_the_rows_batches(n, mixing):
    rng = np.random.default_rng(n)
    for K in {1, 2, n // 2, n - 1} - {0}:
        w = rng.random(n) ** 4
        p = kl_projection(np.log(w)[None], float(K), 0.3 * K / n, 1.0)[0]
        u = rng.random((50, K))
        rows = depround_rows(np.broadcast_to(p, (50, n)), K, u)
        assert (np.sort(drawn(p, u, mixing)) == np.sort(rows)).all()


def test_batches_are_distinct_at_the_ends_of_the_uniforms():
    ends = [0.0, 0.5, 1 - 2.0**-53]
    for p in ([1.0, 1.0, 0.5, 0.5], [0.5, 0.5, 1.0, 1.0], [0.75] * 4, [0.3, 0.3, 0.4, 1.0, 1.0]):
        u = np.array(list(itertools.product(ends, repeat=round(sum(p)))))
        J_ = np.sort(drawn(p, u), axis=1)
        assert (np.diff(J_, axis=1) > 0).all()
        assert J_.min() >= 0
        assert J_.max() < len(p)


logarithms = st.lists(st.floats(-900, 900), min_size=2, max_size=12)


@untimed
@given(logarithms, st.data())
def test_capping_is_the_textbooks(log_w, data):
    """Also for weights that span many times the range of a float: the tree is replanted relative to the free ones."""
    n = len(log_w)
    K, mixing = data.draw(st.integers(1, n - 1)), data.draw(st.sampled_from([0.01, 0.4, 0.9]))
    p, null = capped_probabilities(np.array([log_w]), K, mixing)
    own = np.array([log_w]) - max(np.array(log_w)[~null[0]], default=0.0)
    rule = Rule(False, True, mixing, float(K), K * mixing / n, 0.1, 1.0, 1.0, 1.0)
    tree, F, Q = tree_of(np.zeros(n))
    largest = build_from_state(rule, own, 0, tree, F)
    count, tau = _cap(rule, n, K, tree, largest, Q)
    C = (1 / K - mixing / n) / (1 - mixing)
    half = len(tree) // 2
    tree[half + Q[CAPS, :count]] = tau
    mine = K * ((1 - mixing) * (1 - count * C) / tree[1] * tree[half : half + n] + mixing / n)
    mine[Q[CAPS, :count]] = 1.0
    assert np.abs(mine - p[0]).max() <= ROUND_OFF


@untimed
@given(st.lists(st.floats(-8, 8), min_size=2, max_size=12), st.data())
def test_the_projection_is_the_textbooks(log_w, data):
    n = len(log_w)
    K, share = data.draw(st.integers(1, n - 1)), data.draw(st.sampled_from([0.01, 0.4, 0.9]))
    rule = Rule(True, True, 0.0, float(K), share * K / n, 0.0, 0.0, 0.0, 0.0)
    p = kl_projection(np.array([log_w]), rule.total, rule.floor, 1.0)[0]
    tree, F, Q = tree_of(p)
    drop = data.draw(st.lists(st.floats(-5, 0), min_size=K, max_size=K))
    J_ = data.draw(st.permutations(range(n)))[:K]
    expected = np.log(p)
    expected[J_] += drop
    Q[J, :K], F[EXP, :K] = J_, np.exp(drop)
    _project(rule, K, tree, float(p.max()), F, Q)
    leaves = tree[len(tree) // 2 :][:n]
    again = tree.copy()
    build(again)
    assert (tree == again).all()
    expected = kl_projection(expected[None], rule.total, rule.floor, 1.0)[0]
    assert np.abs(leaves * rule.total / tree[1] - expected).max() <= ROUND_OFF


def test_leaves_above_a_threshold():
    w = np.random.default_rng(0).random(1000)
    tree, _, Q = tree_of(w)
    count = leaves_at_least(tree, 0.99, Q, 0, 200)
    assert sorted(Q[CAPS, :count]) == np.flatnonzero(w >= 0.99).tolist()
    assert leaves_at_least(tree, 0.99, Q, 0, 2) == count
    assert leaves_at_least(tree, np.inf, Q, 0, 200) == 0
