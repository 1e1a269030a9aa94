"""The process that a file of claims may spoil: it loads the file, and sends its claims as data.

A file can replace anything in this process, this module included. What it sends is therefore only taken for what the
file's author says; what has to be proved is proved elsewhere. Statements made of the file's own functions are decided
here, and say so.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from regretlab.claims import checkers
from regretlab.claims.language.verdict import Outcome, Rejected
from regretlab.claims.ledger.loading import load
from regretlab.claims.ledger.wire import claim_to_data
from regretlab.claims.provers import accepted, undecided
from regretlab.claims.statements import Statement
from regretlab.errors import InputError


def alone() -> None:
    """Do what standard input asks, and answer on standard output."""
    main(json.loads(sys.stdin.readline()), os.dup(1))


def serve(descriptor: int) -> None:
    """Fork a guarded process for every socket that comes through this one, until its other end is closed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the guards
    with socket.socket(fileno=descriptor) as source:
        while sockets := socket.recv_fds(source, 1, 1)[1]:
            if os.fork() == 0:
                source.close()
                _guard(socket.socket(fileno=sockets[0]))
            os.close(sockets[0])


def _guard(asked: socket.socket) -> None:
    """Fork a process that does what the socket asks, tell how it ended, and kill its group once nobody listens."""

    def ended(*_: Any) -> None:
        child, status = os.waitpid(-1, os.WNOHANG)  # a child that was only stopped is not waited for
        if child:
            asked.sendall(json.dumps({"ended": os.waitstatus_to_exitcode(status)}).encode() + b"\n")

    try:
        os.setsid()
        with asked.makefile("rb") as stream:
            ask = json.loads(stream.readline())
        signal.signal(signal.SIGCHLD, ended)
        if os.fork() == 0:
            try:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                main(ask, asked.detach())
            finally:
                os._exit(1)
        while asked.recv(1):
            pass
    finally:
        os.killpg(0, signal.SIGKILL)


def main(ask: dict[str, Any], descriptor: int) -> None:
    """Do what is asked: ``{"file", "token"}`` sends the claims, with ``"decide"`` the outcomes of some of them.

    The file finds the path of imports, the folder and the environment of the process that asks.
    """
    sys.path[:] = ask["path"]
    os.chdir(ask["folder"])
    os.environ.clear()
    os.environ.update(ask["environment"])
    channel = os.fdopen(descriptor, "w", encoding="utf-8")
    silent = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):  # what the file prints is not to be taken for what regretlab prints
        os.dup2(silent, standard)

    def send(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    send({"ready": True})
    try:
        claims = load(Path(ask["file"]))
        if "decide" in ask:
            known = {one.id: one.statement for claim in claims for one in claim.all()}
            for name, form, body in ask["decide"]:
                send(_decided(known[name], form, body))
        else:
            for claim in claims:
                send({"claim": claim_to_data(claim)})
        send({"done": ask["token"]})
    except InputError as error:
        send({"error": str(error)})
    except BaseException as error:
        send({"error": f"{Path(ask['file']).name}: {_says(error)}; mend the file."})
    os._exit(0)  # what the file left to be done at exit is not waited for


def _decided(statement: Statement, form: str, body: Any) -> dict[str, Any]:
    """Decide one statement by its certificate, or by a search where the form is empty."""
    try:
        if form:
            return {"outcome": _data(checkers.check(statement, form, body))}
        found = accepted(statement)
        if found is None:
            return {"rejected": undecided()}
        return {"outcome": _data(found.outcome), "form": found.form, "body": found.body}
    except Rejected as error:
        return {"rejected": str(error)}
    except InputError as error:
        return {"broke": str(error)}
    except BaseException as error:
        return {"broke": _says(error)}


def _data(outcome: Outcome) -> list[Any]:
    return [outcome.verdict, outcome.level, outcome.words, *outcome.parts]


def _says(error: BaseException) -> str:
    words = " ".join(str(error).split())[:300]
    return f"it raised {type(error).__name__}{f': {words}' if words else ''}"
