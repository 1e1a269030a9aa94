"""Numbers that a claim is given, read exactly or refused in one sentence."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from regretlab.errors import InputError

#: A rational as it is written; a longer one, or one with a larger exponent, would only fill the memory.
_RATIONAL = re.compile(r"\s*[-+]?(\d[\d_]*\.?\d*|\.\d+)(?:/\d[\d_]*|[eE](?P<exponent>[-+]?\d+))?\s*")
LONGEST, LARGEST_EXPONENT = 4000, 10_000


def number(value: Any, what: str = "") -> Fraction:
    """An exact rational number: an integer, a fraction, or the text of one (``"7/20"``, ``"0.35"``, ``"1e-8"``).

    Everything that a claim is given as a number is read here. A float is refused, because 0.1 is not 1/10 in binary.

    Parameters
    ----------
    value : int, Fraction, str or an exact sympy number
    what : str
        What the number is of, for the message.

    Raises
    ------
    InputError

    Examples
    --------
    >>> number("0.1"), number(3)
    (Fraction(1, 10), Fraction(3, 1))
    """
    place = f"{what} = " if what else ""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, str):
        written = _RATIONAL.fullmatch(value) if len(value) <= LONGEST else None
        if written is None:
            shown = value if len(value) <= 40 else f"{value[:37]}..."
            raise InputError(f"{place}{shown!r} is not a rational number; write it like '7/20'.")
        if abs(int(written["exponent"] or 0)) > LARGEST_EXPONENT:
            why = "is too large or too small to be written out; use an exponent below 10000."
            raise InputError(f"{place}{value!r} {why}")
        try:
            return Fraction(value)
        except ZeroDivisionError:
            raise InputError(f"{place}{value!r} divides by zero; write a fraction with another denominator.") from None
    if isinstance(value, (bool, float, complex)) or type(value).__name__ == "bool_":
        raise InputError(
            f"{place}{value!r} in a formal statement is not an exact number; write Fraction or a string like '1/10'."
        )
    if getattr(value, "is_Rational", False):
        return Fraction(int(value.p), int(value.q))
    if hasattr(value, "__index__"):
        return Fraction(value.__index__())
    raise InputError(
        f"{place}{value!r} (a {type(value).__name__}) in a formal statement is not an exact number; "
        "write Fraction or a string like '1/10'."
    )


def counted(value: Any, what: str, least: int, most: int = 10**6) -> int:
    """An integer from ``least`` to ``most``, such as a horizon.

    Raises
    ------
    InputError
    """
    found = number(value, what)
    if found.denominator != 1 or not least <= found <= most:
        raise InputError(f"{what} = {value} is not an integer from {least} to {most}.")
    return int(found)
