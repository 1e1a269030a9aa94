"""The axes of a sweep: which values each of its parameters takes, from Python or from the command line.

On the command line an axis is ``NAME=VALUES``: values separated by commas, and ranges ``FIRST:LAST:xFACTOR`` or
``FIRST:LAST:+STEP``, whose last value is the largest one that is not beyond ``LAST``::

    alpha=0.01,1/10    K=8:128:x2    T=1e3:1e6:x10    seed=0:4:+1    algorithm=adam,adamx(beta1=0)

In Python it is a value, a list of them, or such a text: ``{"alpha": [0.01, "1/10"], "T": "1e3:1e6:x10"}``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from regretlab import spelling
from regretlab.errors import InputError, shown
from regretlab.problems import Problem
from regretlab.spelling import numerals

#: Cells of the largest sweep: each is checked before any work, in about a millisecond.
MOST_CELLS = 100_000
WRITTEN = "write NAME=VALUES, as in alpha=0.01,0.1 or T=1e3:1e6:x10"
RANGE = "write FIRST:LAST:xFACTOR or FIRST:LAST:+STEP, as in 8:128:x2 or 0:4:+1"


class Axis(NamedTuple):
    """A parameter of a sweep by the name it was given, and its values in their order."""

    name: str
    values: tuple[Any, ...]


def read(texts: Iterable[str]) -> dict[str, str]:
    """Return what options of the command line say, values by name.

    Examples
    --------
    >>> read(["alpha=0.01,0.1", "T = 1e3:1e6:x10"])
    {'alpha': '0.01,0.1', 'T': '1e3:1e6:x10'}
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, values = text.partition("=")
        name = name.strip()
        if not equals or not name or not values.strip():
            raise InputError(f"--over {shown(text)} names no values; {WRITTEN}.")
        if name in found:
            raise InputError(f"--over names {name} twice; give all its values at once, as in {name}=1,2.")
        found[name] = values.strip()
    return found


def axes(over: Mapping[str, Any]) -> list[Axis]:
    """Return the axes that ``over`` names, each with at least one value and none twice.

    Examples
    --------
    >>> axes({"alpha": [0.01, "1/10"], "K": "8:64:x2"})
    [Axis(name='alpha', values=(0.01, 0.1)), Axis(name='K', values=(8, 16, 32, 64))]
    """
    if not isinstance(over, Mapping):
        raise InputError(
            f"over={shown(over)} is not a table from names to values; give one, as {{'alpha': [0.01, 1]}}."
        )
    if not over:
        raise InputError("over={} names no parameter to sweep over; give one with its values, as {'alpha': [0.01, 1]}.")
    made, cells = [], 1
    for name, given in over.items():
        if not isinstance(name, str):
            raise InputError(f"over names {shown(name)}, which is no text; name a parameter, such as 'alpha'.")
        values = tuple(_values(name, given))
        if not values:
            raise InputError(f"over gives {name} no values; give at least one.")
        _refuse_twice(name, values)
        cells *= len(values)
        if cells > MOST_CELLS:
            raise InputError(f"the sweep over {', '.join(over)} has more than {MOST_CELLS} cells; take fewer values.")
        made.append(Axis(name, values))
    return made


def _values(name: str, given: Any) -> list[Any]:
    if isinstance(given, str):
        return [value for part in spelling.split(given) for value in _of_text(name, part)]
    if isinstance(given, Problem) or not isinstance(given, Iterable) or not getattr(given, "shape", True):
        return [_plain(given)]
    if isinstance(given, Mapping | bytes | bytearray):
        raise InputError(f"over gives {name} the values {shown(given)}; give a list of values.")
    return [value for one in given for value in (_of_text(name, one) if isinstance(one, str) else [_plain(one)])]


def _plain(value: Any) -> Any:
    """Return a number of NumPy's as one of Python's, which is spelled the same in every version."""
    return value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value


def _of_text(name: str, text: str) -> list[Any]:
    """Return what a part of a list says: a range, a number, a word that is a value, or a text."""
    bare = text.strip()
    ends = bare.split(":")
    if len(ends) in (2, 3) and _numeral(ends[0]) is not None and _numeral(ends[1]) is not None:
        return _range(name, bare, ends)
    if (exact := _numeral(bare)) is not None:
        return [_rounded(name, exact)]
    if bare in ("None", "True", "False", "true", "false"):
        return [{"None": None}.get(bare, bare.lower() == "true")]
    quoted = len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\""
    return [bare[1:-1] if quoted else bare]


def _numeral(text: str) -> Fraction | None:
    try:
        return numerals.fraction(text)
    except numerals.NumeralError:
        return None


def _range(name: str, text: str, ends: list[str]) -> list[int | float]:
    kind = ends[2][:1] if len(ends) == 3 else ""
    step = _numeral(ends[2][1:]) if kind in ("x", "+") and ends[2][1:2] not in ("+", "-") else None
    if step is None:
        raise InputError(f"{name}={text} is a range without a step; {RANGE}.")
    first, last = Fraction(_numeral(ends[0]) or 0), Fraction(_numeral(ends[1]) or 0)
    if first > last:
        raise InputError(f"{name}={text} ends before it begins; write the smaller value first.")
    if (kind == "x" and (step <= 1 or first <= 0)) or step <= 0:
        wanted = "a factor above 1 and a first value above 0" if kind == "x" else "a step above 0"
        raise InputError(f"{name}={text} would not come to its end; a range with {kind!r} needs {wanted}.")
    if _steps(kind, first, last, step) >= MOST_CELLS:
        raise InputError(f"{name}={text} has more than {MOST_CELLS} values; take fewer.")
    values, following = [], first
    while following <= last:
        values.append(_rounded(name, following))
        following = following * step if kind == "x" else following + step
    return values


def _steps(kind: str, first: Fraction, last: Fraction, step: Fraction) -> float:
    """Return about how many steps a range has, without taking them: exact powers have ever more digits."""
    if kind == "+":
        return (last - first) // step
    ratio, growth = last / first, float(min(step - 1, Fraction(2**60)))
    return (math.log(ratio.numerator) - math.log(ratio.denominator)) / math.log1p(growth) if growth else math.inf


def _rounded(name: str, exact: Fraction) -> int | float:
    if exact.denominator == 1 and abs(exact) < 10**18:
        return int(exact)
    try:
        return numerals.rounded(exact)
    except numerals.NumeralError as error:
        raise InputError(f"a value of {name} {error}; write another.") from None


def _refuse_twice(name: str, values: tuple[Any, ...]) -> None:
    """Refuse what is no value, and a value that is there twice: 1 and 1.0 are the same one, 1 and True are not."""
    seen = set()
    for value in values:
        key = id(value) if isinstance(value, Problem) else (isinstance(value, bool), value)
        try:
            twice = key in seen
        except TypeError:
            raise InputError(f"over gives {name} the value {shown(value)}; give numbers and texts.") from None
        if twice:
            raise InputError(f"over gives {name} the value {shown(value)} twice; give every value once.")
        seen.add(key)
