"""One module per tool. ``prepare(workload, uniforms=None)`` gives ``run(steps)`` -> (losses (R, C), final iterate (R, d)).

A tool draws its own random numbers, unless it is handed ``uniforms`` (steps, R, per step), as the test of agreement
does. ``prepare`` returns None where a workload makes no sense for the tool.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Run = Callable[[int], tuple[np.ndarray, np.ndarray]]
