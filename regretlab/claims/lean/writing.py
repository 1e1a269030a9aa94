"""Terms and relations as Lean 4 and mathlib write them, over the real numbers.

As in Rocq, ``x / 0`` and the root or logarithm of a negative number are numbers there; conditions of definedness stand
beside the conclusion. Lean takes a numeral for a natural number unless something says otherwise: where nothing in a
comparison, sum or maximum does, the type is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from regretlab.claims.language.terms import Node, Relation
from regretlab.claims.rocq.writing import Names, NotTranslated, number

#: Words that are Lean's own, and names of the library that a name of a claim must not hide.
_WORDS = """
    abbrev abs at attribute axiom by calc class constant def deriving do else elab end example exists export extends
    false finally for forall from fun have if import in include inductive infix infixl infixr initialize instance
    instantiate let local macro match max min mutual namespace noncomputable nomatch nonrec notation obtain of omit
    opaque open partial postfix precedence prefix private proof protected rfl return scoped section set show sorry
    structure suffices syntax termination_by then theorem this true try unless universe unsafe using variable where
    while with Prop Type Sort True False And Or Not Eq Ne Real Int Nat Rat Finset Set le_of_sub_nonneg sub_nonneg
    sub_pos
"""
RESERVED = frozenset(_WORDS.split())
_PLAIN = re.compile(r"[A-Za-z_α-κμ-ορτ-ω][A-Za-z0-9_'α-κμ-ορτ-ω]*")
_INFIX = {"+": 65, "-": 65, "*": 70, "/": 70}
_RELATIONS = {"<=": "≤", "<": "<", ">=": "≥", ">": ">", "==": "=", "!=": "≠"}
#: How strongly things bind: an argument of a function, its application, a relation, and what needs no brackets.
ATOM, APPLIED, RELATION, OPEN = 1024, 1023, 50, 0


class Identifiers(Names):
    """Identifiers of Lean for the names of a statement; those of letters that it does not take plainly are quoted.

    Examples
    --------
    >>> names = Identifiers()
    >>> names("x"), names("fun"), names("λ")
    ('x', 'fun_', '«λ»')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        super().__init__()
        self.taken = {*RESERVED, *taken}  # not what is Rocq's

    def __call__(self, wanted: str) -> str:
        """Return a new identifier like this one."""
        name = super().__call__(wanted)
        return name if _PLAIN.fullmatch(name) else f"«{name}»"


