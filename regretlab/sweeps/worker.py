"""What a worker does: it makes blocks of one problem, which it builds or is given once, and returns compact numbers."""

from __future__ import annotations

import pickle
import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from regretlab.algorithms import Algorithm
from regretlab.errors import InputError, StoreWarning
from regretlab.problems import Problem
from regretlab.problems.names import parse
from regretlab.result import Result, simulate
from regretlab.runs.plan import plan
from regretlab.store import Store
from regretlab.store.running import line_of, look_up
from regretlab.studies.looks import looked
from regretlab.sweeps.blocks import Block
from regretlab.sweeps.summary import Summary, summarised
from regretlab.system import memory, processor
from regretlab.system.version import __version__

#: Bytes of the problems that a process keeps beside the present one, as a share of what is free.
KEPT_SHARE = 0.25


class Order(NamedTuple):
    """What is asked of a worker: blocks with their algorithms and arguments of simulate, all on one problem.

    ``problem`` is the problem's spelling, with the digest that its data have where the sweep was asked for; None where
    the worker is given the problem itself. ``store`` is where the blocks are read and kept, if anywhere.
    """

    blocks: tuple[tuple[Block, Algorithm, dict[str, Any]], ...]
    problem: str | None
    digest: str
    store: Store | None = None
    version: str = __version__


class Made(NamedTuple):
    """What a worker gives back.

    ``blocks`` have with each block its summary, or its record where it is a part of a cell. ``kept`` holds them for a
    store that the worker does not reach. ``warnings`` are what was said of the store meanwhile.
    """

    blocks: list[tuple[Block, Summary | Result]]
    kept: Store | None
    warnings: list[str]


class Problems:
    """The problems of a process by what makes them; those used longest ago go where they take too much memory."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Problem, str, int]] = OrderedDict()
        self._lock = threading.Lock()  # two threads that want one problem build it once

    def get(self, key: str, make: Callable[[], Problem]) -> tuple[Problem, str]:
        """Return a problem and the digest of its data; make it if it is not there."""
        with self._lock:
            if key not in self._kept:
                problem = make()
                self._kept[key] = problem, problem.digest(), size(problem)
                most = KEPT_SHARE * memory.available()
                while len(self._kept) > 1 and sum(kept[2] for kept in self._kept.values()) > most:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key][:2]


PROBLEMS = Problems()


def size(value: Any, depth: int = 4) -> int:
    """Estimate the bytes of the arrays that an object holds.

    Examples
    --------
    >>> size({"x": np.zeros(10), "of": [np.zeros(2)]})
    96
    """
    if isinstance(value, np.ndarray):
        return 0 if isinstance(value, np.memmap) else int(value.nbytes)
    if sparse.issparse(value):
        return size(vars(value), depth)
    if depth == 0:
        return 0
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    inside = vars(value).values() if hasattr(value, "__dict__") and not isinstance(value, type) else inside
    return sum(size(one, depth - 1) for one in inside)


def built(problem: str | Problem) -> Problem:
    """Return a problem that this process may have already."""
    return problem if isinstance(problem, Problem) else PROBLEMS.get(problem, lambda: parse(problem))[0]


def make(order: Order, given: Problem | Path | None = None) -> Made:
    """Make the blocks of an order, in their order.

    Parameters
    ----------
    order : Order
    given : Problem or Path, optional
        The problem, or the file that it was pickled to by the process that asks.
    """
    if order.version != __version__:
        raise InputError(
            f"a worker has regretlab {__version__}, and the sweep was asked for by {order.version}; install the same "
            "version on all machines."
        )
    problem, said = _problem(order, given), []
    store = order.store if order.store is None or order.store.is_here() else Store()
    if threading.current_thread() is not threading.main_thread():  # the filters belong to all threads
        made = [(block, _made(problem, store, block, a, of)) for block, a, of in order.blocks]
    else:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            made = [(block, _made(problem, store, block, a, of)) for block, a, of in order.blocks]
        said = [str(one.message) for one in caught if issubclass(one.category, StoreWarning)]
    return Made(made, None if store is order.store else store, said)


def _problem(order: Order, given: Problem | Path | None) -> Problem:
    if isinstance(given, Problem):
        return given
    if isinstance(given, Path):
        return PROBLEMS.get(str(given), lambda: pickle.loads(given.read_bytes()))[0]
    text = order.problem or ""
    problem, digest = PROBLEMS.get(text, lambda: parse(text))
    if digest != order.digest:
        raise InputError(
            f"the data of {text!r} on a worker have the digest {digest}, and {order.digest} where the sweep was asked "
            "for; give all machines the same file, or give the problem as an object, which is sent to them."
        )
    return problem


def _made(
    problem: Problem, store: Store | None, block: Block, algorithm: Algorithm, arguments: dict[str, Any]
) -> Summary | Result:
    """Make one block: its summary, or its record where it is a part of a cell."""
    asked = arguments | {"replicates": block.replicates}
    result = simulate(problem, algorithm, store=store, **asked)
    if "interrupted" in result.record.attrs:
        raise KeyboardInterrupt
    work = result.work
    result = result.looked() if store is None else looked(result, problem, store, algorithm, asked)
    result.work = work
    result.record.attrs["processor"] = processor.kind()
    return summarised(result) if block.parts == 1 else result


def is_kept(order: Order, given: Problem | None) -> bool:
    """Whether an order's store, which this process reaches, has all that is asked for."""
    problem = _problem(order, given)
    assert order.store is not None
    for block, algorithm, arguments in order.blocks:
        asked = {k: v for k, v in arguments.items() if k != "engine"} | {"replicates": block.replicates}
        planned = plan(problem, algorithm, **asked)
        try:
            known = look_up(order.store, line_of(planned, arguments["engine"]), planned)
        except InputError:
            return False
        if known.missing or min(known.parts, default=0) < planned.horizon:
            return False
    return True
