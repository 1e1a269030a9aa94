"""regretlab: does the algorithm behave as the theorem says?

::

    import regretlab as rl

    result = rl.simulate("reddi(C=8)", "adam(alpha=7/20, beta1=0, beta2=1/65)", horizon=42)
    result.table()

A module is loaded when its name is first used.
"""

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

from regretlab.errors import InputError, InterruptedWarning, NonFiniteError, StoreWarning, UnderflowWarning
from regretlab.system.processor import make_portable
from regretlab.system.version import __version__

if TYPE_CHECKING:
    from regretlab import (
        algorithms,
        bounds,
        claims,
        domains,
        game,
        methods,
        minimax,
        paired,
        plots,
        problems,
        samplers,
        scaling,
        testing,
        worst_case,
    )
    from regretlab.falsifier import falsify
    from regretlab.result import Result, simulate
    from regretlab.store import Store
    from regretlab.sweeps import Sweep, sweep
    from regretlab.system import files
    from regretlab.testing.watching import watch

__all__ = [
    "InputError", "InterruptedWarning", "NonFiniteError", "Result", "Store", "StoreWarning", "Sweep",
    "UnderflowWarning", "__version__", "algorithms", "bounds", "claims", "domains", "falsify", "files", "game",
    "methods", "minimax", "paired", "plots", "problems", "samplers", "scaling", "simulate", "sweep", "testing", "watch",
    "worst_case",
]  # fmt: skip

if late := make_portable():  # before anything loads NumPy
    warnings.warn(late, stacklevel=2)
del late

#: The modules of the names that are not modules themselves, and a module in a folder of the package.
_HOMES = {
    "Result": "result", "Store": "store", "Sweep": "sweeps", "falsify": "falsifier", "files": "system.files",
    "simulate": "result", "sweep": "sweeps", "watch": "testing.watching",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562): sympy, numba and matplotlib take seconds to load."""
    if name not in __all__:
        raise AttributeError(f"module 'regretlab' has no attribute {name!r}")
    module = import_module(f"regretlab.{_HOMES.get(name, name)}")
    globals()[name] = getattr(module, name, module) if name in _HOMES else module
    return globals()[name]


def __dir__() -> list[str]:
    return sorted(__all__)
