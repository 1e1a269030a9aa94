"""The constants a theorem admits: one place that refuses all others, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from regretlab.bounds import symbols as s
from regretlab.bounds.assumptions import DECAYING, ETA, ETA_P, GAMMA_KB, SUBSET
from regretlab.errors import InputError, closest
from regretlab.parameters import Interval

if TYPE_CHECKING:
    from regretlab.bounds._base import Bound

#: The range of every constant; statistics of a run, which are sums, are not negative.
RANGES: dict[str, str] = dict.fromkeys((symbol.name for symbol in s.MEANING), "[0, inf)") | {
    **dict.fromkeys(("T", "d", "n", "K", "total"), "[1, inf)"),
    **dict.fromkeys(("D", "D2", "G", "G2", "L", "alpha"), "(0, inf)"),
    **dict.fromkeys(("beta1", "beta2"), "[0, 1)"), **dict.fromkeys(("lam", "gamma", "p_min", "kappa"), "(0, 1]"),
    "p": "[0, 0.5]",
}  # fmt: skip
WHOLE = {"d", "n", "K"}
#: Sums over the schedule are made for one schedule at a time.
ALONE = {"beta1", "lam"}

#: What the theorems take for granted of several constants: a formula that is below 1.
BELOW_ONE: dict[str, sp.Expr] = {
    GAMMA_KB.id: s.gamma_kb, ETA.id: s.eta, ETA_P.id: s.beta1 / s.beta2**s.p, DECAYING.id: s.lam,
    SUBSET.id: s.K / s.n,
}  # fmt: skip


def admit(
    bound: Bound, given: Mapping[str, Any], usual: Mapping[str, Any] | None = None, *, arrays: bool = False
) -> dict[str, Any]:
    """The constants as numbers, where the theorem speaks of them.

    Parameters
    ----------
    bound : Bound
    given : mapping of symbol name to number (or array, with ``arrays``)
    usual : mapping
        What stands for the constants that are not given.

    Raises
    ------
    InputError
        For a name no bound knows, a constant that the theorem ties, a value out of range or not a number, and for
        values that together break an assumption of the theorem, such as beta1/sqrt(beta2) < 1.
    """
    ties = {symbol.name: formula for symbol, formula in bound.ties.items()}
    numbers = {}
    for name, value in given.items():
        if name not in RANGES:
            raise closest("constant", str(name), RANGES)
        if name in ties:
            raise InputError(f"the bound {bound.id} ties {name} = {ties[name]} ({bound.source}); leave {name} out.")
        numbers[name] = _number(name, value, bound.source, arrays and name not in ALONE)
    values = {**(usual or {}), **numbers}
    relations = [(a.text, BELOW_ONE[a.id]) for a in bound.assumes if a.id in BELOW_ONE]
    for text, formula in relations:
        _below_one(bound, formula, values, f"assumes that {text}", strictly=True)
    if s.K in bound.symbols:
        _below_one(bound, s.K / s.n, values, "is about batches of K <= n examples", strictly=False)
    if s.p_min in bound.symbols:
        _below_one(bound, s.p_min * s.n / bound.total, values, "needs p_min <= sum_j p_j / n", strictly=False)
    return numbers


def _below_one(bound: Bound, formula: sp.Expr, values: Mapping[str, Any], words: str, *, strictly: bool) -> None:
    names = sorted(symbol.name for symbol in formula.free_symbols)
    if not values.keys() >= set(names):
        return
    with np.errstate(all="ignore"):
        found = np.asarray(sp.lambdify(names, formula, "numpy")(*(np.asarray(values[x], dtype=float) for x in names)))
    if not (found < 1 if strictly else found <= 1).all():
        at = ", ".join(f"{name}={values[name]:g}" if np.ndim(values[name]) == 0 else name for name in names)
        raise InputError(f"the bound {bound.id} {words}, which fails at {at} ({bound.source}).")


def _number(name: str, value: Any, source: str, arrays: bool) -> Any:
    """The value as a float or array of floats, inside its range."""
    kind = "whole number" if name in WHOLE else "number"
    try:
        numbers = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"{name}={value!r} is not a {kind}; use one in {RANGES[name]} ({source}).") from None
    if numbers.ndim and not arrays:
        raise InputError(f"{name} is an array of shape {numbers.shape}; give one {kind} in {RANGES[name]} ({source}).")
    within = Interval(RANGES[name])
    ends = [numbers.min(), numbers.max()] if numbers.size else []  # nan where there is one
    if not all(end in within for end in ends):
        worst = next(x for x in numbers.ravel() if x not in within)
        raise InputError(f"{name}={worst:g} is outside {RANGES[name]} ({source}).")
    if name in WHOLE and (numbers % 1).any():
        raise InputError(f"{name}={value!r} is not a whole number; use one in {RANGES[name]} ({source}).")
    return numbers if numbers.ndim else float(numbers)


def state(bound: Bound) -> None:
    """Refuse a bound that could not be evaluated: without terms, or with symbols that are not the library's."""
    if not bound.terms:
        raise InputError(f"the bound {bound.id} has no terms; give at least one, such as {{'diameter': D * sqrt(T)}}.")
    named = {**bound.terms, **bound.dropped, **{f"tie of {symbol}": tie for symbol, tie in bound.ties.items()}}
    for name, term in named.items():
        if not isinstance(term, sp.Expr):
            raise InputError(
                f"the {name} of the bound {bound.id} is {term!r}; "
                "write it as a sympy expression of rl.bounds.symbols, such as D * sympy.sqrt(T)."
            )
        if foreign := sorted(map(str, term.free_symbols - s.MEANING.keys())):
            raise InputError(
                f"the {name} of the bound {bound.id} has the symbol {', '.join(foreign)} of its own; "
                f"take it from rl.bounds.symbols, which has {', '.join(sorted(RANGES))}."
            )
    other = bound.known.get(bound.id)
    if other is not None and other != bound:
        raise InputError(
            f"there is another bound with the id {bound.id!r} ({other.source}); choose an id that is free, "
            f"or first take that one out with del rl.bounds.Bound.known[{bound.id!r}]."
        )
