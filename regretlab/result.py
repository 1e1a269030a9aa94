"""Result: the record of a simulation and everything that follows from it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from regretlab import plots, scaling
from regretlab.algorithms import Algorithm, placed
from regretlab.bounds import Bound
from regretlab.bounds._values import MODES
from regretlab.comparison import Comparison, compare
from regretlab.contents import Foreign, from_bytes, to_bytes
from regretlab.errors import InputError, closest
from regretlab.extension import extended
from regretlab.files import sealed_content, write_sealed
from regretlab.horizons import Looks
from regretlab.means import CERTIFIED, STUDENT, Interval, interval, is_random, regret_of
from regretlab.parameters import one_of, path_of
from regretlab.problems import Problem
from regretlab.problems.names import parse
from regretlab.provenance import FORMAT, again, check_together, one_record
from regretlab.regret import KINDS
from regretlab.scaling import Exponent


def joined(
    records: list[xr.Dataset], descriptions: list[dict[str, Any]], problem: Problem | None, chosen: list[Algorithm]
) -> Result:
    """One result from the records of several algorithms; those not chosen are made anew from names if they go on."""
    return Result(one_record(records, descriptions), problem, chosen)


class Result:
    """The record of a simulation (an :class:`xarray.Dataset`, dims algorithm, replicate, t) and what follows from it.

    Attributes
    ----------
    record : xarray.Dataset
        Everything measured, with provenance in its attributes.
    """

    def __init__(
        self, record: xr.Dataset, problem: Problem | None = None, chosen: Sequence[Algorithm] | None = None
    ) -> None:
        self.record = record
        self._facts = json.loads(record.attrs["descriptions"])
        self._problem, self._chosen = problem, chosen
        self._parts: dict[str, xr.Dataset] = {}
        self._compared: dict[tuple[str, str, str], Comparison] = {}
        self._looks = Looks(record.attrs.get("looks"))

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs; the rest is made again from it."""
        return {**vars(self), "_parts": {}, "_compared": {}}

    @property
    def algorithms(self) -> list[str]:
        """The algorithms' names, as they were given."""
        return [str(a) for a in self.record.algorithm.values]

    @property
    def problem(self) -> dict[str, Any]:
        """The problem as it was described: name, n, d, convexity, constants."""
        return dict(self._facts[0]["problem"])

    @property
    def horizon(self) -> int:
        """The number of steps T."""
        return int(self.record.t.values[-1])

    @property
    def replicates(self) -> int:
        """The number of runs R."""
        return int(self.record.sizes["replicate"])

    def facts(self, algorithm: str | None = None) -> dict[str, Any]:
        """The description of one algorithm's run: parameters, sampler, law, constants."""
        return dict(self._facts[self.algorithms.index(self._name(algorithm))])

    def of(self, algorithm: str | None = None) -> xr.Dataset:
        """One algorithm's record, dims replicate and t; quantities it does not have are left out."""
        name = self._name(algorithm)
        if name not in self._parts:
            part = self.record.sel(algorithm=name)
            part = part.drop_vars([v for v in part.data_vars if bool(part[v].isnull().all())])
            index = self.algorithms.index(name)
            seconds = json.loads(self.record.attrs["seconds"])[index]
            engine, reason = json.loads(self.record.attrs["engines"])[index]
            self._parts[name] = part.assign_attrs(seconds=seconds, engine=engine, engine_reason=reason)
        return self._parts[name]

    def kinds(self, algorithm: str | None = None) -> list[str]:
        """The kinds of regret that were measured for an algorithm."""
        return [kind for kind in KINDS if f"{kind}_low" in self.of(algorithm)]

    def regret(self, kind: str = "online", algorithm: str | None = None) -> xr.Dataset:
        """The regret of every replicate at every checkpoint: its value, and its certified ends low and high."""
        kind = placed("kind of regret", kind, KINDS, self.algorithms)
        part = self.of(algorithm)
        if f"{kind}_low" not in part:
            raise InputError(
                f"{kind} regret was not measured for {self._name(algorithm)}; simulate with measure=('{kind}',)."
            )
        return regret_of(part, kind)

    def interval(self, kind: str = "online", algorithm: str | None = None, *, law: str = "normal") -> Interval:
        """The mean regret at the horizon with an interval: Student's, for normal replicates, or any law's.

        ``law="normal"``: 95 % if replicates are normal, widened by their certified gaps; rare, large regrets are
        covered less often, and replicates that all agree have none (nan). Of one run, and where nothing is random, it
        is the certified interval of that run. ``law="any"``: 95 % whatever the law of the regret in its known range
        (:mod:`regretlab.expectation`), infinite where none is known; wide, as it has to be, where replicates are few.
        """
        self.regret(kind, algorithm)
        return interval(self.facts(algorithm), kind, self.of(algorithm), law)

    def exponent(self, kind: str = "online", algorithm: str | None = None) -> Exponent:
        """The exponent of T in the regret, with its 95 % interval and law (:func:`regretlab.scaling.exponent`)."""
        return scaling.exponent(*self.fitted(kind, algorithm), random=self.random(algorithm))

    def fitted(self, kind: str = "online", algorithm: str | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The checkpoints (t,) and regrets (R, t) that exponents are fitted to (:mod:`regretlab.checkpoints`)."""
        regret = self.regret(kind, algorithm).value.drop_sel(t=self.facts(algorithm).get("ends", []))
        return regret.t.values, regret.values

    def random(self, algorithm: str | None = None) -> bool:
        """Whether replicates can differ: a fixed order, or all examples at every step, draws nothing."""
        return is_random(self.facts(algorithm))

    def bound(self, bound: str | Bound, algorithm: str | None = None, mode: str = "stated") -> Comparison:
        """One bound against one algorithm's regret."""
        if not isinstance(bound, Bound):
            bound = Bound.known[placed("bound", bound, list(Bound.known), self.algorithms)]
        facts, mode = self.facts(algorithm), one_of("mode", mode, MODES)
        if not bound.about(facts["method"], facts["sampler"]):
            raise InputError(
                f"the bound {bound.id} is about {' or '.join(bound.methods)}"
                f"{' with the sampler ' + ' or '.join(bound.samplers) if bound.samplers else ''}, "
                f"not about {facts['method']} with {facts['sampler']}; applicable here: "
                f"{', '.join(b.id for b in self.applicable(algorithm, every=True)) or 'none'}."
            )
        key = (bound.id, self._name(algorithm), mode)
        if key not in self._compared:
            look = self._looks.find(self, bound, key[1], mode)
            self._compared[key] = compare(bound, facts, self.of(algorithm), mode, look)
        return self._compared[key]

    def first_violation(self, bound: str | Bound, algorithm: str | None = None, mode: str = "stated") -> int | None:
        """The first horizon that was looked at and violates the bound, None if none does."""
        return self.bound(bound, algorithm, mode).first_violation

    def applicable(self, algorithm: str | None = None, every: bool = False) -> list[Bound]:
        """The bounds that are about this method and sampler and speak of a regret that was measured.

        With ``every`` also those that another one represents in tables and figures.
        """
        facts, kinds = self.facts(algorithm), self.kinds(algorithm)
        known = [b for b in Bound.known.values() if every or not b.represented_by]
        return [b for b in known if b.about(facts["method"], facts["sampler"]) and b.speaks_of in kinds]

    def comparisons(self, algorithm: str | None = None, mode: str = "stated") -> list[Comparison]:
        """Every applicable bound against one algorithm's regret."""
        return [self.bound(b, algorithm, mode) for b in self.applicable(algorithm)]

    def audit(self, algorithm: str | None = None, mode: str = "stated") -> pd.DataFrame:
        """Every assumption of every bound about this pair: what was measured, what is needed, and whether it passed.

        Columns ``bound``, ``verdict``, ``looked`` (where), ``id``, ``text``, ``measured``, ``needed``, ``passed``.

        Examples
        --------
        >>> import regretlab as rl
        >>> table = rl.simulate(rl.problems.Reddi(), "sgd(alpha=0.1)", horizon=50).audit()
        >>> table.id.tolist(), bool(table.passed.all()), table.verdict[0]
        (['convex', 'bounded_iterates', 'bounded_gradients', 'sqrt_step'], True, 'holds')
        """
        tables = [self.bound(b, algorithm, mode).audit() for b in self.applicable(algorithm, every=True)]
        columns = ["bound", "verdict", "looked", "id", "text", "measured", "needed", "passed"]
        return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)

    def summary(self) -> list[dict[str, Any]]:
        """One row per algorithm: regret with interval, exponent, bounds with verdicts; the rows of summary.json."""
        rows = []
        for name in self.algorithms:
            facts = self.facts(name)
            regret = {kind: self.interval(kind, name) for kind in self.kinds(name)}
            e = self.exponent("online", name)
            rows.append({
                "problem": facts["problem"]["name"],
                "algorithm": name,
                "horizon": self.horizon,
                "replicates": self.replicates,
                "regret": {kind: {"mean": i.mean, "lo": i.low, "hi": i.high} for kind, i in regret.items()},
                "interval": STUDENT if self.replicates > 1 and self.random(name) else CERTIFIED,
                "exponent": {"value": e.value, "lo": e.low, "hi": e.high, "how": e.how},
                "bounds": [c.summary() for c in self.comparisons(name)],
            })  # fmt: skip
        return rows

    def table(self) -> pd.DataFrame:
        """The summary as a table, a line per algorithm and bound: means over runs, and the largest ratio of a run."""
        lines = []
        for row in self.summary():
            e = row["exponent"]
            for bound in row["bounds"] or [{"verdict": "no bound"}]:
                kind = bound.get("speaks_of", "online")
                regret = row["regret"][kind]
                lines.append({
                    "algorithm": plots.label(self, row["algorithm"]), "kind": kind,
                    "regret": regret["mean"], "low": regret["lo"], "high": regret["hi"],
                    "exponent": e["value"], "exponent_low": e["lo"], "exponent_high": e["hi"],
                    "bound": bound.get("id"), "value": bound.get("value"), "ratio": bound.get("ratio"),
                    "verdict": bound["verdict"], "looked": bound.get("looked", ""),
                })  # fmt: skip
        return pd.DataFrame(lines)

    def extend(
        self, *, horizon: int | None = None, replicates: int | None = None, checkpoints: str | Sequence[int] = "log",
        problem: str | Problem | None = None, progress: bool = False,
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
        checkpoints : "log" or sequence of int
            Those beyond the present horizon are added to the record.
        problem : Problem or str
            The problem that was run; needed for a result that was opened from a file, which does not hold its data.
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
        chosen = [self._again(name) for name in self.algorithms]
        parts = [(self.of(a.name), self.facts(a.name)) for a in chosen]
        parts = extended(problem, chosen, parts, horizon, replicates, checkpoints, progress)
        return joined([record for record, _ in parts], [facts for _, facts in parts], problem, chosen)

    def source(self, name: str) -> tuple[Problem, Algorithm] | None:
        """The problem and the algorithm to make a run again with; None for a result from a file."""
        return None if self._problem is None else (self._problem, self._again(name))

    def plot(self, algorithm: str | None = None, **options: Any) -> Any:
        """Bound versus empirical regret (:func:`regretlab.plots.bound_versus_regret`); returns the Axes."""
        return plots.bound_versus_regret(self, algorithm, **options)

    @classmethod
    def join(cls, results: Sequence[Result]) -> Result:
        """One result from results of different algorithms that share everything else.

        Raises
        ------
        InputError
            Unless these are results of different algorithms on the same problem, with the same seed, horizon,
            replicates, checkpoints and measures. Engines may differ; the record names each.
        """
        results = list(results) if isinstance(results, Iterable) else [results]
        if others := [r for r in results if not isinstance(r, Result)]:
            raise InputError(f"{others[0]!r:.80} is not a Result; join results of rl.simulate or rl.Result.open.")
        parts = [(r.of(name), r.facts(name)) for r in results for name in r.algorithms]
        check_together(parts)
        chosen = [a for r in results for a in r._chosen or ()]
        problem = next((r._problem for r in results if r._problem is not None), None)
        made = joined([record for record, _ in parts], [facts for _, facts in parts], problem, chosen)
        made._looks = Looks.joined((r._looks, name) for r in results for name in r.algorithms)
        return made

    def to_netcdf(self, path: str | os.PathLike[str]) -> Path:
        """Save the record, with what is found where runs are looked at. The file appears whole or not at all."""
        target = path_of("path", path)
        self.record.attrs["looks"] = self._looks.of_all(self)
        try:
            write_sealed(target, to_bytes(self.record))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(
                f"cannot write {str(path)!r}: {reason}; choose a writable path with enough room."
            ) from None
        return target

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
        except Foreign as error:
            raise InputError(f"{str(path)!r} {error}; simulate again to make one.") from None

    def __repr__(self) -> str:
        return (
            f"<Result: {self.problem['name']}, T={self.horizon}, R={self.replicates}, "
            f"algorithms: {', '.join(self.algorithms)}>"
        )

    def _repr_html_(self) -> str:
        head = f"<p><b>{self.problem['name']}</b>, T = {self.horizon}, R = {self.replicates}</p>"
        table = self.table().to_html(index=False, float_format="{:.4g}".format, na_rep="")
        return f"{head}{table}<details><summary>the record</summary>{self.record._repr_html_()}</details>"

    def _again(self, name: str) -> Algorithm:
        return again(self._chosen or (), name, self.facts(name))

    def _name(self, algorithm: str | None) -> str:
        if algorithm is None:
            if len(self.algorithms) == 1:
                return self.algorithms[0]
            raise InputError(f"name one of the algorithms: {', '.join(self.algorithms)}.")
        if not isinstance(algorithm, str):
            raise closest("algorithm of this result", algorithm, self.algorithms)
        if algorithm in self.algorithms:
            return algorithm
        short = [a for a in self.algorithms if a.split("(")[0] == algorithm]
        if len(short) == 1:
            return short[0]
        raise closest("algorithm of this result", algorithm, self.algorithms)
