"""Search for the simplest failing case of a finite statement; if none fails, they are counted."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic.functions import Exact
from regretlab.claims.checkers import finite
from regretlab.claims.statements import Finite


def find(statement: Finite) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``case`` (the smallest one that fails), else ``cases`` (their number)."""
    found, undefined, holds = finite.cases(statement), None, Exact(statement.holds)
    for index in sorted(range(len(found)), key=lambda k: _size(found[k])):
        true = finite.truth(holds, found[index])
        if true is False:
            return "case", {"index": index}
        if true is None and undefined is None:
            undefined = index
    if undefined is not None:
        return "case", {"index": undefined}
    return "cases", {"count": len(found)}


def _size(value: Any) -> Fraction:
    """Measure how much there is to read: numerators and denominators of distinct values, and a little per entry."""
    if isinstance(value, Mapping):
        return sum(map(_size, value.values()), start=Fraction(0))
    if isinstance(value, (tuple, list)):
        return sum(map(_size, {str(v): v for v in value}.values()), start=Fraction(len(value)))
    if isinstance(value, (int, Fraction)):
        return Fraction(abs(value.numerator) + value.denominator)
    return Fraction(1)
