"""Bounds of online gradient descent: on regret, on dynamic regret and on regret over intervals."""

import sympy as sp

from regretlab.bounds._base import Bound
from regretlab.bounds.assumptions import BOUNDED, CONVEX, FIXED_STEP, GRADIENTS, SQRT_STEP
from regretlab.bounds.symbols import D2, G2, T, alpha, length, path

zinkevich = Bound(
    id="sgd.zinkevich",
    title="Zinkevich",
    source="Zinkevich 2003, Theorem 1",
    status="as printed",
    speaks_of="online",
    terms={
        "diameter": D2**2 * sp.sqrt(T) / (2 * alpha),
        "gradients": alpha * G2**2 * (sp.sqrt(T) - sp.Rational(1, 2)),
    },
    assumes=(CONVEX, BOUNDED, GRADIENTS, SQRT_STEP),
    methods=("sgd",),
)

zinkevich_dynamic = Bound(
    id="sgd.zinkevich_dynamic",
    title="Zinkevich, dynamic",
    source="Zinkevich 2003, Theorem 2",
    status="as printed",
    speaks_of="dynamic",
    terms={
        "diameter": 7 * D2**2 / (4 * alpha),
        "path": path * D2 / alpha,
        "gradients": alpha * G2**2 * T / 2,
    },
    assumes=(CONVEX, BOUNDED, GRADIENTS, FIXED_STEP),
    methods=("sgd",),
    represented_by="sgd.dynamic",
)

dynamic = Bound(
    id="sgd.dynamic",
    title="OGD, dynamic",
    source="Zinkevich 2003, Theorem 2, with the diameter once",
    status="ours",
    speaks_of="dynamic",
    terms={"diameter": D2**2 / (2 * alpha), "path": path * D2 / alpha, "gradients": alpha * G2**2 * T / 2},
    assumes=(CONVEX, BOUNDED, GRADIENTS, FIXED_STEP),
    methods=("sgd",),
    remark="|x - u|^2 - |x - u'|^2 <= 2 D_2 |u - u'|, so that the distances telescope but for 2 D_2 P; the rest is the "
    "proof for a fixed comparator.",
)

dynamic_sqrt = Bound(
    id="sgd.dynamic_sqrt",
    title="OGD, dynamic",
    source="Zinkevich 2003, the proofs of Theorems 1 and 2",
    status="ours",
    speaks_of="dynamic",
    terms={
        "diameter": D2**2 * sp.sqrt(T) / (2 * alpha),
        "path": path * D2 * sp.sqrt(T) / alpha,
        "gradients": alpha * G2**2 * (sp.sqrt(T) - sp.Rational(1, 2)),
    },
    assumes=(CONVEX, BOUNDED, GRADIENTS, SQRT_STEP),
    methods=("sgd",),
)

interval = Bound(
    id="sgd.interval",
    title="OGD, intervals",
    source="Zinkevich 2003, the proof of Theorem 1 on an interval, with a constant step",
    status="ours",
    speaks_of="interval",
    terms={"diameter": D2**2 / (2 * alpha), "gradients": alpha * G2**2 * length / 2},
    assumes=(CONVEX, BOUNDED, GRADIENTS, FIXED_STEP),
    methods=("sgd",),
)

interval_sqrt = Bound(
    id="sgd.interval_sqrt",
    title="OGD, intervals",
    source="Zinkevich 2003, the proof of Theorem 1 on an interval",
    status="ours",
    speaks_of="interval",
    terms={"diameter": D2**2 * sp.sqrt(T) / (2 * alpha), "gradients": alpha * G2**2 * sp.sqrt(length)},
    assumes=(CONVEX, BOUNDED, GRADIENTS, SQRT_STEP),
    methods=("sgd",),
    remark="The sum of 1/(2 sqrt(t)) over an interval [a, b] is at most sqrt(b) - sqrt(a - 1) <= sqrt(b - a + 1).",
)
