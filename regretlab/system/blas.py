"""One thread of BLAS while runs go on, in whatever threads: most libraries keep their number for the whole process.

Matrices here are small: BLAS threads cost up to fifty times more than they give, and change the rounding.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from threadpoolctl import ThreadpoolController

_LOCK = threading.Lock()
#: The number of runs that go on, and the libraries' threads before the first of them.
_runs = 0
_before: dict[Any, int] = {}

if hasattr(os, "register_at_fork"):  # a child must not wait for a thread that it does not have
    os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold linear algebra to one thread: the first run to begin does, and the last to end restores the number before.

    A library with a number for every thread of Python's is limited, and restored, in the thread of each run.
    """
    global _runs, _before
    shared, own = _libraries()
    mine = {library: library.get_num_threads() for library in own}
    _limit(own)
    with _LOCK:
        if not _runs:
            _before = {library: library.get_num_threads() for library in shared}
            _limit(shared)
        _runs += 1
    try:
        yield
    finally:
        with _LOCK:
            _runs -= 1
            if not _runs:
                _restore(_before)
        _restore(mine)


@functools.cache
def _libraries() -> tuple[list[Any], list[Any]]:
    """Return the libraries with one number for the process, and the libraries with a number for every thread."""
    import_module("scipy.linalg")  # SciPy brings a library of its own, which else comes with the first comparator
    found = ThreadpoolController().select(user_api="blas").lib_controllers  # takes longer than a short run
    own = [library for library in found if getattr(library, "threading_layer", None) == "openmp"]
    return [library for library in found if library not in own], own


def _limit(libraries: list[Any]) -> None:
    _restore(dict.fromkeys(libraries, 1))


def _restore(threads: dict[Any, int]) -> None:
    for library, number in threads.items():
        # In new versions the public one does nothing in any thread but one; here the runs are counted.
        getattr(library, "_real_set_num_threads", library.set_num_threads)(number)
