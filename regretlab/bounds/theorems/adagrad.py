"""AdaGrad's bound (diagonal), for any step and for the best one."""

import sympy as sp

from regretlab.bounds._base import Bound
from regretlab.bounds.assumptions import BOUNDED, CONSTANT_STEP, CONVEX, NO_EPS, TUNED_STEP
from regretlab.bounds.symbols import D, S_g, alpha

duchi = Bound(
    id="adagrad.duchi",
    title="Duchi et al., Thm 5",
    source="Duchi, Hazan & Singer 2011, Theorem 5 (diagonal)",
    status="as printed",
    speaks_of="online",
    terms={"diameter": D**2 * S_g / (2 * alpha), "gradients": alpha * S_g},
    assumes=(CONVEX, BOUNDED, CONSTANT_STEP, NO_EPS),
    methods=("adagrad",),
    remark="The step is alpha over the root of the sum of squared gradients; no bound on the gradients is assumed.",
)

tuned = Bound(
    id="adagrad.tuned",
    title="Duchi et al., tuned",
    source="Duchi, Hazan & Singer 2011, Corollary 6 (diagonal)",
    status="as printed",
    speaks_of="online",
    terms={"gradients": sp.sqrt(2) * D * S_g},
    assumes=(CONVEX, BOUNDED, CONSTANT_STEP, NO_EPS, TUNED_STEP),
    methods=("adagrad",),
    represented_by="adagrad.duchi",
)
