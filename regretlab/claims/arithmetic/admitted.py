"""The names that a function of a statement may use: everything here gives exact values from exact values.

A name that is not here is either a function whose source can be read, which is compiled like the function itself, or it
is refused. Python's own operations that make floats of integers have exact counterparts here.
"""

from __future__ import annotations

import builtins
import collections
import functools
import itertools
import math
import operator
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, ClassVar

from regretlab.claims import designs
from regretlab.claims.arithmetic import balls, exact
from regretlab.claims.language import terms
from regretlab.claims.language.rationals import number
from regretlab.errors import InputError
from regretlab.methods import Coefficients, Moments
from regretlab.methods import step as plain_step


class NotExact(BaseException):
    """A float, or something that is not known to be exact, would be needed.

    No ``except`` of a file can catch it, and ``met`` keeps the first one, which no ``finally`` can undo.
    """

    met: ClassVar[NotExact | None] = None

    def __init__(self, why: str) -> None:
        super().__init__(why)
        NotExact.met = NotExact.met or self


#: Bits of a number that is still written out.
LARGEST = 2_000_000
_NUMBERS = (int, Fraction)


def too_large(what: str) -> NotExact:
    """Make the refusal of a number that would fill the memory."""
    return NotExact(f"{what} has more than {LARGEST} bits; use smaller numbers")


def divided(a: Any, b: Any) -> Any:
    """Compute ``a / b``, which is a fraction if both are integers."""
    return (Fraction(a) if isinstance(a, int) else a) / b


def raised(a: Any, b: Any) -> Any:
    """Compute ``a ** b``, a fraction or a term; a root that is not a fraction is refused."""
    if isinstance(a, _NUMBERS) and isinstance(b, terms.Term):
        return terms.term(a) ** b
    if not (isinstance(a, _NUMBERS) and isinstance(b, _NUMBERS)):
        if isinstance(a, terms.Term) and isinstance(b, (*_NUMBERS, terms.Term)):
            return a**b
        raise TypeError(f"{a!r} ** {b!r} is not a power of numbers")
    q = b.denominator
    if q > 1:
        try:
            a = exact.root(Fraction(a), q)
        except (exact.Irrational, exact.Undefined):
            raise NotExact(f"the power ({a}) ** ({b}) is not a fraction; compare squares instead of roots") from None
        b = b.numerator
    b = int(b)
    size = Fraction(a)
    if max(size.numerator.bit_length(), size.denominator.bit_length()) * abs(b) > LARGEST and abs(size) not in (0, 1):
        raise too_large("a power")
    return a**b if b >= 0 else Fraction(a) ** b


def remainder(a: Any, b: Any) -> Any:
    """Compute ``a % b`` of numbers; the formatting of text is refused, as it rounds."""
    if isinstance(a, _NUMBERS) and isinstance(b, _NUMBERS):
        return a % b
    raise NotExact("% is taken of something else than two numbers; write text with str() and +")


def shifted(a: int, b: int) -> int:
    """Compute ``a << b``."""
    if b > LARGEST:
        raise too_large("a shift")
    return a << b


def power(a: Any, b: Any, modulus: Any = None) -> Any:
    """Compute ``pow`` of its arguments exactly."""
    if modulus is None:
        return raised(a, b)
    return pow(operator.index(a), operator.index(b), operator.index(modulus))


def truncated(value: Any = 0, *base: Any) -> int:
    """Convert a number or a text as ``int`` does; a fraction is cut towards zero."""
    return int(value, *base)


def fraction(numerator: Any = 0, denominator: Any = None) -> Fraction:
    """Make a ``Fraction`` of integers, fractions and text."""
    if isinstance(numerator, str):
        numerator = number(numerator)
    return Fraction(numerator) if denominator is None else Fraction(numerator, denominator)


def text(value: Any = "") -> str:
    """Write a number or a text as ``str`` does."""
    if isinstance(value, (int, str, Fraction)):
        return str(value)
    raise NotExact(f"str() is taken of {type(value).__name__}; only numbers have a text that is exact")


def kind(value: Any, kinds: Any) -> bool:
    """Test the kind of a container or text as ``isinstance`` does; whether a number is a fraction decides nothing."""
    asked = kinds if isinstance(kinds, tuple) else (kinds,)
    if not all(k in (tuple, list, dict, set, frozenset, text, range) for k in asked):
        raise NotExact("isinstance() asks how a number is stored; only tuple, list, dict, set, str and range are told")
    return isinstance(value, tuple(str if k is text else k for k in asked))


def step(state: Moments, g: Any, k: Coefficients, project: Any, ops: Any) -> Moments:
    """Make the step of every method on terms; its power and ``eps`` stay numbers."""
    fields: dict[str, Any] = {name: terms.term(value) for name, value in k._asdict().items() if name != "p"}
    return plain_step(Moments(*map(terms.term, state)), terms.term(g), k._replace(**fields), project, ops)


def factorial(n: Any) -> int:
    """Compute ``math.factorial``, refusing one that would fill the memory."""
    if operator.index(n) > 20_000:
        raise too_large(f"factorial({n})")
    return math.factorial(n)


def chosen(name: str) -> Callable[..., int]:
    """Wrap ``math.comb`` or ``math.perm``, refusing a number that would fill the memory."""

    def count(n: Any, k: Any = None) -> int:
        if operator.index(n).bit_length() * min(n, n if k is None else k) > LARGEST:
            raise too_large(f"{name}({n}, {k})")
        return int(getattr(math, name)(n, k))

    return count


