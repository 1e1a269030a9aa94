"""A limit on the cost of one statement, so that it cannot keep the others of its file from being judged."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from regretlab.claims.language.verdict import Rejected

#: Seconds of computing for one statement, search and check together: several times what any shipped claim needs.
SECONDS = 30.0
#: And for the search of a proof of many steps.
PROOF_SECONDS = 600.0
_running = False


class _TimedOut(BaseException):
    """Raised in the middle of a search; no ``except Exception`` of a prover or of a file takes it for its own."""


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """Stop work that takes longer, or is nested too deeply, as :class:`Rejected`; within another limit do nothing.

    The time is that of the processor, so that a busy machine changes no verdict. Outside the main thread and on
    systems without such a timer only the solvers' own limits hold.
    """
    global _running
    timed = not _running and hasattr(signal, "SIGPROF") and threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGPROF, _stop) if timed else None
    _running = _running or timed
    try:
        if timed:
            signal.setitimer(signal.ITIMER_PROF, seconds)
        yield
    except _TimedOut:
        if not timed:
            raise
        raise Rejected(f"it was not decided in {seconds:.0f} seconds of computing") from None
    except RecursionError:
        raise Rejected("its terms are nested too deeply to be evaluated; write them in parts") from None
    finally:
        if timed:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
            _running = False


def _stop(number: int, frame: FrameType | None) -> None:
    raise _TimedOut
