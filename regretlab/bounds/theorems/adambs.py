"""AdamBS: Theorems 1, 2 and 4 as printed, Theorem D.1, the corrected form of AdamCB's appendix as printed, and ours."""

from typing import Any

import sympy as sp

from regretlab.bounds import assumptions as a
from regretlab.bounds._base import Bound
from regretlab.bounds.symbols import (
    D2,
    FORMULAS,
    R2,
    S_2,
    D,
    G,
    H,
    K,
    L,
    M,
    S,
    T,
    alpha,
    beta1,
    beta2,
    d,
    eta,
    gamma,
    gamma_kb,
    harmonic,
    kappa,
    lam,
    n,
    p_min,
)
from regretlab.samplers import exploration

rho1 = D2**2 * G / (2 * alpha * (1 - beta1))
rho2 = alpha * (1 + beta1) * G / ((1 - beta1) * sp.sqrt(1 - beta2) * (1 - gamma_kb) ** 2)
rho3 = d * D**2 * G * sp.sqrt(1 - beta2) / (2 * alpha * (1 - beta1) * (1 - gamma_kb) ** 2)
PRINTED = (a.CONVEX, a.BOUNDED, a.GRADIENTS, a.SQRT_STEP, a.DECAYING, a.GAMMA_KB)
THEOREM: dict[str, Any] = {
    "status": "as printed", "speaks_of": "online", "in_expectation": True, "methods": ("adam",),
    "samplers": ("adambs",), "corrected": "adambs.ours",
}  # fmt: skip

theorem1 = Bound(
    id="adambs.theorem1",
    title="AdamBS, Thm 1",
    source="Liu, Wu & Mozafari 2020, Theorem 1, Eq. (3)-(4)",
    terms={
        "diameter": rho1 * d * sp.sqrt(T),
        "sampling": sp.sqrt(d) * rho2 * sp.sqrt(S / (n**2 * K)),
        "momentum": rho3,
    },
    assumes=PRINTED,
    remark="False: it rests on Kingma & Ba's bound and on a second moment without its cross term (Eq. 16).",
    **THEOREM,
)

theorem2 = Bound(
    id="adambs.theorem2",
    title="AdamBS, Thm 2",
    source="Liu, Wu & Mozafari 2020, Theorem 2, Eq. (6)",
    terms={
        "diameter": rho1 * d * sp.sqrt(T),
        "optimal sampling": rho2 * sp.sqrt(d) / (n * sp.sqrt(K)) * sp.sqrt(M),
        "bandit": rho2 * L * R2 ** sp.Rational(1, 4) / p_min * sp.sqrt(d) / (n * sp.sqrt(K))
        * (2 * n * T) ** sp.Rational(1, 4),
        "momentum": rho3,
    },
    assumes=(*PRINTED, a.EXAMPLES, a.SUP_STEP),
    remark="False with Theorem 1; the minimum in M must also be over the laws with p >= p_min.",
    **THEOREM,
)  # fmt: skip

theorem4 = Bound(
    id="adambs.theorem4",
    title="AdamBS, Thm 4",
    source="Liu, Wu & Mozafari 2020, Theorem 4, Eq. (9), with the constants of Theorem 2 and Lemma 3",
    terms={
        "diameter": rho1 * d * sp.sqrt(T),
        "optimal sampling": rho2 * sp.sqrt(d) / (n * sp.sqrt(K)) * sp.sqrt(sp.log(d) * T) * sp.log(n),
    },
    dropped={name: theorem2.terms[name] for name in ("bandit", "momentum")},
    assumes=(a.BOUNDED, a.GRADIENTS, a.SQRT_STEP, a.DECAYING, a.GAMMA_KB, a.EXAMPLES, a.SUP_STEP, a.MODEL),
    represented_by="adambs.theorem2",
    remark="Printed as an order. Its derivation from Theorem 2 (M at most T log d log^2 n, Lemma 3) leaves out the "
    "bandit term, and its model is not convex, so that it is false.",
    **THEOREM,
)

d1_terms = {
    "diameter": D**2 * G * d * sp.sqrt(T) / (alpha * (1 - beta1)),
    "sampling": alpha * harmonic * sp.sqrt(d) * sp.sqrt(S_2) / ((1 - beta1) ** 2 * (1 - eta) * sp.sqrt(1 - beta2)),
}

