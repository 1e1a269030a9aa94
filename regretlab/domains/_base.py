"""The contract of a domain, and the domains that have names."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from importlib.metadata import EntryPoint
from typing import Any, Protocol

import numpy as np

from regretlab.domains import _checks as checks
from regretlab.errors import InputError
from regretlab.features import Features
from regretlab.parameters import Component
from regretlab.spelling.register import Register


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


def domain_named(kind: str | Domain | None, radius: float) -> Domain | None:
    """Make the domain of a problem from one of the names in :data:`DOMAINS` and a radius; objects pass through."""
    if kind is None or any(callable(getattr(kind, name, None)) for name in checks.OFFERS):
        if kind is not None:
            checks.methods(kind)
        return kind  # type: ignore[return-value]
    if not isinstance(kind, str) or kind not in DOMAINS:
        raise InputError(
            f"domain={kind!r} is not one of {', '.join(map(repr, DOMAINS))}; a domain object also works, such as "
            "rl.domains.Box(0, 1)."
        )
    return DOMAINS[kind](radius)


def checked(domain: Any, d: int) -> np.ndarray:
    """Return points of a domain of d coordinates, shape (m, d), or the error of a domain that lacks a method."""
    checks.methods(domain)
    return checks.probe(domain, d)


def spelled(domain: Any) -> str:
    """Write a domain as text that is the same in another process, and other for another domain.

    That is its own ``repr``; where it has none, its class with what is in it, of arrays a hash.

    Examples
    --------
    >>> from regretlab.domains import Box
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
