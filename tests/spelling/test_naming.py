"""A user's parts have names of their own, and are dataclasses whether or not their author said so."""

import copy
import dataclasses
import difflib
import pickle

import numpy as np
import pytest

import regretlab as rl
from regretlab.algorithms import ALGORITHMS
from regretlab.bounds import Bound
from regretlab.errors import unknown_name
from regretlab.methods import SGD, Method
from regretlab.parameters import parameter
from regretlab.problems import Problem
from regretlab.samplers import Sampler, Uniform


def defined(name, base, /, **body):
    """A class as a user's file defines it."""
    return type(name, (base,), {"__module__": "theirs", "__qualname__": name, **body})


KNOWN = [{*ALGORITHMS, *Method.known.library}, *({*kind.known.library} for kind in (Sampler, Problem, Bound))]
#: Names of other optimisers, samplers, problems and data sets, none of which is misspelt.
OTHERS = (
    "tiger", "apollo", "sophia", "adafactor", "lamb", "lars", "kfac", "sam", "lookahead", "muon",
    "bfgs", "newton", "soap", "galore", "exp3", "thompson", "ucb", "svrg", "saga", "lasso", "ridge", "svm",
    "perceptron", "mnist", "cifar10", "iris", "banana", "foo", "x", "help", "",
)  # fmt: skip


def proposed(name, known):
    return str(unknown_name("name", name, known)).partition("did you mean '")[2].partition("'")[0]


@pytest.mark.parametrize("known", KNOWN, ids=len)
def test_one_wrong_letter_finds_the_name(known):
    """One letter left out, doubled, replaced or swapped with the next, in small or capital letters."""
    for name in (n for n in known if len(n) >= 4):
        for i in range(len(name)):
            head, here, tail = name[:i], name[i], name[i + 1 :]
            for typo in (head + tail, head + here + name[i:], f"{head}q{tail}", head + tail[:1] + here + tail[1:]):
                if typo not in known and typo != name:
                    found = proposed(typo, known)
                    ratio = difflib.SequenceMatcher(None, found, typo).ratio
                    assert found == name or ratio() >= difflib.SequenceMatcher(None, name, typo).ratio(), typo
                    assert proposed(typo.upper(), known) == found


@pytest.mark.parametrize("known", KNOWN, ids=len)
def test_a_name_like_no_other_finds_none(known, monkeypatch):
    assert [other for other in OTHERS if proposed(other, known)] == []
    monkeypatch.setattr("regretlab.errors.NEAR", 0.6)
    assert any(proposed(other, known) for other in OTHERS), "the twin: difflib's own"


def test_a_name_in_other_letters_is_found_as_it_is_written():
    assert proposed("adambs.eq10", ["AdamBS.Eq10", "AdamBS.Eq11", "adam"]) == "AdamBS.Eq10"


@pytest.mark.parametrize("name", [*ALGORITHMS])
def test_no_method_takes_the_name_of_a_built_in(name):
    before = dict(Method.known)
    for spelled in (name, name.upper(), name.title()):
        with pytest.raises(rl.InputError, match=f"is taken by the built-in '{name}'"):
            defined(spelled, SGD)
    assert Method.known == before


@pytest.mark.parametrize("name", Sampler.known.library)
def test_no_sampler_takes_the_name_of_a_built_in(name):
    before = dict(Sampler.known)
    for body in ({"name": name}, {"name": name.upper()}):
        with pytest.raises(rl.InputError, match=f"is taken by the built-in '{name}'"):
            defined("Mine", Uniform, **body)
    with pytest.raises(rl.InputError, match=f"is taken by the built-in '{name}'"):
        defined(name, Sampler)
    assert Sampler.known == before


@pytest.mark.parametrize(
    "name", [*Problem.known.library, *(problem.__name__ for problem in Problem.known.library.values())]
)
def test_no_problem_takes_the_name_of_a_built_in(name):
    before = dict(Problem.known)
    for base in (Problem, rl.problems.Reddi, rl.problems.Logistic):
        for spelled in (name, name.upper(), name.title()):
            with pytest.raises(rl.InputError, match=f"(?i)^the name .* is taken by the built-in '{name}'"):
                defined(spelled, base)
        with pytest.raises(rl.InputError, match=f"(?i)is taken by the built-in '{name}'"):
            defined("Mine", base, family=name)
    assert Problem.known == before


def test_a_problem_of_a_name_of_its_own_is_found_by_it_and_replaced_when_defined_again():
    """As when a cell of a notebook is run again."""
    for C in (4, 8):
        defined("MyReddi", rl.problems.Reddi, __init__=lambda self, C=C: rl.problems.Reddi.__init__(self, C=C))
        run = rl.simulate("myreddi", "sgd", horizon=20)
        assert (run.record.loss == rl.simulate(f"reddi(C={C})", "sgd", horizon=20).record.loss).all()


