"""The exponent of regret in n, K, d or T across runs, with an interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from regretlab.errors import InputError, shown
from regretlab.scaling._estimate import level
from regretlab.scaling._exponent import Exponent, checked_curves, fit, without_logarithm
from regretlab.verdicts.means import CONFIDENCE


def across(
    runs: Mapping[float, Any], *, kind: str = "online", algorithm: str | None = None, name: str = "n",
    random: bool = True, confidence: float = CONFIDENCE, log_power: float = 0.0,
) -> Exponent:  # fmt: skip
    r"""Fit the exponent of the regret at the horizon across runs: :math:`E R \propto n^{\text{value}}` for a grid of n.

    The same for K, d, or for T where parameters are tied to the horizon. Replicate r is one observation of the whole
    grid: it is resampled at all values together, so runs that share their random numbers (the same seed) are treated
    as paired, and independent ones stay independent.

    Parameters
    ----------
    runs : mapping of grid value to Result or array (R,)
        At least three positive values, best in geometric progression, all with the same R.
    kind, algorithm : str, optional
        Which regret of which algorithm, for results.
    name : str
        What varies, for the sentences.
    random : bool
        Whether the regrets are random (:func:`exponent`).
    confidence : float in (0, 1)
    log_power : float
        b in :math:`E R \propto n^{\text{value}} (\log n)^b`.

    Raises
    ------
    InputError
        For fewer than three values, values that are not positive, unequal numbers of replicates, or a ``confidence``
        outside (0, 1).

    Examples
    --------
    >>> noise = np.random.default_rng(1).normal(1, 0.1, (3, 20))
    >>> e = across({n: n**-0.5 * row for n, row in zip([100, 400, 1600], noise)})
    >>> bool(e.low < -0.5 < e.high), bool(e.high < 0)
    (True, True)
    """
    if not isinstance(runs, Mapping):
        raise InputError(f"runs={shown(runs)} is not a table from values of {name} to results; give one.")
    if len(runs) < 3:
        raise InputError(f"an exponent in {name} needs at least three values, got {len(runs)}; add runs to the grid.")
    columns = [
        np.atleast_1d(np.asarray(r.regret(kind, algorithm).value.values[:, -1] if hasattr(r, "regret") else r))
        for r in (runs[x] for x in sorted(runs))
    ]
    if len({c.shape for c in columns}) > 1 or columns[0].ndim > 1:
        raise InputError(
            f"the grid over {name} has shapes {', '.join(str(c.shape) for c in columns)}; give every value the same "
            f"number of replicates, as one array (R,) or one result."
        )
    x, regret = checked_curves(np.array(sorted(runs)), np.stack(columns, axis=1))
    confidence = level(confidence)
    curves, where = without_logarithm(x, regret, f"{name} from {x[0]:g} to {x[-1]:g}", log_power)
    return fit(x, curves, where, name, random, confidence)._replace(log_power=log_power)
