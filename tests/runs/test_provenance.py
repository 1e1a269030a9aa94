"""Only what belongs together is joined, extended or paired; all else is refused in one sentence."""

import numpy as np
import pytest
import xarray as xr

import regretlab as rl
from regretlab.algorithms import ALGORITHMS, Algorithm
from regretlab.runs.plan import replicate_numbers
from regretlab.verdicts.means import mean_interval

SETTING = {"horizon": 12, "replicates": 2, "seed": 3, "checkpoints": [4, 12], "measure": ["cumulative"]}


def ran(algorithm="sgd", problem="stochastic_reddi", **changes):
    return rl.simulate(problem, algorithm, **{**SETTING, **changes})


class Slope(rl.problems.Problem):
    """x_t . z_j with the rows z given: the least that a user's own problem needs."""

    convex = True

    def __init__(self, Z):
        self.Z = np.array(Z, dtype=float)
        self.n, self.d = self.Z.shape
        self.domain = rl.domains.Box(-1, 1)

    def losses_and_gradients(self, x, J):
        gradients = self.Z[J]
        return (gradients * x[:, None]).sum(-1), gradients


def test_what_was_run_apart_is_joined_as_if_it_had_been_run_together():
    together = rl.simulate("stochastic_reddi", ["sgd", "adam", "amsgrad"], **SETTING)
    apart = rl.Result.join(ran(name) for name in ("sgd", "adam", "amsgrad"))
    assert apart.record.equals(together.record)
    assert apart.extend(horizon=20).record.equals(together.extend(horizon=20).record)
    array = ran("adam", engine="array")
    assert rl.Result.join([ran("sgd"), array]).record.attrs["engine"] == "compiled, array"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"problem": "stochastic_reddi(C=20)"},
            r"in the problem, stochastic_reddi.* of sgd and stochastic_reddi\(C=20",
        ),
        ({"problem": Slope([[1.0], [-1.0]])}, "in the problem, "),
        ({"seed": 4}, "they differ in the seed, 3 of sgd and 4 of adam"),
        ({"horizon": 13}, "they differ in the horizon, 12 of sgd and 13 of adam"),
        ({"checkpoints": [5]}, r"the checkpoints, \[4, 12\] of sgd and \[5, 12\] of adam"),
        ({"replicates": 3}, r"the replicates, \[0, 1\] of sgd and \[0, 1, 2\] of adam"),
        ({"replicates": [1, 0]}, "they differ in the replicates, "),
        ({"measure": []}, "they differ in the measures, cumulative of sgd and none of adam"),
    ],
)
def test_results_that_do_not_belong_together_are_not_joined(change, said):
    with pytest.raises(rl.InputError, match=said):
        rl.Result.join([ran("sgd"), ran("adam", **change)])


@pytest.mark.parametrize("given", [[], (), [1], ["a.nc"], None, 7, {"a": 1}, [ran(), ran().record], [ran(), ran()]])
def test_what_is_not_a_list_of_different_results_is_not_joined(given):
    with pytest.raises(rl.InputError, match=r"not a Result|nothing to join|there twice"):
        rl.Result.join(given)


def test_users_problems_that_differ_in_their_data_alone_are_two():
    one, other = Slope([[1.0, 2.0]]), Slope([[1.0, 3.0]])
    assert one.name == other.name
    one.start  # noqa: B018 what is computed on the way is not data
    assert one.digest() == Slope([[1.0, 2.0]]).digest() != other.digest()
    with pytest.raises(rl.InputError, match="they differ in the problem, "):
        rl.Result.join([ran("sgd", one), ran("adam", other)])
    with pytest.raises(rl.InputError, match="not the one that was run"):
        ran("sgd", one).extend(replicates=3, problem=other)


def test_examples_that_are_held_out_are_part_of_a_problem():
    X, y = np.arange(12.0)[:, None], np.arange(12) % 2
    one = rl.problems.Logistic(X, y, test=0.5)
    assert one.digest() == rl.problems.Logistic(X, y, test=0.5).digest()
    moved = [rl.problems.Logistic(X + 100.0 * (np.arange(12) == j)[:, None], y, test=0.5) for j in range(12)]
    assert len({p.digest() for p in (one, *moved)}) == 13


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "nothing to extend"),
        ({"horizon": True}, "horizon=True is not an integer"),
        ({"horizon": "soon"}, "horizon='soon' is not an integer"),
        ({"horizon": 12}, "not beyond the 12 steps"),
        ({"replicates": [5, 6]}, "is not an integer"),
        ({"replicates": 2}, "not more than the 2"),
        ({"replicates": 3, "problem": "stochastic_reddi(C=20)"}, "not the one that was run"),
        ({"horizon": 20, "problem": "stochastic_reddi(C=20)"}, "not the one that was run"),
        ({"horizon": 20, "problem": 5}, "5 is not a problem"),
    ],
)
def test_a_run_goes_on_only_as_it_began(change, said):
    with pytest.raises(rl.InputError, match=said):
        ran().extend(**change)


