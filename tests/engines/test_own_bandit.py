"""A bandit sampler is its rule: a user's EXP3 is compiled as the built-in ones are."""

import math

import numpy as np
import pytest

import regretlab as rl
from regretlab import studies
from regretlab.parameters import parameter
from regretlab.samplers import Bandit, Quotient, Rule, Setting
from tests.helpers.runs import both, logistic
from tests.tolerances import FAR, ROUND_OFF_OF_A_RUN


class Gains(Bandit):
    """A user's: exponential gains, mixed with the uniform law."""

    gamma: float = parameter(0.2, "(0, 1]", "exploration, and the step of the weights")

    @property
    def rule(self):
        n, K, floor = self.run.n, self.run.K, self.gamma / self.run.n
        return Rule(
            projected=False, distinct=False, mixing=self.gamma, total=1.0, floor=floor, rate=floor / K, top=0.0,
            scale=floor / self.run.L, weight=1 / (K * n),
        )  # fmt: skip


class Forgetful(Gains):
    """The same but for what it learns, which its rule does not say."""

    def observe(self, state, draw, norms):
        return state


class Capless(Gains):
    """A user's EXP3.M without a word on the case that all examples are drawn."""

    @property
    def rule(self):
        n, K = self.run.n, self.run.K
        return super().rule._replace(distinct=True, total=float(K), floor=K * self.gamma / n, weight=1 / n)


def naive(w, J, norms, *, L, gamma):
    """EXP3 as a textbook has it: the gain of a drawn arm, divided by its probability and averaged over the draws."""
    n, p, w = len(w), [(1 - gamma) * x / sum(w) + gamma / len(w) for x in w], list(w)
    gains = {j: (gamma / n * norms[j] / (L * p[j])) ** 2 * J.count(j) / (len(J) * p[j]) for j in set(J)}
    return [x * math.exp(gamma / n * gains.get(j, 0.0)) for j, x in enumerate(w)]


@pytest.mark.parametrize("gamma", [0.2, 0.7])
def test_a_users_exp3_is_the_textbooks(gamma):
    """The twin learns from another exploration."""
    sampler, rng = Gains(gamma=gamma).fit(Setting(n=6, K=3, L=2.0, horizon=100)), np.random.default_rng(0)
    state, w, twin = sampler.init(1, np), [1.0] * 6, [1.0] * 6
    for _ in range(50):
        draw = sampler.draw(state, rng.random((1, sampler.uniforms)))
        J, norms = draw.J[0].tolist(), (2 * rng.random(6) * (np.arange(6) == 0)).tolist()
        state = sampler.observe(state, draw, np.array([[norms[j] for j in J]]))
        w, twin = naive(w, J, norms, L=2.0, gamma=gamma), naive(twin, J, norms, L=2.0, gamma=0.3)
    mine, theirs, others = (np.asarray(a) / np.sum(a) for a in (np.exp(state[0][0]), w, twin))
    assert np.abs(mine - theirs).max() <= ROUND_OFF_OF_A_RUN
    assert np.abs(mine - others).max() > FAR
    rl.testing.assert_unbiased(sampler)
    rl.testing.assert_inclusion_probabilities(sampler)


@pytest.mark.parametrize("K", [1, 3])
def test_a_users_exp3_is_compiled(K):
    """Named in a text as in a study file; the twin's rule does not say what it does, and runs on the array engine."""
    own, twin = (f"adam(batch_size={K})+{name}(gamma=0.5)" for name in ("gains", "forgetful"))
    fast, slow = both(logistic(), own, 60)
    for name, values in slow.items():
        assert np.allclose(fast[name], values, rtol=ROUND_OFF_OF_A_RUN, atol=ROUND_OFF_OF_A_RUN), name
    assert np.ptp(fast["sampler"]) > FAR
    compiled, array = (rl.simulate(logistic(), text, horizon=20).of() for text in (own, twin))
    assert compiled.attrs["engine"] == "compiled"
    assert array.attrs["engine"] == "array"
    assert "'forgetful' has no compiled form" in array.attrs["engine_reason"]
    assert np.ptp(array.probabilities.values) == 0


