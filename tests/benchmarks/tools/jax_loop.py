"""The best JAX form found: a ``fori_loop`` between checkpoints, nothing recorded in between, the step written out.

The loop is unrolled eight times for the plain mini-batches, where that gains.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from tests.benchmarks.tools import Run
from tests.benchmarks.tools._jax import parts, replicates
from tests.benchmarks.workloads import Workload

VERSION = f"jax {jax.__version__}"


def prepare(workload: Workload, uniforms: np.ndarray | None = None) -> Run:
    p, method = parts(workload), workload.method
    inputs, axes = replicates(uniforms, workload)
    alpha, beta1, beta2, eps = (method[key] for key in ("alpha", "beta1", "beta2", "eps"))
    adamx, corrected = method["name"] == "adamx", bool(method.get("bias_correction"))
    unroll = 8 if workload.family == "uniform" else 1

    def one(t: Any, carry: Any, draws: Any, key: Any) -> Any:
        x, m, v, top, mu, before, power2, law, total = carry
        loss, g, law = p.estimate(x, law, p.uniforms(draws, key, t), t)
        m = mu * m + (1 - mu) * g
        v = beta2 * v + (1 - beta2) * g**2
        eta, scale = alpha / jnp.sqrt(t + 1.0), v
        if adamx:
            top = jnp.maximum(jnp.where(t == 0, 0.0, ((1 - mu) / (1 - before)) ** 2) * top, v)
            scale, before, mu = top, mu, mu * method["lam"]
        elif corrected:  # here ``before`` carries beta1**t; products are flushed before they are subnormal
            before, power2 = (jnp.where(q > 1e-18, q * b, 0.0) for q, b in ((before, beta1), (power2, beta2)))
            eta, scale = eta / (1 - before), v / (1 - power2)
        x = jnp.clip(x - eta * m / (jnp.sqrt(scale) + eps), -1.0, 1.0)
        return x, m, v, top, mu, before, power2, law, total + loss

    def replicate(checkpoints: Any, start: Any, draws: Any, key: Any) -> Any:
        zero = jnp.zeros_like(start)
        first = jnp.array(0.0 if adamx else 1.0)
        carry = start, zero, zero, zero, jnp.array(beta1), first, jnp.ones(()), p.law, jnp.zeros(())

        def stretch(carry: Any, ends: Any) -> Any:
            begin, end = ends
            whole = begin + (end - begin) // unroll * unroll

            def several(i: Any, carry: Any) -> Any:
                for k in range(unroll):
                    carry = one(begin + i * unroll + k, carry, draws, key)
                return carry

            carry = jax.lax.fori_loop(0, (whole - begin) // unroll, several, carry)
            if unroll > 1:
                carry = jax.lax.fori_loop(whole, end, lambda t, c: one(t, c, draws, key), carry)
            return carry, carry[-1]

        begins = jnp.concatenate([jnp.zeros(1, checkpoints.dtype), checkpoints[:-1]])
        (x, *_), losses = jax.lax.scan(stretch, carry, (begins, checkpoints))
        return losses, x

    compiled = jax.jit(jax.vmap(replicate, in_axes=(None, *axes)))

    def run(steps: int) -> tuple[np.ndarray, np.ndarray]:
        losses, x = compiled(jnp.asarray(workload.checkpoints(steps)), *inputs)
        return np.asarray(losses), np.asarray(x)

    return run
