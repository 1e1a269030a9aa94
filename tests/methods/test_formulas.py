"""Methods outside the generic step, against loops that are written from the papers' formulas."""

import functools
import math

import numpy as np
import pytest
from scipy.linalg import fractional_matrix_power

import regretlab as rl
from regretlab.problems import Linear
from tests.tolerances import FAR, SAME_FORMULA

T, D = 60, 4
Z = np.random.default_rng(1).normal(size=(13, D)) * [0.03, 1, 1, 3]
ROWS = np.resize(Z, (T, D))


def box(x, weights=None):
    return x.clip(-1, 1)


def adabelief(alpha=0.1, b1=0.9, b2=0.99, eps=1e-3):
    x, m, s = np.zeros((3, D))
    for t, g in enumerate(ROWS, 1):
        m = b1 * m + (1 - b1) * g
        s = b2 * s + (1 - b2) * (g - m) ** 2 + eps
        x = box(x - alpha / t**0.5 * (m / (1 - b1**t)) / (np.sqrt(s / (1 - b2**t)) + eps))
    return x


def yogi(alpha=0.1, b1=0.9, b2=0.99, eps=1e-3):
    x, m, v = np.zeros((3, D))
    for t, g in enumerate(ROWS, 1):
        m = b1 * m + (1 - b1) * g
        v = v - (1 - b2) * np.sign(v - g**2) * g**2
        x = box(x - alpha / t**0.5 * m / (np.sqrt(v) + eps))
    return x


def adagradnorm(alpha=0.1, b0=0.5):
    x, squares = np.zeros(D), b0**2
    for g in ROWS:
        squares += g @ g
        x = box(x - alpha * g / np.sqrt(squares))
    return x


def dualaveraging(alpha=0.1):
    return box(-alpha / T**0.5 * ROWS.sum(axis=0))


def schedule_free_sgd(alpha=0.1, beta=0.8):
    x, z = np.zeros((2, D))
    for t, g in enumerate(ROWS, 1):
        z = box(z - alpha * g)
        x = x + (z - x) / (t + 1)
    return x


def schedule_free_adamw(alpha=0.1, b1=0.8, b2=0.99, eps=1e-3, lam=0.2):
    x, z, v = np.zeros((3, D))
    sizes = [alpha * (1 - b2**t) ** 0.5 for t in range(1, T + 1)]
    for t, (g, size) in enumerate(zip(ROWS, sizes, strict=True)):
        y = (1 - b1) * z + b1 * x
        v = b2 * v + (1 - b2) * g**2
        z = box(z - size * (g / (np.sqrt(v) + eps) + lam * y))
        c = size**2 / sum(other**2 for other in sizes[: t + 1])
        x = (1 - c) * x + c * z
    return x


def nosadam(alpha=0.1, b1=0.9, gamma=0.3):
    x, m, sums, total = *np.zeros((3, D)), 0.0
    for t, g in enumerate(ROWS, 1):
        m = b1 * m + (1 - b1) * g
        sums, total = sums + t**-gamma * g**2, total + t**-gamma
        x = box(x - alpha / t**0.5 * m / np.sqrt(sums / total))
    return x


def adabound(alpha=0.1, b1=0.9, b2=0.99, final=0.05, gamma=0.1, ratchet=False):
    x, m, v, most = np.zeros((4, D))
    for t, g in enumerate(ROWS, 1):
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        most = np.maximum(most, v) if ratchet else v
        size = np.clip(alpha / np.sqrt(most), final - final / (gamma * t + 1), final + final / (gamma * t))
        x = box(x - size / t**0.5 * m)
    return x


def amsbound(alpha=0.1):
    return adabound(alpha, ratchet=True)


def radam(alpha=0.1, b1=0.9, b2=0.9):
    x, m, v = np.zeros((3, D))
    last = 2 / (1 - b2) - 1
    for t, g in enumerate(ROWS, 1):
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        rho = last - 2 * t * b2**t / (1 - b2**t)
        step = m / (1 - b1**t)
        if rho > 4:
            r = ((rho - 4) * (rho - 2) * last / ((last - 4) * (last - 2) * rho)) ** 0.5
            step = r * step * (1 - b2**t) ** 0.5 / np.sqrt(v)
        x = box(x - alpha / t**0.5 * step)
    return x


