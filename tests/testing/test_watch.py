"""Loops that are watched: what fails first, and that the inequalities are those of the run that is simulated."""

import numpy as np
import pytest

import regretlab as rl
from regretlab.testing._inequalities import PROOFS, first_failure
from regretlab.testing.watching import _trace
from tests.tolerances import ROUND_OFF_OF_A_RUN

THEOREM = "amsgrad.schedule_free"
ALPHA, EPS, T, D = 0.1, 1e-8, 150, 4
CONSTANTS = f"alpha={ALPHA}, eps={EPS}, schedule='sqrt'"
AMSGRAD, ADAM = f"amsgrad({CONSTANTS})", f"adam({CONSTANTS}, bias_correction=False, beta2=0.9)"
ROWS = np.random.default_rng(3).normal(size=(T, D))


def gradient(x, t):
    """Of a logistic loss with an example that is ten times as loud as the others."""
    z = ROWS[t - 1] * (10 if t % 9 == 1 else 1)
    return -z / (1 + np.exp(z @ (x - 0.3)))


def watched(method, *, ratchet=True, b2=0.999, rate=lambda t: ALPHA / t**0.5, dtype=float):
    """A loop by hand, watched as a method."""
    x, m, v, top = np.linspace(-1, 1, D, dtype=dtype), *np.zeros((3, D), dtype=dtype)
    with rl.watch(theorem=THEOREM, method=method) as w:
        for t in range(1, T + 1):
            g = gradient(x, t).astype(dtype)
            w.record(x, g)
            m, v = 0.9 * m + 0.1 * g, b2 * v + (1 - b2) * g * g
            top = np.maximum(top, v)
            x = (x - rate(t) * m / (np.sqrt(top if ratchet else v) + EPS)).astype(dtype)
    return w.report


@pytest.mark.parametrize("dtype", [float, np.float32])
def test_nothing_fails_for_amsgrad(dtype):
    report = watched(AMSGRAD, dtype=dtype)
    assert report.first is None
    assert (report.steps, report.coordinates) == (T - 1, D)
    assert [row.name for row in report.rows[5:]] == [inequality.name for inequality in PROOFS[THEOREM]]
    assert str(report).endswith("Nothing fails.")


def test_the_proof_breaks_for_adam_where_its_denominator_shrinks_too_fast():
    report = watched(ADAM, ratchet=False, b2=0.9)
    assert report.rows[0].verdict == "holds"
    assert report.first.name == "monotone"
    assert f"First fails monotone, at step {report.first.step}: s_{{t-1}} / a_{{t-1}} <= s_t / a_t." in str(report)


def test_another_program_is_seen_with_its_line():
    report = watched(AMSGRAD, ratchet=False)
    assert report.first.name == "program"
    assert "no maximum: v_t, where the paper has v_hat_t = max(v_hat_{t-1}, v_t)" in report.first.found
    assert {row.name for row in report.rows if row.step} >= {"program", "projection"}


def test_another_schedule_fails_an_assumption():
    constant = AMSGRAD.replace("sqrt", "constant")
    report = watched(constant, rate=lambda t: ALPHA)
    assert (report.first.name, report.first.step) == ("sqrt_step", 1)
    assert not report.rows[0].step


