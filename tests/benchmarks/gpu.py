"""``python -m tests.benchmarks.gpu``: the CUDA engine against the compiled one on all cores, by replicates."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from regretlab.engines.cuda import engine as cuda
from regretlab.runs.run import run
from tests.benchmarks.machine import describe
from tests.benchmarks.workloads import WORKLOADS, Workload

REPLICATES = (64, 1024, 16384)
#: What a run keeps per example, times the replicates, has to stay below this many numbers.
NUMBERS = 1 << 29
DEFAULT = ("W1-64", "W2", "W3", "W4", "W5-1e4", "W6")
WARM, AIM, ROUNDS = 64, 1.0, 3


def seconds(workload: Workload, steps: int, engine: str) -> float:
    """The time of the steps alone, without the arrays made before them."""
    plan = workload.plan(steps)._replace(checkpoints=np.array([steps]))
    return float(run(plan, engine=engine).attrs["seconds"])


def cost(workload: Workload, engine: str) -> float:
    """Nanoseconds per step and replicate: the median of three measurements of about a second each."""
    seconds(workload, WARM, engine)
    per_step = max(seconds(workload, WARM, engine), 1e-3) / WARM
    steps = int(min(workload.horizon, max(WARM, AIM / per_step)))
    while (took := seconds(workload, steps, engine)) < AIM / 4 and steps < workload.horizon:
        steps = min(workload.horizon, steps * 4)
    times = [took, *(seconds(workload, steps, engine) for _ in range(ROUNDS - 1))]
    return float(np.median(times)) / (steps * workload.replicates) * 1e9


def main(
    workload: Annotated[list[str] | None, typer.Option(help=f"Default {', '.join(DEFAULT)}; repeatable.")] = None,
    file: Annotated[Path | None, typer.Option("--json", help="Write all figures to this file.")] = None,
) -> None:
    """Print nanoseconds per step and replicate, with the device's name."""
    missing = cuda.unavailable()
    if missing:
        print(f"no GPU: {missing}")
        raise typer.Exit
    device = cuda.devices()[0]
    machine = describe() | {"cores_used": os.cpu_count()}
    document: dict[str, Any] = {"device": device, "machine": machine, "figures": []}
    print(f"ns per step and replicate: {device['name']}, {device['memory_gib']} GiB, against {os.cpu_count()} cores")
    for name in workload or DEFAULT:
        for R in REPLICATES:
            chosen = WORKLOADS[name].shortened(replicates=R)
            if R * chosen.problem.n > NUMBERS:
                continue
            ours, theirs = cost(chosen, "cuda"), cost(chosen, "compiled")
            document["figures"].append({"workload": name, "replicates": R, "cuda": ours, "compiled": theirs})
            print(f"{name:8} R={R:<6} cuda {ours:10.3f}   compiled {theirs:10.3f}   x{theirs / ours:.2f}", flush=True)
    if file is not None:
        file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
