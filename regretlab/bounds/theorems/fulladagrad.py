"""The bound of AdaGrad with full matrices."""

import sympy as sp

from regretlab.bounds._base import Bound
from regretlab.bounds.assumptions import BOUNDED, CONSTANT_STEP, CONVEX
from regretlab.bounds.symbols import D2, S_2, alpha, d, eps

duchi = Bound(
    id="fulladagrad.duchi",
    title="Duchi et al., Thm 7",
    source="Duchi, Hazan & Singer 2011, Theorem 7 (full matrices), with tr G^(1/2) at most sqrt(d tr G)",
    status="ours",
    speaks_of="online",
    terms={
        "diameter": D2**2 * sp.sqrt(d * S_2) / (2 * alpha),
        "delta": D2**2 * eps / (2 * alpha),
        "gradients": alpha * sp.sqrt(d * S_2),
    },
    assumes=(CONVEX, BOUNDED, CONSTANT_STEP),
    methods=("fulladagrad",),
    remark="The theorem has tr G_T^(1/2) in the place of sqrt(d S_2), which no run records at every step. eps is the "
    "paper's delta: H_t = delta I + G_t^(1/2) adds delta D_2^2/(2 alpha).",
)
