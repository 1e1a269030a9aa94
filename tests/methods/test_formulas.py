"""Methods outside the generic step, against loops that are written from the papers' formulas."""

import numpy as np
import pytest

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


FORMULAS = {
    "schedulefreesgd(alpha=0.1, beta1=0.8)": schedule_free_sgd,
    "schedulefreeadamw(alpha=0.1, beta1=0.8, beta2=0.99, eps=1e-3, weight_decay=0.2)": schedule_free_adamw,
    "adabelief(alpha=0.1, beta2=0.99, eps=1e-3)": adabelief,
    "yogi(alpha=0.1, beta2=0.99)": yogi,
    "adagradnorm(alpha=0.1, b0=0.5)": adagradnorm,
    "dualaveraging(alpha=0.1)": dualaveraging,
}


@pytest.mark.parametrize("algorithm", FORMULAS)
def test_the_papers_formulas_by_other_means(algorithm):
    formula = FORMULAS[algorithm]
    record = rl.simulate(Linear(Z), algorithm, horizon=T).record
    last = record.get("state_own_average", record.x).values.reshape(-1)  # where it is judged
    np.testing.assert_allclose(last, formula(), rtol=0, atol=SAME_FORMULA)
    assert np.abs(formula(alpha=0.11) - last).max() > FAR  # twin: another step size


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
