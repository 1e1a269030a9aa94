"""A sweep on a Dask cluster: the same bits, also where workers or the scheduler are killed."""

import socket
import subprocess
import sys
from concurrent.futures import Executor, Future

import pytest

import regretlab as rl
from regretlab.sweeps import blocks, executors
from tests.helpers.cluster import cluster
from tests.helpers.slow import Slow
from tests.sweeps.test_sweeps import OVER, STUDY, same

distributed = pytest.importorskip("distributed")
CELLS = {"seed": [0, 1, 2, 3, 4, 5]}


@pytest.fixture(name="client", scope="module")
def _client():
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as local,
        distributed.Client(local) as client,
    ):
        yield client


def study(**of):
    return {"problem": Slow(**of), "algorithm": "sgd", "horizon": 5, "checkpoints": [5]}


def test_a_cluster_gives_the_same_bits(client, tmp_path):
    whole = rl.sweep(STUDY, OVER, jobs=1)
    assert same(rl.sweep(STUDY, OVER, client), whole)
    assert same(rl.sweep(STUDY, OVER, client.get_executor(), tmp_path), whole)
    assert rl.sweep(STUDY, OVER, store=tmp_path, jobs=1).work.computed == 0


def test_a_worker_that_is_killed_half_way_changes_nothing(client, monkeypatch, tmp_path):
    monkeypatch.setattr(blocks, "JOIN_SECONDS", 0.0)
    whole = rl.sweep(study(), CELLS, jobs=1)
    kill = tmp_path / "kill"
    problem = study(wait=0.02, kills=str(kill))
    made = executors.carried_out

    def half_way(*of):
        for i, one in enumerate(made(*of)):
            if i == 2:
                kill.touch()  # the next worker that evaluates a loss takes the file away and kills itself
            yield one

    monkeypatch.setattr(executors, "carried_out", half_way)
    assert same(rl.sweep(problem, CELLS, client), whole)
    assert not kill.exists()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(distributed.KilledWorker("make", None, 3), "ended several workers"), (OSError("gone"), "gave up .OSError: gone")],
)
def test_what_the_executor_could_not_do_is_one_sentence(error, sentence):
    class Failing(Executor):
        def submit(self, function, *arguments):
            future = Future()
            future.set_exception(error)
            return future

    with pytest.raises(rl.InputError, match=sentence):
        rl.sweep(STUDY, OVER, Failing())


@pytest.mark.slow
def test_a_lost_scheduler_is_one_sentence_and_the_store_goes_on(monkeypatch, tmp_path):
    monkeypatch.setattr(blocks, "JOIN_SECONDS", 0.0)
    whole = rl.sweep(study(), CELLS, jobs=1)
    made = executors.carried_out
    with cluster() as (process, address), executors.dask(address) as client:

        def half_way(*of):
            for i, one in enumerate(made(*of)):
                if i == 2:
                    process.kill()
                yield one

        monkeypatch.setattr(executors, "carried_out", half_way)
        with pytest.raises(rl.InputError, match=r"cluster was lost.*same store goes on"):
            rl.sweep(study(wait=0.05), CELLS, client, tmp_path)
    monkeypatch.setattr(executors, "carried_out", made)
    with cluster() as (_, address), executors.dask(address) as client:
        again = rl.sweep(study(wait=0.05), CELLS, client, tmp_path)
    assert same(again, whole)
    assert again.work.read >= 2 * 5


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("tcp://127.0.0.1:9", "nothing came within 0.2 seconds"),
        ("127.0.0.1:{silent}", "nothing came within 0.2 seconds"),
        ("nowhere.json", "missing port"),
        ("empty.json", "missing port"),
        ("list.json", "'list' object"),
    ],
)
def test_what_is_no_scheduler_is_refused_in_one_sentence(monkeypatch, tmp_path, address, why):
    monkeypatch.setattr(executors, "DASK_SECONDS", 0.2)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.json").write_text("{}")
    (tmp_path / "list.json").write_text("[]")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = address.format(silent=silent.getsockname()[1])
        with pytest.raises(rl.InputError, match=f"no Dask scheduler answers.*{why}"), executors.dask(address):
            pass


def test_without_dask_a_sentence_names_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(rl.InputError, match=r"pip install 'regretlab\[cluster\]'"), executors.dask("tcp://127.0.0.1:9"):
        pass


def test_regretlab_does_not_load_dask():
    code = "import regretlab as rl, sys; rl.sweep; print('dask' in sys.modules, 'distributed' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"
