"""Search for numbers at which a closed form fails; if there are none, induction is proposed."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic.sampling import SIMPLE
from regretlab.claims.checkers import recursion
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.statements import Recursion
from regretlab.claims.statements.definedness import definedness

#: Steps unrolled and points tried in search of a failure.
STEPS, TRIES = 12, 24


def find(statement: Recursion) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``unrolled``, else ``undefined step``, else ``induction``.

    The first names the first t at which some small numbers tell the two apart, the second a t of a division by zero.
    """
    for t in range(statement.first, statement.first + STEPS + 1):
        random_ = random.Random(t)
        for number in range(TRIES):
            drawn = _Drawn(random_, min(len(SIMPLE), 3 + number))
            try:
                given, stated = recursion.unroll(statement, t, drawn.entry)
            except (Rejected, ZeroDivisionError):
                continue
            if given != stated:
                return "unrolled", {"t": t, "point": {name: str(v) for name, v in drawn.values.items()}}
    try:
        undefined = definedness(statement.formula, statement.first).undefined
    except Rejected:
        return None
    return ("undefined step", {"t": undefined[0]}) if undefined else ("induction", {"unrolled": 8})


class _Drawn:
    """Values drawn when they are first asked for, from the ``most`` simplest."""

    def __init__(self, random_: random.Random, most: int) -> None:
        self.random, self.most, self.values = random_, most, dict[str, Fraction]()

    def entry(self, name: str) -> Fraction:
        if name not in self.values:
            self.values[name] = SIMPLE[self.random.randrange(self.most)]
        return self.values[name]