class Writer:
    """Writes trees: ``known`` has the text of nodes, ``integers`` the names of those among them that are integers.

    Raises
    ------
    NotTranslated
        For a node that this writer has no text for.
    """

    def __init__(
        self, known: Mapping[Node, str], integers: Mapping[Node, str], sequences: Mapping[str, str] | None = None
    ) -> None:
        self.known: dict[Node, str] = dict(known)
        self.integers: dict[Node, str] = dict(integers)
        self.sequences = dict(sequences or {})

    def __call__(self, node: Node, least: int = OPEN) -> str:
        """Write a term or relation, in brackets if it binds less than it must."""
        line, own = self._text(node)
        return line if own >= least else f"({line})"

    def atom(self, node: Node) -> str:
        """Write a term so that a function can be applied to it."""
        return self(node, ATOM)

    def part(self, node: Node) -> str:
        """Write a relation so that it can stand in a conjunction."""
        return self(node, RELATION - 10)

    def conditional(self, pair: tuple[Relation, Relation], always: Relation) -> str:
        """Write a condition that matters on a path."""
        path, need = pair
        return self.part(need) if path is always else f"({self(path, 26)} → {self(need, 25)})"

    def real(self, node: Node) -> str:
        """Write a term of which Lean sees that it is a real number, as an argument."""
        return self.atom(node) if self._seen(node) else f"({self(node)} : ℝ)"

    def integer(self, node: Any, least: int = OPEN) -> str:
        """Write an integer."""
        op, a = node.op, node.args
        if node in self.integers:
            return self.integers[node]
        if op == "num" and a[0].denominator == 1:
            return number(a[0])
        if op in ("+", "-", "*"):
            own = _INFIX[op]
            line = f"{self.integer(a[0], own)} {op} {self.integer(a[1], own + 1)}"
        elif op == "neg":
            own, line = 65, f"-{self.integer(a[0], ATOM)}"
        else:
            raise NotTranslated(f"the place {node!r} in a sequence")
        return line if own >= least else f"({line})"

    def within(self, name: str, low: Node, high: Node | None) -> str:
        """Write that an index lies in its range, as premises."""
        end = "" if high is None else f"{name} ≤ {self.integer(high, 51)} → "
        return f"{self.integer(low, 51)} ≤ {name} → {end}"

    def binding(self, bound: Node, body: Node, least: int, real: bool = False) -> tuple[str, str]:
        """Write what is below a range: the name of its index, and the body."""
        name = Identifiers(self.taken())(bound.args[0])
        before = self.known.get(bound), self.integers.get(bound)
        self.known[bound], self.integers[bound] = f"({name} : ℝ)", name
        line = self(body, least) if not real or self._seen(body) else f"({self(body)} : ℝ)"
        for names, old in zip((self.known, self.integers), before, strict=True):
            del names[bound]
            if old is not None:
                names[bound] = old
        return name, line

    def taken(self) -> list[str]:
        """List the names that are in use."""
        return [*self.known.values(), *self.integers.values(), *self.sequences.values()]

    def _seen(self, node: Any) -> bool:
        """Tell whether Lean sees of a term alone that it is a real number."""
        if node in self.known or node.op not in ("num", "+", "-", "*", "/", "neg", "pow"):
            return True
        return any(self._seen(a) for a in node.children)

    def _text(self, node: Any) -> tuple[str, int]:
        if node in self.known:
            return self.known[node], ATOM
        op, a = node.op, node.args
        if op == "num":
            return number(a[0]), ATOM
        if op in _INFIX:
            own = _INFIX[op]
            return f"{self(a[0], own)} {op} {self(a[1], own + 1)}", own
        if op in _RELATIONS:
            left = self(a[0], RELATION + 1) if any(map(self._seen, a)) else self.real(a[0])
            return f"{left} {_RELATIONS[op]} {self(a[1], RELATION + 1)}", RELATION
        match op:
            case "neg":
                return f"-{self.atom(a[0])}", 65
            case "pow" if a[1] >= 0:
                return f"{self(a[0], 76)} ^ {a[1]}", 75
            case "pow":
                return f"1 / {self(a[0], 76)} ^ {-a[1]}", 70
            case "root" if a[1] == 2:
                return f"Real.sqrt {self.atom(a[0])}", APPLIED
            case "root":
                return f"{self.real(a[0])} ^ (1 / {a[1]} : ℝ)", 75
            case "exp" | "log":
                return f"Real.{op} {self.atom(a[0])}", APPLIED
            case "abs":
                line = self(a[0]) if self._seen(a[0]) else self.real(a[0])
                return f"|({line})|" if "|" in line else f"|{line}|", ATOM
            case "max" | "min":
                first = self.atom(a[0]) if any(map(self._seen, a)) else self.real(a[0])
                return f"{op} {first} {self.atom(a[1])}", APPLIED
            case "where":
                return f"(if {self(a[0])} then {self(a[1])} else {self(a[2])} : ℝ)", ATOM
            case "and" | "or":
                own, sign = (35, "∧") if op == "and" else (30, "∨")
                return f"{self(a[0], own + 1)} {sign} {self(a[1], own)}", own
            case "not":
                return f"¬ ({self(a[0])})", 40
            case "entry" if a[0] in self.sequences:
                return f"{self.sequences[a[0]]} {' '.join(self.integer(i, ATOM) for i in a[1:])}", APPLIED
            case "sum" | "product":
                name, line = self.binding(a[0], a[3], 68, real=True)
                low, high = self.integer(a[1], ATOM), self.integer(a[2], ATOM)
                low = f"({low} : ℤ)" if a[1].op == "num" else low
                return f"{'∑' if op == 'sum' else '∏'} {name} ∈ Finset.Icc {low} {high}, {line}", 60
            case "power":
                return f"{self.real(a[0])} ^ {self.integer(a[1], ATOM)}", 75
            case "forall":
                name, line = self.binding(a[0], a[3], OPEN)
                return f"∀ {name} : ℤ, {self.within(name, a[1], a[2])}{line}", OPEN
        raise NotTranslated(f"there is no Lean text for {op}")
