"""The inequalities of a proof, each evaluated at every step and coordinate of a recorded loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray

#: How many units of round-off of its terms an inequality may be missed by, for each step of a sum.
SLACK = 64


class Trace(NamedTuple):
    """A loop of T steps in d coordinates, as the proof names what is in it."""

    #: Iterates (T + 1, d), and gradients, first moments, denominators and second moments (T, d).
    x: Array
    g: Array
    m: Array
    s: Array
    v: Array
    #: Step sizes (T,), and beta_{1,t} (T + 1,).
    a: Array
    b: Array
    #: The best fixed point (d,), the widest coordinate, the method, and the unit of round-off of the iterates.
    star: Array
    D: float
    method: Any
    unit: float

    @property
    def w(self) -> Array:
        """s / (2 a)."""
        return np.asarray(self.s / (2 * self.a[:, None]))

    @property
    def e(self) -> Array:
        """The energy a m^2 / s; where s is 0, so is m."""
        with np.errstate(all="ignore"):
            return np.asarray(np.where(self.m == 0, 0.0, self.a[:, None] * self.m**2 / self.s))

    @property
    def dist(self) -> Array:
        """(x - x*)^2, an array (T + 1, d)."""
        return np.asarray((self.x - self.star) ** 2)

    @property
    def c(self) -> Array:
        """beta_{1,t} / (1 - beta_{1,t}), an array (T + 1, 1)."""
        return np.asarray((self.b / (1 - self.b))[:, None])


#: Left side, right side, and the size of the terms that round-off is a share of: arrays (T, d).
Sides = tuple[Array, Array, Array]


class Inequality(NamedTuple):
    """Left <= right at every step: its name, as in the claims of the theorem, and its text."""

    name: str
    text: str
    sides: Callable[[Trace], Sides]


def _decay(r: Trace) -> Sides:
    before, after = r.b[:-1, None], r.b[1:, None]
    return after, before, before


def _monotone(r: Trace) -> Sides:
    w = r.w
    before = np.concatenate([w[:1], w[:-1]])
    return before, w, w


def _root(r: Trace) -> Sides:
    root = np.sqrt(r.v)
    return root, r.s, r.s


def _projection(r: Trace) -> Sides:
    left = r.m * (r.x[:-1] - r.star)
    moved = r.w * (r.dist[:-1] - r.dist[1:])
    return left, moved + r.e / 2, r.w * (r.dist[:-1] + r.dist[1:] + _rounded_squares(r)) + r.e + np.abs(left)


def _rounded_squares(r: Trace) -> Array:
    """Return by how much squares of distances of iterates may be off, in units of round-off."""
    size = np.abs(r.x) * (np.abs(r.x - r.star) + r.unit * np.abs(r.x))
    return np.asarray(2 * (size[:-1] + size[1:]))


def _move(r: Trace) -> Sides:
    left = np.abs(r.m * (r.x[1:] - r.x[:-1]))
    return left, r.e, r.e + np.abs(r.m) * (np.abs(r.x[1:]) + np.abs(r.x[:-1]))


def _telescope(r: Trace) -> Sides:
    w, c, dist = r.w, r.c, r.dist
    terms = (1 + c[:-1] - c[1:]) * w * (dist[:-1] - dist[1:])
    right = w * (r.D**2 - dist[1:]) + (c[0] - c[1:]) * w * r.D**2
    sizes = (1 + c[:-1]) * w * (dist[:-1] + dist[1:] + _rounded_squares(r))
    return np.cumsum(terms, axis=0), right, np.cumsum(sizes, axis=0) + np.abs(right)


def _projected(r: Trace) -> Sides:
    beta1 = float(r.b[0])
    gain = r.g * (r.x[:-1] - r.star)
    right = r.w * r.D**2 / (1 - beta1) + (1 + beta1) / (2 * (1 - beta1)) * np.cumsum(r.e, axis=0)
    return np.cumsum(gain, axis=0), right, np.cumsum(np.abs(r.g) * np.abs(r.x[:-1]), axis=0) + right


def _factor(r: Trace) -> float:
    """kappa / (sqrt(1 - beta2) (1 - eta)); infinite where the theorem does not speak."""
    beta1, beta2 = float(r.b[0]), float(r.method.beta2)
    eta = beta1 / beta2**0.5 if beta2 else np.inf
    kappa = 1 - beta1 if (r.b == beta1).all() else 1.0
    return kappa / ((1 - beta2) ** 0.5 * (1 - eta)) if eta < 1 else np.inf


def _moments(r: Trace) -> Sides:
    right = _factor(r) * np.cumsum(r.a[:, None] * np.abs(r.g), axis=0)
    return np.cumsum(r.e, axis=0), right, right


def _norms(r: Trace) -> Sides:
    t = np.arange(1.0, len(r.g) + 1)[:, None]
    right = np.sqrt(1 + np.log(t)) * np.sqrt(np.cumsum(r.g**2, axis=0))
    return np.cumsum(np.abs(r.g) / np.sqrt(t), axis=0), right, right


def _coordinate(r: Trace) -> Sides:
    """Return the theorem for each coordinate at every T."""
    t, beta1 = np.arange(1.0, len(r.g) + 1)[:, None], float(r.b[0])
    diameter = r.D**2 * np.sqrt(t) * r.s / (2 * r.method.alpha * (1 - beta1))
    energy = (1 + beta1) / (2 * (1 - beta1)) * r.method.alpha * _factor(r) * _norms(r)[1]
    gain = np.cumsum(r.g * (r.x[:-1] - r.star), axis=0)
    return gain, diameter + energy, np.cumsum(np.abs(r.g) * np.abs(r.x[:-1]), axis=0) + diameter


#: The proofs, in the order of their steps. The names are those of the claims where these have one.
PROOFS: dict[str, tuple[Inequality, ...]] = {
    "amsgrad.schedule_free": (
        Inequality("decay", "beta1_{t+1} <= beta1_t", _decay),
        Inequality("monotone", "s_{t-1} / a_{t-1} <= s_t / a_t", _monotone),
        Inequality("root", "sqrt(v_t) <= s_t", _root),
        Inequality("projection", "m_t (x_t - x*) <= s_t / (2 a_t) ((x_t - x*)^2 - (x_{t+1} - x*)^2) + "
                   "a_t m_t^2 / (2 s_t)", _projection),
        Inequality("move", "|m_t (x_{t+1} - x_t)| <= a_t m_t^2 / s_t", _move),
        Inequality("telescope", "sum of (1 + c_t - c_{t+1}) s_t / (2 a_t) ((x_t - x*)^2 - (x_{t+1} - x*)^2), c = "
                   "beta1 / (1 - beta1), <= s_T / (2 a_T) (D^2 - (x_{T+1} - x*)^2 + (c_1 - c_{T+1}) D^2)", _telescope),
        Inequality("projected", "sum of g_t (x_t - x*) <= D^2 s_T / (2 a_T (1 - beta1)) + (1 + beta1) / (2 (1 - beta1))"
                   " sum of a_t m_t^2 / s_t", _projected),
        Inequality("moments", "sum of a_t m_t^2 / s_t <= kappa / (sqrt(1 - beta2) (1 - eta)) sum of a_t |g_t|",
                   _moments),
        Inequality("norms", "sum of |g_t| / sqrt(t) <= sqrt(1 + log T) |g_{1:T}|", _norms),
        Inequality("coordinate", "the theorem, for each coordinate and every T", _coordinate),
    ),
}  # fmt: skip


def first_failure(inequality: Inequality, trace: Trace) -> tuple[int, str]:
    """Return the first step at which an inequality fails, 0 for none, and what was found there in words.

    Round-off explains :data:`SLACK` units of the terms' sizes; a coordinate without a gradient so far has no terms.
    """
    with np.errstate(all="ignore"):
        left, right, size = (np.broadcast_to(side, trace.g.shape) for side in inequality.sides(trace))
        slack = SLACK * trace.unit * np.abs(size)
        off = left - right > slack
        share = np.where(right > slack, (left - slack) / right, -np.inf)
    off &= np.cumsum(trace.g != 0, axis=0) > 0
    if not off.any():
        return 0, f"left / right <= {np.nanmax(share):.3g}"
    t = int(np.argmax(off.any(axis=1)))
    i = int(np.argmax(np.where(off[t], left[t] - right[t], -np.inf)))
    return t + 1, f"coordinate {i}: {left[t, i]:.6g} > {right[t, i]:.6g}"
