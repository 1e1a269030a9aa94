"""Adam-IMPT, Adam-APT, Adam-UNI and the oracle: unbiased by enumeration, against their formulas, on every method."""

from __future__ import annotations

import itertools
import math

import array_api_compat.numpy as xnp
import array_api_strict
import numpy as np
import pytest

import regretlab as rl
from regretlab.engines.streams import generator
from regretlab.samplers import APT, IMPT, UNI, Oracle, Sampler, Setting, kl_projection
from tests.tolerances import FAR, ROUND_OFF, ROUND_OFF_OF_A_RUN

NEW = {"impt": IMPT(big_batch=5), "oracle": Oracle(), "apt": APT(gamma=0.3, alpha_p=0.01), "uni": UNI(partition=2)}
LAST = 1 - 2.0**-53  # the largest uniform a generator gives
GRADIENTS = np.array([[3.0, 4.0], [-1.0, 0.0], [0.0, 0.0], [2.0, -2.0]])
NORMS = np.linalg.norm(GRADIENTS, axis=1)


def fit(sampler: Sampler, n: int, K: int, L: float = 10.0, horizon: int = 100) -> Sampler:
    return sampler.fit(Setting(n, K, L, horizon))


def outcomes(sampler, state, K):
    """Every batch of K independent draws from a law, with its probability, each made by ``draw`` itself."""
    p = sampler.probabilities(state)[0]
    middle = np.cumsum(p) - p / 2
    for J in itertools.product(np.flatnonzero(p), repeat=K):
        u = np.zeros((1, sampler.uniforms))
        u[0, sampler.uniforms - K :] = middle[list(J)]
        draw = sampler.draw(state, u)
        assert draw.J[0].tolist() == list(J)
        yield math.prod(p[j] for j in J), draw


def moments(sampler, state, K, weight=lambda draw: draw.w[0]):
    """Mean of the gradient estimate and mean of its squared norm, over every batch."""
    mean, second = np.zeros(2), 0.0
    for q, draw in outcomes(sampler, state, K):
        estimate = weight(draw) @ GRADIENTS[draw.J[0]]
        mean, second = mean + q * estimate, second + q * estimate @ estimate
    return mean, second


@pytest.mark.parametrize(("B", "K"), [(2, 1), (3, 2), (2, 2)])
def test_impt_is_unbiased_given_every_big_batch(B, K):
    n, sampler = 4, fit(IMPT(big_batch=B), 4, K)
    whole, variance = np.zeros(2), 0.0
    for S in itertools.product(range(n), repeat=B):
        u = (np.array([[*S, *[0] * K]]) + 0.5) / n
        looked = sampler.looks_at(sampler.init(1, xnp), u)
        assert looked[0].tolist() == list(S)
        state = sampler.look(sampler.init(1, xnp), looked, NORMS[looked])
        of_S = GRADIENTS[list(S)].mean(axis=0)
        V = sampler.variance(state, NORMS[None] ** 2)[0]
        mean, second = moments(sampler, state, K)
        assert np.abs(mean - of_S).max() <= ROUND_OFF
        assert abs(V - (n / B) ** 2 * NORMS[list(S)].sum() ** 2) <= ROUND_OFF
        assert abs(second - V / (n**2 * K) - (1 - 1 / K) * of_S @ of_S) <= ROUND_OFF
        whole, variance = whole + mean / n**B, variance + V / n**B
    assert np.abs(whole - GRADIENTS.mean(axis=0)).max() <= ROUND_OFF
    assert NORMS.sum() ** 2 < variance < n * (NORMS**2).sum()  # between full information and the uniform law


def test_importance_sampling_without_its_weights_is_biased():
    """The twin: the plain mean of what was drawn."""
    sampler = fit(IMPT(big_batch=2), 4, 2)
    state = sampler.look(sampler.init(1, xnp), np.array([[0, 1]]), NORMS[[[0, 1]]])
    mean, _ = moments(sampler, state, 2, weight=lambda draw: np.full(2, 1 / 2))
    assert np.abs(mean - GRADIENTS[[0, 1]].mean(axis=0)).max() > FAR


def test_the_oracle_has_the_least_variance_of_all_laws():
    sampler = fit(Oracle(), 4, 2)
    everyone = np.arange(4)[None]
    state = sampler.look(sampler.init(1, xnp), everyone, NORMS[everyone])
    mean, second = moments(sampler, state, 2)
    V, G = sampler.variance(state, NORMS[None] ** 2)[0], GRADIENTS.mean(axis=0)
    assert np.abs(mean - G).max() <= ROUND_OFF
    assert abs(V - NORMS.sum() ** 2) <= ROUND_OFF * V
    assert abs(second - V / 32 - G @ G / 2) <= ROUND_OFF
    others = np.random.default_rng(0).dirichlet(np.ones(4), 2000)
    assert (NORMS**2 / others).sum(axis=1).min() >= V
    squares = NORMS**2 / (NORMS**2).sum()  # the twin: in proportion to the squared norms
    assert sum(s / q for s, q in zip(NORMS**2, squares, strict=True) if q > 0) > V * (1 + FAR)


