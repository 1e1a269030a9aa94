"""Bounds of Online Newton Step for exp-concave losses."""

import sympy as sp

from regretlab.bounds._base import Bound
from regretlab.bounds.assumptions import BOUNDED, CONVEX, EXAMPLES, EXP_CONCAVE, FIXED_STEP, Assumption
from regretlab.bounds.symbols import D2, G2, T, d, eps, exp_concave, newton

#: 1/beta of the paper, whose alpha is exp_concave here.
least = 2 * sp.Max(4 * G2 * D2, 1 / exp_concave)

TUNED_EPS = Assumption("tuned_eps", "eps = (alpha/D)^2", holds=sp.Eq(eps, newton**2 / D2**2))

hazan = Bound(
    id="ons.hazan",
    title="Online Newton Step",
    source="Hazan, Agarwal & Kale 2007, Theorem 2",
    status="as printed",
    speaks_of="online",
    terms={"dimensions": 5 * (1 / exp_concave + G2 * D2) * d * sp.log(T)},
    assumes=(
        CONVEX,
        BOUNDED,
        EXAMPLES,
        EXP_CONCAVE,
        FIXED_STEP,
        Assumption("tuned_step", "alpha = 1/beta = 2 max(4 G D, 1/a)", holds=sp.Eq(newton, least)),
        TUNED_EPS,
    ),
    methods=("ons",),
    remark="At T = 1 it is 0, and false; the proof needs log(1 + T/64) + 1 <= 5/4 log T, from T = 3 on.",
    corrected="ons.ours",
)

ours = Bound(
    id="ons.ours",
    title="Online Newton Step",
    source="Hazan, Agarwal & Kale 2007, the proof of Theorem 2",
    status="ours",
    speaks_of="online",
    terms={
        "dimensions": newton * d * sp.log(1 + T * (G2 * D2 / newton) ** 2 / d) / 2,
        "diameter": newton / 2,
    },
    assumes=(
        CONVEX,
        BOUNDED,
        EXAMPLES,
        EXP_CONCAVE,
        FIXED_STEP,
        Assumption("long_step", "alpha >= 2 max(4 G D, 1/a)", holds=sp.Ge(newton, least)),
        TUNED_EPS,
    ),
    methods=("ons",),
    remark="f(x) - f(u) <= <g, x - u> - <g, x - u>^2/(2 alpha), which pays for the growth of A_t; the sum of "
    "g A_t^{-1} g is at most log det(A_T)/det(A_0).",
)
