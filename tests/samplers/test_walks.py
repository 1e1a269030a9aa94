"""Samplers over many steps: batches of replicates, laws that stay laws, array namespaces, no underflow."""

from __future__ import annotations

import math

import array_api_compat.numpy as xnp
import array_api_strict
import numpy as np
import pytest

from regretlab.samplers import AdamCB, capped_probabilities
from tests.helpers.samplers import ALL, check_capping, fit
from tests.tolerances import ROUND_OFF, ROUND_OFF_OF_A_RUN


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


@pytest.mark.slow
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
