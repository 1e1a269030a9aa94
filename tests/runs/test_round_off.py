"""A regret's interval contains the exact regret of the iterates as recorded, evaluated in many digits."""

import mpmath as mp
import numpy as np
import pytest

import regretlab as rl
from regretlab.domains import Box
from regretlab.errors import DefectError
from regretlab.problems.reddi import _Linear
from regretlab.runs import round_off
from regretlab.runs.plan import plan
from regretlab.runs.regret import Regrets, checked
from regretlab.runs.run import run
from regretlab.runs.trace import traced

DIGITS = 100  # offsets near 1e12, squared, and a bisection to 2**-60
STEPS = 15
#: Widths of intervals as a share of the largest possible regret: the comparator's certified gap, and round-off.
NARROW, NARROW_WITH_KINKS = 1e-7, 1e-4


def linear(z, y):
    problem = _Linear(z, np.zeros(len(z)), domain=Box(-1, 1), start=0.5)
    problem.name, problem.order = "linear", "cyclic"
    return problem


def on_data(kind):
    return lambda z, y, **options: kind(z, y, scale="none", **options)


def squares(u, y):
    return (u - y) ** 2 / 2, u - y


def logistic(u, y):
    return mp.log1p(mp.exp(-y * u)), -y / (1 + mp.exp(y * u))


def hinge(u, y):
    return max(mp.mpf(0), 1 - y * u), (-y if 1 - y * u > 0 else mp.mpf(0))


KINDS = {
    "linear": (linear, lambda u, y: (u, mp.mpf(1))),
    "least squares": (on_data(rl.problems.LeastSquares), squares),
    "logistic": (on_data(rl.problems.Logistic), logistic),
    "hinge": (on_data(rl.problems.Hinge), hinge),
}


def drawn(seed, kind, scale, offset):
    rng = np.random.default_rng([3, seed])
    n = int(rng.integers(2, 6))
    z = scale * rng.normal(size=(n, 1)) * np.exp(rng.normal(size=(n, 1)))
    if kind == "least squares":
        return z, scale * (rng.normal(size=n) + offset)
    return z, np.where(np.arange(n) % 2, 1.0, -1.0)


def exact(problem, phi, x, K):
    """The regret after every step of the iterates x (steps,), the batches in order; the best point by bisection."""
    z, y, regrets, loss = (
        [mp.mpf(float(a)) for a in problem.Z[:, 0]],
        [mp.mpf(float(a)) for a in problem.y],
        [],
        mp.mpf(0),
    )
    received, share = [mp.mpf(0)] * problem.n, mp.mpf(1.0 / K)
    for t, point in enumerate(x):
        for k in range(K):
            j = (t * K + k) % problem.n
            loss += share * phi(z[j] * mp.mpf(float(point)), y[j])[0]
            received[j] += share

        def total(at, which, received=tuple(received)):
            return sum(w * phi(a * at, b)[which] * (a if which else 1) for w, a, b in zip(received, z, y, strict=True))

        low, high = mp.mpf(-1), mp.mpf(1)
        if total(low, 1) >= 0:
            high = low
        elif total(high, 1) <= 0:
            low = high
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if total(middle, 1) < 0 else (low, middle)
        regrets.append(loss - min(total(low, 0), total(high, 0)))
    return regrets


