"""Search for the first T at which a regret bound is violated, by the simulator's step in floating point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from regretlab import algorithms
from regretlab.bounds import Bound
from regretlab.claims.statements import RegretBound, kink
from regretlab.methods import Coefficients, Method, Moments, step

#: Relative excess that round-off cannot make.
CLEAR = 1e-9


class Runs(NamedTuple):
    """K runs of T rounds on [-1, 1].

    ``x`` and ``regret`` have shape (K, T); ``values`` hold every symbol of :mod:`regretlab.bounds` by its name, in
    shapes that broadcast to it. The constants are those of the checker: D = 2, and G and L the largest slope so far.
    """

    x: np.ndarray
    regret: np.ndarray
    values: dict[str, np.ndarray]


class Losses(NamedTuple):
    """The losses ``max(left (x - at), right (x - at))`` of K runs, arrays (K, T), and where their sums can be smallest.

    ``points`` of shape (K, P) are the ends of [-1, 1] and the kinks.
    """

    left: np.ndarray
    right: np.ndarray
    at: np.ndarray
    points: np.ndarray

    def anywhere(self) -> np.ndarray:
        """The losses at the points, shape (K, T, P)."""
        away = self.points[:, None, :] - self.at[:, :, None]
        return np.maximum(self.left[:, :, None] * away, self.right[:, :, None] * away)


def find(statement: RegretBound) -> tuple[str, dict[str, Any]] | None:
    """A certificate ``replay`` of the first clear one, else ``run``: every T up to the horizon."""
    losses = spread([statement.losses], statement.horizon)
    runs = play([algorithms.parse(statement.algorithm).method], losses, np.array([float(statement.start)]))
    over = above(Bound.known[statement.bound], runs)[0]
    if over.any():
        return "replay", {"t": int(np.argmax(over)) + 1}
    return "run", {"rounds": statement.horizon}


def spread(losses: Sequence[Sequence[Any]], rounds: int) -> Losses:
    """The losses of K instances, each given by those of one period: slopes or :class:`Kink`."""
    kinks = [[kink(loss) for loss in period] for period in losses]
    left, right, at = (
        np.stack([np.resize([float(f[i]) for f in period], rounds) for period in kinks]) for i in range(3)
    )
    inside = [[-1.0, 1.0, *(float(f.at) for f in period if f.left < f.right and -1 < f.at < 1)] for period in kinks]
    width = max(map(len, inside))
    return Losses(left, right, at, np.array([points + [1.0] * (width - len(points)) for points in inside]))


def play(methods: Sequence[Method], losses: Losses, starts: np.ndarray) -> Runs:
    """The run of every method on its losses, side by side."""
    count, rounds = losses.at.shape
    times = np.arange(1, rounds + 1, dtype=float)
    k = _stacked([method.coefficients(times) for method in methods])
    state = Moments(starts.astype(float), *np.zeros((3, count)))
    x, roots, slopes = np.empty((3, rounds, count))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for t in range(rounds):
            x[t] = state.x
            at = k._replace(**{name: getattr(k, name)[t] for name in k._fields[:9]})
            slopes[t] = np.where(state.x < losses.at[:, t], losses.left[:, t], losses.right[:, t])
            state = step(state, slopes[t], at, lambda x, _: x.clip(-1, 1), np)
            roots[t] = np.sqrt(at.c * state.v_hat)
    x, slopes = x.T, slopes.T
    largest = np.maximum.accumulate(np.maximum(np.abs(losses.left), np.abs(losses.right)), axis=1)
    squares = np.cumsum(slopes * slopes, axis=1)
    given = {name: column(methods, name) for name, value in methods[0].parameters().items() if isinstance(value, float)}
    values = dict.fromkeys(("d", "n", "K", "p_min", "gamma"), np.ones(1)) | given | {
        "T": times, "D": np.full(1, 2.0), "D2": np.full(1, 2.0), "R2": np.zeros(1),
        "G": largest, "G2": largest, "L": largest, "S": squares, "M": squares, "S_2": squares, "H": squares,
        "S_g": np.sqrt(squares), "S_v": roots.T, "V": np.cumsum(k.mu * np.sqrt(times)[:, None] * roots, axis=0).T,
        "B": np.cumsum(k.mu * np.sqrt(times - 1)[:, None], axis=0).T, "kappa": np.ones(1),
    }  # fmt: skip
    if "lam" in given:
        values["kappa"] = np.where(given["lam"] == 1, 1 - given["beta1"], 1.0)
    regret = np.cumsum(slopes * (x - losses.at), axis=1) - np.cumsum(losses.anywhere(), axis=1).min(axis=2)
    return Runs(x, regret, values)


def limit(bound: Bound, runs: Runs) -> np.ndarray:
    """The bound on every run at every T, shape (K, T)."""
    return np.broadcast_to(sum(bound.evaluate(runs.values).values()), runs.regret.shape)


def above(bound: Bound, runs: Runs) -> np.ndarray:
    """Where a run's regret is clearly above the bound, shape (K, T)."""
    return runs.regret > limit(bound, runs) * (1 + CLEAR)


def column(methods: Sequence[Method], name: str) -> np.ndarray:
    """One hyper-parameter of every method, shape (K, 1)."""
    return np.array([[getattr(method, name)] for method in methods])


def _stacked(schedules: Sequence[Coefficients]) -> Coefficients:
    """Schedules side by side, each coefficient of shape (T, K); all must have the same p."""
    over_t = {name: np.stack([getattr(s, name) for s in schedules], axis=-1) for name in Coefficients._fields[:9]}
    eps: Any = np.array([schedule.eps for schedule in schedules])
    return Coefficients(**over_t, p=schedules[0].p, eps=eps)
