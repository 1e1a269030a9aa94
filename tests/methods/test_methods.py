"""The methods: what they have in common where their formulas coincide, and how far apart they are where they do not."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import regretlab as rl
from regretlab.cli import catalogue
from regretlab.methods import (
    SGD,
    AdaGrad,
    AdaGradL2,
    AdaGradMean,
    AdaGradW,
    Adam,
    AdamL2,
    AdamW,
    AMSGrad,
    Method,
    Moments,
    Momentum,
    MomentumL2,
    MomentumW,
    NAdam,
    Nesterov,
    Padam,
    RMSprop,
    generic,
)
from tests.tolerances import FAR, POWER, ROUND_OFF, ROUND_OFF_OF_A_RUN

STEPS, D = 60, 4
LAM = 0.25  # of the weight decays
BUILT_IN = sorted(Method.known.library)
OUTSIDE = [
    "adabelief", "adabound", "adagradl2", "adagradnorm", "adaml2", "adopt", "amsbound", "dualaveraging", "ftrl",
    "fulladagrad", "hedge", "lion", "momentuml2", "ons", "prodigy", "radam", "schedulefreeadamw", "schedulefreesgd",
    "shampoo", "yogi",
]  # fmt: skip


def gradients(seed):
    """Coordinates of different size, and one whose gradients are all zero."""
    return np.random.default_rng(seed).normal(size=(STEPS, D)) * [1e-3, 1.0, 30.0, 0.0]


def path(method, given, eps=None, steps=STEPS):
    """The iterates of a method from 1, 1, ...; its gradients are the rows given, or a function of x."""
    g = given if callable(given) else None
    states = [Moments(np.ones(D), *np.zeros((3, D)))]
    schedule = method.coefficients(np.arange(1.0, steps + 1))
    for i in range(steps):
        k = schedule.at(i) if eps is None else schedule.at(i)._replace(eps=eps(i + 1))
        x = states[-1].x
        with np.errstate(divide="ignore", invalid="ignore"):
            states.append(method.step(states[-1], g(x) if g else given[i], k, lambda x, weights: x, np))
    return np.array([s.x for s in states])


def bowl(x):
    """The gradient of a quadratic: unlike a fixed sequence, it answers where it is asked."""
    return np.array([1.0, 3.0, 0.1, 0.5]) * x


def far(a, b):
    return np.abs(a - b).max() > FAR


SCHEDULES = pytest.mark.parametrize("schedule", ["sqrt", "constant"])
SAME = {
    "padam at 1/2 is amsgrad": (Padam(alpha=0.1, p=0.5), AMSGrad(alpha=0.1)),
    "padam and amsgrad at other betas": (Padam(beta1=0.5, lam=0.9, beta2=0.8, p="1/2"), AMSGrad(0.1, 0.5, 0.8, 0.9)),
    "momentum without momentum": (Momentum(alpha=0.1, beta1=0), SGD(alpha=0.1)),
    "nesterov without momentum": (Nesterov(alpha=0.1, beta1=0), SGD(alpha=0.1)),
    "nadam without momentum": (NAdam(alpha=0.1, beta1=0), Adam(alpha=0.1, beta1=0)),
    "rmsprop": (RMSprop(alpha=0.1, beta2=0.9), Adam(alpha=0.1, beta1=0, beta2=0.9, eps=0, bias_correction=False)),
    "adamw without decay": (AdamW(alpha=0.1, weight_decay=0), Adam(alpha=0.1)),
    "adaml2 without decay": (AdamL2(alpha=0.1, weight_decay=0), Adam(alpha=0.1)),
    "momentumw without decay": (MomentumW(alpha=0.1, weight_decay=0), Momentum(alpha=0.1)),
    "momentuml2 without decay": (MomentumL2(alpha=0.1, weight_decay=0), Momentum(alpha=0.1)),
    "adagradw without decay": (AdaGradW(alpha=0.1, weight_decay=0), AdaGrad(alpha=0.1)),
    "adagradl2 without decay": (AdaGradL2(alpha=0.1, weight_decay=0), AdaGrad(alpha=0.1)),
}
DIFFERENT = {
    "padam at 1/4 is not amsgrad": (Padam(alpha=0.1, p=0.25), AMSGrad(alpha=0.1)),
    "padam at 1/2 is not adam, whatever the slides say": (
        Padam(alpha=0.1, p=0.5),
        Adam(alpha=0.1, eps=0, bias_correction=False),
    ),
    "momentum": (Momentum(alpha=0.1), SGD(alpha=0.1)),
    "nesterov": (Nesterov(alpha=0.1), Momentum(alpha=0.1)),
    "nadam": (NAdam(alpha=0.1), Adam(alpha=0.1)),
    "rmsprop and the correction": (RMSprop(alpha=0.1), Adam(alpha=0.1, beta1=0, beta2=0.9, eps=0)),
    "adamw and adaml2": (AdamW(alpha=0.1, weight_decay=LAM), AdamL2(alpha=0.1, weight_decay=LAM)),
    "momentumw and momentuml2": (MomentumW(alpha=0.1, weight_decay=LAM), MomentumL2(alpha=0.1, weight_decay=LAM)),
    "adagradw and adagradl2": (AdaGradW(alpha=0.1, weight_decay=LAM), AdaGradL2(alpha=0.1, weight_decay=LAM)),
    "adagrad and the mean, both as they come": (AdaGrad(alpha=0.1), AdaGradMean(alpha=0.1, schedule="constant")),
}  # fmt: skip


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_same_bits(pair, seed):
    a, b = (path(method, gradients(seed)) for method in pair)
    assert (a == b).all()


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT)
def test_not_the_same(pair):
    a, b = (path(method, gradients(0)) for method in pair)
    assert far(a, b)


# Padam between momentum and AMSGrad


@SCHEDULES
def test_padam_tends_to_momentum_as_p_tends_to_0(schedule):
    """v**p = exp(p ln v) with |ln v| < 28, so that the paths are 28 p times a length apart; and not closer."""
    momentum = path(Momentum(alpha=0.1 * (1 - 0.9), schedule=schedule), gradients(1))
    for p in (1e-3, 1e-6, 1e-12):
        padam = path(Padam(alpha=0.1, p=p, schedule=schedule), gradients(1))
        length = np.abs(np.diff(momentum, axis=0)).sum(axis=0).max()
        assert np.abs(padam - momentum).max() <= 28 * p * length + ROUND_OFF * length
        assert np.abs(padam - momentum).max() >= p * length / 28
    assert far(path(Padam(alpha=0.1, p=0.125, schedule=schedule), gradients(1)), momentum)


# AdaGrad: the sum, and the slides' mean


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1))
def test_adagrad_with_the_mean_is_adagrad_at_the_sqrt_schedule(seed):
    a, b = path(AdaGradMean(alpha=0.5), gradients(seed)), path(AdaGrad(alpha=0.5), gradients(seed))
    assert np.allclose(a, b, rtol=0, atol=ROUND_OFF)


def test_with_a_positive_eps_only_once_it_is_divided_by_the_root_of_t():
    eps = 0.1
    of_the_sum = path(AdaGrad(alpha=0.5, eps=eps), gradients(2))
    assert far(path(AdaGradMean(alpha=0.5, eps=eps), gradients(2)), of_the_sum)
    changed = path(AdaGradMean(alpha=0.5), gradients(2), eps=lambda t: eps / np.sqrt(t))
    assert np.allclose(changed, of_the_sum, rtol=0, atol=ROUND_OFF)


# Weight decay: the slides' forms


@SCHEDULES
def test_l2_is_weight_decay_for_gradient_descent(schedule):
    """Both decay by alpha_t lambda, so that it holds for a step size that changes too."""
    decayed, regularised = (
        path(kind(alpha=0.1, beta1=0, weight_decay=LAM, schedule=schedule), bowl) for kind in (MomentumW, MomentumL2)
    )
    assert np.allclose(decayed, regularised, rtol=0, atol=ROUND_OFF)
    assert far(decayed, path(SGD(alpha=0.1, schedule=schedule), bowl))


@given(alpha=st.floats(0.01, 1), beta1=st.floats(0.01, 0.99), lam=st.floats(0.01, 1), seed=st.integers(0, 2**32 - 1))
def test_the_two_forms_of_momentum_part_at_the_second_step(alpha, beta1, lam, seed):
    """The slides call them equivalent: A - B = -alpha beta1 lambda x_1 after two steps, nothing after one."""
    a, b = (
        path(kind(alpha=alpha, beta1=beta1, weight_decay=lam, schedule="constant"), gradients(seed), steps=2)
        for kind in (MomentumL2, MomentumW)
    )
    size = np.abs(gradients(seed)).max()
    assert np.allclose(a[1], b[1], rtol=0, atol=ROUND_OFF * size)
    assert np.allclose(a[2] - b[2], -alpha * beta1 * lam, rtol=0, atol=ROUND_OFF * size)


def test_the_two_forms_of_momentum_on_the_smallest_example():
    half = {"alpha": 0.5, "beta1": 0.5, "weight_decay": 1, "schedule": "constant"}
    silence = np.zeros((STEPS, D))
    assert path(MomentumL2(**half), silence)[:4, 0].tolist() == [1, 0.5, 0, -0.25]
    assert path(MomentumW(**half), silence)[:4, 0].tolist() == [1, 0.5, 0.25, 0.125]


def test_adagrad_regularised_is_not_adagrad_decayed():
    """Weight Decay IV with epsilon = C = 1, gradients 1 and 2 from x = 1."""
    one_two = np.resize([[1.0], [2.0]], (STEPS, 1)) * np.ones(D)
    assert path(AdaGradL2(alpha=1, weight_decay=1), one_two)[1:3, 0] == pytest.approx([0, -(0.5**0.5)], abs=ROUND_OFF)
    assert path(AdaGradW(alpha=1, weight_decay=1), one_two)[1:3, 0] == pytest.approx([-1, -2 / 5**0.5], abs=ROUND_OFF)


def test_adam_regularised_decays_by_alpha_whatever_the_weight_is():
    silence = np.zeros((STEPS, D))
    assert path(AdamW(alpha=0.1, weight_decay=0.1), silence)[1] == pytest.approx(0.99, abs=ROUND_OFF)
    for weight_decay in (0.01, 0.1, 1):
        method = AdamL2(alpha=0.1, weight_decay=weight_decay, eps=0)
        assert path(method, silence)[1] == pytest.approx(0.9, abs=ROUND_OFF)


# Nesterov's momentum: the formulas as they are printed


def test_nesterov_is_the_look_ahead_point_of_sutskever():
    alpha, mu = 0.1, 0.9
    theta, v, ahead = np.ones(D), np.zeros(D), []
    for _ in range(STEPS + 1):
        ahead.append(theta + mu * v)
        v = mu * v - alpha * bowl(ahead[-1])
        theta = theta + v
    ours = path(Nesterov(alpha=alpha, beta1=mu, schedule="constant"), bowl)
    assert np.allclose(ours, ahead, rtol=0, atol=ROUND_OFF)


@pytest.mark.parametrize("lam", [1, 0.9])
@SCHEDULES
def test_nadam_is_the_formula_of_dozat(lam, schedule):
    alpha, beta1, beta2, eps = 0.1, 0.9, 0.99, 1e-3
    mu = [beta1 * lam**s for s in range(STEPS + 1)]
    x, m, v, xs = np.ones(D), np.zeros(D), np.zeros(D), [np.ones(D)]
    for t in range(1, STEPS + 1):
        g = bowl(x)
        m = mu[t - 1] * m + (1 - mu[t - 1]) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat = mu[t] * m / (1 - np.prod(mu[: t + 1])) + (1 - mu[t - 1]) * g / (1 - np.prod(mu[:t]))
        step_size = alpha / np.sqrt(t) if schedule == "sqrt" else alpha
        x = x - step_size * m_hat / (np.sqrt(v / (1 - beta2**t)) + eps)
        xs.append(x)
    ours = path(NAdam(alpha, beta1, beta2, lam, eps, schedule=schedule), bowl)
    assert np.allclose(ours, xs, rtol=0, atol=ROUND_OFF)


# Whole runs, by name


SMALL = {
    "logistic": "logistic(data='digits:3-8')",
    "one_neuron": "one_neuron(n=40, d=3)",
    "heavy_tailed_logistic": "heavy_tailed_logistic(n=40, d=3)",
    "least_squares": "least_squares(data='diabetes')",
    "hinge": "hinge(data='breast_cancer')",
    "linear": "linear(n=20, d=4)",
}
LIBRARY = rl.problems.Problem.known.library
PROBLEMS = {name: SMALL.get(name, name) for name in LIBRARY if issubclass(LIBRARY[name], rl.problems.LinearModel)}


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("name", [name for name in BUILT_IN if name not in OUTSIDE])
def test_the_engines_agree(name, problem):
    fast, slow = (
        rl.simulate(PROBLEMS[problem], f"{name}(alpha=0.1)", horizon=40, checkpoints=[40], engine=engine).record
        for engine in ("auto", "array")
    )
    assert (fast.attrs["engine"], slow.attrs["engine"]) == ("compiled", "array")
    in_bits = problem in ("reddi", "stochastic_reddi") and name != "padam"
    assert np.allclose(fast.x, slow.x, rtol=0, atol=0 if in_bits else ROUND_OFF_OF_A_RUN)
    assert np.allclose(fast.loss, slow.loss, rtol=ROUND_OFF_OF_A_RUN, atol=ROUND_OFF_OF_A_RUN)


@pytest.mark.parametrize("p", ["1e-12", "1/3", "0.49"])
def test_any_power_is_compiled(p):
    """A power is the system's, which rounds to within two units in the last place."""
    for problem in ("reddi", PROBLEMS["logistic"]):
        fast, slow = (
            rl.simulate(problem, f"padam(alpha=0.1, p={p})", horizon=40, checkpoints=[40], engine=engine).record
            for engine in ("compiled", "array")
        )
        assert np.allclose(fast.x, slow.x, rtol=0, atol=POWER)


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("name", [name for name in OUTSIDE if name != "hedge"])  # which needs a simplex
def test_a_step_outside_the_family_runs_on_the_array_engine(name, problem):
    record = rl.simulate(PROBLEMS[problem], f"{name}(alpha=0.1)", horizon=20, checkpoints=[20]).record
    assert record.attrs["engine"] == "array"
    assert record.attrs["engine_reason"] == f"the method {name!r} has a step of its own, outside the generic one"
    with pytest.raises(rl.InputError, match=f"engine='compiled' cannot make this run: the method '{name}'"):
        rl.simulate(PROBLEMS[problem], name, horizon=20, engine="compiled")