def test_a_users_exp3_is_the_corrected_adambs_where_their_rules_are_the_same():
    """All that a run is made of is in the rule."""

    class Same(Gains):
        name = "same"

        @property
        def rule(self):
            floor, K = self.gamma / self.run.n, self.run.K
            top, weight = 1.0, Quotient(1, K * self.run.n)
            scale = Quotient(floor, self.run.L)
            return super().rule._replace(rate=Quotient(floor, K), top=top, scale=scale, weight=weight)

    for engine in ("compiled", "array"):
        ours, theirs, other = (
            rl.simulate(logistic(), f"adam(batch_size=3)+{name}", horizon=40, engine=engine).record.x.values
            for name in ("same(gamma=0.3)", "adambs_corrected(gamma=0.3)", "gains(gamma=0.3)")
        )
        assert (ours == theirs).all()
        assert (ours != other).any()


def test_a_study_file_names_it(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('problem = "stochastic_reddi"\nalgorithm = ["adam+gains(gamma=0.5)"]\nhorizon = 20\n')
    (cell,) = studies.load(str(file)).cells
    result = rl.simulate(cell.problem, cell.algorithm, **cell.arguments())
    assert result.of().attrs["engine"] == "compiled"
    assert result.description().sampler == "gains"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"total": 2.0}, r"total=2, outside \[1, 1\]"),
        ({"mixing": 1.5, "floor": 0.1}, r"mixing=1.5, outside \[0, 1\]"),
        ({"floor": 0.3}, r"floor=0.3, outside \[0, 0.04\]"),
        ({"floor": 0.3, "projected": True}, r"floor=0.3, outside \[0, 0.2\]"),
        ({"distinct": True}, r"total=1, outside \[2, 2\]"),
        ({"rate": math.nan}, "cannot be run with"),
        ({"floor": 0.0}, "cannot be run with"),
    ],
)
def test_a_rule_that_is_no_law_is_refused(change, words):
    """One sentence with what, the value and the range; the twin, the rule as it is, is a law."""

    class Wrong(Gains):
        name = "wrong"

        @property
        def rule(self):
            return super().rule._replace(**change)

    setting = Setting(n=5, K=2, L=1.0, horizon=9)
    with pytest.raises(rl.InputError, match=words):
        Wrong().fit(setting)
    assert Gains().fit(setting).law.total == 1


def test_a_batch_of_all_examples_needs_the_uniform_law():
    setting = Setting(n=5, K=5, L=1.0, horizon=9)
    with pytest.raises(rl.InputError, match=r"mixing=0.2, outside \[1, 1\] with n=5 examples and K=5"):
        Capless().fit(setting)
    assert Capless().fit(setting._replace(K=4)).law.factor == 1


def test_a_bandit_needs_a_bound_on_the_gradients():
    with pytest.raises(rl.InputError, match="the gains sampler needs a finite positive bound L"):
        Gains().fit(Setting(n=5, K=2, L=math.inf, horizon=9))


@pytest.mark.parametrize("n", range(2, 60))
def test_a_weight_that_was_divided_out_is_still_unbiased(n):
    """49 times 1/49 is not 1 in floats."""
    assert Gains().fit(Setting(n=n, K=1, L=1.0, horizon=9)).law.factor == 1.0


def test_a_quotient_is_its_number():
    third = Quotient(1, 3)
    assert third == 1 / 3
    assert Quotient.parts(third) == (1, 3)
    assert Quotient.parts(0.25) == (0.25, 1.0)


def test_a_rule_is_a_rule():
    class Tuple(Gains):
        @property
        def rule(self):
            return tuple(super().rule)

    with pytest.raises(rl.InputError, match=r"^the rule of the tuple sampler is .*; return a Rule\.$"):
        Tuple().fit(Setting(n=5, K=2, L=1.0, horizon=9))
