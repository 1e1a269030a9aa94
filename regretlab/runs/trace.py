"""A run made once more, with the trace of every step."""

from __future__ import annotations

from collections.abc import Iterator

from regretlab.engines.array import Arrays, Trace, initial, namespace
from regretlab.engines.compiled.engine import Compiled
from regretlab.engines.streams import Streams
from regretlab.methods import Coefficients
from regretlab.runs.plan import Plan
from regretlab.runs.schedule import Schedule

#: The engines that can show what every step saw.
TRACING = ("array", "compiled")


def traced(plan: Plan, engine: str, steps: int) -> Iterator[tuple[Trace, Coefficients]]:
    """Make the steps of a run, so many at a time, and show what every one of them saw, with the coefficients.

    Parameters
    ----------
    engine : {"array", "compiled"}
        The one that made the run.
    steps : int
        Of a block; memory does not depend on the horizon.
    """
    R, xp = len(plan.replicates), namespace("array")
    made: Arrays | Compiled
    if engine == "compiled":
        made = Compiled(plan.problem, plan.sampler)
    else:
        made = Arrays(plan.problem, plan.sampler, R, xp, plan.algorithm.method)
    state = initial(plan.problem, plan.sampler, R, (), xp, plan.algorithm.method)
    streams, coefficients = Streams(plan.seed, "sampler", plan.replicates), Schedule(plan.algorithm, plan.horizon)
    while state.t < plan.horizon:
        schedule = coefficients.steps(state.t + 1, min(steps, plan.horizon - state.t))
        state, trace = made.traced(state, schedule, streams)
        yield trace, schedule