def test_the_gradient_records_do_not_know_the_regulariser():
    """On linear losses the gradients are the same everywhere, so the records are those of the method without it."""
    kept = ["sum_gradient_norms", "largest_gradient", "second_moment"]
    plain, regularised = (
        rl.simulate("reddi", f"{name}(alpha=0.01)", horizon=50, engine="array").record for name in ("adam", "adaml2")
    )
    for column in kept:
        assert (plain[column].values == regularised[column].values).all()
    assert far(plain.x.values, rl.simulate("reddi", "adaml2(alpha=0.01, weight_decay=9)", horizon=50).record.x.values)


def test_a_run_with_l2_goes_on_bit_for_bit():
    whole = rl.simulate("reddi", "adaml2(alpha=0.1)", horizon=60).record
    halves = rl.simulate("reddi", "adaml2(alpha=0.1)", horizon=31).extend(horizon=60, problem=rl.problems.Reddi())
    assert (whole.x.values == halves.record.x.values).all()


# Words


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("padam(p=0)", r"^p=0 is outside \(0, 0\.5\] \(Padam slides\)\.$"),
        ("padam(p=0.6)", r"^p=0\.6 is outside \(0, 0\.5\] \(Padam slides\)\.$"),
        ("momentum(beta1=1)", r"^beta1=1 is outside \[0, 1\)\.$"),
        ("nadam(lam=0)", r"^lam=0 is outside \(0, 1\]\.$"),
        ("adamw(weight_decay=-1)", r"^weight_decay=-1 is outside \[0, inf\)\.$"),
        ("rmsprop(schedule='linear')", r"^schedule='linear' is not one of 'sqrt', 'constant'\.$"),
        ("adagrad(beta2=0.9)", r"^unknown parameter of adagrad 'beta2'"),
        ("padan", r"^unknown algorithm 'padan'; did you mean 'padam'"),
    ],
)
def test_what_is_out_of_range_is_one_sentence(text, message):
    with pytest.raises(rl.InputError, match=message):
        rl.simulate("reddi", text, horizon=5)


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_table_of_coefficients_is_the_schedule(name):
    lines = [line.split() for line in catalogue.page(name).splitlines()]
    table = [line for line in lines if line and line[0] in (*FIELDS, "t") and line[1][0].isdigit()]
    rows = {line[0]: [float(value) for value in line[1:]] for line in table}
    k = Method.known[name]().coefficients(np.array(rows["t"]))
    for field in FIELDS:
        assert rows[field] == pytest.approx(list(getattr(k, field)), rel=1e-5), field
    assert ("only the array engines" in catalogue.page(name)) == (name in OUTSIDE)


