"""Every parameter at the ends of its range, as far as floats go: a result, or one sentence."""

import math
import sys
import warnings

import pytest

import regretlab as rl
from regretlab.algorithms import ALGORITHMS
from regretlab.samplers import Sampler, Setting

#: The smallest float, and powers whose squares and reciprocals under- or overflow.
SMALL, LARGE = (5e-324, 1e-300, 1e-160, 1e-156, 1e-30), (1e160, 1e300, sys.float_info.max)
LONGEST = 400


def ends(within, integer):
    """The values at, or next to, the ends of a range."""
    if isinstance(within, tuple):
        return within
    (low, high), found = map(float, within[1:-1].split(",")), []
    if integer:
        return [math.ceil(low), 2**62 if math.isinf(high) else int(high)]
    if within[0] == "[" and math.isfinite(low):
        found.append(low)
    found += SMALL if low == 0 else [math.nextafter(low, math.inf)]
    found += LARGE if math.isinf(high) else [high if within[-1] == "]" else math.nextafter(high, -math.inf)]
    return [value for value in found if math.isfinite(value)]


def simulated(algorithm):
    problem = rl.problems.Logistic([[1.0], [-2.0], [0.5]], [0, 1, 1])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return rl.simulate(problem, algorithm, horizon=3, checkpoints=[3], engine="array")
    except (rl.InputError, rl.NonFiniteError) as error:
        return str(error)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_parameter_at_the_end_of_its_range_is_a_result_or_one_sentence(name):
    named = ALGORITHMS[name]
    for kind in filter(None, (named.method, named.sampler)):
        for key, declared in kind.declared().items():
            for value in ends(declared.metadata["within"] or (True, False), declared.metadata["integer"]):
                if key != "big_batch" or value == 1:  # a million examples to look at take their time
                    found = simulated(named(**{key: value}))
                    assert isinstance(found, rl.Result) or len(found) < LONGEST


@pytest.mark.parametrize("name", Sampler.known.library)
def test_a_sampler_that_can_be_fitted_has_finite_numbers(name):
    for key, declared in Sampler.known[name].declared().items():
        for value in ends(declared.metadata["within"] or (True, False), declared.metadata["integer"]):
            try:
                fitted = Sampler.known[name](**{key: value}).fit(Setting(n=4, K=2, L=2.0, horizon=100))
            except rl.InputError:
                continue
            assert all(map(math.isfinite, fitted.rule or ()))
            assert fitted.law.floor >= 0


@pytest.mark.parametrize("p_min", [1e-156, 1e-200])
def test_a_floor_whose_square_underflows_is_refused(p_min):
    with pytest.raises(rl.InputError, match=r"p_min=.* overflows when it is divided by"):
        rl.simulate("hinge(data='digits:3-8')", f"adambs(p_min={p_min})", horizon=3)
    assert rl.simulate("hinge(data='digits:3-8')", "adambs(p_min=1e-140)", horizon=3).horizon == 3


@pytest.mark.parametrize("given", ["p_min=5e-324", "p_min=1e-310", "p_min=5e-324, alpha_p=0.1", "gamma=1e-310"])
def test_a_floor_that_is_subnormal_is_refused_by_its_own_name(given):
    for sampler in ("adambs", *["adam_apt"] * given.startswith("gamma")):
        with pytest.raises(rl.InputError, match=f"^{given.split(',')[0]}.*too small to be divided by"):
            rl.simulate("hinge(data='digits:3-8')", f"{sampler}({given})", horizon=3)


def test_the_last_decrease_of_a_decay_at_the_end_of_its_range():
    adam = rl.simulate("reddi", "adamx(lam=5e-324)", horizon=20)
    assert set(adam.table().verdict) == set(rl.simulate("reddi", "adamx(lam=1e-200)", horizon=20).table().verdict)
