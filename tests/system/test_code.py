"""A user's own classes are known by their code and all that it uses, in every process alike."""

import dataclasses
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import regretlab as rl
from regretlab.samplers import Bandit, Rule
from regretlab.spelling.register import Register
from regretlab.system import code as _code
from tests.helpers.imports import imports

BASE = {
    "FACTOR": "FACTOR = 0.5",
    "helper": "def helper(t):\n    return FACTOR * np.ones(len(t))",
    "class": "class Mine(rl.methods.AMSGrad):\n    def coefficients(self, t):\n"
    "        return super().coefficients(t)._replace(kap=helper(t))",
}
CHANGED = {
    "a constant": ("FACTOR", "FACTOR = 0.25"),
    "a helper": ("helper", "def helper(t):\n    return FACTOR + np.zeros(len(t)) + 0.125"),
    "the class": ("class", BASE["class"].replace("kap", "mu")),
    "a constant in the class": ("class", BASE["class"].replace("helper(t)", "2 * helper(t)")),
}


@pytest.fixture(autouse=True)
def _register(monkeypatch):
    """Leave the register as it was."""
    monkeypatch.setattr(rl.methods.Method.known, "defined", dict(rl.methods.Method.known.defined))


def method(**parts):
    """A user's method, defined by text as in a cell of a notebook."""
    space = {"np": np, "rl": rl, "__name__": "notebook"}
    exec("\n\n".join({**BASE, **parts}.values()), space)
    return space["Mine"]


def run(cls, store):
    algorithm = rl.algorithms.Named("mine", "mine", "", cls)(alpha=0.1)
    return rl.simulate("reddi", algorithm, horizon=20, store=store)


def test_the_same_code_is_the_same_line(tmp_path):
    assert run(method(), tmp_path / "s").work.computed == 20
    again = run(method(), tmp_path / "s")
    assert again.work.computed == 0
    assert again.record.equals(run(method(), None).record)


@pytest.mark.parametrize("what", CHANGED)
def test_changed_code_is_another_line(tmp_path, what):
    run(method(), tmp_path / "s")
    part, text = CHANGED[what]
    assert run(method(**{part: text}), tmp_path / "s").work.read == 0


class Slope(rl.problems.Problem):
    """x_t . z_j with the rows z given, in an attribute of its own."""

    convex = True

    def __init__(self, Z, weight=1.0):
        self._Z, self.weight = np.array(Z, dtype=float), weight
        self.n, self.d = self._Z.shape
        self.domain = rl.domains.Box(-1, 1)

    def losses_and_gradients(self, x, J):
        gradients = self.weight * self._Z[J]
        return (gradients * x[:, None, :]).sum(-1), gradients


def test_a_problem_is_known_by_all_that_it_holds(tmp_path):
    def work(*given):
        return rl.simulate(Slope(*given), "adam", horizon=20, store=tmp_path / "s").work.read

    assert work([[1, 2], [-1, 0]]) == 0
    assert work([[1, 2], [-1, 0]]) == 20
    assert work([[1, 3], [-1, 0]]) == 0, "in a private attribute, which the problem's own digest leaves out"
    assert work([[1, 2], [-1, 0]], 2.0) == 0


def test_a_rule_of_ones_own_goes_on_and_a_sampler_of_which_nothing_is_known_does_not(tmp_path, monkeypatch):
    monkeypatch.setattr(rl.samplers.Sampler.known, "defined", dict(rl.samplers.Sampler.known.defined))

    class Exp3(Bandit):
        @property
        def rule(self):
            n, K = self.run.n, self.run.K
            return Rule(False, False, 0.5, 1.0, 0.5 / n, 0.5 / (n * K), 0.0, 0.5 / (n * self.run.L), 1 / (K * n))

    class Late(rl.samplers.Uniform):
        def draw(self, state, u):
            return super().draw(state, u if self.run.horizon > 30 else u * 0.5)

    for sampler, read in ((Exp3(), 20), (Late(), 0)):
        pair = rl.algorithms.Algorithm(type(sampler).__name__, rl.methods.Adam(), sampler)
        options = {"checkpoints": "decimal", "store": tmp_path / type(sampler).__name__}
        rl.simulate("stochastic_reddi", pair, horizon=20, **options)
        assert rl.simulate("stochastic_reddi", pair, horizon=50, **options).work.read == read


def test_what_cannot_be_told_from_another_is_run_and_not_kept(tmp_path):
    class Locked(Slope):
        def __init__(self):
            super().__init__([[1, 2]])
            self.lock = threading.Lock()

    with pytest.warns(rl.StoreWarning, match="a run of .*Locked is not kept in a store: it uses a _thread.lock"):
        result = rl.simulate(Locked(), "sgd", horizon=5, store=tmp_path / "s")
    assert result.work.computed == 5
    assert not list(rl.Store(tmp_path / "s").kept())


def test_the_digest_of_the_library_covers_all_that_a_run_is_made_by():
    """Beside what makes numbers there are errors, names, ranges and files."""
    folders = {place.split("/")[0].removesuffix(".py") for place in _code.COMPUTING}
    files = [file for place in _code.COMPUTING for file in (_code.PACKAGE / place).rglob("*.py")]
    used = {name.split(".")[1] for file in files for name in imports(file) if name.startswith("regretlab.")}
    assert used - folders <= {"algorithms", "errors", "parameters", "spelling"}


@dataclasses.dataclass(frozen=True)
class Everything:
    """What a part may hold."""

    numbers: tuple = (1, 2.5, 3 + 1j, True, None, "text", b"bytes")
    arrays: np.ndarray = dataclasses.field(default_factory=lambda: np.arange(6.0).reshape(2, 3))
    names: frozenset = frozenset({"a", "b", "c"})
    table: dict = dataclasses.field(default_factory=lambda: {"b": 1, "a": {2, 3}})
    function: object = np.linalg.norm
    register: object = dataclasses.field(default_factory=lambda: Register("part", "parts"))

    def squared(self):
        return [n**2 for n in self.table.values() if n in {1, 2, 3}]


def test_digests_are_the_same_in_every_process_and_follow_every_kind_of_value():
    here = _code.of_part(Everything())
    code = "from tests.system.test_code import Everything, _code\nprint(_code.of_part(Everything()))"
    root = Path(rl.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root,
        env={**os.environ, "PYTHONHASHSEED": "1"},
    )  # fmt: skip
    assert done.stdout.strip() == here
    others = [
        Everything(numbers=(1, 2.5)), Everything(arrays=np.arange(6).reshape(2, 3)), Everything(names=frozenset("ab")),
        Everything(table={"b": 1}), Everything(function=np.linalg.det),
        Everything(register=Register("part", "methods")),
    ]  # fmt: skip
    assert len({here, *map(_code.of_part, others)}) == len(others) + 1
