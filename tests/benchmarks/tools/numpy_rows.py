"""NumPy with a leading axis of replicates: every operation serves all R at once, searches go row by row."""

from __future__ import annotations

import numpy as np

from tests.benchmarks.tools import Run, Sampling
from tests.benchmarks.tools.numpy_loop import ordered
from tests.benchmarks.workloads import Workload


def prepare(workload: Workload, uniforms: np.ndarray | None = None) -> Run:
    problem, method, kind = workload.problem, workload.method, workload.sampler["name"]
    alpha, beta1, beta2, eps = (method[key] for key in ("alpha", "beta1", "beta2", "eps"))
    s, R = Sampling.of(workload), workload.replicates
    Z, y, n, K = problem.Z, problem.y, s.n, s.K
    norms = np.sqrt((Z**2).sum(1))
    rows = np.arange(R)[:, None]
    slopes = Z[:, 0] if workload.family == "linear" else None

    def run(steps: int) -> tuple[np.ndarray, np.ndarray]:
        checkpoints = set(workload.checkpoints(steps).tolist())
        rng = np.random.default_rng(1)
        x = np.tile(problem.start, (R, 1))
        m, v, top = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
        law = np.full((R, n), 1 / n)
        total, losses, before = np.zeros(R), [], 0.0
        for t in range(1, steps + 1):
            u = uniforms[t - 1] if uniforms is not None else rng.random((R, s.uniforms[kind]))
            if kind == "cyclic":
                g = np.full((R, 1), slopes[(t - 1) % n])
                total += (g * x)[:, 0]
            elif slopes is not None:
                g = slopes[(u * n).astype(int)]
                total += (g * x)[:, 0]
            else:
                if kind == "uniform":
                    J, w = (u * n).astype(int), 1 / K
                else:
                    J, p = bandit_draw(law, u, s) if kind == "adambs" else combinatorial_draw(law, u, s)
                    w = 1 / (K * n * p)
                z, label = Z[J], y[J]
                margin = label * (z @ x[:, :, None])[:, :, 0]
                small = np.exp(-abs(margin))
                slope = -label * np.where(margin < 0, 1.0, small) / (1 + small)
                total += (w * (np.log1p(small) - np.minimum(margin, 0))).sum(1)
                g = ((w * slope)[:, None] @ z)[:, 0]
                if kind == "adambs":
                    law = bandit_observe(law, J, p, abs(slope) * norms[J], s, rows)
                elif kind == "adamcb":
                    loss = 1 - (s.gamma / n * abs(slope) * norms[J] / (s.L * p)) ** 2
                    law[rows, J] *= np.where(p >= 1, 1.0, np.exp(-K * s.gamma * loss / (n * p)))
                    law /= law.max(1, keepdims=True)
            beta1_t = beta1 * method["lam"] ** (t - 1)
            m = beta1_t * m + (1 - beta1_t) * g
            v = beta2 * v + (1 - beta2) * g**2
            eta, scale = alpha / np.sqrt(t), v
            if method["name"] == "adamx":
                ratio = ((1 - beta1_t) / (1 - before)) ** 2 if t > 1 else 0.0
                scale = top = np.maximum(ratio * top, v)
                before = beta1_t
            elif method["bias_correction"]:
                eta, scale = eta / (1 - beta1**t), v / (1 - beta2**t)
            x = np.clip(x - eta * m / (np.sqrt(scale) + eps), -1, 1)
            if t in checkpoints:
                losses.append(total.copy())
        return np.stack(losses, axis=1), x

    return run


def bandit_draw(law: np.ndarray, u: np.ndarray, s: Sampling) -> tuple[np.ndarray, np.ndarray]:
    cumulative = np.cumsum(law, axis=1)
    J = np.stack([np.searchsorted(c, q * c[-1], side="right") for c, q in zip(cumulative, u, strict=True)])
    J = np.minimum(J, s.n - 1)
    return J, np.take_along_axis(law, J, axis=1)


def bandit_observe(
    law: np.ndarray, J: np.ndarray, p: np.ndarray, norms: np.ndarray, s: Sampling, rows: np.ndarray
) -> np.ndarray:
    """AdamBS's step, then the projection onto {p >= floor}: entries below the floor are fixed in rounds."""
    w = law.copy()
    np.multiply.at(w, (rows, J), np.exp(-s.rate * ((s.L / s.floor) ** 2 - (norms / p) ** 2) / (s.K * p)))
    low = np.zeros(w.shape, dtype=bool)
    while True:
        free = np.where(low, 0.0, w).sum(1, keepdims=True)
        q = w * ((1 - s.floor * low.sum(1, keepdims=True)) / free)
        lower = low | (q < s.floor)
        if (lower == low).all():
            return np.where(low, s.floor, q)
        low = lower


def combinatorial_draw(w: np.ndarray, u: np.ndarray, s: Sampling) -> tuple[np.ndarray, np.ndarray]:
    """AdamCB's capped law and a batch of K distinct examples per row."""
    C = (1 / s.K - s.gamma / s.n) / (1 - s.gamma)
    capped = np.zeros(w.shape, dtype=bool)
    while True:
        size = np.where(capped, 0.0, w).sum(1, keepdims=True)
        rest = 1 - capped.sum(1, keepdims=True) * C
        above = ~capped & (w * rest >= C * size)
        if not above.any():
            break
        capped |= above
    p = np.where(capped, 1.0, s.K * ((1 - s.gamma) * rest * w / size + s.gamma / s.n))
    J = np.stack([ordered(row, s.K, q) for row, q in zip(p, u, strict=True)])
    return J, np.take_along_axis(p, J, axis=1)
