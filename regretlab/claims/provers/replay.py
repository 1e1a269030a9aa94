"""Search for the first T at which a regret bound is violated, by the simulator's step in floating point."""

from __future__ import annotations

from typing import Any

import numpy as np

from regretlab import algorithms
from regretlab.bounds import Bound
from regretlab.bounds._values import schedule_sum
from regretlab.claims.statements import RegretBound
from regretlab.methods import Moments

#: Relative excess that round-off cannot make.
CLEAR = 1e-9


def find(statement: RegretBound) -> tuple[str, dict[str, Any]] | None:
    """A certificate ``replay`` of the first clear one, else ``run``: every T up to the horizon."""
    bound, method = Bound.known[statement.bound], algorithms.parse(statement.algorithm).method
    times = np.arange(1, statement.horizon + 1, dtype=float)
    c = np.resize(np.array([float(s) for s in statement.losses]), times.size)
    schedule = method.coefficients(times)
    state = Moments(np.array(float(statement.start)), np.zeros(()), np.zeros(()), np.zeros(()))
    points, roots = [], []
    with np.errstate(divide="ignore", invalid="ignore"):
        for t in range(times.size):
            k = schedule.at(t)
            points.append(float(state.x))
            state = method.step(state, c[t], k, lambda x, _: np.clip(x, -1, 1), np)
            roots.append(float(np.sqrt(k.c * state.v_hat)))
    largest, squares = np.maximum.accumulate(np.abs(c)), np.cumsum(c * c)
    parameters = {name: value for name, value in method.parameters().items() if isinstance(value, float)}
    beta1, lam = parameters.get("beta1", 0.0), parameters.get("lam", 1.0)
    terms = bound.evaluate(
        dict.fromkeys(("d", "n", "K", "p_min", "gamma"), 1.0)
        | parameters
        | {
            "T": times, "D": 2, "D2": 2, "R2": 0, "G": largest, "G2": largest, "L": largest, "S": squares, "M": squares,
            "S_g": np.sqrt(squares), "S_v": np.array(roots), "B": schedule_sum(beta1, lam, times),
            "kappa": 1 - beta1 if lam == 1 else 1,
        }
    )  # fmt: skip
    regret = np.cumsum(c * points) + np.abs(np.cumsum(c))
    over = regret > sum(terms.values()) * (1 + CLEAR)
    if over.any():
        return "replay", {"t": int(np.argmax(over)) + 1}
    return "run", {"rounds": statement.horizon}
