"""A bound's terms as numbers, in floating point or, where that over- or underflows on the way, in a wider range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from regretlab.bounds.theorem import Theorem
from regretlab.errors import InputError


def terms(bound: Theorem, values: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Every term at the values of all symbols that the bound has; a term that no float can hold is 0 or inf."""
    with np.errstate(over="ignore", under="ignore"):
        return {name: term.astype(float) for name, term in _wide(bound, values)[0].items()}


def lost(bound: Theorem, values: Mapping[str, Any]) -> str:
    """Name, in a sentence, a term that no float can hold; empty where floats hold every term.

    A term lost to underflow is 0 although it is not, so that a regret above it violates nothing.
    """
    wide, doubtful = _wide(bound, values)
    smallest, largest = np.finfo(float).smallest_subnormal, np.finfo(float).max
    for name, term in wide.items():
        below = (term == 0) & doubtful | (term > 0) & (term < smallest)
        above = np.isinf(term) & doubtful | np.isfinite(term) & (term > largest)
        if below.any() or above.any():
            words = (
                f"below the smallest floating-point number, {smallest:.3g}"
                if below.any()
                else (f"above the largest floating-point number, {largest:.3g}")
            )
            return (
                f"the {name} term of {bound.id} is {words}, at these constants; measure the losses in other units, so "
                "that the constants are nearer to 1."
            )
    return ""


def finite(bound: Theorem, values: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the terms, or the :class:`InputError` that names the term no float can hold."""
    if sentence := lost(bound, values):
        raise InputError(sentence)
    return terms(bound, values)


def _wide(bound: Theorem, values: Mapping[str, Any]) -> tuple[dict[str, np.ndarray], bool]:
    """Return the terms as floats, or as the widest numbers that NumPy has if anything over- or underflows on the way.

    Also whether even these over- or underflow.
    """
    given = [np.asarray(values[symbol.name]) for symbol in bound.arguments]
    given = [number if number.dtype == np.longdouble else number.astype(float) for number in given]
    flagged: list[str] = []

    def note(kind: str, flag: int) -> None:
        flagged.append(kind)

    with np.errstate(divide="ignore", invalid="ignore", over="call", under="call", call=note):
        found, doubtful = bound.function(*given), False
        if flagged:
            flagged.clear()
            found = bound.function(*(number.astype(np.longdouble) for number in given))
            doubtful = bool(flagged)
    return {name: np.asarray(value) for name, value in zip(bound.terms, found, strict=True)}, doubtful
