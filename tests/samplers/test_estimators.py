"""Estimates of the mean gradient: unbiased by enumeration, second moments, and twins that must fail."""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regretlab.samplers import AdamBS, AdamBSCorrected, AdamCB, AdamCBOurs
from tests.helpers.samplers import (
    cell_law,
    depround_cuts,
    exact_projection,
    fit,
    inclusions,
    moments,
    printed_capping,
    rows_law,
    subsets,
    textbook_law,
    untimed,
)
from tests.tolerances import ROUND_OFF


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