def lion(alpha=0.1, b1=0.9, b2=0.99, decay=0.25):
    x, m = np.zeros((2, D))
    for g in ROWS:
        x = box(x - alpha * (np.sign(b1 * m + (1 - b1) * g) + decay * x))
        m = b2 * m + (1 - b2) * g
    return x


def ftrl(alpha=0.1, beta=1.0, l1=0.5, l2=0.25):
    x, z, n = np.zeros((3, D))
    for g in ROWS:
        z = z + g - (np.sqrt(n + g**2) - np.sqrt(n)) / alpha * x
        n = n + g**2
        least = [0 if abs(a) <= l1 else (l1 - a if a > 0 else -l1 - a) for a in z]
        x = box(np.array(least) / ((beta + np.sqrt(n)) / alpha + l2))
    return x


def adopt(alpha=0.1, b1=0.9, b2=0.99, eps=1e-6):
    x, m = np.zeros((2, D))
    v = ROWS[0] ** 2
    for t, g in enumerate(ROWS[1:], 2):
        m = b1 * m + (1 - b1) * np.clip(g / np.maximum(np.sqrt(v), eps), -((t - 1) ** 0.25), (t - 1) ** 0.25)
        x = box(x - alpha / t**0.5 * m)
        v = b2 * v + (1 - b2) * g**2
    return x


def prodigy(alpha=1.0, b1=0.9, b2=0.99, eps=1e-8, size=1e-2):
    x, m, v, s, r = *np.zeros((4, D)), 0.0
    for g in ROWS:
        m, v = b1 * m + (1 - b1) * size * g, b2 * v + (1 - b2) * size**2 * g**2
        r = b2**0.5 * r + (1 - b2**0.5) * alpha * size**2 * (g @ -x)
        s = b2**0.5 * s + (1 - b2**0.5) * alpha * size**2 * g
        x = box(x - alpha * size * m / (np.sqrt(v) + size * eps))
        size = max(size, r / abs(s).sum())
    return x


def shampoo(alpha=0.1, eps=0.01):
    W, L, R = np.zeros((2, 2)), eps * np.eye(2), eps * np.eye(2)
    for g in ROWS:
        G = g.reshape(2, 2)
        L, R = L + G @ G.T, R + G.T @ G
        W = box(W - alpha * fractional_matrix_power(L, -0.25) @ G @ fractional_matrix_power(R, -0.25))
    return W.ravel()


FORMULAS = {
    "schedulefreesgd(alpha=0.1, beta1=0.8)": schedule_free_sgd,
    "schedulefreeadamw(alpha=0.1, beta1=0.8, beta2=0.99, eps=1e-3, weight_decay=0.2)": schedule_free_adamw,
    "adabelief(alpha=0.1, beta2=0.99, eps=1e-3)": adabelief,
    "yogi(alpha=0.1, beta2=0.99)": yogi,
    "adagradnorm(alpha=0.1, b0=0.5)": adagradnorm,
    "dualaveraging(alpha=0.1)": dualaveraging,
    "nosadam(alpha=0.1, gamma=0.3)": nosadam,
    "adamnc(alpha=0.1)": functools.partial(nosadam, gamma=0),
    "adabound(alpha=0.1, beta2=0.99, final=0.05, gamma=0.1)": adabound,
    "amsbound(alpha=0.1, beta2=0.99, final=0.05, gamma=0.1)": amsbound,
    "radam(alpha=0.1, beta2=0.9)": radam,
    "lion(alpha=0.1, weight_decay=0.25)": lion,
    "ftrl(alpha=0.1, l1=0.5, l2=0.25)": ftrl,
    "adopt(alpha=0.1, beta2=0.99)": adopt,
    "prodigy(beta2=0.99, d0=0.01)": prodigy,
    "shampoo(alpha=0.1, rows=2, eps=0.01)": shampoo,
}


@pytest.mark.parametrize("algorithm", FORMULAS)
def test_the_papers_formulas_by_other_means(algorithm):
    formula = FORMULAS[algorithm]
    record = rl.simulate(Linear(Z), algorithm, horizon=T).record
    last = record.get("state_own_average", record.x).values.reshape(-1)  # where it is judged
    np.testing.assert_allclose(last, formula(), rtol=0, atol=SAME_FORMULA)
    assert np.abs(formula(alpha=0.13) - last).max() > FAR  # twin: another step size


