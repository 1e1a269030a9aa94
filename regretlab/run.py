"""The run: the only owner of the loop over steps. Blocks of steps on an engine give a record at the checkpoints."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

import numpy as np
import xarray as xr
from tqdm import tqdm

from regretlab import blas, memory
from regretlab.ahead import Ahead
from regretlab.algorithms import Algorithm
from regretlab.checkpoints import checkpoint_times, ends_of_periods
from regretlab.engines import array
from regretlab.engines.array import MEASURES, State
from regretlab.engines.choice import Choice, choose
from regretlab.errors import InputError, shown
from regretlab.methods import Coefficients, power
from regretlab.parameters import number, one_of
from regretlab.problems import Problem
from regretlab.problems.domains import spelled
from regretlab.rng import Streams
from regretlab.samplers import Cyclic, Sampler, Setting, Uniform
from regretlab.state import pack, unpack

#: The numbers of a run, and where they may lie.
NUMBERS = {"horizon": "[1, 1e12]", "replicates": "[1, 1e6]", "seed": "[0, inf)"}
MOST_REPLICATES = 1_000_000
#: Numbers that a replicate keeps: of every coordinate and example, and in every column of the record.
STATE_PER_COORDINATE, STATE_PER_EXAMPLE, CURVES = 8, 2, 12


class Plan(NamedTuple):
    """One algorithm on one problem, with everything that is tied to the run made a number."""

    problem: Problem
    algorithm: Algorithm
    sampler: Sampler
    horizon: int
    replicates: tuple[int, ...]
    seed: int
    checkpoints: np.ndarray
    measure: tuple[str, ...]
    #: Checkpoints that are there for figures alone (:func:`ends_of_periods`).
    ends: np.ndarray


class Observer(Protocol):
    """What measures a run from outside: columns (replicates,) at every checkpoint, and arrays kept at the end."""

    def __call__(self, plan: Plan, state: State) -> dict[str, np.ndarray]: ...

    def final(self) -> dict[str, tuple[tuple[str, ...], np.ndarray]]: ...


def plan(
    problem: Problem,
    algorithm: Algorithm,
    *,
    horizon: int,
    replicates: int | Iterable[int] = 1,
    seed: int = 0,
    checkpoints: str | Sequence[int] = "log",
    measure: Sequence[str] = (),
) -> Plan:
    """Check the arguments of a run and fit the sampler to it; no step is made."""
    if algorithm.method.entropic and not getattr(problem.domain, "entropic", False):
        raise InputError(
            f"{algorithm.name} moves on a simplex, and the domain of {problem.name} is {spelled(problem.domain)}; give "
            "the problem domain='simplex', or take sgd."
        )
    if algorithm.method.entropic and np.ptp(problem.start) > 1e-12 * np.abs(problem.start).max():
        raise InputError(
            f"{algorithm.name} starts at the centre of the simplex; leave out the start of {problem.name}."
        )
    horizon = int(number("horizon", horizon, NUMBERS["horizon"], integer=True))
    if not isinstance(measure, Iterable):
        raise InputError(f"measure={shown(measure)} is not one of {', '.join(map(repr, MEASURES))}, or a list of them.")
    measure = (measure,) if isinstance(measure, str) else tuple(measure)
    chosen = replicate_numbers(replicates)
    seed = int(number("seed", seed, NUMBERS["seed"], integer=True))
    for name in measure:
        one_of("measure", name, MEASURES)
    declared = problem.constants()
    L = declared["L"].value if "L" in declared else np.inf
    sampler = algorithm.sampler or (Cyclic() if problem.order == "cyclic" else Uniform())
    K = algorithm.batch_size or problem.batch_size
    fitted = sampler.fit(Setting(problem.n, K, L, horizon))
    times = checkpoint_times(checkpoints, horizon)
    # The same for every algorithm on the problem, as their records are joined; with K > 1 some periods are shorter.
    repeats = problem.order == "cyclic" and isinstance(checkpoints, str)
    ends = np.setdiff1d(ends_of_periods(times, problem.n), times) if repeats else times[:0]
    times = np.union1d(times, ends)
    numbers = len(chosen) * (STATE_PER_COORDINATE * problem.d + STATE_PER_EXAMPLE * problem.n + CURVES * len(times))
    memory.need(f"a run of {len(chosen)} replicates, each with its {problem.n} examples,", 8.0 * numbers)
    return Plan(problem, algorithm, fitted, horizon, chosen, seed, times, measure, ends)


def replicate_numbers(replicates: int | Iterable[int]) -> tuple[int, ...]:
    """The numbers of the replicates: the first R of them for an integer R, also written as text, else those listed.

    Raises
    ------
    InputError
        For an empty list, a number below 0 or not whole, and for a number that is listed twice: a run that is counted
        twice would make intervals narrower without another run.

    Examples
    --------
    >>> replicate_numbers(3), replicate_numbers("3"), replicate_numbers([7, 2])
    ((0, 1, 2), (0, 1, 2), (7, 2))
    """
    if isinstance(replicates, (Mapping, bytes, bytearray)):
        raise InputError(f"replicates={replicates!r} is neither a number of runs nor a list of their numbers.")
    if isinstance(replicates, str) or not isinstance(replicates, Iterable) or not getattr(replicates, "shape", True):
        return tuple(range(int(number("replicates", replicates, NUMBERS["replicates"], integer=True))))
    listed = list(itertools.islice(replicates, MOST_REPLICATES + 1))
    if not 1 <= len(listed) <= MOST_REPLICATES:
        many = f"more than {MOST_REPLICATES}" if listed else "no"
        raise InputError(f"replicates names {many} runs; give a number of runs, or a list of numbers, each once.")
    numbers = [int(number("replicate", r, "[0, 1e18]", integer=True)) for r in listed]
    if twice := [r for r, count in Counter(numbers).items() if count > 1]:
        raise InputError(
            f"replicates names replicate {twice[0]} more than once; give a number of runs, or a list, each number once."
        )
    return tuple(numbers)


def continued(problem: Problem, algorithm: Algorithm, facts: dict[str, Any], horizon: int, checkpoints: Any) -> Plan:
    """The plan that goes on from a described run to a later horizon, with the sampler exactly as it was fitted."""
    if horizon <= facts["horizon"]:
        raise InputError(f"horizon={horizon} is not beyond the {facts['horizon']} steps that were made; ask for more.")
    again = as_described(problem, algorithm, facts, horizon, checkpoints)
    later, ends = (times[times > facts["horizon"]] for times in (again.checkpoints, again.ends))
    return again._replace(checkpoints=later, ends=ends)


def as_described(
    problem: Problem, algorithm: Algorithm, facts: dict[str, Any], horizon: int | None = None, checkpoints: Any = "log"
) -> Plan:
    """The plan of a described run, or of one to another horizon, with the sampler exactly as it was fitted."""
    again = plan(
        problem, algorithm, horizon=horizon or facts["horizon"], replicates=facts["replicates"], seed=facts["seed"],
        checkpoints=checkpoints, measure=facts["measure"],
    )  # fmt: skip
    L = problem.constants()["L"].value if "L" in problem.constants() else np.inf
    setting = Setting(problem.n, facts["K"], L, facts["horizon"])
    return again._replace(sampler=replace(type(again.sampler)(**facts["sampler_parameters"]), setting=setting))


def run(
    plan: Plan,
    *,
    engine: str = "auto",
    observers: Sequence[Observer] = (),
    progress: bool = False,
    start: xr.Dataset | None = None,
) -> xr.Dataset:
    """Simulate and record.

    Parameters
    ----------
    plan : Plan
        From :func:`plan`.
    engine : {"auto", "compiled", "cuda", "array", "cupy"}
        ``"auto"`` chooses the compiled engine where every part of the run has a compiled form, else the array engine
        on NumPy; the record says which, and why.
    observers : sequence of Observer
        This is how regret is measured without the run knowing what regret is.
    progress : bool
        Show a progress bar over the steps.
    start : xarray.Dataset, optional
        The record of the same run to an earlier step, to go on from (see :func:`continued`).

    Returns
    -------
    xarray.Dataset
        Dimensions ``replicate``, ``t``, and for what is kept at the end ``coordinate`` and ``example``.
    """
    chosen = choose(engine, plan.algorithm.method, plan.problem, plan.sampler, plan.measure, len(plan.replicates))
    with blas.one_thread():
        return _run(plan, chosen, observers, progress, start)


def _run(
    plan: Plan, chosen: Choice, observers: Sequence[Observer], progress: bool, start: xr.Dataset | None
) -> xr.Dataset:
    engine, xp = chosen.engine, chosen.xp
    state = array.initial(plan.problem, plan.sampler, len(plan.replicates), plan.measure, xp)
    streams = Streams(plan.seed, "sampler", plan.replicates)
    if start is not None:
        state = unpack(start, state, xp)
        streams.state = start["state_words"].values

    ahead = Ahead(plan.algorithm, plan.horizon)
    columns: list[dict[str, np.ndarray]] = []
    reached: tuple[State, np.ndarray, list[dict[str, Any]]] | None = None
    seconds, offsets = 0.0, plan.problem.offsets()
    bar = tqdm(
        total=plan.horizon, initial=state.t, desc=plan.algorithm.name, unit="step", disable=not progress, leave=False
    )

    def record(plan: Plan) -> xr.Dataset:
        assert reached is not None
        last, words, final = reached
        kept = pack(last, words) | _merged(final)
        return _record(plan, last, columns, kept, chosen, seconds)

    try:
        with bar:
            for until in plan.checkpoints:
                began = time.perf_counter()
                while state.t < until:
                    steps = min(engine.steps, int(until) - state.t)
                    schedule = ahead.steps(state.t + 1, steps)
                    state = engine.advance(state, schedule, streams)
                    bar.update(steps)
                seconds += time.perf_counter() - began  # of the steps alone: comparators may take far longer
                at = state.mapped(array.host)
                column = statistics(at, schedule.at(-1), offsets) | _merged(o(plan, at) for o in observers)
                reached = at, streams.state, [o.final() for o in observers]
                columns.append(column)
    except KeyboardInterrupt:
        if reached is None:
            raise
        part = plan._replace(horizon=reached[0].t, checkpoints=plan.checkpoints[: len(columns)])
        raise Interrupted(part, record(part)) from None
    return record(plan)


class Interrupted(KeyboardInterrupt):
    """A run that was interrupted: the plan of the steps up to its last checkpoint, and their record."""

    def __init__(self, plan: Plan, record: xr.Dataset) -> None:
        super().__init__(f"interrupted after step {plan.horizon}")
        self.plan, self.record = plan, record


def statistics(state: State, k: Coefficients, offsets: np.ndarray) -> dict[str, np.ndarray]:
    r"""The quantities the bounds speak of, read off the run so far; each of shape (replicates,).

    ``k`` are the method's coefficients of the last step, ``offsets`` what the state's losses leave out of every loss.

    ``sum_sqrt_v_hat`` is :math:`\sum_i \sqrt{\hat v_{t,i}}` with the method's own bias correction;
    ``sum_v_hat_p`` the same with the method's power p for the root; ``sum_gradient_norms`` is
    :math:`\sum_i \|g_{1:t,i}\|_2`, ``sum_squared_gradients`` :math:`\sum_i \|g_{1:t,i}\|_2^2`; ``second_moment``
    estimates :math:`\sum_s \sum_j \|g_j\|^2/p_j` without bias from the drawn examples; ``beta1_t`` is the first
    moment's decay at this step.
    """
    totals = state.totals
    v_hat = k.c * state.moments.v_hat
    return {
        "loss": totals["loss"] + totals["received"] @ offsets,
        "sum_sqrt_v_hat": np.sqrt(v_hat).sum(-1),
        "sum_v_hat_p": power(v_hat, k.p, np).sum(-1),
        "beta1_t": np.full(len(v_hat), k.mu),
        "sum_gradient_norms": np.sqrt(totals["squared_gradient"]).sum(-1),
        "sum_squared_gradients": totals["squared_gradient"].sum(-1),
        "second_moment": totals["second_moment"],
        "largest_coordinate": totals["largest_coordinate"],
        "largest_gradient": totals["largest_gradient"],
        "largest_example_gradient": totals["largest_example_gradient"],
    }


def describe(plan: Plan) -> dict[str, Any]:
    """The plan as plain data: what the record carries, and all that bounds and audits know of a run."""
    problem, sampler = plan.problem, plan.sampler
    D, D2 = problem.domain.diameters(problem.d) if problem.domain is not None else (None, None)
    return {
        "problem": {
            "name": problem.name,
            "n": problem.n,
            "d": problem.d,
            "convex": problem.convex,
            "convex_reason": problem.convex_reason,
            "domain": spelled(problem.domain),
            "D": D,
            "D2": D2,
            "constants": {name: [c.value, c.how] for name, c in problem.constants().items()},
            "digest": problem.digest(),
        },
        "algorithm": plan.algorithm.name,
        "method": type(plan.algorithm.method).__name__.lower(),
        "method_parameters": plan.algorithm.method.parameters(),
        "sampler": sampler.name,
        "sampler_parameters": sampler.parameters(),
        "law": sampler.law._asdict(),
        "K": sampler.run.K,
        "horizon": plan.horizon,
        "replicates": list(plan.replicates),
        "seed": plan.seed,
        "measure": list(plan.measure),
    } | ({"ends": plan.ends[plan.ends <= plan.horizon].tolist()} if plan.ends.size else {})


def _merged(parts: Any) -> dict[str, Any]:
    return {name: column for part in parts for name, column in part.items()}


def _record(
    plan: Plan, state: State, columns: list[dict[str, np.ndarray]], kept: dict[str, Any], chosen: Choice, seconds: float
) -> xr.Dataset:
    data = {name: (("replicate", "t"), np.stack([c[name] for c in columns], axis=-1)) for name in columns[0]} | kept
    probabilities = np.asarray(plan.sampler.probabilities(state.sampler))
    data["probabilities"] = (("replicate", "example"), probabilities)
    record = xr.Dataset(data, coords={"replicate": list(plan.replicates), "t": plan.checkpoints})
    record.attrs["engine"], record.attrs["engine_reason"] = chosen.name, chosen.reason
    record.attrs["seconds"] = round(seconds, 3)
    return record
