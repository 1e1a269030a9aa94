"""The bound of dual averaging."""

import sympy as sp

from regretlab.bounds._base import Bound
from regretlab.bounds.assumptions import BOUNDED, CONVEX, EXAMPLES, SQRT_STEP
from regretlab.bounds.symbols import D2, G2, T, alpha

xiao = Bound(
    id="dualaveraging.xiao",
    title="Xiao, Cor. 2",
    source="Xiao 2010, Corollary 2",
    status="as printed",
    speaks_of="online",
    terms={"diameter": D2**2 * sp.sqrt(T) / (2 * alpha), "gradients": alpha * G2**2 * sp.sqrt(T)},
    assumes=(CONVEX, BOUNDED, EXAMPLES, SQRT_STEP),
    methods=("dualaveraging",),
    remark="Xiao's gamma is 1/alpha, and his D^2 bounds h(x) = |x - x_1|^2/2, which is at most D_2^2/2.",
)
