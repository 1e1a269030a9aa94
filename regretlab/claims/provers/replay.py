"""Search for the first T at which a regret bound is violated, by the method's own step in floating point."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import array_api_compat.numpy as xnp
import numpy as np

from regretlab import algorithms
from regretlab.bounds import Bound
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.statements import RegretBound, kink
from regretlab.methods import SEQUENCES, Coefficients, Method, ratchet, step

#: Relative excess that round-off cannot make.
CLEAR = 1e-9
#: The distance of a run's iterates among others from its iterates alone: a power rounds differently in arrays.
ALIKE = 1e-9


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
        """Evaluate the losses at the points, shape (K, T, P)."""
        away = self.points[:, None, :] - self.at[:, :, None]
        return np.asarray(np.maximum(self.left[:, :, None] * away, self.right[:, :, None] * away))


def find(statement: RegretBound) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``replay`` of the first clear violation, else ``run``: every T up to the horizon.

    Raises
    ------
    Rejected
        For a bound with a symbol that has no value in a replay.
    """
    losses = spread([statement.losses], statement.horizon)
    runs = play([algorithms.parse(statement.algorithm).method], losses, np.array([float(statement.start)]))
    bound = Bound.known[statement.bound]
    if missing := sorted({symbol.name for symbol in bound.symbols} - runs.values.keys()):
        raise Rejected(f"nothing gives a value to {', '.join(missing)} of {bound.id} in a replay")
    over = above(bound, runs)[0]
    if over.any():
        return "replay", {"t": int(np.argmax(over)) + 1}
    return "run", {"rounds": statement.horizon}


def spread(losses: Sequence[Sequence[Any]], rounds: int) -> Losses:
    """Lay out the losses of K instances, each given by the losses of one period: slopes or :class:`Kink`."""
    kinks = [[kink(loss) for loss in period] for period in losses]
    left, right, at = (
        np.stack([np.resize([float(f[i]) for f in period], rounds) for period in kinks]) for i in range(3)
    )
    inside = [[-1.0, 1.0, *(float(f.at) for f in period if f.left < f.right and -1 < f.at < 1)] for period in kinks]
    width = max(map(len, inside))
    return Losses(left, right, at, np.array([points + [1.0] * (width - len(points)) for points in inside]))


def play(methods: Sequence[Method], losses: Losses, starts: np.ndarray) -> Runs:
    """Run every method on its losses, by the method's own step as the array engine makes it.

    The regret is nan from the first round on whose iterate is not in [-1, 1]: the theorems are about points of it.
    """
    rounds = losses.at.shape[1]
    times = np.arange(1, rounds + 1, dtype=float)
    schedules = [method.schedule_over(times) for method in methods]
    x, slopes, roots = _walked(methods, schedules, losses, starts.astype(float)[:, None])
    inside = np.logical_and.accumulate(np.abs(x) <= 1, axis=1)
    largest = np.maximum.accumulate(np.maximum(np.abs(losses.left), np.abs(losses.right)), axis=1)
    squares = np.cumsum(slopes * slopes, axis=1)
    mu = np.stack([schedule.mu for schedule in schedules])
    given = {name: column(methods, name) for name, value in methods[0].parameters().items() if isinstance(value, float)}
    beta1, lam = given.get("beta1", np.zeros(1)), given.get("lam", np.ones(1))
    values = dict.fromkeys(("d", "n", "K", "p_min", "gamma"), np.ones(1)) | given | {
        "T": times, "D": np.full(1, 2.0), "D2": np.full(1, 2.0), "R2": np.zeros(1),
        "G": largest, "G2": largest, "L": largest, "S": squares, "M": squares, "S_2": squares, "H": squares,
        "S_g": np.sqrt(squares), "S_v": roots, "V": np.cumsum(mu * np.sqrt(times) * roots, axis=1),
        "B": np.cumsum(mu * np.sqrt(times - 1), axis=1), "kappa": np.where(lam == 1, 1 - beta1, 1.0),
    }  # fmt: skip
    regret = np.cumsum(slopes * (x - losses.at), axis=1) - np.cumsum(losses.anywhere(), axis=1).min(axis=2)
    return Runs(x, np.where(inside, regret, np.nan), values)


