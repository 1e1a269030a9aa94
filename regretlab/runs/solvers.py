r"""Minimisers of a smooth loss over a domain, each until its Frank-Wolfe gap is :data:`GAP`.

Newton's method where there are few coordinates and second derivatives, L-BFGS-B on a box or without a domain, and else
the spectral projected gradient method of Birgin, Martinez & Raydan (2000). None of them is trusted: what they find is
certified by whoever asked (:mod:`regretlab.runs.comparator`).
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple, Protocol

import numpy as np
import scipy

from regretlab.domains import Box, Domain

#: The gap that is aimed at, in the objective's own units.
GAP = 1e-9
#: Pairs of steps and changes of the gradient that L-BFGS-B remembers.
MEMORY = 30
#: The projected gradient's step may be this much longer or shorter than the first, which crosses the domain.
LONGEST, SHORTEST = 1e8, 1e-16
#: The distance at which the solver stops where losses fall without end on a domain without bounds.
BEYOND = 1e100
#: Its values need not fall below more than the largest of so many last ones, and fall by this share of the slope.
LOOK_BACK, SUFFICIENT = 10, 1e-4
#: Coordinates up to which a matrix of second derivatives pays, Newton's steps, and the faces that a step may try.
FEW, NEWTON_STEPS, FACES = 128, 20, 60
#: The curvature that is added in every direction, as a share of the largest there is.
RIDGE = 1e-12
#: A step may end where the loss rises along it this much as steeply as it fell, and the second derivatives of the step
#: before serve as long as a step takes away all but this share of the gap.
RISE, STALE = 0.5, 0.02


class Objective(Protocol):
    """A function on a domain: its value and gradient (d,) at a point, and how many steps to spend on it."""

    @property
    def domain(self) -> Domain | None: ...

    @property
    def steps(self) -> int: ...

    def __call__(self, x: np.ndarray, /) -> tuple[float, np.ndarray]: ...


class Curved(Objective, Protocol):
    """One that also gives its gradient alone, and its second derivatives (d, d), or an approximation of them."""

    def gradient(self, x: np.ndarray) -> np.ndarray: ...

    def hessian(self, x: np.ndarray) -> np.ndarray: ...


def frank_wolfe_gap(domain: Domain | None, gradient: np.ndarray, x: np.ndarray) -> float:
    """Bound from above how far a convex function with this gradient at x is above its minimum over the domain."""
    if domain is None:
        return 0.0 if not gradient.any() else np.inf
    return max(0.0, float(gradient @ x) - float(domain.linear_minimum(gradient)))


def by_newton(objective: Curved, start: np.ndarray) -> tuple[np.ndarray, float]:
    r"""Step to the minimum of the second-order model over the domain, again and again; return a point and its gap.

    .. math:: x \leftarrow \mathrm{argmin}_{z \in X}\; \langle g, z - x \rangle + \tfrac12 (z - x)^\top H (z - x)

    No values are compared, which near the minimum differ by round-off alone: a step ends where the slope along it is
    small, and a convex function falls as far as its slope is negative.
    """
    domain = objective.domain
    assert domain is not None
    x = np.asarray(domain.project(start[None], np.ones((1, len(start))))[0])
    g = objective.gradient(x)
    best, least, H = x, frank_wolfe_gap(domain, g, x), None
    gap = least
    for _ in range(NEWTON_STEPS):
        if not GAP < gap < np.inf:
            break
        if H is None:
            H = objective.hessian(x)
        z = _of_the_model(domain, x, g, H)
        slope = float(g @ (z - x))
        if not slope < 0:
            break
        ahead, there = z, objective.gradient(z)
        rise, share = float(there @ (z - x)), 1.0
        while rise > -RISE * slope and share > SHORTEST:  # too far: to where the slope would vanish if it were linear
            share *= slope / (slope - rise)
            ahead = x + share * (z - x)
            there = objective.gradient(ahead)
            rise = float(there @ (z - x))
        before, x, g = gap, ahead, there
        gap = frank_wolfe_gap(domain, g, x)
        if gap < least:
            best, least = x, gap
        if not gap < STALE * before:
            H = None
    return best, least


def _of_the_model(domain: Domain, x: np.ndarray, g: np.ndarray, H: np.ndarray) -> np.ndarray:
    """Return the minimum over the domain of the second-order model at x, about."""
    across = domain.diameters(len(x))[1]
    ridge = RIDGE * (float(H.diagonal().max()) + float(np.abs(g).max()) / across)
    model = _Model(domain, x, g, H + ridge * np.eye(len(x)))
    if type(domain) is Box:
        return _on_faces(model, domain.low, domain.high)
    return by_projections(model, x, np.maximum(model.H.diagonal(), ridge))


class _Model(NamedTuple):
    """A quadratic function on a domain: its gradient is g at x."""

    domain: Domain
    x: np.ndarray
    g: np.ndarray
    H: np.ndarray
    steps: int = 1000

    def __call__(self, z: np.ndarray) -> tuple[float, np.ndarray]:
        step = z - self.x
        bent = self.H @ step
        return float(step @ (self.g + 0.5 * bent)), self.g + bent


def _on_faces(model: _Model, low: float, high: float) -> np.ndarray:
    """Minimise a convex quadratic function on a box: Newton's step on the face of the coordinates that are free.

    A coordinate is held at an end where the function falls beyond it (Bertsekas 1982, section 2).
    """
    z = model.x
    value, g = model(z)
    for _ in range(FACES):
        if float(np.maximum(g * (z - low), g * (z - high)).sum()) <= GAP / 10:
            break
        free = ~(((z <= low) & (g > 0)) | ((z >= high) & (g < 0)))
        step = np.zeros_like(z)
        try:
            step[free] = -np.linalg.solve(model.H[free][:, free], g[free])
        except np.linalg.LinAlgError:
            break
        share = 1.0
        while share > SHORTEST:
            ahead = np.clip(z + share * step, low, high)
            there, bent = model(ahead)
            if there <= value + SUFFICIENT * float(g @ (ahead - z)):
                break
            share *= 0.5
        if not there < value:
            break
        z, value, g = ahead, there, bent
    return z


def by_quasi_newton(objective: Objective, start: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """L-BFGS-B in the coordinates x / unit, where the loss bends more evenly, until the Frank-Wolfe gap is met."""
    domain = objective.domain
    x, gradient = start, np.zeros_like(start)

    def scaled(point: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal x, gradient
        x = point * unit
        value, gradient = objective(x)
        return value, gradient * unit

    def stop(intermediate_result: scipy.optimize.OptimizeResult) -> None:  # the name by which SciPy knows what to pass
        if domain is not None and frank_wolfe_gap(domain, gradient, x) <= GAP:
            raise StopIteration

    box = domain if isinstance(domain, Box) else None
    bounds = None if box is None else scipy.optimize.Bounds(box.low / unit, box.high / unit)
    options = {"ftol": 0.0, "gtol": GAP if box is None else 0.0, "maxiter": objective.steps, "maxcor": MEMORY}
    found = scipy.optimize.minimize(
        scaled, start / unit, jac=True, method="L-BFGS-B", bounds=bounds, callback=stop, options=options
    )
    x = found.x * unit
    return np.asarray(x if box is None else np.clip(x, box.low, box.high))


def by_projections(objective: Objective, start: np.ndarray, metric: np.ndarray) -> np.ndarray:
    """Descend by spectral projected gradients in the norm with weights ``metric``, until the Frank-Wolfe gap is met."""
    domain = objective.domain
    assert domain is not None

    def project(x: np.ndarray) -> np.ndarray:
        return np.asarray(domain.project(x[None], metric[None])[0])

    x = project(start)
    value, gradient = objective(x)
    best, lowest = x, value
    across = min(domain.diameters(len(x))[1], 1e3 * (1 + float(np.linalg.norm(x))))
    size = float(np.linalg.norm(gradient / metric))
    first = step = across / size if size > 0 else 1.0
    recent = deque([value], maxlen=LOOK_BACK)
    for _ in range(objective.steps):
        if frank_wolfe_gap(domain, gradient, x) <= GAP:
            break
        direction = project(x - step * gradient / metric) - x
        slope = float(gradient @ direction)
        if not slope < 0:
            break
        share = 1.0
        while True:
            ahead = x + share * direction
            there, bent = objective(ahead)
            if there <= max(recent) + SUFFICIENT * share * slope or share < SHORTEST:
                break
            share *= 0.5
        if share < SHORTEST or not np.abs(ahead).max() < BEYOND:
            break
        moved, change = ahead - x, bent - gradient
        turn = float(moved @ change)
        x, value, gradient = ahead, there, bent
        step = float(moved @ (metric * moved)) / turn if turn > 0 else LONGEST * first
        step = min(max(step, SHORTEST * first), LONGEST * first)
        recent.append(value)
        if value <= lowest:
            best, lowest = x, value
    return best
