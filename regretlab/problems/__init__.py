"""Problems: finite sums of losses over a domain. Each file of the folder is a problem, found by itself."""

import warnings
from typing import Any

from regretlab import domains
from regretlab.problems._base import Constant, Problem
from regretlab.problems._probes import probe
from regretlab.problems.linear import LinearModel, OnData

Problem.tried_by.append(probe)
_PARTS = Problem.known.import_folder(__name__)
globals().update(_PARTS)
__all__ = ["Constant", "LinearModel", "OnData", "Problem", *_PARTS]


def __getattr__(name: str) -> Any:
    """Return the problem of a class's name; or a domain, which had its place here, with a warning."""
    if name in ("Ball", "Box", "Domain", "L2Ball", "Product", "Simplex"):
        warnings.warn(f"rl.problems.{name} is rl.domains.{name} now; write that.", DeprecationWarning, stacklevel=2)
        return getattr(domains, name)
    return Problem.known.of_class(name)
