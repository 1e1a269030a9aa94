"""What a sweep came to: one dataset over its grid, exponents along its axes, conclusions and figures."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, reduce
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes

from regretlab import scaling
from regretlab.errors import InputError, shown, unknown_name
from regretlab.parameters import path_of
from regretlab.result import Result, simulate
from regretlab.store.running import Work
from regretlab.studies import Study, conclusions
from regretlab.sweeps import figures
from regretlab.sweeps.cells import Grid, Run, parsed
from regretlab.sweeps.dataset import coordinate, dataset
from regretlab.sweeps.summary import Summary
from regretlab.sweeps.worker import built
from regretlab.system.files import atomically


class Sweep:
    """The cells of a grid, each a run of one algorithm on one problem.

    Attributes
    ----------
    study : Study
    grid : Grid
        The axes, the runs that differ, and where they stand.
    summaries : list of Summary
        One for every run of the grid.
    """

    def __init__(
        self, study: Study, grid: Grid, summaries: Sequence[Summary], store: Any = None, spool: Any = None
    ) -> None:
        self.study, self.grid, self.summaries, self._store = study, grid, list(summaries), store
        self._spool = spool  # whose files go with it

    @cached_property
    def dataset(self) -> xr.Dataset:
        """Regrets, bounds with verdicts and what made them, over the grid (:mod:`regretlab.sweeps.dataset`)."""
        return dataset(self.grid, self.summaries)

    def cell(self, **where: Any) -> Result:
        """Return the result of one point of the grid, with all its algorithms unless one is named.

        It is read from the sweep's store; without one it is simulated again, which gives the same bits.

        Parameters
        ----------
        where : value by axis
            Axes of one value may be left out, a name with a dot is given as ``**{"problem.seed": 1}``.
        """
        for name in where:
            if name not in self.axes:
                raise unknown_name("axis of the sweep", name, self.axes)
        chosen = {name: self._index(name, value) for name, value in where.items()}
        open_ = [name for name, values in self.axes.items() if len(values) > 1 and name not in (*chosen, "algorithm")]
        if open_:
            raise InputError(f"the sweep has several values of {', '.join(open_)}; give one, as cell({open_[0]}=...).")
        names = list(self.axes)
        found = {
            i: run
            for i, (run, places) in enumerate(zip(self.grid.runs, self.grid.places, strict=True))
            if any(all(place[names.index(name)] == k for name, k in chosen.items()) for place in places)
        }
        if not found:
            raise InputError(f"the study has no run at {', '.join(f'{k}={v}' for k, v in where.items())}.")
        results = [self._result(run) for run in found.values()]
        return results[0] if len(results) == 1 else Result.join(results)

    def exponents(self, along: str, kind: str = "online", *, log_power: float = 0.0) -> pd.DataFrame:
        r"""Fit the exponent of the regret at the horizon along an axis, :math:`E R \propto x^{\text{value}}`.

        One line for every combination of the other axes: their values, ``value``, ``low``, ``high`` (95 %) and ``how``
        (:func:`regretlab.scaling.across`).

        Parameters
        ----------
        along : str
            An axis of at least three positive numbers.
        kind : {"online", "cumulative", "sampler"}
        log_power : float
            b in :math:`E R \propto x^{\text{value}} (\log x)^b`.
        """
        lines = []
        for where, points, random in self._lines(along, kind):
            e = scaling.across(points, name=along, random=random, log_power=log_power)
            lines.append({**where, "value": e.value, "low": e.low, "high": e.high, "how": e.how})
        return pd.DataFrame(lines)

    def conclude(self, options: Mapping[str, Any] | None = None) -> list[str]:
        """Return the sentences that answer the study's question (:mod:`regretlab.studies.conclusions`).

        Every cell is read from the store, or simulated again where there is none.

        Parameters
        ----------
        options : mapping, optional
            A table ``[conclude]``; by default the study's own.
        """
        asked = self.study.conclude if options is None else options
        return conclusions.conclude(asked, self.results()) if asked else []

    def results(self) -> list[Result]:
        """Return the results of all points of the grid, as :meth:`cell` does."""
        at: dict[tuple[int, ...], list[Run]] = {}
        for run, places in zip(self.grid.runs, self.grid.places, strict=True):
            for place in places:
                at.setdefault((place[0], *place[2:]), []).append(run)
        return [Result.join([self._result(run) for run in runs]) for _, runs in sorted(at.items())]

    def plot(
        self, x: str | Sequence[str] | None = None, kind: str = "online", *, facet: str | None = None,
        bound: str | None = None, **where: Any,
    ) -> Axes | list[Axes]:  # fmt: skip
        """Draw regret over an axis, or regret over bound as a heat map over two; return the Axes, or a list of them.

        Parameters
        ----------
        x : str or two of them, optional
            The axis, by default the longest of numbers; two for a heat map of ``ratio``.
        kind : {"online", "cumulative", "sampler"}
            The regret of lines.
        facet : str, optional
            An axis each of whose values gets a figure of its own; by default the other axes are lines of one figure,
            and a heat map has one for every combination of theirs.
        bound : str, optional
            Of a heat map, by default the first that is about the algorithm.
        where : value by axis
            Axes that are held at one value.
        """
        return figures.drawn(self.dataset, self.numeric(), x, kind, facet, bound, where)

    def to_netcdf(self, path: str | os.PathLike[str]) -> Path:
        """Write the dataset to a netCDF-4 file, which appears whole or not at all."""
        target = path_of("path", path)
        try:
            with atomically(target) as partial:
                self.dataset.to_netcdf(partial, engine="netcdf4")
        except (OSError, RuntimeError) as error:  # the latter is HDF5's, on a full disk
            reason = getattr(error, "strerror", None) or error
            raise InputError(
                f"cannot write {str(path)!r}: {reason}; choose a writable path with enough room."
            ) from None
        return target

    @property
    def work(self) -> Work:
        """How many steps of replicates were computed, and how many were read from the store."""
        return reduce(Work.plus, (made.work for made in self.summaries))

    def verdicts(self) -> dict[str, Counter[str]]:
        """Count the verdicts of every bound over the cells that it is about."""
        counted: dict[str, Counter[str]] = {}
        for summary in self.summaries:
            for bound in summary.bounds:
                counted.setdefault(bound["id"], Counter())[bound["verdict"].split(" because")[0]] += 1
        return counted

    def __repr__(self) -> str:
        sizes = " x ".join(f"{name} ({len(values)})" for name, values in self.axes.items())
        return f"<Sweep of {self.study.name}: {len(self.summaries)} cells over {sizes}>"

    def _repr_html_(self) -> str:
        words = [f"{id_}: {', '.join(f'{n} {v}' for v, n in of.items())}" for id_, of in self.verdicts().items()]
        sizes = " &times; ".join(f"{name} ({len(values)})" for name, values in self.axes.items())
        head = f"<p><b>Sweep of {self.study.name}</b>: {len(self.summaries)} cells over {sizes}</p>"
        return f"{head}<p>{'<br>'.join(words)}</p>{self.dataset._repr_html_()}"

    @property
    def axes(self) -> dict[str, list[Any]]:
        """The axes and their values, ``problem`` and ``algorithm`` first."""
        return {axis.name: coordinate(axis).tolist() for axis in self.grid.axes}

    def concluded(self) -> list[str]:
        """Return :meth:`conclude` where that reads a store, and nothing where it would simulate again."""
        return [] if self._store is None else self.conclude()

    def numeric(self) -> list[str]:
        """Return the axes of numbers, the longest first."""
        numeric = [name for name, values in self.axes.items() if not isinstance(values[0], str)]
        return sorted(numeric, key=lambda name: -len(self.axes[name]))

    def _index(self, name: str, value: Any) -> int:
        values = self.axes[name]
        if value in values:
            return values.index(value)
        begin = [i for i, v in enumerate(values) if isinstance(v, str) and v.split("(")[0] == value]
        if len(begin) != 1:
            raise InputError(f"{name}={shown(value)} is not in the sweep; it has {', '.join(map(shown, values))}.")
        return begin[0]

    def _result(self, run: Run) -> Result:
        given = {} if self._store is None else {"store": self._store}
        return simulate(built(run.problem), parsed(run.algorithm), **run.arguments(), **given)

    def _lines(self, along: str, kind: str) -> Iterator[tuple[dict[str, Any], dict[float, np.ndarray], bool]]:
        """Yield the lines of the grid along an axis: the other axes' values, the regrets by value, and randomness."""
        if along not in self.axes:
            raise unknown_name("axis of the sweep", along, self.axes)
        if along not in self.numeric():
            raise InputError(f"{along} has values that are no numbers; an exponent needs three positive ones.")
        if kind not in self.dataset:
            raise InputError(f"{kind} regret was not measured in this sweep; put measure=['{kind}'] into the study.")
        others = [name for name in self.axes if name != along]
        stacked = self.dataset[kind].stack(line=others).transpose("line", along, "replicate")
        for line, where in zip(stacked, stacked.indexes["line"], strict=True):
            there = line.dropna(along, how="all").dropna("replicate", how="any")
            if there.sizes[along]:
                points = {x: there.sel({along: x}).values for x in there[along].values.tolist()}
                random = any(np.ptp(values) > 0 for values in points.values())
                yield dict(zip(others, where, strict=True)), points, random
