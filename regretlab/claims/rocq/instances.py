"""Theorems about sequences that numbers refute: Rocq computes the hypotheses and the conclusion there."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from regretlab.claims.checkers import point
from regretlab.claims.checkers.instances import Instance
from regretlab.claims.language.binding import replaced
from regretlab.claims.language.terms import Relation
from regretlab.claims.rocq.goals import Theorem as Written
from regretlab.claims.rocq.stating import given, meaning, scope_of
from regretlab.claims.rocq.writing import NotTranslated, number
from regretlab.claims.statements.theorem import Theorem

IMPORTS = ("RegretlabSums", "RegretlabIntervals")
#: What computes one relation at numbers.
_COMPUTED = "cbv [zsum zprod Z.to_nat]; simpl; first [lra | solve [field; lra] | enclosed]"


def refuted(statement: Theorem, form: str, body: Any) -> Written:
    """Write the theorem that at certain numbers and sequences the hypotheses hold, and the conclusion does not."""
    if statement.where:
        raise NotTranslated("a counterexample with defined sequences")
    found, scope = Instance(statement, body), scope_of(statement)
    operand = scope.write.operand
    naturals = [f"(1 <= {name})%Z" for s, name in scope.identifiers.items() if s.op == "index"]
    held = [*map(operand, (*given(statement), *meaning(statement)))]
    parts = [*naturals, *(f"({part})" for part in held), f"~ ({scope.write(statement.show)})"]
    says = f"exists {scope.binders()},\n  " + " /\\\n  ".join(parts)
    witnesses = [_number(s, found) for s in scope.symbols]
    witnesses += [_function(name, count, found) for name, count in scope.arity.items()]
    lines = [f"exists {', '.join(witnesses)}."]
    lines += ["split; [lia |]."] * len(naturals)
    lines += [f"split; [each_index; {_COMPUTED} |]."] * len(held)
    places = "".join(f"; specialize (wrong {k}%Z ltac:(lia))" for k in _failing(found, statement.show))
    lines += [
        f"intro wrong{places}; revert wrong.",
        "match goal with |- ?P -> False => change (~ P) end.",
        "cbv [zsum zprod Z.to_nat]; simpl; first [lra | enclosed].",
    ]
    return Written(form, says, lines, IMPORTS)


def _number(symbol: Any, found: Instance) -> str:
    name = symbol.args[0]
    if symbol.op == "index":
        return f"{found.indices[name]}%Z"
    value = found.values[name]
    return f"({value.numerator})%Z" if symbol.op == "integer" else number(value)


def _function(name: str, count: int, found: Instance) -> str:
    """Write a sequence that has the given entries, and is 0 elsewhere."""
    indices = [f"i{k}" for k in range(count)]
    line = "0"
    for written, value in found.entries.items():
        head, _, places = written.partition("[")
        if head == name:
            at = zip(indices, places.rstrip("]").split(","), strict=True)
            test = " && ".join(f"Z.eqb {i} ({place.strip()})" for i, place in at)
            line = f"if ({test})%bool then {number(value)} else {line}"
    return f"(fun {' '.join(indices)} : Z => {line})"


def _failing(found: Instance, show: Relation) -> list[int]:
    """Return indices of a conclusion for which it is false."""
    if show.op != "forall":
        return []
    bound, low, high, body = show.args
    first = found.concrete(low).args[0]
    if high is None:
        raise NotTranslated("a counterexample to a conclusion without end")
    for k in range(int(first), int(found.concrete(high).args[0]) + 1):
        smaller = replaced(body, {bound: Fraction(k)})
        if not point.decide(found.concrete(smaller), found.point)[0]:
            return [k, *_failing(found, smaller)]
    raise NotTranslated("a conclusion that holds at the numbers")
