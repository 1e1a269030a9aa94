"""Methods: coefficient schedules over the one generic step (one file each)."""

from regretlab.methods._base import Method, averages, generic
from regretlab.methods._step import Coefficients, Moments, power, step
from regretlab.methods.adagrad import AdaGrad, AdaGradMean
from regretlab.methods.adagradl2 import AdaGradL2
from regretlab.methods.adagradw import AdaGradW
from regretlab.methods.adam import Adam
from regretlab.methods.adaml2 import AdamL2
from regretlab.methods.adamw import AdamW
from regretlab.methods.adamx import AdamX
from regretlab.methods.amsgrad import AMSGrad
from regretlab.methods.hedge import Hedge
from regretlab.methods.momentum import Momentum
from regretlab.methods.momentuml2 import MomentumL2
from regretlab.methods.momentumw import MomentumW
from regretlab.methods.nadam import NAdam
from regretlab.methods.nesterov import Nesterov
from regretlab.methods.padam import Padam
from regretlab.methods.rmsprop import RMSprop
from regretlab.methods.sgd import SGD

__all__ = [
    "SGD", "AMSGrad", "AdaGrad", "AdaGradL2", "AdaGradMean", "AdaGradW", "Adam", "AdamL2", "AdamW", "AdamX",
    "Coefficients", "Hedge", "Method", "Moments", "Momentum", "MomentumL2", "MomentumW", "NAdam", "Nesterov", "Padam",
    "RMSprop", "averages", "generic", "power", "step",
]  # fmt: skip
