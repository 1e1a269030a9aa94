"""A sweep and its store: what is there is read, growth computes only what is new, and nothing that was made is lost."""

import pickle
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import pytest

import regretlab as rl
from regretlab import sweeps
from regretlab.sweeps import blocks, worker
from tests.helpers.slow import Slow
from tests.sweeps.test_sweeps import same

STUDY = {"problem": "stochastic_reddi", "algorithm": "sgd", "replicates": 3}
OVER = {"alpha": [0.1, 1], "T": [10, 100]}
STEPS = 3 * 2 * 100  # of all replicates, at two step sizes: T = 10 is the beginning of T = 100


@pytest.fixture(name="whole", scope="module")
def _whole():
    return rl.sweep(STUDY, OVER, jobs=1)


def test_growth_computes_only_what_is_new(whole, tmp_path):
    first = rl.sweep(STUDY, OVER, store=tmp_path, jobs=1)
    assert same(first, whole)
    assert first.work == (STEPS, STEPS / 10)
    again = rl.sweep(STUDY, OVER, store=tmp_path, jobs=1)
    assert same(again, whole)
    assert again.work.computed == 0
    wider = rl.sweep(STUDY, OVER | {"alpha": [0.1, 1, 2]}, store=tmp_path, jobs=1)
    assert wider.work.computed == STEPS / 2  # the twin: all would be 3 / 2 of it
    longer = rl.sweep(STUDY, OVER | {"T": [10, 100, 200]}, store=tmp_path, jobs=1)
    assert longer.work.computed == STEPS
    more = rl.sweep(STUDY | {"replicates": 4}, OVER, store=tmp_path, jobs=1)
    assert more.work.computed == STEPS / 3
    assert same(more, rl.sweep(STUDY | {"replicates": 4}, OVER, jobs=1))


def test_where_runs_were_looked_at_is_kept(monkeypatch, tmp_path):
    rl.sweep(STUDY, OVER, store=tmp_path, jobs=1)
    monkeypatch.setattr(rl.Result, "looked", None)
    assert rl.sweep(STUDY, OVER, store=tmp_path, jobs=1).work.computed == 0
    other = rl.bounds.Bound.known["sgd.zinkevich"]
    monkeypatch.setitem(rl.bounds.Bound.known.library, "sgd.zinkevich", other)
    monkeypatch.delitem(rl.bounds.Bound.known.library, "sgd.zinkevich")  # as if it were a user's
    with pytest.raises(TypeError):
        rl.sweep(STUDY, OVER, store=tmp_path, jobs=1)


def test_a_damaged_block_is_named_and_made_again(whole, tmp_path):
    rl.sweep(STUDY, OVER, store=tmp_path, jobs=1)
    (damaged, *_) = sorted(tmp_path.rglob("T100-*.nc"))
    damaged.write_bytes(damaged.read_bytes()[:-200] + b"0" * 200)
    with pytest.warns(rl.StoreWarning, match=damaged.name):
        again = rl.sweep(STUDY, OVER, store=tmp_path, jobs=1)
    assert same(again, whole)
    assert 0 < again.work.computed <= 3 * 100


class Elsewhere(Executor):
    """An executor whose workers do not reach the store."""

    def submit(self, function, *arguments):
        future = Future()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rl.Store, "is_here", lambda store: False)
            future.set_result(function(*arguments) if arguments else False)
        return future


def test_what_workers_elsewhere_make_is_kept_here(whole, monkeypatch, tmp_path):
    monkeypatch.setattr(blocks, "JOIN_SECONDS", 0.0)
    first = rl.sweep(STUDY, OVER, Elsewhere(), tmp_path)
    assert same(first, whole)
    again = rl.sweep(STUDY, OVER | {"alpha": [0.1, 1, 2]}, Elsewhere(), tmp_path)
    assert again.work.computed == STEPS / 2
    assert rl.sweep(STUDY, OVER, store=tmp_path, jobs=1).work.computed == 0


def test_a_store_that_cannot_be_written_is_one_sentence_and_nothing_is_lost(whole, monkeypatch, tmp_path):
    store = rl.Store(tmp_path / "store")

    def full(name, content, first=False):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store._place, "write", full)
    with pytest.warns(rl.StoreWarning, match="No space left") as caught:
        assert same(rl.sweep(STUDY, OVER, store=store, jobs=1), whole)
    assert len(caught) == 1


def test_a_problem_of_ones_own_is_the_same_once_it_was_sent(tmp_path):
    study = {"problem": Slow(), "algorithm": "sgd", "horizon": 5}
    rl.sweep(study, {"seed": [0, 1]}, store=tmp_path, jobs=1)
    pickle.loads(pickle.dumps(study["problem"]))  # which adds an attribute to its class
    assert rl.sweep(study, {"seed": [0, 1]}, store=tmp_path, jobs=1).work.computed == 0
    assert rl.sweep(study | {"problem": Slow(wait=1e-6)}, {"seed": [0]}, store=tmp_path, jobs=1).work.computed == 5


def test_threads_share_a_store(whole, monkeypatch, tmp_path):
    monkeypatch.setattr(blocks, "JOIN_SECONDS", 0.0)
    with ThreadPoolExecutor(4) as threads:
        assert same(rl.sweep(STUDY, OVER, threads, tmp_path), whole)
        assert same(again := rl.sweep(STUDY, OVER, threads, tmp_path), whole)
    assert again.work.computed == 0


def test_a_store_in_memory_serves_one_process(whole):
    store = rl.Store()
    assert same(rl.sweep(STUDY, OVER, store=store, jobs=1), whole)
    assert rl.sweep(STUDY, OVER, store=store, jobs=1).work.computed == 0
    with pytest.raises(rl.InputError, match="serves no other"):
        rl.sweep(STUDY, OVER, store=store, jobs=2)


def test_processors_that_round_differently_are_not_mixed_silently(monkeypatch, tmp_path):
    kinds = iter("ABABABAB")
    monkeypatch.setattr(worker.processor, "kind", lambda: next(kinds))
    monkeypatch.setattr(blocks, "SPLIT_SECONDS", 1e-6)
    with pytest.warns(UserWarning, match=r"\(A; A and B; B\)"):
        found = rl.sweep({"problem": "reddi", "algorithm": "sgd"}, {"R": [1, 9, 3], "T": [5]}, jobs=1)
    assert set(found.dataset.processor.values.ravel()) == {"A", "B", "A and B"}


def test_conclusions_are_read_from_the_store(tmp_path):
    cell = rl.studies.Cell("reddi(C=8)", ("sgd(alpha=1)",))
    study = rl.studies.Study("asks", (cell,), "?", {"what": "scaling"})
    found = rl.sweep(study, {"T": [50, 100, 200]}, store=tmp_path, jobs=1)
    assert found.concluded() == found.conclude() != []
    assert rl.sweep(study, {"T": [50, 100, 200]}, jobs=1).concluded() == []
    assert found.cell(T=100).work.computed == 0
    assert sweeps.Sweep is rl.Sweep
