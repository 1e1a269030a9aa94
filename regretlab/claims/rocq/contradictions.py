"""The walk along a certificate of the form ``refutation``, in the words of any language that proofs are written in.

Formulas about any numbers are shown to contradict one another, case by case and identity by identity, as
:func:`regretlab.claims.checkers.refutation.refuted` checks it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from regretlab.claims.arithmetic.polynomials import Polynomial
from regretlab.claims.checkers.question import Formula
from regretlab.claims.checkers.refutation import State, denial, read
from regretlab.claims.rocq.writing import polynomial


@dataclass
class Held:
    """The names of the facts of a :class:`State`, in its order; those that are ``above`` with whether they are > 0."""

    above: list[tuple[str, bool]] = field(default_factory=list)
    zero: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def copy(self) -> Held:
        """Return the names for a case."""
        return Held([*self.above], [*self.zero], [*self.open])


class Contradiction(ABC):
    """The proof that the formulas of a question contradict one another, for all numbers.

    ``unknowns`` are the names of the numbers, ``fresh`` gives a new name of a kind.
    """

    #: Signs of the language: at most, and, or; and what ends a tactic.
    LE: ClassVar[str]
    AND: ClassVar[str]
    OR: ClassVar[str]
    END: ClassVar[str]

    def __init__(self, unknowns: list[str], fresh: Callable[[str], str]) -> None:
        self.size, self.unknowns, self.fresh = len(unknowns), unknowns, fresh

    @abstractmethod
    def taken_apart(self, name: str, names: Sequence[str]) -> str:
        """Write that the parts of a fact have these names."""

    @abstractmethod
    def known(self, name: str, shown: Formula, lines: Sequence[str]) -> Iterator[str]:
        """Write that a formula is shown by these lines."""

    @abstractmethod
    def contrary(self, shown: Formula, name: str, denied: Formula, other: str) -> list[str]:
        """Write that a formula to be shown is denied, its denial having the name ``other``."""

    @abstractmethod
    def distinguished(self, either: str, names: Sequence[str]) -> str:
        """Write that the cases of an alternative follow, in which what holds has these names."""

    @abstractmethod
    def branch(self, lines: Sequence[str]) -> Iterator[str]:
        """Write the proof of one case."""

    @abstractmethod
    def square(self, q: Polynomial) -> str:
        """Write the proof that a square is not negative."""

    @abstractmethod
    def product(self, first: str, strict: bool, second: str, also: bool) -> tuple[str, bool]:
        """Write the proof that a product of two factors is > 0, or >= 0, from those of the factors."""

    @abstractmethod
    def posed(self, used: list[str], shown: str, made: bool) -> Iterator[str]:
        """Keep what is added up; ``made`` of facts, or one of them."""

    @abstractmethod
    def multiple(self, name: str, m: Polynomial, zero: Polynomial, known: str) -> str:
        """Write that a multiple of what is zero is zero."""

    @abstractmethod
    def added_up(self, used: Sequence[str]) -> str:
        """Write that facts add up to 0 > 0."""

    def polynomial(self, p: Polynomial) -> str:
        """Write a polynomial in the unknowns."""
        return polynomial(p, self.unknowns)

    def compared(self, p: Polynomial) -> str:
        """Write a polynomial as a side of a comparison."""
        return self.polynomial(p)

    def says(self, formula: Formula) -> str:
        """Write a formula about the unknowns."""
        match formula.kind:
            case "==":
                return f"{self.compared(formula.polynomial)} = 0"
            case ">" | ">=":
                return f"0 {'<' if formula.kind == '>' else self.LE} {self.compared(formula.polynomial)}"
        sign, empty = (self.AND, "True") if formula.kind == "all" else (self.OR, "False")
        return f" {sign} ".join(f"({self.says(part)})" for part in formula.parts) or empty

    def assume(self, state: State, held: Held, formula: Formula, name: str) -> Iterator[str]:
        """Take a fact apart as :class:`State` does, with the names of its parts."""
        match formula.kind:
            case "all":
                names = [name] if len(formula.parts) == 1 else [self.fresh("f") for _ in formula.parts]
                if len(names) > 1:
                    yield self.taken_apart(name, names)
                for part, own in zip(formula.parts, names, strict=True):
                    yield from self.assume(state, held, part, own)
                return
            case "any":
                held.open.append(name)
            case "==":
                held.zero.append(name)
            case kind:
                held.above.append((name, kind == ">"))
        state.assume(formula)

    def tree(self, state: State, held: Held, tree: Any) -> Iterator[str]:
        """Write the refutation of what holds."""
        steps, end = tree
        state, held = state.case(Formula("all", {})), held.copy()
        for step in steps:
            name, other = self.fresh("f"), self.fresh("f")
            if step[0] == "only":
                shown = state.open[step[1]].parts[step[2]]
                lines = list(self._cases(state, held, step[1], step[3], other, step[2]))
            else:
                shown = Formula(step[1], read(step[2], self.size))
                denied = denial(shown)
                lines = [*self.contrary(shown, name, denied, other), *self._case(state, held, denied, other, step[3])]
            yield from self.known(name, shown, lines)
            yield from self.assume(state, held, shown, name)
        if end[0] == "split":
            yield from self._cases(state, held, end[1], end[2], self.fresh("f"), None)
        else:
            yield from self._sum(state, held, end[1], end[2])

    def _case(self, state: State, held: Held, formula: Formula, name: str, tree: Any) -> list[str]:
        """Write the refutation of a case, in which one more fact is known by this name."""
        inside, names = state.case(Formula("all", {})), held.copy()
        return [*self.assume(inside, names, formula, name), *self.tree(inside, names, tree)]

    def _cases(
        self, state: State, held: Held, i: int, trees: Sequence[Any], name: str, but: int | None
    ) -> Iterator[str]:
        """Write the cases of an alternative, one of which may be what is to be shown."""
        parts, rest = state.open[i].parts, iter(trees)
        yield self.distinguished(held.open[i], [name] * len(parts))
        for k, part in enumerate(parts):
            if k == but:
                yield from self.branch([f"exact {name}{self.END}"])
            else:
                yield from self.branch([f"exfalso{self.END}", *self._case(state, held, part, name, next(rest))])

    def _sum(self, state: State, held: Held, terms: Any, equations: Any) -> Iterator[str]:
        """Write products that are not negative, and multiples of what is zero: together they are 0 > 0."""
        used: list[str] = []
        for which, _, square in terms:
            found = [held.above[int(i)] for i in which.split()]
            if square != "1":
                found.append((self.square(read(square, self.size)), False))
            if not found:
                continue  # a number
            (shown, strict), *others = found
            for other, also in others:
                shown, strict = self.product(shown, strict, other, also)
            yield from self.posed(used, shown, bool(others))
        for place, multiplier in equations:
            used.append(self.fresh("t"))
            m, zero = read(multiplier, self.size), state.zero[place].polynomial
            yield self.multiple(used[-1], m, zero, held.zero[place])
        yield self.added_up(used)
