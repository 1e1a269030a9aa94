"""The audit: every assumption of a bound checked on the run, and the verdict that follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from regretlab.bounds import Assumption, Bound, Finding
from regretlab.bounds.assumptions import compared
from regretlab.bounds.symbols import LIBRARY, MEANING
from regretlab.errors import InputError
from regretlab.runs.description import Description
from regretlab.runs.round_off import SMALLEST_SQUARED, lost_squares, underflow
from regretlab.verdicts.looks import Look
from regretlab.verdicts.substitution import values

#: The finding for an assumption that has no check.
NOT_AUDITED = "not audited"


class Check(NamedTuple):
    """One assumption on one run: the measured value, the needed one, and whether it held."""

    id: str
    text: str
    measured: str
    needed: str
    passed: bool


def check(assumption: Assumption, run: Description, record: xr.Dataset) -> Check:
    """Check one assumption on a run, given by its description and its record.

    An assumption without any check is not passed: nobody knows.
    """
    try:
        found = _found(assumption, run, record)
        if not isinstance(found, tuple) or len(found) != len(Finding._fields):
            raise TypeError(f"it gave {found!r:.80}")
    except Exception as error:
        raise InputError(
            f"the check of the assumption {assumption.id} ended with {type(error).__name__}: {error}; it has to return "
            "rl.bounds.Finding(measured, needed, passed)."
        ) from error
    measured, needed, passed = found
    return Check(assumption.id, assumption.text, str(measured), str(needed), bool(passed))


def _found(assumption: Assumption, run: Description, record: xr.Dataset) -> Finding:
    if assumption.on_run is not None:
        return assumption.on_run(run, record)
    found = assumption.of_method(run.method_parameters)
    if found is not None:
        return found
    if assumption.holds is None:
        return Finding(NOT_AUDITED, "a check of its own: holds, on_method or on_run", False)
    return compared(assumption.holds, {**values(run, record, symbols=assumption.holds.free_symbols), "T": run.horizon})


def declared(bound: Bound, numbers: Mapping[str, Any]) -> list[Check]:
    """Return the symbols of its user's that a bound has and that have no value on the run, as failed checks."""
    needed = "a constant of the problem, or a parameter of the method or sampler"
    return [
        Check(f"{symbol.name}_declared", f"{symbol.name}: {MEANING[symbol]}", "nan", needed, False)
        for symbol in bound.arguments
        if symbol.name not in LIBRARY and np.isnan(numbers[symbol.name]).any()
    ]


def in_floats(squared: bool, lost: str, run: Description, record: xr.Dataset, look: Look) -> list[Check]:
    """Return failed checks where floats do not hold the numbers of a bound, or of the method that it is about.

    Parameters
    ----------
    squared : bool
        Whether the bound is evaluated with squares of gradients.
    lost : str
        Which term no float can hold, in a sentence (:meth:`regretlab.bounds.Bound.lost`); empty for none.
    """
    text = "all numbers are within the range of floats"
    found = [Check("float_range", text, lost, "other units", False)] * bool(lost)
    if said := lost_squares(record) if squared else underflow(run, record):
        found.append(Check("float_range", text, said, f">= {SMALLEST_SQUARED:.3g}; rescale the losses", False))
    if look.lost is not None and look.first is None:
        said = f"gradients so small, until t = {look.lost}, that their squares underflow"
        found.append(Check("float_range", text, said, f">= {SMALLEST_SQUARED:.3g}; rescale the losses", False))
    return found[:1]


def verdict(checks: list[Check], look: Look, last: np.ndarray, trivial: float) -> str:
    """Return what a comparison says.

    Parameters
    ----------
    last : array (m,)
        The bound at the horizon.
    trivial : float
        The horizon times the largest possible regret of one step.

    Returns
    -------
    str
        ``"not applicable because ... fails"`` (or fail, or cannot be audited) with the ids of the assumptions,
        ``"violated"`` (at a horizon that was looked at a whole interval lies above the bound), ``"vacuous"`` (the bound
        is no better than the trivial one), ``"holds"`` (at all of them every interval lies below the bound), or
        ``"undecided"`` (an interval straddles the bound, or one run is to judge an expectation).
    """
    unknown = [c.id for c in checks if c.measured == NOT_AUDITED]
    failed = [c.id for c in checks if not c.passed and c.id not in unknown]
    why = [f"{' and '.join(failed)} {'fails' if len(failed) == 1 else 'fail'}"] * bool(failed)
    why += [f"{' and '.join(unknown)} cannot be audited"] * bool(unknown)
    if why:
        return f"not applicable because {' and '.join(why)}"
    if look.first is not None:
        return "violated"
    if (last >= trivial).any() or not np.isfinite(last).all():
        return "vacuous"
    return "holds" if look.below else "undecided"
