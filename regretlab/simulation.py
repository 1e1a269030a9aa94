"""simulate(): algorithms on a problem, with their regret measured."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

from regretlab import algorithms
from regretlab.algorithms import Algorithm
from regretlab.audit import underflow
from regretlab.errors import InputError, InterruptedWarning, UnderflowWarning
from regretlab.losses import losses
from regretlab.problems import Problem
from regretlab.problems.names import parse
from regretlab.regret import Regrets
from regretlab.result import Result, joined
from regretlab.run import Interrupted, Plan, describe, plan, replicate_numbers, run


def simulate(
    problem: str | Problem,
    algorithm: str | Algorithm | Sequence[str | Algorithm],
    *,
    horizon: int,
    replicates: int | Iterable[int] = 1,
    seed: int = 0,
    checkpoints: str | Sequence[int] = "log",
    engine: str = "auto",
    measure: Sequence[str] = (),
    progress: bool = False,
) -> Result:
    """Run algorithms on a problem and measure their regret.

    An interruption (Ctrl-C) returns what is finished, with an :class:`InterruptedWarning`: the algorithms that are, or
    else the first one up to its last checkpoint, from where :meth:`Result.extend` goes on bit for bit. Gradients whose
    squares a float does not hold, for a method that divides by their sums, end the run with a
    :class:`NonFiniteError` where they are large, and are told by an :class:`UnderflowWarning` where they are small.

    Parameters
    ----------
    problem : Problem or str
        For example ``rl.problems.Reddi(C=8)`` or ``"reddi(C=8)"``.
    algorithm : str, Algorithm or a sequence of them
        For example ``"adam(alpha=0.1, beta1=0)"`` or ``rl.algorithms.AdamCB(gamma=0.4)``. All share the random
        streams of the seed, so that comparisons are paired.
    horizon : int
        Number of steps T.
    replicates : int or iterable of int
        Number of independent runs R, or the numbers of the runs, each once. Replicate r is the same run however many
        there are.
    seed : int
    checkpoints : "log" or sequence of int
        Steps at which everything is recorded, in any order and each once, the horizon always among them, so that an
        empty list records it alone; ``"log"`` gives about 30, log-spaced. On a problem whose examples come in
        a cyclic order, the last end of a period before each of them is recorded as well: figures show these ends alone,
        and fits the others.
    engine : {"auto", "compiled", "cuda", "array", "cupy"}
        ``"auto"`` takes the compiled engine for built-in parts; the record says what was chosen, and why.
    measure : sequence of {"cumulative", "sampler"}
        What costs a pass over all examples per step: ``"cumulative"`` makes cumulative regret exact (else it is
        estimated without bias, where the sampler allows), ``"sampler"`` measures the sampler's own regret,
        beside what the uniform law and full information would have paid.
    progress : bool
        Show progress bars.

    Raises
    ------
    InputError
        For an unknown algorithm or parameter, a value out of range, K > n and the like.

    Examples
    --------
    >>> import regretlab as rl
    >>> result = rl.simulate(rl.problems.Reddi(C=4), "adam(alpha=0.5, beta1=0, beta2=1/17)", horizon=300)
    >>> bool(result.interval("online").mean > 300)
    True
    """
    problem = parse(problem)
    several = isinstance(algorithm, Sequence) and not isinstance(algorithm, str)
    chosen: Sequence[Any] = algorithm if several else [algorithm]  # type: ignore[assignment]
    if not chosen:
        raise InputError("no algorithm was given; name at least one, for example 'adam'.")
    parsed = algorithms.parse_all(chosen)
    # What can be gone through only once must serve every algorithm.
    replicates = replicate_numbers(replicates)
    checkpoints, measure = _held(checkpoints), _held(measure)
    asked: dict[str, Any] = {
        "horizon": horizon, "replicates": replicates, "seed": seed, "checkpoints": checkpoints, "measure": measure,
    }  # fmt: skip
    plans = [plan(problem, a, **asked) for a in parsed]
    done, records = [], []
    interrupted = ""
    try:
        for p in plans:
            records.append(run(p, engine=engine, observers=[Regrets(), *losses(problem)], progress=progress))
            done.append(p)
    except KeyboardInterrupt as stop:
        if isinstance(stop, Interrupted) and not done:
            done, records = [stop.plan], [stop.record]
        if not done:
            raise
        interrupted = _finished(done, plans)
        warnings.warn(interrupted, InterruptedWarning, stacklevel=2)
    result = joined(records, [describe(p) for p in done], problem, [p.algorithm for p in done])
    for name in result.algorithms:
        if lost := underflow(result.facts(name), result.of(name)):
            said = f"{name} has {lost}: its steps, and so its regret, are not the method's"
            warnings.warn(f"{said}; measure the losses in smaller units.", UnderflowWarning, stacklevel=2)
    if interrupted:
        result.record.attrs["interrupted"] = interrupted
    return result


def _held(given: Any) -> Any:
    """All of an iterable that is no text; anything else as it is."""
    return given if isinstance(given, str) or not isinstance(given, Iterable) else list(given)


def _finished(done: list[Plan], plans: list[Plan]) -> str:
    """What an interrupted simulation still returns, in one sentence."""
    T, horizon = done[0].horizon, plans[0].horizon
    if horizon > T:
        others = "; the other algorithms are missing" if len(plans) > 1 else ""
        name = done[0].algorithm.name
        return f"interrupted: this is {name} to T = {T}; extend(horizon={horizon}) goes on from there{others}."
    names = ", ".join(p.algorithm.name for p in done)
    return f"interrupted: of {len(plans)} algorithms these were finished: {names}; the others are missing."
