"""The processes that run files of claims: forked from one that has imported the library, which takes seconds."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

_BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from regretlab.claims.ledger import child; child."
#: Seconds to start a process and import the libraries; a machine under load takes many.
START = 120.0
_lock = threading.Lock()
#: By the process that started them (a fork of it must not share its parent's): those that wait to fork others.
_waiting: dict[int, tuple[subprocess.Popen[bytes], socket.socket]] = {}


class Ended(Exception):
    """The process did not say that it was done; the message says how it ended."""


@contextmanager
def process(ask: dict[str, Any]) -> Iterator[IO[bytes]]:
    """Start a process that does what :func:`child.main` is asked, and give what it writes.

    At the end it is killed, and with it those of its children that stayed in its group.
    """
    here = {"path": sys.path, "folder": os.getcwd(), "environment": dict(os.environ)}
    line = json.dumps(ask | here).encode() + b"\n"
    with _forked(line) if sys.platform == "linux" else _started(line) as stream:
        yield stream


@contextmanager
def _forked(line: bytes) -> Iterator[IO[bytes]]:
    ours = _asked(line) or _asked(line)  # again, if a file has killed the process that forks
    if ours is None:
        raise Ended("could not be started")
    with ours, ours.makefile("rb") as stream:
        try:
            yield stream
        finally:
            with suppress(OSError):
                ours.shutdown(socket.SHUT_RDWR)  # which also ends the reading of a thread


def _asked(line: bytes) -> socket.socket | None:
    """Ask for a process, and return the socket it answers through; None if it does not."""
    ours, theirs = socket.socketpair()
    with _lock, theirs:
        source = _source()
        with suppress(OSError):
            socket.send_fds(source, [b"."], [theirs.fileno()])
    with suppress(OSError):
        ours.settimeout(START)
        ours.sendall(line)
        if ours.recv(1, socket.MSG_PEEK):
            ours.settimeout(None)
            return ours
    ours.close()
    with _lock:
        if os.getpid() in _waiting and _waiting[os.getpid()][1] is source:
            _end()
    return None


def _source() -> socket.socket:
    """Return the socket of the process that forks others, which is started when it is first needed."""
    if os.getpid() not in _waiting:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-c", f"{_BOOT}serve({theirs.fileno()})", json.dumps(sys.path)]
            quiet = subprocess.DEVNULL
            _waiting[os.getpid()] = (
                subprocess.Popen(
                    command, stdin=quiet, stdout=quiet, stderr=quiet, pass_fds=[theirs.fileno()], start_new_session=True
                ),
                ours,
            )
    return _waiting[os.getpid()][1]


@atexit.register
def _end() -> None:
    if os.getpid() in _waiting:
        started, ours = _waiting.pop(os.getpid())
        ours.close()
        started.kill()
        started.wait()


@contextmanager
def _started(line: bytes) -> Iterator[IO[bytes]]:
    """Start one that imports the library itself, for systems that do not fork what has loaded it."""
    started = subprocess.Popen(
        [sys.executable, "-c", f"{_BOOT}alone()", json.dumps(sys.path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    assert started.stdin is not None
    assert started.stdout is not None
    try:
        started.stdin.write(line)
        started.stdin.flush()
        yield started.stdout
    finally:
        try:
            if hasattr(os, "killpg"):
                os.killpg(started.pid, signal.SIGKILL)
            else:
                started.kill()
        except OSError:
            pass
        started.wait()
