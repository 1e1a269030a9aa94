"""The one error of bad input: a sentence that says what, the value, what is allowed and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Input that the library cannot use, in one sentence; the command line prints it and exits with status 2."""


class NonFiniteError(ArithmeticError):
    """A run whose iterate or loss stopped being a finite number; says step, replicate, coordinate and cause."""


class InterruptedWarning(UserWarning):
    """A simulation was interrupted, and what it returns is only the finished part; says which."""


def closest(kind: str, name: str, known: Iterable[str]) -> InputError:
    """The error for an unknown name, with the nearest known one.

    Examples
    --------
    >>> print(closest("algorithm", "adamx2", ["adam", "adamx"]))
    unknown algorithm 'adamx2'; did you mean 'adamx'? Known: adam, adamx.
    """
    names = sorted(known)
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    hint = f"; did you mean '{near[0]}'?" if near else "."
    return InputError(f"unknown {kind} '{name}'{hint} Known: {', '.join(names)}.")
