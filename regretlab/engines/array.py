"""The array engine: the steps of all replicates side by side, on NumPy, CuPy or any array-API namespace.

It is the readable reference of what a run is. Every built-in and every user-defined part runs on it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from array_api_compat import array_namespace

from regretlab.engines.diagnosis import check_state, diagnose
from regretlab.engines.streams import Streams
from regretlab.errors import InputError
from regretlab.methods import Coefficients, Method, Moments, ratchet, step
from regretlab.problems import Problem
from regretlab.samplers import Sampler, scatter_add

Array = Any

#: The measurements that a run makes on request; each costs a pass over all n examples per step.
MEASURES = ("cumulative", "sampler", "stationarity")
#: Steps of the first block and of the longest, the most uniforms drawn for one, and how long one should take: so that
#: the progress bar moves, Ctrl-C is heard and a snapshot can be saved.
FIRST_STEPS, BLOCK_STEPS = 32, 512
BLOCK_UNIFORMS = 2_000_000
BLOCK_SECONDS = 0.2
#: Twice the largest share that one rounding changes, and more roundings than anybody counted.
UNIT, SPARE = 2.0**-52, 16
#: How much longer than the one before a block may be.
GROWTH = 4.0


@dataclass(frozen=True)
class State:
    """Everything a run carries from one step to the next; memory O(R (d + n)).

    ``moments`` is the method's, an :class:`OwnState` where it declares its arrays. ``totals`` holds sums and extremes
    over the steps so far, each with leading axis R.
    """

    t: int
    moments: Any
    sampler: tuple[Array, ...]
    totals: dict[str, Array]

    def mapped(self, change: Callable[[Array], Array]) -> State:
        """Return the state with every array changed."""
        totals = {name: change(a) for name, a in self.totals.items()}
        moments = self.moments._replace(**{name: change(a) for name, a in self.moments._asdict().items()})
        return State(self.t, moments, tuple(map(change, self.sampler)), totals)


class Trace(NamedTuple):
    """The trace of a block: every step's judged point and gradient estimate, and the v_hat after the step.

    ``x``, ``g`` and ``v_hat`` have shape (R, steps, d); ``weighted``, the weighted sum of the drawn examples' gradient
    norms, and ``largest``, the largest of them, (R, steps).
    """

    x: np.ndarray
    g: np.ndarray
    v_hat: np.ndarray
    weighted: np.ndarray
    largest: np.ndarray


def host(a: Array) -> np.ndarray:
    """Copy an array to the host, unless it is there."""
    return a.get() if hasattr(a, "get") else np.asarray(a)


def namespace(engine: str) -> Any:
    """Return the array namespace of ``engine``: ``"cupy"`` is CuPy on the current device, any other NumPy."""
    if engine != "cupy":
        import array_api_compat.numpy as xp
    else:
        try:
            import array_api_compat.cupy as xp
        except ImportError:
            raise InputError(
                "engine='cupy' needs CuPy, which is not installed: pip install 'regretlab[gpu]'."
            ) from None
    return xp


def initial(
    problem: Problem, sampler: Sampler, replicates: int, measure: tuple[str, ...], xp: Any, method: Method | None = None
) -> State:
    """Make the state before step 1: every replicate at ``problem.start``, moments and totals at zero.

    A method that declares its state has its own in place of the moments.
    """
    R, d, n = replicates, problem.d, problem.n

    def fill(shape: tuple[int, ...], value: float = 0.0) -> Array:
        return xp.full(shape, value, dtype=xp.float64)

    x = fill((R, d)) + xp.asarray(problem.start, dtype=xp.float64)
    totals = {
        "loss": fill((R,)),
        "received": fill((R, n)),
        "squared_gradient": fill((R, d)),
        "second_moment": fill((R,)),
        "largest_coordinate": fill((R,)),
        "largest_gradient": fill((R,)),
        "largest_example_gradient": fill((R,)),
        "smallest_x": fill((R, d), np.inf),
        "largest_x": fill((R, d), -np.inf),
    }
    if "cumulative" in measure:
        totals["full_loss"] = fill((R,))
    if "sampler" in measure:
        totals |= {f"{of}variance": fill((R,)) for of in ("", "uniform_", "oracle_")}
        totals["squared_norms"] = fill((R, n))
    if "stationarity" in measure:
        totals |= {f"slope_{end}": fill((R,)) for end in ("value", "low", "high")}
        totals |= {f"least_slope_{end}": fill((R,), np.inf) for end in ("value", "low", "high")}
    zero = fill((R, d))
    moments = Moments(x, zero, zero, zero) if method is None else method.begin(x, xp)
    return State(0, moments, sampler.init(R, xp), totals)


class Arrays:
    """The array engine on one problem, whose arrays are in ``xp``, one fitted sampler and a method's step."""

    def __init__(
        self, problem: Problem, sampler: Sampler, replicates: int, xp: Any, method: Method | None = None
    ) -> None:
        self._problem, self._sampler, self._xp, self._method = problem, sampler, xp, method
        self._most = min(BLOCK_STEPS, max(1, BLOCK_UNIFORMS // (replicates * max(1, sampler.uniforms))))
        self.steps = min(FIRST_STEPS, self._most)

    def advance(self, state: State, schedule: Coefficients, streams: Streams) -> State:
        """Return the state after the steps of ``schedule``; the streams move on with it."""
        began = time.perf_counter()
        uniforms = self._xp.asarray(streams.uniforms(len(schedule.eta), self._sampler.uniforms))
        state = advance(self._problem, self._sampler, schedule, state, uniforms, self._method)
        self.steps = paced(len(schedule.eta), time.perf_counter() - began, self._most)
        return state

    def traced(self, state: State, schedule: Coefficients, streams: Streams) -> tuple[State, Trace]:
        """As :meth:`advance`, with what every step saw."""
        uniforms = self._xp.asarray(streams.uniforms(len(schedule.eta), self._sampler.uniforms))
        seen: list[tuple[Array, ...]] = []
        state = advance(self._problem, self._sampler, schedule, state, uniforms, self._method, seen)
        return state, Trace(*(np.stack([host(a) for a in part], axis=1) for part in zip(*seen, strict=True)))


def paced(steps: int, seconds: float, most: int) -> int:
    """Return how many steps the next block should have, when the last one had ``steps`` and took ``seconds``.

    Examples
    --------
    >>> paced(100, 1.0, most=512), paced(100, 0.1, most=512), paced(100, 0.0, most=512)
    (20, 200, 400)
    """
    return int(min(most, max(1, steps * min(GROWTH, BLOCK_SECONDS / max(seconds, 1e-9)))))


def advance(
    problem: Problem, sampler: Sampler, schedule: Coefficients, state: State, uniforms: Array,
    method: Method | None = None, seen: list[tuple[Array, ...]] | None = None,
) -> State:  # fmt: skip
    """Return the state after ``len(uniforms)`` more steps.

    Parameters
    ----------
    problem, sampler
        The sampler fitted, the problem's arrays in the namespace of the state.
    schedule : Coefficients
        Arrays over exactly these steps.
    uniforms : array (steps, R, sampler.uniforms)
    method : Method, optional
        Whose step is made; by default it is the generic one.
    seen : list, optional
        Where to put what every step saw, as :class:`Trace` has it.
    """
    xp = array_namespace(state.moments.x)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for i in range(uniforms.shape[0]):
            state = _one(problem, sampler, schedule.at(i), state, uniforms[i, ...], xp, method, seen)
    return state


def _one(
    problem: Problem, sampler: Sampler, k: Coefficients, state: State, u: Array, xp: Any,
    method: Method | None, seen: list[tuple[Array, ...]] | None,
) -> State:  # fmt: skip
    x = state.moments.x
    law, sampling = sampler.law, state.sampler
    if (looked := sampler.looks_at(sampling, u)) is not None:
        sampling = sampler.look(sampling, looked, _norms(problem, x, looked, xp))
    draw = sampler.draw(sampling, u)
    losses, gradients = problem.losses_and_gradients(x, draw.J)
    squared_norms = xp.sum(gradients * gradients, axis=-1)
    norms = xp.sqrt(squared_norms)
    g = xp.sum(draw.w[..., None] * gradients, axis=1)
    y, largest = x, xp.max(norms, axis=-1)
    if method is not None and method.judged != "x":
        y = getattr(state.moments, method.judged)
        losses, there = problem.losses_and_gradients(y, draw.J)
        largest = xp.maximum(largest, xp.max(xp.sqrt(xp.sum(there * there, axis=-1)), axis=-1))
    loss = xp.sum(draw.w * losses, axis=-1)
    per_draw = 1.0 if law.total > 1 else 1 / draw.J.shape[-1]

    old = state.totals
    squares = g * g
    totals = {
        "loss": old["loss"] + loss,
        "received": scatter_add(old["received"], draw.J, draw.w),
        "squared_gradient": old["squared_gradient"] + squares,
        "second_moment": old["second_moment"] + per_draw * xp.sum(squared_norms / draw.p**2, axis=-1),
        "largest_coordinate": xp.maximum(old["largest_coordinate"], xp.max(xp.abs(g), axis=-1)),
        "largest_gradient": xp.maximum(old["largest_gradient"], xp.sqrt(xp.sum(squares, axis=-1))),
        "largest_example_gradient": xp.maximum(old["largest_example_gradient"], largest),
        "smallest_x": xp.minimum(old["smallest_x"], x if y is x else xp.minimum(x, y)),
        "largest_x": xp.maximum(old["largest_x"], x if y is x else xp.maximum(x, y)),
    }
    if "full_loss" in old:
        totals["full_loss"] = old["full_loss"] + xp.mean(problem.all_losses(y), axis=-1)
    if "variance" in old:
        all_norms = problem.all_gradient_norms(x)
        everyone = all_norms**2
        totals["variance"] = old["variance"] + sampler.variance(sampling, everyone)
        totals["uniform_variance"] = old["uniform_variance"] + xp.sum(everyone, axis=-1) * problem.n / law.total
        totals["oracle_variance"] = old["oracle_variance"] + xp.sum(all_norms, axis=-1) ** 2 / law.total
        totals["squared_norms"] = old["squared_norms"] + everyone

    if "slope_value" in old:
        slopes = _squared_slopes(problem, y, xp)
        totals |= {f"slope_{end}": old[f"slope_{end}"] + slope for end, slope in slopes.items()}
        least = {end: xp.minimum(old[f"least_slope_{end}"], slope) for end, slope in slopes.items()}
        totals |= {f"least_slope_{end}": slope for end, slope in least.items()}

    def gradient(at: Array) -> Array:
        return xp.sum(draw.w[..., None] * problem.losses_and_gradients(at, draw.J)[1], axis=1)

    project = problem.domain.project if problem.domain is not None else _stay
    make, more = (step, ()) if method is None else (method.step, (gradient,) if method.asks_again else ())
    moments = make(state.moments, g, k, project, xp, *more)
    if isinstance(moments, Moments):
        moved = xp.sum(moments.x + moments.v)
    else:
        check_state(type(method).__name__, state.moments, moments)
        moved = sum(xp.sum(a) for a in moments)
    if not bool(xp.isfinite(moved + xp.sum(totals["loss"]))):
        both = (replace(state, moments=of).mapped(host).moments for of in (state.moments, moments))
        diagnose(state.t + 1, *map(host, (g, loss, totals["loss"])), *both)
    if seen is not None:
        seen.append((y, g, ratchet(moments), xp.sum(draw.w * norms, axis=-1), xp.max(norms, axis=-1)))
    return replace(
        state,
        t=state.t + 1,
        moments=moments,
        sampler=sampler.observe(sampling, draw, norms),
        totals=totals,
    )


def _squared_slopes(problem: Problem, x: Array, xp: Any) -> dict[str, Array]:
    """Return the squared norm of the gradient of the mean loss at every x_r, and its ends with round-off.

    A gradient is a sum of n, whose scores are sums of d numbers: what that does to it is bounded by the mean norm of
    the examples' gradients and, as far as the problem declares it, by the smoothness of the mean loss.
    """
    g, mean_norm = problem.mean_gradient(x)
    size = xp.sqrt(xp.sum(g * g, axis=-1))
    smoothness = problem.constants()["smoothness"].value if "smoothness" in problem.constants() else 0.0
    bend = smoothness * xp.sqrt(xp.sum(x * x, axis=-1)) if smoothness < math.inf else 0.0
    error = UNIT * ((problem.n + problem.d + problem.roundings + SPARE) * mean_norm + (problem.d + SPARE) * bend)
    return {"value": size**2, "low": xp.maximum(size - error, 0 * size) ** 2, "high": (size + error) ** 2}


def _norms(problem: Problem, x: Array, J: Array, xp: Any) -> Array:
    """Return the gradient norms of the examples J at x."""
    if J.shape[-1] >= problem.n:
        return xp.take_along_axis(problem.all_gradient_norms(x), J, axis=-1)
    gradients = problem.losses_and_gradients(x, J)[1]
    return xp.sqrt(xp.sum(gradients * gradients, axis=-1))


def _stay(x: Array, weights: Array) -> Array:
    """Project onto all of R^d."""
    return x
