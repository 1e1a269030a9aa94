r"""Projections in the norm of a full matrix, through a domain's projections in weighted norms."""

from __future__ import annotations

from typing import Any

from regretlab.errors import InputError
from regretlab.methods._step import Project

#: Steps until which a projection has to be found, and how far the last step may move it, as a share of the point.
STEPS, STILL = 20_000, 2.0**-51


def project_in_norm(x: Any, H: Any, project: Project, ops: Any) -> Any:
    r"""Return the point of the domain that is nearest to x in the norm of H.

    .. math:: \Pi^H_X(x) = \arg\min_{z \in X} (z - x)^\top H (z - x) .

    Since :math:`H \preceq \mathrm{diag}(s)` for :math:`s_i = \sum_j |H_{ij}|`, each step of Nesterov's accelerated
    method with restarts is a projection in the norm of the weights s, which every domain has.

    Parameters
    ----------
    x : array (R, d)
    H : array (R, d, d)
        Symmetric and positive definite.
    project : callable
        ``project(x, weights)`` onto the domain.
    ops : namespace

    Raises
    ------
    InputError
        Where H is so ill-conditioned that the point is not found in :data:`STEPS` steps.

    References
    ----------
    Nesterov (2013), "Gradient methods for minimizing composite functions"; O'Donoghue & Candes (2015), for restarts.

    Examples
    --------
    >>> import numpy as np
    >>> H = np.array([[[2.0, 1.0], [1.0, 2.0]]])
    >>> project_in_norm(np.array([[2.0, 0.0]]), H, lambda z, weights: np.clip(z, -1, 1), np).round(12)
    array([[1. , 0.5]])
    """
    s = ops.sum(ops.abs(H), axis=-1)
    z = project(x, s)
    outside = ops.any(z != x, axis=-1, keepdims=True)
    if not bool(ops.any(outside)) or not bool(ops.isfinite(ops.sum(x))):
        return z  # a number that is not finite ends the run
    ahead, momentum, found = z, ops.ones_like(z[..., :1]), ~outside
    for _ in range(STEPS):
        slope = ops.sum(H * (ahead - x)[..., None, :], axis=-1)
        new = project(ahead - slope / s, s)
        move = new - z
        # A step against the slope that turns back has too much momentum.
        onward = ops.sum((ahead - new) * s * move, axis=-1, keepdims=True) <= 0
        later = ops.where(onward, (1 + ops.sqrt(1 + 4 * momentum**2)) / 2, 1.0)
        ahead = new + ops.where(onward, (momentum - 1) / later, 0.0) * move
        still = ops.max(ops.abs(move), axis=-1, keepdims=True)
        z, momentum = ops.where(found, z, new), later  # found points stay, whatever the other replicates need
        found = found | (still <= STILL * ops.max(ops.abs(new), axis=-1, keepdims=True))
        if bool(ops.all(found)):
            return z
    raise InputError(
        f"the projection in the norm of a matrix is not found in {STEPS} steps: the matrix is ill-conditioned; use a "
        "larger eps."
    )
