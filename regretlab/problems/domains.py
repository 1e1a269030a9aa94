"""Domains of the iterates: what one offers, the box, the Euclidean ball, or (``None``) all of R^d."""

from __future__ import annotations

import contextlib
import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Any, ClassVar, Protocol

import numpy as np
from array_api_compat import array_namespace

from regretlab.errors import InputError
from regretlab.parameters import Component, parameter
from regretlab.problems import _domain_checks as checks
from regretlab.problems._sparse import Features, entrywise
from regretlab.spelling.register import Register

NEWTON_STEPS = 60  # the secular equation is solved to round-off in about ten; the rest is for badly scaled weights


class Domain(Protocol):
    """A closed convex set that offers four methods: nothing else about it is known or needed.

    A class of your own needs no base. A problem tries the methods on a few points when it is made, since regrets are
    certified through them, and refuses a domain that contradicts itself. A set that is not bounded gives infinite
    diameters, and -inf where a linear function has no minimum.

    Examples
    --------
    >>> class Orthant:
    ...     def project(self, x, weights): return np.maximum(x, 0.0)
    ...     def linear_minimum(self, c): return 0.0 if (c >= 0).all() else -np.inf
    ...     def reach(self, z): return np.where((z < 0).any(-1), -np.inf, 0.0), np.where((z > 0).any(-1), np.inf, 0.0)
    ...     def diameters(self, d): return np.inf, np.inf
    >>> len(checked(Orthant(), d=3)) > 0
    True
    """

    def project(self, x: Any, weights: Any) -> Any:
        """argmin over z in X of ``sum(weights * (z - x)**2)``, along the last axis of ``x`` (..., d)."""

    def linear_minimum(self, c: np.ndarray) -> Any:
        """``min over z in X of <c, z>``, which is what the Frank-Wolfe gap needs; c has shape (d,)."""

    def reach(self, z: Features) -> tuple[np.ndarray, np.ndarray]:
        """Return the least and the largest ``<z_j, x>`` over X for every row of ``z`` (n, d), dense or CSR."""

    def diameters(self, d: int) -> tuple[float, float]:
        """Return the diameter of one coordinate (D, also called D_inf) and the Euclidean diameter (D2)."""


@dataclass(frozen=True)
class Box(Component):
    """The box ``[low, high]^d``; the weighted projection is a clip.

    Examples
    --------
    >>> Box(-1, 1).project(np.array([2.0, -0.5]), None)
    array([ 1. , -0.5])
    """

    #: With fewer coordinates it is its own shadow.
    uniform: ClassVar[bool] = True
    low: float = parameter(-1.0, "(-inf, inf)", "lower end of every coordinate")
    high: float = parameter(1.0, "(-inf, inf)", "upper end of every coordinate")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.low < self.high:
            raise InputError(f"the box [{self.low}, {self.high}] is empty; use low < high.")

    def project(self, x: Any, weights: Any) -> Any:
        return array_namespace(x).clip(x, self.low, self.high)

    def linear_minimum(self, c: np.ndarray) -> Any:
        return np.minimum(self.low * c, self.high * c).sum(-1)

    def reach(self, z: Features) -> tuple[np.ndarray, np.ndarray]:
        lowest = entrywise(lambda v: np.minimum(self.low * v, self.high * v), z)
        highest = entrywise(lambda v: np.maximum(self.low * v, self.high * v), z)
        return lowest.sum(-1), highest.sum(-1)

    def diameters(self, d: int) -> tuple[float, float]:
        return self.high - self.low, (self.high - self.low) * math.sqrt(d)


