"""Parameters that are tied to the run, and the one sentence for values that cannot be used."""

from __future__ import annotations

import math

import numpy as np
import pytest

from regretlab.errors import InputError
from regretlab.samplers import AdamBS, AdamBSCorrected, AdamCB, AdamCBOurs, Cyclic, Uniform, largest_divergence
from tests.helpers.samplers import ALL, fit
from tests.tolerances import ROUND_OFF

BANDITS = [AdamBS, AdamBSCorrected, AdamCB, AdamCBOurs]


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
