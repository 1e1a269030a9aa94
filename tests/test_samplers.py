"""Samplers: laws enumerated exactly, updates against the printed algorithms, and twins that must fail."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter, defaultdict
from fractions import Fraction as F

import array_api_compat.numpy as xnp
import array_api_strict
import mpmath
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize
from scipy.stats import binom

from regretlab.errors import InputError
from regretlab.samplers import (
    AdamBS,
    AdamBSCorrected,
    AdamCB,
    AdamCBOurs,
    Cyclic,
    Setting,
    Uniform,
    capped_probabilities,
    depround,
    depround_rows,
    draw_with_replacement,
    kl_projection,
    largest_divergence,
    scatter_add,
)
from tests.tolerances import FAR, MINIMISER, MONTE_CARLO, ROUND_OFF, ROUND_OFF_OF_A_RUN, ROUND_OFF_OF_LOGS

untimed = settings(deadline=None, max_examples=60)
LAST = 1 - 2.0**-53  # the largest uniform a generator gives

ALL = {
    "adambs": AdamBS(gamma=0.3, alpha_p=0.002),
    "adambs_tied": AdamBS(p_min=0.02, divergence="start"),
    "adambs_corrected": AdamBSCorrected(gamma=0.3),
    "adamcb": AdamCB(gamma=0.2),
    "ours_mirror": AdamCBOurs(gamma=0.2, step=0.3),
    "ours_gains": AdamCBOurs(gamma=0.2, update="gains"),
    "uniform": Uniform(),
    "floyd": Uniform(replacement=False),
    "cyclic": Cyclic(),
}
BANDITS = [AdamBS, AdamBSCorrected, AdamCB, AdamCBOurs]


def fit(sampler, n, K, L=1.0, horizon=1000):
    return sampler.fit(Setting(n=n, K=K, L=L, horizon=horizon))


def exactly(x: float) -> F:
    """exp(x) to 60 digits."""
    with mpmath.workdps(60):
        _, man, power, _ = mpmath.exp(mpmath.mpf(x))._mpf_
    return F(int(man)) * F(2) ** power


# ---------------------------------------------------------------------------------------------------------------------
# Laws by exact enumeration


def cell_law(draw, cuts):
    """The law of ``draw(u)``, an array (R, K), whose uniform m enters only through its place among ``cuts[m]``.

    Each cell is tried near both ends; its probability is the exact product of the lengths of its sides.
    """
    sides = [list(itertools.pairwise(sorted({F(0), F(1), *c}))) for c in cuts]
    cells = list(itertools.product(*sides))
    at = [np.array([[float(a + (b - a) * s) for a, b in cell] for cell in cells]) for s in (F(1, 8), F(7, 8))]
    outcomes = [np.asarray(draw(u)) for u in at]
    assert np.array_equal(*outcomes), "a breakpoint is missing: the draw is not constant on a cell"
    law: dict[tuple[int, ...], F] = defaultdict(F)
    for cell, J in zip(cells, outcomes[0].tolist(), strict=True):
        law[tuple(J)] += math.prod((b - a for a, b in cell), start=F(1))
    return dict(law)


def subsets(law):
    """The law of the set drawn, whatever the order."""
    result: dict[tuple[int, ...], F] = defaultdict(F)
    for J, q in law.items():
        result[tuple(sorted(J))] += q
    return dict(result)


def textbook_law(p):
    """Every outcome of the textbook DepRound, replayed with every sequence of answers."""
    law: dict[tuple[int, ...], F] = defaultdict(F)
    todo: list[tuple[bool, ...]] = [()]
    while todo:
        script, asked = todo.pop(), []

        def chance(q, script=script, asked=asked):
            asked.append(q)
            return script[len(asked) - 1] if len(asked) <= len(script) else True

        J = tuple(depround(p, chance))
        answers = script + (True,) * (len(asked) - len(script))
        law[J] += math.prod((q if yes else 1 - q for q, yes in zip(asked, answers, strict=True)), start=F(1))
        todo += [(*answers[:m], False) for m in range(len(script), len(asked))]
    return dict(law)


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


def moments(law, g, weight):
    """Mean and second moment of ``sum_{j in J} weight(j) g_j`` under a law over tuples J."""
    estimates = [(q, sum(weight(j) * g[j] for j in J)) for J, q in law.items()]
    return sum(q * x for q, x in estimates), sum(q * x * x for q, x in estimates)


def check_design(law, p):
    """A law over batches of fixed size with inclusion probabilities p and negatively correlated pairs."""
    assert sum(law.values()) == 1
    assert {len(set(J)) for J in law} == {sum(p)}
    assert [inclusion(law, j) for j in range(len(p))] == p
    for i, j in itertools.combinations(range(len(p)), 2):
        assert inclusion(law, i, j) <= p[i] * p[j]


@st.composite
def inclusions(draw, smallest=0):
    """n <= 6 small rationals in [0, 1] with an integer sum; ones, and partial sums on integers, are common."""
    d = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 8]))
    p = draw(st.lists(st.integers(smallest, d).map(lambda k: F(k, d)), min_size=1, max_size=5))
    rest = math.ceil(sum(p)) - sum(p)
    p = draw(st.permutations([*p, rest])) if rest else p
    assume(sum(p) >= 1)
    return p


def depround_cuts(p):
    """Breakpoints of the K uniforms of ``depround_rows``: a duel per crossing, then a choice among the partial sums.

    A partial sum that is an integer in fractions may miss it in floats, which moves the crossing to the next example;
    the breakpoints are the same.
    """
    K, sums = int(sum(p)), list(itertools.accumulate(p))
    cuts = []
    for k in range(K):
        j = next(j for j, s in enumerate(sums) if s >= k + 1)
        held = max(F(0), sums[j] - p[j] - k) if k < K - 1 else F(1)
        takes = F(1) if k == K - 1 else (1 - p[j]) / (2 - held - p[j]) if held + p[j] < 2 else F(0)
        places = {(s - k) / held for s in sums if k < s < k + held} | {F(1)}
        cuts.append({takes * a for a in places} | {takes + (1 - takes) * a for a in places})
    return cuts


def rows_law(p):
    row = np.array([[float(q) for q in p]])

    def draw(u):
        return depround_rows(np.broadcast_to(row, (len(u), len(p))), int(sum(p)), u)

    return subsets(cell_law(draw, depround_cuts(p)))


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


# ---------------------------------------------------------------------------------------------------------------------
# Probabilities from weights


def exact_projection(w, total, floor, cap=None):
    """clip(c w, floor, cap) with sum ``total``: the piece of this increasing function of c that contains the total."""

    def at(c):
        return [min(max(c * x, floor), cap) if cap is not None else max(c * x, floor) for x in w]

    ends = sorted({bound / x for x in w if x for bound in ((floor,) if cap is None else (floor, cap))})
    if sum(at(ends[0])) >= total:
        return at(ends[0])
    for a, b in itertools.pairwise(ends):
        low, high = sum(at(a)), sum(at(b))
        if low <= total <= high:
            return at(a + (b - a) * (total - low) / (high - low) if high > low else a)
    return at(total / sum(w)) if cap is None else at(ends[-1])


def printed_capping(w, K, gamma):
    """AdamCB's Algorithm 2, lines 2-11, as printed: (p, null set, tau); tau is None where nothing is capped."""
    n = len(w)
    C = (1 / type(gamma)(K) - gamma / n) / (1 - gamma)
    null, tau, capped = set(), None, list(w)
    if max(w) >= C * sum(w):
        order = sorted(range(n), key=lambda j: -w[j])
        for i in range(1, n):
            tau = C * sum(w[j] for j in order[i:]) / (1 - i * C)
            if w[order[i]] < tau:
                break
        null = {j for j in range(n) if w[j] >= tau}
        capped = [min(x, tau) for x in w]
    size = sum(capped)
    return [K * ((1 - gamma) * x / size + gamma / n) for x in capped], null, tau