def test_the_sides_are_those_of_a_simulated_run():
    """The losses' gradients of a run of the library, whose regret and bound the last two inequalities add up to."""
    problem = rl.problems.Linear(ROWS, domain="none")
    run = rl.simulate(problem, AMSGRAD, horizon=T, engine="array")
    method = rl.methods.AMSGrad(alpha=ALPHA, eps=EPS)
    iterates = [np.zeros(D)]
    m, v = np.zeros((2, D))
    top = np.zeros(D)
    for t, g in enumerate(ROWS, start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        top = np.maximum(top, v)
        iterates.append(iterates[-1] - ALPHA / t**0.5 * m / (np.sqrt(top) + EPS))
    np.testing.assert_allclose(iterates[-1], run.record.x.values[0, 0], atol=ROUND_OFF_OF_A_RUN)
    trace = _trace(method, np.stack(iterates), ROWS, "float64")
    gain, right, _ = PROOFS[THEOREM][-1].sides(trace)
    assert (gain <= right).all()
    assert float(run.record.loss.values[0, 0, -1]) == pytest.approx((ROWS * trace.x[:-1]).sum())
    assert all(first_failure(inequality, trace)[0] == 0 for inequality in PROOFS[THEOREM])


#: What has to be changed in a trace for an inequality to be false; "norms" is true of all numbers.
WRONG = {
    "decay": lambda r: {"b": r.b + np.arange(T + 1) * 1e-4},
    "root": lambda r: {"s": r.s / 2},
    "telescope": lambda r: {"D": r.D / 9},
    "projected": lambda r: {"g": -1e4 * np.sign(r.star - r.x[:-1] + 1e-9)},
    "moments": lambda r: {"g": r.g / 1e4},
    "coordinate": lambda r: {"D": 0.0, "g": 1e-3 * np.sign(r.x[:-1] - r.star), "x": r.x * 1e6, "star": r.star * 1e6},
}


@pytest.mark.parametrize("name", WRONG)
def test_every_inequality_can_fail(name):
    x = np.cumsum(ROWS, axis=0)
    trace = _trace(rl.methods.AMSGrad(alpha=ALPHA, eps=EPS), np.concatenate([x[:1], x]), ROWS, "float64")
    (inequality,) = (i for i in PROOFS[THEOREM] if i.name == name)
    assert first_failure(inequality, trace._replace(**WRONG[name](trace)))[0] > 0


def watched_at(entries):
    """A loop whose gradients are 1 and these."""
    with rl.watch(theorem=THEOREM, method=AMSGRAD) as w:
        for entry in entries:
            w.record(np.ones(2), np.array([1.0, entry]))


def test_what_cannot_be_watched_is_one_sentence():
    for method, theorem, words in (
        (AMSGRAD, "adam.printed", "unknown theorem with a proof to be watched 'adam.printed'"),
        ("yogi", THEOREM, "yogi has no moments with beta1 and beta2 in the generic step"),
        ("sgd", THEOREM, "sgd has no moments"),
    ):
        with pytest.raises(rl.InputError, match=words), rl.watch(theorem=theorem, method=method):
            pass
    with pytest.raises(rl.InputError, match="no step was recorded"), rl.watch(theorem=THEOREM, method=AMSGRAD):
        pass
    with pytest.raises(rl.InputError, match="3 has no hooks"), rl.watch(3, theorem=THEOREM, method=AMSGRAD):
        pass
    with pytest.raises(rl.InputError, match="finite numbers"), rl.watch(theorem=THEOREM, method=AMSGRAD) as w:
        w.record(np.ones(2), np.full(2, np.nan))
    with pytest.raises(rl.InputError, match="at step 2, 1e-160; rescale"):
        watched_at([0.0, 1e-160, 1e-150])
    with rl.watch(theorem=THEOREM, method=AMSGRAD) as w:
        for _ in range(2):
            w.record(np.ones(2), np.ones(2))
        with pytest.raises(rl.InputError, match="read report after"):
            w.report  # noqa: B018


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([(np.ones(2), np.full(2, 1e200))] * 3, "leave the range .* at step 1, where the largest gradient is 1e"),
        ([(np.ones(2), np.ones(2)), (np.ones(3), np.ones(3))], "step 2 has 3 parameters and 3 .*, and step 1 had 2"),
        ([("a", np.ones(2))], "'a' was recorded; record an array of numbers"),
    ],
)
def test_no_inequality_is_said_to_hold_of_what_is_no_number(steps, words):
    with pytest.raises(rl.InputError, match=words), rl.watch(theorem=THEOREM, method=AMSGRAD) as w:  # noqa: PT012
        for x, g in steps:
            w.record(x, g)


def test_a_network_of_torch_is_watched_by_hooks():
    torch = pytest.importorskip("torch", reason="needs the extra: pip install 'regretlab[torch]'")
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(8, 6), torch.nn.Tanh(), torch.nn.Linear(6, 1))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: (epoch + 1) ** -0.5)
    data = torch.randn(64, 8)
    with rl.watch(optimizer, theorem=THEOREM, method="adam(alpha=0.1, schedule='sqrt')") as w:
        for _ in range(60):
            optimizer.zero_grad()
            (network(data) ** 2).mean().backward()
            optimizer.step()
            schedule.step()
    assert (w.report.steps, w.report.coordinates) == (60, 61)
    assert w.report.rows[0].verdict == "holds"
    assert w.report.first.name == "monotone"
    assert not optimizer._optimizer_step_pre_hooks
