"""Certificates of compound statements: one certificate per part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regretlab.claims.language.verdict import Outcome, Rejected, fields, weakest
from regretlab.claims.statements import Both, Denial, Disagreement, Misprint, Statement, Vacuity

Check = Callable[[Statement, str, Any], Outcome]
_OPPOSITE = {"proved": "refuted", "refuted": "proved"}
_TRUE, _FALSE = {"proved", "bounded"}, {"refuted", "ill-posed"}


def check(statement: Statement, body: Any, check_part: Check) -> Outcome:
    """Check ``{"parts": [{"form", "body"}, ...]}``, in the order of the statement's parts."""
    (written,) = fields(body, "parts")
    parts = statement.parts()
    if not isinstance(written, list) or len(written) > len(parts):
        raise Rejected(f"expected certificates of {len(parts)} parts")
    if isinstance(statement, Both) and len(written) == 1:
        return _one_of(statement, written[0], check_part)
    if len(written) != len(parts):
        raise Rejected(f"expected certificates of {len(parts)} parts, found {len(written)}")
    found = [check_part(p, *fields(w, "form", "body")) for p, w in zip(parts, written, strict=True)]
    level = weakest(o.level for o in found)
    words = "; ".join(o.words for o in found)
    verdicts = [o.verdict for o in found]
    if isinstance(statement, Both) and set(verdicts) <= _TRUE:
        return Outcome("bounded" if "bounded" in verdicts else "proved", level, words)
    if isinstance(statement, Disagreement) and verdicts == ["refuted"]:
        return Outcome("misprint", level, f"the two forms differ: {words}")
    if isinstance(statement, Misprint) and verdicts[0] in _FALSE and verdicts[1] in _TRUE:
        return Outcome("misprint", level, f"as printed: {found[0].words}; as meant: {found[1].words}", (verdicts[1],))
    if isinstance(statement, Vacuity) and verdicts == ["proved"]:
        return Outcome("vacuous", level, words)
    if isinstance(statement, Denial) and verdicts[0] in _OPPOSITE:
        return Outcome(_OPPOSITE[verdicts[0]], level, f"the contrary is {verdicts[0]}: {words}")
    raise Rejected(f"parts with verdicts {', '.join(verdicts)} decide nothing about a {statement.kind}")


def _one_of(statement: Both, written: Any, check_part: Check) -> Outcome:
    """Check the refutation of a conjunction by one refuted part, named by its index."""
    index, form, body = fields(written, "part", "form", "body")
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(statement.statements):
        raise Rejected(f"there is no part {index!r}")
    outcome = check_part(statement.statements[index], form, body)
    if outcome.verdict not in _FALSE:
        raise Rejected(f"one part that is {outcome.verdict} decides nothing about a conjunction")
    return outcome