wide = st.floats(-1500, 1500).map(lambda x: round(x * 64) / 64)  # a grid on which adding an integer is exact
near = st.floats(-4, 4).map(lambda x: round(x * 64) / 64)
logs = st.one_of(*(st.lists(x, min_size=1, max_size=8) for x in (wide, near, st.one_of(wide, near))))
shares = st.one_of(st.just(0.0), st.just(1.0), st.floats(1e-6, 1.0))


@st.composite
def polytopes(draw):
    """log weights, and {sum q = total, floor <= q <= cap} that is not empty."""
    log_w = draw(logs)
    n = len(log_w)
    K = draw(st.integers(1, n))
    floor = float(K / n * draw(shares))
    return log_w, float(K), floor, (1.0 if K > 1 else draw(st.sampled_from([1.0, math.inf])))


def check_kkt(q, log_w, total, floor, cap):
    """q is in the polytope, and is clip(c w, floor, cap) for one c."""
    assert abs(q.sum() - total) <= ROUND_OFF
    assert (q >= floor - ROUND_OFF).all()
    assert (q <= cap).all()
    free = (q > floor + ROUND_OFF) & (q < cap - ROUND_OFF)
    if free.any():
        best = np.argmax(np.where(free, q, -1))
        log_c = math.log(q[best]) - log_w[best]
        clipped = np.clip(np.exp(np.minimum(log_c + log_w, 1.0)), floor, cap)  # exp(1) is above every cap used here
        assert np.abs(clipped - q).max() <= ROUND_OFF_OF_LOGS


@settings(untimed, max_examples=200)
@given(polytopes())
@example(([0.0], 1.0, 1.0, math.inf))
@example(([3.5, -2.0, 0.0], 1.0, 1 / 3, math.inf))
@example(([1500.0, -1500.0, 0.0], 2.0, 0.1, 1.0))
def test_kl_projection_is_the_clipped_multiple_of_the_weights(case):
    log_w, total, floor, cap = case
    q = kl_projection(np.array([log_w]), total, floor, cap)[0]
    check_kkt(q, np.array(log_w), total, floor, cap)
    reference = exact_projection([exactly(x) for x in log_w], F(total), F(floor), None if cap == math.inf else F(cap))
    assert np.abs(q - np.array([float(x) for x in reference])).max() <= ROUND_OFF


@untimed
@given(polytopes(), st.integers(-1000, 1000))
def test_kl_projection_ignores_the_scale_of_the_weights(case, shift):
    log_w, total, floor, cap = case
    one = kl_projection(np.array([log_w]), total, floor, cap)
    assert np.array_equal(one, kl_projection(np.array([log_w]) + shift, total, floor, cap))


@untimed
@given(st.lists(near, min_size=2, max_size=8), st.floats(0.01, 0.99))
def test_kl_projection_agrees_with_root_finding(log_w, share):
    """Brent's method on the multiplier."""
    w, floor = np.exp(log_w), share / len(log_w)
    log_c = brentq(lambda s: np.maximum(floor, math.exp(s) * w).sum() - 1, -50, 50, xtol=1e-15, rtol=4 * 2.0**-52)
    q = kl_projection(np.array([log_w]), 1.0, floor)[0]
    assert np.abs(q - np.maximum(floor, math.exp(log_c) * w)).max() <= ROUND_OFF


