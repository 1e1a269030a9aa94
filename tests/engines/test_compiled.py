"""The compiled engine: the same run as the array engine, whatever the blocks and threads."""

import ast
import builtins
import ctypes
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from scipy import sparse

import regretlab as rl
from regretlab import algorithms, domains
from regretlab.domains import Box, L2Ball
from regretlab.engines import array, blocks
from regretlab.engines.compiled import compilation, layout, memory
from regretlab.engines.compiled import engine as compiled
from regretlab.engines.phi import Loss
from regretlab.engines.streams import Streams, generator
from regretlab.methods import Moments
from regretlab.runs.plan import plan
from regretlab.runs.run import run
from tests.helpers.runs import (
    BANDITS,
    EXTREMES,
    LINEAR_MODELS,
    METHODS,
    ORDERS,
    Bursting,
    both,
    engines,
    logistic,
    parts,
)
from tests.tolerances import POLYNOMIALS, ROUND_OFF, ROUND_OFF_OF_A_RUN

PACKAGE = Path(rl.__file__).parent
KERNELS = PACKAGE / "engines" / "compiled"


@pytest.mark.parametrize("d", [*range(1, 20), 31, 32, 33, 50, 64, 100])
def test_vectors_that_overlap_or_are_not_full_lose_nothing(d):
    """Rows and batches of all lengths around those of vectors and of the groups in which they are read."""
    X = np.random.default_rng(d).normal(size=(40, d))
    problem = rl.problems.LeastSquares(X, X[:, 0] + 0.1)
    for K in (1, 3, 8, 13):
        fast, slow = both(problem, f"amsgrad(alpha=0.5, batch_size={K})", 5, replicates=1)
        for name in fast:
            assert np.allclose(fast[name], slow[name], rtol=ROUND_OFF, atol=ROUND_OFF), (K, name)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("replicates", [1, 70])
def test_linear_losses_in_one_dimension_are_the_same_bits(method, order, replicates):
    for problem in (rl.problems.Reddi(), rl.problems.StochasticReddi(1010, 10, probability=0.01)):
        fast, slow = both(problem, method + order, 200, replicates)
        for (name, a), b in zip(fast.items(), slow.values(), strict=True):
            assert a.dtype == b.dtype, name
            assert (a == b).all(), name


@pytest.mark.parametrize("order", ORDERS + BANDITS)
@pytest.mark.parametrize("batch", ["", ", batch_size=3"])
@pytest.mark.parametrize("problem", LINEAR_MODELS.values(), ids=LINEAR_MODELS)
def test_sums_agree_to_round_off(problem, batch, order):
    # A law that learns amplifies round-off tenfold in a dozen steps: see the test of single steps.
    fast, slow = both(problem, f"amsgrad(alpha=0.5{batch}){order}", 20 if order in BANDITS else 100)
    for (name, a), b in zip(fast.items(), slow.values(), strict=True):
        assert np.allclose(a, b, rtol=ROUND_OFF_OF_A_RUN, atol=ROUND_OFF_OF_A_RUN), name


@pytest.mark.parametrize("order", ["", "+uniform(replacement=False)", "+adambs", "+adamcb_ours(gamma=0.1)"])
@pytest.mark.parametrize("classes", [2, 3, 7, 8, 9, 16, 19])
def test_softmax_of_any_number_of_classes(classes, order):
    rng = np.random.default_rng(classes)
    X, y = rng.normal(size=(60, 5)), np.arange(60) % classes
    for features, domain in ((X, "box"), (sparse.csr_array(X * (rng.random(X.shape) < 0.4)), L2Ball(0.5))):
        problem = rl.problems.Softmax(features, y, domain=domain)
        for K in (1, 3, 8):
            measure = () if K == 3 else ("cumulative", "sampler")
            fast, slow = both(problem, f"amsgrad(alpha=0.5, batch_size={K}){order}", 12, measure=measure)
            for name, values in slow.items():
                assert np.allclose(fast[name], values, rtol=ROUND_OFF_OF_A_RUN, atol=ROUND_OFF), (K, name)