def test_numbers_written_as_text_extend_as_numbers_do():
    assert ran().extend(horizon="20", replicates="3").record.equals(ran().extend(horizon=20, replicates=3).record)


def test_an_algorithm_that_only_has_the_name_of_the_one_that_was_run_does_not_go_on(tmp_path):
    made = Algorithm("sgd", rl.methods.SGD(alpha=0.25))
    kept = ran(made)
    assert kept.extend(horizon=20).horizon == 20
    opened = rl.Result.open(kept.to_netcdf(tmp_path / "kept.nc"))
    with pytest.raises(rl.InputError, match=r"its alpha is 0\.001, and was 0\.25"):
        opened.extend(horizon=20, problem="stochastic_reddi")


@pytest.mark.parametrize(
    "name", [*ALGORITHMS, "amsgrad+adambs(p_min=1e-3, batch_size=2)", "adam+uniform(batch_size=3)"]
)
def test_every_algorithm_is_known_again_by_its_name(name, tmp_path):
    problem = "hinge(data='digits:3-8', domain='simplex')" if name == "hedge" else "reddi(period=5)"
    run = rl.simulate(problem, name, horizon=3)
    opened = rl.Result.open(run.to_netcdf(tmp_path / "run.nc"))
    assert opened._algorithm(opened.algorithms[0]).name == name


@pytest.mark.parametrize(
    ("given", "numbers"),
    [
        (3, (0, 1, 2)),
        ("3", (0, 1, 2)),
        (np.int64(1), (0,)),
        (range(2, 4), (2, 3)),
        (np.array([5, 1]), (5, 1)),
        ({4}, (4,)),
    ],
)
def test_replicates_are_a_number_or_numbers(given, numbers):
    """A text is a number, as everywhere: "10" is ten replicates, not the replicates 1 and 0."""
    assert replicate_numbers(given) == numbers


@pytest.mark.parametrize(
    "given",
    ["", "many", [], (), [0, 0], [1, "1"], [0, 0.0], [-1], [0.5], [True], True, np.True_, None, 0, -1, {0: 1}, b"10",
     np.ma.array([0, 1], mask=[0, 1]), np.ones((2, 2)), [np.nan], [2**70], [1 + 0j], 10**9, iter(int, 1)],
)  # fmt: skip
def test_other_replicates_are_refused_in_one_sentence(given):
    with pytest.raises(rl.InputError, match="replicate"):
        replicate_numbers(given)


def test_a_run_that_is_listed_twice_would_make_the_interval_narrower():
    """The twin of the refusal: what counting a run again would do, were it not refused."""
    once = ran(replicates=[0, 1], measure=[]).interval()
    regret = ran(replicates=[0, 1], measure=[]).regret().isel(t=-1)
    _, low, high = mean_interval(regret.isel(replicate=[0, 1] * 4))
    assert high - low < (once.high - once.low) / 2


def test_what_can_be_gone_through_once_serves_every_algorithm():
    given = {"replicates": [4, 2], "checkpoints": [2, 5], "measure": ["cumulative"]}
    names = ["sgd", "adam"]
    listed = rl.simulate("stochastic_reddi", names, horizon=9, **given)
    iterated = rl.simulate("stochastic_reddi", names, horizon=9, **{name: iter(of) for name, of in given.items()})
    assert iterated.record.equals(listed.record)


def test_differences_are_of_runs_of_the_same_number():
    values = {name: ran(name, replicates=[0, 1, 2]).regret().low[:, -1] for name in ("sgd", "adam")}
    (fair,) = rl.paired.differences(values)
    assert fair.replicates == 3
    with pytest.raises(rl.InputError, match=r"the replicates of b are \[2, 1, 0\], those of a \[0, 1, 2\]"):
        rl.paired.differences({"a": values["sgd"], "b": values["adam"][::-1]})


@pytest.mark.parametrize(
    "bad",
    ["12", ["1", "2"], np.ma.array([1.0, 2.0], mask=[0, 1]), np.array([1j, 2.0]), [None, 1.0], [[1.0], [1.0, 2.0]],
     xr.Dataset({"low": ("r", [1.0, 2.0])}), {0: 1.0}, np.array(["2020", "2021"], "M8[Y]")],
)  # fmt: skip
def test_what_is_no_array_of_numbers_is_not_compared(bad):
    with pytest.raises(rl.InputError, match=r"b (\(\w+\) is|is|has)"):
        rl.paired.differences({"a": np.ones(2), "b": bad})
    with pytest.raises(rl.InputError, match="not a dict"):
        rl.paired.differences([np.ones(2), np.ones(2)])
