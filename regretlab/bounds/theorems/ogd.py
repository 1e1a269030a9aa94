"""Zinkevich's bound for online gradient descent."""

import sympy as sp

from regretlab.bounds._base import Bound
from regretlab.bounds.assumptions import BOUNDED, CONVEX, GRADIENTS, SQRT_STEP
from regretlab.bounds.symbols import D2, G2, T, alpha

zinkevich = Bound(
    id="sgd.zinkevich",
    title="Zinkevich",
    source="Zinkevich 2003, Theorem 1",
    status="as printed",
    speaks_of="online",
    terms={
        "diameter": D2**2 * sp.sqrt(T) / (2 * alpha),
        "gradients": alpha * G2**2 * (sp.sqrt(T) - sp.Rational(1, 2)),
    },
    assumes=(CONVEX, BOUNDED, GRADIENTS, SQRT_STEP),
    methods=("sgd",),
)
