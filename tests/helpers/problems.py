"""Problems and points at which they are tried."""

import copy

import numpy as np
from scipy import sparse


def points(problem, count, seed=0):
    """Points of the domain, corners among them."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (count, problem.d)) * 10 ** rng.uniform(-2, 1, (count, 1))
    return problem.domain.project(x, np.ones_like(x))


def dense(Z):
    return Z.toarray() if sparse.issparse(Z) else Z


def everything(problem, x):
    J = np.broadcast_to(np.arange(problem.n), (len(x), problem.n))
    return problem.losses_and_gradients(x, J)


def densified(problem):
    """The same problem with its features in a dense array."""
    twin = copy.copy(problem)
    twin.Z = problem.Z.toarray()
    for cached in ("squared_norms", "_constants"):
        twin.__dict__.pop(cached, None)
    return twin
