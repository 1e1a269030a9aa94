"""The terms of a recursion, from its functions run on symbols.

``b**t`` is a product of t factors (1 for t = 0), not an exponential. Files may name symbols, sums and sequences in
sympy's words, which are read here one by one, so that sympy sees no expression and cancels nothing.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy as sp

from regretlab.claims.arithmetic.admitted import NotExact, fraction, raised
from regretlab.claims.arithmetic.functions import Exact
from regretlab.claims.language.sequences import Formula, Product, Sequence, Sum, sequence
from regretlab.claims.language.terms import Term, maximum, minimum, term, walk
from regretlab.claims.language.trees import substitute
from regretlab.errors import InputError

#: Operations a recursion may be made of.
KNOWN = frozenset(
    "num symbol integer index bound before + - * / neg pow power sum product entry max min abs".split()  # noqa: SIM905
)


def powered(a: Any, b: Any) -> Any:
    """Compute ``a ** b`` in a formula: by an exponent made of indices, a product of that many factors."""
    if isinstance(b, Term) and b.op != "num":
        return Term("power", term(a), b)
    return raised(a, b)


def formula(closed: Callable[..., Any], rec: Callable[..., Any], start: Any) -> Formula:
    """Write the terms of a recursion, from its functions run on symbols.

    Raises
    ------
    InputError
        For functions that do something else than to write down a formula.
    """
    reads = Reader()
    t, s = Term("index", "t of the recursion"), Term("before", "s")  # an index of a file is another, whatever its name
    made = [
        _written(Exact(f, formula=True, reads=reads, power=powered), *args)
        for f, args in ((closed, (t,)), (rec, (s, t)))
    ]
    try:
        made.append(term(found if (found := reads(start)) is not None else start))
    except NotExact as error:
        raise InputError(f"the start {error}") from None
    for root in made:
        for node in walk(root):
            if node.op not in KNOWN:
                raise InputError(
                    f"{node} is not made of + - * / and whole powers, which a recursion is decided on; state it as an "
                    "inequality or a series"
                )
    if any(node.op == "index" and node is not t for root in made for node in walk(root)):
        raise InputError("it names an index, which is for theorems; declare its integers with integer('n')")
    taken = {node.args[0] for root in made for node in walk(root) if node.op in ("symbol", "integer", "entry")}
    clash = {node.args[0] for root in made for node in walk(root) if node.op == "bound"} & taken
    if clash:
        raise InputError(f"{min(clash)} is both the index of a sum and something else; rename one of them")
    names = [_fresh("t", taken), _fresh("s", taken)]
    new = {t: Term("index", names[0]), s: Term("before", names[1])}
    return Formula(new[t], new[s], *(substitute(root, new) for root in made))


def _fresh(name: str, taken: set[str]) -> str:
    return name if name not in taken else _fresh(f"{name}'", taken)


def _written(function: Exact, *args: Term) -> Term:
    try:
        found = function(*args)
        if isinstance(found, (list, tuple)):
            raise InputError(f"it gives {found!r}, not a formula")
        return term(found)
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"it cannot be written as a formula in t: {type(error).__name__}: {error}") from None


class Reader:
    """The terms for sympy's symbols, sequences and sums; anything that sympy may have simplified is refused."""

    def __init__(self) -> None:
        self.named: dict[str, Any] = {}

    def __call__(self, value: Any) -> Any:
        if isinstance(value, Sequence):
            return value
        plain = {sp.Sum: Sum, sp.Product: Product, sp.prod: math.prod, sp.Max: maximum, sp.Min: minimum}
        plain |= {sp.Integer: fraction, sp.Rational: fraction}
        if isinstance(value, (type, type(sp.prod))) and value in plain:
            return plain[value]
        if value is Sum or value is Product or value is sequence:
            return value
        if isinstance(value, sp.IndexedBase):
            return Sequence(self.once(str(value.label), value))
        if isinstance(value, sp.core.function.UndefinedFunction):
            return Sequence(self.once(value.__name__, value))
        if isinstance(value, sp.Symbol):
            return Term("integer" if value.is_integer else "symbol", self.once(value.name, value))
        return self.polynomial(value) if isinstance(value, sp.Basic) and not value.is_Rational else None

    def polynomial(self, value: Any) -> Any:
        """Read a sympy expression made outside the function: a polynomial is what it says, a quotient may not be."""
        if isinstance(value, (sp.Indexed, sp.core.function.AppliedUndef)):
            base, at = (value.base, value.indices) if isinstance(value, sp.Indexed) else (value.func, value.args)
            return self(base).entry(*map(self.polynomial, at))
        if isinstance(value, sp.Symbol):
            return self(value)
        if value.is_Rational:
            return Fraction(int(value.p), int(value.q))
        if isinstance(value, (sp.Add, sp.Mul)):
            fold = operator.add if isinstance(value, sp.Add) else operator.mul
            return functools.reduce(fold, map(self.polynomial, value.args))
        if isinstance(value, sp.Pow) and value.exp.is_Integer and value.exp > 0:
            return self.polynomial(value.base) ** int(value.exp)
        raise NotExact(
            f"names the sympy expression {value}, in which sympy may have cancelled; write it out inside the function"
        )

    def once(self, name: str, value: Any) -> str:
        """Return the name, if it means one thing only."""
        if self.named.setdefault(name, value) != value:
            raise NotExact(f"names two different things {name}; rename one")
        return name
