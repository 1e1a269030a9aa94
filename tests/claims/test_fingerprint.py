"""Fingerprints: the same under every Python and every hash seed, different when a meaning differs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import FunctionType

import pytest
from mpmath import iv, mp

from regretlab.claims import Ledger
from regretlab.claims.language import syntax
from regretlab.claims.language.syntax import source
from regretlab.claims.ledger.fingerprint import fingerprint
from tests.helpers import fingerprint_examples as examples

GOLDEN = json.loads((Path(__file__).parent / "fingerprints.json").read_text())


def test_the_golden_digests_hold_under_this_python():
    assert examples.digests() == GOLDEN


def test_they_hold_under_another_hash_seed_and_without_assertions():
    done = subprocess.run(
        [sys.executable, "-O", "-m", "tests.helpers.fingerprint_examples"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "1"},
    )
    assert json.loads(done.stdout) == GOLDEN


def test_every_example_is_found_in_its_file():
    """Byte code, the way out where there is no source, would be this interpreter's own."""
    found = [f for f in examples.EXAMPLES.values() if isinstance(f, FunctionType)]
    assert len(found) > 10
    assert all(syntax.tree(f) is not None for f in found)


def made(tmp_path, text):
    """The function ``f`` of a file with that text."""
    file = tmp_path / f"made{len(list(tmp_path.iterdir()))}.py"
    file.write_text(text)
    names = {"__name__": file.stem}
    exec(compile(text, str(file), "exec"), names)
    return names["f"]


SAME = {
    "layout and comments": ("f = lambda x: x+1", "f = lambda x: (x  # one\n  + 1)"),
    "docstring": ("def f(x):\n    return x", "def f(x):\n    'Returns.'\n    return x"),
    "annotations": ("def f(x):\n    y = x\n    return y", "def f(x: int) -> int:\n    y = x\n    return y"),
    "quotes": ("f = lambda x: 'a' + f'{x}b'", 'f = lambda x: "a" + f"{x}" "b"'),
    "joined text": ("f = lambda x: f'a{x}'", "f = lambda x: 'a' f'{x}'"),
    "an f-string of nothing": ("f = lambda x: 'a'", "f = lambda x: f'a'"),
    "numbers": ("f = lambda x: x + 255", "f = lambda x: x + 0xff"),
    "another function of the file": ("def g(): return 1\nf = lambda x: x", "def g(): return 2\nf = lambda x: x"),
    "a local name like a global": ("a = 1\nf = lambda a: a", "a = 2\nf = lambda a: a"),
    "a comprehension's name like a global": (
        "k = 1\nf = lambda x: [k for k in x]",
        "k = 2\nf = lambda x: [k for k in x]",
    ),
    "a set's order": ("s = {'a', 'b', 'c'}\nf = lambda x: s", "s = {'c', 'b', 'a'}\nf = lambda x: s"),
}
CLASS = "c = 1\ndef f(x):\n    class K:\n        c = 0\n        def m(self): return c\n    return K"
OTHER = {
    "a constant": ("f = lambda x: x + 1", "f = lambda x: x + 2"),
    "text in an f-string": ("f = lambda x: f'a{x}'", "f = lambda x: f'b{x}'"),
    "a format": ("f = lambda x: f'{x:.3f}'", "f = lambda x: f'{x:.4f}'"),
    "a conversion": ("f = lambda x: f'{x!r}'", "f = lambda x: f'{x!s}'"),
    "a type": ("f = lambda x: 1", "f = lambda x: True"),
    "a float for an integer": ("f = lambda x: 1", "f = lambda x: 1.0"),
    "none for nothing": ("f = lambda x: None", "def f(x): pass"),
    "precedence": ("f = lambda x, y: (x + y) * 2", "f = lambda x, y: x + y * 2"),
    "a default": ("c = 1\ndef f(x=c): return x", "c = 2\ndef f(x=c): return x"),
    "a keyword's default": ("c = 1\ndef f(*, x=c): return x", "c = 2\ndef f(*, x=c): return x"),
    "a global value": ("c = 1\nf = lambda x: x + c", "c = 2\nf = lambda x: x + c"),
    "a global in a comprehension's source": (
        "c = [1]\nf = lambda x: [c for c in c]",
        "c = [2]\nf = lambda x: [c for c in c]",
    ),
    "a function it names": ("def g(x): return 1\nf = lambda x: g(x)", "def g(x): return 2\nf = lambda x: g(x)"),
    "two steps away": (
        "c = 1\ndef g(x): return c\nf = lambda x: g(x)",
        "c = 2\ndef g(x): return c\nf = lambda x: g(x)",
    ),
    "a closure": ("def m(c): return lambda x: c\nf = m(1)", "def m(c): return lambda x: c\nf = m(2)"),
    "a decorator's work": (
        "def d(f): return lambda x: f(x) + 1\n@d\ndef f(x): return x",
        "def d(f): return lambda x: f(x) + 2\n@d\ndef f(x): return x",
    ),
    "a name read in a class of its own": (CLASS, CLASS.replace("c = 1", "c = 2")),
    "the order of a list": ("s = ['a', 'b']\nf = lambda x: s", "s = ['b', 'a']\nf = lambda x: s"),
    "a cached function": (
        "import functools\n@functools.cache\ndef f(x): return 1",
        "import functools\n@functools.cache\ndef f(x): return 2",
    ),
    "an outer lambda": ("f = lambda x: lambda y: 1", "f = (lambda x: lambda y: 1)(0)"),
    "a shadowed builtin": ("f = lambda x: sum(x)", "sum = max\nf = lambda x: sum(x)"),
    "a value in a set of objects": (
        "class K:\n    def __init__(s, v): s.v = v\nk = {K(1)}\nf = lambda x: k",
        "class K:\n    def __init__(s, v): s.v = v\nk = {K(2)}\nf = lambda x: k",
    ),
}