_COUNTERPARTS: dict[Any, Any] = {
    int: truncated, str: text, pow: power, isinstance: kind, Fraction: fraction, math.factorial: factorial,
    math.comb: chosen("comb"), math.perm: chosen("perm"), math.pow: raised,
    operator.truediv: divided, operator.itruediv: divided, operator.pow: raised, operator.ipow: raised,
    operator.mod: remainder, operator.imod: remainder, operator.lshift: shifted, operator.ilshift: shifted,
}  # fmt: skip
_BUILTINS = (
    "abs all any bool dict divmod enumerate filter frozenset iter len list map max min next range reversed round set "
    "slice sorted sum tuple zip ArithmeticError AssertionError IndexError KeyError LookupError StopIteration TypeError "
    "ValueError ZeroDivisionError"
)
_MATH = "ceil floor gcd isqrt lcm prod trunc"
_OPERATORS = (
    "abs add and_ concat contains countOf eq floordiv ge getitem gt iadd iand ifloordiv imul index indexOf inv invert "
    "ior isub itemgetter ixor le lt mul ne neg not_ or_ pos sub truth xor"
)
_FUNCTOOLS = "cache cmp_to_key lru_cache partial reduce"
_ITERTOOLS = [name for name in dir(itertools) if not name.startswith("_")]
_COLLECTIONS = "Counter OrderedDict defaultdict deque"


def _named(of: Any, names: str | Iterable[str]) -> list[Any]:
    return [getattr(of, name) for name in (names.split() if isinstance(names, str) else names)]


_NATIVE = [
    *_named(builtins, _BUILTINS), *_named(math, _MATH), *_named(operator, _OPERATORS), *_named(functools, _FUNCTOOLS),
    *_named(itertools, _ITERTOOLS), *_named(collections, _COLLECTIONS), InputError,
    *_named(designs, "with_replacement successive depround poisson expectation inclusion capped kl_projection grid "
            "gradients small"),
    *_named(terms, "real integer sqrt exp log maximum minimum where all_of term OPS"), balls.truth,
]  # fmt: skip

#: More names that a formula may use: none that asks what a term is.
_FORMULA = [
    *_named(builtins, "abs enumerate len range reversed sum tuple zip"), math.prod, math.comb, math.factorial, Fraction,
    operator.add, operator.sub, operator.mul, operator.neg, operator.truediv, operator.pow, Coefficients, Moments,
    *_named(terms, "real integer sqrt exp log maximum minimum term OPS"),
]  # fmt: skip

#: Objects that may be named -> their substitutes; compared by identity, as a name may hide another.
CALLABLE: dict[int, Any] = {id(v): v for v in _NATIVE} | {id(k): v for k, v in _COUNTERPARTS.items()}
IN_FORMULAS = {id(v): _COUNTERPARTS.get(v, v) for v in _FORMULA if v is not terms.OPS}
IN_FORMULAS |= {id(plain_step): step, id(terms.OPS): terms.OPS}
#: References, so that no identity is used again for another object.
_REFERENCES = [*_NATIVE, *_COUNTERPARTS, *_FORMULA]

#: The advice for each refused construct.
INSTEAD: dict[str, str] = {
    "float": "write Fraction",
    "complex": "write Fraction",
    "fsum": "write sum",
    "fabs": "write abs",
    "sqrt": "compare squares, or state it with regretlab.claims.sqrt as an inequality",
    "mean": "write sum(values) / len(values)",
    "print": "a statement prints nothing",
}
#: Methods that may be called, and attributes read, by the exact type of the object.
_TEXT = "count endswith find index isalpha isdigit isnumeric join ljust lower lstrip partition replace rfind rindex "
_TEXT += "rjust rstrip split splitlines startswith strip swapcase upper zfill"
_SET = "difference intersection isdisjoint issubset issuperset symmetric_difference union copy"
_CHANGED = "add clear difference_update discard intersection_update pop remove symmetric_difference_update update"
_MAPPING = "clear copy get items keys pop popitem setdefault update values"
ATTRIBUTES: dict[type, frozenset[str]] = {
    kind_: frozenset(names.split())
    for kind_, names in {
        bool: "numerator denominator", int: "bit_count bit_length numerator denominator",
        Fraction: "numerator denominator limit_denominator", str: _TEXT,
        list: "append clear copy count extend index insert pop remove reverse sort", tuple: "count index",
        range: "start stop step count index", set: f"{_SET} {_CHANGED}", frozenset: _SET, dict: _MAPPING,
        collections.OrderedDict: f"{_MAPPING} move_to_end", collections.defaultdict: _MAPPING,
        collections.Counter: f"{_MAPPING} elements most_common subtract total",
        collections.deque: "append appendleft clear copy count extend extendleft index insert maxlen pop popleft "
        "remove reverse rotate",
    }.items()
}  # fmt: skip
#: The same of types themselves.
OF_TYPES: dict[Any, frozenset[str]] = {dict: frozenset(["fromkeys"]), itertools.chain: frozenset(["from_iterable"])}
#: Exceptions that a file may catch: those of its own making, none that a float or a limit makes.
CAUGHT = frozenset(["IndexError", "KeyError", "LookupError", "StopIteration", "ValueError", "ZeroDivisionError"])
