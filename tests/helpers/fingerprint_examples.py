"""Functions whose fingerprints must be the same under every Python and every hash seed; run, it prints them as JSON."""

import functools
import itertools
import json
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

import sympy as sp

from regretlab.claims import real
from regretlab.claims.ledger.fingerprint import fingerprint

a, b = real("a b")
WORDS = {"one", "two", "three", "four", "five"}
NESTED = {frozenset({"x", "y", "z"}): Fraction(1, 3), "k": (1, 2.5, None, b"\xff", 10**5000)}


class Colour(Enum):
    RED = 1
    BLUE = 2


@dataclass
class Law:
    """A class of a claims file is followed."""

    weights: frozenset
    first: int = 3

    def total(self):
        return sum(int(w) for w in self.weights) + self.first + helper(self.first)


LAW = Law(frozenset({"1", "2", "3"}))


def helper(n):
    return [k * n for k in range(n) if k != a]


def texts(n):
    """Docstring."""
    return f"a {n!r:>{n}} 'b' {n + 1:.3f}" + "c" f"{n=}" + f"{n:}" + f"plain"  # noqa: F541 # fmt: skip


def comprehensions(n):
    squares = {k: v + 1 for k, v in enumerate(x**2 for x in range(n))}
    return [[i + j for j in WORDS if j] for i in squares if i in NESTED]


def typed(n: int, *rest: Fraction, key: "str | None" = None) -> list[int]:
    total: int = 0
    for k in rest:
        total += k
    match n:
        case {"x": inner, **others}:
            return [inner, others]
        case [first, *more] if first:
            return more
    try:
        return [total]
    except (ValueError, TypeError) as error:
        raise RuntimeError from error


def makes(c, d):
    def inner(x, scale=WORDS):
        return [c * x for _ in range(d)]

    return inner


@functools.cache
def cached(n):
    return LAW.total() + n if n else Colour.BLUE


def recursive(n):
    return recursive(n - 1) + odd(n) if n else 0


def odd(n):
    return not recursive(n - 1)


def decorated(f):
    @functools.wraps(f)
    def wrapped(*given):
        return f(*given)

    return wrapped


@decorated
def plain(n):
    return sp.Symbol("t", integer=True) + sp.sqrt(n) + len(list(itertools.combinations(range(n), 2)))


EXAMPLES = {
    "f-strings": texts,
    "comprehensions": comprehensions,
    "typed": typed,
    "closure": makes(Fraction(1, 2), 3),
    "cached": cached,
    "mutual": recursive,
    "decorated": plain,
    "partial": functools.partial(typed, 1, key="é"),
    "method": LAW.total,
    "builtin": sum,
    "term": lambda n: a + n,
    "pair": (lambda x: x, lambda x: x + 1)[1],
    "nested": lambda x: lambda y: x + y,
    "inner": (lambda x: lambda y: x + y)(2),
    "enum": lambda: {Colour.RED, Colour.BLUE},
    "generator": lambda n: all(x < b for x in helper(n)),
    "starred": lambda *c, k=NESTED, **more: [*c, k, {**more}],
}


def digests():
    return {name: fingerprint((function,)) for name, function in EXAMPLES.items()}


if __name__ == "__main__":
    print(json.dumps(digests(), indent=1))
