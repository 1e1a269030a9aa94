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
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from typing import Any

from regretlab.errors import InputError


def warm_up(module: str) -> None:
    """Load a module once for all processes to come, while this one goes on; nothing where processes are not forked."""
    if sys.platform == "linux" and module not in sys.modules:
        mp.set_forkserver_preload([module])
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server inherits it while it loads
        forkserver.ensure_running()
        signal.signal(signal.SIGINT, handler)


def unordered(function: Callable[..., Any], tasks: Sequence[tuple[Any, ...]], workers: int) -> Iterator[Any]:
    """``function(*task)`` for every task, in the order in which they finish."""
    workers = min(workers, len(tasks))
    if workers <= 1:
        yield from (function(*task) for task in tasks)
        return
    with ProcessPoolExecutor(workers, _context(), initializer=_end_with_parent) as pool:
        try:
            for future in as_completed([pool.submit(function, *task) for task in tasks]):
                yield future.result()
        except BrokenProcessPool:
            raise InputError(
                f"one of {workers} processes was killed from outside, as happens when memory runs out; "
                f"--resume keeps what was finished, and --jobs 1 needs less memory."
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in mp.active_children():
                process.terminate()
            raise


def _context() -> BaseContext:
    return mp.get_context("forkserver" if sys.platform == "linux" else "spawn")


def _end_with_parent() -> None:
    """An interruption is the parent's to handle; when the parent has been killed, nobody wants the result."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = mp.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
