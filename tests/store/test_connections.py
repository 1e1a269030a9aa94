"""Stores at URLs: what is lost on the way costs time at most, and what cannot be reached is one sentence."""

import pickle
import random
import warnings
from contextlib import contextmanager

import pytest

import regretlab as rl
from regretlab.store import _places
from tests.store.test_robust import RUN, check_whole
from tests.store.test_store import same

fsspec = pytest.importorskip("fsspec")
URL = "memory://lost/store"
MemoryFileSystem = type(fsspec.filesystem("memory"))
#: What a store asks of a file system.
CALLS = ("ls", "cat_file", "pipe_file", "exists", "makedirs", "mv", "rm_file", "info")


@pytest.fixture(autouse=True)
def _emptied():
    yield
    if fsspec.filesystem("memory").exists("/lost"):
        fsspec.filesystem("memory").rm("/lost", recursive=True)


class Connection:
    """Counts the calls of a file system, and loses some: the ``down``-th and so many in all."""

    def __init__(self, monkeypatch, down=0, long=0, half=False):
        self.calls, self.lost = 0, range(down, down + long)
        for name in CALLS:
            monkeypatch.setattr(MemoryFileSystem, name, self.counted(name, getattr(MemoryFileSystem, name), half))

    def counted(self, name, real, half):
        def call(files, *given, **named):
            self.calls += 1
            if self.calls in self.lost:
                if half and name == "pipe_file":
                    real(files, given[0], given[1][: len(given[1]) // 2])
                raise ConnectionResetError(104, "Connection reset by peer")
            return real(files, *given, **named)

        return call


def ask(place=None, horizon=20):
    return rl.simulate(*RUN, horizon=horizon, replicates=2, checkpoints="decimal", store=place)


def swept(place=None):
    study = {"problem": RUN[0], "algorithm": RUN[1], "replicates": 2}
    return rl.sweep(study, {"seed": [0, 1], "T": [5, 10]}, store=place, jobs=1)


@contextmanager
def suppress_lost():
    """Leave out the sentence that says that the connection was lost; any other error is one."""
    try:
        yield
    except rl.InputError as error:
        if "Connection reset by peer" not in str(error):
            raise


def lose(make, equal, moments):
    """Lose the connection at random moments: what is returned is whole, what is kept as well, and all goes on."""
    undisturbed, told = make(), 0
    with pytest.MonkeyPatch.context() as counting:
        calls = Connection(counting)
        make(URL)
    for moment in range(moments):
        fsspec.filesystem("memory").rm("/lost", recursive=True)
        chance = random.Random(moment)
        with pytest.MonkeyPatch.context() as patched, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            files = moment % 2 == 0
            if files:  # of which half may be there
                patched.setattr(_places, "WITH_FILES", ("memory",))
            Connection(patched, chance.randint(1, calls.calls), chance.choice([1, 3, 10**9]), half=files)
            found = None
            with suppress_lost():
                found = make(URL)
            assert found is None or equal(found, undisturbed)
            told += found is None or any("Connection reset" in str(w.message) for w in caught)
        store = rl.Store(URL)
        check_whole(store)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert equal(make(store), undisturbed)
            assert make(store).work.computed == 0
    return told


def equal_sweeps(one, other):
    return one.dataset.drop_vars("seconds").identical(other.dataset.drop_vars("seconds"))


def test_a_connection_that_is_lost_costs_nothing_but_time():
    assert lose(ask, same, moments=10) >= 5
    assert lose(swept, equal_sweeps, moments=4) >= 2


@pytest.mark.slow
def test_fifty_lost_connections_cost_nothing_but_time():
    assert lose(ask, same, moments=50) >= 25
    assert lose(swept, equal_sweeps, moments=50) >= 25


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ImportError("Install s3fs to access S3"), r"needs a package .*\(Install s3fs to access S3\): pip install"),
        (ValueError("Protocol not known: no"), "is no URL that fsspec knows: Protocol not known: no"),
        (ConnectionRefusedError(111, "Connection refused"), "cannot reach the store .*: Connection refused; see"),
        (
            RuntimeError("Authentication failed.\nLong log"),
            r"cannot reach .*: RuntimeError: Authentication failed\.; see",
        ),
    ],
)
def test_what_cannot_be_reached_is_one_sentence(monkeypatch, error, said):
    def unreachable(text):
        raise error

    store = rl.Store(URL)
    monkeypatch.setattr(fsspec.core, "url_to_fs", unreachable)
    with pytest.raises(rl.InputError, match=said):
        rl.Store("s3://bucket/store")
    came = pickle.loads(pickle.dumps(store))
    assert not came.is_here(), "in a process that does not reach it, it is another process's to write to"


def test_credentials_that_are_wrong_are_one_sentence(monkeypatch):
    def forbidden(self, *given, **named):
        raise PermissionError("Access Denied")

    monkeypatch.setattr(MemoryFileSystem, "cat_file", forbidden)
    with pytest.raises(rl.InputError, match=r"cannot read the store .*: PermissionError: Access Denied; see whether"):
        rl.Store(URL)
