"""What both JAX tools share: one replicate's draw, loss, gradient and what its sampler learns; vmap does the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tests.benchmarks.tools import Sampling
from tests.benchmarks.workloads import Workload

jax.config.update("jax_enable_x64", True)
Array = Any


class Parts(NamedTuple):
    """``uniforms(given, key, t)``; ``estimate(x, law, u, t)`` -> (loss, gradient, law) of the step t = 0, 1, ..."""

    law: Array
    uniforms: Callable[[Array, Array, Array], Array]
    estimate: Callable[[Array, Array, Array, Array], tuple[Array, Array, Array]]


def parts(workload: Workload) -> Parts:
    s, kind = Sampling.of(workload), workload.sampler["name"]
    n, K = s.n, s.K
    Z, y = jnp.asarray(workload.problem.Z), jnp.asarray(workload.problem.y)
    norms = jnp.sqrt((Z**2).sum(1))
    per_step = s.uniforms[kind]

    def uniforms(given: Array, key: Array, t: Array) -> Array:
        if per_step == 0 or given is not None:
            return None if given is None else given[t]
        return jax.random.uniform(jax.random.fold_in(key, t), (per_step,), dtype=jnp.float64)

    def linear(x: Array, law: Array, u: Array, t: Array) -> tuple[Array, Array, Array]:
        # 0 * x: else the moments would be the same for all replicates, and XLA would compute them once for all.
        g = Z[t % n] + 0 * x if kind == "cyclic" else Z[(u[0] * n).astype(int)]
        return (g * x)[0], g, law

    def logistic(x: Array, law: Array, u: Array, t: Array) -> tuple[Array, Array, Array]:
        if kind == "uniform":
            J, w = (u * n).astype(int), 1 / K
        else:
            J, p = bandit_draw(law, u, s) if kind == "adambs" else combinatorial_draw(law, u, s)
            w = 1 / (K * n * p)
        z, label = Z[J], y[J]
        margin = label * (z @ x)
        slope = -label * jax.nn.sigmoid(-margin)
        if kind == "adambs":
            law = bandit_observe(law, J, p, abs(slope) * norms[J], s)
        elif kind == "adamcb":
            loss = 1 - (s.gamma / n * abs(slope) * norms[J] / (s.L * p)) ** 2
            law = law.at[J].multiply(jnp.where(p >= 1, 1.0, jnp.exp(-K * s.gamma * loss / (n * p))))
            law = law / law.max()
        return (w * jnp.logaddexp(0.0, -margin)).sum(), (w * slope) @ z, law

    learns = kind in ("adambs", "adamcb")
    law = jnp.full(n, 1 / n) if learns else jnp.zeros(())
    return Parts(law, uniforms, linear if workload.family == "linear" else logistic)


def replicates(
    uniforms: np.ndarray | None, workload: Workload
) -> tuple[tuple[Array, Array, Array], tuple[Any, int, int]]:
    """Start, uniforms and key of every replicate, and vmap's axes for them.

    The starts are one array, although all are equal: else XLA would see that deterministic replicates are all the same,
    and make only one of them.
    """
    R = workload.replicates
    start, keys = jnp.asarray(np.tile(workload.problem.start, (R, 1))), jax.random.split(jax.random.key(1), R)
    if uniforms is None or uniforms.shape[-1] == 0:
        return (start, None, keys), (0, None, 0)
    return (start, jnp.asarray(uniforms.swapaxes(0, 1)), keys), (0, 0, 0)


def bandit_draw(law: Array, u: Array, s: Sampling) -> tuple[Array, Array]:
    cumulative = jnp.cumsum(law)
    J = jnp.minimum(jnp.searchsorted(cumulative, u * cumulative[-1], side="right"), s.n - 1)
    return J, law[J]


def bandit_observe(law: Array, J: Array, p: Array, norms: Array, s: Sampling) -> Array:
    """AdamBS's step, then the projection onto {p >= floor}: entries below the floor are fixed in rounds."""
    w = law.at[J].multiply(jnp.exp(-s.rate * ((s.L / s.floor) ** 2 - (norms / p) ** 2) / (s.K * p)))

    def scaled(low: Array) -> Array:
        return w * ((1 - s.floor * low.sum()) / jnp.where(low, 0.0, w).sum())

    def fix(state: tuple[Array, Array]) -> tuple[Array, Array]:
        low = state[0]
        lower = low | (scaled(low) < s.floor)
        return lower, (lower != low).any()

    low, _ = jax.lax.while_loop(lambda state: state[1], fix, (jnp.zeros(s.n, dtype=bool), jnp.array(True)))
    return jnp.where(low, s.floor, scaled(low))


def combinatorial_draw(w: Array, u: Array, s: Sampling) -> tuple[Array, Array]:
    """AdamCB's capped law, and K distinct examples by ordered systematic sampling (DepRound's law)."""
    n, K = s.n, s.K
    C = (1 / K - s.gamma / n) / (1 - s.gamma)

    def rest_and_size(capped: Array) -> tuple[Array, Array]:
        return 1 - capped.sum() * C, jnp.where(capped, 0.0, w).sum()

    def fix(state: tuple[Array, Array]) -> tuple[Array, Array]:
        rest, size = rest_and_size(state[0])
        above = ~state[0] & (w * rest >= C * size)
        return state[0] | above, above.any()

    capped, _ = jax.lax.while_loop(lambda state: state[1], fix, (jnp.zeros(n, dtype=bool), jnp.array(True)))
    rest, size = rest_and_size(capped)
    p = jnp.where(capped, 1.0, K * ((1 - s.gamma) * rest * w / size + s.gamma / n))
    cumulative, floor = jnp.cumsum(p), jnp.arange(K)
    ends = jnp.append(jnp.searchsorted(cumulative, floor[1:].astype(float)), n)
    starts, padded = jnp.append(-1, ends[:-1]), jnp.append(0.0, cumulative)
    reach, filled = padded[starts + 1], padded[ends]
    points = floor + u[:K] * (filled - floor)
    inside = jnp.clip(jnp.searchsorted(cumulative, points, side="right"), starts + 1, ends - 1)
    share = p[jnp.minimum(ends, n - 1)]
    takes = (u[K:] * (2 - (filled - floor) - share) < 1 - share).at[-1].set(True)
    again = (points < reach) | (ends - starts == 1)

    def interval(carried: Array, k: tuple[Array, ...]) -> tuple[Array, Array]:
        again, inside, takes, end = k
        winner = jnp.where(again, carried, inside)
        return jnp.where(takes, end, winner), jnp.where(takes, winner, end)

    _, J = jax.lax.scan(interval, jnp.zeros((), ends.dtype), (again, inside, takes, ends), unroll=8)
    return J, p[J]
