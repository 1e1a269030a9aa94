"""NumPy, one replicate: a readable loop over the steps, as one would write it first.

The samplers take O(n) per step. AdamCB's batch is drawn by ordered systematic sampling, which has DepRound's law and
suits NumPy far better than the textbook loop over pairs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.benchmarks.tools import Run, Sampling
from tests.benchmarks.workloads import Workload


def prepare(workload: Workload, uniforms: np.ndarray | None = None) -> Run:
    """The first replicate only."""
    problem, method = workload.problem, workload.method
    alpha, beta1, beta2, eps = (method[key] for key in ("alpha", "beta1", "beta2", "eps"))
    Z, y, K = problem.Z, problem.y, workload.batch
    norms = np.sqrt((Z**2).sum(1))
    linear = workload.family == "linear"

    def run(steps: int) -> tuple[np.ndarray, np.ndarray]:
        checkpoints = set(workload.checkpoints(steps).tolist())
        rng = np.random.default_rng(1)
        sampler = SAMPLERS[workload.sampler["name"]](Sampling.of(workload))
        x = problem.start.copy()
        m, v, top = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
        total, losses = 0.0, []
        before = 0.0
        for t in range(1, steps + 1):
            u = uniforms[t - 1, 0] if uniforms is not None else rng.random(sampler.uniforms)
            J, w, p = sampler.draw(u, t)
            z = Z[J]
            score = z @ x
            if linear:
                loss, slope = score, np.ones(K)
            else:
                loss, slope = np.logaddexp(0, -y[J] * score), -y[J] / (1 + np.exp(y[J] * score))
            total += w @ loss
            g = (w * slope) @ z
            beta1_t = beta1 * method["lam"] ** (t - 1)
            m = beta1_t * m + (1 - beta1_t) * g
            v = beta2 * v + (1 - beta2) * g**2
            step = alpha / np.sqrt(t)
            if method["name"] == "adamx":
                ratio = ((1 - beta1_t) / (1 - before)) ** 2 if t > 1 else 0.0
                top, before = np.maximum(ratio * top, v), beta1_t
                x = x - step * m / (np.sqrt(top) + eps)
            elif method["bias_correction"]:
                x = x - step * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
            else:
                x = x - step * m / (np.sqrt(v) + eps)
            x = np.clip(x, -1, 1)
            sampler.observe(J, p, abs(slope) * norms[J])
            if t in checkpoints:
                losses.append(total)
        return np.array([losses]), x[None]

    return run


class Cyclic:
    uniforms = 0

    def __init__(self, s: Sampling) -> None:
        self.s = s

    def draw(self, u: np.ndarray, t: int) -> tuple[np.ndarray, np.ndarray, Any]:
        return np.array([(t - 1) % self.s.n]), np.ones(1), None

    def observe(self, J: np.ndarray, p: Any, norms: np.ndarray) -> None:
        pass


class Uniform(Cyclic):
    def __init__(self, s: Sampling) -> None:
        self.s, self.uniforms = s, s.K

    def draw(self, u: np.ndarray, t: int) -> tuple[np.ndarray, np.ndarray, Any]:
        return (u * self.s.n).astype(int), np.full(self.s.K, 1 / self.s.K), None


class AdamBS(Uniform):
    """EXP3 with a KL projection onto {p >= floor}."""

    def __init__(self, s: Sampling) -> None:
        super().__init__(s)
        self.p = np.full(s.n, 1 / s.n)

    def draw(self, u: np.ndarray, t: int) -> tuple[np.ndarray, np.ndarray, Any]:
        cumulative = np.cumsum(self.p)
        J = np.minimum(np.searchsorted(cumulative, u * cumulative[-1], side="right"), self.s.n - 1)
        p = self.p[J]
        return J, 1 / (self.s.K * self.s.n * p), p

    def observe(self, J: np.ndarray, p: np.ndarray, norms: np.ndarray) -> None:
        s = self.s
        loss = (s.L / s.floor) ** 2 - (norms / p) ** 2
        np.multiply.at(self.p, J, np.exp(-s.rate * loss / (s.K * p)))
        low = np.zeros(s.n, dtype=bool)
        while True:
            scale = (1 - s.floor * low.sum()) / self.p[~low].sum()
            lower = low | (self.p * scale < s.floor)
            if (lower == low).all():
                break
            low = lower
        self.p = np.where(low, s.floor, self.p * scale)


class AdamCB(Uniform):
    """EXP3.M with AdamCB's cap, K distinct examples per batch."""

    def __init__(self, s: Sampling) -> None:
        super().__init__(s)
        self.uniforms = 2 * s.K
        self.w = np.ones(s.n)

    def draw(self, u: np.ndarray, t: int) -> tuple[np.ndarray, np.ndarray, Any]:
        s = self.s
        capped = np.zeros(s.n, dtype=bool)
        C = (1 / s.K - s.gamma / s.n) / (1 - s.gamma)
        while True:
            size, rest = self.w[~capped].sum(), 1 - capped.sum() * C
            above = ~capped & (self.w * rest >= C * size)
            if not above.any():
                break
            capped |= above
        p = np.where(capped, 1.0, s.K * ((1 - s.gamma) * rest * self.w / size + s.gamma / s.n))
        J = ordered(p, s.K, u)
        self.frozen = capped[J]
        return J, 1 / (s.K * s.n * p[J]), p[J]

    def observe(self, J: np.ndarray, p: np.ndarray, norms: np.ndarray) -> None:
        s = self.s
        loss = 1 - (s.gamma / s.n * norms / (s.L * p)) ** 2
        self.w[J] *= np.where(self.frozen, 1.0, np.exp(-s.K * s.gamma * loss / (s.n * p)))
        self.w /= self.w.max()


def ordered(p: np.ndarray, K: int, u: np.ndarray) -> np.ndarray:
    """K distinct examples with inclusion probabilities p and DepRound's law (Deville's systematic sampling)."""
    n, cumulative, floor = len(p), np.cumsum(p), np.arange(K)
    ends = np.append(np.searchsorted(cumulative, floor[1:], side="left"), n)
    for k in range(1, K - 1):  # an example with p = 1 holds one integer, whatever rounding says
        ends[k] = max(ends[k], ends[k - 1] + 1)
    starts, padded = np.append(-1, ends[:-1]), np.append(0, cumulative)
    reach, filled = padded[starts + 1], padded[ends]
    points = floor + u[:K] * (filled - floor)
    inside = np.clip(np.searchsorted(cumulative, points, side="right"), starts + 1, ends - 1)
    share = p[np.minimum(ends, n - 1)]
    takes = u[K:] * (2 - (filled - floor) - share) < 1 - share
    takes[-1] = True
    again = (points < reach) | (ends - starts == 1)
    J, carried = np.empty(K, dtype=int), 0
    for k in range(K):
        winner = carried if again[k] else inside[k]
        J[k], carried = (winner, ends[k]) if takes[k] else (ends[k], winner)
    return J


SAMPLERS = {"cyclic": Cyclic, "uniform": Uniform, "adambs": AdamBS, "adamcb": AdamCB}
