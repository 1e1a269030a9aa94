"""Processes start at once, give back what they made, and end with their parent."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import regretlab as rl
from regretlab.system import processes


def test_every_result_comes_back():
    tasks = [(float(k), 2.0) for k in range(7)]
    for workers in (1, 2, 9):
        assert sorted(processes.unordered(pow, tasks, workers)) == [k**2 for k in range(7)]
    assert list(processes.unordered(pow, [], 2)) == []


def test_an_error_in_a_process_is_the_callers():
    with pytest.raises(ZeroDivisionError):
        list(processes.unordered(divmod, [(1, 1), (1, 0)], 2))


def test_processes_of_others_are_left_alone():
    other = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(60,))
    other.start()
    try:
        with pytest.raises(ZeroDivisionError):
            list(processes.unordered(divmod, [(1, 1), (1, 0)], 2))
        assert other.is_alive()
    finally:
        other.kill()
        other.join()


def test_a_killed_process_is_one_sentence():
    with pytest.raises(rl.InputError, match="memory runs out; --resume keeps"):
        list(processes.unordered(signal.raise_signal, [(signal.SIGKILL,)] * 2, 2))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals here")
def test_an_interruption_that_was_lost_in_a_finaliser_comes_again():
    code = """
        import os, signal, time
        from regretlab.system import processes

        class Late:
            def __del__(self):
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(0.01)

        def work():
            Late()
            try:
                time.sleep(60)
            finally:
                print("saved", flush=True)

        processes._stoppable(work)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=50)
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGTERM, "saved\n", "")


def test_an_interruption_lets_processes_save_what_they_have_come_to(tmp_path):
    """They end then, whatever the function makes of it, and begin nothing else."""
    code = """
import pathlib, time
place = pathlib.Path({!r})
try:
    (place / "begun").touch()
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(0.3)
    (place / "saved").touch()
"""
    places = [tmp_path / str(k) for k in range(6)]
    for place in places:
        place.mkdir()

    def interrupt():
        while not all((place / "begun").exists() for place in places[:2]):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        list(processes.unordered(exec, [(code.format(str(place)), {}) for place in places], 2))
    assert time.monotonic() - began < 50
    assert [(place / "saved").exists() for place in places] == [True] * 2 + [False] * 4
    assert not any((place / "begun").exists() for place in places[2:])


@pytest.mark.skipif(sys.platform != "linux", reason="only here are processes forked from a server")
def test_an_interruption_while_libraries_load_says_nothing_and_leaves_nothing(tmp_path):
    (tmp_path / "slow.py").write_text("import time; time.sleep(60)")
    code = """
        import time
        from regretlab.system import processes
        processes.warm_up("slow")
        print("loading", flush=True)
        time.sleep(60)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=tmp_path, start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert process.stdout.readline() == "loading\n"
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=30) == -signal.SIGINT
    os.killpg(process.pid, signal.SIGKILL)
    assert process.stderr.read().count("Traceback") == 1, "the main process's own, not the server's"


@pytest.mark.skipif(sys.platform != "linux", reason="only here are processes forked from a server")
def test_the_server_has_loaded_what_its_processes_call(tmp_path):
    (tmp_path / "once.py").write_text("import os; print(flush=True); pid = os.getpid()\ndef loaded(i): return pid")
    code = """
        import once
        from regretlab.system import processes
        if __name__ == "__main__":
            print(len(set(processes.unordered(once.loaded, [(i,) for i in range(8)], 2))))
    """
    (tmp_path / "main.py").write_text(textwrap.dedent(code))
    done = subprocess.run(
        [sys.executable, "main.py"], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])},
    )  # fmt: skip
    assert done.stdout.split() == ["1"]
