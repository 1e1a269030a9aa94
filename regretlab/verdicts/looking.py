"""The comparison of bounds with a regret at every horizon that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import xarray as xr

from regretlab.bounds import Bound
from regretlab.bounds.sums import weights_sum
from regretlab.runs.description import Description
from regretlab.verdicts.looks import Look, at, joined_looks, seen
from regretlab.verdicts.substitution import of_squares, values


def look(
    bounds: Sequence[Bound], run: Description, record: xr.Dataset, parts: Iterable[xr.Dataset], until: int, mode: str
) -> dict[str, Look]:
    """Compare the regret of one algorithm's run with bounds at every step that is known, by the bounds' ids.

    Parameters
    ----------
    bounds : sequence of Bound
        Of online regret on every run, each about every T (:func:`regretlab.verdicts.comparison.every_run`).
    record : xarray.Dataset
        The run's record, dims replicate and t.
    parts : iterable of xarray.Dataset
        Records of the steps 1, 2, ..., ``until``, a block of steps each; none where they are checkpoints.
    mode : {"stated", "measured", "a priori"}
    """
    found: dict[str, list[Look]] = {b.id: [] for b in bounds}
    for part in (*_with_momentum_weighted(parts, run), record):
        numbers = values(run, part, mode, set().union(*(b.symbols for b in bounds)))
        for b in bounds:
            curve = sum(b.on_run(numbers).values(), np.zeros(part.online_low.shape))
            squares = part.sum_squared_gradients.values if of_squares(b, mode) else np.inf
            low, high = part.online_low.values, part.online_high.values
            found[b.id].append(seen(part.t.values, low, high, curve, squares=squares))
    where = at(until, record.t.values)
    return {name: joined_looks(looks, where) for name, looks in found.items()}


def _with_momentum_weighted(parts: Iterable[xr.Dataset], run: Description) -> Iterator[xr.Dataset]:
    """Add to every part the sum that Reddi et al.'s Theorem 4 weighs by momentum, which goes on from part to part."""
    beta1, lam = run.method_parameters.get("beta1", 0.0), run.method_parameters.get("lam", 1.0)
    summed, last = np.zeros((1, 1)), 0.0
    for part in parts:
        t = part.t.values.astype(float)
        with np.errstate(over="ignore", invalid="ignore"):
            terms = np.diff(weights_sum(beta1, lam, np.append(last, t))) * part.sum_sqrt_v_hat.values
            terms[:, 0] += summed[:, -1]
            summed, last = np.cumsum(terms, axis=1), t[-1]
        yield part.assign(momentum_weighted=(("replicate", "t"), summed))
