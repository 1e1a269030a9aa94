"""Methods: coefficient schedules over the one generic step (one file each)."""

from regretlab.methods._base import Method, averages, generic
from regretlab.methods._step import Coefficients, Moments, power, step
from regretlab.methods.adam import Adam
from regretlab.methods.adamx import AdamX
from regretlab.methods.amsgrad import AMSGrad
from regretlab.methods.sgd import SGD

__all__ = [
    "SGD", "AMSGrad", "Adam", "AdamX", "Coefficients", "Method", "Moments", "averages", "generic", "power", "step",
]  # fmt: skip
