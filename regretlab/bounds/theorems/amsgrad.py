"""AMSGrad's bounds: Reddi et al.'s Theorem 4 and Corollary 1 in both printings, Tran & Phong's repair, and ours."""

import sympy as sp

from regretlab.bounds._base import Bound
from regretlab.bounds.assumptions import BOUNDED, CONVEX, DECAYING, ETA, GRADIENTS, NO_EPS, NON_INCREASING, SQRT_STEP
from regretlab.bounds.symbols import (
    D,
    G,
    Q,
    S_g,
    S_v,
    T,
    V,
    alpha,
    beta1,
    beta2,
    d,
    eps,
    eta,
    harmonic,
    kappa,
    lam,
)

diameter = D**2 * sp.sqrt(T) * S_v / (alpha * (1 - beta1))
gradients = alpha * harmonic * S_g / ((1 - beta1) ** 2 * (1 - eta) * sp.sqrt(1 - beta2))
#: The constant of the momentum terms, which the two printings state differently.
ICLR, ARXIV = D**2 / (2 * (1 - beta1)), D**2 / (1 - beta1) ** 2
ASSUMED = (CONVEX, BOUNDED, GRADIENTS, SQRT_STEP)


def _theorem4(id: str, where: str, constant: sp.Expr) -> Bound:
    """Theorem 4, for any schedule; ``V / alpha`` is the sum over i and t of beta_{1,t} sqrt(v_hat) / alpha_t."""
    return Bound(
        id=id,
        title=f"Reddi et al., Thm 4 ({where})",
        source=f"Reddi, Kale & Kumar 2018, Theorem 4 ({where})",
        status="as printed",
        speaks_of="online",
        terms={"diameter": diameter, "momentum": constant * V / alpha, "gradients": gradients},
        assumes=(*ASSUMED, NON_INCREASING, NO_EPS, ETA),
        methods=("amsgrad",),
        represented_by="amsgrad.printed",
        remark="Its proof has a gap, but the inequality follows from ours for a beta_{1,t} that does not increase.",
    )


def _corollary1(id: str, where: str, momentum: sp.Expr, status: str, remark: str, represented_by: str) -> Bound:
    """Corollary 1: Theorem 4 for ``beta_{1,t} = beta1 lam**(t-1)``."""
    return Bound(
        id=id,
        title=f"Reddi et al., Cor. 1{where}",
        source="Reddi, Kale & Kumar 2018, Corollary 1 (ICLR)"
        if not where
        else f"Reddi et al. 2018, Corollary 1{where}",
        status=status,
        speaks_of="online",
        terms={"diameter": diameter, "momentum": momentum / (1 - lam) ** 2, "gradients": gradients},
        assumes=(*ASSUMED, DECAYING, NO_EPS, ETA),
        methods=("amsgrad",),
        corrected="amsgrad.derived" if status == "as printed" else "",
        represented_by=represented_by,
        remark=remark,
    )


SLIP = "The derivation gives the momentum term another factor d/alpha; the inequality holds without it too."
MENDED = "With the factor d/alpha that follows from Theorem 4 and that the printed corollary lacks."

reddi = _corollary1("amsgrad.printed", "", beta1 * G * ICLR, "as printed", SLIP, "")
theorem4 = _theorem4("amsgrad.theorem4", "ICLR", ICLR)
theorem4_arxiv = _theorem4("amsgrad.theorem4_arxiv", "arXiv", ARXIV)
reddi_arxiv = _corollary1("amsgrad.printed_arxiv", " (arXiv)", beta1 * G * ARXIV, "as printed", SLIP, "amsgrad.printed")
reddi_derived = _corollary1(
    "amsgrad.derived", " (ICLR, as derived)", d / alpha * beta1 * G * ICLR, "corrected", MENDED, "amsgrad.printed"
)
reddi_arxiv_derived = _corollary1(
    "amsgrad.derived_arxiv", " (arXiv, as derived)", d / alpha * beta1 * G * ARXIV, "corrected", MENDED,
    "amsgrad.printed",
)  # fmt: skip

tran_phong = Bound(
    id="amsgrad.tran_phong",
    title="Tran & Phong, Thm 4.1",
    source="Tran & Phong 2019, Theorem 4.1",
    status="as printed",
    speaks_of="online",
    terms={
        "diameter": d * D**2 * G * (Q + sp.sqrt(T)) / (2 * alpha * (1 - beta1)),
        "momentum": d * D**2 * G / (2 * alpha * (1 - beta1) * (1 - lam) ** 2),
        "gradients": gradients,
    },
    assumes=(*ASSUMED, DECAYING, NO_EPS, ETA),
    methods=("amsgrad",),
    represented_by="amsgrad.printed",
    remark="t_0 is the last t at which sqrt(t)/(1 - beta_{1,t}) decreases, about 0.98/(1 - lam) for beta1 = 0.9.",
)

schedule_free = Bound(
    id="amsgrad.schedule_free",
    title="AMSGrad, schedule-free",
    source="ours: AMSGrad for any non-increasing beta_{1,t}",
    status="ours",
    speaks_of="online",
    terms={
        "diameter": D**2 * sp.sqrt(T) * (S_v + d * eps) / (2 * alpha * (1 - beta1)),
        "gradients": kappa * alpha * (1 + beta1) * harmonic * S_g / (2 * (1 - beta1) * sp.sqrt(1 - beta2) * (1 - eta)),
    },
    assumes=(CONVEX, BOUNDED, SQRT_STEP, ETA),
    methods=("amsgrad",),
    remark="For a constant beta1 Alacaoglu et al. (2020) have such a bound; a public Lean formalisation has a "
    "schedule-free potential. The constants are ours.",
)
