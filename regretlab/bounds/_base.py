"""What a bound is: named terms over shared symbols, with assumptions, a source, and the ties of the theorem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import sympy as sp

from regretlab.bounds import _symbols as s
from regretlab.errors import InputError


@dataclass(frozen=True)
class Assumption:
    """A hypothesis of a theorem, in words; the audit knows how to check each ``id`` on a run."""

    id: str
    text: str


CONVEX = Assumption("convex", "every loss is convex")
BOUNDED = Assumption("bounded_iterates", "iterates and comparator stay in a set of the stated diameter")
GRADIENTS = Assumption("bounded_gradients", "|g_t,i| <= G_inf")
EXAMPLES = Assumption("bounded_examples", "every example's gradient norm is at most L")
SQRT_STEP = Assumption("sqrt_step", "alpha_t = alpha / sqrt(t)")
DECAYING = Assumption("decaying_beta1", "beta_{1,t} = beta1 lam^(t-1) with lam < 1")
NO_EPS = Assumption("eps_zero", "eps = 0")
GAMMA_KB = Assumption("gamma_kb", "beta1^2 / sqrt(beta2) < 1")
ETA = Assumption("eta", "beta1 / sqrt(beta2) < 1")
TIED_GAMMA = Assumption("tied_gamma", "gamma is the paper's gamma(T)")
TIED_STEP = Assumption("tied_sampler_step", "the sampler's step size is the lemma's, tied to T")
UNBIASED = Assumption("unbiased", "E f_t = f")
SUBSET = Assumption("proper_batch", "K < n")


@dataclass(frozen=True)
class Bound:
    """A theorem's regret bound.

    Attributes
    ----------
    id : str
        ``family.variant``, for example ``"adam.printed"``.
    title, source : str
        For legends and references; ``source`` names the theorem or equation.
    status : {"as printed", "ours"}
    speaks_of : {"online", "cumulative", "sampler"}
        The kind of regret that is bounded.
    in_expectation : bool
        Whether the mean over runs is bounded, or every run.
    terms : dict of str to sympy.Expr
        The bound is their sum.
    assumes : tuple of Assumption
    methods, samplers : tuple of str
        The parts of an algorithm it is about; no samplers means any.
    ties : dict
        Parameters the theorem ties to T, n and K, by their formula.
    mark : str
        ``"reconstructed"`` where the source's text was lost, else empty.
    remark : str
        What a reader should know about it.
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
    ties: dict[sp.Symbol, sp.Expr] = field(default_factory=dict)
    mark: str = ""
    remark: str = ""
    known: ClassVar[dict[str, Bound]] = {}

    def __post_init__(self) -> None:
        Bound.known[self.id] = self

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def expression(self) -> sp.Expr:
        """The sum of the terms, with tied parameters still as symbols."""
        return sum(self.terms.values(), sp.Integer(0))

    @cached_property
    def symbols(self) -> set[sp.Symbol]:
        """The symbols a value is needed for, after the ties."""
        return {symbol for term in self.tied_terms.values() for symbol in term.free_symbols}

    @cached_property
    def tied_terms(self) -> dict[str, sp.Expr]:
        """The terms with every tied parameter replaced by its formula."""
        return {name: sp.sympify(term).subs(self.ties) for name, term in self.terms.items()}

    def latex(self) -> str:
        """The statement ``R(T) <= ...`` in LaTeX, with the ties."""
        regret = {"online": r"R_{\mathrm{on}}(T)", "cumulative": "R(T)", "sampler": r"R_{\mathrm{s}}(T)"}[
            self.speaks_of
        ]
        left = rf"\mathbb{{E}}\,{regret}" if self.in_expectation else regret
        right = " + ".join(sp.latex(t, symbol_names=s.LATEX, order="none") for t in self.terms.values())
        ties = "".join(
            rf", \quad {sp.latex(a, symbol_names=s.LATEX)} = {sp.latex(b, symbol_names=s.LATEX)}"
            for a, b in self.ties.items()
        )
        return rf"{left} \le {right}{ties}"

    def evaluate(self, values: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Every term, for numbers or arrays that broadcast together.

        Parameters
        ----------
        values : mapping of symbol name to number or array
            At least every symbol the bound has (see :attr:`symbols`); a missing one is an :class:`InputError`.

        Examples
        --------
        >>> from regretlab import bounds
        >>> b = bounds.zinkevich.evaluate({"T": 4, "D2": 1, "G2": 1, "alpha": 1})
        >>> float(b["diameter"]), float(b["gradients"])
        (1.0, 1.5)
        """
        missing = sorted(symbol.name for symbol in self.symbols if symbol.name not in values)
        if missing:
            raise InputError(f"the bound {self.id} needs a value for {', '.join(missing)} ({self.source}).")
        arrays = {k: np.asarray(v, dtype=float) for k, v in values.items()}
        arguments = {symbol: arrays[symbol.name] for symbol in self.symbols}
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return {
                name: np.asarray(sp.lambdify(list(arguments), term, "numpy")(*arguments.values()), dtype=float)
                for name, term in self.tied_terms.items()
            }

    @cached_property
    def growth(self) -> dict[str, sp.Expr]:
        """The exponent of T in every term as T grows, statistics at their worst and parameters tied."""
        return {name: _exponent(term) for name, term in self.tied_terms.items()}

    def about(self, method: str, sampler: str) -> bool:
        """Whether the bound speaks of this pair."""
        return method in self.methods and (not self.samplers or sampler in self.samplers)


def _exponent(term: sp.Expr) -> sp.Expr:
    """lim T term'(T) / term(T): the exponent of T, logarithms counting as zero."""
    decayed = s.beta1 * s.lam / (1 - s.lam) ** 2  # the limit of B for lam < 1
    worst = {**s.WORST, s.M: s.n**2 * s.L**2 * s.T, s.B: decayed}
    late = term.subs(worst).replace(sp.Min, lambda *a: next(x for x in a if x.has(s.T)))
    # A generic point keeps the limit a question about one variable; the exponents do not depend on it.
    point = {x: sp.Rational(k + 3, 2 * k + 7) for k, x in enumerate(sorted(late.free_symbols - {s.T}, key=str))}
    point |= {x: sp.Integer(v) for x, v in ((s.n, 100), (s.K, 10), (s.d, 5)) if x in point}
    late = late.subs(point)
    return sp.nsimplify(sp.limit(sp.simplify(s.T * sp.diff(late, s.T) / late), s.T, sp.oo))
