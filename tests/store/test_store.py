"""What a store gives back is what would have been computed, to the last bit, and only what is new is computed."""

import contextlib
import warnings
from pathlib import Path

import numpy as np
import pytest

import regretlab as rl
from regretlab.runs.schedule import Schedule
from regretlab.store import SNAPSHOT
from regretlab.store.running import Work
from regretlab.system import code as _code

PAIRS = [
    ("stochastic_reddi(C=4)", "adam(alpha=0.5, beta1=0, beta2=1/17)"),
    ("logistic(data='digits:3-8', test=0.2)", "amsgrad+adambs(gamma=0.4, alpha_p=0.01)"),
    ("heavy_tailed_logistic(n=20, d=4)", "adamcb_ours(gamma=0.3, step=0.1, batch_size=3)"),
    ("one_neuron(n=20, d=3)", "adam_impt(batch_size=2)"),
]
FIRST = {"horizon": 20, "replicates": 2, "checkpoints": "decimal"}


def same(one, other):
    """Whether two results are equal in every bit of every variable."""
    a, b = one.record, other.record
    assert set(a.variables) == set(b.variables)
    return (
        a.attrs["descriptions"] == b.attrs["descriptions"]
        and a.attrs["engines"] == b.attrs["engines"]
        and all(
            a[name].dims == b[name].dims
            and a[name].dtype == b[name].dtype
            and a[name].values.tobytes() == b[name].values.tobytes()
            for name in a.variables
        )
    )


def ask(pair=PAIRS[0], store=None, **changed):
    return rl.simulate(*pair, **{**FIRST, **changed}, store=store)


@pytest.fixture
def store(tmp_path):
    return rl.Store(tmp_path / "store")


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0].split("(")[0])
def test_bits_are_those_without_a_store_however_a_run_grew(store, pair):
    ask(pair, store)
    grown = ask(pair, store, horizon=50, replicates=[5, 1, 0, 3])
    assert same(grown, ask(pair, horizon=50, replicates=[5, 1, 0, 3]))
    assert grown.work == Work(computed=2 * 30 + 2 * 50, read=2 * 20)
    again = ask(pair, store, horizon=50, replicates=[3, 0])
    assert same(again, ask(pair, horizon=50, replicates=[3, 0]))
    assert again.work == Work(computed=0, read=100)
    assert not same(again, ask(pair, horizon=50, replicates=[2, 0])), "the twin"


@pytest.mark.parametrize(
    "options", [{"measure": ("cumulative", "sampler")}, {"engine": "array"}, {"checkpoints": [3, 20]}]
)
def test_measures_engines_and_checkpoints_of_ones_own(store, options):
    for changed in ({}, {"replicates": 3}):
        assert same(ask(PAIRS[2], store, **options, **changed), ask(PAIRS[2], **options, **changed))
    assert ask(PAIRS[2], store, **options, replicates=3).work == Work(0, 60)


def test_checkpoints_that_depend_on_the_horizon_are_read_again_and_not_gone_on_from(store):
    ask(store=store, checkpoints="log")
    assert ask(store=store, checkpoints="log").work.computed == 0
    assert ask(store=store, checkpoints="log", horizon=50).work.read == 0
    assert ask(store=store, horizon=50).work.read == 0


def test_a_parameter_tied_to_the_horizon_is_another_line(store):
    tied = PAIRS[2][0], "adamcb_ours(gamma=0.3, batch_size=3)"
    ask(tied, store)
    assert ask(tied, store, horizon=50).work.read == 0
    fixed = PAIRS[2]
    ask(fixed, store)
    assert ask(fixed, store, horizon=50).work.read == 40


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 1}, {"pair": ("stochastic_reddi(C=5)", PAIRS[0][1])}, {"pair": (PAIRS[0][0], "adam(alpha=0.25)")},
        {"engine": "array"}, {"measure": ("cumulative",)},
    ],
)  # fmt: skip
def test_what_changes_the_bits_is_another_line(store, other):
    ask(store=store)
    assert ask(store=store, **other).work.read == 0


