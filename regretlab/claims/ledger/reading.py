"""Files of claims are programs: each runs in a process of its own, under a time limit, and tells its claims as data."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from typing import IO, Any

from regretlab.claims.language.data import Unreadable
from regretlab.claims.language.verdict import KERNEL, LEVELS, OWN, Outcome
from regretlab.claims.ledger.forking import START, Ended, process
from regretlab.claims.ledger.wire import claim_from_data
from regretlab.claims.statements.claim import Claim
from regretlab.errors import InputError

#: Seconds a file may take to make its claims, and one of its functions to be run through.
LIMIT = 15.0
#: A file that says more than this many characters is stopped.
MOST = 50_000_000
#: The beginning of the reason where a process or a function broke.
BROKE = "broke: "
_cache: dict[tuple[Path, int], list[Claim]] = {}


def read(file: Path) -> list[Claim]:
    """Read the claims of a file, from a process that runs it.

    Raises
    ------
    InputError
        If the file is refused, exits, loops, or says what no claim is written as, in one sentence.
    """
    key = (file, file.stat().st_mtime_ns)
    if key not in _cache:
        claims = []
        try:
            for message in _messages({"file": str(file)}):
                if "error" in message:
                    raise InputError(str(message["error"]))
                claims.append(claim_from_data(message["claim"]))
        except Ended as how:
            raise InputError(
                f"{named(file)} {how} before its claims could be judged; a file of claims has to run to its end."
            ) from None
        except (Unreadable, KeyError) as error:
            raise InputError(f"{named(file)} does not tell its claims as claims are written ({error}).") from None
        _cache[key] = claims
    return _cache[key]


Decided = tuple[Outcome | None, str, str, Any]


def decide(file: Path, asked: Sequence[tuple[str, str, Any]]) -> Iterator[Decided]:
    """Decide statements of the file's functions, each asked as ``(claim, form, body)``, and yield what was found.

    An empty form asks for a search. Yields ``(outcome, why not, form, body)``; a process that ends on one claim is
    started again for the next.
    """
    waiting = list(asked)
    while waiting:
        try:
            for message in _messages({"file": str(file), "decide": waiting}):
                yield _outcome(message)
                del waiting[0]
            if waiting:
                raise Ended("stopped")
        except Ended as how:
            yield None, f"{BROKE}its functions run in a process that {how}", "", None
            del waiting[0]


def _outcome(message: dict[str, Any]) -> Decided:
    try:
        if "outcome" in message:
            verdict, level, words, *parts = map(str, message["outcome"])
            if verdict in OWN and level in LEVELS and level != KERNEL:
                outcome = Outcome(verdict, level, words, tuple(parts))
                return outcome, "", str(message.get("form", "")), message.get("body")
        if "rejected" in message:
            return None, str(message["rejected"]), "", None
        return None, f"{BROKE}{message.get('broke', message.get('error', 'no outcome'))}", "", None
    except (TypeError, ValueError):
        return None, f"{BROKE}its process gave no outcome", "", None


def named(file: Path) -> str:
    """Name the file as messages do."""
    return f"{file.parent.name}/{file.name}"


def _messages(ask: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the messages of the process until it says that it is done; raise :class:`Ended` if it does not."""
    token = secrets.token_hex(16)
    lines: Queue[bytes] = Queue()
    with process(ask | {"token": token}) as stream:
        listener = threading.Thread(target=_listen, args=(stream, lines), daemon=True)
        listener.start()
        limit = START
        while True:
            message = _next(lines, limit)
            if message.get("done") == token:
                return
            if "ready" not in message:
                yield message
            limit = LIMIT


def _listen(stream: IO[bytes], lines: Queue[bytes]) -> None:
    total = 0
    with suppress(OSError, ValueError):  # where it is closed meanwhile
        while total <= MOST and (line := stream.readline(MOST)):
            total += len(line)
            lines.put(line)
    lines.put(b"")


def _next(lines: Queue[bytes], limit: float) -> dict[str, Any]:
    try:
        line = lines.get(timeout=limit)
    except Empty:
        raise Ended(f"ran for {limit:.0f} seconds and was stopped") from None
    if not line:
        raise Ended("ended, or closed the pipe that it tells its claims through,")
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise Ended("wrote what is no claim where its claims are told")
    if "ended" in message:
        raise Ended(f"ended its process (exit status {message['ended']})")
    return message
