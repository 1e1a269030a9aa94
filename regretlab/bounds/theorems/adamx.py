"""AdamX's bounds."""

import sympy as sp

from regretlab.bounds._base import Bound
from regretlab.bounds.assumptions import BOUNDED, CONVEX, DECAYING, ETA, GRADIENTS, NO_EPS, SQRT_STEP
from regretlab.bounds.symbols import B, D, G, S_g, T, alpha, beta1, beta2, d, eta, harmonic, lam

gradients = alpha * harmonic * S_g / ((1 - beta1) ** 2 * sp.sqrt(1 - beta2) * (1 - eta))

tran_phong = Bound(
    id="adamx.printed",
    title="Tran & Phong, Thm 5.1",
    source="Tran & Phong 2019, Theorem 5.1",
    status="as printed",
    speaks_of="online",
    terms={
        "diameter": d * D**2 * G * sp.sqrt(T) / (2 * alpha * (1 - beta1)),
        "momentum": d * D**2 * G * B / (2 * alpha * (1 - beta1)),
        "gradients": gradients,
    },
    assumes=(CONVEX, BOUNDED, GRADIENTS, SQRT_STEP, NO_EPS, ETA),
    methods=("adamx",),
)

decaying = Bound(
    id="adamx.decaying",
    title="Tran & Phong, Thm 5.1, decaying",
    source="Tran & Phong 2019, Theorem 5.1 with beta_{1,t} = beta1 lam^(t-1)",
    status="as printed",
    speaks_of="online",
    terms={
        "diameter": tran_phong.terms["diameter"],
        "momentum": d * D**2 * G * beta1 * lam / (2 * alpha * (1 - beta1) * (1 - lam) ** 2),
        "gradients": gradients,
    },
    assumes=(CONVEX, BOUNDED, GRADIENTS, SQRT_STEP, DECAYING, NO_EPS, ETA),
    methods=("adamx",),
    represented_by="adamx.printed",
)

ours = Bound(
    id="adamx.ours",
    title="AdamX, sharpened",
    source="ours: Theorem 5.1 with the energy's own coefficient",
    status="ours",
    speaks_of="online",
    terms={**tran_phong.terms, "gradients": gradients * (1 - beta1**2) / 2},
    assumes=tran_phong.assumes,
    methods=("adamx",),
    represented_by="adamx.printed",
    remark="The third term of Theorem 5.1 may be multiplied by (1 - beta1^2)/2.",
)