@pytest.mark.parametrize("seed", range(3))
def test_kl_projection_minimises_the_divergence(seed):
    """A solver that knows nothing of the clipped form; clipping and rescaling, the twin, is not the minimiser."""
    rng = np.random.default_rng(seed)
    w, floor, total = np.exp(2 * rng.normal(size=5)), 0.1, 2.0

    def divergence(q):
        return float((q * np.log(q / w) - q + w).sum())

    found = minimize(
        divergence,
        np.full(5, total / 5),
        jac=lambda q: np.log(q / w),
        bounds=[(floor, 1.0)] * 5,
        constraints={"type": "eq", "fun": lambda q: q.sum() - total},
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    q = kl_projection(np.log(w)[None], total, floor, 1.0)[0]
    assert np.abs(q - found.x).max() <= MINIMISER
    rescaled = np.clip(w / w.sum() * total, floor, 1.0)
    assert np.abs(rescaled / rescaled.sum() * total - found.x).max() > MINIMISER


def test_kl_projection_numbers():
    """Items 8 and 10."""
    w = [F(1, 2), F(3, 10), F(3, 20), F(1, 20)]
    expected = [F(9, 19), F(27, 95), F(27, 190), F(1, 10)]
    assert exact_projection(w, F(1), F(1, 10)) == expected
    q = kl_projection(np.log([[float(x) for x in w]]), 1.0, 0.1)[0]
    assert np.abs(q - [float(x) for x in expected]).max() <= ROUND_OFF
    w = [F(8), *[F(1)] * 4]
    expected = [F(1), *[F(1, 4)] * 4]
    assert exact_projection(w, F(2), F(1, 25), F(1)) == expected
    q = kl_projection(np.log([[float(x) for x in w]]), 2.0, 0.04, 1.0)[0]
    assert np.abs(q - [float(x) for x in expected]).max() <= ROUND_OFF


def test_kl_projection_gives_a_zero_weight_the_floor():
    q = kl_projection(np.array([[-math.inf, 0.0, 0.0]]), 1.0, 0.1)
    assert np.abs(q - [0.1, 0.45, 0.45]).max() <= ROUND_OFF


@pytest.mark.parametrize(
    ("w", "K", "gamma", "tau", "p"),
    [
        ([8, 1, 1, 1, 1], 2, F(1, 10), F(32, 7), [1, F(1, 4), F(1, 4), F(1, 4), F(1, 4)]),
        ([16, 8, 1, 1, 1, 1], 3, F(1, 5), F(6), [1, 1, F(1, 4), F(1, 4), F(1, 4), F(1, 4)]),
        ([3, 2, 1], 2, F(2, 5), None, [F(13, 15), F(2, 3), F(7, 15)]),
    ],
)
def test_capping_numbers(w, K, gamma, tau, p):
    """Item 11."""
    expected = printed_capping([F(x) for x in w], K, gamma)
    assert expected[0] == p
    assert expected[2] == tau
    found, null = capped_probabilities(np.log([[float(x) for x in w]]), K, float(gamma))
    assert np.abs(found - np.array([[float(x) for x in p]])).max() <= ROUND_OFF
    assert set(np.flatnonzero(null[0])) == expected[1] == {j for j, q in enumerate(p) if q == 1}


@st.composite
def cappings(draw):
    log_w = draw(logs.filter(lambda x: len(x) > 1))
    K = draw(st.integers(1, len(log_w) - 1))
    return log_w, K, draw(st.one_of(st.floats(1e-3, 0.99), st.sampled_from([1e-12, 1 - 1e-9])))


def check_capping(p, null, log_w, K, gamma):
    n = len(log_w)
    assert abs(p.sum() - K) <= ROUND_OFF
    assert (p >= K * gamma / n - ROUND_OFF).all()
    assert (p <= 1).all()
    assert (p[null] == 1).all()
    assert null.sum() <= K - 1


@settings(untimed, max_examples=300)
@given(cappings(), st.integers(-1000, 1000))
@example(([1500.0, 1499.0, -1500.0, -1500.0, -1490.0], 3, 0.1), 0)
@example(([0.0, -1500.0], 1, 0.4), 0)
def test_capping_is_the_printed_search(case, shift):
    log_w, K, gamma = case
    p, null = (x[0] for x in capped_probabilities(np.array([log_w]), K, gamma))
    check_capping(p, null, log_w, K, gamma)
    w = [exactly(x) for x in log_w]
    expected, capped, tau = printed_capping(w, K, F(gamma))
    assert np.abs(p - np.array([float(x) for x in expected])).max() <= ROUND_OFF
    undecided = {j for j, x in enumerate(w) if tau is None or abs(x / tau - 1) <= ROUND_OFF}
    assert set(np.flatnonzero(null)) - undecided == capped - undecided
    again = capped_probabilities(np.array([log_w]) + shift, K, gamma)
    assert np.array_equal(again[0][0], p)
    assert np.array_equal(again[1][0], null)


def test_a_running_sum_loses_weights_that_span_many_digits():
    """The twin of the exact search: subtracting from a running sum, as the authors' code does."""
    w, K, gamma = [1e16, *[1.0] * 4, 0.5], 3, 0.1
    C = (1 / K - gamma / len(w)) / (1 - gamma)
    size, order = sum(w), sorted(w, reverse=True)
    for i in range(1, len(w)):
        size -= order[i - 1]
        tau = C * size / (1 - i * C)
        if order[i] < tau:
            break
    capped = np.minimum(w, tau)
    twin = K * ((1 - gamma) * capped / capped.sum() + gamma / len(w))
    exact = np.array([float(x) for x in printed_capping([F(x) for x in w], K, F(gamma))[0]])
    p, null = capped_probabilities(np.log([w]), K, gamma)
    assert np.abs(p[0] - exact).max() <= ROUND_OFF
    assert null[0].tolist() == [True] + [False] * 5
    assert np.abs(twin - exact).max() > FAR


def test_capping_at_its_ends():
    """K = n takes everything, gamma = 1 is the uniform law, and K = 1 caps nothing."""
    log_w = np.array([[5.0, 0.0, -700.0]])
    p, null = capped_probabilities(log_w, 3, 0.4)
    assert (p == 1).all()
    assert not null.any()
    p, null = capped_probabilities(log_w, 2, 1.0)
    assert (p == 2 / 3).all()
    assert not null.any()
    assert not capped_probabilities(log_w, 1, 0.01)[1].any()


@pytest.mark.parametrize(
    "sampler", [AdamBS(gamma=1.0), AdamCB(gamma=1.0), AdamCBOurs(gamma=1.0), AdamCBOurs(gamma=1.0, update="gains")]
)
def test_full_exploration_stays_uniform(sampler):
    sampler = fit(sampler, 6, 3)
    rng, state = np.random.default_rng(1), sampler.init(4, xnp)
    for _ in range(20):
        assert np.abs(sampler.probabilities(state) - sampler.law.total / 6).max() <= ROUND_OFF
        draw = sampler.draw(state, rng.random((4, sampler.uniforms)))
        state = sampler.observe(state, draw, rng.random((4, 3)))


@pytest.mark.parametrize("sampler", [AdamCB(gamma=0.4), AdamCBOurs(), AdamCBOurs(update="gains"), AdamBSCorrected()])
@pytest.mark.parametrize("n", [1, 3])
def test_a_batch_of_all_examples(sampler, n):
    sampler = fit(sampler, n, n)
    rng, state = np.random.default_rng(1), sampler.init(2, xnp)
    for _ in range(5):
        draw = sampler.draw(state, rng.random((2, sampler.uniforms)))
        if sampler.law.cap == sampler.law.total / n:
            assert (np.sort(draw.J) == np.arange(n)).all()
            assert np.abs(draw.w * n - sampler.law.factor).max() <= ROUND_OFF
        state = sampler.observe(state, draw, rng.random((2, n)))
        assert np.isfinite(sampler.probabilities(state)).all()


# ---------------------------------------------------------------------------------------------------------------------
# Estimators


def random_case(seed, combinatorial):
    """n <= 4, K <= 3, rational weights and gradients, gamma in {1/4, 2/5}."""
    rng = random.Random(seed)
    n = rng.randint(2, 4)
    K = rng.randint(1, min(3, n - combinatorial))
    w = [F(rng.choice([1, 1, 2, 3, 8, 20])) for _ in range(n)]
    g = [F(rng.randint(-5, 5), rng.randint(1, 3)) for _ in range(n)]
    return n, K, w, g, rng.choice([F(1, 4), F(2, 5)])


def with_replacement_law(p, K):
    return {J: math.prod(p[j] for j in J) for J in itertools.product(range(len(p)), repeat=K)}


def check_draw_estimate(sampler, state, cuts, p, g, formula):
    """``draw`` itself over the cells of its uniforms: weights by the formula, law factor, expectation of the estimate.

    The cells' probabilities are exact; the weights are floats.
    """
    weights = {}

    def draw(u):
        made = sampler.draw(tuple(np.broadcast_to(x, (len(u), *x.shape[1:])) for x in state), u)
        exact = np.array([float(x) for x in p])
        assert np.abs(made.p - exact[made.J]).max() <= ROUND_OFF
        assert np.abs(made.w / np.array([float(formula(x)) for x in p])[made.J] - 1).max() <= ROUND_OFF
        assert (made.w.sum(axis=1) <= sampler.law.max_weight * (1 + ROUND_OFF)).all()
        weights.update({tuple(J): w for J, w in zip(made.J.tolist(), made.w.tolist(), strict=True)})
        return made.J

    law = cell_law(draw, cuts)
    mean = sum(float(q) * sum(w * float(g[j]) for j, w in zip(J, weights[J], strict=True)) for J, q in law.items())
    G = sum(g) / len(g)
    assert abs(mean - float(G) * sampler.law.factor) <= ROUND_OFF * max(1, *(float(abs(x)) for x in g))
    return law


@pytest.mark.parametrize("seed", range(25))
def test_draws_with_replacement_are_unbiased(seed):
    """AdamBS Eq. (1), and the exact second moment in place of Eq. (16); for both samplers' own draws."""
    n, K, w, g, gamma = random_case(seed, combinatorial=False)
    adambs = exact_projection(w, F(1), gamma / n)
    corrected = [(1 - gamma) * x / sum(w) + gamma / n for x in w]
    G = sum(g) / n
    for kind, p in ((AdamBS, adambs), (AdamBSCorrected, corrected)):
        sampler = fit(kind(gamma=float(gamma)), n, K)
        state = np.array([[float(x) for x in p]]) if kind is AdamBS else np.log([[float(x) for x in w]])
        assert np.abs(sampler.probabilities((state,)) - [float(x) for x in p]).max() <= ROUND_OFF
        law = check_draw_estimate(
            sampler, (state,), [set(itertools.accumulate(p)) - {1}] * K, p, g, lambda q: 1 / (K * n * q)
        )
        assert law == with_replacement_law(p, K)
        mean, second = moments(law, g, lambda j, p=p: 1 / (K * n * p[j]))
        assert mean == G
        printed = sum(x * x / q for x, q in zip(g, p, strict=True)) / (K * n * n)
        assert second == printed + (1 - F(1, K)) * G * G
        assert (second <= printed) == (K == 1 or G == 0)


def test_equation_16_is_wrong():
    """Item 7: 4 where Eq. (16) prints 2; and its smallest counterexample, one example drawn twice."""
    for p, g, value, printed in (([F(1, 4), F(3, 4)], (1, 3), 4, 2), ([F(1)], (1,), 1, F(1, 2))):
        n = len(p)
        _, second = moments(with_replacement_law(p, 2), g, lambda j, p=p, n=n: 1 / (2 * n * p[j]))
        assert second == value
        assert sum(F(x * x) / q for x, q in zip(g, p, strict=True)) / (2 * n * n) == printed


def test_an_unweighted_batch_mean_is_biased():
    """The twin of Eq. (1): forget 1/p."""
    p, g = [F(1, 4), F(3, 4)], (1, 3)
    assert moments(with_replacement_law(p, 2), g, lambda j: F(1, 2))[0] == F(5, 2) != F(sum(g), 2)


@pytest.mark.parametrize("seed", range(25))
def test_combinatorial_estimates(seed):
    """Eq. (7) has expectation G / K; without its 1/K it is unbiased, with the sharp bound on the second moment."""
    n, K, w, g, gamma = random_case(seed, combinatorial=True)
    p = printed_capping(w, K, gamma)[0]
    state = (np.log([[float(x) for x in w]]),)
    G = sum(g) / n
    for kind, factor in ((AdamCB(gamma=float(gamma)), F(1, K)), (AdamCBOurs(float(gamma), update="gains"), F(1))):
        sampler = fit(kind, n, K)
        assert sampler.law.factor == float(factor)
        law = check_draw_estimate(sampler, state, depround_cuts(p), p, g, lambda q, c=factor: c / (n * q))
        assert subsets(law) == textbook_law(p)
        assert moments(law, g, lambda j, c=factor: c / (n * p[j]))[0] == factor * G
    mirror = fit(AdamCBOurs(float(gamma)), n, K)
    state = (np.array([[float(x) for x in p]]),)
    law = check_draw_estimate(mirror, state, depround_cuts(p), p, g, lambda q: 1 / (n * q))
    _, second = moments(law, g, lambda j: 1 / (n * p[j]))
    assert second <= sum(x * x / q for x, q in zip(g, p, strict=True)) / n**2 + (1 - F(1, K)) * G * G


@untimed
@given(inclusions(smallest=1), st.data())
def test_sharp_second_moment_of_depround(p, data):
    g = data.draw(st.lists(st.integers(-4, 4), min_size=len(p), max_size=len(p)))
    n, K, G = len(p), sum(p), F(sum(g), len(p))
    mean, second = moments(textbook_law(p), g, lambda j: 1 / (n * p[j]))
    assert mean == G
    assert second <= sum(x * x / q for x, q in zip(g, p, strict=True)) / n**2 + (1 - 1 / F(K)) * G * G


def test_second_moment_without_the_cross_term_is_wrong():
    """The twin of the sharp bound: K = n, where the estimate is G itself."""
    assert moments(textbook_law([F(1), F(1)]), (1, 1), lambda j: F(1, 2))[1] == 1 > F(1 + 1, 2**2)


def test_equation_7_is_biased():
    """The smallest case with 1 < K < n: E g = -1/2 where G = -1."""
    p, g = [F(2, 3)] * 3, (1, 2, -6)
    assert moments(rows_law(p), g, lambda j: 1 / (2 * 3 * p[j]))[0] == F(-1, 2) != F(sum(g), 3)


# ---------------------------------------------------------------------------------------------------------------------
# Updates against the printed algorithms, written naively


def naive_adambs(p, J, norms, *, L, p_min, alpha_p, count=True):
    w = list(p)
    for j in set(J):
        loss = L**2 / p_min**2 - norms[j] ** 2 / p[j] ** 2
        h = loss * (J.count(j) if count else 1) / (len(J) * p[j])
        w[j] = p[j] * math.exp(-alpha_p * h)
    for m in range(len(w)):  # the m smallest weights are at the floor
        low = sorted(range(len(w)), key=lambda j: w[j])
        c = (1 - m * p_min) / sum(w[j] for j in low[m:])
        if c * w[low[m]] >= p_min:
            break
    return [max(p_min, c * x) for x in w]


def naive_corrected(w, J, norms, *, L, gamma, p):
    n, w = len(w), list(w)
    for j in set(J):
        loss = (gamma / n) ** 2 / L**2 * (L**2 / (gamma / n) ** 2 - norms[j] ** 2 / p[j] ** 2)
        w[j] *= math.exp(-gamma / n * loss * J.count(j) / (len(J) * p[j]))
    return w


def naive_adamcb(w, J, norms, *, L, gamma, p, null, freeze=True):
    n, K, w = len(w), len(J), list(w)
    for j in J:
        if j not in null or not freeze:
            loss = (gamma / n) ** 2 / L**2 * (L**2 / (gamma / n) ** 2 - norms[j] ** 2 / p[j] ** 2)
            w[j] *= math.exp(-K * gamma / n * loss / p[j])
    return w


def naive_gains(w, J, norms, *, L, gamma, p, null):
    n, K, w = len(w), len(J), list(w)
    for j in J:
        if j not in null:
            w[j] *= math.exp(K * gamma / n * ((K * gamma / n) * norms[j] / (L * p[j])) ** 2 / p[j])
    return w


def naive_mirror(p, J, norms, *, L, gamma, step, p_min=None):
    n, K, w = len(p), len(J), list(p)
    p_min = K * gamma / n if p_min is None else p_min
    for j in J:
        w[j] *= math.exp(-step * p_min**2 / L**2 * (L**2 / p_min**2 - norms[j] ** 2 / p[j] ** 2) / p[j])
    return exact_projection(w, float(K), K * gamma / n, 1.0)


def side_by_side(sampler, law, update, first, scales=None):
    """The largest difference of probabilities from a naive sampler that sees the same draws and norms."""
    n, K, L = sampler.run.n, sampler.run.K, sampler.run.L
    rng, mine, worst = np.random.default_rng(3), list(first), 0.0
    state = (np.array([first]) if sampler.rule.projected else np.log([first]),)
    for _ in range(50):
        p, null = law(mine)
        worst = max(worst, float(np.abs(sampler.probabilities(state)[0] - p).max()))
        draw = sampler.draw(state, rng.random((1, sampler.uniforms)))
        J = draw.J[0].tolist()
        norms = (L * rng.random(n) * (1.0 if scales is None else scales)).tolist()
        state = sampler.observe(state, draw, np.array([[norms[j] for j in J]]))
        mine = update(mine, J, norms, p, null)
    assert len(J) == K
    return worst


def adambs_difference(**twin):
    sampler = fit(AdamBS(gamma=0.3, alpha_p=2e-4), 6, 3, L=2.0)

    def update(p, J, norms, *_):
        return naive_adambs(p, J, norms, L=2.0, p_min=0.05, alpha_p=2e-4, **twin)

    return side_by_side(sampler, lambda p: (p, set()), update, [1 / 6] * 6)


def test_adambs_is_algorithm_2():
    assert adambs_difference() <= ROUND_OFF_OF_A_RUN
    assert adambs_difference(count=False) > FAR


def corrected_difference(gamma_of_twin=0.3):
    sampler = fit(AdamBSCorrected(gamma=0.3), 6, 3, L=2.0)

    def law(w):
        return [0.7 * x / sum(w) + 0.05 for x in w], set()

    def update(w, J, norms, p, _):
        return naive_corrected(w, J, norms, L=2.0, gamma=gamma_of_twin, p=p)

    return side_by_side(sampler, law, update, [1.0] * 6)


def test_adambs_corrected_is_algorithm_5():
    assert corrected_difference() <= ROUND_OFF_OF_A_RUN
    assert corrected_difference(gamma_of_twin=0.2) > FAR


UNEQUAL = np.array([1.0, 0.05, 0.05, 0.05, 0.05])


def combinatorial_difference(sampler, update):
    """From weights of which the first is just above the threshold."""

    def law(w):
        p, null, _ = printed_capping(w, sampler.run.K, sampler.gamma)
        return p, null

    return side_by_side(sampler, law, update, [4.6, 1.0, 1.0, 1.0, 1.0], UNEQUAL)


def adamcb_difference(**twin):
    def update(w, J, norms, p, null):
        return naive_adamcb(w, J, norms, L=2.0, gamma=0.1, p=p, null=null, **twin)

    return combinatorial_difference(fit(AdamCB(gamma=0.1), 5, 2, L=2.0), update)


def test_adamcb_is_algorithm_3():
    """The twin updates capped examples too."""
    assert adamcb_difference() <= ROUND_OFF_OF_A_RUN
    assert adamcb_difference(freeze=False) > FAR


def test_ours_with_gains_is_exp3m():
    def update(w, J, norms, p, null):
        return naive_gains(w, J, norms, L=2.0, gamma=0.1, p=p, null=null)

    sampler = fit(AdamCBOurs(gamma=0.1, update="gains"), 5, 2, L=2.0)
    assert combinatorial_difference(sampler, update) <= ROUND_OFF_OF_A_RUN


@pytest.mark.parametrize("kind", ["adamcb", "gains"])
def test_a_capped_example_is_frozen(kind):
    """Alg. 3 leaves the null set alone: relative to an undrawn example, the weight of a drawn capped one is the same.

    The twin updates it all the same.
    """
    first = [8.0, 1.0, 1.0, 1.0, 1.0]
    sampler = fit(AdamCB(gamma=0.1) if kind == "adamcb" else AdamCBOurs(gamma=0.1, update="gains"), 5, 2)
    state = (np.log([first]),)
    draw = sampler.draw(state, np.full((1, 2), 0.3))
    J = draw.J[0].tolist()
    assert draw.frozen[0].tolist() == [j == 0 for j in J]
    assert 0 in J
    norms = [0.5] * 5
    after = np.exp(sampler.observe(state, draw, np.array([[0.5, 0.5]]))[0][0])
    p, null, _ = printed_capping(first, 2, 0.1)
    naive = {"adamcb": naive_adamcb, "gains": naive_gains}[kind]
    expected = np.array(naive(first, J, norms, L=1.0, gamma=0.1, p=p, null=null))
    thawed = np.array(naive(first, J, norms, L=1.0, gamma=0.1, p=p, null=set()))
    undrawn = next(j for j in range(5) if j not in J)
    assert abs(after[0] / after[undrawn] / 8 - 1) <= ROUND_OFF
    assert np.abs(after / after[undrawn] - expected).max() <= ROUND_OFF
    assert np.abs(after / after[undrawn] - thawed).max() > FAR


def mirror_difference(**twin):
    sampler = fit(AdamCBOurs(gamma=0.3), 5, 2, L=2.0, horizon=50)

    def update(p, J, norms, *_):
        return naive_mirror(p, J, norms, L=2.0, gamma=0.3, step=sampler.step, **twin)

    return side_by_side(sampler, lambda p: (p, set()), update, [0.4] * 5, UNEQUAL)


def test_ours_with_the_mirror_step():
    """With the paper's p_min = gamma / n instead of K gamma / n, the twin, the feedback is another."""
    assert mirror_difference() <= ROUND_OFF_OF_A_RUN
    assert mirror_difference(p_min=0.3 / 5) > FAR


def test_scatter_add_adds_repeated_indices():
    a = np.zeros((2, 3))
    result = scatter_add(a, np.array([[0, 0], [2, 1]]), np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert result.tolist() == [[3, 0, 0], [0, 4, 3]]
    assert not a.any()
    strict = [array_api_strict.asarray(x) for x in (a, np.array([[0, 0], [2, 1]]), np.array([[1.0, 2], [3, 4]]))]
    assert np.array_equal(np.asarray(scatter_add(*strict)), result)


# ---------------------------------------------------------------------------------------------------------------------
# Whole runs


def walk(sampler, u, norms, xp=xnp):
    """The draws, states and probabilities of a run with uniforms (T, R, m) and norms (T, R, n), as NumPy arrays."""
    state, record = sampler.init(u.shape[1], xp), []
    for u_t, norms_t in zip(u, norms, strict=True):
        draw = sampler.draw(state, xp.asarray(u_t))
        seen = xp.take_along_axis(xp.asarray(norms_t), draw.J, axis=-1)
        parts = (sampler.probabilities(state), *state, draw.J, draw.w, draw.p)
        parts += () if draw.frozen is None else (draw.frozen,)
        record.append([np.asarray(x).copy() for x in parts])
        state = sampler.observe(state, draw, seen)
    return record


def inputs(sampler, steps, replicates, seed=11):
    rng, n = np.random.default_rng(seed), sampler.run.n
    u = rng.random((steps, replicates, sampler.uniforms))
    return u, rng.random((steps, replicates, n)) * np.linspace(0.1, 1, n)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("n", "K"), [(7, 3), (37, 5)])
def test_a_replicate_alone_equals_itself_in_a_batch(name, n, K):
    """Bit for bit, over 50 steps."""
    sampler = fit(ALL[name], n, K)
    u, norms = inputs(sampler, 50, 4)
    batch = walk(sampler, u, norms)
    for r in range(4):
        alone = walk(sampler, u[:, r : r + 1], norms[:, r : r + 1])
        for step, (a, b) in enumerate(zip(alone, batch, strict=True)):
            for x, y in zip(a, b, strict=True):
                assert x.tobytes() == np.ascontiguousarray(y[r : r + 1]).tobytes(), (name, r, step)


@pytest.mark.parametrize("name", ALL)
def test_a_run_starts_uniform_and_stays_in_its_law(name):
    sampler = fit(ALL[name], 7, 3)
    assert np.abs(sampler.probabilities(sampler.init(2, xnp)) - sampler.law.total / 7).max() <= ROUND_OFF
    law = sampler.law
    for p, *_, J, w in (x[:-1] if x[-1].dtype != bool else x[:-2] for x in walk(sampler, *inputs(sampler, 50, 4))):
        assert np.abs(p.sum(axis=1) - law.total).max() <= ROUND_OFF
        assert (p >= law.floor - ROUND_OFF).all()
        assert (p <= law.cap).all()
        assert (w.sum(axis=1) <= law.max_weight * (1 + ROUND_OFF)).all()
        assert J.shape == w.shape == (4, 3)
        if law.total > 1:
            assert (np.diff(np.sort(J, axis=1), axis=1) > 0).all()


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("n", "K"), [(7, 3), (5, 1), (4, 4)])
def test_the_array_standard_gives_the_same_numbers(name, n, K):
    sampler = fit(ALL[name], n, K)
    u, norms = inputs(sampler, 20, 3)
    for a, b in zip(walk(sampler, u, norms), walk(sampler, u, norms, array_api_strict), strict=True):
        for x, y in zip(a, b, strict=True):
            assert x.dtype == y.dtype
            assert np.array_equal(x, y) if x.dtype.kind in "bi" else np.abs(x - y).max() <= ROUND_OFF_OF_A_RUN


