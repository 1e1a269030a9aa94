"""Problems: finite sums of losses over a domain, with constants that are true bounds on it."""

from regretlab.problems._base import Constant, Problem
from regretlab.problems.domains import Box, Domain, L2Ball
from regretlab.problems.hinge import Hinge
from regretlab.problems.least_squares import LeastSquares
from regretlab.problems.linear import LinearModel
from regretlab.problems.logistic import Logistic
from regretlab.problems.mlp import MLP
from regretlab.problems.neuron import HeavyTailedLogistic, OneNeuron
from regretlab.problems.product import Product
from regretlab.problems.reddi import Reddi, StochasticReddi
from regretlab.problems.rows import Linear
from regretlab.problems.simplex import Ball, Simplex
from regretlab.problems.softmax import Softmax

__all__ = [
    "MLP", "Ball", "Box", "Constant", "Domain", "HeavyTailedLogistic", "Hinge", "L2Ball", "LeastSquares",
    "Linear", "LinearModel", "Logistic", "OneNeuron", "Problem", "Product", "Reddi", "Simplex", "Softmax",
    "StochasticReddi",
]  # fmt: skip
