"""One module per tool: ``prepare(workload, uniforms=None)`` gives ``run(steps)`` -> losses (R, C), last iterate (R, d).

A tool draws its own random numbers, unless it is handed ``uniforms`` (steps, R, per step), as the test of agreement
does. Only what is compared is recorded: the cumulative loss at the checkpoints and the final iterate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.workloads import Workload

Run = Callable[[int], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Sampling:
    """The numbers of a fitted sampler: n, K, gradient bound L, floor of the law, AdamBS's rate, AdamCB's gamma."""

    n: int
    K: int
    L: float
    floor: float
    rate: float
    gamma: float

    @classmethod
    def of(cls, workload: Workload) -> Sampling:
        s = workload.sampler
        rate, gamma = float(s.get("alpha_p") or 0), float(s.get("gamma") or 0)
        return cls(workload.problem.n, workload.batch, float(s["L"]), float(s["floor"]), rate, gamma)

    @property
    def uniforms(self) -> dict[str, int]:
        """How many uniforms a step takes, by the sampler's name."""
        return {"cyclic": 0, "uniform": self.K, "adambs": self.K, "adamcb": 2 * self.K}
