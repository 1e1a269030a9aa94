"""A result and what follows from it can go to another process at any time."""

import copy
import pickle
from dataclasses import fields

import pytest
from joblib import Parallel, delayed

import regretlab as rl
from regretlab.algorithms import ALGORITHMS
from regretlab.bounds import Bound

WAYS = {"pickle": lambda a: pickle.loads(pickle.dumps(a)), "deepcopy": copy.deepcopy, "copy": copy.copy}


@pytest.fixture(scope="module", name="looked_at")
def _looked_at():
    """A result that has been looked at in every way, so that it holds what these left behind."""
    result = rl.simulate(rl.problems.Reddi(C=8), ["adam", "sgd"], horizon=20)
    result.table(), result.audit("adam"), result.plot("sgd"), result._repr_html_(), result.exponent(algorithm="sgd")
    return result


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_result_that_was_looked_at_is_the_same_elsewhere(looked_at, way):
    there = way(looked_at)
    assert there.table().equals(looked_at.table())
    assert there.extend(horizon=30).record.equals(looked_at.extend(horizon=30).record)


def test_what_a_bound_is_evaluated_with_does_not_pickle(looked_at):
    """The twin: what is left out of the copy is what could not be sent."""
    function = looked_at.bound("sgd.zinkevich", "sgd").bound.function
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(function)


def test_a_result_goes_through_joblib(looked_at):
    there = Parallel(2)(delayed(rl.Result.table)(looked_at) for _ in range(2))
    assert all(table.equals(looked_at.table()) for table in there)


@pytest.mark.parametrize("id", sorted(Bound.known))
def test_a_bound_that_was_evaluated_is_the_same_elsewhere(id):
    bound = Bound.known[id]
    bound.function, bound.exponents()
    there = WAYS["pickle"](bound)
    assert there == bound
    assert hash(there) == hash(bound)
    assert set(vars(there)) == {f.name for f in fields(bound)}
    assert there.exponents() == bound.exponents()
    assert Bound.known[id] is bound, "a copy does not take the place of the bound that is known"


def test_comparisons_algorithms_and_problems_are_the_same_elsewhere(looked_at):
    comparison = looked_at.bound("sgd.zinkevich", "sgd")
    assert WAYS["pickle"](comparison).summary() == comparison.summary()
    for name, named in ALGORITHMS.items():
        assert WAYS["pickle"](named()) == named(), name
    for name in rl.problems.Problem.known.library:
        problem = rl.problems.names.parse(name)
        rl.simulate(problem, "adam", horizon=2)
        there = WAYS["pickle"](problem)
        assert there.digest() == problem.digest(), name
        assert repr(there) == repr(problem), name