def test_long_runs_do_not_underflow():
    """20000 steps of AdamCB, n = 10, K = 2, gamma = 0.4; the raw product of the printed update, the twin, reaches 0.

    The raw weights shrink by a factor exp(-K gamma / n) a step on average: 745.13 n / (K gamma) = 9314 steps.
    """
    n, K, gamma = 10, 2, 0.4
    sampler = fit(AdamCB(gamma=gamma), n, K)
    rng, state = np.random.default_rng(2), sampler.init(1, xnp)
    raw, first_zero = [1.0] * n, None
    uniforms, norms = rng.random((20_000, 1, sampler.uniforms)), rng.random((20_000, 1, K))
    for t in range(20_000):
        draw = sampler.draw(state, uniforms[t])
        seen = (x[0].tolist() for x in (draw.J, draw.p, norms[t], draw.frozen))
        for j, p, norm, frozen in zip(*seen, strict=True):
            if not frozen:
                raw[j] *= math.exp(-K * gamma / n * (1 - (gamma / n * norm / p) ** 2) / p)
        if first_zero is None and 0.0 in raw:
            first_zero = t
        state = sampler.observe(state, draw, norms[t])
        if t % 500 == 0 or t == 19_999:
            p = sampler.probabilities(state)[0]
            check_capping(p, capped_probabilities(state[0], K, gamma)[1][0], p, K, gamma)
    assert np.isfinite(state[0]).all()
    frozen = capped_probabilities(state[0], K, gamma)[1][0]
    assert first_zero is not None
    assert sum(w for w, kept in zip(raw, frozen, strict=True) if not kept) == 0