@dataclass(frozen=True)
class L2Ball(Component):
    r"""The ball :math:`\|x\|_2 \le r`, with the projection in a weighted norm that the adaptive methods need.

    .. math:: z_i = s_i x_i / (s_i + \mu), \qquad \mu \ge 0 \text{ such that } \|z\| = r \text{ if } \|x\| > r,

    where :math:`\mu` solves the secular equation by Newton's method (monotone from :math:`\mu = 0`).

    Examples
    --------
    >>> L2Ball(1).project(np.array([3.0, 4.0]), np.ones(2)).round(12)
    array([0.6, 0.8])
    """

    #: With fewer coordinates it is its own shadow.
    uniform: ClassVar[bool] = True
    radius: float = parameter(1.0, "(0, inf)", "radius of the ball")

    def project(self, x: Any, weights: Any) -> Any:
        xp = array_namespace(x)
        norm = xp.sqrt(xp.sum(x * x, axis=-1, keepdims=True))
        outside = norm > self.radius
        # Normalised weights keep mu of the order of 1; a weight of zero may move for free and goes to zero.
        top = xp.max(weights, axis=-1, keepdims=True)
        s = xp.where(top > 0, weights / xp.where(top > 0, top, 1.0), 1.0)
        mu = xp.where(outside, (norm / self.radius - 1) * xp.min(s, axis=-1, keepdims=True), 0.0)
        for _ in range(NEWTON_STEPS if bool(xp.any(outside)) else 0):
            shrunk, bend = s + mu, xp.where(s + mu > 0, s + mu, 1.0)
            z = xp.where(shrunk > 0, s * x / bend, x)
            size = xp.sqrt(xp.sum(z * z, axis=-1, keepdims=True))
            curve = xp.sum(z * z / bend, axis=-1, keepdims=True)
            move = xp.where(curve > 0, (size / self.radius - 1) * size * size / xp.where(curve > 0, curve, 1.0), 0.0)
            mu = xp.where(outside, xp.maximum(mu + move, mu), mu)
        z = xp.where(outside, s * x / xp.where(s + mu > 0, s + mu, 1.0), x)
        size = xp.sqrt(xp.sum(z * z, axis=-1, keepdims=True))
        return xp.where(size > self.radius, z * (self.radius / xp.where(size > 0, size, 1.0)), z)

    def linear_minimum(self, c: np.ndarray) -> Any:
        return -self.radius * np.linalg.norm(c, axis=-1)

    def reach(self, z: Features) -> tuple[np.ndarray, np.ndarray]:
        norms = self.radius * np.sqrt((z * z).sum(-1))
        return -norms, norms

    def diameters(self, d: int) -> tuple[float, float]:
        return 2 * self.radius, 2 * self.radius


def linear_minima(domain: Domain, c: np.ndarray) -> np.ndarray:
    """``linear_minimum`` of every row of c (..., d), row by row where a domain takes one at a time."""
    rows, found = c.reshape(-1, c.shape[-1]), np.empty(())
    with contextlib.suppress(IndexError, TypeError, ValueError):
        found = np.asarray(domain.linear_minimum(c), dtype=float)
    ends = [float(domain.linear_minimum(row)) for row in rows[[0, -1]]]
    if found.shape == c.shape[:-1] and np.allclose(found.flat[[0, -1]], ends, rtol=1e-12, atol=0):
        return found
    return np.array([float(domain.linear_minimum(row)) for row in rows]).reshape(c.shape[:-1])


class Domains(Register[Callable[[float], Domain | None]]):
    """The domains that have a name in strings and study files: functions of the radius, or classes."""

    def load(self, point: EntryPoint) -> Any:
        """Import the function of an entry point, and try it at radius 1."""
        made = self[point.name] = point.load()
        checks.methods(made(1.0))
        return made


DOMAINS = Domains("domain", "domains")
DOMAINS.defined = {"box": lambda radius: Box(-radius, radius), "ball": L2Ball, "none": lambda radius: None}


def domain_named(kind: str | Domain | None, radius: float) -> Domain | None:
    """Make the domain of a problem from one of the names in :data:`DOMAINS` and a radius; objects pass through."""
    if kind is None or any(callable(getattr(kind, name, None)) for name in checks.OFFERS):
        if kind is not None:
            checks.methods(kind)
        return kind  # type: ignore[return-value]
    if not isinstance(kind, str) or kind not in DOMAINS:
        raise InputError(
            f"domain={kind!r} is not one of {', '.join(map(repr, DOMAINS))}; a domain object also works, such as "
            "rl.problems.Box(0, 1)."
        )
    return DOMAINS[kind](radius)


def checked(domain: Any, d: int) -> np.ndarray:
    """Points of a domain of d coordinates, shape (m, d), or the error of one that does not offer what is needed."""
    checks.methods(domain)
    return checks.probe(domain, d)


def spelled(domain: Any) -> str:
    """Write a domain as text that is the same in another process, and other for another domain.

    That is its own ``repr``; where it has none, its class with what is in it, of arrays a hash.

    Examples
    --------
    >>> spelled(Box(0, 1))
    'Box(low=0.0, high=1.0)'
    """
    if domain is None or isinstance(domain, Component):
        return repr(domain)
    kind: Any = type(domain)
    inside = getattr(domain, "__dict__", {})
    if kind.__repr__ is not object.__repr__ and not any(isinstance(v, np.ndarray) for v in inside.values()):
        return repr(domain)
    parts = [f"{name}={_spelled(value)}" for name, value in sorted(inside.items())]
    return f"{kind.__name__}({', '.join(parts)})"


def _spelled(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"<array {value.shape} {hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()[:16]}>"
    return spelled(value)
