"""Padam's bound for convex losses, with the constants that its source leaves out."""

import sympy as sp

from regretlab.bounds._base import Bound
from regretlab.bounds.assumptions import BOUNDED, CONVEX, ETA_P, GRADIENTS, NO_EPS, NON_INCREASING, SQRT_STEP
from regretlab.bounds.symbols import D, G, S_g, S_p, T, alpha, beta1, beta2, harmonic, kappa, p

ours = Bound(
    id="padam.ours",
    title="Padam, ours",
    source="ours: the form of the slides' Theorem 1 with constants, as AMSGrad's for the power p",
    status="ours",
    speaks_of="online",
    terms={
        "diameter": D**2 * sp.sqrt(T) * S_p / (2 * alpha * (1 - beta1)),
        "gradients": kappa * alpha * (1 + beta1) * G ** (1 - 2 * p) * harmonic * S_g
        / (2 * (1 - beta1) * (1 - beta2) ** p * (1 - beta1 / beta2**p)),
    },
    assumes=(CONVEX, BOUNDED, GRADIENTS, SQRT_STEP, NON_INCREASING, NO_EPS, ETA_P),
    methods=("padam",),
    remark="For 0 <= p <= 1/2; p = 1/2 is AMSGrad's schedule-free bound.",
)  # fmt: skip
