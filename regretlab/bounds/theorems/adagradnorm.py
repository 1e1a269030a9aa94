"""The bound of AdaGrad-Norm, gradient descent whose step size comes from the sum of squared norms."""

import sympy as sp

from regretlab.bounds._base import Bound
from regretlab.bounds.assumptions import BOUNDED, CONSTANT_STEP, CONVEX
from regretlab.bounds.symbols import D2, S_2, alpha, b0

streeter = Bound(
    id="adagradnorm.streeter",
    title="AdaGrad-Norm",
    source="Streeter & McMahan 2010, the lemma on one step size, with b_0 of Ward et al. 2019",
    status="ours",
    speaks_of="online",
    terms={
        "diameter": D2**2 * sp.sqrt(S_2) / (2 * alpha),
        "start": D2**2 * b0 / (2 * alpha),
        "gradients": alpha * sp.sqrt(S_2),
    },
    assumes=(CONVEX, BOUNDED, CONSTANT_STEP),
    methods=("adagradnorm",),
    remark="D_2^2 b_T/(2 alpha) + (alpha/2) sum_t |g_t|^2/b_t; the sum is at most 2 (b_T - b_0), and b_T at most "
    "b_0 + sqrt(S_2). No bound on the gradients is assumed.",
)