# ---------------------------------------------------------------------------------------------------------------------
# Tied parameters and bad input


def test_the_divergence_of_lemma_1():
    assert abs(largest_divergence(2, 0.25) - math.log(3) / 2) <= ROUND_OFF
    assert largest_divergence(4, 0.25) == 0


@pytest.mark.parametrize(("n", "p_min"), [(1, 0.4), (2, 0.1), (3, 0.3), (4, 0.2), (5, 0.01)])
def test_the_divergence_is_the_supremum_over_the_vertices(n, p_min):
    """KL is convex in the pair, so its supremum is over pairs of vertices: the floor everywhere but in one place."""
    vertices = np.full((n, n), p_min) + np.eye(n) * (1 - n * p_min)
    pairs = [float((p * np.log(p / q)).sum()) for p in vertices for q in vertices]
    assert abs(largest_divergence(n, p_min) - max(pairs)) <= ROUND_OFF
    inner = np.random.default_rng(0).dirichlet(np.ones(n), size=(200, 2)) * (1 - n * p_min) + p_min
    assert (inner[:, 0] * np.log(inner[:, 0] / inner[:, 1])).sum(axis=1).max() <= max(pairs) + ROUND_OFF


@pytest.mark.parametrize(("n", "K", "L", "T"), [(2, 1, 1.0, 100), (5, 3, 2.5, 10_000), (60_000, 128, 0.1, 10**6)])
def test_the_step_of_lemma_1(n, K, L, T):
    p_min = 0.4 / n
    for divergence, R2 in (("sup", largest_divergence(n, p_min)), ("start", math.log(n))):
        sampler = fit(AdamBS(divergence=divergence), n, K, L, T)
        assert abs(sampler.alpha_p / math.sqrt(2 * R2 * p_min**4 / (n * T * L**4)) - 1) <= ROUND_OFF
        assert sampler.p_min == p_min
    assert fit(AdamBS(alpha_p=0.5), n, K, L, T).alpha_p == 0.5
    assert fit(AdamBS(p_min=1 / n), n, K, L, T).alpha_p == 0


