"""Assertions about samplers: unbiased estimates, and the inclusion probabilities they announce."""

from __future__ import annotations

import math
from collections.abc import Iterator

import array_api_compat.numpy as xnp
import numpy as np

from regretlab.errors import InputError
from regretlab.parameters import number
from regretlab.samplers import Sampler, Setting
from regretlab.testing._draws import Law, law, moments

#: Round-off of an exact enumeration: thousands of cells whose ends are good to 1e-12.
ROUND_OFF = 1e-9
#: Steps of learning after which a sampler is looked at; at 0 most are uniform, which hides a missing 1/p.
STEPS = (0, 3, 30)


def assert_unbiased(sampler: Sampler, *, draws: int = 100_000, false_alarms: float = 1e-6, seed: int = 0) -> None:
    r"""Assert that a sampler's gradient estimate is unbiased, whatever the gradients.

    .. math:: E\Big[\sum_k w_k\, \mathbf 1\{J_k = j\}\Big] = \frac1n \quad\text{for every example } j,

    at the start and after 3 and 30 steps of learning from random gradient norms. Where n and K are small enough for
    the cells of the uniforms to be enumerated, exactly (to 1e-9); else from ``draws`` draws, with an empirical
    Bernstein bound for every example and state.

    Parameters
    ----------
    sampler : Sampler
        Fitted: ``sampler.fit(Setting(n, K, L, horizon))``.
    draws : int, at least 2
        Draws per state where the law is not enumerated.
    false_alarms : float in (0, 1)
        Monte Carlo fails an unbiased sampler, whose weights keep to its ``law.max_weight``, with at most this
        probability; enumeration never.
    seed : int, at least 0
        Of the norms, the probes and the draws.

    Raises
    ------
    AssertionError
        With the example whose expected weight is furthest off, its interval, and how it was found.
    InputError
        If the sampler is none or is not fitted, or for a parameter out of its range.

    References
    ----------
    Maurer & Pontil (2009), Theorem 4 (empirical Bernstein bound).

    Examples
    --------
    >>> from regretlab.samplers import AdamCB, AdamCBOurs, Setting
    >>> setting = Setting(n=6, K=2, L=1.0, horizon=100)
    >>> assert_unbiased(AdamCBOurs(gamma=0.2).fit(setting))
    >>> assert_unbiased(AdamCB(gamma=0.2).fit(setting))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: the adamcb sampler is biased after 0 steps: example ... has the expected weight 0.083333, not
    1/n = 0.166667 (exact, ... cells); its law declares E g = 0.5 G.
    """
    n = _setting(sampler).n
    draws, false_alarms, seed = _checked(draws, false_alarms, seed)
    for step, _, found in _laws(sampler, draws, seed):
        total = float(found.w.sum(axis=1).max())
        if total > sampler.law.max_weight * (1 + ROUND_OFF):
            raise AssertionError(
                f"the {sampler.name} sampler drew weights with the sum {total:g} after {step} steps, more than its "
                f"law.max_weight = {sampler.law.max_weight:g}."
            )
        factor = sampler.law.factor
        declared = "" if factor == 1 else f"; its law declares E g = {factor:g} G" if factor else "; its order is fixed"
        j, value, reach = _furthest(found, found.w, np.full(n, 1 / n), sampler.law.max_weight, false_alarms)
        if reach < abs(value - 1 / n):
            raise AssertionError(
                f"the {sampler.name} sampler is biased after {step} steps: example {j} has the expected weight "
                f"{value:.6f}, not 1/n = {1 / n:.6f} ({_source(found, value, reach)}){declared}."
            )


