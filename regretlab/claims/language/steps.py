"""The iterates of a method as sequences, defined by the step that is simulated and the method's own coefficients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, fields
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np

from regretlab.claims.language.binding import Range, forall, indices, replaced
from regretlab.claims.language.binding import over as quantified
from regretlab.claims.language.definitions import Definition
from regretlab.claims.language.sequences import Sequence
from regretlab.claims.language.terms import Relation, Term, maximum, minimum, sqrt, term, where
from regretlab.errors import InputError, unknown_name
from regretlab.methods import Coefficients, Method, Moments
from regretlab.parameters import checked
from regretlab.spelling import numerals

Project = Callable[[Any, Any], Any]


def box(low: Any, high: Any) -> Project:
    """Return the projection of a coordinate onto [low, high], which no weight changes."""
    return lambda x, weight: maximum(low, minimum(high, x))


class Steps:
    """The sequences ``x``, ``m``, ``v`` and ``v_hat`` of a method, and the equations that define them.

    ``x[t]`` is the iterate of round t, ``m[t]``, ``v[t]`` and ``v_hat[t]`` are the moments after its gradient.
    """

    def __init__(self, names: Moments, definition: Definition) -> None:
        self.x, self.m, self.v, self.v_hat = (Sequence(name) for name in names)
        self.definition = definition


def steps(
    method: str | type[Method],
    *,
    gradients: Any,
    over: Any = (),
    start: Any = None,
    project: Project | None = None,
    name: str = "",
    **parameters: Any,
) -> Steps:
    """Define the iterates of a method by its simulated step, from m_0 = v_0 = v_hat_0 = 0.

    Parameters
    ----------
    method : str or class
        Such as ``"amsgrad"``.
    gradients : sequence
        ``gradients[t]``, or ``gradients[i, t]`` with ``over=i``.
    over : index or tuple of index
        Coordinates; every sequence then has them as its first indices.
    start : term, optional
        The first iterate x[1]; by default any number.
    project : callable, optional
        Such as :func:`box`.
    name : str
        Put before the names of the sequences.
    parameters
        The method's parameters as terms; those left out have the method's defaults. What is no symbol is checked as
        the method's class does. A function of the method's schedule, such as ``beta1_t``, may be a sequence. With a
        symbol for the power p the step has ``exp(p * log(v_hat))``, which means something for a positive v_hat only.

    Raises
    ------
    InputError
        For an unknown method or parameter, a value outside its range, a step that terms cannot follow, and an index
        named t in any of these: that is the round.

    Examples
    --------
    >>> from regretlab.claims import real
    >>> run = steps("sgd", gradients=Sequence("g"), alpha=real("alpha"))
    >>> run.definition.equations[4]
    (m[t] == g[t] for t = 1..)
    """
    if isinstance(method, str) and method not in Method.known:
        raise unknown_name("method", method, Method.known)
    known = Method.known[method] if isinstance(method, str) else method
    if known.init is not Method.init:
        raise InputError(f"{known.__name__} keeps arrays of its own, which are no sequences; name another method.")
    coordinates = over if isinstance(over, tuple) else (over,)
    names = Moments(*(f"{name}{part}" for part in Moments._fields))
    at = Moments(*map(Sequence, names))
    made = _method(known, parameters)
    of_terms = _with_terms(made)
    onto: Project = project or (lambda x, weight: x)
    t, mark = Term("index", "t"), Term("index", "t of steps")

    def later(place: Any, k: Coefficients) -> list[Relation]:
        """State the step of round ``place``."""
        before = Moments(at.x[(*coordinates, place)], *(s[(*coordinates, place - 1)] for s in at[1:]))
        try:
            after = of_terms.step(before, gradients[(*coordinates, place)], k, onto, _OPS)
        except AttributeError as error:
            if error.obj is not _OPS:
                raise
            raise InputError(
                f"the step of {known.__name__} asks for {error.name}, which is not written in terms; name a method "
                f"whose step needs {', '.join(vars(_OPS))} only."
            ) from None
        left = [at.x[(*coordinates, place + 1)], *(s[(*coordinates, place)] for s in at[1:])]
        return [entry == term(value) for entry, value in zip(left, after, strict=True)]

    equations = [s[(*coordinates, 0)] == 0 for s in at[1:]]
    equations += [at.x[(*coordinates, 1)] == term(start)] if start is not None else []
    try:
        first, general = 1, coefficients(made, mark, 1)
    except Undecided:  # a schedule that treats its first step apart
        first, general = 2, coefficients(made, mark, 2)
        equations += later(1, coefficients(made, term(1), 1))
    recursions = later(mark, general)
    if any(given is t for given in indices(*equations, *recursions)):
        raise InputError(
            f"steps({known.name!r}, ...) is given the index t, which is its round; write yours with another name, as "
            "in s = index('s')."
        )
    recursions = [forall(t, first, None, replaced(equation, {mark: t})) for equation in recursions]
    ranges = [Range(i, term(1), None) for i in coordinates]
    closed = [quantified(ranges, equation) for equation in (*equations, *recursions)]
    return Steps(names, Definition(tuple(closed)))


def _method(known: type[Method], parameters: dict[str, Any]) -> Method:
    """Make a method whose parameters are terms, which its own class would refuse."""
    made = object.__new__(known)
    names = {f.name for f in fields(known)}
    for field in fields(known):
        if field.init or field.name in parameters:
            object.__setattr__(made, field.name, _value(field, parameters.get(field.name, field.default)))
    for name, value in parameters.items():
        if name in names:
            continue
        if not callable(getattr(known, name, None)):
            raise InputError(f"{known.__name__} has no parameter {name}; known ones are {', '.join(sorted(names))}.")
        object.__setattr__(made, name, _schedule(value))
    return made


def _with_terms(method: Method) -> Method:
    """Return the method for its step, which computes with terms; its schedule computes with :class:`Symbolic`."""
    made = object.__new__(type(method))
    for name, value in vars(method).items():
        object.__setattr__(made, name, _plain(value) if isinstance(value, Symbolic) else value)
    return made


def _value(field: Field[Any], value: Any) -> Any:
    """Return a parameter as the schedule takes it: a term, or what the method's class would take."""
    if isinstance(value, Term) and value.op != "num":
        return Symbolic(value)
    exact = value.args[0] if isinstance(value, Term) else value
    if not field.metadata or exact is None:
        return exact
    checked(field, exact)
    if isinstance(field.metadata["within"], tuple):
        return exact
    return _number(numerals.fraction(exact) if isinstance(exact, str) else exact)


