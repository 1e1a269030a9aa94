"""Terms and relations as Rocq writes them, over its real numbers.

Rocq's functions are total: ``x / 0``, ``sqrt`` and ``ln`` of negative numbers are numbers there, of which nothing is
known here. What is exported therefore says beside every relation that its terms have a meaning
(:func:`regretlab.claims.rocq.goals.defined`). An integer symbol is an integer ``n : Z``, and ``IZR n`` as a real.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from regretlab.claims.language.terms import Node, walk

#: Words that are Rocq's own, and names of the library that a name of a claim must not hide.
_WORDS = """
    as at cofix else end exists exists2 fix for forall fun if in let match mod return then using where with Prop Set
    Type R Z N nat IZR INR exp ln sqrt Rmax Rmin Rabs Rpower root powerRZ zsum zprod pow not and or True False eq
    Rle_dec Rlt_dec Req_EM_T PI IPR Rinv Rdiv Ropp e S O I tt
"""
RESERVED = frozenset(_WORDS.split())
_INFIX = {"+": 50, "-": 50, "*": 40, "/": 40}
_RELATIONS = {"<=": "<=", "<": "<", ">=": ">=", ">": ">", "==": "=", "!=": "<>"}
_LETTER = str.maketrans({"'": "'", "^": "_", "[": "_", "]": "", ",": "_", " ": "", ".": "_"})


class NotTranslated(Exception):
    """A part of a statement or certificate that has no Rocq text; the message names it."""


class Names:
    """Identifiers of Rocq for the names of a statement: different ones for different names, and none that is taken.

    Examples
    --------
    >>> names = Names()
    >>> names("x"), names("exp"), names("v^2"), names("x")
    ('x', 'exp_', 'v_2', 'x_')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = {*RESERVED, *taken}

    def __call__(self, wanted: str) -> str:
        """Return a new identifier like this one."""
        name = re.sub(r"[^\w']", "", wanted.translate(_LETTER)).lstrip("'")
        if not re.match(r"[^\W\d]", name):
            name = f"x{name}"
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name


def number(value: Fraction) -> str:
    """Write a rational number.

    Examples
    --------
    >>> number(Fraction(-3, 4)), number(Fraction(2))
    ('(-3 / 4)', '2')
    """
    if value.denominator == 1:
        return str(value) if value >= 0 else f"({value})"
    return f"({value.numerator} / {value.denominator})"


