"""The vocabulary: the verdicts that a checked certificate can establish, and the levels of trust in a check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from regretlab.errors import InputError

#: Verdicts of a claim with its own certificate, and what each says.
OWN = {
    "proved": "holds for all values in the stated scope",
    "bounded": "holds in every case up to the stated size",
    "sampled": "no counterexample in the stated number of tries",
    "refuted": "a counterexample that replays",
    "ill-posed": "an undefined term, a missing hypothesis or unbalanced units",
    "misprint": "two places of the paper disagree, or a symbol is plainly wrong",
    "vacuous": "never below what holds trivially",
    "unknown": "no method decided it, or the text does not allow it to be formalised",
    "assumed": "the paper's word",
}
#: Verdicts of a claim that rests on others.
DERIVED = {
    "follows": "in the paper's words: its inputs are established; the step, or what a claim is said to export, is not",
    "conditional": "follows if what it uses holds, which is not established, or was only checked for some cases",
    "unsupported": "uses a claim that is false or means nothing; the statement is open, not false",
    "repaired": "holds with the corrected form of what it uses",
}
VERDICTS = OWN | DERIVED
#: The level that no checker gives: a proof was written out, and a kernel asked.
KERNEL = "kernel"
#: Trust levels, strongest first.
LEVELS = {
    KERNEL: (
        "the kernel of the proof assistant Rocq accepts a proof of the exported statement; trusted are that kernel, "
        "its axioms of the reals (where intervals decide, of machine numbers too), and the reading of the statement"
    ),
    "exact": "fractions only",
    "balls": "interval arithmetic by two libraries, mpmath and Arb, whose intervals overlap and agree on the sign",
    "2 solvers": "two independent solvers",
    "1 solver": "one solver",
    "cas": "computer algebra and exact unrolling",
    "floats": "floating point",
    "words": "the paper's word for a step or an export; not counted as established",
}
#: Verdicts that a claim resting on another may build on.
SOUND = {"proved", "bounded", "follows", "repaired"}
#: Verdicts about some cases: no "for all" follows from them.
PARTIAL = {"bounded", "sampled"}


#: No exponents: ``1e999999999`` is short, and its value is not.
_RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?")


@dataclass(frozen=True)
class Outcome:
    """The outcome of a certificate that its checker accepted: verdict, trust level, and the certificate in words.

    ``parts`` are the verdicts of the parts that a compound statement rests on.
    """

    verdict: str
    level: str
    words: str
    parts: tuple[str, ...] = ()


class Rejected(Exception):
    """A certificate that establishes nothing; the message says why."""


class NotRun(InputError):
    """A function of a statement that cannot be run exactly, or breaks: an error of its claim, whatever it pins."""


def weakest(levels: Iterable[str]) -> str:
    """Return the level of a conclusion drawn from several."""
    order = list(LEVELS)
    return max((level for level in levels if level), key=order.index, default="exact")


def fields(body: Any, *names: str) -> list[Any]:
    """Return the values of a certificate that has exactly these fields."""
    if not isinstance(body, Mapping) or set(body) != set(names):
        found = sorted(body) if isinstance(body, Mapping) else type(body).__name__
        raise Rejected(f"expected exactly the fields {', '.join(names)}, found {found}")
    return [body[name] for name in names]


def rational(value: Any) -> Fraction:
    """Read an exact rational as certificates write it: ``"p/q"`` in lowest terms."""
    if not isinstance(value, str) or not _RATIONAL.fullmatch(value):
        raise Rejected(f"{str(value)[:40]!r} is not the text of a rational")
    try:
        found = Fraction(value)
    except (ValueError, ZeroDivisionError):
        raise Rejected(f"{value[:40]!r} is not a rational") from None
    if str(found) != value:
        raise Rejected(f"{value!r} is not in lowest terms")
    return found


def natural(value: Any, least: int = 0) -> int:
    """Read a JSON integer not below ``least``."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise Rejected(f"{value!r} is not an integer >= {least}")
    return value
