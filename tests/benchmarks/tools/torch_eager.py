"""PyTorch on the CPU, eager, with its own update over all replicates at once, which ``torch.optim`` cannot make.

Gradients come from the scores, not from autograd: the samplers need each example's norm in any case.
"""

from __future__ import annotations

import math

import numpy as np
import torch

from tests.benchmarks.tools import Run, Sampling
from tests.benchmarks.workloads import Workload

VERSION = f"torch {torch.__version__}"
torch.set_num_threads(1)


@torch.inference_mode()
def _made(workload: Workload, uniforms: np.ndarray | None, steps: int) -> tuple[np.ndarray, np.ndarray]:
    problem, method, kind = workload.problem, workload.method, workload.sampler["name"]
    alpha, beta1, beta2, eps = (method[key] for key in ("alpha", "beta1", "beta2", "eps"))
    s, R = Sampling.of(workload), workload.replicates
    n, K, linear = s.n, s.K, workload.family == "linear"
    Z, y = torch.from_numpy(problem.Z), torch.from_numpy(problem.y)
    norms = Z.square().sum(1).sqrt()
    checkpoints = set(workload.checkpoints(steps).tolist())
    generator = torch.Generator().manual_seed(1)
    given = torch.from_numpy(uniforms) if uniforms is not None else None

    x = torch.from_numpy(np.tile(problem.start, (R, 1)))
    m, v, top = torch.zeros_like(x), torch.zeros_like(x), torch.zeros_like(x)
    law = torch.full((R, n), 1 / n, dtype=torch.float64)
    total, losses, before = torch.zeros(R, dtype=torch.float64), [], 0.0
    for t in range(1, steps + 1):
        if kind != "cyclic":
            shape = R, s.uniforms[kind]
            u = given[t - 1] if given is not None else torch.rand(shape, dtype=torch.float64, generator=generator)
        if linear:
            g = Z[(t - 1) % n].expand(R, 1) if kind == "cyclic" else Z[(u[:, 0] * n).long()]
            total += (g * x)[:, 0]
        else:
            if kind == "uniform":
                J, w = (u * n).long(), 1 / K
            else:
                J, p = bandit_draw(law, u, s) if kind == "adambs" else combinatorial_draw(law, u, s)
                w = 1 / (K * n * p)
            z, label = Z[J], y[J]
            margin = label * torch.bmm(z, x[:, :, None])[:, :, 0]
            total += (w * torch.nn.functional.softplus(-margin, threshold=700)).sum(1)
            slope = -label * torch.sigmoid(-margin)
            g = torch.bmm((w * slope)[:, None], z)[:, 0]
            if kind == "adambs":
                law = bandit_observe(law, J, p, slope.abs() * norms[J], s)
            elif kind == "adamcb":
                loss = 1 - (s.gamma / n * slope.abs() * norms[J] / (s.L * p)) ** 2
                factor = torch.where(p >= 1, 1.0, torch.exp(-K * s.gamma * loss / (n * p)))
                law.scatter_(1, J, law.gather(1, J) * factor)
                law /= law.amax(1, keepdim=True)
        beta1_t = beta1 * method["lam"] ** (t - 1)
        m.mul_(beta1_t).add_(g, alpha=1 - beta1_t)
        v.mul_(beta2).addcmul_(g, g, value=1 - beta2)
        eta, scale = alpha / math.sqrt(t), v
        if method["name"] == "adamx":
            ratio = ((1 - beta1_t) / (1 - before)) ** 2 if t > 1 else 0.0
            scale = top = torch.maximum(ratio * top, v)
            before = beta1_t
        elif method["bias_correction"]:
            eta, scale = eta / (1 - beta1**t), v / (1 - beta2**t)
        x.addcdiv_(m, scale.sqrt() + eps, value=-eta).clamp_(-1, 1)
        if t in checkpoints:
            losses.append(total.clone())
    return torch.stack(losses, dim=1).numpy(), x.numpy()


def prepare(workload: Workload, uniforms: np.ndarray | None = None) -> Run:
    return lambda steps: _made(workload, uniforms, steps)


def bandit_draw(law: torch.Tensor, u: torch.Tensor, s: Sampling) -> tuple[torch.Tensor, torch.Tensor]:
    cumulative = law.cumsum(1)
    J = torch.searchsorted(cumulative, u * cumulative[:, -1:], right=True).clamp_(max=s.n - 1)
    return J, law.gather(1, J)


def bandit_observe(
    law: torch.Tensor, J: torch.Tensor, p: torch.Tensor, norms: torch.Tensor, s: Sampling
) -> torch.Tensor:
    """AdamBS's step, then the projection onto {p >= floor}: entries below the floor are fixed in rounds."""
    exponent = -s.rate * ((s.L / s.floor) ** 2 - (norms / p) ** 2) / (s.K * p)
    w = law.scatter_reduce(1, J, exponent.exp(), reduce="prod")
    low = torch.zeros_like(w, dtype=torch.bool)
    while True:
        free = torch.where(low, 0.0, w).sum(1, keepdim=True)
        q = w * ((1 - s.floor * low.sum(1, keepdim=True, dtype=torch.float64)) / free)
        lower = low | (q < s.floor)
        if torch.equal(lower, low):
            return torch.where(low, s.floor, q)
        low = lower


def combinatorial_draw(w: torch.Tensor, u: torch.Tensor, s: Sampling) -> tuple[torch.Tensor, torch.Tensor]:
    """AdamCB's capped law, and K distinct examples per row by ordered systematic sampling (DepRound's law)."""
    n, K = s.n, s.K
    C = (1 / K - s.gamma / n) / (1 - s.gamma)
    capped = torch.zeros_like(w, dtype=torch.bool)
    while True:
        size = torch.where(capped, 0.0, w).sum(1, keepdim=True)
        rest = 1 - capped.sum(1, keepdim=True, dtype=torch.float64) * C
        above = ~capped & (w * rest >= C * size)
        if not above.any():
            break
        capped |= above
    p = torch.where(capped, 1.0, K * ((1 - s.gamma) * rest * w / size + s.gamma / n))
    cumulative, R = p.cumsum(1), len(p)
    floor = torch.arange(K, dtype=torch.float64).expand(R, K)
    last = torch.full((R, 1), n)
    ends = torch.cat([torch.searchsorted(cumulative, floor[:, 1:].contiguous()), last], 1)
    starts = torch.cat([torch.full((R, 1), -1), ends[:, :-1]], 1)
    padded = torch.nn.functional.pad(cumulative, (1, 0))
    reach, filled = padded.gather(1, starts + 1), padded.gather(1, ends)
    points = floor + u[:, :K] * (filled - floor)
    inside = torch.searchsorted(cumulative, points, right=True)
    inside = torch.minimum(torch.maximum(inside, starts + 1), ends - 1)
    share = p.gather(1, ends.clamp(max=n - 1))
    takes = u[:, K:] * (2 - (filled - floor) - share) < 1 - share
    takes[:, -1] = True
    again = (points < reach) | (ends - starts == 1)
    chosen, carried = [], torch.zeros(R, dtype=torch.int64)
    for k in range(K):
        winner = torch.where(again[:, k], carried, inside[:, k])
        chosen.append(torch.where(takes[:, k], winner, ends[:, k]))
        carried = torch.where(takes[:, k], ends[:, k], winner)
    J = torch.stack(chosen, 1)
    return J, p.gather(1, J)
