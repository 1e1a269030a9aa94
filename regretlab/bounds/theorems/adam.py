"""Adam's bound as printed, which is false."""

import sympy as sp

from regretlab.bounds._base import Bound
from regretlab.bounds.assumptions import BOUNDED, CONVEX, DECAYING, GAMMA_KB, GRADIENTS, SQRT_STEP
from regretlab.bounds.symbols import D2, D, G, S_g, S_v, T, alpha, beta1, beta2, d, gamma_kb, lam

kingma_ba = Bound(
    id="adam.printed",
    title="Kingma & Ba, Thm 4.1",
    source="Kingma & Ba 2015, Theorem 4.1 (= AdamBS Eq. 10)",
    status="as printed",
    speaks_of="online",
    terms={
        "diameter": D2**2 * sp.sqrt(T) * S_v / (2 * alpha * (1 - beta1)),
        "gradients": alpha * (1 + beta1) * G * S_g / ((1 - beta1) * sp.sqrt(1 - beta2) * (1 - gamma_kb) ** 2),
        "momentum": d * D**2 * G * sp.sqrt(1 - beta2) / (2 * alpha * (1 - beta1) * (1 - lam) ** 2),
    },
    assumes=(CONVEX, BOUNDED, GRADIENTS, SQRT_STEP, DECAYING, GAMMA_KB),
    methods=("adam",),
    corrected="amsgrad.schedule_free",
    remark="False: Reddi's example violates it. The second term scales with the square of the losses.",
)
