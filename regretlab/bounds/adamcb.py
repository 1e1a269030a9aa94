"""AdamCB: the bound as printed (reconstructed), and ours."""

import sympy as sp

from regretlab.bounds._base import (
    BOUNDED,
    CONVEX,
    ETA,
    EXAMPLES,
    NO_EPS,
    SQRT_STEP,
    SUBSET,
    TIED_STEP,
    UNBIASED,
    Bound,
)
from regretlab.bounds._symbols import D, K, L, M, T, alpha, beta1, d, gamma, n
from regretlab.bounds.adambs import PRINTED_CB, rho1_cb, rho2_cb, rho2_ours, rho3_cb

printed = Bound(
    id="adamcb.printed",
    title="AdamCB, Lemmas 1-2 (Thm 1)",
    source="Kim & Oh 2025, Lemmas 1 and 2 (Theorem 1)",
    status="as printed",
    mark="reconstructed",
    speaks_of="online",
    in_expectation=True,
    terms={
        "diameter": rho1_cb * d * sp.sqrt(T),
        "sampling": sp.sqrt(d) * rho2_cb / (n * sp.sqrt(K))
        * sp.sqrt(M + L**2 * n**2 / gamma**2 * (n / gamma * sp.log(n / K) + (sp.E - 1) * K * gamma * T)),
        "momentum": rho3_cb,
    },
    ties={gamma: sp.Min(1, sp.sqrt(n * sp.log(n / K) / ((sp.E - 1) * T * K)))},
    assumes=(*PRINTED_CB, SUBSET),
    methods=("adamx",),
    samplers=("adamcb",),
    remark="With gamma(T) the first term grows linearly in T, so the bound says nothing about convergence.",
)  # fmt: skip

#: The values of AdamCB's MNIST experiment (with D = L = d = 1), at which the rate of its first term is quoted.
EXPERIMENT = {
    "T": 1e6, "n": 60000, "K": 128, "alpha": 0.001, "beta1": 0.9, "beta2": 0.999, "lam": 0.99, "D": 1, "L": 1, "d": 1,
    "M": 60000**2 * 1e6 / 128,
}  # fmt: skip

ours = Bound(
    id="adamcb.ours",
    title="AdamCB, ours",
    source="ours: AMSGrad with DepRound, the unbiased estimator and a KL mirror step",
    status="ours",
    speaks_of="cumulative",
    in_expectation=True,
    terms={
        "diameter": d * D**2 * L * sp.sqrt(T) / (2 * alpha * gamma * (1 - beta1)),
        "sampling": rho2_ours * sp.sqrt(d) * sp.sqrt(
            (M + L**2 * n**2 / (K**2 * gamma**2) * sp.sqrt(2 * K * n * T * sp.log(n / K))) / n**2
            + (1 - 1 / K) * L**2 * T
        ),
    },
    assumes=(CONVEX, BOUNDED, EXAMPLES, SQRT_STEP, NO_EPS, ETA, UNBIASED, TIED_STEP, SUBSET),
    methods=("amsgrad",),
    samplers=("adamcb_ours",),
    remark="For constant gamma; the full gradient's norm is bounded by L.",
)  # fmt: skip
