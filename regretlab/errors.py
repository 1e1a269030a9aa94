"""The one error of bad input: a sentence with the name, the value, the allowed range and advice."""

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


#: Characters of the longest value, word, list of names and sentence that are printed whole.
LONGEST_VALUE, LONGEST_WORD, LONGEST_LIST, LONGEST_SENTENCE = 100, 200, 300, 900


def shown(value: object) -> str:
    """Quote a value as a sentence does: words in quotes, and never at length, whatever the value.

    Examples
    --------
    >>> print(shown("7/20"), shown(3), shown(10**5000))
    '7/20' 3 (too long to write out)
    """
    try:
        text = repr(value) if isinstance(value, str) else str(value)
    except ValueError:  # Python's limit on the digits of an integer
        return "(too long to write out)"
    except Exception:  # an object of the user's that cannot say what it is
        return f"a {type(value).__name__}"
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 30]}...{text[-25:]}"


def _one_line(message: str) -> str:
    printable = "".join(c if c.isprintable() else repr(c)[1:-1] for c in message)
    text = re.sub(rf"\S{{{LONGEST_WORD + 1},}}", lambda word: f"{word[0][:80]}...{word[0][-40:]}", printable)
    return text if len(text) <= LONGEST_SENTENCE else f"{text[:600]} ... {text[-250:]}"


class NonFiniteError(ArithmeticError):
    """A run whose iterate or loss stopped being a finite number; says step, replicate, coordinate and cause."""


class DefectError(AssertionError):
    """Something impossible was computed: a defect of the library or of a user's declaration; says what to report."""


class InterruptedWarning(UserWarning):
    """A simulation was interrupted, and what it returns is only the finished part; says which."""


class StoreWarning(UserWarning):
    """A store or a snapshot is damaged, or could not keep a run; the run itself is as it would be without it."""


class UnderflowWarning(UserWarning):
    """A method was run on gradients whose squares floats do not hold, so that its steps are not the method's."""


#: The least share of letters that a proposed name has in common with the unknown one (difflib's ratio). One wrong
#: letter leaves 2/3 of three, two wrong letters leave 2/3 of six; at difflib's own 0.6, which click and Typer take,
#: 'lion' is near 'linear'.
NEAR = 0.66


def unknown_name(kind: str, name: str, known: Iterable[str]) -> InputError:
    """Return the error for an unknown name, with the nearest known one.

    Examples
    --------
    >>> print(unknown_name("algorithm", "adamx2", ["adam", "adamx"]))
    unknown algorithm 'adamx2'; did you mean 'adamx'? Known: adam, adamx.
    """
    names = sorted(map(str, known))
    # Long words are like no name, and to compare them takes long; what is no word is like none either.
    short = isinstance(name, str) and len(name) <= LONGEST_VALUE
    alike = {known.lower(): known for known in names}
    near = difflib.get_close_matches(name.lower(), alike, n=1, cutoff=NEAR) if short else []
    hint = f"; did you mean '{alike[near[0]]}'?" if near else "."
    return InputError(f"unknown {kind} {_quoted(name)}{hint} Known: {_listed(names)}.")


def _quoted(name: str) -> str:
    return f"'{name}'" if isinstance(name, str) and len(name) <= LONGEST_VALUE else shown(name)


def _listed(names: list[str]) -> str:
    """List the names, as many as fit in a sentence."""
    fit, length = 0, 0
    while fit < len(names) and (length := length + len(names[fit]) + 2) <= LONGEST_LIST:
        fit += 1
    more = f" and {len(names) - fit} more ('regretlab list' has those of the library)" if fit < len(names) else ""
    return ", ".join(names[:fit]) + more


#: Names that a reader of papers would write, and the parameters that they are.
SYMBOLS = {"K": "batch_size", "lr": "alpha", "learning_rate": "alpha"}
#: Names that belong to no algorithm and no problem, and the place where each is set.
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
    """Return the error for an unknown parameter; of the field's letters it says where they are set.

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
        return unknown_name(f"parameter of {of}", name, names)
    return InputError(f"unknown parameter of {of} {_quoted(name)}; {hint} Known: {_listed(names)}.")
