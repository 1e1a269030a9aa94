"""Killed writers, full disks, folders that cannot be written and lost connections: nothing that is there is harmed."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import regretlab as rl
from regretlab.runs.plan import plan
from regretlab.store.running import line_of
from regretlab.system.files import PARTIAL, atomically
from tests.store.test_store import same

ROOT = Path(rl.__file__).parent.parent
RUN = ("stochastic_reddi(C=4)", "adam(alpha=0.5)")


def ask(store=None, replicates=2, horizon=20):
    return rl.simulate(*RUN, horizon=horizon, replicates=replicates, checkpoints="decimal", store=store)


def check_whole(store):
    """Every block of a store has its checksum; how many there are."""
    kept = list(store.kept())
    for k in kept:
        store.checked(k.line, k.block)
    return len(kept)


def strays(store):
    return list(Path(store.place).rglob(f"{PARTIAL}*"))


def kill_writers(folder, times, seed):
    """Kill processes that write blocks without end: at random, or as late as can be; how many left a half-written file.

    A half block would stay to the end, as every block has a name of its own.
    """
    store, moments, left = rl.Store(folder), random.Random(seed), 0
    result = ask(replicates=1)
    record, described = result.of(), result.description()
    of = line_of(plan(rl.problems.Reddi(), rl.algorithms.Adam(), horizon=20))
    began = time.perf_counter()
    store.write(of, record, described)
    once = time.perf_counter() - began
    for i in range(times):
        child = os.fork()
        if child == 0:
            if i % 2:  # never moves a file to its place
                os.replace = lambda *given: time.sleep(1000)
            for number in range(10**6):
                moved = record.assign_coords(replicate=[1000 * i + number])
                store.write(of, moved, replace(described, replicates=(1000 * i + number,)))
        time.sleep(moments.uniform(0, 4) * once)
        while i % 2 and not strays(store):
            time.sleep(once / 10)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        left += bool(strays(store))
        store.write(of, record, described)
        assert not strays(store), "the next writer takes them away"
    assert check_whole(store) > 1
    return left


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes that start at once")
def test_a_killed_writer_leaves_no_half_block(tmp_path):
    assert kill_writers(tmp_path / "store", times=12, seed=0) >= 6


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes that start at once")
def test_many_killed_writers_leave_no_half_block(tmp_path):
    assert kill_writers(tmp_path / "store", times=50, seed=1) >= 25


def test_a_stray_of_a_living_writer_is_left_alone(tmp_path):
    store = rl.Store(tmp_path / "store")
    place = store._place.path
    with atomically(place / "lines" / "x", room=place) as partial:
        partial.write_text("going on")
        ask(store)
        assert partial.exists()


def test_a_store_that_another_process_makes_at_the_same_moment_is_that_one(tmp_path, monkeypatch):
    first = rl.Store(tmp_path / "store")
    real, reads = type(first._place).read, []

    def late(self, name):
        reads.append(name)
        if len(reads) == 1:
            raise FileNotFoundError(name)
        return real(self, name)

    monkeypatch.setattr(type(first._place), "read", late)
    assert rl.Store(tmp_path / "store").id == first.id


def test_two_processes_on_one_store_do_not_harm_each_other(tmp_path):
    store = tmp_path / "store"
    code = f"""if True:
        from tests.store.test_robust import ask
        for replicates in (range(0, 3), range(2, 5), range(0, 5)):
            ask({str(store)!r}, replicates)
        ask({str(store)!r}, range(5), horizon=50)"""
    both = [subprocess.Popen([sys.executable, "-W", "error", "-c", code], cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    opened = rl.Store(store)
    assert len(list(opened.lines())) == 1
    check_whole(opened)
    assert not strays(opened)
    again = ask(opened, range(5), horizon=50)
    assert again.work.computed == 0
    assert same(again, ask(None, range(5), horizon=50))


def test_a_full_disk_loses_neither_the_result_nor_what_is_there(tmp_path):
    store = rl.Store(tmp_path / "store")
    first = ask(store)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.warns(rl.StoreWarning, match=r"cannot write .*too large; make room .* run itself is whole"):
            result = ask(store, replicates=400)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert same(result, ask(None, replicates=400))
    assert not strays(store)
    assert check_whole(store) == 1
    again = ask(store)
    assert again.work.computed == 0
    assert same(again, first)


def status_of_another_user(function):
    """The exit status of a function in a process for which files are not writable because their owner can write."""
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            os._exit(function())
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="users and processes as Unix has them")
def test_a_store_that_cannot_be_written_is_read():
    folder = Path(tempfile.mkdtemp())
    try:
        ask(rl.Store(folder / "store"))
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)

        def read_and_write():
            store = rl.Store(folder / "store")
            assert ask(store).work.computed == 0
            with pytest.warns(rl.StoreWarning, match="Permission denied.* The run itself is whole"):
                more = ask(store, replicates=3)
            assert same(more, ask(None, replicates=3))
            with pytest.raises(rl.InputError, match=r"cannot write to the store .*Permission denied"):
                rl.Store(folder / "other")
            return 7

        assert status_of_another_user(read_and_write) == 7
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755)
        shutil.rmtree(folder)


def test_a_lost_connection_is_one_sentence(monkeypatch):
    fsspec = pytest.importorskip("fsspec")
    store = rl.Store("memory://lost/store")
    files = type(fsspec.filesystem("memory"))

    def lost(self, *given, **options):
        raise ConnectionResetError(104, "Connection reset by peer")

    try:
        with monkeypatch.context() as patched:
            patched.setattr(files, "pipe_file", lost)
            with pytest.warns(rl.StoreWarning, match="cannot write to the store .* reset by peer"):
                result = ask(store)
        assert same(result, ask())
        monkeypatch.setattr(files, "ls", lost)
        with pytest.raises(rl.InputError, match=r"cannot read the store .* reset by peer; see whether it can be"):
            ask(store)
    finally:
        monkeypatch.undo()
        fsspec.filesystem("memory").rm("/lost", recursive=True)


@pytest.mark.parametrize("damage", ["store.json", "line.json"])
def test_damaged_descriptions(tmp_path, damage):
    store = rl.Store(tmp_path / "store")
    ask(store)
    (path,) = tmp_path.rglob(damage)
    path.write_text("{")
    if damage == "store.json":
        with pytest.raises(rl.InputError, match=r"has a store.json that is damaged"):
            rl.Store(store.place)
    else:
        assert ask(store).work.computed == 0, "the description is for people"


def test_something_else_is_not_taken_for_a_store(tmp_path):
    (tmp_path / "mine").write_text("")
    with pytest.raises(rl.InputError, match="holds something else than a store"):
        rl.Store(tmp_path)
    np.testing.assert_equal(os.listdir(tmp_path), ["mine"])
