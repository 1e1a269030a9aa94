"""What a theorem does not admit is refused in a sentence: constants out of range, and bounds that say nothing."""

import math

import numpy as np
import pytest

import regretlab as rl
from regretlab import bounds
from regretlab.bounds import TYPICAL, Bound
from regretlab.bounds import symbols as s

USUAL = {"adamcb.printed": {k: v for k, v in TYPICAL.items() if k != "gamma"}}

REFUSED = [
    ("adamcb.lemma1", {"gamma": 0}, r"gamma=0 is outside \(0, 1\] \(Kim & Oh"),
    ("adamcb.ours", {"gamma": 2}, "gamma=2 is outside"),
    ("adamcb.printed", {"n": 10, "K": 20}, "adamcb.printed assumes that K < n, which fails at K=20, n=10"),
    ("adamcb.printed", {"n": 10, "K": 10}, "assumes that K < n"),
    ("adamcb.lemma1", {"n": 10, "K": 11}, "is about batches of K <= n examples"),
    ("adamcb.printed", {"gamma": 0.4}, r"ties gamma = Min\(1, .*leave gamma out"),
    ("adamcb.ours", {"n": 99.5}, "is not a whole number"),
    ("adamx.printed", {"beta1": 1}, r"beta1=1 is outside \[0, 1\)"),
    ("adamx.decaying", {"lam": 1}, r"assumes that beta_{1,t} = beta1 lam\^\(t-1\) with lam < 1"),
    ("amsgrad.schedule_free", {"beta2": 0.5}, r"beta1 / sqrt\(beta2\) < 1, which fails at beta1=0.9, beta2=0.5"),
    ("amsgrad.schedule_free", {"beta1": 0, "beta2": 0}, "which fails at beta1=0, beta2=0"),
    ("adam.printed", {"beta2": 0.6}, r"beta1\^2 / sqrt\(beta2\) < 1"),
    ("padam.ours", {"p": 0.5, "beta2": 0.5}, r"beta1 / beta2\^p < 1"),
    ("adambs.lemma1", {"p_min": 0.5}, "p_min <= sum_j p_j / n"),
    ("sgd.zinkevich", {"alpha": math.nan}, r"alpha=nan is outside \(0, inf\)"),
    ("sgd.zinkevich", {"alpha": "large"}, "alpha='large' is not a number"),
    ("sgd.zinkevich", {"alhpa": 3}, "unknown constant 'alhpa'; did you mean 'alpha'?"),
]


@pytest.mark.parametrize(("name", "wrong", "words"), REFUSED)
def test_constants_no_theorem_admits_are_refused_everywhere(name, wrong, words):
    bound = Bound.known[name]
    given = {**USUAL.get(name, TYPICAL), **wrong}
    asked = [lambda: bound.at_T(5, given), lambda: bound.order(wrong), lambda: bound.vacuous_from(given, span=1)]
    if "alpha" not in wrong and s.alpha in bound.symbols:
        asked.append(lambda: bound.minimise("alpha", {**given, "T": 100}))
    for ask in asked:
        with pytest.raises(rl.InputError, match=words):
            ask()


@pytest.mark.parametrize("span", [-1, 0, math.nan])
def test_a_step_has_a_largest_regret(span):
    with pytest.raises(rl.InputError, match=r"span=.* is outside \(0, inf\)"):
        bounds.sgd.zinkevich.vacuous_from(TYPICAL, span)


@pytest.mark.parametrize("T", [0, -1, math.nan, [1, 0.5]])
def test_horizons_begin_at_one(T):
    with pytest.raises(rl.InputError, match=r"T=.* is outside \[1, inf\)"):
        bounds.sgd.zinkevich.at_T(T, TYPICAL)
    assert bounds.sgd.zinkevich.at_T([], TYPICAL).shape == (0,)


def test_arrays_of_constants_broadcast_where_they_can():
    gammas = np.array([0.1, 0.4, 1.0])
    curve = bounds.adamcb.ours.at_T(100, {**TYPICAL, "gamma": gammas})
    alone = [float(bounds.adamcb.ours.at_T(100, {**TYPICAL, "gamma": gamma})) for gamma in gammas]
    np.testing.assert_array_equal(curve, alone)
    with pytest.raises(rl.InputError, match=r"beta1 is an array of shape \(2,\); give one number"):
        bounds.adamx.printed.at_T(100, {**TYPICAL, "beta1": [0.1, 0.2]})
    with pytest.raises(rl.InputError, match="gamma is an array"):
        bounds.adamcb.ours.order({"gamma": gammas})


def test_a_term_that_is_infinite_has_no_horizon():
    assert bounds.adamcb.split.at_T(5, {**TYPICAL, "gamma": 1}) == math.inf
    with pytest.raises(rl.InputError, match=r"optimal sampling term of adamcb\.split is not finite"):
        bounds.adamcb.split.order({"gamma": 1})


def test_orders_are_readable():
    found = bounds.adamcb.split.order()
    assert repr(found).startswith("Orders(diameter: T^1/2 d, ")
    assert " dominates " in repr(found)
    assert repr(found["diameter"]) == "Order(T^1/2 d)"
    assert "momentum (dropped): d" in repr(bounds.adambs.theorem4.order())
