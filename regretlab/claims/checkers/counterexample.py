"""Certificates that a theorem about sequences is false or means nothing: numbers at which its hypotheses hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.arithmetic.exact import Undefined
from regretlab.claims.checkers import point
from regretlab.claims.checkers.instances import Instance
from regretlab.claims.language.binding import indices
from regretlab.claims.language.terms import Relation, text, walk
from regretlab.claims.language.trees import obligations, symbols
from regretlab.claims.language.verdict import Outcome, Rejected, weakest
from regretlab.claims.statements.theorem import Theorem


def check(statement: Theorem, body: Any) -> Outcome:
    """Check ``{"indices", "symbols", "entries"}``: the hypotheses hold at these numbers, and the conclusion is false.

    Where a term of the conclusion has no value at the numbers, the theorem is ill-posed and not refuted. Every free
    index, every symbol and every entry on which a hypothesis or the conclusion depends has a number; entries that are
    defined have none, and are computed. Of a conclusion without end the first few indices are looked at: it is false if
    one of them is. A definition without end is no hypothesis, as such entries exist.

    Raises
    ------
    Rejected
        If a hypothesis is not decided, does not hold, or has no end, so that no numbers show it for all indices; if the
        conclusion holds or is not decided; and if numbers are left over.
    """
    found = Instance(statement, body)
    levels = []
    for relation in statement.given:
        if any(node.op == "forall" and node.args[2] is None for node in walk(relation)):
            raise Rejected(f"the hypothesis {text(relation)} has no end, so that no numbers show it")
        true, level, lacking = _decided(found, relation)
        if lacking is not None:
            raise Rejected(f"the hypothesis {text(relation)} is undefined at the numbers: {text(lacking)} fails")
        if not true:
            raise Rejected(f"the hypothesis {text(relation)} does not hold at the numbers")
        levels.append(level)
    true, level, lacking = _decided(found, statement.show)
    if true:
        raise Rejected("the conclusion holds at the numbers")
    _only("indices", found.indices, {n.args[0] for n in indices(*statement.said)})
    _only("symbols", found.values, {s.args[0] for s in symbols(*statement.said)})
    _only("entries", found.entries, found.read)
    named = {**found.indices, **found.values, **found.entries}
    words = ", ".join(f"{name} = {value}" for name, value in named.items()) or "whatever the numbers are"
    if lacking is not None:
        return Outcome("ill-posed", weakest([*levels, level]), f"undefined at {words}: it needs {text(lacking)}")
    return Outcome("refuted", weakest([*levels, level]), f"counterexample {words}")


def _decided(found: Instance, relation: Relation) -> tuple[bool, str, Relation | None]:
    """Return the truth of a relation, the level, and the condition for its having a meaning that fails, if one does."""
    concrete, at = found.concrete(relation), found.point
    try:
        for path, need in obligations(concrete):
            taken, one = point.decide(path, at)
            held, other = point.decide(need, at) if taken else (True, one)
            if not held:
                return False, weakest([one, other]), need
        return *point.decide(concrete, at), None
    except (Undefined, Undecided) as error:
        raise Rejected(f"{text(relation)} is not decided at the numbers: {error}") from None


def _only(what: str, written: Mapping[str, Any], known: set[str]) -> None:
    if set(written) != known:
        wanted, names = (", ".join(sorted(part)) or "nothing" for part in (known, set(written)))
        raise Rejected(f"the numbers must give exactly {wanted} as {what}, not {names}")