def _walked(
    methods: Sequence[Method], schedules: Sequence[Coefficients], losses: Losses, starts: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return iterates, slopes and roots of the second moments of every run; ``starts`` has shape (K, 1).

    Runs of the generic step are made side by side. So are those of a step of its own, if it can be made on arrays and
    then gives what it gives for one run alone; else they are made one by one.
    """
    count, alike = len(methods), len({schedule.p for schedule in schedules}) == 1
    if alike and not any(map(own_step, methods)):
        return _walk(step, _stacked(schedules), losses, methods[0].begin(starts, np), np)

    def alone(i: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        one = Losses(*(part[i : i + 1] for part in losses))
        return _walk(methods[i].step, schedules[i].at, one, methods[i].begin(starts[i : i + 1], xnp), xnp)

    if alike and count > 2:
        # An error that a user's step raises for one run alone is raised below.
        with contextlib.suppress(Exception):
            together = _together(methods)
            found = _walk(together.step, _stacked(schedules), losses, together.begin(starts, xnp), xnp)
            probes = {i: alone(i)[0][0] for i in (0, count - 1)}
            if all(np.allclose(found[0][i], x, rtol=0, atol=ALIKE, equal_nan=True) for i, x in probes.items()):
                return found
    walks = [alone(i) for i in range(count)]
    return tuple(np.concatenate(parts) for parts in zip(*walks, strict=True))  # type: ignore[return-value]


def own_step(method: Method) -> bool:
    """Tell whether the method's step is not the generic one."""
    return getattr(method.step, "__func__", None) is not Method.step


def _together(methods: Sequence[Method]) -> Method:
    """Return the first method with the parameters of all, each of shape (K, 1) where the methods differ."""
    together = copy.copy(methods[0])
    for name, value in methods[0].parameters().items():
        if any(getattr(method, name) != value for method in methods):
            object.__setattr__(together, name, column(methods, name))
    return together


def _walk(
    make: Callable[..., Any], at: Callable[[int], Coefficients], losses: Losses, state: Any, ops: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return iterates, slopes and roots of second moments, shape (K, T), of runs in one dimension by ``make``.

    ``state`` is the one before the first step.
    """
    count, rounds = losses.at.shape
    x, slopes, roots = np.empty((3, rounds, count))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for t in range(rounds):
            k = at(t)
            x[t] = state.x[:, 0]
            slopes[t] = np.where(x[t] < losses.at[:, t], losses.left[:, t], losses.right[:, t])
            state = make(state, slopes[t][:, None], k, _clip, ops)
            roots[t] = np.sqrt(k.c * ratchet(state))[:, 0]
    return x.T, slopes.T, roots.T


def _clip(x: Any, weights: Any) -> Any:
    """Project onto [-1, 1]."""
    return x.clip(-1, 1)


def limit(bound: Bound, runs: Runs) -> np.ndarray:
    """Evaluate the bound on every run at every T, shape (K, T)."""
    return np.broadcast_to(sum(bound.on_run(runs.values).values()), runs.regret.shape)


def above(bound: Bound, runs: Runs) -> np.ndarray:
    """Tell where a run's regret is clearly above the bound, shape (K, T)."""
    return runs.regret > limit(bound, runs) * (1 + CLEAR)


def column(methods: Sequence[Method], name: str) -> np.ndarray:
    """Return one hyper-parameter of every method, shape (K, 1)."""
    return np.array([[getattr(method, name)] for method in methods])


def _stacked(schedules: Sequence[Coefficients]) -> Callable[[int], Coefficients]:
    """Lay schedules side by side: coefficients at a time have shape (K, 1); all must have the same p."""
    over_t = {name: np.stack([getattr(s, name) for s in schedules], axis=-1)[..., None] for name in SEQUENCES}
    eps: Any = np.array([[schedule.eps] for schedule in schedules])
    times = schedules[0].t
    return lambda t: schedules[0]._replace(**{name: values[t] for name, values in over_t.items()}, eps=eps, t=times[t])
