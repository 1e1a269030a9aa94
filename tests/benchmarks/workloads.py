"""The workloads, as data: a problem, an algorithm in regretlab's spelling, replicates and a horizon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np

import regretlab as rl
from regretlab.algorithms import parse
from regretlab.runs.plan import Plan, plan

CHECKPOINTS = 48
SEED = 0


@dataclass(frozen=True)
class Workload:
    """What every tool has to compute: the cumulative loss at ``marks`` log-spaced checkpoints, and the final iterate.

    The sampler's parameters are tied to ``horizon``, however many steps a measurement makes.
    """

    name: str
    title: str
    family: str
    make: Callable[[], Any]
    algorithm: str
    replicates: int
    horizon: int
    marks: int = CHECKPOINTS

    @cached_property
    def problem(self) -> Any:
        return self.make()

    @cached_property
    def dense(self) -> np.ndarray:
        """The features as a dense array, for tools without sparse rows."""
        Z = self.problem.Z
        return Z.toarray() if hasattr(Z, "toarray") else Z

    @cached_property
    def fitted(self) -> Plan:
        """regretlab's plan at the full horizon; its sampler and method hold all the numbers that the tools need."""
        return plan(self.problem, parse(self.algorithm), horizon=self.horizon, replicates=self.replicates, seed=SEED)

    def plan(self, steps: int) -> Plan:
        """The plan of the first ``steps`` steps."""
        return self.fitted._replace(horizon=steps, checkpoints=self.checkpoints(steps))

    def checkpoints(self, steps: int) -> np.ndarray:
        return np.unique(np.geomspace(steps, 1, self.marks).round().astype(np.int64))

    @property
    def batch(self) -> int:
        return self.fitted.sampler.run.K

    @property
    def method(self) -> dict[str, Any]:
        """The method's hyper-parameters, with its name under ``"name"``."""
        method = self.fitted.algorithm.method
        return {"name": type(method).__name__.lower(), **method.parameters()}

    @property
    def sampler(self) -> dict[str, Any]:
        """The fitted sampler's parameters, with its name, its floor and the gradient bound L."""
        sampler = self.fitted.sampler
        return {"name": sampler.name, "L": sampler.run.L, "floor": sampler.law.floor, **sampler.parameters()}

    def shortened(self, **changes: Any) -> Workload:
        """The same workload with other replicates, horizon or problem."""
        return replace(self, **changes)


@cache
def synthetic(n: int, d: int) -> Any:
    """Logistic regression on standard normal features, labels from a random direction with one in ten flipped."""
    rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence([n, d])))
    X = rng.normal(size=(n, d))
    y = np.where((X @ rng.normal(size=d) > 0) ^ (rng.random(n) < 0.1), 1.0, -1.0)
    return rl.problems.Logistic(X, y)


#: AdamCB first caps a weight at step 5723 with n = 1e4; the yardstick stops there, so all tools make fewer steps.
BEFORE_THE_CAP = 5_000


def logistic(name: str, algorithm: str, n: int, replicates: int = 8) -> Workload:
    """Logistic regression with n examples, d = 50 and K = 32 under an algorithm, whose sampler names the family."""
    sampler = "adamcb" if "adamcb" in algorithm else "adambs" if "adambs" in algorithm else "uniform"
    horizon = BEFORE_THE_CAP if sampler == "adamcb" else 20_000
    title = f"logistic, {algorithm}, n={n}"
    return Workload(name, title, sampler, lambda: synthetic(n, 50), algorithm, replicates, horizon)


REDDI = "adam(alpha=0.1, beta1=0, beta2=1/10, eps=0, bias_correction=False)"

WORKLOADS: dict[str, Workload] = {
    w.name: w
    for w in (
        Workload("W1-1", "Reddi C=3, Adam, R=1", "linear", lambda: rl.problems.Reddi(C=3), REDDI, 1, 1_000_000),
        Workload("W1-64", "Reddi C=3, Adam, R=64", "linear", lambda: rl.problems.Reddi(C=3), REDDI, 64, 1_000_000),
        Workload(
            "W2", "stochastic Reddi 1010/10, Adam, R=64", "linear",
            lambda: rl.problems.StochasticReddi(1010, 10, probability=0.01), "adam(beta1=0.9, beta2=0.99)", 64, 100_000,
        ),
        logistic("W3", "adamx", 10_000),
        logistic("W4", "adamx+adambs", 10_000),
        logistic("W5-1e4", "adamcb(gamma=0.4)", 10_000),
        logistic("W5-1e5", "adamcb(gamma=0.4)", 100_000),
        logistic("W5-1e6", "adamcb(gamma=0.4)", 1_000_000),
        Workload(
            "W6", "heavy-tailed logistic, adambs, n=10000", "adambs",
            lambda: rl.problems.HeavyTailedLogistic(n=10_000, d=100), "adambs", 8, 20_000,
        ),
    )
}  # fmt: skip