@pytest.mark.parametrize("radius", [1e-3, 0.4, 1e3])
@pytest.mark.parametrize("method", [*METHODS, "padam(alpha=0.5, p=0.2)", "adagrad(alpha=0.5, eps=0)"])
def test_balls_are_projected_onto_as_by_the_array_engine(method, radius):
    for problem in (
        logistic(domain=L2Ball(radius)),
        rl.problems.HeavyTailedLogistic(n=150, d=40, domain=L2Ball(radius)),
        rl.problems.LeastSquares([[0.0, 2.0], [0.0, 1.0]], [3.0, -1.0], domain=L2Ball(radius)),
        rl.problems.Hinge([[3.0], [-2.0]], [1.0, -1.0], domain=L2Ball(radius)),
    ):
        fast, slow = both(problem, method, 60)
        for name, values in slow.items():
            assert np.allclose(fast[name], values, rtol=ROUND_OFF_OF_A_RUN, atol=ROUND_OFF_OF_A_RUN), name
        lengths = np.linalg.norm(fast["x"], axis=-1)
        assert (lengths <= radius * (1 + ROUND_OFF)).all()
        assert radius > 1e-3 or lengths.max() > 0.99 * radius, "the run never came to the ball's edge"


@pytest.mark.parametrize("order", BANDITS + EXTREMES)
@pytest.mark.parametrize("K", [1, 3, 7])
def test_every_step_of_a_bandit_is_the_textbooks(order, K):
    """From the same state, the trees' draw, probabilities and update are those of the O(n) forms, to round-off."""
    rng = np.random.default_rng(1)
    problem = rl.problems.Logistic(rng.normal(size=(8, 2)) * [[9.0], *[[1.0]] * 7], np.resize([1.0, -1.0], 8))
    p = plan(problem, algorithms.parse(f"adam(alpha=0.1, batch_size={K}){order}"), horizon=400, replicates=2)
    state = array.initial(problem, p.sampler, 2, (), np)
    for t in range(1, 150):
        state, slow = engines(p, state, t, 1)
        for (name, a), b in zip(parts(p.sampler, state).items(), parts(p.sampler, slow).values(), strict=True):
            assert np.allclose(a, b, rtol=ROUND_OFF, atol=ROUND_OFF), (name, t)


@pytest.mark.parametrize("far", [-1e8, 1e8])
@pytest.mark.parametrize(
    "order", ["+adambs_corrected(gamma=0.5)", "+adamcb(gamma=0.4)", "+adamcb_ours(update='gains')"]
)
def test_weights_far_out_of_the_range_of_a_float_change_nothing(order, far):
    """What 1e8 steps do to the weights: their logarithms move far away, and only their differences matter."""
    p = plan(logistic(), algorithms.parse(f"adam(alpha=0.1, batch_size=3){order}"), horizon=10**8)
    state = array.initial(p.problem, p.sampler, 1, (), np)
    spread = np.random.default_rng(0).normal(size=(1, p.problem.n))
    near, away = (replace(state, sampler=(spread + shift,)) for shift in (0.0, far))
    expected, _ = engines(p, near, 1, 50)
    moved, slow = engines(p, away, 1, 50)
    for (name, a), b, c in zip(
        parts(p.sampler, moved).items(),
        parts(p.sampler, slow).values(),
        parts(p.sampler, expected).values(),
        strict=True,
    ):
        # A logarithm of 1e8 is good to 1.5e-8.
        assert np.allclose(a, b, rtol=1e-6, atol=1e-6), name
        assert np.allclose(a, c, rtol=1e-6, atol=1e-6), name


@pytest.mark.parametrize("p", [0.0, 0.25, 0.5])
def test_a_user_defined_method_is_compiled_too(p):
    """Every coefficient is used, in one dimension to the last bit; p = 1/4 goes through the system's pow."""

    class Everything(rl.methods.Method):
        def coefficients(self, t):
            return rl.methods.generic(
                t, mu=0.9, nu=0.2, beta=0.8, om=0.3, rho=0.99, wd=0.01, eta=0.1 / t, kap=0.5, c=1.1, p=p, eps=1e-3
            )

    for problem in (rl.problems.Reddi(), logistic(domain=Box(-0.2, 0.3)), logistic(domain="none")):
        result = rl.simulate(problem, algorithms.Algorithm("everything", Everything(), None, None), horizon=50)
        slow = rl.simulate(
            problem, algorithms.Algorithm("everything", Everything(), None, None), horizon=50, engine="array"
        )
        assert result.record.attrs["engine"] == "compiled"
        exact = problem.d == 1 and p != 0.25
        assert np.allclose(result.record.x, slow.record.x, rtol=0 if exact else ROUND_OFF_OF_A_RUN, atol=0)


