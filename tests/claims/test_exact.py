"""Functions of statements run exactly or are refused: generated ones, whose truth is known apart, and traps by hand."""

from __future__ import annotations

import importlib.util
import math
import random
from dataclasses import dataclass
from fractions import Fraction as F

import pytest

from regretlab.claims import checkers, paper
from regretlab.claims.language.verdict import NotRun
from regretlab.claims.provers import accepted
from regretlab.errors import InputError

NUMBERS = range(1, 8)

HEAD = '''
import cmath, collections, decimal, functools, itertools, math, operator, random, statistics, time
from fractions import Fraction
from functools import reduce
from math import comb, factorial, pi, sqrt
import numpy as np

THIRD = Fraction(1, 3)
TABLE = (1, 2, 3, 5)
TENTH = 0.1

def half(x):
    """Half of it."""
    return x / 2

def mean(values: list) -> float:
    total = 0
    for value in values:
        total += value
    total /= len(values)
    return total

@functools.lru_cache
def harmonic(n):
    return 0 if n == 0 else harmonic(n - 1) + 1 / n

def over(a, by=lambda x: x / 3):
    return by(a)

def scaled(k):
    def inner(x):
        return x * k / (k + 1)
    return inner

NINTH = scaled(8)

def rooted(x):
    return math.sqrt(x)

def swallowed(x):
    try:
        return x + math.exp(0) * 0
    finally:
        return x

def rounded(x):
    return float(str(x)) if x == int(x) else x
'''


@dataclass
class Expression:
    """Source text in n, and what it is worth at every n; ``trap`` if some part of it needs a float."""

    text: str
    at: dict[int, F]
    trap: bool = False


