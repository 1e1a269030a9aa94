"""The one error of bad input: a sentence that says what, the value, what is allowed and what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable


class InputError(ValueError):
    """Input that the library cannot use, in one sentence; the command line prints it and exits with status 2.

    What is quoted in the sentence was written by others: what cannot be printed is escaped, what is long is cut.
    """

    def __init__(self, message: str) -> None:
        super().__init__(_one_line(message))


#: Characters of the longest word and the longest sentence that are printed whole.
LONGEST_WORD, LONGEST_SENTENCE = 200, 2000


def shown(value: object) -> str:
    """A value as a sentence quotes it: words in quotes, and never at length, whatever the value.

    Examples
    --------
    >>> print(shown("7/20"), shown(3), shown(10**5000))
    '7/20' 3 (too long to write out)
    """
    try:
        return repr(value) if isinstance(value, str) else str(value)
    except ValueError:  # Python's limit on the digits of an integer
        return "(too long to write out)"


def _one_line(message: str) -> str:
    printable = "".join(c if c.isprintable() else repr(c)[1:-1] for c in message)
    text = re.sub(rf"\S{{{LONGEST_WORD + 1},}}", lambda word: f"{word[0][:80]}...{word[0][-40:]}", printable)
    return text if len(text) <= LONGEST_SENTENCE else f"{text[:1400]} ... {text[-400:]}"


class NonFiniteError(ArithmeticError):
    """A run whose iterate or loss stopped being a finite number; says step, replicate, coordinate and cause."""


class InterruptedWarning(UserWarning):
    """A simulation was interrupted, and what it returns is only the finished part; says which."""


def shown(value: object, longest: int = 60) -> str:
    """A value as Python writes it, its middle left out where it is long, so that an error stays one sentence.

    Examples
    --------
    >>> shown("large"), shown("9" * 1000, longest=20)
    ("'large'", "'99999999...9999999'")
    """
    try:
        text = repr(value if not isinstance(value, (str, bytes)) or len(value) <= longest else value[:longest])
        if isinstance(value, (str, bytes)) and len(value) > longest:
            text = repr(value[: longest // 2]) + "..." + repr(value[-longest // 4 :])
    except Exception:
        text = f"<{type(value).__name__}>"
    text = " ".join(text.split())
    keep = longest // 2 - 1
    return text if len(text) <= longest else f"{text[:keep]}...{text[-(longest - keep - 3) :]}"


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


#: What a reader of papers would write, and the parameter that it is.
SYMBOLS = {"K": "batch_size", "lr": "alpha", "learning_rate": "alpha"}
#: What belongs to no algorithm and no problem, and where it is set.
ELSEWHERE = {
    "K": "the batch size K belongs to the algorithm: write batch_size=5 there",
    "batch_size": "the batch size belongs to the algorithm: write adam(batch_size=5), say",
    "R": "the number of replicates R belongs to the run: use replicates= or --replicates",
    "T": "the horizon T belongs to the run: use horizon= or --horizon",
    "horizon": "the horizon belongs to the run: use horizon= or --horizon",
    "n": "the number of examples n is that of the problem's data",
    "replicates": "the number of replicates belongs to the run: use replicates= or --replicates",
}


def unknown_parameter(of: str, name: str, known: Iterable[str]) -> InputError:
    """The error for an unknown parameter; of the field's letters it says where they are set.

    Examples
    --------
    >>> print(unknown_parameter("adam", "K", ["alpha", "batch_size"]))
    unknown parameter of adam 'K'; did you mean 'batch_size'? Known: alpha, batch_size.
    >>> print(unknown_parameter("reddi", "T", ["C"]))
    unknown parameter of reddi 'T'; the horizon T belongs to the run: use horizon= or --horizon. Known: C.
    """
    names = sorted(known)
    if SYMBOLS.get(name) in names:
        hint = f"did you mean '{SYMBOLS[name]}'?"
    elif name in ELSEWHERE:
        hint = f"{ELSEWHERE[name]}."
    else:
        return closest(f"parameter of {of}", name, names)
    return InputError(f"unknown parameter of {of} '{name}'; {hint} Known: {', '.join(names)}.")
