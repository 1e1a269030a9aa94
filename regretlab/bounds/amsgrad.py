"""AMSGrad's bounds: Reddi et al.'s Corollary 1, and the schedule-free one."""

import sympy as sp

from regretlab.bounds._base import BOUNDED, CONVEX, DECAYING, ETA, GRADIENTS, NO_EPS, SQRT_STEP, Bound
from regretlab.bounds._symbols import (
    D,
    G,
    S_g,
    S_v,
    T,
    alpha,
    beta1,
    beta2,
    d,
    eps,
    eta,
    harmonic,
    kappa,
    lam,
)  # fmt: skip

reddi = Bound(
    id="amsgrad.printed",
    title="Reddi et al., Cor. 1",
    source="Reddi, Kale & Kumar 2018, Corollary 1 (ICLR)",
    status="as printed",
    speaks_of="online",
    terms={
        "diameter": D**2 * sp.sqrt(T) * S_v / (alpha * (1 - beta1)),
        "momentum": beta1 * D**2 * G / (2 * (1 - beta1) * (1 - lam) ** 2),
        "gradients": alpha * harmonic * S_g / ((1 - beta1) ** 2 * (1 - eta) * sp.sqrt(1 - beta2)),
    },
    assumes=(CONVEX, BOUNDED, GRADIENTS, SQRT_STEP, DECAYING, NO_EPS, ETA),
    methods=("amsgrad",),
    remark="The derivation gives the momentum term another factor d/alpha; the inequality holds without it too.",
)

schedule_free = Bound(
    id="amsgrad.schedule_free",
    title="AMSGrad, schedule-free",
    source="ours: AMSGrad for any non-increasing beta_{1,t}",
    status="ours",
    speaks_of="online",
    terms={
        "diameter": D**2 * sp.sqrt(T) * (S_v + d * eps) / (2 * alpha * (1 - beta1)),
        "gradients": kappa * alpha * (1 + beta1) * harmonic * S_g
        / (2 * (1 - beta1) * sp.sqrt(1 - beta2) * (1 - eta)),
    },
    assumes=(CONVEX, BOUNDED, SQRT_STEP, ETA),
    methods=("amsgrad",),
)  # fmt: skip
