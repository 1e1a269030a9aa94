"""simulate() runs algorithms on a problem; its Result is drawn, extended, joined and saved."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from regretlab.algorithms import Algorithm, parse_all
from regretlab.errors import InputError, InterruptedWarning, UnderflowWarning, shown
from regretlab.methods import Method
from regretlab.parameters import path_of
from regretlab.problems import Problem
from regretlab.problems.names import parse
from regretlab.record import Record
from regretlab.runs.continuation import extended
from regretlab.runs.dataset import FORMAT, one_record
from regretlab.runs.description import describe
from regretlab.runs.held_out import observers_of
from regretlab.runs.horizons import replay
from regretlab.runs.moving import dynamic_regret, interval_regret, with_columns, without_columns
from regretlab.runs.netcdf import NotARecord, from_bytes, to_bytes
from regretlab.runs.plan import Plan, plan, replicate_numbers
from regretlab.runs.provenance import Part, algorithm_of, check_together
from regretlab.runs.round_off import underflow
from regretlab.runs.run import Interrupted, run
from regretlab.store import Store
from regretlab.store.running import Work, stored_run
from regretlab.system.files import sealed_content, write_sealed
from regretlab.verdicts.looks import Look, Looks

if TYPE_CHECKING:  # loaded with sympy by those who ask for a bound
    from regretlab.bounds import Bound


class Result(Record):
    """A record with its problem and algorithms: it can also be drawn, extended, joined, saved and opened.

    A bound on the regret of every run at every T is looked at beyond the checkpoints, by running once more; a result
    that was opened from a file has no problem to run again with, and keeps what was found before it was saved.

    Attributes
    ----------
    work : Work
        How many steps of replicates were computed to have it, and how many were read from a store in their place.
    """

    work = Work(0, 0)

    def __init__(
        self, record: xr.Dataset, problem: Problem | None = None, chosen: Sequence[Algorithm] | None = None
    ) -> None:
        super().__init__(record)
        self._problem, self._chosen = problem, chosen

    @classmethod
    def _of(cls, parts: Sequence[Part], problem: Problem | None, chosen: Sequence[Algorithm]) -> Result:
        """Join the records of several algorithms; one that is not among the chosen can be made from its name."""
        return cls(one_record([record for record, _ in parts], [run for _, run in parts]), problem, chosen)

    def plot(self, algorithm: str | None = None, **options: Any) -> Any:
        """Draw bound versus empirical regret (:func:`regretlab.plots.bound_versus_regret`) and return the Axes."""
        from regretlab import plots  # Matplotlib is loaded by those who draw

        return plots.bound_versus_regret(self, algorithm, **options)

    def extend(
        self, *, horizon: int | None = None, replicates: int | None = None, checkpoints: str | Sequence[int] = "log",
        problem: str | Problem | None = None,
        algorithm: str | Algorithm | Method | Sequence[str | Algorithm | Method] = (), progress: bool = False,
    ) -> Result:  # fmt: skip
        """Go on to a later horizon, or add replicates, bit for bit as if it had been asked for at once.

        The steps are the same in any case; comparators, which start from those of the checkpoint before, are the same
        when the checkpoints are, and else agree within their certified gap.

        Parameters
        ----------
        horizon : int, optional
            Beyond the present one. Parameters that were tied to the old horizon (a bandit's gamma or step size) stay
            as they are; the audit of a bound that ties them to T then says so.
        replicates : int, optional
            More than the present number.
        checkpoints : "log", "decimal" or sequence of int
            Those beyond the present horizon are added to the record.
        problem : Problem or str
            The problem that was run; needed for a result that was opened from a file, which does not hold its data.
        algorithm : str, Algorithm, Method or a sequence of them
            Those that were run and that no text names, such as an optimiser of optax; needed for a result from a file.
        progress : bool
            Show progress bars.

        Examples
        --------
        >>> import regretlab as rl
        >>> half = rl.simulate(rl.problems.Reddi(), "adam", horizon=50, checkpoints=[50])
        >>> whole = rl.simulate(rl.problems.Reddi(), "adam", horizon=100, checkpoints=[50, 100])
        >>> half.extend(horizon=100, checkpoints=[100]).record.equals(whole.record)
        True
        """
        problem = self._problem if problem is None else parse(problem)
        if problem is None:
            raise InputError("a result from a file does not hold its problem; give it as extend(problem=...).")
        given = [*parse_all(_several(algorithm)), *(self._chosen or ())]
        chosen = [algorithm_of(self.description(name), given) for name in self.algorithms]
        parts = [(without_columns(self.of(a.name)), self.description(a.name)) for a in chosen]
        return Result._of(extended(problem, chosen, parts, horizon, replicates, checkpoints, progress), problem, chosen)

    @classmethod
    def join(cls, results: Sequence[Result]) -> Result:
        """Join results of different algorithms that share everything else to one.

        Raises
        ------
        InputError
            Unless these are results of different algorithms on the same problem, with the same seed, horizon,
            replicates, checkpoints and measures. Engines may differ; the record names each.
        """
        results = list(results) if isinstance(results, Iterable) else [results]
        if others := [r for r in results if not isinstance(r, Result)]:
            raise InputError(f"{others[0]!r:.80} is not a Result; join results of rl.simulate or rl.Result.open.")
        parts = [(r.of(name), r.description(name)) for r in results for name in r.algorithms]
        check_together(parts)
        chosen = [a for r in results for a in r._chosen or ()]
        problem = next((r._problem for r in results if r._problem is not None), None)
        made = Result._of(parts, problem, chosen)
        made._looks = Looks.joined((r._looks, name) for r in results for name in r.algorithms)
        return made

    def with_dynamic_regret(self, path: float, algorithm: str | None = None) -> Result:
        """Measure the regret against the best sequence of path at most ``path`` too (:mod:`regretlab.runs.moving`)."""
        return self._with(dynamic_regret, path, algorithm)

    def with_interval_regret(self, length: int | None = None, algorithm: str | None = None) -> Result:
        """Measure the largest regret on intervals of all lengths, or one, too (:mod:`regretlab.runs.moving`)."""
        return self._with(interval_regret, length, algorithm)

    def _with(self, measure: Any, how: Any, algorithm: str | None) -> Result:
        if self._problem is None:
            raise InputError("a result from a file does not hold its problem; simulate again to measure more.")
        names = self.algorithms if algorithm is None else [self._name(algorithm)]
        parts = {name: (self._algorithm(name), self.description(name), self.of(name)) for name in names}
        columns = {name: measure(self._problem, *part, how) for name, part in parts.items()}
        return Result(with_columns(self.record, columns), self._problem, self._chosen)

    def to_netcdf(self, path: str | os.PathLike[str]) -> Path:
        """Save the record, with what is found where runs are looked at. The file appears whole or not at all."""
        target = path_of("path", path)
        try:
            write_sealed(target, to_bytes(self.looked().record))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(
                f"cannot write {str(path)!r}: {reason}; choose a writable path with enough room."
            ) from None
        return target

    def looked(self) -> Result:
        """Look at every bound and return the record with what was found, as a file of it would be opened."""
        for name in self.algorithms:
            for bound in self.applicable(name, every=True):
                self._look(bound, name, "stated")
        self.record.attrs["looks"] = self._looks.to_text()
        return Result(self.record)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Result:
        """Read a record that :meth:`to_netcdf` wrote, if no bit of it has changed.

        Raises
        ------
        InputError
            For any other file; one of an earlier version, without a checksum, is renewed by
            :func:`regretlab.files.seal`.
        """
        if not path_of("path", path).is_file():
            raise InputError(f"no result file at {str(path)!r}; give the path of a file that Result.to_netcdf wrote.")
        content = sealed_content(Path(path))
        try:
            return cls(from_bytes(content, FORMAT))
        except NotARecord as error:
            raise InputError(f"{str(path)!r} {error}; simulate again to make one.") from None

    def _look(self, bound: Bound, name: str, mode: str) -> Look | None:
        """Look at a bound at as many horizons as can be afforded, with all bounds of its kind at once."""
        from regretlab.bounds.assumptions import CONVEX
        from regretlab.verdicts.comparison import every_run
        from regretlab.verdicts.looking import look

        known = super()._look(bound, name, mode)
        if known is not None or self._problem is None or not every_run(bound):
            return known
        run, record = self.description(name), self.of(name)
        if CONVEX in bound.assumes and not run.problem.convex:  # it is not applicable wherever one looks
            return known
        about = {b.id: b for b in (*filter(every_run, self.applicable(name, every=True)), bound)}
        # Measured constants take the comparator's place into account, which the closed form does not give.
        again = replay(self._problem, self._algorithm(name), run, record, places=mode == "measured")
        self._looks.add(name, mode, look(list(about.values()), run, record, again.parts, again.until, mode))
        return super()._look(bound, name, mode)

    def _algorithm(self, name: str) -> Algorithm:
        """Return an algorithm to run again."""
        return algorithm_of(self.description(name), self._chosen or ())


def simulate(
    problem: str | Problem,
    algorithm: str | Algorithm | Method | Sequence[str | Algorithm | Method],
    *,
    horizon: int,
    replicates: int | Iterable[int] = 1,
    seed: int = 0,
    checkpoints: str | Sequence[int] = "log",
    engine: str = "auto",
    measure: Sequence[str] = (),
    store: Store | str | os.PathLike[str] | None = None,
    progress: bool = False,
    rng: int | np.random.Generator | None = None,
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
    algorithm : str, Algorithm, Method or a sequence of them
        For example ``"adam(alpha=0.1, beta1=0)"``, ``rl.algorithms.AdamCB(gamma=0.4)`` or
        ``rl.methods.from_optax(optax.adam(1e-3))``. All share the random streams of the seed, so that comparisons are
        paired.
    horizon : int
        Number of steps T.
    replicates : int or iterable of int
        Number of independent runs R, or the numbers of the runs, each once. Replicate r is the same run however many
        there are.
    seed : int
    checkpoints : "log", "decimal" or sequence of int
        Steps at which everything is recorded, in any order and each once, the horizon always among them, so that an
        empty list records it alone; ``"log"`` gives about 30, log-spaced, and ``"decimal"`` 1, 2, 3, 5 and 7 times the
        powers of ten, which a store can go on from to a later horizon. On a problem whose examples come in
        a cyclic order, the last end of a period before each of them is recorded as well: figures show these ends alone,
        and fits the others.
    engine : {"auto", "compiled", "cuda", "array", "cupy"}
        ``"auto"`` takes the compiled engine for built-in parts; the record says what was chosen, and why.
    measure : sequence of {"cumulative", "sampler", "stationarity"}
        What costs a pass over all examples per step: ``"cumulative"`` makes cumulative regret exact (else it is
        estimated without bias, where the sampler allows), ``"sampler"`` measures the sampler's own regret,
        the uniform law's and full information's costs; ``"stationarity"`` the gradient of the mean loss.
    store : Store, path or URL, optional
        Where finished runs are kept (:mod:`regretlab.store`): what is there is read or gone on from, the rest is made
        and kept. The result is the same to the last bit; its ``work`` says how many steps were computed.
    progress : bool
        Show progress bars.
    rng : int or numpy.random.Generator, optional
        The seed by the name that scientific Python packages share (SPEC 7), or a generator that draws one.

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
    problem, seed = parse(problem), _seed(seed, rng)
    chosen = _several(algorithm)
    if not chosen:
        raise InputError("no algorithm was given; name at least one, for example 'adam'.")
    parsed = parse_all(chosen)
    # An iterator can be gone through only once, and must serve every algorithm.
    replicates = replicate_numbers(replicates)
    checkpoints, measure = _held(checkpoints), _held(measure)
    asked: dict[str, Any] = {
        "horizon": horizon, "replicates": replicates, "seed": seed, "checkpoints": checkpoints, "measure": measure,
    }  # fmt: skip
    plans = [plan(problem, a, **asked) for a in parsed]
    store = store if isinstance(store, Store | None) else Store(store)
    done, records, work = [], [], Work(0, 0)
    interrupted = ""
    try:
        for p in plans:
            if store is None:
                record = run(p, engine=engine, observers=observers_of(problem), progress=progress)
                steps = Work(len(p.replicates) * p.horizon, 0)
            else:
                record, steps = stored_run(p, store, engine=engine, progress=progress)
            work = work.plus(steps)
            records.append(record)
            done.append(p)
    except KeyboardInterrupt as stop:
        if isinstance(stop, Interrupted) and not done:
            done, records = [stop.plan], [stop.record]
        if not done:
            raise
        interrupted = _finished(done, plans)
        warnings.warn(interrupted, InterruptedWarning, stacklevel=2)
    parts = [(record, describe(p)) for record, p in zip(records, done, strict=True)]
    result = Result._of(parts, problem, [p.algorithm for p in done])
    result.work = work
    for name in result.algorithms:
        if lost := underflow(result.description(name), result.of(name)):
            said = f"{name} has {lost}: its steps, and so its regret, are not the method's"
            warnings.warn(f"{said}; measure the losses in smaller units.", UnderflowWarning, stacklevel=2)
    if interrupted:
        result.record.attrs["interrupted"] = interrupted
    return result


def _several(algorithm: Any) -> Sequence[Any]:
    """Return algorithms as a sequence."""
    return algorithm if isinstance(algorithm, Sequence) and not isinstance(algorithm, str) else [algorithm]


def _held(given: Any) -> Any:
    """All of an iterable that is no text; anything else as it is."""
    return given if isinstance(given, str) or not isinstance(given, Iterable) else list(given)


def _finished(done: list[Plan], plans: list[Plan]) -> str:
    """Return what an interrupted simulation still returns, in one sentence."""
    T, horizon = done[0].horizon, plans[0].horizon
    if horizon > T:
        others = "; the other algorithms are missing" if len(plans) > 1 else ""
        name = done[0].algorithm.name
        return f"interrupted: this is {name} to T = {T}; extend(horizon={horizon}) goes on from there{others}."
    names = ", ".join(p.algorithm.name for p in done)
    return f"interrupted: of {len(plans)} algorithms these were finished: {names}; the others are missing."


def _seed(seed: Any, rng: Any) -> Any:
    """Return the seed that is given as such, or as ``rng``."""
    if rng is None:
        return seed
    if not (isinstance(seed, int) and seed == 0):
        raise InputError(f"seed={shown(seed)} and rng={shown(rng)} are both given; give one of them.")
    return int(rng.integers(2**63)) if isinstance(rng, np.random.Generator) else rng
