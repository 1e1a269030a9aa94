"""Where the orders of a sweep are carried out: in processes of this machine, or by any executor of Python's.

Dask is one of them: ``Client(address).get_executor()`` sends the orders to a cluster, and its scheduler gives those of
a worker that was lost to another one. An order's problem is sent to every worker once: as a file to processes, as it is
to threads, by Dask's own broadcast to a cluster.

Where the limit is: a cell costs its worker about 0.1 seconds of processor time beside its steps, for its record and its
verdicts, and half as much again for its block in a store. With 1000 worker threads of one cluster, all on two busy
cores, the client and Dask's scheduler passed 36 to 91 orders a second: 1000 workers are kept busy by orders of 11 to 28
seconds. Short cells are joined to orders of 0.2 seconds (:mod:`regretlab.sweeps.blocks`), so that a grid of tiny cells
wants few workers. The store is no limit where workers reach it, since each writes its own files; else all blocks go
through the client.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import queue
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from regretlab.errors import InputError, shown
from regretlab.problems import Problem
from regretlab.store import Store
from regretlab.sweeps.worker import Made, Order, make
from regretlab.system.processes import refuse_without_guard, unordered

#: Orders that an executor has at once: enough for two thousand workers, and few enough for a client's memory.
OUTSTANDING = 4096
#: Seconds in which a Dask scheduler has to answer for the first time; one that is there does so in milliseconds.
DASK_SECONDS = 5.0
AGAIN = "the same call with the same store goes on from what is finished"


def carried_out(
    orders: Sequence[Order], problems: Sequence[Problem | None], executor: Any, jobs: int
) -> Iterator[Made]:
    """Carry out orders, each on its problem where it needs one, and yield what was made as it is finished.

    Parameters
    ----------
    orders : sequence of Order
    problems : sequence of Problem or None
        For every order the problem that is sent; None where the order spells it.
    executor : concurrent.futures.Executor, distributed.Client or None
        None makes processes.
    jobs : int
        Number of processes.
    """
    refuse_without_guard()
    if executor is None:
        with _files(problems) as sent:
            tasks = list(zip(orders, sent, strict=True))
            yield from unordered(make, tasks, jobs, AGAIN)
        return
    executor, share = _prepared(executor)
    with share(problems) as sent:
        yield from _submitted(executor, orders, sent)


def _submitted(executor: Executor, orders: Sequence[Order], sent: Sequence[Any]) -> Iterator[Made]:
    """Submit as many orders as an executor may have at once, and the next one whenever one is finished."""
    done: queue.SimpleQueue[Future[Made]] = queue.SimpleQueue()
    waiting = iter(zip(orders, sent, strict=True))
    running: set[Future[Made]] = set()

    def submit(count: int) -> None:
        for order, problem in islice(waiting, count):
            future = executor.submit(make, order, problem)
            running.add(future)
            future.add_done_callback(done.put)

    try:
        submit(OUTSTANDING)
        while running:
            future = done.get()
            running.discard(future)
            yield future.result()
            submit(1)
    except (CancelledError, BrokenExecutor, OSError) as error:
        raise InputError(f"{_lost(executor, error)}; {AGAIN}.") from None
    except Exception as error:
        if type(error).__name__ != "KilledWorker":  # Dask's, which need not be there
            raise
        raise InputError(
            f"one part of the sweep ended several workers, as happens where memory runs out; give them more; {AGAIN}."
        ) from None
    finally:
        for future in running:
            future.cancel()


def reaches(executor: Any, store: Store) -> bool:
    """Whether the workers of an executor reach a store; those of this machine do."""
    if executor is None or isinstance(executor, ThreadPoolExecutor | ProcessPoolExecutor):
        return True
    return bool(_prepared(executor)[0].submit(store.is_here).result())


def _lost(executor: Executor, error: BaseException) -> str:
    if type(executor).__module__.startswith("distributed"):
        return "the Dask cluster was lost: its scheduler ended, or all workers that held the data were killed"
    if isinstance(error, BrokenExecutor):
        return "a worker was killed from outside, as happens when memory runs out"
    return f"the executor gave up ({type(error).__name__}: {error})"


Share = Callable[[Sequence[Problem | None]], Any]


def _prepared(executor: Any) -> tuple[Executor, Share]:
    """Return an executor, and how problems are given to its workers."""
    client = executor if hasattr(executor, "get_executor") else getattr(executor, "_client", None)
    if client is not None:
        return client.get_executor(pure=False), _scattering(client)
    if not isinstance(executor, Executor):
        raise InputError(
            f"executor={shown(executor)} is no executor; give a concurrent.futures.Executor or a distributed.Client."
        )
    return executor, _files if isinstance(executor, ProcessPoolExecutor) else _unchanged


@contextmanager
def _unchanged(problems: Sequence[Problem | None]) -> Iterator[list[Any]]:
    yield list(problems)


@contextmanager
def _files(problems: Sequence[Problem | None]) -> Iterator[list[Any]]:
    """Write every problem to a file of its own, once."""
    distinct = {id(problem): problem for problem in problems if problem is not None}
    if not distinct:
        yield list(problems)
        return
    with tempfile.TemporaryDirectory(prefix="regretlab-") as folder:
        paths = {}
        for i, (key, problem) in enumerate(distinct.items()):
            paths[key] = Path(folder) / f"{i}.pickle"
            paths[key].write_bytes(pickle.dumps(problem))
        yield [paths.get(id(problem)) for problem in problems]


def _scattering(client: Any) -> Share:
    @contextmanager
    def share(problems: Sequence[Problem | None]) -> Iterator[list[Any]]:
        distinct = {id(problem): problem for problem in problems if problem is not None}
        if distinct:
            client.wait_for_workers(1)  # a batch system may let them wait for hours
        sent = {key: client.scatter(problem, broadcast=True, hash=False) for key, problem in distinct.items()}
        yield [sent.get(id(problem)) for problem in problems]

    return share


@contextmanager
def dask(address: str) -> Iterator[Any]:
    """Connect to a Dask cluster by the address of its scheduler, or the file that names it.

    Raises
    ------
    InputError
        If Dask is not installed or no scheduler answers there.
    """
    try:
        from distributed import Client
    except ImportError:
        raise InputError("a Dask cluster needs the package distributed; pip install 'regretlab[cluster]'.") from None
    try:
        file = Path(address)
        named = str(json.loads(file.read_text()).get("address")) if file.is_file() else address
        asyncio.run(asyncio.wait_for(_asked_who_it_is(named), DASK_SECONDS))
        client: Any = Client(named)  # type: ignore[no-untyped-call]
    except Exception as error:  # anything may be there, and answer anything
        why = " ".join(str(error).split()) or f"nothing came within {DASK_SECONDS:g} seconds"
        raise InputError(
            f"no Dask scheduler answers at {address!r} ({why}); give the address that it printed."
        ) from None
    with client:
        yield client


async def _asked_who_it_is(address: str) -> None:
    """Ask a scheduler who it is: a client would wait for whatever else listens there, without an end."""
    from distributed import Security, rpc

    async with rpc(address, connection_args=Security().get_connection_args("client")) as scheduler:  # type: ignore[no-untyped-call]
        await scheduler.identity()
