"""AdamCB: the bound as printed (reconstructed), and ours in three forms."""

from typing import Any

import sympy as sp

from regretlab.bounds import assumptions as a
from regretlab.bounds._base import Bound
from regretlab.bounds.symbols import FORMULAS, D, H, K, L, M, M_star, S, T, alpha, beta1, d, gamma, n
from regretlab.bounds.theorems.adambs import PRINTED_CB, rho1_cb, rho2_cb, rho2_ours, rho3_cb
from regretlab.samplers import exploration

#: Lemma 2's gamma.
TIED_GAMMA = a.tied(gamma, exploration(n, K, T, FORMULAS))

#: The values of AdamCB's MNIST experiment (with D = L = d = 1), at which the rate of its first term is quoted.
EXPERIMENT = {
    "T": 1e6, "n": 60000, "K": 128, "alpha": 0.001, "beta1": 0.9, "beta2": 0.999, "lam": 0.99, "D": 1, "L": 1, "d": 1,
    "M": 60000**2 * 1e6 / 128,
}  # fmt: skip

#: The properties that the paper's two bounds share.
PRINTED: dict[str, Any] = {
    "status": "as printed", "mark": "reconstructed", "speaks_of": "online", "in_expectation": True,
    "methods": ("adamx",), "samplers": ("adamcb",), "total": K, "corrected": "adamcb.ours",
}  # fmt: skip

printed = Bound(
    id="adamcb.printed",
    title="AdamCB, Lemmas 1-2 (Thm 1)",
    source="Kim & Oh 2025, Lemmas 1 and 2 (Theorem 1)",
    terms={
        "diameter": rho1_cb * d * sp.sqrt(T),
        "sampling": sp.sqrt(d) * rho2_cb / (n * sp.sqrt(K))
        * sp.sqrt(M + L**2 * n**2 / gamma**2 * (n / gamma * sp.log(n / K) + (sp.E - 1) * K * gamma * T)),
        "momentum": rho3_cb,
    },
    assumes=(*PRINTED_CB, TIED_GAMMA, a.SUBSET),
    remark="With gamma(T) the first term grows linearly in T, so the bound says nothing about convergence.",
    experiment=EXPERIMENT,
    **PRINTED,
)  # fmt: skip

lemma1 = Bound(
    id="adamcb.lemma1",
    title="AdamCB, Lemma 1",
    source="Kim & Oh 2025, Lemma 1",
    terms={
        "diameter": rho1_cb * d * sp.sqrt(T),
        "sampling": sp.sqrt(d) * rho2_cb * sp.sqrt(S / (n**2 * K)),
        "momentum": rho3_cb,
    },
    assumes=PRINTED_CB,
    represented_by="adamcb.printed",
    remark="Before the bandit lemma: for any gamma, with what the sampler cost on the run.",
    **PRINTED,
)

diameter = d * D**2 * L * sp.sqrt(T) / (2 * alpha * gamma * (1 - beta1))
bandit = L**2 * n**2 / (K**2 * gamma**2) * sp.sqrt(2 * K * n * T * sp.log(n / K))
SOURCE = "ours: AMSGrad with DepRound, the unbiased estimator and a KL mirror step"
OURS = {
    "status": "ours",
    "speaks_of": "cumulative",
    "in_expectation": True,
    "assumes": (
        a.CONVEX, a.BOUNDED, a.EXAMPLES, a.SQRT_STEP, a.NON_INCREASING, a.NO_EPS, a.ETA, a.UNBIASED, a.MIRROR_STEP,
        a.SUBSET,
    ),
    "methods": ("amsgrad",),
    "samplers": ("adamcb_ours",),
    "total": K,
}  # fmt: skip

ours = Bound(
    id="adamcb.ours",
    title="AdamCB, ours",
    source=SOURCE,
    terms={
        "diameter": diameter,
        "sampling": rho2_ours * sp.sqrt(d) * sp.sqrt((M + bandit) / n**2 + (1 - 1 / K) * H),
    },
    remark="For constant gamma; the full gradient's norm is bounded by L.",
    **OURS,
)

split = Bound(
    id="adamcb.split",
    title="AdamCB, ours, root split",
    source=f"{SOURCE}, the root split into its parts",
    terms={
        "diameter": diameter,
        "optimal sampling": rho2_ours * sp.sqrt(d) * sp.sqrt(M_star / (1 - gamma)) / n,
        "bandit": rho2_ours * sp.sqrt(d) * L / gamma * K ** sp.Rational(-3, 4)
        * (2 * n * T * sp.log(n / K)) ** sp.Rational(1, 4),
        "full gradient": rho2_ours * sp.sqrt(d) * sp.sqrt((1 - 1 / K) * H),
    },
    represented_by="adamcb.ours",
    remark="Every power of gamma in the open, for its choice: M is at most M_star/(1 - gamma), the minimum over all "
    "laws mixed with the uniform one.",
    **OURS,
)  # fmt: skip

jensen = Bound(
    id="adamcb.jensen",
    title="AdamCB, ours, by Jensen",
    source=f"{SOURCE}, the second moment by Jensen's inequality",
    terms={"diameter": diameter, "sampling": rho2_ours * sp.sqrt(d) * sp.sqrt(K * (M + bandit)) / n},
    represented_by="adamcb.ours",
    remark="With Jensen's inequality for the second moment, not its sharp form: the first part gains nothing from K.",
    **OURS,
)
