"""Checks of a user's domain: its four methods are tried on a few points, and an error is a sentence.

A regret is certified through the domain's own methods: wrong ones would certify the regret of another problem.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from regretlab.errors import InputError

#: The methods of a domain; :class:`regretlab.domains.Domain` documents each.
OFFERS = {
    "project": "project(x, weights)",
    "linear_minimum": "linear_minimum(c)",
    "reach": "reach(z)",
    "diameters": "diameters(d)",
}
NEEDS = f"a domain offers {', '.join(OFFERS.values())}, see rl.domains.Domain"
#: Points that are projected, and their largest number of coordinates all together.
POINTS, ENTRIES = 8, 2**17
#: The share that may be round-off, or the error of a projection that is found step by step.
TOLERANCE = 1e-7
#: The distance from the domain of a point whose projection nearly minimises a linear function.
FAR = 1e5
#: Sizes of domains that are tried.
SIZES = 1e-100, 1e100


def methods(domain: Any) -> None:
    """Refuse an object that lacks one of the four methods, or is a class of domains."""
    if isinstance(domain, str):
        raise InputError(f"domain={domain!r} is a word; give a domain object, such as rl.domains.Box(-1, 1).")
    if isinstance(domain, type):
        raise InputError(
            f"the domain {domain.__name__} is a class; give one made from it, such as {domain.__name__}()."
        )
    for name, call in OFFERS.items():
        if not callable(getattr(domain, name, None)):
            raise InputError(f"the domain {_name(domain)} has no {call}; {NEEDS}.")


def probe(domain: Any, d: int) -> np.ndarray:
    """Points of the domain, shape (m, d), after its methods were found to agree with each other there."""
    rng = np.random.default_rng(d)
    count = max(2, min(POINTS, ENTRIES // d))
    D, D2 = _diameters(domain, d)
    origin: np.ndarray = _projected(domain, np.zeros((1, d)), np.ones((1, d)))[0]
    size = D2 if np.inf > D2 else 1 + float(np.linalg.norm(origin))
    if not SIZES[0] < size < SIZES[1]:  # squares would not be numbers
        return origin[None]
    # Near the domain and far from it, along all coordinates and along one.
    away = rng.normal(size=(count, d)) / math.sqrt(d) * size * rng.choice([0.1, 1.0, 10.0], size=(count, 1))
    away[-1] = 0
    away[-1, rng.integers(d)] = -2 * size
    weights = np.where(np.arange(count)[:, None] % 2, rng.uniform(0.1, 1, size=(count, d)), 1.0)
    points = _projected(domain, origin + away, weights)
    _projections(domain, origin + away, weights, points, size)
    directions = rng.normal(size=(count, d)) / math.sqrt(d)
    directions[-1] = 0
    directions[-1, rng.integers(d)] = 1.0
    ones = np.ones_like(directions)
    steps = FAR * max(size, 1e-300) / np.linalg.norm(directions, axis=-1, keepdims=True)
    lowest = _projected(domain, origin - steps * directions, ones)
    everyone = np.concatenate([points, lowest, origin[None]])
    _linear(domain, directions, lowest, everyone, steps[:, 0], size)
    _reach(domain, directions, everyone, size)
    between = everyone[:, None, :] - everyone[None, : min(count, 3), :]
    for name, declared, seen in (
        ("D", D, float(np.abs(between).max())),
        ("D2", D2, float(np.sqrt((between**2).sum(-1)).max())),
    ):
        if seen > declared * (1 + TOLERANCE):
            raise InputError(
                f"{_name(domain)}.diameters({d}) gives {name} = {declared:.6g}, but two of its points are {seen:.6g} "
                "apart; give the largest distance of one coordinate (D) and the largest Euclidean one (D2)."
            )
    return everyone


def _called(domain: Any, name: str, *given: Any) -> Any:
    try:
        return getattr(domain, name)(*given)
    except InputError:
        raise
    except Exception as error:
        shapes = ", ".join(f"an array {a.shape}" if hasattr(a, "shape") else repr(a) for a in given)
        raise InputError(
            f"{_name(domain)}.{name} failed on {shapes} with {type(error).__name__}: {error}; {NEEDS}."
        ) from error


def _projected(domain: Any, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    z = _array(domain, "project", _called(domain, "project", x, weights), x.shape)
    alone = _array(domain, "project", _called(domain, "project", x[0], weights[0]), x[0].shape)
    if not np.allclose(alone, z[0], rtol=TOLERANCE, atol=TOLERANCE * (1e-300 + np.abs(z[0]).max())):
        raise InputError(
            f"{_name(domain)}.project gives another point for x of shape {x[0].shape} than for the same x as the first "
            f"row of an array of shape {x.shape}; project along the last axis."
        )
    return z


def _array(domain: Any, method: str, value: Any, shape: tuple[int, ...]) -> np.ndarray:
    try:
        found = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"{_name(domain)}.{method} gives {value!r}, not an array of shape {shape}; {NEEDS}.") from None
    if found.shape != shape:
        raise InputError(f"{_name(domain)}.{method} gives the shape {found.shape} where {shape} is needed; {NEEDS}.")
    if np.isnan(found).any() or (method == "project" and not np.isfinite(found).all()):
        raise InputError(f"{_name(domain)}.{method} gives {found[~np.isfinite(found)][0]}; let it be a number.")
    return found


def _projections(domain: Any, x: np.ndarray, weights: np.ndarray, z: np.ndarray, size: float) -> None:
    """Projections stay where they are, and are the nearest points in the weighted norm."""
    again = _projected(domain, z, weights)
    moved = np.abs(again - z).max()
    if moved > TOLERANCE * (size + np.abs(z).max()):
        raise InputError(
            f"{_name(domain)}.project moves a point that it projected itself, by {moved:.3g}; a projection leaves the "
            "domain's own points where they are."
        )
    for i in range(len(x)):
        # <s (z - x), w - z> >= 0 for every w in the domain, or z is not the nearest point to x. What round-off has
        # moved points in no direction.
        change = z[i] - x[i]
        pull = weights[i] * np.where(np.abs(change).max() > TOLERANCE * size, change, 0.0)
        long = float(np.linalg.norm(pull))
        further = _called(domain, "project", z[i] - 0.1 * size / long * pull, np.ones_like(pull)) if long else z[i]
        gains = (np.concatenate([z, further[None]]) - z[i]) @ pull
        if gains.min() < -1e-5 * long * size:
            raise InputError(
                f"{_name(domain)}.project(x, weights) is not the point nearest to x: of two points of the domain it "
                f"gives the farther, by the {'weighted' if i % 2 else 'plain'} sum(weights * (z - x)**2); the adaptive "
                "methods' bounds need the weighted projection."
            )


def _linear(domain: Any, c: np.ndarray, lowest: np.ndarray, points: np.ndarray, steps: np.ndarray, size: float) -> None:
    """``linear_minimum`` is below <c, x> everywhere, and no lower than what the projection of -s c comes down to."""
    for i, direction in enumerate(c):
        value = _called(domain, "linear_minimum", direction)
        least = float(_array(domain, "linear_minimum", value, ()))
        values = points @ direction
        slack = TOLERANCE * float(np.linalg.norm(direction)) * (size + float(np.linalg.norm(points, axis=-1).max()))
        if least > values.min() + slack:
            raise InputError(
                f"{_name(domain)}.linear_minimum gives {least:.6g}, but <c, x> is {values.min():.6g} at a point that "
                "project gives; it is the minimum of <c, x> over the domain."
            )
        if not math.isfinite(least):
            continue
        # s<c,z> + |z|^2/2 is least at z = project(-s c), so <c,z> is within (2|z| D2 + D2^2)/(2s) of the minimum.
        near = float(np.linalg.norm(lowest[i]))
        above = 2 * (near * size + size**2) / steps[i]
        if least < lowest[i] @ direction - above - slack:
            raise InputError(
                f"{_name(domain)}.linear_minimum gives {least:.6g}, which no point reaches: far along -c, project "
                f"comes down to <c, x> = {lowest[i] @ direction:.6g}; one of the two is wrong."
            )


def _reach(domain: Any, z: np.ndarray, points: np.ndarray, size: float) -> None:
    ends = _called(domain, "reach", z)
    if not isinstance(ends, (tuple, list)) or len(ends) != 2:
        raise InputError(f"{_name(domain)}.reach gives {type(ends).__name__}, not a pair of arrays; {NEEDS}.")
    low, high = (_array(domain, "reach", end, (len(z),)) for end in ends)
    values = z @ points.T
    slack = TOLERANCE * np.linalg.norm(z, axis=-1) * (size + np.linalg.norm(points, axis=-1).max())
    wrong = (values.min(-1) < low - slack) | (values.max(-1) > high + slack)
    if wrong.any():
        j = int(np.argmax(wrong))
        raise InputError(
            f"{_name(domain)}.reach gives [{low[j]:.6g}, {high[j]:.6g}], but <z, x> runs from {values[j].min():.6g} to "
            f"{values[j].max():.6g} on points that project gives; it is the smallest and the largest value."
        )


def _diameters(domain: Any, d: int) -> tuple[float, float]:
    pair = _called(domain, "diameters", d)
    try:
        D, D2 = map(float, pair)
    except (TypeError, ValueError):
        raise InputError(f"{_name(domain)}.diameters({d}) gives {pair!r}, not two numbers; {NEEDS}.") from None
    if not (D >= 0 and D2 >= 0):
        raise InputError(f"{_name(domain)}.diameters({d}) gives {pair!r}; diameters are not negative.")
    return D, D2


def _name(domain: Any) -> str:
    return type(domain).__name__