class Generator:
    """Random expressions. Values are computed here in fractions, from the meaning of what is written."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def expression(self, depth: int, traps: bool) -> Expression:
        """An expression of at most this depth; where ``traps``, one part in eight needs a float."""
        if traps and self.random.random() < 0.125:
            return self.trap(self.expression(depth - 1, traps=False) if depth else self.leaf())
        if depth == 0:
            return self.leaf()
        made = self.random.choice([self.binary, self.binary, self.binary, self.unary, self.summed, self.called])(
            depth, traps
        )
        return made if all(abs(v) < 10**12 and v.denominator < 10**12 for v in made.at.values()) else self.leaf()

    def leaf(self) -> Expression:
        text, value = self.random.choice(
            [
                ("n", lambda n: F(n)), ("1", lambda n: F(1)), ("7", lambda n: F(7)), ("-3", lambda n: F(-3)),
                ("THIRD", lambda n: F(1, 3)), ("TABLE[n % 4]", lambda n: F((1, 2, 3, 5)[n % 4])),
                ("len(range(n))", lambda n: F(n)), ("1 / n", lambda n: F(1, n)), ("10**-2", lambda n: F(1, 100)),
                ("Fraction('0.1')", lambda n: F(1, 10)), ("sum([1, 2]) / 10", lambda n: F(3, 10)),
                ("comb(n + 1, 2)", lambda n: F(n * (n + 1), 2)),
                ("1 / factorial(n)", lambda n: F(1, math.factorial(n))),
                ("harmonic(n)", lambda n: sum((F(1, k) for k in range(1, n + 1)), F(0))),
                ("mean([n, 1, n + 2])", lambda n: F(2 * n + 3, 3)), ("next(iter([n])) / 9", lambda n: F(n, 9)),
                ("reduce(operator.truediv, [n, 3, 7])", lambda n: F(n, 21)),
                ("{n: n / 7}.get(n)", lambda n: F(n, 7)), ("(lambda m: m / 11)(n)", lambda n: F(n, 11)),
                ("max(1 / k for k in range(1, n + 1))", lambda n: F(1)),
            ]
        )  # fmt: skip
        return Expression(f"({text})", {n: value(n) for n in NUMBERS})

    def binary(self, depth: int, traps: bool) -> Expression:
        a, b = self.expression(depth - 1, traps), self.expression(depth - 1, traps)
        choices = {"+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y}
        if all(b.at.values()):
            choices |= {"/": lambda x, y: x / y, "//": lambda x, y: F(math.floor(x / y))}
            choices["%"] = lambda x, y: x - y * math.floor(x / y)
        op = self.random.choice([*choices, "/"] if "/" in choices else [*choices])
        return Expression(
            f"({a.text} {op} {b.text})", {n: choices[op](a.at[n], b.at[n]) for n in NUMBERS}, a.trap or b.trap
        )

    def unary(self, depth: int, traps: bool) -> Expression:
        a = self.expression(depth - 1, traps)
        shape, value = self.random.choice(
            [
                ("(-{})", lambda x: -x), ("abs({})", abs), ("half({})", lambda x: x / 2), ("over({})", lambda x: x / 3),
                ("NINTH({})", lambda x: x * F(8, 9)), ("({}) ** 2", lambda x: x * x), ("pow({}, 3)", lambda x: x**3),
                ("math.floor({})", lambda x: F(math.floor(x))), ("round({}, 2)", lambda x: round(x, 2)),
                ("int({})", lambda x: F(math.trunc(x))), ("divmod({}, 1)[1]", lambda x: x - math.floor(x)),
                ("Fraction({})", lambda x: x), ("min({}, 1)", lambda x: min(x, F(1))),
                ("sum([{}] * 3)", lambda x: 3 * x),
                ("operator.mul({}, THIRD)", lambda x: x / 3), ("(n * 0 + {})", lambda x: x),
                ("(1 if {} > 0 else THIRD)", lambda x: F(1) if x > 0 else F(1, 3)),
                ("sorted([{}, 1 / 3])[0]", lambda x: min(x, F(1, 3))), ("Fraction(str({}))", lambda x: x),
                ("list(map(half, [{}]))[0]", lambda x: x / 2),
                ("functools.partial(operator.add, 1 / 7)({})", lambda x: x + F(1, 7)),
            ]
        )  # fmt: skip
        return Expression(shape.format(a.text), {n: F(value(x)) for n, x in a.at.items()}, a.trap)

    def summed(self, depth: int, traps: bool) -> Expression:
        shape, value = self.random.choice(
            [
                ("sum(1 / (k * (k + 1)) for k in range(1, n + 1))", lambda n: F(n, n + 1)),
                ("sum(1 / 2**k for k in range(1, 61))", lambda n: 1 - F(1, 2**60)),
                ("sum(0.1 for _ in range(10))".replace("0.1", "1 / 10"), lambda n: F(1)),
                ("math.prod(1 - 1 / k**2 for k in range(2, n + 2))", lambda n: F(n + 2, 2 * (n + 1))),
                ("sum(map(lambda k: k / 3, range(n)))", lambda n: F(n * (n - 1), 6)),
                ("sum(a / b for a, b in zip([1] * n, [3] * n))", lambda n: F(n, 3)),
                ("[*itertools.accumulate([1 / 9] * n)][-1]", lambda n: F(n, 9)),
            ]
        )
        return Expression(f"({shape})", {n: value(n) for n in NUMBERS})

    def called(self, depth: int, traps: bool) -> Expression:
        a = self.expression(depth - 1, traps)
        shape = self.random.choice(
            ["(lambda x, y={0}: y)(n)", "(lambda *v: v[-1])(1, {0})", "[q for q in [{0}] if q == q][0]"]
        )
        return Expression(shape.format(a.text), dict(a.at), a.trap)

    def trap(self, a: Expression) -> Expression:
        shape = self.random.choice(
            [
                "({} * 0.5)", "({} + TENTH)", "({} * 1e-3)", "math.sqrt(abs({}))", "sqrt(abs({}))", "rooted(abs({}))",
                "({} * pi)", "float({})", "math.exp({})", "math.fsum([{}, 1 / 3])", "statistics.mean([{}, n])",
                "np.float64(1) * ({})", "float(np.sum([{}]))", "math.log({} + 10**9)", "complex({}).real",
                "(abs({}) + 2) ** THIRD",
                "(({}) * 2 + 1j).real", "decimal.Decimal(n) * 0 + ({})", "math.fabs({})", "({}).__truediv__(3)",
                "getattr({}, 'real')", "swallowed({})", "rounded({} * 0)", "eval('1 / 3') + {}",
                "random.random() * 0 + {}",
                "float(format({}))", "int('%d' % {})", "int(f'{{{}:.0f}}')", "time.time() * 0 + {}",
                "math.inf * 0 + {}",
                "(hash({}) % 2)", "(id({}) % 2)", "isinstance({}, int)", "cmath.sqrt(abs({})).real",
                "math.isclose({}, 1)",
                "math.ldexp(1, -1) * ({})", "np.mean([{}])", "math.hypot({}, 0)", "sum([{}, 0.0])",
                "round({} * 1.0, 3)",
            ]
        )  # fmt: skip
        return Expression(shape.format(a.text), {n: F(1) for n in NUMBERS}, True)


COMPARISONS = {"==": lambda x, y: x == y, "<=": lambda x, y: x <= y, "<": lambda x, y: x < y, "!=": lambda x, y: x != y}


def generated(seed: int, count: int) -> list[tuple[str, bool | None]]:
    """``(source of holds, whether it holds at every n; None where it needs a float)``."""
    make, found = Generator(seed), []
    while len(found) < count:
        traps = make.random.random() < 0.4
        a = make.expression(3, traps)
        same = make.random.random() < 0.5
        b = Expression(f"(({a.text} * 3 + 1 / 3) / 3 - 1 / 9)", a.at, a.trap) if same else make.expression(3, traps)
        op = make.random.choice([*COMPARISONS])
        truth = all(COMPARISONS[op](a.at[n], b.at[n]) for n in NUMBERS)
        found.append((f"lambda n: {a.text} {op} {b.text}", None if a.trap or b.trap else truth))
    return found


def load(tmp_path, sources: list[str]):
    """The functions, from a file as a claim's are."""
    file = tmp_path / "generated_claims.py"
    file.write_text(HEAD + "FUNCTIONS = [\n" + "".join(f"    {s},\n" for s in sources) + "]\n")
    spec = importlib.util.spec_from_file_location("generated_claims", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.FUNCTIONS


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_generated_functions_get_the_right_verdict_or_a_refusal(tmp_path):
    asked = generated(seed=13, count=400)
    functions = load(tmp_path, [source for source, _ in asked])
    counts = {True: 0, False: 0, None: 0}
    for (source, truth), holds in zip(asked, functions, strict=True):
        counts[truth] += 1
        try:
            found = accepted(paper.finite(cases=lambda: [{"n": n} for n in range(1, 8)], holds=holds))
        except InputError:
            found = None
        expected = {True: "bounded", False: "refuted", None: None}[truth]
        assert (found.outcome.verdict if found else None) == expected, source
    assert min(counts.values()) > 60, counts


def test_plain_python_is_wrong_on_what_is_generated(tmp_path):
    """The twin: the same functions, run as they are, give wrong answers."""
    asked = [(source, truth) for source, truth in generated(seed=13, count=400) if truth is not None]
    functions = load(tmp_path, [source for source, _ in asked])
    wrong = sum(all(f(n) for n in NUMBERS) != truth for f, (_, truth) in zip(functions, asked, strict=True))
    assert wrong > 20


def refuted_or_refused(holds, cases=lambda: [{"n": n} for n in range(1, 8)]):
    try:
        found = accepted(paper.finite(cases=cases, holds=holds))
    except InputError as error:
        return str(error)
    return found.outcome.verdict if found else "unknown"


def counter():
    calls = []

    def holds(n):
        calls.append(n)
        return len(calls) < 100

    return holds


SEEN = []


def remembered(n):
    SEEN.append(n)
    return len(SEEN) == 1


def test_a_run_leaves_nothing_behind_for_the_next():
    """Every case is decided as if it were alone."""
    assert refuted_or_refused(remembered) == "bounded"
    assert SEEN == []
    assert refuted_or_refused(counter()) == "bounded"
    assert "which a run may change" in refuted_or_refused(lambda n, seen=[]: seen.append(n) or len(seen) == n)


def test_refusals_say_what_and_what_to_write():
    assert "computes in floats (float); write Fraction" in refuted_or_refused(lambda n: float(n) == n)
    statement = paper.finite(cases=lambda: [{"n": 4}], holds=lambda n: math.sqrt(n) == 2)
    with pytest.raises(NotRun, match=r"computes in floats \(math.sqrt\); compare squares"):
        checkers.check(statement, "cases", {"count": 1})


def test_numbers_that_would_fill_the_memory_are_refused():
    for holds in (
        lambda n: n < 2**10**12,
        lambda n: math.factorial(10**9) > n,
        lambda n: F("1e999999999") > n,
        lambda n: n < 1 << 10**12,
        lambda n: math.comb(10**9, 10**8) > n,
        lambda n: operator_pow(n),
    ):
        assert "holds breaks" in (said := refuted_or_refused(holds)) or "bits; use smaller numbers" in said


def operator_pow(n):
    import operator

    return operator.pow(3, 10**11) > n
