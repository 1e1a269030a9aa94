"""Laws of batches, enumerated exactly, and twins that must fail."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from fractions import Fraction as F

import array_api_compat.numpy as xnp
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from regretlab.samplers import Cyclic, Uniform, capped_probabilities, depround_rows, draw_with_replacement
from tests.helpers.samplers import cell_law, fit, inclusions, moments, rows_law, subsets, textbook_law, untimed
from tests.tolerances import MONTE_CARLO

LAST = 1 - 2.0**-53  # the largest uniform a generator gives


def successive_law(p, K):
    """What the authors' code does under the name DepRound: K draws without replacement, each proportional to p."""
    law: dict[tuple[int, ...], F] = defaultdict(F)
    for order in itertools.permutations(range(len(p)), K):
        q, left = F(1), sum(p)
        for j in order:
            q, left = q * p[j] / left, left - p[j]
        law[tuple(sorted(order))] += q
    return dict(law)


def poisson_law(p):
    law = {}
    for kept in itertools.product((False, True), repeat=len(p)):
        J = tuple(j for j, k in enumerate(kept) if k)
        law[J] = math.prod((q if k else 1 - q for k, q in zip(kept, p, strict=True)), start=F(1))
    return law


def inclusion(law, *those):
    return sum((q for J, q in law.items() if set(those) <= set(J)), start=F(0))


def check_design(law, p):
    """A law over batches of fixed size with inclusion probabilities p and negatively correlated pairs."""
    assert sum(law.values()) == 1
    assert {len(set(J)) for J in law} == {sum(p)}
    assert [inclusion(law, j) for j in range(len(p))] == p
    for i, j in itertools.combinations(range(len(p)), 2):
        assert inclusion(law, i, j) <= p[i] * p[j]


@untimed
@given(inclusions())
def test_textbook_depround_has_the_inclusion_probabilities(p):
    check_design(textbook_law(p), p)


@settings(untimed, max_examples=120)
@given(inclusions(smallest=1))
@example([F(1)])
@example([F(1), F(1), F(1, 2), F(1, 2), F(1)])
@example([F(1, 2)] * 4)
@example([F(1, 3), F(2, 3), F(1), F(1, 3), F(1, 3), F(1, 3)])
@example([F(1, 10), F(1, 5), F(7, 10), F(1)])
@example([F(5, 6)] * 6)
@example([F(2, 3), F(1), F(1, 3), F(1), F(1)])  # a float sum falls short of 2 and the next one is 3
def test_depround_rows_has_the_law_of_the_ordered_textbook_form(p):
    law = rows_law(p)
    check_design(law, p)
    assert law == textbook_law(p)


def test_pairing_order_matters_to_the_joint_law():
    """The twin of the equality of laws: same inclusion probabilities, another order of the duels, another law."""
    p, order = [F(1, 2), F(1, 3), F(2, 3), F(1, 2)], [0, 2, 1, 3]
    other = {tuple(sorted(order[j] for j in J)): q for J, q in textbook_law([p[j] for j in order]).items()}
    check_design(other, p)
    assert other != rows_law(p)


def test_successive_sampling_has_other_inclusion_probabilities():
    """Item 12: q = (1/2, 1/3, 1/6), K = 2."""
    p = [F(1), F(2, 3), F(1, 3)]
    law = successive_law(p, 2)
    assert [inclusion(law, j) for j in range(3)] == [F(17, 20), F(11, 15), F(5, 12)]
    with pytest.raises(AssertionError):
        check_design(law, p)
    check_design(rows_law(p), p)


def test_independent_coins_are_not_a_batch_of_k():
    with pytest.raises(AssertionError):
        check_design(poisson_law([F(1, 2)] * 4), [F(1, 2)] * 4)


def test_second_moment_of_depround_where_signs_alternate():
    """Item 14: DepRound 1/2; independent coins, the twin, 1/4."""
    p, g = [F(1, 2)] * 4, (1, -1, 1, -1)
    for law, expected in ((rows_law(p), F(1, 2)), (textbook_law(p), F(1, 2)), (poisson_law(p), F(1, 4))):
        assert moments(law, g, lambda j: 1 / (4 * p[j])) == (0, expected)


def check_counts(J, p, K):
    """Inclusion counts of R draws of K distinct examples, and counts of pairs, against their binomial laws."""
    R, n = J.shape[0], len(p)
    assert (np.diff(np.sort(J, axis=1), axis=1) > 0).all()
    assert J.shape[1] == K
    member = np.zeros((R, n))
    np.put_along_axis(member, J, 1.0, axis=1)
    level = MONTE_CARLO / (2 * n + n * (n - 1) / 2)
    count = member.sum(axis=0)
    assert (binom.cdf(count, R, p) > level).all()
    assert (binom.sf(count - 1, R, p) > level).all()
    i, j = np.triu_indices(n, 1)
    assert (binom.sf((member.T @ member)[i, j] - 1, R, p[i] * p[j]) > level).all()


def many_probabilities(n=40, K=9):
    p, null = capped_probabilities(2 * np.random.default_rng(5).normal(size=(1, n)), K, 0.1)
    assert 0 < null.sum() < K
    return np.minimum(p[0], 1), K


def test_depround_rows_counts_on_many_examples():
    p, K = many_probabilities()
    u = np.random.default_rng(6).random((40_000, K))
    check_counts(depround_rows(np.broadcast_to(p, (len(u), len(p))), K, u), p, K)


def test_counts_notice_successive_sampling():
    p, K = many_probabilities()
    keys = np.log(p) + np.random.default_rng(6).gumbel(size=(40_000, len(p)))
    with pytest.raises(AssertionError):
        check_counts(np.argsort(-keys, axis=1)[:, :K], p, K)


