"""A wrong type for any argument of a public function is one sentence: a table of the functions' own arguments."""

import math
import signal

import numpy as np
import pytest

import regretlab as rl
from regretlab import spelling, studies
from regretlab.cli import catalogue
from regretlab.falsifier import first_violation
from regretlab.samplers import Setting

CURVES = np.sqrt(np.arange(1.0, 40))[None] * np.array([[1.0], [1.1], [0.9]])
GIVEN = {"D2": 1, "G2": 1, "alpha": 1}


class Nothing:
    """No argument of any function."""


#: What no argument takes: a success would be a mistake.
NEVER = {"an object": Nothing(), "a function": lambda: 1, "a complex number": 1j, "bytes": b"x", "a set": {1j}}
#: What some arguments take.
SELDOM = {
    "a list": [], "a list of objects": [Nothing()], "a dict": {"a": 1}, "an array": np.zeros((2, 2, 2)),
    "nan": math.nan,
    "minus infinity": -math.inf, "a huge integer": 10**400, "a huge text": "9" * 5000, "a huge exponent": "1e999999999",
    "a surrogate": "\ud800", "a null": "a\0b", "a type": float, "words": np.array(["x"]), "nothing": None,
    "a pair": ("a",),
}  # fmt: skip


@pytest.fixture(scope="module", name="made")
def _made(tmp_path_factory):
    """Every public function with arguments that it takes."""
    path = tmp_path_factory.mktemp("arguments")
    run = rl.simulate(rl.problems.Reddi(C=3), "amsgrad(alpha=0.1, lam=0.5)", horizon=40, engine="array")
    run.to_netcdf(path / "a.nc")
    sizes = {n: np.full(3, float(n)) + np.arange(3) for n in (4, 8, 16, 32)}
    zinkevich, fitted = rl.bounds.sgd.zinkevich, rl.samplers.AdamBS().fit(Setting(n=3, K=1, L=1.0, horizon=10))
    pair, e = {"a": np.arange(5.0), "b": np.arange(5.0) ** 2}, rl.scaling.exponent(np.arange(1.0, 40), CURVES)
    game, curves = (
        {"batch_size": 1, "replicates": 2, "seed": 0, "checkpoints": "log"},
        {"t": np.arange(1.0, 40), "regret": CURVES},
    )
    row = {"confidence": 0.95}
    table = {
        rl.simulate: {"problem": "reddi", "algorithm": "sgd", "horizon": 5, "replicates": 2, "seed": 0,
                      "checkpoints": "log", "engine": "array", "measure": ()},
        rl.falsify: {"algorithm": "sgd", "bound": "sgd.zinkevich", "candidates": 5, "seed": 0, "budget": 0.2,
                     "file": None},
        first_violation: {"losses": [1, -1], "algorithm": "sgd", "bound": "sgd.zinkevich", "horizon": 4, "start": 1},
        rl.game.play: {"sampler": rl.samplers.Uniform(), "norms": np.ones((4, 3)), **game},
        rl.game.play_losses: {"sampler": rl.samplers.AdamBS(), "losses": np.ones((4, 3)), **game},
        rl.game.frozen_arm: {"T": 4, "first": 1},
        rl.paired.differences: {"values": pair, "against": None, "pairs": None},
        rl.worst_case.on_a_line: {"method": rl.methods.SGD(alpha=1.0), "horizon": 2, "D2": 1.0, "G2": 1.0},
        rl.scaling.exponent: curves | row, rl.scaling.linear_growth: curves | row, rl.scaling.log_power: curves | row,
        rl.scaling.across: {"runs": sizes, **row}, rl.scaling.at_most: {"e": e, "power": 0.5, "resolution": 0.1},
        rl.testing.assert_regret_exponent: {"result": run, "at_most": 1.0, "confidence": 0.99, "resolution": 0.1,
                                            "kind": "online", "algorithm": None},
        rl.testing.assert_sublinear: {"result": run, "confidence": 0.99, "kind": "online", "algorithm": None},
        rl.testing.assert_below_bound: {"result": run, "bound": "amsgrad.schedule_free", "algorithm": None,
                                        "mode": "stated"},
        rl.testing.assert_same_bits: {"a": run, "b": run},
        rl.testing.assert_unbiased: {"sampler": fitted, "draws": 100, "false_alarms": 1e-6, "seed": 0},
        rl.testing.assert_inclusion_probabilities: {"sampler": fitted, "draws": 100, "false_alarms": 1e-6, "seed": 0},
        rl.Result.open: {"path": path / "a.nc"}, run.to_netcdf: {"path": path / "b.nc"},
        run.bound: {"bound": "amsgrad.schedule_free", "algorithm": None, "mode": "stated"},
        run.regret: {"kind": "online", "algorithm": None}, run.description: {"algorithm": None},
        run.of: {"algorithm": None},
        zinkevich.at_T: {"T": 4, "constants": GIVEN}, zinkevich.evaluate: {"values": {**GIVEN, "T": 4}},
        zinkevich.vacuous_from: {"constants": GIVEN, "span": 1.0}, zinkevich.order: {"constants": {}},
        zinkevich.minimise: {"parameter": "alpha", "constants": {"D2": 1, "G2": 1, "T": 4}},
        spelling.parse: {"text": "sgd"}, rl.algorithms.parse: {"text": "sgd"}, catalogue.page: {"name": "sgd"},
        studies.load: {"name": "reddi"}, rl.samplers.AdamBS().fit: {"setting": Setting(3, 1, 1.0, 10)},
        rl.methods.Adam: {"alpha": 0.1, "beta1": 0.5, "schedule": "sqrt", "bias_correction": True},
        rl.samplers.AdamBS: {"gamma": 0.4, "divergence": "sup"},
        rl.problems.Reddi: {"C": 4.0, "period": 3, "start": 1.0},
        rl.domains.Box: {"low": -1.0, "high": 1.0}, rl.algorithms.AdamCB: {"gamma": 0.4, "batch_size": 2},
    }  # fmt: skip
    return table


def late(*given):
    raise TimeoutError("more than ten seconds")


def complaint(function, arguments, name, value):
    """What is wrong with the answer to one wrong argument; empty for a sentence."""
    signal.signal(signal.SIGALRM, late)
    signal.alarm(10)
    try:
        function(**{**arguments, name: value})
    except (rl.InputError, rl.NonFiniteError, AssertionError) as error:
        text = str(error)
        return "" if isinstance(error, AssertionError) or len(text) < 1000 else f"{len(text)} characters"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:80]}"
    finally:
        signal.alarm(0)
    return "it is taken"


def called(function):
    return getattr(function, "__qualname__", None) or getattr(function, "name", str(function))


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="a call cannot be timed out here")
def test_a_wrong_type_is_one_sentence(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a text may be the name of a file to write
    wrong = []
    for function, arguments in made.items():
        assert complaint(function, arguments, *next(iter(arguments.items()))) in ("it is taken", ""), called(function)
        for name in arguments:
            for what, value in {**NEVER, **SELDOM}.items():
                said = complaint(function, arguments, name, value)
                if said and (said != "it is taken" or what in NEVER):
                    wrong.append(f"{called(function)}({name}={what}): {said}")
    assert not wrong, "\n".join(wrong)


def test_the_table_sees_what_is_no_sentence():
    def twin(x):
        return x.shape

    assert complaint(twin, {"x": np.ones(1)}, "x", Nothing()).startswith("AttributeError")
    assert complaint(lambda x: x, {"x": 1}, "x", 1j) == "it is taken"