def assert_inclusion_probabilities(
    sampler: Sampler, *, draws: int = 100_000, false_alarms: float = 1e-6, seed: int = 0
) -> None:
    r"""Assert that a sampler draws every example as often as its ``probabilities`` say, and hands out these.

    .. math:: E\,\#\{k : J_k = j\} = K p_j / \textstyle\sum_i p_i \quad\text{for every example } j,

    that is p_j for inclusion probabilities (which sum to K) and K p_j for K draws with replacement. Looked at in the
    same states and by the same means as :func:`assert_unbiased`, whose parameters and false-alarm rate these are.

    Raises
    ------
    AssertionError
        With the example that is furthest off.
    InputError
        As there.

    Examples
    --------
    >>> from regretlab.samplers import AdamCB, Setting
    >>> assert_inclusion_probabilities(AdamCB(gamma=0.2).fit(Setting(n=6, K=2, L=1.0, horizon=100)))
    """
    K = _setting(sampler).K
    draws, false_alarms, seed = _checked(draws, false_alarms, seed)
    for step, state, found in _laws(sampler, draws, seed):
        p = np.asarray(sampler.probabilities(state))[0]
        made = sampler.draw(state, np.full((1, sampler.uniforms), 0.5))
        if (abs(made.p - p[made.J]) > ROUND_OFF).any():
            raise AssertionError(
                f"the {sampler.name} sampler hands out p = {made.p[0]} for the examples {made.J[0]}, "
                f"whose probabilities are {p[made.J[0]]}."
            )
        expected = K * p / p.sum()
        j, value, reach = _furthest(found, np.ones(found.J.shape), expected, float(K), false_alarms)
        if reach < abs(value - expected[j]):
            raise AssertionError(
                f"the {sampler.name} sampler draws example {j} {value:.6f} times per batch after {step} steps, not "
                f"{expected[j]:.6f} as its probabilities say ({_source(found, value, reach)})."
            )


def _checked(draws: int, false_alarms: float, seed: int) -> tuple[int, float, int]:
    """Check that the parameters of the Monte Carlo test are in their ranges."""
    return (
        int(number("draws", draws, "[2, inf)", integer=True)),
        float(number("false_alarms", false_alarms, "(0, 1)")),
        int(number("seed", seed, "[0, inf)", integer=True)),
    )


def _setting(sampler: Sampler) -> Setting:
    if not isinstance(sampler, Sampler):
        raise InputError(
            f"the assertion needs a fitted sampler, got {type(sampler).__name__}; give an instance such as "
            f"AdamCB(gamma=0.2).fit(Setting(n=6, K=2, L=1.0, horizon=100))."
        )
    if sampler.setting is None:
        raise InputError(
            f"the {sampler.name} sampler is not fitted to a run; "
            f"give sampler.fit(Setting(n=6, K=2, L=1.0, horizon=100))."
        )
    return sampler.setting


def _laws(sampler: Sampler, count: int, seed: int) -> Iterator[tuple[int, tuple[np.ndarray, ...], Law]]:
    """Yield the sampler's state after STEPS of learning from norms in [0, L], with the law of its next draw."""
    rng = np.random.default_rng(seed)
    n, L = sampler.run.n, sampler.run.L
    norms = (L if math.isfinite(L) else 1.0) * rng.random(n) ** 2
    state = sampler.init(1, xnp)
    for step in range(max(STEPS) + 1):
        if step in STEPS:
            yield step, state, law(sampler, state, rng, count)
        draw = sampler.draw(state, rng.random((1, sampler.uniforms)))
        state = sampler.observe(state, draw, norms[draw.J])


def _furthest(
    found: Law, values: np.ndarray, expected: np.ndarray, top: float, false_alarms: float
) -> tuple[int, float, float]:
    """Find the example whose mean of ``values`` exceeds its allowance most, that mean, and the allowance.

    For m draws whose values of one example add up to at most ``top``, the allowance is the empirical Bernstein bound,
    at level ``false_alarms`` shared by the examples and the states.
    """
    mean, variance = moments(found, values, expected.size)
    if found.exact:
        reach = np.full(mean.size, ROUND_OFF)
    else:
        m, level = len(values), math.log(4 * mean.size * len(STEPS) / false_alarms)
        reach = np.sqrt(2 * variance * level / (m - 1)) + 7 * top * level / (3 * (m - 1))
    j = int(np.argmax(abs(mean - expected) / reach))
    return j, float(mean[j]), float(reach[j])


def _source(found: Law, value: float, reach: float) -> str:
    if found.exact:
        return f"exact, {len(found.J)} cells"
    return f"{len(found.J)} draws: [{value - reach:.6f}, {value + reach:.6f}]"
