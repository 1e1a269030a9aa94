"""Intervals as numbers, on which the library's own code runs: schedules, ``step`` and bounds enclose their real values.

Numpy hands functions of an object array to its elements, so that a method's ``coefficients`` of an array of intervals
are intervals. A comparison is true, false or :class:`Undecided`; nothing is ever guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from mpmath import mp as _mp

from regretlab.claims.arithmetic import balls
from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.arithmetic.enclosures import LINE

_NUMBERS = (int, float, Fraction)


class Interval:
    """A real number between two ends.

    Examples
    --------
    >>> third = Interval(Fraction(1, 3))
    >>> third * 3 > 0, third < Interval(2).sqrt()
    (True, True)
    """

    __slots__ = ("ends",)
    ends: Any

    def __init__(self, value: Any) -> None:
        ends = value.ends if isinstance(value, Interval) else value
        if isinstance(ends, _NUMBERS):
            ends = balls.interval(Fraction(ends))
        self.ends = ends
        if self.ends.a != self.ends.a or self.ends.b != self.ends.b:
            raise Undecided("an operation on unbounded intervals")

    def __repr__(self) -> str:
        return f"Interval({self.ends})"

    @property
    def low(self) -> Any:
        """The lower end."""
        return self.ends.a

    @property
    def high(self) -> Any:
        """The upper end."""
        return self.ends.b

    def __add__(self, other: Any) -> Interval:
        return Interval(self.ends + Interval(other).ends) if isinstance(other, _OPERANDS) else NotImplemented

    def __sub__(self, other: Any) -> Interval:
        return Interval(self.ends - Interval(other).ends) if isinstance(other, _OPERANDS) else NotImplemented

    def __rsub__(self, other: Any) -> Interval:
        return Interval(other) - self

    def __mul__(self, other: Any) -> Interval:
        if not isinstance(other, _OPERANDS):
            return NotImplemented
        # The square of an interval around zero is not negative, which the product of two unrelated ones may be.
        return Interval(self.ends**2 if other is self else self.ends * Interval(other).ends)

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Interval:
        """Divide; where the divisor may be zero the result is the whole line, so that ``where`` can choose."""
        if not isinstance(other, _OPERANDS):
            return NotImplemented
        divisor = Interval(other).ends
        if divisor.a > 0 or divisor.b < 0:
            return Interval(self.ends / divisor)
        return Interval(LINE)

    def __rtruediv__(self, other: Any) -> Interval:
        return Interval(other) / self

    def __pow__(self, other: Any) -> Interval:
        if not isinstance(other, _OPERANDS):
            return NotImplemented
        exponent = Interval(other)
        halves = exponent.ends * 2
        if halves.a != halves.b or halves.a != int(halves.a):
            zero = self.low == 0 == self.high and halves.a > 0
            return Interval(0) if zero else (exponent * self.log()).exp()
        count = int(halves.a)
        base, power = (self.sqrt(), count) if count % 2 else (self, count // 2)
        raised = Interval(base.ends ** abs(power))
        return 1 / raised if power < 0 else raised

    def __rpow__(self, other: Any) -> Interval:
        return Interval(other) ** self

    def __neg__(self) -> Interval:
        return Interval(-self.ends)

    def __abs__(self) -> Interval:
        return maximum(self, -self)

    def __eq__(self, other: Any) -> Any:
        """Compare; where the intervals do not tell, return an object whose truth is undecided (see :data:`OPS`)."""
        if not isinstance(other, _OPERANDS):
            return NotImplemented
        gap = (self - other).ends
        return _Unknown() if gap.a < 0 <= gap.b or gap.a <= 0 < gap.b else bool(gap.a == 0)

    def __lt__(self, other: Any) -> bool:
        gap = (self - other).ends
        return not gap.a >= 0 and balls.sign(gap) < 0

    def __gt__(self, other: Any) -> bool:
        return Interval(other) < self

    def __le__(self, other: Any) -> bool:
        return not self > other

    def __ge__(self, other: Any) -> bool:
        return not self < other

    __hash__ = None  # type: ignore[assignment]

    def sqrt(self) -> Interval:
        """Return the square root."""
        if not self.low >= 0:
            raise Undecided(f"root of {self.ends}")
        return Interval(self.ends.sqrt())

    def log(self) -> Interval:
        """Return the natural logarithm."""
        if not self.low > 0:
            raise Undecided(f"logarithm of {self.ends}")
        return Interval(self.ends.log())

    def exp(self) -> Interval:
        """Return the exponential."""
        return Interval(self.ends.exp())

    def clip(self, low: Any, high: Any) -> Interval:
        """Return the nearest number in [low, high]."""
        return minimum(maximum(self, low), high)

    def text(self, digits: int = 10) -> str:
        """Write the middle of the interval to ``digits`` digits."""
        return str(_mp.nstr(self.ends.mid, digits))


_OPERANDS = (*_NUMBERS, Interval)


def maximum(a: Any, b: Any) -> Interval:
    """Return the larger of two numbers."""
    x, y = Interval(a), Interval(b)
    return Interval(x.ends.maximum(y.ends))


def minimum(a: Any, b: Any) -> Interval:
    """Return the smaller of two numbers."""
    return -maximum(-Interval(a), -Interval(b))


class _Unknown:
    """The truth of an equality that the intervals do not tell."""

    def __bool__(self) -> bool:
        raise Undecided("whether two overlapping intervals are equal")


def where(condition: Any, a: Any, b: Any) -> Interval:
    """Choose ``a`` or ``b``; where the condition is not decided, an interval that holds both."""
    if not isinstance(condition, _Unknown):
        return Interval(a if condition else b)
    return Interval(Interval(a).ends.union(Interval(b).ends))


#: The operations with which the methods' ``step`` runs on intervals.
OPS = SimpleNamespace(sqrt=Interval.sqrt, maximum=maximum, where=where)


def enclose(expression: Any, values: Mapping[str, Interval]) -> Interval:
    """Enclose a sympy expression whose symbols, by name, have these values.

    Examples
    --------
    >>> import sympy as sp
    >>> enclose(sp.sqrt(sp.Symbol("T")) / 3, {"T": Interval(4)}).text()
    '0.6666666667'
    """
    below = [enclose(a, values) for a in expression.args]
    if expression.is_Symbol:
        if expression.name not in values:
            raise Undecided(f"nothing gives a value to {expression}")
        return values[expression.name]
    if expression.is_Rational:
        return Interval(Fraction(int(expression.p), int(expression.q)))
    match type(expression).__name__:
        case "Exp1":
            return Interval(1).exp()
        case "Add":
            return sum(below[1:], below[0])
        case "Mul":
            product = below[0]
            for factor in below[1:]:
                product = product * factor
            return product
        case "Pow":
            return below[0] ** below[1]
        case "exp":
            return below[0].exp()
        case "log":
            return below[0].log()
        case "Min" | "Max" as name:
            best = below[0]
            for other in below[1:]:
                best = minimum(best, other) if name == "Min" else maximum(best, other)
            return best
    raise Undecided(f"no interval rule for {expression}")
