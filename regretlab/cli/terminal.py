"""The command line's standard streams and signals: in any encoding, whoever stopped reading, however it ends."""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import signal
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from regretlab.errors import StoreWarning

if TYPE_CHECKING:
    from rich.console import Console

#: How commands and groups of them read their options, and how wide they write where nobody looks.
GROUP: dict[str, Any] = {
    "add_completion": False, "rich_markup_mode": None, "pretty_exceptions_enable": False, "no_args_is_help": True,
}  # fmt: skip
PLAIN_WIDTH = 150
#: The last signal to stop that came, or 0; whether its exception arrives is not certain while C code calls Python.
_received = 0
#: When it was handled, and within how many seconds further ones are no wish to end at once: of a program, which sends
#: its signal to a process and to the group, and whose second signal a busy machine may handle seconds after the first
#: one, and of a person who presses Ctrl-C again.
_since, ONE_SIGNAL, ONE_CTRL_C = 0.0, 10.0, 1.0


class _Patient(io.RawIOBase):
    """A file that takes all data: data that cannot be written are dropped, and the reason kept."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream  # held, as it would close its file where nobody else holds it
        self._raw: Any = getattr(stream.buffer, "raw", stream.buffer)
        self.error: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return int(self._raw.fileno())

    def isatty(self) -> bool:
        return bool(self._raw.isatty())

    def write(self, data: Any) -> int:
        if self.error is None:
            try:
                return int(self._raw.write(data) or 0)
            except OSError as error:
                self.error = error
        return len(data)


def prepare() -> None:
    """Make standard output and error such that no sign, reader or disk can end a command in a traceback.

    A sign that the encoding lacks is written as a question mark; a reader that went away changes nothing else.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by who started this process; whatever is opened next must not take its place
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            patient = io.BufferedWriter(_Patient(stream))
            lines = stream.line_buffering or stream.write_through or name == "stderr"
            errors = "replace" if name == "stdout" else "backslashreplace"
            setattr(sys, name, io.TextIOWrapper(patient, stream.encoding, errors, line_buffering=lines))


def console(markup: bool = True) -> Console:
    """Return the console of standard output, as wide as the terminal, or :data:`PLAIN_WIDTH` where there is none."""
    from rich.console import Console  # loaded once signals are listened to

    return Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False, markup=markup)


@contextlib.contextmanager
def warnings_as_sentences() -> Iterator[None]:
    """Write what a store has to say as sentences on standard error, without the line of code that says it."""
    before = warnings.showwarning

    def write(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        if issubclass(category, StoreWarning):
            print(f"regretlab: {message}", file=sys.stderr)
        else:
            before(message, category, *where, **more)

    warnings.showwarning = write
    try:
        yield
    finally:
        warnings.showwarning = before


def finish(status: int) -> int:
    """Return the exit status, once all is written; 2 where output could not be written though somebody was reading."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    error = getattr(getattr(getattr(sys.stdout, "buffer", None), "raw", None), "error", None)
    if error is not None and not isinstance(error, BrokenPipeError):
        reason = error.strerror or type(error).__name__
        print(f"regretlab: cannot write to standard output: {reason}; choose another.", file=sys.stderr)
        status = 2
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    return 128 + _received if status == 130 and _received else status


def listen() -> None:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does; a second one ends it at once. Ignored ones stay ignored.

    Signals within :data:`ONE_SIGNAL` seconds are one, as ``timeout`` and batch systems send theirs to a process and to
    its group, of which it is a part; Ctrl-C, which a person presses, counts again after :data:`ONE_CTRL_C`.
    """
    global _received
    _received = 0
    heard = []
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
            heard.append(number)
    atexit.register(_stop_listening, heard)


def _stop_listening(numbers: Iterable[int]) -> None:
    """Ignore the signals from here on if one was obeyed: Python ends without handlers, and one more would kill."""
    if _received:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)


def check() -> None:
    """Stop if a signal came whose exception got lost, as happens while libraries load."""
    if _received:
        raise KeyboardInterrupt


def _stop(number: int, frame: Any) -> None:
    global _received, _since
    if _received and time.monotonic() - _since < (ONE_CTRL_C if number == signal.SIGINT else ONE_SIGNAL):
        return
    if _received:
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
    _received, _since = number, time.monotonic()
    raise KeyboardInterrupt
