"""The theorems of ``AdamBS.Lem1``, ``AdamCB.Lem2.descent`` and ``AdamCB.Alg3.gains`` on what the samplers do."""

import itertools
import math

import numpy as np
import pytest

from regretlab.samplers import AdamBS, AdamCBOurs, Draw
from tests.helpers.samplers import fit
from tests.tolerances import FAR, ROUND_OFF_OF_A_RUN

T = 400
#: Samplers with a small and a large step, and what the divergence from the first law is at most.
SAMPLERS = {
    "adambs": (AdamBS, "alpha_p", 1e-6, 1e-3, math.log(8)),
    "adamcb_ours": (AdamCBOurs, "step", 1e-3, 1.0, 3 * math.log(8 / 3)),
}


def made(name, which):
    """Return a sampler of 3 of 8 examples, its step and the divergence."""
    kind, parameter, *steps, divergence = SAMPLERS[name]
    return fit(kind(gamma=0.2, **{parameter: steps[which]}), 8, 3, L=2.0), steps[which], divergence


def played(sampler):
    """Play T rounds in which the gradients of early examples are small: the laws (T + 1, n) and the losses h (T, n)."""
    n, K, L, floor = sampler.run.n, sampler.run.K, sampler.run.L, sampler.law.floor
    rng, state = np.random.default_rng(1), sampler.init(1, np)
    laws, losses = [sampler.probabilities(state)[0]], []
    for _ in range(T):
        draw = sampler.draw(state, rng.random((1, sampler.uniforms)))
        norms = L * np.arange(1, n + 1) / n * rng.random(n)
        p, J, h = laws[-1], draw.J[0], np.zeros(n)
        if sampler.rule.distinct:
            h[J] = (1 - (floor * norms[J] / (L * p[J])) ** 2) / p[J]
        else:
            np.add.at(h, J, ((L / floor) ** 2 - (norms[J] / p[J]) ** 2) / (K * p[J]))
        state = sampler.observe(state, draw, norms[J][None])
        laws.append(sampler.probabilities(state)[0])
        losses.append(h)
    return np.array(laws), np.array(losses)


def gap(before, after, h, step, floor, cap):
    """Return how far log c would have to be from itself in after = min(cap, max(floor, c w)), w = before e^(-step h).

    What is above the floor says that c w is no less, what is below the cap that it is no more.
    """
    logs = np.log(after) - np.log(before) + step * h
    least, most = logs[after > floor + ROUND_OFF_OF_A_RUN], logs[after < cap - ROUND_OFF_OF_A_RUN]
    return least.max(initial=-math.inf) - most.min(initial=math.inf)


def best(losses, total, floor):
    """Return the law q >= floor of the least sum of <h_t, q>."""
    q = np.full(losses.shape[1], floor)
    for j in np.argsort(losses.sum(0)):
        q[j] += min(1 - floor, total - q.sum())
    return q


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("name", SAMPLERS)
def test_the_update_is_that_of_the_theorem(name, which):
    """The twin is the update of losses that another example has."""
    sampler, step, _ = made(name, which)
    laws, losses = played(sampler)

    def worst(losses):
        rounds = zip(laws, laws[1:], losses, strict=False)
        return max(gap(*pair, h, step, sampler.law.floor, 1.0) for *pair, h in rounds)

    assert worst(losses) <= ROUND_OFF_OF_A_RUN
    assert worst(np.roll(losses, 1, 1)) > FAR


@pytest.mark.parametrize("name", SAMPLERS)
def test_the_regret_is_below_the_theorem(name):
    """Below both of its terms together, but above one alone: the second if the step is small, the first if large."""
    for which in (0, 1):
        sampler, step, divergence = made(name, which)
        laws, losses = played(sampler)
        regret = (losses * (laws[:-1] - best(losses, sampler.law.total, sampler.law.floor))).sum()
        terms = divergence / step, step / 2 * (laws[:-1] * losses**2).sum()
        assert terms[1 - which] < regret <= sum(terms)


@pytest.mark.parametrize("gamma", [0.002, 0.5])
def test_the_best_fixed_batch_gains_no_more_than_the_theorem_says(gamma):
    """No more than both of its terms together, but more than one: the second if gamma is small, the first if large."""
    sampler, eta = fit(AdamCBOurs(gamma=gamma, update="gains"), 8, 3, L=2.0), 3 * gamma / 8
    laws, losses = played(sampler)
    gains = np.where(losses > 0, 1 / laws[:-1] - losses, 0.0)
    assert (eta * gains).max() <= 1
    paid = (laws[:-1] * (gains + (math.e - 2) * eta * gains**2)).sum() / (1 - gamma)
    first = 3 * math.log(8 / 3) / eta
    assert (paid if gamma < 0.1 else first) < np.sort(gains.sum(0))[-3:].sum() <= first + paid


def outcomes(sampler, rounds):
    """Yield, round by round, the probabilities of all draws so far, the laws, the norms, the counts and the next laws.

    The norms of a round depend on what was drawn before it.
    """
    n, K, L = sampler.run.n, sampler.run.K, sampler.run.L
    every = np.array(list(itertools.product(range(n), repeat=K)))
    state, weights, sums = sampler.init(1, np), np.ones(1), np.zeros(1, int)
    for _ in range(rounds):
        *state, weights, sums = (np.repeat(x, len(every), 0) for x in (*state, weights, sums))
        p, J = sampler.probabilities(state), np.tile(every, (len(weights) // len(every), 1))
        norms = L * (1 + (np.arange(n) + sums[:, None]) % n) / n
        drawn = np.take_along_axis(p, J, 1)
        weights, sums = weights * drawn.prod(1), sums + J.sum(1)
        state = sampler.observe(state, Draw(J, 1 / (K * drawn), drawn), np.take_along_axis(norms, J, 1))
        yield weights, p, norms, (J[:, :, None] == np.arange(n)).sum(1), sampler.probabilities(state)


def test_lemma_1_holds_in_expectation_over_all_draws():
    """The twin divides by the law after the round, as is printed: the estimate is biased then."""
    n, K, rounds, L = 3, 2, 3, 2.0
    floor = 0.8 / n
    step = math.sqrt(2 * math.log(n) * floor**4 / (n * rounds * L**4))
    sampler = fit(AdamBS(gamma=0.8, alpha_p=step), n, K, L=L)
    assert sampler.law.floor == pytest.approx(floor)
    regret, drift = np.zeros(n), 0.0
    corners = floor + (1 - n * floor) * np.eye(n)  # of the laws that are compared with
    for weights, p, norms, counts, after in outcomes(sampler, rounds):
        assert weights.sum() == pytest.approx(1, abs=ROUND_OFF_OF_A_RUN)
        losses = (L / floor) ** 2 - (norms / p) ** 2
        h, printed = (losses * counts / (K * law) for law in (p, after))
        for q in corners:
            assert weights @ (h * (p - q)) == pytest.approx(weights @ (losses * (p - q)), rel=ROUND_OFF_OF_A_RUN)
        drift = max(drift, np.abs(weights @ (printed - losses)).max())
        assert (weights @ (p * h**2) <= (L / floor) ** 4).all()
        regret += [weights @ (norms**2 * (1 / p - 1 / q)).sum(1) for q in corners]
    assert drift > FAR
    assert 0 < regret.max() <= (L / floor) ** 2 * math.sqrt(2 * n * rounds * math.log(n))
