"""Methods: coefficient schedules over the one generic step. Each file of the folder is a method, found by itself."""

from regretlab.methods._base import Method, MovingAverages, Scheduled, averages, generic
from regretlab.methods._optax import from_optax
from regretlab.methods._step import SEQUENCES, Coefficients, Moments, OwnState, power, ratchet, step
from regretlab.methods._torch import from_torch

_PARTS = Method.known.import_folder(__name__)
globals().update(_PARTS)
__getattr__ = Method.known.of_class
__all__ = [
    "SEQUENCES", "Coefficients", "Method", "Moments", "MovingAverages", "OwnState", "Scheduled", "averages",
    "from_optax", "from_torch", "generic", "power", "ratchet", "step", *_PARTS,
]  # fmt: skip
