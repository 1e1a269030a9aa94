"""The constants a theorem admits: one place that refuses all others, in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from keyword import iskeyword
from typing import Any

import numpy as np
import sympy as sp

from regretlab.bounds import symbols as s
from regretlab.bounds.assumptions import Assumption, evaluated
from regretlab.bounds.theorem import ANY_METHOD, Theorem
from regretlab.errors import InputError, shown, unknown_name
from regretlab.methods import Method
from regretlab.parameters import Interval, one_of
from regretlab.samplers import Sampler
from regretlab.spelling.register import Register

#: Sums over the schedule are made for one schedule at a time.
ALONE = {"beta1", "lam"}


def admit(
    bound: Theorem, given: Mapping[str, Any], purpose: str = "numbers", typical: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the constants as numbers, where the theorem speaks of them and the bound reads them.

    Parameters
    ----------
    given : mapping of symbol name to number (or array)
    purpose : {"values", "arrays", "numbers", "horizons", "order"}
        ``"values"``: the bound is evaluated at its symbols, numbers or arrays. Else statistics that are not given are
        at their worst: ``"arrays"`` for numbers or arrays, ``"numbers"`` for numbers, ``"horizons"`` where T varies,
        ``"order"`` where statistics are always at their worst.
    typical : mapping
        What stands for the constants that are not given.

    Raises
    ------
    InputError
        For a name no bound knows, a constant that the theorem ties or that would be ignored, a value out of range or
        not a number, and for values that together break an assumption of the theorem, such as beta1/sqrt(beta2) < 1.
    """
    ties = {symbol.name: formula for symbol, formula in bound.ties.items()}
    numbers = {}
    for name, value in a_mapping(given).items():
        if not isinstance(name, str) or name not in s.RANGES:
            raise unknown_name("constant", str(name) if isinstance(name, str) else shown(name), s.RANGES)
        if name in ties:
            raise InputError(f"the bound {bound.id} ties {name} = {ties[name]} ({bound.source}); leave {name} out.")
        alone = ALONE if purpose == "arrays" else set()
        numbers[name] = _number(name, value, bound.source, purpose in ("values", "arrays") and name not in alone)
    values = {**(typical or {}), **numbers}
    relations = [(a.text, a.holds) for a in bound.assumes if a.holds is not None and a.holds.rel_op != "=="]
    for text, relation in relations:
        _holds(bound, relation, values, f"assumes that {text}")
    if s.K in bound.symbols:
        _holds(bound, sp.Le(s.K, s.n), values, "is about batches of K <= n examples")
    if s.p_min in bound.symbols:
        _holds(bound, s.p_min * s.n / bound.total <= 1, values, "needs p_min <= sum_j p_j / n")
    _together({name: np.shape(value) for name, value in numbers.items()})
    checked = {symbol.name for _, relation in relations for symbol in relation.free_symbols}
    # T is asked for, whether or not statistics are given that it is in.
    names = read(bound, numbers, purpose) | checked | ({"T"} if purpose in ("arrays", "numbers") else set())
    if foreign := [name for name, value in numbers.items() if name not in names and not usual(name, value)]:
        raise InputError(
            f"{foreign[0]}={shown(given[foreign[0]])} would be ignored: the bound {bound.id} reads "
            f"{', '.join(sorted(names))} here; leave {foreign[0]} out ({bound.source})."
        )
    return numbers


