"""Sweeps: every run of a study at every point of a grid, on the processes of a machine or on a cluster.

The cells of the grid are :mod:`regretlab.sweeps.cells`, their blocks and order :mod:`regretlab.sweeps.blocks`, what a
worker does :mod:`regretlab.sweeps.worker`, and what comes of it :mod:`regretlab.sweeps.result`.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from regretlab import studies
from regretlab.algorithms import Algorithm, parse
from regretlab.errors import InputError, StoreWarning, UnderflowWarning, shown, unknown_name
from regretlab.parameters import number, number_of_processes
from regretlab.problems import Problem
from regretlab.result import Result
from regretlab.runs.plan import NUMBERS
from regretlab.store import Store
from regretlab.studies import Study
from regretlab.sweeps import executors
from regretlab.sweeps.blocks import Task, tasks
from regretlab.sweeps.cells import Facts, Grid, check, grid_of, parsed
from regretlab.sweeps.grid import axes
from regretlab.sweeps.result import Sweep
from regretlab.sweeps.spool import spool_for
from regretlab.sweeps.summary import Summary, joined, summarised
from regretlab.sweeps.worker import Made, Order, built, is_kept, make
from regretlab.system import processor
from regretlab.system.progress import progress_bar

__all__ = ["Sweep", "sweep"]

#: Seconds of work that are over before a second process has started.
FEW_SECONDS = 2.0


def sweep(
    study: str | Study | Mapping[str, Any], over: Mapping[str, Any], executor: Any = None, store: Any = None,
    jobs: int | None = None, progress: bool = False, checkpoints: Any = "decimal",
) -> Sweep:  # fmt: skip
    """Run a study at every point of a grid of its parameters.

    The bits of every cell are those of :func:`regretlab.simulate` with its parameters, whatever carries it out and in
    whatever order. Ctrl-C ends the sweep; with a store what is finished stays, and the same call goes on from there.

    Parameters
    ----------
    study : str, Study or mapping
        A built-in study, a TOML file, or the arguments of simulate, in which problems and algorithms may be objects.
    over : mapping
        Values by parameter: lists such as ``{"alpha": [0.01, 0.1], "T": [1e3, 1e4]}``, or texts as on the command line,
        ``{"K": "8:128:x2"}``. Names are those of :mod:`regretlab.sweeps.cells`.
    executor : concurrent.futures.Executor or distributed.Client, optional
        What carries it out; by default processes of this machine. A problem that is given as text is built by every
        worker that needs it, one that is an object is sent to each once.
    store : Store, path or URL, optional
        Where finished blocks are kept, and read from if they are there.
    jobs : int, optional
        Number of processes, by default one per core; for another executor it is its own affair.
    progress : bool
        Show what is done, the time left and cells per second.
    checkpoints : "decimal", "log" or sequence of int
        Of the runs for which the study does not list any. ``"decimal"`` gives 1, 2, 3, 5 and 7 times the powers of ten,
        so that a run to a later horizon begins with the record of the run to this one.

    Returns
    -------
    Sweep
        With one dataset over the grid, exponents along its axes, conclusions and figures.

    Raises
    ------
    InputError
        Before any work for whatever is wrong with a cell: an unknown name, a value out of range, too many cells.

    Examples
    --------
    >>> import regretlab as rl
    >>> study = {"problem": "reddi(C=8)", "algorithm": "sgd", "horizon": 100}
    >>> found = rl.sweep(study, {"alpha": [0.1, 1], "T": "10:1000:x10"}, jobs=1)
    >>> dict(found.dataset.sizes)["alpha"], bool((found.dataset.online_high.sel(T=10) < 100).all())
    (2, True)
    """
    return carry_out(planned(study, over, store, jobs, checkpoints), executor, progress)


class Planned(NamedTuple):
    """A sweep that is checked, of which nothing is done: its cells, what is known of each, and their work by cost."""

    study: Study
    cells: Grid
    facts: list[Facts]
    work: list[Task]
    store: Store | None
    jobs: int | None


def planned(
    study: str | Study | Mapping[str, Any], over: Mapping[str, Any], store: Any = None, jobs: int | None = None,
    checkpoints: Any = "decimal",
) -> Planned:  # fmt: skip
    """Check all of a sweep before any process, worker or cluster is asked; the arguments are those of :func:`sweep`."""
    jobs = None if jobs is None else number_of_processes(jobs)
    of = as_study(study)
    cells = grid_of(of, axes(over), checkpoints)
    facts = check(cells, of.conclude, built)
    store = store if isinstance(store, Store | None) else Store(store)
    return Planned(of, cells, facts, tasks(cells.runs, facts), store, jobs)


def carry_out(plan: Planned, executor: Any = None, progress: bool = False) -> Sweep:
    """Do what is planned, show its progress where that is asked for, and return what came of it."""
    of, cells, facts, work, store, jobs = plan
    few = jobs is None and executor is None and sum(task.cost for task in work) < FEW_SECONDS
    workers = 1 if few else number_of_processes(jobs)
    if store is not None and store.alone and workers > 1 and not isinstance(executor, ThreadPoolExecutor):
        raise InputError("a store in the memory of this process serves no other; give a folder, or jobs=1.")
    summaries: dict[int, Summary] = {}
    spool = spool_for(cells)
    form = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
    bar = progress_bar("sweep", sum(task.cost for task in work), progress, form)
    finished = _summaries(cells, facts, work, executor, workers, store)
    try:
        with bar, closing(finished):
            for i, summary, share in finished:
                if summary is not None:
                    summaries[i] = summary if spool is None else spool.kept(i, summary)
                rate = len(summaries) / max(bar.format_dict["elapsed"], 1e-9)
                bar.set_postfix_str(f"{len(summaries)}/{len(facts)} cells, {rate:.3g}/s", False)
                bar.update(share)
    except KeyboardInterrupt:
        kept = "nothing is kept without a store" if store is None else "they are in the store; the same call goes on"
        raise KeyboardInterrupt(f"interrupted: {len(summaries)} of {len(facts)} cells were finished, {kept}") from None
    if lost := next((s.lost for s in summaries.values() if s.lost), ""):
        count = sum(bool(s.lost) for s in summaries.values())
        said = f"{count} of {len(facts)} cells have {lost}: their steps, and so their regret, are not the method's"
        warnings.warn(f"{said}; measure the losses in smaller units.", UnderflowWarning, stacklevel=3)
    if len(kinds := sorted({s.processor for s in summaries.values()})) > 1:
        warnings.warn(
            f"the cells were made on processors that round differently ({'; '.join(kinds)}): their last bits are not "
            f"comparable; {processor.PORTABLE}=1 in the environment of all workers makes these agree.",
            UserWarning, stacklevel=3,
        )  # fmt: skip
    return Sweep(of, cells, [summaries[i] for i in range(len(facts))], store, spool)


def _summaries(
    cells: Grid, facts: list[Facts], work: list[Task], executor: Any, workers: int, store: Any
) -> Generator[tuple[int, Summary | None, float]]:
    """Yield the number of a run, its summary once all its parts are there, and the cost of what was done."""
    orders, problems = [], []
    for task in work:
        problem = cells.runs[task.blocks[0].run].problem
        blocks = tuple((b, parsed((run := cells.runs[b.run]).algorithm), run.arguments()) for b in task.blocks)
        text = problem if isinstance(problem, str) else None
        orders.append(Order(blocks, text, facts[task.blocks[0].run].digest, store))
        problems.append(None if isinstance(problem, str) else problem)
    costs = {block: task.cost / len(task.blocks) for task in work for block in task.blocks}
    parts: dict[int, dict[int, Result]] = {}
    told: set[str] = set()
    for made in _made(orders, problems, executor, workers, store):
        try:
            if made.kept is not None and store is not None:
                store.take(made.kept)
        except InputError as error:
            made.warnings.append(f"{str(error).rstrip('.')}. The cells themselves are whole; they are not kept there.")
        for sentence in {*made.warnings} - told:
            told.add(sentence)
            warnings.warn(sentence, StoreWarning, stacklevel=4)
        for block, what in made.blocks:
            whole = what if isinstance(what, Summary) else None
            if isinstance(what, Result):
                of = parts.setdefault(block.run, {})
                of[block.part] = what
                if len(of) == block.parts:
                    whole = summarised(joined([of[part] for part in sorted(parts.pop(block.run))]))
            yield block.run, whole, costs[block]


def _made(
    orders: list[Order], problems: list[Problem | None], executor: Any, workers: int, store: Store | None
) -> Iterator[Made]:
    """Have orders carried out; those that are finished in a store that the workers do not reach are read here."""
    if store is not None and not executors.reaches(executor, store):
        kept = [is_kept(order, problem) for order, problem in zip(orders, problems, strict=True)]
        yield from map(make, itertools.compress(orders, kept), itertools.compress(problems, kept))
        new = [not of for of in kept]
        orders, problems = list(itertools.compress(orders, new)), list(itertools.compress(problems, new))
    yield from executors.carried_out(orders, problems, executor, workers)


def as_study(study: Any) -> Study:
    """Return what is swept as a study; a mapping has the arguments of simulate."""
    if isinstance(study, Study):
        return study
    if isinstance(study, str | Path):
        return studies.load(str(study))
    if not isinstance(study, Mapping):
        raise InputError(
            f"study={shown(study)} is no study; give a name, a TOML file, or a table of simulate's arguments."
        )
    for key in study:
        if key not in studies.KEYS:
            raise unknown_name("argument of simulate", key, studies.KEYS)
    for key in ("problem", "algorithm"):
        if key not in study:
            raise InputError(f"the study has no {key!r}; give one, as {{'problem': 'reddi', 'algorithm': 'adam'}}.")
    given: dict[str, Any] = {
        key: int(number(key, study[key], NUMBERS[key], integer=True)) for key in NUMBERS & study.keys()
    }
    measure = study.get("measure", ())
    given |= {"measure": (measure,) if isinstance(measure, str) else tuple(measure)}
    given |= {key: study[key] for key in ("checkpoints", "engine") if key in study}
    texts = tuple(_spelled(algorithm) for algorithm in _several(study["algorithm"], Algorithm))
    return Study("sweep", tuple(studies.Cell(p, texts, **given) for p in _several(study["problem"], Problem)))


def _several(given: Any, kind: type) -> list[Any]:
    return [given] if isinstance(given, str | kind) else list(given)


def _spelled(algorithm: str | Algorithm) -> str:
    """Return the text that makes an algorithm."""
    if isinstance(algorithm, Algorithm) and parse(algorithm.name) != algorithm:
        raise InputError(f"the algorithm {algorithm.name!r} is not what its name says; give it as text in a sweep.")
    return algorithm.name if isinstance(algorithm, Algorithm) else algorithm