def test_a_loss_is_compiled_where_builtins_are_others(tmp_path, monkeypatch):
    """As in a notebook, whose ``input`` is not the one that is pickled by this name."""
    monkeypatch.setattr(builtins, "its_own", input, raising=False)
    monkeypatch.setattr(builtins, "input", lambda: "")
    monkeypatch.setattr(compilation, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(compilation.numba.config, "CACHE_DIR", "")
    assert compilation.callback("def loss(F, length, count):\n    return None\n", "loss").address
    assert [file for file in tmp_path.rglob("*") if file.suffix == ".nbc"], "and is kept"


def test_the_exponentials_and_logarithms_are_those_of_the_system():
    u = np.concatenate([np.linspace(-40, 40, 4001), [-1e4, -800.0, 800.0, 1e4]])
    F = np.zeros((layout.NUMBERS, memory.round_up(len(u))))
    for label in (-1.0, 1.0):
        for problem in (logistic(), rl.problems.OneNeuron(n=3, d=1)):
            F[layout.SCORE, : len(u)], F[layout.LABEL] = u, label
            loss = compilation.callback(Loss(problem).numba(), "loss")
            loss.ctypes(F.ctypes.data_as(ctypes.POINTER(ctypes.c_double)), F.shape[1], len(u))
            y, (phi, slope) = F[layout.LABEL, : len(u)], F[[layout.PHI, layout.SLOPE], : len(u)]
            assert np.allclose(phi, problem.phi(u, y), rtol=POLYNOMIALS, atol=1e-300)
            assert np.allclose(slope, problem.slope(u, y), rtol=POLYNOMIALS, atol=1e-300)


def test_random_words_are_numpys_own():
    own, words, F = generator(3, "sampler", 1), Streams(3, "sampler", [1]).state, np.zeros((layout.NUMBERS, 9))
    layout.uniforms(words, 0, 9, F)
    assert (F[layout.U] == own.random(9)).all()
    assert (words[0] == own.bit_generator.state["state"]["state"]).all()


ALL = ["adam(alpha=0.5)" + sampler for sampler in ORDERS + BANDITS]


@pytest.mark.parametrize("algorithm", ALL)
@pytest.mark.parametrize("problem", [rl.problems.StochasticReddi(), logistic()], ids=["reddi", "logistic"])
def test_blocks_threads_and_batches_do_not_matter(problem, algorithm, monkeypatch):
    whole = run(plan(problem, algorithms.parse(algorithm), horizon=90, replicates=5, checkpoints=[90]))
    alone = run(plan(problem, algorithms.parse(algorithm), horizon=90, replicates=[3], checkpoints=[90]))
    xr.testing.assert_identical(whole.sel(replicate=[3]).drop_attrs(), alone.drop_attrs())
    monkeypatch.setattr(blocks, "FIRST_BLOCK", 7)
    monkeypatch.setattr(blocks, "LARGEST_BLOCK", 11)
    for threads in (1, 3, 8):
        monkeypatch.setattr("joblib.cpu_count", lambda threads=threads: threads)
        again = run(plan(problem, algorithms.parse(algorithm), horizon=90, replicates=5, checkpoints=[90]))
        xr.testing.assert_identical(whole.drop_attrs(), again.drop_attrs())


@pytest.mark.parametrize("algorithm", ["adam(alpha=0.5, batch_size=7)" + sampler for sampler in BANDITS])
def test_trees_and_memory_kept_between_blocks_do_not_matter(algorithm, monkeypatch):
    p = plan(logistic(), algorithms.parse(algorithm), horizon=90, replicates=3)
    monkeypatch.setattr(memory, "LARGE", 1)  # the memory of every array is used again
    kept = run(p)
    monkeypatch.setattr(memory, "LARGE", 1 << 20)
    monkeypatch.setattr(compiled, "MOST_FOR_TREES", 0)  # trees are built again for every block
    xr.testing.assert_identical(kept.drop_attrs(), run(p).drop_attrs())


@pytest.mark.parametrize("algorithm", ALL)
@pytest.mark.parametrize("problem", [rl.problems.StochasticReddi(), logistic()], ids=["reddi", "logistic"])
def test_a_resumed_run_equals_the_unsplit_one_bit_for_bit(problem, algorithm, tmp_path):
    half = rl.simulate(problem, algorithm, horizon=31, replicates=3, checkpoints=[10, 31])
    opened = rl.Result.open(half.to_netcdf(tmp_path / "half.nc"))
    resumed = opened.extend(horizon=60, checkpoints=[60], problem=problem).of().drop_vars(["algorithm", "comparator"])
    p = plan(problem, algorithms.parse(algorithm), horizon=31, replicates=3)
    whole = run(p._replace(horizon=60, checkpoints=np.array([10, 31, 60])))
    xr.testing.assert_equal(resumed[list(whole.data_vars)], whole)
    assert resumed.attrs["engine"] == "compiled"


@pytest.mark.parametrize("samples", [1, 3])
def test_a_run_that_overflows_says_where_and_why(samples):
    options = {"horizon": 4000, "replicates": samples}
    messages = []
    for engine in ("compiled", "array"):
        problem = rl.problems.Logistic(np.array([[1.0], [-1.0]]), np.array([1.0, -1.0]), domain="none")
        with pytest.raises(rl.NonFiniteError, match="the iterate overflowed") as error:
            rl.simulate(problem, algorithms.Algorithm("bursting", Bursting(), None, None), engine=engine, **options)
        messages.append(str(error.value))
    assert messages[0] == messages[1]
    assert messages[0].startswith("step 2500, replicate 0, coordinate 0")


def test_losses_whose_sum_overflows_stop_the_run():
    """Every one of them is finite, and so is the iterate."""
    X, messages = np.random.default_rng(0).normal(size=(40, 5)), []
    for engine in ("compiled", "array"):
        problem = rl.problems.Softmax(X, np.arange(40) % 3, domain=None)
        p = plan(problem, algorithms.parse("sgd(alpha=1e308, batch_size=4)"), horizon=200, replicates=3)
        with pytest.raises(rl.NonFiniteError, match="the sum of the losses overflowed") as error:
            run(p, engine=engine)
        messages.append(str(error.value))
    assert messages[0] == messages[1]


@pytest.mark.parametrize("measure", [("cumulative",), ("sampler",), ("cumulative", "sampler")])
@pytest.mark.parametrize("order", ["+cyclic", "+uniform(replacement=False)", *BANDITS])
def test_all_examples_are_looked_at_at_every_step(order, measure):
    heavy = rl.problems.HeavyTailedLogistic(n=150, d=40)
    assert heavy.Z.nnz
    for problem in (rl.problems.Reddi(), logistic(), heavy, rl.problems.OneNeuron(n=130, d=5)):
        for K in (1, 3):
            fast, slow = both(problem, f"adamx(alpha=0.5, batch_size={K})" + order, 20, measure=measure)
            assert slow["full_loss" if "cumulative" in measure else "variance"].any() or not problem.convex
            for name, values in slow.items():
                assert np.allclose(fast[name], values, rtol=ROUND_OFF_OF_A_RUN, atol=ROUND_OFF), name


class Mine(rl.problems.Reddi):
    """A user's problem: who knows what it does."""

    def all_losses(self, x):
        return super().all_losses(x)


@pytest.mark.parametrize(
    ("problem", "algorithm", "options", "reason"),
    [
        (logistic(), "adam+loud", {}, "the sampler 'loud' has no compiled form"),
        (logistic(domain=type("Mine", (Box,), {})(-1, 1)), "adam", {}, "the domain Mine(low=-1.0, high=1.0) has no"),
        (Mine(), "adam", {}, "has no compiled form: its all_losses is not that of a linear model"),
    ],
)
def test_other_parts_run_on_the_array_engine_and_say_so(problem, algorithm, options, reason):
    record = rl.simulate(problem, algorithm, horizon=5, **options).record
    assert record.attrs["engine"] == "array"
    assert reason in record.attrs["engine_reason"]
    with pytest.raises(rl.InputError, match="engine='compiled' cannot make this run: ") as error:
        rl.simulate(problem, algorithm, horizon=5, engine="compiled", **options)
    assert reason in str(error.value)
    assert "use engine='auto' or 'array'" in str(error.value)


class Loud(rl.samplers.Uniform):
    """A user's sampler."""

    name = "loud"


class Nadamax(rl.methods.AMSGrad):
    """The README's: a constant beta1 makes its coefficient a number."""

    def coefficients(self, t):
        return super().coefficients(t)._replace(kap=1 - self.beta1_t(t))


@pytest.mark.parametrize("lam", [1, 0.9])
def test_a_method_may_give_numbers_for_coefficients(lam):
    fast, slow = (
        rl.simulate(rl.problems.Reddi(), f"nadamax(alpha=0.1, lam={lam})", horizon=9, replicates=2, engine=engine)
        for engine in ("compiled", "array")
    )
    assert (fast.record.x == slow.record.x).all()
    assert rl.simulate(rl.problems.Reddi(), "amsgrad(alpha=0.1)", horizon=9).record.x[0, 0, 0] != fast.record.x[0, 0, 0]


class Lazy(rl.samplers.AdamBS):
    """Learns nothing, which the rule that it inherits does not say."""

    name = "lazy"

    def observe(self, state, draw, norms):
        return state


def test_a_sampler_that_derives_from_one_with_a_rule_is_not_taken_for_it():
    record = rl.simulate(logistic(), "adam(batch_size=3)+lazy(alpha_p=0.1)", horizon=20).of()
    assert record.attrs["engine"] == "array"
    assert "'lazy' has no compiled form" in record.attrs["engine_reason"]
    assert np.ptp(record.probabilities.values) == 0


def test_going_on_keeps_the_reason_for_the_engine():
    result = rl.simulate(rl.problems.Reddi(), "adam", horizon=5)
    assert result.extend(horizon=9).of().attrs["engine_reason"] == result.of().attrs["engine_reason"]


def test_every_algorithm_goes_on_with_its_own_engine():
    result = rl.simulate(logistic(), ["adam(alpha=0.1)", "adam(alpha=0.1)+loud"], horizon=10, checkpoints=[10])
    assert result.record.attrs["engine"] == "compiled, array"
    longer = result.extend(horizon=20, checkpoints=[20])
    assert [longer.of(name).attrs["engine"] for name in longer.algorithms] == ["compiled", "array"]
    assert rl.simulate(logistic(), "adam", horizon=5, engine="array").record.attrs["engine_reason"] == "asked for"


CACHE = """
import numpy as np
from regretlab.engines.compiled import entry_of_a_test as module
words, F = np.arange(1, 5, dtype=np.uint64)[None], np.zeros((1, 1))
print(module.first(words, F), sum(module.first.stats.cache_hits.values()))
"""
ENTRY = """
from regretlab.engines.compiled.compilation import entry
from regretlab.engines.compiled.layout import uniforms
@entry
def first(words, F):
    uniforms(words, 0, 1, F)
    return F[0, 0]
"""


def test_editing_a_helper_in_another_file_empties_the_cache_and_moving_the_package_does_not(tmp_path):
    """Numba's cache knows a kernel by the place of its entry point's file; ours by the text of all that it calls."""
    package = tmp_path / "here" / "regretlab"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    room = package / KERNELS.relative_to(PACKAGE)
    (room / "entry_of_a_test.py").write_text(ENTRY)

    def outcome(place="there"):
        environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(tmp_path / place)}
        command = [sys.executable, "-c", CACHE]
        return subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout.split()

    first = outcome("here")
    package.parent.rename(tmp_path / "there")
    assert (first[1], outcome()) == ("0", [first[0], "1"])
    helper = tmp_path / "there" / "regretlab" / room.relative_to(package) / "layout.py"
    helper.write_text(helper.read_text().replace("UNIT = 2.0**-53", "UNIT = 2.0**-52"))
    assert outcome() == [str(2 * float(first[0])), "0"]