@pytest.mark.parametrize("T", [1, 10, 10**4, 10**8])
@pytest.mark.parametrize(("n", "K"), [(2, 1), (10, 3), (60_000, 128)])
def test_the_exploration_of_lemmas_12_and_2(n, K, T):
    e = math.e - 1
    lemma12 = min(1.0, math.sqrt(n * math.log(n) / (e * T)))
    lemma2 = min(1.0, math.sqrt(n * math.log(n / K) / (e * T * K)))
    for kind, expected in ((AdamBSCorrected, lemma12), (AdamCB, lemma2)):
        assert abs(fit(kind(), n, K, horizon=T).gamma / expected - 1) <= ROUND_OFF
        assert fit(kind(gamma=0.3), n, K, horizon=T).gamma == 0.3
    step = fit(AdamCBOurs(), n, K, horizon=T).step
    assert abs(step / math.sqrt(2 * K * math.log(n / K) / (n * T)) - 1) <= ROUND_OFF


def test_the_tied_exploration_is_capped_at_one():
    assert fit(AdamBSCorrected(), 10, 1, horizon=1).gamma == fit(AdamCB(), 10, 1, horizon=1).gamma == 1
    assert fit(AdamBSCorrected(), 1, 1).gamma == fit(AdamCB(), 1, 1).gamma == 1


