"""Problems: finite sums of losses over a domain, with constants that are true bounds on it."""

from regretlab.problems._base import Constant, Problem
from regretlab.problems.domains import Box, Domain, L2Ball
from regretlab.problems.linear import LinearModel
from regretlab.problems.logistic import Logistic
from regretlab.problems.neuron import HeavyTailedLogistic, OneNeuron
from regretlab.problems.reddi import Reddi, StochasticReddi

__all__ = [
    "Box", "Constant", "Domain", "HeavyTailedLogistic", "L2Ball", "LinearModel", "Logistic", "OneNeuron", "Problem",
    "Reddi", "StochasticReddi",
]  # fmt: skip
