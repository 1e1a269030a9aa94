"""A bound in numbers: evaluated, ordered by growth, vacuous from some horizon on, minimised over a parameter."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import sympy as sp

from regretlab.bounds import _evaluation, _horizons
from regretlab.bounds import symbols as s
from regretlab.bounds._admissible import a_mapping, admit, check_statement, constants_beside, read
from regretlab.bounds._horizons import Minimum, Vacuous
from regretlab.bounds._order import Order, Orders, order, worst
from regretlab.bounds.assumptions import DECAYING
from regretlab.bounds.completion import complete
from regretlab.bounds.theorem import Theorem
from regretlab.errors import InputError, shown, unknown_name
from regretlab.parameters import number
from regretlab.spelling.register import Register

#: The powers of T and log T of the trivial bound.
LINEAR = (Fraction(1), Fraction(0))


@dataclass(frozen=True, eq=False)
class Bound(Theorem):
    """A theorem's regret bound, with the numbers it comes to.

    Its attributes are those of :class:`~regretlab.bounds.theorem.Theorem`.

    Raises
    ------
    InputError
        For an id that is no path or another bound's, an unknown status, a name that no method or sampler can have, no
        terms, and terms that are no expressions of :mod:`regretlab.bounds.symbols`.
    """

    known: ClassVar[Register[Bound]] = Register("bound", "bounds")

    def __post_init__(self) -> None:
        check_statement(self, Bound.known.reserved)
        other = Bound.known.defined.get(self.id)
        if other is not None and other != self:
            raise InputError(
                f"there is another bound with the id {self.id!r} ({other.source}); choose an id that is free, "
                f"or first take that one out with del rl.bounds.Bound.known[{self.id!r}]."
            )
        Bound.known[self.id] = self

    @classmethod
    def named(cls, bound: Any) -> Bound:
        """Return the bound of an id, or the bound itself; an :class:`InputError` for anything else."""
        if isinstance(bound, cls):
            return bound
        if not isinstance(bound, str) or bound not in cls.known:
            raise unknown_name("bound", bound, cls.known)
        return cls.known[bound]

    @cached_property
    def constants(self) -> frozenset[str]:
        """The names that :meth:`at_T` reads in addition to T: constants, and statistics that may be given instead.

        A table of the constants of several bounds is cut to those of one with them.
        """
        return frozenset(read(self, {}, "horizons") - {symbol.name for symbol in self.ties})

    def evaluate(self, values: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Every term, for numbers or arrays that broadcast together.

        Parameters
        ----------
        values : mapping of symbol name to number or array
            Exactly the symbols the bound has (see :attr:`symbols`).

        Raises
        ------
        InputError
            For a missing symbol; for one that would be ignored, because the theorem ties it or the bound does not have
            it; for a value out of range; and where a term is too small or too large for a float.

        Examples
        --------
        >>> from regretlab import bounds
        >>> b = bounds.sgd.zinkevich.evaluate({"T": 4, "D2": 1, "G2": 1, "alpha": 1})
        >>> float(b["diameter"]), float(b["gradients"])
        (1.0, 1.5)
        """
        given = admit(self, values, "values")
        self._need(given)
        return _evaluation.finite(self, given)

    def on_run(self, values: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Every term at the numbers of a run (:mod:`regretlab.verdicts.substitution`), of which the bound takes some.

        A term that no float can hold is 0 or inf; :meth:`lost` says so.
        """
        self._need(values)
        return _evaluation.terms(self, values)

    def lost(self, values: Mapping[str, Any]) -> str:
        """Name the term that :meth:`on_run` gives as 0 or inf as no float can hold it, in a sentence; else empty."""
        self._need(values)
        return _evaluation.lost(self, values)

    def at_T(self, T: Any, constants: Mapping[str, Any]) -> np.ndarray:
        """Evaluate the bound at every horizon, a priori: statistics not given are at their worst, and ties are kept.

        Parameters
        ----------
        T : number or array
            Horizons; a million cost one vectorised call.
        constants : mapping of symbol name to number or array
            Of what the theorem assumes known (D, G, L, alpha, beta1, ...), see :attr:`symbols`.

        Raises
        ------
        InputError
            Here, in :meth:`order`, :meth:`vacuous_from` and :meth:`minimise`: for constants that are unknown, missing,
            out of range or tied by the theorem, that would be ignored (:data:`regretlab.bounds.TYPICAL` may be given
            whole), or that together break one of its assumptions; and where a term is not 0 but too small for a float.

        Examples
        --------
        >>> from regretlab import bounds
        >>> bounds.sgd.zinkevich.at_T(np.array([1.0, 4.0]), {"D2": 1, "G2": 1, "alpha": 1})
        array([1. , 2.5])
        """
        if "T" in a_mapping(constants):
            raise InputError(
                f"T is given twice, as {shown(T)} and as {shown(constants['T'])}; leave it out of the constants."
            )
        values = self._priced(admit(self, {**constants, "T": T}, "arrays"), _evaluation.finite)
        # A bound on intervals of one length does not depend on T.
        return values if np.shape(values) else np.asarray(np.broadcast_to(values, np.shape(T)))

    def order(self, constants: Mapping[str, float] | None = None) -> Orders:
        """Return the exponents of T, n, d and K of every term, which term dominates, and from which horizon on.

        The exponents are found symbolically, with ties substituted and statistics at their worst. Where terms have
        the same power of T, and for the horizons, the constants count: those given, else
        :data:`regretlab.bounds.TYPICAL`. ``lam=1`` among them means constant beta1, else it decays.

        Examples
        --------
        >>> from regretlab import bounds
        >>> found = bounds.adamcb.printed.order()
        >>> print(found["diameter"], "|", found["sampling"])
        T n^-1/2 d K^1/2 | T^3/4 n^-1/4 d^1/2 K^1/4 log(T)^1/2
        """
        values = {**s.TYPICAL, **admit(self, {} if constants is None else constants, "order", s.TYPICAL)}
        if "p_min" in values:
            values["gamma"] = values["p_min"] * values["n"] / self._total(values)
        decaying = self._decaying(values)
        terms, dropped = self.exponents(decaying), self._orders(self.dropped, decaying)
        curves = {name: self._curve(term, values) for name, term in {**self.tied_terms, **self.dropped}.items()}
        curves = {name: curve for name, curve in curves.items() if curve != 0}
        if wild := [name for name, curve in curves.items() if curve.has(sp.zoo, sp.nan, sp.oo, sp.I)]:
            raise InputError(f"the {wild[0]} term of {self.id} is not finite at these constants ({self.source}).")
        kept = [name for name in terms if name in curves]
        power = max(terms[name][:2] for name in kept)
        dominating = _horizons.largest({name: curves[name] for name in kept if terms[name][:2] == power})
        overtakes = {
            name: _horizons.overtaken_from(curves[name], curves[dominating]) for name in kept if name != dominating
        }
        outgrown = {
            name: {k: _horizons.overtaken_from(curves[name], curves[k]) for k in kept if terms[k][:2] > grows[:2]}
            for name, grows in dropped.items() if name in curves
        }  # fmt: skip
        return Orders(terms, dominating, max(overtakes.values(), default=0.0), overtakes, dropped, outgrown)

    def exponents(self, decaying: bool = True) -> dict[str, Order]:
        """Return the order of every term, for a decaying beta_{1,t} or a constant one."""
        return self._exponents[decaying]

    @cached_property
    def _exponents(self) -> dict[bool, dict[str, Order]]:
        return {decaying: self._orders(self.tied_terms, decaying) for decaying in (True, False)}

    def vacuous_from(self, constants: Mapping[str, float], span: float) -> Vacuous:
        """Return the horizons at which the bound is at least ``span * T``, which every algorithm satisfies.

        Parameters
        ----------
        constants : mapping of symbol name to number
        span : float
            The largest regret of one step.

        Examples
        --------
        >>> from regretlab import bounds
        >>> print(bounds.sgd.zinkevich.vacuous_from({"D2": 1, "G2": 1, "alpha": 2}, span=1))
        for T <= 2.69087
        """
        given, step = admit(self, constants, "horizons"), float(number("span", span, "(0, inf)"))

        def excess(u: np.ndarray) -> np.ndarray:
            with np.errstate(divide="ignore"):
                priced = self._priced({**given, "T": np.exp(u)}, _evaluation.terms)
                return np.asarray(np.log(priced) - u - np.log(step))

        power = max(grows[:2] for grows in self.exponents(self._decaying(given)).values())
        last = bool(excess(np.array([_horizons.LAST_FLOAT]))[0] >= 0)
        return _horizons.vacuous(excess, last if power == LINEAR else power > LINEAR)

    def minimise(self, parameter: str, constants: Mapping[str, float]) -> Minimum:
        """Return the parameter at which the bound is least, all other constants (T among them) given.

        The bound must fall and then rise in it, which is checked. gamma ranges over (0, 1], alpha over the positive
        numbers. A parameter that the theorem ties to T has no choice left: an :class:`InputError`.

        Examples
        --------
        >>> from regretlab import bounds
        >>> best = bounds.sgd.zinkevich.minimise("alpha", {"T": 10**6, "D2": 1, "G2": 1})
        >>> round(best.argument, 4)  # D2 / (G2 sqrt(2)), nearly
        0.7073
        """
        free = {symbol.name: symbol for symbol in self.symbols & {s.alpha, s.gamma}}
        given = constants_beside(self, parameter, free, constants)
        at_worst = {symbol: w for symbol, w in {**s.WORST, s.p_min: s.FLOOR}.items() if symbol.name not in given}
        expression = sum(self.tied_terms.values()).subs(at_worst).subs(at_worst).subs(s.total, self.total)
        numbers = complete({"total": self._total(given), **given, parameter: math.nan}, given["T"])
        self._need(numbers)
        others = expression.free_symbols - {free[parameter]}
        return _horizons.minimise(expression.subs({x: float(numbers[x.name]) for x in others}), free[parameter])

    def _total(self, constants: Mapping[str, Any]) -> Any:
        return constants.get("K", math.nan) if self.total == s.K else 1.0

    def _decaying(self, constants: Mapping[str, Any]) -> bool:
        """Tell whether beta_{1,t} decays at these constants."""
        return DECAYING in self.assumes or bool(constants.get("lam", 1.0) < 1)

    def _orders(self, terms: Mapping[str, sp.Expr], decaying: bool) -> dict[str, Order]:
        return {name: order(worst(term, self.total, decaying)) for name, term in terms.items()}

    def _curve(self, term: sp.Expr, values: Mapping[str, float]) -> sp.Expr:
        """Return the term as a function of T alone: statistics at their worst, ties and constants put in."""
        numbers = complete({"total": self._total(values), **values}, 1.0)
        lone = worst(term, self.total, values["lam"] < 1)
        return lone.subs({x: sp.Float(float(numbers[x.name]), 30) for x in lone.free_symbols - {s.T}})

    def _priced(self, given: Mapping[str, Any], terms: Callable[..., dict[str, np.ndarray]]) -> np.ndarray:
        """Return the bound at the given horizons, with statistics that are not given at their worst."""
        numbers = complete({"total": self._total(given), **given}, given["T"])
        self._need(numbers)
        return np.asarray(sum(terms(self, numbers).values()))

    def _need(self, values: Mapping[str, Any]) -> None:
        missing = sorted(symbol.name for symbol in self.symbols if symbol.name not in values)
        if missing:
            raise InputError(f"the bound {self.id} needs a value for {', '.join(missing)} ({self.source}).")
