"""Numbers that a claim is given, read exactly or refused in one sentence."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from regretlab.errors import InputError, shown
from regretlab.spelling import numerals


def number(value: Any, what: str = "") -> Fraction:
    """Read an exact rational: an integer, a fraction, or the text of one (``"7/20"``, ``"0.35"``, ``"1e-8"``).

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
        try:
            return numerals.fraction(value)
        except numerals.NumeralError as error:
            raise InputError(f"{place}{shown(value)} {error}; write it like '7/20'.") from None
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
    """Read an integer from ``least`` to ``most``, such as a horizon.

    Raises
    ------
    InputError
    """
    found = number(value, what)
    if found.denominator != 1 or not least <= found <= most:
        raise InputError(f"{what} = {value} is not an integer from {least} to {most}.")
    return int(found)
