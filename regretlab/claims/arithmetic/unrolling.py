"""Values of the terms of recursions in fractions, with sums and products written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic.exact import OPERATORS
from regretlab.claims.language.verdict import Rejected

#: Terms of one sum or product that are still written out, and bits of a power.
LONGEST, LARGEST = 10_000, 1_000_000


def value(node: Any, at: Mapping[str, Fraction], entry: Callable[[str], Fraction]) -> Fraction:
    """Evaluate a term: ``at`` gives indices by name, ``entry`` symbols, and entries of sequences as ``"g[2]"``.

    Raises
    ------
    ZeroDivisionError
        Where something divides by zero; a whole power is a product of that many factors, 1 for none.
    Rejected
        Where a range or an exponent means nothing.
    """
    a = node.args
    match node.op:
        case "num":
            number: Fraction = a[0]
            return number
        case "index" | "bound" | "before":
            return at[a[0]]
        case "symbol" | "integer":
            return entry(a[0])
        case "entry":
            return entry(f"{a[0]}[{', '.join(str(value(i, at, entry)) for i in a[1:])}]")
        case "sum" | "product":
            return _range(node, at, entry)
        case "pow":
            if a[1] <= 0 and value(a[0], at, entry) == 0:
                raise ZeroDivisionError(str(node))
            return _power(node, value(a[0], at, entry), Fraction(a[1]))
    parts = [value(child, at, entry) for child in node.children]
    if node.op == "power":
        return _power(node, *parts)
    if node.op not in OPERATORS:
        raise Rejected(f"{node.op} is not evaluated exactly")
    result: Fraction = OPERATORS[node.op](*parts)
    return result


def _power(node: Any, base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        raise Rejected(f"the exponent of {node} is {exponent}, not an integer")
    n = int(exponent)
    if abs(n) * max(base.numerator.bit_length(), base.denominator.bit_length()) > LARGEST and abs(base) not in (0, 1):
        raise Rejected(f"{node} is too large to be written out")
    return base**n


def _range(node: Any, at: Mapping[str, Fraction], entry: Callable[[str], Fraction]) -> Fraction:
    index, low, high, body = node.args
    first, last = value(low, at, entry), value(high, at, entry)
    if first.denominator != 1 or last.denominator != 1 or last < first - 1:
        raise Rejected(f"the range {first}..{last} of {node} means nothing")
    if last - first > LONGEST:
        raise Rejected(f"the range {first}..{last} of {node} is too long to be written out")
    total = Fraction(node.op == "product")
    for k in range(int(first), int(last) + 1):
        one = value(body, {**at, index.args[0]: Fraction(k)}, entry)
        total = total * one if node.op == "product" else total + one
    return total
