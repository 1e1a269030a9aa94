"""The numbers of the theory, reproduced to the digits in which they are known.

Sampling numbers (KL projection, capping, successive sampling, DepRound) are in samplers/.
"""

import mpmath
import numpy as np
import pytest

import regretlab as rl
from tests.tolerances import PRINTED_DIGITS, RUNNING_ERROR

THEORY = "beta1=0, beta2=1/17, alpha=1/2"


def regret(problem, algorithm, horizon, **options):
    result = rl.simulate(problem, algorithm, horizon=horizon, checkpoints=[horizon], **options)
    interval = result.interval("online")
    summed = horizon * problem.constants()["span"].value
    assert interval.high - interval.low <= RUNNING_ERROR * horizon * summed, "linear losses: an exact comparator"
    return interval.mean, result


def test_item_1_adam_has_linear_regret_on_reddis_example():
    value, _ = regret(rl.problems.Reddi(C=4), f"adam({THEORY}, eps=0, bias_correction=False)", 3000)
    assert value == pytest.approx(4024.19813251815961, rel=PRINTED_DIGITS)
    assert value >= (2 * 4 - 4) * 3000 / 3, "Reddi et al., Theorem 1"


def test_item_3_amsgrad_on_the_same_run():
    value, result = regret(rl.problems.Reddi(C=4), f"amsgrad({THEORY})", 3000)
    assert value == pytest.approx(85.5733197969749777, abs=3000 * PRINTED_DIGITS)
    assert result.record.x.item() == pytest.approx(-0.995304388137913902, rel=PRINTED_DIGITS)
    assert result.bound("amsgrad.schedule_free").value == pytest.approx(955.686730968231, rel=PRINTED_DIGITS)


@pytest.mark.parametrize(("correction", "expected"), [(True, 170.025329374862), (False, 170.030755984459)])
def test_item_4_the_smallest_violation_of_kingma_and_ba(correction, expected):
    adam = f"adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0, bias_correction={correction})"
    value, result = regret(rl.problems.Reddi(C=8), adam, 42)
    assert value == pytest.approx(expected, rel=PRINTED_DIGITS)
    comparison = result.bound("adam.printed")
    assert comparison.value == pytest.approx(168.530798765495, rel=1e-9 if not correction else PRINTED_DIGITS)
    assert comparison.verdict == "violated"
    assert comparison.first_violation == 42


def test_item_4_twin_one_step_earlier_the_bound_holds():
    adam = "adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)"
    result = rl.simulate(rl.problems.Reddi(C=8), adam, horizon=41, checkpoints=list(range(1, 42)))
    comparison = result.bound("adam.printed")
    assert comparison.verdict == "holds"
    assert comparison.regret[0, -1] == pytest.approx(172.009, abs=5e-4)
    assert comparison.value == pytest.approx(182.331, abs=5e-4)


def test_item_6_tran_and_phongs_example():
    adam = "amsgrad(alpha=0.001, beta1=0.9, lam=0.001, beta2=0.999)"
    x2, x3 = (
        rl.simulate(rl.problems.Reddi(1010, 10, 101), adam, horizon=t, checkpoints=[t]).record.x.item() for t in (1, 2)
    )
    assert x2 == pytest.approx(0.996837722339831621, rel=PRINTED_DIGITS)
    assert x3 == pytest.approx(0.997056903494129103, rel=PRINTED_DIGITS)


def test_item_15_bounds_at_given_constants():
    zinkevich = rl.bounds.sgd.zinkevich.evaluate({"T": 1e4, "alpha": 0.1, "D2": 2 * np.sqrt(10), "G2": 3 * np.sqrt(10)})
    assert sum(zinkevich.values()) == pytest.approx(20895.5, rel=PRINTED_DIGITS)
    given = {"d": 10, "D": 2, "alpha": 0.1, "beta1": 0.9, "beta2": 0.99, "eps": 0, "S_v": 24, "S_g": 1500, "kappa": 1}
    free = rl.bounds.amsgrad.schedule_free.evaluate({"T": 1e4, **given})
    assert sum(free.values()) == pytest.approx(956964.87948641, rel=PRINTED_DIGITS)


def test_item_18_the_one_neuron_loss_is_not_convex():
    neuron = rl.problems.OneNeuron(n=1, d=1)

    def loss(u, y):
        return float(neuron.phi(np.array(u), np.array(y)))

    gap = loss(0.0, 1.0) - (loss(-1.0, 1.0) + loss(1.0, 1.0)) / 2
    assert gap == pytest.approx(0.189942746520861, rel=PRINTED_DIGITS)
    gap = loss(2.0, -1.0) - (loss(1.0, -1.0) + loss(3.0, -1.0)) / 2
    assert gap == pytest.approx(0.0539965085030099, rel=1e-12)
    assert loss(-1.0, 1.0) - loss(1.0, 1.0) == pytest.approx(0.379885493041722, rel=PRINTED_DIGITS)


def test_item_18_twin_the_logistic_loss_is_convex_at_the_same_points():
    relative = rl.problems.HeavyTailedLogistic(n=1, d=1)
    for y, points in ((1.0, (-1.0, 0.0, 1.0)), (-1.0, (1.0, 2.0, 3.0))):
        low, middle, high = (float(relative.phi(np.array(u), np.array(y))) for u in points)
        assert middle < (low + high) / 2


def test_item_19_the_first_term_of_adamcbs_printed_bound_is_linear():
    for T in (1e5, 1e9):
        values = {**rl.bounds.adamcb.printed.experiment, "T": T}
        rate = float(rl.bounds.adamcb.printed.on_run(values)["diameter"]) / T
        assert rate == pytest.approx(1220.693264, rel=1e-9)
    closed = mpmath.sqrt((mpmath.e - 1) * 128 / (60000 * mpmath.log(mpmath.mpf(60000) / 128))) / (2 * 0.001 * 0.1**2)
    assert rate == pytest.approx(float(closed), rel=PRINTED_DIGITS)
    assert rl.bounds.adamcb.printed.order()["diameter"].T == 1


def test_item_19_twin_with_constant_gamma_it_grows_like_the_root():
    assert str(rl.bounds.adamcb.ours.order()["diameter"].T) == "1/2"


def test_the_readmes_claim_about_its_figure():
    adam = "adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)"
    result = rl.simulate(rl.problems.Reddi(C=8), adam, horizon=1000, checkpoints=range(1, 1001))
    comparison = result.bound("adam.printed")
    over = np.flatnonzero((comparison.regret > comparison.curve)[0]) + 1
    assert over[0] == 42
    assert (over[over >= 230] == np.arange(230, 1001)).all()
    assert 229 not in over
    assert all(check.passed for check in comparison.checks)
