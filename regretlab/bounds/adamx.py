"""AdamX's bound."""

import sympy as sp

from regretlab.bounds._base import BOUNDED, CONVEX, ETA, GRADIENTS, NO_EPS, SQRT_STEP, Bound
from regretlab.bounds._symbols import B, D, G, S_g, T, alpha, beta1, beta2, d, eta, harmonic

tran_phong = Bound(
    id="adamx.printed",
    title="Tran & Phong, Thm 5.1",
    source="Tran & Phong 2019, Theorem 5.1",
    status="as printed",
    speaks_of="online",
    terms={
        "diameter": d * D**2 * G * sp.sqrt(T) / (2 * alpha * (1 - beta1)),
        "momentum": d * D**2 * G * B / (2 * alpha * (1 - beta1)),
        "gradients": alpha * harmonic * S_g / ((1 - beta1) ** 2 * sp.sqrt(1 - beta2) * (1 - eta)),
    },
    assumes=(CONVEX, BOUNDED, GRADIENTS, SQRT_STEP, NO_EPS, ETA),
    methods=("adamx",),
)
