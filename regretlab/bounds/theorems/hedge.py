"""The bounds of Hedge on the simplex, which know the dimension only by its logarithm."""

import sympy as sp

from regretlab.bounds._base import Bound
from regretlab.bounds.assumptions import BOUNDED, CONVEX, FIXED_STEP, GRADIENTS, SQRT_STEP
from regretlab.bounds.symbols import D, G, T, alpha, d

#: D, the diameter of one coordinate, is the radius of the simplex.
fixed = Bound(
    id="hedge.fixed",
    title="Hedge, fixed step",
    source="Cesa-Bianchi & Lugosi 2006, Theorem 2.2, for losses in an interval of length 2 G; Freund & Schapire 1997",
    status="as printed",
    speaks_of="online",
    terms={"entropy": D * sp.log(d) / alpha, "gradients": alpha * D * G**2 * T / 2},
    assumes=(CONVEX, BOUNDED, GRADIENTS, FIXED_STEP),
    methods=("hedge",),
    remark="For losses in [0, 1] the theorem has ln(d)/alpha + alpha T/8; coordinates of gradients in [-G, G] lie in "
    "an interval of length 2 G, so that 1/8 becomes (2 G)^2/8.",
)

anytime = Bound(
    id="hedge.anytime",
    title="Hedge, step alpha/sqrt(t)",
    source="Orabona 2019, arXiv:1912.13213, Section 7.6 (follow the regularised leader with the entropy)",
    status="as printed",
    speaks_of="online",
    terms={
        "entropy": D * sp.log(d) * sp.sqrt(T) / alpha,
        "gradients": alpha * D * G**2 * (sp.sqrt(T) - sp.Rational(1, 2)),
    },
    assumes=(CONVEX, BOUNDED, GRADIENTS, SQRT_STEP),
    methods=("hedge",),
    remark="ln(d)/alpha_T + sum_t alpha_t G^2/2, with sum_t 1/(2 sqrt t) at most sqrt T - 1/2.",
)
