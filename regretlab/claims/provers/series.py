"""Search for a partial sum above its bound, or for a step that keeps all of them below."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil, log2
from typing import Any

from regretlab.claims.arithmetic import balls
from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.checkers import series as checker
from regretlab.claims.checkers.pieces import as_inequality
from regretlab.claims.language.terms import text, walk
from regretlab.claims.language.trees import symbols
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import pieces, refutations, solver, sos, trail
from regretlab.claims.statements import Series

Found = tuple[str, dict[str, Any]]
#: Partial sums looked at before a proof is tried.
LOOKED_AT = 400
#: Terms from which the size of later ones is guessed: a power of N if they fall by like ratios, a power of a number if
#: by the second ratio more; and factors by which the remainder may exceed the guess.
FAR, FASTER, LARGER = (20, 40, 80), 1.5, (Fraction(1), Fraction(11, 10), Fraction(2), Fraction(20))
#: What floats may add to a guess, and what intervals may take off a sum that does not change.
ROUNDED, ROUND_OFF = 1 + 1e-9, 1e-30


def find(statement: Series) -> Found | None:
    """Find a certificate ``partial sum`` (one that exceeds the bound), else ``base and step``."""
    gaps: dict[int, float] = {}
    try:
        for n, surplus in checker.surpluses(statement, statement.first + LOOKED_AT):
            if surplus.b < 0:
                return "partial sum", {"N": n}
            gaps[n] = float(surplus.a)
    except (Undecided, Rejected) as error:
        trail.missed(f"the first sums are not known: {error}")
        return None
    if not any(symbol is statement.t for symbol in symbols(statement.bound)):
        return _remainder(statement, gaps)
    falls = [n for n in gaps if n - 1 in gaps and gaps[n - 1] - gaps[n] > ROUND_OFF]
    for through in dict.fromkeys((max(falls, default=statement.first), statement.first + 1, statement.first + 8)):
        if (found := _step(statement, through)) is not None:
            return "base and step", {"through": through, "form": found[0], "body": found[1]}
    return None


def _step(statement: Series, through: int) -> Found | None:
    """Prove that each later step is within the bound."""
    step = checker.step(statement, through)
    inequality = as_inequality(step)
    rooted = any(node.op == "root" for node in walk(statement.term, statement.bound))
    searches: list[tuple[Callable[[Any], Found | None], Any]] = [
        (sos.find, inequality), (refutations.find, inequality), (solver.find, inequality)
    ]  # fmt: skip
    searches.insert(3 if rooted else 2, (pieces.find, step))
    for search, asked in searches:
        with trail.within(f"the step to N >= {through + 1}"):
            found = search(asked)
        if found is not None and found[0] != "below":
            return found
    return None


def _remainder(statement: Series, gaps: dict[int, float]) -> Found | None:
    """Find a certificate ``remainder`` of a constant bound: what later terms add, like a power of N or of a number."""
    for scale, power, ratio in _remainders(statement):
        left = checker.remainder(statement.t, scale, power, ratio)
        rest = {n: float(scale) * float(ratio) ** n / n ** float(power) for n in gaps}
        steps = (n for n in gaps if n + 1 in gaps and gaps[n] - gaps[n + 1] <= (rest[n] - rest[n + 1]) * ROUNDED)
        through = next((n for n in steps if gaps[n] * ROUNDED >= rest[n]), None)
        if through is None:
            trail.missed(f"no sum to N <= {max(gaps)} leaves {text(left)} at {statement.t} = N to spare")
            continue
        if (found := _step(checker.less(statement, left), through)) is not None:
            about = {"scale": str(scale), "power": str(power), "ratio": str(ratio), "through": through}
            return "remainder", {**about, "form": found[0], "body": found[1]}
    return None


def _remainders(statement: Series) -> Iterator[tuple[Fraction, Fraction, Fraction]]:
    """Yield remainders ``scale ratio**N / N**power`` that terms of such a size add up to, from small to large."""
    try:
        a, b, c = (float(balls.value(statement.term, {statement.t: n}).mid) for n in map(Fraction, FAR))
    except Undecided:
        return
    if statement.first < 1 or min(a, b, c) <= 0:
        trail.missed(
            "no remainder of a constant bound is known for a sum whose terms are not positive, or begin below 1"
        )
        return
    power = Fraction(round(2 * (log2(b / c) - 1)), 2)
    if log2(b / c) > FASTER * log2(a / b) > 0:
        power, ratio = Fraction(0), _above((c / b) ** (1 / (FAR[2] - FAR[1])))
        size = Fraction(a / float(ratio) ** FAR[0]) * ratio / (1 - ratio)
    elif power > 0:
        size, ratio = Fraction(c * FAR[2] ** (float(power) + 1) / float(power)), Fraction(1)
    else:
        trail.missed("the terms seem to fall too slowly for a constant bound, and the sums looked at do not exceed it")
        return
    for more in LARGER:
        yield (size * more).limit_denominator(20), power, ratio


def _above(ratio: float) -> Fraction:
    """Return the simplest fraction between the number and 1, nearer to the number."""
    for q in range(2, 100):
        found = Fraction(ceil(ratio * q - 1e-9), q)
        if found < 1 and float(found) <= ratio + (1 - ratio) / 4:
            return found
    return Fraction(99, 100)
