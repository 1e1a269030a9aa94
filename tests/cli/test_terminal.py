"""The command line ends with the right status in any encoding, with any reader, and at any signal to stop."""

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import time

import pytest

from regretlab.cli import terminal

COMMAND = [sys.executable, "-m", "regretlab"]
#: Python's way into the program, with a command that loads no library and writes more than a pipe holds.
WRITES = """
import sys, types
command = types.ModuleType("regretlab.cli.app")
command.main = lambda: print("\\u03b2 \\u2264 \\u221aT\\n" * 50_000)
sys.modules["regretlab.cli.app"] = command
from regretlab.__main__ import main
main()
"""


def called(shell="", command=(sys.executable, "-c", WRITES), **environment):
    """Status, output and errors; ``shell`` is what a shell makes of the streams."""
    line = f"{shlex.join(command)} {shell}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], capture_output=True, env={**os.environ, **environment}, timeout=120
    )
    return done.returncode, done.stdout, done.stderr.decode()


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONIOENCODING": "ascii:strict"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""},
    ],
    ids=["cp1252", "ascii", "C"],
)
def test_signs_that_an_encoding_lacks_are_question_marks(environment):
    status, output, errors = called(**environment)
    assert (status, errors) == (0, "")
    assert b"?" in output


def test_utf8_keeps_all_signs():
    """The twin: what is written does have signs that the others lack."""
    output = called(PYTHONIOENCODING="utf-8")[1].decode()
    with pytest.raises(UnicodeEncodeError):
        output.encode("cp1252")


def test_a_real_command_is_read_in_part_and_in_an_encoding_without_its_signs():
    status, output, errors = called("| head -n 1", [*COMMAND, "list"], PYTHONIOENCODING="ascii:strict")
    assert (status, output.count(b"\n"), errors) == (0, 1, "")


@pytest.mark.parametrize(
    ("shell", "status", "said"),
    [("| head -n 1", 0, ""), (">&-", 0, ""), ("2>&-", 0, ""),
     ("> /dev/full", 2, "cannot write to standard output: No space left"), ("> /dev/full 2> /dev/full", 2, "")],
)  # fmt: skip
def test_streams_that_take_nothing_end_without_a_traceback(shell, status, said):
    if "/dev/full" in shell and not os.path.exists("/dev/full"):
        pytest.skip("no such device here")
    found, _, errors = called(shell)
    assert found == status
    assert said in errors
    assert errors.count("\n") == bool(said)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals here")
@pytest.mark.parametrize(
    ("number", "wait", "times"), [(signal.SIGINT, 1, 1), (signal.SIGTERM, 0.05, 1), (signal.SIGTERM, 1, 500)]
)
def test_a_signal_to_stop_is_one_line_and_its_status(number, wait, times, tmp_path):
    """Also where it comes while the processes start, and where it is sent until the process has ended."""
    arguments = ["run", "reddi", "--horizon", "1000000000", "--out", str(tmp_path / "out"), "--jobs", "2"]
    process = subprocess.Popen(
        [*COMMAND, *arguments], start_new_session=True, stderr=subprocess.PIPE, text=True, stdout=subprocess.DEVNULL
    )
    while not (tmp_path / "out").exists() and process.poll() is None:
        time.sleep(0.05)
    time.sleep(wait)
    for _ in range(times):
        process.send_signal(number)  # nothing is sent to a process that has ended
        time.sleep(0.02)
    errors = process.communicate(timeout=60)[1]
    assert process.returncode == 128 + number
    assert errors.startswith("regretlab: interrupted")
    assert errors.count("\n") == 1
    for _ in range(300):
        if not left(process.pid):
            return
        time.sleep(0.1)
    raise AssertionError("some of its processes are left")


def left(group):
    """Whether there is a process of a group."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_signal_whose_exception_was_lost_is_noticed(monkeypatch):
    monkeypatch.setattr(terminal, "_received", 0)
    monkeypatch.setattr(signal, "signal", lambda *given: None)
    terminal.check()
    with contextlib.suppress(KeyboardInterrupt):  # as C code that calls Python may do
        terminal._stop(signal.SIGINT, None)
    with pytest.raises(KeyboardInterrupt):
        terminal.check()


@pytest.mark.parametrize(
    ("number", "one"), [(signal.SIGTERM, terminal.ONE_SIGNAL), (signal.SIGINT, terminal.ONE_CTRL_C)]
)
def test_a_second_signal_ends_a_command_at_once_unless_it_is_the_same_one(number, one, monkeypatch):
    ended, now = [], [100.0]
    monkeypatch.setattr(terminal, "_received", 0)
    monkeypatch.setattr(terminal.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(signal, "signal", lambda number, handler: ended.append(handler))
    monkeypatch.setattr(signal, "raise_signal", ended.append)
    with pytest.raises(KeyboardInterrupt):
        terminal._stop(number, None)
    now[0] += one / 2
    terminal._stop(number, None)
    assert ended == []
    now[0] += one
    with pytest.raises(KeyboardInterrupt):  # the process would have ended before
        terminal._stop(number, None)
    assert ended == [signal.SIG_DFL, number]
