"""The statement of a theorem: named terms over shared symbols, assumptions, a source, and parameters tied to T."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import sympy as sp

from regretlab.bounds import symbols as s
from regretlab.bounds.assumptions import DECAYING, NON_INCREASING, Assumption

#: The methods of a theorem about samplers alone.
ANY_METHOD = ("any method",)


@dataclass(frozen=True)
class Theorem:
    """The statement of a theorem's regret bound.

    Attributes
    ----------
    id : str
        ``family.variant``, for example ``"adam.printed"``, which is ``rl.bounds.adam.printed``.
    title, source : str
        For legends and references; ``source`` names the theorem or equation.
    status : {"as printed", "corrected", "ours"}
    speaks_of : {"online", "cumulative", "sampler", "stationarity", "dynamic", "interval"}
        The kind of regret that is bounded.
    in_expectation : bool
        Whether the mean over runs is bounded, or every run.
    terms : dict of str to sympy.Expr
        The bound is their sum.
    assumes : tuple of Assumption
    methods, samplers : tuple of str
        The names of the parts of an algorithm it is about, also of those that are not defined yet; no samplers means
        any, and so does ``("any method",)``.
    mark : str
        ``"reconstructed"`` where the source's text was lost, else empty.
    remark : str
        What a reader should know about it.
    total : sympy.Expr
        The sum of the sampler's probabilities: 1, or K for inclusion probabilities.
    dropped : dict of str to sympy.Expr
        Terms of the theorem's derivation that its statement leaves out; they are not part of the bound.
    corrected : str
        The id of the bound, itself not false, that takes the place of one that is false as printed.
    represented_by : str
        The id of the bound that tables and figures show in its stead; this one is compared when it is asked for.
    experiment : dict of str to number
        The symbols' values in the paper's own experiment, where its source has one.
    """

    id: str
    title: str
    source: str
    status: str
    speaks_of: str
    terms: dict[str, sp.Expr]
    assumes: tuple[Assumption, ...]
    methods: tuple[str, ...]
    samplers: tuple[str, ...] = ()
    in_expectation: bool = False
    mark: str = ""
    remark: str = ""
    total: sp.Expr = sp.S.One
    dropped: dict[str, sp.Expr] = field(default_factory=dict)
    corrected: str = ""
    represented_by: str = ""
    experiment: dict[str, float] = field(default_factory=dict)

    def __getstate__(self) -> dict[str, Any]:
        """Return the theorem as given, without values computed from it: some are functions, which do not pickle."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def expression(self) -> sp.Expr:
        """The sum of the terms, with tied parameters still as symbols."""
        return sum(self.terms.values(), sp.Integer(0))

    @property
    def hypotheses(self) -> tuple[Assumption, ...]:
        """The assumptions that the audit checks: those stated, and the one that the notation beta_{1,t} implies."""
        taken = s.beta1 in self.symbols and not {DECAYING, NON_INCREASING} & set(self.assumes)
        return (*self.assumes, NON_INCREASING) if taken else self.assumes

    @property
    def ties(self) -> dict[sp.Symbol, sp.Expr]:
        """The parameters that the theorem's assumptions tie to T, n and K, by their formulas."""
        return {a.holds.lhs: a.holds.rhs for a in self.assumes if a.tied and a.holds is not None}

    @cached_property
    def symbols(self) -> set[sp.Symbol]:
        """The symbols a value is needed for, after the ties."""
        return {symbol for term in self.tied_terms.values() for symbol in term.free_symbols}

    @cached_property
    def tied_terms(self) -> dict[str, sp.Expr]:
        """The terms with every tied parameter replaced by its formula."""
        return {name: term.subs(self.ties) for name, term in self.terms.items()}

    def latex(self) -> str:
        """Return the statement ``R(T) <= ...`` in LaTeX, with the ties."""
        regret = s.REGRET[self.speaks_of]
        left = rf"\mathbb{{E}}\,{regret}" if self.in_expectation else regret
        right = " + ".join(sp.latex(t, symbol_names=s.LATEX, order="none") for t in self.terms.values())
        ties = "".join(
            rf", \quad {sp.latex(a, symbol_names=s.LATEX)} = {sp.latex(b, symbol_names=s.LATEX)}"
            for a, b in self.ties.items()
        )
        return rf"{left} \le {right}{ties}"

    @cached_property
    def arguments(self) -> list[sp.Symbol]:
        """The symbols in alphabetical order."""
        return sorted(self.symbols, key=str)

    @cached_property
    def function(self) -> Callable[..., list[Any]]:
        """All terms at once, as a NumPy function of the symbols in alphabetical order."""
        made: Callable[..., list[Any]] = sp.lambdify(self.arguments, list(self.tied_terms.values()), "numpy", cse=True)
        return made

    def about(self, method: str, sampler: str) -> bool:
        """Tell whether the bound is about this pair."""
        spoken_of = method in self.methods or self.methods == ANY_METHOD
        return spoken_of and (not self.samplers or sampler in self.samplers)
