"""Probabilities from weights: projections and capping against root finding and the printed search."""

from __future__ import annotations

import math
from fractions import Fraction as F

import array_api_compat.numpy as xnp
import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize

from regretlab.samplers import AdamBS, AdamBSCorrected, AdamCB, AdamCBOurs, capped_probabilities, kl_projection
from tests.helpers.samplers import check_capping, exact_projection, fit, printed_capping, untimed
from tests.tolerances import FAR, MINIMISER, ROUND_OFF, ROUND_OFF_OF_LOGS


def exactly(x: float) -> F:
    """exp(x) to 60 digits."""
    with mpmath.workdps(60):
        _, man, power, _ = mpmath.exp(mpmath.mpf(x))._mpf_
    return F(int(man)) * F(2) ** power


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
