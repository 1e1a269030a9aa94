"""Training and test loss at the checkpoints, for the curves of loss against epochs that papers show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from regretlab.engines.array import State
from regretlab.problems import Problem
from regretlab.runs.plan import Plan


class HeldOutLosses:
    """The observer of a run that adds ``train_loss`` and ``test_loss``: the mean losses at the iterate x_{t+1}.

    Both are over all examples, of training and held out, where a mini-batch's loss is not. After ``t`` steps of batch
    size K the run has made ``t K / n`` epochs.
    """

    def final(self) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
        """Return nothing: only the columns are kept."""
        return {}

    def resume(self, kept: Mapping[str, Any]) -> None:
        """Do nothing: a column depends on the state alone."""

    def __call__(self, plan: Plan, state: State) -> dict[str, np.ndarray]:
        x = state.moments.x
        return {"train_loss": plan.problem.all_losses(x).mean(-1), "test_loss": plan.problem.test_loss(x)}


def held_out_losses(problem: Problem) -> list[HeldOutLosses]:
    """Return the observer of a problem that holds out examples, and none of another."""
    return [HeldOutLosses()] if problem.held_out is not None else []
