r"""The order of a term: its exponents of T, n, d and K, found symbolically.

The terms are sums, products, rational powers and logarithms of positive symbols, so the leading monomial as
:math:`T \to \infty` (then n, then d and K) follows by rules on the expression; nothing is fitted. Constants
and logarithms of n and K count as 1, powers of :math:`\log T` on their own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import sympy as sp

from regretlab.bounds import symbols as s
from regretlab.errors import InputError, unknown_name


class Order(NamedTuple):
    """The exponents of a term; compared as T, then log T, then n, d and K grow."""

    T: Fraction = Fraction(0)
    log_T: Fraction = Fraction(0)
    n: Fraction = Fraction(0)
    d: Fraction = Fraction(0)
    K: Fraction = Fraction(0)

    def __str__(self) -> str:
        """As a product, such as ``T^3/4 n^-1/4 K^1/4 log(T)^1/2``."""
        letters = {"T": self.T, "n": self.n, "d": self.d, "K": self.K, "log(T)": self.log_T}
        return " ".join(f"{x}^{power}" if power != 1 else x for x, power in letters.items() if power) or "1"

    def __repr__(self) -> str:
        return f"Order({self})"

    def times(self, other: Order, power: Fraction = Fraction(1)) -> Order:
        """Return the order of the product with a power of another term."""
        return Order(*(a + power * b for a, b in zip(self, other, strict=True)))


_OF_SYMBOL = {
    s.T: Order(T=Fraction(1)), s.n: Order(n=Fraction(1)), s.d: Order(d=Fraction(1)), s.K: Order(K=Fraction(1)),
}  # fmt: skip


def worst(term: sp.Expr, total: sp.Expr, decaying: bool = True) -> sp.Expr:
    r"""Return the term with its statistics at their worst, in T, n, d, K and constants.

    ``total`` is the sum of the probabilities (1 or K), so that ``p_min = total * gamma / n``. With ``decaying`` the
    momentum is :math:`\beta_1\lambda^{t-1}`, whose sums are bounded; else it is constant.
    """
    bounded = s.beta1 / (1 - s.lam) ** 2
    sums = {s.B: bounded, s.W: bounded} if decaying else dict.fromkeys((s.B, s.W), s.beta1 * s.T ** sp.Rational(3, 2))
    return term.subs(s.WORST).subs(sums).subs(s.p_min, s.FLOOR).subs(s.total, total)


def order(term: sp.Expr) -> Order:
    """Return the exponents of the leading monomial of ``term``.

    Examples
    --------
    >>> print(order((s.d + s.T / s.n) * sp.sqrt(1 + sp.log(s.T))))
    T n^-1 log(T)^1/2
    """
    if term in _OF_SYMBOL:
        return _OF_SYMBOL[term]
    if not term.free_symbols & _OF_SYMBOL.keys():
        return Order()
    parts = [order(argument) for argument in term.args]
    match term:
        case sp.Mul():
            product = Order()
            for part in parts:
                product = product.times(part)
            return product
        case sp.Pow(args=(_, power)) if power.is_Rational:
            return Order().times(parts[0], Fraction(int(power.p), int(power.q)))
        case sp.Add() | sp.Max():
            return max(parts)
        case sp.Min():
            return min(parts)
        case sp.log():
            return Order(log_T=Fraction(bool(parts[0].T)))
    raise InputError(f"the order of {term} is not known; write it with +, *, rational powers, log, Min and Max.")


@dataclass(frozen=True, repr=False)
class Orders:
    """The growth of every term, and the horizon from which on the fastest term is the largest.

    Attributes
    ----------
    terms : dict of str to Order
    dominating : str
        The term that is the largest as T grows.
    log10_horizon : float
        Log10 of the horizon from which on it is larger than every other term, at the constants given.
    overtakes : dict of str to float
        Log10 of the horizon from which on it is larger than each other term; 0 where it always is.
    dropped : dict of str to Order
        Terms that the theorem's derivation has and its statement leaves out.
    outgrown : dict of str to dict of str to float
        For each of them, log10 of the horizon from which on each kept term that grows faster is larger.
    """

    terms: dict[str, Order]
    dominating: str
    log10_horizon: float
    overtakes: dict[str, float]
    dropped: dict[str, Order]
    outgrown: dict[str, dict[str, float]]

    def __repr__(self) -> str:
        parts = [f"{name}: {grows}" for name, grows in self.terms.items()]
        parts += [f"{name} (dropped): {grows}" for name, grows in self.dropped.items()]
        since = f"from T = 10^{self.log10_horizon:.4g} on" if self.log10_horizon else "at every T"
        return f"Orders({', '.join(parts)}; {self.dominating} dominates {since})"

    def __getitem__(self, name: str) -> Order:
        """Return the order of a term, kept or dropped."""
        found = {**self.terms, **self.dropped}
        if name not in found:
            raise unknown_name("term", str(name), found)
        return found[name]

    @property
    def horizon(self) -> float:
        """The horizon from which on the dominating term is the largest; inf where a float cannot hold it."""
        return float(10**self.log10_horizon) if self.log10_horizon < 308 else math.inf
