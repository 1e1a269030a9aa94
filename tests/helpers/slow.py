"""Cells of known length: a problem whose losses wait, and one that ends the process that evaluates it."""

import os
import signal
import time
from pathlib import Path

import numpy as np

import regretlab as rl


class Slow(rl.problems.Problem):
    """f_j(x) = (x - j)^2 / 2 on [-3, 3]; every step of a run takes ``wait`` seconds."""

    n, d, convex = 3, 1, True
    domain = rl.domains.Box(-3, 3)

    def __init__(self, wait: float = 0.0, kills: str = "") -> None:
        self.wait, self.kills = wait, kills

    def losses_and_gradients(self, x, J):
        time.sleep(self.wait if np.shape(J)[-1] == 1 else 0)
        if self.kills and self._is_the_first():
            os.kill(os.getpid(), signal.SIGKILL)
        gap = x[..., None, :] - np.asarray(J)[..., None]
        return (gap**2).sum(-1) / 2, gap

    def _is_the_first(self) -> bool:
        try:
            Path(self.kills).unlink()
        except FileNotFoundError:
            return False
        return True