@pytest.mark.parametrize("ends", [(0.0, LAST), (2.0**-20, 1 - 2.0**-20)])
def test_depround_rows_is_a_batch_at_the_ends_of_the_uniforms(ends):
    """K distinct examples, also where a uniform is 0 or the last float below 1; every p = 1 among them.

    At 0 itself the second half cannot be asked: the partial sums are rounded, so p = 1 means 1 up to round-off.
    """
    rng = np.random.default_rng(7)
    for _ in range(300):
        n = int(rng.integers(3, 8))
        K = int(rng.integers(2, min(n, 4)))
        p, _ = capped_probabilities(rng.choice([0.3, 1, 3]) * rng.normal(size=(1, n)), K, 0.2)
        u = np.array(list(itertools.product([0.3, *ends], repeat=K)))
        J = np.sort(depround_rows(np.broadcast_to(p, (len(u), n)), K, u), axis=1)
        assert ((J >= 0) & (n > J)).all()
        repeated = (np.diff(J, axis=1) == 0).any(axis=1)
        assert not repeated.any(), (p.tolist(), K, u[repeated][0].tolist(), J[repeated][0].tolist())
        if ends[0] > 0:
            assert all((j == J).any(axis=1).all() for j in np.flatnonzero(p[0] == 1))


@pytest.mark.parametrize("n", range(3, 9))
def test_depround_rows_is_a_batch_where_capped_examples_meet_rounded_sums(n):
    """Equal weights but for capped ones: the partial sums are integers that floats may miss just before a p = 1."""
    u = np.random.default_rng(0).random((20, 2 * n))
    for K in range(2, n):
        for capped in (c for m in range(1, K) for c in itertools.combinations(range(n), m)):
            p, _ = capped_probabilities(np.array([[50.0 * (j in capped) for j in range(n)]]), K, 0.1)
            J = np.sort(depround_rows(np.broadcast_to(p, (20, n)), K, u[:, :K]), axis=1)
            assert (np.diff(J, axis=1) > 0).all(), (p.tolist(), J[0].tolist())
            assert all((j == J).any(axis=1).all() for j in np.flatnonzero(p[0] == 1))


def test_a_batch_of_everything():
    assert depround_rows(np.ones((2, 3)), 3, np.full((2, 6), 0.5)).tolist() == [[0, 1, 2]] * 2


@untimed
@given(st.lists(st.integers(0, 6), min_size=1, max_size=4), st.integers(1, 3), st.sampled_from([1, F(1, 7), 64]))
def test_draws_with_replacement_are_independent_with_law_p(k, K, scale):
    assume(sum(k))
    p = [F(x, sum(k)) for x in k]
    row = np.array([[float(scale * q) for q in p]])
    law = cell_law(
        lambda u: draw_with_replacement(np.broadcast_to(row, (len(u), len(p))), u),
        [set(itertools.accumulate(p)) - {0, 1}] * K,
    )
    for J in itertools.product(range(len(p)), repeat=K):
        assert law.get(J, 0) == math.prod(p[j] for j in J)


def test_inversion_never_draws_an_impossible_example():
    p = np.array([[0.0, 0.3, 0.7, 0.0]]) / 3
    assert draw_with_replacement(p, np.array([[0.0, LAST]])).tolist() == [[1, 2]]


@pytest.mark.parametrize("n", range(1, 7))
@pytest.mark.parametrize("replacement", [True, False])
def test_uniform_draws_are_equally_likely(n, replacement):
    for K in range(1, min(n, 3) + 1):
        ranges = [n if replacement else n - K + k + 1 for k in range(K)]
        sampler = fit(Uniform(replacement=replacement), n, K)
        law = cell_law(lambda u, s=sampler: s.draw((), u).J, [{F(m, r) for m in range(1, r)} for r in ranges])
        if replacement:
            assert law == {J: F(1, n**K) for J in itertools.product(range(n), repeat=K)}
        else:
            assert subsets(law) == {J: F(1, math.comb(n, K)) for J in itertools.combinations(range(n), K)}


def test_uniform_draws_stay_below_n_at_the_last_uniform():
    for n in range(1, 300):
        for replacement in (True, False):
            assert fit(Uniform(replacement=replacement), n, 1).draw((), np.array([[LAST]])).J.tolist() == [[n - 1]]


@pytest.mark.parametrize("replacement", [True, False])
def test_uniform_estimate_is_the_plain_mean(replacement):
    sampler = fit(Uniform(replacement=replacement), 5, 2)
    draw = sampler.draw(sampler.init(3, xnp), np.random.default_rng(0).random((3, 2)))
    assert (draw.w == 0.5).all()
    assert (draw.p == (0.2 if replacement else 0.4)).all()
    assert sampler.law.factor == 1
    assert sampler.probabilities(sampler.init(3, xnp)).shape == (3, 5)


def test_cyclic_order_wraps_when_the_batch_does_not_divide_n():
    sampler = fit(Cyclic(), 5, 2)
    state, seen = sampler.init(2, xnp), []
    for _ in range(5):
        draw = sampler.draw(state, np.zeros((2, sampler.uniforms)))
        assert (draw.w == 0.5).all()
        seen += [row.tolist() for row in draw.J]
        state = sampler.observe(state, draw, np.ones((2, 2)))
    assert seen[::2] == seen[1::2] == [[0, 1], [2, 3], [4, 0], [1, 2], [3, 4]]
    assert Counter(j for J in seen for j in J) == dict.fromkeys(range(5), 4)
    assert sampler.law.factor is None
