"""Updates against the printed algorithms, written naively, and twins that must fail."""

from __future__ import annotations

import math

import array_api_strict
import numpy as np
import pytest

from regretlab.samplers import AdamBS, AdamBSCorrected, AdamCB, AdamCBOurs, scatter_add
from tests.helpers.samplers import exact_projection, fit, printed_capping
from tests.tolerances import FAR, ROUND_OFF, ROUND_OFF_OF_A_RUN


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
