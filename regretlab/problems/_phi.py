"""The trial of what a linear model says of its phi."""

from __future__ import annotations

from typing import Any

import numpy as np

from regretlab.errors import InputError

#: Examples and scores of each at which a phi is tried; where scores have no bounds, those up to this size.
EXAMPLES, SCORES, WIDE = 32, 65, 10.0
#: What phi'' may be off by, as a share, when it is compared with differences of the slope.
BENT = 1e-9
#: The largest round-off, as a share of the largest value.
ROUND_OFF = 1e-12


def probe_phi(model: Any) -> None:
    """Raise an :class:`InputError` where phi is not as the class says: its range, its slopes and how it bends."""
    J = np.unique(np.random.default_rng(0).choice(model.n, min(model.n, EXAMPLES), replace=False))
    lowest, highest = model.reach()
    steepest = model.slope_bound(lowest, highest)[J]
    low, high = lowest[J, None], highest[J, None]
    below, above = np.isfinite(low), np.isfinite(high)
    low, high = (
        np.where(below, low, np.where(above, high - 2 * WIDE, -WIDE)),
        np.where(above, high, np.where(below, low + 2 * WIDE, WIDE)),
    )
    u = low + (high - low) * np.linspace(0, 1, SCORES)
    y = np.broadcast_to(model.y[J, None], u.shape)
    own = model.of(J[:, None])
    phi, slope = np.asarray(own.phi(u, y)), np.asarray(own.slope(u, y))
    slack = ROUND_OFF * np.abs(phi).max(-1, keepdims=True)
    smallest, greatest = model.floors()[J, None], np.full((len(J), 1), np.inf)
    if model.domain is not None:
        greatest = model.phi_range(lowest, highest)[1][J, None]
    rises, steps = np.diff(phi), np.diff(slope)
    bends = model.bend_bound(lowest, highest)[J, None] if model.says("bend_bound") else np.inf
    concave = model.exp_concave(lowest, highest)[J, None] if model.says("exp_concave") else np.zeros(1)
    least = np.minimum(slope[:, 1:] ** 2, slope[:, :-1] ** 2)
    flattest = np.where(slope[:, 1:] * slope[:, :-1] > 0, least, 0.0)  # between two scores
    wobble = 8 * np.spacing(np.abs(slope).max(-1, keepdims=True))
    turns = np.maximum.accumulate(rises > slack, axis=-1)
    for said, wrong in (
        ("phi_range, floors or infimum", (phi < smallest - slack) | (phi > greatest + slack)),
        ("slope_bound", np.abs(slope) > steepest[:, None] * (1 + ROUND_OFF)),
        ("bend_bound", np.abs(steps) > bends * np.diff(u) * (1 + BENT) + wobble),
        ("exp_concave", (concave > 0) & (steps < concave * flattest * np.diff(u) * (1 - BENT) - wobble)),
        ("monotone = True", model.monotone & (rises > slack).any(-1, keepdims=True) & (rises < -slack)),
        ("unimodal = True (it falls, then rises)", model.unimodal & turns & (rises < -slack)),
        ("convex = True", model.convex & (steps < -ROUND_OFF * np.abs(slope).max(-1, keepdims=True))),
    ):
        if wrong.any():
            j, i = np.argwhere(wrong)[0]
            raise InputError(
                f"{model.name} is not as its {said} has it: for example {J[j]} with y = {y[j, i]:.6g}, phi is "
                f"{phi[j, i]:.6g} with slope {slope[j, i]:.6g} at the score u = {u[j, i]:.6g}, where scores run from "
                f"{low[j, 0]:.6g} to {high[j, 0]:.6g}; correct what the class {type(model).__name__} says of phi."
            )
