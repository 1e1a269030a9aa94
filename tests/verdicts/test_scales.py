"""Losses times s: the same verdict, exponent and regret / s, or one sentence where squares leave the floating point."""

import warnings

import numpy as np
import pytest

import regretlab as rl
from regretlab.errors import NonFiniteError
from regretlab.studies.table import verdicts_table
from tests.tolerances import ROUND_OFF_OF_A_RUN
from tests.verdicts.test_violations import Slopes

#: Without eps neither method depends on the unit of the losses.
METHODS = {
    "adam.printed": "adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)",
    "amsgrad.schedule_free": "amsgrad(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)",
}
#: Powers of two, so that nothing rounds differently.
FITTING = [2.0**-460, 2.0**-40, 2.0**40, 2.0**460]


#: Underflow is what most of these are about; one test asks for the warning.
pytestmark = pytest.mark.filterwarnings("ignore::regretlab.UnderflowWarning")


def reddi(s, bound):
    return rl.simulate(rl.problems.Reddi(C=8 * s, c=s), METHODS[bound], horizon=150, engine="array")


@pytest.mark.parametrize("s", FITTING)
def test_nothing_depends_on_the_unit_of_the_losses(s):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one, scaled = reddi(1.0, "amsgrad.schedule_free"), reddi(s, "amsgrad.schedule_free")
    np.testing.assert_array_equal(scaled.record.x, one.record.x)
    for end in ("low", "high"):
        mine, theirs = scaled.regret()[end].values / s, one.regret()[end].values
        np.testing.assert_allclose(mine, theirs, rtol=ROUND_OFF_OF_A_RUN)
    assert scaled.exponent().value == pytest.approx(one.exponent().value, abs=ROUND_OFF_OF_A_RUN)
    mine, theirs = (r.bound("amsgrad.schedule_free") for r in (scaled, one))
    assert (mine.verdict, mine.look.where) == (theirs.verdict, theirs.look.where)
    assert mine.ratio == pytest.approx(theirs.ratio, rel=1e-6)


@pytest.mark.parametrize("s", [1e-160, 1e-200, 1e-300])
@pytest.mark.parametrize("bound", METHODS)
def test_where_squares_underflow_no_bound_is_violated_and_the_verdict_says_why(s, bound):
    found = reddi(s, bound).bound(bound)
    assert found.verdict == "not applicable because float_range fails"
    (check,) = (c for c in found.checks if c.id == "float_range")
    assert "underflow" in check.measured or "units" in check.measured


@pytest.mark.parametrize("engine", ["array", "compiled"])
@pytest.mark.parametrize("s", [1e-160, 1e-300])
def test_a_method_whose_squares_underflow_says_so_whatever_is_asked_of_its_run(s, engine, tmp_path):
    """A bound that looks at no square of the run speaks of a method, and it is not this method that was run."""
    problem = rl.problems.Reddi(C=8 * s, c=s)
    with pytest.warns(
        rl.UnderflowWarning, match=r"^adagrad.* has gradients of at most 8e-\d+, whose squares underflow: its"
    ):
        run = rl.simulate(problem, ["adagrad(eps=0)", "sgd"], horizon=60, engine=engine)
    for mode in ("stated", "a priori"):
        assert "float_range" in run.bound("adagrad.duchi", "adagrad", mode).verdict
    run.to_netcdf(tmp_path / "run.nc")
    shown = verdicts_table(rl.Result.open(tmp_path / "run.nc"))
    names = [name for name in shown.columns[0].cells if name]
    assert ["squares underflow" in name for name in names] == [True, False]


@pytest.mark.parametrize(
    ("s", "algorithm"), [(1e-140, "adam(eps=0)"), (1e-300, "sgd"), (1e-300, "momentum"), (1, "adam")]
)
def test_a_method_that_loses_nothing_says_nothing(s, algorithm):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rl.simulate(rl.problems.Reddi(C=8 * s, c=s), algorithm, horizon=60)


@pytest.mark.parametrize("s", [1e160, 1e300])
def test_where_squares_overflow_the_run_stops_with_a_sentence(s):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(NonFiniteError, match="second moment overflowed: rescale"):
            reddi(s, "adam.printed")


def test_a_bound_that_is_not_homogeneous_is_told_apart():
    """Twin: Kingma and Ba's printed bound scales with the losses squared in one term, and its verdict changes."""
    assert reddi(1e-9, "adam.printed").bound("adam.printed").verdict == "violated"
    assert reddi(1e12, "adam.printed").bound("adam.printed").verdict == "vacuous"


@pytest.mark.parametrize("checkpoints", ["log", [40]])
def test_squares_that_underflow_at_first_violate_nothing_and_the_verdict_says_when(checkpoints):
    """The first gradient's square is 0, and the theorem's bound at T = 1 with it; the regret is not."""
    problem = Slopes([[1e-177], [-1.0], [0.5]], start=0.5)
    result = rl.simulate(problem, METHODS["amsgrad.schedule_free"], horizon=40, checkpoints=checkpoints)
    found = result.bound("amsgrad.schedule_free")
    assert found.verdict == "not applicable because float_range fails"
    assert "until t = 1," in next(c.measured for c in found.checks if c.id == "float_range")


def test_twin_the_same_losses_without_the_small_one_are_judged():
    result = rl.simulate(Slopes([[1e-3], [-1.0], [0.5]], start=0.5), METHODS["amsgrad.schedule_free"], horizon=40)
    assert result.bound("amsgrad.schedule_free").verdict == "holds"
