"""Hyper-parameters that know their range: one declaration serves validation, ``regretlab show`` and the docs.

A component (method, sampler, problem) is a frozen dataclass whose fields are made by :func:`parameter`; the range is
checked once, in :meth:`Component.__post_init__`, with an error that names the value, the range and the paper.
"""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Iterable
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from regretlab.errors import InputError, shown
from regretlab.spelling import numerals

#: Two numbers that differ by less than this share of them are equal: both are rounded, and some bounds are attained.
ROUND_OFF = 1e-9
#: Bytes of the longest name of a file.
LONGEST_NAME = 255
#: The types whose values would pass for numbers, and are none.
NO_NUMBERS = ("bool", "bool_", "MaskedConstant")


@dataclass(frozen=True)
class Interval:
    """A real interval written as in a paper, e.g. ``Interval("(0, 1]")``."""

    text: str

    def __contains__(self, value: float) -> bool:
        low, high = self.text[1:-1].split(",")
        above = value > float(low) if self.text[0] == "(" else value >= float(low)
        below = value < float(high) if self.text[-1] == ")" else value <= float(high)
        return above and below


def parameter(
    default: Any = MISSING,
    within: str | tuple[Any, ...] = "",
    doc: str = "",
    source: str = "",
    integer: bool = False,
) -> Any:
    """Declare a dataclass field with a range (``"(0, 1]"``) or a tuple of allowed words, a meaning and a source.

    A default of ``None`` stands for "tied to the run" (the horizon, the problem); ``doc`` says by which formula.
    """
    metadata = {"within": within, "doc": doc, "source": source, "integer": integer}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Component:
    """Base of everything that has hyper-parameters: validates them and prints itself like a call.

    A subclass that declares parameters is a frozen dataclass, also when its author left the decorator out.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for base in cls.__mro__[1:]:  # now their own decorators have been at work, if they have any
            _complete(base)

    def __new__(cls, *given: Any, **named: Any) -> Self:
        _complete(cls)
        return super().__new__(cls)

    def __post_init__(self) -> None:
        for f in fields(self):
            if f.metadata:
                object.__setattr__(self, f.name, checked(f, getattr(self, f.name)))

    def parameters(self) -> dict[str, Any]:
        """Return the hyper-parameters by name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.metadata}

    @classmethod
    def declared(cls) -> dict[str, Field[Any]]:
        """Return the declared hyper-parameters: name to dataclass field (default, range, meaning, source)."""
        _complete(cls)
        return {f.name: f for f in fields(cls) if f.metadata}


def _complete(cls: type) -> None:
    """Make a frozen dataclass of a component that declares fields and is none yet."""
    own = vars(cls)
    declares = inspect.get_annotations(cls) or any(isinstance(value, Field) for value in own.values())
    if "__dataclass_fields__" in own or not declares or not issubclass(cls, Component):
        return
    try:
        dataclass(frozen=True)(cls)
    except (TypeError, ValueError) as error:
        if "__dataclass_fields__" in vars(cls):  # left behind half-way
            del cls.__dataclass_fields__
        raise InputError(
            f"{cls.__qualname__} cannot be made a dataclass ({error}); declare every parameter with its type and a "
            f"default, as in zeta: float = parameter(0.5, '(0, 1)', 'what it is')."
        ) from None


def checked(f: Field[Any], value: Any) -> Any:
    """``value`` as the field's type, or an :class:`InputError` naming the value and the range."""
    within, source = f.metadata["within"], f.metadata["source"]
    place = f" ({source})" if source else ""
    if value is None and f.default is None:
        return None
    if isinstance(within, tuple):
        return one_of(f.name, value, within, place)
    if isinstance(value, bool) or not within:
        if within:
            raise InputError(f"{f.name}={value!r} is not a number; use a number in {within}{place}.")
        return value
    return number(f.name, value, within, place, f.metadata["integer"])


def one_of(name: str, value: Any, words: Iterable[Any], place: str = "") -> Any:
    """``value`` if it is among the words, else an :class:`InputError` that lists them, whatever it is."""
    allowed = tuple(words)
    if not isinstance(value, (str, bool, int)) or value not in allowed:
        raise InputError(f"{name}={shown(value)} is not one of {', '.join(map(repr, allowed))}{place}.")
    return value


def path_of(name: str, value: Any) -> Path:
    """``value`` as a path, else an :class:`InputError`."""
    text = str(value) if isinstance(value, (str, os.PathLike)) else "\0"
    written = text.encode(errors="surrogatepass")
    if "\0" in text or text.encode(errors="replace") != written or max(map(len, written.split(b"/"))) > LONGEST_NAME:
        raise InputError(
            f"{name}={shown(value)} is not a path; give a text or a pathlib.Path, in UTF-8 and with names of at most "
            f"{LONGEST_NAME} bytes."
        )
    return Path(text)


def number(name: str, value: Any, within: str, place: str = "", integer: bool = False) -> float | int:
    """``value`` as a float (or int) inside the interval ``within``, else an :class:`InputError`.

    Text such as ``"7/20"`` is read as an exact fraction (:mod:`regretlab.spelling.numerals`), so that a TOML file can
    hold a paper's constants.
    """
    kind = "an integer" if integer else "a number"
    try:
        if isinstance(value, str):
            exact = numerals.fraction(value)
            result = _whole(exact) if integer else numerals.rounded(exact)
        elif isinstance(value, bytes | bytearray | complex) or type(value).__name__ in NO_NUMBERS:
            raise TypeError
        else:
            result = _whole(value) if integer else float(value)
    except numerals.NumeralError as error:
        raise InputError(f"{name}={shown(value)} is not {kind}: it {error}; use {kind} in {within}{place}.") from None
    except OverflowError:
        raise InputError(f"{name}={shown(value)} is outside {within}{place}: it is beyond every float.") from None
    except (TypeError, ValueError):
        raise InputError(f"{name}={shown(value)} is not {kind}; use {kind} in {within}{place}.") from None
    said = value if isinstance(value, str) else shown(value)
    if result != result or abs(result) == math.inf:
        raise InputError(
            f"{name}={shown(value)} is outside {within}{place}: it is not a finite number; use one that is."
        )
    if result not in Interval(within):
        raise InputError(f"{name}={said} is outside {within}{place}.")
    return result


def number_of_processes(jobs: Any = None) -> int:
    """Return the number of processes that is asked for, in [1, 1024]; by default one per core."""
    return (os.cpu_count() or 1) if jobs is None else int(number("jobs", jobs, "[1, 1024]", integer=True))


def _whole(exact: Any) -> float | int:
    """Return the integer that is meant; a number that is not finite is left to the range."""
    if isinstance(exact, float) and not math.isfinite(exact):
        return exact
    whole = int(exact)
    if whole != exact:
        raise TypeError
    return whole
