"""Training and test loss at the checkpoints, for curves of loss against epochs; and all that a record observes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from regretlab.engines.array import State
from regretlab.problems import Problem
from regretlab.runs.plan import Plan
from regretlab.runs.regret import Regrets
from regretlab.runs.run import Observer


class HeldOutLosses:
    """The observer of a run that adds ``train_loss`` and ``test_loss``: the mean losses at the judged point of t + 1.

    Both are over all examples, of training and held out, where a mini-batch's loss is not. After ``t`` steps of batch
    size K the run has made ``t K / n`` epochs.
    """

    def final(self) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
        """Return nothing: only the columns are kept."""
        return {}

    def resume(self, kept: Mapping[str, Any]) -> None:
        """Do nothing: a column depends on the state alone."""

    def __call__(self, plan: Plan, state: State) -> dict[str, np.ndarray]:
        x = getattr(state.moments, plan.algorithm.method.judged)
        return {"train_loss": plan.problem.all_losses(x).mean(-1), "test_loss": plan.problem.test_loss(x)}


def observers_of(problem: Problem) -> list[Observer]:
    """Return the observers of a run whose record is kept: of regret, and of the losses where examples are held out."""
    return [Regrets(), HeldOutLosses()] if problem.held_out is not None else [Regrets()]