def test_another_spelling_of_the_same_algorithm_is_the_same_line_under_its_own_name(store):
    ask(store=store)
    spelled = (PAIRS[0][0], "adam(beta1=0, alpha=1/2, beta2=1/17)")
    result = ask(spelled, store)
    assert result.work.computed == 0
    assert same(result, ask(spelled))


def test_changed_code_is_not_used(store, monkeypatch):
    ask(store=store)
    monkeypatch.setattr(_code, "of_library", lambda: "0123456789abcdef")
    assert ask(store=store).work.read == 0
    monkeypatch.undo()
    assert ask(store=store).work.computed == 0


def test_a_flipped_byte_is_named_and_the_block_made_again(store, tmp_path):
    ask(store=store)
    (path,) = tmp_path.rglob("*.nc")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.warns(rl.StoreWarning, match=f"{path.name} of the store .* is damaged"):
        assert same(ask(store=store), ask())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ask(store=store).work == Work(0, 40)


def test_an_interruption_keeps_what_was_reached(store, monkeypatch):
    from regretlab.runs import regret

    real, seen = regret.Regrets.__call__, []

    def interrupted(self, plan, state):
        seen.append(state.t)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return real(self, plan, state)

    monkeypatch.setattr(regret.Regrets, "__call__", interrupted)
    with pytest.warns(rl.InterruptedWarning):
        part = ask(store=store)
    monkeypatch.undo()
    assert part.horizon == seen[2]
    whole = ask(store=store)
    assert whole.work.read == 2 * part.horizon
    assert same(whole, ask())


def test_memory_travels_and_is_taken_into_another_store(store):
    worker = rl.Store()
    result = ask(store=worker)
    assert store.take(worker) == 1
    assert store.take(worker) == 0
    assert same(ask(store=store), result)
    assert ask(store=store).work.computed == 0


def test_a_url_is_a_store():
    fsspec = pytest.importorskip("fsspec")
    url = "memory://lab/store"
    try:
        result = ask(store=url)
        assert ask(store=rl.Store(url), horizon=30).work == Work(2 * 10, 2 * 20)
        assert same(ask(store=url), result)
        assert rl.Store(url).id == rl.Store(url).id
    finally:
        fsspec.filesystem("memory").rm("/lab", recursive=True)


def test_two_stores_are_told_apart_and_one_is_known_again(store, tmp_path):
    assert rl.Store(store.place).id == store.id
    assert rl.Store(tmp_path / "other").id != store.id
    assert store.is_here()


def test_decimal_checkpoints_do_not_depend_on_the_horizon():
    times = ask(horizon=1000, replicates=1).record.t.values
    longer = ask(horizon=5000, replicates=1).record.t.values
    np.testing.assert_array_equal(longer[: len(times)], times)


@pytest.mark.parametrize("options", [{}, {"replicates": [5, 6]}])
def test_a_run_with_a_store_goes_on_from_the_very_step_at_which_it_was_interrupted(store, options, monkeypatch):
    """Whether it had begun at its first step or at a block, and though a part of it was kept as a block."""
    monkeypatch.setattr("regretlab.engines.blocks.FIRST_BLOCK", 1)
    monkeypatch.setattr("regretlab.engines.blocks.LARGEST_BLOCK", 1)
    ask(PAIRS[1], store)
    asked = {"horizon": 50, **options}
    whole = ask(PAIRS[1], **asked)
    steps, made, stop = Schedule.steps, [], asked["horizon"] - 3

    def interrupted(ahead, first, count):
        if first == stop and count == 1 and not made.count(stop):
            made.append(first)
            raise KeyboardInterrupt
        made.append(first)
        return steps(ahead, first, count)

    monkeypatch.setattr(Schedule, "steps", interrupted)
    with contextlib.suppress(KeyboardInterrupt), warnings.catch_warnings(action="ignore"):
        ask(PAIRS[1], store, **asked)
    assert made[-1] == stop, "it was interrupted"
    assert list(Path(store.place).rglob(f"*{SNAPSHOT}"))
    del made[:-1]
    again = ask(PAIRS[1], store, **asked)
    assert made[1] >= stop - 1, "no step is made twice"
    assert same(again, whole)
    assert not list(Path(store.place).rglob(f"*{SNAPSHOT}")), "a run that is whole needs none"