@pytest.mark.parametrize(("one", "two"), SAME.values(), ids=SAME)
def test_the_same_meaning_has_the_same_fingerprint(one, two, tmp_path):
    assert fingerprint((made(tmp_path, one),)) == fingerprint((made(tmp_path, two),))


@pytest.mark.parametrize(("one", "two"), OTHER.values(), ids=OTHER)
def test_another_meaning_has_another_fingerprint(one, two, tmp_path):
    assert fingerprint((made(tmp_path, one),)) != fingerprint((made(tmp_path, two),))


def test_lambdas_on_one_line_are_told_apart(tmp_path):
    f = made(tmp_path, "f = [lambda x: x + 1, lambda x: x + 2, lambda x: (lambda y: y)(x)]")
    assert [source(g) for g in f] == ["lambda x: x + 1", "lambda x: x + 2", "lambda x: (lambda y: y)(x)"]


def test_a_function_without_source_still_goes_stale():
    one, two = (eval(f"lambda x: x + {k}") for k in (1, 2))
    assert fingerprint((one,)) != fingerprint((two,))


def test_a_changed_function_makes_its_certificate_stale_and_renewing_finds_that_one(tmp_path):
    file = tmp_path / "my_claims.py"
    text = "from regretlab.claims import Paper, real\nP = Paper('m')\na = real('a')\ndef half(n): return n // 2\n" + (
        "P.inequality('one', '', show=a**2 >= 0)\n"
        "P.finite('two', '', cases=lambda: [{'n': 3}], holds=lambda n: half(n) < n, expect='bounded')\n"
    )
    file.write_text(text)
    assert [e.how for e in Ledger([file]).verify(search=True, jobs=1)] == ["searched", "searched"]
    file.write_text(text.replace("n // 2", "n // 3"))
    one, two = Ledger([file]).verify(jobs=1)
    assert (one.verdict, two.verdict) == ("proved", "unknown")
    assert "stale" in two.how
    assert [e.how for e in Ledger([file]).verify(renew=True, jobs=1)] == ["re-checked", "searched"]
    assert [e.how for e in Ledger([file]).verify(jobs=1)] == ["re-checked", "re-checked"]


def test_the_state_of_what_a_library_holds_does_not_enter(tmp_path):
    f = made(tmp_path, "from mpmath import iv\nimport mpmath\nf = lambda x: mpmath.mp.exp(iv.mpf(x).a)")
    before = fingerprint((f,))
    try:
        iv.remembered = mp.remembered = 1
        assert fingerprint((f,)) == before
    finally:
        del iv.remembered, mp.remembered


#: A number that remembers its square once it was asked for it.
NUMBER = """
from functools import cached_property
class Number:
    __slots__ = ("__dict__", "value")
    def __init__(self, value):
        self.value = value
    @cached_property
    def square(self):
        return self.value ** 2
two = Number(2)
f = lambda x: x * two.square
"""


def test_a_property_that_was_asked_for_does_not_enter(tmp_path):
    f = made(tmp_path, NUMBER)
    before = fingerprint((f,))
    assert f(1) == 4
    assert "square" in vars(f.__globals__["two"])
    assert fingerprint((f,)) == before


def test_twin_an_attribute_that_was_set_enters(tmp_path):
    f = made(tmp_path, NUMBER)
    before = fingerprint((f,))
    f.__globals__["two"].other = 1
    assert fingerprint((f,)) != before


def test_twin_what_a_file_makes_with_a_library_enters(tmp_path):
    one, two = (made(tmp_path, f"from mpmath import mpf\nc = mpf({c})\nf = lambda x: x + c") for c in (1, 2))
    assert fingerprint((one,)) != fingerprint((two,))
