"""Certificates of finite statements: every case is run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from regretlab.claims.statements import Finite
from regretlab.claims.verdict import Outcome, Rejected, fields, whole


class Whole(int):
    """An integer whose quotients are fractions: ``1 / n`` must not become a float."""

    def __truediv__(self, other: Any) -> Any:
        return Fraction(self) / other

    def __rtruediv__(self, other: Any) -> Any:
        return other / Fraction(self)

    def __pow__(self, other: Any, mod: Any = None) -> Any:
        return Fraction(self) ** other if other < 0 else _kept(int.__pow__(self, other, mod))

    def __add__(self, other: Any) -> Any:
        return _kept(int.__add__(self, other))

    def __sub__(self, other: Any) -> Any:
        return _kept(int.__sub__(self, other))

    def __mul__(self, other: Any) -> Any:
        return _kept(int.__mul__(self, other))

    def __rsub__(self, other: Any) -> Any:
        return _kept(int.__rsub__(self, other))

    def __floordiv__(self, other: Any) -> Any:
        return _kept(int.__floordiv__(self, other))

    def __mod__(self, other: Any) -> Any:
        return _kept(int.__mod__(self, other))

    def __neg__(self) -> Any:
        return _kept(int.__neg__(self))

    __radd__, __rmul__ = __add__, __mul__


def _kept(value: Any) -> Any:
    return Whole(value) if isinstance(value, int) else value


def exactly(value: Any) -> Any:
    """A case's value in exact arithmetic; a float is rejected."""
    if isinstance(value, (bool, str, Fraction)) or value is None:
        return value
    if isinstance(value, int):
        return Whole(value)
    if isinstance(value, Mapping):
        return {k: exactly(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(exactly(v) for v in value)
    raise Rejected(f"the case value {value!r} is not exact")


def cases(statement: Finite) -> list[dict[str, Any]]:
    """The cases, in exact arithmetic."""
    return [exactly(dict(case)) for case in statement.cases()]


def says(case: Mapping[str, Any]) -> str:
    """The case in words."""
    return ", ".join(f"{name} = {_text(value)}" for name, value in case.items())


def _text(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(_text, value))})"
    return str(value)


def _scope(found: Sequence[Mapping[str, Any]]) -> str:
    ranges = []
    for name in found[0]:
        values = [case.get(name) for case in found]
        if all(type(v) is Whole for v in values):
            low, high = min(values), max(values)  # type: ignore[type-var]
            ranges.append(f"{name} = {low}" if low == high else f"{name} = {low}..{high}")
    return f" ({', '.join(ranges)})" if ranges else ""


def check(statement: Finite, body: Any) -> Outcome:
    """``{"count"}``: the statement has that many cases, and it holds in every one."""
    (count,) = fields(body, "count")
    found = cases(statement)
    if whole(count, 1) != len(found):
        raise Rejected(f"the statement has {len(found)} cases, not {count}")
    for case in found:
        if _holds(statement, case) is not True:
            raise Rejected(f"it does not hold at {says(case)}")
    return Outcome("bounded", "exact", f"all {count} cases hold{_scope(found)}")


def check_case(statement: Finite, body: Any) -> Outcome:
    """``{"index"}``: the statement is false, or divides by zero, in the case of that index."""
    (index,) = fields(body, "index")
    found = cases(statement)
    if whole(index) >= len(found):
        raise Rejected(f"there is no case {index}, only {len(found)}")
    truth = _holds(statement, found[index])
    if truth is False:
        return Outcome("refuted", "exact", f"fails at {says(found[index])}")
    if truth is None:
        return Outcome("ill-posed", "exact", f"divides by zero at {says(found[index])}")
    raise Rejected(f"it holds at {says(found[index])}")


def _holds(statement: Finite, case: Mapping[str, Any]) -> bool | None:
    """The truth of one case; None where it divides by zero."""
    try:
        truth = statement.holds(**case)
    except ZeroDivisionError:
        return None
    if truth is not True and truth is not False:
        raise Rejected(f"holds gives {truth!r} at {says(case)}, not True or False")
    return truth