def test_a_run_shows_the_big_batch_at_its_iterate():
    """The first step, replayed from the stream: V is (n/B)^2 times the squared sum of the norms looked at."""
    problem, n, B, K = rl.problems.Logistic("digits:3-8"), 357, 40, 4
    run = rl.simulate(problem, f"adam_impt(big_batch={B}, batch_size={K})", horizon=1, measure=["sampler"], seed=3)
    S = (generator(3, "sampler", 0).random(B + K)[:B] * n).astype(int)
    norms = problem.all_gradient_norms(problem.start[None])[0, S]
    assert run.record.variance.item() == pytest.approx((n / B * norms.sum()) ** 2, rel=ROUND_OFF_OF_A_RUN)


@pytest.mark.parametrize("sampler", [IMPT(big_batch=5), Oracle()], ids=lambda s: s.name)
def test_what_has_no_gradient_is_drawn_only_where_nothing_has_one(sampler):
    n, K = 6, 3
    sampler = fit(sampler, n, K)
    u = np.full((1, sampler.uniforms), LAST)
    J = np.arange(n)[None] % n
    for norms in (np.array([[1.0, 0.1, 0.3, 0, 0, 0]]), np.array([[0, 0, 1e-300, 0, 0, 0]])):
        draw = sampler.draw(sampler.look(sampler.init(1, xnp), J, norms), u)
        assert (norms[0, draw.J] > 0).all()
        assert np.isfinite(draw.w).all()
    draw = sampler.draw(sampler.look(sampler.init(1, xnp), J, np.zeros((1, n))), u)
    assert np.isfinite(draw.w).all()
    assert sampler.variance(sampler.look(sampler.init(1, xnp), J, np.zeros((1, n))), np.zeros((1, n))) == 0


@pytest.mark.parametrize(("n", "K"), [(6, 3), (7, 3), (10, 4), (5, 1), (4, 4), (9, 8)])
def test_fixed_batches_are_a_partition_and_unbiased(n, K):
    sampler = fit(APT(gamma=0.2), n, K)
    members, real = sampler.batches
    sizes = real.sum(axis=1)
    assert sorted(members[real]) == list(range(n))
    assert len(sizes) == math.ceil(n / K)
    assert sizes.max() - sizes.min() <= 1
    m, g = len(sizes), np.arange(n) ** 2 + 1.0
    p = np.linspace(1, 2, m)[None] / np.linspace(1, 2, m).sum()
    u = (np.cumsum(p) - p[0] / 2)[:, None]
    draw = sampler.draw((np.repeat(p, m, axis=0),), u)
    assert (sampler.owner[draw.J] == np.arange(m)[:, None]).all()
    mean = p[0] @ (draw.w * g[draw.J]).sum(axis=1)
    assert abs(mean - g.mean()) <= ROUND_OFF * n
    squares, inclusion = g**2, sampler.probabilities((p,))[0]
    seen = p[0] @ (squares[draw.J] / draw.p**2).sum(axis=1)
    assert abs(seen - sampler.variance((p,), squares[None])[0]) <= ROUND_OFF * seen
    assert np.abs(inclusion - p[0, sampler.owner]).max() <= ROUND_OFF
    plain = p[0] @ g[draw.J].mean(axis=1)  # the twin: the plain mean of the row
    assert m == 1 or abs(plain - g.mean()) > FAR


def test_a_uniform_batch_is_the_plain_mean_and_another_partition_is_another():
    sampler = fit(UNI(), 12, 4)
    assert np.abs(sampler.draw(sampler.init(1, xnp), np.array([[0.4]])).w - 1 / 4).max() <= ROUND_OFF
    assert (fit(UNI(partition=1), 12, 4).owner != sampler.owner).any()
    assert (fit(UNI(), 12, 4).owner == sampler.owner).all()