def _number(value: Any) -> Any:
    """Read a number as it is written in decimals: 0.9 is 9/10."""
    return Symbolic(term(Fraction(repr(value)) if isinstance(value, float) else value))


def _schedule(value: Any) -> Callable[[Any], Any]:
    return lambda t: np.array([Symbolic(value[getattr(place, "term", place)]) for place in t], dtype=object)


def coefficients(method: Method, place: Term, least: int) -> Coefficients:
    """Return a method's coefficients at an index that is at least ``least``, as terms."""
    t = np.empty(1, dtype=object)
    t[0] = Symbolic(place, least)
    made = method.coefficients(t)
    found = Coefficients(**{name: _plain(getattr(made, name)) for name in Coefficients._fields})
    return found._replace(p=Exponent(found.p.op, *found.p.args)) if isinstance(found.p, Term) else found


def _plain(value: Any) -> Any:
    """Return a coefficient as a term, or as a number where it is one."""
    value = value[0] if getattr(value, "shape", ()) else value
    found = value.term if isinstance(value, Symbolic) else _number(value).term
    if found.op != "num":
        return found
    return found.args[0] or Nought(0)


def _computed(make: Callable[[Any, Any], Any], a: Term, b: Term) -> Any:
    """Compute with two numbers; a root or a division by zero gives none."""
    try:
        return make(a.args[0], b.args[0])
    except ZeroDivisionError:
        return None