@pytest.mark.parametrize("name", [name for name in BUILT_IN if Method.known[name]().generic_state])
def test_a_page_says_what_the_step_takes_for_the_gradient(name):
    """Where the step adds to the gradient the page says so, although no coefficient can; nowhere else."""
    method, x = Method.known[name](), np.array([2.0])
    k = method.schedule_over(np.array([1.0])).at(0)._replace(mu=0.0, nu=1.0)
    taken = method.step(Moments(x, 0 * x, 0 * x, 0 * x), np.array([3.0]), k, lambda x, weights: x, np).m
    page = catalogue.page(name)
    assert ("g     <- g + lambda x" in page) == (taken[0] != 3)
    if taken[0] != 3:
        assert taken[0] == 3 + method.weight_decay * 2
        assert "lambda: lambda * x is added to the gradient" in page


FIELDS = ("mu", "nu", "beta", "om", "rho", "wd", "eta", "kap", "c")


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_method_is_an_algorithm_of_the_same_name(name):
    kind = Method.known[name]
    assert getattr(rl.algorithms, kind.__name__).method is kind
    assert getattr(rl.methods, kind.__name__) is kind


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda t: 3, "coefficients of Odd gives 3; return rl.methods.generic"),
        (lambda t: generic(t, eta=0.1, kap=np.ones((3, 2))), "the coefficient kap has shape (3, 2) and type float64"),
        (lambda t: generic(t, eta=np.ones(3)), "the coefficient eta has shape (3,)"),
        (lambda t: generic(t, eta=0.1)._replace(mu="a"), "the coefficient mu has shape () and type <U1"),
        (lambda t: generic(t, eta=0.1j), "the coefficient eta has shape () and type complex128"),
    ],
)
def test_what_is_no_schedule_is_refused_in_a_sentence(made, says):
    class Odd(Method):
        def coefficients(self, t):
            return made(t)

    with pytest.raises(rl.InputError, match=re.escape(says)):
        rl.simulate("reddi", "odd", horizon=7)