def test_apt_is_adambs_over_batches():
    """Algorithm 2 with the batches' root mean squares, step by step from the formula."""
    n, K, gamma, L, alpha_p = 7, 3, 0.3, 10.0, 1e-4
    sampler, rng = fit(APT(gamma=gamma, alpha_p=alpha_p), n, K, L=L), np.random.default_rng(1)
    m, p_min = 3, gamma / 3
    bound = L * math.sqrt(3 * m / n)  # of the largest batch
    p, state = np.full(m, 1 / m), sampler.init(1, xnp)
    for u, norms in zip(rng.random((40, 1, 1)), L * rng.random((40, n)), strict=True):
        draw = sampler.draw(state, u)
        b = sampler.owner[draw.J[0, 0]]
        a2 = m / n * (norms[sampler.owner == b] ** 2).sum()
        assert a2 <= bound**2
        w = np.log(p)
        w[b] -= alpha_p * (bound**2 / p_min**2 - a2 / p[b] ** 2) / p[b]
        p = kl_projection(w[None], total=1.0, floor=p_min)[0]
        state = sampler.observe(state, draw, norms[draw.J])
        assert np.abs(sampler.probabilities(state)[0] - p[sampler.owner]).max() <= ROUND_OFF_OF_A_RUN
    assert p.max() - p.min() > FAR


@pytest.mark.parametrize("name", NEW)
@pytest.mark.parametrize(("n", "K"), [(7, 3), (4, 4), (5, 1)])
def test_the_array_standard_gives_the_same_numbers(name, n, K):
    sampler, rng = fit(NEW[name], n, K), np.random.default_rng(4)
    u, norms = rng.random((10, 2, sampler.uniforms)), rng.random((10, 2, n))

    def walk(xp):
        state = sampler.init(2, xp)
        for a, g in zip(u, norms, strict=True):
            a, g = xp.asarray(a), xp.asarray(g)
            if (J := sampler.looks_at(state, a)) is not None:
                state = sampler.look(state, J, xp.take_along_axis(g, J, axis=-1))
            draw = sampler.draw(state, a)
            V = sampler.variance(state, g * g)
            state = sampler.observe(state, draw, xp.take_along_axis(g, draw.J, axis=-1))
            yield [np.asarray(x) for x in (draw.J, draw.w, draw.p, V, sampler.probabilities(state))]

    for ours, strict in zip(walk(xnp), walk(array_api_strict), strict=True):
        for x, y in zip(ours, strict, strict=True):
            assert np.allclose(x, y, rtol=ROUND_OFF_OF_A_RUN, atol=0)


@pytest.mark.parametrize("method", ["sgd", "adam", "amsgrad", "adamx"])
@pytest.mark.parametrize("sampler", NEW)
def test_every_method_takes_every_sampler_by_name(method, sampler):
    problem = rl.problems.HeavyTailedLogistic(n=10, d=3)
    result = rl.simulate(problem, f"{method}(alpha=0.1, batch_size=3)+{sampler}", horizon=4, checkpoints=[4])
    assert result.record.attrs["engine"] == "array"
    assert f"the sampler {sampler!r} has no compiled form" in result.record.attrs["engine_reason"]
    with pytest.raises(rl.InputError, match="no compiled form"):
        rl.simulate(problem, f"{method}+{sampler}", horizon=4, engine="compiled")


def test_the_papers_pairs_have_names():
    for name, method, sampler in (
        ("adam_impt(big_batch=64)", "Adam", "impt"),
        ("adam_apt", "Adam", "apt"),
        ("adam_uni", "Adam", "uni"),
        ("amsgrad_bs(p_min=1e-4)", "AMSGrad", "adambs"),
    ):
        made = rl.algorithms.parse(name)
        assert (type(made.method).__name__, made.sampler.name) == (method, sampler)
    assert rl.algorithms.AMSGradBS().sampler == rl.algorithms.parse("amsgrad+adambs").sampler


def test_a_big_batch_below_the_batch_is_refused():
    with pytest.raises(rl.InputError, match="big_batch=2 is below batch_size=3"):
        fit(IMPT(big_batch=2), 10, 3)


@pytest.mark.parametrize(
    "algorithm", ["adam_impt(batch_size=3)", "adam_apt(batch_size=3)", "adamx(batch_size=3)+oracle"]
)
def test_a_run_goes_on_bit_for_bit(algorithm):
    options = {"replicates": 2, "measure": ["sampler"]}
    problem = rl.problems.HeavyTailedLogistic(n=10, d=3)
    plan = {"checkpoints": [12, 25], "horizon": 25, **options}
    first = rl.simulate(problem, algorithm, horizon=12, checkpoints=[12], **options)
    again = first.extend(horizon=25, checkpoints=[25])
    # APT's step is tied to the horizon it was first asked for.
    tied = first.description().sampler_parameters
    name = f"adam_apt(batch_size=3, alpha_p={tied['alpha_p']!r})" if "alpha_p" in tied else algorithm
    whole = rl.simulate(problem, name, **plan)
    for variable in ("loss", "variance", "oracle_variance", "probabilities", "x"):
        assert np.array_equal(again.record[variable], whole.record[variable]), variable