def compiles(text):
    return any(line.startswith(("@inner", "@entry", "@intrinsic")) for line in text.splitlines())


def test_every_compiled_function_and_all_it_freezes_are_part_of_the_caches_name():
    assert {p.parent for p in PACKAGE.rglob("*.py") if compiles(p.read_text())} == {KERNELS}
    frozen = set()
    for path in KERNELS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())) if compiles(path.read_text()) else ():
            module = getattr(node, "module", None) or ""
            if module.startswith("regretlab") and not module.startswith("regretlab.engines.compiled"):
                frozen |= {alias.name for alias in node.names}
    assert frozen == {"Trace", "Moments", "Rule", "CERTAIN", "NEWTON_STEPS"}
    values = (array.Trace._fields, Moments._fields, rl.samplers.Rule._fields, rl.samplers.CERTAIN, domains.NEWTON_STEPS)
    assert values == compilation.FROZEN


def test_a_change_of_what_is_frozen_empties_the_cache(monkeypatch):
    before = compilation.cache_folder()
    monkeypatch.setattr(compilation, "FROZEN", (*compilation.FROZEN, 0))
    assert compilation.cache_folder() != before


def test_a_damaged_cache_is_made_again(tmp_path):
    file = tmp_path / "twice.py"
    file.write_text(
        "from regretlab.engines.compiled.compilation import entry\n"
        "@entry\ndef twice(a):\n    return 2 * a\n"
        "print(twice(21), sum(twice.stats.cache_hits.values()))\n"
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}

    def outcome():
        command = [sys.executable, str(file)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()

    assert outcome() == ["42", "0"]
    assert outcome() == ["42", "1"]
    for suffix, damage in (("nbi", lambda content: b"garbage"), ("nbc", lambda content: content[:200])):
        files = list(tmp_path.rglob(f"*.{suffix}"))
        assert files
        for path in files:
            path.write_bytes(damage(path.read_bytes()))
        assert outcome() == ["42", "0"]
        assert all(path.read_bytes() != damage(path.read_bytes()) for path in files)
    assert outcome() == ["42", "1"]


def test_without_a_folder_the_kernels_are_compiled_each_time(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(blocked))
    assert compilation.entry(lambda x: x + 1)(1) == 2
