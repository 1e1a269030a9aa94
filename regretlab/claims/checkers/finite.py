"""Certificates of finite statements: every case is run again."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from regretlab.claims.arithmetic.functions import Exact, is_exact
from regretlab.claims.language.verdict import NotRun, Outcome, Rejected, fields, natural
from regretlab.claims.statements import Finite


def cases(statement: Finite) -> list[dict[str, Any]]:
    """Make the cases in exact arithmetic."""
    found = Exact(statement.cases)()
    if not isinstance(found, list) or not all(isinstance(case, dict) and is_exact(case) for case in found):
        raise NotRun("cases() gives something else than a list of dicts of integers, fractions, text and tuples")
    if not found:
        raise NotRun("cases() gives no case, and what is said of nothing proves nothing; give at least one")
    return found


def says(case: Mapping[str, Any]) -> str:
    """Write a case in words."""
    return ", ".join(f"{name} = {_text(value)}" for name, value in case.items())


def _text(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(_text, value))})"
    return str(value)


def _scope(found: Sequence[Mapping[str, Any]]) -> str:
    ranges = []
    for name in found[0]:
        values = [case.get(name) for case in found]
        if all(type(v) is int for v in values):
            low, high = min(values), max(values)  # type: ignore[type-var]
            ranges.append(f"{name} = {low}" if low == high else f"{name} = {low}..{high}")
    return f" ({', '.join(ranges)})" if ranges else ""


def check(statement: Finite, body: Any) -> Outcome:
    """Check ``{"count"}``: the statement has that many cases, and it holds in every one."""
    (count,) = fields(body, "count")
    found = cases(statement)
    if natural(count, 1) != len(found):
        raise Rejected(f"the statement has {len(found)} cases, not {count}")
    holds = Exact(statement.holds)
    for case in found:
        if truth(holds, case) is not True:
            raise Rejected(f"it does not hold at {says(case)}")
    all_of_them = f"all {count} cases hold" if count > 1 else "the one case holds"
    return Outcome("bounded", "exact", f"{all_of_them}{_scope(found)}")


def check_case(statement: Finite, body: Any) -> Outcome:
    """Check ``{"index"}``: the statement is false, or divides by zero, in the case of that index."""
    (index,) = fields(body, "index")
    found = cases(statement)
    if natural(index) >= len(found):
        raise Rejected(f"there is no case {index}, only {len(found)}")
    true = truth(Exact(statement.holds), found[index])
    if true is False:
        return Outcome("refuted", "exact", f"fails at {says(found[index])}")
    if true is None:
        return Outcome("ill-posed", "exact", f"divides by zero at {says(found[index])}")
    raise Rejected(f"it holds at {says(found[index])}")


def truth(holds: Exact, case: Mapping[str, Any]) -> bool | None:
    """Return the truth of one case, in exact arithmetic; None where it divides by zero."""
    try:
        found = holds(**copy.deepcopy(dict(case)))
    except ZeroDivisionError:
        return None
    except NotRun:
        raise
    except Exception as error:
        raise NotRun(f"holds breaks at {says(case)}: {type(error).__name__}: {error}") from None
    if found is not True and found is not False:
        raise NotRun(f"holds gives {found!r} at {says(case)}, not True or False")
    return found