class Writer:
    """Writes trees with given identifiers: ``known`` has the text of nodes, of symbols and of others.

    Raises
    ------
    NotTranslated
        For a node that this writer has no text for.
    """

    def __init__(self, known: Mapping[Node, str], sequences: Mapping[str, str] | None = None) -> None:
        self.known: dict[Node, str] = dict(known)
        self.sequences = dict(sequences or {})
        self._plain = False

    def __call__(self, node: Node) -> str:
        """Write a term or relation."""
        return self._at(node, 100)

    def atom(self, node: Node) -> str:
        """Write a term so that a function can be applied to it."""
        return self._at(node, 8)

    def operand(self, node: Node) -> str:
        """Write a relation so that it can stand beside a connective."""
        return self._at(node, 74)

    def place(self, node: Node) -> str:
        """Write a place in a sequence, or an end of a range: an integer, as an argument."""
        line, whole = self._integer(node)
        return line if whole and not line.lstrip("(-").rstrip(")").isdigit() else f"({line})%Z"

    def integer(self, node: Node) -> str:
        """Write an integer among others, where Rocq reads integers."""
        line, whole = self._integer(node)
        return line if whole else f"({line})"

    def _integer(self, node: Any) -> tuple[str, bool]:
        op, a = node.op, node.args
        if node in self.known:
            name = self.known[node].removeprefix("IZR ")
            return name, name.isidentifier() or "'" in name
        if op == "num" and a[0].denominator == 1:
            return (str(a[0]), True) if a[0] >= 0 else (f"({a[0]})", True)
        if op in ("+", "-", "*"):
            return f"{self.integer(a[0])} {op} {self.integer(a[1])}", False
        if op == "neg":
            return f"- {self.integer(a[0])}", False
        raise NotTranslated(f"the place {node!r} in a sequence")

    def within(self, name: str, low: Node, high: Node | None) -> str:
        """Write that an index lies in its range."""
        end = "" if high is None else f" <= {self.integer(high)}"
        return f"({self.integer(low)} <= {name}{end})%Z"

    def alike(self, left: Node, right: Node) -> bool:
        """Tell whether two trees are written the same up to the names of what is bound."""
        self._plain = True
        same = self(left) == self(right)
        self._plain = False
        return same

    def binding(self, bound: Node, body: Node) -> tuple[str, str]:
        """Write what is below a range: the name of its index, and the body."""
        taken = {name.removeprefix("IZR ") for name in (*self.known.values(), *self.sequences.values())}
        name = Names(taken)("k" if self._plain else bound.args[0])
        before = self.known.get(bound)
        self.known[bound] = f"IZR {name}"
        line = self(body)
        if before is None:
            del self.known[bound]
        else:
            self.known[bound] = before
        return name, line

    def _at(self, node: Any, level: int) -> str:
        line, own = self._text(node)
        return line if own <= level else f"({line})"

    def _text(self, node: Any) -> tuple[str, int]:
        if node in self.known:
            name = self.known[node]
            return name, 0 if " " not in name or name.startswith("(") else 10
        op, a = node.op, node.args
        if op == "num":
            return number(a[0]), 0
        if op in _INFIX:
            level = _INFIX[op]
            return f"{self._at(a[0], level)} {op} {self._at(a[1], level - 1)}", level
        if op in _RELATIONS:
            return f"{self._at(a[0], 69)} {_RELATIONS[op]} {self._at(a[1], 69)}", 70
        match op:
            case "neg":
                return f"- {self._at(a[0], 8)}", 35
            case "pow" if a[1] >= 0:
                return f"{self._at(a[0], 8)} ^ {a[1]}", 30
            case "pow":
                return f"/ ({self._at(a[0], 8)} ^ {-a[1]})", 35
            case "root":
                head = "sqrt" if a[1] == 2 else f"root {a[1]}"
                return f"{head} {self.atom(a[0])}", 10
            case "exp" | "abs":
                return f"{'Rabs' if op == 'abs' else op} {self.atom(a[0])}", 10
            case "log":
                return f"ln {self.atom(a[0])}", 10
            case "max" | "min":
                return f"R{op} {self.atom(a[0])} {self.atom(a[1])}", 10
            case "where":
                return self._choice(a[0], self._at(a[1], 100), self._at(a[2], 100)), 100
            case "and":
                return f"{self._at(a[0], 79)} /\\ {self._at(a[1], 79)}", 80
            case "or":
                return f"{self._at(a[0], 84)} \\/ {self._at(a[1], 84)}", 85
            case "not":
                return f"~ {self._at(a[0], 8)}", 75
            case "entry" if a[0] in self.sequences:
                return f"{self.sequences[a[0]]} {' '.join(self.place(i) for i in a[1:])}", 10
            case "sum" | "product":
                name, line = self.binding(a[0], a[3])
                head = "zsum" if op == "sum" else "zprod"
                return f"{head} (fun {name} : Z => {line}) {self.place(a[1])} {self.place(a[2])}", 10
            case "power":
                return f"powerRZ {self.atom(a[0])} {self.place(a[1])}", 10
            case "forall":
                name, line = self.binding(a[0], a[3])
                return f"forall {name} : Z, {self.within(name, a[1], a[2])} -> {line}", 100
        raise NotTranslated(f"there is no Rocq text for {op}")

    def _choice(self, test: Any, yes: str, no: str) -> str:
        """Write a case distinction, which Rocq makes by what decides a comparison."""
        op, a = test.op, test.args
        match op:
            case "<=" | "<":
                decided = f"{'Rle_dec' if op == '<=' else 'Rlt_dec'} {self.atom(a[0])} {self.atom(a[1])}"
            case ">=" | ">":
                decided = f"{'Rle_dec' if op == '>=' else 'Rlt_dec'} {self.atom(a[1])} {self.atom(a[0])}"
            case "==":
                decided = f"Req_EM_T {self.atom(a[0])} {self.atom(a[1])}"
            case "!=":
                decided, yes, no = f"Req_EM_T {self.atom(a[0])} {self.atom(a[1])}", no, yes
            case "and":
                return self._choice(a[0], self._choice(a[1], yes, no), no)
            case "or":
                return self._choice(a[0], yes, self._choice(a[1], yes, no))
            case "not":
                return self._choice(a[0], no, yes)
            case _:
                raise NotTranslated(f"there is no Rocq text for the case distinction {op}")
        return f"(if {decided} then {yes} else {no})"


def polynomial(p: Mapping[tuple[int, ...], Fraction], names: list[str]) -> str:
    """Write a polynomial in symbols of these names.

    Examples
    --------
    >>> polynomial({(1, 2): Fraction(-3), (0, 0): Fraction(1, 2)}, ["x", "y"])
    '(1 / 2) + (-3) * x * y ^ 2'
    """
    parts = []
    for exponents, c in sorted(p.items()):
        factors = [name + (f" ^ {k}" if k > 1 else "") for name, k in zip(names, exponents, strict=True) if k]
        parts.append(" * ".join(([number(c)] if c != 1 or not factors else []) + factors))
    return " + ".join(parts) or "0"


def operators(*roots: Node) -> set[str]:
    """Collect the operators of trees."""
    return {node.op for node in walk(*roots)}