def test_what_makes_adabelief_and_yogi_differ_from_adam_is_seen():
    assert np.abs(yogi(b2=0.98) - yogi()).max() > FAR
    assert np.abs(adabelief(eps=1e-8) - adabelief()).max() > FAR
    adam = rl.simulate(Linear(Z), "adam(alpha=0.1, beta2=0.99, eps=1e-3)", horizon=T).record.x.values[0, 0]
    assert np.abs(adam - adabelief()).max() > FAR


def test_on_one_coordinate_one_step_size_is_the_diagonal():
    norm, diagonal, twin = (
        rl.simulate("reddi", f"{name}(alpha=0.5)", horizon=40, engine="array").record.x.values[0, 0, 0]
        for name in ("adagradnorm", "adagrad", "dualaveraging")
    )
    assert norm == diagonal != twin


@pytest.mark.parametrize("domain", ["box", "ball", "none"])
def test_lazy_descent_is_eager_where_no_iterate_leaves_the_domain(domain):
    problem = Linear(Z / 100, domain=domain)
    names = (
        "dualaveraging(alpha=0.5, schedule='constant')",
        "sgd(alpha=0.5, schedule='constant')",
        "dualaveraging(alpha=0.5)",
    )
    lazy, eager, twin = rl.simulate(problem, names, horizon=T).record.x.values[:, 0]
    np.testing.assert_allclose(lazy, eager, atol=SAME_FORMULA)
    assert np.abs(twin - eager).max() > FAR


def test_bounds_that_meet_are_gradient_descent_and_bounds_far_apart_are_adam():
    """AdaBound is SGD of step alpha* where the bounds meet at once, and uncorrected Adam where they never do."""
    slow, adam = (
        rl.simulate(Linear(Z / 9), f"{name}, beta2=0.99)", horizon=T).record.x.values[0, 0]
        for name in ("adabound(alpha=0.01, final=1, gamma=1e-9", "adam(alpha=0.01, eps=0, bias_correction=False")
    )
    np.testing.assert_allclose(slow, adam, atol=SAME_FORMULA)
    fast = rl.simulate(Linear(Z / 9), "adabound(alpha=0.01, beta1=0, final=0.02, gamma=1e15)", horizon=T)
    sgd, twin = rl.simulate(Linear(Z / 9), ["sgd(alpha=0.02)", "sgd(alpha=0.01)"], horizon=T).record.x.values[:, 0]
    np.testing.assert_allclose(fast.record.x.values[0, 0], sgd, atol=SAME_FORMULA)
    assert np.abs(twin - sgd).max() > FAR


def test_the_weights_of_nosadam_are_the_sums_at_any_step():
    gamma, t = 0.3, np.array([1.0, 63.0, 64.0, 65.0, 1000.0, 100_000.0])
    share = rl.methods.NosAdam(gamma=gamma).share(t)
    sums = [math.fsum(s**-gamma for s in range(1, int(n) + 1)) for n in t]
    np.testing.assert_allclose(share, t**-gamma / sums, rtol=SAME_FORMULA)
    assert np.abs(rl.methods.NosAdam(gamma=0.31).share(t)[1:] / share[1:] - 1).min() > FAR


def test_shampoo_has_rows_that_divide_the_dimension():
    with pytest.raises(rl.InputError, match="rows=3, which do not divide d=4; give a divisor of d"):
        rl.simulate(Linear(Z), "shampoo(rows=3)", horizon=2)


def test_a_regularised_leader_without_regulariser_is_adagrad():
    ftrl, adagrad, twin = (
        rl.simulate(Linear(Z / 99), name, horizon=T).record.x.values[0, 0]
        for name in ("ftrl(alpha=0.01, beta=0)", "adagrad(alpha=0.01, eps=0)", "ftrl(alpha=0.01, beta=0.1)")
    )
    np.testing.assert_allclose(ftrl, adagrad, atol=SAME_FORMULA)
    assert np.abs(twin - adagrad).max() > FAR