def _power(base: Term, exponent: Term) -> Term:
    """Raise to a power, which of 1 is 1 even where the exponent is no number of factors."""
    return base if base.op == "num" and base.args[0] == 1 else base**exponent


class Nought(Fraction):
    """A coefficient that is zero: what it multiplies is left out."""

    def __mul__(self, other: Any) -> Any:
        return 0 if isinstance(other, Term) else super().__mul__(other)


class Exponent(Term):
    """The power p of the step as a term: ``v**p`` is written for every p.

    The powers that the step takes apart, ``sqrt(v)`` for p = 1/2 and 1 for p = 0, are the same numbers.
    """

    __slots__ = ()

    def __eq__(self, other: Any) -> bool:  # type: ignore[override]
        return False

    def __rpow__(self, base: Any) -> Term:
        made: Term = base ** Term(self.op, *self.args)
        return made

    __hash__ = Term.__hash__


def _largest(a: Any, b: Any) -> Any:
    return maximum(a, b) if isinstance(a, Term) or isinstance(b, Term) else max(a, b)


#: The operations of terms, with numbers left as numbers.
_OPS = SimpleNamespace(sqrt=sqrt, maximum=_largest, where=where)


class Undecided(InputError):
    """A schedule that depends on a comparison of symbols."""


class Symbolic:
    """A term that a method's schedule takes for a number; ``least`` is known to be at most its value."""

    def __init__(self, value: Term, least: int | None = None) -> None:
        self.term, self.least = value, least

    def _with(self, other: Any, make: Callable[[Term, Term], Term], shift: int = 0) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        b = other.term if isinstance(other, Symbolic) else _number(other).term
        if self.term.op == b.op == "num" and isinstance(known := _computed(make, self.term, b), Fraction):
            return Symbolic(term(known))
        least = None
        if shift and self.least is not None and b.op == "num" and b.args[0].denominator == 1:
            least = self.least + shift * int(b.args[0])
        return Symbolic(make(self.term, b), least)

    def __add__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a + b, 1)

    def __radd__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b + a, 1)

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a - b, -1)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a * b)

    def __rmul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b * a)

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a / b)

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b / a)

    def __pow__(self, other: Any) -> Any:
        return self._with(other, _power)

    def __rpow__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: _power(b, a))

    def __neg__(self) -> Symbolic:
        return Symbolic(-self.term)

    def sqrt(self) -> Symbolic:
        """Take the root, as NumPy's ``sqrt`` asks an object to."""
        return Symbolic(sqrt(self.term))

    def _compared(self, other: Any) -> int:
        """Return the sign of the difference, as far as it is known."""
        b = other.term if isinstance(other, Symbolic) else _number(other).term
        if self.term.op == b.op == "num":
            return int(self.term.args[0] > b.args[0]) - int(self.term.args[0] < b.args[0])
        if self.least is not None and b.op == "num" and self.least > b.args[0]:
            return 1
        raise Undecided(
            f"the schedule asks how {self.term} compares with {b}, which a symbol does not say; give it as a number."
        )

    def __eq__(self, other: object) -> bool:
        return self._compared(other) == 0

    def __ne__(self, other: object) -> bool:
        return self._compared(other) != 0

    def __lt__(self, other: Any) -> bool:
        return self._compared(other) < 0

    def __gt__(self, other: Any) -> bool:
        return self._compared(other) > 0

    def __le__(self, other: Any) -> bool:
        return self._compared(other) <= 0

    def __ge__(self, other: Any) -> bool:
        if self.least is not None and not isinstance(other, Symbolic) and self.least >= other:
            return True
        return self._compared(other) >= 0

    __hash__ = object.__hash__