@pytest.mark.parametrize("engine", ["array", "compiled"])
@pytest.mark.parametrize("K", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("scale", "offset"), [(1.0, 0.0), (1.0, 1e12), (1e-9, 1e9), (1e-100, 0.0), (1e-200, 0.0), (1e70, 1e3)]
)
def test_the_interval_contains_the_exact_regret(kind, scale, offset, K, engine):
    make, phi = KINDS[kind]
    if (offset and kind != "least squares") or (scale > 1 and kind in ("logistic", "hinge")):
        pytest.skip("no offset to give, or nothing but round-off of the scores")
    if kind == "linear" and engine == "compiled":
        pytest.skip("a class of the test's")
    seed = 10 * K + len(kind)
    problem = make(*drawn(seed, kind, scale, offset))
    method = rl.methods.SGD(alpha=1.0 if scale <= 1 else scale**-2)
    algorithm = rl.algorithms.Algorithm("sgd", method, rl.samplers.Cyclic(), K)
    steps = plan(problem, algorithm, horizon=STEPS, seed=seed, checkpoints=range(1, STEPS + 1))
    record = run(steps, engine=engine, observers=[Regrets()])
    (trace, _) = next(iter(traced(steps, engine, STEPS)))
    with mp.workdps(DIGITS):
        truth = exact(problem, phi, trace.x[0, :, 0], K)
        low, high = record.online_low.values[0], record.online_high.values[0]
        assert all(mp.mpf(float(a)) <= r <= mp.mpf(float(b)) for a, r, b in zip(low, truth, high, strict=True))
    if scale == 1 or (kind in ("linear", "least squares") and problem.constants()["span"].value > 1e-300):
        # Elsewhere the losses are nearly constant beside log 2 or 1, or what is left of them after underflow.
        width = NARROW_WITH_KINKS if kind == "hinge" else NARROW
        assert (high - low <= width * np.arange(1, STEPS + 1) * problem.constants()["span"].value).all()


def test_an_interval_without_round_off_would_not_contain_it(monkeypatch):
    """Twin: the bare difference of the two sums misses the exact regret."""
    monkeypatch.setattr("regretlab.runs.regret.round_off", lambda *given: 0.0)
    monkeypatch.setattr("regretlab.runs.comparator.UNIT", 0.0, raising=False)
    with pytest.raises(AssertionError):
        test_the_interval_contains_the_exact_regret("least squares", 1.0, 0.0, 2, "array")


def test_large_targets_leave_a_narrow_interval_and_no_false_violation():
    """With targets near 1e9 a loss is 5e17, and its unit in the last place 64: eight times what it can vary by."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 3)) / 1e9, 1e9 * (1 + rng.normal(size=30) / 1e9)
    problem = rl.problems.LeastSquares(X, y, scale="none")
    run = rl.simulate(problem, "sgd", horizon=500)
    span = problem.constants()["span"].value
    assert span == pytest.approx((2 * abs(X).sum(1) * y).max(), rel=1e-6)
    regret = run.regret()
    assert float((regret.high - regret.low).max()) <= NARROW * 500 * span
    assert run.bound("sgd.zinkevich").verdict != "violated"
    assert run.record.loss.values[0, 0, -1] == pytest.approx(500 * 5e17, rel=1e-6)


def test_a_regret_beyond_what_losses_can_differ_by_stops_the_run():
    made = plan(rl.problems.Reddi(C=4), rl.algorithms.parse("sgd"), horizon=10)
    checked(made, np.array([70.0]), np.array([79.0]), np.array([10.0]))
    with pytest.raises(DefectError, match=r"lies in \[81, 82\].*report this sentence.*seed 0, replicate 0"):
        checked(made, np.array([81.0]), np.array([82.0]), np.array([10.0]))
    with pytest.raises(DefectError):
        checked(made, np.array([-90.0]), np.array([-81.0]), np.array([10.0]))


class Understated(rl.problems.Reddi):
    """A user's problem whose span is no bound."""

    def constants(self):
        return super().constants() | {"span": rl.problems.Constant(1e-3, "assumed")}


def test_a_declared_span_that_is_no_bound_is_named():
    with pytest.raises(DefectError, match="the span that the problem declares is no bound"):
        rl.simulate(Understated(C=4), "sgd", horizon=30)


@pytest.mark.parametrize("size", [1.0, 1e-200, 1e200])
def test_a_sum_is_off_by_no_more_than_is_said(size):
    rng = np.random.default_rng(5)
    terms = size * rng.normal(size=10_000)
    plain = 0.0
    for term in terms:
        plain += term
    with mp.workdps(DIGITS):
        off = abs(mp.mpf(plain) - mp.fsum(mp.mpf(float(a)) for a in terms))
    assert 0 < off <= round_off.summation_error(len(terms), np.abs(terms).sum())
