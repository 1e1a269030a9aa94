"""A study's work spread over processes that start at once, and end when their parent is interrupted or killed.

The libraries take seconds to load in every fresh process, so that workers are forks of one that has loaded them. (They
import the main module again, as all but joblib's do; the ledger of claims, called from scripts, uses joblib.)
"""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext
from typing import Any

from regretlab.errors import InputError

#: The exit status of a process that found its parent's script unguarded.
UNGUARDED = 1
#: That of a process that was killed by the system, for its memory, or by a person.
KILLED = -9
#: How long a process that is to end may save what it has come to.
SAVING_SECONDS = 60
#: Seconds after which an interruption that was lost is sent again.
AGAIN = 0.05


def warm_up(module: str) -> None:
    """Load a module once for all processes to come, while this one goes on; nothing where processes are not forked."""
    if sys.platform == "linux" and module not in sys.modules:
        _start_server(module)


def _start_server(module: str) -> None:
    """Start the process that workers are forked from, deaf to Ctrl-C; one that comes meanwhile waits, and is not lost.

    It loads a module first; where it runs already, it has what it was started with.
    The server inherits what is blocked here. (Its resource tracker unblocks what it blocked itself: it starts before.)
    """
    mp.set_forkserver_preload([module])
    resource_tracker.ensure_running()
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def refuse_without_guard() -> None:
    """Stop, in a process that is only importing its parent's main module to find functions there, before any work."""
    if getattr(mp.current_process(), "_inheriting", False):
        raise SystemExit(UNGUARDED)


def unordered(
    function: Callable[..., Any], tasks: Sequence[tuple[Any, ...]], workers: int,
    kept: str = "--resume keeps what was finished",
) -> Iterator[Any]:  # fmt: skip
    """``function(*task)`` for every task, in the order in which they finish.

    ``kept`` is a clause that says how to go on from what is finished, should a process be killed.
    """
    refuse_without_guard()
    workers = min(workers, len(tasks))
    if workers <= 1:
        yield from (function(*task) for task in tasks)
        return
    if sys.platform == "linux":
        _start_server(function.__module__)
    started: list[Any] = []
    others = mp.active_children()  # such as those of the caller, which are not to be ended

    def own() -> list[Any]:
        return [process for process in mp.active_children() if process not in others]

    with ProcessPoolExecutor(workers, _context(), initializer=_end_with_parent) as pool:
        try:
            with _signals_wait():  # a process that is half started when its parent leaves says so in a traceback
                futures = [pool.submit(_stoppable, function, *task) for task in tasks]
                started += own()
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool:
            for process in started:
                process.join(5)  # its exit status tells why
            statuses = [process.exitcode or 0 for process in started]
            if (
                KILLED not in statuses and max(statuses, default=0) > 0
            ):  # those left behind by a killed one may say 1 too
                raise InputError(
                    "a process ended while it was importing the main module of this one, as happens where a script is "
                    "not guarded: put what it runs under if __name__ == '__main__':, or use one process."
                ) from None
            raise InputError(
                f"one of {workers} processes was killed from outside, as happens when memory runs out; "
                f"{kept}, and --jobs 1 needs less memory."
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            left = own()
            for process in left:
                process.terminate()
            for process in left:
                process.join(SAVING_SECONDS)
                process.kill()
            raise


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Put off the signals to stop that this program handles until the block has ended."""
    came: list[int] = []
    before = {}
    if threading.current_thread() is threading.main_thread():
        stops = (number for number in (signal.SIGINT, signal.SIGTERM) if callable(signal.getsignal(number)))
        before = {number: signal.signal(number, lambda number, frame: came.append(number)) for number in stops}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for received in came[:1]:
            signal.raise_signal(received)


def _context() -> BaseContext:
    return mp.get_context("forkserver" if sys.platform == "linux" else "spawn")


def _stoppable(function: Callable[..., Any], *task: Any) -> Any:
    """Call a function, which SIGTERM interrupts, so that it can save what it has come to; then the process ends.

    An interruption that came while an object was finalised is lost, as Python ignores what is raised there: another
    follows it.
    """
    stopped: list[int] = []
    before = sys.unraisablehook

    def stop(number: int, frame: Any) -> None:
        signal.signal(number, signal.SIG_IGN)  # what is being saved is not to be interrupted
        stopped.append(number)
        raise KeyboardInterrupt

    def ignored(found: Any) -> None:
        if stopped and issubclass(found.exc_type, KeyboardInterrupt):
            signal.signal(signal.SIGTERM, stop)
            threading.Timer(AGAIN, os.kill, (os.getpid(), signal.SIGTERM)).start()
        else:
            before(found)

    try:
        sys.unraisablehook = ignored
        signal.signal(signal.SIGTERM, stop)
        result = function(*task)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    except BaseException as error:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if not stopped and not isinstance(error, KeyboardInterrupt):
            raise
    else:
        if not stopped:
            return result
    finally:
        sys.unraisablehook = before
    os.kill(os.getpid(), signal.SIGTERM)
    return None


def _end_with_parent() -> None:
    """Leave an interruption to the parent, and end with it: when it has been killed, nobody wants the result."""
    from tqdm import tqdm  # which the command line need not load to print a page

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tqdm.set_lock(threading.RLock())  # its own one is a semaphore, of which a process that is stopped leaves a warning
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = mp.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
