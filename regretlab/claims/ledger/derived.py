"""Derivations: exports, the steps between claims, and how strong a conclusion can be.

A claim may hand on its own statement; its hypotheses go with it. Anything else that it is said to export is an
assumption, which is printed, and what rests on one is in the paper's words, not proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from regretlab.claims import checkers
from regretlab.claims.language.terms import Relation, all_of, text
from regretlab.claims.language.trees import conjuncts, symbols
from regretlab.claims.language.verdict import PARTIAL, Rejected
from regretlab.claims.provers import points
from regretlab.claims.statements import Derivation, Inequality, Statement, conclusions
from regretlab.claims.statements.claim import Claim

#: Verdicts of a conclusion, strongest first: it is never stronger than its weakest input.
STRENGTH = ("proved", "follows", "repaired", "conditional")


class Handed(NamedTuple):
    """A relation that a claim hands to a step, and whether it is an assumption, not a part of the claim's statement."""

    claim: Claim
    relation: Relation
    assumed: bool

    def __str__(self) -> str:
        return f"{text(self.relation)} (exported by {self.claim.id}, which does not say it)"


def says_its_export(claim: Claim) -> bool:
    """Tell whether a claim exports its own statement."""
    stated = [show for _, show in conclusions(claim.statement)]
    return claim.exports is None or all(any(part is show for show in stated) for part in conjuncts(claim.exports))


def handed_to(step: Derivation, claims: Sequence[Claim]) -> list[Handed]:
    """List the relations that claims hand to a step: statements under hypotheses it lacks, and assumptions."""
    given = [part for h in step.given for part in conjuncts(h)]
    given += [p for c in claims if c.exports is not None and not says_its_export(c) for p in conjuncts(c.exports)]
    found = []
    for claim in claims:
        if claim.exports is None:
            continue
        if says_its_export(claim):
            own_parts = [(_hypotheses(claim.statement, part), part) for part in conjuncts(claim.exports)]
            parts = [_with(needed, part, given) for needed, part in own_parts]
            found.append(Handed(claim, all_of(parts), False))
        else:
            # A hypothesis that is exported as a conclusion is given by nobody.
            supposed = [h for hypotheses, _ in conclusions(claim.statement) for h in hypotheses]
            needed = [part for part in conjuncts(claim.exports) if any(part is h for h in supposed)]
            found.append(
                Handed(claim, _with(needed, claim.exports, [p for h in step.given for p in conjuncts(h)]), True)
            )
    return found


def _hypotheses(statement: Statement, part: Relation) -> Sequence[Relation]:
    return next(needed for needed, show in conclusions(statement) if show is part)


def _with(needed: Sequence[Relation], part: Relation, given: Sequence[Relation]) -> Relation:
    """Put a relation under its hypotheses that are not given."""
    lacking = [h for h in needed if not all(any(p is g for g in given) for p in conjuncts(h))]
    return ~all_of(lacking) | part if lacking else part


def speaks_of_its_own(statement: Statement, export: Relation) -> bool:
    """Tell whether every symbol of an export is one of the statement's."""
    known = [s for given, show in conclusions(statement) for s in symbols(*given, show)]
    return all(any(s is k for k in known) for s in symbols(export)) and bool(known)


def false_at(statement: Statement, export: Relation) -> str:
    """Say where an export in the statement's symbols is false although its hypotheses hold; '' if nowhere seen."""
    if not speaks_of_its_own(statement, export):
        return ""
    asked = Inequality(tuple(h for given, _ in conclusions(statement) for h in given), export)
    try:
        found = points.find_quick(asked)
        outcome = checkers.check(asked, *found) if found is not None else None
    except Rejected:
        return ""
    return outcome.words if outcome is not None and outcome.verdict == "refuted" else ""


def conclusion(step: str, inputs: Sequence[tuple[str, Sequence[str]]], assumes: bool) -> str:
    """Return the verdict of a step that holds, from (verdict, verdicts of the parts) of the claims it rests on."""
    found = [step, *(["follows"] if assumes else [])]
    for verdict, parts in inputs:
        found.append("conditional" if {verdict, *parts} & PARTIAL else verdict if verdict in STRENGTH else "proved")
    return max(found, key=STRENGTH.index)
