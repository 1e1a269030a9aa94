"""Bounds of the mean squared gradient of smooth objectives that need not be convex."""

import sympy as sp

from regretlab.bounds._base import Bound
from regretlab.bounds.assumptions import FIXED_STEP, SMOOTH, UNBIASED, UNCONSTRAINED, Assumption
from regretlab.bounds.symbols import Delta, T, alpha, sigma2, smooth

descent = Bound(
    id="sgd.descent",
    title="SGD, stationarity",
    source="Ghadimi & Lan 2013, Theorem 2.1, with a constant step",
    status="ours",
    speaks_of="stationarity",
    in_expectation=True,
    terms={"descent": 2 * Delta / (alpha * T), "noise": smooth * alpha * sigma2},
    assumes=(
        SMOOTH,
        UNCONSTRAINED,
        UNBIASED,
        FIXED_STEP,
        Assumption("short_step", "alpha <= 1 / L of the gradient", holds=sp.Le(alpha, 1 / smooth)),
    ),
    methods=("sgd",),
    samplers=("uniform",),
    remark="E f(x_{t+1}) <= f(x_t) - (alpha/2) |grad f|^2 + L alpha^2 sigma^2/2 for alpha <= 1/L, summed. sigma^2 is "
    "that of K uniform draws of gradients of length at most L; inf f at least the mean of the losses' floors.",
)
