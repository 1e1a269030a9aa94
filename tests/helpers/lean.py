"""A small reader of the Lean that is exported: what its terms and propositions say at numbers."""

import math
import re
from fractions import Fraction

TOKEN = re.compile(r"\s*(Finset\.Icc|[^\W\d][\w'.]*|«[^»]*»|\d+|:=|[^\s\w])")
INFIX = {
    "→": (25, 25), "∨": (30, 30), "∧": (35, 35), "+": (65, 66), "-": (65, 66), "*": (70, 71), "/": (70, 71),
    "^": (75, 75), **dict.fromkeys("≤<≥>=≠", (50, 51)),
}  # fmt: skip
FUNCTIONS = {"Real.sqrt": 1, "Real.exp": 1, "Real.log": 1, "max": 2, "min": 2}
#: Integers over which what holds for all is looked at.
PLACES = range(4)


class Reader:
    """Reads one term or proposition of Lean: a function from what its names are to what it says there."""

    def __init__(self, text):
        self.tokens, at = [], 0
        while at < len(text.rstrip()):
            found = TOKEN.match(text, at)
            self.tokens.append(found[1])
            at = found.end()
        self.at = 0

    def next(self, *wanted):
        token = self.tokens[self.at]
        assert not wanted or token in wanted, (token, wanted)
        self.at += 1
        return token

    @property
    def ahead(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def whole(self):
        """Read everything."""
        found = self.read()
        assert self.ahead == "", self.tokens[self.at :]
        return found

    def read(self, least=0):
        left = self.prefix()
        while self.ahead in INFIX and INFIX[self.ahead][0] >= least:
            op = self.next()
            left = infix(op, left, self.read(INFIX[op][1]))
        return left

    def prefix(self):
        token = self.next()
        if token in FUNCTIONS:
            parts = [self.atom() for _ in range(FUNCTIONS[token])]
            return lambda env: apply(token, *(part(env) for part in parts))
        if token == "-":
            inner = self.read(75)
            return lambda env: -inner(env)
        if token == "¬":
            inner = self.read(40)
            return lambda env: ("¬", inner(env))
        if token == "∀":
            return self.bound("ℤ")
        if token in "∑∏":
            name = self.next()
            self.next("∈"), self.next("Finset.Icc")
            low, high = self.atom(), self.atom()
            self.next(",")
            return ranged(token, name, low, high, self.read(67))
        self.at -= 1
        if re.match(r"[^\W\d]|«", token):
            name, places = self.next(), []
            while re.match(r"\w|«|\(", self.ahead) and self.ahead not in ("then", "else"):
                places.append(self.atom())
            return lambda env: env[name](*(p(env) for p in places)) if places else env[name]
        return self.atom()

    def bound(self, kind):
        name = self.next()
        self.next(":"), self.next(kind), self.next(",")
        body = self.read()
        return lambda env: ("∀", *filter(None, (granted(body({**env, name: Fraction(k)})) for k in PLACES)))

    def atom(self):
        token = self.next()
        if token == "|":
            inner = self.read()
            self.next("|")
            return lambda env: abs(inner(env))
        if token == "(":
            inner = self.choice() if self.ahead == "if" else self.read()
            if self.next(":", ")") == ":":
                self.next("ℝ", "ℤ"), self.next(")")
            return inner
        if token.isdigit():
            return lambda env: Fraction(token)
        assert re.match(r"[^\W\d]|«", token), token
        return lambda env: env[token]

    def choice(self):
        self.next("if")
        test = self.read()
        self.next("then")
        yes = self.read()
        self.next("else")
        no = self.read()
        return lambda env: yes(env) if true(test(env)) else no(env)


def apply(name, *a):
    match name:
        case "Real.sqrt":
            return a[0] ** 0.5 if a[0] >= 0 else math.nan
        case "Real.exp":
            return math.exp(a[0])
        case "Real.log":
            return math.log(a[0]) if a[0] > 0 else math.nan
    return max(a) if name == "max" else min(a)


def infix(op, left, right):
    def at(env):
        a, b = left(env), right(env)
        match op:
            case "+":
                return a + b
            case "-":
                return a - b
            case "*":
                return a * b
            case "/":
                return a / b if b else math.nan
            case "^":
                return power(a, b)
        return (op, a, b)

    return at


def power(a, b):
    real = (a >= 0 or b == int(b)) and (a != 0 or b >= 0)
    return a**b if real else math.nan


def ranged(token, name, low, high, body):
    def at(env):
        values = [body({**env, name: Fraction(k)}) for k in range(int(low(env)), int(high(env)) + 1)]
        return sum(values, Fraction(0)) if token == "∑" else math.prod(values, start=Fraction(1))

    return at


def true(said):
    """Say whether a proposition without quantifiers holds."""
    op, *a = said
    if op in ("∧", "∨"):
        return (all if op == "∧" else any)(map(true, a))
    if op == "¬":
        return not true(a[0])
    x, y = a
    return {"≤": x <= y, "<": x < y, "≥": x >= y, ">": x > y, "=": x == y, "≠": x != y}[op]


def granted(said):
    """What is left of a proposition below its premises about places; nothing where one of them is false."""
    while said and said[0] == "→" and said[1][0] in "≤<":
        said = said[2] if true(said[1]) else None
    return said


def near(a, b):
    """Say whether two readings are the same up to roundoff."""
    if isinstance(a, tuple) or isinstance(b, tuple):
        alike = isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b)
        return alike and all(map(near, a, b))
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def theorems(text):
    """Yield the theorems of a file: name, names of symbols with their kinds, hypotheses, conclusion and proof."""
    for found in re.finditer(
        r"^theorem (\S+)(.*?) :\n    (.*?) := by\n(.*?)(?=^theorem|\Z)", text, re.DOTALL | re.MULTILINE
    ):
        name, head, conclusion, proof = found.groups()
        lines = head.split("\n    ")
        binders, given = lines[0], [line[1:-1].partition(" : ") for line in lines[1:]]
        yield name, bound_names(binders), {n: says for n, _, says in given}, conclusion, proof


def bound_names(binders):
    """Read ``(x y : ℝ) (n : ℤ)``: the kind of every name."""
    return {n: kind for names, kind in re.findall(r"\(([^:()]*) : ([^()]*)\)", binders) for n in names.split()}
