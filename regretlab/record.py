"""The record of a simulation: its regrets, its bounds with their verdicts, and short names for its algorithms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from regretlab import scaling, spelling
from regretlab.algorithms import named, placed
from regretlab.errors import InputError, unknown_name
from regretlab.parameters import one_of
from regretlab.runs.description import Description, ProblemDescription
from regretlab.runs.regret import KINDS, MEASURED_BY
from regretlab.scaling import Exponent
from regretlab.verdicts.looks import Look, Looks
from regretlab.verdicts.means import CERTIFIED, STUDENT, Interval, interval, regret_of

if TYPE_CHECKING:  # sympy, and with it the bounds, is loaded by those who ask for a bound
    from regretlab.bounds import Bound
    from regretlab.verdicts.comparison import Comparison


class Record:
    """The record of a simulation, a dataset with dims algorithm, replicate and t, and questions to it.

    Nothing is run and nothing is drawn: that is :class:`regretlab.Result`'s.

    Attributes
    ----------
    record : xarray.Dataset
        Everything measured, with provenance in its attributes.
    """

    def __init__(self, record: xr.Dataset) -> None:
        self.record = record
        self._descriptions = _described(record)
        self._names = _names(record)
        self._parts: dict[str, xr.Dataset] = {}
        self._compared: dict[tuple[str, str, str], Comparison] = {}
        self._looks = Looks(record.attrs.get("looks"))

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes that another process needs; the rest is made again from them."""
        return {
            name: value
            for name, value in vars(self).items()
            if name not in ("_descriptions", "_names", "_parts", "_compared")
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _parts={}, _compared={}, _descriptions=_described(state["record"]))
        self._names = _names(state["record"])

    @property
    def algorithms(self) -> list[str]:
        """The algorithms' names, as they were given."""
        return [*self._names]

    @property
    def problem(self) -> ProblemDescription:
        """The problem as it was described: name, n, d, convexity, constants."""
        return self._descriptions[0].problem

    @property
    def horizon(self) -> int:
        """The number of steps T."""
        return int(self.record.t.values[-1])

    @property
    def replicates(self) -> int:
        """The number of runs R."""
        return int(self.record.sizes["replicate"])

    def description(self, algorithm: str | None = None) -> Description:
        """Return the description of one algorithm's run: parameters, sampler, law, constants."""
        return self._descriptions[self.algorithms.index(self._name(algorithm))]

    def of(self, algorithm: str | None = None) -> xr.Dataset:
        """Return one algorithm's record, dims replicate and t; quantities it does not have are left out."""
        name = self._name(algorithm)
        if name not in self._parts:
            part = self.record.sel(algorithm=name)
            part = part.drop_vars([name for name, of in part.data_vars.items() if _is_missing(of.values)])
            index = self.algorithms.index(name)
            seconds = json.loads(self.record.attrs["seconds"])[index]
            engine, reason = json.loads(self.record.attrs["engines"])[index]
            self._parts[name] = part.assign_attrs(seconds=seconds, engine=engine, engine_reason=reason)
        return self._parts[name]

    def label(self, name: str) -> str:
        """Return a short name for one of the algorithms, unique among them.

        It is the title of the paper's algorithm; where several share it, with the parameters in which they differ; the
        whole spelling where that is not enough.
        """
        read = {other: _read(other) for other in self.algorithms}
        alike = {other: parameters for other, (title, parameters) in read.items() if title == read[name][0]}
        keys = dict.fromkeys(key for parameters in alike.values() for key in parameters)
        differ = [key for key in keys if len({repr(parameters.get(key)) for parameters in alike.values()}) > 1]
        short = {
            o: ", ".join([read[name][0], *(f"{k}={_plain(p[k])}" for k in differ if k in p)]) for o, p in alike.items()
        }
        return short[name] if len(set(short.values())) == len(short) else name

    def kinds(self, algorithm: str | None = None) -> list[str]:
        """Return the kinds of regret that were measured for an algorithm."""
        return [kind for kind in KINDS if f"{kind}_low" in self.of(algorithm)]

    def regret(self, kind: str = "online", algorithm: str | None = None) -> xr.Dataset:
        """Return the regret of every replicate at every checkpoint, as a dataset of value, low and high.

        The ends low and high are those of the certified interval; the value is the regret against the best point that
        was found, as computed.
        """
        kind = placed("kind of regret", kind, KINDS, self.algorithms)
        part = self.of(algorithm)
        if f"{kind}_low" not in part:
            raise InputError(f"{kind} regret was not measured for {self._name(algorithm)}; {MEASURED_BY[kind]}.")
        return regret_of(part, kind)

    def interval(self, kind: str = "online", algorithm: str | None = None, *, law: str = "normal") -> Interval:
        """Return the mean regret at the horizon with an interval: Student's, for normal replicates, or any law's.

        ``law="normal"``: 95 % if replicates are normal, widened by their certified gaps; rare, large regrets are
        covered less often, and replicates that all agree have none (nan). Of one run, and where nothing is random, it
        is the certified interval of that run. ``law="any"``: 95 % whatever the law of the regret in its known range
        (:mod:`regretlab.verdicts.expectation`), infinite where none is known; wide where replicates are few.
        """
        self.regret(kind, algorithm)
        return interval(self.description(algorithm), kind, self.of(algorithm), law)

    def exponent(self, kind: str = "online", algorithm: str | None = None) -> Exponent:
        """Fit the exponent of T in the regret, with its 95 % interval and law (:func:`regretlab.scaling.exponent`)."""
        return scaling.exponent(*self.fitted(kind, algorithm), random=self.random(algorithm))

    def fitted(self, kind: str = "online", algorithm: str | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return the checkpoints (t,) and regrets (R, t) that exponents are fitted to: without the ends of periods."""
        regret = self.regret(kind, algorithm).value.drop_sel(t=list(self.description(algorithm).ends))
        return regret.t.values, regret.values

    def random(self, algorithm: str | None = None) -> bool:
        """Return whether replicates can differ: a fixed order, or all examples at every step, draws nothing."""
        return self.description(algorithm).random

    def bound(self, bound: str | Bound, algorithm: str | None = None, mode: str = "stated") -> Comparison:
        """Compare one bound with one algorithm's regret."""
        from regretlab.bounds import Bound
        from regretlab.verdicts.comparison import compare
        from regretlab.verdicts.substitution import MODES

        if not isinstance(bound, Bound):
            bound = Bound.known[placed("bound", bound, list(Bound.known), self.algorithms)]
        run, mode = self.description(algorithm), one_of("mode", mode, MODES)
        if not bound.about(run.method, run.sampler):
            raise InputError(
                f"the bound {bound.id} is about {' or '.join(bound.methods)}"
                f"{' with the sampler ' + ' or '.join(bound.samplers) if bound.samplers else ''}, "
                f"not about {run.method} with {run.sampler}; applicable here: "
                f"{', '.join(b.id for b in self.applicable(algorithm, every=True)) or 'none'}."
            )
        key = (bound.id, self._name(algorithm), mode)
        if key not in self._compared:
            look = self._look(bound, key[1], mode)
            self._compared[key] = compare(bound, run, self.of(algorithm), mode, look)
        return self._compared[key]

    def first_violation(self, bound: str | Bound, algorithm: str | None = None, mode: str = "stated") -> int | None:
        """Return the first horizon that was looked at and violates the bound, None if none does."""
        return self.bound(bound, algorithm, mode).first_violation

    def applicable(self, algorithm: str | None = None, every: bool = False) -> list[Bound]:
        """Return the bounds that are about this method and sampler and speak of a regret that was measured.

        With ``every`` also those that another one represents in tables and figures.
        """
        from regretlab.bounds import Bound

        run, kinds = self.description(algorithm), self.kinds(algorithm)
        known = [b for b in Bound.known.values() if every or not b.represented_by]
        return [b for b in known if b.about(run.method, run.sampler) and b.speaks_of in kinds]

    def comparisons(self, algorithm: str | None = None, mode: str = "stated") -> list[Comparison]:
        """Compare every applicable bound with one algorithm's regret."""
        return [self.bound(b, algorithm, mode) for b in self.applicable(algorithm)]

    def audit(self, algorithm: str | None = None, mode: str = "stated") -> pd.DataFrame:
        """Check every assumption of every bound about this pair: what was measured, what is needed, whether it passed.

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
        """Return a row per algorithm: regret with interval, exponent, bounds with verdicts; those of summary.json."""
        rows = []
        for name in self.algorithms:
            regret = {kind: self.interval(kind, name) for kind in self.kinds(name)}
            e = self.exponent("online", name)
            rows.append(
                {
                    "problem": self.problem.name,
                    "algorithm": name,
                    "horizon": self.horizon,
                    "replicates": self.replicates,
                    "regret": {kind: {"mean": i.mean, "lo": i.low, "hi": i.high} for kind, i in regret.items()},
                    "interval": STUDENT if self.replicates > 1 and self.random(name) else CERTIFIED,
                    "exponent": {"value": e.value, "lo": e.low, "hi": e.high, "how": e.how},
                    "bounds": [c.summary() for c in self.comparisons(name)],
                }
            )
        return rows

    def table(self) -> pd.DataFrame:
        """Return the summary as a table, a line per algorithm and bound: means over runs, largest ratio of a run.

        Where the value of linear losses with the problem's constants is known (:mod:`regretlab.minimax`), the column
        ``bound / value`` says how many times the bound is what no algorithm's guarantee is below.
        """
        lines = []
        for row in self.summary():
            e = row["exponent"]
            for bound in row["bounds"] or [{"verdict": "no bound"}]:
                kind = bound.get("speaks_of", "online")
                regret = row["regret"][kind]
                lines.append({
                    "algorithm": self.label(row["algorithm"]), "kind": kind,
                    "regret": regret["mean"], "low": regret["lo"], "high": regret["hi"],
                    "exponent": e["value"], "exponent_low": e["lo"], "exponent_high": e["hi"],
                    "bound": bound.get("id"), "value": bound.get("value"), "ratio": bound.get("ratio"),
                    "bound / value": bound["value"] / bound["game"] if bound.get("game") else None,
                    "verdict": bound["verdict"], "looked": bound.get("looked", ""),
                })  # fmt: skip
        table = pd.DataFrame(lines)
        known = any(line["bound / value"] is not None for line in lines)
        return table if known else table.drop(columns="bound / value")

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__}: {self.problem.name}, T={self.horizon}, R={self.replicates}, "
            f"algorithms: {', '.join(self.algorithms)}>"
        )

    def _repr_html_(self) -> str:
        head = f"<p><b>{self.problem.name}</b>, T = {self.horizon}, R = {self.replicates}</p>"
        table = self.table().to_html(index=False, float_format="{:.4g}".format, na_rep="")
        return f"{head}{table}<details><summary>the record</summary>{self.record._repr_html_()}</details>"

    def _look(self, bound: Bound, name: str, mode: str) -> Look | None:
        """Return the findings on a bound at horizons beyond the checkpoints; None where there are none."""
        from regretlab.verdicts.comparison import every_run

        return self._looks.known(bound, name, mode) if every_run(bound) else None

    def _name(self, algorithm: str | None) -> str:
        if algorithm is None:
            if len(self.algorithms) == 1:
                return self.algorithms[0]
            raise InputError(f"name one of the algorithms: {', '.join(self.algorithms)}.")
        if not isinstance(algorithm, str):
            raise unknown_name("algorithm of this result", algorithm, self.algorithms)
        if algorithm in self.algorithms:
            return algorithm
        short = [a for a in self.algorithms if a.split("(")[0] == algorithm]
        if len(short) == 1:
            return short[0]
        raise unknown_name("algorithm of this result", algorithm, self.algorithms)


def _is_missing(values: np.ndarray) -> bool:
    """Whether all of a quantity is nan; asked of dozens of them, where xarray would take most of a short run's time."""
    return values.dtype.kind == "f" and bool(np.isnan(values).all())


def _names(record: xr.Dataset) -> tuple[str, ...]:
    """Return the names of all algorithms, which are asked for thousands of times: xarray takes long for each."""
    return tuple(str(a) for a in record.algorithm.values)


def _described(record: xr.Dataset) -> list[Description]:
    """Return the descriptions of all algorithms' runs, which the record carries as JSON."""
    return [Description.from_data(data) for data in json.loads(record.attrs["descriptions"])]


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _read(name: str) -> tuple[str, dict[str, Any]]:
    """Return the title and the parameters that an algorithm's name stands for."""
    try:
        (stem, parameters), *others = spelling.parse(name)
        if others:
            return f"{stem} + {others[0][0]}", parameters | others[0][1]
        return named(stem).title, parameters
    except InputError:  # a name its user made up
        return name, {}