@pytest.mark.parametrize("name", ["two words", "", "a+b", "1st", "a-b", 5, None])
def test_a_name_that_no_text_can_say_is_refused(name):
    with pytest.raises(rl.InputError, match="letters, digits and underscores"):
        defined("Mine", Uniform, name=name)


def test_a_class_that_is_defined_again_replaces_itself():
    """As when a cell of a notebook is run again."""
    for rate in (0.5, 0.25):
        defined("Twice", SGD, coefficients=lambda self, t, rate=rate: SGD(alpha=rate).coefficients(t))
        run = rl.simulate("reddi", ["twice", f"sgd(alpha={rate})"], horizon=20)
        assert (run.record.loss[0] == run.record.loss[1]).all()


def test_a_sampler_derived_from_a_built_in_is_not_called_by_its_parents_name():
    """Else bounds for the uniform law would be said of any law that is derived from it."""
    defined("Derived", Uniform)
    assert rl.simulate("stochastic_reddi", "adam+derived", horizon=3).description().sampler == "derived"
    assert Sampler.known["uniform"] is Uniform


class Bent(rl.methods.AMSGrad):
    """Without the decorator."""

    zeta: float = parameter(0.5, "(0, 1)", "what is added")

    def coefficients(self, t):
        return super().coefficients(t)._replace(kap=self.zeta)


@dataclasses.dataclass(frozen=True)
class BentToo(rl.methods.AMSGrad):
    """The same with the decorator."""

    zeta: float = parameter(0.5, "(0, 1)", "what is added")

    def coefficients(self, t):
        return super().coefficients(t)._replace(kap=self.zeta)


class BentMore(Bent):
    """Derived from a class that was not yet used, again without the decorator."""

    xi: float = parameter(0.25, "(0, 1)", "more")


@dataclasses.dataclass(frozen=True, slots=True)
class BentMost(BentMore):
    """Derived from both, with a decorator that makes the class anew."""

    chi: float = parameter(0.125, "(0, 1)", "most")


class Lent(Uniform):
    """A sampler without the decorator."""

    share: float = parameter(0.5, "(0, 1)", "of something")


class Wide(rl.domains.Box):
    """A domain without the decorator."""

    margin: float = parameter(0.5, "(0, 1)", "of something")


def test_a_forgotten_decorator_makes_no_difference():
    runs = [rl.simulate("reddi", f"{name}(zeta=0.3)", horizon=20) for name in ("bent", "benttoo")]
    assert (runs[0].record.loss.values == runs[1].record.loss.values).all()
    assert runs[0].description().method_parameters == runs[1].description().method_parameters
    with pytest.raises(rl.InputError, match=r"zeta=3 is outside \(0, 1\)"):
        rl.simulate("reddi", "bent(zeta=3)", horizon=20)
    with pytest.raises(rl.InputError, match="did you mean 'zeta'"):
        rl.simulate("reddi", "bent(zetta=0.3)", horizon=20)


@pytest.mark.parametrize(
    ("kind", "own"),
    [(BentMore, {"zeta": 0.75, "xi": 0.5}), (BentMost, {"zeta": 0.75, "xi": 0.5, "chi": 0.5}), (Lent, {"share": 0.75}),
     (Wide, {"margin": 0.75})],
)  # fmt: skip
def test_parts_made_in_steps_know_all_their_parameters(kind, own):
    made = kind(**own)
    assert set(own) <= set(kind.declared())
    assert {name: made.parameters()[name] for name in own} == own
    assert made == kind(**own) != kind()
    assert hash(made) == hash(kind(**own))
    assert "0.75" in repr(made)
    for again in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made), dataclasses.replace(made)):
        assert again == made
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.zeta = 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"zeta": parameter(0.5, "(0, 1)")}, "no type annotation"),
        ({"__annotations__": {"zeta": float}}, "non-default argument 'zeta'"),
        ({"__annotations__": {"zeta": list}, "zeta": []}, "mutable default"),
    ],
)
def test_parameters_that_make_no_dataclass_are_one_sentence(body, said):
    wrong = defined("Wrong", SGD, **body)
    for _ in range(2):
        with pytest.raises(rl.InputError, match=f"Wrong cannot be made a dataclass .*{said}"):
            wrong()
        with pytest.raises(rl.InputError, match="declare every parameter with its type and a default"):
            rl.simulate("reddi", "wrong", horizon=3)


def test_a_problem_says_which_arguments_it_takes():
    class Lines(rl.problems.Problem):
        n, d, convex = 2, 1, True
        C: float = parameter(4.0, "(0, inf)", "a slope")

        def losses_and_gradients(self, x, J):
            return np.zeros(J.shape), np.zeros((*J.shape, 1))

    assert repr(Lines()).endswith("Lines()")
    with pytest.raises(rl.InputError, match=r"it takes none\. A class that declares more needs an __init__"):
        Lines(C=3)
    with pytest.raises(rl.InputError, match="unexpected keyword argument 'raduis'"):
        rl.problems.Logistic([[1.0], [2.0]], [0, 1], raduis=2)
