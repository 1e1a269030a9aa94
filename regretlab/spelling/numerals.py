"""Numbers as text: one grammar for options, studies and the parameters in an algorithm's string.

A numeral is a decimal, or a fraction of two decimals, in the digits 0 to 9: ``"7/20"``, ``"-1.5e-8"``, ``"1e3/3"``. Its
length and its exponents are limited, because the exact value of ``1e999999999`` has a billion digits. What Python alone
reads (``1_000``, ``0x10``, the digits of other scripts) is none: a reader of the paper would not write it so.
"""

from __future__ import annotations

import re
from fractions import Fraction

#: The digits of an exponent, for ``str.translate``.
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
#: Characters of the longest numeral.
LONGEST = 1000
#: The largest exponent of ten, of either sign; those of numbers of double precision end at 308 and -324.
LARGEST_EXPONENT = 999
_DECIMAL = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?"
_NUMERAL = re.compile(rf"\s*{_DECIMAL}\s*(?:/\s*{_DECIMAL}\s*)?")


class NumeralError(ValueError):
    """Text that is no numeral; the message is a clause that goes on from the text."""


def fraction(text: str) -> Fraction:
    """Return the exact value of a numeral; a :class:`NumeralError` says in a clause what is wrong with other text.

    Examples
    --------
    >>> fraction("7/20"), fraction("1e-8")
    (Fraction(7, 20), Fraction(1, 100000000))
    >>> fraction("1e999999999")
    Traceback (most recent call last):
    regretlab.spelling.numerals.NumeralError: has an exponent beyond 999
    """
    if len(text) > LONGEST:
        raise NumeralError(f"has more than {LONGEST} characters")
    found = _NUMERAL.fullmatch(text)
    if found is None:
        raise NumeralError("is not written as a decimal, or a fraction of two, in the digits 0 to 9")
    if any(len(e.lstrip("+-0")) > len(str(LARGEST_EXPONENT)) for e in found.groups("0")):
        raise NumeralError(f"has an exponent beyond {LARGEST_EXPONENT}")
    above, _, below = text.partition("/")
    divisor = Fraction(below or 1)
    if not divisor:
        raise NumeralError("divides by zero")
    return Fraction(above) / divisor


def floating(text: str) -> float:
    """Return the nearest number of double precision; text whose value would become 0 or infinite is refused.

    Examples
    --------
    >>> floating("7/20")
    0.35
    >>> floating("1e-400")
    Traceback (most recent call last):
    regretlab.spelling.numerals.NumeralError: is closer to 0 than any number of double precision but 0
    """
    return rounded(fraction(text))


def rounded(exact: Fraction) -> float:
    """Return a fraction as :func:`floating` rounds it."""
    try:
        near = float(exact)
    except OverflowError:
        raise NumeralError("is beyond 1.8e308, the largest number of double precision") from None
    if exact and not near:
        raise NumeralError("is closer to 0 than any number of double precision but 0")
    return near
