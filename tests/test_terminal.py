"""The command line ends with the right status in any encoding, with any reader, and at any signal to stop."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from regretlab.cli import terminal

COMMAND = [sys.executable, "-m", "regretlab"]
SHOW = ["show", "adamcb.printed"]  # its page has signs that no Latin encoding has


def called(arguments, shell="", **environment):
    """Status, output and errors; ``shell`` is what a shell makes of the streams."""
    line = " ".join([*COMMAND, *arguments, shell])
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], capture_output=True, env={**os.environ, **environment}, timeout=120
    )
    return done.returncode, done.stdout, done.stderr.decode()


@pytest.mark.parametrize(
    "environment",
    [{"PYTHONIOENCODING": "cp1252"}, {"PYTHONIOENCODING": "ascii:strict"},
     {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}],
    ids=["cp1252", "ascii", "C"],
)  # fmt: skip
def test_signs_that_an_encoding_lacks_are_question_marks(environment):
    status, output, errors = called(SHOW, **environment)
    assert (status, errors) == (0, "")
    assert b"?" in output


def test_utf8_keeps_all_signs():
    """The twin: the page does have signs that the others lack."""
    output = called(SHOW, PYTHONIOENCODING="utf-8")[1].decode()
    with pytest.raises(UnicodeEncodeError):
        output.encode("cp1252")


@pytest.mark.parametrize(
    ("shell", "status", "said"),
    [("| head -n 1", 0, ""), (">&-", 0, ""), ("2>&-", 0, ""),
     ("> /dev/full", 2, "cannot write to standard output: No space left"), ("> /dev/full 2> /dev/full", 2, "")],
)  # fmt: skip
def test_streams_that_take_nothing_end_without_a_traceback(shell, status, said):
    if "/dev/full" in shell and not os.path.exists("/dev/full"):
        pytest.skip("no such device here")
    found, _, errors = called(SHOW, shell)
    assert found == status
    assert said in errors
    assert errors.count("\n") == bool(said)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals here")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_stop_is_one_line_and_its_status(number, tmp_path):
    arguments = ["run", "reddi", "--horizon", "1000000000", "--out", str(tmp_path / "out"), "--jobs", "2"]
    process = subprocess.Popen(
        [*COMMAND, *arguments], start_new_session=True, stderr=subprocess.PIPE, text=True, stdout=subprocess.DEVNULL
    )
    while not (tmp_path / "out").exists() and process.poll() is None:
        time.sleep(0.1)
    time.sleep(1)
    process.send_signal(number)
    errors = process.communicate(timeout=60)[1]
    assert process.returncode == 128 + number
    assert errors.startswith("regretlab: interrupted")
    assert "Traceback" not in errors
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
