"""optax as its users write it: an optimiser, ``lax.scan`` over the steps, ``vmap`` over the replicates, all under jit.

AdamX is not in optax, so it is written as a gradient transformation.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tests.benchmarks.tools import Run
from tests.benchmarks.tools._jax import parts, replicates
from tests.benchmarks.workloads import Workload

VERSION = f"jax {jax.__version__}, optax {optax.__version__}"


def optimiser(method: dict[str, Any]) -> optax.GradientTransformation:
    """The workload's method; Adam without momentum and bias correction is RMSprop."""
    alpha, beta1, beta2, eps = (method[key] for key in ("alpha", "beta1", "beta2", "eps"))

    def rate(count: Any) -> Any:
        return alpha / jnp.sqrt(count + 1.0)

    if method["name"] == "adamx":
        return optax.chain(scale_by_adamx(beta1, beta2, method["lam"], eps), optax.scale_by_learning_rate(rate))
    if method["bias_correction"]:
        return optax.adam(rate, beta1, beta2, eps)
    assert beta1 == 0
    return optax.chain(optax.scale_by_rms(beta2, eps, eps_in_sqrt=False), optax.scale_by_learning_rate(rate))


def scale_by_adamx(beta1: float, beta2: float, lam: float, eps: float) -> optax.GradientTransformation:
    def init(x: Any) -> Any:
        zero = jnp.zeros_like(x)
        return jnp.zeros((), int), zero, zero, zero

    def update(g: Any, state: Any, x: Any = None) -> Any:
        t, m, v, top = state
        now, before = beta1 * lam**t, jnp.where(t == 0, 0.0, beta1 * lam ** (t - 1))
        m = now * m + (1 - now) * g
        v = beta2 * v + (1 - beta2) * g**2
        top = jnp.maximum(jnp.where(t == 0, 0.0, ((1 - now) / (1 - before)) ** 2) * top, v)
        return m / (jnp.sqrt(top) + eps), (t + 1, m, v, top)

    return optax.GradientTransformation(init, update)


def prepare(workload: Workload, uniforms: np.ndarray | None = None) -> Run:
    p, made = parts(workload), optimiser(workload.method)
    inputs, axes = replicates(uniforms, workload)

    @cache
    def compiled(steps: int) -> Any:
        def replicate(start: Any, draws: Any, key: Any) -> Any:
            def one(carry: Any, t: Any) -> Any:
                x, state, law, total = carry
                loss, g, law = p.estimate(x, law, p.uniforms(draws, key, t), t)
                updates, state = made.update(g, state, x)
                x = optax.projections.projection_box(optax.apply_updates(x, updates), -1.0, 1.0)
                total += loss
                return (x, state, law, total), total

            carry = start, made.init(start), p.law, jnp.zeros(())
            (x, *_), totals = jax.lax.scan(one, carry, jnp.arange(steps))
            return totals[workload.checkpoints(steps) - 1], x

        return jax.jit(jax.vmap(replicate, in_axes=axes))

    def run(steps: int) -> tuple[np.ndarray, np.ndarray]:
        losses, x = compiled(steps)(*inputs)
        return np.asarray(losses), np.asarray(x)

    return run
