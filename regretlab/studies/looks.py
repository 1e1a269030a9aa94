"""Where a run was looked at, kept beside its block in a store: looking may take longer than the run."""

from __future__ import annotations

import contextlib
from typing import Any

from regretlab.algorithms import Algorithm, parse
from regretlab.bounds import Bound
from regretlab.errors import InputError
from regretlab.problems import Problem
from regretlab.result import Result
from regretlab.runs.plan import plan
from regretlab.store import Block, Store
from regretlab.store.running import judged_by, line_of


def looked(result: Result, problem: Problem, store: Store, algorithm: str | Algorithm, asked: dict[str, Any]) -> Result:
    """Look at a result of one algorithm with what a store knows of it, as :meth:`Result.looked` does.

    Parameters
    ----------
    store : Store
        The one in which the run is kept.
    asked : dict
        The other arguments of simulate.
    """
    run = result.description()
    bounds = [b for b in Bound.known.values() if b.about(run.method, run.sampler)]
    if any(b.id not in Bound.known.library for b in bounds):  # nobody knows whether a user's bound is the same
        return result.looked()
    planned = plan(problem, parse(algorithm), **{name: value for name, value in asked.items() if name != "engine"})
    try:
        line = line_of(planned, asked["engine"])
    except InputError:  # the run holds something that cannot be told from another, as simulate has said
        return result.looked()
    block = Block.of(result.record)
    text = store.noted(line, block, judged_by())
    if text is not None:
        return Result(result.record.assign_attrs(looks=text))
    result = result.looked()
    with contextlib.suppress(InputError):  # simulate has said that the store cannot be written
        store.note(line, block, judged_by(), str(result.record.attrs["looks"]))
    return result
