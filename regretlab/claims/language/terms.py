"""Formal statements as plain expressions over the reals, kept exactly as they were written.

A computer algebra system cancels ``p * g / (n * p)`` while it is being built, and with it the fact that the statement
means nothing at p = 0. A :class:`Term` cancels nothing (only a literal ``+ 0`` or ``1 *`` is not written down): it is a
syntax tree that remembers every division, root and logarithm, so that what a checker decides is what was written. The
same tree is evaluated by fractions, intervals, power series and SMT solvers, and the one ``step`` of the methods runs
on it unchanged (see :data:`OPS`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from regretlab.claims.language.nodes import Node as Node
from regretlab.claims.language.nodes import text as text
from regretlab.claims.language.nodes import walk as walk
from regretlab.claims.language.rationals import number
from regretlab.errors import InputError

_OPPOSITE = {"<=": ">", "<": ">=", ">=": "<", ">": "<=", "==": "!=", "!=": "=="}


class Term(Node):
    """A real number built from symbols, rationals, ``+ - * /``, roots, exp, log, max, min and case distinctions."""

    __slots__ = ()

    def __add__(self, other: Any) -> Term:
        return self if (b := term(other)) is ZERO else Term("+", self, b)

    def __radd__(self, other: Any) -> Term:
        return self if (a := term(other)) is ZERO else Term("+", a, self)

    def __sub__(self, other: Any) -> Term:
        return self if (b := term(other)) is ZERO else Term("-", self, b)

    def __rsub__(self, other: Any) -> Term:
        return Term("-", term(other), self)

    def __mul__(self, other: Any) -> Term:
        b = term(other)
        return self if b is ONE else b if self is ONE else Term("*", self, b)

    def __rmul__(self, other: Any) -> Term:
        return term(other) * self

    def __truediv__(self, other: Any) -> Term:
        return Term("/", self, term(other))

    def __rtruediv__(self, other: Any) -> Term:
        return Term("/", term(other), self)

    def __neg__(self) -> Term:
        return Term("neg", self)

    def __abs__(self) -> Term:
        return Term("abs", self)

    def __pow__(self, exponent: Any) -> Term:
        e = term(exponent)
        if e.op != "num":
            return Term("power", self, e) if any(n.op in ("index", "bound") for n in walk(e)) else exp(e * log(self))
        value = e.args[0]
        base = self if value.denominator == 1 else Term("root", self, value.denominator)
        return base if value.numerator == 1 else Term("pow", base, value.numerator)

    def __rpow__(self, base: Any) -> Term:
        if isinstance(base, float):
            raise InputError(
                f"{base!r} ** {self} in a formal statement begins with a float, which was written or which Python 3.11 "
                "made of a Fraction; write term(Fraction(1, 2)) ** t, with term from regretlab.claims."
            )
        return term(base) ** self

    def __le__(self, other: Any) -> Relation:
        return Relation("<=", self, term(other))

    def __lt__(self, other: Any) -> Relation:
        return Relation("<", self, term(other))

    def __ge__(self, other: Any) -> Relation:
        return Relation(">=", self, term(other))

    def __gt__(self, other: Any) -> Relation:
        return Relation(">", self, term(other))

    def __eq__(self, other: Any) -> Relation:  # type: ignore[override]
        return Relation("==", self, term(other))

    def __ne__(self, other: Any) -> Relation:  # type: ignore[override]
        return Relation("!=", self, term(other))

    __hash__ = Node.__hash__

    def __getitem__(self, place: Any) -> Term:  # iteration comes here, too
        use = "write Sum(a[t], (t, 1, T)) for a sum, and in a recursion 'before' itself for the entry before"
        raise InputError(f"{self} is one term and has no entries; {use}.")

    def __index__(self) -> int:
        raise InputError(f"{self} is no number; for a sum over its range write Sum(a[t], (t, 1, T)), for all forall.")

    def __float__(self) -> float:
        raise InputError(f"the term {self} has no float value; a formal statement is exact.")

    def _sympy_(self) -> Any:
        raise InputError(
            f"the term {self} was handed to sympy, which would simplify it before it is checked; use sqrt, exp, log, "
            "maximum and minimum from regretlab.claims."
        )


class Relation(Node):
    """A comparison of two terms, or ``&``, ``|``, ``~`` of relations."""

    __slots__ = ()

    def __and__(self, other: Any) -> Relation:
        return Relation("and", self, self._other(other))

    def __or__(self, other: Any) -> Relation:
        return Relation("or", self, self._other(other))

    def _other(self, other: Any) -> Relation:
        if not isinstance(other, Relation):
            raise InputError(f"{other!r} is no relation and cannot be joined with {self}; write one like a + b <= c.")
        return other

    def __iter__(self) -> Iterator[Relation]:
        raise InputError(f"the relation {self} is given where a list of relations is wanted; write [{self}].")

    def __invert__(self) -> Relation:
        if self.op in _OPPOSITE:
            return Relation(_OPPOSITE[self.op], *self.args)
        return self.args[0] if self.op == "not" else Relation("not", self)

    def __bool__(self) -> bool:
        use = "use & | ~, maximum, minimum and where in place of Python's and, or, not, max, min and if"
        raise InputError(f"the relation {self} has no truth value; write 0 < b < 1 as two relations, and {use}.")


def term(value: Any) -> Term:
    """Make a term from a term, an integer, a fraction, its text (``"7/20"``) or an exact sympy number."""
    if isinstance(value, Term):
        return value
    exact = isinstance(value, (int, float, Fraction, str)) or getattr(value, "is_Rational", False)
    if not exact and hasattr(value, "is_number"):
        return _from_sympy(value)
    if not exact and not hasattr(value, "__index__"):
        kind = type(value).__name__
        shown = f"{value!r} (a {kind})"
        raise InputError(f"{shown} cannot stand in a formal statement; use real() symbols, or entries x[t].")
    return Term("num", number(value))


def _from_sympy(value: Any) -> Term:
    """Read exact numbers only: a sympy symbol may already have lost a division."""
    if value.is_Rational:
        return Term("num", Fraction(int(value.p), int(value.q)))
    name = type(value).__name__
    below = [_from_sympy(a) for a in value.args] if value.is_number else []
    if name == "Exp1":
        return exp(1)
    if name in ("Add", "Mul") and below:
        total = below[0]
        for other in below[1:]:
            total = total + other if name == "Add" else total * other
        return total
    if name == "Pow" and below:
        return below[0] ** below[1]
    if name in ("exp", "log") and len(below) == 1:
        return Term(name, below[0])
    raise InputError(
        f"the sympy expression {value} cannot stand in a formal statement: sympy cancels p/p before a checker sees it. "
        "Declare symbols with regretlab.claims.real('p') instead of sympy.symbols."
    )


ZERO = Term("num", Fraction(0))
ONE = Term("num", Fraction(1))


def real(names: str) -> Any:
    """Declare real symbols: one for one name, else a tuple.

    Examples
    --------
    >>> a, p = real("a p")
    >>> p * a / (2 * p) == a / 2
    p*a/(2*p) == a/2
    """
    return declared("symbol", names)


def integer(names: str) -> Any:
    """Declare integer symbols. Proofs hold for all reals; a counterexample must be an integer."""
    return declared("integer", names)


def declared(kind: str, names: str, what: str = "symbol", like: str = "real('a b')") -> Any:
    """Return the terms of a kind that a text names: one for one name, else a tuple."""
    if not (found := tuple(Term(kind, name) for name in names.replace(",", " ").split())):
        raise InputError(f"an empty text declares no {what}; name at least one, like {like}.")
    return found[0] if len(found) == 1 else found


def sqrt(x: Any) -> Term:
    """Write the square root, defined for x >= 0."""
    return Term("root", term(x), 2)


def exp(x: Any) -> Term:
    """Write the exponential."""
    return Term("exp", term(x))


def log(x: Any) -> Term:
    """Write the natural logarithm, defined for x > 0."""
    return Term("log", term(x))


def maximum(a: Any, b: Any, *more: Any) -> Term:
    """Write the largest of the arguments."""
    top = Term("max", term(a), term(b))
    return maximum(top, *more) if more else top


def minimum(a: Any, b: Any, *more: Any) -> Term:
    """Write the smallest of the arguments."""
    low = Term("min", term(a), term(b))
    return minimum(low, *more) if more else low


def where(condition: Relation, a: Any, b: Any) -> Term:
    """Write ``a`` if the condition holds, else ``b``; the other branch need not be defined."""
    return Term("where", condition, term(a), term(b))


def all_of(relations: Iterable[Relation]) -> Relation:
    """Write the conjunction of relations."""
    total: Relation | None = None
    for relation in relations:
        total = relation if total is None else total & relation
    return total if total is not None else Relation("<=", ZERO, ZERO)


#: The operations with which the methods' ``step`` runs on terms.
OPS = SimpleNamespace(sqrt=sqrt, maximum=maximum, where=where)