def read(bound: Theorem, given: Mapping[str, Any], purpose: str) -> set[str]:
    """Return the names of constants that count: the bound's symbols, and constants that missing ones are made of."""
    names = {symbol.name for symbol in bound.symbols}
    if purpose == "values":
        return names
    schedule = {"beta1", "lam"}
    made = {symbol.name: {x.name for x in formula.free_symbols} for symbol, formula in s.WORST.items()} | {
        "kappa": schedule, "B": schedule, "W": schedule, "Q": schedule, "p_min": {"gamma", "n", "total"},
        "R2": {"n", "p_min"}, "total": {"K"} if bound.total == s.K else set(),
    }  # fmt: skip
    never = {symbol.name for symbol in s.WORST} | {"B", "W"} if purpose == "order" else set()
    found: set[str] = set()
    while names:
        name = names.pop()
        found.add(name)
        if name not in given or name in never:
            names |= made.get(name, set()) - found
    # T is the variable of an order, and momentum decays or does not.
    return (
        (found | {"lam"} if "beta1" in found else found)
        - never
        - ({"T"} if purpose in ("order", "horizons") else set())
    )


def constants_beside(
    bound: Theorem, parameter: Any, free: Mapping[str, Any], constants: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the constants but the free parameter over which a bound is minimised."""
    if not isinstance(parameter, str) or parameter not in free:
        raise InputError(
            f"the bound {bound.id} cannot be minimised over {shown(parameter)}; its free parameters are "
            f"{', '.join(sorted(free)) or 'none'} ({bound.source})."
        )
    if "T" not in a_mapping(constants):
        raise InputError(f"the bound {bound.id} needs a value for T to be minimised ({bound.source}).")
    if parameter in constants and not usual(parameter, constants[parameter]):
        raise InputError(
            f"{parameter}={shown(constants[parameter])} is given to a bound that is minimised over {parameter}; "
            f"leave it out."
        )
    return admit(bound, {name: value for name, value in constants.items() if name != parameter})


def usual(name: str, value: Any) -> bool:
    """Tell whether this is one of the typical constants, which may be given all together."""
    return np.ndim(value) == 0 and name in s.TYPICAL and value == s.TYPICAL[name]


def a_mapping(given: Any) -> Mapping[Any, Any]:
    """Return the constants, if they are given by name."""
    if not isinstance(given, Mapping):
        raise InputError(f"the constants {shown(given)} are not a table of names and numbers; give one, as {{'D': 1}}.")
    return given


def _together(shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse arrays that do not broadcast."""
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        said = ", ".join(f"{name} of shape {shape}" for name, shape in shapes.items() if shape)
        raise InputError(f"{said} do not broadcast together; give arrays of one shape, or numbers.") from None


def _holds(bound: Theorem, relation: Any, values: Mapping[str, Any], words: str) -> None:
    """Refuse constants that miss a relation between them."""
    names = sorted(symbol.name for symbol in relation.free_symbols)
    if values.keys() >= set(names) and not np.all(evaluated(relation, values)):
        at = ", ".join(f"{name}={values[name]:g}" if np.ndim(values[name]) == 0 else name for name in names)
        raise InputError(f"the bound {bound.id} {words}, which fails at {at} ({bound.source}).")


def _number(name: str, value: Any, source: str, arrays: bool) -> Any:
    """Return the value as a float or array of floats, inside its range."""
    kind, within = "whole number" if name in s.INTEGERS else "number", Interval(s.RANGES[name])
    try:
        if isinstance(value, np.ma.MaskedArray):
            raise TypeError
        raw = np.asarray(value)
        numbers = raw.astype(float) if raw.dtype.kind in "iufO" and not _holds_text(raw) else None
    except (TypeError, ValueError, OverflowError, ArithmeticError):
        numbers = None
    if numbers is None:
        raise InputError(f"{name}={shown(value)} is not a {kind}; use one in {within.text} ({source}).")
    if numbers.ndim and not arrays:
        raise InputError(f"{name} is an array of shape {numbers.shape}; give one {kind} in {within.text} ({source}).")
    ends = [numbers.min(), numbers.max()] if numbers.size else []  # nan where there is one
    if not all(end in within for end in ends):
        worst = next(x for x in numbers.ravel() if x not in within)
        raise InputError(f"{name}={worst:g} is outside {within.text} ({source}).")
    if name in s.INTEGERS and (numbers % 1).any():
        raise InputError(f"{name}={shown(value)} is not a whole number; use one in {within.text} ({source}).")
    return numbers if numbers.ndim else float(numbers)


def _holds_text(raw: np.ndarray) -> bool:
    """Tell whether some of the objects are words, truth values or None, which float() would read as numbers."""
    return raw.dtype == object and any(isinstance(x, (str, bytes, bool, np.bool_, type(None))) for x in raw.ravel())


def _check_part(bound: Theorem, kind: str, name: Any, known: Register[Any]) -> None:
    """Refuse a name that no part can have; an unknown name may belong to a part that is defined or installed later."""
    if (name,) == ANY_METHOD and kind == "methods":
        return
    if not isinstance(name, str) or not name.isidentifier():
        raise InputError(
            f"{kind}={shown(getattr(bound, kind))} of the bound {bound.id} has {shown(name)}, which is no name of a "
            f"{known.kind}; give names as texts have them, such as {next(iter(known.library))!r}."
        )
    alike = next((own for own in known.library if own.lower() == name.lower()), name)
    if alike != name:
        raise InputError(
            f"{kind}={shown(getattr(bound, kind))} of the bound {bound.id}: texts call the {known.kind} {alike!r}; "
            f"write it so."
        )


def check_statement(bound: Theorem, reserved: Collection[str]) -> None:
    """Refuse a bound that could not be found or evaluated.

    Parameters
    ----------
    reserved : collection of str
        The attributes of :mod:`regretlab.bounds`, which no path begins with.
    """
    kinds: dict[str, type] = dict.fromkeys(("id", "title", "source", "status", "speaks_of", "remark", "mark"), str)
    kinds |= {"terms": dict, "dropped": dict, "assumes": tuple, "methods": tuple, "samplers": tuple}
    for name, kind in kinds.items():
        if not isinstance(getattr(bound, name), kind):
            raise InputError(f"{name}={shown(getattr(bound, name))} of a bound is no {kind.__name__}; give one.")
    path = bound.id.split(".")
    if len(path) != 2 or not all(name.isidentifier() and not iskeyword(name) for name in path):
        raise InputError(
            f"id={shown(bound.id)} of a bound is no path; write two names joined by a dot, as in 'adam.printed', "
            f"which is rl.bounds.adam.printed."
        )
    if path[0] in reserved:
        raise InputError(
            f"id={shown(bound.id)} of a bound begins with {path[0]}, which rl.bounds.{path[0]} means already; begin "
            f"it with another name."
        )
    one_of("status", bound.status, ("as printed", "corrected", "ours"), f" (of the bound {bound.id})")
    for kind_of, known in (("methods", Method.known), ("samplers", Sampler.known)):
        for name in getattr(bound, kind_of):
            _check_part(bound, kind_of, name, known)
    if not all(isinstance(assumption, Assumption) for assumption in bound.assumes):
        raise InputError(f"assumes={shown(bound.assumes)} of a bound are not of rl.bounds.assumptions; give those.")
    one_of("speaks_of", bound.speaks_of, s.REGRET)
    if not bound.terms:
        raise InputError(f"the bound {bound.id} has no terms; give at least one, such as {{'diameter': D * sqrt(T)}}.")
    sides = [(f"assumption {a.id}", side) for a in bound.assumes if a.holds is not None for side in a.holds.args]
    for name, term in [*bound.terms.items(), *bound.dropped.items(), *sides]:
        if not isinstance(term, sp.Expr):
            raise InputError(
                f"the {name} of the bound {bound.id} is {term!r}; "
                "write it as a sympy expression of rl.bounds.symbols, such as D * sympy.sqrt(T)."
            )
        if foreign := sorted(map(str, term.free_symbols - s.MEANING.keys())):
            raise InputError(
                f"the {name} of the bound {bound.id} has the symbol {', '.join(foreign)} of its own; "
                f"take it from rl.bounds.symbols, which has {', '.join(sorted(s.RANGES))}, or declare it there."
            )
