"""Problems: finite sums of losses over a domain. Each file of the folder is a problem, found by itself, or a domain."""

from regretlab.problems._base import Constant, Problem
from regretlab.problems._probes import probe
from regretlab.problems.domains import Box, Domain, L2Ball
from regretlab.problems.linear import LinearModel, OnData
from regretlab.problems.product import Product
from regretlab.problems.simplex import Ball, Simplex

Problem.tried_by.append(probe)
_PARTS = Problem.known.import_folder(__name__)
globals().update(_PARTS)
__getattr__ = Problem.known.of_class
__all__ = [
    "Ball", "Box", "Constant", "Domain", "L2Ball", "LinearModel", "OnData", "Problem", "Product", "Simplex",
    *_PARTS,
]  # fmt: skip
