"""The yardstick: a Numba kernel written by hand for each family of workloads."""

from __future__ import annotations

import numpy as np

from regretlab.engines.streams import Streams
from tests.benchmarks.kernels import examples, lanes
from tests.benchmarks.tools import Run
from tests.benchmarks.workloads import SEED, Workload

DENSE = 0.25  # features with fewer non-zeros than this share are kept as CSR


def prepare(workload: Workload, uniforms: np.ndarray | None = None) -> Run:
    """The kernels draw in place from regretlab's own streams, so uniforms given from those are the same numbers."""
    return _linear(workload) if workload.family == "linear" else _examples(workload)


def _words(R: int) -> np.ndarray:
    return Streams(SEED, "sampler", range(R)).state


def _linear(workload: Workload) -> Run:
    method, R = workload.method, workload.replicates
    slopes, start = workload.problem.Z[:, 0].copy(), float(workload.problem.start[0])
    alpha, beta1, beta2 = method["alpha"], method["beta1"], method["beta2"]
    if R > 1 and R % lanes.LANES:
        raise ValueError(f"R={R}: the kernel over lanes takes replicates by the {lanes.LANES}")

    def run(steps: int) -> tuple[np.ndarray, np.ndarray]:
        checkpoints = workload.checkpoints(steps)
        losses, x = np.empty((R, len(checkpoints))), np.empty((R, 1))
        if workload.sampler["name"] == "uniform":
            rare = float((slopes == slopes[0]).mean())
            lanes.random(
                slopes[0],
                slopes[-1],
                rare,
                alpha,
                beta1,
                beta2,
                method["eps"],
                start,
                _words(R),
                checkpoints,
                losses,
                x,
            )
        else:
            kernel = lanes.scalar if R == 1 else lanes.cyclic
            kernel(slopes, alpha, beta1, beta2, start, checkpoints, losses, x)
        return losses, x

    return run


def _examples(workload: Workload) -> Run:
    problem, sampler, method, R = workload.problem, workload.sampler, workload.method, workload.replicates
    Z = workload.dense
    present = Z != 0
    sparse = bool(present.mean() < DENSE)
    kernel = examples.fused(sampler["name"], sparse)
    if sparse:
        begin = np.concatenate([[0], np.cumsum(present.sum(1))])
        features = (begin, np.nonzero(present)[1], Z[present])
    else:
        features = Z
    norms = np.sqrt((Z**2).sum(1))
    third = sampler["alpha_p"] if sampler["name"] == "adambs" else float(sampler.get("gamma") or 0.0)
    law = (float(sampler["L"]), float(sampler["floor"]), float(third), 1.0)
    numbers = [float(method[key]) for key in ("alpha", "beta1", "beta2", "lam", "eps")]

    def run(steps: int) -> tuple[np.ndarray, np.ndarray]:
        checkpoints = workload.checkpoints(steps)
        losses, x = np.empty((R, len(checkpoints))), np.tile(problem.start, (R, 1))
        capped = kernel(
            features, problem.y, norms, workload.batch, law, (*numbers, method["name"] == "adamx"), _words(R),
            checkpoints, x, losses,
        )  # fmt: skip
        if capped >= 0:
            raise RuntimeError(f"a weight may have reached the cap at step {capped}, for which this kernel has no path")
        return losses, x

    return run
