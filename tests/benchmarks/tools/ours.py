"""regretlab itself, through its plan and run."""

from __future__ import annotations

import numpy as np

from regretlab.runs.run import run as regretlab_run
from tests.benchmarks.tools import Run
from tests.benchmarks.workloads import Workload


def prepare(workload: Workload, uniforms: np.ndarray | None = None, engine: str = "auto") -> Run:
    """Uniforms of regretlab's own streams are what it draws in any case."""

    def run(steps: int) -> tuple[np.ndarray, np.ndarray]:
        record = regretlab_run(workload.plan(steps), engine=engine)
        return record["loss"].values, record["x"].values

    return run