def check_sentence(error, *words):
    """One line, one sentence, that has all the words."""
    message = str(error.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert ". " not in message.replace("Alg. ", "Alg ")
    for word in words:
        assert word in message


@pytest.mark.parametrize("kind", BANDITS)
@pytest.mark.parametrize("gamma", [0, -0.1, 1.5, math.nan, math.inf, "half", True])
def test_exploration_outside_its_range(kind, gamma):
    with pytest.raises(InputError) as error:
        kind(gamma=gamma)
    check_sentence(error, "gamma=", "(0, 1]")


@pytest.mark.parametrize("sampler", ALL.values(), ids=ALL)
@pytest.mark.parametrize("K", [0, 4])
def test_a_batch_outside_the_data(sampler, K):
    with pytest.raises(InputError) as error:
        fit(sampler, 3, K)
    check_sentence(error, f"batch_size={K}", "n=3")


def test_a_floor_above_uniform():
    with pytest.raises(InputError) as error:
        fit(AdamBS(p_min=0.26), 4, 1)
    check_sentence(error, "p_min=0.26", "(0, 1/n]", "0.25")
    assert fit(AdamBS(p_min=0.25), 4, 1).p_min == 0.25


@pytest.mark.parametrize("sampler", [*(kind() for kind in BANDITS), AdamBS(alpha_p=0.1)], ids=repr)
@pytest.mark.parametrize("L", [0.0, -1.0, math.inf, math.nan])
def test_no_usable_gradient_bound(sampler, L):
    with pytest.raises(InputError) as error:
        fit(sampler, 3, 1, L=L)
    check_sentence(error, f"L={L:g}", sampler.name)


@pytest.mark.parametrize("sampler", [Uniform(), Uniform(replacement=False), Cyclic()], ids=repr)
def test_samplers_that_learn_nothing_need_no_gradient_bound(sampler):
    assert math.inf == fit(sampler, 3, 2, L=math.inf).run.L
