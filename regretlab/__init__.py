"""regretlab: does the algorithm behave as the theorem says?

import regretlab as rl
result = rl.simulate(rl.problems.Reddi(C=8), "adam(alpha=7/20, beta1=0, beta2=1/65)", horizon=42)
result.table()
"""

from regretlab import (
    algorithms,
    bounds,
    claims,
    game,
    methods,
    paired,
    problems,
    samplers,
    scaling,
    testing,
    worst_case,
)
from regretlab._version import __version__
from regretlab.errors import InputError, InterruptedWarning, NonFiniteError
from regretlab.falsifier import falsify
from regretlab.result import Result
from regretlab.simulation import simulate

__all__ = [
    "InputError", "InterruptedWarning", "NonFiniteError", "Result", "__version__", "algorithms", "bounds", "claims",
    "falsify", "game", "methods", "paired", "problems", "samplers", "scaling", "simulate", "testing", "worst_case",
]  # fmt: skip