theorem_d1 = Bound(
    id="adambs.theorem_d1",
    title="AMSGrad-BS, Thm D.1",
    source="Liu, Wu & Mozafari 2020, Appendix D, Theorem D.1, Eq. (36)-(37)",
    status="as printed",
    speaks_of="online",
    terms={**d1_terms, "momentum": beta1 * D**2 * G / (2 * (1 - beta1) * (1 - lam) ** 2)},
    assumes=(a.CONVEX, a.BOUNDED, a.GRADIENTS, a.SQRT_STEP, a.DECAYING, a.NO_EPS, a.ETA),
    methods=("amsgrad",),
    samplers=("adambs",),
    corrected="adambs.d1_corrected",
    represented_by="adambs.ours",
    remark="True, but the last term lacks a factor d/alpha and is superfluous.",
)

d1_corrected = Bound(
    id="adambs.d1_corrected",
    title="AMSGrad-BS, Thm D.1 without its last term",
    source="Liu, Wu & Mozafari 2020, Theorem D.1, its last term dropped",
    status="corrected",
    speaks_of="online",
    terms=d1_terms,
    assumes=(a.CONVEX, a.BOUNDED, a.GRADIENTS, a.SQRT_STEP, a.NON_INCREASING, a.NO_EPS, a.ETA),
    methods=("amsgrad",),
    samplers=("adambs",),
    represented_by="adambs.ours",
)

# AdamCB's Lemma 1 constants, which its appendix uses for corrected AdamBS as well.
rho1_cb = D**2 * L / (2 * alpha * gamma * (1 - beta1) ** 2)
rho2_cb = alpha * harmonic / ((1 - beta1) ** 2 * sp.sqrt(1 - beta2) * (1 - eta))
rho3_cb = d * beta1 * D**2 * L / (2 * alpha * gamma * (1 - beta1) ** 2 * (1 - lam) ** 2)
PRINTED_CB = (a.CONVEX, a.BOUNDED, a.EXAMPLES, a.SQRT_STEP, a.DECAYING, a.NO_EPS, a.ETA)

#: Lemma 12's gamma.
TIED_GAMMA = a.tied(gamma, exploration(n, 1, T, FORMULAS))

corrected = Bound(
    id="adambs_corrected.printed",
    title="AdamBS corrected (AdamCB Thm 3)",
    source="Kim & Oh 2025, Appendix D, Lemma 12 and Theorem 3",
    status="as printed",
    mark="reconstructed",
    speaks_of="online",
    in_expectation=True,
    terms={
        "diameter": rho1_cb * d * sp.sqrt(T),
        "sampling": sp.sqrt(d) * rho2_cb / n
        * sp.sqrt(M + L**2 * n**2 / gamma**2 * (n / gamma * sp.log(n) + (sp.E - 1) * gamma * T)),
        "momentum": rho3_cb,
    },
    assumes=(*PRINTED_CB, TIED_GAMMA),
    methods=("adamx",),
    samplers=("adambs_corrected",),
    corrected="adambs.ours",
    remark="With gamma(T) the first term grows linearly in T, so the bound says nothing about convergence.",
)  # fmt: skip

rho2_ours = kappa * alpha * (1 + beta1) * harmonic / (2 * (1 - beta1) * sp.sqrt(1 - beta2) * (1 - eta))

ours = Bound(
    id="adambs.ours",
    title="AdamBS on AMSGrad, ours",
    source="ours: AMSGrad with AdamBS's sampler, R^2 = ln n, exact second moment",
    status="ours",
    speaks_of="cumulative",
    in_expectation=True,
    terms={
        "diameter": d * D**2 * L * sp.sqrt(T) / (2 * alpha * gamma * (1 - beta1)),
        "sampling": rho2_ours * sp.sqrt(d)
        * sp.sqrt((M + L**2 * n**2 / gamma**2 * sp.sqrt(2 * n * T * sp.log(n))) / (K * n**2) + (1 - 1 / K) * H),
    },
    assumes=(a.CONVEX, a.BOUNDED, a.EXAMPLES, a.SQRT_STEP, a.NO_EPS, a.ETA, a.UNBIASED, a.START_STEP),
    methods=("amsgrad",),
    samplers=("adambs",),
    remark="For constant gamma = n p_min; the full gradient's norm is bounded by L.",
)  # fmt: skip
